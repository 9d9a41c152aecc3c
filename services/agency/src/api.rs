//! The RPCs of agency: read the message, do one thing, answer.

mod asked;
mod changing;
mod history;
mod materials;
mod named;
mod opening;
mod outside;
mod procedures;
mod reading;

use std::pin::Pin;

use contract::agency as contracted;
use contract::agency::agency_service_server::AgencyService;
use contract::agency::{
    AcceptItemRequest, AcceptItemResponse, ArchiveCaseRequest, ArchiveCaseResponse,
    CheckProcedureRequest, CheckProcedureResponse, ConvertItemRequest, ConvertItemResponse,
    CorrectItemRequest, CorrectItemResponse, DeliverResultsRequest, DeliverResultsResponse,
    DownloadMaterialRequest, DownloadMaterialResponse, FollowUpCaseRequest, FollowUpCaseResponse,
    ForecastCaseRequest, ForecastCaseResponse, GetCaseRequest, GetCaseResponse,
    GetProcedureRequest, GetProcedureResponse, HandOverCaseRequest, HandOverCaseResponse,
    IssueItemRequest, IssueItemResponse, ListCaseHistoryRequest, ListCaseHistoryResponse,
    ListCasesRequest, ListCasesResponse, ListProceduresRequest, ListProceduresResponse,
    NotAcceptItemRequest, NotAcceptItemResponse, OpenCaseRequest, OpenCaseResponse,
    PreIssueItemRequest, PreIssueItemResponse, PromiseMaterialRequest, PromiseMaterialResponse,
    PublishProcedureRequest, PublishProcedureResponse, ReapplyItemRequest, ReapplyItemResponse,
    RecheckItemRequest, RecheckItemResponse, RecordLandAcquiredRequest, RecordLandAcquiredResponse,
    RedirectItemRequest, RedirectItemResponse, RefuseItemRequest, RefuseItemResponse,
    ResumeCaseRequest, ResumeCaseResponse, RevokeMandateRequest, RevokeMandateResponse,
    SignCommitmentRequest, SignCommitmentResponse, SignMandateRequest, SignMandateResponse,
    StartCaseRequest, StartCaseResponse, SubmitItemRequest, SubmitItemResponse,
    SupplyCorrectionRequest, SupplyCorrectionResponse, SuspendCaseRequest, SuspendCaseResponse,
    TerminateCaseRequest, TerminateCaseResponse, UploadMaterialRequest, UploadMaterialResponse,
    VoidItemRequest, VoidItemResponse, WatchCasesRequest, WatchCasesResponse, WithdrawItemRequest,
    WithdrawItemResponse,
};
use futures_util::Stream;
use prost::{Message, Name};
use runtime::{Call, House, Refusal, Room};
use tonic::{Request, Response, Status, Streaming};

use crate::lifecycle::Viewer;
use crate::store::Cases;
use crate::wire;

/// The door for calls. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    house: House,
    room: Room<Cases>,
}

/// A call that has been let in, and who makes it.
struct Asking {
    call: Call,
    by: Viewer,
}

