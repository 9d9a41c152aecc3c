//! Signature (签发): answers of classes A and B go out when the lead has signed them.

use base::{Person, Role};
use calendar::Moment;
use jiff::Timestamp;

use super::fact::What;
use super::limits::Due;
use super::order::WorkOrder;
use super::parts::{Reply, Signer};
use super::sight::stranger;
use super::words::{Action, Outcome, State, WorkClass, WorkKind};
use super::{claim, step, watch};
use crate::error::Error;

/// Whether an answer must be signed. One department's answer to another is none to the enterprise.
pub(super) fn is_needed(order: &WorkOrder) -> bool {
    let hard = matches!(order.work_class, WorkClass::A | WorkClass::B);
    hard && order.parent.is_none() && order.kind == WorkKind::Answer
}

/// Whether the answer that waits still holds: that the enterprise did not supply does not, once it is
/// known that it had in time.
pub(super) fn holds(order: &WorkOrder) -> bool {
    order.outcome != Some(Outcome::NotSupplemented)
        || order.awaited_in_vain(order.changed_at).is_some()
}

/// Signs the answer. The instant that counts is the claimant's, if it is signed in time. What does not
/// hold any more is sent back.
pub(super) fn sign(order: &WorkOrder, by: &Person, moment: Moment<'_>) -> Result<Vec<What>, Error> {
    let reply = signable(order, by, Action::Sign)?;
    if !holds(order) {
        return Err(Error::OutcomeForbids { outcome: reply.outcome });
    }
    let in_time = order.decision_due.is_some_and(|due| moment.now <= due.at);
    let counted_at = if in_time { reply.given_at } else { moment.now };
    let due = order.answer_due();
    let late = due.is_some_and(|due| due.at < counted_at);
    let signer = Some(Signer { by: by.id.clone(), human: by.human().clone() });
    let wrong = watch::overtaken_cards(order, counted_at);
    let signed = What::Completed { reply: reply.clone(), signer, counted_at, late, due };
    Ok(wrong.into_iter().chain([signed]).collect())
}

/// Sends the answer back; the work goes on.
pub(super) fn send_back(
    order: &WorkOrder,
    by: &Person,
    reason: &str,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    signable(order, by, Action::SendBack)?;
    let claim_due = claim::due_again(order, moment);
    Ok(vec![What::SentBack { reason: reason.to_owned(), claim_due }])
}

/// The answer that waits, for a lead of the department who neither gave it nor has the order, by any
/// account, nor is a lead in the place of who does (代理).
fn signable<'a>(order: &'a WorkOrder, by: &Person, action: Action) -> Result<&'a Reply, Error> {
    if !order.department.as_ref().is_some_and(|department| by.belongs_to(department)) {
        return Err(stranger(order, by));
    }
    step(order, action)?;
    let reply = order.replied.as_ref().ok_or(Error::WorkOrderNotFound)?;
    let answered = [&reply.by, &reply.human].into_iter();
    let mut own = answered.chain(&order.claimant).chain(&order.claimant_human);
    let principal = by.lent.get(&Role::Lead);
    if own.any(|own| own == by.human() || *own == by.id || principal == Some(own)) {
        return Err(Error::SignsOwn);
    }
    Ok(reply)
}

pub(super) fn sent_back(order: &mut WorkOrder, claim_due: Option<Due>, at: Timestamp) {
    // Its claimant may have left meanwhile.
    let has_it = order.claimant.is_some();
    order.state = if has_it { State::InProgress } else { State::Offered };
    if claim_due.is_some() {
        claim::waits_again(order, claim_due, at);
    }
    (order.outcome, order.planned_at, order.replied) = (None, None, None);
    (order.answer, order.internal_note) = (String::new(), String::new());
    order.overdue_assistance.clear();
    order.decision_due = None;
}
