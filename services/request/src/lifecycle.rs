//! The life of a ticket 诉求单, as rules: no clock, no database, no network.
//!
//! Read [`TRANSITIONS`] first: it is the whole state machine. [`decide`] adds what a table cannot
//! say: who may, how often, until when. What dispatch tells comes by [`HEARD`],
//! what time does by [`alarm_of`].

mod alarm;
mod command;
mod hear;
mod sight;
mod ticket;
mod work;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use base::{Role, TicketId};
use calendar::{Due, Intake, Limit, Moment};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

pub use self::alarm::{AlarmKind, Told, alarm_of, alarms};
pub use self::command::{Command, Fact, What};
pub use self::hear::{Effect, HEARD, effect};
pub use self::sight::{SEE_ALL, Viewer};
pub use self::ticket::{Answer, Kind, Origin, Outcome, Rating, Round, Submission, Ticket};
pub use self::work::{
    Heard, HeardKind, LimitKind, LimitStart, LimitTier, News, Progress, Rule, Step, WorkClass,
    WorkDue, WorkLimit, WorkState,
};
use crate::error::Error;

/// Where a ticket stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// 已吹哨: waits for the dispatcher.
    Submitted,
    /// 已受理: dispatch has the work, and every alarm of it.
    Accepted,
    /// 已办复: waits for the enterprise's verdict.
    Answered,
    /// 已认可: waits to be closed.
    Confirmed,
    /// 不满意: waits for the dispatcher.
    Dissatisfied,
    /// 已办结.
    Closed,
}

/// What can be done to a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    /// 受理: the dispatcher takes it in and asks for the work.
    Accept,
    /// 补充: the enterprise adds to it.
    Supplement,
    /// 办复: dispatch tells that the work is done.
    Answer,
    /// 评价: the enterprise gives its verdict.
    Rate,
    /// 办结: the dispatcher closes it, or it closes by itself.
    Close,
}

/// Every move that a ticket can make. What is not here is refused. Where an action has two rows
/// in one state, what the enterprise says decides between them.
///
/// No row leaves DISSATISFIED: it waits for the dispatcher, and its alarm rings again every
/// working day. A new round 重办 comes with a later release.
#[rustfmt::skip]
pub const TRANSITIONS: &[(State, Action, State)] = {
    use {Action::*, State::*};
    &[
        // from         action       to
        (Submitted,     Accept,      Accepted),
        (Submitted,     Supplement,  Submitted),
        (Accepted,      Supplement,  Accepted),
        (Accepted,      Answer,      Answered),
        (Answered,      Rate,        Confirmed),
        (Answered,      Rate,        Dissatisfied),
        (Confirmed,     Close,       Closed),
    ]
};

/// How long the dispatcher has to take a ticket in.
pub const ACCEPT_WITHIN: Limit = Limit::WorkingMinutes(4 * 60);
/// How long the dispatcher has to see that an answered ticket has its verdict 回访.
pub const CALL_BACK_WITHIN: Limit = Limit::WorkingDays(1);
/// How long the dispatcher has to act on discontent.
pub const REDO_WITHIN: Limit = Limit::WorkingDays(1);
/// After this a confirmed ticket closes by itself.
pub const CLOSES_AFTER: Limit = Limit::WorkingDays(3);
/// Who is told of a missed limit is told again, or the next one is, after this.
pub const TOLD_AGAIN_AFTER: Limit = Limit::WorkingDays(1);
/// The least level of an enterprise that is content: 基本满意.
pub const CONTENT_LEVEL_MIN: u8 = 3;

