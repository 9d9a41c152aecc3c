//! How tickets are worked on again: done again, taken up from a plan, reopened, appealed.

use anyhow::Result;
use contract::common::{Outcome, WorkReopened};
use contract::dispatch::WorkOrderCompleted;
use contract::request::{
    RejectReason, RoundCause, Ticket, TicketAnswered, TicketPlanReviewDue, TicketRoundBegun,
    TicketState,
};
use testkit::Size;
use tonic::Code;

use crate::life::facts;
use crate::zone::{Zone, completed, metadata_of, refused};

testkit::on_both_sizes!(
    redo_ticket_keeps_every_round_and_escalates_the_third,
    what_is_on_plan_is_reviewed_and_taken_up_at_its_date,
    resume_plan_is_for_a_leader_or_for_the_enterprise,
    reopen_ticket_is_for_the_enterprise_three_times_and_then_for_a_leader,
    an_appeal_against_a_rejection_is_decided_by_somebody_not_concerned,
    an_appeal_against_an_explanation_that_is_not_upheld_ends_it,
    redo_ticket_refuses,
    reopen_ticket_refuses_what_was_closed_too_long_ago,
    appeal_ticket_refuses,
    decide_appeal_refuses,
);

/// Dispatch tells the answer of the present round, and the enterprise rates it.
async fn answered_and_rated(zone: &Zone, ticket: &Ticket, level: i32) -> Result<Ticket> {
    zone.dispatch(ticket, &completed(ticket, &["persons/D02-11"])).await?;
    let rate = zone.rate(ticket, level, 3 <= level);
    Ok(zone.by("handler").rate_ticket(rate).await?.into_inner().ticket.unwrap())
}

/// Shows: request DISSATISFIED Redo
async fn redo_ticket_keeps_every_round_and_escalates_the_third(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let mut ticket = zone.rated(1, false).await?;
    let order = ticket.work_order.clone();
    for round in [2, 3] {
        let mut redo = zone.redo(&ticket);
        redo.lead = "departments/D03".to_owned();
        let redone = zone.by("D01-11").redo_ticket(redo).await?.into_inner().ticket.unwrap();
        assert_eq!((redone.state(), redone.round), (TicketState::Accepted, round));
        assert_eq!((redone.lead.as_str(), redone.answer.as_str()), ("departments/D03", ""));
        assert_eq!(redone.work_order, order, "the order is taken up again");
        ticket = answered_and_rated(&zone, &redone, 1).await?;
    }
    let levels = ticket.rounds.iter().map(|round| round.rating.as_ref().unwrap().level);
    assert!(levels.eq([1, 1, 1]));
    let reopened = facts::<WorkReopened>(&zone).await?;
    let drawn = reopened.iter().map(|told| {
        let work = told.work.as_ref().unwrap();
        (work.round, work.lead.as_str(), told.escalate, told.reason.as_str())
    });
    let expected =
        [(2, "departments/D03", false, "没有解决"), (3, "departments/D03", true, "没有解决")];
    assert!(drawn.eq(expected), "{reopened:?}");
    assert!(facts::<TicketRoundBegun>(&zone).await?[1].escalated);
    zone.world.end().await
}

fn planned(ticket: &Ticket, until: &str) -> Result<WorkOrderCompleted> {
    Ok(WorkOrderCompleted {
        outcome: Outcome::Planned.into(),
        planned_time: Some(runtime::wire::time(until.parse()?)),
        ..completed(ticket, &["persons/D02-11"])
    })
}

/// Shows: request ACCEPTED Answer; request ON_PLAN ResumePlan
async fn what_is_on_plan_is_reviewed_and_taken_up_at_its_date(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.claimed().await?;
    zone.dispatch(&ticket, &planned(&ticket, "2026-05-08T17:30:00+08:00")?).await?;
    let on_plan = zone.see(&ticket).await?;
    assert_eq!((on_plan.state(), on_plan.outcome()), (TicketState::OnPlan, Outcome::Planned));
    assert_eq!(on_plan.plan.unwrap().until_time, on_plan.due.unwrap().time);
    assert!(facts::<TicketAnswered>(&zone).await?.remove(0).plan_due.is_some());
    zone.world.advance_to("2026-05-08T17:29:59+08:00".parse()?).await?;
    let reviews = facts::<TicketPlanReviewDue>(&zone).await?;
    assert_eq!(reviews.len(), 2, "every thirty days");
    assert_eq!(reviews[1].until_time, on_plan.due.unwrap().time);
    zone.world.advance_to("2026-05-08T17:30:00+08:00".parse()?).await?;
    let resumed = zone.see(&ticket).await?;
    assert_eq!((resumed.state(), resumed.round), (TicketState::Accepted, 2));
    assert_eq!(resumed.rounds[0].outcome(), Outcome::Planned);
    let begun = facts::<TicketRoundBegun>(&zone).await?.remove(0);
    assert_eq!((begun.cause(), begun.reason.as_str()), (RoundCause::Plan, ""));
    let work = facts::<WorkReopened>(&zone).await?.remove(0).work.unwrap();
    assert_eq!((work.round, work.work_order), (2, ticket.work_order));
    assert_eq!(work.submitted_time, resumed.rounds[1].begun_time, "its limits run from now");
    zone.world.end().await
}

