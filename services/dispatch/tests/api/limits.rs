//! Time that is asked for and answered for, over gRPC: extensions, longer pauses, supervision, tiers,
//! and a year that is amended under many open orders.

use anyhow::Result;
use contract::common::{LimitKind, LimitTier, WorkRequested};
use contract::directory::{CalendarYear, CalendarYearPublished, calendar_year};
use contract::dispatch::*;
use jiff::civil::date;
use journal::Telling;
use runtime::wire;
use testkit::{Size, on_both_sizes};

use crate::desk::{Desk, metadata, reason, wanted};

on_both_sizes!(
    an_extension_is_asked_in_time_and_decided_by_who_may,
    a_pause_beyond_the_limit_is_a_zone_leaders_and_ends_when_it_is_told_to,
    an_urging_and_a_supervision_are_answered,
    limits_stand_side_by_side_and_the_law_is_told,
    an_amended_year_moves_five_hundred_open_orders,
    an_amended_year_moves_what_somebody_must_rule_on,
);

/// Shows: dispatch IN_PROGRESS AskExtension; dispatch IN_PROGRESS GrantExtension; dispatch IN_PROGRESS RefuseExtension; dispatch refuses EXTENSION_ASKED_ALREADY; dispatch refuses EXTENSION_TOO_LATE; dispatch refuses OVERDUE_ALREADY; dispatch refuses EXTENSION_TOO_LONG; dispatch refuses NO_EXTENSION_ASKED; dispatch refuses OTHER_DECIDES
async fn an_extension_is_asked_in_time_and_decided_by_who_may(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.in_progress(1).await?;
    let none = desk.decide_extension("D01-11", &order, Decision::Granted).await;
    assert_eq!(reason(none), "NO_EXTENSION_ASKED");
    let ask = |until| desk.ask_extension("D02-11", &order, until);
    assert_eq!(reason(ask("2026-03-11T17:30:00+08:00").await), "FIELD_INVALID");
    let long = ask("2026-03-18T17:30:01+08:00").await.unwrap_err();
    assert_eq!(metadata(&long, "latest_time"), "2026-03-18T09:30:00Z");
    assert_eq!(reason(Err::<(), _>(long)), "EXTENSION_TOO_LONG");
    let other = desk.ask_extension("D02-12", &order, "2026-03-13T17:30:00+08:00").await;
    assert_eq!(reason(other), "NOT_CLAIMANT");
    ask("2026-03-13T17:30:00+08:00").await?;
    assert_eq!(reason(ask("2026-03-13T17:30:00+08:00").await), "EXTENSION_ASKED_ALREADY");
    let wrong = desk.decide_extension("D00-01", &order, Decision::Granted).await;
    assert_eq!(reason(wrong), "OTHER_DECIDES");
    let extended = desk.decide_extension("D01-11", &order, Decision::Granted).await?;
    let due: jiff::Timestamp = "2026-03-13T17:30:00+08:00".parse()?;
    assert_eq!(extended.reply_due.unwrap().time, Some(wire::time(due)));
    ask("2026-03-17T17:30:00+08:00").await?;
    let wrong = desk.decide_extension("D01-11", &order, Decision::Granted).await.unwrap_err();
    assert_eq!(metadata(&wrong, "role"), "ZONE_LEADER");
    desk.decide_extension("D00-01", &order, Decision::Refused).await?;
    desk.go_to("2026-03-13T09:00:00+08:00").await?;
    assert_eq!(reason(ask("2026-03-17T17:30:00+08:00").await), "EXTENSION_TOO_LATE");
    desk.go_to("2026-03-13T17:30:01+08:00").await?;
    assert_eq!(reason(ask("2026-03-17T17:30:00+08:00").await), "OVERDUE_ALREADY");
    assert_eq!(
        desk.told().await?[3..8],
        [
            "WorkOrderExtensionAsked",
            "WorkOrderExtended",
            "WorkOrderDueChanged",
            "WorkOrderExtensionAsked",
            "WorkOrderExtensionRefused"
        ]
    );
    desk.world.end().await
}

