//! The life of a work order (工单), as rules: no clock, no database, no network.
//!
//! Another service wants something of a department: an order begins, offered (派单) to the department
//! that was named or, if none fits, to the dispatcher, who finds one. One of its people claims it
//! (签收), makes first contact with the enterprise (报到) and answers (办复); classes A and B are signed
//! (签发) before they count. On the way it may be returned (退单), which the dispatcher rules on, or, as
//! decision work, be said to be not ours (`Decline`), which its owner rules on; who cannot agree is
//! designated by a zone leader (提级). Others may assist it (协办) with orders of their own, its clock may
//! stand still (挂起) or its limit be extended (延期). *Answer* work is done here and may be returned;
//! *decision* work is decided by its owner, who tells that it is settled. ClaimNext is a Claim of
//! what is most urgent.
//!
//! Read the tables first, in this order:
//!
//! 1. [`MOVED`] (`moved`): how an order begins, and how it goes on or ends without anybody here:
//!    asked for, withdrawn, settled, wanted again, resumed, claimed by default, left.
//! 2. [`TRANSITIONS`], here: what people may do, and where it leads. The two together are the whole
//!    state machine; every test holds each step against them.
//! 3. [`WATCHED`] and [`RINGS`] (`waiting`): how long each state may last, who is told when it lasts
//!    longer, and what ends it.
//! 4. [`HEARD`] (`heard`): what becomes of each fact that another service tells, in every state.
//!
//! [`decide`] adds what tables cannot say (who may, how often, until when), and [`apply`] alone
//! makes the next order. The parts: `order` and `parts` are the thing, `words` its words with their
//! Chinese terms, `command` and `wanted` what is asked, `fact` what happened, `allowed` what would
//! do now, `limits` and `bounds` how long, `sight` who may know of it; the others hold the rules of
//! one matter each.

pub mod command;
pub mod fact;
pub mod heard;
pub mod limits;
pub mod moved;
pub mod office;
pub mod order;
pub mod parts;
pub mod sight;
pub mod waiting;
pub mod wanted;
pub mod words;

mod acceptance;
mod allowed;
mod answer;
mod assistance;
mod bounds;
mod cards;
mod claim;
mod contact;
mod deciding;
mod ending;
mod extension;
mod offer;
mod pause;
mod recount;
mod returning;
mod round;
mod routing;
mod signing;
mod succession;
mod supervision;
mod verdict;
mod watch;

#[cfg(test)]
mod tests;

use base::WorkOrderId;
use calendar::Moment;
use jiff::Timestamp;

pub use command::Command;
pub use fact::{Acceptance, Fact, Offer, Vacancy, What};
pub use heard::{Effect, HEARD, Heard};
pub use limits::{Deadline, Due, LIMITS, LimitKind, LimitRule, LimitStart, Limits, Tier};
pub use moved::{By, MOVED, Start};
pub use office::office;
pub use order::WorkOrder;
pub use parts::{
    Armed, Assistance, Extension, Precedent, Rating, Reply, Return, Round, Signer, StandStill,
    Supervision, WorkPause,
};
pub use waiting::{RINGS, Ring, Then, WATCHED, alarms};
pub use wanted::{Assisting, Named, Nominee, Requested};
pub use words::{
    Action, Alarm, Card, Cause, Counted, Decision, Escalation, Level, Outcome, PauseReason,
    Release, State, Told, WorkClass, WorkKind,
};

pub use allowed::allowed;
use allowed::{forbidden, step};

use crate::error::Error;

