//! How a ticket comes in, and how it ends before the work does: 受理, 不予受理, 并单, 直接答复, 撤回.

use base::DepartmentId;
use calendar::Moment;

use super::again::asked;
use super::command::{Command, Older, Work};
use super::fact::{Fact, What};
use super::limits::{ACCEPT_WITHIN, CALL_BACK_WITHIN, REJECTION_LAPSES_AFTER, due};
use super::round::{Answer, Outcome};
use super::sight::Viewer;
use super::ticket::{Kind, RejectReason, Rejection, Ticket};
use super::{Action, Case, State, apply};
use crate::error::Error;

/// What a command does where there is no ticket yet.
pub(super) fn begin(command: &Command, moment: Moment<'_>) -> Result<Vec<Fact>, Error> {
    match command {
        Command::Submit { id, by, submission, envoy, work } => {
            by.may_submit_for(&submission.enterprise, envoy.as_ref())?;
            let accept_due = due(moment, ACCEPT_WITHIN);
            let (id, submission) = (*id, submission.clone());
            let submitted =
                Fact { at: moment.now, what: What::Submitted { id, submission, accept_due } };
            let mut facts = vec![submitted];
            if work.rule.needs_no_acceptance()
                && let Some(ticket) = apply(None, &facts[0])
            {
                let asked = Box::new(asked(&ticket, work)?);
                let what = What::Accepted { asked, late: false, by_itself: true };
                facts.push(Fact { at: moment.now, what });
            }
            Ok(facts)
        }
        // What is not here cannot be waited for: it is not an error, it is not ours.
        Command::Hear(_) | Command::Recount | Command::Ring(_) | Command::Succeed { .. } => {
            Ok(Vec::new())
        }
        Command::Accept { .. }
        | Command::Reject { .. }
        | Command::Merge { .. }
        | Command::Split { .. }
        | Command::AnswerDirectly { .. }
        | Command::Supplement { .. }
        | Command::AddEvidence { .. }
        | Command::Withdraw { .. }
        | Command::CallBack { .. }
        | Command::Rate { .. }
        | Command::VerifyRating { .. }
        | Command::Redo { .. }
        | Command::ProposeExplanation { .. }
        | Command::DecideExplanation { .. }
        | Command::ResumePlan { .. }
        | Command::Close { .. }
        | Command::Reopen { .. }
        | Command::Appeal { .. }
        | Command::DecideAppeal { .. }
        | Command::ReadContact { .. }
        | Command::EraseContact { .. } => Err(Error::TicketNotFound { ticket: String::new() }),
    }
}

/// 受理: late acceptance is allowed and counted.
pub(super) fn accept(case: &Case<'_>, by: &Viewer, work: &Work) -> Result<Vec<What>, Error> {
    let Case { ticket, moment } = case;
    case.takes(by, Action::Accept)?;
    let late = ticket.due.is_some_and(|due| due.at < moment.now);
    let asked = Box::new(asked(ticket, work)?);
    Ok(vec![What::Accepted { asked, late, by_itself: false }])
}

/// 不予受理: once accepted, one person proposes and another confirms with the same reason.
pub(super) fn reject(
    case: &Case<'_>,
    by: &Viewer,
    reason: RejectReason,
    channel: &str,
) -> Result<Vec<What>, Error> {
    let Case { ticket, moment } = case;
    case.takes(by, Action::Reject)?;
    let mut rejection = Rejection {
        reason,
        channel: channel.to_owned(),
        by: by.people(),
        proposed_at: moment.now,
        rejected_at: None,
    };
    let confirmed = match &ticket.rejection {
        _ if ticket.state == State::Submitted => true,
        Some(proposed) if proposed.reason == reason => {
            by.is_another_than(&proposed.by)?;
            rejection = proposed.clone();
            true
        }
        Some(_) | None => false,
    };
    if !confirmed {
        let lapse_due = due(*moment, REJECTION_LAPSES_AFTER);
        return Ok(vec![What::RejectionProposed { rejection, lapse_due }]);
    }
    rejection.rejected_at = Some(moment.now);
    Ok(vec![What::Rejected { rejection, by: by.people() }])
}

/// 并单: always into an older ticket of the same enterprise that is still open. That it is the
/// same matter is the dispatcher's word.
pub(super) fn merge(case: &Case<'_>, by: &Viewer, into: &Older) -> Result<Vec<What>, Error> {
    let ticket = case.ticket;
    case.takes(by, Action::Merge)?;
    let age = (ticket.submitted_at, ticket.id);
    let problem = if into.enterprise != ticket.submission.enterprise {
        Some("OTHER_ENTERPRISE")
    } else if age <= (into.submitted_at, into.id) {
        Some("NOT_OLDER")
    } else if into.complained != ticket.complained {
        Some("OTHER_COMPLAINT")
    } else if !into.state.is_open() {
        Some("NOT_OPEN")
    } else {
        None
    };
    match problem {
        Some(problem) => Err(Error::MergeUnfit { problem }),
        None => Ok(vec![What::Merged { into: into.id }]),
    }
}

/// 直接答复: a consultation whose answer is known.
pub(super) fn answer_directly(
    case: &Case<'_>,
    by: &Viewer,
    text: &str,
    internal_note: &str,
) -> Result<Vec<What>, Error> {
    let Case { ticket, moment } = case;
    case.takes(by, Action::AnswerDirectly)?;
    if ticket.submission.kind != Kind::Consultation {
        return Err(Error::NotConsultation { kind: ticket.submission.kind });
    }
    let answer = Answer {
        text: text.to_owned(),
        internal_note: internal_note.to_owned(),
        outcome: Outcome::Solved,
        signer: None,
        directly: true,
        answered_at: moment.now,
    };
    let call_back_due = due(*moment, CALL_BACK_WITHIN);
    Ok(vec![What::Answered { answer, concerned: by.people(), call_back_due }])
}

/// 补充: by the enterprise or its envoy.
pub(super) fn supplement(case: &Case<'_>, by: &Viewer, text: &str) -> Result<Vec<What>, Error> {
    case.takes(by, Action::Supplement)?;
    Ok(vec![What::Supplemented { text: text.to_owned() }])
}

/// 撤回: why is asked; once anybody had claimed it, it is called back about that.
pub(super) fn withdraw(case: &Case<'_>, by: &Viewer, reason: &str) -> Result<Vec<What>, Error> {
    let Case { ticket, moment } = case;
    case.takes(by, Action::Withdraw)?;
    let call_back_due = ticket.was_claimed().then(|| due(*moment, CALL_BACK_WITHIN));
    Ok(vec![What::Withdrawn { reason: reason.to_owned(), call_back_due }])
}

/// A department's part in an open ticket goes to its successor.
pub(super) fn succeed(
    ticket: &Ticket,
    department: &DepartmentId,
    successor: &DepartmentId,
) -> Vec<What> {
    let progress = ticket.round.progress.as_ref();
    let has = progress.is_some_and(|work| {
        work.department.as_ref() == Some(department) || work.claimed_by.as_ref() == Some(department)
    });
    let leads = ticket.round.lead.as_ref() == Some(department);
    let complained_of = ticket.complained.as_ref() == Some(department);
    if !(has || leads || complained_of) {
        return Vec::new();
    }
    let (department, successor) = (department.clone(), successor.clone());
    vec![What::DepartmentSucceeded { department, successor }]
}
