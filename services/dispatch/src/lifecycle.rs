//! The life of a work order (工单), as rules: no clock, no database, no network.
//!
//! Read the tables first. [`TRANSITIONS`] is the whole state machine: what people may do, and
//! where it leads. [`WATCHED`] says what time does meanwhile. [`HEARD`] says what becomes of each
//! fact that another service tells, in every state. [`decide`] adds what tables cannot say (who
//! may, how often, until when), and [`apply`] alone makes the next order.
//!
//! The parts: `order` is the thing, `command` what is asked, `fact` what happened, `limits` how
//! long, `sight` who may know of it; the others hold the rules of one matter each.

pub mod command;
pub mod fact;
pub mod limits;
pub mod order;
pub mod sight;

mod answer;
mod assistance;
mod contact;
mod offer;
mod pause;
mod returning;
mod watch;

#[cfg(test)]
mod tests;

use base::WorkOrderId;
use calendar::Moment;
use jiff::Timestamp;

pub use command::{Assisting, Cause, Command, Named, Nominee, Requested};
pub use fact::{Fact, What};
pub use limits::{Deadline, Due, LIMITS, LimitKind, LimitRule, LimitStart, Limits, Tier};
pub use order::{
    Armed, Assistance, Card, Decision, Outcome, PauseReason, Rating, Return, StandStill, Told,
    WorkClass, WorkKind, WorkOrder, WorkPause,
};

use crate::error::Error;
use order::word;
use sight::{claimant, of_the_department, stranger};

word!(
    /// Where an order stands (domain.md §5).
    State {
        /// 待签收: waits for the department.
        Offered,
        /// 已签收: waits for first contact.
        Claimed,
        /// 办理中: first contact was made.
        InProgress,
        /// 退单待裁: waits for the dispatcher; no clock stops.
        ReturnPending,
        /// 挂起: a pause is granted.
        Suspended,
        /// 已办复.
        Completed,
    }
);
word!(
    /// What people do with an order.
    Action {
        /// 签收.
        Claim,
        /// 指派.
        Assign,
        /// 转交.
        HandOver,
        /// 报到.
        Contact,
        /// 退单.
        Return,
        /// 同意退单.
        UpholdReturn,
        /// 不同意退单.
        RefuseReturn,
        /// 申请协办.
        AskAssistance,
        /// 申请挂起.
        AskPause,
        /// 同意挂起.
        GrantPause,
        /// 不同意挂起.
        RefusePause,
        /// 办复.
        Complete,
        /// 催办.
        Urge,
    }
);

/// Every move that people can make. What is not here is refused.
#[rustfmt::skip]
pub const TRANSITIONS: &[(State, Action, State)] = {
    use {Action::*, State::*};
    &[
        // from          action         to
        (Offered,        Claim,         Claimed),
        (Offered,        Assign,        Claimed),
        (Offered,        Contact,       InProgress),      // claims too
        (Offered,        Return,        ReturnPending),
        (Offered,        Urge,          Offered),

        (Claimed,        Assign,        Claimed),
        (Claimed,        HandOver,      Claimed),
        (Claimed,        Contact,       InProgress),
        (Claimed,        Return,        ReturnPending),
        (Claimed,        Complete,      Completed),       // class C, with proof of contact
        (Claimed,        Urge,          Claimed),

        (InProgress,     Assign,        InProgress),
        (InProgress,     HandOver,      InProgress),
        (InProgress,     AskAssistance, InProgress),      // and a child order
        (InProgress,     AskPause,      InProgress),
        (InProgress,     GrantPause,    Suspended),
        (InProgress,     GrantPause,    InProgress),      // ruled on after it was over
        (InProgress,     RefusePause,   InProgress),
        (InProgress,     Complete,      Completed),
        (InProgress,     Urge,          InProgress),

        (ReturnPending,  Assign,        ReturnPending),
        (ReturnPending,  HandOver,      ReturnPending),
        (ReturnPending,  UpholdReturn,  Offered),         // to another department
        (ReturnPending,  RefuseReturn,  Claimed),
        (ReturnPending,  RefuseReturn,  Offered),         // if nobody had claimed it
        (ReturnPending,  Urge,          ReturnPending),

        (Suspended,      Assign,        Suspended),
        (Suspended,      HandOver,      Suspended),
        (Suspended,      Urge,          Suspended),
    ]
};

