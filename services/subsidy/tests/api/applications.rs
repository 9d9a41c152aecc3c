//! Applications over the real server: filed, matched, supplemented, reviewed by two people, announced,
//! objected to, withdrawn.

use anyhow::{Context as _, Result};
use contract::common::fact_value::Kind;
use contract::subsidy::{
    ApplicationState, ApproveApplicationRequest, ConfirmAccountRequest, ConfirmMatchRequest,
    DecideObjectionRequest, GetApplicationRequest, Lack, ListApplicationsRequest,
    MatchApplicantsRequest, Mode, Notice, NoticeMode, RaiseObjectionRequest, RecordRead,
    RedirectApplicationRequest, RejectApplicationRequest, ReturnForSupplementRequest,
    StartNoticeRequest, SupplementApplicationRequest, WithdrawApplicationRequest,
};
use testkit::Size;
use tonic::Code;

use crate::zone::{NUMBER, OUR_TITLE, OURS, POLICY, Zone, account, get, policy, refused, stated};

testkit::on_both_sizes!(
    an_enterprise_is_matched_and_confirms,
    what_is_missing_is_told_once_and_supplied,
    a_notice_runs_its_days_and_an_objection_holds_up_its_own_entry,
    above_the_threshold_a_zone_leader_approves_with_minutes,
    what_the_budget_cannot_pay_waits_and_is_woken,
    who_may_know_of_an_application_sees_it,
    an_account_is_whole_for_finance_and_auditor_and_that_is_recorded,
    withdraw_and_reject_end_an_application,
    redirect_application_needs_a_department_that_declined,
);

async fn an_enterprise_is_matched_and_confirms(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let mut free = policy();
    free.mode = Mode::NoApplication.into();
    free.criteria.truncate(2);
    free.claim_fields.clear();
    free.amount = Some(contract::subsidy::Amount {
        formula: Some(contract::subsidy::amount::Formula::Flat(contract::subsidy::FlatAmount {
            amount_fen: 8_000_000,
        })),
    });
    zone.opened(free).await?;
    let asked = MatchApplicantsRequest {
        policy: POLICY.to_owned(),
        enterprises: vec![OURS.to_owned()],
        request_id: zone.id(),
        ..MatchApplicantsRequest::default()
    };
    let found = zone.applications("checker").match_applicants(asked.clone()).await?.into_inner();
    assert_eq!(found.applications.len(), 1);
    let matched = &found.applications[0];
    assert_eq!((matched.state(), matched.computed_fen), (ApplicationState::Matched, 8_000_000));
    let again = MatchApplicantsRequest { request_id: zone.id(), ..asked };
    let found = zone.applications("checker").match_applicants(again).await?.into_inner();
    assert!(found.applications.is_empty(), "nobody is offered it twice");
    let confirm = ConfirmMatchRequest {
        application: matched.name.clone(),
        payee: Some(account(OUR_TITLE, NUMBER)),
        request_id: zone.id(),
        ..ConfirmMatchRequest::default()
    };
    let kept = zone.applications("handler").confirm_match(confirm).await?.into_inner();
    assert_eq!(kept.application.context("it")?.state(), ApplicationState::Submitted);
    zone.world.end().await
}

async fn what_is_missing_is_told_once_and_supplied(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.opened(policy()).await?;
    let kept = zone.applied(4_972_841).await?;
    let ask = |etag: String| ReturnForSupplementRequest {
        application: kept.name.clone(),
        lacks: vec![Lack { what: "利息凭证".to_owned(), why: "缺银行盖章".to_owned() }],
        etag,
        request_id: zone.id(),
    };
    let asked = zone.applications("checker").return_for_supplement(ask(kept.etag.clone())).await?;
    let asked = asked.into_inner().application.context("it")?;
    assert_eq!(asked.state(), ApplicationState::SupplementDue);
    let supply = SupplementApplicationRequest {
        application: kept.name.clone(),
        claim: vec![stated("interest_fen", Kind::Number(5_000_000))],
        request_id: zone.id(),
        ..SupplementApplicationRequest::default()
    };
    let supplied = zone.applications("handler").supplement_application(supply).await?;
    let supplied = supplied.into_inner().application.context("it")?;
    assert_eq!(supplied.state(), ApplicationState::Resubmitted);
    assert_eq!(supplied.computed_fen, 2_000_000);
    let status =
        zone.applications("checker").return_for_supplement(ask(supplied.etag)).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition, "once: {status:?}");
    zone.world.end().await
}

