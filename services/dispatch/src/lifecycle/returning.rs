//! Return (退单): "this is not our work". No clock stops; the dispatcher rules.

use base::Person;
use calendar::Moment;

use super::command::Named;
use super::fact::{Fact, What};
use super::limits::{self, LIMITS, LimitKind};
use super::order::{Decision, Return, WorkOrder};
use super::{Action, Alarm, State, of_the_department, step};
use crate::error::Error;

/// Returns the order, within a working day of the offer, once per department.
pub(super) fn give_back(
    order: &WorkOrder,
    by: &Person,
    basis: &str,
    names: Option<&Named>,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    of_the_department(order, by)?;
    if let Some(unknown) = names.filter(|named| !named.known) {
        return Err(Error::DepartmentNotFound { department: unknown.department.clone() });
    }
    step(order, Action::Return)?;
    if order.parent.is_some() {
        return Err(Error::AssistanceStays);
    }
    if order.returns.iter().any(|past| past.department == order.department) {
        return Err(Error::ReturnedAlready);
    }
    let until = limits::after(order.offered_at, LIMITS.return_within, moment.calendar);
    if until < moment.now {
        return Err(Error::ReturnTooLate);
    }
    let returned = Return {
        department: order.department.clone(),
        basis: basis.to_owned(),
        names: names.map(|named| named.department.clone()),
        returned_at: moment.now,
        decision: None,
    };
    let decision_due = limits::default_due(moment.now, LIMITS.decision_within, moment.calendar);
    Ok(vec![What::Returned { returned, decision_due }])
}

/// Upholds the return: a department that has not had the order gets it. A limit that starts at
/// submission goes on; one that starts at the offer or the claim begins anew.
pub(super) fn uphold(
    order: &WorkOrder,
    to: &Named,
    reason: &str,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    if !to.known {
        return Err(Error::DepartmentNotFound { department: to.department.clone() });
    }
    step(order, Action::UpholdReturn)?;
    if order.was_with(&to.department) {
        return Err(Error::DepartmentHadIt { department: to.department.clone() });
    }
    let offered = WorkOrder { offered_at: moment.now, claimed_at: None, ..order.clone() };
    Ok(vec![What::Rerouted {
        from: order.department.clone(),
        to: to.department.clone(),
        reason: reason.to_owned(),
        claim_due: limits::due(&offered, LimitKind::Claim, moment.calendar),
        contact_due: limits::due(&offered, LimitKind::Contact, moment.calendar),
        reply: limits::reply(&offered, moment.calendar),
    }])
}

/// Refuses the return, finally.
pub(super) fn refuse(order: &WorkOrder, reason: &str) -> Result<Vec<What>, Error> {
    step(order, Action::RefuseReturn)?;
    Ok(vec![What::ReturnRefused { reason: reason.to_owned() }])
}

pub(super) fn applied(order: &mut WorkOrder, fact: &Fact) {
    if let What::Returned { returned, decision_due } = &fact.what {
        order.state = State::ReturnPending;
        order.returns.push(returned.clone());
        order.arm(Alarm::ReturnDecision, Some(decision_due.at));
    } else if let What::ReturnRefused { .. } = &fact.what {
        order.state = if order.claimant.is_some() { State::Claimed } else { State::Offered };
        if let Some(last) = order.returns.last_mut() {
            last.decision = Some(Decision::Refused);
        }
    }
}
