//! Who sees what of tickets, their contacts and their history.

use anyhow::{Context as _, Result};
use contract::directory::{Enterprise, EnterpriseChanged, Staff, StaffChanged};
use contract::request::watch_tickets_response::Item;
use contract::request::{
    AcceptTicketRequest, GetTicketRequest, ListTicketHistoryRequest, ListTicketsRequest, Origin,
    Ticket, TicketAnswered, TicketState, WatchTicketsRequest,
};
use prost::Message as _;
use testkit::Size;
use tokio_stream::StreamExt as _;
use tonic::Code;

use crate::zone::{OURS, PHONE, THEIRS, Zone, get, refusal};

testkit::on_both_sizes!(
    get_ticket_finds_it_by_name_number_and_origin,
    the_contact_is_masked_unless_it_is_asked_for_and_that_is_recorded,
    list_tickets_shows_each_caller_their_own,
    list_tickets_goes_page_by_page_newest_first,
    list_ticket_history_tells_everything_that_the_caller_may_see,
    watch_tickets_resumes_without_gap_or_repetition,
    who_looks_after_an_enterprise_may_change,
);

/// The names of all tickets that somebody lists.
async fn listed(zone: &Zone, code: &str, request: ListTicketsRequest) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let mut request = request;
    loop {
        let page = zone.by(code).list_tickets(request.clone()).await?.into_inner();
        names.extend(page.tickets.into_iter().map(|ticket| ticket.name));
        if page.next_page_token.is_empty() {
            return Ok(names);
        }
        request.page_token = page.next_page_token;
    }
}

async fn get_ticket_finds_it_by_name_number_and_origin(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let origin = Origin { system: "hotline".to_owned(), number: "1".to_owned() };
    let mut plea = zone.plea();
    plea.origin = Some(origin.clone());
    let ticket = zone.by("hotline").submit_ticket(plea).await?.into_inner().ticket;
    let name = ticket.as_ref().context("a ticket")?.name.clone();
    let number = ticket.as_ref().context("a ticket")?.number.clone();
    for way in [
        get(&name),
        GetTicketRequest { number, ..GetTicketRequest::default() },
        GetTicketRequest { origin: Some(origin), ..GetTicketRequest::default() },
    ] {
        for who in ["handler", "envoy", "hotline", "D01-11", "auditor", "leader", "supervisor"] {
            let found = zone.by(who).get_ticket(way.clone()).await?.into_inner().ticket;
            assert_eq!(found, ticket, "{who}");
        }
    }
    zone.world.end().await
}

async fn the_contact_is_masked_unless_it_is_asked_for_and_that_is_recorded(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.claimed().await?;
    let contact = |ticket: Option<Ticket>| {
        ticket.and_then(|ticket| ticket.contact).map(|contact| (contact.title, contact.phone))
    };
    let masked = Some(("张**".to_owned(), "138****5678".to_owned()));
    let open = Some(("张三丰".to_owned(), PHONE.to_owned()));
    assert_eq!(contact(Some(ticket.clone())), masked);
    let may = ["handler", "D01-11", "D02-11", "auditor"];
    for who in may {
        let shown = zone.by(who).get_ticket(get(&ticket.name)).await?.into_inner().ticket;
        assert_eq!(contact(shown), masked, "{who}");
        let reveal = GetTicketRequest { reveal_contact: true, ..get(&ticket.name) };
        let shown = zone.by(who).get_ticket(reveal).await?.into_inner().ticket;
        assert_eq!(contact(shown), open, "{who}");
    }
    let page = zone.by("D01-11").list_tickets(ListTicketsRequest::default()).await?.into_inner();
    assert_eq!(contact(page.tickets.into_iter().next()), masked);

    let entries = zone.world.house("request").journal.entries(0, 1000).await?;
    let mut readers = Vec::new();
    for entry in entries.iter().filter(|entry| entry.kind.ends_with("TicketContactRead")) {
        readers.push(entry.heard()?.actor);
    }
    assert_eq!(readers, may.map(|who| format!("persons/{who}")));
    assert_eq!(zone.see(&ticket).await?.etag, ticket.etag, "reading changes nothing");
    zone.world.end().await
}

