//! Pause (挂起): the clock stands still for a reason of the closed list, from the asking on.

use base::Person;
use calendar::Moment;
use jiff::Timestamp;

use super::command::Cause;
use super::fact::{Fact, What};
use super::limits::{self, LIMITS};
use super::order::{Decision, PauseReason, WorkOrder, WorkPause};
use super::{Action, Alarm, Heard, State, after, claimant, late, step};
use crate::error::Error;

/// Asks for a pause: each reason once per round, in total no longer than the limit itself.
pub(super) fn ask(
    order: &WorkOrder,
    by: &Person,
    (reason, note): (PauseReason, &str),
    until: Timestamp,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    if until <= moment.now {
        return Err(Error::UntilPast);
    }
    claimant(order, by)?;
    step(order, Action::AskPause)?;
    if order.parent.is_some() {
        return Err(Error::AssistanceStays);
    }
    if order.pending_pause().is_some() {
        return Err(Error::PauseAskedAlready);
    }
    if order.pauses.iter().any(|past| past.is_granted() && past.reason == reason) {
        return Err(Error::PauseReasonUsed { reason });
    }
    let mut whole = order.clone();
    whole.pauses.push(WorkPause {
        reason,
        note: String::new(),
        from: moment.now,
        until,
        supplied_at: None,
        resumed_at: Some(until),
        decision: Some(Decision::Granted),
    });
    if limits::pauses_too_long(&whole, moment.calendar) {
        return Err(Error::PauseTooLong);
    }
    let decision_due = limits::default_due(moment.now, LIMITS.decision_within, moment.calendar);
    Ok(vec![What::PauseAsked { reason, note: note.to_owned(), until, decision_due }])
}

/// Rules on a pause. A granted one may already be over: what was awaited came meanwhile, or its
/// own end has passed.
pub(super) fn rule(
    order: &WorkOrder,
    decision: Decision,
    reason: &str,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    let action = match decision {
        Decision::Granted => Action::GrantPause,
        Decision::Refused => Action::RefusePause,
    };
    step(order, action)?;
    let asked = order.pending_pause().ok_or(Error::NoPauseAsked)?;
    if decision == Decision::Refused {
        return Ok(vec![What::PauseRefused { reason: reason.to_owned() }]);
    }
    let supplied_at = asked.supplied_at.filter(|supplied_at| *supplied_at < asked.until);
    let mut happened = suspend(order, asked, supplied_at.unwrap_or(asked.until), moment);
    if let Some(resumed_at) = supplied_at.or((asked.until <= moment.now).then_some(asked.until)) {
        let ran_out = supplied_at.is_none();
        let suspended = after(order, &happened, moment.now);
        happened.extend(resume(&suspended, resumed_at, ran_out, moment));
    }
    Ok(happened)
}

/// The clock stands still. What was shown since the asking, and would not have been if the clock
/// had been seen to stand, is annulled.
fn suspend(
    order: &WorkOrder,
    asked: &WorkPause,
    until: Timestamp,
    moment: Moment<'_>,
) -> Vec<What> {
    let mut whole = order.clone();
    if let Some(last) = whole.pauses.last_mut() {
        (last.decision, last.resumed_at) = (Some(Decision::Granted), Some(until));
    }
    let reply = limits::reply(&whole, moment.calendar);
    let assisted = reply.filter(|_| !order.assistance.is_empty());
    let assistance_due = assisted.map(|reply| limits::assistance_due(reply.due, moment.calendar));
    let wrong = reply.and_then(|reply| super::watch::wrong_card(order, reply, asked.from));
    [What::Suspended { assistance_due }].into_iter().chain(wrong).collect()
}

/// The enterprise has supplied what was awaited: the pause ends, or, not yet ruled on, will have
/// ended then.
pub(super) fn supply(
    order: &WorkOrder,
    occurred_at: Timestamp,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    let awaited = |pause: &&WorkPause| pause.reason == PauseReason::AwaitingMaterials;
    if let Some(running) = order.running_pause().filter(awaited) {
        // Heard late, it does not make a pause longer than it was granted for.
        let ran_out = running.until <= moment.now;
        return Ok(resume(order, running.until.min(moment.now), ran_out, moment));
    }
    if let Some(asked) = order.pending_pause().filter(awaited) {
        let first = asked.supplied_at.is_none();
        return Ok(if first { vec![What::MaterialsCame] } else { Vec::new() });
    }
    let over = order.pauses.iter().filter(awaited).any(|past| {
        past.from <= occurred_at && past.resumed_at.is_some_and(|ended| occurred_at < ended)
    });
    Ok(if over { late(order, Heard::MaterialsSupplied) } else { Vec::new() })
}

/// The clock goes on; the due instant moves by what it stood still.
pub(super) fn resume(
    order: &WorkOrder,
    resumed_at: Timestamp,
    ran_out: bool,
    moment: Moment<'_>,
) -> Vec<What> {
    let mut happened = vec![What::Resumed { resumed_at, ran_out }];
    let resumed = after(order, &happened, moment.now);
    happened.extend(super::watch::reply_moved(&resumed, Cause::Pause, moment));
    happened
}

pub(super) fn applied(order: &mut WorkOrder, fact: &Fact) {
    if let What::PauseAsked { reason, note, until, decision_due } = &fact.what {
        order.pauses.push(WorkPause {
            reason: *reason,
            note: note.clone(),
            from: fact.at,
            until: *until,
            supplied_at: None,
            resumed_at: None,
            decision: None,
        });
        order.arm(Alarm::PauseDecision, Some(decision_due.at));
        return;
    }
    let Some(last) = order.pauses.last_mut() else { return };
    if fact.what == What::MaterialsCame {
        last.supplied_at = Some(fact.at);
    } else if let What::PauseRefused { .. } = &fact.what {
        last.decision = Some(Decision::Refused);
        order.arm(Alarm::PauseDecision, None);
    } else if let What::Suspended { .. } = &fact.what {
        last.decision = Some(Decision::Granted);
        let until = last.until;
        order.state = State::Suspended;
        order.arm(Alarm::PauseDecision, None);
        order.arm(Alarm::PauseEnd, Some(until));
    } else if let What::Resumed { resumed_at, .. } = &fact.what {
        last.resumed_at = Some(*resumed_at);
        order.state = State::InProgress;
        order.arm(Alarm::PauseEnd, None);
    }
}