#[tonic::async_trait]
impl AgencyService for Api {
    async fn publish_procedure(
        &self,
        request: Request<PublishProcedureRequest>,
    ) -> Result<Response<PublishProcedureResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(self.publish(&asking, request.get_ref()).await?)
    }

    async fn check_procedure(
        &self,
        request: Request<CheckProcedureRequest>,
    ) -> Result<Response<CheckProcedureResponse>, Status> {
        self.let_in(&request).await?;
        Ok(Response::new(self.check(request.get_ref()).await?))
    }

    async fn get_procedure(
        &self,
        request: Request<GetProcedureRequest>,
    ) -> Result<Response<GetProcedureResponse>, Status> {
        self.let_in(&request).await?;
        Ok(Response::new(self.find_procedure(request.get_ref()).await?))
    }

    async fn list_procedures(
        &self,
        request: Request<ListProceduresRequest>,
    ) -> Result<Response<ListProceduresResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(Response::new(self.list_procedures(&asking, request.get_ref()).await?))
    }

    async fn open_case(
        &self,
        request: Request<OpenCaseRequest>,
    ) -> Result<Response<OpenCaseResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.open(&asking, request.into_inner()).await?;
        self.answer(&asking, &changed, |case| OpenCaseResponse { case })
    }

    async fn sign_mandate(
        &self,
        request: Request<SignMandateRequest>,
    ) -> Result<Response<SignMandateResponse>, Status> {
        self.ask(request, |case| SignMandateResponse { case }).await
    }

    async fn revoke_mandate(
        &self,
        request: Request<RevokeMandateRequest>,
    ) -> Result<Response<RevokeMandateResponse>, Status> {
        self.ask(request, |case| RevokeMandateResponse { case }).await
    }

    async fn upload_material(
        &self,
        request: Request<Streaming<UploadMaterialRequest>>,
    ) -> Result<Response<UploadMaterialResponse>, Status> {
        let call = self.house.admit_stream(&request).await?;
        let by = viewer(&call);
        Ok(self.upload(Asking { call, by }, request.into_inner()).await?)
    }

    type DownloadMaterialStream =
        Pin<Box<dyn Stream<Item = Result<DownloadMaterialResponse, Status>> + Send>>;

    async fn download_material(
        &self,
        request: Request<DownloadMaterialRequest>,
    ) -> Result<Response<Self::DownloadMaterialStream>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(Response::new(Box::pin(self.download(&asking, request.get_ref()).await?)))
    }

    async fn promise_material(
        &self,
        request: Request<PromiseMaterialRequest>,
    ) -> Result<Response<PromiseMaterialResponse>, Status> {
        self.ask(request, |case| PromiseMaterialResponse { case }).await
    }

    async fn start_case(
        &self,
        request: Request<StartCaseRequest>,
    ) -> Result<Response<StartCaseResponse>, Status> {
        self.ask(request, |case| StartCaseResponse { case }).await
    }

    async fn submit_item(
        &self,
        request: Request<SubmitItemRequest>,
    ) -> Result<Response<SubmitItemResponse>, Status> {
        self.ask(request, |case| SubmitItemResponse { case }).await
    }

    async fn correct_item(
        &self,
        request: Request<CorrectItemRequest>,
    ) -> Result<Response<CorrectItemResponse>, Status> {
        self.ask(request, |case| CorrectItemResponse { case }).await
    }

    async fn supply_correction(
        &self,
        request: Request<SupplyCorrectionRequest>,
    ) -> Result<Response<SupplyCorrectionResponse>, Status> {
        self.ask(request, |case| SupplyCorrectionResponse { case }).await
    }

    async fn accept_item(
        &self,
        request: Request<AcceptItemRequest>,
    ) -> Result<Response<AcceptItemResponse>, Status> {
        self.ask(request, |case| AcceptItemResponse { case }).await
    }

    async fn not_accept_item(
        &self,
        request: Request<NotAcceptItemRequest>,
    ) -> Result<Response<NotAcceptItemResponse>, Status> {
        self.ask(request, |case| NotAcceptItemResponse { case }).await
    }

    async fn pre_issue_item(
        &self,
        request: Request<PreIssueItemRequest>,
    ) -> Result<Response<PreIssueItemResponse>, Status> {
        self.ask(request, |case| PreIssueItemResponse { case }).await
    }

    async fn convert_item(
        &self,
        request: Request<ConvertItemRequest>,
    ) -> Result<Response<ConvertItemResponse>, Status> {
        self.ask(request, |case| ConvertItemResponse { case }).await
    }

    async fn issue_item(
        &self,
        request: Request<IssueItemRequest>,
    ) -> Result<Response<IssueItemResponse>, Status> {
        self.ask(request, |case| IssueItemResponse { case }).await
    }

    async fn refuse_item(
        &self,
        request: Request<RefuseItemRequest>,
    ) -> Result<Response<RefuseItemResponse>, Status> {
        self.ask(request, |case| RefuseItemResponse { case }).await
    }

    async fn void_item(
        &self,
        request: Request<VoidItemRequest>,
    ) -> Result<Response<VoidItemResponse>, Status> {
        self.ask(request, |case| VoidItemResponse { case }).await
    }

    async fn recheck_item(
        &self,
        request: Request<RecheckItemRequest>,
    ) -> Result<Response<RecheckItemResponse>, Status> {
        self.ask(request, |case| RecheckItemResponse { case }).await
    }

    async fn reapply_item(
        &self,
        request: Request<ReapplyItemRequest>,
    ) -> Result<Response<ReapplyItemResponse>, Status> {
        self.ask(request, |case| ReapplyItemResponse { case }).await
    }

    async fn redirect_item(
        &self,
        request: Request<RedirectItemRequest>,
    ) -> Result<Response<RedirectItemResponse>, Status> {
        self.ask(request, |case| RedirectItemResponse { case }).await
    }

    async fn withdraw_item(
        &self,
        request: Request<WithdrawItemRequest>,
    ) -> Result<Response<WithdrawItemResponse>, Status> {
        self.ask(request, |case| WithdrawItemResponse { case }).await
    }

    async fn sign_commitment(
        &self,
        request: Request<SignCommitmentRequest>,
    ) -> Result<Response<SignCommitmentResponse>, Status> {
        self.ask(request, |case| SignCommitmentResponse { case }).await
    }

    async fn record_land_acquired(
        &self,
        request: Request<RecordLandAcquiredRequest>,
    ) -> Result<Response<RecordLandAcquiredResponse>, Status> {
        self.ask(request, |case| RecordLandAcquiredResponse { case }).await
    }

    async fn suspend_case(
        &self,
        request: Request<SuspendCaseRequest>,
    ) -> Result<Response<SuspendCaseResponse>, Status> {
        self.ask(request, |case| SuspendCaseResponse { case }).await
    }

    async fn resume_case(
        &self,
        request: Request<ResumeCaseRequest>,
    ) -> Result<Response<ResumeCaseResponse>, Status> {
        self.ask(request, |case| ResumeCaseResponse { case }).await
    }

    async fn hand_over_case(
        &self,
        request: Request<HandOverCaseRequest>,
    ) -> Result<Response<HandOverCaseResponse>, Status> {
        self.ask(request, |case| HandOverCaseResponse { case }).await
    }

    async fn terminate_case(
        &self,
        request: Request<TerminateCaseRequest>,
    ) -> Result<Response<TerminateCaseResponse>, Status> {
        self.ask(request, |case| TerminateCaseResponse { case }).await
    }

    async fn deliver_results(
        &self,
        request: Request<DeliverResultsRequest>,
    ) -> Result<Response<DeliverResultsResponse>, Status> {
        self.ask(request, |case| DeliverResultsResponse { case }).await
    }

    async fn follow_up_case(
        &self,
        request: Request<FollowUpCaseRequest>,
    ) -> Result<Response<FollowUpCaseResponse>, Status> {
        self.ask(request, |case| FollowUpCaseResponse { case }).await
    }

    async fn archive_case(
        &self,
        request: Request<ArchiveCaseRequest>,
    ) -> Result<Response<ArchiveCaseResponse>, Status> {
        self.ask(request, |case| ArchiveCaseResponse { case }).await
    }

    async fn get_case(
        &self,
        request: Request<GetCaseRequest>,
    ) -> Result<Response<GetCaseResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let found = self.find(&asking.by, request.get_ref()).await?;
        let clocks = Some(self.clocks(&found).await?);
        let case = Some(contracted::Case { clocks, ..wire::case(&found, &asking.by) });
        Ok(Response::new(GetCaseResponse { case }))
    }

    async fn list_cases(
        &self,
        request: Request<ListCasesRequest>,
    ) -> Result<Response<ListCasesResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(Response::new(self.list(&asking, request.get_ref()).await?))
    }

    async fn forecast_case(
        &self,
        request: Request<ForecastCaseRequest>,
    ) -> Result<Response<ForecastCaseResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(Response::new(self.forecast(&asking, request.get_ref()).await?))
    }

    async fn list_case_history(
        &self,
        request: Request<ListCaseHistoryRequest>,
    ) -> Result<Response<ListCaseHistoryResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(Response::new(self.history(&asking, request.get_ref()).await?))
    }

    type WatchCasesStream = Pin<Box<dyn Stream<Item = Result<WatchCasesResponse, Status>> + Send>>;

    async fn watch_cases(
        &self,
        request: Request<WatchCasesRequest>,
    ) -> Result<Response<Self::WatchCasesStream>, Status> {
        let call = self.house.admit(&request).await?;
        Ok(Response::new(Box::pin(self.watch(call, request.get_ref().resume_after))))
    }
}

impl Api {
    /// The door of this house.
    pub fn new(house: House, room: Room<Cases>) -> Api {
        Api { house, room }
    }

    /// Lets a call in, with what is known of who makes it.
    async fn let_in<M: Message + Name>(&self, request: &Request<M>) -> Result<Asking, Refusal> {
        let call = self.house.admit(request).await?;
        let by = viewer(&call);
        Ok(Asking { call, by })
    }
}

/// Who calls.
fn viewer(call: &Call) -> Viewer {
    Viewer { person: call.person.clone(), actor: call.actor.clone() }
}
