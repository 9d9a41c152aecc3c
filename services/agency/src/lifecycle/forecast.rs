//! When a case will be finished, along its critical path from now, and which item holds it.

use std::collections::BTreeMap;

use base::ItemId;
use calendar::{Limit, Moment};
use jiff::Timestamp;

use super::case::Case;
use super::command::WhatIf;
use super::item::{Item, ItemState};
use super::limits::{CONVERT_WITHIN, due};
use super::procedure::Matter;

/// When a case will be finished, if everybody uses all the time that they have and nobody more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// When its last result will be there.
    pub finishes_at: Timestamp,
    /// A year that is not yet published was counted with plain weekends.
    pub provisional: bool,
    /// The critical path: what is still to be done, in order. None if nothing is.
    pub path: Vec<ItemId>,
    /// Every item that is still to be done, in the order of the procedure.
    pub steps: Vec<Step>,
    /// What will get no permit as things stand: what ended without one, and what waits for that.
    pub without: Vec<ItemId>,
}

/// One item that is still to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which item.
    pub item: ItemId,
    /// From when it can be worked on.
    pub starts_at: Timestamp,
    /// When its result is due.
    pub finishes_at: Timestamp,
    /// The item that it waits for last.
    pub after: Option<ItemId>,
}

impl Forecast {
    /// The item that holds the case: the first of the critical path.
    pub fn held_by(&self) -> Option<&ItemId> {
        self.path.first()
    }
}

/// The forecast of a case, as it stands or if an item takes longer.
pub fn forecast(case: &Case, what_if: Option<&WhatIf>, moment: Moment<'_>) -> Forecast {
    let procedure = case.procedure();
    let mut ends: BTreeMap<&ItemId, Step> = BTreeMap::new();
    let (mut without, mut provisional) = (Vec::new(), false);
    for matter in procedure.in_order() {
        let Some((item, _)) = case.item(&matter.item) else { continue };
        if item.state.is_dead() || case.is_blocked_for_good(matter) {
            without.push(matter.item.clone());
        } else if !item.is_firm() {
            let (step, unsure) = step(case, (item, matter), &ends, what_if, moment);
            provisional |= unsure;
            ends.insert(&matter.item, step);
        }
    }
    let last = ends.values().max_by_key(|step| (step.finishes_at, step.item.clone()));
    let mut path = Vec::new();
    let mut at = last;
    while let Some(step) = at {
        path.push(step.item.clone());
        at = step.after.as_ref().and_then(|before| ends.get(before));
    }
    path.reverse();
    let finishes_at = last.map_or(moment.now, |step| step.finishes_at);
    let steps = procedure.matters.iter().filter_map(|matter| ends.get(&matter.item).cloned());
    let steps = steps.collect();
    Forecast { finishes_at, provisional, path, steps, without }
}

/// When an item starts and ends, and whether that counts on a year not yet published.
fn step(
    case: &Case,
    (item, matter): (&Item, &Matter),
    ends: &BTreeMap<&ItemId, Step>,
    what_if: Option<&WhatIf>,
    moment: Moment<'_>,
) -> (Step, bool) {
    let waits = item.state == ItemState::Blocked;
    let before = matter.after.iter().filter_map(|before| ends.get(before));
    let last = before.filter(|_| waits).max_by_key(|step| (step.finishes_at, step.item.clone()));
    let starts_at = last.map_or(moment.now, |step| step.finishes_at);
    let own = ends_own(case, (item, matter), Moment { now: starts_at, ..moment });
    let mut finish = (own.0.max(moment.now), own.1);
    if let Some(longer) = what_if.filter(|what_if| what_if.item == matter.item) {
        let later = due(Moment { now: finish.0, ..moment }, longer.longer);
        finish = (later.at, finish.1 || later.provisional);
    }
    let after = last.map(|step| step.item.clone());
    (Step { item: matter.item.clone(), starts_at, finishes_at: finish.0, after }, finish.1)
}

/// When an item ends by itself: what is under way when it is due, the rest after its limit.
fn ends_own(case: &Case, (item, matter): (&Item, &Matter), start: Moment<'_>) -> (Timestamp, bool) {
    let awaited = item.result_due(start.calendar).map(|due| (due.at, due.provisional));
    match item.state {
        ItemState::UnderReview | ItemState::Issued => awaited.unwrap_or((start.now, false)),
        ItemState::PreIssued if item.order.is_some() => awaited.unwrap_or((start.now, false)),
        // What is outstanding comes when it is promised for; then it is made formal.
        ItemState::PreIssued => {
            let land = case.commitment.as_ref().map(|commitment| commitment.land_due.at);
            let land = land.filter(|_| case.lacks_land(matter));
            let comes = awaited.map(|(at, _)| at).into_iter().chain(land).max();
            let from = comes.unwrap_or(start.now).max(start.now);
            after(Moment { now: from, ..start }, CONVERT_WITHIN)
        }
        ItemState::Blocked
        | ItemState::Ready
        | ItemState::Submitted
        | ItemState::Correction
        | ItemState::Refused
        | ItemState::NotAccepted
        | ItemState::Voided
        | ItemState::Revoked
        | ItemState::Withdrawn => {
            let limits = matter.limits().map(|limit| after(start, limit));
            limits.min().unwrap_or((start.now, false))
        }
    }
}

fn after(moment: Moment<'_>, limit: Limit) -> (Timestamp, bool) {
    let due = due(moment, limit);
    (due.at, due.provisional)
}
