//! Who is agent of a case, and what becomes of it when they are none any more.

use anyhow::Result;
use base::{Actor, PersonId};
use contract::agency::{
    Case, CaseAgentLeft, CaseAgentReturned, CaseHandedOver, CaseLimitMissed, CaseState,
    HandOverCaseRequest, ItemState, SignMandateRequest, SubmitItemRequest, TerminateCaseRequest,
};
use contract::common::Role;
use contract::directory::{Deputy, DeputyChanged, Staff};
use testkit::Size;
use tonic::Code;

use crate::zone::{Zone, item, matter, metadata_of, person, procedure, refused, state};

testkit::on_both_sizes!(
    an_agent_set_inactive_acts_no_longer_and_the_case_waits_for_another,
    an_agent_with_a_second_account_is_still_one,
    a_case_is_handed_over_to_a_person_whatever_their_account,
    hand_over_case_refuses_whoever_is_no_active_agent,
    sign_mandate_refuses_an_agent_who_is_none_any_more,
    terminate_case_refuses_where_no_mandate_is_left_to_end,
    a_deputy_of_the_dispatcher_is_recorded_as_both,
);

async fn left(zone: &Zone, code: &str) -> Result<()> {
    zone.staff(Staff { active: false, ..person(code, &[Role::Agent]) }).await
}

fn hand_over(zone: &Zone, case: &Case, to: &str) -> HandOverCaseRequest {
    HandOverCaseRequest {
        case: case.name.clone(),
        agent: format!("persons/{to}"),
        reason: "离岗".to_owned(),
        request_id: zone.id(),
        ..<_>::default()
    }
}

fn terminate(zone: &Zone, case: &Case) -> TerminateCaseRequest {
    TerminateCaseRequest {
        case: case.name.clone(),
        reason: "自办".to_owned(),
        request_id: zone.id(),
        ..<_>::default()
    }
}

