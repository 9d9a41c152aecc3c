//! Each refusal of dispatch, provoked.

use anyhow::Result;
use contract::common::Role;
use contract::dispatch::*;
use testkit::{Size, on_both_sizes};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::desk::{DAY_ONE, Desk, metadata, reason};

on_both_sizes!(
    who_may_not_is_told_why,
    what_the_state_forbids_is_said_with_what_would_do,
    returns_have_their_limits,
    nobody_rules_on_what_they_asked_for,
    assistance_and_answers_have_their_limits,
    pauses_have_their_limits,
    requests_are_looked_at_before_anything_else,
);

const NOBODYS: &str = "workOrders/00000000-0000-7000-8000-999999999999";

async fn who_may_not_is_told_why(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.offer(1).await?;
    assert_eq!(reason(desk.claim("D02-11", NOBODYS).await), "WORK_ORDER_NOT_FOUND");
    // To a department that may not know of it there is none; who may see it is told whose it is.
    assert_eq!(reason(desk.claim("D03-11", &order).await), "WORK_ORDER_NOT_FOUND");
    let other = desk.claim("D01-11", &order).await.unwrap_err();
    assert_eq!(
        (other.code(), metadata(&other, "department").as_str()),
        (Code::PermissionDenied, "departments/D02")
    );
    assert_eq!(reason(desk.contact("D01-11", &order).await), "OTHER_DEPARTMENT");
    assert_eq!(reason(desk.give_back("D01-11", &order, "").await), "OTHER_DEPARTMENT");
    assert_eq!(reason(desk.assign("D03-11", &order, "D02-11").await), "WORK_ORDER_NOT_FOUND");
    assert_eq!(reason(desk.claim("D02-13", &order).await), "PERSON_BARRED");
    assert_eq!(reason(desk.contact("D02-13", &order).await), "PERSON_BARRED");
    assert_eq!(reason(desk.assign("D02-01", &order, "D02-13").await), "PERSON_BARRED");
    assert_eq!(reason(desk.assign("D02-01", &order, "D03-11").await), "PERSON_NOT_ELIGIBLE");
    assert_eq!(reason(desk.assign("D02-01", &order, "D02-77").await), "PERSON_NOT_ELIGIBLE");
    assert_eq!(reason(desk.assign("D02-11", &order, "D02-12").await), "ROLE_FORBIDS");
    let granted = (Decision::Granted, "departments/D03");
    assert_eq!(reason(desk.decide_return("D02-11", &order, granted).await), "ROLE_FORBIDS");
    desk.claim("D02-11", &order).await?;
    let taken = desk.claim("D02-12", &order).await.unwrap_err();
    assert_eq!(
        (taken.code(), metadata(&taken, "claimant").as_str()),
        (Code::FailedPrecondition, "persons/D02-11")
    );
    let told = taken.get_error_details().localized_message().unwrap().message.clone();
    assert!(told.contains("已由李工（D02-11）签收"), "{told}");
    assert_eq!(reason(Err::<(), _>(taken)), "CLAIMED_ALREADY");
    assert_eq!(reason(desk.contact("D02-12", &order).await), "NOT_CLAIMANT");
    assert_eq!(reason(desk.hand_over("D02-12", &order, "D02-01").await), "NOT_CLAIMANT");
    assert_eq!(reason(desk.complete("D02-12", &order, "").await), "NOT_CLAIMANT");
    let hearing = (PauseReason::Hearing, "2026-03-09T12:00:00+08:00");
    assert_eq!(reason(desk.ask_pause("D02-12", &order, hearing).await), "NOT_CLAIMANT");
    assert_eq!(reason(desk.assist("D02-12", &order, "departments/D03").await), "NOT_CLAIMANT");
    assert_eq!(reason(desk.urge("D02-02", &order).await), "OWN_DEPARTMENT");
    desk.urge("D01-11", &order).await?;
    assert_eq!(reason(desk.urge("D01-02", &order).await), "URGED_ALREADY");
    // Whoever has left may do nothing any more.
    desk.tell_of("D02-11", &[contract::common::Role::Staff], false).await?;
    desk.world.settle().await?;
    assert_eq!(reason(desk.contact("D02-11", &order).await), "ROLE_FORBIDS");
    desk.world.end().await
}

