//! Whom a device was seen with: what is noted of it, never more than proves a doubt, and what that does
//! to a rating.

use anyhow::Result;
use contract::directory::{Enterprise, EnterpriseRegistered};
use contract::request::{
    DecideAppealRequest, ListTicketHistoryRequest, RejectReason, SubmitTicketRequest,
    TicketConfirmed, VerificationCause as Because,
};
use futures_util::future::join_all;
use jiff::SignedDuration;
use journal::Clock as _;
use journal::statement::list;
use prost::{Message as _, Name as _};
use testkit::Size;
use tonic::Code;

use crate::life::facts;
use crate::zone::{OURS, Zone, refused};

testkit::on_both_sizes!(
    rate_ticket_from_a_device_of_the_zones_people_awaits_verification,
    rate_ticket_from_a_device_of_three_enterprises_awaits_verification,
    of_what_is_refused_or_only_tried_no_device_is_noted,
    many_at_once_from_one_device_keep_it_bounded,
    a_device_that_cannot_be_one_is_refused,
);

/// What is noted of every device: with the zone's people or not, and how many enterprises.
async fn noted(zone: &Zone) -> Result<Vec<(bool, usize)>> {
    let read = zone.world.house("request").journal.database().read();
    let mut noted = Vec::new();
    for row in list(read, "SELECT staff, enterprises FROM device ORDER BY staff", []).await? {
        let (staff, enterprises): (i64, String) =
            (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let enterprises: Vec<String> = serde_json::from_str(&enterprises)?;
        noted.push((staff != 0, enterprises.len()));
    }
    Ok(noted)
}

/// Later than in haste.
fn later(zone: &Zone) {
    zone.world.clock.move_to(zone.world.clock.now() + SignedDuration::from_mins(6));
}

/// Another enterprise, with one handler.
async fn register(zone: &Zone, code: &str) -> Result<(String, String)> {
    let (name, handler) = (format!("enterprises/{code}"), format!("of-{code}"));
    let enterprise = Enterprise {
        name: name.clone(),
        title: "企业".to_owned(),
        handlers: vec![format!("persons/{handler}")],
        ..Enterprise::default()
    };
    zone.know(&name, &EnterpriseRegistered { enterprise: Some(enterprise) }).await?;
    Ok((name, handler))
}

async fn rate_ticket_from_a_device_of_the_zones_people_awaits_verification(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    let accept = zone.accept(&ticket);
    let ticket = zone.on_device("D01-11", "phone").accept_ticket(accept).await?;
    let ticket = ticket.into_inner().ticket.unwrap();
    zone.claim(&ticket).await?;
    zone.dispatch(&ticket, &crate::zone::completed(&ticket, &["persons/D02-11"])).await?;
    later(&zone);
    let rate = zone.rate(&ticket, 5, true);
    let rated = zone.on_device("handler", "phone").rate_ticket(rate).await?;
    let rating = rated.into_inner().ticket.unwrap().rating.unwrap();
    assert!(rating.awaits_verification && rating.verification_causes.is_empty());
    assert_eq!(noted(&zone).await?, [(true, 1)]);
    let seen = zone.see(&ticket).await?;
    for rating in [seen.rating, seen.rounds[0].rating.clone()] {
        let causes: Vec<Because> = rating.unwrap().verification_causes().collect();
        assert_eq!(causes, [Because::StaffDevice]);
    }
    let told = facts::<TicketConfirmed>(&zone).await?.remove(0);
    assert!(told.awaits_verification && told.verification_due.is_some());
    assert_eq!(told.verification_causes().collect::<Vec<_>>(), [Because::StaffDevice]);
    // The history says why to those inside alone.
    for (by, told) in [("auditor", 1), ("handler", 0)] {
        let wanted = ListTicketHistoryRequest {
            ticket: ticket.name.clone(),
            page_size: 100,
            ..ListTicketHistoryRequest::default()
        };
        let history = zone.by(by).list_ticket_history(wanted).await?.into_inner().entries;
        let confirmed = history.iter().find(|entry| entry.r#type == TicketConfirmed::full_name());
        let confirmed = confirmed.unwrap().fact.as_ref().unwrap();
        let confirmed = TicketConfirmed::decode(confirmed.value.as_slice())?;
        assert!(confirmed.awaits_verification);
        assert_eq!(confirmed.verification_causes.len(), told, "{by}");
    }
    zone.world.end().await
}

async fn rate_ticket_from_a_device_of_three_enterprises_awaits_verification(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size).await?;
    let mut causes = Vec::new();
    let first = (OURS.to_owned(), "handler".to_owned());
    let others = [register(&zone, "P-2").await?, register(&zone, "P-3").await?];
    for (enterprise, handler) in [first].into_iter().chain(others) {
        let plea = SubmitTicketRequest { enterprise, ..zone.plea() };
        let ticket = zone.by(&handler).submit_ticket(plea).await?.into_inner().ticket.unwrap();
        let ticket = zone.by("D01-11").accept_ticket(zone.accept(&ticket)).await?.into_inner();
        let ticket = ticket.ticket.unwrap();
        zone.claim(&ticket).await?;
        zone.dispatch(&ticket, &crate::zone::completed(&ticket, &["persons/D02-11"])).await?;
        later(&zone);
        let rate = zone.rate(&ticket, 5, true);
        zone.on_device(&handler, "agency-pc").rate_ticket(rate).await?;
        let rating = zone.see(&ticket).await?.rating.unwrap();
        causes.push(rating.verification_causes().collect::<Vec<_>>());
    }
    // Whoever rates is one of them; who rated before there were three is not doubted for it.
    assert_eq!(causes, [vec![], vec![], vec![Because::SharedDevice]]);
    assert_eq!(noted(&zone).await?, [(false, 3)]);
    let (enterprise, handler) = register(&zone, "P-4").await?;
    let plea = SubmitTicketRequest { enterprise, ..zone.plea() };
    zone.on_device(&handler, "agency-pc").submit_ticket(plea).await?;
    assert_eq!(noted(&zone).await?, [(false, 3)], "no more than prove it");
    zone.world.end().await
}

async fn of_what_is_refused_or_only_tried_no_device_is_noted(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.accepted().await?;
    refused!(
        zone.on_device("D01-11", "phone").accept_ticket(zone.accept(&ticket)),
        Code::FailedPrecondition,
        "request.whistle STATE_FORBIDS"
    );
    let early = zone.rate(&ticket, 5, true);
    refused!(
        zone.on_device("handler", "phone").rate_ticket(early),
        Code::FailedPrecondition,
        "request.whistle STATE_FORBIDS"
    );
    let rejected = zone.submitted().await?;
    let reject = zone.reject(&rejected, RejectReason::CivilDispute);
    let rejected = zone.by("D01-11").reject_ticket(reject).await?.into_inner().ticket.unwrap();
    zone.by("handler").appeal_ticket(zone.appeal(&rejected)).await?;
    let rejected = zone.see(&rejected).await?;
    let decide = DecideAppealRequest { validate_only: true, ..zone.decide_appeal(&rejected, true) };
    zone.on_device("leader", "phone").decide_appeal(decide.clone()).await?;
    assert_eq!(noted(&zone).await?, [], "nothing became true");
    let decide = DecideAppealRequest { validate_only: false, ..decide };
    zone.on_device("leader", "phone").decide_appeal(decide).await?;
    assert_eq!(noted(&zone).await?, [(true, 0)]);
    zone.world.end().await
}

async fn many_at_once_from_one_device_keep_it_bounded(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let mut handlers = Vec::new();
    for number in 0..8 {
        handlers.push(register(&zone, &format!("P-{number}")).await?);
    }
    let submitting = (0..40).map(|number| {
        let (enterprise, handler) = handlers[number % handlers.len()].clone();
        let plea = SubmitTicketRequest { enterprise, ..zone.plea() };
        let mut hand = zone.on_device(&handler, "kiosk");
        async move { hand.submit_ticket(plea).await }
    });
    for submitted in join_all(submitting).await {
        submitted?;
    }
    assert_eq!(noted(&zone).await?, [(false, 3)]);
    zone.world.end().await
}

async fn a_device_that_cannot_be_one_is_refused(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let too_long = "x".repeat(129);
    for device in ["my phone", "", &too_long] {
        let status = refused!(
            zone.on_device("handler", device).submit_ticket(zone.plea()),
            Code::InvalidArgument,
            "whistle FIELD_INVALID"
        );
        let details = tonic_types::StatusExt::get_error_details(&status);
        let said = details.localized_message().unwrap().message.clone();
        assert!(said.contains("whistle-device") && said.contains("可见的 ASCII 字符"), "{said}");
    }
    assert_eq!(zone.told().await?, [""; 0], "nothing of it became true");
    zone.on_device("handler", &"x".repeat(128)).submit_ticket(zone.plea()).await?;
    zone.world.end().await
}
