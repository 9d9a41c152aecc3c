//! What the enterprise says of the answer: by its rating, in a call back, before and after closing.

use anyhow::Result;
use contract::request::{
    RecordCallBackRequest, TicketCalledBack, TicketClosed, TicketConfirmed, TicketDissatisfied,
    TicketExplanationDecided, TicketRated, TicketState,
};
use testkit::Size;
use tonic::Code;

use crate::life::facts;
use crate::zone::{PHONE, Zone, get, metadata_of, refused};

testkit::on_both_sizes!(
    record_call_back_gives_the_verdict,
    the_number_called_never_travels_and_is_masked,
    three_calls_in_vain_close_a_ticket_that_is_then_rated_all_the_same,
    a_ticket_rated_before_the_call_back_is_not_called_back,
    a_rating_after_the_call_back_is_the_last_word,
    an_explanation_is_proposed_by_one_and_decided_by_another,
    record_call_back_refuses,
    a_call_is_recorded_once,
    decide_explanation_refuses,
    rate_ticket_refuses_what_was_closed_too_long_ago,
);

/// Shows: request ANSWERED CallBack
async fn record_call_back_gives_the_verdict(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    for (level, state) in [(3, TicketState::Confirmed), (2, TicketState::Dissatisfied)] {
        let ticket = zone.answered().await?;
        let call = zone.call(&ticket, Some(level));
        let called = zone.by("D01-12").record_call_back(call).await?.into_inner().ticket.unwrap();
        assert_eq!((called.state(), &called.rating), (state, &None));
        let [round] = called.rounds.as_slice() else { panic!("one round") };
        let [call] = round.call_backs.as_slice() else { panic!("one call") };
        assert_eq!((call.reached, call.level, call.solved), (true, level, 3 <= level));
    }
    let confirmed = facts::<TicketConfirmed>(&zone).await?.remove(0);
    assert!(confirmed.by_call_back && !confirmed.awaits_verification);
    assert!(facts::<TicketDissatisfied>(&zone).await?.remove(0).by_call_back);
    let told = zone.told().await?;
    assert_eq!(told[told.len() - 2..], ["TicketCalledBack", "TicketDissatisfied"]);
    zone.world.end().await
}

async fn the_number_called_never_travels_and_is_masked(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.answered().await?;
    zone.by("D01-12").record_call_back(zone.call(&ticket, None)).await?;
    let number = |ticket: Option<contract::request::Ticket>| {
        ticket.unwrap().rounds[0].call_backs[0].number.clone()
    };
    let seen = zone.by("D01-11").get_ticket(get(&ticket.name)).await?.into_inner().ticket;
    assert_eq!(number(seen), "138****5678");
    let mut reveal = get(&ticket.name);
    reveal.reveal_contact = true;
    let seen = zone.by("D01-11").get_ticket(reveal).await?.into_inner().ticket;
    assert_eq!(number(seen), PHONE);
    let seen = zone.by("handler").get_ticket(get(&ticket.name)).await?.into_inner().ticket.unwrap();
    let call = &seen.rounds[0].call_backs[0];
    assert_eq!((call.recording.as_str(), call.caller.as_str()), ("", ""), "these stay inside");
    for entry in zone.world.house("request").journal.entries(0, 1000).await? {
        let found = entry.envelope.windows(PHONE.len()).any(|bytes| bytes == PHONE.as_bytes());
        assert!(!found, "{} holds the number", entry.kind);
    }
    let told = facts::<TicketCalledBack>(&zone).await?.remove(0);
    assert_eq!((told.number_commitment.len(), told.call_back.unwrap().number.as_str()), (32, ""));
    zone.world.end().await
}

