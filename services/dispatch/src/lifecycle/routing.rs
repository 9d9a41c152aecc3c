//! Whose work it is, where no catalogue says: routed by the dispatcher, designated by a zone leader
//! (指定主办), or declined by a department and left to its owner.

use base::Person;
use calendar::Moment;

use super::fact::{Fact, What};
use super::limits::{self, LIMITS};
use super::order::WorkOrder;
use super::parts::Precedent;
use super::returning::not_designated;
use super::sight::does_the_work;
use super::wanted::Named;
use super::words::{Action, Alarm, State, WorkKind};
use super::{forbidden, offer, step};
use crate::error::Error;

/// Gives the order to a department from the unrouted pool; kept as a precedent if it is marked so.
pub(super) fn route(
    order: &WorkOrder,
    to: &Named,
    mark_precedent: bool,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    offer::possible(order, to)?;
    step(order, Action::Route)?;
    let offer = offer::to(order, &to.department, &to.duty, moment);
    let precedent = mark_precedent.then(|| precedent(to, "", moment));
    Ok(vec![What::Routed { offer, precedent }])
}

/// Designates the department: final, and always kept as a precedent.
pub(super) fn designate(
    order: &WorkOrder,
    to: &Named,
    minutes: &str,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    offer::possible(order, to)?;
    step(order, Action::DesignateLead)?;
    let offer = offer::to(order, &to.department, &to.duty, moment);
    let precedent = precedent(to, minutes, moment);
    Ok(vec![What::Designated { offer, precedent }])
}

fn precedent(to: &Named, minutes: &str, moment: Moment<'_>) -> Precedent {
    let (department, minutes) = (to.department.clone(), minutes.to_owned());
    Precedent { department, minutes, decided_at: moment.now }
}

/// Says that decision work is not this department's; its owner decides.
pub(super) fn decline(
    order: &WorkOrder,
    by: &Person,
    basis: &str,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    does_the_work(order, by, Action::Decline)?;
    step(order, Action::Decline)?;
    if order.kind == WorkKind::Answer {
        return Err(Error::KindForbids { kind: order.kind });
    }
    if order.contacted_at.is_some() {
        return Err(forbidden(order, Action::Decline));
    }
    not_designated(order)?;
    let decision_due = limits::default_due(moment.now, LIMITS.decision_within, moment.calendar);
    Ok(vec![What::Declined { basis: basis.to_owned(), decision_due }])
}

pub(super) fn applied(order: &mut WorkOrder, fact: &Fact) {
    if let What::Routed { offer, precedent } = &fact.what {
        offer::take(order, offer, fact.at);
        if precedent.is_some() {
            order.precedent.clone_from(precedent);
        }
    } else if let What::Designated { offer, precedent } = &fact.what {
        offer::take(order, offer, fact.at);
        order.designated = true;
        order.minutes.clone_from(&precedent.minutes);
        order.precedent = Some(precedent.clone());
    } else if let What::Declined { basis, decision_due } = &fact.what {
        order.state = State::Declined;
        order.declined_basis.clone_from(basis);
        (order.claimant, order.claimant_human) = (None, None);
        order.set_decision_due(Alarm::DeclineDecision, *decision_due, fact.at);
    } else if let What::Escalated { cause, vacancy } = &fact.what {
        let put = (State::Escalated, Alarm::EscalationDecision);
        offer::vacate(order, put, vacancy, fact.at);
        order.escalated_for = Some(*cause);
        // A zone leader designates anew.
        (order.designated, order.minutes) = (false, String::new());
    } else if let What::Unrouted { vacancy } = &fact.what {
        offer::vacate(order, (State::Unrouted, Alarm::RouteDecision), vacancy, fact.at);
    }
}
