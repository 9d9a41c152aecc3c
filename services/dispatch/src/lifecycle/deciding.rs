//! Which rule decides which command, of those of one kind.

use calendar::Moment;

use super::command::Command;
use super::fact::What;
use super::order::WorkOrder;
use super::{
    acceptance, answer, assistance, claim, contact, ending, extension, pause, recount, returning,
    round, routing, signing, succession, supervision, verdict, watch,
};
use crate::error::Error;

/// What people ask of an order's course: who has it, and whose work it is.
pub(super) fn whose_work_it_is(
    order: &WorkOrder,
    command: &Command,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    if let Command::Claim { by } = command {
        claim::claim(order, by, moment)
    } else if let Command::Assign { by, to } = command {
        claim::assign(order, by, to, moment)
    } else if let Command::HandOver { by, to } = command {
        claim::hand_over(order, by, to)
    } else if let Command::Release { by } = command {
        claim::release(order, by, moment)
    } else if let Command::Contact { by, proof } = command {
        contact::contact(order, by, proof, moment)
    } else if let Command::Return { by, basis, names } = command {
        returning::give_back(order, by, basis, names.as_ref(), moment)
    } else if let Command::UpholdReturn { by, to, reason } = command {
        returning::uphold(order, by, (to.as_ref(), reason), moment)
    } else if let Command::RefuseReturn { by, reason } = command {
        returning::refuse(order, by, reason, moment)
    } else if let Command::Route { to, precedent } = command {
        routing::route(order, to, *precedent, moment)
    } else if let Command::DesignateLead { to, minutes } = command {
        routing::designate(order, to, minutes, moment)
    } else if let Command::Decline { by, basis } = command {
        routing::decline(order, by, basis, moment)
    } else {
        Ok(Vec::new())
    }
}

/// What people ask of the work itself.
pub(super) fn how_it_is_done(
    order: &WorkOrder,
    command: &Command,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    if let Command::AskAssistance { by, department, text, child, number } = command {
        assistance::ask(order, by, department, text, (*child, number), moment)
    } else if let Command::WaiveAssistance { by, child, reason } = command {
        assistance::waive(order, by, *child, reason)
    } else if let Command::AskPause { by, reason, note, until } = command {
        pause::ask(order, by, (*reason, note), *until, moment)
    } else if let Command::DecidePause { by, decision, reason } = command {
        pause::rule(order, by, *decision, reason, moment)
    } else if let Command::Resume { by } = command {
        pause::end(order, by, moment)
    } else if let Command::AskExtension { by, until, reason } = command {
        extension::ask(order, by, (*until, reason), moment)
    } else if let Command::DecideExtension { by, decision, reason } = command {
        extension::rule(order, by, *decision, reason, moment)
    } else if let Command::Sign { by } = command {
        signing::sign(order, by, moment)
    } else if let Command::SendBack { by, reason } = command {
        signing::send_back(order, by, reason, moment)
    } else if let Command::Press { by, level, note } = command {
        supervision::press(order, by, (*level, note), moment)
    } else if let Command::AnswerSupervision { by, level, answer } = command {
        supervision::answer(order, by, *level, answer, moment)
    } else {
        answer::complete(order, command, moment)
    }
}

/// What other services tell, where it takes effect.
pub(super) fn what_is_told(order: &WorkOrder, command: &Command, moment: Moment<'_>) -> Vec<What> {
    if let Command::Request(work) | Command::Reopen { work, .. } = command {
        round::reopen(order, work, command, moment)
    } else if let Command::Withdraw { round, reason, occurred_at } = command {
        ending::withdraw(order, *round, reason, *occurred_at)
    } else if let Command::Accept { occurred_at, round } = command {
        acceptance::accept(order, *round, *occurred_at, moment)
    } else if let Command::Settle { occurred_at, round, by, outcome } = command {
        ending::settle(order, (by, outcome), *round, *occurred_at, moment)
    } else if let Command::SupplyMaterials { occurred_at } = command {
        pause::supply(order, *occurred_at, moment)
    } else if let Command::Rate { round, rating, .. } = command {
        verdict::rate(order, *round, *rating)
    } else if let Command::VerifyRating { round, counts, reason, .. } = command {
        verdict::verify(order, *round, *counts, reason)
    } else if let Command::Close { occurred_at, round, explained } = command {
        verdict::close(order, *round, *explained, *occurred_at, moment)
    } else if let Command::Leave { person } = command {
        claim::leave(order, person.as_ref(), moment)
    } else if let Command::Succeed { from, to } = command {
        succession::succeed(order, from, to, moment)
    } else {
        recount::recount(order, moment)
    }
}

/// What comes of other orders of this service, or of time.
pub(super) fn what_follows(order: &WorkOrder, command: &Command, moment: Moment<'_>) -> Vec<What> {
    if let Command::AskAnew(assisting) = command {
        round::ask_anew(order, assisting, moment)
    } else if let Command::FollowLead { department } = command {
        assistance::follow_lead(order, department)
    } else if let Command::Cancel { occurred_at, reason } = command {
        ending::cancel(order, reason, *occurred_at)
    } else if let Command::NoteAssisted { child, concerned } = command {
        assistance::done(order, *child, concerned)
    } else if let Command::FollowDue { due, cause } = command {
        assistance::follow_on(order, *due, *cause, moment)
    } else if let Command::StandStill { pause, due } = command {
        assistance::stand_still(order, pause, *due, moment)
    } else if let Command::GoOn { resumed_at, ran_out } = command {
        assistance::go_on(order, *resumed_at, *ran_out)
    } else if let Command::Ring { alarm, head } = command {
        watch::ring(order, *alarm, head.as_ref(), moment)
    } else {
        // A child is made once; whoever asks again says nothing new.
        Vec::new()
    }
}
