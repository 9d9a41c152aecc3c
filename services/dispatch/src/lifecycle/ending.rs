//! How an order ends without an answer of its department: withdrawn (撤销), or settled by its owner.

use base::{PersonId, WorkOrderId};
use calendar::Moment;
use jiff::Timestamp;

use super::command::Command;
use super::fact::{Fact, What};
use super::heard::Heard;
use super::order::WorkOrder;
use super::words::{State, WorkKind};
use super::{after, extension, late, pause, watch};

/// The owner no longer wants it. What was shown since, and would not have been, is annulled.
pub(super) fn withdraw(
    order: &WorkOrder,
    round: u32,
    reason: &str,
    occurred_at: Timestamp,
) -> Vec<What> {
    if round != 0 && round < order.round {
        return late(order, Heard::WorkWithdrawn);
    }
    cancel(order, reason, occurred_at)
}

/// It is not needed any more: withdrawn, or an assisting order whose parent needs it no longer.
pub(super) fn cancel(order: &WorkOrder, reason: &str, occurred_at: Timestamp) -> Vec<What> {
    if !order.is_open() {
        return Vec::new();
    }
    let wrong = watch::overtaken_cards(order, occurred_at);
    let cancelled = What::Cancelled { since: occurred_at, reason: reason.to_owned() };
    wrong.into_iter().chain([cancelled]).collect()
}

/// The owner decided: done as of that instant, whatever its department has done. A pause that lasts
/// ends then.
pub(super) fn settle(
    order: &WorkOrder,
    (by, outcome): (&PersonId, &str),
    round: u32,
    decided_at: Timestamp,
    moment: Moment<'_>,
) -> Vec<What> {
    if order.kind != WorkKind::Decision || (round != 0 && round < order.round) {
        return late(order, Heard::WorkSettled);
    }
    let mut happened = Vec::new();
    if let Some(running) = order.running_pause() {
        let ended = decided_at.max(running.from).min(running.until);
        happened = pause::resume(order, ended, false, moment);
    }
    let order = after(order, &happened, moment.now);
    happened.extend(watch::overtaken_cards(&order, decided_at));
    let due = order.answer_due();
    happened.push(What::Settled {
        by: by.clone(),
        outcome: outcome.to_owned(),
        decided_at,
        late: due.is_some_and(|due| due.at < decided_at),
        due,
    });
    happened
}

/// What the end of an order makes of those that assist it: they are not needed any more, since then.
pub(super) fn follows(order: &WorkOrder, fact: &Fact) -> Vec<(WorkOrderId, Command)> {
    let (occurred_at, reason) = if let What::Cancelled { since, reason } = &fact.what {
        (*since, reason.as_str())
    } else if let What::Settled { decided_at, .. } = &fact.what {
        (*decided_at, "SETTLED")
    } else {
        return Vec::new();
    };
    let cancel = || Command::Cancel { occurred_at, reason: reason.to_owned() };
    order.open_assistance().map(|child| (child.work_order, cancel())).collect()
}

pub(super) fn applied(order: &mut WorkOrder, fact: &Fact) {
    if let What::Cancelled { since, reason } = &fact.what {
        order.state = State::Cancelled;
        order.cancelled_reason.clone_from(reason);
        (order.still, order.replied, order.decision_due) = (None, None, None);
        extension::falls(order);
        pause::falls(order);
        pause_is_over(order, *since);
    } else if let What::Settled { by, outcome, decided_at, late, .. } = &fact.what {
        order.state = State::Completed;
        order.settled_outcome.clone_from(outcome);
        order.completed_at = Some(*decided_at);
        order.answered_late = Some(*late);
        order.concerned.insert(by.clone());
        (order.still, order.decision_due) = (None, None);
        extension::falls(order);
        pause::falls(order);
    }
}

fn pause_is_over(order: &mut WorkOrder, at: Timestamp) {
    let last = order.pauses.last_mut();
    if let Some(last) = last.filter(|last| last.is_granted() && last.resumed_at.is_none()) {
        last.resumed_at = Some(at.max(last.from).min(last.until));
    }
}
