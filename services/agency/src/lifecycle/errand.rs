//! What a fact says to dispatch: a piece of work is asked for, settled, withdrawn.

use base::WorkOrderId;

use super::fact::{VoidCause, What};

/// What a fact says to dispatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    /// `WorkRequested`.
    Ask(WorkOrderId),
    /// `WorkAccepted`.
    Accept(WorkOrderId),
    /// `WorkSettled`.
    Settle(WorkOrderId),
    /// `WorkWithdrawn`.
    Withdraw(WorkOrderId),
    /// `MaterialsSupplied`.
    Supply(WorkOrderId),
    /// `WorkReopened`, for another department.
    Redirect(WorkOrderId),
}

impl What {
    /// The orders for which `MaterialsSupplied` says that what they waited for came, beside the
    /// errand.
    pub fn supplied(&self) -> &[WorkOrderId] {
        if let What::MaterialAdded { orders, .. } = self { orders } else { &[] }
    }

    /// What it says to dispatch, if it concerns an order.
    pub fn errand(&self) -> Option<Errand> {
        match self {
            What::ItemSubmitted { order, .. }
            | What::ConversionAsked { order, .. }
            | What::RecheckAsked { order, .. } => Some(Errand::Ask(order.id)),
            What::ItemNotAccepted { order, .. }
            | What::ItemPreIssued { order, .. }
            | What::ItemIssued { order, .. }
            | What::ItemRefused { order, .. }
            | What::ItemRechecked { order, .. }
            | What::ItemVoided { cause: VoidCause::Department, order, .. } => {
                order.map(Errand::Settle)
            }
            What::ItemBlocked { order, .. }
            | What::ItemWithdrawn { order, .. }
            | What::ItemVoided {
                cause: VoidCause::PromiseBroken | VoidCause::CommitmentBroken,
                order,
                ..
            } => order.map(Errand::Withdraw),
            What::ItemAccepted { order, .. } => order.map(Errand::Accept),
            What::CorrectionSupplied { order, .. } => order.map(Errand::Supply),
            What::ItemRedirected { order, .. } => Some(Errand::Redirect(*order)),
            What::Opened { .. }
            | What::MandateSigned { .. }
            | What::MandateEnded { .. }
            | What::AgentLeft { .. }
            | What::AgentReturned
            | What::AgentChanged { .. }
            | What::Started
            | What::Suspended { .. }
            | What::Resumed { .. }
            | What::Terminated { .. }
            | What::Finished { .. }
            | What::Delivered { .. }
            | What::FollowedUp { .. }
            | What::Archived { .. }
            | What::MaterialAdded { .. }
            | What::MaterialPromised { .. }
            | What::CommitmentSigned { .. }
            | What::CommitmentBroken { .. }
            | What::LandAcquired { .. }
            | What::StartAllowed
            | What::StartForbidden
            | What::ItemReady { .. }
            | What::CorrectionAsked { .. }
            | What::ItemReapplied { .. }
            | What::ItemDeclined { .. }
            | What::ItemProgressed { .. }
            | What::LimitMissed { .. }
            | What::DueChanged { .. }
            | What::DepartmentSucceeded { .. }
            | What::DecidersKnown { .. }
            | What::HeardLate { .. } => None,
        }
    }
}
