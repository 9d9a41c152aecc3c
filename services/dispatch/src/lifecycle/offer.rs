//! Offer (派单): an order is made, and offered to a department or put where one is found for it.

use std::collections::{BTreeMap, BTreeSet};

use base::{DepartmentId, PersonId};
use calendar::{Limit, Moment};
use jiff::Timestamp;

use super::command::Command;
use super::fact::{Offer, Vacancy, What};
use super::limits::{self, LIMITS, LimitKind};
use super::order::WorkOrder;
use super::wanted::{Assisting, Named, Requested};
use super::words::{Alarm, Decision, Escalation, State, WorkClass};
use super::{assistance, claim, returning};
use crate::error::Error;

/// What can happen to an order that does not exist: it is made. What is heard of one that was
/// never asked for says nothing to us.
pub(super) fn begin(command: &Command, moment: Moment<'_>) -> Result<Vec<What>, Error> {
    let made = if let Command::Request(work) = command {
        wanted(work, false, moment)
    } else if let Command::Reopen { work, escalate } = command {
        wanted(work, *escalate, moment)
    } else if let Command::Assist(assisting) | Command::AskAnew(assisting) = command {
        assist(assisting, moment)
    } else if command.heard().is_some() || command.is_own() {
        return Ok(Vec::new());
    } else {
        return Err(Error::WorkOrderNotFound);
    };
    Ok(vec![What::Offered { order: Box::new(made) }])
}

/// The order that is wanted, where it goes: to its lead, to the unrouted pool, or to a zone leader.
pub(super) fn wanted(work: &Requested, escalate: bool, moment: Moment<'_>) -> WorkOrder {
    let mut order = draft(work.clone(), moment);
    let lead = work.lead.as_ref().filter(|lead| !order.excluded.contains(lead));
    match lead {
        Some(lead) if !escalate => {
            let offer = to(&order, lead, &work.duty, moment);
            take(&mut order, &offer, moment.now);
        }
        Some(_) | None => {
            order.set_reply(limits::reply(&order, moment.calendar));
            let within = if escalate { LIMITS.escalation_within } else { LIMITS.decision_within };
            let due = limits::default_due(moment.now, within, moment.calendar);
            if escalate {
                order.state = State::Escalated;
                order.escalated_for = Some(Escalation::Redone);
                order.set_decision_due(Alarm::EscalationDecision, due, moment.now);
            } else {
                order.set_decision_due(Alarm::RouteDecision, due, moment.now);
            }
        }
    }
    order
}

/// The order that assists another.
pub(super) fn assist(assisting: &Assisting, moment: Moment<'_>) -> WorkOrder {
    let work = &assisting.requested;
    let mut order = draft(work.clone(), moment);
    order.parent = Some(assisting.parent);
    order.asked_by.clone_from(&assisting.asked_by);
    order.state = State::Offered;
    order.department.clone_from(&work.lead);
    order.responsible.clone_from(&work.lead);
    order.duty = chain(&order, &work.duty);
    order.set_claim_due(limits::due(&order, LimitKind::Claim, moment.calendar));
    order.set_contact_due(limits::due(&order, LimitKind::Contact, moment.calendar));
    order.set_reply(Some(limits::assisting(assisting.due, moment.now, moment.calendar)));
    order
}

/// What it means to offer an order to a department now. A limit that starts at submission goes on;
/// one that starts at the offer or the claim begins anew.
pub(super) fn to(
    order: &WorkOrder,
    department: &DepartmentId,
    duty: &[PersonId],
    moment: Moment<'_>,
) -> Offer {
    let mut offered = order.clone();
    (offered.offered_at, offered.released_at) = (moment.now, None);
    // What was contacted before goes on where it was.
    if order.contacted_at.is_none() {
        offered.claimed_at = None;
    }
    let reply = limits::reply(&offered, moment.calendar);
    Offer {
        department: department.clone(),
        claim_due: limits::due(&offered, LimitKind::Claim, moment.calendar),
        contact_due: limits::due(&offered, LimitKind::Contact, moment.calendar),
        reply,
        assistance_due: assistance::due_with(&offered, reply, moment),
        duty: chain(order, duty),
    }
}

/// Class urgent: to whom it is offered in turn, of those on duty in the department and then in the zone.
fn chain(order: &WorkOrder, duty: &[PersonId]) -> Vec<PersonId> {
    let urgent = order.work_class == WorkClass::Urgent;
    let mut chain: Vec<PersonId> = Vec::new();
    for person in duty.iter().chain(&order.zone_duty).filter(|_| urgent) {
        if !chain.contains(person) && !order.barred.contains(person) {
            chain.push(person.clone());
        }
    }
    chain
}

