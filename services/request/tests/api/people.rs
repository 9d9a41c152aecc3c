//! Who is kept apart from a ticket, and who takes whose place.

use anyhow::{Context as _, Result};
use contract::common::WorkRequested;
use contract::directory::{
    Department, DepartmentChanged, DepartmentSucceeded, Deputy, DeputyChanged, Staff, StaffChanged,
};
use contract::request::{
    GetTicketRequest, ListTicketsRequest, SubmitTicketRequest, Ticket, TicketKind, TicketState,
};
use testkit::Size;
use tonic::Code;

use crate::life::facts;
use crate::zone::{Zone, claimed, completed, get, metadata_of, offered, refused};

testkit::on_both_sizes!(
    a_complaint_keeps_its_department_away,
    a_complaint_names_its_department_and_nothing_else_does,
    two_accounts_of_one_person_are_one_person,
    what_a_dissolved_department_had_goes_to_its_successor,
    a_deputy_who_reads_a_contact_is_recorded_as_both,
);

fn complaint(zone: &Zone, department: &str) -> SubmitTicketRequest {
    SubmitTicketRequest {
        kind: TicketKind::Complaint.into(),
        complained_department: department.to_owned(),
        ..zone.plea()
    }
}

async fn complained(zone: &Zone, department: &str) -> Result<Ticket> {
    let submitted = zone.by("handler").submit_ticket(complaint(zone, department)).await?;
    submitted.into_inner().ticket.context("a ticket")
}

/// Shows: request refuses DEPARTMENT_EXCLUDED
async fn a_complaint_keeps_its_department_away(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = complained(&zone, "departments/D02").await?;
    let mut named = zone.accept(&ticket);
    named.lead = "departments/D02".to_owned();
    let status = refused!(
        zone.by("D01-11").accept_ticket(named),
        Code::FailedPrecondition,
        "request.whistle DEPARTMENT_EXCLUDED"
    );
    assert_eq!(metadata_of(&status, "department"), "departments/D02");
    // By the catalogue it would lead: dispatch must find another.
    let accepted = zone.by("D01-11").accept_ticket(zone.accept(&ticket)).await?.into_inner();
    let accepted = accepted.ticket.unwrap();
    assert_eq!((accepted.state(), accepted.lead.as_str()), (TicketState::Accepted, ""));
    let requested = facts::<WorkRequested>(&zone).await?.remove(0);
    assert_eq!(
        (requested.lead.as_str(), requested.excluded_departments.as_slice()),
        ("", ["departments/D02".to_owned()].as_slice())
    );

    // Should it be told that the department has claimed it all the same, it stays hidden from it.
    zone.claim(&accepted).await?;
    let reveal = |ticket: &Ticket| GetTicketRequest { reveal_contact: true, ..get(&ticket.name) };
    refused!(
        zone.by("D02-11").get_ticket(reveal(&ticket)),
        Code::NotFound,
        "request.whistle TICKET_NOT_FOUND"
    );
    let listed = zone.by("D02-11").list_tickets(ListTicketsRequest::default()).await?.into_inner();
    assert_eq!(listed.tickets, []);
    // The contact does where the office itself is complained of, and its people neither call nor close.
    let about_us = complained(&zone, "departments/D01").await?;
    refused!(
        zone.by("D01-11").get_ticket(reveal(&about_us)),
        Code::PermissionDenied,
        "request.whistle CONTACT_HIDDEN"
    );
    let accepted = zone.by("D01-11").accept_ticket(zone.accept(&about_us)).await?.into_inner();
    let accepted = accepted.ticket.unwrap();
    zone.dispatch(&accepted, &completed(&accepted, &["persons/D02-11"])).await?;
    refused!(
        zone.by("D01-12").record_call_back(zone.call(&about_us, Some(5))),
        Code::PermissionDenied,
        "request.whistle CALLER_CONCERNED"
    );
    zone.by("handler").rate_ticket(zone.rate(&about_us, 5, true)).await?;
    refused!(
        zone.by("D01-12").close_ticket(zone.close(&about_us)),
        Code::PermissionDenied,
        "request.whistle CLOSER_CONCERNED"
    );
    zone.world.end().await
}

async fn a_complaint_names_its_department_and_nothing_else_does(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let unnamed = complaint(&zone, "");
    let mut help = complaint(&zone, "departments/D02");
    help.kind = TicketKind::Help.into();
    for wrong in [unnamed, help] {
        let status = refused!(
            zone.by("handler").submit_ticket(wrong),
            Code::InvalidArgument,
            "whistle FIELD_INVALID"
        );
        assert_eq!(metadata_of(&status, "field"), "complained_department");
    }
    refused!(
        zone.by("handler").submit_ticket(complaint(&zone, "departments/D99")),
        Code::NotFound,
        "request.whistle DEPARTMENT_NOT_FOUND"
    );
    zone.world.end().await
}

