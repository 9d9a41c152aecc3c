//! Offer and claim (派单, 签收): one claimant, ever, and how the order goes on from hand to hand.

use std::collections::{BTreeMap, BTreeSet};

use base::{Person, PersonId, Role};
use calendar::Moment;

use super::command::{Assisting, Command, Nominee, Requested};
use super::fact::{Fact, What};
use super::limits::{self, LimitKind};
use super::order::WorkOrder;
use super::{Action, Decision, State, claimant, of_the_department, step, stranger};
use crate::error::Error;

/// What can happen to an order that does not exist: it is made. What is heard of one that was
/// never asked for says nothing to us.
pub(super) fn begin(command: &Command, moment: Moment<'_>) -> Result<Vec<What>, Error> {
    match command {
        Command::Request(requested) => Ok(vec![request(requested, moment)]),
        Command::Assist(assisting) => Ok(vec![assist(assisting, moment)]),
        Command::SupplyMaterials { .. }
        | Command::Rate { .. }
        | Command::Recount
        | Command::NoteAssisted { .. }
        | Command::FollowDue { .. }
        | Command::StandStill { .. }
        | Command::GoOn { .. }
        | Command::Ring { .. } => Ok(Vec::new()),
        Command::Claim { .. }
        | Command::Assign { .. }
        | Command::HandOver { .. }
        | Command::Contact { .. }
        | Command::Return { .. }
        | Command::UpholdReturn { .. }
        | Command::RefuseReturn { .. }
        | Command::AskAssistance { .. }
        | Command::AskPause { .. }
        | Command::DecidePause { .. }
        | Command::Complete { .. }
        | Command::Urge { .. } => Err(Error::WorkOrderNotFound),
    }
}

fn request(requested: &Requested, moment: Moment<'_>) -> What {
    let mut order = draft(requested, moment);
    order.set_claim_due(limits::due(&order, LimitKind::Claim, moment.calendar));
    order.set_contact_due(limits::due(&order, LimitKind::Contact, moment.calendar));
    order.set_reply(limits::reply(&order, moment.calendar));
    What::Offered { order: Box::new(order) }
}

fn assist(assisting: &Assisting, moment: Moment<'_>) -> What {
    let mut order = draft(&assisting.requested, moment);
    order.parent = Some(assisting.parent);
    order.asked_by = Some(assisting.asked_by.clone());
    order.set_claim_due(limits::due(&order, LimitKind::Claim, moment.calendar));
    order.set_reply(Some(limits::assisting(assisting.due, moment.now, moment.calendar)));
    What::Offered { order: Box::new(order) }
}

fn draft(requested: &Requested, moment: Moment<'_>) -> WorkOrder {
    let requested = requested.clone();
    WorkOrder {
        id: requested.work_order,
        number: requested.number,
        source: requested.source,
        source_number: requested.source_number,
        parent: None,
        asked_by: None,
        kind: requested.kind,
        round: requested.round,
        title: requested.title,
        text: requested.text,
        enterprise: requested.enterprise,
        category: requested.category,
        work_class: requested.work_class,
        suggested_assisting: requested.suggested_assisting,
        limits: requested.limits,
        rule_version: requested.rule_version,
        barred: requested.barred,
        state: State::Offered,
        department: requested.lead,
        claimant: None,
        concerned: BTreeSet::new(),
        submitted_at: requested.submitted_at,
        offered_at: moment.now,
        claimed_at: None,
        contacted_at: None,
        completed_at: None,
        changed_at: moment.now,
        claim_due: None,
        contact_due: None,
        reply: None,
        contacted_late: None,
        answered_late: None,
        armed: BTreeMap::new(),
        card: None,
        urged_times: 0,
        urged_for: None,
        returns: Vec::new(),
        assistance: Vec::new(),
        pauses: Vec::new(),
        still: None,
        outcome: None,
        answer: String::new(),
        internal_note: String::new(),
        rating: None,
    }
}

