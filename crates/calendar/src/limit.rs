//! What is reckoned with: limits, how a start is read, pauses, and what comes out.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How long something may take (期限), on one of four clocks. Its serde form names the clock:
/// `{"working_days": 5}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// 工作日: the day of the start is not counted; ends at the close of office of the last day.
    /// Zero (即办件) ends at the next close of office.
    WorkingDays(u32),
    /// 工作时间, in minutes: office time alone counts, from the start on.
    WorkingMinutes(u32),
    /// 自然小时: every hour counts, from the start on, by day and by night.
    NaturalHours(u32),
    /// 自然日: every day counts but that of the start. Ends at the close of office of the last
    /// day; one that ends on a day off ends on the first working day after it (民法典 203).
    NaturalDays(u32),
}

impl Limit {
    /// The number, in the unit of its clock.
    pub fn amount(self) -> u32 {
        match self {
            Limit::WorkingDays(amount)
            | Limit::WorkingMinutes(amount)
            | Limit::NaturalHours(amount)
            | Limit::NaturalDays(amount) => amount,
        }
    }

    /// As people of the zone say it: `5个工作日`.
    pub fn chinese(self) -> String {
        match self {
            Limit::WorkingDays(days) => format!("{days}个工作日"),
            Limit::WorkingMinutes(minutes) if minutes % 60 == 0 => {
                format!("{}个工作小时", minutes / 60)
            }
            Limit::WorkingMinutes(minutes) => format!("{minutes}分钟（工作时间）"),
            Limit::NaturalHours(hours) => format!("{hours}小时"),
            Limit::NaturalDays(days) => format!("{days}日（自然日）"),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::WorkingDays(days) => write!(f, "{days} working days"),
            Limit::WorkingMinutes(minutes) => write!(f, "{minutes} working minutes"),
            Limit::NaturalHours(hours) => write!(f, "{hours} natural hours"),
            Limit::NaturalDays(days) => write!(f, "{days} natural days"),
        }
    }
}

/// How the instant of the start (受理时刻) is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intake {
    /// As it is.
    Instant,
    /// A start outside office hours is first moved to the next opening of the office.
    NextOpening,
}

/// A time when the clock stands still (挂起): from `from` until just before `to`.
///
/// Pauses may overlap, touch, be empty, come unsorted, or begin before the start: their union is
/// what counts. One that ends before it begins is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pause {
    /// Its first instant.
    pub from: Timestamp,
    /// Where the clock goes on, or `None` while it still stands.
    pub to: Option<Timestamp>,
}

/// What came of reckoning without a guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reckoning {
    /// The instant at which the limit is used up.
    Due(Timestamp),
    /// The clock stands still, and nobody has said until when.
    Paused,
    /// A day would have to be looked at whose year is not published, or it is more than a hundred
    /// years off.
    CalendarUnknown,
}

/// A due instant, with what it stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Due {
    /// The instant at which the limit is used up.
    pub at: Timestamp,
    /// Whether a year not yet published was counted with plain weekends. It is to be reckoned
    /// anew once that year is published.
    pub provisional: bool,
    /// The [version](crate::Calendar::version) of the calendar that it was reckoned by.
    pub calendar_version: u32,
}
