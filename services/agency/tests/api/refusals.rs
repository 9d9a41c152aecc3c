//! Every way in which a call of agency is refused that its rules alone do not show.

use anyhow::Result;
use contract::agency::{
    Case, Grant, HandOverCaseRequest, IssueItemRequest, Matter, OpenCaseRequest,
    RecheckItemRequest, RedirectItemRequest, RevokeMandateRequest, StartCaseRequest,
    SubmitItemRequest, SupplyCorrectionRequest, TerminateCaseRequest,
};
use contract::common::Role;
use contract::directory::Staff;
use testkit::Size;
use tonic::Code;

use crate::life::ask;
use crate::zone::{Zone, get, item, matter, metadata_of, person, procedure, refused};

testkit::on_both_sizes!(
    open_case_refuses_an_enterprise_that_is_not_known,
    a_case_that_the_caller_may_not_know_of_is_not_there,
    sign_mandate_refuses_what_the_procedure_leaves_to_the_enterprise,
    an_agent_without_a_mandate_or_outside_it_does_nothing,
    issue_item_refuses_a_certificate_number_used_twice,
    two_departments_do_not_answer_one_item_at_once,
    what_the_state_forbids_says_what_would_do,
    redirect_item_refuses_a_department_that_there_is_none_of,
    whoever_may_not_is_told_who_may,
    how_a_case_stands_comes_before_whether_what_is_named_is_fit,
);

/// Shows: agency refuses ENTERPRISE_NOT_FOUND
async fn open_case_refuses_an_enterprise_that_is_not_known(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.published(procedure(vec![matter("a", &[])])).await?;
    let open = OpenCaseRequest { enterprise: "enterprises/P-none".to_owned(), ..zone.opening() };
    refused!(
        zone.by("agent").open_case(open),
        Code::NotFound,
        "agency.whistle ENTERPRISE_NOT_FOUND"
    );
    zone.world.end().await
}

/// Shows: agency refuses CASE_NOT_FOUND; agency refuses ITEM_NOT_FOUND
async fn a_case_that_the_caller_may_not_know_of_is_not_there(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.mandated(procedure(vec![matter("a", &[])])).await?;
    let not_found = (Code::NotFound, "agency.whistle CASE_NOT_FOUND");
    refused!(zone.by("other-handler").get_case(get(&case.name)), not_found.0, not_found.1);
    let start =
        StartCaseRequest { case: case.name.clone(), request_id: zone.id(), ..<_>::default() };
    refused!(zone.by("another-agent").start_case(start), not_found.0, not_found.1);
    let (item, request_id) = (item(&case, "none"), zone.id());
    let submit = SubmitItemRequest { item, request_id, ..<_>::default() };
    let call = || zone.by("agent");
    refused!(call().submit_item(submit), Code::NotFound, "agency.whistle ITEM_NOT_FOUND");
    zone.world.end().await
}

/// Shows: agency refuses SCOPE_UNFIT
async fn sign_mandate_refuses_what_the_procedure_leaves_to_the_enterprise(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.opened(procedure(vec![matter("a", &[])])).await?;
    let mut mandate = zone.mandate(&case);
    mandate.scope.push(Grant { item: "items/none".to_owned(), acts: vec![1] });
    refused!(
        zone.by("handler").sign_mandate(mandate),
        Code::InvalidArgument,
        "agency.whistle SCOPE_UNFIT"
    );
    zone.world.end().await
}

/// Shows: agency refuses MANDATE_MISSING; agency refuses OUTSIDE_MANDATE
async fn an_agent_without_a_mandate_or_outside_it_does_nothing(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let matters = vec![matter("a", &[]), matter("b", &[])];
    let case = zone.running(procedure(matters)).await?;
    let mut narrow = zone.mandate(&case);
    narrow.scope.truncate(1);
    zone.by("handler").sign_mandate(narrow).await?;
    let name = item(&case, "b");
    let submit =
        || SubmitItemRequest { item: name.clone(), request_id: zone.id(), ..<_>::default() };
    let status = refused!(
        zone.by("agent").submit_item(submit()),
        Code::PermissionDenied,
        "agency.whistle OUTSIDE_MANDATE"
    );
    assert_eq!(metadata_of(&status, "item"), "items/b");
    let (case, reason) = (case.name.clone(), "自办".to_owned());
    let revoke = RevokeMandateRequest { case, reason, request_id: zone.id(), ..<_>::default() };
    zone.by("handler").revoke_mandate(revoke).await?;
    refused!(
        zone.by("agent").submit_item(submit()),
        Code::PermissionDenied,
        "agency.whistle MANDATE_MISSING"
    );
    zone.world.end().await
}

/// Shows: agency refuses CERTIFICATE_USED
async fn issue_item_refuses_a_certificate_number_used_twice(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let flow = || procedure(vec![matter("a", &[])]);
    for reason in ["", "agency.whistle CERTIFICATE_USED"] {
        let case = zone.running(flow()).await?;
        let case = zone.accepted(&case, "a").await?;
        let issue = IssueItemRequest {
            item: item(&case, "a"),
            certificate: "建字第3号".to_owned(),
            etag: case.etag.clone(),
            request_id: zone.id(),
            validate_only: false,
        };
        if reason.is_empty() {
            zone.by("D02-11").issue_item(issue).await?;
        } else {
            refused!(zone.by("D02-11").issue_item(issue), Code::AlreadyExists, reason);
        }
    }
    zone.world.end().await
}