/// Decides a command: what happens, or why not. Refusals come in the order exists, may, state,
/// limits.
pub fn decide(
    before: Option<&Ticket>,
    command: &Command,
    moment: Moment<'_>,
) -> Result<Vec<Fact>, Error> {
    let Some(ticket) = before else { return begin(command, moment) };
    let at = moment.now.max(ticket.changed_at);
    let what = match command {
        Command::Submit { .. } => return Err(Error::SubmittedAlready),
        Command::Accept { by, rule, lead, work_order } => {
            may(ticket, by, by.person.is(Role::Dispatcher))?;
            check(ticket.state, Action::Accept)?;
            What::Accepted {
                lead: lead.clone().unwrap_or_else(|| rule.lead.clone()),
                work_order: *work_order,
                round: ticket.round.number,
                late: ticket.due.is_some_and(|due| due.at < at),
                rule: rule.clone(),
            }
        }
        Command::Supplement { by, text } => {
            let enterprise = &ticket.submission.enterprise;
            may(ticket, by, by.is_enterprise(enterprise) || by.is_envoy_of(enterprise))?;
            check(ticket.state, Action::Supplement)?;
            What::Supplemented { text: text.clone() }
        }
        Command::Rate { by, level, solved, comment } => {
            may(ticket, by, by.is_enterprise(&ticket.submission.enterprise))?;
            // Every state after ANSWERED has its rating: saying so tells more than the state.
            if ticket.round.rating.is_some() {
                return Err(Error::RatedAlready { round: ticket.round.number });
            }
            check(ticket.state, Action::Rate)?;
            verdict(ticket, *level, *solved, comment, Moment { now: at, ..moment })
        }
        Command::Close { by } => {
            may(ticket, by, by.person.is(Role::Dispatcher))?;
            check(ticket.state, Action::Close)?;
            if ticket.concerned.iter().any(|person| by.is_or_acts_for(person)) {
                return Err(Error::CloserConcerned);
            }
            What::Closed { by_itself: false }
        }
        Command::ReadContact { by } => {
            may(ticket, by, true)?;
            if !by.sees_contact(ticket) {
                return Err(Error::ContactHidden);
            }
            What::ContactRead
        }
        Command::Hear(heard) => return Ok(hear::hear(ticket, heard, moment)),
        Command::Recount => return Ok(alarm::recount(ticket, moment)),
        Command::Ring(kind) => return Ok(alarm::ring(ticket, *kind, moment)),
    };
    Ok(vec![Fact { at, what }])
}

/// The ticket after a fact. Folding all its facts gives the ticket.
pub fn apply(before: Option<Ticket>, fact: &Fact) -> Option<Ticket> {
    if let What::Submitted { id, submission, accept_due } = &fact.what {
        return Some(Ticket {
            id: *id,
            submission: Submission::clone(submission),
            state: State::Submitted,
            round: Round::first(),
            concerned: BTreeSet::new(),
            due: Some(*accept_due),
            told_times: 0,
            rings_at: Some(accept_due.at),
            submitted_at: fact.at,
            closed_at: None,
            changed_at: fact.at,
        });
    }
    let mut ticket = before?;
    if fact.what != What::ContactRead {
        ticket.changed_at = ticket.changed_at.max(fact.at);
    }
    match &fact.what {
        What::Submitted { .. } | What::ContactRead | What::Supplemented { .. } => {}
        What::Accepted { lead, work_order, .. } => {
            ticket.round.lead = Some(lead.clone());
            ticket.round.work_order = Some(*work_order);
            ticket.enter(State::Accepted, None);
        }
        What::Progressed { progress, concerned } => {
            // 首接负责: the first department leads until its successor claims.
            ticket.round.lead = progress.claimed_by.clone().or(ticket.round.lead);
            ticket.round.progress = Some(progress.clone());
            ticket.concerned.extend(concerned.iter().cloned());
        }
        What::Answered { outcome, answer, concerned, call_back_due, .. } => {
            let (text, outcome, answered_at) = (answer.clone(), *outcome, fact.at);
            ticket.round.answer = Some(Answer { text, outcome, answered_at });
            if let Some(progress) = &mut ticket.round.progress {
                progress.state = WorkState::Completed;
            }
            ticket.concerned.extend(concerned.iter().cloned());
            ticket.enter(State::Answered, Some(*call_back_due));
        }
        What::Confirmed { rating, close_due } => {
            ticket.rated(rating, State::Confirmed, *close_due);
        }
        What::Dissatisfied { rating, redo_due } => {
            ticket.rated(rating, State::Dissatisfied, *redo_due);
        }
        What::Closed { .. } => {
            ticket.closed_at = Some(fact.at);
            ticket.enter(State::Closed, None);
        }
        What::LimitMissed { next_due, .. } => {
            ticket.told_times += 1;
            ticket.rings_at = Some(next_due.at);
        }
        What::DueChanged { new, rings_at, .. } => {
            // What is due only later after all was not missed: telling begins anew.
            if *rings_at == new.at {
                ticket.told_times = 0;
            }
            ticket.due = Some(*new);
            ticket.rings_at = Some(*rings_at);
        }
    }
    Some(ticket)
}

