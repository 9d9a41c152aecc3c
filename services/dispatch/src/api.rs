//! The RPCs of dispatch: read the message, do one thing, answer.

mod history;
mod list;

use std::pin::Pin;

use base::{DepartmentId, PersonId, WorkOrderId};
use contract::dispatch::dispatch_service_server::DispatchService;
use contract::dispatch::*;
use futures_util::{FutureExt as _, Stream};
use runtime::wire::time_from;
use runtime::{Call, Changed, House, Lifecycle as _, Plan, Problem, Refusal, Room};
use tonic::{Request, Response, Status};

use crate::error::Error;
use crate::events::draw_number;
use crate::lifecycle::{self, Command, Named, Nominee};
use crate::store::WorkOrders;
use crate::wire;

/// The door for calls. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    house: House,
    room: Room<WorkOrders>,
}

#[tonic::async_trait]
impl DispatchService for Api {
    async fn claim_work_order(
        &self,
        request: Request<ClaimWorkOrderRequest>,
    ) -> Result<Response<ClaimWorkOrderResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let command = Command::Claim { by: call.person.clone() };
        let changed = self.change(&call, &request.get_ref().work_order, command).await?;
        let work_order = Some(wire::work_order(&changed.thing));
        Ok(self.answer(&call, &changed, ClaimWorkOrderResponse { work_order }))
    }

    async fn assign_work_order(
        &self,
        request: Request<AssignWorkOrderRequest>,
    ) -> Result<Response<AssignWorkOrderResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let AssignWorkOrderRequest { work_order, person, .. } = request.into_inner();
        let command = Command::Assign { by: call.person.clone(), to: self.nominee(&person).await? };
        let changed = self.change(&call, &work_order, command).await?;
        let work_order = Some(wire::work_order(&changed.thing));
        Ok(self.answer(&call, &changed, AssignWorkOrderResponse { work_order }))
    }

    async fn hand_over_work_order(
        &self,
        request: Request<HandOverWorkOrderRequest>,
    ) -> Result<Response<HandOverWorkOrderResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let HandOverWorkOrderRequest { work_order, person, .. } = request.into_inner();
        let command =
            Command::HandOver { by: call.person.clone(), to: self.nominee(&person).await? };
        let changed = self.change(&call, &work_order, command).await?;
        let work_order = Some(wire::work_order(&changed.thing));
        Ok(self.answer(&call, &changed, HandOverWorkOrderResponse { work_order }))
    }

    async fn record_contact(
        &self,
        request: Request<RecordContactRequest>,
    ) -> Result<Response<RecordContactResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let RecordContactRequest { work_order, proof, .. } = request.into_inner();
        let command = Command::Contact { by: call.person.clone(), proof };
        let changed = self.change(&call, &work_order, command).await?;
        let work_order = Some(wire::work_order(&changed.thing));
        Ok(self.answer(&call, &changed, RecordContactResponse { work_order }))
    }

    async fn return_work_order(
        &self,
        request: Request<ReturnWorkOrderRequest>,
    ) -> Result<Response<ReturnWorkOrderResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let ReturnWorkOrderRequest { work_order, basis, names_department, .. } =
            request.into_inner();
        let names = match names_department.as_str() {
            "" => None,
            name => Some(self.named("names_department", name).await?),
        };
        let command = Command::Return { by: call.person.clone(), basis, names };
        let changed = self.change(&call, &work_order, command).await?;
        let work_order = Some(wire::work_order(&changed.thing));
        Ok(self.answer(&call, &changed, ReturnWorkOrderResponse { work_order }))
    }

    async fn decide_return(
        &self,
        request: Request<DecideReturnRequest>,
    ) -> Result<Response<DecideReturnResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let decision = wire::decision_from(request.get_ref().decision());
        let DecideReturnRequest { work_order, department, reason, .. } = request.into_inner();
        let command = match decision {
            None => return Err(Refusal::field("decision", Problem::Required).into()),
            Some(lifecycle::Decision::Refused) => Command::RefuseReturn { reason },
            Some(lifecycle::Decision::Granted) if department.is_empty() => {
                return Err(Refusal::field("department", Problem::Required).into());
            }
            Some(lifecycle::Decision::Granted) => {
                Command::UpholdReturn { to: self.named("department", &department).await?, reason }
            }
        };
        let changed = self.change(&call, &work_order, command).await?;
        let work_order = Some(wire::work_order(&changed.thing));
        Ok(self.answer(&call, &changed, DecideReturnResponse { work_order }))
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

    async fn ask_pause(
        &self,
        request: Request<AskPauseRequest>,
    ) -> Result<Response<AskPauseResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let required = |field: &str| Refusal::field(field, Problem::Required);
        let reason = wire::pause_reason_from(request.get_ref().reason());
        let until = time_from("until_time", request.get_ref().until_time.as_ref())?;
        let AskPauseRequest { work_order, note, .. } = request.into_inner();
        let command = Command::AskPause {
            by: call.person.clone(),
            reason: reason.ok_or_else(|| required("reason"))?,
            note,
            until: until.ok_or_else(|| required("until_time"))?,
        };
        let changed = self.change(&call, &work_order, command).await?;
        let work_order = Some(wire::work_order(&changed.thing));
        Ok(self.answer(&call, &changed, AskPauseResponse { work_order }))
    }

    async fn decide_pause(
        &self,
        request: Request<DecidePauseRequest>,
    ) -> Result<Response<DecidePauseResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let decision = wire::decision_from(request.get_ref().decision())
            .ok_or_else(|| Refusal::field("decision", Problem::Required))?;
        let DecidePauseRequest { work_order, reason, .. } = request.into_inner();
        let changed =
            self.change(&call, &work_order, Command::DecidePause { decision, reason }).await?;
        let work_order = Some(wire::work_order(&changed.thing));
        Ok(self.answer(&call, &changed, DecidePauseResponse { work_order }))
    }

    async fn complete_work_order(
        &self,
        request: Request<CompleteWorkOrderRequest>,
    ) -> Result<Response<CompleteWorkOrderResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let outcome = wire::outcome_from(request.get_ref().outcome())
            .ok_or_else(|| Refusal::field("outcome", Problem::Required))?;
        let CompleteWorkOrderRequest { work_order, answer, internal_note, proof, .. } =
            request.into_inner();
        let (by, proof) = (call.person.clone(), Some(proof).filter(|proof| !proof.is_empty()));
        let command = Command::Complete { by, outcome, answer, internal_note, proof };
        let changed = self.change(&call, &work_order, command).await?;
        let work_order = Some(wire::work_order(&changed.thing));
        Ok(self.answer(&call, &changed, CompleteWorkOrderResponse { work_order }))
    }

    async fn urge_work_order(
        &self,
        request: Request<UrgeWorkOrderRequest>,
    ) -> Result<Response<UrgeWorkOrderResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let UrgeWorkOrderRequest { work_order, note, .. } = request.into_inner();
        let command = Command::Urge { by: call.person.clone(), note };
        let changed = self.change(&call, &work_order, command).await?;
        let work_order = Some(wire::work_order(&changed.thing));
        Ok(self.answer(&call, &changed, UrgeWorkOrderResponse { work_order }))
    }

    async fn get_work_order(
        &self,
        request: Request<GetWorkOrderRequest>,
    ) -> Result<Response<GetWorkOrderResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let order = self.get(&call.person, &id(&request.get_ref().work_order)?).await?;
        let work_order = Some(wire::work_order(&order));
        Ok(Response::new(GetWorkOrderResponse { work_order }))
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

    async fn get_league(
        &self,
        request: Request<GetLeagueRequest>,
    ) -> Result<Response<GetLeagueResponse>, Status> {
        self.house.admit(&request).await?;
        Ok(Response::new(self.league(request.get_ref()).await?))
    }
}

