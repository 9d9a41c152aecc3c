//! The way of a ticket, from the first word to the last: by calls, by what dispatch tells, by time.

use anyhow::Result;
use contract::common::{MaterialsSupplied, Outcome, WorkKind, WorkRequested};
use contract::dispatch::{
    Standing, WorkOrderCompleted, WorkOrderContacted, WorkOrderDueChanged, WorkOrderMoved,
    WorkOrderReleased, WorkOrderState,
};
use contract::request::{
    Origin, TicketAnswered, TicketClosed, TicketLimitMissed, TicketState, TicketSubmitted,
};
use futures_util::future::join_all;
use jiff::SignedDuration;
use journal::Clock as _;
use prost::{Message, Name};
use testkit::Size;
use tonic::Code;

use crate::zone::{DAY_ONE, PHONE, Zone, completed, due, get, offered, refused, standing};

testkit::on_both_sizes!(
    a_ticket_goes_from_the_first_word_to_the_last,
    submit_ticket_is_told_once_however_often_it_is_asked,
    submit_ticket_of_a_known_origin_gives_the_first_ticket,
    a_race_for_an_origin_has_one_ticket,
    numbers_rise_within_a_year,
    accept_ticket_asks_for_the_work_by_the_catalogue_in_force,
    accept_ticket_after_its_limit_is_allowed_and_counted,
    supplement_ticket_supplies_materials_once_accepted,
    the_work_is_shown_as_dispatch_tells_it,
    what_dispatch_tells_too_late_changes_nothing,
    what_dispatch_tells_of_a_case_is_passed_over,
    who_waits_is_told_of_until_it_moves,
    a_confirmed_ticket_closes_by_itself,
    the_contact_never_stands_in_the_journal,
);

/// The facts of one kind that request has told, in order.
pub(crate) async fn facts<M: Message + Name + Default>(zone: &Zone) -> Result<Vec<M>> {
    let entries = zone.world.house("request").journal.entries(0, 1000).await?;
    let of_kind = entries.iter().filter(|entry| entry.kind == M::full_name());
    of_kind.map(|entry| Ok(entry.heard()?.decode()?)).collect()
}

async fn a_ticket_goes_from_the_first_word_to_the_last(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    assert_eq!(ticket.state(), TicketState::Submitted);
    assert_eq!(ticket.number, "CS-2026-000001");
    assert_eq!(ticket.due, Some(ticket.due.unwrap()));
    assert_eq!(ticket.due.unwrap().time, due("2026-03-04T15:00:00+08:00").unwrap().time);

    let ticket = zone.by("D01-11").accept_ticket(zone.accept(&ticket)).await?.into_inner().ticket;
    let ticket = ticket.unwrap();
    assert_eq!((ticket.state(), ticket.due), (TicketState::Accepted, None));
    assert_eq!(ticket.lead, "departments/D02");

    zone.dispatch(&ticket, &offered(&ticket, "departments/D02")).await?;
    zone.dispatch(&ticket, &completed(&ticket, &["persons/D02-11"])).await?;
    let ticket = zone.see(&ticket).await?;
    assert_eq!((ticket.state(), ticket.outcome()), (TicketState::Answered, Outcome::Solved));
    assert_eq!(ticket.answer, "已恢复供水");

    let rated = zone.by("handler").rate_ticket(zone.rate(&ticket, 3, false)).await?.into_inner();
    let ticket = rated.ticket.unwrap();
    assert_eq!(ticket.state(), TicketState::Confirmed);
    assert_eq!(ticket.outcome(), Outcome::ServiceConfirmed);
    assert_eq!(ticket.rating.as_ref().unwrap().level, 3);

    let closed = zone.by("D01-12").close_ticket(zone.close(&ticket)).await?;
    let position = closed.metadata().get("whistle-position").unwrap().to_str()?.to_owned();
    let ticket = closed.into_inner().ticket.unwrap();
    assert_eq!(ticket.state(), TicketState::Closed);
    assert_eq!(ticket.closed_time, Some(runtime::wire::time(DAY_ONE.parse()?)));

    let told = zone.told().await?;
    assert_eq!(position, format!("request@{}", told.len()));
    let expected = [
        "TicketSubmitted",
        "TicketAccepted",
        "WorkRequested",
        "TicketProgressed",
        "TicketAnswered",
        "TicketConfirmed",
        "TicketClosed",
    ];
    assert_eq!(told, expected);
    zone.world.end().await
}