/// What a fact makes of other tickets: nothing yet.
pub fn follows(_ticket: &Ticket, _fact: &Fact) -> Vec<(TicketId, Command)> {
    Vec::new()
}

/// The actions that a state takes, by the table.
pub fn allowed(state: State) -> Vec<Action> {
    let mut actions: Vec<Action> = Vec::new();
    for (from, action, _) in TRANSITIONS {
        if *from == state && !actions.contains(action) {
            actions.push(*action);
        }
    }
    actions
}

/// Whether a state takes an action.
fn check(state: State, action: Action) -> Result<(), Error> {
    if allowed(state).contains(&action) {
        Ok(())
    } else {
        Err(Error::StateForbids { state, action })
    }
}

/// Who may not know of a ticket is told that there is none; who may know of it but not do this
/// is told so.
fn may(ticket: &Ticket, by: &Viewer, allowed: bool) -> Result<(), Error> {
    if !by.sees(ticket) {
        return Err(Error::TicketNotFound { ticket: ticket.id.to_string() });
    }
    if allowed { Ok(()) } else { Err(Error::NotTheirs) }
}

/// What a command does where there is no ticket yet.
fn begin(command: &Command, moment: Moment<'_>) -> Result<Vec<Fact>, Error> {
    match command {
        Command::Submit { id, by, submission, envoy } => {
            by.may_submit_for(&submission.enterprise, envoy.as_ref())?;
            let accept_due = due(moment, ACCEPT_WITHIN);
            let (id, submission) = (*id, submission.clone());
            let what = What::Submitted { id, submission, accept_due };
            Ok(vec![Fact { at: moment.now, what }])
        }
        // What is not here cannot be waited for: it is not an error, it is not ours.
        Command::Hear(_) | Command::Recount | Command::Ring(_) => Ok(Vec::new()),
        Command::Accept { .. }
        | Command::Supplement { .. }
        | Command::Rate { .. }
        | Command::Close { .. }
        | Command::ReadContact { .. } => Err(Error::TicketNotFound { ticket: String::new() }),
    }
}

/// The enterprise's verdict. What became of the matter is then its word, not the department's.
fn verdict(ticket: &Ticket, level: u8, solved: bool, comment: &str, moment: Moment<'_>) -> What {
    let content = CONTENT_LEVEL_MIN <= level;
    let answered = ticket.round.answer.as_ref().map(|answer| answer.outcome);
    let outcome = match (solved, content, answered) {
        (true, _, _) => Outcome::Solved,
        (false, true, _) => Outcome::ServiceConfirmed,
        (false, false, Some(Outcome::Partly)) => Outcome::Partly,
        (false, false, _) => Outcome::Explained,
    };
    let rating =
        Rating { level, solved, outcome, comment: comment.to_owned(), rated_at: moment.now };
    if content {
        What::Confirmed { rating, close_due: due(moment, CLOSES_AFTER) }
    } else {
        What::Dissatisfied { rating, redo_due: due(moment, REDO_WITHIN) }
    }
}

/// The due instant of a limit that starts at the moment.
fn due(moment: Moment<'_>, limit: Limit) -> Due {
    // Beyond a hundred years no calendar reaches: such a limit never runs out.
    moment.due_from_now(Intake::Instant, limit).unwrap_or(Due {
        at: Timestamp::MAX,
        provisional: true,
        calendar_version: moment.calendar.version(),
    })
}

impl Ticket {
    /// Comes to rest in a state; its alarm is armed for its due instant.
    fn enter(&mut self, state: State, due: Option<Due>) {
        self.state = state;
        self.due = due;
        self.told_times = 0;
        self.rings_at = due.map(|due| due.at);
    }

    /// Keeps a verdict.
    fn rated(&mut self, rating: &Rating, state: State, due: Due) {
        self.round.rating = Some(rating.clone());
        self.enter(state, Some(due));
    }
}
