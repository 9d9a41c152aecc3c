//! Limits: how long each step may take, which tier binds, and when cards are due.
//!
//! A due instant is always reckoned by the calendar of the moment of the decision and then carried
//! by the fact, so that applying a fact needs no calendar.

use calendar::{Calendar, Intake, Limit};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::order::{WorkClass, WorkOrder, WorkPause, word};

/// What holds where the catalogue says nothing. Values are the zone's rule data; these are the
/// defaults of domain.md §5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the offer to the claim; after as long again the head has it.
    pub claim_within: Limit,
    /// From the claim to first contact.
    pub contact_within: Limit,
    /// From submission to the answer, class C.
    pub simple_within: Limit,
    /// From submission to the answer, class B.
    pub cross_department_within: Limit,
    /// From submission to the answer, class A.
    pub historic_within: Limit,
    /// From the offer: how long a department may return the order.
    pub return_within: Limit,
    /// From the asking to the dispatcher's ruling on a return or a pause.
    pub decision_within: Limit,
    /// From then on to the zone leader, and between reminders.
    pub reminder_after: Limit,
    /// An assisting order is due so many minutes of office time before the order it assists.
    pub assistance_ahead_minutes: u32,
    /// From due to the lead being told.
    pub lead_told_after: Limit,
    /// From due to the zone leader being told, and between reminders.
    pub zone_leader_told_after: Limit,
    /// Pauses may add as much as the limit itself, so many times.
    pub pause_total_times: u32,
}

/// The defaults.
pub const LIMITS: Limits = Limits {
    claim_within: Limit::WorkingMinutes(4 * 60),
    contact_within: Limit::WorkingDays(1),
    simple_within: Limit::WorkingDays(5),
    cross_department_within: Limit::WorkingDays(10),
    historic_within: Limit::WorkingDays(15),
    return_within: Limit::WorkingDays(1),
    decision_within: Limit::WorkingMinutes(4 * 60),
    reminder_after: Limit::WorkingDays(1),
    assistance_ahead_minutes: 4 * 60,
    lead_told_after: Limit::WorkingDays(2),
    zone_leader_told_after: Limit::WorkingDays(5),
    pause_total_times: 1,
};

word!(
    /// What a limit is for.
    LimitKind {
        /// 签收.
        Claim,
        /// 报到.
        Contact,
        /// 办复.
        Reply,
    }
);
word!(
    /// Whose limit it is. The earliest due instant of the three binds.
    Tier {
        /// 法定.
        Statutory,
        /// 承诺.
        Promised,
        /// 加码.
        Tightened,
    }
);
word!(
    /// From when a limit runs.
    LimitStart {
        /// The enterprise submitted. Never restarts.
        Submitted,
        /// The order was offered. Begins anew for the next department.
        Offered,
        /// The order was claimed.
        Claimed,
    }
);

/// One limit, as rule data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitRule {
    /// What it is for.
    pub kind: LimitKind,
    /// Whose limit.
    pub tier: Tier,
    /// How long, on which clock.
    pub limit: Limit,
    /// From when.
    pub start: LimitStart,
    /// How a start outside office hours is read.
    pub intake: Intake,
}

/// An instant by which something must have happened, with what it stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The instant.
    pub at: Timestamp,
    /// A year that it needs is not yet published.
    pub provisional: bool,
    /// The version of the catalogue that set the limit; 0 if none did.
    pub rule_version: u32,
    /// The version of the calendar that it was reckoned by.
    pub calendar_version: u32,
    /// Which tier binds.
    pub tier: Tier,
}

/// By when the answer is due, and what happens around that instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// The due instant.
    pub due: Due,
    /// When a yellow card is given.
    pub yellow_at: Timestamp,
    /// When a red card is given.
    pub red_at: Timestamp,
    /// When the lead is told that the answer is overdue.
    pub overdue_at: Timestamp,
}

/// By when an order must be claimed, first contact made, or answered: of all tiers the earliest.
/// `None` while its start has not come.
pub fn due(order: &WorkOrder, kind: LimitKind, calendar: &Calendar) -> Option<Due> {
    binding(order, kind, calendar).map(|(due, _)| due)
}

/// By when the answer is due, with its cards. Not for assisting orders: theirs follows the order
/// they assist, see [`assisting`].
pub fn reply(order: &WorkOrder, calendar: &Calendar) -> Option<Deadline> {
    let (due, rule) = binding(order, LimitKind::Reply, calendar)?;
    let start = start_of(order, rule.start)?;
    Some(around(due, rule.limit, start, calendar))
}

