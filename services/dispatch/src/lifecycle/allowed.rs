//! What may be done with an order as it is now: by the table, and by what this order is.

use super::order::WorkOrder;
use super::words::{Action, Level, PauseReason, State, WorkClass, WorkKind};
use super::{TRANSITIONS, signing};
use crate::error::Error;

/// Whether `action` is possible in the order's state, by the table.
pub(super) fn step(order: &WorkOrder, action: Action) -> Result<(), Error> {
    if by_table(order.state, action) { Ok(()) } else { Err(forbidden(order, action)) }
}

/// The state forbids an action: it says what would do instead.
pub(super) fn forbidden(order: &WorkOrder, action: Action) -> Error {
    let others = allowed(order).into_iter().filter(|other| *other != action);
    Error::StateForbids { state: order.state, action, allowed: others.collect() }
}

/// Everything that somebody may do with an order as it stands, in the order of the table. Who may,
/// and until when, is said by the rule of each.
pub fn allowed(order: &WorkOrder) -> Vec<Action> {
    let mut allowed: Vec<Action> = Vec::new();
    for (from, action, ..) in TRANSITIONS {
        let fits = *from == order.state && !allowed.contains(action) && fits(order, *action);
        if fits {
            allowed.push(*action);
        }
    }
    allowed
}

fn by_table(state: State, action: Action) -> bool {
    TRANSITIONS.iter().any(|(from, by, ..)| (*from, *by) == (state, action))
}

/// Whether what the table allows has an object here.
fn fits(order: &WorkOrder, action: Action) -> bool {
    let is_answer = order.kind == WorkKind::Answer;
    let leads = order.parent.is_none();
    let untouched = order.contacted_at.is_none() && !order.designated;
    match action {
        Action::Return => is_answer && leads && untouched && !returned_before(order),
        Action::Decline => !is_answer && untouched,
        Action::Contact => order.contacted_at.is_none(),
        Action::HandOver => order.claimant.is_some(),
        Action::AskAssistance => leads,
        Action::WaiveAssistance => order.open_assistance().next().is_some(),
        Action::AskPause => leads && order.pending_pause().is_none(),
        Action::GrantPause | Action::RefusePause => order.pending_pause().is_some(),
        Action::AskExtension => leads && order.pending_extension().is_none(),
        Action::GrantExtension | Action::RefuseExtension => order.pending_extension().is_some(),
        Action::Complete => is_answer && completable(order),
        Action::Sign => signing::holds(order),
        Action::Urge => !pressed(order, Level::Urged),
        Action::Supervise => !pressed(order, Level::Supervised),
        Action::AnswerSupervision => {
            order.supervisions.iter().any(|asked| asked.answered_at.is_none())
        }
        Action::Route
        | Action::Claim
        | Action::Assign
        | Action::Release
        | Action::UpholdReturn
        | Action::RefuseReturn
        | Action::DesignateLead
        | Action::Resume
        | Action::SendBack => true,
    }
}

fn returned_before(order: &WorkOrder) -> bool {
    order.returns.iter().any(|past| order.is_of(&past.department))
}

/// Before first contact class C alone; while the clock stands still only what is awaited in vain.
fn completable(order: &WorkOrder) -> bool {
    let awaited = |pause: &super::WorkPause| pause.reason == PauseReason::AwaitingMaterials;
    match order.state {
        State::Claimed => order.work_class == WorkClass::C,
        State::Suspended => order.claimant.is_some() && order.running_pause().is_some_and(awaited),
        State::Unrouted
        | State::Offered
        | State::InProgress
        | State::ReturnPending
        | State::Escalated
        | State::Declined
        | State::AwaitingSignature
        | State::Completed
        | State::Cancelled => true,
    }
}

fn pressed(order: &WorkOrder, level: Level) -> bool {
    let for_due = order.reply.map(|reply| reply.due.at);
    let last = order.supervisions.iter().rfind(|past| past.level == level);
    last.is_some_and(|last| last.for_due == for_due)
}
