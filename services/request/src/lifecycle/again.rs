//! How work is asked for, and how a ticket is worked on again: 重办, 挂账恢复, 重新打开, 申诉, 拆单.

use base::Role;

use super::command::{Again, Work};
use super::fact::{Asked, What};
use super::limits::{
    APPEAL_WITHIN, DECIDE_APPEAL_WITHIN, ESCALATED_FROM_REDOING, REOPEN_TIMES_MAX, REOPEN_WITHIN,
    due, is_over,
};
use super::round::Cause;
use super::sight::Viewer;
use super::ticket::Ticket;
use super::{Action, Case, may};
use crate::error::Error;

/// What is asked of dispatch for a ticket as it stands. The department that a complaint is about
/// cannot be named; where it would lead by the catalogue, dispatch must find another.
pub(super) fn asked(ticket: &Ticket, work: &Work) -> Result<Asked, Error> {
    let excluded = ticket.complained.as_ref();
    if let Some(named) = work.named.as_ref().filter(|named| excluded == Some(*named)) {
        return Err(Error::DepartmentExcluded { department: named.clone() });
    }
    let lead = work.named.as_ref().or(work.before.as_ref()).unwrap_or(&work.rule.lead);
    // An order that was withdrawn is not taken up again: what dispatch may still tell of it is past.
    let order = ticket.round.work_order.filter(|_| !ticket.round.withdrawn);
    Ok(Asked {
        round: ticket.round.number + u32::from(ticket.round.is_used()),
        lead: Some(lead.clone()).filter(|lead| excluded != Some(lead)),
        work_order: order.unwrap_or(work.work_order),
        rule: work.rule.clone(),
    })
}

/// A round begins, because somebody asked for it.
fn begin(case: &Case<'_>, cause: Cause, ask: &Again) -> Result<What, Error> {
    let asked = Box::new(asked(case.ticket, &ask.work)?);
    let redone = case.ticket.rounds().filter(|round| round.cause == Cause::Redo).count();
    let escalated = cause == Cause::Redo && ESCALATED_FROM_REDOING <= redone + 1;
    Ok(What::RoundBegun { cause, reason: ask.reason.clone(), asked, escalated })
}

/// 拆单: a merge is undone.
pub(super) fn split(case: &Case<'_>, ask: &Again) -> Result<Vec<What>, Error> {
    case.takes(&ask.by, Action::Split)?;
    Ok(vec![begin(case, Cause::Split, ask)?])
}

/// 重办: by the same department or another; from the second redoing on a zone leader designates it,
/// whatever other rounds there were.
pub(super) fn redo(case: &Case<'_>, ask: &Again) -> Result<Vec<What>, Error> {
    case.takes(&ask.by, Action::Redo)?;
    Ok(vec![begin(case, Cause::Redo, ask)?])
}

/// 挂账恢复: by a zone leader, who may name another department, or because the enterprise objects to
/// waiting.
pub(super) fn resume_plan(case: &Case<'_>, ask: &Again) -> Result<Vec<What>, Error> {
    case.takes(&ask.by, Action::ResumePlan)?;
    if ask.work.named.is_some() && !ask.by.person.is(Role::ZoneLeader) {
        return Err(Error::LeadUnasked);
    }
    Ok(vec![begin(case, Cause::Plan, ask)?])
}

/// 挂账恢复 by itself, at the promised date: by the rule that the work went by.
pub(super) fn resume_plan_by_itself(ticket: &Ticket) -> Option<What> {
    let (rule, work_order) = ticket.rule.clone().zip(ticket.round.work_order)?;
    let work = Work { rule, named: None, before: ticket.round.lead.clone(), work_order };
    let asked = Box::new(asked(ticket, &work).ok()?);
    Some(What::RoundBegun { cause: Cause::Plan, reason: String::new(), asked, escalated: false })
}

/// 重新打开: by the enterprise three times, after that by a zone leader.
pub(super) fn reopen(case: &Case<'_>, ask: &Again) -> Result<Vec<What>, Error> {
    let Case { ticket, moment } = case;
    let spent = REOPEN_TIMES_MAX <= ticket.reopened_times;
    let own = ask.by.is_enterprise(&ticket.submission.enterprise);
    may(ticket, &ask.by, own || spent)?;
    case.takes(&ask.by, Action::Reopen)?;
    if ticket.closed_at.is_some_and(|at| is_over(*moment, at, REOPEN_WITHIN)) {
        return Err(Error::ReopenTooLate);
    }
    if own && spent {
        return Err(Error::ReopenLimit { times: ticket.reopened_times });
    }
    Ok(vec![begin(case, Cause::Reopen, ask)?])
}

/// 申诉: once in the life of a ticket.
pub(super) fn appeal(case: &Case<'_>, by: &Viewer, reason: &str) -> Result<Vec<What>, Error> {
    let Case { ticket, moment } = case;
    case.takes(by, Action::Appeal)?;
    if ticket.appeal.is_some() {
        return Err(Error::AppealedAlready);
    }
    let rejected_at = ticket.rejection.as_ref().and_then(|rejection| rejection.rejected_at);
    let against = ticket.closed_at.or(rejected_at);
    if against.is_some_and(|at| is_over(*moment, at, APPEAL_WITHIN)) {
        return Err(Error::AppealTooLate);
    }
    let decide_due = due(*moment, DECIDE_APPEAL_WITHIN);
    Ok(vec![What::Appealed { reason: reason.to_owned(), decide_due }])
}

/// 申诉裁定: by somebody who had no hand in the work nor in what is appealed against. A rejection undone
/// goes on with the limits that ran all the while, whether work was under way or not; what was answered
/// and explained is worked on anew, with limits from now on.
pub(super) fn decide_appeal(
    case: &Case<'_>,
    upheld: bool,
    ask: &Again,
) -> Result<Vec<What>, Error> {
    let (ticket, by) = (case.ticket, &ask.by);
    case.takes(by, Action::DecideAppeal)?;
    if !ticket.appeal_waits() {
        return Err(Error::NotAwaited { action: Action::DecideAppeal });
    }
    let ruled = ticket.ruled_by.iter().any(|person| by.is_or_acts_for(person));
    if ruled || by.had_a_hand_in(ticket) {
        return Err(Error::DeciderConcerned);
    }
    let mut happened = vec![What::AppealDecided { upheld, reason: ask.reason.clone() }];
    if upheld {
        happened.push(begin(case, Cause::Appeal, ask)?);
    }
    Ok(happened)
}
