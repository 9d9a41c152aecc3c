//! What each fact of dispatch and of the directory means to an application.

use base::{DepartmentId, PersonId, WorkOrderId};
use contract::directory::DepartmentSucceeded;
use contract::dispatch::{
    Standing, WorkOrderAccepted, WorkOrderCancelled, WorkOrderClaimed, WorkOrderCompleted,
    WorkOrderContacted, WorkOrderDeclined, WorkOrderDueChanged, WorkOrderEscalated,
    WorkOrderHandedOver, WorkOrderMoved, WorkOrderOffered, WorkOrderReleased, WorkOrderResumed,
    WorkOrderReturnRefused, WorkOrderReturned, WorkOrderState, WorkOrderSuspended,
    WorkOrderUnrouted,
};
use journal::{Heard, Trouble};
use prost::Name;
use runtime::wire::due_from;

use crate::lifecycle::application::{self, News, Progress, WorkState};

/// The service that has the work done.
pub(super) const DISPATCH: &str = "dispatch";

/// What a fact says: what the work is for, the order, and the news.
type Said = (String, String, News);

/// What a fact of dispatch tells of an application, with the name of what the work is for; `None` if it
/// moves nothing here.
///
/// Fails if it cannot be understood: it is parked until it can be.
pub fn news_of(heard: &Heard) -> Result<Option<(String, application::Heard)>, Trouble> {
    let Some(kind) = heard.kind.strip_prefix("whistle.dispatch.v1.") else { return Ok(None) };
    let Some((source, work_order, news)) = said(heard, kind)? else { return Ok(None) };
    let work_order = WorkOrderId::parse(&work_order).map_err(|_| unclear(heard, "work_order"))?;
    let occurred_at = heard.occurred_at;
    Ok(Some((source, application::Heard { work_order, occurred_at, news })))
}

fn said(heard: &Heard, kind: &str) -> Result<Option<Said>, Trouble> {
    /// A fact that says where the order then stands.
    macro_rules! moved {
        ($fact:ty) => {{
            let told: $fact = heard.decode()?;
            let now = standing(heard, told.standing.as_ref())?;
            (told.source, told.work_order, News::Moved(now))
        }};
    }
    Ok(Some(match kind {
        WorkOrderUnrouted::NAME => moved!(WorkOrderUnrouted),
        WorkOrderOffered::NAME => {
            let told: WorkOrderOffered = heard.decode()?;
            // An order that assists is not the work itself.
            if !told.parent.is_empty() {
                return Ok(None);
            }
            let now = standing(heard, told.standing.as_ref())?;
            (told.source, told.work_order, News::Moved(now))
        }
        WorkOrderClaimed::NAME => {
            let told: WorkOrderClaimed = heard.decode()?;
            let now = standing(heard, told.standing.as_ref())?;
            let claimant = somebody(heard, &told.claimant)?;
            (told.source, told.work_order, News::Moved(Progress { claimant, ..now }))
        }
        WorkOrderReleased::NAME => moved!(WorkOrderReleased),
        WorkOrderHandedOver::NAME => {
            let told: WorkOrderHandedOver = heard.decode()?;
            let now = standing(heard, told.standing.as_ref())?;
            let claimant = somebody(heard, &told.to_person)?;
            (told.source, told.work_order, News::Moved(Progress { claimant, ..now }))
        }
        WorkOrderContacted::NAME => moved!(WorkOrderContacted),
        WorkOrderAccepted::NAME => moved!(WorkOrderAccepted),
        WorkOrderReturned::NAME => moved!(WorkOrderReturned),
        WorkOrderReturnRefused::NAME => moved!(WorkOrderReturnRefused),
        WorkOrderEscalated::NAME => moved!(WorkOrderEscalated),
        WorkOrderMoved::NAME => moved!(WorkOrderMoved),
        WorkOrderSuspended::NAME => moved!(WorkOrderSuspended),
        WorkOrderResumed::NAME => moved!(WorkOrderResumed),
        WorkOrderDueChanged::NAME => moved!(WorkOrderDueChanged),
        WorkOrderDeclined::NAME => {
            let told: WorkOrderDeclined = heard.decode()?;
            (told.source, told.work_order, News::Declined { basis: told.basis })
        }
        WorkOrderCompleted::NAME => {
            let told: WorkOrderCompleted = heard.decode()?;
            if !told.parent.is_empty() {
                return Ok(None);
            }
            let department = named(heard, &told.department)?;
            let ended = ended(heard, WorkState::Completed, department);
            (told.source, told.work_order, ended)
        }
        WorkOrderCancelled::NAME => {
            let told: WorkOrderCancelled = heard.decode()?;
            let ended = ended(heard, WorkState::Cancelled, None);
            (told.source, told.work_order, ended)
        }
        _ => return Ok(None),
    }))
}

/// Where an order stands, as dispatch told it.
fn standing(heard: &Heard, told: Option<&Standing>) -> Result<Progress, Trouble> {
    let told = told.ok_or_else(|| unclear(heard, "standing"))?;
    let state = work_state_from(told.state()).ok_or_else(|| unclear(heard, "state"))?;
    let due = told.reply_due.as_ref().and_then(due_from);
    let department = named(heard, &told.department)?;
    Ok(Progress { state, department, claimant: None, due, told_at: heard.occurred_at })
}

/// A state of an order, as dispatch told it; `None` if it is not said.
fn work_state_from(state: WorkOrderState) -> Option<WorkState> {
    state.as_str_name().strip_prefix("WORK_ORDER_STATE_")?.parse().ok()
}

fn ended(heard: &Heard, state: WorkState, department: Option<DepartmentId>) -> News {
    let told_at = heard.occurred_at;
    News::Ended(Progress { state, department, claimant: None, due: None, told_at })
}

fn somebody(heard: &Heard, name: &str) -> Result<Option<PersonId>, Trouble> {
    let named = (!name.is_empty()).then(|| PersonId::parse(name));
    named.transpose().map_err(|_| unclear(heard, "person"))
}

/// A department that was dissolved, and the one that takes its place, if the fact is of that.
pub(super) fn succession_of(
    heard: &Heard,
) -> Result<Option<(DepartmentId, DepartmentId)>, Trouble> {
    if heard.kind != DepartmentSucceeded::full_name() {
        return Ok(None);
    }
    let told: DepartmentSucceeded = heard.decode()?;
    let of = |name: &str| named(heard, name)?.ok_or_else(|| unclear(heard, "department"));
    Ok(Some((of(&told.department)?, of(&told.successor)?)))
}

fn named(heard: &Heard, name: &str) -> Result<Option<DepartmentId>, Trouble> {
    let named = (!name.is_empty()).then(|| DepartmentId::parse(name));
    named.transpose().map_err(|_| unclear(heard, "department"))
}

fn unclear(heard: &Heard, field: &str) -> Trouble {
    Trouble::Damaged(format!("{} of {} has no {field} that is known here", heard.kind, heard.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_of_an_order_is_understood() {
        for number in 1..=11 {
            let state = WorkOrderState::try_from(number);
            assert!(state.ok().and_then(work_state_from).is_some(), "{state:?}");
        }
        assert!(WorkOrderState::try_from(12).is_err(), "every one was looked at");
    }
}
