//! Every way in which request refuses, by its name; a refused call changes nothing.

use anyhow::{Context as _, Result};
use contract::request::{GetTicketRequest, Origin, TicketState};
use testkit::Size;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::zone::{THEIRS, Zone, completed, get, metadata_of, refused};

testkit::on_both_sizes!(
    submit_ticket_refuses,
    accept_ticket_refuses,
    supplement_ticket_refuses,
    rate_ticket_refuses,
    close_ticket_refuses,
    get_ticket_refuses,
    a_state_that_forbids_says_what_it_allows,
    refusals_common_to_all_services,
);

/// Shows: request refuses CREDIT_CODE_INVALID; request refuses ENTERPRISE_NOT_FOUND; request refuses CATEGORY_NOT_FOUND
async fn submit_ticket_refuses(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let for_enterprise = |name: &str| {
        let mut plea = zone.plea();
        plea.enterprise = name.to_owned();
        plea
    };
    let wrong_digit = for_enterprise("enterprises/91350100M000100Y44");
    let status = refused!(
        zone.by("D01-11").submit_ticket(wrong_digit),
        Code::InvalidArgument,
        "request.whistle CREDIT_CODE_INVALID"
    );
    assert_eq!(metadata_of(&status, "problem"), "check_digit");
    let told = status.get_details_localized_message().context("a text for people")?.message;
    assert!(told.contains("校验码不符，按前17位应为“"), "{told}");
    refused!(
        zone.by("D01-11").submit_ticket(for_enterprise("companies/x")),
        Code::InvalidArgument,
        "whistle FIELD_INVALID"
    );
    refused!(
        zone.by("D01-11").submit_ticket(for_enterprise("enterprises/P-unknown")),
        Code::NotFound,
        "request.whistle ENTERPRISE_NOT_FOUND"
    );
    refused!(
        zone.by("handler").submit_ticket(for_enterprise(THEIRS)),
        Code::NotFound,
        "request.whistle ENTERPRISE_NOT_FOUND"
    );
    let status = refused!(
        zone.by("another-envoy").submit_ticket(zone.plea()),
        Code::PermissionDenied,
        "whistle ROLE_FORBIDS"
    );
    assert!(metadata_of(&status, "method").ends_with("/SubmitTicket"));
    zone.by("another-envoy").submit_ticket(for_enterprise(THEIRS)).await?;
    let mut plea = zone.plea();
    plea.category = "categories/C99".to_owned();
    refused!(
        zone.by("handler").submit_ticket(plea),
        Code::NotFound,
        "request.whistle CATEGORY_NOT_FOUND"
    );
    let mut taken = zone.plea();
    taken.origin = Some(Origin { system: "hotline".to_owned(), number: "1".to_owned() });
    zone.by("handler").submit_ticket(taken.clone()).await?;
    taken.enterprise = THEIRS.to_owned();
    taken.request_id = zone.id();
    let status = refused!(
        zone.by("other-handler").submit_ticket(taken),
        Code::InvalidArgument,
        "whistle FIELD_INVALID"
    );
    assert_eq!(metadata_of(&status, "field"), "origin");
    assert_eq!(zone.told().await?, ["TicketSubmitted", "TicketSubmitted"]);
    zone.world.end().await
}

