//! Every move that nobody here makes: what other services tell, what comes of other orders, and
//! what time does.

use super::command::Command;
use super::heard::Heard;
use super::words::{Alarm, State};

/// Where a move begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// There is no order yet.
    Nothing,
    /// It is in this state.
    In(State),
    /// It is in any open state.
    AnyOpen,
    /// It is in any state in which a department has it.
    WithDepartment,
}

/// What makes a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// What another service tells.
    Told(Heard),
    /// An alarm.
    Rung(Alarm),
    /// The order that this one assists (协办).
    Assisted,
}

impl By {
    /// What makes the move that a command asks for; none of what people ask.
    pub fn of(command: &Command) -> Option<By> {
        if let Some(heard) = command.heard() {
            return Some(By::Told(heard));
        }
        if let Command::Ring { alarm, .. } = command {
            return Some(By::Rung(*alarm));
        }
        command.is_own().then_some(By::Assisted)
    }
}

/// Every such move. With [`TRANSITIONS`](super::TRANSITIONS) it is the whole state machine.
///
/// A row is one decision, from where it finds the order to where it leaves it. What it passes through
/// on the way is none: a pause that ends before the order is settled or taken away, an answer that is
/// sent back before nobody has it any more.
///
/// What is over is wanted again by `WorkReopened`: request tells it of a redone or reopened ticket, and
/// of one that was withdrawn here when it was rejected, merged or answered directly, and then won its
/// appeal, was split or was not content. A later round may be asked for plainly too, by `WorkRequested`;
/// neither request nor agency does so today.
#[rustfmt::skip]
pub const MOVED: &[(Start, By, State)] = {
    use {By::*, Start::*, Heard::*, State::*};
    &[
        // from              by                          to
        (Nothing,            Told(WorkRequested),        Offered),    // to the lead that was named
        (Nothing,            Told(WorkRequested),        Unrouted),   // no department fits
        (Nothing,            Told(WorkReopened),         Offered),    // of a matter without an order
        (Nothing,            Told(WorkReopened),         Unrouted),   // likewise
        (Nothing,            Told(WorkReopened),         Escalated),  // likewise, done over too often
        (Nothing,            Assisted,                   Offered),    // a child order

        (AnyOpen,            Told(WorkWithdrawn),        Cancelled),  // and its children
        (AnyOpen,            Assisted,                   Cancelled),  // waived, or the other is over
        (AnyOpen,            Assisted,                   Offered),    // overdue in a round that is over, asked anew
        (AnyOpen,            Told(WorkSettled),          Completed),  // decision work, as of its instant

        (In(Completed),      Told(WorkRequested),        Offered),    // round + 1
        (In(Completed),      Told(WorkRequested),        Unrouted),
        (In(Completed),      Told(WorkReopened),         Offered),    // round + 1
        (In(Completed),      Told(WorkReopened),         Unrouted),
        (In(Completed),      Told(WorkReopened),         Escalated),  // done over too often
        (In(Completed),      Assisted,                   Offered),    // children are asked anew
        (In(Cancelled),      Told(WorkRequested),        Offered),    // round + 1
        (In(Cancelled),      Told(WorkRequested),        Unrouted),
        (In(Cancelled),      Told(WorkReopened),         Offered),    // round + 1
        (In(Cancelled),      Told(WorkReopened),         Unrouted),
        (In(Cancelled),      Told(WorkReopened),         Escalated),
        (In(Cancelled),      Assisted,                   Offered),
        (In(Declined),       Told(WorkRequested),        Offered),    // round + 1
        (In(Declined),       Told(WorkRequested),        Unrouted),
        (In(Declined),       Told(WorkReopened),         Offered),    // another department, same round
        (In(Declined),       Told(WorkReopened),         Unrouted),
        (In(Declined),       Told(WorkReopened),         Escalated),

        (In(Offered),        Rung(Alarm::Claim),         Claimed),    // counts as claimed by the head
        (In(Offered),        Rung(Alarm::Claim),         InProgress), // likewise, contacted before
        (In(Claimed),        Told(StaffLeft),            Offered),    // back to the department
        (In(InProgress),     Told(StaffLeft),            Offered),    // likewise
        (In(Suspended),      Told(MaterialsSupplied),    InProgress), // what was awaited came
        (In(Suspended),      Told(MaterialsSupplied),    Offered),    // its claimant left meanwhile
        (In(Suspended),      Rung(Alarm::PauseEnd),      InProgress), // by itself
        (In(Suspended),      Rung(Alarm::PauseEnd),      Offered),    // its claimant left meanwhile
        (WithDepartment,     Told(DepartmentSucceeded),  Unrouted),   // by whom the complaint is about
        (WithDepartment,     Told(DepartmentSucceeded),  Escalated),  // likewise, once designated
        (WithDepartment,     Told(DepartmentSucceeded),  Cancelled),  // likewise, of an order that assists
    ]
};

/// Whether a row leads from one state to another, by this cause.
pub fn is_moved(from: Option<State>, by: By, to: State) -> bool {
    let over = |state: State| matches!(state, State::Completed | State::Cancelled);
    let nobodys = |state: State| matches!(state, State::Unrouted | State::Escalated);
    let begins = |row: Start| match (row, from) {
        (Start::Nothing, None) => true,
        (Start::In(state), Some(from)) => state == from,
        (Start::AnyOpen, Some(from)) => !over(from),
        (Start::WithDepartment, Some(from)) => !over(from) && !nobodys(from),
        (Start::Nothing, Some(_)) | (_, None) => false,
    };
    MOVED.iter().any(|(row, cause, end)| *end == to && *cause == by && begins(*row))
}
