//! The RPCs of dispatch: read the message, do one thing, answer.

mod asking;
mod history;
mod list;
mod reading;

use std::pin::Pin;

use contract::dispatch::dispatch_service_server::DispatchService;
use contract::dispatch::*;
use futures_util::Stream;
use runtime::{House, Room};
use tonic::{Request, Response, Status};

use crate::lifecycle::{Command, Level};
use crate::store::WorkOrders;
use crate::wire;

/// The door for calls. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    house: House,
    room: Room<WorkOrders>,
}

impl Api {
    /// The door of this house.
    pub fn new(house: House, room: Room<WorkOrders>) -> Api {
        Api { house, room }
    }
}

#[tonic::async_trait]
impl DispatchService for Api {
    async fn claim_work_order(
        &self,
        request: Request<ClaimWorkOrderRequest>,
    ) -> Result<Response<ClaimWorkOrderResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let work_order = request.into_inner().work_order;
        let command = Command::Claim { by: call.person.clone() };
        let answer = |work_order| ClaimWorkOrderResponse { work_order };
        self.done(&call, &work_order, command, answer).await
    }

    async fn claim_next_work_order(
        &self,
        request: Request<ClaimNextWorkOrderRequest>,
    ) -> Result<Response<ClaimNextWorkOrderResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let changed = self.claim_next(&call).await?;
        let work_order = Some(wire::work_order(&changed.thing));
        Ok(self.answer(&call, &changed, ClaimNextWorkOrderResponse { work_order }))
    }

    async fn assign_work_order(
        &self,
        request: Request<AssignWorkOrderRequest>,
    ) -> Result<Response<AssignWorkOrderResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let AssignWorkOrderRequest { work_order, person, .. } = request.into_inner();
        let command = Command::Assign { by: call.person.clone(), to: asking::nominee(&person)? };
        let answer = |work_order| AssignWorkOrderResponse { work_order };
        self.done(&call, &work_order, command, answer).await
    }

    async fn hand_over_work_order(
        &self,
        request: Request<HandOverWorkOrderRequest>,
    ) -> Result<Response<HandOverWorkOrderResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let HandOverWorkOrderRequest { work_order, person, .. } = request.into_inner();
        let command = Command::HandOver { by: call.person.clone(), to: asking::nominee(&person)? };
        let answer = |work_order| HandOverWorkOrderResponse { work_order };
        self.done(&call, &work_order, command, answer).await
    }

    async fn release_work_order(
        &self,
        request: Request<ReleaseWorkOrderRequest>,
    ) -> Result<Response<ReleaseWorkOrderResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let work_order = request.into_inner().work_order;
        let command = Command::Release { by: call.person.clone() };
        let answer = |work_order| ReleaseWorkOrderResponse { work_order };
        self.done(&call, &work_order, command, answer).await
    }

    async fn record_contact(
        &self,
        request: Request<RecordContactRequest>,
    ) -> Result<Response<RecordContactResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let RecordContactRequest { work_order, proof, .. } = request.into_inner();
        let command = Command::Contact { by: call.person.clone(), proof };
        let answer = |work_order| RecordContactResponse { work_order };
        self.done(&call, &work_order, command, answer).await
    }

    async fn return_work_order(
        &self,
        request: Request<ReturnWorkOrderRequest>,
    ) -> Result<Response<ReturnWorkOrderResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let request = request.into_inner();
        let command = reading::returning(&call, &request)?;
        let answer = |work_order| ReturnWorkOrderResponse { work_order };
        self.done(&call, &request.work_order, command, answer).await
    }

    async fn decide_return(
        &self,
        request: Request<DecideReturnRequest>,
    ) -> Result<Response<DecideReturnResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let request = request.into_inner();
        let command = reading::return_ruling(&call, &request)?;
        let answer = |work_order| DecideReturnResponse { work_order };
        self.done(&call, &request.work_order, command, answer).await
    }

    async fn route_work_order(
        &self,
        request: Request<RouteWorkOrderRequest>,
    ) -> Result<Response<RouteWorkOrderResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let RouteWorkOrderRequest { work_order, department, mark_precedent: precedent, .. } =
            request.into_inner();
        let command = Command::Route { to: asking::named("department", &department)?, precedent };
        let answer = |work_order| RouteWorkOrderResponse { work_order };
        self.done(&call, &work_order, command, answer).await
    }

    async fn designate_lead(
        &self,
        request: Request<DesignateLeadRequest>,
    ) -> Result<Response<DesignateLeadResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let DesignateLeadRequest { work_order, department, minutes, .. } = request.into_inner();
        let command =
            Command::DesignateLead { to: asking::named("department", &department)?, minutes };
        let answer = |work_order| DesignateLeadResponse { work_order };
        self.done(&call, &work_order, command, answer).await
    }

    async fn decline_work_order(
        &self,
        request: Request<DeclineWorkOrderRequest>,
    ) -> Result<Response<DeclineWorkOrderResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let DeclineWorkOrderRequest { work_order, basis, .. } = request.into_inner();
        let command = Command::Decline { by: call.person.clone(), basis };
        let answer = |work_order| DeclineWorkOrderResponse { work_order };
        self.done(&call, &work_order, command, answer).await
    }

    async fn ask_assistance(
        &self,
        request: Request<AskAssistanceRequest>,
    ) -> Result<Response<AskAssistanceResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let changed = self.assist(&call, request.into_inner()).await?;
        let work_order = Some(wire::work_order(&changed.thing));
        Ok(self.answer(&call, &changed, AskAssistanceResponse { work_order }))
    }

    async fn waive_assistance(
        &self,
        request: Request<WaiveAssistanceRequest>,
    ) -> Result<Response<WaiveAssistanceResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let WaiveAssistanceRequest { work_order, child, reason, .. } = request.into_inner();
        let child = asking::id("child", &child)?;
        let command = Command::WaiveAssistance { by: call.person.clone(), child, reason };
        let answer = |work_order| WaiveAssistanceResponse { work_order };
        self.done(&call, &work_order, command, answer).await
    }

    async fn ask_pause(
        &self,
        request: Request<AskPauseRequest>,
    ) -> Result<Response<AskPauseResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let (reason, until) = reading::pause(request.get_ref())?;
        let AskPauseRequest { work_order, note, .. } = request.into_inner();
        let command = Command::AskPause { by: call.person.clone(), reason, note, until };
        let answer = |work_order| AskPauseResponse { work_order };
        self.done(&call, &work_order, command, answer).await
    }

    async fn decide_pause(
        &self,
        request: Request<DecidePauseRequest>,
    ) -> Result<Response<DecidePauseResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let decision = reading::decision(request.get_ref().decision())?;
        let DecidePauseRequest { work_order, reason, .. } = request.into_inner();
        let command = Command::DecidePause { by: call.person.clone(), decision, reason };
        let answer = |work_order| DecidePauseResponse { work_order };
        self.done(&call, &work_order, command, answer).await
    }

    async fn resume_work_order(
        &self,
        request: Request<ResumeWorkOrderRequest>,
    ) -> Result<Response<ResumeWorkOrderResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let work_order = request.into_inner().work_order;
        let command = Command::Resume { by: call.person.clone() };
        let answer = |work_order| ResumeWorkOrderResponse { work_order };
        self.done(&call, &work_order, command, answer).await
    }

    async fn ask_extension(
        &self,
        request: Request<AskExtensionRequest>,
    ) -> Result<Response<AskExtensionResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let until = reading::until(request.get_ref().until_time.as_ref())?;
        let AskExtensionRequest { work_order, reason, .. } = request.into_inner();
        let command = Command::AskExtension { by: call.person.clone(), until, reason };
        let answer = |work_order| AskExtensionResponse { work_order };
        self.done(&call, &work_order, command, answer).await
    }

    async fn decide_extension(
        &self,
        request: Request<DecideExtensionRequest>,
    ) -> Result<Response<DecideExtensionResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let decision = reading::decision(request.get_ref().decision())?;
        let DecideExtensionRequest { work_order, reason, .. } = request.into_inner();
        let command = Command::DecideExtension { by: call.person.clone(), decision, reason };
        let answer = |work_order| DecideExtensionResponse { work_order };
        self.done(&call, &work_order, command, answer).await
    }

    async fn complete_work_order(
        &self,
        request: Request<CompleteWorkOrderRequest>,
    ) -> Result<Response<CompleteWorkOrderResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let request = request.into_inner();
        let command = reading::completing(&call, &request)?;
        let answer = |work_order| CompleteWorkOrderResponse { work_order };
        self.done(&call, &request.work_order, command, answer).await
    }

    async fn sign_reply(
        &self,
        request: Request<SignReplyRequest>,
    ) -> Result<Response<SignReplyResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let work_order = request.into_inner().work_order;
        let command = Command::Sign { by: call.person.clone() };
        let answer = |work_order| SignReplyResponse { work_order };
        self.done(&call, &work_order, command, answer).await
    }

    async fn send_back_reply(
        &self,
        request: Request<SendBackReplyRequest>,
    ) -> Result<Response<SendBackReplyResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let SendBackReplyRequest { work_order, reason, .. } = request.into_inner();
        let command = Command::SendBack { by: call.person.clone(), reason };
        let answer = |work_order| SendBackReplyResponse { work_order };
        self.done(&call, &work_order, command, answer).await
    }

    async fn urge_work_order(
        &self,
        request: Request<UrgeWorkOrderRequest>,
    ) -> Result<Response<UrgeWorkOrderResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let UrgeWorkOrderRequest { work_order, note, .. } = request.into_inner();
        let command = Command::Press { by: call.person.clone(), level: Level::Urged, note };
        let answer = |work_order| UrgeWorkOrderResponse { work_order };
        self.done(&call, &work_order, command, answer).await
    }

    async fn supervise_work_order(
        &self,
        request: Request<SuperviseWorkOrderRequest>,
    ) -> Result<Response<SuperviseWorkOrderResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let SuperviseWorkOrderRequest { work_order, note, .. } = request.into_inner();
        let command = Command::Press { by: call.person.clone(), level: Level::Supervised, note };
        let answer = |work_order| SuperviseWorkOrderResponse { work_order };
        self.done(&call, &work_order, command, answer).await
    }

    async fn answer_supervision(
        &self,
        request: Request<AnswerSupervisionRequest>,
    ) -> Result<Response<AnswerSupervisionResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let level = reading::level(request.get_ref().level())?;
        let AnswerSupervisionRequest { work_order, answer, .. } = request.into_inner();
        let command = Command::AnswerSupervision { by: call.person.clone(), level, answer };
        let answer = |work_order| AnswerSupervisionResponse { work_order };
        self.done(&call, &work_order, command, answer).await
    }

    async fn get_work_order(
        &self,
        request: Request<GetWorkOrderRequest>,
    ) -> Result<Response<GetWorkOrderResponse>, Status> {
        let call = self.house.admit(&request).await?;
        Ok(Response::new(self.show(&call, request.get_ref()).await?))
    }

    async fn list_work_orders(
        &self,
        request: Request<ListWorkOrdersRequest>,
    ) -> Result<Response<ListWorkOrdersResponse>, Status> {
        let call = self.house.admit(&request).await?;
        Ok(Response::new(self.list(&call, request.get_ref()).await?))
    }

    async fn list_work_order_history(
        &self,
        request: Request<ListWorkOrderHistoryRequest>,
    ) -> Result<Response<ListWorkOrderHistoryResponse>, Status> {
        let call = self.house.admit(&request).await?;
        Ok(Response::new(self.history(&call, request.get_ref()).await?))
    }

    type WatchWorkOrdersStream =
        Pin<Box<dyn Stream<Item = Result<WatchWorkOrdersResponse, Status>> + Send>>;

    async fn watch_work_orders(
        &self,
        request: Request<WatchWorkOrdersRequest>,
    ) -> Result<Response<Self::WatchWorkOrdersStream>, Status> {
        let call = self.house.admit(&request).await?;
        Ok(Response::new(Box::pin(self.watch(call, request.get_ref().resume_after))))
    }

    async fn get_workload(
        &self,
        request: Request<GetWorkloadRequest>,
    ) -> Result<Response<GetWorkloadResponse>, Status> {
        let call = self.house.admit(&request).await?;
        Ok(Response::new(self.workload(&call).await?))
    }

    async fn get_league(
        &self,
        request: Request<GetLeagueRequest>,
    ) -> Result<Response<GetLeagueResponse>, Status> {
        self.house.admit(&request).await?;
        Ok(Response::new(self.league(request.get_ref()).await?))
    }
}
