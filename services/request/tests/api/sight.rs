//! What callers see once they have moved or left, and what enterprises see of who did it.

use anyhow::{Context as _, Result};
use contract::common::HistoryEntry;
use contract::directory::{Enterprise, EnterpriseChanged, Staff, StaffChanged};
use contract::request::watch_tickets_response::Item;
use contract::request::{ListTicketHistoryRequest, WatchTicketsRequest};
use testkit::Size;
use tokio_stream::StreamExt as _;
use tonic::Code;

use crate::zone::{OURS, THEIRS, Zone, refusal};

testkit::on_both_sizes!(
    a_replay_is_shown_to_whom_the_ticket_is_shown_now,
    enterprises_see_no_one_inside_who_did_it,
    an_idle_stream_ends_when_its_caller_has_left,
);

async fn a_replay_is_shown_to_whom_the_ticket_is_shown_now(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let plea = zone.plea();
    let ticket = zone.by("handler").submit_ticket(plea.clone()).await?.into_inner().ticket.unwrap();
    let supplement = zone.supplement(&ticket);
    zone.by("handler").supplement_ticket(supplement.clone()).await?;
    let again = zone.by("handler").supplement_ticket(supplement.clone()).await?;
    assert_eq!(again.metadata().get("whistle-replayed").unwrap(), "true");

    // The handler goes over to another enterprise.
    for (enterprise, handlers) in [(OURS, vec![]), (THEIRS, vec!["persons/handler".to_owned()])] {
        let name = enterprise.to_owned();
        let enterprise = Some(Enterprise { name, handlers, ..Enterprise::default() });
        zone.know(&ticket.enterprise, &EnterpriseChanged { enterprise }).await?;
    }
    zone.world.settle().await?;
    let hidden = (Code::NotFound, "request.whistle TICKET_NOT_FOUND".to_owned());
    let status = zone.by("handler").submit_ticket(plea).await.expect_err("no longer theirs");
    assert_eq!(refusal(&status), hidden);
    let status = zone.by("handler").supplement_ticket(supplement).await.expect_err("nor this");
    assert_eq!(refusal(&status), hidden);
    zone.world.end().await
}

async fn enterprises_see_no_one_inside_who_did_it(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    zone.by("envoy").supplement_ticket(zone.supplement(&ticket)).await?;
    zone.by("D01-11").accept_ticket(zone.accept(&ticket)).await?;
    let ticket = zone.see(&ticket).await?;
    zone.dispatch(&ticket, &crate::zone::completed(&ticket, &["persons/D02-11"])).await?;
    zone.by("handler").rate_ticket(zone.rate(&ticket, 5, true)).await?;
    zone.by("D01-12").close_ticket(zone.close(&ticket)).await?;

    let drawn = |entries: &[HistoryEntry]| -> Vec<String> {
        let kind = |entry: &HistoryEntry| entry.r#type.rsplit('.').next().unwrap().to_owned();
        entries.iter().map(|entry| format!("{} {}", kind(entry), entry.actor)).collect()
    };
    let outside = [
        "TicketSubmitted persons/handler",
        "TicketSupplemented persons/envoy",
        "TicketAccepted ",
        "TicketAnswered ",
        "TicketConfirmed persons/handler",
        "TicketClosed ",
    ];
    let request = ListTicketHistoryRequest { ticket: ticket.name.clone(), ..<_>::default() };
    for who in ["handler", "envoy"] {
        let listed = zone.by(who).list_ticket_history(request.clone()).await?.into_inner();
        assert_eq!(drawn(&listed.entries), outside, "{who} lists");

        let watch = WatchTicketsRequest::default();
        let mut stream = zone.by(who).watch_tickets(watch).await?.into_inner();
        let mut watched = Vec::new();
        while let Item::Entry(entry) = stream.next().await.context("an item")??.item.unwrap() {
            watched.push(entry);
        }
        assert_eq!(drawn(&watched), outside, "{who} watches");
    }
    let listed = zone.by("auditor").list_ticket_history(request).await?.into_inner();
    let actors: Vec<&str> = listed.entries.iter().map(|entry| entry.actor.as_str()).collect();
    let inside = ["handler", "envoy", "D01-11", "D01-11", "D02-11", "handler", "D01-12"];
    assert_eq!(actors, inside.map(|code| format!("persons/{code}")));
    zone.world.end().await
}

async fn an_idle_stream_ends_when_its_caller_has_left(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let request = WatchTicketsRequest::default();
    let mut stream = zone.by("auditor").watch_tickets(request).await?.into_inner();
    let first = stream.next().await.context("an item")??;
    assert!(matches!(first.item, Some(Item::Heartbeat(_))));
    let staff = Staff { name: "persons/auditor".to_owned(), ..Staff::default() };
    zone.know("persons/auditor", &StaffChanged { staff: Some(staff) }).await?;
    zone.world.settle().await?;
    let last = stream.next().await.context("an item")?.expect_err("whoever has left");
    assert_eq!(refusal(&last), (Code::PermissionDenied, "whistle ROLE_FORBIDS".to_owned()));
    assert!(stream.next().await.is_none(), "nothing comes after a refusal");
    zone.world.end().await
}
