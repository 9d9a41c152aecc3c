//! Working time (工作时间): published schedules, office hours, four kinds of clock, and due
//! instants that can be explained.
//!
//! The days off and the make-up working days are published yearly by the State Council's General
//! Office. They are data, never computed: see `data/`. A [`Calendar`] holds the published years
//! with the office hours of the zone, and answers two questions:
//!
//! - [`Calendar::reckon`]: when is it due, or why can nobody know? Never a guess.
//! - [`Calendar::due`]: when is it due, as well as can be known now? A year that is not published
//!   counts with plain weekends, and the answer is marked provisional.
//!
//! [`Calendar::explain`] tells the same day by day. All of them are one walk, in `reckon`.
//!
//! Legal ground: 行政许可法 82 (working days), 45 (what stops the clock); 民法典 201 (the day of
//! the start is not counted; hours start at once), 203 (the close of office ends the last day, and
//! a last day that is a day off is the first day after it).
//!
//! Nothing here reads a clock, a file or the zone database of the machine.

pub mod batch;
mod calendar;
mod explain;
mod limit;
mod office;
mod reckon;
mod year;

pub use calendar::{Calendar, DayKind};
pub use explain::{DayNote, Explanation, Line, Skip, Verdict};
pub use limit::{Due, Intake, Limit, Pause, Reckoning};
pub use office::{OfficeHours, OfficeHoursError, Session};
pub use year::{DaysOff, Holiday, Notice, Year, YearError};

use jiff::Timestamp;

/// When a rule is asked, and by which calendar: all that a decision may know of time.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The instant of the decision.
    pub now: Timestamp,
    /// The calendar in force at that instant.
    pub calendar: &'a Calendar,
}

impl Moment<'_> {
    /// The due instant of a limit that starts now, or `None` as [`Calendar::due`] has it.
    pub fn due_from_now(&self, intake: Intake, limit: Limit) -> Option<Due> {
        self.calendar.due(self.now, intake, limit, &[])
    }
}
