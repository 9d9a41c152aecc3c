//! How tickets come in without a dispatcher, and how they end before the work does.

use anyhow::{Context as _, Result};
use contract::common::{WorkClass, WorkReopened, WorkRequested, WorkWithdrawn};
use contract::request::{
    RejectReason, RoundCause, Ticket, TicketConfirmed, TicketHeardLate, TicketKind, TicketState,
};
use testkit::Size;
use tonic::Code;

use crate::life::facts;
use crate::zone::{BY_ITSELF, URGENT, Zone, completed, get, metadata_of, refused};

testkit::on_both_sizes!(
    what_is_urgent_or_accepted_by_the_catalogue_needs_no_dispatcher,
    reject_ticket_takes_one_person_before_acceptance_and_two_after,
    a_proposed_rejection_lapses_by_itself,
    a_merge_undone_goes_on_with_an_order_of_its_own,
    answer_ticket_answers_a_consultation_without_a_department,
    withdraw_ticket_withdraws_the_work_and_is_called_back_about_after_a_claim,
    an_answer_that_crosses_a_withdrawal_is_late,
    reject_ticket_refuses,
    merge_ticket_refuses,
    split_ticket_refuses,
    answer_ticket_refuses,
    withdraw_ticket_refuses,
);

/// Shows: request SUBMITTED Accept
async fn what_is_urgent_or_accepted_by_the_catalogue_needs_no_dispatcher(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    for category in [BY_ITSELF, URGENT] {
        let mut plea = zone.plea();
        plea.category = category.to_owned();
        let ticket = zone.by("handler").submit_ticket(plea).await?.into_inner().ticket.unwrap();
        assert_eq!((ticket.state(), ticket.due), (TicketState::Accepted, None));
        assert_eq!(ticket.lead, "departments/D02");
    }
    let told = zone.told().await?;
    assert_eq!(told[..3], ["TicketSubmitted", "TicketAccepted", "WorkRequested"]);
    let requested = facts::<WorkRequested>(&zone).await?;
    let drawn = requested.iter().map(|work| (work.work_class(), work.zone_duty.as_str()));
    assert!(drawn.eq([(WorkClass::C, "persons/leader"), (WorkClass::Urgent, "persons/leader")]));
    zone.world.end().await
}

/// Shows: request SUBMITTED Reject; request ACCEPTED Reject
async fn reject_ticket_takes_one_person_before_acceptance_and_two_after(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    let reject = zone.reject(&ticket, RejectReason::CivilDispute);
    let rejected = zone.by("D01-11").reject_ticket(reject.clone()).await?;
    let again = zone.by("D01-11").reject_ticket(reject).await?;
    assert_eq!(again.metadata().get("whistle-replayed").unwrap(), "true");
    let ticket = rejected.into_inner().ticket.unwrap();
    assert_eq!(ticket.state(), TicketState::Rejected);
    assert_eq!(ticket.rejection.as_ref().unwrap().channel, "市12345热线");

    let ticket = zone.accepted().await?;
    let propose = zone.reject(&ticket, RejectReason::InProceedings);
    let proposed = zone.by("D01-11").reject_ticket(propose).await?.into_inner().ticket.unwrap();
    assert_eq!(proposed.state(), TicketState::Accepted, "the work goes on");
    assert!(proposed.rejection.unwrap().lapse_due.is_some());
    let seen = zone.by("handler").get_ticket(get(&ticket.name)).await?.into_inner().ticket;
    assert_eq!(seen.unwrap().rejection, None, "what is only proposed stays inside");
    let confirm = zone.reject(&ticket, RejectReason::InProceedings);
    let rejected = zone.by("D01-12").reject_ticket(confirm).await?.into_inner().ticket.unwrap();
    assert_eq!(rejected.state(), TicketState::Rejected);
    let withdrawn = facts::<WorkWithdrawn>(&zone).await?.remove(0);
    assert_eq!((withdrawn.work_order, withdrawn.round), (ticket.work_order, 1));
    assert_eq!(withdrawn.reason, "REJECTED");
    let told = zone.told().await?;
    let expected = [
        "TicketSubmitted",
        "TicketRejected",
        "TicketSubmitted",
        "TicketAccepted",
        "WorkRequested",
        "TicketRejectionProposed",
        "TicketRejected",
        "WorkWithdrawn",
    ];
    assert_eq!(told, expected);
    zone.world.end().await
}

