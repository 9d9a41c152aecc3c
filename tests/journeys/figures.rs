//! The worked check of docs/domain.md §8, from ten tickets to the league.

use anyhow::{Context as _, Result};
use contract::common::Date;
use contract::dispatch::{GetLeagueRequest, LeagueRow};
use contract::request::Ticket;
use testkit::Size;
use testkit::hand::Call;
use testkit::zone::{ASSISTING, LEAD};

use crate::zone::{DAY_ONE, Zone, instant};

testkit::on_both_sizes!(the_worked_check_of_the_league_comes_out);

/// 10 dispatched, 1 upheld return, 8 contacted in time, 7 answered in time, 6 solved, 5 of 6 rated
/// satisfied, 9 due: 88.9 %, 77.8 %, 66.7 %, 83.3 % (6/9 rated), score 79.2.
async fn the_worked_check_of_the_league_comes_out(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let mut tickets = Vec::new();
    for _ in 0..10 {
        tickets.push(zone.accepted().await?);
    }
    let returned = zone.by("D02-11").return_naming(&tickets[9].work_order, ASSISTING).await?;
    zone.by("D01-11").uphold_return(&returned, ASSISTING).await?;
    let kept = &tickets[..9];
    for ticket in kept {
        zone.by("D02-11").claim(&ticket.work_order).await?;
    }
    contact(&zone, "2026-03-04T14:00:00+08:00", &kept[..8]).await?;
    contact(&zone, "2026-03-04T16:00:00+08:00", &kept[8..]).await?;
    answer(&zone, "2026-03-06T16:00:00+08:00", &kept[..7]).await?;
    zone.at("2026-03-09T09:00:00+08:00").await?;
    for (ticket, level) in kept.iter().zip([5, 5, 4, 3, 3, 2]) {
        zone.by("handler").rate(&ticket.name, level).await?;
    }
    let started_at = instant("2026-03-09T08:50:00+08:00");
    let call = Call { number: "13700001111", started_at, reached: Some((4, true)) };
    zone.by("D01-12").call_back(&kept[6].name, call).await?;
    answer(&zone, "2026-03-12T16:00:00+08:00", &kept[7..]).await?;

    let row = league_of(&zone, LEAD).await?;
    let rates = [&row.response, &row.on_time, &row.solved, &row.satisfied, &row.rated];
    let rates =
        rates.map(|rate| rate.as_ref().unwrap()).map(|rate| (rate.numerator, rate.denominator));
    assert_eq!((row.dispatched, row.returns_upheld), (10, 1));
    assert_eq!(rates, [(8, 9), (7, 9), (6, 9), (5, 6), (6, 9)]);
    let texts = [&row.response, &row.on_time, &row.solved, &row.satisfied];
    let texts = texts.map(|rate| rate.as_ref().unwrap().text.as_str());
    assert_eq!(texts, ["88.9%", "77.8%", "66.7%", "83.3%"]);
    assert_eq!(row.score_hundredths, Some(7917), "79.2");
    let left_out = row.response.unwrap().exclusions;
    assert_eq!((left_out[0].reason.as_str(), left_out[0].count), ("RETURNED", 1));
    let other = league_of(&zone, ASSISTING).await?;
    assert_eq!((other.dispatched, other.score_hundredths), (1, None));
    zone.world.end().await
}

async fn contact(zone: &Zone, at: &str, tickets: &[Ticket]) -> Result<()> {
    zone.at(at).await?;
    for ticket in tickets {
        zone.by("D02-11").contact(&ticket.work_order).await?;
    }
    Ok(())
}

async fn answer(zone: &Zone, at: &str, tickets: &[Ticket]) -> Result<()> {
    zone.at(at).await?;
    for ticket in tickets {
        zone.by("D02-11").complete(&ticket.work_order).await?;
    }
    zone.world.settle().await
}

async fn league_of(zone: &Zone, department: &str) -> Result<LeagueRow> {
    let day = |day| Some(Date { year: 2026, month: 3, day });
    let march = GetLeagueRequest {
        from_date: day(1),
        to_date: day(31),
        first_round: false,
        ..<_>::default()
    };
    let league = zone.by("leader").orders().get_league(march).await?.into_inner();
    league.rows.into_iter().find(|row| row.department == department).context("a row")
}
