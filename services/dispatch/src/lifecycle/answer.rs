//! Answer (办复), urging (催办), and what the enterprise says of it.

use base::{Person, WorkOrderId};
use calendar::Moment;

use super::command::{Cause, Command};
use super::fact::{Fact, What};
use super::order::{Rating, WorkClass, WorkOrder};
use super::{Action, Heard, State, after, assistance, claimant, contact, late, step};
use crate::error::Error;

/// Answers. Assisting orders are done, or overdue and then named: the lateness is theirs.
pub(super) fn complete(
    order: &WorkOrder,
    command: &Command,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    let Command::Complete { by, outcome, answer, internal_note, proof } = command else {
        return Ok(Vec::new());
    };
    claimant(order, by)?;
    step(order, Action::Complete)?;
    // The last line of defence: the directory publishes no category of classes A and B as long as
    // nobody can sign for them.
    if order.work_class != WorkClass::C {
        return Err(Error::SignatureNeeded);
    }
    let mut happened = Vec::new();
    if order.contacted_at.is_none() {
        let proof = proof.as_ref().ok_or(Error::ContactMissing)?;
        happened.push(contact::made(order, &by.id, proof, moment.now));
    }
    let (overdue, open): (Vec<_>, Vec<_>) =
        order.open_assistance().partition(|child| child.due.at < moment.now);
    if !open.is_empty() {
        let work_orders = open.iter().map(|child| child.work_order).collect();
        return Err(Error::AssistanceOpen { work_orders });
    }
    let contacted = after(order, &happened, moment.now);
    let due = contacted.answer_due();
    if let Some(due) = due {
        happened.extend(assistance::follow(&contacted, due, Cause::Pause, moment));
    }
    happened.push(What::Completed {
        by: by.id.clone(),
        outcome: *outcome,
        answer: answer.clone(),
        internal_note: internal_note.clone(),
        late: due.is_some_and(|due| due.at < moment.now),
        due,
        overdue_assistance: overdue
            .iter()
            .map(|child| child.work_order)
            .collect::<Vec<WorkOrderId>>(),
    });
    Ok(happened)
}

/// Urges the department, once per due instant; nobody urges the own department.
pub(super) fn urge(order: &WorkOrder, by: &Person, note: &str) -> Result<Vec<What>, Error> {
    if by.belongs_to(&order.department) {
        return Err(Error::OwnDepartment);
    }
    step(order, Action::Urge)?;
    let due_at = order.reply.map(|reply| reply.due.at);
    if 0 < order.urged_times && order.urged_for == due_at {
        return Err(Error::UrgedAlready);
    }
    Ok(vec![What::Urged { note: note.to_owned(), due_at }])
}

/// The enterprise's verdict, once per round.
pub(super) fn rate(order: &WorkOrder, round: u32, rating: Rating) -> Vec<What> {
    if round == order.round && order.rating.is_none() {
        return vec![What::Rated { rating }];
    }
    late(order, if rating.confirmed { Heard::TicketConfirmed } else { Heard::TicketDissatisfied })
}

pub(super) fn applied(order: &mut WorkOrder, fact: &Fact) {
    if let What::Completed { by, outcome, answer, internal_note, late, .. } = &fact.what {
        order.state = State::Completed;
        order.completed_at = Some(fact.at);
        order.answered_late = Some(*late);
        order.still = None;
        order.concerned.insert(by.clone());
        order.outcome = Some(*outcome);
        order.answer.clone_from(answer);
        order.internal_note.clone_from(internal_note);
    } else if let What::Urged { due_at, .. } = &fact.what {
        order.urged_times += 1;
        order.urged_for = *due_at;
    } else if let What::Rated { rating } = &fact.what {
        order.rating = Some(*rating);
    }
}
