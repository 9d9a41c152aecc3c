//! What time does: cards, limits that run out, and due instants that move.

use base::Person;
use calendar::{Limit, Moment};
use jiff::Timestamp;

use super::command::Cause;
use super::fact::{Fact, What};
use super::limits::{self, Deadline, Due, LIMITS, LimitKind};
use super::order::{Card, Told, WorkOrder};
use super::{Alarm, State, alarms, offer, pause};

/// An alarm rings. If it is not set, or not yet due, nothing happens; otherwise it is gone
/// afterwards, or set for later.
pub(super) fn ring(
    order: &WorkOrder,
    alarm: Alarm,
    head: Option<&Person>,
    moment: Moment<'_>,
) -> Vec<What> {
    let due = |(set, at): &(Alarm, Timestamp)| *set == alarm && *at <= moment.now;
    if !alarms(order).iter().any(due) {
        return Vec::new();
    }
    match alarm {
        Alarm::Claim => claim_missed(order, head, moment),
        Alarm::Contact => contact_missed(order),
        Alarm::ReturnDecision | Alarm::PauseDecision => ruling_missed(order, alarm, moment),
        Alarm::PauseEnd => pause_over(order, moment),
        Alarm::YellowCard | Alarm::RedCard => card(order, alarm, moment.now),
        Alarm::Overdue => overdue(order, moment),
    }
}

/// The lead is told; after as long again the order counts as claimed by the head. Without a head
/// who may have it, a zone leader is told, again and again.
fn claim_missed(order: &WorkOrder, head: Option<&Person>, moment: Moment<'_>) -> Vec<What> {
    let Some(due) = order.claim_due else { return Vec::new() };
    let next = |limit: Limit, from: Timestamp| limits::after(from, limit, moment.calendar);
    if told(order, Alarm::Claim).is_none() {
        let again = next(limits::claim_limit(order, moment.calendar), due.at);
        return vec![missed(Alarm::Claim, Told::Lead, due, Some(again))];
    }
    let fit = |head: &&Person| {
        head.active && head.belongs_to(&order.department) && !order.barred.contains(&head.id)
    };
    match head.filter(fit) {
        Some(head) => vec![offer::claimed(order, &head.id, true, moment)],
        None => {
            let again = next(LIMITS.reminder_after, moment.now);
            vec![missed(Alarm::Claim, Told::ZoneLeader, due, Some(again))]
        }
    }
}

fn contact_missed(order: &WorkOrder) -> Vec<What> {
    let told_once = |due| missed(Alarm::Contact, Told::Lead, due, None);
    order.contact_due.map(told_once).into_iter().collect()
}

/// The head of dispatch is told, then a zone leader, every working day.
fn ruling_missed(order: &WorkOrder, alarm: Alarm, moment: Moment<'_>) -> Vec<What> {
    let asked_at = if alarm == Alarm::ReturnDecision {
        order.pending_return().map(|pending| pending.returned_at)
    } else {
        order.pending_pause().map(|pending| pending.from)
    };
    let Some(asked_at) = asked_at else { return Vec::new() };
    let due = limits::default_due(asked_at, LIMITS.decision_within, moment.calendar);
    let told = match told(order, alarm) {
        None => Told::DispatchHead,
        Some(_) => Told::ZoneLeader,
    };
    let again = limits::after(moment.now, LIMITS.reminder_after, moment.calendar);
    vec![missed(alarm, told, due, Some(again))]
}

fn pause_over(order: &WorkOrder, moment: Moment<'_>) -> Vec<What> {
    let Some(until) = order.running_pause().map(|running| running.until) else {
        return Vec::new();
    };
    pause::resume(order, until, true, moment)
}

/// A card, once per due instant. What is overdue already gets no yellow card first.
fn card(order: &WorkOrder, alarm: Alarm, now: Timestamp) -> Vec<What> {
    let Some(Deadline { due, red_at, .. }) = order.reply else { return Vec::new() };
    if alarm == Alarm::RedCard || red_at <= now {
        vec![What::RedCarded { due }]
    } else {
        vec![What::YellowCarded { due }]
    }
}

/// The lead is told, then a zone leader, and again while it lasts.
fn overdue(order: &WorkOrder, moment: Moment<'_>) -> Vec<What> {
    let Some(Deadline { due, .. }) = order.reply else { return Vec::new() };
    let later = LIMITS.zone_leader_told_after;
    let (told, from) = match told(order, Alarm::Overdue) {
        None if order.still.is_none() => (Told::Lead, due.at),
        // What stood still is told late.
        None => (Told::Lead, moment.now),
        Some(_) => (Told::ZoneLeader, moment.now),
    };
    let again = limits::after(from, later, moment.calendar);
    vec![missed(Alarm::Overdue, told, due, Some(again))]
}

