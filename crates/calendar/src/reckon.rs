//! The walk: forward from the start, day by day, until one of three things decides.
//!
//! Every answer of the calendar is this one walk. It runs strictly or with plain weekends for
//! unpublished years ([`Unpublished`]), and notes what it sees if it is to be explained.

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};

use crate::calendar::{Calendar, DayKind};
use crate::explain::{DayNote, Line, Skip, Verdict};
use crate::limit::{Due, Intake, Limit, Pause, Reckoning};

/// How far a walk goes at most: a hundred years.
pub(crate) const HORIZON_DAYS: u32 = 36_525;

/// What to do with a day whose year is not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unpublished {
    /// Stop: nobody can know.
    Stop,
    /// Go on with plain weekends, and say so.
    Assume,
}

/// One walk, good for one run.
pub(crate) struct Walk<'a> {
    calendar: &'a Calendar,
    still: Vec<Still>,
    unpublished: Unpublished,
    assumed: bool,
    lines: Option<Vec<Line>>,
}

/// A span in which the clock stands still: the pauses joined, in order, apart from each other.
struct Still {
    from: Timestamp,
    to: Option<Timestamp>,
}

/// Why a walk stopped before the limit was used up.
enum Stopped {
    Paused,
    Unknown,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(calendar: &'a Calendar, pauses: &[Pause], unpublished: Unpublished) -> Self {
        Walk { calendar, still: joined(pauses), unpublished, assumed: false, lines: None }
    }

    /// The same walk, noting every span.
    pub(crate) fn noting(self) -> Self {
        Walk { lines: Some(Vec::new()), ..self }
    }

    pub(crate) fn into_lines(self) -> Vec<Line> {
        self.lines.unwrap_or_default()
    }

    /// What came of a run that assumed plain weekends.
    pub(crate) fn due(&self, reckoning: Reckoning) -> Option<Due> {
        match reckoning {
            Reckoning::Due(at) => {
                let calendar_version = self.calendar.version();
                Some(Due { at, provisional: self.assumed, calendar_version })
            }
            Reckoning::Paused | Reckoning::CalendarUnknown => None,
        }
    }

    pub(crate) fn run(&mut self, start: Timestamp, intake: Intake, limit: Limit) -> Reckoning {
        let outcome = self.taken_in(start, intake).and_then(|from| match limit {
            Limit::WorkingDays(days) => self.days(from, days, true),
            Limit::NaturalDays(days) => self.days(from, days, false),
            Limit::WorkingMinutes(minutes) => self.working_time(from, minutes),
            Limit::NaturalHours(hours) => self.natural_time(from, hours),
        });
        match outcome {
            Ok(due) => Reckoning::Due(due),
            Err(Stopped::Paused) => Reckoning::Paused,
            Err(Stopped::Unknown) => Reckoning::CalendarUnknown,
        }
    }

    /// The instant from which the limit runs. Pauses do not affect it.
    fn taken_in(&mut self, start: Timestamp, intake: Intake) -> Result<Timestamp, Stopped> {
        if intake == Intake::Instant {
            return Ok(start);
        }
        for date in days_from(self.calendar.date(start)) {
            if !self.look(date)?.is_worked() {
                continue;
            }
            for session in self.calendar.office_hours().sessions() {
                let (open, close) = self.calendar.session(date, *session);
                if start < close {
                    let from = start.max(open);
                    self.note(start, from, || Verdict::Skipped(Skip::BeforeOpening));
                    return Ok(from);
                }
            }
        }
        Err(Stopped::Unknown)
    }

    /// Both clocks that count days. Working days must be worked to count; natural days need that
    /// of the last one alone, and move on to one that is.
    fn days(&mut self, from: Timestamp, limit: u32, working: bool) -> Result<Timestamp, Stopped> {
        let first = self.calendar.date(from);
        let mut counted = 0;
        let mut position = from;
        for date in days_from(first) {
            let close = self.calendar.at(date, self.calendar.office_hours().close());
            let standing = if 0 < limit && date == first {
                Some(Skip::StartDay)
            } else if close <= from {
                Some(Skip::OutsideOffice)
            } else if self.stands_still_before(close) {
                Some(Skip::Paused)
            } else {
                None
            };
            // A natural day before the last counts whatever it is: it is not looked at.
            let looks = working || (standing.is_none() && limit <= counted + 1);
            let worked = if looks { self.look(date)?.is_worked() } else { true };
            let verdict = match standing {
                Some(Skip::StartDay) => Verdict::Skipped(Skip::StartDay),
                Some(_) | None if working && !worked => Verdict::Skipped(Skip::DayOff),
                Some(skip) => Verdict::Skipped(skip),
                None if counted < limit => {
                    counted += 1;
                    Verdict::Day(counted)
                }
                None if worked => Verdict::Reached,
                None => Verdict::Skipped(Skip::DayOff),
            };
            let reached = counted == limit && !matches!(verdict, Verdict::Skipped(_)) && worked;
            let end = if reached { close } else { self.midnight_after(date) };
            self.note(position, end, || verdict);
            if reached {
                return Ok(close);
            }
            self.go_on_past(end)?;
            position = end;
        }
        Err(Stopped::Unknown)
    }

