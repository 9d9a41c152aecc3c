//! The dispatchers are away for two days: every limit falls to the next person.

use anyhow::Result;
use contract::common::HistoryEntry;
use contract::dispatch::{WorkOrderLimitMissed, WorkOrderState};
use contract::request::{
    SubmitTicketRequest, TicketAccepted, TicketKind, TicketLimitMissed, TicketState,
};
use testkit::Size;
use testkit::zone::{ASSISTING, LEAD, plea};

use crate::zone::{DAY_ONE, Zone, facts, instant};

testkit::on_both_sizes!(
    what_waits_for_the_dispatcher_is_told_upwards_order_by_order,
    what_waits_for_the_dispatcher_is_told_upwards_ticket_by_ticket,
);

const TWO_DAYS_LATER: &str = "2026-03-06T17:30:00+08:00";

/// Who was told of a limit, in order, without repetition.
fn told(history: &[HistoryEntry], limit: &str) -> Vec<String> {
    let missed = facts::<WorkOrderLimitMissed>(history);
    let mut told: Vec<String> =
        missed.into_iter().filter(|fact| fact.limit == limit).map(|fact| fact.told).collect();
    told.dedup();
    told
}

/// A return, a pause, an extension and what no department fits.
async fn what_waits_for_the_dispatcher_is_told_upwards_order_by_order(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let returned = zone.accepted().await?.work_order;
    zone.by("D02-11").return_naming(&returned, ASSISTING).await?;
    let (_, paused) = zone.in_progress().await?;
    zone.by("D02-11").ask_pause(&paused.name, instant("2026-03-09T17:30:00+08:00")).await?;
    let (_, extended) = zone.in_progress().await?;
    zone.by("D02-11").ask_extension(&extended.name, instant("2026-03-13T17:30:00+08:00")).await?;
    let complaint = SubmitTicketRequest {
        kind: TicketKind::Complaint.into(),
        complained_department: LEAD.to_owned(),
        ..plea()
    };
    let complaint = zone.by("handler").submit(complaint).await?;
    let unrouted = zone.by("D01-11").accept(&complaint.name).await?.work_order;

    zone.at(TWO_DAYS_LATER).await?;
    for (order, limit, state) in [
        (&returned, "RETURN_DECISION", WorkOrderState::ReturnPending),
        (&paused.name, "PAUSE_DECISION", WorkOrderState::InProgress),
        (&extended.name, "EXTENSION_DECISION", WorkOrderState::InProgress),
        (&unrouted, "ROUTE_DECISION", WorkOrderState::Unrouted),
    ] {
        let history = zone.order_history(order).await?;
        assert_eq!(told(&history, limit), ["DISPATCH_HEAD", "ZONE_LEADER"], "{limit}");
        assert_eq!(zone.order(order).await?.state(), state, "{limit}: it still waits");
    }
    zone.world.end().await
}

/// One that nobody accepts, and one that nobody does over.
///
/// Shows: request SUBMITTED Accept
async fn what_waits_for_the_dispatcher_is_told_upwards_ticket_by_ticket(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let submitted = zone.by("handler").submit(plea()).await?;
    let (discontent, _) = zone.answered().await?;
    zone.by("handler").rate(&discontent.name, 1).await?;
    zone.at(TWO_DAYS_LATER).await?;
    let nobody_accepts = (TicketState::Submitted, &["DISPATCH_HEAD", "ZONE_LEADER"][..]);
    let nobody_does_it_over = (TicketState::Dissatisfied, &["ZONE_LEADER"][..]);
    for (ticket, (state, upwards)) in
        [(&submitted, nobody_accepts), (&discontent, nobody_does_it_over)]
    {
        let missed = facts::<TicketLimitMissed>(&zone.ticket_history(&ticket.name).await?);
        let missed = missed.iter().filter(|fact| fact.state() == state);
        let mut told: Vec<&str> = missed.map(|fact| fact.told.as_str()).collect();
        told.dedup();
        assert_eq!(told, upwards, "{state:?}");
    }
    zone.by("D01-11").accept(&submitted.name).await?;
    let accepted = facts::<TicketAccepted>(&zone.ticket_history(&submitted.name).await?);
    assert!(accepted[0].late, "the delay is the dispatcher's");
    zone.world.end().await
}