word!(
    /// What time does.
    Alarm {
        /// The claim limit ran out: the lead is told; after as long again the head has the order.
        Claim,
        /// The limit of first contact ran out: the lead is told.
        Contact,
        /// The dispatcher has not ruled on a return: the head of dispatch, then a zone leader is told.
        ReturnDecision,
        /// The dispatcher has not ruled on a pause: likewise.
        PauseDecision,
        /// A pause is over; the clock goes on.
        PauseEnd,
        /// 黄牌.
        YellowCard,
        /// 红牌.
        RedCard,
        /// The answer is long overdue: the lead, then a zone leader is told.
        Overdue,
    }
);

/// Which alarms may ring in which state. Every open state has one.
#[rustfmt::skip]
pub const WATCHED: &[(State, &[Alarm])] = {
    use {Alarm::*, State::*};
    &[
        (Offered,       &[Claim, Contact, YellowCard, RedCard, Overdue]),
        (Claimed,       &[Contact, YellowCard, RedCard, Overdue]),
        (InProgress,    &[PauseDecision, YellowCard, RedCard, Overdue]),
        (ReturnPending, &[ReturnDecision, Contact, YellowCard, RedCard, Overdue]),
        (Suspended,     &[PauseEnd]),                     // no card for what is suspended
        (Completed,     &[]),
    ]
};

word!(
    /// What other services tell about an order that exists.
    Heard {
        /// The work is asked for (once more).
        WorkRequested,
        /// The enterprise supplied what was awaited.
        MaterialsSupplied,
        /// The enterprise is content.
        TicketConfirmed,
        /// The enterprise is not content.
        TicketDissatisfied,
    }
);

/// What becomes of a fact that is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It takes effect.
    Taken,
    /// It comes too late: recorded, and nothing else changes.
    Late,
    /// It says nothing to this order, for this reason.
    Passed(&'static str),
}

