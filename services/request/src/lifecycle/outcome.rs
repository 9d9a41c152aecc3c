//! What the enterprise says of the answer, and what comes of that: 回访, 评价, 核实, 拟不予解决, 办结.

use base::Role;
use calendar::Moment;
use jiff::Timestamp;

use super::device::{Device, Doubt};
use super::fact::What;
use super::limits::{
    CALL_BACK_TRIES, CALL_BACK_TRIES_WITHIN, CALL_BACK_WITHIN, CLOSES_AFTER, CONTENT_LEVEL_MIN,
    RATE_WITHIN, RATED_HASTILY_WITHIN, REDO_WITHIN, VERIFY_WITHIN, due, is_over,
};
use super::round::{Answer, CallBack, Outcome, Rating, Verdict};
use super::sight::Viewer;
use super::ticket::{Explanation, Ticket};
use super::{Action, Case, State, check, may};
use crate::error::Error;

/// 回访: what the enterprise says, or a try in vain. Of a withdrawn ticket no verdict is asked.
pub(super) fn call_back(case: &Case<'_>, by: &Viewer, call: &CallBack) -> Result<Vec<What>, Error> {
    let Case { ticket, moment } = case;
    case.takes(by, Action::CallBack)?;
    if by.had_a_hand_in(ticket) {
        return Err(Error::CallerConcerned);
    }
    let withdrawn = ticket.state == State::Withdrawn;
    let about = match &ticket.withdrawal {
        Some(_) if ticket.due.is_none() => {
            return Err(Error::NotAwaited { action: Action::CallBack });
        }
        Some(withdrawal) => Some(withdrawal.withdrawn_at),
        None => ticket.round.answer.as_ref().map(|answer| answer.answered_at),
    };
    if about.is_some_and(|about| call.started_at < about) || moment.now < call.ended_at() {
        return Err(Error::CallOutOfTime);
    }
    if ticket.round.call_backs.iter().any(|earlier| call.repeats(earlier)) {
        return Err(Error::CallRecordedAlready);
    }
    let level = call.reached.as_ref().and_then(|reached| reached.level);
    let asked = call.reached.is_some() && !withdrawn;
    let mut happened = match (asked, level) {
        (true, None) => return Err(Error::LevelMissing),
        (false, Some(_)) => return Err(Error::LevelUnasked),
        (true, Some(_)) | (false, None) => Vec::new(),
    };
    let ended = call.reached.is_some() || tried_enough(ticket, call, *moment);
    let next_due = (!ended).then(|| due(*moment, CALL_BACK_WITHIN));
    happened.push(What::CalledBack { call: call.clone(), next_due });
    if let Some((reached, level)) = call.reached.as_ref().zip(level) {
        let said = (level, reached.solved, reached.comment.as_str());
        happened.push(moved_by(ticket, verdict(ticket, said, true, *moment), *moment));
    } else if ended && !withdrawn {
        happened.push(What::Closed { by_itself: false, unrated: true });
    }
    Ok(happened)
}

/// Whether this call is the last of enough that were in vain and lie close enough together.
fn tried_enough(ticket: &Ticket, call: &CallBack, moment: Moment<'_>) -> bool {
    let vain = ticket.round.call_backs.iter().filter(|call| call.reached.is_none());
    let mut starts: Vec<Timestamp> = vain.chain([call]).map(|call| call.started_at).collect();
    starts.sort_unstable();
    let (first, last) = match (starts.iter().rev().nth(CALL_BACK_TRIES - 1), starts.last()) {
        (Some(first), Some(last)) => (*first, *last),
        (_, _) => return false,
    };
    !is_over(Moment { now: last, ..moment }, first, CALL_BACK_TRIES_WITHIN)
}

/// 评价: once per round; after closing it is kept and moves nothing.
pub(super) fn rate(
    case: &Case<'_>,
    by: &Viewer,
    said: (u8, bool, &str),
    device: Option<&Device>,
) -> Result<Vec<What>, Error> {
    let Case { ticket, moment } = case;
    may(ticket, by, by.is_enterprise(&ticket.submission.enterprise))?;
    // Where a round has its rating, saying so tells more than the state.
    if ticket.round.rating.is_some() {
        return Err(Error::RatedAlready { round: ticket.round.number });
    }
    check(ticket, Action::Rate)?;
    let mut verdict = verdict(ticket, said, false, *moment);
    verdict.doubts = doubts(ticket, device, moment.now);
    verdict.verify_due = (!verdict.doubts.is_empty()).then(|| due(*moment, VERIFY_WITHIN));
    let Some(closed_at) = ticket.closed_at else {
        return Ok(vec![moved_by(ticket, verdict, *moment)]);
    };
    if is_over(*moment, closed_at, RATE_WITHIN) {
        return Err(Error::RatedTooLate);
    }
    Ok(vec![What::Rated { rating: Rating::from(&verdict) }])
}

