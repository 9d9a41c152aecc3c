//! What each fact of dispatch and of the directory means to a ticket.

use base::{Actor, DepartmentId, PersonId, TicketId, WorkOrderId};
use contract::directory::{DepartmentSucceeded, EnterpriseChanged, EnterpriseRegistered};
use contract::dispatch::{
    Standing, WorkOrderCancelled, WorkOrderClaimed, WorkOrderCompleted, WorkOrderContacted,
    WorkOrderDueChanged, WorkOrderEscalated, WorkOrderHandedOver, WorkOrderMoved, WorkOrderOffered,
    WorkOrderReleased, WorkOrderReplied, WorkOrderReplySentBack, WorkOrderResumed,
    WorkOrderReturnRefused, WorkOrderReturned, WorkOrderSuspended, WorkOrderUnrouted,
};
use journal::{Heard, Trouble};
use prost::Name;

use crate::lifecycle::{self, Answer, Completion, News, Outcome};
use crate::wire::{outcome_from, progress_from};

/// The service that has the work done.
pub(super) const DISPATCH: &str = "dispatch";

/// What a fact says: what the work is for, the order, and the news.
type Said = (String, String, News);

/// What a fact of dispatch tells of a ticket, with the name of what the work is for; `None` if it
/// moves nothing here.
///
/// Fails if it cannot be understood: it is parked until it can be.
pub fn news_of(heard: &Heard) -> Result<Option<(String, lifecycle::Heard)>, Trouble> {
    let Some(kind) = heard.kind.strip_prefix("whistle.dispatch.v1.") else { return Ok(None) };
    let Some((source, work_order, news)) = said(heard, kind)? else { return Ok(None) };
    let work_order = WorkOrderId::parse(&work_order).map_err(|_| unclear(heard, "work_order"))?;
    let occurred_at = heard.occurred_at;
    Ok(Some((source, lifecycle::Heard { work_order, occurred_at, news })))
}

fn said(heard: &Heard, kind: &str) -> Result<Option<Said>, Trouble> {
    /// A fact that says where the order then stands, and perhaps who had a hand in that.
    macro_rules! moved {
        ($fact:ty) => {
            moved!($fact, told, Vec::new())
        };
        ($fact:ty, $told:ident, $concerned:expr) => {{
            let $told: $fact = heard.decode()?;
            if !is_of_a_ticket(&$told.source) {
                return Ok(None);
            }
            let concerned = $concerned;
            let news = moved(heard, $told.standing.as_ref(), concerned)?;
            ($told.source, $told.work_order, news)
        }};
    }
    Ok(Some(match kind {
        WorkOrderUnrouted::NAME => moved!(WorkOrderUnrouted),
        WorkOrderOffered::NAME => {
            let told: WorkOrderOffered = heard.decode()?;
            // An order that assists is not the work itself.
            if !told.parent.is_empty() || !is_of_a_ticket(&told.source) {
                return Ok(None);
            }
            let news = moved(heard, told.standing.as_ref(), Vec::new())?;
            (told.source, told.work_order, news)
        }
        WorkOrderClaimed::NAME => {
            moved!(WorkOrderClaimed, told, vec![person(heard, &told.claimant)?])
        }
        WorkOrderReleased::NAME => moved!(WorkOrderReleased),
        WorkOrderHandedOver::NAME => {
            moved!(WorkOrderHandedOver, told, vec![person(heard, &told.to_person)?])
        }
        WorkOrderContacted::NAME => moved!(WorkOrderContacted, told, doers(heard)),
        WorkOrderReturned::NAME => moved!(WorkOrderReturned),
        WorkOrderReturnRefused::NAME => moved!(WorkOrderReturnRefused),
        WorkOrderEscalated::NAME => moved!(WorkOrderEscalated),
        WorkOrderMoved::NAME => moved!(WorkOrderMoved),
        WorkOrderSuspended::NAME => moved!(WorkOrderSuspended),
        WorkOrderResumed::NAME => moved!(WorkOrderResumed),
        WorkOrderDueChanged::NAME => moved!(WorkOrderDueChanged),
        WorkOrderReplied::NAME => moved!(WorkOrderReplied),
        WorkOrderReplySentBack::NAME => moved!(WorkOrderReplySentBack),
        WorkOrderCompleted::NAME => {
            let told: WorkOrderCompleted = heard.decode()?;
            if !is_of_a_ticket(&told.source) {
                return Ok(None);
            }
            (told.source.clone(), told.work_order.clone(), completed(heard, told)?)
        }
        WorkOrderCancelled::NAME => {
            let told: WorkOrderCancelled = heard.decode()?;
            (told.source, told.work_order, News::Cancelled)
        }
        _ => return Ok(None),
    }))
}

