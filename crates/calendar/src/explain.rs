//! A due instant explained: every span from the start to the end, counted or not, and why.

use std::fmt::{self, Write as _};

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::calendar::{Calendar, DayKind};
use crate::limit::{Due, Intake, Limit};

/// How a due instant came about. Its lines follow each other without a gap from the start to the
/// due instant. `Display` prints it in Chinese, day by day.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The start as it was given.
    pub start: Timestamp,
    /// How the start was read.
    pub intake: Intake,
    /// The limit.
    pub limit: Limit,
    /// The zone in whose days it is told.
    pub zone: TimeZone,
    /// Every span, in order.
    pub lines: Vec<Line>,
    /// The outcome, as [`Calendar::due`] has it.
    pub due: Option<Due>,
}

/// One span: for clocks that count days one per day, for the others one per stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its first instant.
    pub from: Timestamp,
    /// The instant after its last.
    pub to: Timestamp,
    /// The day on which it begins.
    pub day: DayNote,
    /// Whether it counted.
    pub verdict: Verdict,
}

/// What a day is, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayNote {
    /// The day.
    pub date: Date,
    /// Whether the office opens.
    pub worked: bool,
    /// The holiday that makes it off or worked against its weekday.
    pub holiday: Option<String>,
    /// The number of the notice that says so.
    pub notice: Option<String>,
    /// Whether its year is published. If not, it is what its weekday makes it.
    pub published: bool,
}

/// Whether a span counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the day of this number, counted from 1.
    Day(u32),
    /// So much time of it.
    Time(SignedDuration),
    /// Not counted: the limit was used up (or zero) before, and this is the day it falls on.
    Reached,
    /// Not counted.
    Skipped(Skip),
}

/// Why a span is not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skip {
    /// 开始的当日不计入 (民法典 201).
    StartDay,
    /// A day off: [`DayNote`] says which.
    DayOff,
    /// The clock stands still (挂起).
    Paused,
    /// 办公时间外.
    OutsideOffice,
    /// Before the opening to which the start was moved.
    BeforeOpening,
}

impl DayNote {
    pub(crate) fn of(calendar: &Calendar, date: Date) -> DayNote {
        let kind = calendar.kind(date);
        let holiday = match kind {
            DayKind::MakeUp(holiday) | DayKind::Off(holiday) => Some(holiday),
            DayKind::Workday | DayKind::Weekend => None,
        };
        DayNote {
            date,
            worked: kind.is_worked(),
            holiday: holiday.map(|holiday| holiday.name.clone()),
            notice: holiday.map(|holiday| holiday.notice.clone()),
            published: calendar.published_kind(date).is_some(),
        }
    }

    /// What the day is: `周末`, `春节放假（国办发明电〔2025〕7号）`, `春节调休上班（…）`, `工作日`.
    pub fn chinese(&self) -> String {
        let mut text = match (&self.holiday, self.worked) {
            (Some(name), true) => format!("{name}调休上班"),
            (Some(name), false) => format!("{name}放假"),
            (None, true) => "工作日".to_owned(),
            (None, false) => "周末".to_owned(),
        };
        match &self.notice {
            Some(notice) => text += &format!("（{notice}）"),
            None if !self.published => text += "（该年安排未公布，暂按周末推算）",
            None => {}
        }
        text
    }
}

impl Explanation {
    /// How many days were counted.
    pub fn counted_days(&self) -> u32 {
        self.lines.iter().fold(0, |last, line| match line.verdict {
            Verdict::Day(number) => number,
            Verdict::Time(_) | Verdict::Reached | Verdict::Skipped(_) => last,
        })
    }

    /// How much time was counted.
    pub fn counted_time(&self) -> SignedDuration {
        self.lines.iter().fold(SignedDuration::ZERO, |sum, line| match line.verdict {
            Verdict::Time(time) => sum + time,
            Verdict::Day(_) | Verdict::Reached | Verdict::Skipped(_) => sum,
        })
    }