/// Shows: request refuses TICKET_NOT_FOUND; request refuses DEPARTMENT_NOT_FOUND; request refuses CATEGORY_NOT_FOUND; request refuses STATE_FORBIDS
async fn accept_ticket_refuses(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    let mut nowhere = zone.accept(&ticket);
    nowhere.ticket = "tickets/00000000-0000-7000-8000-000000000001".to_owned();
    refused!(
        zone.by("D01-11").accept_ticket(nowhere),
        Code::NotFound,
        "request.whistle TICKET_NOT_FOUND"
    );
    refused!(
        zone.by("handler").accept_ticket(zone.accept(&ticket)),
        Code::PermissionDenied,
        "whistle ROLE_FORBIDS"
    );
    let mut unknown = zone.accept(&ticket);
    unknown.lead = "departments/D99".to_owned();
    refused!(
        zone.by("D01-11").accept_ticket(unknown),
        Code::NotFound,
        "request.whistle DEPARTMENT_NOT_FOUND"
    );
    zone.publish(2, "2026-03-01T00:00:00+08:00", &["categories/C02"]).await?;
    zone.world.settle().await?;
    refused!(
        zone.by("D01-11").accept_ticket(zone.accept(&ticket)),
        Code::NotFound,
        "request.whistle CATEGORY_NOT_FOUND"
    );
    zone.publish(3, "2026-03-02T00:00:00+08:00", &["categories/C01"]).await?;
    zone.world.settle().await?;
    let mut stale = zone.accept(&ticket);
    stale.etag = "of-yesterday".to_owned();
    refused!(zone.by("D01-11").accept_ticket(stale), Code::Aborted, "whistle STALE_ETAG");
    let mut fresh = zone.accept(&ticket);
    fresh.etag = ticket.etag.clone();
    zone.by("D01-11").accept_ticket(fresh).await?;
    refused!(
        zone.by("D01-11").accept_ticket(zone.accept(&ticket)),
        Code::FailedPrecondition,
        "request.whistle STATE_FORBIDS"
    );
    assert_eq!(zone.told().await?, ["TicketSubmitted", "TicketAccepted", "WorkRequested"]);
    zone.world.end().await
}

async fn supplement_ticket_refuses(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.answered().await?;
    for stranger in ["other-handler", "another-envoy"] {
        refused!(
            zone.by(stranger).supplement_ticket(zone.supplement(&ticket)),
            Code::NotFound,
            "request.whistle TICKET_NOT_FOUND"
        );
    }
    refused!(
        zone.by("handler").supplement_ticket(zone.supplement(&ticket)),
        Code::FailedPrecondition,
        "request.whistle STATE_FORBIDS"
    );
    zone.world.end().await
}

/// Shows: request refuses RATED_ALREADY
async fn rate_ticket_refuses(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.rated(5, true).await?;
    for level in [0, 6] {
        refused!(
            zone.by("handler").rate_ticket(zone.rate(&ticket, level, true)),
            Code::InvalidArgument,
            "whistle FIELD_INVALID"
        );
    }
    refused!(
        zone.by("envoy").rate_ticket(zone.rate(&ticket, 5, true)),
        Code::PermissionDenied,
        "whistle ROLE_FORBIDS"
    );
    refused!(
        zone.by("other-handler").rate_ticket(zone.rate(&ticket, 5, true)),
        Code::NotFound,
        "request.whistle TICKET_NOT_FOUND"
    );
    let submitted = zone.submitted().await?;
    refused!(
        zone.by("handler").rate_ticket(zone.rate(&submitted, 5, true)),
        Code::FailedPrecondition,
        "request.whistle STATE_FORBIDS"
    );
    refused!(
        zone.by("handler").rate_ticket(zone.rate(&ticket, 1, false)),
        Code::FailedPrecondition,
        "request.whistle RATED_ALREADY"
    );
    let closed = zone.by("D01-11").close_ticket(zone.close(&ticket)).await?.into_inner().ticket;
    assert_eq!(closed.unwrap().state(), TicketState::Closed);
    refused!(
        zone.by("handler").rate_ticket(zone.rate(&ticket, 1, false)),
        Code::FailedPrecondition,
        "request.whistle RATED_ALREADY"
    );
    zone.world.end().await
}

/// Shows: request refuses CLOSER_CONCERNED
async fn close_ticket_refuses(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.accepted().await?;
    zone.dispatch(&ticket, &crate::zone::offered(&ticket, "departments/D02")).await?;
    // A dispatcher who assisted, and one who answered.
    let mut assisted = completed(&ticket, &["persons/D01-12"]);
    assisted.work_order = "workOrders/00000000-0000-7000-8000-000000000001".to_owned();
    assisted.parent = ticket.work_order.clone();
    zone.dispatch(&ticket, &assisted).await?;
    assert_eq!(zone.see(&ticket).await?.state(), TicketState::Accepted);
    zone.dispatch(&ticket, &completed(&ticket, &["persons/D01-11"])).await?;
    refused!(
        zone.by("D01-11").close_ticket(zone.close(&ticket)),
        Code::FailedPrecondition,
        "request.whistle STATE_FORBIDS"
    );
    zone.by("handler").rate_ticket(zone.rate(&ticket, 5, true)).await?;
    for concerned in ["D01-11", "D01-12"] {
        refused!(
            zone.by(concerned).close_ticket(zone.close(&ticket)),
            Code::PermissionDenied,
            "request.whistle CLOSER_CONCERNED"
        );
    }
    refused!(
        zone.by("handler").close_ticket(zone.close(&ticket)),
        Code::PermissionDenied,
        "whistle ROLE_FORBIDS"
    );
    let mut nowhere = zone.close(&ticket);
    nowhere.ticket = "tickets/00000000-0000-7000-8000-000000000001".to_owned();
    refused!(
        zone.by("D01-11").close_ticket(nowhere),
        Code::NotFound,
        "request.whistle TICKET_NOT_FOUND"
    );
    zone.world.end().await
}

