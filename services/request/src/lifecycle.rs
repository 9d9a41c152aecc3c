//! The life of a ticket 诉求单, as rules: no clock, no database, no network.
//!
//! An enterprise blows the whistle, and a dispatcher takes the ticket in: a *round* 轮次 begins.
//! Dispatch has the work done and tells of each step; its answer reaches the ticket; the enterprise
//! says what it thinks of it, by rating or when it is called back; whoever is content is closed, and
//! whoever is not is helped once more, in another round. Each round keeps its own answer and verdict.
//!
//! In the order of this file: where a ticket can stand ([`State`]), what can be done to it
//! ([`Action`]), by whom ([`ASKED_BY`]), where that leads ([`TRANSITIONS`], the whole state machine),
//! and how long each wait may last, whose it is and what comes then ([`WAITING`]); then [`decide`],
//! which adds what a table cannot say: which two must be two people, how often, until when. Some
//! things move no ticket and stand in no row: reading or erasing its contact, verifying a rating, a
//! department's succession.
//! Beside calls there are two more ways in: what dispatch tells ([`HEARD`]: every fact in every
//! state; the directory moves no ticket, it makes successors known and due instants be reckoned
//! anew) and what time does (each row of [`WAITING`] is an alarm). How long and how often is said in
//! `limits` alone; that something is done once (a rating in a round, an appeal) where it is decided.
//!
//! What is decided are facts ([`What`]); [`apply`] makes the next ticket of them, and nothing else
//! ever does. [`Viewer`] says who may know of a ticket, and of whom it complains.

mod again;
mod alarm;
mod apply;
mod command;
mod device;
mod evidence;
mod fact;
mod hear;
mod intake;
mod invariants;
mod limits;
mod open;
mod outcome;
mod round;
mod sight;
mod ticket;
mod work;

#[cfg(test)]
mod properties;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

use base::{Role, TicketId};
use calendar::{Limit, Moment};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

pub use self::alarm::{AlarmKind, Told, alarm_of, alarms};
pub use self::apply::apply;
pub use self::command::{Again, Command, Older, Work};
pub use self::device::{Device, Doubt};
pub use self::evidence::{Evidence, find_evidence, may_add_evidence};
pub use self::fact::{Asked, Fact, What};
pub use self::hear::{Effect, HEARD, effect};
pub use self::limits::*;
pub use self::open::{allowed, open_to};
use self::open::{check, may};
pub use self::round::{Answer, CallBack, Cause, Outcome, Rating, Reached, Round, Verdict};
pub use self::sight::{SEE_ALL, Viewer};
pub use self::ticket::{
    Appeal, Decision, Explanation, Kind, Origin, Reckoned, RejectReason, Rejection, Submission,
    Ticket, Verification, Withdrawal,
};
pub use self::work::{
    Completion, Heard, HeardKind, LimitKind, LimitStart, LimitTier, News, Progress, Rule,
    WorkClass, WorkDue, WorkLimit, WorkState,
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
    /// 挂账: promised for a date; unsolved meanwhile.
    OnPlan,
    /// 已办复: waits for the enterprise's verdict.
    Answered,
    /// 已认可: waits to be closed.
    Confirmed,
    /// 不满意: waits for the dispatcher.
    Dissatisfied,
    /// 已办结.
    Closed,
    /// 未解决办结: the claim is unlawful or impossible.
    ClosedUnresolved,
    /// 不予受理.
    Rejected,
    /// 已并单: an older ticket goes on in its place.
    Merged,
    /// 已撤回.
    Withdrawn,
}

/// What can be done to a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    /// 受理: it is taken in and the work asked for.
    Accept,
    /// 不予受理, by one person or, once accepted, by two.
    Reject,
    /// 并单: it goes into an older one.
    Merge,
    /// 拆单: a merge is undone.
    Split,
    /// 直接答复: the dispatcher answers a consultation.
    AnswerDirectly,
    /// 补充: the enterprise adds to it.
    Supplement,
    /// 上传佐证: a file is added.
    AddEvidence,
    /// 撤回: the enterprise takes it back.
    Withdraw,
    /// 办复: dispatch tells that the work is done, or put on plan.
    Answer,
    /// 挂账恢复: what was put on plan is to be done now.
    ResumePlan,
    /// 回访: the dispatcher calls the enterprise.
    CallBack,
    /// 评价: the enterprise gives its verdict.
    Rate,
    /// 重办: it is done again.
    Redo,
    /// 拟不予解决: a dispatcher proposes to leave it unresolved.
    ProposeExplanation,
    /// A second person decides on that.
    DecideExplanation,
    /// 办结: the dispatcher closes it, or it closes by itself.
    Close,
    /// 重新打开.
    Reopen,
    /// 申诉: the enterprise appeals.
    Appeal,
    /// 申诉裁定: somebody not concerned decides.
    DecideAppeal,
}