/// Shows: dispatch SUSPENDED Resume; dispatch refuses OTHER_DECIDES
async fn a_pause_beyond_the_limit_is_a_zone_leaders_and_ends_when_it_is_told_to(
    size: Size,
) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.in_progress(1).await?;
    let asked = desk
        .ask_pause("D02-11", &order, (PauseReason::Tender, "2026-03-20T17:30:00+08:00"))
        .await?;
    assert!(asked.pauses[0].needs_zone_leader);
    let wrong = desk.decide_pause("D01-11", &order, Decision::Granted).await;
    assert_eq!(reason(wrong), "OTHER_DECIDES");
    desk.decide_pause("D00-01", &order, Decision::Granted).await?;
    assert_eq!(reason(desk.resume("D02-12", &order).await), "NOT_CLAIMANT");
    desk.go_to("2026-03-06T09:00:00+08:00").await?;
    let resumed = desk.resume("D02-11", &order).await?;
    assert_eq!(resumed.state(), WorkOrderState::InProgress);
    assert_eq!(reason(desk.resume("D02-11", &order).await), "STATE_FORBIDS");
    assert_eq!(desk.told().await?[5..], ["WorkOrderResumed", "WorkOrderDueChanged"]);
    desk.world.end().await
}

/// Shows: dispatch OFFERED Supervise; dispatch OFFERED Urge; dispatch OFFERED AnswerSupervision; dispatch refuses SUPERVISED_ALREADY; dispatch refuses NOTHING_TO_ANSWER; dispatch refuses OWN_DEPARTMENT
async fn an_urging_and_a_supervision_are_answered(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.offer(1).await?;
    assert_eq!(reason(desk.supervise("D01-11", &order).await), "ROLE_FORBIDS");
    assert_eq!(reason(desk.supervise("D02-02", &order).await), "OWN_DEPARTMENT");
    desk.supervise("D01-02", &order).await?;
    assert_eq!(reason(desk.supervise("D01-02", &order).await), "SUPERVISED_ALREADY");
    desk.urge("D01-02", &order).await?;
    let level = SupervisionLevel::Supervised;
    let other = desk.answer_supervision("D03-11", &order, level).await;
    assert_eq!(reason(other), "WORK_ORDER_NOT_FOUND");
    let other = desk.answer_supervision("D01-11", &order, level).await;
    assert_eq!(reason(other), "OTHER_DEPARTMENT");
    let unsaid = desk.answer_supervision("D02-11", &order, SupervisionLevel::Unspecified).await;
    assert_eq!(reason(unsaid), "FIELD_INVALID");
    let answered = desk.answer_supervision("D02-11", &order, level).await?;
    assert_eq!(answered.supervisions[0].answer, "正在施工");
    let again = desk.answer_supervision("D02-01", &order, level).await;
    assert_eq!(reason(again), "NOTHING_TO_ANSWER");
    assert_eq!(
        desk.told().await?,
        [
            "WorkOrderOffered",
            "WorkOrderSupervised",
            "WorkOrderUrged",
            "WorkOrderSupervisionAnswered"
        ]
    );
    desk.world.end().await
}

async fn limits_stand_side_by_side_and_the_law_is_told(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let mut work = wanted(1, desk.now());
    let reply = *work.limits.iter().find(|limit| limit.kind() == LimitKind::Reply).unwrap();
    for (tier, days) in [(LimitTier::Statutory, 6), (LimitTier::Tightened, 3)] {
        let mut limit = reply;
        (limit.tier, limit.time) =
            (tier.into(), Some(wire::work_time(calendar::Limit::WorkingDays(days))));
        work.limits.push(limit);
    }
    let order = desk.request(&work).await?;
    desk.contact("D02-11", &order).await?;
    let shown = desk.get("D02-11", &order).await?;
    let tiers: Vec<LimitTier> = shown.reply_dues.iter().map(|due| due.tier()).collect();
    assert_eq!(tiers, [LimitTier::Statutory, LimitTier::Promised, LimitTier::Tightened]);
    assert_eq!(shown.reply_due.unwrap().tier(), LimitTier::Tightened);
    desk.go_to("2026-03-12T17:30:00+08:00").await?;
    let entries = desk.world.house("dispatch").journal.entries(0, 1000).await?;
    let law = entries.iter().filter_map(|entry| {
        let missed: WorkOrderLimitMissed = entry.heard().ok()?.decode().ok()?;
        (missed.told == "LEGAL").then_some(missed.limit)
    });
    assert_eq!(law.collect::<Vec<_>>(), ["REPLY"]);
    desk.world.end().await
}

