//! Succession (机构承接): a department was dissolved, and another took its place.
//!
//! Whom a complaint is about comes to its order in no way, so not by succession either: what would
//! be its work goes to whoever finds another department, and its assistance is not needed.

use base::DepartmentId;
use calendar::Moment;

use super::fact::{Fact, What};
use super::limits::LIMITS;
use super::order::WorkOrder;
use super::words::{Decision, Escalation, State};
use super::{after, ending, offer, pause};

/// Why a department that has taken another's place no longer assists it.
const LEADS_ITSELF: &str = "协办部门已承接主办部门的职责，无需另行协办";
/// Why whom the complaint is about neither leads nor assists, and nothing is granted to it.
const EXCLUDED: &str = "承接部门是此投诉所指的单位，须回避";
/// The same, of an assisting order that ends with it.
const ENDS_EXCLUDED: &str = "EXCLUDED";

/// What an order has of a dissolved department, in lead, answering, asking or assisting, goes to the
/// one that takes its place, with due instants and history. If that one then leads what it assists
/// with itself, or is whom the complaint is about, its assistance is not needed any more; and it
/// never leads the latter.
pub(super) fn succeed(
    order: &WorkOrder,
    from: &DepartmentId,
    to: &DepartmentId,
    moment: Moment<'_>,
) -> Vec<What> {
    if !order.concerns(from) {
        return Vec::new();
    }
    let next = renamed(order, from, to);
    let excluded = |department: &DepartmentId| next.excluded.contains(department);
    let would_lead = next.department.as_ref().is_some_and(excluded);
    if would_lead && order.parent.is_some() {
        return ending::cancel(order, ENDS_EXCLUDED, moment.now);
    }
    // What was declined is nobody's already: its owner decides.
    let taken = would_lead && order.state != State::Declined;
    let mut happened = if taken { taken_away(order, moment) } else { Vec::new() };
    let would_assist = next.open_assistance().filter(|child| excluded(&child.department));
    happened.extend(would_assist.map(|child| waived(child.work_order, EXCLUDED)));
    happened.push(What::Moved { from: from.clone(), to: to.clone() });
    let moved = after(order, &happened, moment.now);
    let own = moved.open_assistance().filter(|child| moved.is_of(&child.department));
    happened.extend(own.map(|child| waived(child.work_order, LEADS_ITSELF)));
    happened
}

fn waived(child: base::WorkOrderId, reason: &str) -> What {
    What::AssistanceWaived { child, reason: reason.to_owned() }
}

/// No department has the order any more. The clock goes on; what its department asked for, and the
/// answer that waited for a signature, fall with it.
fn taken_away(order: &WorkOrder, moment: Moment<'_>) -> Vec<What> {
    let mut happened = Vec::new();
    let reason = || EXCLUDED.to_owned();
    if let Some(running) = order.running_pause() {
        let ran_out = running.until <= moment.now;
        happened = pause::resume(order, running.until.min(moment.now), ran_out, moment);
    }
    if order.pending_pause().is_some() {
        happened.push(What::PauseRefused { reason: reason() });
    }
    if order.pending_extension().is_some() {
        happened.push(What::ExtensionRuled { decision: Decision::Refused, reason: reason() });
    }
    if order.state == State::AwaitingSignature {
        happened.push(What::SentBack { reason: reason(), claim_due: None });
    }
    let left = after(order, &happened, moment.now);
    happened.push(if order.designated {
        let vacancy = offer::vacancy(&left, LIMITS.escalation_within, moment);
        What::Escalated { cause: Escalation::Excluded, vacancy }
    } else {
        What::Unrouted { vacancy: offer::vacancy(&left, LIMITS.decision_within, moment) }
    });
    happened
}

pub(super) fn applied(order: &mut WorkOrder, fact: &Fact) {
    if let What::Moved { from, to } = &fact.what {
        *order = renamed(order, from, to);
        let excluded = |department: &DepartmentId| order.excluded.contains(department);
        if order.state == State::Declined && order.department.as_ref().is_some_and(excluded) {
            order.department = None;
        }
        if order.responsible.as_ref().is_some_and(excluded) {
            order.responsible.clone_from(&order.department);
        }
        order.asked_by = order.asked_by.take().filter(|asks| !order.excluded.contains(asks));
    }
}

/// The order as if a department had always had the other's name. Who assisted once and is done keeps
/// its own, if the other is whom the complaint is about.
fn renamed(order: &WorkOrder, from: &DepartmentId, to: &DepartmentId) -> WorkOrder {
    let mut order = order.clone();
    if order.excluded.contains(from) {
        order.excluded.insert(to.clone());
    }
    let own = [&mut order.department, &mut order.responsible, &mut order.asked_by];
    for department in own.into_iter().flatten().filter(|department| *department == from) {
        department.clone_from(to);
    }
    let excluded = order.excluded.contains(to);
    let theirs = order.assistance.iter_mut().filter(|child| child.department == *from);
    for child in theirs.filter(|child| child.is_open() || !excluded) {
        child.department.clone_from(to);
    }
    order
}