/// Why a rating must be looked at before it is counted; nothing if it need not be. Of a device that
/// the call does not name nothing is known.
fn doubts(ticket: &Ticket, device: Option<&Device>, at: Timestamp) -> Vec<Doubt> {
    let answer = ticket.round.answer.as_ref();
    let hastily = |answer: &Answer| at.duration_since(answer.answered_at) <= RATED_HASTILY_WITHIN;
    let hasty = answer.is_some_and(hastily).then_some(Doubt::Hasty);
    hasty.into_iter().chain(device.into_iter().flat_map(Device::doubts)).collect()
}

/// What became of the matter is now the enterprise's word, not the department's. Denied and
/// discontent, a department's "solved" is no more than its explanation.
fn verdict(
    ticket: &Ticket,
    (level, solved, comment): (u8, bool, &str),
    by_call_back: bool,
    moment: Moment<'_>,
) -> Verdict {
    let answer = ticket.round.answer.as_ref();
    let content = CONTENT_LEVEL_MIN <= level;
    let outcome = match (solved, content, answer.map(|answer| answer.outcome)) {
        (true, _, _) => Outcome::Solved,
        (false, _, Some(Outcome::NotSupplemented)) => Outcome::NotSupplemented,
        (false, true, _) => Outcome::ServiceConfirmed,
        (false, false, Some(Outcome::Partly)) => Outcome::Partly,
        (false, false, _) => Outcome::Explained,
    };
    Verdict {
        level,
        solved,
        outcome,
        comment: comment.to_owned(),
        given_at: moment.now,
        by_call_back,
        verify_due: None,
        doubts: Vec::new(),
    }
}

/// 核实: a supervisor who had no hand in the matter says whether a rating counts. The ticket stays
/// where it stands.
pub(super) fn verify_rating(
    case: &Case<'_>,
    by: &Viewer,
    (round, counts): (u32, bool),
    reason: &str,
) -> Result<Vec<What>, Error> {
    let ticket = case.ticket;
    may(ticket, by, by.person.is(Role::Supervisor))?;
    if !ticket.verifications_awaited().any(|of| of.round == round) {
        return Err(Error::NoRatingAwaits { round });
    }
    if by.had_a_hand_in(ticket) {
        return Err(Error::VerifierConcerned);
    }
    let reason = reason.to_owned();
    Ok(vec![What::RatingVerified { round, counts, reason, by_itself: false }])
}

/// Content is confirmed, discontent waits for the dispatcher: said again, no longer than it did.
fn moved_by(ticket: &Ticket, verdict: Verdict, moment: Moment<'_>) -> What {
    if CONTENT_LEVEL_MIN <= verdict.level {
        What::Confirmed { verdict, close_due: due(moment, CLOSES_AFTER) }
    } else {
        let waits = ticket.due.filter(|_| ticket.state == State::Dissatisfied);
        What::Dissatisfied { verdict, redo_due: waits.unwrap_or_else(|| due(moment, REDO_WITHIN)) }
    }
}

/// A dispatcher, or a zone leader, proposes to leave it unresolved; a second proposal takes the place of the first.
pub(super) fn propose_explanation(
    case: &Case<'_>,
    by: &Viewer,
    text: &str,
    next_channel: &str,
) -> Result<Vec<What>, Error> {
    case.takes(by, Action::ProposeExplanation)?;
    let explanation = Explanation {
        text: text.to_owned(),
        next_channel: next_channel.to_owned(),
        by: by.people(),
        proposed_at: case.moment.now,
    };
    Ok(vec![What::ExplanationProposed { explanation }])
}

/// Another person decides on that; and who approves it closes the ticket, which nobody does who had a
/// hand in the work.
pub(super) fn decide_explanation(
    case: &Case<'_>,
    by: &Viewer,
    approved: bool,
    reason: &str,
) -> Result<Vec<What>, Error> {
    case.takes(by, Action::DecideExplanation)?;
    let Some(explanation) = &case.ticket.explanation else {
        return Err(Error::NotAwaited { action: Action::DecideExplanation });
    };
    by.is_another_than(&explanation.by)?;
    if approved && by.had_a_hand_in(case.ticket) {
        return Err(Error::CloserConcerned);
    }
    Ok(vec![What::ExplanationDecided { approved, reason: reason.to_owned(), by: by.people() }])
}

/// 办结: by a dispatcher who had no hand in the work.
pub(super) fn close(case: &Case<'_>, by: &Viewer) -> Result<Vec<What>, Error> {
    case.takes(by, Action::Close)?;
    if by.had_a_hand_in(case.ticket) {
        return Err(Error::CloserConcerned);
    }
    Ok(vec![What::Closed { by_itself: false, unrated: false }])
}
