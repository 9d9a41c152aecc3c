//! Answer (办复).

use base::WorkOrderId;
use calendar::Moment;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use super::command::Command;
use super::fact::{Fact, What};
use super::limits::{self, LIMITS};
use super::order::WorkOrder;
use super::parts::Reply;
use super::sight::claimant;
use super::words::{Action, Alarm, Cause, Outcome, State, WorkClass, WorkKind};
use super::{after, assistance, contact, extension, forbidden, pause, signing, step};
use crate::error::Error;

/// Answers. Assisting orders are done, waived, or overdue and then named: the lateness is theirs.
/// In classes A and B the answer waits for a signature.
pub(super) fn complete(
    order: &WorkOrder,
    command: &Command,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    let Command::Complete { by, outcome, answer, internal_note, proof, planned } = command else {
        return Ok(Vec::new());
    };
    let planned_at = planned.map(|date| close_of(date, moment)).transpose()?;
    claimant(order, by)?;
    if order.kind == WorkKind::Decision {
        return Err(Error::DecidedInOwner { method: owners_method(&order.source) });
    }
    step(order, Action::Complete)?;
    let mut happened = may_be_said(order, *outcome, moment)?;
    if order.contacted_at.is_none() {
        let in_one = order.work_class == WorkClass::C;
        let proof = proof.as_ref().filter(|_| in_one).ok_or(Error::ContactMissing)?;
        happened.push(contact::made(order, by, proof, moment.now));
    }
    // A pause that ends with the answer has moved by when the others are due.
    let contacted = after(order, &happened, moment.now);
    let overdue_assistance = done_or_overdue(&contacted, moment.now)?;
    let due = contacted.answer_due();
    if let Some(due) = due {
        happened.extend(assistance::follow(&contacted, due, Cause::Pause, moment));
    }
    let reply = Reply {
        by: by.id.clone(),
        human: by.human().clone(),
        given_at: moment.now,
        outcome: *outcome,
        answer: answer.clone(),
        internal_note: internal_note.clone(),
        planned_at,
        overdue_assistance,
    };
    happened.push(if signing::is_needed(order) {
        let within = LIMITS.signature_within;
        let sign_due = limits::default_due(moment.now, within, moment.calendar);
        What::Replied { reply, sign_due }
    } else {
        let late = due.is_some_and(|due| due.at < moment.now);
        What::Completed { reply, signer: None, counted_at: moment.now, late, due }
    });
    Ok(happened)
}

/// The close of office of a day that is still to come.
fn close_of(date: Date, moment: Moment<'_>) -> Result<Timestamp, Error> {
    let morrow = date.checked_add(1.day()).unwrap_or(date);
    let midnight = moment.calendar.zone().to_timestamp(morrow.at(0, 0, 0, 0));
    let close = midnight.map(|midnight| moment.calendar.close_of_working_day_before(midnight));
    close.ok().filter(|close| moment.now < *close).ok_or(Error::PlannedPast)
}

/// Whether an outcome is to be had: that the enterprise accepts the service it says itself, by its
/// rating; that it did not supply what was awaited is said once its own deadline has passed. A pause
/// that has not ended yet, ends with it.
fn may_be_said(
    order: &WorkOrder,
    outcome: Outcome,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    match (outcome, order.awaited_in_vain(moment.now)) {
        (Outcome::ServiceConfirmed, _) | (Outcome::NotSupplemented, None) => {
            Err(Error::OutcomeForbids { outcome })
        }
        (Outcome::NotSupplemented, Some(last)) if order.state == State::Suspended => {
            Ok(pause::resume(order, last.until, true, moment))
        }
        _ if order.state == State::Suspended => Err(forbidden(order, Action::Complete)),
        _ => Ok(Vec::new()),
    }
}

/// The assisting orders that are open and overdue; those open and not overdue are waited for.
fn done_or_overdue(order: &WorkOrder, now: Timestamp) -> Result<Vec<WorkOrderId>, Error> {
    let (overdue, open): (Vec<_>, Vec<_>) =
        order.open_assistance().partition(|child| child.due.at < now);
    if !open.is_empty() {
        let open = open.iter().map(|child| (child.work_order, child.department.clone()));
        return Err(Error::AssistanceOpen { open: open.collect() });
    }
    Ok(overdue.iter().map(|child| child.work_order).collect())
}

/// Where a piece of decision work is decided.
fn owners_method(source: &str) -> &'static str {
    match source.split('/').next() {
        Some("cases") => "whistle.agency.v1.AgencyService/IssueItem",
        Some("applications") => "whistle.subsidy.v1.ApplicationService/ReviewApplication",
        Some(_) | None => "",
    }
}

pub(super) fn applied(order: &mut WorkOrder, fact: &Fact) {
    if let What::Replied { reply, sign_due } = &fact.what {
        order.state = State::AwaitingSignature;
        said(order, reply);
        order.replied = Some(reply.clone());
        order.set_decision_due(Alarm::Signature, *sign_due, fact.at);
    } else if let What::Completed { reply, signer, counted_at, late, .. } = &fact.what {
        order.state = State::Completed;
        said(order, reply);
        order.completed_at = Some(*counted_at);
        order.answered_late = Some(*late);
        if let Some(signer) = signer {
            order.signer = Some(signer.by.clone());
            order.concerned.extend([signer.by.clone(), signer.human.clone()]);
        }
        (order.still, order.replied, order.decision_due) = (None, None, None);
    }
}

fn said(order: &mut WorkOrder, reply: &Reply) {
    extension::falls(order);
    pause::falls(order);
    order.concerned.extend([reply.by.clone(), reply.human.clone()]);
    order.outcome = Some(reply.outcome);
    order.answer.clone_from(&reply.answer);
    order.internal_note.clone_from(&reply.internal_note);
    order.planned_at = reply.planned_at;
    order.overdue_assistance.clone_from(&reply.overdue_assistance);
}
