//! The life of an application 申请, as rules: no clock, no database, no network.
//!
//! Read [`TRANSITIONS`] first: it is the whole state machine; then [`APART`], who may not do what
//! after what they did. [`decide`] adds what tables cannot say: how much, after which notice, until
//! when. Money is the budget's: what is set aside and reserved follows in the same unit, by
//! [`follows`]. What dispatch tells comes by [`HEARD`], what time does by [`alarms`].

mod account;
mod alarm;
mod apply;
mod approving;
mod checks;
mod command;
mod course;
mod draft;
mod errand;
mod fact;
mod filing;
mod follows;
mod forming;
mod hear;
mod invariants;
mod kept;
mod limits;
mod notice;
mod noticing;
mod objection;
mod people;
mod reviewing;
mod sampling;
mod segments;
mod splitting;
mod tables;
mod work;

#[cfg(test)]
mod properties;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

use calendar::Moment;
use jiff::Timestamp;

pub use self::account::{Confirmed, Payee};
pub use self::alarm::{Alarm, Told};
pub use self::apply::apply;
pub use self::checks::CREDIT_FACT;
pub use self::command::{ApplicationCommand, Ask};
pub use self::errand::Errand;
pub use self::fact::{ApplicationFact, LapseCause, Opened, Reopening, What};
pub use self::follows::follows;
pub use self::hear::{Effect, HEARD, effect, effect_on};
pub use self::kept::{
    Application, Approved, ApprovedShare, Document, Lack, Lowered, Minutes, Office, Opening,
    Opinion, Refused, Seen, Supplement,
};
pub use self::limits::{
    ACCOUNT_WITHIN, OBJECTION_WITHIN, Owner, PUBLISH_WITHIN, Promised, QUEUE_SEEN_WITHIN, STEPS,
    SUPPLEMENT_WITHIN, Step, TOLD_AGAIN_AFTER, Wait, step_within,
};
pub use self::notice::{Entry, NOTICE_ENTRIES_MAX, Notice, NoticeList};
pub use self::objection::{Objection, ObjectionDecision};
pub use self::people::{APART, Part, People};
pub use self::sampling::{Draw, Sampled, Sampler, draw};
pub use self::segments::Segments;
pub use self::splitting::{SPLIT_RULE, SplitRule, Splitting};
pub use self::tables::{Action, State, TRANSITIONS, allowed, leads};
pub use self::work::{Heard, HeardKind, News, Order, Progress, Purpose, WorkState};

use self::draft::Draft;
use super::By;
use crate::error::ApplicationError;

/// Decides a command: what happens, or why not. First whatever ran out before it, whether its alarm
/// has rung or not. Refusals come in the order exists, may, state, limits.
pub fn decide(
    before: Option<&Application>,
    command: &ApplicationCommand,
    moment: Moment<'_>,
) -> Result<Vec<ApplicationFact>, ApplicationError> {
    let Some(application) = before else { return begin(command, moment) };
    let mut draft = Draft::of(application, moment);
    match command {
        ApplicationCommand::Match { .. } | ApplicationCommand::Apply { .. } => {
            return Err(ApplicationError::OpenedAlready);
        }
        ApplicationCommand::Ask { by, ask } => {
            let now = draft.moment.now;
            alarm::catch_up(&mut draft, now);
            draft.is_by(by);
            decide_ask(&mut draft, by, ask)?;
        }
        ApplicationCommand::Dequeue { free } => reviewing::dequeue(&mut draft, free),
        ApplicationCommand::PolicyEnded => course::policy_ended(&mut draft),
        ApplicationCommand::Succeed { department, successor } => {
            course::succeed(&mut draft, department, successor);
        }
        ApplicationCommand::Hear(heard) => {
            // What is heard is judged by its own instant.
            let at = heard.occurred_at.max(application.changed_at);
            alarm::catch_up(&mut draft, at);
            hear::hear(&mut draft, heard);
        }
        ApplicationCommand::Recount => {
            let now = draft.moment.now;
            alarm::catch_up(&mut draft, now);
            alarm::recount(&mut draft);
        }
        ApplicationCommand::Ring(ringing) => alarm::ring_in_turn(&mut draft, *ringing),
    }
    Ok(draft.settled())
}

/// What is asked of an application that there is none of.
fn begin(
    command: &ApplicationCommand,
    moment: Moment<'_>,
) -> Result<Vec<ApplicationFact>, ApplicationError> {
    match command {
        ApplicationCommand::Match { id, opening, seen } => {
            filing::matched((*id, opening, seen), moment)
        }
        ApplicationCommand::Apply { id, by, by_enterprise, opening, seen } => {
            filing::applied((*id, opening, seen), (by, *by_enterprise), moment)
        }
        ApplicationCommand::Ask { .. } => {
            Err(ApplicationError::NotFound { application: String::new() })
        }
        ApplicationCommand::Dequeue { .. }
        | ApplicationCommand::PolicyEnded
        | ApplicationCommand::Succeed { .. }
        | ApplicationCommand::Hear(_)
        | ApplicationCommand::Recount
        | ApplicationCommand::Ring(_) => Ok(Vec::new()),
    }
}

fn decide_ask(draft: &mut Draft<'_>, by: &By, ask: &Ask) -> Result<(), ApplicationError> {
    match ask {
        Ask::ConfirmMatch { payee, seen } => filing::confirm_match(draft, by, (payee, seen)),
        Ask::ReturnForSupplement { lacks } => forming::return_for_supplement(draft, by, lacks),
        Ask::Supplement { snapshot, documents } => filing::supplement(draft, (snapshot, documents)),
        Ask::Accept { snapshot, seen } => forming::accept(draft, by, (snapshot, seen)),
        Ask::NotAccept { reason, remedy } => forming::not_accept(draft, by, (reason, remedy)),
        Ask::Review { amount, reason, opinion, near_others } => {
            reviewing::review(draft, by, (*amount, reason, opinion), *near_others)
        }
        Ask::SecondReview { opinion, free } => reviewing::second_review(draft, by, opinion, free),
        Ask::StartNotice { list, kept_by } => noticing::start(draft, list, *kept_by),
        Ask::RaiseObjection { text, as_applicant } => {
            noticing::object(draft, by, (text, *as_applicant))
        }
        Ask::DecideObjection { number, upheld, reason } => {
            noticing::decide_objection(draft, by, (*number, *upheld, reason))
        }
        Ask::ConfirmAccount { payee } => filing::confirm_account(draft, by, payee),
        Ask::Approve { office, minutes } => {
            approving::approve(draft, by, *office, minutes.as_ref())
        }
        Ask::Reject { reason, remedy } => forming::reject(draft, by, (reason, remedy)),
        Ask::Withdraw { reason } => filing::withdraw(draft, reason),
        Ask::Redirect { to, reason } => course::redirect(draft, (to, reason)),
        Ask::Sample { draw, spreads } => course::sample(draft, draw, *spreads),
    }
}

/// The alarms that it has armed, each by the word by which it is rung: [`Alarm::parse`] reads it.
pub fn alarms(thing: &Application) -> Vec<(String, Timestamp)> {
    alarm::armed(thing).into_iter().map(|(alarm, at)| (alarm.to_string(), at)).collect()
}