/// Who asks for each action: any of these, by their roles; an enterprise and its envoy of their own
/// tickets alone. A second person is another than the first. Nobody asks for an answer: dispatch
/// tells it. Of what a dispatcher left undone 提级 a zone leader has the same means.
#[rustfmt::skip]
pub const ASKED_BY: &[(Action, &[Role])] = {
    use {Action::*, Role::{Dispatcher, Enterprise, Envoy, Lead, Staff, System, ZoneLeader}};
    &[
        (Accept,             &[Dispatcher]),
        (Reject,             &[Dispatcher]),             // from ACCEPTED with a second one
        (Merge,              &[Dispatcher]),
        (Split,              &[Dispatcher]),
        (AnswerDirectly,     &[Dispatcher]),
        (Supplement,         &[Enterprise, Envoy]),
        (AddEvidence,        &[Enterprise, Envoy, Dispatcher, Staff, Lead, System]), // see `evidence`
        (Withdraw,           &[Enterprise]),
        (Answer,             &[]),
        (ResumePlan,         &[Enterprise, ZoneLeader]), // the enterprise objects to waiting
        (CallBack,           &[Dispatcher]),             // who had no hand in it
        (Rate,               &[Enterprise]),             // once a round, until 30 days after closing
        (Redo,               &[Dispatcher, ZoneLeader]),
        (ProposeExplanation, &[Dispatcher, ZoneLeader]),
        (DecideExplanation,  &[Dispatcher, ZoneLeader]), // another than proposed it
        (Close,              &[Dispatcher]),             // who had no hand in it
        (Reopen,             &[Enterprise, ZoneLeader]), // within 30 days; after 3 times a leader
        (Appeal,             &[Enterprise]),             // once, within 30 days
        (DecideAppeal,       &[Dispatcher, ZoneLeader]), // who had no hand in it
    ]
};

/// Every move that a ticket can make. What is not here is refused. It begins with Submit: as
/// submitted, or as accepted at once where the catalogue takes the category in by itself or its class
/// is urgent. A rating of level 3 or better confirms, even where the matter is not solved: the outcome
/// is then that the service was confirmed 服务确认, or stays 企业未补充 where the enterprise had not
/// supplied what was awaited; once it is closed a rating is kept and moves nothing.
/// Redone once it goes where the dispatcher says; the second redoing ([`ESCALATED_FROM_REDOING`]), with
/// which the work is done for the third time, goes to a zone leader. Where an action has several
/// rows in one state, what is said decides between them: a rejection is proposed and then
/// confirmed, a call is in vain or not, an answer may put the matter on plan.
#[rustfmt::skip]
pub const TRANSITIONS: &[(State, Action, State)] = {
    use {Action::*, State::*};
    &[
        // from             action              to
        (Submitted,         Accept,             Accepted),
        (Submitted,         Reject,             Rejected),
        (Submitted,         Merge,              Merged),
        (Submitted,         AnswerDirectly,     Answered),
        (Submitted,         Supplement,         Submitted),
        (Submitted,         AddEvidence,        Submitted),
        (Submitted,         Withdraw,           Withdrawn),
        (Accepted,          Reject,             Accepted),
        (Accepted,          Reject,             Rejected),
        (Accepted,          Merge,              Merged),
        (Accepted,          AnswerDirectly,     Answered),
        (Accepted,          Supplement,         Accepted),
        (Accepted,          AddEvidence,        Accepted),
        (Accepted,          Withdraw,           Withdrawn),
        (Accepted,          Answer,             Answered),
        (Accepted,          Answer,             OnPlan),
        (OnPlan,            AddEvidence,        OnPlan),
        (OnPlan,            ResumePlan,         Accepted),
        (OnPlan,            Withdraw,           Withdrawn),
        (Answered,          AddEvidence,        Answered),
        (Answered,          CallBack,           Answered),
        (Answered,          CallBack,           Confirmed),
        (Answered,          CallBack,           Dissatisfied),
        (Answered,          CallBack,           Closed),
        (Answered,          Rate,               Confirmed),
        (Answered,          Rate,               Dissatisfied),
        (Confirmed,         Rate,               Confirmed),
        (Confirmed,         Rate,               Dissatisfied),
        (Confirmed,         Close,              Closed),
        (Dissatisfied,      AddEvidence,        Dissatisfied),
        (Dissatisfied,      Rate,               Confirmed),
        (Dissatisfied,      Rate,               Dissatisfied),
        (Dissatisfied,      Redo,               Accepted),
        (Dissatisfied,      ProposeExplanation, Dissatisfied),
        (Dissatisfied,      DecideExplanation,  ClosedUnresolved),
        (Dissatisfied,      DecideExplanation,  Dissatisfied),
        (Closed,            Rate,               Closed),
        (Closed,            Reopen,             Accepted),
        (ClosedUnresolved,  Rate,               ClosedUnresolved),
        (ClosedUnresolved,  Appeal,             ClosedUnresolved),
        (ClosedUnresolved,  DecideAppeal,       Accepted),
        (ClosedUnresolved,  DecideAppeal,       ClosedUnresolved),
        (Rejected,          Appeal,             Rejected),
        (Rejected,          DecideAppeal,       Accepted),
        (Rejected,          DecideAppeal,       Rejected),
        (Merged,            Split,              Accepted),
        (Withdrawn,         CallBack,           Withdrawn),
    ]
};

