//! `whistle deadline`: when is it due (期限推算), and why, day by day.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr as _;

use anyhow::Context as _;
use calendar::{Calendar, Intake, Limit, Pause, Year};
use jiff::{Timestamp, civil};

use crate::lines;

/// What `whistle deadline` is asked.
#[derive(clap::Args)]
pub(crate) struct Flags {
    /// 起算时刻，如 2026-01-05T09:10，未写时区即北京时间 (when it starts).
    #[arg(long, value_name = "TIME", required_unless_present = "batch")]
    start: Option<String>,
    #[command(flatten)]
    limit: LimitFlags,
    /// 办公时间外的起算如何处理：instant 按原时刻，next_opening 顺延至下一办公时间 (how a start
    /// outside office hours is read).
    #[arg(long, value_name = "READING", default_value = "instant", value_parser = intake)]
    intake: Intake,
    /// 挂起时段，可多次；FROM/ 表示尚未恢复 (a pause; may be repeated).
    #[arg(long = "pause", value_name = "FROM/TO")]
    pauses: Vec<String>,
    /// 另加或替换一年的放假安排，TOML，可多次 (one more year's calendar, or an amended one).
    #[arg(long = "calendar", value_name = "FILE")]
    calendars: Vec<PathBuf>,
    /// 逐行读取标准输入的 JSON，每行一例 (answer JSON lines on standard input, one case a line)：
    /// {"id":1,"start":"2026-01-05T09:10:00+08:00","intake":"instant","limit":{"working_days":5},
    /// "pauses":[{"from":"2026-01-06T09:00:00+08:00","to":null}]}；intake 为 instant 或
    /// next_opening；limit 为 working_days、working_minutes、natural_days、natural_hours 之一；
    /// pauses 可省略。答复 (answer)：{"id","due"}、{"id","status"} 或 {"id","error"}。
    #[arg(long, conflicts_with_all = ["start", "limit", "pauses", "intake"])]
    batch: bool,
}

#[derive(clap::Args)]
#[group(id = "limit", multiple = false)]
struct LimitFlags {
    /// 工作日数，0 为即办 (working days).
    #[arg(long, value_name = "N", value_parser = amount, allow_negative_numbers = true)]
    working_days: Option<u32>,
    /// 工作时间，分钟 (minutes of office time).
    #[arg(long, value_name = "N", value_parser = minutes, allow_negative_numbers = true)]
    working_minutes: Option<u32>,
    /// 自然日数 (calendar days).
    #[arg(long, value_name = "N", value_parser = amount, allow_negative_numbers = true)]
    natural_days: Option<u32>,
    /// 自然小时数 (hours by the clock on the wall).
    #[arg(long, value_name = "N", value_parser = amount, allow_negative_numbers = true)]
    natural_hours: Option<u32>,
}

/// Explains one case, or answers a batch.
pub(crate) fn run(flags: Flags) -> anyhow::Result<ExitCode> {
    let calendar = calendar_with(&flags.calendars)?;
    if flags.batch {
        return Ok(lines::answer_stdin(|line| calendar::batch::answer(line, &calendar))?);
    }
    let start = flags.start.as_deref().context("缺少 --start（--start is missing）")?;
    let start = instant(start, &calendar)?;
    let limit = flags.limit.chosen().context(
        "请用 --working-days、--working-minutes、--natural-days、--natural-hours 之一给出期限\
         （give the limit by one of these flags）",
    )?;
    let pauses = flags.pauses.iter().map(|text| pause(text, &calendar));
    let pauses = pauses.collect::<anyhow::Result<Vec<_>>>()?;
    lines::print(calendar.explain(start, flags.intake, limit, &pauses).chinese())?;
    Ok(ExitCode::SUCCESS)
}

impl LimitFlags {
    fn chosen(&self) -> Option<Limit> {
        self.working_days
            .map(Limit::WorkingDays)
            .or(self.working_minutes.map(Limit::WorkingMinutes))
            .or(self.natural_days.map(Limit::NaturalDays))
            .or(self.natural_hours.map(Limit::NaturalHours))
    }
}

fn calendar_with(files: &[PathBuf]) -> anyhow::Result<Calendar> {
    files.iter().try_fold(Calendar::published(), |calendar, file| {
        let year = read_year(file)
            .with_context(|| format!("放假安排不可用（calendar refused）：{}", file.display()))?;
        Ok(calendar.with_year(year))
    })
}

fn read_year(file: &Path) -> anyhow::Result<Year> {
    Ok(Year::parse(&std::fs::read_to_string(file)?)?)
}

/// An instant with its offset, or the time on the wall of the zone.
fn instant(text: &str, calendar: &Calendar) -> anyhow::Result<Timestamp> {
    if let Ok(instant) = Timestamp::from_str(text) {
        return Ok(instant);
    }
    let civil = civil::DateTime::from_str(text)
        .with_context(|| format!("“{text}”不是时刻，应如 2026-01-05T09:10（not an instant）"))?;
    Ok(calendar.zone().to_ambiguous_timestamp(civil).compatible()?)
}

fn pause(text: &str, calendar: &Calendar) -> anyhow::Result<Pause> {
    let (from, to) = text
        .split_once('/')
        .with_context(|| format!("挂起时段“{text}”应写作 FROM/TO（a pause is FROM/TO）"))?;
    let from = instant(from, calendar)?;
    let to = if to.is_empty() { None } else { Some(instant(to, calendar)?) };
    if to.is_some_and(|to| to < from) {
        anyhow::bail!("挂起时段“{text}”止于其始之前（the pause ends before it begins）");
    }
    Ok(Pause { from, to })
}

fn amount(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| "应为不小于 0 的整数（a whole number, 0 or more）".to_owned())
}

fn minutes(text: &str) -> Result<u32, String> {
    match amount(text)? {
        0 => Err("应至少 1 分钟（at least 1 minute）".to_owned()),
        minutes => Ok(minutes),
    }
}

fn intake(text: &str) -> Result<Intake, String> {
    match text.replace('-', "_").as_str() {
        "instant" => Ok(Intake::Instant),
        "next_opening" => Ok(Intake::NextOpening),
        _ => Err("应为 instant 或 next_opening（one of the two）".to_owned()),
    }
}
