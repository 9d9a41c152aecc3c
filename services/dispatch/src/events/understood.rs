//! What each fact of the services that ask for work means to an order.

use std::collections::{BTreeMap, BTreeSet};

use base::{Actor, CategoryId, DepartmentId, EnterpriseId, NameError, PersonId, WorkOrderId};
use contract::common::{
    MaterialsSupplied, Outcome as WireOutcome, WorkAccepted, WorkRequested, WorkSettled,
    WorkWithdrawn,
};
use contract::request::{
    TicketClosed, TicketConfirmed, TicketDissatisfied, TicketExplanationDecided,
    TicketRatingVerified,
};
use journal::{Heard, Trouble};
use prost::Name as _;

use crate::lifecycle::{Command, Counted, Rating, Requested};
use crate::wire;

/// The order that a fact is of, and what is asked of it; `None` if it says nothing here.
pub(super) fn told_of(heard: &Heard) -> Result<Option<(String, Command)>, Trouble> {
    let occurred_at = heard.occurred_at;
    if heard.kind == MaterialsSupplied::full_name() {
        let told: MaterialsSupplied = heard.decode()?;
        return Ok(Some((told.work_order, Command::SupplyMaterials { occurred_at })));
    }
    if heard.kind == WorkWithdrawn::full_name() {
        let told: WorkWithdrawn = heard.decode()?;
        let (round, reason) = (round_of(heard, told.round)?, told.reason);
        return Ok(Some((told.work_order, Command::Withdraw { occurred_at, round, reason })));
    }
    if heard.kind == WorkAccepted::full_name() {
        let told: WorkAccepted = heard.decode()?;
        let accepted = told.accepted_time.as_ref().and_then(journal::envelope::from_proto);
        let occurred_at = accepted.ok_or_else(|| without(heard, "accepted_time"))?;
        let round = round_of(heard, told.round)?;
        return Ok(Some((told.work_order, Command::Accept { occurred_at, round })));
    }
    if heard.kind == WorkSettled::full_name() {
        return settled(heard).map(Some);
    }
    verdict(heard)
}

/// What the enterprise said of the answer, whether that counts, and that the matter is closed. What
/// the dispatcher answered directly is of no order: no department is credited.
fn verdict(heard: &Heard) -> Result<Option<(String, Command)>, Trouble> {
    let occurred_at = heard.occurred_at;
    let told = if heard.kind == TicketConfirmed::full_name() {
        let told: TicketConfirmed = heard.decode()?;
        let level = if told.by_call_back { 0 } else { told.level };
        let rating = rating(heard, told.outcome(), level, (true, told.awaits_verification))?;
        let round = round_of(heard, told.round)?;
        (told.work_order, Command::Rate { occurred_at, round, rating })
    } else if heard.kind == TicketDissatisfied::full_name() {
        let told: TicketDissatisfied = heard.decode()?;
        let level = if told.by_call_back { 0 } else { told.level };
        let rating = rating(heard, told.outcome(), level, (false, told.awaits_verification))?;
        let round = round_of(heard, told.round)?;
        (told.work_order, Command::Rate { occurred_at, round, rating })
    } else if heard.kind == TicketRatingVerified::full_name() {
        let told: TicketRatingVerified = heard.decode()?;
        let (round, counts, reason) = (round_of(heard, told.round)?, told.counts, told.reason);
        (told.work_order, Command::VerifyRating { occurred_at, round, counts, reason })
    } else if heard.kind == TicketClosed::full_name() {
        let told: TicketClosed = heard.decode()?;
        let closed = told.closed_time.as_ref().and_then(journal::envelope::from_proto);
        let occurred_at = closed.unwrap_or(occurred_at);
        let round = round_of(heard, told.round)?;
        (told.work_order, Command::Close { occurred_at, round, explained: false })
    } else if heard.kind == TicketExplanationDecided::full_name() {
        let told: TicketExplanationDecided = heard.decode()?;
        if !told.approved {
            return Ok(None);
        }
        let round = round_of(heard, told.round)?;
        (told.work_order, Command::Close { occurred_at, round, explained: true })
    } else {
        return Ok(None);
    };
    Ok(Some(told).filter(|(work_order, _)| !work_order.is_empty()))
}