async fn what_the_state_forbids_is_said_with_what_would_do(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.offer(1).await?;
    let refused = desk.complete("D02-11", &order, "").await.unwrap_err();
    assert_eq!(metadata(&refused, "state"), "OFFERED");
    assert_eq!(metadata(&refused, "action"), "COMPLETE");
    assert_eq!(metadata(&refused, "allowed"), "CLAIM ASSIGN CONTACT RETURN URGE SUPERVISE");
    let told = refused.get_error_details().localized_message().unwrap().message.clone();
    assert_eq!(told, "工单处于“待签收”，不能办复；当前可以签收、指派、报到、退单、催办、督办。");
    assert_eq!(reason(Err::<(), _>(refused)), "STATE_FORBIDS");
    assert_eq!(reason(desk.hand_over("D02-11", &order, "D02-12").await), "STATE_FORBIDS");
    assert_eq!(reason(desk.assist("D02-11", &order, "departments/D03").await), "STATE_FORBIDS");
    let refusal = (Decision::Refused, "");
    assert_eq!(reason(desk.decide_return("D01-11", &order, refusal).await), "STATE_FORBIDS");
    desk.contact("D02-11", &order).await?;
    assert_eq!(
        reason(desk.decide_pause("D01-11", &order, Decision::Granted).await),
        "NO_PAUSE_ASKED"
    );
    assert_eq!(reason(desk.contact("D02-11", &order).await), "STATE_FORBIDS");
    assert_eq!(reason(desk.give_back("D02-11", &order, "").await), "STATE_FORBIDS");
    desk.complete("D02-11", &order, "").await?;
    assert_eq!(reason(desk.urge("D01-11", &order).await), "STATE_FORBIDS");
    let ruled = desk.decide_pause("D01-11", &order, Decision::Granted).await;
    assert_eq!(reason(ruled), "STATE_FORBIDS");
    assert_eq!(reason(desk.claim("D02-12", &order).await), "STATE_FORBIDS");
    assert_eq!(reason(desk.assign("D02-01", &order, "D02-12").await), "STATE_FORBIDS");
    let hearing = (PauseReason::Hearing, "2026-03-09T12:00:00+08:00");
    assert_eq!(reason(desk.ask_pause("D02-11", &order, hearing).await), "STATE_FORBIDS");
    desk.world.end().await
}

async fn returns_have_their_limits(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let (order, second) = (desk.offer(1).await?, desk.offer(2).await?);
    let unknown = desk.give_back("D02-11", &order, "departments/D99").await;
    assert_eq!(reason(unknown), "DEPARTMENT_NOT_FOUND");
    let excluded = desk.give_back("D02-11", &order, "departments/D09").await;
    assert_eq!(reason(excluded), "DEPARTMENT_EXCLUDED");
    let own = desk.give_back("D02-11", &order, "departments/D02").await;
    assert_eq!(reason(own), "RETURN_NAMES_OWN");
    desk.give_back("D02-11", &order, "").await?;
    let granted = |department| (Decision::Granted, department);
    let unknown = desk.decide_return("D01-11", &order, granted("departments/D99")).await;
    assert_eq!(reason(unknown), "DEPARTMENT_NOT_FOUND");
    let excluded = desk.decide_return("D01-11", &order, granted("departments/D09")).await;
    assert_eq!(reason(excluded), "DEPARTMENT_EXCLUDED");
    let undecided = desk.decide_return("D01-11", &order, (Decision::Unspecified, "")).await;
    assert_eq!(reason(undecided), "FIELD_INVALID");
    desk.decide_return("D01-11", &order, (Decision::Refused, "")).await?;
    assert_eq!(reason(desk.give_back("D02-11", &order, "").await), "RETURNED_ALREADY");
    desk.go_to("2026-03-05T17:30:01+08:00").await?;
    assert_eq!(reason(desk.give_back("D02-01", &second, "").await), "RETURN_TOO_LATE");
    desk.world.end().await
}

/// Shows: dispatch refuses RULES_ON_OWN
async fn nobody_rules_on_what_they_asked_for(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let (returned, order) = (desk.offer(1).await?, desk.offer(2).await?);
    desk.tell_of("D02-12", &[Role::Staff, Role::Dispatcher], true).await?;
    desk.tell_of("D02-01", &[Role::Lead, Role::Dispatcher], true).await?;
    desk.give_back("D02-12", &returned, "").await?;
    for ruling in [(Decision::Granted, "departments/D03"), (Decision::Refused, "")] {
        assert_eq!(reason(desk.decide_return("D02-12", &returned, ruling).await), "RULES_ON_OWN");
    }
    desk.decide_return("D01-11", &returned, (Decision::Refused, "")).await?;
    desk.contact("D02-12", &order).await?;
    desk.ask_extension("D02-12", &order, "2026-03-13T17:30:00+08:00").await?;
    for own in ["D02-12", "D02-01"] {
        let ruled = desk.decide_extension(own, &order, Decision::Granted).await;
        assert_eq!(reason(ruled), "RULES_ON_OWN");
    }
    let hearing = (PauseReason::Hearing, "2026-03-09T12:00:00+08:00");
    desk.ask_pause("D02-12", &order, hearing).await?;
    let ruled = desk.decide_pause("D02-12", &order, Decision::Granted).await;
    assert_eq!(reason(ruled), "RULES_ON_OWN");
    desk.decide_extension("D01-11", &order, Decision::Granted).await?;
    desk.decide_pause("D01-11", &order, Decision::Granted).await?;
    desk.world.end().await
}