impl Api {
    /// The door of this house.
    pub fn new(house: House, room: Room<WorkOrders>) -> Api {
        Api { house, room }
    }

    /// One change of one order.
    async fn change(
        &self,
        call: &Call,
        name: &str,
        command: Command,
    ) -> Result<Changed<lifecycle::WorkOrder>, Error> {
        let changed = self.room.change(call, &id(name)?, command).await?;
        self.shown_to(call, changed).await
    }

    /// Asks for assistance: the child gets its id and number inside the unit, once its parent is
    /// locked.
    async fn assist(
        &self,
        call: &Call,
        request: AskAssistanceRequest,
    ) -> Result<Changed<lifecycle::WorkOrder>, Error> {
        let AskAssistanceRequest { work_order, department, text, .. } = request;
        let (id, known) = (id(&work_order)?, self.house.known.clone());
        let (by, department) = (call.person.clone(), self.named("department", &department).await?);
        let changed = self.room.change_with(call, work_order, move |unit| {
            let (by, department, text) = (by.clone(), department.clone(), text.clone());
            let known = known.clone();
            async move {
                WorkOrders::find_locked(unit.tx(), &id).await.map_err(Refusal::from)?;
                let child = WorkOrderId::new(unit.uuid());
                let number = draw_number(unit, &known).await?;
                let command = Command::AskAssistance { by, department, text, child, number };
                Ok(Plan::Ask(id, command))
            }
            .boxed()
        });
        self.shown_to(call, changed.await?).await
    }

    /// An answer that was given before is shown again only to who may see the order as it is now.
    async fn shown_to(
        &self,
        call: &Call,
        changed: Changed<lifecycle::WorkOrder>,
    ) -> Result<Changed<lifecycle::WorkOrder>, Error> {
        if changed.replayed {
            self.get(&call.person, &changed.thing.id).await?;
        }
        Ok(changed)
    }

    /// A department that was named, and whether there is one.
    async fn named(&self, field: &'static str, name: &str) -> Result<Named, Error> {
        let department = DepartmentId::parse(name).map_err(|error| Refusal::name(field, &error))?;
        let known = &self.house.known;
        let found = known.department(known.read(), &department).await?;
        Ok(Named { department, known: found.is_some() })
    }

    /// A person who was named, and what is known of them.
    async fn nominee(&self, name: &str) -> Result<Nominee, Error> {
        let id = PersonId::parse(name).map_err(|error| Refusal::name("person", &error))?;
        let known = &self.house.known;
        let person = known.find_person(known.read(), &id).await?;
        Ok(Nominee { id, person })
    }

    fn answer<M>(
        &self,
        call: &Call,
        changed: &Changed<lifecycle::WorkOrder>,
        message: M,
    ) -> Response<M> {
        let position = Some((self.house.journal.name(), changed.position));
        call.answer(position, changed.replayed, message)
    }
}

/// Reads the name of an order.
fn id(name: &str) -> Result<WorkOrderId, Error> {
    WorkOrderId::parse(name).map_err(|error| Refusal::name("work_order", &error).into())
}
