//! How far a due instant may be moved: by pauses, and by extensions.

use calendar::{Calendar, Intake, Limit};
use jiff::Timestamp;

use super::limits::{LIMITS, LimitKind, Tier, binding, rules_of, start_of};
use super::order::WorkOrder;
use super::parts::WorkPause;

/// Whether pauses together would be longer than the limit itself, so often as
/// [`Limits::pause_total_times`] says. In terms of due instants, which hold for every clock: pauses
/// may move that of no tier further than a limit of that length would stand. `None` if they are so
/// long that no due instant can be reckoned.
pub(super) fn pauses_beyond_limit(order: &WorkOrder, calendar: &Calendar) -> Option<bool> {
    let mut beyond = outlast_the_limit(order, calendar);
    for rule in rules_of(order, LimitKind::Reply).0 {
        let still = order.stood_still(rule.tier);
        let Some(start) = start_of(order, &rule).filter(|_| !still.is_empty()) else { continue };
        let longest = times(rule.limit, LIMITS.pause_total_times.saturating_add(1));
        let bound = calendar.due(start, rule.intake, longest, &[])?;
        let due = calendar.due(start, rule.intake, rule.limit, &still)?;
        beyond |= bound.at < due.at;
    }
    // Also where no clock stands still: a pause has an end that can be named.
    let last = order.pauses.last()?;
    calendar.due(last.from, Intake::Instant, Limit::WorkingDays(1), &[span_of(last)])?;
    Some(beyond)
}

fn span_of(pause: &WorkPause) -> calendar::Pause {
    calendar::Pause { from: pause.from, to: pause.resumed_at }
}

/// Until when an answer may be extended at the latest: so often the original limit as
/// [`Limits::extension_total_times`] says, and never past the statutory due instant. `None` if only
/// the law sets a limit, or none can be reckoned.
pub(super) fn extension_until(order: &WorkOrder, calendar: &Calendar) -> Option<Timestamp> {
    let (rules, _) = rules_of(order, LimitKind::Reply);
    let bounds = rules.iter().filter(|rule| rule.tier != Tier::Statutory).filter_map(|rule| {
        let longest = times(rule.limit, LIMITS.extension_total_times);
        let still = order.stood_still(rule.tier);
        Some(calendar.due(start_of(order, rule)?, rule.intake, longest, &still)?.at)
    });
    let statutory = order.reply.and_then(|reply| reply.of(Tier::Statutory));
    Some(bounds.min()?.min(statutory.map_or(Timestamp::MAX, |due| due.at)))
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
    let binds = binding(&unpaused, LimitKind::Reply, calendar).map(|(_, rule)| rule.limit);
    // One that has not begun bounds them by its length all the same.
    let waits = rules_of(order, LimitKind::Reply).0.first().map(|rule| rule.limit);
    let Some(limit) = binds.or(waits.filter(|_| order.awaits_acceptance())) else { return true };
    let longest = times(limit, LIMITS.pause_total_times);
    let used_up = calendar.due(first.from, Intake::Instant, longest, &between);
    used_up.is_none_or(|used_up| used_up.at < end(last))
}

fn times(limit: Limit, factor: u32) -> Limit {
    let more = |amount: u32| amount.saturating_mul(factor);
    match limit {
        Limit::WorkingDays(days) => Limit::WorkingDays(more(days)),
        Limit::WorkingMinutes(minutes) => Limit::WorkingMinutes(more(minutes)),
        Limit::NaturalHours(hours) => Limit::NaturalHours(more(hours)),
        Limit::NaturalDays(days) => Limit::NaturalDays(more(days)),
    }
}
