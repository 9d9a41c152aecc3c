//! A published year (年度节假日安排): the days off and the make-up working days of one year.

mod error;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

pub use self::error::YearError;

/// One year as the State Council's General Office published it, checked. Days that it does not
/// name are worked from Monday to Friday.
///
/// Its serde form has the names of the files in `data/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Draft", into = "Draft")]
pub struct Year {
    draft: Draft,
    /// What each day of the year is, by day of the year less one.
    marks: Vec<Mark>,
}

/// What a file or message says, before it is checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    year: i16,
    /// Whether the notice for the year has been issued. There are no half-known years.
    #[serde(default)]
    complete: bool,
    #[serde(default = "first")]
    version: u32,
    #[serde(default)]
    notice: Vec<Notice>,
    #[serde(default)]
    holiday: Vec<Holiday>,
}

fn first() -> u32 {
    1
}

/// A notice (通知) of the State Council's General Office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// 文号, such as `国办发明电〔2025〕7号`.
    pub number: String,
    /// The day on which it was issued.
    pub issued: Date,
    /// Its title.
    #[serde(default)]
    pub title: String,
    /// Where it is published.
    #[serde(default)]
    pub url: String,
    /// What the reader should know of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A holiday (节日) with its days off and its make-up working days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// Its name, such as `春节`.
    pub name: String,
    /// The number of the notice that says so.
    pub notice: String,
    /// The days off, weekend days among them included.
    pub off: DaysOff,
    /// Make-up working days (调休上班), each a Saturday or Sunday.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub work: Vec<Date>,
}

/// Days off in a row (放假).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DaysOff {
    /// The first.
    pub from: Date,
    /// The last.
    pub to: Date,
}

/// What a day is. The numbers are places in the list of holidays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Workday,
    Weekend,
    Off(usize),
    MakeUp(usize),
}

impl Year {
    /// Reads a year in TOML, as the files in `data/` have it.
    pub fn parse(text: &str) -> Result<Year, YearError> {
        let unreadable = |fault: toml::de::Error| YearError::Unreadable(fault.to_string());
        let table: toml::Table = text.parse().map_err(unreadable)?;
        let draft: Draft =
            dates_as_text(toml::Value::Table(table)).try_into().map_err(unreadable)?;
        Year::try_from(draft)
    }

    /// A year from its parts, in its first version.
    pub fn new(year: i16, notices: Vec<Notice>, holidays: Vec<Holiday>) -> Result<Year, YearError> {
        let (complete, version) = (true, first());
        Year::try_from(Draft { year, complete, version, notice: notices, holiday: holidays })
    }

    /// The same year as its `version`-th publication, counted from 1.
    pub fn with_version(mut self, version: u32) -> Result<Year, YearError> {
        if version == 0 {
            return Err(YearError::VersionZero);
        }
        self.draft.version = version;
        Ok(self)
    }

    /// Which year it is.
    pub fn year(&self) -> i16 {
        self.draft.year
    }

    /// 1 as first published, one more with each amendment.
    pub fn version(&self) -> u32 {
        self.draft.version
    }

    /// The notices that the year stands on.
    pub fn notices(&self) -> &[Notice] {
        &self.draft.notice
    }

    /// The holidays, in the order in which they were given.
    pub fn holidays(&self) -> &[Holiday] {
        &self.draft.holiday
    }

    /// What a day of this year is. A day of another year is as good as a plain one.
    pub(crate) fn mark(&self, date: Date) -> Mark {
        let index = usize::try_from(date.day_of_year() - 1).unwrap_or_default();
        self.marks.get(index).copied().unwrap_or(plain(date))
    }
}

/// A day of the week with no notice about it.
pub(crate) fn plain(date: Date) -> Mark {
    match date.weekday() {
        Weekday::Saturday | Weekday::Sunday => Mark::Weekend,
        Weekday::Monday
        | Weekday::Tuesday
        | Weekday::Wednesday
        | Weekday::Thursday
        | Weekday::Friday => Mark::Workday,
    }
}

