//! How a call asks something of an order, and who and what it names.

use base::{DepartmentId, PersonId, WorkOrderId};
use contract::dispatch::AskAssistanceRequest;
use futures_util::FutureExt as _;
use runtime::{Call, Changed, Lifecycle as _, Plan, Refusal};
use tonic::{Response, Status};

use super::Api;
use crate::error::Error;
use crate::events::draw_number;
use crate::lifecycle::{Command, Named, Nominee, WorkOrder};
use crate::store::{self, WorkOrders};
use crate::wire;

impl Api {
    /// One change of one order.
    async fn change(
        &self,
        call: &Call,
        name: &str,
        command: Command,
    ) -> Result<Changed<WorkOrder>, Error> {
        let changed = self.room.change(call, &id("work_order", name)?, command).await?;
        self.shown_to(call, changed).await
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
        self.shown_to(call, changed.await?).await
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
        changed: Changed<WorkOrder>,
    ) -> Result<Changed<WorkOrder>, Error> {
        if changed.replayed {
            self.get(&call.person, &changed.thing.id).await?;
        }
        Ok(changed)
    }

    /// A department that was named, and whether there is one.
    pub(super) async fn named(&self, field: &'static str, name: &str) -> Result<Named, Error> {
        let department = DepartmentId::parse(name).map_err(|error| Refusal::name(field, &error))?;
        let known = &self.house.known;
        let duty = store::on_duty(known, known.read(), &department).await?;
        Ok(Named { department, known: duty.is_some(), duty: duty.unwrap_or_default() })
    }

    /// A person who was named, and what is known of them.
    pub(super) async fn nominee(&self, name: &str) -> Result<Nominee, Error> {
        let id = PersonId::parse(name).map_err(|error| Refusal::name("person", &error))?;
        let known = &self.house.known;
        let person = known.find_person(known.read(), &id).await?;
        Ok(Nominee { id, person })
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