fn missed(alarm: Alarm, told: Told, due: Due, next_at: Option<Timestamp>) -> What {
    What::LimitMissed { alarm, told, due, next_at }
}

fn told(order: &WorkOrder, alarm: Alarm) -> Option<Told> {
    order.armed.get(&alarm).and_then(|armed| armed.told)
}

/// A year of the calendar was published or amended: every due instant that is still awaited is
/// reckoned anew; those met never.
pub(super) fn recount(order: &WorkOrder, moment: Moment<'_>) -> Vec<What> {
    if !order.is_open() {
        return Vec::new();
    }
    let mut happened = Vec::new();
    if order.state == State::Offered {
        happened.extend(moved(order, LimitKind::Claim, order.claim_due, moment));
    }
    if order.contacted_at.is_none() {
        happened.extend(moved(order, LimitKind::Contact, order.contact_due, moment));
    }
    let moved = reply_moved(order, Cause::Calendar, moment);
    if let Some(What::DueChanged { reply: Some(reply), .. }) = &moved {
        happened.extend(wrong_card(order, *reply, Timestamp::MIN));
    }
    happened.extend(moved);
    happened
}

fn moved(order: &WorkOrder, kind: LimitKind, old: Option<Due>, moment: Moment<'_>) -> Option<What> {
    let (old, new) = (old?, limits::due(order, kind, moment.calendar)?);
    let (reply, assistance_due) = (None, None);
    let cause = Cause::Calendar;
    differs(old, new).then_some(What::DueChanged { kind, old, new, reply, assistance_due, cause })
}

/// The answer is due at another instant than before, and assisting orders with it. An assisting
/// order follows and does not reckon; while the clock stands still nothing is reckoned.
pub(super) fn reply_moved(order: &WorkOrder, cause: Cause, moment: Moment<'_>) -> Option<What> {
    if order.parent.is_some() || order.state == State::Suspended {
        return None;
    }
    let (old, reply) = (order.reply?.due, limits::reply(order, moment.calendar)?);
    let new = reply.due;
    let assists = order.open_assistance().next().is_some();
    let assistance_due = assists.then(|| limits::assistance_due(new, moment.calendar));
    let (kind, reply) = (LimitKind::Reply, Some(reply));
    differs(old, new).then_some(What::DueChanged { kind, old, new, reply, assistance_due, cause })
}

/// Whether two due instants say something different to those who wait for them.
pub(super) fn differs(old: Due, new: Due) -> bool {
    (old.at, old.provisional) != (new.at, new.provisional)
}

/// The card that was given, if it proves wrong: its instant came after `since`, and with the
/// deadline that holds from then on it would not have come yet.
pub(super) fn wrong_card(order: &WorkOrder, new: Deadline, since: Timestamp) -> Option<What> {
    let (card, old) = (order.card?, order.reply?);
    let (given_at, due_later) = match card {
        Card::Yellow => (old.yellow_at, new.yellow_at),
        Card::Red => (old.red_at, new.red_at),
    };
    (since < given_at && given_at < due_later).then_some(What::CardAnnulled { card, due: old.due })
}

pub(super) fn applied(order: &mut WorkOrder, fact: &Fact) {
    if let What::DueChanged { kind, new, reply, assistance_due, .. } = &fact.what {
        match kind {
            LimitKind::Claim => order.set_claim_due(Some(*new)),
            LimitKind::Contact => order.set_contact_due(Some(*new)),
            LimitKind::Reply => order.set_reply(*reply),
        }
        if let (LimitKind::Reply, Some(completed_at)) = (kind, order.completed_at) {
            order.answered_late = Some(new.at < completed_at);
        }
        let open = order.assistance.iter_mut().filter(|child| child.completed_at.is_none());
        if let Some(due) = assistance_due {
            open.for_each(|child| child.due = *due);
        }
    } else if let What::YellowCarded { .. } = &fact.what {
        order.card = Some(Card::Yellow);
        order.arm(Alarm::YellowCard, None);
    } else if let What::RedCarded { .. } = &fact.what {
        order.card = Some(Card::Red);
        order.arm(Alarm::YellowCard, None);
        order.arm(Alarm::RedCard, None);
    } else if let What::CardAnnulled { .. } = &fact.what {
        // It is as if it had not been given: if the due instant does not move after all, it is.
        order.card = None;
        order.arm(Alarm::YellowCard, order.reply.map(|reply| reply.yellow_at));
        order.arm(Alarm::RedCard, order.reply.map(|reply| reply.red_at));
    } else if let What::LimitMissed { alarm, told, next_at, .. } = &fact.what {
        order.arm(*alarm, *next_at);
        if let Some(armed) = order.armed.get_mut(alarm) {
            armed.told = Some(*told);
        }
    }
}