async fn a_proposed_rejection_lapses_by_itself(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.accepted().await?;
    let propose = zone.reject(&ticket, RejectReason::Classified);
    zone.by("D01-11").reject_ticket(propose).await?;
    zone.world.advance_to("2026-03-05T17:30:00+08:00".parse()?).await?;
    let lapsed = zone.see(&ticket).await?;
    assert_eq!((lapsed.state(), lapsed.rejection), (TicketState::Accepted, None));
    assert_eq!(zone.told().await?.last().unwrap(), "TicketRejectionLapsed");
    zone.world.end().await
}

/// Shows: request ACCEPTED Merge; request MERGED Split
async fn a_merge_undone_goes_on_with_an_order_of_its_own(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let older = zone.submitted().await?;
    zone.tick();
    let ticket = zone.claimed().await?;
    zone.tick();
    let merged = zone.by("D01-11").merge_ticket(zone.merge(&ticket, &older)).await?.into_inner();
    let merged = merged.ticket.unwrap();
    assert_eq!((merged.state(), &merged.merged_into), (TicketState::Merged, &older.name));
    assert_eq!(facts::<WorkWithdrawn>(&zone).await?.remove(0).reason, "MERGED");

    let apart = zone.by("D01-12").split_ticket(zone.split(&ticket)).await?.into_inner();
    let apart = apart.ticket.unwrap();
    assert_eq!((apart.state(), apart.round), (TicketState::Accepted, 2));
    assert_ne!(apart.work_order, ticket.work_order);
    let reopened = facts::<WorkReopened>(&zone).await?.remove(0);
    let work = reopened.work.unwrap();
    let drawn = (work.work_order, work.round, work.limits.len(), work.submitted_time);
    let expected = (apart.work_order.clone(), 2, 2, ticket.submitted_time);
    assert_eq!(drawn, expected, "its limits have run all the while");
    // What is still told of the first order is of the past.
    zone.dispatch(&ticket, &completed(&ticket, &["persons/D02-11"])).await?;
    assert_eq!(zone.see(&ticket).await?, apart);
    zone.dispatch(&apart, &completed(&apart, &["persons/D02-11"])).await?;
    let answered = zone.see(&ticket).await?;
    assert_eq!(answered.state(), TicketState::Answered);
    let causes: Vec<RoundCause> = answered.rounds.iter().map(|round| round.cause()).collect();
    assert_eq!(causes, [RoundCause::Submitted, RoundCause::Split]);

    // Without work before, the first round goes on.
    zone.tick();
    let fresh = zone.submitted().await?;
    zone.by("D01-11").merge_ticket(zone.merge(&fresh, &older)).await?;
    let apart = zone.by("D01-11").split_ticket(zone.split(&fresh)).await?.into_inner().ticket;
    assert_eq!(apart.unwrap().round, 1);
    assert_eq!(zone.told().await?.last().unwrap(), "WorkRequested");
    zone.world.end().await
}

/// Shows: request SUBMITTED AnswerDirectly; request ACCEPTED AnswerDirectly
async fn answer_ticket_answers_a_consultation_without_a_department(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let mut tickets = Vec::new();
    for accepts in [false, true] {
        let mut plea = zone.plea();
        plea.kind = TicketKind::Consultation.into();
        let ticket = zone.by("handler").submit_ticket(plea).await?.into_inner().ticket.unwrap();
        if accepts {
            zone.by("D01-12").accept_ticket(zone.accept(&ticket)).await?;
        }
        let answered = zone.by("D01-11").answer_ticket(zone.reply(&ticket)).await?.into_inner();
        let answered = answered.ticket.unwrap();
        assert_eq!(answered.state(), TicketState::Answered);
        assert_eq!(
            (answered.answer.as_str(), answered.internal_note.as_str()),
            ("请登录平台办理", "常见问题")
        );
        let seen = zone.by("handler").rate_ticket(zone.rate(&ticket, 5, true)).await?.into_inner();
        assert_eq!(seen.ticket.unwrap().internal_note, "", "it stays inside");
        tickets.push(ticket);
    }
    let withdrawn = facts::<WorkWithdrawn>(&zone).await?;
    let drawn: Vec<(&str, &str)> =
        withdrawn.iter().map(|it| (it.source.as_str(), it.reason.as_str())).collect();
    assert_eq!(drawn, [(tickets[1].name.as_str(), "ANSWERED")]);
    let credited = facts::<TicketConfirmed>(&zone).await?;
    assert!(credited.iter().all(|told| told.work_order.is_empty()), "no department did it");
    // Who answered has had a hand in it.
    refused!(
        zone.by("D01-11").close_ticket(zone.close(&tickets[0])),
        Code::PermissionDenied,
        "request.whistle CLOSER_CONCERNED"
    );
    zone.world.end().await
}

