//! A complaint 投诉 about a department: it neither leads nor assists, and never sees the contact.

use anyhow::Result;
use contract::dispatch::WorkOrderState;
use contract::request::{
    AcceptTicketRequest, GetTicketRequest, SubmitTicketRequest, Ticket, TicketKind, TicketState,
};
use testkit::hand::{metadata_of, refusal, request_id};
use testkit::zone::{ASSISTING, CONTACT_NAME, LEAD, plea};
use testkit::{Hand, Size};
use tonic::Status;

use crate::zone::{DAY_ONE, Zone};

testkit::on_both_sizes!(a_department_has_no_part_in_a_complaint_about_itself);

async fn reveal(hand: &Hand, ticket: &Ticket) -> Result<Ticket, Status> {
    let wanted =
        GetTicketRequest { ticket: ticket.name.clone(), reveal_contact: true, ..<_>::default() };
    Ok(hand.tickets().get_ticket(wanted).await?.into_inner().ticket.unwrap_or_default())
}

/// Shows: dispatch UNROUTED Route; request refuses DEPARTMENT_EXCLUDED; dispatch refuses DEPARTMENT_EXCLUDED
async fn a_department_has_no_part_in_a_complaint_about_itself(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let complaint = SubmitTicketRequest {
        kind: TicketKind::Complaint.into(),
        complained_department: LEAD.to_owned(),
        ..plea()
    };
    let ticket = zone.by("handler").submit(complaint).await?;
    let named = AcceptTicketRequest {
        ticket: ticket.name.clone(),
        lead: LEAD.to_owned(),
        request_id: request_id(),
        ..<_>::default()
    };
    let status = zone.by("D01-11").tickets().accept_ticket(named).await.expect_err("its own");
    assert_eq!(refusal(&status).1, "request.whistle DEPARTMENT_EXCLUDED");
    assert_eq!(metadata_of(&status, "department"), LEAD);

    // The catalogue's lead is the department itself: the order waits for the dispatcher.
    let accepted = zone.by("D01-11").accept(&ticket.name).await?;
    let order = zone.order(&accepted.work_order).await?;
    assert_eq!((order.state(), order.department.as_str()), (WorkOrderState::Unrouted, ""));
    assert_eq!(order.excluded_departments, [LEAD]);
    let back = zone.by("D01-11").route(&order, LEAD).await.expect_err("its own");
    assert_eq!(refusal(&back).1, "dispatch.whistle DEPARTMENT_EXCLUDED");
    zone.by("D01-11").route(&order, ASSISTING).await?;
    zone.by("D03-11").claim(&order.name).await?;
    zone.by("D03-11").contact(&order.name).await?;
    let assist = zone.by("D03-11").ask_assistance(&order.name, LEAD).await.expect_err("its own");
    assert_eq!(refusal(&assist).1, "dispatch.whistle DEPARTMENT_EXCLUDED");
    zone.world.settle().await?;

    let seen = reveal(&zone.by("D03-11"), &ticket).await?;
    assert_eq!(seen.contact.unwrap_or_default().title, CONTACT_NAME);
    for code in ["D02-11", "D02-01"] {
        let status = reveal(&zone.by(code), &ticket).await.expect_err("it is about them");
        assert_eq!(refusal(&status).1, "request.whistle TICKET_NOT_FOUND", "{code}");
        let status = zone.by(code).order(&order.name).await.expect_err("it is about them");
        assert_eq!(refusal(&status).1, "dispatch.whistle WORK_ORDER_NOT_FOUND", "{code}");
    }
    zone.by("D03-11").complete(&order.name).await?;
    assert_eq!(zone.seen(&ticket).await?.state(), TicketState::Answered);
    zone.world.end().await
}
