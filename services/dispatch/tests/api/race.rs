//! Many want the same order: one gets it, and the others learn who.

use anyhow::Result;
use contract::common::WorkRequested;
use futures_util::future::join_all;
use testkit::{Size, on_both_sizes};

use crate::desk::{Desk, metadata, wanted};

on_both_sizes!(
    a_claim_race_of_200_has_one_winner,
    what_is_routed_to_a_department_while_it_is_dissolved_is_its_successors,
);

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

async fn what_is_routed_to_a_department_while_it_is_dissolved_is_its_successors(
    size: Size,
) -> Result<()> {
    let desk = Desk::open(size).await?;
    let mut orders = Vec::new();
    for number in 1..=40 {
        let unrouted = WorkRequested { lead: String::new(), ..wanted(number, desk.now()) };
        orders.push(desk.request(&unrouted).await?);
    }
    let routes = join_all(orders.iter().map(|order| desk.route("D01-11", order, "D03")));
    let (_, dissolved) = tokio::join!(routes, desk.dissolve("D03", "D04"));
    dissolved?;
    desk.world.settle().await?;
    for order in &orders {
        let found = desk.get("D01-11", order).await?;
        assert_ne!(found.department, "departments/D03", "{:?}", found.state());
    }
    desk.world.end().await
}
