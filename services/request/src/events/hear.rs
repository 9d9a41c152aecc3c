//! What each fact of dispatch and of the directory means to a ticket.

use base::{DepartmentId, PersonId, WorkOrderId};
use contract::directory::{EnterpriseChanged, EnterpriseRegistered};
use contract::dispatch::{
    WorkOrderClaimed, WorkOrderCompleted, WorkOrderContacted, WorkOrderDueChanged,
    WorkOrderOffered, WorkOrderResumed, WorkOrderReturnRefused, WorkOrderReturned,
    WorkOrderSuspended,
};
use journal::{Heard, Trouble};
use prost::Name;

use crate::lifecycle::{self, News, Step};
use crate::wire::{limit_kind_from, outcome_from, work_due_from};

/// The service that has the work done.
pub(super) const DISPATCH: &str = "dispatch";

/// What a fact of dispatch tells of a ticket, with the name of what the work is for; `None` if it
/// moves nothing here.
///
/// Fails if it cannot be understood: it is parked until it can be.
pub fn news_of(heard: &Heard) -> Result<Option<(String, lifecycle::Heard)>, Trouble> {
    let Some(kind) = heard.kind.strip_prefix("whistle.dispatch.v1.") else { return Ok(None) };
    let (source, work_order, news) = match kind {
        WorkOrderOffered::NAME => {
            let told: WorkOrderOffered = heard.decode()?;
            if !told.parent.is_empty() {
                return Ok(None);
            }
            let step = Step::Offered {
                department: department(heard, &told.department)?,
                contact_due: told.contact_due.as_ref().and_then(work_due_from),
                reply_due: told.reply_due.as_ref().and_then(work_due_from),
            };
            (told.source, told.work_order, News::Moved(step))
        }
        WorkOrderClaimed::NAME => {
            let told: WorkOrderClaimed = heard.decode()?;
            let step = Step::Claimed { department: department(heard, &told.department)? };
            (told.source, told.work_order, News::Moved(step))
        }
        WorkOrderContacted::NAME => {
            let told: WorkOrderContacted = heard.decode()?;
            (told.source, told.work_order, News::Moved(Step::Contacted))
        }
        WorkOrderReturned::NAME => {
            let told: WorkOrderReturned = heard.decode()?;
            (told.source, told.work_order, News::Moved(Step::Returned))
        }
        WorkOrderReturnRefused::NAME => {
            let told: WorkOrderReturnRefused = heard.decode()?;
            (told.source, told.work_order, News::Moved(Step::ReturnRefused))
        }
        WorkOrderSuspended::NAME => {
            let told: WorkOrderSuspended = heard.decode()?;
            (told.source, told.work_order, News::Moved(Step::Suspended))
        }
        WorkOrderResumed::NAME => {
            let told: WorkOrderResumed = heard.decode()?;
            (told.source, told.work_order, News::Moved(Step::Resumed))
        }
        WorkOrderDueChanged::NAME => {
            let told: WorkOrderDueChanged = heard.decode()?;
            let due = told.new_due.as_ref().and_then(work_due_from);
            // A limit of a kind that came later is not shown here.
            let Some((kind, due)) = limit_kind_from(told.kind()).zip(due) else { return Ok(None) };
            (told.source, told.work_order, News::Moved(Step::DueMoved { kind, due }))
        }
        WorkOrderCompleted::NAME => {
            let told: WorkOrderCompleted = heard.decode()?;
            (told.source.clone(), told.work_order.clone(), completed(heard, told)?)
        }
        _ => return Ok(None),
    };
    let work_order = WorkOrderId::parse(&work_order).map_err(|_| unclear(heard, "work_order"))?;
    let occurred_at = heard.occurred_at;
    Ok(Some((source, lifecycle::Heard { work_order, occurred_at, news })))
}

/// Who looks after an enterprise, if the fact is of an enterprise; empty if nobody does.
pub(super) fn envoy_of(heard: &Heard) -> Result<Option<(String, String)>, Trouble> {
    let enterprise = if heard.kind == EnterpriseRegistered::full_name() {
        heard.decode::<EnterpriseRegistered>()?.enterprise
    } else if heard.kind == EnterpriseChanged::full_name() {
        heard.decode::<EnterpriseChanged>()?.enterprise
    } else {
        None
    };
    Ok(enterprise.map(|enterprise| (enterprise.name, enterprise.envoy)))
}

/// The answer of the order itself, or the end of one that assisted it.
fn completed(heard: &Heard, told: WorkOrderCompleted) -> Result<News, Trouble> {
    let concerned = told.concerned.iter().map(|person| PersonId::parse(person));
    let concerned = concerned.collect::<Result<Vec<_>, _>>();
    let concerned = concerned.map_err(|_| unclear(heard, "concerned"))?;
    if !told.parent.is_empty() {
        return Ok(News::Assisted { concerned });
    }
    Ok(News::Completed {
        round: u32::try_from(told.round).map_err(|_| unclear(heard, "round"))?,
        outcome: outcome_from(told.outcome()).ok_or_else(|| unclear(heard, "outcome"))?,
        answer: told.answer,
        concerned,
    })
}

fn department(heard: &Heard, name: &str) -> Result<DepartmentId, Trouble> {
    DepartmentId::parse(name).map_err(|_| unclear(heard, "department"))
}

fn unclear(heard: &Heard, field: &str) -> Trouble {
    Trouble::Damaged(format!("{} of {} has no {field} that is known here", heard.kind, heard.id))
}
