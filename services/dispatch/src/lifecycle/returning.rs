//! Return (退单): "this is not our work". No clock stops; the dispatcher rules.

use std::collections::BTreeSet;

use base::{Person, Role};
use calendar::Moment;

use super::fact::{Fact, What};
use super::limits::{self, LIMITS};
use super::order::WorkOrder;
use super::parts::{Asker, Return};
use super::sight::does_the_work;
use super::wanted::Named;
use super::words::{Action, Alarm, Decision, Escalation, State, WorkKind};
use super::{claim, forbidden, offer, ruling, step};
use crate::error::Error;

/// So many departments that have had an order and do not lead it are enough (domain.md §4).
const DEPARTMENTS_WITHOUT_LEAD_MAX: usize = 3;

/// Returns the order, within a working day of the offer, once per department.
pub(super) fn give_back(
    order: &WorkOrder,
    by: &Person,
    basis: &str,
    names: Option<&Named>,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    does_the_work(order, by, Action::Return)?;
    if let Some(names) = names {
        offer::possible(order, names)?;
        if order.is_of(&names.department) {
            return Err(Error::ReturnNamesOwn { department: names.department.clone() });
        }
    }
    step(order, Action::Return)?;
    if order.parent.is_some() {
        return Err(Error::AssistanceStays);
    }
    if order.kind == WorkKind::Decision {
        return Err(Error::KindForbids { kind: order.kind });
    }
    if order.contacted_at.is_some() {
        return Err(forbidden(order, Action::Return));
    }
    let Some(department) = order.department.clone() else { return Err(Error::WorkOrderNotFound) };
    not_designated(order)?;
    if order.returns.iter().any(|past| past.department == department) {
        return Err(Error::ReturnedAlready);
    }
    let until = limits::after(order.offered_at, LIMITS.return_within, moment.calendar);
    if until < moment.now {
        return Err(Error::ReturnTooLate);
    }
    let returned = Return {
        department,
        basis: basis.to_owned(),
        names: names.map(|named| named.department.clone()),
        returned_at: moment.now,
        asked_by: Some(Asker::of(by)),
        decision: None,
    };
    let decision_due = limits::default_due(moment.now, LIMITS.decision_within, moment.calendar);
    Ok(vec![What::Returned { returned, decision_due }])
}

/// A designation is final.
pub(super) fn not_designated(order: &WorkOrder) -> Result<(), Error> {
    if order.designated {
        return Err(Error::Designated { minutes: order.minutes.clone() });
    }
    Ok(())
}

/// Upholds the return: a department that has not had the order gets it. Otherwise a zone leader
/// designates one.
pub(super) fn uphold(
    order: &WorkOrder,
    by: &Person,
    (to, reason): (Option<&Named>, &str),
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    if let Some(to) = to {
        offer::possible(order, to)?;
    }
    step(order, Action::UpholdReturn)?;
    anothers(order, by)?;
    let had_it: BTreeSet<_> = order.returns.iter().map(|past| &past.department).collect();
    let cause = match to {
        None => Escalation::Unclear,
        Some(to) if order.was_with(&to.department) => Escalation::ReturnCycle,
        Some(_) if DEPARTMENTS_WITHOUT_LEAD_MAX <= had_it.len() => Escalation::ThreeDepartments,
        Some(to) => {
            let offer = offer::to(order, &to.department, &to.duty, moment);
            let (from, reason) = (order.department.clone(), reason.to_owned());
            return Ok(vec![What::Rerouted { from, offer, reason }]);
        }
    };
    let vacancy = offer::vacancy(order, LIMITS.escalation_within, moment);
    Ok(vec![What::Escalated { cause, vacancy }])
}

/// Refuses the return, finally. What nobody had claimed is awaited as it was.
pub(super) fn refuse(
    order: &WorkOrder,
    by: &Person,
    reason: &str,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    step(order, Action::RefuseReturn)?;
    anothers(order, by)?;
    let returned_at = order.pending_return().map(|asked| asked.returned_at);
    let left_meanwhile = order.released_at.is_some() && returned_at <= order.released_at;
    let claim_due = claim::due_again(order, moment).filter(|_| left_meanwhile);
    Ok(vec![What::ReturnRefused { reason: reason.to_owned(), claim_due }])
}

fn anothers(order: &WorkOrder, by: &Person) -> Result<(), Error> {
    let asked_by = order.pending_return().and_then(|asked| asked.asked_by.as_ref());
    ruling::on_anothers(order, asked_by, by, Role::Dispatcher)
}

pub(super) fn applied(order: &mut WorkOrder, fact: &Fact) {
    if let What::Returned { returned, decision_due } = &fact.what {
        order.state = State::ReturnPending;
        order.returns.push(returned.clone());
        order.set_decision_due(Alarm::ReturnDecision, *decision_due, fact.at);
    } else if let What::ReturnRefused { claim_due, .. } = &fact.what {
        rule(order, Decision::Refused);
        order.state = if order.claimant.is_some() { State::Claimed } else { State::Offered };
        order.decision_due = None;
        if claim_due.is_some() {
            claim::waits_again(order, *claim_due, fact.at);
        }
    } else if let What::Rerouted { offer, .. } = &fact.what {
        rule(order, Decision::Granted);
        offer::take(order, offer, fact.at);
    }
}

/// The return that waits is ruled on, if one does.
pub(super) fn rule(order: &mut WorkOrder, decision: Decision) {
    let last = order.returns.last_mut().filter(|last| last.decision.is_none());
    if let Some(last) = last {
        last.decision = Some(decision);
    }
}
