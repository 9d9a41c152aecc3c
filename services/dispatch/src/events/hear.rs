//! What dispatch does with each fact that it hears.

use async_trait::async_trait;
use base::{DepartmentId, PersonId, WorkOrderId};
use contract::common::{WorkReopened, WorkRequested};
use contract::directory::{CalendarYearPublished, DepartmentSucceeded, StaffChanged};
use journal::{Ear, Heard, Trouble, Unit};
use prost::Name as _;
use runtime::{Known, Lifecycle as _, Room};

use super::understood::{requested, told_of, unclear, without};
use crate::alarms::{LEFT, RECOUNT};
use crate::lifecycle::{Assistance, Command, Effect, Requested, WorkClass, WorkOrder, effect};
use crate::store::{self, WorkOrders};

/// Who tells of the zone itself: its people, departments and years.
const DIRECTORY: &str = "directory";

/// Hears the directory, for what is known of the zone, and whoever asks for work.
pub struct Ears {
    known: Known,
    room: Room<WorkOrders>,
}

impl Ears {
    /// The ears of this room.
    pub fn new(known: Known, room: Room<WorkOrders>) -> Ears {
        Ears { known, room }
    }

    /// Applies what concerns an order that exists; what is not of one of ours is passed over.
    async fn hear_of(
        &self,
        unit: &mut Unit,
        heard: &Heard,
        (work_order, command): (&str, Command),
    ) -> Result<(), Trouble> {
        let id = WorkOrderId::parse(work_order).map_err(|error| unclear(heard, &error))?;
        let Some(order) = WorkOrders::find_locked(unit.tx(), &id).await? else {
            tracing::warn!(order = %id, event = heard.id, "heard of an order that is not here");
            return Ok(());
        };
        let effect = command.heard().map(|what| effect(order.state, what));
        if let Some(Effect::Passed(reason)) = effect {
            tracing::info!(order = %id, kind = heard.kind, reason, "heard and passed over");
        }
        self.room.hear(unit, &id, command, &heard.actor).await
    }

    /// Makes the order that is asked for, with a number of its own, or goes on with the one that
    /// is there. For a department that is no more stands whichever has taken its place.
    async fn hear_wanted(
        &self,
        unit: &mut Unit,
        heard: &Heard,
        told: &WorkRequested,
        command: impl FnOnce(Box<Requested>) -> Command,
    ) -> Result<(), Trouble> {
        let mut work = requested(heard, told)?;
        let id = work.work_order;
        match WorkOrders::find_locked(unit.tx(), &id).await? {
            Some(order) => self.resolve_assisting(unit, &order, &mut work).await?,
            None => work.number = draw_number(unit, &self.known).await?,
        }
        self.resolve(unit, &mut work).await?;
        self.room.hear(unit, &id, command(Box::new(work)), &heard.actor).await
    }

    /// The departments that a request names, as they are now. A lead that there is not any more, and
    /// that nobody has succeeded, is none: the order waits in the unrouted pool.
    async fn resolve(&self, unit: &mut Unit, work: &mut Requested) -> Result<(), Trouble> {
        let known = &self.known;
        if let Some(named) = work.lead.take() {
            work.lead = store::lasting(known, unit.tx(), &named).await?;
        }
        if let Some(lead) = &work.lead {
            work.duty = store::on_duty(known, unit.tx(), lead).await?.unwrap_or_default();
        }
        let mut suggested = Vec::new();
        for named in &work.suggested_assisting {
            let lasting = store::lasting(known, unit.tx(), named).await?;
            let new = |it: &DepartmentId| Some(it) != work.lead.as_ref() && !suggested.contains(it);
            suggested.extend(lasting.filter(new));
        }
        work.suggested_assisting = suggested;
        // Whom a complaint is about stays it under any name.
        for named in work.excluded.clone() {
            work.excluded.extend(store::lasting(known, unit.tx(), &named).await?);
        }
        Ok(())
    }

