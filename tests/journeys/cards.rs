//! Cards, each at its instant: an answer due on 2026-10-08 has the National Day holiday before it.

use anyhow::Result;
use contract::common::{Date, HistoryEntry};
use contract::dispatch::{Card, GetLeagueRequest};
use jiff::Timestamp;
use testkit::Size;
use testkit::zone::LEAD;

use crate::zone::{Zone, due_at, instant, kind, occurred};

testkit::on_both_sizes!(
    a_yellow_and_a_red_card_come_at_their_instants,
    an_answer_in_time_has_no_red_card,
);

const SUBMITTED: &str = "2026-09-23T09:00:00+08:00";
const YELLOW: &str = "2026-09-30T17:30:00+08:00";
const DUE: &str = "2026-10-08T17:30:00+08:00";
const RED: &str = "2026-10-09T08:30:00+08:00";

async fn a_yellow_and_a_red_card_come_at_their_instants(size: Size) -> Result<()> {
    let zone = Zone::start(size, SUBMITTED).await?;
    let (_, order) = zone.in_progress().await?;
    assert_eq!(due_at(order.reply_due.as_ref()), instant(DUE));
    for (at, card) in [
        ("2026-09-30T17:29:59+08:00", Card::Unspecified),
        (YELLOW, Card::Yellow),
        (DUE, Card::Yellow),
        ("2026-10-09T08:29:59+08:00", Card::Yellow),
        (RED, Card::Red),
        ("2026-10-20T12:00:00+08:00", Card::Red),
    ] {
        zone.at(at).await?;
        assert_eq!(zone.order(&order.name).await?.card(), card, "{at}");
    }
    let history = zone.order_history(&order.name).await?;
    assert_eq!(cards(&history), [instant(YELLOW), instant(RED)], "each once");

    zone.by("D02-11").complete(&order.name).await?;
    zone.world.settle().await?;
    let day = |day| Some(Date { year: 2026, month: 10, day });
    let october = GetLeagueRequest {
        from_date: day(8),
        to_date: day(8),
        first_round: false,
        ..<_>::default()
    };
    let league = zone.by("leader").orders().get_league(october).await?.into_inner();
    let row = league.rows.iter().find(|row| row.department == LEAD).unwrap();
    assert_eq!((row.dispatched, row.answered_late, row.contacted_late), (1, 1, 0));
    assert_eq!(row.on_time.as_ref().unwrap().numerator, 0);
    zone.world.end().await
}

async fn an_answer_in_time_has_no_red_card(size: Size) -> Result<()> {
    let zone = Zone::start(size, SUBMITTED).await?;
    let (_, order) = zone.in_progress().await?;
    zone.at(DUE).await?;
    zone.by("D02-11").complete(&order.name).await?;
    zone.at("2026-10-12T12:00:00+08:00").await?;
    assert_eq!(cards(&zone.order_history(&order.name).await?), [instant(YELLOW)]);
    zone.world.end().await
}

/// When cards were given.
fn cards(history: &[HistoryEntry]) -> Vec<Timestamp> {
    history.iter().filter(|entry| kind(entry).ends_with("Card")).map(occurred).collect()
}
