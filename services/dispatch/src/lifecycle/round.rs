//! Rounds (轮次): an order that has ended, or was declined, is wanted again.

use calendar::Moment;

use super::command::Command;
use super::fact::What;
use super::heard::Heard;
use super::limits::{self, Deadline};
use super::order::WorkOrder;
use super::parts::{Assistance, Round};
use super::wanted::{Assisting, Requested};
use super::words::{Cause, Decision, State};
use super::{assistance, late, offer};

/// The order anew, as it is wanted now: in a new round, or, if its department declined it, of
/// another department in the same one. Its children are asked anew; where the limit of the answer
/// starts at the claim, they are due as if it were claimed now, and follow once it is.
pub(super) fn reopen(
    order: &WorkOrder,
    work: &Requested,
    command: &Command,
    moment: Moment<'_>,
) -> Vec<What> {
    let escalate = matches!(command, Command::Reopen { escalate: true, .. });
    let reopened = matches!(command, Command::Reopen { .. });
    let again = reopened && order.state == State::Declined && work.round == order.round;
    if !again && work.round <= order.round {
        let heard = if reopened { Heard::WorkReopened } else { Heard::WorkRequested };
        return late(order, heard);
    }
    let mut next = carried_on(order, offer::wanted(work, escalate, moment), again);
    if again {
        next.returns.clone_from(&order.returns);
        next.responsible = order.responsible.clone().or(next.responsible);
        // What was accepted stays it, whoever goes on.
        if order.accepted_at.is_some() {
            next.accepted_at = order.accepted_at;
            next.set_reply(limits::reply(&next, moment.calendar));
        }
    }
    // Who answered for it does so until another has it (首接负责).
    if next.responsible.is_none() {
        let answered = order.responsible.clone();
        next.responsible = answered.filter(|department| !next.excluded.contains(department));
    }
    stays_designated(order, &mut next);
    let due = next.reply.or_else(|| if_claimed(&next, moment)).map(|reply| reply.due);
    let fits = |child: &Assistance| {
        let department = &child.department;
        child.waived_at.is_none()
            && (!again || child.is_open())
            && !next.is_of(department)
            && !next.excluded.contains(department)
    };
    if let Some(due) = due.map(|due| limits::assistance_due(due, moment.calendar)) {
        let children = order.assistance.iter().map(|child| lasting(child, work)).filter(fits);
        next.assistance =
            children.map(|child| Assistance { due, completed_at: None, ..child }).collect();
    }
    vec![What::Reopened { order: Box::new(next) }]
}

/// A designation is final, in every round: it holds while the order is with the department that was
/// designated. What was returned is of its round, and forgotten with it (domain.md §5): what the enterprise
/// says now may be another department's.
fn stays_designated(order: &WorkOrder, next: &mut WorkOrder) {
    if order.designated && next.department.is_some() && next.department == order.department {
        next.designated = true;
        next.minutes.clone_from(&order.minutes);
    }
}

/// The deadline of an order if it were claimed at once: none that starts at the claim is earlier.
fn if_claimed(order: &WorkOrder, moment: Moment<'_>) -> Option<Deadline> {
    let claimed = WorkOrder { claimed_at: Some(moment.now), ..order.clone() };
    limits::reply(&claimed, moment.calendar)
}

/// What assisted before, of whichever department has taken the place of its own, and whoever is on duty
/// there now.
fn lasting(child: &Assistance, work: &Requested) -> Assistance {
    let department = work.successors.get(&child.department).unwrap_or(&child.department);
    let duty = work.assisting_duty.get(department).cloned().unwrap_or_default();
    Assistance { department: department.clone(), duty, ..child.clone() }
}

/// A child is asked anew. One that is still at work in this round follows its parent.
pub(super) fn ask_anew(order: &WorkOrder, assisting: &Assisting, moment: Moment<'_>) -> Vec<What> {
    if order.is_open() && order.round == assisting.requested.round {
        let mut happened = Vec::new();
        if let Some(department) = &assisting.asked_by {
            happened.extend(assistance::follow_lead(order, department));
        }
        happened.extend(assistance::follow(order, assisting.due, Cause::Round, moment));
        return happened;
    }
    let next = WorkOrder { text: order.text.clone(), ..offer::assist(assisting, moment) };
    vec![What::Reopened { order: Box::new(carried_on(order, next, false)) }]
}

/// What an order keeps from one round to the next.
fn carried_on(order: &WorkOrder, next: WorkOrder, same_round: bool) -> WorkOrder {
    let mut past = order.past.clone();
    if !same_round {
        past.push(of(order));
    }
    WorkOrder {
        number: order.number.clone(),
        concerned: order.concerned.clone(),
        precedent: order.precedent.clone(),
        past,
        ..next
    }
}

/// The round that is over.
fn of(order: &WorkOrder) -> Round {
    Round {
        round: order.round,
        department: order.department.clone(),
        due: order.reply.map(|reply| reply.due),
        cancelled: order.state == State::Cancelled,
        cancelled_reason: order.cancelled_reason.clone(),
        contacted_late: order.contacted_late,
        answered_late: order.promise_broken(),
        rating: order.rating,
        returned_by: order.returned_by(),
        promised_at: order.promised_at(),
        closed_late: order.closed_late,
        contact_due: order.contact_awaited(),
        assistance_overdue: !order.overdue_assistance.is_empty(),
    }
}

impl WorkOrder {
    /// The departments whose return was upheld in this round.
    pub fn returned_by(&self) -> Vec<base::DepartmentId> {
        let upheld = self.returns.iter().filter(|past| past.decision == Some(Decision::Granted));
        upheld.map(|past| past.department.clone()).collect()
    }
}
