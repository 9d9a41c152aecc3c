//! When a case will be finished, along its critical path from now, and which item holds it.

use std::collections::BTreeMap;

use base::ItemId;
use calendar::{Due, Limit, Moment};
use jiff::Timestamp;

use super::State;
use super::case::Case;
use super::command::WhatIf;
use super::item::{Item, ItemState};
use super::limits::{CONVERT_WITHIN, date, due};
use super::procedure::{Matter, MatterKind};

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
    /// When what runs on its opinion can begin: with its result, if it gives none before.
    pub opinion_at: Timestamp,
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
    let blocked = case.blocked_for_good();
    for matter in procedure.in_order() {
        let Some((item, _)) = case.item(&matter.item) else { continue };
        if item.state.is_dead() || blocked.contains(&matter.item) {
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
    // What runs on opinions waits for those alone.
    let begins = |step: &Step| if matter.on_opinion { step.opinion_at } else { step.finishes_at };
    let last = before.filter(|_| waits).max_by_key(|step| (begins(step), step.item.clone()));
    let start = date(last.map_or(moment.now, begins), moment);
    let start = latest(start, resumption(case, item));
    let longer = what_if.filter(|what_if| what_if.item == matter.item);
    let longer = longer.map(|what_if| what_if.longer);
    let (opinion, formal) = ends_of(case, (item, matter), (start, longer), moment);
    let step = Step {
        item: matter.item.clone(),
        starts_at: start.at,
        opinion_at: opinion.at,
        finishes_at: formal.at,
        after: last.map(|step| step.item.clone()),
    };
    (step, opinion.provisional || formal.provisional)
}

/// 中止: what is still to be submitted waits until the case goes on by itself.
fn resumption(case: &Case, item: &Item) -> Option<Due> {
    let held = item.state == ItemState::Blocked || item.state.is_the_applicants();
    let wait = case.wait.filter(|_| case.state == State::Suspended && held);
    wait.map(|wait| wait.due)
}

/// An item's two ends: when an opinion is due, or whatever ends its review; and when its result is.
/// While something is outstanding the result comes after that, when the opinion is made formal.
fn ends_of(
    case: &Case,
    (item, matter): (&Item, &Matter),
    (start, longer): (Due, Option<Limit>),
    moment: Moment<'_>,
) -> (Due, Due) {
    let later = |from: Due, limit| after(from, limit, moment);
    let plus = |end: Due| longer.map_or(end, |longer| later(latest(start, Some(end)), longer));
    let comes = case.outstanding_until(matter);
    let awaited = item.result_due(moment.calendar);
    let own = match item.state {
        ItemState::PreIssued => {
            let asked = awaited.filter(|_| item.order.is_some());
            let formal = asked.unwrap_or_else(|| later(latest(start, comes), CONVERT_WITHIN));
            return (start, latest(start, Some(plus(formal))));
        }
        ItemState::UnderReview | ItemState::Issued => awaited.unwrap_or(start),
        ItemState::Blocked
        | ItemState::Ready
        | ItemState::Submitted
        | ItemState::Correction
        | ItemState::Refused
        | ItemState::NotAccepted
        | ItemState::Voided
        | ItemState::Revoked
        | ItemState::Withdrawn => {
            let limits = matter.limits().map(|limit| later(start, limit));
            limits.min_by_key(|due| due.at).unwrap_or(start)
        }
    };
    let own = latest(start, Some(plus(own)));
    let comes = comes.filter(|due| moment.now < due.at && item.state != ItemState::Issued);
    match comes {
        None => (own, own),
        // A notice period gives no opinion: it is over, and everything is there.
        Some(due) if matter.kind == MatterKind::Notice => {
            let end = latest(own, Some(due));
            (end, end)
        }
        Some(due) => (own, latest(own, Some(later(due, CONVERT_WITHIN)))),
    }
}

/// The due instant of a limit that starts at another.
fn after(from: Due, limit: Limit, moment: Moment<'_>) -> Due {
    let due = due(Moment { now: from.at, ..moment }, limit);
    Due { provisional: due.provisional || from.provisional, ..due }
}

/// The later of two due instants.
fn latest(one: Due, other: Option<Due>) -> Due {
    other.filter(|other| one.at < other.at).unwrap_or(one)
}
