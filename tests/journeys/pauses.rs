//! Paused and resumed over the Spring Festival of 2026: 02-14 is worked, 02-15 to 02-23 are off.

use anyhow::{Context as _, Result};
use contract::common::{ClockKind, WorkTime};
use contract::directory::{ExplainDeadlineRequest, Pause};
use contract::dispatch::WorkOrderState;
use jiff::Timestamp;
use runtime::wire::time;
use testkit::Size;

use crate::zone::{Zone, due_at, instant, kinds};

testkit::on_both_sizes!(
    what_was_awaited_comes_after_the_holiday,
    a_pause_ends_by_itself_when_nothing_comes,
);

const SUBMITTED: &str = "2026-02-11T09:00:00+08:00";
const ASKED: &str = "2026-02-13T10:00:00+08:00";
const UNTIL: &str = "2026-02-25T17:30:00+08:00";

/// A paused order, whose answer was due on 02-25; its ticket.
async fn paused(zone: &Zone) -> Result<(String, String)> {
    let (ticket, order) = zone.in_progress().await?;
    assert_eq!(due_at(order.reply_due.as_ref()), instant("2026-02-25T17:30:00+08:00"));
    zone.at(ASKED).await?;
    let asked = zone.by("D02-11").ask_pause(&order.name, instant(UNTIL)).await?;
    zone.at("2026-02-13T11:00:00+08:00").await?;
    let paused = zone.by("D01-11").grant_pause(&asked).await?;
    assert_eq!(paused.state(), WorkOrderState::Suspended);
    zone.world.settle().await?;
    let seen = zone.by("handler").ticket(&ticket.name).await?;
    assert_eq!(seen.progress.context("progress")?.state, "SUSPENDED");
    Ok((ticket.name, order.name))
}

/// When the directory says that the answer is due, with a pause from the asking on.
async fn explained(zone: &Zone, resumed: &str) -> Result<Timestamp> {
    let pause =
        Pause { from_time: Some(time(instant(ASKED))), to_time: Some(time(instant(resumed))) };
    let wanted = ExplainDeadlineRequest {
        start_time: Some(time(instant(SUBMITTED))),
        limit: Some(WorkTime { amount: 5, clock_kind: ClockKind::WorkingDays.into() }),
        pauses: vec![pause],
        ..<_>::default()
    };
    let answer = zone.by("handler").directory().explain_deadline(wanted).await?.into_inner();
    assert!(answer.text.contains("春节"), "{}", answer.text);
    Ok(due_at(answer.due.as_ref()))
}

async fn what_was_awaited_comes_after_the_holiday(size: Size) -> Result<()> {
    let zone = Zone::start(size, SUBMITTED).await?;
    let (ticket, order) = paused(&zone).await?;
    let resumed = "2026-02-24T14:00:00+08:00";
    zone.at(resumed).await?;
    assert_eq!(zone.order(&order).await?.state(), WorkOrderState::Suspended);
    zone.by("handler").supplement(&ticket).await?;
    let after = zone.order(&order).await?;
    assert_eq!(after.state(), WorkOrderState::InProgress);
    let due = due_at(after.reply_due.as_ref());
    assert_eq!(due, explained(&zone, resumed).await?);
    // 02-13 and 02-14 were not counted: their offices closed while the clock stood still.
    assert_eq!(due, instant("2026-02-27T17:30:00+08:00"));
    let pause = &after.pauses[0];
    assert_eq!(pause.resumed_time, Some(time(instant(resumed))));

    zone.at("2026-02-27T17:30:00+08:00").await?;
    zone.by("D02-11").complete(&order).await?;
    let history = zone.order_history(&order).await?;
    let happened = kinds(&history);
    for fact in ["WorkOrderPauseAsked", "WorkOrderSuspended", "WorkOrderResumed"] {
        assert_eq!(happened.iter().filter(|kind| **kind == fact).count(), 1, "{happened:?}");
    }
    assert!(happened.contains(&"WorkOrderDueChanged"), "{happened:?}");
    assert!(!happened.contains(&"WorkOrderRedCard"), "answered in time: {happened:?}");
    zone.world.end().await
}

async fn a_pause_ends_by_itself_when_nothing_comes(size: Size) -> Result<()> {
    let zone = Zone::start(size, SUBMITTED).await?;
    let (_, order) = paused(&zone).await?;
    zone.at("2026-02-25T17:29:59+08:00").await?;
    assert_eq!(zone.order(&order).await?.state(), WorkOrderState::Suspended);
    zone.at(UNTIL).await?;
    let after = zone.order(&order).await?;
    assert_eq!(after.state(), WorkOrderState::InProgress);
    assert_eq!(due_at(after.reply_due.as_ref()), explained(&zone, UNTIL).await?);
    zone.world.end().await
}