/// Shows: request SUBMITTED Withdraw; request ACCEPTED Withdraw; request WITHDRAWN CallBack
async fn withdraw_ticket_withdraws_the_work_and_is_called_back_about_after_a_claim(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    let withdrawn = zone.by("handler").withdraw_ticket(zone.withdraw(&ticket)).await?.into_inner();
    let withdrawn = withdrawn.ticket.unwrap();
    assert_eq!((withdrawn.state(), withdrawn.due), (TicketState::Withdrawn, None));
    assert!(facts::<WorkWithdrawn>(&zone).await?.is_empty(), "nothing was asked for");

    let ticket = zone.claimed().await?;
    let withdrawn = zone.by("handler").withdraw_ticket(zone.withdraw(&ticket)).await?.into_inner();
    let withdrawn = withdrawn.ticket.unwrap();
    assert_eq!(withdrawn.withdrawal.unwrap().reason, "已自行解决");
    assert!(withdrawn.due.is_some(), "it is called back about");
    assert_eq!(facts::<WorkWithdrawn>(&zone).await?.remove(0).work_order, ticket.work_order);
    let mut call = zone.call(&ticket, None);
    call.reached = true;
    call.comment = "自愿撤回".to_owned();
    let called = zone.by("D01-12").record_call_back(call).await?.into_inner().ticket.unwrap();
    assert_eq!((called.state(), called.due), (TicketState::Withdrawn, None));
    let call = called.rounds[0].call_backs[0].clone();
    assert_eq!((call.comment.as_str(), call.caller.as_str()), ("自愿撤回", "persons/D01-12"));
    zone.world.end().await
}

/// Shows: request hears WorkCompleted in WITHDRAWN; request hears WorkCancelled in WITHDRAWN
async fn an_answer_that_crosses_a_withdrawal_is_late(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    // Answered first: there is nothing left to withdraw.
    let answered = zone.answered().await?;
    refused!(
        zone.by("handler").withdraw_ticket(zone.withdraw(&answered)),
        Code::FailedPrecondition,
        "request.whistle STATE_FORBIDS"
    );
    // Withdrawn first: the answer, though it was given before, is recorded as late.
    let ticket = zone.claimed().await?;
    zone.by("handler").withdraw_ticket(zone.withdraw(&ticket)).await?;
    let withdrawn = zone.see(&ticket).await?;
    let at = "2026-03-04T08:59:00+08:00".parse()?;
    zone.dispatch_at(&ticket, &completed(&ticket, &["persons/D02-11"]), at).await?;
    assert_eq!(zone.see(&ticket).await?, withdrawn);
    let late = facts::<TicketHeardLate>(&zone).await?.remove(0);
    assert_eq!((late.fact.as_str(), late.state()), ("WORK_COMPLETED", TicketState::Withdrawn));
    assert_eq!(late.work_order, ticket.work_order);
    // Dispatch says that it has cancelled the order.
    let cancelled = contract::dispatch::WorkOrderCancelled {
        work_order: ticket.work_order.clone(),
        source: ticket.name.clone(),
        round: 1,
        reason: "WITHDRAWN".to_owned(),
    };
    zone.dispatch(&ticket, &cancelled).await?;
    assert_eq!(zone.see(&ticket).await?.progress.unwrap().state, "CANCELLED");
    zone.world.end().await
}

