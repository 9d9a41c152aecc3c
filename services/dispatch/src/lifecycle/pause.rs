//! Pause (挂起): the clock stands still for a reason of the closed list, from the asking on.

use base::{Person, Role};
use calendar::Moment;
use jiff::Timestamp;

use super::fact::{Fact, What};
use super::heard::Heard;
use super::limits::{self, Due, LIMITS};
use super::order::WorkOrder;
use super::parts::{Asker, WorkPause};
use super::sight::claimant;
use super::words::{Action, Alarm, Cause, Decision, PauseReason, State};
use super::{after, assistance, bounds, claim, late, ruling, step, watch};
use crate::error::Error;

/// Asks for a pause: each reason once per round. In total no longer than the limit itself, or a zone
/// leader decides.
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
    let decision_due = limits::default_due(moment.now, LIMITS.decision_within, moment.calendar);
    let mut pause = WorkPause {
        reason,
        note: note.to_owned(),
        asked_by: Some(Asker::of(by)),
        from: moment.now,
        until,
        supplied_at: None,
        resumed_at: None,
        decision: None,
        decision_due: Some(decision_due),
        assistance_due: None,
        beyond_limit: false,
    };
    let mut whole = order.clone();
    let (resumed_at, decision) = (Some(until), Some(Decision::Granted));
    whole.pauses.push(WorkPause { resumed_at, decision, ..pause.clone() });
    let beyond_limit = bounds::pauses_beyond_limit(&whole, moment.calendar);
    pause.beyond_limit = beyond_limit.ok_or(Error::PauseTooLong)?;
    Ok(vec![What::PauseAsked { pause }])
}

/// Rules on a pause. A granted one may already be over: what was awaited came meanwhile, or its
/// own end has passed.
pub(super) fn rule(
    order: &WorkOrder,
    by: &Person,
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
    ruling::decides(by, decider(asked))?;
    ruling::on_anothers(order, asked.asked_by.as_ref(), by, decider(asked))?;
    if decision == Decision::Refused {
        return Ok(vec![What::PauseRefused { reason: reason.to_owned() }]);
    }
    let supplied_at = asked.supplied_at.filter(|supplied_at| *supplied_at < asked.until);
    let mut happened = suspend(order, asked, supplied_at.unwrap_or(asked.until), moment);
    if let Some(resumed_at) = supplied_at.or((asked.until <= moment.now).then_some(asked.until)) {
        let ran_out = supplied_at.is_none();
        let suspended = after(order, &happened, moment.now);
        // Nobody saw it suspended: if it is offered, it was all the while.
        happened.extend(go_on(&suspended, (resumed_at, ran_out), None, moment));
    }
    Ok(happened)
}

/// Who rules on a pause.
pub(super) fn decider(asked: &WorkPause) -> Role {
    if asked.beyond_limit { Role::ZoneLeader } else { Role::Dispatcher }
}

/// Goes on before the pause is over: the claimant, or a dispatcher.
pub(super) fn end(order: &WorkOrder, by: &Person, moment: Moment<'_>) -> Result<Vec<What>, Error> {
    if !by.is(Role::Dispatcher) {
        claimant(order, by)?;
    }
    step(order, Action::Resume)?;
    let running = order.running_pause().ok_or(Error::NoPauseAsked)?;
    let ran_out = running.until <= moment.now;
    Ok(resume(order, running.until.min(moment.now), ran_out, moment))
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
    let wrong = reply.map(|reply| watch::wrong_cards(order, reply, asked.from)).unwrap_or_default();
    [What::Suspended { assistance_due }].into_iter().chain(wrong).collect()
}

/// The order as if the pause that lasts had not begun, and without those that assist: they go by its
/// end.
pub(super) fn without_it(order: &WorkOrder) -> WorkOrder {
    let mut going = order.clone();
    if order.running_pause().is_some() {
        going.pauses.pop();
        (going.state, going.assistance) = (State::InProgress, Vec::new());
    }
    going
}

/// Those that assist are due at another instant than was said if the pause lasts as long as it may:
/// they learn it at once.
pub(super) fn assistance_moved(order: &WorkOrder, moment: Moment<'_>) -> Option<Due> {
    let said = order.running_pause()?.assistance_due?;
    let reply = limits::expected(order, moment.calendar)?;
    let due = limits::assistance_due(reply.due, moment.calendar);
    let assists = order.open_assistance().next().is_some();
    (assists && watch::differs(said, due)).then_some(due)
}

