//! How a call asks something of an order, and who and what it names.

use base::{DepartmentId, PersonId, WorkOrderId};
use contract::dispatch::AskAssistanceRequest;
use futures_util::FutureExt as _;
use journal::Unit;
use runtime::{Call, Changed, Known, Lifecycle as _, Plan, Refusal};
use tonic::{Response, Status};

use super::Api;
use crate::error::Error;
use crate::events::draw_number;
use crate::lifecycle::{Command, Named, Nominee, WorkOrder, office};
use crate::store::{self, WorkOrders};
use crate::wire;

impl Api {
    /// One change of one order. Whom and what it names is looked up inside the unit.
    async fn change(
        &self,
        call: &Call,
        name: &str,
        command: Command,
    ) -> Result<Changed<WorkOrder>, Error> {
        let (id, known) = (id("work_order", name)?, self.house.known.clone());
        let call = &self.in_office(call, &id, &command).await?;
        let changed = self.room.change_with(call, id.to_string(), move |unit| {
            let (known, mut command) = (known.clone(), command.clone());
            async move {
                WorkOrders::find_locked(unit.tx(), &id).await.map_err(Refusal::from)?;
                look_up(&known, unit, &mut command).await?;
                Ok(Plan::Ask(id, command))
            }
            .boxed()
        });
        self.shown_to(call, self.called(changed.await).await?).await
    }

    /// The call in the office that the order needs: if a deputation alone gives it, what is done is
    /// recorded as both. Whoever does not hold it is refused by the rules.
    async fn in_office(
        &self,
        call: &Call,
        id: &WorkOrderId,
        command: &Command,
    ) -> Result<Call, Error> {
        let mut call = call.clone();
        if matches!(
            command,
            Command::DecidePause { .. } | Command::DecideExtension { .. } | Command::Resume { .. }
        ) {
            let order = store::find_work_order(self.house.known.read(), id).await;
            let order = order.map_err(Refusal::from)?;
            let needed = order.and_then(|order| office(&order, command));
            if let Some(role) = needed.filter(|role| call.person.is(*role)) {
                call.needs(&[role])?;
            }
        }
        Ok(call)
    }

    /// The same, with its answer.
    pub(super) async fn done<M>(
        &self,
        call: &Call,
        name: &str,
        command: Command,
        answer: impl FnOnce(Option<contract::dispatch::WorkOrder>) -> M,
    ) -> Result<Response<M>, Status> {
        let changed = self.change(call, name, command).await?;
        let message = answer(Some(wire::work_order(&changed.thing)));
        Ok(self.answer(call, &changed, message))
    }

    /// Claims what is most urgent: which it is, is found inside the unit, and locked.
    pub(super) async fn claim_next(&self, call: &Call) -> Result<Changed<WorkOrder>, Error> {
        let by = call.person.clone();
        let queue = by.department.as_ref().map(ToString::to_string).unwrap_or_default();
        let changed = self.room.change_with(call, queue, move |unit| {
            let by = by.clone();
            async move {
                let found = store::find_to_claim(unit.tx(), &by).await.map_err(Refusal::from)?;
                let id = found.ok_or(Error::NothingToClaim)?;
                Ok(Plan::Ask(id, Command::Claim { by }))
            }
            .boxed()
        });
        self.shown_to(call, self.called(changed.await).await?).await
    }

    /// Asks for assistance: the child gets its id and number inside the unit, once its parent is
    /// locked.
    pub(super) async fn assist(
        &self,
        call: &Call,
        request: AskAssistanceRequest,
    ) -> Result<Changed<WorkOrder>, Error> {
        let AskAssistanceRequest { work_order, department, text, .. } = request;
        let (id, known) = (id("work_order", &work_order)?, self.house.known.clone());
        let (by, department) = (call.person.clone(), named("department", &department)?);
        let changed = self.room.change_with(call, work_order, move |unit| {
            let (by, department, text) = (by.clone(), department.clone(), text.clone());
            let known = known.clone();
            async move {
                WorkOrders::find_locked(unit.tx(), &id).await.map_err(Refusal::from)?;
                let child = WorkOrderId::new(unit.uuid());
                let number = draw_number(unit, &known).await?;
                let mut command = Command::AskAssistance { by, department, text, child, number };
                look_up(&known, unit, &mut command).await?;
                Ok(Plan::Ask(id, command))
            }
            .boxed()
        });
        self.shown_to(call, self.called(changed.await).await?).await
    }

    /// A refusal that names who has the order says what they are called.
    async fn called<T>(&self, asked: Result<T, Error>) -> Result<T, Error> {
        let mut refused = match asked {
            Ok(done) => return Ok(done),
            Err(refused) => refused,
        };
        if let Error::ClaimedAlready { claimant, called }
        | Error::NotClaimant { claimant, called } = &mut refused
        {
            *called = self.house.known.person_title(self.house.known.read(), claimant).await?;
        }
        Err(refused)
    }

    /// An answer that was given before is shown again only to who may see the order as it is now.
    async fn shown_to(
        &self,
        call: &Call,
        changed: Changed<WorkOrder>,
    ) -> Result<Changed<WorkOrder>, Error> {
        if changed.replayed {
            self.get(&call.person, &changed.thing.id).await?;
        }
        Ok(changed)
    }

    pub(super) fn answer<M>(
        &self,
        call: &Call,
        changed: &Changed<WorkOrder>,
        message: M,
    ) -> Response<M> {
        let position = Some((self.house.journal.name(), changed.position));
        call.answer(position, changed.replayed, message)
    }
}

/// Reads the name of an order.
pub(super) fn id(field: &'static str, name: &str) -> Result<WorkOrderId, Error> {
    WorkOrderId::parse(name).map_err(|error| Refusal::name(field, &error).into())
}

/// Reads the name of a department. What is known of it is looked up inside the unit.
pub(super) fn named(field: &'static str, name: &str) -> Result<Named, Error> {
    let department = DepartmentId::parse(name).map_err(|error| Refusal::name(field, &error))?;
    Ok(Named { department, known: false, duty: Vec::new() })
}

/// Reads the name of a person. What is known of them is looked up inside the unit.
pub(super) fn nominee(name: &str) -> Result<Nominee, Error> {
    let id = PersonId::parse(name).map_err(|error| Refusal::name("person", &error))?;
    Ok(Nominee { id, person: None })
}

/// Looks up whom and what a command names, as the directory knows them in this unit: nothing is
/// given to who has left meanwhile, or to a department that is no more.
async fn look_up(known: &Known, unit: &mut Unit, command: &mut Command) -> Result<(), Error> {
    if let Some(nominee) = command.nominee() {
        nominee.person = known.find_person(unit.tx(), &nominee.id).await?;
    }
    if let Some(named) = command.named() {
        let duty = store::on_duty(known, unit.tx(), &named.department).await?;
        (named.known, named.duty) = (duty.is_some(), duty.unwrap_or_default());
    }
    Ok(())
}