/// Shows: request refuses CONTACT_HIDDEN
async fn get_ticket_refuses(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.accepted().await?;
    for stranger in ["other-handler", "another-envoy", "D03-11", "admin", "hotline"] {
        refused!(
            zone.by(stranger).get_ticket(get(&ticket.name)),
            Code::NotFound,
            "request.whistle TICKET_NOT_FOUND"
        );
    }
    let by_number = GetTicketRequest { number: "CS-1999-1".into(), ..GetTicketRequest::default() };
    refused!(
        zone.by("D01-11").get_ticket(by_number),
        Code::NotFound,
        "request.whistle TICKET_NOT_FOUND"
    );
    for ways in [
        GetTicketRequest::default(),
        GetTicketRequest { number: ticket.number.clone(), ..get(&ticket.name) },
    ] {
        refused!(
            zone.by("D01-11").get_ticket(ways),
            Code::InvalidArgument,
            "whistle FIELD_INVALID"
        );
    }
    // D02 leads and was offered it, but has not claimed yet.
    zone.dispatch(&ticket, &crate::zone::offered(&ticket, "departments/D02")).await?;
    for who in ["D02-11", "envoy", "leader", "supervisor"] {
        let reveal = GetTicketRequest { reveal_contact: true, ..get(&ticket.name) };
        refused!(
            zone.by(who).get_ticket(reveal),
            Code::PermissionDenied,
            "request.whistle CONTACT_HIDDEN"
        );
    }
    assert!(!zone.told().await?.contains(&"TicketContactRead".to_owned()));
    zone.world.end().await
}

async fn a_state_that_forbids_says_what_it_allows(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    let status = refused!(
        zone.by("D01-11").close_ticket(zone.close(&ticket)),
        Code::FailedPrecondition,
        "request.whistle STATE_FORBIDS"
    );
    let said = ["state", "action", "allowed"].map(|key| metadata_of(&status, key));
    assert_eq!(
        said,
        ["SUBMITTED", "CLOSE", "ACCEPT REJECT MERGE ADD_EVIDENCE"],
        "neither what is for the enterprise, nor an answer to what is no consultation"
    );
    let status = refused!(
        zone.by("handler").rate_ticket(zone.rate(&ticket, 5, true)),
        Code::FailedPrecondition,
        "request.whistle STATE_FORBIDS"
    );
    assert_eq!(metadata_of(&status, "allowed"), "SUPPLEMENT ADD_EVIDENCE WITHDRAW");
    zone.world.end().await
}

async fn refusals_common_to_all_services(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let mut nobody = contract::request::request_service_client::RequestServiceClient::new(
        zone.world.with_token(None),
    );
    let plea = zone.plea();
    refused!(nobody.submit_ticket(plea.clone()), Code::Unauthenticated, "whistle TOKEN_INVALID");
    let mut long = plea.clone();
    long.title = "长".repeat(101);
    let status = refused!(
        zone.by("handler").submit_ticket(long),
        Code::InvalidArgument,
        "whistle FIELD_INVALID"
    );
    assert_eq!(metadata_of(&status, "field"), "title");
    zone.by("handler").submit_ticket(plea.clone()).await?;
    let mut other = plea;
    other.title = "别的事".to_owned();
    refused!(
        zone.by("handler").submit_ticket(other),
        Code::AlreadyExists,
        "whistle REQUEST_ID_REUSED"
    );
    zone.world.end().await
}