/// Shows: subsidy refuses NOTICE_RUNS; subsidy refuses OBJECTION_OPEN
async fn a_notice_runs_its_days_and_an_objection_holds_up_its_own_entry(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let mut announced = policy();
    announced.notice = Some(Notice { mode: NoticeMode::BeforePayment.into(), working_days: 5 });
    zone.opened(announced).await?;
    let kept = zone.approved(4_972_841).await?;
    assert_eq!(kept.state(), ApplicationState::OnNotice);
    let start = StartNoticeRequest {
        policy: POLICY.to_owned(),
        applications: vec![kept.name.clone()],
        place: "管委会官网".to_owned(),
        request_id: zone.id(),
        ..StartNoticeRequest::default()
    };
    let started = zone.applications("checker").start_notice(start).await?.into_inner();
    assert_eq!(started.list_sha256.len(), 64);
    let approve = |etag: String| ApproveApplicationRequest {
        application: kept.name.clone(),
        etag,
        request_id: zone.id(),
        ..ApproveApplicationRequest::default()
    };
    let seen = zone.see(&kept).await?;
    refused!(
        zone.applications("second").approve_application(approve(seen.etag)),
        Code::FailedPrecondition,
        "subsidy.whistle NOTICE_RUNS"
    );
    let raise = RaiseObjectionRequest {
        application: kept.name.clone(),
        text: "利息凭证有误".to_owned(),
        request_id: zone.id(),
    };
    let raised = zone.applications("other-handler").raise_objection(raise).await?.into_inner();
    assert_eq!(raised.objection, 1);
    zone.world.advance_to("2026-03-12T09:00:00+08:00".parse()?).await?;
    let seen = zone.see(&kept).await?;
    refused!(
        zone.applications("second").approve_application(approve(seen.etag.clone())),
        Code::FailedPrecondition,
        "subsidy.whistle OBJECTION_OPEN"
    );
    let decide = DecideObjectionRequest {
        application: kept.name.clone(),
        objection: 1,
        upheld: false,
        decision: "经核实凭证无误".to_owned(),
        etag: seen.etag,
        request_id: zone.id(),
        ..DecideObjectionRequest::default()
    };
    let decided = zone.applications("zone-leader").decide_objection(decide).await?.into_inner();
    let decided = decided.application.context("it")?;
    let approved = zone.applications("second").approve_application(approve(decided.etag)).await?;
    let approved = approved.into_inner().application.context("it")?;
    assert_eq!(approved.state(), ApplicationState::Approved);
    zone.world.end().await
}

/// Shows: subsidy refuses ABOVE_THRESHOLD; subsidy refuses MINUTES_MISSING
async fn above_the_threshold_a_zone_leader_approves_with_minutes(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let mut strict = policy();
    strict.approval_threshold_fen = 1_000_000;
    zone.opened(strict).await?;
    let kept = zone.approved(4_972_841).await?;
    assert_eq!(kept.state(), ApplicationState::Reviewed, "waits for a zone leader");
    let approve = ApproveApplicationRequest {
        application: kept.name.clone(),
        etag: kept.etag.clone(),
        request_id: zone.id(),
        ..ApproveApplicationRequest::default()
    };
    let call = |code: &str| zone.applications(code);
    refused!(
        call("second").approve_application(approve.clone()),
        Code::PermissionDenied,
        "subsidy.whistle ABOVE_THRESHOLD"
    );
    refused!(
        call("zone-leader").approve_application(approve.clone()),
        Code::InvalidArgument,
        "subsidy.whistle MINUTES_MISSING"
    );
    let minutes =
        contract::subsidy::Document { file_name: "纪要.pdf".to_owned(), sha256: "ab".repeat(32) };
    let approve = ApproveApplicationRequest {
        minutes_number: "示管纪〔2026〕3号".to_owned(),
        minutes: Some(minutes),
        request_id: zone.id(),
        ..approve
    };
    let approved = call("zone-leader").approve_application(approve).await?.into_inner();
    assert_eq!(approved.application.context("it")?.state(), ApplicationState::Approved);
    zone.world.end().await
}

