//! Years of the working calendar, and due instants explained by them.

use anyhow::Result;
use contract::common::{ClockKind, Date, WorkTime};
use contract::directory::calendar_year::{Holiday, Notice};
use contract::directory::{
    CalendarYear, ExplainDeadlineRequest, ExplainDeadlineResponse, GetCalendarRequest, Pause,
    PublishCalendarYearRequest,
};
use testkit::Size;
use tonic::{Code, Response, Status};

use crate::zone::{DAY_ONE, Zone, refused, replayed};

testkit::on_both_sizes!(
    a_shipped_year_is_amended_and_a_new_one_published,
    publish_calendar_year_refuses_what_contradicts_itself,
    explain_deadline_counts_each_day_and_says_why_not,
    explain_deadline_goes_by_the_year_as_published,
    explain_deadline_refuses_what_cannot_be_counted,
);

fn day(year: i32, month: i32, day: i32) -> Option<Date> {
    Some(Date { year, month, day })
}

/// A year with one holiday.
fn year(of: i32, from: Option<Date>, to: Option<Date>, work: Vec<Date>) -> CalendarYear {
    let notice = Notice {
        number: "国办发明电〔2029〕1号".to_owned(),
        title: "放假安排".to_owned(),
        issued_date: day(of - 1, 11, 4),
        url: String::new(),
    };
    let holiday = Holiday {
        title: "元旦".to_owned(),
        notice: notice.number.clone(),
        from_date: from,
        to_date: to,
        work_dates: work,
    };
    CalendarYear { year: of, notices: vec![notice], holidays: vec![holiday], version: 0 }
}

async fn publish(
    zone: &Zone,
    year: CalendarYear,
) -> Result<Response<contract::directory::PublishCalendarYearResponse>, Status> {
    let asked =
        PublishCalendarYearRequest { year: Some(year), request_id: zone.id(), ..<_>::default() };
    zone.admin().publish_calendar_year(asked).await
}

async fn explain(zone: &Zone, amount: i32, clock: ClockKind) -> Result<ExplainDeadlineResponse> {
    Ok(zone.admin().explain_deadline(asked(amount, clock)).await?.into_inner())
}

fn asked(amount: i32, clock: ClockKind) -> ExplainDeadlineRequest {
    ExplainDeadlineRequest {
        start_time: at(DAY_ONE),
        intake: 0,
        limit: Some(WorkTime { amount, clock_kind: clock.into() }),
        pauses: Vec::new(),
    }
}

fn at(text: &str) -> Option<prost_types::Timestamp> {
    Some(runtime::wire::time(text.parse().unwrap()))
}

async fn a_shipped_year_is_amended_and_a_new_one_published(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let get = async |year| -> Result<CalendarYear> {
        let answer = zone.admin().get_calendar(GetCalendarRequest { year }).await?;
        Ok(answer.into_inner().year.unwrap())
    };
    let shipped = get(2026).await?;
    assert_eq!(shipped.version, 1);
    assert!(!shipped.holidays.is_empty());

    let mut amended = shipped.clone();
    amended.holidays.pop();
    // The version is the directory's to give.
    amended.version = 77;
    let wanted =
        PublishCalendarYearRequest { year: Some(amended), request_id: zone.id(), ..<_>::default() };
    let first = zone.admin().publish_calendar_year(wanted.clone()).await?;
    let second = zone.admin().publish_calendar_year(wanted).await?;
    assert!(!replayed(&first) && replayed(&second));
    let published = first.into_inner().year.unwrap();
    assert_eq!((published.version, second.into_inner().year.unwrap().version), (2, 2));
    assert_eq!(get(2026).await?, published);
    assert_eq!(publish(&zone, shipped).await?.into_inner().year.unwrap().version, 3);

    let new = year(2030, day(2030, 1, 1), day(2030, 1, 3), Vec::new());
    assert_eq!(publish(&zone, new.clone()).await?.into_inner().year.unwrap().version, 1);
    assert_eq!(get(2030).await?, CalendarYear { version: 1, ..new });
    assert_eq!(zone.told().await?, ["CalendarYearPublished"; 3]);
    // Every service can count with it.
    zone.world.settle().await?;
    let house = zone.world.house("directory");
    let calendar = house.known.calendar(house.known.read()).await?;
    assert_eq!(calendar.year(2026).unwrap().version(), 3);
    zone.world.end().await
}

