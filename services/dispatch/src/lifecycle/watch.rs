//! What time does: cards, limits that run out, and due instants that move.

use base::{Person, Role};
use calendar::{Limit, Moment};
use jiff::Timestamp;

use super::fact::{Fact, What};
use super::limits::{self, Deadline, Due, LIMITS, LimitKind, Tier};
use super::order::WorkOrder;
use super::sight::is_barred;
use super::words::{Alarm, Card, Cause, State, Told, WorkClass};
use super::{acceptance, alarms, assistance, claim, extension, pause};

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
        Alarm::Claim if order.work_class == WorkClass::Urgent => duty_missed(order, moment),
        Alarm::Claim => claim_missed(order, head, moment),
        Alarm::Contact => contact_missed(order),
        Alarm::Acceptance => acceptance::missed(order, moment),
        Alarm::RouteDecision
        | Alarm::ReturnDecision
        | Alarm::EscalationDecision
        | Alarm::DeclineDecision
        | Alarm::PauseDecision
        | Alarm::ExtensionDecision
        | Alarm::Signature => ruling_missed(order, alarm, moment),
        Alarm::UrgeAnswer | Alarm::SupervisionAnswer => answer_missed(order, alarm),
        Alarm::Legal => legal(order),
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
        let of_it = order.department.as_ref().is_some_and(|own| head.belongs_to(own));
        head.active && of_it && !is_barred(order, head)
    };
    match head.filter(fit) {
        Some(head) => vec![claim::claimed(order, head, true, moment)],
        None => {
            let again = next(LIMITS.reminder_after, moment.now);
            vec![missed(Alarm::Claim, Told::ZoneLeader, due, Some(again))]
        }
    }
}

/// Class urgent: it is offered to the next of the duty chain; after the last a zone leader is told,
/// again and again.
fn duty_missed(order: &WorkOrder, moment: Moment<'_>) -> Vec<What> {
    let Some(due) = order.claim_due else { return Vec::new() };
    let told = if 1 < order.duty.len() { Told::OnDuty } else { Told::ZoneLeader };
    let again = limits::duty_due(moment.now, moment.calendar).at;
    vec![missed(Alarm::Claim, told, due, Some(again))]
}

fn contact_missed(order: &WorkOrder) -> Vec<What> {
    let told_once = |due| missed(Alarm::Contact, Told::Lead, due, None);
    order.contact_due.map(told_once).into_iter().collect()
}

/// Whoever has to decide did not: the one above is told, then a zone leader, every working day.
fn ruling_missed(order: &WorkOrder, alarm: Alarm, moment: Moment<'_>) -> Vec<What> {
    let asked = |at: Timestamp| limits::default_due(at, LIMITS.decision_within, moment.calendar);
    let (due, decider) = if alarm == Alarm::PauseDecision {
        let pending = order.pending_pause();
        let due =
            pending.map(|pending| pending.decision_due.unwrap_or_else(|| asked(pending.from)));
        (due, pending.map(pause::decider))
    } else if alarm == Alarm::ExtensionDecision {
        let pending = order.pending_extension();
        let due =
            pending.map(|pending| pending.decision_due.unwrap_or_else(|| asked(pending.asked_at)));
        (due, Some(extension::decider(order)))
    } else {
        let by_leader = (alarm == Alarm::EscalationDecision).then_some(Role::ZoneLeader);
        (order.decision_due, by_leader)
    };
    let Some(due) = due else { return Vec::new() };
    let told = match told(order, alarm) {
        None if alarm == Alarm::Signature => Told::Lead,
        None if decider != Some(Role::ZoneLeader) => Told::DispatchHead,
        None | Some(_) => Told::ZoneLeader,
    };
    let again = limits::after(moment.now, LIMITS.reminder_after, moment.calendar);
    vec![missed(alarm, told, due, Some(again))]
}

/// The department did not answer to who presses: of an urging the lead is told, of a supervision a
/// zone leader.
fn answer_missed(order: &WorkOrder, alarm: Alarm) -> Vec<What> {
    let told = if alarm == Alarm::UrgeAnswer { Told::Lead } else { Told::ZoneLeader };
    let due = order.armed.get(&alarm).map(|armed| armed.at);
    let asked = order.supervisions.iter().rfind(|past| Some(past.answer_due.at) == due);
    Vec::from_iter(asked.map(|asked| missed(alarm, told, asked.answer_due, None)))
}

/// The statutory limit has passed: 法制 is told, once.
fn legal(order: &WorkOrder) -> Vec<What> {
    let statutory = order.reply.and_then(|reply| reply.of(Tier::Statutory));
    Vec::from_iter(statutory.map(|due| missed(Alarm::Legal, Told::Legal, due, None)))
}

fn pause_over(order: &WorkOrder, moment: Moment<'_>) -> Vec<What> {
    let Some(until) = order.running_pause().map(|running| running.until) else {
        return Vec::new();
    };
    pause::resume(order, until, true, moment)
}