/// Shows: request refuses SECOND_PERSON_NEEDED
async fn reject_ticket_refuses(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.accepted().await?;
    let propose = zone.reject(&ticket, RejectReason::Classified);
    refused!(
        zone.by("handler").reject_ticket(propose.clone()),
        Code::PermissionDenied,
        "whistle ROLE_FORBIDS"
    );
    let mut why = propose.clone();
    why.reason = RejectReason::Unspecified.into();
    refused!(zone.by("D01-11").reject_ticket(why), Code::InvalidArgument, "whistle FIELD_INVALID");
    zone.by("D01-11").reject_ticket(propose).await?;
    refused!(
        zone.by("D01-11").reject_ticket(zone.reject(&ticket, RejectReason::Classified)),
        Code::PermissionDenied,
        "request.whistle SECOND_PERSON_NEEDED"
    );
    let nowhere = Ticket { name: nowhere(), ..ticket };
    refused!(
        zone.by("D01-11").reject_ticket(zone.reject(&nowhere, RejectReason::Classified)),
        Code::NotFound,
        "request.whistle TICKET_NOT_FOUND"
    );
    let answered = zone.answered().await?;
    refused!(
        zone.by("D01-11").reject_ticket(zone.reject(&answered, RejectReason::Classified)),
        Code::FailedPrecondition,
        "request.whistle STATE_FORBIDS"
    );
    zone.world.end().await
}

/// Shows: request refuses MERGE_UNFIT
async fn merge_ticket_refuses(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let older = zone.submitted().await?;
    zone.tick();
    let ticket = zone.submitted().await?;
    let status = refused!(
        zone.by("D01-11").merge_ticket(zone.merge(&older, &ticket)),
        Code::FailedPrecondition,
        "request.whistle MERGE_UNFIT"
    );
    assert_eq!(metadata_of(&status, "problem"), "NOT_OLDER");
    let nowhere = Ticket { name: nowhere(), ..older.clone() };
    let status = refused!(
        zone.by("D01-11").merge_ticket(zone.merge(&ticket, &nowhere)),
        Code::NotFound,
        "request.whistle TICKET_NOT_FOUND"
    );
    assert_eq!(metadata_of(&status, "ticket"), nowhere.name);
    refused!(
        zone.by("D01-11").merge_ticket(zone.merge(&nowhere, &older)),
        Code::NotFound,
        "request.whistle TICKET_NOT_FOUND"
    );
    zone.by("handler").withdraw_ticket(zone.withdraw(&older)).await?;
    let status = refused!(
        zone.by("D01-11").merge_ticket(zone.merge(&ticket, &older)),
        Code::FailedPrecondition,
        "request.whistle MERGE_UNFIT"
    );
    assert_eq!(metadata_of(&status, "problem"), "NOT_OPEN");
    let answered = zone.answered().await?;
    refused!(
        zone.by("D01-11").merge_ticket(zone.merge(&answered, &ticket)),
        Code::FailedPrecondition,
        "request.whistle STATE_FORBIDS"
    );
    zone.world.end().await
}

async fn split_ticket_refuses(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    refused!(
        zone.by("D01-11").split_ticket(zone.split(&ticket)),
        Code::FailedPrecondition,
        "request.whistle STATE_FORBIDS"
    );
    let mut unknown = zone.split(&ticket);
    unknown.lead = "departments/D99".to_owned();
    refused!(
        zone.by("D01-11").split_ticket(unknown),
        Code::NotFound,
        "request.whistle DEPARTMENT_NOT_FOUND"
    );
    zone.world.end().await
}

/// Shows: request refuses NOT_CONSULTATION
async fn answer_ticket_refuses(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    let status = refused!(
        zone.by("D01-11").answer_ticket(zone.reply(&ticket)),
        Code::FailedPrecondition,
        "request.whistle NOT_CONSULTATION"
    );
    assert_eq!(metadata_of(&status, "kind"), "HELP");
    zone.world.end().await
}

async fn withdraw_ticket_refuses(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    refused!(
        zone.by("other-handler").withdraw_ticket(zone.withdraw(&ticket)),
        Code::NotFound,
        "request.whistle TICKET_NOT_FOUND"
    );
    refused!(
        zone.by("envoy").withdraw_ticket(zone.withdraw(&ticket)),
        Code::PermissionDenied,
        "whistle ROLE_FORBIDS"
    );
    zone.by("handler").withdraw_ticket(zone.withdraw(&ticket)).await.context("withdrawn")?;
    zone.world.end().await
}

/// The name of a ticket that there is not.
fn nowhere() -> String {
    "tickets/00000000-0000-7000-8000-000000000001".to_owned()
}
