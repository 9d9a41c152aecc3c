//! Matters that come again: done over, appealed, split from what they were merged into.

use anyhow::Result;
use contract::dispatch::WorkOrderState;
use contract::request::{RoundCause, TicketState};
use testkit::Size;
use testkit::hand::refusal;
use testkit::zone::{ASSISTING, plea};

use crate::zone::{DAY_ONE, Zone, due_at, kinds};

testkit::on_both_sizes!(
    dissatisfied_twice_it_is_a_zone_leaders,
    an_appeal_is_upheld_by_another_and_the_work_is_done,
    a_merge_undone_goes_on_by_itself,
);

/// Shows: request DISSATISFIED Redo; dispatch hears WorkReopened in COMPLETED; dispatch ESCALATED DesignateLead
async fn dissatisfied_twice_it_is_a_zone_leaders(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let (ticket, first) = zone.answered().await?;
    zone.at("2026-03-05T09:00:00+08:00").await?;
    let discontent = zone.by("handler").rate(&ticket.name, 1).await?;
    assert_eq!(discontent.state(), TicketState::Dissatisfied);
    zone.by("D01-11").redo(&ticket.name).await?;
    let again = zone.order(&ticket.work_order).await?;
    assert_eq!((again.state(), again.round), (WorkOrderState::Offered, 2));
    let (before, due) = (due_at(first.reply_due.as_ref()), due_at(again.reply_due.as_ref()));
    assert!(before < due, "its limits run from now");
    zone.worked_by("D02-12", &again.name).await?;

    zone.at("2026-03-06T09:00:00+08:00").await?;
    zone.by("handler").rate(&ticket.name, 2).await?;
    zone.by("D01-11").redo(&ticket.name).await?;
    let third = zone.order(&ticket.work_order).await?;
    assert_eq!((third.state(), third.round), (WorkOrderState::Escalated, 3));
    assert_eq!(third.escalated_for, "REDONE");
    zone.by("leader").designate(&third, ASSISTING).await?;
    zone.worked_by("D03-11", &third.name).await?;
    zone.by("handler").rate(&ticket.name, 5).await?;
    // Whoever had a hand in any round is concerned; the second dispatcher had none.
    let closed = zone.by("D01-12").close(&ticket.name).await?;
    assert_eq!((closed.state(), closed.round), (TicketState::Closed, 3));

    let seen = zone.seen(&ticket).await?;
    let kept: Vec<_> = seen
        .rounds
        .iter()
        .map(|round| (round.number, round.rating.as_ref().unwrap().level))
        .collect();
    assert_eq!(kept, [(1, 1), (2, 2), (3, 5)], "each round keeps its own");
    assert_eq!(seen.submitted_time, ticket.submitted_time, "its age counts from the first");
    zone.world.end().await
}

/// Shows: request SUBMITTED Reject; request REJECTED Appeal; request REJECTED DecideAppeal; request refuses DECIDER_CONCERNED
async fn an_appeal_is_upheld_by_another_and_the_work_is_done(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let ticket = zone.by("handler").submit(plea()).await?;
    let rejected = zone.by("D01-11").reject(&ticket.name).await?;
    assert_eq!(rejected.state(), TicketState::Rejected);
    zone.at("2026-03-05T09:00:00+08:00").await?;
    let appealed = zone.by("handler").appeal(&ticket.name).await?;
    let own = zone.by("D01-11").uphold_appeal(&appealed).await.expect_err("it rejected it");
    assert_eq!(refusal(&own).1, "request.whistle DECIDER_CONCERNED");
    let upheld = zone.by("D01-12").uphold_appeal(&appealed).await?;
    assert_eq!(upheld.state(), TicketState::Accepted);
    assert!(upheld.appeal.as_ref().unwrap().upheld);
    zone.worked_by("D02-11", &upheld.work_order).await?;
    assert_eq!(zone.seen(&ticket).await?.state(), TicketState::Answered);
    let again = zone.by("handler").appeal(&ticket.name).await.expect_err("nothing to appeal");
    assert_eq!(refusal(&again).1, "request.whistle STATE_FORBIDS");
    zone.world.end().await
}

/// Shows: request ACCEPTED Merge; request MERGED Split; dispatch hears WorkWithdrawn in CLAIMED
async fn a_merge_undone_goes_on_by_itself(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let (one, other) = (zone.accepted().await?, zone.accepted().await?);
    // Of two of one instant the older is the first by name.
    let (older, newer) = if one.name < other.name { (one, other) } else { (other, one) };
    zone.by("D02-11").claim(&newer.work_order).await?;
    zone.world.settle().await?;
    let merged = zone.by("D01-11").merge(&newer.name, &older.name).await?;
    assert_eq!((merged.state(), &merged.merged_into), (TicketState::Merged, &older.name));
    let cancelled = zone.order(&newer.work_order).await?;
    assert_eq!(
        (cancelled.state(), cancelled.cancelled_reason.as_str()),
        (WorkOrderState::Cancelled, "MERGED")
    );

    zone.at("2026-03-05T09:00:00+08:00").await?;
    let split = zone.by("D01-11").split(&newer.name).await?;
    assert_eq!((split.state(), split.round), (TicketState::Accepted, 2));
    assert_ne!(split.work_order, newer.work_order, "what was withdrawn is not taken up again");
    let begun = zone.ticket_history(&newer.name).await?;
    assert!(kinds(&begun).contains(&"TicketRoundBegun"));
    assert_eq!(zone.order(&split.work_order).await?.state(), WorkOrderState::Offered);
    zone.worked_by("D02-12", &split.work_order).await?;
    let seen = zone.seen(&newer).await?;
    assert_eq!(seen.state(), TicketState::Answered);
    assert_eq!(seen.rounds[0].cause(), RoundCause::Submitted);
    assert_eq!(
        zone.seen(&older).await?.state(),
        TicketState::Accepted,
        "the older goes its own way"
    );
    zone.world.end().await
}
