//! Words of `whistle.common.v1` to and from the words that rules are made of.

use std::str::FromStr;

use calendar::{Due, Holiday, Intake, Limit, Notice, Year, YearError};
use contract::common::{self, ClockKind, LimitTier, WorkTime};
use contract::directory::{CalendarYear, calendar_year};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::refusal::{Problem, Refusal};

/// A name, or nothing.
pub fn name_or_empty(name: Option<&impl ToString>) -> String {
    name.map(ToString::to_string).unwrap_or_default()
}

/// A number as the contract counts.
pub fn number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A word of the rules from the name of the contract's value: the same, behind its prefix.
pub fn word<T: FromStr>(name: &str, prefix: &str) -> Option<T> {
    name.strip_prefix(prefix)?.parse().ok()
}

/// An instant as protobuf writes it.
pub fn time(at: Timestamp) -> prost_types::Timestamp {
    journal::envelope::to_proto(at)
}

/// An instant from a request.
///
/// Fails if it is out of range; `field` says where it stands.
pub fn time_from(
    field: &str,
    at: Option<&prost_types::Timestamp>,
) -> Result<Option<Timestamp>, Refusal> {
    let Some(at) = at else { return Ok(None) };
    let refusal =
        || Refusal::field(field, Problem::other("is out of range", "不在可用的时间范围内"));
    journal::envelope::from_proto(at).map(Some).ok_or_else(refusal)
}

/// A due instant, by the rule that set it.
pub fn due(due: &Due, rule_version: i32, tier: LimitTier) -> common::Due {
    common::Due {
        time: Some(time(due.at)),
        provisional: due.provisional,
        rule_version,
        calendar_version: i32::try_from(due.calendar_version).unwrap_or(i32::MAX),
        tier: tier.into(),
    }
}

/// A due instant as a fact tells it; `None` if it has no time.
pub fn due_from(due: &common::Due) -> Option<Due> {
    Some(Due {
        at: journal::envelope::from_proto(due.time.as_ref()?)?,
        provisional: due.provisional,
        calendar_version: u32::try_from(due.calendar_version).unwrap_or(0),
    })
}

/// A limit as the contract writes it.
pub fn work_time(limit: Limit) -> WorkTime {
    let (amount, clock_kind) = match limit {
        Limit::WorkingDays(amount) => (amount, ClockKind::WorkingDays),
        Limit::WorkingMinutes(amount) => (amount, ClockKind::WorkingMinutes),
        Limit::NaturalHours(amount) => (amount, ClockKind::NaturalHours),
        Limit::NaturalDays(amount) => (amount, ClockKind::NaturalDays),
    };
    WorkTime { amount: i32::try_from(amount).unwrap_or(i32::MAX), clock_kind: clock_kind.into() }
}

/// A limit from the contract; `None` if it is negative or names no clock.
pub fn work_time_from(limit: &WorkTime) -> Option<Limit> {
    let amount = u32::try_from(limit.amount).ok()?;
    match limit.clock_kind() {
        ClockKind::Unspecified => None,
        ClockKind::WorkingDays => Some(Limit::WorkingDays(amount)),
        ClockKind::WorkingMinutes => Some(Limit::WorkingMinutes(amount)),
        ClockKind::NaturalHours => Some(Limit::NaturalHours(amount)),
        ClockKind::NaturalDays => Some(Limit::NaturalDays(amount)),
    }
}

/// How a start outside office hours is read; as it is unless said otherwise.
pub fn intake_from(intake: common::Intake) -> Intake {
    match intake {
        common::Intake::Unspecified | common::Intake::Instant => Intake::Instant,
        common::Intake::NextOpening => Intake::NextOpening,
    }
}

/// A date as the contract writes it.
pub fn date(date: Date) -> common::Date {
    common::Date { year: date.year().into(), month: date.month().into(), day: date.day().into() }
}

/// A date from the contract; `None` if there is no such day.
pub fn date_from(date: &common::Date) -> Option<Date> {
    let year = i16::try_from(date.year).ok()?;
    Date::new(year, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
}

/// Why a year's calendar cannot be counted with.
#[derive(Debug, thiserror::Error)]
pub enum YearProblem {
    /// A date that does not exist.
    #[error("{place} is not a day")]
    NoSuchDay {
        /// Where it stands.
        place: String,
    },
    /// It contradicts itself.
    #[error(transparent)]
    Contradiction(#[from] YearError),
}

impl YearProblem {
    /// What is wrong, for whoever published it.
    pub fn chinese(&self) -> String {
        match self {
            YearProblem::NoSuchDay { place } => format!("{place} 不是存在的日期"),
            YearProblem::Contradiction(error) => error.chinese(),
        }
    }
}

/// A year's calendar as the contract writes it.
pub fn year(year: &Year) -> CalendarYear {
    CalendarYear {
        year: year.year().into(),
        version: i32::try_from(year.version()).unwrap_or(i32::MAX),
        notices: year
            .notices()
            .iter()
            .map(|notice| calendar_year::Notice {
                number: notice.number.clone(),
                title: notice.title.clone(),
                issued_date: Some(date(notice.issued)),
                url: notice.url.clone(),
            })
            .collect(),
        holidays: year
            .holidays()
            .iter()
            .map(|holiday| calendar_year::Holiday {
                title: holiday.name.clone(),
                notice: holiday.notice.clone(),
                from_date: Some(date(holiday.off.from)),
                to_date: Some(date(holiday.off.to)),
                work_dates: holiday.work.iter().copied().map(date).collect(),
            })
            .collect(),
    }
}

/// A year's calendar from the contract.
///
/// Fails if a date does not exist, or if the year contradicts itself.
pub fn year_from(year: &CalendarYear) -> Result<Year, YearProblem> {
    let day = |date: Option<&common::Date>, place: String| {
        date.and_then(date_from).ok_or(YearProblem::NoSuchDay { place })
    };
    let mut notices = Vec::with_capacity(year.notices.len());
    for (at, notice) in year.notices.iter().enumerate() {
        notices.push(Notice {
            number: notice.number.clone(),
            issued: day(notice.issued_date.as_ref(), format!("notices[{at}].issued_date"))?,
            title: notice.title.clone(),
            url: notice.url.clone(),
            note: String::new(),
        });
    }
    let mut holidays = Vec::with_capacity(year.holidays.len());
    for (at, holiday) in year.holidays.iter().enumerate() {
        let place = |field: &str| format!("holidays[{at}].{field}");
        let work = holiday.work_dates.iter().enumerate();
        let work = work.map(|(nth, date)| day(Some(date), place(&format!("work_dates[{nth}]"))));
        holidays.push(Holiday {
            name: holiday.title.clone(),
            notice: holiday.notice.clone(),
            off: calendar::DaysOff {
                from: day(holiday.from_date.as_ref(), place("from_date"))?,
                to: day(holiday.to_date.as_ref(), place("to_date"))?,
            },
            work: work.collect::<Result<_, _>>()?,
        });
    }
    let number = i16::try_from(year.year)
        .map_err(|_| YearProblem::NoSuchDay { place: "year".to_owned() })?;
    let version = u32::try_from(year.version.max(1)).unwrap_or(1);
    Ok(Year::new(number, notices, holidays)?.with_version(version)?)
}
