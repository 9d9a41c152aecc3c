//! A due date across the Spring Festival of 2026: 15 to 23 February are days off, the 14th and the
//! 28th are Saturdays that are worked.

use anyhow::Result;
use contract::agency::{ItemState, Matter};
use contract::common::{ClockKind, WorkTime};
use testkit::Size;

use super::office::{Office, days, item_of, matter};
use crate::zone::{due_at, instant};

testkit::on_both_sizes!(
    what_binds_across_the_festival_is_the_same_in_both_services,
    the_festival_gives_the_department_no_time_to_say_nothing,
);

/// Seven natural days by law, two working days as promised: the days off make the law bind
/// (domain.md §3, the last of the worked examples).
async fn what_binds_across_the_festival_is_the_same_in_both_services(size: Size) -> Result<()> {
    let week = WorkTime { amount: 7, clock_kind: ClockKind::NaturalDays.into() };
    let hasty =
        Matter { statutory: Some(week), promised: days(2), ..matter("a", "departments/D02", &[]) };
    let office = Office::start(size, "2026-02-14T09:00:00+08:00", vec![hasty]).await?;
    let case = office.running().await?;
    office.submit("agent", &case, "a").await?;
    let order = office.order(&case, "a").await?;
    office.zone.by("D02-11").claim(&order.name).await?;
    let case = office.accept("D02-11", &case, "a").await?;
    let due = due_at(item_of(&case, "a").due.as_ref());
    let last_day = due.to_zoned(jiff::tz::TimeZone::get("Asia/Shanghai")?).date();
    assert_eq!(last_day.to_string(), "2026-02-24", "the law binds, not the promise");
    let order = office.zone.order(&order.name).await?;
    assert_eq!(due_at(order.reply_due.as_ref()), due, "dispatch counts the same");
    // Issued on the first day after the festival it is in time.
    office.zone.at("2026-02-24T09:00:00+08:00").await?;
    office.issue("D02-11", &case, "a").await?;
    let order = office.zone.order(&order.name).await?;
    let completed = order.completed_time.map(|time| time.seconds);
    assert_eq!(completed, Some(instant("2026-02-24T09:00:00+08:00").as_second()));
    office.close().await
}

/// 行政许可法 32: five working days, counted over the festival, and accepted as of receipt.
async fn the_festival_gives_the_department_no_time_to_say_nothing(size: Size) -> Result<()> {
    let office =
        Office::start(size, "2026-02-13T10:00:00+08:00", vec![matter("a", "departments/D02", &[])])
            .await?;
    let case = office.running().await?;
    office.submit("agent", &case, "a").await?;
    office.zone.at("2026-02-27T17:29:00+08:00").await?;
    let waiting = office.see(&case).await?;
    assert_eq!(item_of(&waiting, "a").state(), ItemState::Submitted);
    office.zone.at("2026-02-27T17:31:00+08:00").await?;
    let case = office.see(&case).await?;
    let accepted = item_of(&case, "a");
    assert_eq!((accepted.state(), accepted.accepted_by_itself), (ItemState::UnderReview, true));
    assert_eq!(accepted.accepted_time, accepted.submitted_time, "as of receipt");
    assert_eq!(due_at(accepted.due.as_ref()), instant("2026-02-27T17:30:00+08:00"));
    office.issue("D02-11", &case, "a").await?;
    office.close().await
}
