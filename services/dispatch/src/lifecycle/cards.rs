//! When cards are given: the instants around the one at which an answer is due.

use calendar::{Calendar, Limit};
use jiff::{SignedDuration, Timestamp};

use super::limits::{self, Deadline, Due, LIMITS};

/// The cards around a due instant: yellow at the close of the working day before, red at the
/// opening of the first working day after. Limits of at most one day have no day before, and
/// limits in hours no day after: yellow when a quarter of the time is left, red at due.
pub(super) fn around(due: Due, limit: Limit, start: Timestamp, calendar: &Calendar) -> Deadline {
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
    Deadline { due, tiers: [None; 3], yellow_at, red_at, overdue_at: overdue_at(due, calendar) }
}

pub(super) fn overdue_at(due: Due, calendar: &Calendar) -> Timestamp {
    limits::after(due.at, LIMITS.lead_told_after, calendar)
}

/// The last second from which there are still so many minutes of office time until `instant`.
pub(super) fn working_time_before(
    instant: Timestamp,
    minutes: u32,
    calendar: &Calendar,
) -> Timestamp {
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