/// Every move that people can make. What is not here is refused.
///
/// "Any open" of domain.md §5 means here every state in which a department has the order: nobody is
/// urged (催办, 督办) in [`State::Unrouted`], [`State::Escalated`] and [`State::Declined`], where no
/// department could answer and who has to decide is told by [`RINGS`]. Nobody assigns there either;
/// and only who has claimed an order hands it over. Withdrawn and settled is any open order, those
/// three too: by its owner, in [`MOVED`], where also [`State::Cancelled`] is reached, and
/// [`State::Completed`] and [`State::Declined`] are left. An answer that was awaited in vain is signed
/// like any other.
#[rustfmt::skip]
pub const TRANSITIONS: &[(State, Action, State)] = {
    use {Action::*, State::*};
    &[
        // from              action             to
        // 待派
        (Unrouted,           Route,             Offered),

        // 待签收
        (Offered,            Claim,             Claimed),
        (Offered,            Claim,             InProgress),        // contact was made before
        (Offered,            Assign,            Claimed),
        (Offered,            Assign,            InProgress),        // likewise
        (Offered,            Contact,           InProgress),        // claims too
        (Offered,            Return,            ReturnPending),     // answer work
        (Offered,            Decline,           Declined),          // decision work
        (Offered,            GrantPause,        Suspended),         // its claimant left meanwhile
        (Offered,            GrantPause,        Offered),           // likewise, and it is over
        (Offered,            RefusePause,       Offered),
        (Offered,            GrantExtension,    Offered),
        (Offered,            RefuseExtension,   Offered),
        (Offered,            Urge,              Offered),
        (Offered,            Supervise,         Offered),
        (Offered,            AnswerSupervision, Offered),

        // 已签收
        (Claimed,            Assign,            Claimed),
        (Claimed,            HandOver,          Claimed),
        (Claimed,            Release,           Offered),
        (Claimed,            Contact,           InProgress),
        (Claimed,            Return,            ReturnPending),     // answer work
        (Claimed,            Decline,           Declined),          // decision work
        (Claimed,            Complete,          Completed),         // class C, with proof of contact
        (Claimed,            Urge,              Claimed),
        (Claimed,            Supervise,         Claimed),
        (Claimed,            AnswerSupervision, Claimed),

        // 办理中
        (InProgress,         Assign,            InProgress),
        (InProgress,         HandOver,          InProgress),
        (InProgress,         AskAssistance,     InProgress),        // and a child order
        (InProgress,         WaiveAssistance,   InProgress),
        (InProgress,         AskPause,          InProgress),
        (InProgress,         GrantPause,        Suspended),
        (InProgress,         GrantPause,        InProgress),        // ruled on after it was over
        (InProgress,         RefusePause,       InProgress),
        (InProgress,         AskExtension,      InProgress),
        (InProgress,         GrantExtension,    InProgress),
        (InProgress,         RefuseExtension,   InProgress),
        (InProgress,         Complete,          Completed),
        (InProgress,         Complete,          AwaitingSignature), // classes A and B
        (InProgress,         Urge,              InProgress),
        (InProgress,         Supervise,         InProgress),
        (InProgress,         AnswerSupervision, InProgress),

        // 退单待裁
        (ReturnPending,      Assign,            ReturnPending),
        (ReturnPending,      HandOver,          ReturnPending),
        (ReturnPending,      UpholdReturn,      Offered),           // to another department
        (ReturnPending,      UpholdReturn,      Escalated),         // A → B → A, three, 职责不清
        (ReturnPending,      RefuseReturn,      Claimed),
        (ReturnPending,      RefuseReturn,      Offered),           // if nobody had claimed it
        (ReturnPending,      Urge,              ReturnPending),
        (ReturnPending,      Supervise,         ReturnPending),
        (ReturnPending,      AnswerSupervision, ReturnPending),

        // 已提级
        (Escalated,          DesignateLead,     Offered),           // finally

        // 挂起
        (Suspended,          Assign,            Suspended),
        (Suspended,          HandOver,          Suspended),
        (Suspended,          Resume,            InProgress),
        (Suspended,          Resume,            Offered),           // if its claimant has left
        (Suspended,          GrantExtension,    Suspended),
        (Suspended,          RefuseExtension,   Suspended),
        (Suspended,          Complete,          Completed),         // awaited in vain
        (Suspended,          Complete,          AwaitingSignature), // likewise, classes A and B
        (Suspended,          Urge,              Suspended),
        (Suspended,          Supervise,         Suspended),
        (Suspended,          AnswerSupervision, Suspended),

        // 待签发
        (AwaitingSignature,  Assign,            AwaitingSignature),
        (AwaitingSignature,  HandOver,          AwaitingSignature),
        (AwaitingSignature,  Sign,              Completed),
        (AwaitingSignature,  SendBack,          InProgress),
        (AwaitingSignature,  SendBack,          Offered),           // if its claimant has left
        (AwaitingSignature,  Urge,              AwaitingSignature),
        (AwaitingSignature,  Supervise,         AwaitingSignature),
        (AwaitingSignature,  AnswerSupervision, AwaitingSignature),
    ]
};

