//! What each fact of request and of the directory means to a work order.

use std::collections::BTreeSet;

use async_trait::async_trait;
use base::{CategoryId, DepartmentId, EnterpriseId, NameError, PersonId, WorkOrderId};
use contract::common::{MaterialsSupplied, Outcome as WireOutcome, WorkRequested};
use contract::directory::CalendarYearPublished;
use contract::request::{TicketConfirmed, TicketDissatisfied};
use journal::{Ear, Heard, Trouble, Unit};
use prost::Name as _;
use runtime::{Known, Lifecycle as _, Room};

use crate::alarms::RECOUNT;
use crate::lifecycle::{Command, Effect, Rating, Requested, effect};
use crate::store::{self, WorkOrders};
use crate::wire;

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

    /// Makes the order that is asked for, with a number of its own.
    async fn hear_request(&self, unit: &mut Unit, heard: &Heard) -> Result<(), Trouble> {
        let told: WorkRequested = heard.decode()?;
        let mut requested = requested(heard, &told)?;
        let id = requested.work_order;
        if WorkOrders::find_locked(unit.tx(), &id).await?.is_none() {
            requested.number = draw_number(unit, &self.known).await?;
        }
        let command = Command::Request(Box::new(requested));
        self.room.hear(unit, &id, command, &heard.actor).await
    }

    /// Every open order is reckoned anew, each in a unit of its own.
    async fn recount(&self, unit: &mut Unit) -> Result<(), Trouble> {
        let now = unit.now();
        for name in store::list_open(unit.tx()).await? {
            unit.set_alarm(&name, RECOUNT, now).await?;
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
            let known = self.known.hear(unit, heard).await?;
            return if known && heard.kind == CalendarYearPublished::full_name() {
                self.recount(unit).await
            } else {
                Ok(())
            };
        }
        if heard.kind == WorkRequested::full_name() {
            return self.hear_request(unit, heard).await;
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

/// The order that a fact is of, and what is asked of it; `None` if it says nothing here.
fn told_of(heard: &Heard) -> Result<Option<(String, Command)>, Trouble> {
    let occurred_at = heard.occurred_at;
    if heard.kind == MaterialsSupplied::full_name() {
        let told: MaterialsSupplied = heard.decode()?;
        return Ok(Some((told.work_order, Command::SupplyMaterials { occurred_at })));
    }
    let (work_order, round, outcome, level, confirmed) =
        if heard.kind == TicketConfirmed::full_name() {
            let told: TicketConfirmed = heard.decode()?;
            let outcome = told.outcome();
            (told.work_order, told.round, outcome, told.level, true)
        } else if heard.kind == TicketDissatisfied::full_name() {
            let told: TicketDissatisfied = heard.decode()?;
            let outcome = told.outcome();
            (told.work_order, told.round, outcome, told.level, false)
        } else {
            return Ok(None);
        };
    let rating = rating(heard, outcome, level, confirmed)?;
    let round = u32::try_from(round).map_err(|_| without(heard, "round"))?;
    Ok(Some((work_order, Command::Rate { occurred_at, round, rating })))
}

fn rating(
    heard: &Heard,
    outcome: WireOutcome,
    level: i32,
    confirmed: bool,
) -> Result<Rating, Trouble> {
    let level = u8::try_from(level).ok().filter(|level| (1..=5).contains(level));
    Ok(Rating {
        outcome: wire::outcome_from(outcome).ok_or_else(|| without(heard, "outcome"))?,
        level: level.ok_or_else(|| without(heard, "level"))?,
        confirmed,
    })
}

/// What a request for work says, without the number that is drawn here.
fn requested(heard: &Heard, told: &WorkRequested) -> Result<Requested, Trouble> {
    let unclear = |error: NameError| unclear(heard, &error);
    let suggested = told.suggested_assisting.iter().map(|name| DepartmentId::parse(name));
    let barred = told.barred.iter().map(|name| PersonId::parse(name));
    let limits = told.limits.iter().map(wire::limit_from).collect::<Option<Vec<_>>>();
    let submitted = told.submitted_time.as_ref().and_then(journal::envelope::from_proto);
    Ok(Requested {
        work_order: WorkOrderId::parse(&told.work_order).map_err(unclear)?,
        number: String::new(),
        round: u32::try_from(told.round).map_err(|_| without(heard, "round"))?,
        kind: wire::work_kind_from(told.kind()).ok_or_else(|| without(heard, "kind"))?,
        source: told.source.clone(),
        source_number: told.source_number.clone(),
        title: told.title.clone(),
        text: told.text.clone(),
        enterprise: EnterpriseId::parse(&told.enterprise).map_err(unclear)?,
        category: CategoryId::parse(&told.category).map_err(unclear)?,
        lead: DepartmentId::parse(&told.lead).map_err(unclear)?,
        suggested_assisting: suggested.collect::<Result<_, _>>().map_err(unclear)?,
        work_class: wire::work_class_from(told.work_class())
            .ok_or_else(|| without(heard, "work_class"))?,
        limits: limits.ok_or_else(|| without(heard, "limits"))?,
        rule_version: u32::try_from(told.rule_version)
            .map_err(|_| without(heard, "rule_version"))?,
        submitted_at: submitted.ok_or_else(|| without(heard, "submitted_time"))?,
        barred: barred.collect::<Result<BTreeSet<_>, _>>().map_err(unclear)?,
        occurred_at: heard.occurred_at,
    })
}

fn unclear(heard: &Heard, error: &NameError) -> Trouble {
    Trouble::Damaged(format!("{} of {}: {error}", heard.kind, heard.id))
}

fn without(heard: &Heard, field: &str) -> Trouble {
    Trouble::Damaged(format!("{} of {} has no {field} that is known here", heard.kind, heard.id))
}
