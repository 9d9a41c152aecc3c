//! What time does, and what comes too late.

use anyhow::Result;
use contract::common::MaterialsSupplied;
use contract::directory::{CalendarYear, CalendarYearPublished, calendar_year};
use contract::dispatch::*;
use jiff::civil::date;
use journal::Telling;
use runtime::wire;
use testkit::{Size, on_both_sizes};

use crate::desk::{Desk, TICKET, reason};

on_both_sizes!(
    what_nobody_claims_is_the_heads_and_what_is_late_gets_its_cards,
    a_head_who_is_no_staff_acts_on_what_is_theirs,
    a_published_year_moves_open_due_instants,
    what_comes_too_late_is_recorded,
    a_card_that_a_pause_proves_wrong_is_annulled_and_who_assists_stands_still,
    a_pause_without_end_is_refused,
);

async fn what_nobody_claims_is_the_heads_and_what_is_late_gets_its_cards(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.offer(1).await?;
    desk.go_to("2026-03-05T10:00:00+08:00").await?;
    let claimed = desk.get("D02-01", &order).await?;
    assert_eq!(
        (claimed.state(), claimed.claimant.as_str()),
        (WorkOrderState::Claimed, "persons/D02-01")
    );
    desk.go_to("2026-03-10T17:30:00+08:00").await?;
    assert_eq!(desk.get("D02-01", &order).await?.card(), Card::Yellow);
    desk.go_to("2026-03-12T08:30:00+08:00").await?;
    assert_eq!(desk.get("D02-01", &order).await?.card(), Card::Red);
    desk.go_to("2026-03-18T17:30:00+08:00").await?;
    assert_eq!(
        desk.told().await?,
        [
            "WorkOrderOffered",
            "WorkOrderLimitMissed",
            "WorkOrderLimitMissed",
            "WorkOrderClaimed",
            "WorkOrderYellowCard",
            "WorkOrderRedCard",
            "WorkOrderLimitMissed",
            "WorkOrderLimitMissed"
        ]
    );
    desk.world.end().await
}

/// By being the one who has it, and in nothing else.
async fn a_head_who_is_no_staff_acts_on_what_is_theirs(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    desk.tell_of("D02-01", &[contract::common::Role::Lead], true).await?;
    let order = desk.offer(1).await?;
    desk.go_to("2026-03-05T10:00:00+08:00").await?;
    let other = desk.offer(2).await?;
    assert_eq!(reason(desk.claim("D02-01", &other).await), "ROLE_FORBIDS");
    assert_eq!(reason(desk.contact("D02-01", &other).await), "ROLE_FORBIDS");
    assert_eq!(reason(desk.give_back("D02-01", &other, "").await), "ROLE_FORBIDS");
    assert_eq!(reason(desk.claim_next("D02-01").await), "ROLE_FORBIDS");
    desk.contact("D02-01", &order).await?;
    let done = desk.complete("D02-01", &order, "").await?;
    assert_eq!(done.state(), WorkOrderState::Completed);
    desk.world.end().await
}

async fn a_published_year_moves_open_due_instants(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    desk.go_to("2026-12-30T10:00:00+08:00").await?;
    let order = desk.in_progress(1).await?;
    let before = desk.get("D02-11", &order).await?.reply_due.unwrap();
    assert!(before.provisional);
    let year = CalendarYear {
        year: 2027,
        notices: vec![calendar_year::Notice {
            number: "国办发明电〔2026〕1号".to_owned(),
            title: "通知".to_owned(),
            issued_date: Some(wire::date(date(2026, 11, 1))),
            url: String::new(),
        }],
        holidays: vec![calendar_year::Holiday {
            title: "元旦".to_owned(),
            notice: "国办发明电〔2026〕1号".to_owned(),
            from_date: Some(wire::date(date(2027, 1, 1))),
            to_date: Some(wire::date(date(2027, 1, 4))),
            work_dates: Vec::new(),
        }],
        version: 1,
    };
    let told = CalendarYearPublished { year: Some(year) };
    let told = Telling::new("calendar/2027", "calendar/2027", &told);
    desk.world.tell("directory", told, "persons/A-1").await?;
    desk.world.settle().await?;
    let after = desk.get("D02-11", &order).await?.reply_due.unwrap();
    let due: jiff::Timestamp = "2027-01-08T17:30:00+08:00".parse()?;
    assert_eq!((after.provisional, after.time), (false, Some(wire::time(due))));
    assert_eq!(desk.told().await?.last().unwrap(), "WorkOrderDueChanged");
    desk.world.end().await
}

