//! What dispatch tells of the work is shown, and what it says of due instants holds; so are the two
//! clocks.

use anyhow::Result;
use contract::agency::{Case, IssueItemRequest, Matter, Work};
use contract::common::Due;
use contract::dispatch::{
    Standing, WorkOrderClaimed, WorkOrderResumed, WorkOrderState, WorkOrderSuspended, WorkPause,
};
use jiff::Timestamp;
use journal::{Clock as _, Telling};
use prost::{Message, Name};
use testkit::Size;

use crate::life::ask;
use crate::zone::{Zone, get, item, matter, procedure};

testkit::on_both_sizes!(
    get_case_shows_where_the_work_stands_and_by_when_it_is_due,
    get_case_shows_both_clocks,
);

/// Dispatch tells a fact of the order of the first item.
async fn told<M: Message + Name>(zone: &Zone, case: &Case, fact: &M) -> Result<()> {
    let told = Telling::new(case.items[0].work_order.clone(), case.name.clone(), fact);
    zone.world.tell("dispatch", told, "persons/D02-11").await?;
    zone.world.settle().await
}

fn wire(at: &str) -> Result<Option<prost_types::Timestamp>> {
    let at: Timestamp = at.parse()?;
    Ok(Some(runtime::wire::time(at)))
}

fn standing(state: WorkOrderState, due: &str) -> Result<Option<Standing>> {
    Ok(Some(Standing {
        state: state.into(),
        department: "departments/D02".to_owned(),
        claimed: true,
        reply_due: Some(Due { time: wire(due)?, ..Due::default() }),
        ..Standing::default()
    }))
}

/// The work of the first item, as somebody sees it.
async fn work(zone: &Zone, who: &str, case: &Case) -> Result<Work> {
    let seen = zone.by(who).get_case(get(&case.name)).await?.into_inner().case.unwrap();
    Ok(seen.items[0].work.clone().unwrap_or_default())
}

async fn get_case_shows_where_the_work_stands_and_by_when_it_is_due(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let other = Matter { department: "departments/D03".to_owned(), ..matter("b", &[]) };
    let case = zone.running(procedure(vec![matter("a", &[]), other])).await?;
    let case = zone.accepted(&case, "a").await?;
    zone.submitted(&case, "b").await?;
    let (work_order, source) = (case.items[0].work_order.clone(), case.name.clone());
    let due = "2026-03-12T17:30:00+08:00";
    let claimed = WorkOrderClaimed {
        work_order: work_order.clone(),
        source: source.clone(),
        department: "departments/D02".to_owned(),
        claimant: "persons/D02-11".to_owned(),
        by_default: false,
        standing: standing(WorkOrderState::Claimed, due)?,
    };
    told(&zone, &case, &claimed).await?;
    for (who, claimant) in [
        ("agent", "persons/D02-11"),
        ("handler", "persons/D02-11"),
        ("D02-11", "persons/D02-11"),
        ("auditor", "persons/D02-11"),
        ("D03-11", ""),
    ] {
        let seen = work(&zone, who, &case).await?;
        assert_eq!((seen.state.as_str(), seen.claimant.as_str()), ("CLAIMED", claimant), "{who}");
        assert_eq!(seen.due.and_then(|due| due.time), wire(due)?);
    }
    let seen = zone.see(&case).await?;
    assert_eq!(seen.items[0].due.as_ref().and_then(|due| due.time), wire(due)?, "it binds here");
    // It stands still: nobody is told that it is late.
    let until = "2026-03-20T17:30:00+08:00";
    let pause = WorkPause {
        from_time: Some(runtime::wire::time(zone.world.clock.now())),
        until_time: wire(until)?,
        ..WorkPause::default()
    };
    let suspended = WorkOrderSuspended {
        work_order: work_order.clone(),
        source: source.clone(),
        pause: Some(pause),
        standing: standing(WorkOrderState::Suspended, due)?,
    };
    told(&zone, &case, &suspended).await?;
    let seen = work(&zone, "agent", &case).await?;
    assert_eq!((seen.state.as_str(), seen.paused_until_time), ("SUSPENDED", wire(until)?));
    zone.world.advance_to("2026-03-19T18:00:00+08:00".parse()?).await?;
    let told_of = zone.world.told("agency").await?;
    let missed = |told: &[String]| told.iter().filter(|kind| kind.ends_with("LimitMissed")).count();
    let before = missed(&told_of);
    let resumed = WorkOrderResumed {
        work_order,
        source,
        resumed_time: wire("2026-03-19T18:00:00+08:00")?,
        ran_out: false,
        standing: standing(WorkOrderState::InProgress, "2026-03-27T17:30:00+08:00")?,
    };
    told(&zone, &case, &resumed).await?;
    let seen = work(&zone, "agent", &case).await?;
    assert_eq!((seen.state.as_str(), seen.paused_until_time), ("IN_PROGRESS", None));
    zone.world.advance_to("2026-03-28T09:00:00+08:00".parse()?).await?;
    assert!(before < missed(&zone.world.told("agency").await?), "it is late now");
    zone.world.end().await
}

async fn get_case_shows_both_clocks(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let flow = procedure(vec![Matter { for_start: true, ..matter("a", &[]) }]);
    let case = zone.running(flow).await?;
    assert!(case.clocks.is_none(), "no answer to a command counts");
    let case = zone.accepted(&case, "a").await?;
    zone.world.advance_to("2026-03-09T10:00:00+08:00".parse()?).await?;
    // 5, 6 and 9 March.
    let clocks = zone.see(&case).await?.clocks.unwrap();
    assert_eq!((clocks.approval_days, clocks.enterprise_days), (3, 5));
    assert_eq!(clocks.enterprise_to_time, None);
    let etag = zone.see(&case).await?.etag;
    let (name, certificate) = (item(&case, "a"), "建字第9号".to_owned());
    ask!(
        zone,
        "D02-11",
        issue_item,
        IssueItemRequest { item: name, certificate: certificate, etag: etag }
    );
    zone.world.advance_to("2026-03-13T10:00:00+08:00".parse()?).await?;
    let clocks = zone.see(&case).await?.clocks.unwrap();
    assert_eq!((clocks.approval_days, clocks.enterprise_days), (3, 5), "both stand");
    assert_eq!(clocks.enterprise_to_time, wire("2026-03-09T10:00:00+08:00")?);
    assert_eq!((clocks.approval_after_land_days, clocks.enterprise_from_land), (None, false));
    zone.world.end().await
}