/// Dispatch tells of the work of every service; what was decided elsewhere has no outcome that a
/// ticket knows.
fn is_of_a_ticket(source: &str) -> bool {
    TicketId::parse(source).is_ok()
}

fn moved(
    heard: &Heard,
    standing: Option<&Standing>,
    concerned: Vec<PersonId>,
) -> Result<News, Trouble> {
    let progress = standing.and_then(progress_from).ok_or_else(|| unclear(heard, "standing"))?;
    Ok(News::Moved { progress: Box::new(progress), concerned })
}

/// The answer of the order itself, or the end of one that assisted it. Who signed has had a hand in
/// it.
fn completed(heard: &Heard, told: WorkOrderCompleted) -> Result<News, Trouble> {
    let signer = (!told.signer.is_empty()).then(|| person(heard, &told.signer)).transpose()?;
    let concerned = told.concerned.iter().map(|name| person(heard, name));
    let mut concerned = concerned.collect::<Result<Vec<_>, _>>()?;
    concerned.extend(signer.clone().filter(|signer| !concerned.contains(signer)));
    if !told.parent.is_empty() {
        return Ok(News::Assisted { concerned });
    }
    let outcome = outcome_from(told.outcome()).ok_or_else(|| unclear(heard, "outcome"))?;
    let planned = told.planned_time.as_ref().and_then(journal::envelope::from_proto);
    let planned_until = match outcome {
        Outcome::Planned => Some(planned.ok_or_else(|| unclear(heard, "planned_time"))?),
        Outcome::Solved
        | Outcome::Partly
        | Outcome::Explained
        | Outcome::ServiceConfirmed
        | Outcome::NotSupplemented => None,
    };
    let answer = Answer {
        text: told.answer,
        internal_note: told.internal_note,
        outcome,
        signer,
        directly: false,
        answered_at: heard.occurred_at,
    };
    let round = u32::try_from(told.round).map_err(|_| unclear(heard, "round"))?;
    Ok(News::Completed(Box::new(Completion { round, answer, planned_until, concerned })))
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

/// A department that was dissolved, and the one that takes its place, if the fact is of that.
pub(super) fn succession_of(
    heard: &Heard,
) -> Result<Option<(DepartmentId, DepartmentId)>, Trouble> {
    if heard.kind != DepartmentSucceeded::full_name() {
        return Ok(None);
    }
    let told: DepartmentSucceeded = heard.decode()?;
    Ok(Some((department(heard, &told.department)?, department(heard, &told.successor)?)))
}

/// Whoever did what is told: a deputy and whom they act for. A system has no hand in the work.
fn doers(heard: &Heard) -> Vec<PersonId> {
    let Ok(actor) = Actor::parse(&heard.actor) else { return Vec::new() };
    let doers = actor.person().into_iter().chain(actor.on_behalf_of());
    let mut doers: Vec<PersonId> = doers.cloned().collect();
    doers.dedup();
    doers
}

fn person(heard: &Heard, name: &str) -> Result<PersonId, Trouble> {
    PersonId::parse(name).map_err(|_| unclear(heard, "person"))
}

fn department(heard: &Heard, name: &str) -> Result<DepartmentId, Trouble> {
    DepartmentId::parse(name).map_err(|_| unclear(heard, "department"))
}

fn unclear(heard: &Heard, field: &str) -> Trouble {
    Trouble::Damaged(format!("{} of {} has no {field} that is known here", heard.kind, heard.id))
}
