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
//!    state machine: each decision of each test of the rules is held against the row of its cause.
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
mod ruling;
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
    Armed, Asker, Assistance, Extension, Precedent, Rating, Reply, Return, Round, Signer,
    StandStill, Supervision, WorkPause,
};
pub use waiting::{RINGS, Ring, Then, WATCHED, alarms};
pub use wanted::{Assisting, Named, Nominee, Requested};
pub use words::{
    Action, Alarm, Card, Cause, Counted, Decision, Doer, Escalation, Level, Outcome, PauseReason,
    Release, State, Told, WorkClass, WorkKind,
};

pub use allowed::allowed;
use allowed::{forbidden, step};

use crate::error::Error;

/// A row of [`TRANSITIONS`]: from, action, to, by.
pub type Transition = (State, Action, State, &'static [Doer]);

/// Every move that people can make. What is not here is refused.
///
/// "Any open" of domain.md §5 means here every state in which a department has the order: nobody is
/// urged (催办, 督办) in [`State::Unrouted`], [`State::Escalated`] and [`State::Declined`], where no
/// department could answer and who has to decide is told by [`RINGS`]. Nobody assigns there either;
/// and only who has claimed an order hands it over. Withdrawn and settled is any open order, those
/// three too: by its owner, in [`MOVED`], where also [`State::Cancelled`] is reached, and
/// [`State::Completed`] and [`State::Declined`] are left. Declined is what domain.md calls NotOurs:
/// decision work that its department gave back to its owner, who offers it elsewhere or withdraws it.
/// That the materials were awaited in vain (企业未补充) is an answer, and signed like any other.
///
/// A ruling is two actions of one call, `DecidePause` (granted, refused) and so on; [`Command::Press`]
/// is urging or supervising. Who does it is the last column: a test holds it against the `who` of the
/// call.
#[rustfmt::skip]
pub const TRANSITIONS: &[Transition] = {
    use {Action::*, Doer::*, State::*};
    &[
        // from              action             to                  by
        // 待派
        (Unrouted,           Route,             Offered,            &[Dispatcher]),

        // 待签收
        (Offered,            Claim,             Claimed,            &[Staff, OnDuty]),
        (Offered,            Claim,             InProgress,         &[Staff, OnDuty]),          // contact was made before
        (Offered,            Assign,            Claimed,            &[Lead]),
        (Offered,            Assign,            InProgress,         &[Lead]),                   // likewise
        (Offered,            Contact,           InProgress,         &[Staff, OnDuty]),          // claims too
        (Offered,            Return,            ReturnPending,      &[Staff, OnDuty]),          // answer work
        (Offered,            Decline,           Declined,           &[Staff, OnDuty]),          // decision work
        (Offered,            GrantPause,        Suspended,          &[Dispatcher, ZoneLeader]), // its claimant left meanwhile
        (Offered,            GrantPause,        Offered,            &[Dispatcher, ZoneLeader]), // likewise, and the pause is over already
        (Offered,            RefusePause,       Offered,            &[Dispatcher, ZoneLeader]),
        (Offered,            GrantExtension,    Offered,            &[Dispatcher, ZoneLeader]),
        (Offered,            RefuseExtension,   Offered,            &[Dispatcher, ZoneLeader]),
        (Offered,            Urge,              Offered,            &[Dispatcher, Supervisor]),
        (Offered,            Supervise,         Offered,            &[Supervisor]),
        (Offered,            AnswerSupervision, Offered,            &[Staff, Lead, OnDuty]),

        // 已签收
        (Claimed,            Assign,            Claimed,            &[Lead]),
        (Claimed,            HandOver,          Claimed,            &[Claimant]),
        (Claimed,            Release,           Offered,            &[Claimant]),
        (Claimed,            Contact,           InProgress,         &[Claimant]),
        (Claimed,            Return,            ReturnPending,      &[Staff, Claimant]),        // answer work
        (Claimed,            Decline,           Declined,           &[Staff, Claimant]),        // decision work
        (Claimed,            Complete,          Completed,          &[Claimant]),               // class C, with proof of contact
        (Claimed,            Urge,              Claimed,            &[Dispatcher, Supervisor]),
        (Claimed,            Supervise,         Claimed,            &[Supervisor]),
        (Claimed,            AnswerSupervision, Claimed,            &[Staff, Lead, Claimant]),

        // 办理中
        (InProgress,         Assign,            InProgress,         &[Lead]),
        (InProgress,         HandOver,          InProgress,         &[Claimant]),
        (InProgress,         AskAssistance,     InProgress,         &[Claimant]),               // and a child order
        (InProgress,         WaiveAssistance,   InProgress,         &[Claimant]),
        (InProgress,         AskPause,          InProgress,         &[Claimant]),
        (InProgress,         GrantPause,        Suspended,          &[Dispatcher, ZoneLeader]),
        (InProgress,         GrantPause,        InProgress,         &[Dispatcher, ZoneLeader]), // ruled on after it was over
        (InProgress,         RefusePause,       InProgress,         &[Dispatcher, ZoneLeader]),
        (InProgress,         AskExtension,      InProgress,         &[Claimant]),
        (InProgress,         GrantExtension,    InProgress,         &[Dispatcher, ZoneLeader]),
        (InProgress,         RefuseExtension,   InProgress,         &[Dispatcher, ZoneLeader]),
        (InProgress,         Complete,          Completed,          &[Claimant]),
        (InProgress,         Complete,          AwaitingSignature,  &[Claimant]),               // classes A and B
        (InProgress,         Urge,              InProgress,         &[Dispatcher, Supervisor]),
        (InProgress,         Supervise,         InProgress,         &[Supervisor]),
        (InProgress,         AnswerSupervision, InProgress,         &[Staff, Lead, Claimant]),

        // 退单待裁
        (ReturnPending,      Assign,            ReturnPending,      &[Lead]),
        (ReturnPending,      HandOver,          ReturnPending,      &[Claimant]),
        (ReturnPending,      UpholdReturn,      Offered,            &[Dispatcher]),             // to another department
        (ReturnPending,      UpholdReturn,      Escalated,          &[Dispatcher]),             // A → B → A, three, 职责不清
        (ReturnPending,      RefuseReturn,      Claimed,            &[Dispatcher]),
        (ReturnPending,      RefuseReturn,      Offered,            &[Dispatcher]),             // if nobody had claimed it
        (ReturnPending,      Urge,              ReturnPending,      &[Dispatcher, Supervisor]),
        (ReturnPending,      Supervise,         ReturnPending,      &[Supervisor]),
        (ReturnPending,      AnswerSupervision, ReturnPending,      &[Staff, Lead, Claimant]),

        // 已提级
        (Escalated,          DesignateLead,     Offered,            &[ZoneLeader]),             // finally

        // 挂起
        (Suspended,          Assign,            Suspended,          &[Lead]),
        (Suspended,          HandOver,          Suspended,          &[Claimant]),
        (Suspended,          Resume,            InProgress,         &[Claimant, Dispatcher]),
        (Suspended,          Resume,            Offered,            &[Claimant, Dispatcher]),   // if its claimant has left
        (Suspended,          GrantExtension,    Suspended,          &[Dispatcher, ZoneLeader]),
        (Suspended,          RefuseExtension,   Suspended,          &[Dispatcher, ZoneLeader]),
        (Suspended,          Complete,          Completed,          &[Claimant]),               // materials awaited in vain
        (Suspended,          Complete,          AwaitingSignature,  &[Claimant]),               // likewise, classes A and B
        (Suspended,          Urge,              Suspended,          &[Dispatcher, Supervisor]),
        (Suspended,          Supervise,         Suspended,          &[Supervisor]),
        (Suspended,          AnswerSupervision, Suspended,          &[Staff, Lead, Claimant]),

        // 待签发
        (AwaitingSignature,  Assign,            AwaitingSignature,  &[Lead]),
        (AwaitingSignature,  HandOver,          AwaitingSignature,  &[Claimant]),
        (AwaitingSignature,  Sign,              Completed,          &[Lead]),
        (AwaitingSignature,  SendBack,          InProgress,         &[Lead]),
        (AwaitingSignature,  SendBack,          Offered,            &[Lead]),                   // if its claimant has left
        (AwaitingSignature,  Urge,              AwaitingSignature,  &[Dispatcher, Supervisor]),
        (AwaitingSignature,  Supervise,         AwaitingSignature,  &[Supervisor]),
        (AwaitingSignature,  AnswerSupervision, AwaitingSignature,  &[Staff, Lead, Claimant]),
    ]
};

/// Decides a command: what happens, or why not. `before` is the order, if there is one yet.
///
/// What is heard takes effect at its own instant, and nothing takes effect before the order's
/// last change. A command of what is heard carries besides when it happened (`occurred_at`): lateness,
/// cards and pauses go by that instant, whatever was done since.
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
        | What::MaterialsCame { .. }
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
        What::SentBack { claim_due, .. } => signing::sent_back(&mut order, *claim_due, fact.at),
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