/// Shows: request ANSWERED CallBack; request CLOSED Rate
async fn three_calls_in_vain_close_a_ticket_that_is_then_rated_all_the_same(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.answered().await?;
    for (day, state) in [
        ("2026-03-04T15:00:00+08:00", TicketState::Answered),
        ("2026-03-05T10:00:00+08:00", TicketState::Answered),
        ("2026-03-06T10:00:00+08:00", TicketState::Closed),
    ] {
        zone.world.advance_to(day.parse()?).await?;
        let called = zone.by("D01-12").record_call_back(zone.call(&ticket, None)).await?;
        assert_eq!(called.into_inner().ticket.unwrap().state(), state, "{day}");
    }
    let closed = facts::<TicketClosed>(&zone).await?.remove(0);
    assert!(closed.unrated && !closed.by_itself);
    let before = zone.see(&ticket).await?;
    zone.world.advance_to("2026-04-03T17:30:00+08:00".parse()?).await?;
    let rated = zone.by("handler").rate_ticket(zone.rate(&ticket, 1, false)).await?.into_inner();
    let rated = rated.ticket.unwrap();
    assert_eq!((rated.state(), rated.outcome()), (TicketState::Closed, before.outcome()));
    assert_eq!(rated.rating.unwrap().level, 1, "it is kept");
    assert_eq!(facts::<TicketRated>(&zone).await?.remove(0).rating.unwrap().level, 1);
    assert_eq!(zone.told().await?.last().unwrap(), "TicketRated");
    zone.world.end().await
}

/// Shows: request ANSWERED Rate
async fn a_ticket_rated_before_the_call_back_is_not_called_back(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.rated(4, true).await?;
    assert!(ticket.rating.as_ref().unwrap().awaits_verification, "within five minutes");
    refused!(
        zone.by("D01-12").record_call_back(zone.call(&ticket, Some(1))),
        Code::FailedPrecondition,
        "request.whistle STATE_FORBIDS"
    );
    zone.world.end().await
}

/// Shows: request CONFIRMED Rate; request DISSATISFIED Rate
async fn a_rating_after_the_call_back_is_the_last_word(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    for (called, rated, state) in
        [(5, 1, TicketState::Dissatisfied), (1, 5, TicketState::Confirmed)]
    {
        let ticket = zone.answered().await?;
        zone.by("D01-12").record_call_back(zone.call(&ticket, Some(called))).await?;
        let rate = zone.rate(&ticket, rated, 3 <= rated);
        let ticket = zone.by("handler").rate_ticket(rate).await?.into_inner().ticket.unwrap();
        assert_eq!((ticket.state(), ticket.rating.as_ref().unwrap().level), (state, rated));
    }
    zone.world.end().await
}

/// Shows: request DISSATISFIED ProposeExplanation; request DISSATISFIED DecideExplanation
async fn an_explanation_is_proposed_by_one_and_decided_by_another(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.rated(1, false).await?;
    let explain = zone.explain(&ticket);
    zone.by("D01-11").propose_explanation(explain).await?;
    let seen = zone.by("handler").get_ticket(get(&ticket.name)).await?.into_inner().ticket;
    assert_eq!(seen.unwrap().explanation, None, "what is only proposed stays inside");
    let proposed = zone.see(&ticket).await?;
    let refuse = zone.decide(&proposed, false);
    let open = zone.by("D01-12").decide_explanation(refuse).await?.into_inner().ticket.unwrap();
    assert_eq!((open.state(), open.explanation), (TicketState::Dissatisfied, None));

    zone.by("D01-12").propose_explanation(zone.explain(&ticket)).await?;
    let approve = zone.decide(&zone.see(&ticket).await?, true);
    let closed = zone.by("leader").decide_explanation(approve).await?.into_inner().ticket.unwrap();
    assert_eq!(closed.state(), TicketState::ClosedUnresolved);
    assert!(closed.closed_time.is_some());
    let seen = zone.by("handler").get_ticket(get(&ticket.name)).await?.into_inner().ticket;
    assert_eq!(seen.unwrap().explanation.unwrap().next_channel, "可依法诉讼");
    let decided = facts::<TicketExplanationDecided>(&zone).await?;
    let drawn = decided.iter().map(|told| (told.approved, told.text.as_str()));
    assert!(drawn.eq([(false, ""), (true, "于法无据")]));
    zone.world.end().await
}

