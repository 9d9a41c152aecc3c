//! Recount: a year of the calendar was published or amended, and every due instant that is still
//! awaited is reckoned anew; those met never.

use calendar::{Limit, Moment};
use jiff::Timestamp;

use super::fact::{Fact, What};
use super::limits::{self, Deadline, Due, LIMITS, LimitKind};
use super::order::WorkOrder;
use super::words::{Alarm, Cause, Level, State, WorkClass};
use super::{after, assistance, pause, supervision, watch};

/// Everything that moves: the limits of the order itself, what somebody must rule on, sign or answer,
/// and the instants of cards.
pub(super) fn recount(order: &WorkOrder, moment: Moment<'_>) -> Vec<What> {
    if !order.is_open() {
        return Vec::new();
    }
    let mut happened = Vec::new();
    // Also of what was returned unclaimed: refused, it waits for the same claim again. A duty chain goes
    // by the clock on the wall.
    let unclaimed = matches!(order.state, State::Offered | State::ReturnPending);
    if unclaimed && order.claimant.is_none() && order.work_class != WorkClass::Urgent {
        happened.extend(limit_moved(order, LimitKind::Claim, order.claim_due, moment));
    }
    if order.contacted_at.is_none() {
        happened.extend(limit_moved(order, LimitKind::Contact, order.contact_due, moment));
    }
    happened.extend(awaited(order).into_iter().filter_map(|awaited| awaited.moved(moment)));
    happened.extend(reply_moved(order, moment));
    happened
}

fn limit_moved(
    order: &WorkOrder,
    kind: LimitKind,
    old: Option<Due>,
    moment: Moment<'_>,
) -> Option<What> {
    let (old, new) = (old?, limits::due(order, kind, moment.calendar)?);
    let (reply, assistance_due) = (None, None);
    let cause = Cause::Calendar;
    watch::differs(old, new).then_some(What::DueChanged {
        kind,
        old,
        new,
        reply,
        assistance_due,
        cause,
    })
}

/// The answer is due at another instant, or at the same and its cards are not. Of an order whose clock
/// stands still it is as if it did not, and who assists learns at once what follows.
fn reply_moved(order: &WorkOrder, moment: Moment<'_>) -> Vec<What> {
    let going = pause::without_it(order);
    let moved = watch::reply_moved(&going, Cause::Calendar, moment);
    let moved = moved.or_else(|| cards_moved(&going, moment));
    let wrong = if let Some(What::DueChanged { reply: Some(reply), .. }) = &moved {
        watch::wrong_cards(order, *reply, Timestamp::MIN)
    } else if let Some(What::CardsMoved { reply, .. }) = &moved {
        watch::early_cards(order, *reply, moment.now)
    } else {
        Vec::new()
    };
    let mut happened: Vec<What> = wrong.into_iter().chain(moved).collect();
    let reply = after(order, &happened, moment.now).reply;
    if let Some((due, reply)) = pause::assistance_moved(order, moment).zip(reply) {
        let (assistance_due, cause) = (Some(due), Cause::Calendar);
        happened.push(What::CardsMoved { reply, assistance_due, cause });
    }
    happened
}

fn cards_moved(order: &WorkOrder, moment: Moment<'_>) -> Option<What> {
    let before = order.reply?;
    let now = match order.parent {
        Some(_) => limits::assisting(before.due, order.offered_at, moment.calendar),
        None => limits::reply(order, moment.calendar)?,
    };
    let instants = |of: Deadline| (of.yellow_at, of.red_at, of.overdue_at);
    let assistance_due = assistance::due_with(order, Some(before), moment);
    let (due, tiers) = (before.due, before.tiers);
    let moved = instants(before) != instants(now) || assistance_due.is_some();
    let (reply, cause) = (Deadline { due, tiers, ..now }, Cause::Calendar);
    moved.then_some(What::CardsMoved { reply, assistance_due, cause })
}