/// Shows: request ON_PLAN ResumePlan; request ON_PLAN Withdraw
async fn resume_plan_is_for_a_leader_or_for_the_enterprise(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    for who in ["handler", "leader"] {
        let ticket = zone.claimed().await?;
        zone.dispatch(&ticket, &planned(&ticket, "2026-05-08T17:30:00+08:00")?).await?;
        let resumed = zone.by(who).resume_plan(zone.resume(&ticket)).await?.into_inner().ticket;
        assert_eq!(resumed.unwrap().state(), TicketState::Accepted, "{who}");
    }
    let ticket = zone.claimed().await?;
    zone.dispatch(&ticket, &planned(&ticket, "2026-05-08T17:30:00+08:00")?).await?;
    refused!(
        zone.by("D01-11").resume_plan(zone.resume(&ticket)),
        Code::PermissionDenied,
        "whistle ROLE_FORBIDS"
    );
    let withdrawn = zone.by("handler").withdraw_ticket(zone.withdraw(&ticket)).await?.into_inner();
    assert_eq!(withdrawn.ticket.unwrap().state(), TicketState::Withdrawn);
    assert_eq!(zone.told().await?.last().unwrap(), "TicketWithdrawn", "no work is under way");
    refused!(
        zone.by("handler").resume_plan(zone.resume(&ticket)),
        Code::FailedPrecondition,
        "request.whistle STATE_FORBIDS"
    );
    zone.world.end().await
}

/// Shows: request CLOSED Reopen; request refuses REOPEN_LIMIT
async fn reopen_ticket_is_for_the_enterprise_three_times_and_then_for_a_leader(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size).await?;
    let mut ticket = zone.rated(5, true).await?;
    zone.by("D01-11").close_ticket(zone.close(&ticket)).await?;
    for times in 1..=3 {
        refused!(
            zone.by("leader").reopen_ticket(zone.reopen(&ticket)),
            Code::PermissionDenied,
            "whistle ROLE_FORBIDS"
        );
        let reopen = zone.reopen(&ticket);
        let reopened = zone.by("handler").reopen_ticket(reopen).await?.into_inner().ticket.unwrap();
        assert_eq!((reopened.state(), reopened.reopened_times), (TicketState::Accepted, times));
        ticket = answered_and_rated(&zone, &reopened, 5).await?;
        zone.by("D01-11").close_ticket(zone.close(&ticket)).await?;
    }
    let status = refused!(
        zone.by("handler").reopen_ticket(zone.reopen(&ticket)),
        Code::FailedPrecondition,
        "request.whistle REOPEN_LIMIT"
    );
    assert_eq!(metadata_of(&status, "times"), "3");
    let reopened = zone.by("leader").reopen_ticket(zone.reopen(&ticket)).await?.into_inner();
    let reopened = reopened.ticket.unwrap();
    assert_eq!((reopened.round, reopened.submitted_time), (5, ticket.submitted_time));
    zone.world.end().await
}

/// Shows: request REJECTED Appeal; request REJECTED DecideAppeal
async fn an_appeal_against_a_rejection_is_decided_by_somebody_not_concerned(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    let reject = zone.reject(&ticket, RejectReason::NoClearRequest);
    zone.by("D01-11").reject_ticket(reject).await?;
    let appealed = zone.by("handler").appeal_ticket(zone.appeal(&ticket)).await?.into_inner();
    let appealed = appealed.ticket.unwrap();
    assert_eq!(appealed.appeal.as_ref().unwrap().reason, "不服");
    refused!(
        zone.by("D01-11").decide_appeal(zone.decide_appeal(&appealed, true)),
        Code::PermissionDenied,
        "request.whistle DECIDER_CONCERNED"
    );
    let mut decide = zone.decide_appeal(&appealed, true);
    decide.lead = "departments/D03".to_owned();
    let upheld = zone.by("D01-12").decide_appeal(decide).await?.into_inner().ticket.unwrap();
    assert_eq!((upheld.state(), upheld.round), (TicketState::Accepted, 1));
    assert_eq!((upheld.lead.as_str(), upheld.rejection), ("departments/D03", None));
    let expected = [
        "TicketSubmitted",
        "TicketRejected",
        "TicketAppealed",
        "TicketAppealDecided",
        "TicketRoundBegun",
        "WorkRequested",
    ];
    assert_eq!(zone.told().await?, expected);
    zone.world.end().await
}