async fn list_tickets_shows_each_caller_their_own(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let claimed = zone.claimed().await?.name;
    zone.tick();
    let ours = zone.submitted().await?.name;
    zone.tick();
    let mut plea = zone.plea();
    plea.enterprise = THEIRS.to_owned();
    let theirs = zone.by("hotline").submit_ticket(plea).await?.into_inner().ticket.unwrap().name;

    let all = vec![theirs.clone(), ours.clone(), claimed.clone()];
    for (who, expected) in [
        ("handler", vec![ours.clone(), claimed.clone()]),
        ("other-handler", vec![theirs.clone()]),
        ("envoy", vec![ours.clone(), claimed.clone()]),
        ("another-envoy", vec![]),
        ("hotline", vec![theirs.clone()]),
        ("D02-11", vec![claimed.clone()]),
        ("D03-11", vec![]),
        ("admin", vec![]),
        ("D01-11", all.clone()),
        ("auditor", all.clone()),
        ("leader", all.clone()),
        ("supervisor", all),
    ] {
        assert_eq!(listed(&zone, who, ListTicketsRequest::default()).await?, expected, "{who}");
    }
    let of = |state: TicketState, enterprise: &str| ListTicketsRequest {
        state: state.into(),
        enterprise: enterprise.to_owned(),
        ..ListTicketsRequest::default()
    };
    let submitted = of(TicketState::Submitted, "");
    assert_eq!(listed(&zone, "auditor", submitted.clone()).await?, [theirs.clone(), ours.clone()]);
    assert_eq!(listed(&zone, "handler", submitted).await?, std::slice::from_ref(&ours));
    let both = of(TicketState::Submitted, OURS);
    assert_eq!(listed(&zone, "auditor", both).await?, std::slice::from_ref(&ours));
    let of_theirs = of(TicketState::Unspecified, THEIRS);
    assert_eq!(listed(&zone, "handler", of_theirs).await?, [""; 0], "not even by asking for them");
    // The lead sees it before dispatch has told anything of it.
    let accept =
        AcceptTicketRequest { ticket: ours.clone(), request_id: zone.id(), ..<_>::default() };
    zone.by("D01-11").accept_ticket(accept).await?;
    assert_eq!(listed(&zone, "D02-11", <_>::default()).await?, [ours, claimed]);
    zone.world.end().await
}

async fn list_tickets_goes_page_by_page_newest_first(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let mut names = Vec::new();
    for instant in 0..3 {
        // Those of one instant are told apart by their names.
        for _ in 0..3 {
            names.push((instant, zone.submitted().await?.name));
        }
        zone.tick();
    }
    names.sort();
    let names: Vec<String> = names.into_iter().rev().map(|(_, name)| name).collect();
    for page_size in [1, 4, 9, 0] {
        let request = ListTicketsRequest { page_size, ..ListTicketsRequest::default() };
        assert_eq!(listed(&zone, "handler", request).await?, names, "pages of {page_size}");
    }
    let first = ListTicketsRequest { page_size: 3, ..ListTicketsRequest::default() };
    let page = zone.by("handler").list_tickets(first.clone()).await?.into_inner();
    let other = ListTicketsRequest {
        page_token: page.next_page_token,
        state: TicketState::Submitted.into(),
        ..first
    };
    let status = zone.by("handler").list_tickets(other).await.expect_err("of another query");
    let invalid = (Code::InvalidArgument, "whistle PAGE_TOKEN_INVALID".to_owned());
    assert_eq!(refusal(&status), invalid);
    zone.world.end().await
}