    /// The whole, day by day, in Chinese.
    pub fn chinese(&self) -> String {
        let mut text = format!("期限{}，自{}起算", self.limit.chinese(), self.instant(self.start));
        if self.intake == Intake::NextOpening {
            text += "（办公时间外收件的，顺延至下一办公时间）";
        }
        text.push('\n');
        for line in &self.lines {
            text += &self.line(line);
            text.push('\n');
        }
        match &self.due {
            Some(due) => {
                let _ = write!(text, "到期：{}", self.instant(due.at));
                if due.provisional {
                    text += "（暂定：含未公布年份，公布后重算）";
                }
            }
            None => text += "到期：待定（计时停止中，尚无恢复时间）",
        }
        text
    }

    fn line(&self, line: &Line) -> String {
        let day = &line.day;
        let what = match line.verdict {
            Verdict::Day(number) => format!("第{number}日，{}", day.chinese()),
            Verdict::Time(time) => format!("计入{}", spell(time)),
            Verdict::Reached => format!("期限届满之日，{}", day.chinese()),
            Verdict::Skipped(Skip::StartDay) => "不计：起算当日".to_owned(),
            Verdict::Skipped(Skip::DayOff) => format!("不计：{}", day.chinese()),
            Verdict::Skipped(Skip::Paused) => "不计：挂起".to_owned(),
            Verdict::Skipped(Skip::OutsideOffice) => "不计：办公时间外".to_owned(),
            Verdict::Skipped(Skip::BeforeOpening) => "不计：顺延至下一办公时间".to_owned(),
        };
        match self.limit {
            Limit::WorkingDays(_) | Limit::NaturalDays(_)
                if line.verdict != Verdict::Skipped(Skip::BeforeOpening) =>
            {
                format!("{} {}", self.day(day.date), what)
            }
            Limit::WorkingDays(_)
            | Limit::NaturalDays(_)
            | Limit::WorkingMinutes(_)
            | Limit::NaturalHours(_) => format!("{} {what}", self.span(line)),
        }
    }

    fn local(&self, instant: Timestamp) -> DateTime {
        self.zone.to_datetime(instant)
    }

    fn day(&self, date: Date) -> String {
        format!("{date} {}", weekday(date))
    }

    fn instant(&self, instant: Timestamp) -> String {
        let local = self.local(instant);
        format!("{} {}", self.day(local.date()), clock(local))
    }

    /// `2026-09-24 周四 17:29–17:30`; a midnight at the end is the 24:00 of the day before, and the
    /// end of time is no end.
    fn span(&self, line: &Line) -> String {
        let (from, to) = (self.local(line.from), self.local(line.to));
        if line.to == Timestamp::MAX {
            return format!("{} 起", self.instant(line.from));
        }
        if from.date() == to.date() {
            return format!("{} {}–{}", self.day(from.date()), clock(from), clock(to));
        }
        let midnight = to.time() == jiff::civil::Time::midnight();
        if midnight && from.date().tomorrow().is_ok_and(|next| next == to.date()) {
            return format!("{} {}–24:00", self.day(from.date()), clock(from));
        }
        format!("{} 至 {}", self.instant(line.from), self.instant(line.to))
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.chinese())
    }
}

fn weekday(date: Date) -> &'static str {
    match date.weekday() {
        Weekday::Monday => "周一",
        Weekday::Tuesday => "周二",
        Weekday::Wednesday => "周三",
        Weekday::Thursday => "周四",
        Weekday::Friday => "周五",
        Weekday::Saturday => "周六",
        Weekday::Sunday => "周日",
    }
}

/// Hours and minutes, and seconds where there are any.
fn clock(local: DateTime) -> String {
    if local.second() == 0 {
        format!("{:02}:{:02}", local.hour(), local.minute())
    } else {
        format!("{:02}:{:02}:{:02}", local.hour(), local.minute(), local.second())
    }
}

/// `3小时25分钟`.
fn spell(time: SignedDuration) -> String {
    let seconds = time.as_secs();
    let parts = [(seconds / 3600, "小时"), (seconds / 60 % 60, "分钟"), (seconds % 60, "秒")];
    let mut text = String::new();
    for (amount, unit) in parts {
        if 0 < amount {
            let _ = write!(text, "{amount}{unit}");
        }
    }
    text
}
