//! A due instant in a year whose days off are not yet known, and the year's publication.

use anyhow::Result;
use contract::common::{Date, HistoryEntry, LimitKind};
use contract::directory::calendar_year::{Holiday, Notice};
use contract::directory::{CalendarYear, PublishCalendarYearRequest};
use contract::dispatch::{WorkOrderDueChanged, WorkOrderYellowCard};
use testkit::Size;
use testkit::hand::request_id;

use crate::zone::{Zone, due_at, facts, instant, kind, occurred};

testkit::on_both_sizes!(
    a_due_instant_next_year_is_provisional_and_recomputed_when_the_year_is_published,
);

fn day(month: i32, day: i32) -> Option<Date> {
    Some(Date { year: 2027, month, day })
}

/// 2027 with its first three days off.
async fn publish(zone: &Zone) -> Result<()> {
    let notice = Notice {
        number: "国办发明电〔2026〕9号".to_owned(),
        title: "2027年部分节假日安排".to_owned(),
        issued_date: Some(Date { year: 2026, month: 12, day: 30 }),
        url: String::new(),
    };
    let holiday = Holiday {
        title: "元旦".to_owned(),
        notice: notice.number.clone(),
        from_date: day(1, 1),
        to_date: day(1, 3),
        work_dates: Vec::new(),
    };
    let year =
        CalendarYear { year: 2027, notices: vec![notice], holidays: vec![holiday], version: 0 };
    let wanted =
        PublishCalendarYearRequest { year: Some(year), request_id: request_id(), ..<_>::default() };
    zone.by("admin").directory().publish_calendar_year(wanted).await?;
    zone.world.settle().await
}

/// Shows: dispatch hears CalendarYearPublished in IN_PROGRESS
async fn a_due_instant_next_year_is_provisional_and_recomputed_when_the_year_is_published(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size, "2026-12-30T09:00:00+08:00").await?;
    let (ticket, order) = zone.in_progress().await?;
    let plain_weekends = instant("2027-01-06T17:30:00+08:00");
    assert_eq!(due_at(order.reply_due.as_ref()), plain_weekends);
    assert!(order.reply_due.unwrap().provisional);
    let shown = zone.seen(&ticket).await?.progress.unwrap().reply_due.unwrap();
    assert!(shown.provisional, "it is marked so to the enterprise too");

    publish(&zone).await?;
    let published = instant("2027-01-07T17:30:00+08:00");
    let moved = zone.order(&order.name).await?.reply_due.unwrap();
    assert_eq!((due_at(Some(&moved)), moved.provisional), (published, false));
    let shown = zone.seen(&ticket).await?.progress.unwrap().reply_due.unwrap();
    assert_eq!((due_at(Some(&shown)), shown.provisional), (published, false));
    let changed = facts::<WorkOrderDueChanged>(&zone.order_history(&order.name).await?);
    let [told] = &changed[..] else { panic!("told once: {changed:?}") };
    assert_eq!((told.kind(), told.cause.as_str()), (LimitKind::Reply, "CALENDAR"));
    assert_eq!(due_at(told.old_due.as_ref()), plain_weekends);

    // Its alarms go by the new instant.
    zone.at("2027-01-06T17:30:00+08:00").await?;
    let history = zone.order_history(&order.name).await?;
    let yellow = facts::<WorkOrderYellowCard>(&history);
    assert_eq!(
        yellow.iter().map(|card| due_at(card.due.as_ref())).collect::<Vec<_>>(),
        [published]
    );
    let is_yellow = |entry: &&HistoryEntry| kind(entry) == "WorkOrderYellowCard";
    let given = history.iter().find(is_yellow).map(occurred);
    assert_eq!(given, Some(plain_weekends), "the working day before");
    zone.world.end().await
}
