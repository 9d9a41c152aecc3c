//! Limits side by side, and what moves them: the law in a holiday, three pauses, an extension.

use anyhow::{Context as _, Result};
use contract::common::{ClockKind, Limit, LimitKind, LimitStart, LimitTier, WorkTime};
use contract::directory::{ExplainDeadlineRequest, Pause, PublishCatalogueRequest};
use contract::dispatch::{PauseReason, WorkOrderLimitMissed, WorkOrderState};
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use runtime::wire::time;
use testkit::Size;
use testkit::hand::{refusal, request_id};
use testkit::zone::catalogue;

use crate::zone::{DAY_ONE, Zone, due_at, facts, instant};

testkit::on_both_sizes!(
    a_statutory_limit_that_ends_inside_a_holiday_binds_over_the_promise,
    three_pauses_are_counted_together_and_the_last_is_a_zone_leaders,
    an_extension_is_granted_in_time_and_refused_too_late_and_after_due,
);

/// The catalogue with 7 natural days by law and 2 working days promised.
async fn publish(zone: &Zone, effective: &str) -> Result<()> {
    let reply = |tier: LimitTier, amount, clock: ClockKind| Limit {
        kind: LimitKind::Reply.into(),
        tier: tier.into(),
        time: Some(WorkTime { amount, clock_kind: clock.into() }),
        start: LimitStart::Submitted.into(),
        intake: 0,
    };
    let mut catalogue = catalogue();
    catalogue.effective_time = Some(time(instant(effective)));
    let water = &mut catalogue.categories[0];
    water.limits.retain(|limit| limit.kind() != LimitKind::Reply);
    water.limits.push(reply(LimitTier::Statutory, 7, ClockKind::NaturalDays));
    water.limits.push(reply(LimitTier::Promised, 2, ClockKind::WorkingDays));
    water.legal_basis = "示例条例第十条".to_owned();
    let wanted = PublishCatalogueRequest {
        catalogue: Some(catalogue),
        request_id: request_id(),
        ..<_>::default()
    };
    zone.by("admin").directory().publish_catalogue(wanted).await?;
    zone.world.settle().await
}

/// docs/domain.md §3: accepted 2026-02-14 with 7 natural days statutory and 2 wd promised: 02-21 is a
/// day off, so the statutory one ends on 02-24, before the promise of 02-25, and binds.
async fn a_statutory_limit_that_ends_inside_a_holiday_binds_over_the_promise(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size, "2026-02-13T09:00:00+08:00").await?;
    publish(&zone, "2026-02-14T00:00:00+08:00").await?;
    zone.at("2026-02-14T09:00:00+08:00").await?;
    let (ticket, order) = zone.in_progress().await?;
    let shanghai = TimeZone::get("Asia/Shanghai")?;
    let day = |at: Timestamp| at.to_zoned(shanghai.clone()).date();
    let binding = order.reply_due.context("a limit")?;
    assert_eq!(binding.tier(), LimitTier::Statutory, "what binds is shown");
    assert_eq!(day(due_at(Some(&binding))), date(2026, 2, 24));
    let promised = order.reply_dues.iter().find(|due| due.tier() == LimitTier::Promised);
    assert_eq!(day(due_at(promised)), date(2026, 2, 25));
    let shown = zone.seen(&ticket).await?.progress.unwrap().reply_due.unwrap();
    assert_eq!(shown, binding);

    zone.at("2026-02-25T09:00:00+08:00").await?;
    let missed = facts::<WorkOrderLimitMissed>(&zone.order_history(&order.name).await?);
    let law = missed.iter().filter(|fact| fact.told == "LEGAL");
    assert_eq!(law.map(|fact| fact.due.unwrap()).collect::<Vec<_>>(), [binding]);
    zone.world.end().await
}