    /// Office time alone, outside pauses. The earliest instant at which it is used up.
    fn working_time(&mut self, from: Timestamp, minutes: u32) -> Result<Timestamp, Stopped> {
        let mut left = SignedDuration::from_mins(i64::from(minutes));
        let mut position = from;
        for date in days_from(self.calendar.date(from)) {
            let worked = self.look(date)?.is_worked();
            if left.is_zero() {
                return Ok(from);
            }
            let midnight = self.midnight_after(date);
            if worked {
                for session in self.calendar.office_hours().sessions() {
                    let (open, close) = self.calendar.session(date, *session);
                    if close <= position {
                        continue;
                    }
                    let open = open.max(position);
                    self.note(position, open, || Verdict::Skipped(Skip::OutsideOffice));
                    if let Some(due) = self.count(open, close, &mut left) {
                        return Ok(due);
                    }
                    position = close;
                }
                self.note(position, midnight, || Verdict::Skipped(Skip::OutsideOffice));
            } else {
                self.note(position, midnight, || Verdict::Skipped(Skip::DayOff));
            }
            self.go_on_past(midnight)?;
            position = midnight;
        }
        Err(Stopped::Unknown)
    }

    /// Every hour outside pauses. No day is looked at.
    fn natural_time(&mut self, from: Timestamp, hours: u32) -> Result<Timestamp, Stopped> {
        let mut left = SignedDuration::from_hours(i64::from(hours));
        if let Some(due) = self.count(from, Timestamp::MAX, &mut left) {
            return Ok(due);
        }
        self.go_on_past(Timestamp::MAX)?;
        Err(Stopped::Unknown)
    }

    /// Counts what is free of pauses in a span, until nothing is left: then the instant of it.
    fn count(
        &mut self,
        from: Timestamp,
        to: Timestamp,
        left: &mut SignedDuration,
    ) -> Option<Timestamp> {
        let mut position = from;
        let mut next = self.still.partition_point(|still| still.to.is_some_and(|to| to <= from));
        while position < to || left.is_zero() {
            let still = self.still.get(next).map(|still| (still.from, still.to));
            let free_until = still.map_or(to, |(from, _)| from.min(to)).max(position);
            let free = free_until.duration_since(position);
            if *left <= free {
                let due = position.checked_add(*left).unwrap_or(Timestamp::MAX);
                self.note(position, due, || Verdict::Time(*left));
                return Some(due);
            }
            *left -= free;
            self.note(position, free_until, || Verdict::Time(free));
            let resumed = still.map_or(to, |(_, end)| end.map_or(to, |end| end.min(to)));
            position = resumed.max(free_until);
            self.note(free_until, position, || Verdict::Skipped(Skip::Paused));
            next += 1;
        }
        None
    }

    /// Stops where the clock has entered a pause without end before `end`.
    fn go_on_past(&self, end: Timestamp) -> Result<(), Stopped> {
        match self.still.last() {
            Some(Still { from, to: None }) if *from < end => Err(Stopped::Paused),
            Some(_) | None => Ok(()),
        }
    }

    /// Whether some pause has `from < instant <= to`.
    fn stands_still_before(&self, instant: Timestamp) -> bool {
        let next = self.still.partition_point(|still| still.to.is_some_and(|to| to < instant));
        self.still.get(next).is_some_and(|still| still.from < instant)
    }

    fn look(&mut self, date: Date) -> Result<DayKind<'a>, Stopped> {
        match (self.calendar.published_kind(date), self.unpublished) {
            (Some(kind), _) => Ok(kind),
            (None, Unpublished::Stop) => Err(Stopped::Unknown),
            (None, Unpublished::Assume) => {
                self.assumed = true;
                Ok(self.calendar.kind(date))
            }
        }
    }

    fn midnight_after(&self, date: Date) -> Timestamp {
        date.tomorrow().map_or(Timestamp::MAX, |next| self.calendar.at(next, Time::midnight()))
    }

    fn note(&mut self, from: Timestamp, to: Timestamp, verdict: impl FnOnce() -> Verdict) {
        let calendar = self.calendar;
        if let Some(lines) = &mut self.lines
            && from < to
        {
            let day = DayNote::of(calendar, calendar.date(from));
            lines.push(Line { from, to, day, verdict: verdict() });
        }
    }
}

/// The days from `first` on, as far as a walk goes.
fn days_from(first: Date) -> impl Iterator<Item = Date> {
    let next = |date: &Date| date.tomorrow().ok();
    (0..HORIZON_DAYS).zip(std::iter::successors(Some(first), next)).map(|(_, date)| date)
}

/// The union of pauses: in order, and no two of them touch.
fn joined(pauses: &[Pause]) -> Vec<Still> {
    let end = |to: Option<Timestamp>| to.unwrap_or(Timestamp::MAX);
    let mut sorted: Vec<&Pause> =
        pauses.iter().filter(|pause| pause.from < end(pause.to)).collect();
    sorted.sort_by_key(|pause| pause.from);
    let mut union: Vec<Still> = Vec::new();
    for pause in sorted {
        match union.last_mut() {
            Some(last) if pause.from <= end(last.to) => {
                last.to = match (last.to, pause.to) {
                    (Some(one), Some(other)) => Some(one.max(other)),
                    (None, _) | (_, None) => None,
                };
            }
            Some(_) | None => union.push(Still { from: pause.from, to: pause.to }),
        }
    }
    union
}
