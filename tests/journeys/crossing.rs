//! An answer and a withdrawal that cross: in either order, and at once.

use anyhow::Result;
use contract::dispatch::WorkOrderState;
use contract::request::{Ticket, TicketState};
use futures_util::future::join;
use testkit::Size;
use testkit::hand::refusal;
use tonic::Status;

use crate::zone::{DAY_ONE, Zone, kinds};

testkit::on_both_sizes!(
    what_is_withdrawn_first_is_answered_no_more,
    what_is_answered_first_is_withdrawn_no_more,
    what_is_answered_and_withdrawn_at_once_ends_alike_in_both_services,
);

/// Shows: request ACCEPTED Withdraw; dispatch hears WorkWithdrawn in IN_PROGRESS
async fn what_is_withdrawn_first_is_answered_no_more(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let (ticket, order) = zone.in_progress().await?;
    let withdrawn = zone.by("handler").withdraw(&ticket.name).await?;
    assert_eq!(withdrawn.state(), TicketState::Withdrawn);
    let cancelled = zone.order(&order.name).await?;
    assert_eq!(cancelled.state(), WorkOrderState::Cancelled);
    assert_eq!(cancelled.cancelled_reason, "WITHDRAWN");
    let late = zone.by("D02-11").complete(&order.name).await.expect_err("it is cancelled");
    assert_eq!(refusal(&late).1, "dispatch.whistle STATE_FORBIDS");
    zone.world.end().await
}

/// Shows: request ACCEPTED Answer
async fn what_is_answered_first_is_withdrawn_no_more(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let (ticket, order) = zone.answered().await?;
    let late = zone.by("handler").withdraw(&ticket.name).await.expect_err("it is answered");
    assert_eq!(refusal(&late).1, "request.whistle STATE_FORBIDS");
    assert_eq!(zone.order(&order.name).await?.state(), WorkOrderState::Completed);
    zone.world.end().await
}

async fn what_is_answered_and_withdrawn_at_once_ends_alike_in_both_services(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let mut crossing = Vec::new();
    for _ in 0..12 {
        crossing.push(zone.in_progress().await?.0);
    }
    for ticket in &crossing {
        let (handler, staff) = (zone.by("handler"), zone.by("D02-11"));
        let both = join(handler.withdraw(&ticket.name), staff.complete(&ticket.work_order)).await;
        ends_alike(&zone, ticket, (both.0.map(drop), both.1.map(drop))).await?;
    }
    zone.world.end().await
}

/// Either deed is refused only if the other was heard before it; what crosses is recorded as late,
/// and nothing is parked.
async fn ends_alike(
    zone: &Zone,
    ticket: &Ticket,
    (withdrawn, completed): (Result<(), Status>, Result<(), Status>),
) -> Result<()> {
    let state = zone.seen(ticket).await?.state();
    let order = zone.order(&ticket.work_order).await?.state();
    let ticket_history = zone.ticket_history(&ticket.name).await?;
    let order_history = zone.order_history(&ticket.work_order).await?;
    let late = (
        kinds(&ticket_history).contains(&"TicketHeardLate"),
        kinds(&order_history).contains(&"WorkOrderHeardLate"),
    );
    match (withdrawn.is_ok(), completed.is_ok()) {
        (true, true) => {
            assert_eq!((state, order), (TicketState::Withdrawn, WorkOrderState::Completed));
            assert_eq!(late, (true, true), "each came too late for the other");
        }
        (true, false) => {
            assert_eq!((state, order), (TicketState::Withdrawn, WorkOrderState::Cancelled));
            assert_eq!(late, (false, false));
        }
        (false, true) => {
            assert_eq!((state, order), (TicketState::Answered, WorkOrderState::Completed));
            assert_eq!(late, (false, false));
        }
        (false, false) => panic!("one of the two came first"),
    }
    Ok(())
}
