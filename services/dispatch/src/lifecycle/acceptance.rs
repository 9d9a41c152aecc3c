//! Acceptance (受理): the owner of decision work takes the application on, and limits that start there
//! run. Until it has, somebody is told that it is awaited.

use calendar::Moment;
use jiff::Timestamp;

use super::fact::{Acceptance, Fact, What};
use super::heard::Heard;
use super::limits::{self, Due, LIMITS};
use super::order::WorkOrder;
use super::words::{Alarm, State, Told, WorkKind};
use super::{assistance, late, pause, watch};

/// The owner has accepted, once a round, as of an instant that may lie before what is known here:
/// every due instant is reckoned anew from there. A card that proves wrong by it is annulled.
pub(super) fn accept(
    order: &WorkOrder,
    round: u32,
    accepted_at: Timestamp,
    moment: Moment<'_>,
) -> Vec<What> {
    let of_earlier = round != 0 && round < order.round;
    if order.kind != WorkKind::Decision || of_earlier || order.accepted_at.is_some() {
        return late(order, Heard::WorkAccepted);
    }
    let accepted = WorkOrder { accepted_at: Some(accepted_at), ..order.clone() };
    // While the clock stands still, as if it did not: what it comes to follows at the end.
    let reply = limits::reply(&pause::without_it(&accepted), moment.calendar);
    let wrong = reply.map(|reply| watch::wrong_cards(order, reply, accepted_at));
    let assistance_due = if order.state == State::Suspended {
        pause::assistance_moved(&accepted, moment)
    } else {
        assistance::due_with(&accepted, reply, moment)
    };
    let acceptance = Acceptance { accepted_at, reply, assistance_due };
    wrong.into_iter().flatten().chain([What::Accepted { acceptance }]).collect()
}

/// By when the owner should have accepted, reckoned from the claim: of an order of which a limit starts
/// there, and while it has not.
pub(super) fn awaited(order: &WorkOrder, moment: Moment<'_>) -> Option<Due> {
    let claimed_at = order.claimed_at.filter(|_| order.awaits_acceptance())?;
    Some(limits::default_due(claimed_at, LIMITS.acceptance_within, moment.calendar))
}

/// Nobody has accepted: the lead is told, and again while it lasts.
pub(super) fn missed(order: &WorkOrder, moment: Moment<'_>) -> Vec<What> {
    let again = limits::after(moment.now, LIMITS.zone_leader_told_after, moment.calendar);
    let told = |due| watch::missed(Alarm::Acceptance, Told::Lead, due, Some(again));
    order.acceptance_due.map(told).into_iter().collect()
}

pub(super) fn applied(order: &mut WorkOrder, fact: &Fact) {
    let What::Accepted { acceptance } = &fact.what else { return };
    order.accepted_at = Some(acceptance.accepted_at);
    order.set_acceptance_due(None);
    order.set_reply(acceptance.reply);
    assistance::set_due(order, acceptance.assistance_due);
}
