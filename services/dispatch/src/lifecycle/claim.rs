//! Claim (签收): one claimant at a time, and how the order goes on from hand to hand.

use base::{Person, PersonId, Role};
use calendar::Moment;
use jiff::Timestamp;

use super::fact::{Fact, What};
use super::limits::{self, Due, LimitKind};
use super::order::WorkOrder;
use super::sight::{claimant, does_the_work, is_barred, stranger};
use super::wanted::Nominee;
use super::words::{Action, Alarm, Release, State, Told, WorkClass};
use super::{acceptance, assistance, step};
use crate::error::Error;

/// Takes the order on. Of many who try, the first wins; the others are told who.
pub(super) fn claim(
    order: &WorkOrder,
    by: &Person,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    does_the_work(order, by, Action::Claim)?;
    if let Some(claimant) = order.claimant.clone().filter(|_| order.is_open()) {
        return Err(Error::ClaimedAlready { claimant, called: None });
    }
    step(order, Action::Claim)?;
    Ok(vec![claimed(order, by, false, moment)])
}

/// Gives the order to a person of the department. Giving it to who has it changes nothing.
pub(super) fn assign(
    order: &WorkOrder,
    by: &Person,
    to: &Nominee,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    if !order.department.as_ref().is_some_and(|department| by.belongs_to(department)) {
        return Err(stranger(order, by));
    }
    let to = eligible(order, to)?;
    step(order, Action::Assign)?;
    Ok(match &order.claimant {
        None => vec![claimed(order, to, false, moment)],
        Some(from) => Vec::from_iter(handed_over(from, to)),
    })
}

/// Hands the order to a colleague.
pub(super) fn hand_over(order: &WorkOrder, by: &Person, to: &Nominee) -> Result<Vec<What>, Error> {
    claimant(order, by)?;
    let to = eligible(order, to)?;
    step(order, Action::HandOver)?;
    let from = order.claimant.as_ref().ok_or(Error::NobodyClaimed)?;
    Ok(Vec::from_iter(handed_over(from, to)))
}

fn handed_over(from: &PersonId, to: &Person) -> Option<What> {
    let handed =
        || What::HandedOver { from: from.clone(), to: to.id.clone(), human: to.human().clone() };
    (*from != to.id).then(handed)
}

/// Gives the order back to the department, before first contact. The claim is awaited as it was, of
/// colleagues.
pub(super) fn release(
    order: &WorkOrder,
    by: &Person,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    claimant(order, by)?;
    step(order, Action::Release)?;
    // Class urgent: the duty chain has gone on since the offer.
    let chain = order.claim_due.filter(|_| order.work_class == WorkClass::Urgent);
    let claim_due = chain.or_else(|| limits::due(order, LimitKind::Claim, moment.calendar));
    Ok(released(order, Release::Released, claim_due))
}

/// Its claimant may do nothing any more: it goes back to the department, and the lead is told at once.
/// Where somebody else decides next (a return, a pause, a signature) it stays there and only loses its
/// claimant: afterwards it waits to be claimed.
pub(super) fn leave(order: &WorkOrder, person: Option<&PersonId>, moment: Moment<'_>) -> Vec<What> {
    if person.is_none() || order.claimant.as_ref() != person {
        return Vec::new();
    }
    let waits = matches!(order.state, State::Claimed | State::InProgress);
    let claim_due = if waits { due_from_now(order, moment) } else { None };
    released(order, Release::Inactive, claim_due)
}

/// By when somebody must claim an order whose claimant has left while it waited for a decision: from
/// now on, that it is offered again. `None` if it has a claimant.
pub(super) fn due_again(order: &WorkOrder, moment: Moment<'_>) -> Option<Due> {
    if order.claimant.is_some() { None } else { due_from_now(order, moment) }
}

fn due_from_now(order: &WorkOrder, moment: Moment<'_>) -> Option<Due> {
    let left = WorkOrder { released_at: Some(moment.now), ..order.clone() };
    limits::due(&left, LimitKind::Claim, moment.calendar)
}

/// The limits of the department go on, whoever of it has the order: none begins anew.
fn released(order: &WorkOrder, cause: Release, claim_due: Option<Due>) -> Vec<What> {
    let released = |from| What::Released { from, cause, claim_due };
    order.claimant.clone().map(released).into_iter().collect()
}

