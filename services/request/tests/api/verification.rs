//! Ratings that are looked at before they count: by a supervisor, or by nobody in time.

use anyhow::Result;
use contract::request::{
    ListTicketsRequest, TicketConfirmed, TicketRatingVerified, TicketState, VerifyRatingRequest,
};
use testkit::Size;
use tonic::Code;

use crate::life::facts;
use crate::zone::{Zone, get, metadata_of, refused};

testkit::on_both_sizes!(
    verify_rating_says_once_whether_a_hasty_rating_counts,
    a_rating_that_nobody_verifies_counts_as_it_stands,
    what_awaits_verification_is_listed,
    verify_rating_refuses,
);

async fn verify_rating_says_once_whether_a_hasty_rating_counts(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.rated(5, true).await?;
    let confirmed = facts::<TicketConfirmed>(&zone).await?.remove(0);
    assert!(confirmed.awaits_verification);
    let rating = ticket.rating.clone().unwrap();
    assert!(rating.awaits_verification && rating.verification.is_none());
    assert_eq!(rating.verification_due, confirmed.verification_due);
    zone.by("D01-12").close_ticket(zone.close(&ticket)).await?;

    // It is no question of the state that the ticket has come to since.
    let verify = zone.verify(&zone.see(&ticket).await?, false);
    let first = zone.by("supervisor").verify_rating(verify.clone()).await?;
    let verified = first.get_ref().ticket.clone().unwrap();
    assert_eq!(verified.state(), TicketState::Closed);
    let rating = verified.rating.clone().unwrap();
    assert_eq!(
        (rating.level, rating.awaits_verification, rating.verification_due),
        (5, false, None)
    );
    let verification = rating.verification.unwrap();
    assert_eq!((verification.counts, verification.reason.as_str()), (false, "已电话核实"));
    let again = zone.by("supervisor").verify_rating(verify).await?;
    assert_eq!(again.metadata().get("whistle-replayed").unwrap(), "true");
    let told = facts::<TicketRatingVerified>(&zone).await?;
    let expected = TicketRatingVerified {
        ticket: ticket.name.clone(),
        work_order: ticket.work_order.clone(),
        round: 1,
        counts: false,
        reason: "已电话核实".to_owned(),
        by_itself: false,
    };
    assert_eq!(told, [expected]);
    // Why stays inside.
    let seen = zone.by("handler").get_ticket(get(&ticket.name)).await?.into_inner().ticket;
    assert_eq!(seen.unwrap().rating.unwrap().verification.unwrap().reason, "");
    zone.world.end().await
}

async fn a_rating_that_nobody_verifies_counts_as_it_stands(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.rated(4, true).await?;
    zone.world.advance_to("2026-03-09T17:29:59+08:00".parse()?).await?;
    assert!(zone.see(&ticket).await?.rating.unwrap().awaits_verification);
    zone.world.advance_to("2026-03-09T17:30:00+08:00".parse()?).await?;
    let verification = zone.see(&ticket).await?.rating.unwrap().verification.unwrap();
    assert_eq!((verification.counts, verification.reason.as_str()), (true, ""));
    let told = facts::<TicketRatingVerified>(&zone).await?;
    assert_eq!(told.len(), 1);
    assert!(told[0].counts && told[0].by_itself);
    refused!(
        zone.by("supervisor").verify_rating(zone.verify(&zone.see(&ticket).await?, false)),
        Code::FailedPrecondition,
        "request.whistle NOT_AWAITED"
    );
    zone.world.end().await
}

async fn what_awaits_verification_is_listed(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let mut awaiting = Vec::new();
    for _ in 0..3 {
        zone.tick();
        awaiting.push(zone.rated(5, true).await?);
        zone.submitted().await?;
    }
    let verified = awaiting.remove(1);
    let verify = zone.verify(&verified, true);
    zone.by("supervisor").verify_rating(verify).await?;
    let (mut names, mut page_token) = (Vec::new(), String::new());
    loop {
        let page = ListTicketsRequest {
            awaits_verification: true,
            page_size: 1,
            page_token,
            ..ListTicketsRequest::default()
        };
        let page = zone.by("supervisor").list_tickets(page).await?.into_inner();
        names.extend(page.tickets.into_iter().map(|ticket| ticket.name));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    awaiting.reverse();
    assert!(names.iter().eq(awaiting.iter().map(|ticket| &ticket.name)), "newest first");
    zone.world.end().await
}

/// Shows: request refuses VERIFIER_CONCERNED; request refuses NOT_AWAITED
async fn verify_rating_refuses(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.rated(5, true).await?;
    let later = VerifyRatingRequest { round: 2, ..zone.verify(&ticket, true) };
    let status = refused!(
        zone.by("supervisor").verify_rating(later),
        Code::FailedPrecondition,
        "request.whistle NOT_AWAITED"
    );
    assert_eq!(metadata_of(&status, "action"), "VERIFY_RATING");
    let mut stale = zone.verify(&ticket, true);
    stale.etag = "of-yesterday".to_owned();
    refused!(zone.by("supervisor").verify_rating(stale), Code::Aborted, "whistle STALE_ETAG");
    let mut nowhere = zone.verify(&ticket, true);
    nowhere.ticket = "tickets/00000000-0000-7000-8000-000000000001".to_owned();
    refused!(
        zone.by("supervisor").verify_rating(nowhere),
        Code::NotFound,
        "request.whistle TICKET_NOT_FOUND"
    );
    refused!(
        zone.by("D01-12").verify_rating(zone.verify(&ticket, true)),
        Code::PermissionDenied,
        "whistle ROLE_FORBIDS"
    );
    // Who claimed it is the supervisor's other account.
    let second = contract::directory::Staff {
        name: "persons/supervisor".to_owned(),
        roles: vec![contract::common::Role::Supervisor.into()],
        active: true,
        same_person_as: "persons/D02-11".to_owned(),
        ..Default::default()
    };
    let changed = contract::directory::StaffChanged { staff: Some(second) };
    zone.know("persons/supervisor", &changed).await?;
    refused!(
        zone.by("supervisor").verify_rating(zone.verify(&ticket, true)),
        Code::PermissionDenied,
        "request.whistle VERIFIER_CONCERNED"
    );
    zone.world.end().await
}
