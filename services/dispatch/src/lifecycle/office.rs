//! Office: as what somebody asks, where a call lets in several and the order says which of them it needs.

use base::Role;

use super::command::Command;
use super::order::WorkOrder;
use super::{extension, pause};

/// The one role that a command needs of this order, of those that its call lets in; `None` where any
/// of them will do. Who holds it by a deputation alone acts for somebody else, whatever they are
/// otherwise.
pub fn office(order: &WorkOrder, command: &Command) -> Option<Role> {
    if let Command::DecidePause { .. } = command {
        order.pending_pause().map(pause::decider)
    } else if let Command::DecideExtension { .. } = command {
        order.pending_extension().map(|_| extension::decider(order))
    } else if let Command::Resume { by } = command {
        // Its claimant goes on in their own right.
        (order.claimant.as_ref() != Some(&by.id)).then_some(Role::Dispatcher)
    } else {
        None
    }
}