/// Shows: agency RUNNING LoseAgent; agency RUNNING RegainAgent
async fn an_agent_set_inactive_acts_no_longer_and_the_case_waits_for_another(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.mandated(procedure(vec![matter("a", &[]), matter("b", &[])])).await?;
    let mandate = SignMandateRequest { may_pass_on: true, ..zone.mandate(&case) };
    zone.by("handler").sign_mandate(mandate).await?;
    let case = zone.started(&case).await?;
    let case = zone.accepted(&case, "a").await?;
    left(&zone, "agent").await?;
    left(&zone, "agent").await?;
    let told = zone.facts::<CaseAgentLeft>().await?;
    let [(left_once, _)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((&left_once.case, left_once.agent.as_str()), (&case.name, "persons/agent"));
    let seen = zone.see(&case).await?;
    assert!(seen.hand_over_due.is_some() && seen.mandate.is_some(), "it may be passed on");
    assert_eq!(seen.items, case.items, "what the department has goes on");
    let submit =
        || SubmitItemRequest { item: item(&case, "b"), request_id: zone.id(), ..<_>::default() };
    refused!(
        zone.by("agent").submit_item(submit()),
        Code::PermissionDenied,
        "whistle ROLE_FORBIDS"
    );

    // Who leads the dispatch is told after a working day.
    zone.world.advance_to("2026-03-05T17:31:00+08:00".parse()?).await?;
    let missed = zone.facts::<CaseLimitMissed>().await?;
    let missed: Vec<_> = missed.iter().map(|(of, _)| (&*of.awaited, &*of.told)).collect();
    assert_eq!(missed, [("AGENT", "DISPATCH_HEAD")]);
    zone.staff(person("agent", &[Role::Agent])).await?;
    assert_eq!(zone.facts::<CaseAgentReturned>().await?.len(), 1);
    assert_eq!(zone.see(&case).await?.hand_over_due, None);

    left(&zone, "agent").await?;
    let handed = zone.by("D01-11").hand_over_case(hand_over(&zone, &case, "another-agent")).await?;
    let handed = handed.into_inner().case.unwrap();
    assert_eq!((handed.hand_over_due, handed.agent.as_str()), (None, "persons/another-agent"));
    let went_on = zone.by("another-agent").submit_item(submit()).await?.into_inner().case.unwrap();
    assert_eq!(state(&went_on, "b"), ItemState::Submitted);
    zone.world.end().await
}

async fn an_agent_with_a_second_account_is_still_one(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let same_person_as = "persons/agent".to_owned();
    let second = Staff { same_person_as, ..person("agent-b", &[Role::Agent]) };
    zone.staff(second.clone()).await?;
    let case = zone.running(procedure(vec![matter("a", &[])])).await?;
    left(&zone, "agent").await?;
    assert_eq!(zone.see(&case).await?.hand_over_due, None);
    let submit =
        SubmitItemRequest { item: item(&case, "a"), request_id: zone.id(), ..<_>::default() };
    zone.by("agent-b").submit_item(submit).await?;
    zone.staff(Staff { active: false, ..second }).await?;
    assert!(zone.see(&case).await?.hand_over_due.is_some());
    zone.world.end().await
}

async fn a_case_is_handed_over_to_a_person_whatever_their_account(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let same_person_as = "persons/another-agent".to_owned();
    zone.staff(Staff { same_person_as, ..person("agent-b", &[Role::Agent]) }).await?;
    let case = zone.running(procedure(vec![matter("a", &[])])).await?;
    let handed = zone.by("agent").hand_over_case(hand_over(&zone, &case, "agent-b")).await?;
    assert_eq!(handed.into_inner().case.unwrap().agent, "persons/another-agent");
    for who in ["another-agent", "agent-b"] {
        zone.by(who).get_case(crate::zone::get(&case.name)).await?;
    }
    zone.world.end().await
}

/// Shows: agency refuses AGENT_UNFIT; agency refuses AGENT_ALREADY
async fn hand_over_case_refuses_whoever_is_no_active_agent(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(procedure(vec![matter("a", &[])])).await?;
    left(&zone, "another-agent").await?;
    for to in ["another-agent", "D02-11", "handler", "nobody"] {
        let status = refused!(
            zone.by("agent").hand_over_case(hand_over(&zone, &case, to)),
            Code::FailedPrecondition,
            "agency.whistle AGENT_UNFIT"
        );
        assert_eq!(metadata_of(&status, "agent"), format!("persons/{to}"));
    }
    refused!(
        zone.by("agent").hand_over_case(hand_over(&zone, &case, "agent")),
        Code::FailedPrecondition,
        "agency.whistle AGENT_ALREADY"
    );
    assert_eq!(zone.see(&case).await?.agent, "persons/agent");
    zone.world.end().await
}

/// Shows: agency refuses AGENT_UNFIT
async fn sign_mandate_refuses_an_agent_who_is_none_any_more(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.opened(procedure(vec![matter("a", &[])])).await?;
    left(&zone, "agent").await?;
    refused!(
        zone.by("handler").sign_mandate(zone.mandate(&case)),
        Code::FailedPrecondition,
        "agency.whistle AGENT_UNFIT"
    );
    zone.by("D01-11").hand_over_case(hand_over(&zone, &case, "another-agent")).await?;
    let signed = zone.by("handler").sign_mandate(zone.mandate(&case)).await?.into_inner();
    assert_eq!(signed.case.unwrap().mandate.unwrap().agent, "persons/another-agent");
    zone.world.end().await
}

/// Shows: agency refuses MANDATE_MISSING
async fn terminate_case_refuses_where_no_mandate_is_left_to_end(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(procedure(vec![matter("a", &[])])).await?;
    let ended = zone.by("agent").terminate_case(terminate(&zone, &case)).await?.into_inner();
    assert_eq!(ended.case.unwrap().state(), CaseState::Running);
    refused!(
        zone.by("agent").terminate_case(terminate(&zone, &case)),
        Code::PermissionDenied,
        "agency.whistle MANDATE_MISSING"
    );
    zone.world.end().await
}

async fn a_deputy_of_the_dispatcher_is_recorded_as_both(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(procedure(vec![matter("a", &[])])).await?;
    let time = |text: &str| text.parse().map(runtime::wire::time);
    let deputy = Deputy {
        name: "deputies/00000000-0000-7000-8000-000000000001".to_owned(),
        principal: "persons/D01-11".to_owned(),
        deputy: "persons/another-agent".to_owned(),
        role: Role::Dispatcher.into(),
        from_time: Some(time("2026-03-01T00:00:00Z")?),
        until_time: Some(time("2026-04-01T00:00:00Z")?),
        ..Deputy::default()
    };
    zone.know("persons/another-agent", &DeputyChanged { deputy: Some(deputy) }).await?;
    // An agent in their own right, but not of this case.
    zone.by("another-agent").hand_over_case(hand_over(&zone, &case, "another-agent")).await?;
    zone.by("another-agent").hand_over_case(hand_over(&zone, &case, "agent")).await?;
    let told = zone.facts::<CaseHandedOver>().await?;
    let both =
        Actor::Deputy { person: PersonId::new("another-agent")?, of: PersonId::new("D01-11")? };
    let actors: Vec<_> = told.into_iter().map(|(_, actor)| actor).collect();
    assert_eq!(actors, [both.to_string(), "persons/another-agent".to_owned()]);
    zone.world.end().await
}