/// Shows: request CLOSED_UNRESOLVED Appeal; request CLOSED_UNRESOLVED DecideAppeal
async fn an_appeal_against_an_explanation_that_is_not_upheld_ends_it(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.rated(1, false).await?;
    zone.by("D01-11").propose_explanation(zone.explain(&ticket)).await?;
    let proposed = zone.see(&ticket).await?;
    zone.by("D01-12").decide_explanation(zone.decide(&proposed, true)).await?;
    zone.by("handler").appeal_ticket(zone.appeal(&ticket)).await?;
    let appealed = zone.see(&ticket).await?;
    for concerned in ["D01-11", "D01-12"] {
        refused!(
            zone.by(concerned).decide_appeal(zone.decide_appeal(&appealed, true)),
            Code::PermissionDenied,
            "request.whistle DECIDER_CONCERNED"
        );
    }
    let decide = zone.decide_appeal(&appealed, false);
    let decided = zone.by("leader").decide_appeal(decide).await?.into_inner().ticket.unwrap();
    assert_eq!((decided.state(), decided.due), (TicketState::ClosedUnresolved, None));
    let appeal = decided.appeal.unwrap();
    assert_eq!((appeal.upheld, appeal.decision.as_str()), (false, "经复核"));
    refused!(
        zone.by("handler").appeal_ticket(zone.appeal(&ticket)),
        Code::FailedPrecondition,
        "request.whistle APPEALED_ALREADY"
    );
    zone.world.end().await
}

async fn redo_ticket_refuses(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.rated(5, true).await?;
    refused!(
        zone.by("D01-11").redo_ticket(zone.redo(&ticket)),
        Code::FailedPrecondition,
        "request.whistle STATE_FORBIDS"
    );
    let mut unknown = zone.redo(&ticket);
    unknown.lead = "departments/D99".to_owned();
    refused!(
        zone.by("D01-11").redo_ticket(unknown),
        Code::NotFound,
        "request.whistle DEPARTMENT_NOT_FOUND"
    );
    zone.world.end().await
}

/// Shows: request refuses REOPEN_TOO_LATE
async fn reopen_ticket_refuses_what_was_closed_too_long_ago(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.rated(5, true).await?;
    zone.by("D01-11").close_ticket(zone.close(&ticket)).await?;
    zone.world.advance_to("2026-04-03T17:30:01+08:00".parse()?).await?;
    refused!(
        zone.by("handler").reopen_ticket(zone.reopen(&ticket)),
        Code::FailedPrecondition,
        "request.whistle REOPEN_TOO_LATE"
    );
    zone.world.end().await
}

/// Shows: request refuses APPEAL_TOO_LATE; request refuses APPEALED_ALREADY
async fn appeal_ticket_refuses(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let (ticket, other) = (zone.submitted().await?, zone.submitted().await?);
    refused!(
        zone.by("handler").appeal_ticket(zone.appeal(&ticket)),
        Code::FailedPrecondition,
        "request.whistle STATE_FORBIDS"
    );
    for ticket in [&ticket, &other] {
        zone.by("D01-11").reject_ticket(zone.reject(ticket, RejectReason::OutsideZone)).await?;
    }
    zone.by("handler").appeal_ticket(zone.appeal(&ticket)).await?;
    refused!(
        zone.by("handler").appeal_ticket(zone.appeal(&ticket)),
        Code::FailedPrecondition,
        "request.whistle APPEALED_ALREADY"
    );
    zone.world.advance_to("2026-04-03T17:30:01+08:00".parse()?).await?;
    refused!(
        zone.by("handler").appeal_ticket(zone.appeal(&other)),
        Code::FailedPrecondition,
        "request.whistle APPEAL_TOO_LATE"
    );
    zone.world.end().await
}

/// Shows: request refuses NOT_AWAITED; request refuses DECIDER_CONCERNED
async fn decide_appeal_refuses(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    zone.by("D01-11").reject_ticket(zone.reject(&ticket, RejectReason::OutsideZone)).await?;
    let rejected = zone.see(&ticket).await?;
    refused!(
        zone.by("leader").decide_appeal(zone.decide_appeal(&rejected, true)),
        Code::FailedPrecondition,
        "request.whistle NOT_AWAITED"
    );
    zone.by("handler").appeal_ticket(zone.appeal(&ticket)).await?;
    refused!(
        zone.by("leader").decide_appeal(zone.decide_appeal(&rejected, true)),
        Code::Aborted,
        "whistle STALE_ETAG"
    );
    let appealed = zone.see(&ticket).await?;
    refused!(
        zone.by("supervisor").decide_appeal(zone.decide_appeal(&appealed, true)),
        Code::PermissionDenied,
        "whistle ROLE_FORBIDS"
    );
    zone.world.end().await
}