/// What becomes of each fact in each state. None is ever an error.
#[rustfmt::skip]
pub const HEARD: &[(State, Heard, Effect)] = {
    use {Effect::*, Heard::*, State::*};
    const NOTHING_WAITS: Effect = Passed("no pause is possible before first contact");
    &[
        (Offered,       WorkRequested,      Late),
        (Offered,       MaterialsSupplied,  NOTHING_WAITS),
        (Offered,       TicketConfirmed,    Late),
        (Offered,       TicketDissatisfied, Late),
        (Claimed,       WorkRequested,      Late),
        (Claimed,       MaterialsSupplied,  NOTHING_WAITS),
        (Claimed,       TicketConfirmed,    Late),
        (Claimed,       TicketDissatisfied, Late),
        (InProgress,    WorkRequested,      Late),
        (InProgress,    MaterialsSupplied,  Taken),       // a pause may wait for the ruling
        (InProgress,    TicketConfirmed,    Late),
        (InProgress,    TicketDissatisfied, Late),
        (ReturnPending, WorkRequested,      Late),
        (ReturnPending, MaterialsSupplied,  NOTHING_WAITS),
        (ReturnPending, TicketConfirmed,    Late),
        (ReturnPending, TicketDissatisfied, Late),
        (Suspended,     WorkRequested,      Late),
        (Suspended,     MaterialsSupplied,  Taken),
        (Suspended,     TicketConfirmed,    Late),
        (Suspended,     TicketDissatisfied, Late),
        (Completed,     WorkRequested,      Late),
        (Completed,     MaterialsSupplied,  Late),
        (Completed,     TicketConfirmed,    Taken),
        (Completed,     TicketDissatisfied, Taken),
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
    if let Some(heard) = command.heard() {
        match effect(order.state, heard) {
            Effect::Taken => {}
            Effect::Late => return Ok(late(order, heard)),
            Effect::Passed(_) => return Ok(Vec::new()),
        }
    }
    match command {
        Command::Claim { by } => offer::claim(order, by, moment),
        Command::Assign { by, to } => offer::assign(order, by, to, moment),
        Command::HandOver { by, to } => offer::hand_over(order, by, to),
        Command::Contact { by, proof } => contact::contact(order, by, proof, moment),
        Command::Return { by, basis, names } => {
            returning::give_back(order, by, basis, names.as_ref(), moment)
        }
        Command::UpholdReturn { to, reason } => returning::uphold(order, to, reason, moment),
        Command::RefuseReturn { reason } => returning::refuse(order, reason),
        Command::AskAssistance { by, department, text, child, number } => {
            assistance::ask(order, by, department, text, (*child, number), moment)
        }
        Command::AskPause { by, reason, note, until } => {
            pause::ask(order, by, (*reason, note), *until, moment)
        }
        Command::DecidePause { decision, reason } => pause::rule(order, *decision, reason, moment),
        Command::Complete { .. } => answer::complete(order, command, moment),
        Command::Urge { by, note } => answer::urge(order, by, note),
        Command::SupplyMaterials { occurred_at } => pause::supply(order, *occurred_at, moment),
        Command::Rate { round, rating, .. } => Ok(answer::rate(order, *round, *rating)),
        Command::Recount => Ok(watch::recount(order, moment)),
        Command::NoteAssisted { child, concerned } => {
            Ok(assistance::done(order, *child, concerned))
        }
        Command::FollowDue { due, cause } => Ok(assistance::follow(order, *due, *cause, moment)),
        Command::StandStill { pause, due } => {
            Ok(assistance::stand_still(order, pause, *due, moment))
        }
        Command::GoOn { resumed_at, ran_out } => {
            Ok(assistance::go_on(order, *resumed_at, *ran_out))
        }
        Command::Ring { alarm, head } => Ok(watch::ring(order, *alarm, head.as_ref(), moment)),
        // The order exists: whoever asks for it to be made is too late, and the id is theirs alone.
        Command::Request(_) | Command::Assist(_) => Ok(late(order, Heard::WorkRequested)),
    }
}

/// The order after a fact. Folding all its facts gives the order.
pub fn apply(before: Option<WorkOrder>, fact: &Fact) -> Option<WorkOrder> {
    if let What::Offered { order } = &fact.what {
        return Some(WorkOrder::clone(order));
    }
    let mut order = before?;
    order.changed_at = order.changed_at.max(fact.at);
    match &fact.what {
        What::Offered { .. }
        | What::Claimed { .. }
        | What::HandedOver { .. }
        | What::Rerouted { .. } => offer::applied(&mut order, fact),
        What::Contacted { by, late, .. } => contact::contacted(&mut order, by, *late, fact.at),
        What::Returned { .. } | What::ReturnRefused { .. } => {
            returning::applied(&mut order, fact);
        }
        What::AssistanceAsked { .. }
        | What::Assisted { .. }
        | What::StoodStill { .. }
        | What::WentOn { .. } => assistance::applied(&mut order, fact),
        What::PauseAsked { .. }
        | What::MaterialsCame
        | What::PauseRefused { .. }
        | What::Suspended { .. }
        | What::Resumed { .. } => pause::applied(&mut order, fact),
        What::DueChanged { .. }
        | What::YellowCarded { .. }
        | What::RedCarded { .. }
        | What::CardAnnulled { .. }
        | What::LimitMissed { .. } => watch::applied(&mut order, fact),
        What::Completed { .. } | What::Urged { .. } | What::Rated { .. } => {
            answer::applied(&mut order, fact);
        }
        What::HeardLate { .. } => {}
    }
    Some(order)
}

/// The alarms that an order in this state has set. An assisting order has no card while the order
/// that it assists is suspended.
pub fn alarms(order: &WorkOrder) -> Vec<(Alarm, Timestamp)> {
    let watched = WATCHED.iter().find(|(state, _)| *state == order.state);
    let watched = watched.map_or(&[][..], |(_, alarms)| alarms);
    let cards_from = order.still.as_ref().map_or(Timestamp::MIN, |still| still.cards_from);
    let armed = |alarm: &Alarm| {
        let at = order.armed.get(alarm)?.at;
        let is_card = matches!(alarm, Alarm::YellowCard | Alarm::RedCard | Alarm::Overdue);
        Some((*alarm, if is_card { at.max(cards_from) } else { at }))
    };
    watched.iter().filter_map(armed).collect()
}

/// What a fact makes of other orders, in the same unit of work: a child order is made, its parent
/// learns that it is done, it stands still with its parent and follows its parent's due instant.
pub fn follows(order: &WorkOrder, fact: &Fact) -> Vec<(WorkOrderId, Command)> {
    assistance::follows(order, fact)
}

/// What becomes of a fact that is heard in a state.
pub fn effect(state: State, heard: Heard) -> Effect {
    let row = HEARD.iter().find(|(from, what, _)| (*from, *what) == (state, heard));
    row.map_or(Effect::Late, |(_, _, effect)| *effect)
}

/// Whether `action` is possible in the order's state, by the table.
fn step(order: &WorkOrder, action: Action) -> Result<(), Error> {
    if TRANSITIONS.iter().any(|(from, by, _)| (*from, *by) == (order.state, action)) {
        return Ok(());
    }
    let from_here = TRANSITIONS.iter().filter(|(from, _, _)| *from == order.state);
    let mut allowed: Vec<Action> = from_here.map(|(_, by, _)| *by).collect();
    allowed.dedup();
    Err(Error::StateForbids { state: order.state, action, allowed })
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