/// By when an assisting order is due, if the order it assists is due then.
pub fn assistance_due(parent: Due, calendar: &Calendar) -> Due {
    let ahead = LIMITS.assistance_ahead_minutes;
    Due { at: working_time_before(parent.at, ahead, calendar), ..parent }
}

/// The deadline of an assisting order. It is counted in hours.
pub fn assisting(due: Due, offered_at: Timestamp, calendar: &Calendar) -> Deadline {
    let minutes = u32::try_from(calendar.working_minutes_between(offered_at, due.at));
    around(due, Limit::WorkingMinutes(minutes.unwrap_or(0)), offered_at, calendar)
}

/// The instant at which `limit` is used up from `start` on, or the end of time.
pub fn after(start: Timestamp, limit: Limit, calendar: &Calendar) -> Timestamp {
    calendar.due(start, Intake::Instant, limit, &[]).map_or(Timestamp::MAX, |due| due.at)
}

/// A due instant that no catalogue sets.
pub fn default_due(start: Timestamp, limit: Limit, calendar: &Calendar) -> Due {
    let due = calendar.due(start, Intake::Instant, limit, &[]);
    let at = due.map_or(Timestamp::MAX, |due| due.at);
    let provisional = due.is_none_or(|due| due.provisional);
    let calendar_version = calendar.version();
    Due { at, provisional, rule_version: 0, calendar_version, tier: Tier::Tightened }
}

/// The limit that the claim is held against.
pub fn claim_limit(order: &WorkOrder, calendar: &Calendar) -> Limit {
    binding(order, LimitKind::Claim, calendar).map_or(LIMITS.claim_within, |(_, rule)| rule.limit)
}

/// Whether pauses together would be longer than they may: more than the limit itself, so often as
/// [`Limits::pause_total_times`] says. In terms of due instants, which hold for every clock: pauses
/// may move that of no tier further than a limit of that length would stand. What cannot be
/// reckoned is too long.
pub fn pauses_too_long(order: &WorkOrder, calendar: &Calendar) -> bool {
    let moved_too_far = |rule: LimitRule| {
        let still = order.stood_still(rule.tier);
        let Some(start) = start_of(order, rule.start).filter(|_| !still.is_empty()) else {
            return false;
        };
        let longest = times(rule.limit, LIMITS.pause_total_times.saturating_add(1));
        let bound = calendar.due(start, rule.intake, longest, &[]);
        let due = calendar.due(start, rule.intake, rule.limit, &still);
        bound.zip(due).is_none_or(|(bound, due)| bound.at < due.at)
    };
    let (rules, _) = rules_of(order, LimitKind::Reply);
    rules.into_iter().any(moved_too_far) || outlast_the_limit(order, calendar)
}

/// Whether the original limit, on a clock that runs only while pauses last, is used up before the
/// last one ends. This bounds also those that move nothing: of an order that is overdue already, or
/// whose binding clock they do not stop.
fn outlast_the_limit(order: &WorkOrder, calendar: &Calendar) -> bool {
    let end = |pause: &WorkPause| pause.resumed_at.unwrap_or(pause.until);
    let granted = || order.pauses.iter().filter(|pause| pause.is_granted());
    let (Some(first), Some(last)) = (granted().next(), granted().next_back()) else { return false };
    let between = granted().zip(granted().skip(1));
    let between: Vec<calendar::Pause> = between
        .map(|(one, next)| calendar::Pause { from: end(one), to: Some(next.from) })
        .collect();
    let unpaused = WorkOrder { pauses: Vec::new(), ..order.clone() };
    let Some((_, rule)) = binding(&unpaused, LimitKind::Reply, calendar) else { return true };
    let longest = times(rule.limit, LIMITS.pause_total_times);
    let used_up = calendar.due(first.from, Intake::Instant, longest, &between);
    used_up.is_none_or(|used_up| used_up.at < end(last))
}

fn binding(order: &WorkOrder, kind: LimitKind, calendar: &Calendar) -> Option<(Due, LimitRule)> {
    let (rules, rule_version) = rules_of(order, kind);
    let reckoned = rules.into_iter().filter_map(|rule| {
        let start = start_of(order, rule.start)?;
        let still =
            if kind == LimitKind::Reply { order.stood_still(rule.tier) } else { Vec::new() };
        let due = calendar.due(start, rule.intake, rule.limit, &still)?;
        let (at, provisional, calendar_version) = (due.at, due.provisional, due.calendar_version);
        Some((Due { at, provisional, rule_version, calendar_version, tier: rule.tier }, rule))
    });
    reckoned.min_by_key(|(due, rule)| (due.at, rule.tier))
}