async fn assistance_and_answers_have_their_limits(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.offer(1).await?;
    desk.claim("D02-11", &order).await?;
    assert_eq!(reason(desk.complete("D02-11", &order, "").await), "CONTACT_MISSING");
    desk.contact("D02-11", &order).await?;
    let unknown = desk.assist("D02-11", &order, "departments/D99").await;
    assert_eq!(reason(unknown), "DEPARTMENT_NOT_FOUND");
    let own = desk.assist("D02-11", &order, "departments/D02").await;
    assert_eq!(reason(own), "ASSISTS_ALREADY");
    let parent = desk.assist("D02-11", &order, "departments/D03").await?;
    let child = parent.assistance[0].work_order.clone();
    let open = desk.complete("D02-11", &order, "").await.unwrap_err();
    assert_eq!(metadata(&open, "work_orders"), child);
    assert_eq!(reason(Err::<(), _>(open)), "ASSISTANCE_OPEN");
    assert_eq!(reason(desk.give_back("D03-11", &child, "").await), "ASSISTANCE_STAYS");
    desk.contact("D03-11", &child).await?;
    let further = desk.assist("D03-11", &child, "departments/D04").await;
    assert_eq!(reason(further), "ASSISTANCE_STAYS");
    let hearing = (PauseReason::Hearing, "2026-03-09T12:00:00+08:00");
    assert_eq!(reason(desk.ask_pause("D03-11", &child, hearing).await), "ASSISTANCE_STAYS");
    let extended = desk.ask_extension("D03-11", &child, "2026-03-16T17:30:00+08:00").await;
    assert_eq!(reason(extended), "ASSISTANCE_STAYS");
    let excluded = desk.assist("D02-11", &order, "departments/D09").await;
    assert_eq!(reason(excluded), "DEPARTMENT_EXCLUDED");
    desk.go_to("2026-03-11T11:30:00+08:00").await?;
    let late = desk.assist("D02-11", &order, "departments/D04").await;
    assert_eq!(reason(late), "TOO_LITTLE_TIME");
    desk.world.end().await
}

async fn pauses_have_their_limits(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.in_progress(1).await?;
    let ask = |until| desk.ask_pause("D02-11", &order, (PauseReason::Hearing, until));
    assert_eq!(reason(ask(DAY_ONE).await), "FIELD_INVALID");
    assert_eq!(reason(ask("9999-12-30T00:00:00Z").await), "PAUSE_TOO_LONG");
    ask("2026-03-05T12:00:00+08:00").await?;
    assert_eq!(reason(ask("2026-03-05T12:00:00+08:00").await), "PAUSE_ASKED_ALREADY");
    desk.decide_pause("D01-11", &order, Decision::Granted).await?;
    desk.go_to("2026-03-05T12:00:00+08:00").await?;
    assert_eq!(reason(ask("2026-03-05T15:00:00+08:00").await), "PAUSE_REASON_USED");
    desk.world.end().await
}

async fn requests_are_looked_at_before_anything_else(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.offer(1).await?;
    assert_eq!(reason(desk.claim("D02-11", "workOrders/1").await), "FIELD_INVALID");
    let stale = ClaimWorkOrderRequest {
        work_order: order.clone(),
        etag: "stale".to_owned(),
        request_id: desk.world.request_id(),
    };
    let refused = desk.client("D02-11").claim_work_order(stale.clone()).await;
    assert_eq!(reason(refused), "STALE_ETAG");
    let etag = desk.get("D02-11", &order).await?.etag;
    desk.client("D02-11").claim_work_order(ClaimWorkOrderRequest { etag, ..stale }).await?;
    let without_etag = DecidePauseRequest {
        work_order: order.clone(),
        decision: Decision::Granted.into(),
        reason: "r".to_owned(),
        etag: String::new(),
        request_id: desk.world.request_id(),
        ..<_>::default()
    };
    let refused = desk.client("D01-11").decide_pause(without_etag).await;
    assert_eq!(reason(refused), "FIELD_INVALID");
    let long = RecordContactRequest {
        work_order: order.clone(),
        proof: "长".repeat(501),
        etag: String::new(),
        request_id: desk.world.request_id(),
    };
    let refused = desk.client("D02-11").record_contact(long).await;
    assert_eq!(reason(refused), "FIELD_INVALID");
    let nobody = desk.world.with_token(None);
    let mut nobody = dispatch_service_client::DispatchServiceClient::new(nobody);
    let refused = nobody.get_work_order(GetWorkOrderRequest { work_order: order }).await;
    assert_eq!(reason(refused), "TOKEN_INVALID");
    desk.world.end().await
}