/// The claim itself, with the limits that start at it.
pub(super) fn claimed(
    order: &WorkOrder,
    by: &Person,
    by_default: bool,
    moment: Moment<'_>,
) -> What {
    let mut claimed = order.clone();
    claimed.claimed_at.get_or_insert(moment.now);
    let (contact_due, reply) = limits_of(&claimed, moment);
    let assistance_due = assistance::due_with(&claimed, reply, moment);
    let acceptance_due = acceptance::awaited(&claimed, moment);
    let (by, human) = (by.id.clone(), by.human().clone());
    What::Claimed { by, human, by_default, contact_due, acceptance_due, reply, assistance_due }
}

/// The limits of contact and answer as they follow from who has it since when. What was met stays;
/// an assisting order is due with its parent; while the clock stands still nothing is reckoned.
pub(super) fn limits_of(
    order: &WorkOrder,
    moment: Moment<'_>,
) -> (Option<Due>, Option<limits::Deadline>) {
    let contact_due = match order.contacted_at {
        Some(_) => order.contact_due,
        None => limits::due(order, LimitKind::Contact, moment.calendar),
    };
    let reply = if order.parent.is_some() || order.state == State::Suspended {
        order.reply
    } else {
        limits::reply(order, moment.calendar)
    };
    (contact_due, reply)
}

/// Who may be given the order: active staff of the department, not barred.
fn eligible<'a>(order: &WorkOrder, to: &'a Nominee) -> Result<&'a Person, Error> {
    let of_department = |person: &Person| {
        order.department.as_ref().is_some_and(|department| person.belongs_to(department))
    };
    let fits = |person: &&Person| person.is(Role::Staff) && of_department(person);
    let Some(person) = to.person.as_ref().filter(fits) else {
        return Err(Error::PersonNotEligible { person: to.id.clone() });
    };
    if is_barred(order, person) {
        return Err(Error::PersonBarred { person: to.id.clone() });
    }
    Ok(person)
}

pub(super) fn applied(order: &mut WorkOrder, fact: &Fact) {
    if let What::Claimed { by, human, contact_due, acceptance_due, reply, assistance_due, .. } =
        &fact.what
    {
        let contacted = order.contacted_at.is_some();
        if order.state == State::Offered {
            order.state = if contacted { State::InProgress } else { State::Claimed };
        }
        has_it_now(order, by, human);
        order.claimed_at.get_or_insert(fact.at);
        // From now on the one that has it answers for it.
        order.responsible.clone_from(&order.department);
        order.set_contact_due(*contact_due);
        order.set_acceptance_due(*acceptance_due);
        order.set_reply(*reply);
        assistance::set_due(order, *assistance_due);
    } else if let What::HandedOver { to, human, .. } = &fact.what {
        has_it_now(order, to, human);
    } else if let What::Released { cause, claim_due, .. } = &fact.what {
        if matches!(order.state, State::Claimed | State::InProgress) {
            order.state = State::Offered;
        }
        (order.claimant, order.claimant_human) = (None, None);
        match cause {
            Release::Released => order.set_claim_due(*claim_due),
            Release::Inactive => {
                waits_again(order, *claim_due, fact.at);
                lead_is_told(order);
            }
        }
    }
}

/// Its claimant has left: where it is offered again, somebody must claim it by then.
pub(super) fn waits_again(order: &mut WorkOrder, claim_due: Option<Due>, at: Timestamp) {
    (order.released_at, order.claim_due) = (Some(at), None);
    order.arm(Alarm::Claim, None);
    order.set_claim_due(claim_due);
}

/// What nobody claims within its limit counts as claimed by the head, without being told first. Class
/// urgent goes along its duty chain.
fn lead_is_told(order: &mut WorkOrder) {
    let waits = order.armed.get_mut(&Alarm::Claim);
    if let Some(armed) = waits.filter(|_| order.work_class != WorkClass::Urgent) {
        armed.told = Some(Told::Lead);
    }
}

fn has_it_now(order: &mut WorkOrder, by: &PersonId, human: &PersonId) {
    order.claimant = Some(by.clone());
    order.claimant_human = Some(human.clone());
    order.concerned.extend([by.clone(), human.clone()]);
}