/// Shows: dispatch IN_PROGRESS AskPause; dispatch IN_PROGRESS GrantPause; dispatch SUSPENDED Resume; dispatch refuses OTHER_DECIDES; dispatch refuses PAUSE_REASON_USED
async fn three_pauses_are_counted_together_and_the_last_is_a_zone_leaders(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let (ticket, order) = zone.in_progress().await?;
    let mut pauses = Vec::new();
    for (reason, from, until) in [
        (PauseReason::Hearing, "2026-03-05T09:00:00+08:00", "2026-03-06T17:30:00+08:00"),
        (PauseReason::Testing, "2026-03-09T09:00:00+08:00", "2026-03-10T17:30:00+08:00"),
        (PauseReason::ExpertReview, "2026-03-11T09:00:00+08:00", "2026-03-13T17:30:00+08:00"),
    ] {
        zone.at(from).await?;
        let asked = zone.by("D02-11").ask_pause_for(&order.name, reason, instant(until)).await?;
        let beyond = asked.pauses.last().unwrap().needs_zone_leader;
        assert_eq!(beyond, reason == PauseReason::ExpertReview, "7 days of 5");
        if beyond {
            let other = zone.by("D01-11").grant_pause(&asked).await.expect_err("beyond the limit");
            assert_eq!(refusal(&other).1, "dispatch.whistle OTHER_DECIDES");
        }
        let decider = if beyond { "leader" } else { "D01-11" };
        zone.by(decider).grant_pause(&asked).await?;
        pauses.push(Pause {
            from_time: Some(time(instant(from))),
            to_time: Some(time(instant(until))),
        });
        zone.at(until).await?;
        let resumed = zone.order(&order.name).await?;
        assert_eq!(resumed.state(), WorkOrderState::InProgress, "it goes on by itself");
        assert_eq!(due_at(resumed.reply_due.as_ref()), explained(&zone, &pauses).await?);
    }
    let seen = zone.seen(&ticket).await?.progress.unwrap();
    assert_eq!(due_at(seen.reply_due.as_ref()), explained(&zone, &pauses).await?);
    let (again, until) = (PauseReason::Hearing, instant("2026-03-17T17:30:00+08:00"));
    let again = zone.by("D02-11").ask_pause_for(&order.name, again, until).await;
    assert_eq!(
        refusal(&again.expect_err("once per round")).1,
        "dispatch.whistle PAUSE_REASON_USED"
    );
    zone.world.end().await
}

/// When the directory says that 5 working days from day one end, with these pauses.
async fn explained(zone: &Zone, pauses: &[Pause]) -> Result<Timestamp> {
    let wanted = ExplainDeadlineRequest {
        start_time: Some(time(instant(DAY_ONE))),
        limit: Some(WorkTime { amount: 5, clock_kind: ClockKind::WorkingDays.into() }),
        pauses: pauses.to_vec(),
        ..<_>::default()
    };
    let answer = zone.by("handler").directory().explain_deadline(wanted).await?.into_inner();
    Ok(due_at(answer.due.as_ref()))
}

/// Shows: dispatch IN_PROGRESS AskExtension; dispatch IN_PROGRESS GrantExtension; dispatch refuses EXTENSION_TOO_LATE; dispatch refuses OVERDUE_ALREADY
async fn an_extension_is_granted_in_time_and_refused_too_late_and_after_due(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let (ticket, in_time) = zone.in_progress().await?;
    let (_, too_late) = zone.in_progress().await?;
    let due = due_at(too_late.reply_due.as_ref());
    assert_eq!(due, instant("2026-03-11T17:30:00+08:00"));
    // 1 working day before: its close is the last instant.
    zone.at("2026-03-10T17:30:00+08:00").await?;
    let until = instant("2026-03-13T17:30:00+08:00");
    let asked = zone.by("D02-11").ask_extension(&in_time.name, until).await?;
    zone.by("D01-11").grant_extension(&asked).await?;
    let seen = zone.seen(&ticket).await?.progress.unwrap();
    assert_eq!(due_at(seen.reply_due.as_ref()), until, "shown to the enterprise");

    zone.at("2026-03-11T09:00:00+08:00").await?;
    let late = zone.by("D02-11").ask_extension(&too_late.name, until).await;
    assert_eq!(refusal(&late.expect_err("too late")).1, "dispatch.whistle EXTENSION_TOO_LATE");
    assert_eq!(due_at(zone.order(&too_late.name).await?.reply_due.as_ref()), due, "it stands");
    zone.at("2026-03-12T09:00:00+08:00").await?;
    let over = zone.by("D02-11").ask_extension(&too_late.name, until).await;
    assert_eq!(refusal(&over.expect_err("after due")).1, "dispatch.whistle OVERDUE_ALREADY");
    zone.by("D02-11").complete(&too_late.name).await?;
    zone.at("2026-03-13T17:30:00+08:00").await?;
    zone.by("D02-11").complete(&in_time.name).await?;
    for (order, is_late) in [(&in_time, false), (&too_late, true)] {
        let history = zone.order_history(&order.name).await?;
        let completed = facts::<contract::dispatch::WorkOrderCompleted>(&history);
        assert_eq!(completed[0].late, is_late);
    }
    zone.world.end().await
}
