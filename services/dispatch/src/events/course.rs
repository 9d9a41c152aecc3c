//! What is told of an order's course: to whom it goes, and that it ends without an answer.

use contract::dispatch::{
    WorkOrderCancelled, WorkOrderDeclined, WorkOrderDesignated, WorkOrderEscalated, WorkOrderMoved,
    WorkOrderOffered, WorkOrderRerouted, WorkOrderReturnRefused, WorkOrderReturned,
    WorkOrderUnrouted,
};
use journal::Telling;

use super::About;
use crate::lifecycle::{State, What, WorkOrder};
use crate::wire;

pub(super) fn tell(about: &About<'_>) -> Vec<Telling> {
    let About(order, fact) = about;
    let (work_order, source) = about.names();
    let standing = about.standing();
    if let What::Returned { returned, decision_due } = &fact.what {
        let decision_due = Some(wire::due(decision_due));
        let r#return = Some(wire::returned(returned));
        let returned = WorkOrderReturned { work_order, source, r#return, decision_due, standing };
        return about.tells(&returned);
    }
    if let What::ReturnRefused { reason, .. } = &fact.what {
        let reason = reason.clone();
        return about.tells(&WorkOrderReturnRefused { work_order, source, reason, standing });
    }
    if let What::Declined { basis, .. } = &fact.what {
        return about.tells(&WorkOrderDeclined {
            work_order,
            source,
            department: wire::name_or_empty(order.department.as_ref()),
            basis: basis.clone(),
            decision_due: order.decision_due.as_ref().map(wire::due),
        });
    }
    if let What::Cancelled { reason, .. } = &fact.what {
        let (round, reason) = (wire::number(order.round), reason.clone());
        return about.tells(&WorkOrderCancelled { work_order, source, round, reason });
    }
    if let What::Moved { from, to } = &fact.what {
        let (from_department, to_department) = (from.to_string(), to.to_string());
        let moved = WorkOrderMoved { work_order, source, from_department, to_department, standing };
        return about.tells(&moved);
    }
    let before = before_the_offer(about);
    [before, put(about)].concat()
}

/// What is told before an offer: why it goes there.
fn before_the_offer(about: &About<'_>) -> Vec<Telling> {
    let (work_order, source) = about.names();
    if let What::Rerouted { from, offer, reason } = &about.1.what {
        return about.tells(&WorkOrderRerouted {
            work_order,
            source,
            from_department: wire::name_or_empty(from.as_ref()),
            to_department: offer.department.to_string(),
            reason: reason.clone(),
        });
    }
    if let What::Designated { offer, precedent } = &about.1.what {
        let (department, minutes) = (offer.department.to_string(), precedent.minutes.clone());
        let designated = WorkOrderDesignated { work_order, source, department, minutes };
        return about.tells(&designated);
    }
    Vec::new()
}

/// Where the order is put: offered to a department, or to whoever finds one.
fn put(about: &About<'_>) -> Vec<Telling> {
    let order = about.0;
    let (work_order, source) = about.names();
    let decision_due = order.decision_due.as_ref().map(wire::due);
    let standing = about.standing();
    if order.state == State::Escalated {
        let cause = wire::name_or_empty(order.escalated_for.as_ref());
        let escalated = WorkOrderEscalated { work_order, source, cause, decision_due, standing };
        return about.tells(&escalated);
    }
    if order.state == State::Unrouted {
        let (number, round) = (order.number.clone(), wire::number(order.round));
        let unrouted =
            WorkOrderUnrouted { work_order, number, source, round, decision_due, standing };
        return about.tells(&unrouted);
    }
    about.tells(&offered(order))
}

fn offered(order: &WorkOrder) -> WorkOrderOffered {
    WorkOrderOffered {
        work_order: order.id.to_string(),
        number: order.number.clone(),
        source: order.source.clone(),
        round: wire::number(order.round),
        parent: wire::name_or_empty(order.parent.as_ref()),
        department: wire::name_or_empty(order.department.as_ref()),
        claim_due: order.claim_due.as_ref().map(wire::due),
        contact_due: order.contact_due.as_ref().map(wire::due),
        reply_due: order.reply.as_ref().map(|reply| wire::due(&reply.due)),
        on_duty: wire::name_or_empty(order.on_duty()),
        standing: Some(wire::standing(order)),
    }
}