async fn list_ticket_history_tells_everything_that_the_caller_may_see(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.submitted().await?;
    let ticket = zone.submitted().await?;
    zone.world.advance_to("2026-03-04T15:00:00+08:00".parse()?).await?;
    zone.by("D01-11").accept_ticket(zone.accept(&ticket)).await?;
    let ticket = zone.see(&ticket).await?;
    let answer = crate::zone::completed(&ticket, &["persons/D02-11"]);
    zone.dispatch(&ticket, &answer).await?;

    let mut request =
        ListTicketHistoryRequest { ticket: ticket.name.clone(), page_size: 2, ..<_>::default() };
    let mut entries = Vec::new();
    loop {
        let page = zone.by("auditor").list_ticket_history(request.clone()).await?.into_inner();
        entries.extend(page.entries);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    let kinds = |entries: &[contract::common::HistoryEntry]| -> Vec<String> {
        entries.iter().map(|entry| entry.r#type.replace("whistle.", "")).collect()
    };
    let expected = [
        "request.v1.TicketSubmitted",
        "request.v1.TicketLimitMissed",
        "request.v1.TicketAccepted",
        "common.v1.WorkRequested",
        "request.v1.TicketAnswered",
    ];
    assert_eq!(kinds(&entries), expected);
    assert!(entries.iter().all(|entry| entry.subject == ticket.name));
    assert_eq!(entries[0].actor, "persons/handler");
    assert_eq!(entries[1].actor, "systems/request");

    let request = ListTicketHistoryRequest { ticket: ticket.name.clone(), ..<_>::default() };
    let outside = zone.by("handler").list_ticket_history(request.clone()).await?.into_inner();
    assert_eq!(kinds(&outside.entries), [expected[0], expected[2], expected[4]]);
    let fact = outside.entries[2].fact.clone().context("a fact")?;
    assert_eq!(TicketAnswered::decode(fact.value.as_slice())?.concerned, [""; 0]);
    let hidden = zone.by("other-handler").list_ticket_history(request).await.expect_err("hidden");
    assert_eq!(refusal(&hidden).1, "request.whistle TICKET_NOT_FOUND");
    zone.world.end().await
}

async fn watch_tickets_resumes_without_gap_or_repetition(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ours = zone.submitted().await?;
    let mut plea = zone.plea();
    plea.enterprise = THEIRS.to_owned();
    zone.by("hotline").submit_ticket(plea).await?;
    zone.by("D01-11").accept_ticket(zone.accept(&ours)).await?;

    let mut seen = Vec::new();
    let mut resume_after = 0;
    // Connects anew after every entry.
    while seen.len() < 2 {
        let request = WatchTicketsRequest { resume_after };
        let mut stream = zone.by("handler").watch_tickets(request).await?.into_inner();
        match stream.next().await.context("an item")??.item.context("an item")? {
            Item::Entry(entry) => {
                resume_after = entry.position;
                seen.push((entry.position, entry.subject));
            }
            Item::Heartbeat(heartbeat) => resume_after = heartbeat.position,
        }
    }
    assert_eq!(seen, [(1, ours.name.clone()), (3, ours.name.clone())]);

    let request = WatchTicketsRequest { resume_after };
    let mut stream = zone.by("handler").watch_tickets(request).await?.into_inner();
    let item = stream.next().await.context("an item")??.item.context("an item")?;
    assert!(matches!(item, Item::Heartbeat(heartbeat) if heartbeat.position == 4));
    // What comes while it is open.
    zone.by("handler").supplement_ticket(zone.supplement(&ours)).await?;
    let item = stream.next().await.context("an item")??.item.context("an item")?;
    assert!(matches!(item, Item::Entry(entry) if entry.position == 5));
    drop(stream);

    // Whoever has left is told no more.
    let mut stream =
        zone.by("auditor").watch_tickets(WatchTicketsRequest::default()).await?.into_inner();
    stream.next().await.context("an item")??;
    let staff = Staff { name: "persons/auditor".to_owned(), ..Staff::default() };
    zone.know("persons/auditor", &StaffChanged { staff: Some(staff) }).await?;
    zone.world.settle().await?;
    zone.by("handler").supplement_ticket(zone.supplement(&ours)).await?;
    let last = loop {
        match stream.next().await.context("an item")? {
            Ok(_) => {}
            Err(status) => break status,
        }
    };
    assert_eq!(refusal(&last), (Code::PermissionDenied, "whistle ROLE_FORBIDS".to_owned()));
    zone.world.end().await
}

async fn who_looks_after_an_enterprise_may_change(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    let enterprise = Enterprise {
        name: OURS.to_owned(),
        envoy: "persons/another-envoy".to_owned(),
        handlers: vec!["persons/handler".to_owned()],
        ..Enterprise::default()
    };
    zone.know(OURS, &EnterpriseChanged { enterprise: Some(enterprise) }).await?;
    zone.world.settle().await?;
    zone.by("another-envoy").get_ticket(get(&ticket.name)).await?;
    let hidden = zone.by("envoy").get_ticket(get(&ticket.name)).await.expect_err("no longer");
    assert_eq!(hidden.code(), Code::NotFound);
    zone.world.end().await
}
