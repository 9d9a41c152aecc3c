//! What a fact says to dispatch: a piece of work is asked for, accepted, settled, withdrawn.

use base::WorkOrderId;

use super::fact::{Reopening, What};

/// What a fact says to dispatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    /// `WorkRequested`, of the kind decision: whose work it is says the order's purpose.
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
    /// What it says to dispatch, in this order.
    pub fn errands(&self) -> Vec<Errand> {
        match self {
            What::Applied { order, .. } | What::MatchConfirmed { order, .. } => {
                vec![Errand::Ask(order.id)]
            }
            What::Supplemented { order, .. } => order.map(Errand::Supply).into_iter().collect(),
            What::Accepted { order, .. } => order.map(Errand::Accept).into_iter().collect(),
            What::Reviewed { settled, order, .. } => {
                settled.map(Errand::Settle).into_iter().chain([Errand::Ask(order.id)]).collect()
            }
            What::SecondReviewed { order, .. } | What::Refused { order, .. } => {
                order.map(Errand::Settle).into_iter().collect()
            }
            What::Withdrawn { order, .. } | What::Lapsed { order, .. } => {
                order.map(Errand::Withdraw).into_iter().collect()
            }
            What::ObjectionDecided { reopening: Some(reopening), .. }
            | What::AccountConfirmed { reopening: Some(reopening), .. } => reopened(reopening),
            What::Redirected { order, .. } => vec![Errand::Redirect(*order)],
            What::Matched(_)
            | What::SupplementAsked { .. }
            | What::ChecksPassed { .. }
            | What::SplittingSeen(_)
            | What::Held { .. }
            | What::Queued { .. }
            | What::Dequeued
            | What::PutOnNotice { .. }
            | What::ApprovalAwaited { .. }
            | What::NoticeStarted { .. }
            | What::NoticeEnded { .. }
            | What::ObjectionRaised(_)
            | What::ObjectionDecided { reopening: None, .. }
            | What::AccountConfirmed { reopening: None, .. }
            | What::Approved(_)
            | What::WorkDeclined { .. }
            | What::Progressed { .. }
            | What::LimitMissed { .. }
            | What::DueChanged { .. }
            | What::PromiseChanged { .. }
            | What::NoticeChanged { .. }
            | What::DepartmentSucceeded { .. }
            | What::HeardLate { .. }
            | What::Sampled { .. } => Vec::new(),
        }
    }
}

fn reopened(reopening: &Reopening) -> Vec<Errand> {
    let withdrawn = reopening.withdrawn.map(Errand::Withdraw);
    withdrawn.into_iter().chain([Errand::Ask(reopening.order.id)]).collect()
}