async fn submit_ticket_is_told_once_however_often_it_is_asked(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let (plea, mut hand) = (zone.plea(), zone.by("handler"));
    let first = hand.submit_ticket(plea.clone()).await?;
    assert!(first.metadata().get("whistle-replayed").is_none());
    zone.by("D01-11").accept_ticket(zone.accept(first.get_ref().ticket.as_ref().unwrap())).await?;

    let again = hand.submit_ticket(plea).await?;
    assert_eq!(again.metadata().get("whistle-replayed").unwrap(), "true");
    assert_eq!(again.into_inner(), first.into_inner(), "the first answer");
    assert_eq!(zone.told().await?, ["TicketSubmitted", "TicketAccepted", "WorkRequested"]);
    zone.world.end().await
}

async fn submit_ticket_of_a_known_origin_gives_the_first_ticket(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let origin = Origin { system: "hotline-12345".to_owned(), number: "7".to_owned() };
    let mut plea = zone.plea();
    plea.origin = Some(origin.clone());
    let first = zone.by("hotline").submit_ticket(plea.clone()).await?.into_inner().ticket.unwrap();
    let accepted = zone.by("D01-11").accept_ticket(zone.accept(&first)).await?.into_inner();

    zone.world.advance_to(zone.world.clock.now() + SignedDuration::from_hours(24 * 400)).await?;
    plea.request_id = zone.id();
    plea.title = "说法不同".to_owned();
    let again = zone.by("hotline").submit_ticket(plea).await?.into_inner().ticket;
    assert_eq!(again, accepted.ticket, "the first ticket, as it is now");
    assert_eq!(zone.told().await?.iter().filter(|kind| *kind == "TicketSubmitted").count(), 1);
    zone.world.end().await
}

async fn a_race_for_an_origin_has_one_ticket(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let calls = (0..16).map(|_| {
        let (mut plea, mut hand) = (zone.plea(), zone.by("hotline"));
        plea.origin = Some(Origin { system: "hotline".to_owned(), number: "1".to_owned() });
        async move { hand.submit_ticket(plea).await }
    });
    let mut names = Vec::new();
    for response in join_all(calls).await {
        names.push(response?.into_inner().ticket.unwrap().name);
    }
    names.dedup();
    assert_eq!(names.len(), 1);
    assert_eq!(zone.told().await?, ["TicketSubmitted"]);
    zone.world.end().await
}

async fn numbers_rise_within_a_year(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    assert_eq!(zone.submitted().await?.number, "CS-2026-000001");
    assert_eq!(zone.submitted().await?.number, "CS-2026-000002");
    // The year of the zone, not of Greenwich.
    zone.world.advance_to("2026-12-31T16:00:00Z".parse()?).await?;
    assert_eq!(zone.submitted().await?.number, "CS-2027-000001");
    zone.world.end().await
}

async fn accept_ticket_asks_for_the_work_by_the_catalogue_in_force(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    zone.publish(2, "2026-03-04T00:00:00+08:00", &["categories/C01"]).await?;
    zone.publish(3, "2026-03-05T00:00:00+08:00", &["categories/C01"]).await?;
    zone.world.settle().await?;
    let mut accept = zone.accept(&ticket);
    accept.lead = "departments/D03".to_owned();
    let accepted = zone.by("D01-11").accept_ticket(accept).await?.into_inner().ticket.unwrap();
    assert_eq!(accepted.lead, "departments/D03");

    let requested = facts::<WorkRequested>(&zone).await?.remove(0);
    assert_eq!(requested.rule_version, 2, "the version in force");
    assert_eq!((requested.kind(), requested.round), (WorkKind::Answer, 1));
    assert_eq!((requested.source, requested.source_number), (ticket.name, ticket.number));
    assert_eq!((requested.lead.as_str(), requested.limits.len()), ("departments/D03", 2));
    assert_eq!(requested.suggested_assisting, ["departments/D03"]);
    assert_eq!(requested.submitted_time, ticket.submitted_time);
    assert_eq!(requested.work_order, accepted.work_order);
    zone.world.end().await
}

async fn accept_ticket_after_its_limit_is_allowed_and_counted(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let (in_time, late) = (zone.submitted().await?, zone.submitted().await?);
    zone.world.advance_to("2026-03-04T15:00:00+08:00".parse()?).await?;
    zone.by("D01-11").accept_ticket(zone.accept(&in_time)).await?;
    zone.world.advance_to("2026-03-04T15:00:01+08:00".parse()?).await?;
    zone.by("D01-11").accept_ticket(zone.accept(&late)).await?;
    let accepted = facts::<contract::request::TicketAccepted>(&zone).await?;
    let drawn = accepted.iter().map(|fact| (fact.ticket.clone(), fact.late));
    assert!(drawn.eq([(in_time.name, false), (late.name, true)]));
    zone.world.end().await
}

