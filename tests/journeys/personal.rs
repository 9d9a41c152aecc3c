//! Personal data: masked wherever a ticket is shown, and plain nowhere but in the vault.

use anyhow::{Context as _, Result};
use contract::request::{
    Contact, GetTicketRequest, ListTicketHistoryRequest, ListTicketsRequest, Ticket,
    WatchTicketsRequest,
};
use prost::Message as _;
use testkit::hand::refusal;
use testkit::zone::{CONTACT_NAME, CONTACT_PHONE, plea};
use testkit::{Hand, Size};
use tokio_stream::StreamExt as _;
use tonic::Code;

use crate::secrets::Secrets;
use crate::zone::{DAY_ONE, Zone, kind};

testkit::on_both_sizes!(
    contacts_are_masked_on_every_rpc_that_shows_a_ticket,
    contacts_are_shown_to_whom_they_concern_and_that_is_recorded,
    contacts_are_plain_neither_at_rest_nor_on_the_way,
);

/// What [`plea`] gives.
const SECRETS: Secrets = Secrets(&[CONTACT_NAME, CONTACT_PHONE]);

fn assert_masked(ticket: &Ticket) {
    let masked = Contact { title: "欧***".to_owned(), phone: "139****0123".to_owned() };
    assert_eq!(ticket.contact, Some(masked));
    assert!(!SECRETS.stand_in(&ticket.encode_to_vec()));
}

async fn contacts_are_masked_on_every_rpc_that_shows_a_ticket(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let plea = plea();
    let ticket = zone.by("handler").submit(plea.clone()).await?;
    assert_masked(&ticket);
    assert_masked(&zone.by("handler").submit(plea).await?);
    assert_masked(&zone.by("D01-11").accept(&ticket.name).await?);
    assert_masked(&zone.by("handler").supplement(&ticket.name).await?);
    everyone_sees_it_masked(&zone, &ticket).await?;
    let ticket = zone.seen(&ticket).await?;
    zone.by("D02-11").claim(&ticket.work_order).await?;
    zone.by("D02-11").contact(&ticket.work_order).await?;
    everyone_sees_it_masked(&zone, &ticket).await?;
    zone.by("D02-11").complete(&ticket.work_order).await?;
    zone.world.settle().await?;
    assert_masked(&zone.by("handler").rate(&ticket.name, 4).await?);
    zone.world.settle().await?;
    assert_masked(&zone.by("D01-12").close(&ticket.name).await?);
    zone.world.end().await
}

/// By Get, List, history and stream, for everybody who may know of it; nobody else does.
async fn everyone_sees_it_masked(zone: &Zone, ticket: &Ticket) -> Result<()> {
    zone.world.settle().await?;
    for who in ["handler", "envoy", "D01-11", "D02-11", "auditor", "leader", "supervisor"] {
        let hand = zone.by(who);
        assert_masked(&hand.ticket(&ticket.name).await?);
        let tickets = hand.tickets().list_tickets(ListTicketsRequest::default()).await?;
        for listed in &tickets.into_inner().tickets {
            assert_masked(listed);
        }
        let wanted = ListTicketHistoryRequest { ticket: ticket.name.clone(), ..<_>::default() };
        let history = hand.tickets().list_ticket_history(wanted).await?.into_inner();
        assert!(
            !history.entries.is_empty() && !SECRETS.stand_in(&history.encode_to_vec()),
            "{who}"
        );
        let stream = hand.tickets().watch_tickets(WatchTicketsRequest::default()).await?;
        let first = stream.into_inner().next().await.context("an item")??;
        assert!(!SECRETS.stand_in(&first.encode_to_vec()), "{who}");
    }
    for who in ["other", "D04-11"] {
        let status = zone.by(who).ticket(&ticket.name).await.expect_err("they know of none");
        assert_eq!(refusal(&status).1, "request.whistle TICKET_NOT_FOUND", "{who}");
        assert_eq!(status.code(), Code::NotFound);
        let tickets = zone.by(who).tickets().list_tickets(ListTicketsRequest::default()).await?;
        assert_eq!(tickets.into_inner().tickets, [], "{who}");
    }
    Ok(())
}

async fn contacts_are_shown_to_whom_they_concern_and_that_is_recorded(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let ticket = zone.accepted().await?;
    let plain = Contact { title: CONTACT_NAME.to_owned(), phone: CONTACT_PHONE.to_owned() };
    // The department that leads may read it once it has claimed the work, and not before.
    for who in ["D02-11", "envoy", "leader", "supervisor"] {
        let status = reveal(&zone.by(who), &ticket.name).await.expect_err("not theirs to see");
        assert_eq!(refusal(&status).1, "request.whistle CONTACT_HIDDEN", "{who}");
    }
    for who in ["other", "D04-11"] {
        let status = reveal(&zone.by(who), &ticket.name).await.expect_err("they know of none");
        assert_eq!(refusal(&status).1, "request.whistle TICKET_NOT_FOUND", "{who}");
    }
    zone.by("D02-11").claim(&ticket.work_order).await?;
    zone.world.settle().await?;
    let readers = ["handler", "D01-11", "D02-11", "auditor"];
    for who in readers {
        assert_eq!(reveal(&zone.by(who), &ticket.name).await?, Some(plain.clone()), "{who}");
    }
    let history = zone.ticket_history(&ticket.name).await?;
    let read = history.iter().filter(|entry| kind(entry) == "TicketContactRead");
    let read: Vec<&str> = read.map(|entry| entry.actor.as_str()).collect();
    assert_eq!(read, readers.map(|who| format!("persons/{who}")), "every reading is recorded");
    zone.world.end().await
}

async fn reveal(hand: &Hand, ticket: &str) -> Result<Option<Contact>, tonic::Status> {
    let wanted =
        GetTicketRequest { ticket: ticket.to_owned(), reveal_contact: true, ..<_>::default() };
    let answer = hand.tickets().get_ticket(wanted).await?;
    Ok(answer.into_inner().ticket.unwrap_or_default().contact)
}

async fn contacts_are_plain_neither_at_rest_nor_on_the_way(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    if let Some(vhost) = zone.world.vhost() {
        vhost.tap("whistle.events")?;
    }
    let (ticket, order) = zone.in_progress().await?;
    reveal(&zone.by("handler"), &ticket.name).await?;
    zone.by("D02-11").complete(&order.name).await?;
    zone.seen(&ticket).await?;
    zone.by("handler").rate(&ticket.name, 5).await?;
    zone.world.settle().await?;

    SECRETS.are_nowhere(&zone).await?;
    zone.world.end().await
}