impl Desk {
    /// 03-09, a Monday, becomes a day off.
    async fn amend_the_year(&self) -> Result<()> {
        let notice = "国办发明电〔2026〕9号".to_owned();
        let year = CalendarYear {
            year: 2026,
            notices: vec![calendar_year::Notice {
                number: notice.clone(),
                title: "通知".to_owned(),
                issued_date: Some(wire::date(date(2026, 3, 1))),
                url: String::new(),
            }],
            holidays: vec![calendar_year::Holiday {
                title: "临时".to_owned(),
                notice,
                from_date: Some(wire::date(date(2026, 3, 9))),
                to_date: Some(wire::date(date(2026, 3, 9))),
                work_dates: Vec::new(),
            }],
            version: 9,
        };
        let told = CalendarYearPublished { year: Some(year) };
        let told = Telling::new("calendar/2026", "calendar/2026", &told);
        self.world.tell("directory", told, "persons/A-1").await?;
        self.world.settle().await
    }
}

/// Who has to rule has a day more, and is told so.
///
/// Shows: dispatch hears CalendarYearPublished in RETURN_PENDING
async fn an_amended_year_moves_what_somebody_must_rule_on(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    desk.go_to("2026-03-06T17:00:00+08:00").await?;
    let order = desk.offer(1).await?;
    desk.give_back("D02-11", &order, "").await?;
    let due = async || Ok::<_, anyhow::Error>(desk.get("D01-11", &order).await?.decision_due);
    let before = due().await?;
    desk.amend_the_year().await?;
    let entries = desk.world.house("dispatch").journal.entries(0, 1000).await?;
    let moved = entries.iter().filter_map(|entry| {
        let moved: WorkOrderDueChanged = entry.heard().ok()?.decode().ok()?;
        (moved.limit == "RETURN_DECISION").then_some(moved)
    });
    let [moved] = &moved.collect::<Vec<_>>()[..] else { panic!("told once") };
    assert_eq!((moved.kind(), moved.old_due), (LimitKind::Unspecified, before));
    assert_eq!(moved.new_due, due().await?);
    let day_later: jiff::Timestamp = "2026-03-10T12:00:00+08:00".parse()?;
    assert_eq!(moved.new_due.and_then(|due| due.time), Some(wire::time(day_later)));
    desk.go_to("2026-03-10T11:59:59+08:00").await?;
    let missed =
        |told: &[String]| told.iter().filter(|name| *name == "WorkOrderLimitMissed").count();
    let before = missed(&desk.told().await?);
    desk.go_to("2026-03-10T12:00:00+08:00").await?;
    assert!(before < missed(&desk.told().await?));
    desk.world.end().await
}

/// Shows: dispatch hears CalendarYearPublished in OFFERED
async fn an_amended_year_moves_five_hundred_open_orders(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    for number in 1..=500 {
        let work: WorkRequested = wanted(number, desk.now());
        let told = Telling::new(&work.source, &work.source, &work);
        desk.world.tell("request", told, "persons/D01-11").await?;
    }
    desk.world.settle().await?;
    desk.amend_the_year().await?;
    let moved = desk.told().await?.iter().filter(|name| *name == "WorkOrderDueChanged").count();
    assert_eq!(moved, 500);
    let due: jiff::Timestamp = "2026-03-12T17:30:00+08:00".parse()?;
    let mut wanted = ListWorkOrdersRequest { page_size: 500, ..Default::default() };
    wanted.due_before_time = Some(wire::time(due));
    let before = desk.client("D01-11").list_work_orders(wanted).await?.into_inner();
    assert_eq!(before.work_orders, []);
    desk.world.end().await
}