async fn supplement_ticket_supplies_materials_once_accepted(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    zone.by("handler").supplement_ticket(zone.supplement(&ticket)).await?;
    let accepted = zone.by("D01-11").accept_ticket(zone.accept(&ticket)).await?.into_inner();
    zone.by("envoy").supplement_ticket(zone.supplement(&ticket)).await?;
    let told = zone.told().await?;
    let expected = [
        "TicketSubmitted",
        "TicketSupplemented",
        "TicketAccepted",
        "WorkRequested",
        "TicketSupplemented",
        "MaterialsSupplied",
    ];
    assert_eq!(told, expected);
    let supplied = facts::<MaterialsSupplied>(&zone).await?.remove(0);
    assert_eq!(supplied.work_order, accepted.ticket.unwrap().work_order);
    zone.world.end().await
}

async fn the_work_is_shown_as_dispatch_tells_it(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.claimed().await?;
    let at: jiff::Timestamp = "2026-03-04T10:00:00+08:00".parse()?;
    let in_progress = Standing {
        contacted_time: Some(runtime::wire::time(at)),
        ..standing(WorkOrderState::InProgress, "departments/D02", true)
    };
    let contacted = WorkOrderContacted {
        work_order: ticket.work_order.clone(),
        source: ticket.name.clone(),
        standing: Some(in_progress.clone()),
        ..WorkOrderContacted::default()
    };
    zone.dispatch_at(&ticket, &contacted, at).await?;
    let later = Standing { reply_due: due("2026-03-13T17:30:00+08:00"), ..in_progress };
    let moved = WorkOrderDueChanged {
        work_order: ticket.work_order.clone(),
        source: ticket.name.clone(),
        kind: contract::common::LimitKind::Reply.into(),
        standing: Some(later.clone()),
        ..WorkOrderDueChanged::default()
    };
    zone.dispatch_at(&ticket, &moved, at).await?;
    // An assisting order is not the work itself.
    let mut child = offered(&ticket, "departments/D03");
    child.work_order = "workOrders/00000000-0000-7000-8000-000000000001".to_owned();
    child.parent = ticket.work_order.clone();
    zone.dispatch(&ticket, &child).await?;

    let progress = zone.see(&ticket).await?.progress.unwrap();
    assert_eq!(progress.state, "IN_PROGRESS");
    assert_eq!(progress.department, "departments/D02");
    assert_eq!(progress.contacted_time, Some(runtime::wire::time(at)));
    assert_eq!(progress.contact_due, due("2026-03-04T15:00:00+08:00"));
    assert_eq!(progress.reply_due, due("2026-03-13T17:30:00+08:00"));

    // Its department takes another's place; then the claimant leaves: nobody has claimed it now.
    let succeeded = WorkOrderMoved {
        work_order: ticket.work_order.clone(),
        source: ticket.name.clone(),
        standing: Some(Standing { department: "departments/D03".to_owned(), ..later.clone() }),
        ..WorkOrderMoved::default()
    };
    zone.dispatch_at(&ticket, &succeeded, at).await?;
    let seen = zone.see(&ticket).await?;
    assert_eq!(seen.lead, "departments/D03", "it has claimed it, by taking the other's place");
    assert_eq!(seen.progress.unwrap().department, "departments/D03");
    let mut reveal = get(&ticket.name);
    reveal.reveal_contact = true;
    assert!(zone.by("D03-11").get_ticket(reveal.clone()).await.is_ok());
    let released = WorkOrderReleased {
        work_order: ticket.work_order.clone(),
        source: ticket.name.clone(),
        standing: Some(Standing {
            claimed: false,
            department: "departments/D03".to_owned(),
            ..later
        }),
        ..WorkOrderReleased::default()
    };
    zone.dispatch_at(&ticket, &released, at).await?;
    assert_eq!(zone.see(&ticket).await?.progress.unwrap().state, "IN_PROGRESS", "as it is told");
    refused!(
        zone.by("D03-11").get_ticket(reveal),
        Code::PermissionDenied,
        "request.whistle CONTACT_HIDDEN"
    );
    zone.world.end().await
}

