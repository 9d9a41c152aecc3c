//! First contact (报到): the department calls on the enterprise.

use base::{Person, PersonId};
use calendar::Moment;
use jiff::Timestamp;

use super::fact::What;
use super::order::WorkOrder;
use super::sight::{claimant, does_the_work};
use super::words::{Action, State};
use super::{after, claim, step};
use crate::error::Error;

/// Records first contact; claims too if nobody has. What was contacted before is only claimed.
pub(super) fn contact(
    order: &WorkOrder,
    by: &Person,
    proof: &str,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    does_the_work(order, by, Action::Contact)?;
    claimant(order, by)?;
    step(order, Action::Contact)?;
    let mut happened = Vec::new();
    if order.claimant.is_none() {
        happened.push(claim::claimed(order, by, false, moment));
    }
    let claimed = after(order, &happened, moment.now);
    if claimed.contacted_at.is_none() {
        happened.push(made(&claimed, by, proof, moment.now));
    }
    Ok(happened)
}

/// The contact itself, held against its limit.
pub(super) fn made(order: &WorkOrder, by: &Person, proof: &str, at: Timestamp) -> What {
    let due = order.contact_due;
    let late = due.is_some_and(|due| due.at < at);
    What::Contacted { human: by.human().clone(), proof: proof.to_owned(), late, due }
}

pub(super) fn contacted(order: &mut WorkOrder, by: &PersonId, late: bool, at: Timestamp) {
    order.state = State::InProgress;
    order.contacted_at = Some(at);
    order.contacted_late = Some(late);
    order.concerned.insert(by.clone());
}