/// Decides a command: what happens, or why not. `before` is the order, if there is one yet.
///
/// What is heard takes effect at its own instant, and nothing takes effect before the order's
/// last change.
pub fn decide(
    before: Option<&WorkOrder>,
    command: &Command,
    moment: Moment<'_>,
) -> Result<Vec<Fact>, Error> {
    let happened_at = command.occurred_at().unwrap_or(moment.now);
    let at = before.map_or(happened_at, |order| happened_at.max(order.changed_at));
    let moment = Moment { now: at, ..moment };
    let happened = match before {
        None => offer::begin(command, moment)?,
        Some(order) => happens(order, command, moment)?,
    };
    Ok(happened.into_iter().map(|what| Fact { at, what }).collect())
}

fn happens(order: &WorkOrder, command: &Command, moment: Moment<'_>) -> Result<Vec<What>, Error> {
    match command {
        // 签收 to 提级.
        Command::Claim { .. }
        | Command::Assign { .. }
        | Command::HandOver { .. }
        | Command::Release { .. }
        | Command::Contact { .. }
        | Command::Return { .. }
        | Command::UpholdReturn { .. }
        | Command::RefuseReturn { .. }
        | Command::Route { .. }
        | Command::DesignateLead { .. }
        | Command::Decline { .. } => deciding::whose_work_it_is(order, command, moment),
        // 协办, 挂起, 延期, 办复, 签发; pressing is 催办 and 督办.
        Command::AskAssistance { .. }
        | Command::WaiveAssistance { .. }
        | Command::AskPause { .. }
        | Command::DecidePause { .. }
        | Command::Resume { .. }
        | Command::AskExtension { .. }
        | Command::DecideExtension { .. }
        | Command::Complete { .. }
        | Command::Sign { .. }
        | Command::SendBack { .. }
        | Command::Press { .. }
        | Command::AnswerSupervision { .. } => deciding::how_it_is_done(order, command, moment),
        // Told by the owner of the work, and by the directory: [`HEARD`] says what becomes of it.
        Command::Request(_)
        | Command::Reopen { .. }
        | Command::Withdraw { .. }
        | Command::Accept { .. }
        | Command::Settle { .. }
        | Command::SupplyMaterials { .. }
        | Command::Rate { .. }
        | Command::VerifyRating { .. }
        | Command::Close { .. }
        | Command::Recount
        | Command::Leave { .. }
        | Command::Succeed { .. } => Ok(hears(order, command, moment)),
        // What the order that is assisted passes on, and what time does.
        Command::Assist(_)
        | Command::AskAnew(_)
        | Command::FollowLead { .. }
        | Command::Cancel { .. }
        | Command::NoteAssisted { .. }
        | Command::FollowDue { .. }
        | Command::StandStill { .. }
        | Command::GoOn { .. }
        | Command::Ring { .. } => Ok(deciding::what_follows(order, command, moment)),
    }
}

/// What is told by others: its row says what becomes of it.
fn hears(order: &WorkOrder, command: &Command, moment: Moment<'_>) -> Vec<What> {
    let Some(heard) = command.heard() else { return Vec::new() };
    match effect(order.state, heard) {
        Effect::Taken => deciding::what_is_told(order, command, moment),
        Effect::Late => late(order, heard),
        Effect::Passed(_) => Vec::new(),
    }
}