/// What comes when a limit has run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The head of 吹哨办 is told, then a zone leader after each [`TOLD_AGAIN_AFTER`]; the ticket stays,
    /// and the delay is the dispatcher's.
    Told,
    /// The same, but a zone leader is told first 提级.
    LeaderTold,
    /// The proposal lapses: the ticket stays accepted.
    Lapses,
    /// It is worked on again: the promised date is here.
    WorkedOn,
    /// It is told of to be looked at; the next look is due after as long again.
    LookedAt,
    /// It closes by itself.
    Closes,
    /// The rating counts as it stands.
    Counts,
}

/// Every wait: in which state, for what, whose it is (`System`: nobody's, it comes by itself), how long
/// (none: until the promised date), and what comes then. The work on an accepted ticket is waited for
/// by dispatch. Nobody closes an answered ticket unasked: each call in vain waits anew, and
/// [`CALL_BACK_TRIES`] of them within [`CALL_BACK_TRIES_WITHIN`] close it unrated. A rating waits for its
/// verification wherever the ticket has gone since: its row names where the wait begins.
#[rustfmt::skip]
pub const WAITING: &[(State, AlarmKind, Role, Option<Limit>, End)] = {
    use {AlarmKind as On, End::*, Role::*, State::*};
    &[
        // in               for                 whose        how long                      then
        (Submitted,         On::Accept,         Dispatcher,  Some(ACCEPT_WITHIN),          Told),
        (Accepted,          On::LapseRejection, Dispatcher,  Some(REJECTION_LAPSES_AFTER), Lapses),
        (OnPlan,            On::EndPlan,        System,      None,                         WorkedOn),
        (OnPlan,            On::ReviewPlan,     Dispatcher,  Some(PLAN_REVIEWED_EVERY),    LookedAt),
        (Answered,          On::CallBack,       Dispatcher,  Some(CALL_BACK_WITHIN),       Told),
        (Withdrawn,         On::CallBack,       Dispatcher,  Some(CALL_BACK_WITHIN),       Told),
        (Dissatisfied,      On::Redo,           Dispatcher,  Some(REDO_WITHIN),            LeaderTold),
        (Confirmed,         On::CloseByItself,  System,      Some(CLOSES_AFTER),           Closes),
        (Rejected,          On::DecideAppeal,   Dispatcher,  Some(DECIDE_APPEAL_WITHIN),   Told),
        (ClosedUnresolved,  On::DecideAppeal,   Dispatcher,  Some(DECIDE_APPEAL_WITHIN),   Told),
        (Confirmed,         On::VerifyRating,   Supervisor,  Some(VERIFY_WITHIN),          Counts),
        (Dissatisfied,      On::VerifyRating,   Supervisor,  Some(VERIFY_WITHIN),          Counts),
        (Closed,            On::VerifyRating,   Supervisor,  Some(VERIFY_WITHIN),          Counts),
        (ClosedUnresolved,  On::VerifyRating,   Supervisor,  Some(VERIFY_WITHIN),          Counts),
    ]
};