/// What it means that no department has an order any more.
pub(super) fn vacancy(order: &WorkOrder, within: Limit, moment: Moment<'_>) -> Vacancy {
    let mut vacant = order.clone();
    if order.contacted_at.is_none() {
        vacant.claimed_at = None;
    }
    let (contact_due, reply) = claim::limits_of(&vacant, moment);
    let decision_due = limits::default_due(moment.now, within, moment.calendar);
    Vacancy { decision_due, contact_due, reply }
}

/// The order without a department. Whoever answered for it stays responsible until the next claims.
pub(super) fn vacate(
    order: &mut WorkOrder,
    (state, alarm): (State, Alarm),
    vacancy: &Vacancy,
    at: Timestamp,
) {
    returning::rule(order, Decision::Granted);
    order.state = state;
    order.department = None;
    order.duty.clear();
    (order.claimant, order.claimant_human) = (None, None);
    if order.contacted_at.is_none() {
        order.claimed_at = None;
    }
    order.set_claim_due(None);
    order.set_contact_due(vacancy.contact_due);
    order.set_reply(vacancy.reply);
    order.set_decision_due(alarm, vacancy.decision_due, at);
}

/// Refuses a department that there is not, or that may have nothing to do with the order.
pub(super) fn possible(order: &WorkOrder, to: &Named) -> Result<(), Error> {
    let department = to.department.clone();
    if !to.known {
        return Err(Error::DepartmentNotFound { department });
    }
    if order.excluded.contains(&department) {
        return Err(Error::DepartmentExcluded { department });
    }
    Ok(())
}

/// The order as offered. Whoever answered for it stays responsible until it is claimed.
pub(super) fn take(order: &mut WorkOrder, offer: &Offer, at: Timestamp) {
    order.state = State::Offered;
    order.department = Some(offer.department.clone());
    order.responsible.get_or_insert_with(|| offer.department.clone());
    order.duty.clone_from(&offer.duty);
    (order.claimant, order.claimant_human) = (None, None);
    (order.offered_at, order.released_at, order.decision_due) = (at, None, None);
    if order.contacted_at.is_none() {
        order.claimed_at = None;
        order.set_contact_due(offer.contact_due);
    }
    // A claim is awaited of somebody else now, even if it were due at the same instant.
    order.claim_due = None;
    order.set_claim_due(offer.claim_due);
    order.set_reply(offer.reply);
    assistance::set_due(order, offer.assistance_due);
    // Who leads does not assist.
    let own = order.assistance.iter_mut().filter(|child| child.department == offer.department);
    for child in own.filter(|child| child.is_open()) {
        child.waived_at = Some(at);
    }
}

fn draft(work: Requested, moment: Moment<'_>) -> WorkOrder {
    WorkOrder {
        id: work.work_order,
        number: work.number,
        source: work.source,
        source_number: work.source_number,
        parent: None,
        asked_by: None,
        kind: work.kind,
        round: work.round,
        title: work.title,
        text: work.text,
        enterprise: work.enterprise,
        category: work.category,
        work_class: work.work_class,
        suggested_assisting: work.suggested_assisting,
        limits: work.limits,
        rule_version: work.rule_version,
        barred: work.barred,
        excluded: work.excluded,
        zone_duty: work.zone_duty,
        state: State::Unrouted,
        department: None,
        responsible: None,
        duty: Vec::new(),
        claimant: None,
        claimant_human: None,
        concerned: BTreeSet::new(),
        submitted_at: work.submitted_at,
        offered_at: moment.now,
        released_at: None,
        claimed_at: None,
        accepted_at: None,
        contacted_at: None,
        completed_at: None,
        changed_at: moment.now,
        claim_due: None,
        contact_due: None,
        acceptance_due: None,
        reply: None,
        decision_due: None,
        waits_from: None,
        contacted_late: None,
        answered_late: None,
        armed: BTreeMap::new(),
        card: None,
        yellow_for: None,
        supervisions: Vec::new(),
        returns: Vec::new(),
        assistance: Vec::new(),
        pauses: Vec::new(),
        extensions: Vec::new(),
        still: None,
        escalated_for: None,
        designated: false,
        minutes: String::new(),
        precedent: None,
        declined_basis: String::new(),
        cancelled_reason: String::new(),
        replied: None,
        overdue_assistance: Vec::new(),
        signer: None,
        planned_at: None,
        settled_outcome: String::new(),
        outcome: None,
        answer: String::new(),
        internal_note: String::new(),
        rating: None,
        closed_late: None,
        past: Vec::new(),
    }
}