async fn what_comes_too_late_is_recorded(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.in_progress(1).await?;
    desk.complete("D02-11", &order, "").await?;
    let before = desk.get("D02-11", &order).await?;
    desk.supply(&order).await?;
    desk.offer(1).await?;
    // Of an order that was never asked for: passed over.
    desk.supply("workOrders/00000000-0000-7000-8000-999999999999").await?;
    assert_eq!(desk.get("D02-11", &order).await?.answer, before.answer);
    assert_eq!(desk.told().await?[4..], ["WorkOrderHeardLate", "WorkOrderHeardLate"]);
    desk.world.end().await
}

async fn a_card_that_a_pause_proves_wrong_is_annulled_and_who_assists_stands_still(
    size: Size,
) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.in_progress(1).await?;
    let parent = desk.assist("D02-11", &order, "departments/D03").await?;
    let child = parent.assistance[0].work_order.clone();
    desk.contact("D03-11", &child).await?;
    // Due at 17:30, for who assists at 11:30.
    desk.go_to("2026-03-11T09:00:00+08:00").await?;
    let until = "2026-03-13T17:30:00+08:00";
    desk.ask_pause("D02-11", &order, (PauseReason::Hearing, until)).await?;
    desk.go_to("2026-03-12T10:00:00+08:00").await?;
    for of in [&order, &child] {
        assert_eq!(desk.get("D01-11", of).await?.card(), Card::Red);
    }
    let before = desk.told().await?.len();
    desk.decide_pause("D01-11", &order, Decision::Granted).await?;
    let told = desk.told().await?;
    let expected = ["WorkOrderSuspended", "WorkOrderCardAnnulled"];
    assert_eq!(told[before..before + 2], expected);
    let mut of_child = told[before + 2..].to_vec();
    of_child.sort();
    assert_eq!(of_child, ["WorkOrderCardAnnulled", "WorkOrderSuspended"]);
    desk.go_to("2026-03-13T17:00:00+08:00").await?;
    // The yellow one, of the day before the asking, was right.
    for of in [&order, &child] {
        assert_eq!(desk.get("D01-11", of).await?.card(), Card::Yellow);
    }
    desk.go_to(until).await?;
    assert_eq!(desk.get("D03-11", &order).await?.state(), WorkOrderState::InProgress);
    let due: jiff::Timestamp = "2026-03-16T11:30:00+08:00".parse()?;
    let answered = desk.complete("D03-11", &child, "").await?;
    assert_eq!(answered.reply_due.unwrap().time, Some(wire::time(due)));
    desk.world.end().await
}

async fn a_pause_without_end_is_refused(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.in_progress(1).await?;
    for why in [PauseReason::AwaitingMaterials, PauseReason::Hearing] {
        let asked = desk.ask_pause("D02-11", &order, (why, "9999-12-30T00:00:00Z")).await;
        assert_eq!(crate::desk::reason(asked), "PAUSE_TOO_LONG");
    }
    desk.world.end().await
}

impl Desk {
    /// The enterprise supplies what was awaited.
    pub(crate) async fn supply(&self, order: &str) -> Result<()> {
        let (work_order, source) = (order.to_owned(), TICKET.to_owned());
        let told = Telling::new(TICKET, TICKET, &MaterialsSupplied { work_order, source });
        self.world.tell("request", told, "persons/E-1").await?;
        self.world.settle().await
    }
}
