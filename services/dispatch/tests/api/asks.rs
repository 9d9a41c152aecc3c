//! What people ask of dispatch, each by one call.

use contract::common::{Date, Outcome};
use contract::dispatch::*;
use jiff::Timestamp;
use runtime::wire;
use tonic::Status;

use crate::desk::Desk;

impl Desk {
    /// What an order's etag is, to who sees all; something else if there is no such order.
    async fn etag_of(&self, order: &str) -> String {
        self.get("D00-99", order).await.map(|order| order.etag).unwrap_or("x".to_owned())
    }

    pub(crate) async fn claim_next(&self, by: &str) -> Result<WorkOrder, Status> {
        let wanted = ClaimNextWorkOrderRequest { request_id: self.world.request_id() };
        let answer = self.client(by).claim_next_work_order(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn workload(&self, by: &str) -> Result<Vec<Workload>, Status> {
        let answer = self.client(by).get_workload(GetWorkloadRequest {}).await?;
        Ok(answer.into_inner().workloads)
    }

    pub(crate) async fn release(&self, by: &str, order: &str) -> Result<WorkOrder, Status> {
        let wanted = ReleaseWorkOrderRequest {
            work_order: order.to_owned(),
            etag: String::new(),
            request_id: self.world.request_id(),
        };
        let answer = self.client(by).release_work_order(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn route(
        &self,
        by: &str,
        order: &str,
        department: &str,
    ) -> Result<WorkOrder, Status> {
        let wanted = RouteWorkOrderRequest {
            work_order: order.to_owned(),
            department: format!("departments/{department}"),
            mark_precedent: true,
            etag: self.etag_of(order).await,
            request_id: self.world.request_id(),
            ..<_>::default()
        };
        let answer = self.client(by).route_work_order(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn designate(
        &self,
        by: &str,
        order: &str,
        department: &str,
    ) -> Result<WorkOrder, Status> {
        let wanted = DesignateLeadRequest {
            work_order: order.to_owned(),
            department: format!("departments/{department}"),
            minutes: "〔2026〕3号".to_owned(),
            etag: self.etag_of(order).await,
            request_id: self.world.request_id(),
            ..<_>::default()
        };
        let answer = self.client(by).designate_lead(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn decline(&self, by: &str, order: &str) -> Result<WorkOrder, Status> {
        let wanted = DeclineWorkOrderRequest {
            work_order: order.to_owned(),
            basis: "非本部门审批事项".to_owned(),
            etag: String::new(),
            request_id: self.world.request_id(),
        };
        let answer = self.client(by).decline_work_order(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn waive(
        &self,
        by: &str,
        order: &str,
        child: &str,
    ) -> Result<WorkOrder, Status> {
        let wanted = WaiveAssistanceRequest {
            work_order: order.to_owned(),
            child: child.to_owned(),
            reason: "已自行解决".to_owned(),
            etag: String::new(),
            request_id: self.world.request_id(),
        };
        let answer = self.client(by).waive_assistance(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn resume(&self, by: &str, order: &str) -> Result<WorkOrder, Status> {
        let wanted = ResumeWorkOrderRequest {
            work_order: order.to_owned(),
            etag: String::new(),
            request_id: self.world.request_id(),
        };
        let answer = self.client(by).resume_work_order(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn ask_extension(
        &self,
        by: &str,
        order: &str,
        until: &str,
    ) -> Result<WorkOrder, Status> {
        let wanted = AskExtensionRequest {
            work_order: order.to_owned(),
            until_time: Some(wire::time(until.parse::<Timestamp>().unwrap())),
            reason: "设备未到".to_owned(),
            etag: String::new(),
            request_id: self.world.request_id(),
        };
        let answer = self.client(by).ask_extension(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn decide_extension(
        &self,
        by: &str,
        order: &str,
        decision: Decision,
    ) -> Result<WorkOrder, Status> {
        let wanted = DecideExtensionRequest {
            work_order: order.to_owned(),
            decision: decision.into(),
            reason: "同意".to_owned(),
            etag: self.etag_of(order).await,
            request_id: self.world.request_id(),
            ..<_>::default()
        };
        let answer = self.client(by).decide_extension(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn sign(&self, by: &str, order: &str) -> Result<WorkOrder, Status> {
        let wanted = SignReplyRequest {
            work_order: order.to_owned(),
            etag: self.etag_of(order).await,
            request_id: self.world.request_id(),
            ..<_>::default()
        };
        let answer = self.client(by).sign_reply(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn send_back(&self, by: &str, order: &str) -> Result<WorkOrder, Status> {
        let wanted = SendBackReplyRequest {
            work_order: order.to_owned(),
            reason: "请补充依据".to_owned(),
            etag: self.etag_of(order).await,
            request_id: self.world.request_id(),
            ..<_>::default()
        };
        let answer = self.client(by).send_back_reply(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn supervise(&self, by: &str, order: &str) -> Result<WorkOrder, Status> {
        let wanted = SuperviseWorkOrderRequest {
            work_order: order.to_owned(),
            note: "请说明".to_owned(),
            etag: String::new(),
            request_id: self.world.request_id(),
        };
        let answer = self.client(by).supervise_work_order(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn answer_supervision(
        &self,
        by: &str,
        order: &str,
        level: SupervisionLevel,
    ) -> Result<WorkOrder, Status> {
        let wanted = AnswerSupervisionRequest {
            work_order: order.to_owned(),
            level: level.into(),
            answer: "正在施工".to_owned(),
            etag: String::new(),
            request_id: self.world.request_id(),
        };
        let answer = self.client(by).answer_supervision(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }

    pub(crate) async fn complete_as(
        &self,
        by: &str,
        order: &str,
        (outcome, planned_date): (Outcome, Option<Date>),
    ) -> Result<WorkOrder, Status> {
        let wanted = CompleteWorkOrderRequest {
            work_order: order.to_owned(),
            outcome: outcome.into(),
            answer: "已答复".to_owned(),
            internal_note: String::new(),
            proof: String::new(),
            planned_date,
            etag: String::new(),
            request_id: self.world.request_id(),
        };
        let answer = self.client(by).complete_work_order(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap())
    }
}