async fn two_accounts_of_one_person_are_one_person(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    // Who claims has a second account, as a dispatcher.
    let second = Staff {
        name: "persons/D01-13".to_owned(),
        department: "departments/D01".to_owned(),
        roles: vec![contract::common::Role::Dispatcher.into()],
        active: true,
        same_person_as: "persons/D02-11".to_owned(),
        ..Staff::default()
    };
    zone.know("persons/D01-13", &StaffChanged { staff: Some(second) }).await?;
    zone.world.settle().await?;
    let ticket = zone.rated(5, true).await?;
    refused!(
        zone.by("D01-13").close_ticket(zone.close(&ticket)),
        Code::PermissionDenied,
        "request.whistle CLOSER_CONCERNED"
    );
    // It is the same the other way round: dispatch names the second account.
    let ticket = zone.accepted().await?;
    zone.dispatch(&ticket, &offered(&ticket, "departments/D02")).await?;
    zone.dispatch(&ticket, &claimed(&ticket, "persons/D01-13")).await?;
    zone.dispatch(&ticket, &completed(&ticket, &[])).await?;
    refused!(
        zone.by("D01-13").record_call_back(zone.call(&ticket, Some(5))),
        Code::PermissionDenied,
        "request.whistle CALLER_CONCERNED"
    );
    zone.world.end().await
}

async fn what_a_dissolved_department_had_goes_to_its_successor(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let (open, closed) = (zone.claimed().await?, zone.rated(5, true).await?);
    zone.by("D01-11").close_ticket(zone.close(&closed)).await?;
    let complaint = complained(&zone, "departments/D02").await?;
    let dissolved = Department {
        name: "departments/D02".to_owned(),
        successor: "departments/D03".to_owned(),
        ..Department::default()
    };
    zone.know("departments/D02", &DepartmentChanged { department: Some(dissolved) }).await?;
    let succeeded = DepartmentSucceeded {
        department: "departments/D02".to_owned(),
        successor: "departments/D03".to_owned(),
        basis: "机构改革方案".to_owned(),
    };
    zone.know("departments/D02", &succeeded).await?;
    zone.world.settle().await?;
    let moved = zone.see(&open).await?;
    assert_eq!(moved.lead, "departments/D03");
    assert_eq!(moved.progress.unwrap().department, "departments/D03");
    assert_eq!(zone.see(&closed).await?.lead, "departments/D02", "what is past stays as it was");
    assert_eq!(zone.see(&complaint).await?.complained_department, "departments/D03");
    let listed = zone.by("D03-11").list_tickets(ListTicketsRequest::default()).await?.into_inner();
    let names: Vec<&str> = listed.tickets.iter().map(|ticket| ticket.name.as_str()).collect();
    assert_eq!(names, [open.name.as_str()]);
    // Whoever names the department that is no more means its successor; so does the catalogue.
    let mut accept = zone.accept(&zone.submitted().await?);
    accept.lead = "departments/D02".to_owned();
    let accepted = zone.by("D01-11").accept_ticket(accept).await?.into_inner().ticket.unwrap();
    assert_eq!(accepted.lead, "departments/D03");
    let reopened = zone.by("handler").reopen_ticket(zone.reopen(&closed)).await?.into_inner();
    assert_eq!(reopened.ticket.unwrap().lead, "departments/D03");
    zone.world.end().await
}

/// Anybody may ask for a ticket: it is as the deputy of a dispatcher that the contact is shown.
async fn a_deputy_who_reads_a_contact_is_recorded_as_both(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.claimed().await?;
    let time = |text: &str| text.parse().map(runtime::wire::time);
    let deputy = Deputy {
        name: "deputies/00000000-0000-7000-8000-000000000001".to_owned(),
        principal: "persons/D01-11".to_owned(),
        deputy: "persons/D03-11".to_owned(),
        role: contract::common::Role::Dispatcher.into(),
        from_time: Some(time("2026-03-01T00:00:00Z")?),
        until_time: Some(time("2026-04-01T00:00:00Z")?),
        ..Deputy::default()
    };
    zone.know("persons/D03-11", &DeputyChanged { deputy: Some(deputy) }).await?;
    let reveal = GetTicketRequest { reveal_contact: true, ..get(&ticket.name) };
    for who in ["D03-11", "D02-11"] {
        zone.by(who).get_ticket(reveal.clone()).await?;
    }
    let entries = zone.world.house("request").journal.entries(0, 1000).await?;
    let reads = entries.iter().filter(|entry| entry.kind.ends_with("TicketContactRead"));
    let actors = reads.map(|entry| Ok(entry.heard()?.actor)).collect::<Result<Vec<_>>>()?;
    let both = base::Actor::Deputy {
        person: base::PersonId::new("D03-11")?,
        of: base::PersonId::new("D01-11")?,
    };
    assert_eq!(actors, [both.to_string(), "persons/D02-11".to_owned()]);
    zone.world.end().await
}