/// The order after a fact. Folding all its facts gives the order.
pub fn apply(before: Option<WorkOrder>, fact: &Fact) -> Option<WorkOrder> {
    if let What::Offered { order } | What::Reopened { order } = &fact.what {
        return Some(WorkOrder::clone(order));
    }
    let mut order = before?;
    order.changed_at = order.changed_at.max(fact.at);
    match &fact.what {
        What::Offered { .. } | What::Reopened { .. } | What::HeardLate { .. } => {}
        What::Claimed { .. } | What::HandedOver { .. } | What::Released { .. } => {
            claim::applied(&mut order, fact);
        }
        What::Routed { .. }
        | What::Unrouted { .. }
        | What::Designated { .. }
        | What::Escalated { .. }
        | What::Declined { .. } => routing::applied(&mut order, fact),
        What::Accepted { .. } => acceptance::applied(&mut order, fact),
        What::Contacted { human, late, .. } => {
            contact::contacted(&mut order, human, *late, fact.at);
        }
        What::Returned { .. } | What::ReturnRefused { .. } | What::Rerouted { .. } => {
            returning::applied(&mut order, fact);
        }
        What::AssistanceAsked { .. }
        | What::AssistanceWaived { .. }
        | What::Assisted { .. }
        | What::LeadFollowed { .. }
        | What::StoodStill { .. }
        | What::WentOn { .. } => assistance::applied(&mut order, fact),
        What::PauseAsked { .. }
        | What::MaterialsCame
        | What::PauseRefused { .. }
        | What::Suspended { .. }
        | What::Resumed { .. } => pause::applied(&mut order, fact),
        What::ExtensionAsked { .. } | What::ExtensionRuled { .. } => {
            extension::applied(&mut order, fact);
        }
        What::DueChanged { .. }
        | What::YellowCarded { .. }
        | What::RedCarded { .. }
        | What::CardAnnulled { .. }
        | What::LimitMissed { .. } => watch::applied(&mut order, fact),
        What::AwaitedMoved { .. } | What::CardsMoved { .. } => recount::applied(&mut order, fact),
        What::SentBack { .. } => signing::sent_back(&mut order),
        What::Replied { .. } | What::Completed { .. } => answer::applied(&mut order, fact),
        What::Rated { .. } | What::RatingVerified { .. } | What::Closed { .. } => {
            verdict::applied(&mut order, fact);
        }
        What::Settled { .. } | What::Cancelled { .. } => ending::applied(&mut order, fact),
        What::Moved { .. } => succession::applied(&mut order, fact),
        What::Pressed { .. } | What::SupervisionAnswered { .. } => {
            supervision::applied(&mut order, fact);
        }
    }
    Some(order)
}

/// What a fact makes of other orders, in the same unit of work: a child order is made, its parent
/// learns that it is done, it follows its parent's lead, pauses and due instant, and ends with it.
pub fn follows(order: &WorkOrder, fact: &Fact) -> Vec<(WorkOrderId, Command)> {
    [assistance::follows(order, fact), ending::follows(order, fact)].concat()
}

/// What becomes of a fact that is heard in a state. [`HEARD`] has a row for each, as a test shows.
pub fn effect(state: State, heard: Heard) -> Effect {
    let row = HEARD.iter().find(|(from, what, _)| (*from, *what) == (state, heard));
    row.map_or(Effect::Late, |(_, _, effect)| *effect)
}

fn late(order: &WorkOrder, heard: Heard) -> Vec<What> {
    vec![What::HeardLate { heard, state: order.state }]
}

/// The order as several facts of one decision leave it.
fn after(order: &WorkOrder, happened: &[What], at: Timestamp) -> WorkOrder {
    let fold = |order: WorkOrder, what: &What| {
        let fact = Fact { at, what: what.clone() };
        apply(Some(order.clone()), &fact).unwrap_or(order)
    };
    happened.iter().fold(order.clone(), fold)
}
