//! What the enterprise said and when the matter was closed, as the league counts it, over gRPC.

use anyhow::Result;
use contract::common::{Date, Outcome, WorkReopened, WorkRequested};
use contract::dispatch::*;
use contract::request::{
    TicketClosed, TicketConfirmed, TicketExplanationDecided, TicketRatingVerified,
};
use journal::Telling;
use prost::{Message, Name};
use testkit::{Size, on_both_sizes};

use crate::desk::{Desk, TICKET, wanted};

on_both_sizes!(
    a_verdict_that_awaits_verification_counts_once_it_is_looked_at,
    the_zone_is_on_time_if_the_matter_closes_within_its_own_limit,
);

impl Desk {
    /// An order of D02, answered.
    async fn answered(&self, number: u32) -> Result<String> {
        let order = self.in_progress(number).await?;
        self.complete("D02-11", &order, "").await?;
        Ok(order)
    }

    async fn tell<M: Message + Name>(&self, message: &M) -> Result<()> {
        let told = Telling::new(TICKET, TICKET, message);
        self.world.tell("request", told, "persons/E-1").await?;
        self.world.settle().await
    }

    /// The ticket is closed in a round.
    async fn close(&self, order: &str, round: i32) -> Result<()> {
        let (ticket, work_order) = (TICKET.to_owned(), order.to_owned());
        let closed_time = Some(runtime::wire::time(self.now()));
        self.tell(&TicketClosed { ticket, work_order, round, closed_time, ..Default::default() })
            .await
    }

    async fn spring(&self, first_round: bool) -> Result<GetLeagueResponse> {
        let date = |month, day| Some(Date { year: 2026, month, day });
        let (from_date, to_date) = (date(3, 1), date(5, 31));
        let spring = GetLeagueRequest { from_date, to_date, first_round, ..<_>::default() };
        Ok(self.client("D00-99").get_league(spring).await?.into_inner())
    }
}

/// Numerator, denominator, and how many are left out for which reason.
fn made_of(rate: Option<&Rate>) -> (i32, i32, Vec<(String, i32)>) {
    let rate = rate.unwrap();
    let left_out = rate.exclusions.iter().map(|one| (one.reason.clone(), one.count)).collect();
    (rate.numerator, rate.denominator, left_out)
}

/// Shows: dispatch hears TicketConfirmed in COMPLETED
async fn a_verdict_that_awaits_verification_counts_once_it_is_looked_at(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let (good, bad) = (desk.answered(1).await?, desk.answered(2).await?);
    for order in [&good, &bad] {
        let told = TicketConfirmed {
            ticket: TICKET.to_owned(),
            work_order: order.clone(),
            round: 1,
            outcome: Outcome::Solved.into(),
            level: 5,
            awaits_verification: true,
            ..Default::default()
        };
        desk.tell(&told).await?;
    }
    let zone = desk.spring(false).await?.zone.unwrap();
    let waits = ("AWAITS_VERIFICATION".to_owned(), 2);
    assert_eq!(made_of(zone.satisfied.as_ref()), (0, 0, vec![waits]));
    assert_eq!(made_of(zone.solved.as_ref()), (0, 2, vec![]));
    for (order, counts) in [(&good, true), (&bad, false)] {
        let verified = TicketRatingVerified {
            ticket: TICKET.to_owned(),
            work_order: order.clone(),
            round: 1,
            counts,
            reason: "核实".to_owned(),
            by_itself: false,
        };
        desk.tell(&verified).await?;
    }
    let zone = desk.spring(false).await?.zone.unwrap();
    let never = ("NOT_VERIFIED".to_owned(), 1);
    assert_eq!(made_of(zone.satisfied.as_ref()), (1, 1, vec![never]));
    assert_eq!(made_of(zone.solved.as_ref()), (1, 2, vec![]));
    let told = desk.told().await?;
    assert_eq!(told[told.len() - 2..], ["WorkOrderRatingVerified", "WorkOrderRatingVerified"]);
    desk.world.end().await
}

/// Promised for 03-11, so the zone has until 03-18 at the close of office.
///
/// Shows: dispatch hears TicketClosed in COMPLETED
async fn the_zone_is_on_time_if_the_matter_closes_within_its_own_limit(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let mut orders = Vec::new();
    for number in 1..=4 {
        orders.push(desk.answered(number).await?);
    }
    let open = ("NOT_DUE".to_owned(), 4);
    let zone = desk.spring(true).await?.zone.unwrap();
    assert_eq!(made_of(zone.closed.as_ref()), (0, 0, vec![open]));
    desk.close(&orders[0], 1).await?;
    desk.go_to("2026-03-19T09:00:00+08:00").await?;
    desk.close(&orders[1], 1).await?;
    // Redone, and then closed in time of its second round, and left unexplained at first.
    let work = Some(WorkRequested { round: 2, ..wanted(3, desk.now()) });
    desk.tell(&WorkReopened { work, reason: "不满意".to_owned(), escalate: false }).await?;
    desk.contact("D02-11", &orders[2]).await?;
    desk.complete("D02-11", &orders[2], "").await?;
    for approved in [false, true] {
        let told = TicketExplanationDecided {
            ticket: TICKET.to_owned(),
            approved,
            work_order: orders[2].clone(),
            round: 2,
            ..Default::default()
        };
        desk.tell(&told).await?;
    }
    // First: one of four. Finally: the second round of the third too.
    let league = desk.spring(true).await?;
    assert_eq!(made_of(league.zone.unwrap().closed.as_ref()), (1, 4, vec![]));
    assert!(league.rows.iter().all(|row| row.closed.is_none()), "the zone's alone");
    let zone = desk.spring(false).await?.zone.unwrap();
    assert_eq!(made_of(zone.closed.as_ref()), (2, 4, vec![]));
    let told = desk.told().await?;
    assert_eq!(told.last().unwrap(), "WorkOrderMatterClosed");
    desk.world.end().await
}