    /// Who has taken the place of departments that assisted an order and are no more; and, of what is
    /// urgent, who is on duty there.
    async fn resolve_assisting(
        &self,
        unit: &mut Unit,
        order: &WorkOrder,
        work: &mut Requested,
    ) -> Result<(), Trouble> {
        for Assistance { department, .. } in &order.assistance {
            let lasting = store::lasting(&self.known, unit.tx(), department).await?;
            let Some(lasting) = lasting else { continue };
            if work.work_class == WorkClass::Urgent {
                let duty = store::on_duty(&self.known, unit.tx(), &lasting).await?;
                work.assisting_duty.insert(lasting.clone(), duty.unwrap_or_default());
            }
            if lasting != *department {
                work.successors.insert(department.clone(), lasting);
            }
        }
        Ok(())
    }

    /// What the directory tells is known first, and then acts on the orders that it concerns.
    async fn hear_directory(&self, unit: &mut Unit, heard: &Heard) -> Result<(), Trouble> {
        let known = self.known.hear(unit, heard).await?;
        if known && heard.kind == CalendarYearPublished::full_name() {
            return self.recount(unit).await;
        }
        if known && heard.kind == StaffChanged::full_name() {
            let told: StaffChanged = heard.decode()?;
            let staff = told.staff.ok_or_else(|| without(heard, "staff"))?;
            if !staff.active {
                let person = PersonId::parse(&staff.name);
                return self.left(unit, &person.map_err(|error| unclear(heard, &error))?).await;
            }
        }
        if heard.kind == DepartmentSucceeded::full_name() {
            return self.succeeded(unit, heard).await;
        }
        Ok(())
    }

    /// Every open order is reckoned anew, each in a unit of its own.
    async fn recount(&self, unit: &mut Unit) -> Result<(), Trouble> {
        let now = unit.now();
        for order in store::list_open(unit.tx()).await? {
            unit.set_alarm(&order.id.to_string(), RECOUNT, now).await?;
        }
        Ok(())
    }

    /// Every order that somebody had who has left goes back, each in a unit of its own.
    async fn left(&self, unit: &mut Unit, person: &PersonId) -> Result<(), Trouble> {
        let now = unit.now();
        for name in store::list_claimed_by(unit.tx(), person).await? {
            unit.set_alarm(&name, LEFT, now).await?;
        }
        Ok(())
    }

    /// What is open of a department that is no more goes to the one that takes its place, at once:
    /// nothing may be offered to the former in between.
    async fn succeeded(&self, unit: &mut Unit, heard: &Heard) -> Result<(), Trouble> {
        let told: DepartmentSucceeded = heard.decode()?;
        let parse = |name: &str| DepartmentId::parse(name).map_err(|error| unclear(heard, &error));
        let (from, to) = (parse(&told.department)?, parse(&told.successor)?);
        let open = store::list_open(unit.tx()).await?;
        for order in open.iter().filter(|order| order.concerns(&from)) {
            let command = Command::Succeed { from: from.clone(), to: to.clone() };
            self.room.hear(unit, &order.id, command, &heard.actor).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Ear for Ears {
    fn sources(&self) -> &'static [&'static str] {
        contract::heard_by("dispatch")
    }

    async fn hear(&self, unit: &mut Unit, heard: &Heard) -> Result<(), Trouble> {
        if heard.source == DIRECTORY {
            return self.hear_directory(unit, heard).await;
        }
        if heard.kind == WorkRequested::full_name() {
            let told: WorkRequested = heard.decode()?;
            return self.hear_wanted(unit, heard, &told, Command::Request).await;
        }
        if heard.kind == WorkReopened::full_name() {
            let told: WorkReopened = heard.decode()?;
            let work = told.work.as_ref().ok_or_else(|| without(heard, "work"))?;
            let escalate = told.escalate;
            let reopen = |work| Command::Reopen { work, escalate };
            return self.hear_wanted(unit, heard, work, reopen).await;
        }
        match told_of(heard)? {
            Some((work_order, command)) => self.hear_of(unit, heard, (&work_order, command)).await,
            None => Ok(()),
        }
    }
}

/// The next number of an order: `GD-2026-000083`. Rising within a year of the zone, gaps allowed.
pub(crate) async fn draw_number(unit: &mut Unit, known: &Known) -> Result<String, Trouble> {
    let year = known.calendar(unit.tx()).await?.zone().to_datetime(unit.now()).year();
    let number = unit.next_number(&format!("GD-{year}")).await?;
    Ok(format!("GD-{year}-{number:06}"))
}