/// What the owner of decision work decided, as of the instant of its decision.
fn settled(heard: &Heard) -> Result<(String, Command), Trouble> {
    let told: WorkSettled = heard.decode()?;
    let decided = told.decided_time.as_ref().and_then(journal::envelope::from_proto);
    let by = if told.actor.is_empty() { heard.actor.as_str() } else { told.actor.as_str() };
    let actor = Actor::parse(by).map_err(|error| unclear(heard, &error))?;
    let command = Command::Settle {
        occurred_at: decided.unwrap_or(heard.occurred_at),
        round: round_of(heard, told.round)?,
        by: actor.person().cloned().ok_or_else(|| without(heard, "actor"))?,
        outcome: told.outcome,
    };
    Ok((told.work_order, command))
}

fn round_of(heard: &Heard, round: i32) -> Result<u32, Trouble> {
    u32::try_from(round).map_err(|_| without(heard, "round"))
}

fn rating(
    heard: &Heard,
    outcome: WireOutcome,
    level: i32,
    (confirmed, awaits_verification): (bool, bool),
) -> Result<Rating, Trouble> {
    // Said in a call-back, nobody has rated it.
    let rated = u8::try_from(level).ok().filter(|level| (1..=5).contains(level));
    if rated.is_none() && level != 0 {
        return Err(without(heard, "level"));
    }
    Ok(Rating {
        outcome: wire::outcome_from(outcome).ok_or_else(|| without(heard, "outcome"))?,
        level: rated,
        confirmed,
        counted: if awaits_verification { Counted::AwaitsVerification } else { Counted::Counts },
    })
}

/// What a request for work says, without the number that is drawn here, and without what the
/// directory knows of its departments.
pub(super) fn requested(heard: &Heard, told: &WorkRequested) -> Result<Requested, Trouble> {
    let unclear = |error: NameError| unclear(heard, &error);
    let suggested = told.suggested_assisting.iter().map(|name| DepartmentId::parse(name));
    let barred = told.barred.iter().map(|name| PersonId::parse(name));
    let excluded = told.excluded_departments.iter().map(|name| DepartmentId::parse(name));
    let lead = (!told.lead.is_empty()).then(|| DepartmentId::parse(&told.lead));
    let zone_duty = (!told.zone_duty.is_empty()).then(|| PersonId::parse(&told.zone_duty));
    let limits = told.limits.iter().map(wire::limit_from).collect::<Option<Vec<_>>>();
    let submitted = told.submitted_time.as_ref().and_then(journal::envelope::from_proto);
    Ok(Requested {
        work_order: WorkOrderId::parse(&told.work_order).map_err(unclear)?,
        number: String::new(),
        round: round_of(heard, told.round)?,
        kind: wire::work_kind_from(told.kind()).ok_or_else(|| without(heard, "kind"))?,
        source: told.source.clone(),
        source_number: told.source_number.clone(),
        title: told.title.clone(),
        text: told.text.clone(),
        enterprise: EnterpriseId::parse(&told.enterprise).map_err(unclear)?,
        category: CategoryId::parse(&told.category).map_err(unclear)?,
        lead: lead.transpose().map_err(unclear)?,
        duty: Vec::new(),
        successors: BTreeMap::new(),
        assisting_duty: BTreeMap::new(),
        suggested_assisting: suggested.collect::<Result<_, _>>().map_err(unclear)?,
        work_class: wire::work_class_from(told.work_class())
            .ok_or_else(|| without(heard, "work_class"))?,
        limits: limits.ok_or_else(|| without(heard, "limits"))?,
        rule_version: u32::try_from(told.rule_version)
            .map_err(|_| without(heard, "rule_version"))?,
        submitted_at: submitted.ok_or_else(|| without(heard, "submitted_time"))?,
        barred: barred.collect::<Result<BTreeSet<_>, _>>().map_err(unclear)?,
        excluded: excluded.collect::<Result<BTreeSet<_>, _>>().map_err(unclear)?,
        zone_duty: zone_duty.transpose().map_err(unclear)?,
        occurred_at: heard.occurred_at,
    })
}

pub(super) fn unclear(heard: &Heard, error: &NameError) -> Trouble {
    Trouble::Damaged(format!("{} of {}: {error}", heard.kind, heard.id))
}

pub(super) fn without(heard: &Heard, field: &str) -> Trouble {
    Trouble::Damaged(format!("{} of {} has no {field} that is known here", heard.kind, heard.id))
}