/// Takes the order on. Of many who try, the first wins; the others are told who.
pub(super) fn claim(
    order: &WorkOrder,
    by: &Person,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    of_the_department(order, by)?;
    if let Some(claimant) = order.claimant.clone().filter(|_| order.is_open()) {
        return Err(Error::ClaimedAlready { claimant });
    }
    step(order, Action::Claim)?;
    Ok(vec![claimed(order, &by.id, false, moment)])
}

/// Gives the order to a person of the department. Giving it to who has it changes nothing.
pub(super) fn assign(
    order: &WorkOrder,
    by: &Person,
    to: &Nominee,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    if !by.belongs_to(&order.department) {
        return Err(stranger(order, by));
    }
    let to = eligible(order, to)?;
    step(order, Action::Assign)?;
    Ok(match &order.claimant {
        None => vec![claimed(order, to, false, moment)],
        Some(from) if from == to => Vec::new(),
        Some(from) => vec![What::HandedOver { from: from.clone(), to: to.clone() }],
    })
}

/// Hands the order to a colleague.
pub(super) fn hand_over(order: &WorkOrder, by: &Person, to: &Nominee) -> Result<Vec<What>, Error> {
    claimant(order, by)?;
    let to = eligible(order, to)?;
    step(order, Action::HandOver)?;
    match &order.claimant {
        None => Err(Error::NobodyClaimed),
        Some(from) if from == to => Ok(Vec::new()),
        Some(from) => Ok(vec![What::HandedOver { from: from.clone(), to: to.clone() }]),
    }
}

/// The claim itself, with the limits that start at it.
pub(super) fn claimed(
    order: &WorkOrder,
    by: &PersonId,
    by_default: bool,
    moment: Moment<'_>,
) -> What {
    let claimed = WorkOrder { claimed_at: Some(moment.now), ..order.clone() };
    let contact_due = limits::due(&claimed, LimitKind::Contact, moment.calendar);
    let reply = match order.parent {
        Some(_) => order.reply,
        None => limits::reply(&claimed, moment.calendar),
    };
    What::Claimed { by: by.clone(), by_default, contact_due, reply }
}

/// Who may be given the order: active staff of the department, not barred.
fn eligible<'a>(order: &WorkOrder, to: &'a Nominee) -> Result<&'a PersonId, Error> {
    let fits = |person: &Person| person.is(Role::Staff) && person.belongs_to(&order.department);
    if !to.person.as_ref().is_some_and(fits) {
        return Err(Error::PersonNotEligible { person: to.id.clone() });
    }
    if order.barred.contains(&to.id) {
        return Err(Error::PersonBarred { person: to.id.clone() });
    }
    Ok(&to.id)
}

pub(super) fn applied(order: &mut WorkOrder, fact: &Fact) {
    if let What::Claimed { by, contact_due, reply, .. } = &fact.what {
        if order.state == State::Offered {
            order.state = State::Claimed;
        }
        order.claimant = Some(by.clone());
        order.concerned.insert(by.clone());
        order.claimed_at = Some(fact.at);
        order.set_contact_due(*contact_due);
        order.set_reply(*reply);
    } else if let What::HandedOver { to, .. } = &fact.what {
        order.claimant = Some(to.clone());
        order.concerned.insert(to.clone());
    } else if let What::Rerouted { to, claim_due, contact_due, reply, .. } = &fact.what {
        order.state = State::Offered;
        order.department = to.clone();
        order.claimant = None;
        order.offered_at = fact.at;
        order.claimed_at = None;
        if let Some(last) = order.returns.last_mut() {
            last.decision = Some(Decision::Granted);
        }
        // A claim is awaited of somebody else now, even if it were due at the same instant.
        order.claim_due = None;
        order.set_claim_due(*claim_due);
        order.set_contact_due(*contact_due);
        order.set_reply(*reply);
    }
}