/// Shows: request refuses CALLER_CONCERNED; request refuses CALL_OUT_OF_TIME; request refuses NOT_AWAITED
async fn record_call_back_refuses(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.claimed().await?;
    let answer = crate::zone::completed(&ticket, &["persons/D01-11", "persons/D02-11"]);
    let signed =
        contract::dispatch::WorkOrderCompleted { signer: "persons/D01-13".to_owned(), ..answer };
    zone.dispatch(&ticket, &signed).await?;
    for concerned in ["D01-11", "D01-13"] {
        refused!(
            zone.by(concerned).record_call_back(zone.call(&ticket, Some(5))),
            Code::PermissionDenied,
            "request.whistle CALLER_CONCERNED"
        );
    }
    let mut not_yet = zone.call(&ticket, Some(5));
    not_yet.seconds = 1;
    refused!(
        zone.by("D01-12").record_call_back(not_yet),
        Code::InvalidArgument,
        "request.whistle CALL_OUT_OF_TIME"
    );
    let mut said_nothing = zone.call(&ticket, None);
    said_nothing.reached = true;
    let mut unreached = zone.call(&ticket, Some(5));
    unreached.reached = false;
    for wrong in [said_nothing, unreached] {
        let status = refused!(
            zone.by("D01-12").record_call_back(wrong),
            Code::InvalidArgument,
            "whistle FIELD_INVALID"
        );
        assert_eq!(metadata_of(&status, "field"), "level");
    }
    let withdrawn = zone.submitted().await?;
    zone.by("handler").withdraw_ticket(zone.withdraw(&withdrawn)).await?;
    refused!(
        zone.by("D01-12").record_call_back(zone.call(&withdrawn, None)),
        Code::FailedPrecondition,
        "request.whistle NOT_AWAITED"
    );
    assert!(!zone.told().await?.contains(&"TicketCalledBack".to_owned()));
    zone.world.end().await
}

/// Shows: request refuses CALL_RECORDED_ALREADY
async fn a_call_is_recorded_once(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.answered().await?;
    let in_vain = zone.call(&ticket, None);
    zone.by("D01-12").record_call_back(in_vain.clone()).await?;
    for _ in 0..2 {
        let again = RecordCallBackRequest { request_id: zone.id(), ..in_vain.clone() };
        refused!(
            zone.by("D01-12").record_call_back(again),
            Code::FailedPrecondition,
            "request.whistle CALL_RECORDED_ALREADY"
        );
    }
    assert_eq!(zone.see(&ticket).await?.state(), TicketState::Answered);
    zone.world.end().await
}

/// Shows: request refuses SECOND_PERSON_NEEDED; request refuses NOT_AWAITED
async fn decide_explanation_refuses(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.rated(1, false).await?;
    refused!(
        zone.by("D01-12").decide_explanation(zone.decide(&ticket, true)),
        Code::FailedPrecondition,
        "request.whistle NOT_AWAITED"
    );
    zone.by("D01-11").propose_explanation(zone.explain(&ticket)).await?;
    refused!(
        zone.by("D01-12").decide_explanation(zone.decide(&ticket, true)),
        Code::Aborted,
        "whistle STALE_ETAG"
    );
    let proposed = zone.see(&ticket).await?;
    refused!(
        zone.by("D01-11").decide_explanation(zone.decide(&proposed, true)),
        Code::PermissionDenied,
        "request.whistle SECOND_PERSON_NEEDED"
    );
    let mut blindly = zone.decide(&proposed, true);
    blindly.etag.clear();
    refused!(
        zone.by("D01-12").decide_explanation(blindly),
        Code::InvalidArgument,
        "whistle FIELD_INVALID"
    );
    let submitted = zone.submitted().await?;
    refused!(
        zone.by("D01-11").propose_explanation(zone.explain(&submitted)),
        Code::FailedPrecondition,
        "request.whistle STATE_FORBIDS"
    );
    zone.world.end().await
}

/// Shows: request refuses RATED_TOO_LATE
async fn rate_ticket_refuses_what_was_closed_too_long_ago(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.answered().await?;
    zone.by("D01-12").record_call_back(zone.call(&ticket, Some(5))).await?;
    zone.by("D01-12").close_ticket(zone.close(&ticket)).await?;
    zone.world.advance_to("2026-04-03T17:30:01+08:00".parse()?).await?;
    refused!(
        zone.by("handler").rate_ticket(zone.rate(&ticket, 5, true)),
        Code::FailedPrecondition,
        "request.whistle RATED_TOO_LATE"
    );
    zone.world.end().await
}