/// Something that somebody must do, since when, and by when.
struct Awaited {
    alarm: Alarm,
    from: Option<Timestamp>,
    due: Option<Due>,
    within: Limit,
}

impl Awaited {
    fn moved(self, moment: Moment<'_>) -> Option<What> {
        let Awaited { alarm, from, due, within } = self;
        let (old, new) = (due?, limits::default_due(from?, within, moment.calendar));
        watch::differs(old, new).then_some(What::AwaitedMoved { alarm, old, new })
    }
}

/// What is awaited of the order's state, of who rules on what was asked, and of who is pressed.
fn awaited(order: &WorkOrder) -> Vec<Awaited> {
    let of = |alarm, from, due, within| Awaited { alarm, from, due, within };
    let own = decision_of(order.state)
        .map(|(alarm, within)| of(alarm, order.waits_from, order.decision_due, within));
    let ruling = LIMITS.decision_within;
    let pause = order
        .pending_pause()
        .map(|asked| of(Alarm::PauseDecision, Some(asked.from), asked.decision_due, ruling));
    let extension = order.pending_extension().map(|asked| {
        of(Alarm::ExtensionDecision, Some(asked.asked_at), asked.decision_due, ruling)
    });
    let pressed = [Level::Urged, Level::Supervised].into_iter().filter_map(|level| {
        let last = order.supervisions.iter().rfind(|past| past.level == level);
        let last = last.filter(|last| last.answered_at.is_none())?;
        let (alarm, within) = supervision::answer_of(level);
        Some(of(alarm, Some(last.asked_at), Some(last.answer_due), within))
    });
    let accepted = order
        .acceptance_due
        .map(|due| of(Alarm::Acceptance, order.claimed_at, Some(due), LIMITS.acceptance_within));
    [own, pause, extension, accepted].into_iter().flatten().chain(pressed).collect()
}

/// What somebody must decide in a state, and within what.
fn decision_of(state: State) -> Option<(Alarm, Limit)> {
    let decisions = [
        (State::Unrouted, Alarm::RouteDecision, LIMITS.decision_within),
        (State::ReturnPending, Alarm::ReturnDecision, LIMITS.decision_within),
        (State::Declined, Alarm::DeclineDecision, LIMITS.decision_within),
        (State::Escalated, Alarm::EscalationDecision, LIMITS.escalation_within),
        (State::AwaitingSignature, Alarm::Signature, LIMITS.signature_within),
    ];
    decisions.into_iter().find_map(|(of, alarm, within)| (of == state).then_some((alarm, within)))
}

pub(super) fn applied(order: &mut WorkOrder, fact: &Fact) {
    if let What::CardsMoved { reply, assistance_due, .. } = &fact.what {
        order.set_reply(Some(*reply));
        assistance::set_due(order, *assistance_due);
    } else if let What::AwaitedMoved { alarm, new, .. } = &fact.what {
        set_awaited(order, *alarm, *new);
        // What has rung already rings anew only if it was too early.
        let waits = order.armed.get(alarm).is_some_and(|armed| armed.told.is_none());
        if waits || fact.at < new.at {
            order.arm(*alarm, Some(new.at));
        }
    }
}

fn set_awaited(order: &mut WorkOrder, alarm: Alarm, due: Due) {
    let mut levels = [Level::Urged, Level::Supervised].into_iter();
    if let Some(level) = levels.find(|level| supervision::answer_of(*level).0 == alarm) {
        let last = order.supervisions.iter_mut().rfind(|past| past.level == level);
        last.into_iter().for_each(|last| last.answer_due = due);
    } else if alarm == Alarm::PauseDecision {
        order.pauses.last_mut().into_iter().for_each(|last| last.decision_due = Some(due));
    } else if alarm == Alarm::ExtensionDecision {
        order.extensions.last_mut().into_iter().for_each(|last| last.decision_due = Some(due));
    } else if alarm == Alarm::Acceptance {
        order.acceptance_due = Some(due);
    } else {
        order.decision_due = Some(due);
    }
}