/// The enterprise has supplied what was awaited: the pause ends, or, not yet ruled on, will have
/// ended then. A pause that has run out stays as long as it was, since nobody knew better; whether the
/// enterprise was in time is judged by the instant at which it supplied.
pub(super) fn supply(order: &WorkOrder, occurred_at: Timestamp, moment: Moment<'_>) -> Vec<What> {
    let awaited = |pause: &&WorkPause| pause.reason == PauseReason::AwaitingMaterials;
    if let Some(running) = order.running_pause().filter(awaited) {
        // Heard late, it does not make a pause longer than it was granted for.
        let ran_out = running.until <= occurred_at;
        let supplied_at = occurred_at.max(running.from).min(running.until);
        return resume(order, supplied_at, ran_out, moment);
    }
    if let Some(asked) = order.pending_pause().filter(awaited) {
        let supplied_at = occurred_at.max(asked.from);
        let first = asked.supplied_at.is_none();
        return Vec::from_iter(first.then_some(What::MaterialsCame { supplied_at }));
    }
    // Heard after the pause ran out: supplied in time, or after the enterprise was awaited in vain.
    let ran_out = |past: &&WorkPause| past.resumed_at.is_some() && past.was_in_vain(moment.now);
    let last = order.pauses.iter().rfind(ran_out);
    if last.is_some_and(|past| past.supplied_at.is_none() && past.from <= occurred_at) {
        return vec![What::MaterialsCame { supplied_at: occurred_at }];
    }
    let over = order.pauses.iter().filter(awaited).any(|past| {
        past.from <= occurred_at && past.resumed_at.is_some_and(|ended| occurred_at < ended)
    });
    if over { late(order, Heard::MaterialsSupplied) } else { Vec::new() }
}

/// The order was answered or ended before anybody ruled: what was asked falls, and the clock never
/// stood still.
pub(super) fn falls(order: &mut WorkOrder) {
    order.pauses.retain(|asked| asked.decision.is_some());
    order.arm(Alarm::PauseDecision, None);
}

/// The clock goes on. If its claimant has left meanwhile, the order is offered from now on.
pub(super) fn resume(
    order: &WorkOrder,
    resumed_at: Timestamp,
    ran_out: bool,
    moment: Moment<'_>,
) -> Vec<What> {
    go_on(order, (resumed_at, ran_out), claim::due_again(order, moment), moment)
}

/// The due instant moves by what the clock stood still.
fn go_on(
    order: &WorkOrder,
    (resumed_at, ran_out): (Timestamp, bool),
    claim_due: Option<Due>,
    moment: Moment<'_>,
) -> Vec<What> {
    let mut happened = vec![What::Resumed { resumed_at, ran_out, claim_due }];
    let resumed = after(order, &happened, moment.now);
    let moved = watch::reply_moved(&resumed, Cause::Pause, moment);
    // Where nothing moved by the pause, who assists may have to learn what was told meanwhile.
    let moved = moved.or_else(|| {
        let assistance_due = assistance::due_with(&resumed, resumed.reply, moment);
        let (reply, cause) = (resumed.reply?, Cause::Pause);
        assistance_due.is_some().then_some(What::CardsMoved { reply, assistance_due, cause })
    });
    happened.extend(moved);
    happened
}

pub(super) fn applied(order: &mut WorkOrder, fact: &Fact) {
    if let What::PauseAsked { pause } = &fact.what {
        order.pauses.push(pause.clone());
        order.arm(Alarm::PauseDecision, pause.decision_due.map(|due| due.at));
        return;
    }
    if let What::MaterialsCame { supplied_at } = &fact.what {
        let awaited = |past: &&mut WorkPause| past.reason == PauseReason::AwaitingMaterials;
        let unsupplied = order.pauses.iter_mut().rev().filter(awaited);
        let last = unsupplied.into_iter().find(|past| past.supplied_at.is_none());
        if let Some(last) = last {
            last.supplied_at = Some(*supplied_at);
        }
        return;
    }
    let Some(last) = order.pauses.last_mut() else { return };
    if let What::PauseRefused { .. } = &fact.what {
        last.decision = Some(Decision::Refused);
        order.arm(Alarm::PauseDecision, None);
    } else if let What::Suspended { assistance_due } = &fact.what {
        last.decision = Some(Decision::Granted);
        last.assistance_due = *assistance_due;
        let until = last.until;
        order.state = State::Suspended;
        order.arm(Alarm::PauseDecision, None);
        order.arm(Alarm::PauseEnd, Some(until));
    } else if let What::Resumed { resumed_at, claim_due, .. } = &fact.what {
        last.resumed_at = Some(*resumed_at);
        // Its claimant may have left meanwhile.
        let has_it = order.claimant.is_some();
        order.state = if has_it { State::InProgress } else { State::Offered };
        order.arm(Alarm::PauseEnd, None);
        if claim_due.is_some() {
            claim::waits_again(order, *claim_due, fact.at);
        }
    }
}