async fn two_departments_do_not_answer_one_item_at_once(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(procedure(vec![matter("a", &[])])).await?;
    let case = zone.submitted(&case, "a").await?;
    let first = zone.accept(&case, "a");
    let second = zone.accept(&case, "a");
    zone.by("D02-11").accept_item(first).await?;
    // Whoever comes second is told what the item is now.
    refused!(
        zone.by("D02-11").accept_item(second),
        Code::FailedPrecondition,
        "agency.whistle ITEM_FORBIDS"
    );
    let elsewhere = zone.accept(&case, "a");
    let status = zone.by("D03-11").accept_item(elsewhere).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound, "not of its department");
    zone.world.end().await
}

/// Shows: agency refuses STATE_FORBIDS; agency refuses ITEM_FORBIDS
async fn what_the_state_forbids_says_what_would_do(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(procedure(vec![matter("a", &[])])).await?;
    let start =
        StartCaseRequest { case: case.name.clone(), request_id: zone.id(), ..<_>::default() };
    let forbids = (Code::FailedPrecondition, "agency.whistle STATE_FORBIDS");
    let status = refused!(zone.by("agent").start_case(start), forbids.0, forbids.1);
    assert_eq!(
        metadata_of(&status, "allowed"),
        "ADD_MATERIAL PROMISE_MATERIAL RECORD_LAND_ACQUIRED SUSPEND HAND_OVER TERMINATE DELIVER",
        "what an agent may ask for, and nothing that comes by itself"
    );
    let supply =
        SupplyCorrectionRequest { item: item(&case, "a"), request_id: zone.id(), ..<_>::default() };
    let forbids = (Code::FailedPrecondition, "agency.whistle ITEM_FORBIDS");
    let status = refused!(zone.by("agent").supply_correction(supply), forbids.0, forbids.1);
    assert_eq!(metadata_of(&status, "allowed"), "SUBMIT", "to withdraw is the enterprise's");
    let case = zone.submitted(&case, "a").await?;
    let recheck = RecheckItemRequest {
        item: item(&case, "a"),
        reason: "复核".to_owned(),
        etag: case.etag.clone(),
        request_id: zone.id(),
        ..<_>::default()
    };
    refused!(zone.by("D02-11").recheck_item(recheck), forbids.0, forbids.1);
    zone.world.end().await
}

/// Shows: agency refuses DEPARTMENT_NOT_FOUND
async fn redirect_item_refuses_a_department_that_there_is_none_of(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(procedure(vec![matter("a", &[])])).await?;
    let redirect = RedirectItemRequest {
        item: item(&case, "a"),
        department: "departments/D99".to_owned(),
        reason: "职责所在".to_owned(),
        request_id: zone.id(),
        ..<_>::default()
    };
    refused!(
        zone.by("D01-11").redirect_item(redirect),
        Code::NotFound,
        "agency.whistle DEPARTMENT_NOT_FOUND"
    );
    zone.world.end().await
}

/// Shows: common refuses ROLE_FORBIDS
async fn whoever_may_not_is_told_who_may(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let elsewhere = Matter { department: "departments/D03".to_owned(), ..matter("b", &[]) };
    let case = zone.running(procedure(vec![matter("a", &[]), elsewhere])).await?;
    let case = zone.submitted(&case, "a").await?;
    let case = zone.submitted(&case, "b").await?;
    let forbids = (Code::PermissionDenied, "whistle ROLE_FORBIDS");
    let accept = zone.accept(&case, "a");
    let status = refused!(zone.by("D03-11").accept_item(accept), forbids.0, forbids.1);
    assert_eq!(metadata_of(&status, "roles"), "LEAD");
    assert!(metadata_of(&status, "method").ends_with("/AcceptItem"));
    zone.world.end().await
}

async fn how_a_case_stands_comes_before_whether_what_is_named_is_fit(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let flow = || procedure(vec![matter("a", &[])]);
    let case = zone.running(flow()).await?;
    let case = zone.accepted(&case, "a").await?;
    let issue = |case: &Case| IssueItemRequest {
        item: item(case, "a"),
        certificate: "建字第3号".to_owned(),
        etag: case.etag.clone(),
        request_id: zone.id(),
        validate_only: false,
    };
    zone.by("D02-11").issue_item(issue(&case)).await?;
    let other = zone.running(flow()).await?;
    let other = zone.submitted(&other, "a").await?;
    let forbids = (Code::FailedPrecondition, "agency.whistle ITEM_FORBIDS");
    refused!(zone.by("D02-11").issue_item(issue(&other)), forbids.0, forbids.1);

    let over = zone.opened(flow()).await?;
    let (name, why) = (over.name.clone(), "不再办理".to_owned());
    ask!(zone, "handler", terminate_case, TerminateCaseRequest { case: name, reason: why });
    zone.staff(Staff { active: false, ..person("agent", &[Role::Agent]) }).await?;
    let forbids = (Code::FailedPrecondition, "agency.whistle STATE_FORBIDS");
    refused!(zone.by("handler").sign_mandate(zone.mandate(&over)), forbids.0, forbids.1);
    let hand_over = HandOverCaseRequest {
        case: over.name.clone(),
        agent: "persons/nobody".to_owned(),
        reason: "离岗".to_owned(),
        request_id: zone.id(),
        ..<_>::default()
    };
    refused!(zone.by("D01-11").hand_over_case(hand_over), forbids.0, forbids.1);
    zone.world.end().await
}