/// Shows: request hears WorkMoved in ANSWERED; request hears WorkCompleted in ANSWERED
async fn what_dispatch_tells_too_late_changes_nothing(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.accepted().await?;
    zone.dispatch(&ticket, &offered(&ticket, "departments/D02")).await?;
    // Heard on the third day, it counts as of its own instant, whatever was added since.
    zone.world.advance_to("2026-03-06T09:00:00+08:00".parse()?).await?;
    zone.by("handler").supplement_ticket(zone.supplement(&ticket)).await?;
    let at = "2026-03-05T10:00:00+08:00".parse()?;
    zone.dispatch_at(&ticket, &completed(&ticket, &["persons/D02-11"]), at).await?;
    let answered = zone.see(&ticket).await?;
    assert_eq!(answered.answered_time, Some(runtime::wire::time(at)));

    let told = zone.told().await?;
    zone.dispatch(&ticket, &offered(&ticket, "departments/D03")).await?;
    let mut other = completed(&ticket, &[]);
    other.answer = "另一答复".to_owned();
    zone.dispatch(&ticket, &other).await?;
    assert_eq!(zone.see(&ticket).await?, answered);
    // It is recorded as late, and nothing else.
    assert_eq!(zone.told().await?[told.len()..], ["TicketHeardLate", "TicketHeardLate"]);
    zone.world.end().await
}

/// Decision work has an outcome of its owner's, and none that a ticket knows: nothing is parked at the end.
async fn what_dispatch_tells_of_a_case_is_passed_over(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    let source = "cases/019b8bdb-8c60-7595-b08c-a268d00b9bec".to_owned();
    let settled = WorkOrderCompleted {
        source: source.clone(),
        outcome: Outcome::Unspecified.into(),
        settled_outcome: "ISSUED".to_owned(),
        ..completed(&ticket, &["persons/D02-11"])
    };
    zone.dispatch(&ticket, &settled).await?;
    let contacted = WorkOrderContacted { source, standing: None, ..<_>::default() };
    zone.dispatch(&ticket, &contacted).await?;
    assert_eq!(zone.see(&ticket).await?, ticket);
    zone.world.end().await
}

async fn who_waits_is_told_of_until_it_moves(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.submitted().await?;
    zone.world.advance_to("2026-03-06T17:30:00+08:00".parse()?).await?;
    let ticket = zone.answered().await?;
    zone.by("handler").rate_ticket(zone.rate(&ticket, 1, false)).await?;
    zone.world.advance_to("2026-03-10T17:30:00+08:00".parse()?).await?;

    let missed = facts::<TicketLimitMissed>(&zone).await?;
    let drawn = missed.iter().filter(|fact| fact.ticket == ticket.name).map(|fact| {
        let next = fact.next_due.unwrap().time.unwrap();
        (fact.state(), fact.told.as_str(), next)
    });
    let next = |at: &str| due(at).unwrap().time.unwrap();
    let expected = [
        (TicketState::Dissatisfied, "ZONE_LEADER", next("2026-03-10T17:30:00+08:00")),
        (TicketState::Dissatisfied, "ZONE_LEADER", next("2026-03-11T17:30:00+08:00")),
    ];
    assert!(drawn.eq(expected), "{missed:?}");
    let submitted = missed.iter().filter(|fact| fact.state() == TicketState::Submitted);
    let told: Vec<&str> = submitted.map(|fact| fact.told.as_str()).collect();
    assert_eq!(told[..3], ["DISPATCH_HEAD", "ZONE_LEADER", "ZONE_LEADER"]);
    zone.world.end().await
}

async fn a_confirmed_ticket_closes_by_itself(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.rated(4, true).await?;
    zone.world.advance_to("2026-03-09T17:29:59+08:00".parse()?).await?;
    assert_eq!(zone.see(&ticket).await?.state(), TicketState::Confirmed);
    zone.world.advance_to("2026-03-09T17:30:00+08:00".parse()?).await?;
    assert_eq!(zone.see(&ticket).await?.state(), TicketState::Closed);
    assert!(facts::<TicketClosed>(&zone).await?.remove(0).by_itself);
    zone.world.end().await
}

async fn the_contact_never_stands_in_the_journal(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.rated(5, true).await?;
    let mut reveal = get(&ticket.name);
    reveal.reveal_contact = true;
    zone.by("D01-11").get_ticket(reveal).await?;
    for entry in zone.world.house("request").journal.entries(0, 1000).await? {
        let found = entry.envelope.windows(PHONE.len()).any(|bytes| bytes == PHONE.as_bytes());
        assert!(!found, "{} holds the phone number", entry.kind);
    }
    let submitted = facts::<TicketSubmitted>(&zone).await?.remove(0);
    assert_eq!(submitted.contact_commitment.len(), 32);
    assert_eq!(facts::<TicketAnswered>(&zone).await?.remove(0).concerned, ["persons/D02-11"]);
    zone.world.end().await
}