/// The limits that the catalogue set, with its version; where it set none, the default.
fn rules_of(order: &WorkOrder, kind: LimitKind) -> (Vec<LimitRule>, u32) {
    let set: Vec<LimitRule> =
        order.limits.iter().filter(|rule| rule.kind == kind).copied().collect();
    if set.is_empty() {
        (vec![default_rule(kind, order.work_class)], 0)
    } else {
        (set, order.rule_version)
    }
}

fn default_rule(kind: LimitKind, class: WorkClass) -> LimitRule {
    let (limit, start) = match (kind, class) {
        (LimitKind::Claim, _) => (LIMITS.claim_within, LimitStart::Offered),
        (LimitKind::Contact, _) => (LIMITS.contact_within, LimitStart::Claimed),
        (LimitKind::Reply, WorkClass::A) => (LIMITS.historic_within, LimitStart::Submitted),
        (LimitKind::Reply, WorkClass::B) => (LIMITS.cross_department_within, LimitStart::Submitted),
        (LimitKind::Reply, WorkClass::C) => (LIMITS.simple_within, LimitStart::Submitted),
    };
    LimitRule { kind, tier: Tier::Tightened, limit, start, intake: Intake::Instant }
}

fn start_of(order: &WorkOrder, start: LimitStart) -> Option<Timestamp> {
    match start {
        LimitStart::Submitted => Some(order.submitted_at),
        LimitStart::Offered => Some(order.offered_at),
        LimitStart::Claimed => order.claimed_at,
    }
}

/// The cards around a due instant: yellow at the close of the working day before, red at the
/// opening of the first working day after. Limits of at most one day have no day before, and
/// limits in hours no day after: yellow when a quarter of the time is left, red at due.
fn around(due: Due, limit: Limit, start: Timestamp, calendar: &Calendar) -> Deadline {
    let quarter_left = |minutes: u32| working_time_before(due.at, minutes / 4, calendar);
    let day_after = calendar.opening_of_working_day_after(due.at);
    let (yellow_at, red_at) = match limit {
        Limit::WorkingMinutes(minutes) => (quarter_left(minutes), due.at),
        Limit::NaturalHours(hours) => {
            let quarter = SignedDuration::from_mins(i64::from(hours) * 15);
            (due.at.checked_sub(quarter).unwrap_or(due.at), due.at)
        }
        Limit::WorkingDays(0 | 1) | Limit::NaturalDays(0 | 1) => {
            let minutes = calendar.working_minutes_between(start, due.at);
            (quarter_left(u32::try_from(minutes).unwrap_or(0)), day_after)
        }
        Limit::WorkingDays(_) | Limit::NaturalDays(_) => {
            (calendar.close_of_working_day_before(due.at), day_after)
        }
    };
    let overdue_at = after(due.at, LIMITS.lead_told_after, calendar);
    Deadline { due, yellow_at, red_at, overdue_at }
}

/// The last second from which there are still so many minutes of office time until `instant`.
fn working_time_before(instant: Timestamp, minutes: u32, calendar: &Calendar) -> Timestamp {
    if minutes == 0 {
        return instant;
    }
    let enough = |from: i64| {
        let from = Timestamp::from_second(from).unwrap_or(Timestamp::MIN);
        i64::from(minutes) <= calendar.working_minutes_between(from, instant)
    };
    // Twice as far back until there is enough, then halving the difference.
    let end = instant.as_second();
    let mut span: i64 = 24 * 60 * 60;
    while !enough(end - span) && span < FAR_BACK_SECONDS {
        span *= 2;
    }
    let (mut early, mut late) = (end - span, end);
    while 1 < late - early {
        let middle = early.midpoint(late);
        if enough(middle) { early = middle } else { late = middle }
    }
    Timestamp::from_second(early).unwrap_or(instant)
}

/// Ten years: no quarter of a limit is longer.
const FAR_BACK_SECONDS: i64 = 10 * 366 * 24 * 60 * 60;

fn times(limit: Limit, factor: u32) -> Limit {
    let more = |amount: u32| amount.saturating_mul(factor);
    match limit {
        Limit::WorkingDays(days) => Limit::WorkingDays(more(days)),
        Limit::WorkingMinutes(minutes) => Limit::WorkingMinutes(more(minutes)),
        Limit::NaturalHours(hours) => Limit::NaturalHours(more(hours)),
        Limit::NaturalDays(days) => Limit::NaturalDays(more(days)),
    }
}
