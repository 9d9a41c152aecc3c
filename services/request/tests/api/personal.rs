//! What is personal is erased for ever, and what stays inside is not shown outside.

use anyhow::{Context as _, Result};
use contract::request::{
    GetTicketRequest, ListTicketHistoryRequest, RejectReason, Ticket, TicketAnswered,
    TicketContactErased,
};
use journal::statement::list;
use prost::Message as _;
use testkit::Size;
use tonic::Code;

use crate::life::facts;
use crate::zone::{PHONE, Zone, completed, get, refused};

testkit::on_both_sizes!(
    erase_contact_leaves_nothing_of_it,
    erase_contact_refuses,
    enterprises_see_neither_notes_nor_proposals_nor_who_is_inside,
);

/// Shows: request refuses CONTACT_ERASED
async fn erase_contact_leaves_nothing_of_it(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let (ticket, other) = (zone.answered().await?, zone.submitted().await?);
    zone.by("D01-12").record_call_back(zone.call(&ticket, None)).await?;
    let erase = zone.erase(&ticket);
    let erased = zone.by("admin").erase_contact(erase.clone()).await?.into_inner();
    assert!(erased.erased_time.is_some());
    let again = zone.by("admin").erase_contact(erase).await?;
    assert_eq!(again.metadata().get("whistle-replayed").unwrap(), "true");
    assert_eq!(again.into_inner(), erased);

    let seen = zone.see(&ticket).await?;
    assert_eq!((seen.contact.as_ref(), seen.contact_erased_time), (None, erased.erased_time));
    assert_eq!(seen.rounds[0].call_backs[0].number, "");
    refused!(
        zone.by("D01-11")
            .get_ticket(GetTicketRequest { reveal_contact: true, ..get(&ticket.name) }),
        Code::FailedPrecondition,
        "request.whistle CONTACT_ERASED"
    );
    let read = zone.world.house("request").journal.database().read();
    let kept = list(read, "SELECT thing FROM personal", []).await?;
    let kept: Vec<String> =
        kept.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?;
    assert_eq!(
        kept,
        std::slice::from_ref(&other.name),
        "value and salt are gone, and of no other ticket"
    );
    let told = facts::<TicketContactErased>(&zone).await?;
    assert_eq!(told.len(), 1);
    assert_eq!(
        (told[0].ticket.as_str(), told[0].reason.as_str()),
        (ticket.name.as_str(), "企业书面申请")
    );
    for entry in zone.world.house("request").journal.entries(0, 1000).await? {
        assert!(!entry.envelope.windows(PHONE.len()).any(|bytes| bytes == PHONE.as_bytes()));
    }
    zone.world.end().await
}

async fn erase_contact_refuses(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    for who in ["handler", "D01-11", "auditor"] {
        refused!(
            zone.by(who).erase_contact(zone.erase(&ticket)),
            Code::PermissionDenied,
            "whistle ROLE_FORBIDS"
        );
    }
    let nowhere = Ticket {
        name: "tickets/00000000-0000-7000-8000-000000000001".to_owned(),
        ..ticket.clone()
    };
    refused!(
        zone.by("admin").erase_contact(zone.erase(&nowhere)),
        Code::NotFound,
        "request.whistle TICKET_NOT_FOUND"
    );
    refused!(
        zone.by("admin").get_ticket(get(&ticket.name)),
        Code::NotFound,
        "request.whistle TICKET_NOT_FOUND"
    );
    assert!(zone.see(&ticket).await?.contact.is_some());
    zone.world.end().await
}

async fn enterprises_see_neither_notes_nor_proposals_nor_who_is_inside(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.claimed().await?;
    zone.by("D01-11").reject_ticket(zone.reject(&ticket, RejectReason::Classified)).await?;
    let answer = contract::dispatch::WorkOrderCompleted {
        signer: "persons/D02-11".to_owned(),
        ..completed(&ticket, &["persons/D02-11"])
    };
    zone.dispatch(&ticket, &answer).await?;
    zone.by("D01-12").record_call_back(zone.call(&ticket, Some(1))).await?;
    for approved in [false, true] {
        zone.by("D01-12").propose_explanation(zone.explain(&ticket)).await?;
        let proposed = zone.see(&ticket).await?;
        zone.by("leader").decide_explanation(zone.decide(&proposed, approved)).await?;
    }
    zone.by("handler").appeal_ticket(zone.appeal(&ticket)).await?;
    let appealed = zone.see(&ticket).await?;
    zone.by("D01-13").decide_appeal(zone.decide_appeal(&appealed, true)).await?;

    let request = ListTicketHistoryRequest { ticket: ticket.name.clone(), ..<_>::default() };
    for who in ["handler", "envoy"] {
        let listed = zone.by(who).list_ticket_history(request.clone()).await?.into_inner();
        let drawn = listed.entries.iter().map(|entry| {
            let kind = entry.r#type.rsplit('.').next().unwrap_or_default();
            format!("{kind} {}", entry.actor)
        });
        let expected = [
            "TicketSubmitted persons/handler",
            "TicketAccepted ",
            "TicketProgressed ",
            "TicketProgressed ",
            "TicketAnswered ",
            "TicketCalledBack ",
            "TicketDissatisfied ",
            "TicketExplanationDecided ",
            "TicketAppealed persons/handler",
            "TicketAppealDecided ",
            "TicketRoundBegun ",
        ];
        assert_eq!(drawn.collect::<Vec<_>>(), expected, "{who}");
        let answered = listed.entries[4].fact.clone().context("a fact")?;
        let answered = TicketAnswered::decode(answered.value.as_slice())?;
        assert_eq!((answered.internal_note.as_str(), answered.signer.as_str()), ("", ""));
        let bytes: Vec<u8> = listed
            .entries
            .iter()
            .filter_map(|entry| entry.fact.clone())
            .flat_map(|fact| fact.value)
            .collect();
        for inside in ["persons/D02-11", "persons/D01-12", "内部", "REC-"] {
            let found = bytes.windows(inside.len()).any(|window| window == inside.as_bytes());
            assert!(!found, "{who} is told {inside}");
        }
        let seen = zone.by(who).get_ticket(get(&ticket.name)).await?.into_inner().ticket.unwrap();
        let round = &seen.rounds[0];
        assert_eq!((round.internal_note.as_str(), round.signer.as_str()), ("", ""), "{who}");
    }
    let inside = zone.see(&ticket).await?;
    assert_eq!(
        (inside.rounds[0].internal_note.as_str(), inside.rounds[0].signer.as_str()),
        ("内部", "persons/D02-11")
    );
    zone.world.end().await
}