impl TryFrom<Draft> for Year {
    type Error = YearError;
    fn try_from(draft: Draft) -> Result<Year, YearError> {
        if !(1949..=9998).contains(&draft.year) {
            return Err(YearError::YearOutOfRange(draft.year));
        }
        if !draft.complete {
            return Err(YearError::Incomplete);
        }
        if draft.version == 0 {
            return Err(YearError::VersionZero);
        }
        check_notices(&draft)?;
        let mut marks: Vec<Mark> = days_of(draft.year).map(plain).collect();
        for (index, holiday) in draft.holiday.iter().enumerate() {
            mark_off(&draft, index, holiday, &mut marks)?;
        }
        // Only now: a make-up day must not be off by any holiday, also one listed later.
        for (index, holiday) in draft.holiday.iter().enumerate() {
            mark_make_up(&draft, index, holiday, &mut marks)?;
        }
        if !marks.iter().any(|mark| matches!(mark, Mark::Workday | Mark::MakeUp(_))) {
            return Err(YearError::NothingWorked);
        }
        Ok(Year { draft, marks })
    }
}

impl From<Year> for Draft {
    fn from(year: Year) -> Draft {
        year.draft
    }
}

fn check_notices(draft: &Draft) -> Result<(), YearError> {
    for (index, notice) in draft.notice.iter().enumerate() {
        if notice.number.is_empty() {
            return Err(YearError::Unnamed { what: "notice", position: index + 1 });
        }
        if draft.notice[..index].iter().any(|other| other.number == notice.number) {
            return Err(YearError::NoticeTwice(notice.number.clone()));
        }
    }
    for (index, holiday) in draft.holiday.iter().enumerate() {
        if holiday.name.is_empty() {
            return Err(YearError::Unnamed { what: "holiday", position: index + 1 });
        }
        if !draft.notice.iter().any(|notice| notice.number == holiday.notice) {
            let (holiday, notice) = (holiday.name.clone(), holiday.notice.clone());
            return Err(YearError::UnknownNotice { holiday, notice });
        }
    }
    Ok(())
}

fn mark_off(
    draft: &Draft,
    index: usize,
    holiday: &Holiday,
    marks: &mut [Mark],
) -> Result<(), YearError> {
    let name = || holiday.name.clone();
    let off = holiday.off;
    let (from, to) = (place(draft, holiday, off.from)?, place(draft, holiday, off.to)?);
    if to < from {
        return Err(YearError::Backwards { holiday: name(), off });
    }
    for (mark, date) in marks[from..=to].iter_mut().zip(off.from.series(jiff::Span::new().days(1)))
    {
        if let Mark::Off(other) = *mark {
            let first = draft.holiday[other].name.clone();
            return Err(YearError::Overlap { date, first, second: name() });
        }
        *mark = Mark::Off(index);
    }
    Ok(())
}

fn mark_make_up(
    draft: &Draft,
    index: usize,
    holiday: &Holiday,
    marks: &mut [Mark],
) -> Result<(), YearError> {
    for date in holiday.work.iter().copied() {
        let name = holiday.name.clone();
        let at = place(draft, holiday, date)?;
        match marks[at] {
            Mark::Weekend => marks[at] = Mark::MakeUp(index),
            Mark::Workday => return Err(YearError::MakeUpOnWeekday { holiday: name, date }),
            Mark::MakeUp(_) => return Err(YearError::MakeUpTwice { holiday: name, date }),
            Mark::Off(other) => {
                let off = draft.holiday[other].name.clone();
                return Err(YearError::MakeUpInsideOff { holiday: name, date, off });
            }
        }
    }
    Ok(())
}

/// The place of a day among the marks, if it is a day of the year at all.
fn place(draft: &Draft, holiday: &Holiday, date: Date) -> Result<usize, YearError> {
    let (name, year) = (holiday.name.clone(), draft.year);
    let fault = YearError::OtherYear { holiday: name, date, year };
    if date.year() != year {
        return Err(fault);
    }
    usize::try_from(date.day_of_year() - 1).map_err(|_| fault)
}

fn days_of(year: i16) -> impl Iterator<Item = Date> {
    let first = Date::new(year, 1, 1).unwrap_or(Date::ZERO);
    first.series(jiff::Span::new().days(1)).take_while(move |date| date.year() == year)
}

/// TOML has a type of its own for dates; everything else writes them as text.
fn dates_as_text(value: toml::Value) -> toml::Value {
    use toml::Value;
    match value {
        Value::Datetime(date) => Value::String(date.to_string()),
        Value::Array(items) => Value::Array(items.into_iter().map(dates_as_text).collect()),
        Value::Table(entries) => {
            let entries = entries.into_iter().map(|(key, value)| (key, dates_as_text(value)));
            Value::Table(entries.collect())
        }
        Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_) => value,
    }
}
