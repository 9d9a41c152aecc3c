//! Why a text or message makes no year, in both languages.

use jiff::civil::Date;

use super::DaysOff;

/// Why a text or message makes no year.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum YearError {
    /// Not TOML, or not of this shape.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// The number of the year is out of range.
    #[error("{0} is not a year of this calendar (1949 to 9998)")]
    YearOutOfRange(i16),
    /// The file itself says that the notice is not yet issued.
    #[error("the year is not marked complete: publish it when its notice is issued")]
    Incomplete,
    /// A version below 1.
    #[error("versions count from 1")]
    VersionZero,
    /// Two notices have one number.
    #[error("notice {0} is listed twice")]
    NoticeTwice(String),
    /// A notice or holiday has no name.
    #[error("{what} number {position} has no name")]
    Unnamed {
        /// `notice` or `holiday`.
        what: &'static str,
        /// Its place in the list, counted from 1.
        position: usize,
    },
    /// A holiday names a notice that is not listed.
    #[error("{holiday}: notice {notice} is not listed")]
    UnknownNotice {
        /// The holiday.
        holiday: String,
        /// The number it names.
        notice: String,
    },
    /// A day belongs to another year.
    #[error("{holiday}: {date} is not in {year}")]
    OtherYear {
        /// The holiday.
        holiday: String,
        /// The day.
        date: Date,
        /// The year that is described.
        year: i16,
    },
    /// The last day off is before the first.
    #[error("{holiday}: off from {} to {} runs backwards", .off.from, .off.to)]
    Backwards {
        /// The holiday.
        holiday: String,
        /// Its days off.
        off: DaysOff,
    },
    /// A day is off by two holidays.
    #[error("{date} is off by {first} and again by {second}")]
    Overlap {
        /// The first such day.
        date: Date,
        /// The holiday listed first.
        first: String,
        /// The other.
        second: String,
    },
    /// A make-up day is at the same time a day off.
    #[error("{holiday}: {date} is to be worked, yet it is off by {off}")]
    MakeUpInsideOff {
        /// The holiday of the make-up day.
        holiday: String,
        /// The day.
        date: Date,
        /// The holiday by which it is off.
        off: String,
    },
    /// A make-up day is no Saturday or Sunday, hence worked anyway.
    #[error("{holiday}: {date} is to be worked, yet it is no Saturday or Sunday")]
    MakeUpOnWeekday {
        /// The holiday.
        holiday: String,
        /// The day.
        date: Date,
    },
    /// A make-up day is listed twice.
    #[error("{holiday}: {date} is listed twice as a day to be worked")]
    MakeUpTwice {
        /// The holiday listed second.
        holiday: String,
        /// The day.
        date: Date,
    },
    /// No day of the year is worked.
    #[error("no day of the year is worked")]
    NothingWorked,
}

impl YearError {
    /// What is wrong, for whoever published it.
    pub fn chinese(&self) -> String {
        match self {
            YearError::Unreadable(problem) => format!("无法读取（{problem}）"),
            YearError::YearOutOfRange(year) => {
                format!("{year} 年不在本日历的范围内（1949 至 9998 年）")
            }
            YearError::Incomplete => "该年未标明已完整公布，请待放假通知印发后再公布".to_owned(),
            YearError::VersionZero => "版本从 1 起计".to_owned(),
            YearError::NoticeTwice(number) => format!("通知“{number}”重复列出"),
            YearError::Unnamed { what, position } => {
                let what =
                    if *what == "notice" { "通知没有文号" } else { "节日没有名称" };
                format!("第 {position} 个{what}")
            }
            YearError::UnknownNotice { holiday, notice } => {
                format!("“{holiday}”所依据的通知“{notice}”没有列出")
            }
            YearError::OtherYear { holiday, date, year } => {
                format!("“{holiday}”的 {date} 不在 {year} 年")
            }
            YearError::Backwards { holiday, off } => {
                format!("“{holiday}”放假的起止颠倒：{} 至 {}", off.from, off.to)
            }
            YearError::Overlap { date, first, second } => {
                format!("{date} 既属“{first}”放假，又属“{second}”放假")
            }
            YearError::MakeUpInsideOff { holiday, date, off } => {
                format!("“{holiday}”安排 {date} 上班，而该日属“{off}”放假")
            }
            YearError::MakeUpOnWeekday { holiday, date } => {
                format!("“{holiday}”安排 {date} 调休上班，而该日本来就是工作日")
            }
            YearError::MakeUpTwice { holiday, date } => {
                format!("“{holiday}”安排 {date} 调休上班，而该日已列为上班")
            }
            YearError::NothingWorked => "全年没有一个工作日".to_owned(),
        }
    }
}
