//! What decision work is about is accepted where it was asked for: limits run from then, over gRPC.

use anyhow::Result;
use contract::common::{
    Limit, LimitKind, LimitStart, LimitTier, WorkAccepted, WorkKind, WorkRequested, WorkWithdrawn,
};
use contract::dispatch::*;
use journal::Telling;
use runtime::wire;
use testkit::{Size, on_both_sizes};

use crate::desk::{Desk, TICKET, reason, wanted};

on_both_sizes!(
    a_limit_runs_from_the_acceptance_and_who_asked_is_told,
    before_the_acceptance_nothing_is_assisted_or_extended,
);

impl Desk {
    /// Decision work with limits of the answer that start where they are said to.
    async fn limited(
        &self,
        number: u32,
        limits: &[(LimitTier, LimitStart, u32)],
    ) -> Result<String> {
        let reply = |(tier, start, days): &(LimitTier, LimitStart, u32)| Limit {
            kind: LimitKind::Reply.into(),
            tier: (*tier).into(),
            time: Some(wire::work_time(calendar::Limit::WorkingDays(*days))),
            start: (*start).into(),
            intake: 0,
        };
        let (kind, source) = (WorkKind::Decision.into(), "cases/1/items/I1".to_owned());
        let limits = limits.iter().map(reply).collect();
        self.request(&WorkRequested { kind, source, limits, ..wanted(number, self.now()) }).await
    }

    async fn accepted(&self, order: &str, at: &str) -> Result<()> {
        let told = WorkAccepted {
            work_order: order.to_owned(),
            source: TICKET.to_owned(),
            round: 1,
            accepted_time: Some(wire::time(at.parse()?)),
        };
        self.world.tell("request", Telling::new(TICKET, TICKET, &told), "persons/D02-11").await?;
        self.world.settle().await
    }
}

/// Shows: dispatch hears WorkAccepted in IN_PROGRESS; dispatch hears WorkAccepted in CANCELLED
async fn a_limit_runs_from_the_acceptance_and_who_asked_is_told(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let limits = [
        (LimitTier::Statutory, LimitStart::Accepted, 6),
        (LimitTier::Promised, LimitStart::Claimed, 10),
    ];
    let order = desk.limited(1, &limits).await?;
    desk.contact("D02-11", &order).await?;
    let shown = desk.get("D02-11", &order).await?;
    assert_eq!(shown.reply_dues.len(), 1, "the law's clock does not run yet");
    desk.go_to("2026-03-09T10:00:00+08:00").await?;
    desk.accepted(&order, "2026-03-05T10:00:00+08:00").await?;
    let shown = desk.get("D02-11", &order).await?;
    let by_law = wire::time("2026-03-13T17:30:00+08:00".parse()?);
    let due = shown.reply_due.unwrap();
    assert_eq!((due.tier(), due.time), (LimitTier::Statutory, Some(by_law)));
    assert_eq!(shown.accepted_time, Some(wire::time("2026-03-05T10:00:00+08:00".parse()?)));
    let promised = wire::time("2026-03-18T17:30:00+08:00".parse()?);
    assert_eq!(shown.reply_dues[1].time, Some(promised));
    let entries = desk.world.house("dispatch").journal.entries(0, 1000).await?;
    let told: WorkOrderAccepted = entries.last().unwrap().heard()?.decode()?;
    assert_eq!(told.standing.unwrap().reply_due, shown.reply_due);
    desk.accepted(&order, "2026-03-06T10:00:00+08:00").await?;
    assert_eq!(desk.told().await?.last().unwrap(), "WorkOrderHeardLate");
    assert_eq!(desk.get("D02-11", &order).await?.reply_due, shown.reply_due);
    let withdrawn = WorkWithdrawn {
        work_order: order.clone(),
        source: TICKET.to_owned(),
        round: 1,
        reason: "WITHDRAWN".to_owned(),
    };
    desk.world.tell("request", Telling::new(TICKET, TICKET, &withdrawn), "persons/D01-11").await?;
    desk.accepted(&order, "2026-03-06T10:00:00+08:00").await?;
    assert_eq!(desk.told().await?.last().unwrap(), "WorkOrderHeardLate");
    assert_eq!(desk.get("D02-11", &order).await?.state(), WorkOrderState::Cancelled);
    desk.world.end().await
}

/// Shows: dispatch refuses NOT_ACCEPTED
async fn before_the_acceptance_nothing_is_assisted_or_extended(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.limited(1, &[(LimitTier::Statutory, LimitStart::Accepted, 6)]).await?;
    desk.contact("D02-11", &order).await?;
    assert_eq!(reason(desk.assist("D02-11", &order, "departments/D03").await), "NOT_ACCEPTED");
    let asked = desk.ask_extension("D02-11", &order, "2026-03-13T17:30:00+08:00").await;
    assert_eq!(reason(asked), "NOT_ACCEPTED");
    desk.go_to("2026-03-11T17:30:00+08:00").await?;
    let entries = desk.world.house("dispatch").journal.entries(0, 1000).await?;
    let missed: WorkOrderLimitMissed = entries.last().unwrap().heard()?.decode()?;
    assert_eq!((missed.limit.as_str(), missed.told.as_str()), ("ACCEPTANCE", "LEAD"));
    desk.accepted(&order, "2026-03-11T16:00:00+08:00").await?;
    desk.assist("D02-11", &order, "departments/D03").await?;
    desk.world.end().await
}