/// Shows: directory refuses CALENDAR_INVALID
async fn publish_calendar_year_refuses_what_contradicts_itself(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let (first, third) = (day(2030, 1, 1), day(2030, 1, 3));
    let mut overlapping = year(2030, first, third, Vec::new());
    overlapping.holidays.push(overlapping.holidays[0].clone());
    let none_working = year(2030, first, day(2030, 12, 31), Vec::new());
    let saturday = Date { year: 2030, month: 1, day: 5 };
    let mut unknown_notice = year(2030, first, third, Vec::new());
    unknown_notice.notices.clear();
    for (what, wrong) in [
        ("2030-01-01 既属“元旦”放假，又属“元旦”放假", overlapping),
        ("全年没有一个工作日", none_working),
        ("to_date 不是存在的日期", year(2030, first, day(2030, 2, 30), Vec::new())),
        ("起止颠倒：2030-01-03 至 2030-01-01", year(2030, third, first, Vec::new())),
        ("2029-12-31 不在 2030 年", year(2030, day(2029, 12, 31), third, Vec::new())),
        ("2030-01-05 上班，而该日属", year(2030, first, day(2030, 1, 6), vec![saturday])),
        ("2030-01-05 调休上班，而该日已列", year(2030, first, third, vec![saturday, saturday])),
        ("没有列出", unknown_notice),
        ("不在本日历的范围内", CalendarYear { year: 9999, ..Default::default() }),
    ] {
        let refusal = refused(publish(&zone, wrong).await);
        assert_eq!(refusal.said(), (Code::InvalidArgument, "CALENDAR_INVALID"), "{what}");
        assert!(!refusal.of("problem").is_empty());
        assert!(refusal.chinese.contains(what), "{what}: {}", refusal.chinese);
    }
    let month = year(2030, first, day(2030, 13, 1), Vec::new());
    assert_eq!(refused(publish(&zone, month).await).reason, "FIELD_INVALID");
    let early = CalendarYear { year: 1948, ..Default::default() };
    assert_eq!(refused(publish(&zone, early).await).reason, "FIELD_INVALID");
    assert_eq!(zone.told().await?, [""; 0]);
    zone.world.end().await
}

async fn explain_deadline_counts_each_day_and_says_why_not(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    // From Wednesday on: Thursday, Friday, a weekend, Monday.
    let explained = explain(&zone, 3, ClockKind::WorkingDays).await?;
    let due = explained.due.unwrap();
    assert_eq!(due.time, at("2026-03-09T17:30:00+08:00"));
    assert!(!due.provisional);
    let counted: Vec<bool> = explained.steps.iter().map(|step| step.counted).collect();
    assert_eq!(counted, [false, true, true, false, false, true]);
    assert_eq!(explained.steps[0].reason, "起算当日不计");
    assert_eq!(explained.steps[3].reason, "周末");
    assert!(explained.text.contains("到期"), "{}", explained.text);
    let mut steps = explained.steps.iter().zip(explained.steps.iter().skip(1));
    assert!(steps.all(|(one, next)| one.to_time == next.from_time), "without a gap");

    let today = explain(&zone, 0, ClockKind::WorkingDays).await?;
    assert_eq!(today.due.unwrap().time, at("2026-03-04T17:30:00+08:00"));
    let minutes = explain(&zone, 200, ClockKind::WorkingMinutes).await?;
    assert_eq!(minutes.due.unwrap().time, at("2026-03-04T14:20:00+08:00"));
    assert!(minutes.steps[0].counted && minutes.steps[0].reason.contains("180分钟"));

    let pause = Pause { from_time: at("2026-03-04T10:00:00+08:00"), to_time: None };
    let paused =
        ExplainDeadlineRequest { pauses: vec![pause], ..asked(24, ClockKind::NaturalHours) };
    let paused = zone.admin().explain_deadline(paused).await?.into_inner();
    assert_eq!(paused.due, None);
    let last = paused.steps.last().unwrap();
    assert_eq!((&*last.reason, last.to_time), ("挂起", None));
    zone.world.end().await
}

async fn explain_deadline_goes_by_the_year_as_published(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let unknown = ExplainDeadlineRequest {
        start_time: at("2030-01-02T09:00:00+08:00"),
        ..asked(1, ClockKind::WorkingDays)
    };
    let before = zone.admin().explain_deadline(unknown.clone()).await?.into_inner().due.unwrap();
    assert_eq!((before.time, before.provisional), (at("2030-01-03T17:30:00+08:00"), true));
    let holiday = year(2030, day(2030, 1, 1), day(2030, 1, 3), Vec::new());
    publish(&zone, holiday).await?;
    // At once: the directory need not first hear what it has told.
    let after = zone.admin().explain_deadline(unknown).await?.into_inner();
    let due = after.due.unwrap();
    assert_eq!((due.time, due.provisional), (at("2030-01-04T17:30:00+08:00"), false));
    assert!(after.steps.iter().any(|step| step.reason.contains("元旦放假")), "{:?}", after.steps);
    zone.world.end().await
}

async fn explain_deadline_refuses_what_cannot_be_counted(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let field = async |request: ExplainDeadlineRequest| {
        let refusal = refused(zone.admin().explain_deadline(request).await);
        assert_eq!(refusal.said(), (Code::InvalidArgument, "FIELD_INVALID"));
        refusal.of("field").to_owned()
    };
    assert_eq!(field(asked(-1, ClockKind::WorkingDays)).await, "limit.amount");
    assert_eq!(field(asked(1, ClockKind::Unspecified)).await, "limit.clock_kind");
    assert_eq!(field(asked(20_000, ClockKind::WorkingDays)).await, "limit.amount");
    let timeless = ExplainDeadlineRequest { start_time: None, ..asked(1, ClockKind::WorkingDays) };
    assert_eq!(field(timeless).await, "start_time");
    let pause = Pause { from_time: None, to_time: at(DAY_ONE) };
    let pauses = vec![pause];
    let unbegun = ExplainDeadlineRequest { pauses, ..asked(1, ClockKind::WorkingDays) };
    assert_eq!(field(unbegun).await, "pauses[0].from_time");
    zone.world.end().await
}