async fn what_the_budget_cannot_pay_waits_and_is_woken(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let mut poor = policy();
    poor.budgets[0].amount_fen = 1_000_000;
    zone.opened(poor).await?;
    let kept = zone.approved(4_972_841).await?;
    assert_eq!(kept.state(), ApplicationState::Queued);
    let queue = ListApplicationsRequest {
        state: ApplicationState::Queued.into(),
        ..ListApplicationsRequest::default()
    };
    let queued = zone.applications("auditor").list_applications(queue).await?.into_inner();
    assert_eq!(queued.applications.len(), 1);
    crate::money::raised(&zone, 9_000_000).await?;
    zone.world.settle().await?;
    let woken = zone.see(&kept).await?;
    assert_eq!(woken.state(), ApplicationState::Reviewed, "{woken:?}");
    assert_eq!(woken.held[0].amount_fen, kept.amount_fen, "its money is set aside");
    let approve = ApproveApplicationRequest {
        application: kept.name.clone(),
        etag: woken.etag,
        request_id: zone.id(),
        ..ApproveApplicationRequest::default()
    };
    let approved = zone.applications("second").approve_application(approve).await?.into_inner();
    assert_eq!(approved.application.context("it")?.state(), ApplicationState::Approved);
    zone.world.end().await
}

/// Shows: subsidy refuses APPLICATION_NOT_FOUND
async fn who_may_know_of_an_application_sees_it(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.opened(policy()).await?;
    let kept = zone.reviewed(4_972_841).await?;
    for code in ["handler", "envoy", "checker", "second", "finance-maker", "auditor", "zone-leader"]
    {
        let seen = zone.applications(code).get_application(get(&kept.name)).await.context(code)?;
        let seen = seen.into_inner().application.context("it")?;
        let reviewer = seen.review.context("a review")?.reviewer;
        let outside = ["handler", "envoy"].contains(&code);
        assert_eq!(reviewer.is_empty(), outside, "{code}: who inside did what");
        assert_eq!(seen.payee.context("an account")?.account, "****8338", "{code}");
    }
    for code in ["other-handler", "elsewhere", "admin"] {
        refused!(
            zone.applications(code).get_application(get(&kept.name)),
            Code::NotFound,
            "subsidy.whistle APPLICATION_NOT_FOUND"
        );
        let listed =
            zone.applications(code).list_applications(ListApplicationsRequest::default()).await?;
        assert!(listed.into_inner().applications.is_empty(), "{code}");
    }
    let by_number = GetApplicationRequest { number: kept.number.clone(), ..<_>::default() };
    zone.applications("handler").get_application(by_number).await?;
    zone.world.end().await
}

