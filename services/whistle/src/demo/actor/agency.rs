//! The same people at work on cases 帮代办件: the agent, the enterprise, and who decides.

use contract::agency::agency_service_client::AgencyServiceClient;
use contract::agency::{
    AcceptItemRequest, ArchiveCaseRequest, Case, DeliverResultsRequest, FollowUpCaseRequest,
    GetCaseRequest, IssueItemRequest, OpenCaseRequest, RecordLandAcquiredRequest,
    SignCommitmentRequest, SignMandateRequest, StartCaseRequest, SubmitItemRequest,
};
use contract::dispatch::{AskPauseRequest, PauseReason, ResumeWorkOrderRequest};
use jiff::Timestamp;
use tonic::transport::Channel;

use super::Actor;
use crate::connection::Refused;

impl Actor<'_> {
    fn cases(&self) -> AgencyServiceClient<Channel> {
        AgencyServiceClient::new(self.connection.channel())
    }

    /// The case as it is now.
    pub(crate) async fn case(&self, name: &str) -> Result<Case, Refused> {
        let wanted = GetCaseRequest { case: name.to_owned(), ..<_>::default() };
        let found = self.cases().get_case(self.connection.request(wanted)).await?;
        Ok(found.into_inner().case.unwrap_or_default())
    }

    /// 咨询: the case begins.
    pub(crate) async fn open_case(&self, wanted: OpenCaseRequest) -> Result<Case, Refused> {
        let wanted = OpenCaseRequest { request_id: self.ids.next(), ..wanted };
        let answer = self.cases().open_case(self.connection.request(wanted)).await?;
        Ok(answer.into_inner().case.unwrap_or_default())
    }

    /// 签署委托书.
    pub(crate) async fn sign_mandate(&self, wanted: SignMandateRequest) -> Result<(), Refused> {
        let wanted = SignMandateRequest { request_id: self.ids.next(), ..wanted };
        self.cases().sign_mandate(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// 签署承诺书, of a project that nothing excludes.
    pub(crate) async fn sign_commitment(
        &self,
        case: &str,
        (letter_sha256, representative): (&str, &str),
        land_until: Timestamp,
    ) -> Result<(), Refused> {
        let wanted = SignCommitmentRequest {
            case: case.to_owned(),
            credit_clean: true,
            representative: representative.to_owned(),
            letter_sha256: letter_sha256.to_owned(),
            land_until_time: Some(told(land_until)),
            request_id: self.ids.next(),
            ..SignCommitmentRequest::default()
        };
        self.cases().sign_commitment(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// 启动.
    pub(crate) async fn start_case(&self, case: &str) -> Result<(), Refused> {
        let (case, request_id) = (case.to_owned(), self.ids.next());
        let wanted = StartCaseRequest { case, request_id, ..<_>::default() };
        self.cases().start_case(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// 递交: gives the case, whose item has an order now.
    pub(crate) async fn submit_item(&self, item: &str) -> Result<Case, Refused> {
        let (item, request_id) = (item.to_owned(), self.ids.next());
        let wanted = SubmitItemRequest { item, request_id, ..<_>::default() };
        let answer = self.cases().submit_item(self.connection.request(wanted)).await?;
        Ok(answer.into_inner().case.unwrap_or_default())
    }

    /// 受理, as the item stands now.
    pub(crate) async fn accept_item(&self, case: &str, item: &str) -> Result<(), Refused> {
        let etag = self.case(case).await?.etag;
        let (item, request_id) = (item.to_owned(), self.ids.next());
        let wanted = AcceptItemRequest { item, etag, request_id, ..<_>::default() };
        self.cases().accept_item(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// 出证, as the item stands now.
    pub(crate) async fn issue_item(
        &self,
        case: &str,
        item: &str,
        certificate: &str,
    ) -> Result<(), Refused> {
        let wanted = IssueItemRequest {
            item: item.to_owned(),
            certificate: certificate.to_owned(),
            etag: self.case(case).await?.etag,
            request_id: self.ids.next(),
            ..IssueItemRequest::default()
        };
        self.cases().issue_item(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// 拿地.
    pub(crate) async fn record_land(&self, case: &str) -> Result<(), Refused> {
        let (case, request_id) = (case.to_owned(), self.ids.next());
        let wanted = RecordLandAcquiredRequest { case, request_id, ..<_>::default() };
        self.cases().record_land_acquired(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// 送达.
    pub(crate) async fn deliver(&self, case: &str) -> Result<(), Refused> {
        let (case, request_id) = (case.to_owned(), self.ids.next());
        let wanted = DeliverResultsRequest { case, request_id, ..<_>::default() };
        self.cases().deliver_results(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// 回访 of the enterprise.
    pub(crate) async fn follow_up(&self, case: &str) -> Result<(), Refused> {
        let (case, note) = (case.to_owned(), "企业已收到结果，无其他诉求".to_owned());
        let wanted =
            FollowUpCaseRequest { case, note, request_id: self.ids.next(), ..<_>::default() };
        self.cases().follow_up_case(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// 归档.
    pub(crate) async fn archive(&self, case: &str) -> Result<(), Refused> {
        let (case, request_id) = (case.to_owned(), self.ids.next());
        let wanted = ArchiveCaseRequest { case, request_id, ..<_>::default() };
        self.cases().archive_case(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// 挂起, no longer than until an instant.
    pub(crate) async fn ask_pause_until(
        &self,
        order: &str,
        (reason, note): (PauseReason, &str),
        until: Timestamp,
    ) -> Result<(), Refused> {
        let wanted = AskPauseRequest {
            work_order: order.to_owned(),
            reason: reason.into(),
            note: note.to_owned(),
            until_time: Some(told(until)),
            request_id: self.ids.next(),
            ..AskPauseRequest::default()
        };
        self.orders().ask_pause(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// 恢复.
    pub(crate) async fn resume(&self, order: &str) -> Result<(), Refused> {
        let (work_order, request_id) = (order.to_owned(), self.ids.next());
        let wanted = ResumeWorkOrderRequest { work_order, request_id, ..<_>::default() };
        self.orders().resume_work_order(self.connection.request(wanted)).await?;
        Ok(())
    }
}

fn told(instant: Timestamp) -> prost_types::Timestamp {
    runtime::wire::time(instant)
}
