//! Many want the same order: one gets it, and the others learn who.

use anyhow::Result;
use futures_util::future::join_all;
use testkit::{Size, on_both_sizes};

use crate::desk::{Desk, metadata};

on_both_sizes!(a_claim_race_of_200_has_one_winner);

async fn a_claim_race_of_200_has_one_winner(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.offer(1).await?;
    let people = ["D02-01", "D02-11", "D02-12"];
    let tries = (0..200).map(|number| desk.claim(people[number % people.len()], &order));
    let outcomes = join_all(tries).await;
    let winners: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
    assert_eq!(winners.len(), 1);
    for refused in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        assert_eq!(metadata(refused, "claimant"), winners[0].claimant, "{refused:?}");
    }
    assert_eq!(desk.told().await?, ["WorkOrderOffered", "WorkOrderClaimed"]);
    desk.world.end().await
}