/// Decides a command: what happens, or why not. Refusals come in the order exists, may, state,
/// limits. Each rule stands in the part of the life that it is of: `intake` (受理 to 撤回), `outcome`
/// (回访 to 办结), `again` (重办 to 申诉), `evidence`, `sight`, `hear`, `alarm`.
pub fn decide(
    before: Option<&Ticket>,
    command: &Command,
    moment: Moment<'_>,
) -> Result<Vec<Fact>, Error> {
    let Some(ticket) = before else { return intake::begin(command, moment) };
    let asked =
        Case { ticket, moment: Moment { now: moment.now.max(ticket.changed_at), ..moment } };
    let happened = match command {
        // It comes in, is added to, or ends before the work does.
        Command::Submit { .. } => return Err(Error::SubmittedAlready),
        Command::Accept { by, work } => intake::accept(&asked, by, work)?,
        Command::Reject { by, reason, channel } => intake::reject(&asked, by, *reason, channel)?,
        Command::Merge { by, into } => intake::merge(&asked, by, into)?,
        Command::AnswerDirectly { by, text, internal_note } => {
            intake::answer_directly(&asked, by, text, internal_note)?
        }
        Command::Supplement { by, text } => intake::supplement(&asked, by, text)?,
        Command::AddEvidence { by, file } => evidence::add(&asked, by, file)?,
        Command::Withdraw { by, reason } => intake::withdraw(&asked, by, reason)?,
        // What the enterprise says of the answer, and what comes of that.
        Command::CallBack { by, call } => outcome::call_back(&asked, by, call)?,
        Command::Rate { by, level, solved, comment, device } => {
            outcome::rate(&asked, by, (*level, *solved, comment), device.as_ref())?
        }
        Command::VerifyRating { by, round, counts, reason } => {
            outcome::verify_rating(&asked, by, (*round, *counts), reason)?
        }
        Command::Close { by } => outcome::close(&asked, by)?,
        Command::ProposeExplanation { by, text, next_channel } => {
            outcome::propose_explanation(&asked, by, text, next_channel)?
        }
        Command::DecideExplanation { by, approved, reason } => {
            outcome::decide_explanation(&asked, by, *approved, reason)?
        }
        // It is worked on again, or after all.
        Command::Split { ask } => again::split(&asked, ask)?,
        Command::Redo { ask } => again::redo(&asked, ask)?,
        Command::ResumePlan { ask } => again::resume_plan(&asked, ask)?,
        Command::Reopen { ask } => again::reopen(&asked, ask)?,
        Command::Appeal { by, reason } => again::appeal(&asked, by, reason)?,
        Command::DecideAppeal { upheld, ask } => again::decide_appeal(&asked, *upheld, ask)?,
        // What moves no ticket: whom it is about, and whose part in it becomes another's.
        Command::ReadContact { by } => sight::read_contact(ticket, by)?,
        Command::EraseContact { by, reason } => sight::erase_contact(by, reason)?,
        Command::Succeed { department, successor } => {
            intake::succeed(ticket, department, successor)
        }
        // What is heard and what time does is never refused; it has instants of its own.
        Command::Hear(heard) => return Ok(hear::hear(ticket, heard, moment)),
        Command::Recount => return Ok(alarm::recount(ticket, moment)),
        Command::Ring(kind) => return Ok(alarm::ring(ticket, *kind, moment)),
    };
    Ok(happened.into_iter().map(|what| Fact { at: asked.moment.now, what }).collect())
}

/// A ticket of which something is asked, and the instant of that: never before it last changed.
struct Case<'a> {
    ticket: &'a Ticket,
    moment: Moment<'a>,
}

impl Case<'_> {
    /// Whether somebody may do this: they know of the ticket, are one of those who ask for it, and
    /// its state takes it.
    fn takes(&self, by: &Viewer, action: Action) -> Result<(), Error> {
        may(self.ticket, by, asked_by(action).iter().any(|role| by.is_as(*role, self.ticket)))?;
        check(self.ticket, action)
    }
}

/// Who asks for an action, by the table.
pub fn asked_by(action: Action) -> &'static [Role] {
    ASKED_BY.iter().find(|(of, _)| *of == action).map_or(&[], |(_, roles)| roles)
}

/// What a fact makes of other tickets: nothing. A ticket that went into another 并单 leaves that one
/// as it was, and goes on by itself if the merge is undone.
pub fn follows(_ticket: &Ticket, _fact: &Fact) -> Vec<(TicketId, Command)> {
    Vec::new()
}