/// Shows: subsidy refuses ACCOUNT_HIDDEN
async fn an_account_is_whole_for_finance_and_auditor_and_that_is_recorded(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.opened(policy()).await?;
    let kept = zone.applied(4_972_841).await?;
    let reveal = || GetApplicationRequest { reveal_account: true, ..get(&kept.name) };
    for code in ["finance-maker", "auditor"] {
        let seen = zone.applications(code).get_application(reveal()).await?.into_inner();
        let payee = seen.application.context("it")?.payee.context("an account")?;
        assert_eq!((payee.account.as_str(), payee.holder.as_str()), (NUMBER, OUR_TITLE));
    }
    let reads = zone.facts::<RecordRead>().await?;
    assert_eq!(reads.len(), 2);
    assert_eq!(
        (reads[0].subject.as_str(), reads[0].fields[0].as_str()),
        (kept.name.as_str(), "payee.account")
    );
    refused!(
        zone.applications("checker").get_application(reveal()),
        Code::PermissionDenied,
        "subsidy.whistle ACCOUNT_HIDDEN"
    );
    // The number stands nowhere in the journal.
    let entries = zone.world.house("subsidy").journal.entries(0, 10_000).await?;
    let plain = |bytes: &[u8]| bytes.windows(NUMBER.len()).any(|it| it == NUMBER.as_bytes());
    assert!(!entries.iter().any(|entry| plain(&entry.envelope)));
    zone.world.end().await
}

async fn withdraw_and_reject_end_an_application(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.opened(policy()).await?;
    let kept = zone.accepted(4_972_841).await?;
    let withdraw = WithdrawApplicationRequest {
        application: kept.name.clone(),
        reason: "另行申报".to_owned(),
        request_id: zone.id(),
        ..WithdrawApplicationRequest::default()
    };
    let ended = zone.applications("handler").withdraw_application(withdraw).await?.into_inner();
    assert_eq!(ended.application.context("it")?.state(), ApplicationState::Withdrawn);
    // Its place is free again: the same may be applied for.
    let kept = zone.applied(4_972_841).await?;
    let reject = |request_id| RejectApplicationRequest {
        application: kept.name.clone(),
        reason: "不属实".to_owned(),
        remedy: "可申请复核".to_owned(),
        etag: kept.etag.clone(),
        request_id,
        ..RejectApplicationRequest::default()
    };
    refused!(
        zone.applications("elsewhere").reject_application(reject(zone.id())),
        Code::NotFound,
        "subsidy.whistle APPLICATION_NOT_FOUND"
    );
    let ended = zone.applications("checker").reject_application(reject(zone.id())).await?;
    let ended = ended.into_inner().application.context("it")?;
    assert_eq!(ended.state(), ApplicationState::Rejected);
    assert_eq!(ended.refusal.context("why")?.reason, "NOT_ACCEPTED");
    zone.world.end().await
}

/// Shows: subsidy refuses NOT_DECLINED; subsidy refuses DEPARTMENT_NOT_FOUND
async fn redirect_application_needs_a_department_that_declined(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.opened(policy()).await?;
    let kept = zone.applied(4_972_841).await?;
    let redirect = |department: &str| RedirectApplicationRequest {
        application: kept.name.clone(),
        department: department.to_owned(),
        reason: "职责所在".to_owned(),
        request_id: zone.id(),
        ..RedirectApplicationRequest::default()
    };
    refused!(
        zone.applications("dispatcher").redirect_application(redirect("departments/D99")),
        Code::NotFound,
        "subsidy.whistle DEPARTMENT_NOT_FOUND"
    );
    refused!(
        zone.applications("dispatcher").redirect_application(redirect("departments/D03")),
        Code::FailedPrecondition,
        "subsidy.whistle NOT_DECLINED"
    );
    // A changed account of what is not reviewed twice yet re-opens nothing.
    let confirm = ConfirmAccountRequest {
        application: kept.name.clone(),
        payee: Some(account(OUR_TITLE, "6222000000000001")),
        request_id: zone.id(),
        ..ConfirmAccountRequest::default()
    };
    let confirmed = zone.payments("handler").confirm_account(confirm).await?.into_inner();
    let confirmed = confirmed.application.context("it")?;
    assert_eq!(confirmed.state(), ApplicationState::Submitted);
    assert_eq!(confirmed.payee.context("it")?.account, "****0001");
    zone.world.end().await
}