/// A card, once per due instant. What is overdue already gets no yellow card first.
fn card(order: &WorkOrder, alarm: Alarm, now: Timestamp) -> Vec<What> {
    let Some(deadline) = order.reply else { return Vec::new() };
    let (due, red_at) = (deadline.card_due(), deadline.red_at);
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

pub(super) fn missed(alarm: Alarm, told: Told, due: Due, next_at: Option<Timestamp>) -> What {
    What::LimitMissed { alarm, told, due, next_at }
}

fn told(order: &WorkOrder, alarm: Alarm) -> Option<Told> {
    order.armed.get(&alarm).and_then(|armed| armed.told)
}

/// The answer is due at another instant than before, and assisting orders with it. An assisting
/// order follows and does not reckon; while the clock stands still nothing is reckoned.
pub(super) fn reply_moved(order: &WorkOrder, cause: Cause, moment: Moment<'_>) -> Option<What> {
    if order.parent.is_some() || order.state == State::Suspended {
        return None;
    }
    let (before, reply) = (order.reply?, limits::reply(order, moment.calendar)?);
    let (old, new) = moved_tier(&before, &reply)?;
    let assists = order.open_assistance().next().is_some();
    let assistance_due = assists.then(|| limits::assistance_due(reply.due, moment.calendar));
    let (kind, reply) = (LimitKind::Reply, Some(reply));
    Some(What::DueChanged { kind, old, new, reply, assistance_due, cause })
}

/// What moved between two deadlines: the due instant that binds, or else that of another tier.
fn moved_tier(before: &Deadline, now: &Deadline) -> Option<(Due, Due)> {
    let tiers = before.tiers.into_iter().zip(now.tiers).filter_map(|(old, new)| old.zip(new));
    let mut pairs = [(before.due, now.due)].into_iter().chain(tiers);
    pairs.find(|(old, new)| differs(*old, *new))
}

/// Whether two due instants say something different to those who wait for them.
pub(super) fn differs(old: Due, new: Due) -> bool {
    (old.at, old.provisional) != (new.at, new.provisional)
}

/// The cards that were given and prove wrong: their instant came after `since`, and with the deadline
/// that holds from then on it would not have come yet.
pub(super) fn wrong_cards(order: &WorkOrder, new: Deadline, since: Timestamp) -> Vec<What> {
    let later = |card, given_at| since < given_at && given_at < instant_of(card, &new);
    annulled(order, later)
}

/// The cards that were given too early by a deadline whose due instant stays, and are not due yet.
pub(super) fn early_cards(order: &WorkOrder, new: Deadline, now: Timestamp) -> Vec<What> {
    let early = |card, given_at| given_at < instant_of(card, &new) && now < instant_of(card, &new);
    annulled(order, early)
}

/// The cards that were given, if the order was done with before their instant, as is known only now.
pub(super) fn overtaken_cards(order: &WorkOrder, done_at: Timestamp) -> Vec<What> {
    annulled(order, |_, given_at| done_at < given_at)
}

/// The cards that were given for the present due instant and prove wrong, the last one first.
fn annulled(order: &WorkOrder, is_wrong: impl Fn(Card, Timestamp) -> bool) -> Vec<What> {
    let Some(deadline) = order.reply else { return Vec::new() };
    let due = deadline.card_due();
    let given = [Card::Red, Card::Yellow].into_iter().filter(|card| order.was_given(*card));
    let wrong = given.filter(|card| is_wrong(*card, instant_of(*card, &deadline)));
    wrong.map(|card| What::CardAnnulled { card, due }).collect()
}

fn instant_of(card: Card, deadline: &Deadline) -> Timestamp {
    match card {
        Card::Yellow => deadline.yellow_at,
        Card::Red => deadline.red_at,
    }
}

pub(super) fn applied(order: &mut WorkOrder, fact: &Fact) {
    if let What::DueChanged { kind, new, reply, assistance_due, .. } = &fact.what {
        match kind {
            LimitKind::Claim => order.set_claim_due(Some(*new)),
            LimitKind::Contact => order.set_contact_due(Some(*new)),
            // While the clock stands still it is the due instant that follows which moves.
            LimitKind::Reply => match (reply, order.still.as_mut()) {
                (None, Some(still)) => still.due = *new,
                (Some(_), _) | (_, None) => order.set_reply(*reply),
            },
        }
        if let (LimitKind::Reply, Some(completed_at)) = (kind, order.completed_at) {
            order.answered_late = Some(new.at < completed_at);
        }
        assistance::set_due(order, *assistance_due);
    } else if let What::YellowCarded { due } = &fact.what {
        (order.card, order.yellow_for) = (Some(Card::Yellow), Some(due.at));
        order.arm(Alarm::YellowCard, None);
    } else if let What::RedCarded { .. } = &fact.what {
        order.card = Some(Card::Red);
        order.arm(Alarm::YellowCard, None);
        order.arm(Alarm::RedCard, None);
    } else if let What::CardAnnulled { card, .. } = &fact.what {
        annul(order, *card);
    } else if let What::LimitMissed { alarm, told, next_at, .. } = &fact.what {
        order.arm(*alarm, *next_at);
        if let Some(armed) = order.armed.get_mut(alarm) {
            armed.told = Some(*told);
        }
        if *told == Told::OnDuty && !order.duty.is_empty() {
            order.duty.remove(0);
            order.claim_due = order.claim_due.zip(*next_at).map(|(due, at)| Due { at, ..due });
        }
    }
}

/// It is as if the card had not been given: if the due instant does not move after all, it is. One
/// that was given before it, and was right, stands.
fn annul(order: &mut WorkOrder, card: Card) {
    let yellow = card == Card::Red && order.was_given(Card::Yellow);
    order.card = yellow.then_some(Card::Yellow);
    if !yellow {
        order.yellow_for = None;
        order.arm(Alarm::YellowCard, order.reply.map(|reply| reply.yellow_at));
    }
    order.arm(Alarm::RedCard, order.reply.map(|reply| reply.red_at));
}
