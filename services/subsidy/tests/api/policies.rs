//! Policies over the real server: drafted, filed, published, opened, closed; who may see and do what.

use anyhow::{Context as _, Result};
use contract::common::Date;
use contract::common::fact_value::Kind;
use contract::subsidy::{
    ClosePolicyRequest, FilePolicyRequest, FlawKind, GetPolicyRequest, ListPoliciesRequest,
    MatchPoliciesRequest, OpenPolicyRequest, PolicyOpened, PolicyPublished, PolicyState,
    PreviewPolicyRequest, PublishPolicyRequest, RepealPolicyRequest,
};
use testkit::Size;
use tonic::Code;

use crate::zone::{
    BUDGET, OURS, POLICY, THEIRS, Zone, criterion, enterprise, metadata_of, policy, refused, stated,
};

testkit::on_both_sizes!(
    a_policy_is_data_and_opens_with_its_budget,
    draft_policy_says_what_would_keep_it_from_being_filed,
    file_policy_refuses_what_cannot_be_evaluated_with_its_place,
    only_the_department_that_owns_a_policy_moves_it,
    a_draft_is_for_who_may_see_drafts,
    match_policies_says_each_failing_criterion_and_both_values,
    preview_policy_says_who_and_how_much,
    a_policy_out_of_its_validity_is_not_opened,
    close_and_repeal_end_a_policy,
);

async fn a_policy_is_data_and_opens_with_its_budget(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let opened = zone.opened(policy()).await?;
    let standing = opened.standing.context("an edition")?;
    assert_eq!((standing.state(), standing.version.context("it")?.number), (PolicyState::Open, 1));
    let line = zone.policy().await?.budgets.remove(0);
    assert_eq!(
        (line.name.as_str(), line.budget_fen, line.free_fen),
        (BUDGET, 20_000_000, 20_000_000)
    );
    let published = zone.facts::<PolicyPublished>().await?;
    assert_eq!(published[0].version.clone().context("it")?.title, policy().title);
    assert_eq!(zone.facts::<PolicyOpened>().await?.len(), 1);
    // A next version is prepared beside the one that stands.
    let drafted = zone.drafted(policy()).await?;
    assert_eq!(drafted.next.context("it")?.version.context("it")?.number, 2);
    let asked = GetPolicyRequest { policy: POLICY.to_owned(), version: 1 };
    let seen = zone.policies("handler").get_policy(asked).await?.into_inner();
    assert_eq!(seen.version.context("it")?.number, 1);
    assert!(seen.policy.context("it")?.next.is_none(), "a draft is not for everybody");
    let listed = zone.policies("handler").list_policies(ListPoliciesRequest::default()).await?;
    assert_eq!(listed.into_inner().policies.len(), 1);
    zone.world.end().await
}

/// Shows: subsidy refuses POLICY_FLAWED
async fn draft_policy_says_what_would_keep_it_from_being_filed(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let mut flawed = policy();
    flawed.criteria.push(criterion("taste", "口味", "enterprise.taste == 1", "好"));
    flawed.criteria.push(criterion("number", "数字", "1 + 1", "真"));
    let drafted = zone.policies("lead").draft_policy(zone.draft(flawed)).await?.into_inner();
    let kinds: Vec<FlawKind> = drafted.flaws.iter().map(|flaw| flaw.kind()).collect();
    assert_eq!(kinds, [FlawKind::UnknownField, FlawKind::NotBoolean], "{:?}", drafted.flaws);
    assert_eq!(drafted.flaws[0].field, "criteria[3].expression");
    assert_eq!((drafted.flaws[0].line, drafted.flaws[0].column), (1, 1));
    let asked = FilePolicyRequest {
        policy: POLICY.to_owned(),
        etag: drafted.policy.context("a policy")?.etag,
        request_id: zone.id(),
        ..FilePolicyRequest::default()
    };
    let status = refused!(
        zone.policies("lead").file_policy(asked),
        Code::FailedPrecondition,
        "subsidy.whistle POLICY_FLAWED"
    );
    assert_eq!(metadata_of(&status, "flaw"), "UNKNOWN_FIELD");
    assert_eq!(metadata_of(&status, "place"), "1:1");
    zone.world.end().await
}

async fn file_policy_refuses_what_cannot_be_evaluated_with_its_place(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    for expression in
        ["enterprise.size ==", "claim.absent > 0", "enterprise.size > 3", "claim.interest_fen"]
    {
        let mut flawed = policy();
        flawed.criteria = vec![criterion("one", "条件", expression, "成立")];
        let drafted = zone.policies("lead").draft_policy(zone.draft(flawed)).await?.into_inner();
        assert_eq!(drafted.flaws.len(), 1, "{expression}: {:?}", drafted.flaws);
        assert!(0 < drafted.flaws[0].line, "{expression}");
    }
    // Longer than an expression may be: it is not even kept.
    let mut long = policy();
    let endless = "true && ".repeat(1_000_000 / 8);
    long.criteria = vec![criterion("one", "条件", &format!("{endless}true"), "成立")];
    refused!(
        zone.policies("lead").draft_policy(zone.draft(long)),
        Code::InvalidArgument,
        "whistle FIELD_INVALID"
    );
    zone.world.end().await
}

/// Shows: subsidy refuses POLICY_NOT_FOUND; subsidy refuses POLICY_STATE_FORBIDS
async fn only_the_department_that_owns_a_policy_moves_it(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let filed = zone.filed(policy()).await?;
    let publish = |request_id: String| PublishPolicyRequest {
        policy: POLICY.to_owned(),
        etag: filed.etag.clone(),
        request_id,
        ..PublishPolicyRequest::default()
    };
    // A lead of another department does not even know of a draft.
    refused!(
        zone.policies("elsewhere").publish_policy(publish(zone.id())),
        Code::NotFound,
        "subsidy.whistle POLICY_NOT_FOUND"
    );
    let role = zone.policies("reviewer").publish_policy(publish(zone.id())).await.unwrap_err();
    assert_eq!(role.code(), Code::PermissionDenied);
    let open = OpenPolicyRequest {
        policy: POLICY.to_owned(),
        etag: filed.etag.clone(),
        request_id: zone.id(),
        ..OpenPolicyRequest::default()
    };
    let status = refused!(
        zone.policies("lead").open_policy(open),
        Code::FailedPrecondition,
        "subsidy.whistle POLICY_STATE_FORBIDS"
    );
    assert!(metadata_of(&status, "allowed").contains("PUBLISH"));
    let stale = PublishPolicyRequest { etag: "stale".to_owned(), ..publish(zone.id()) };
    refused!(zone.policies("lead").publish_policy(stale), Code::Aborted, "whistle STALE_ETAG");
    // What is only checked does not become true; then it does, under the same id.
    let tried = PublishPolicyRequest { validate_only: true, ..publish(zone.id()) };
    zone.policies("lead").publish_policy(tried.clone()).await?;
    assert_eq!(zone.policy().await?.standing.context("it")?.state(), PolicyState::Filed);
    let done = PublishPolicyRequest { validate_only: false, ..tried };
    zone.policies("lead").publish_policy(done).await?;
    assert_eq!(zone.policy().await?.standing.context("it")?.state(), PolicyState::Published);
    zone.world.end().await
}

async fn a_draft_is_for_who_may_see_drafts(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.drafted(policy()).await?;
    let asked = || GetPolicyRequest { policy: POLICY.to_owned(), version: 0 };
    for code in ["lead", "checker", "finance-maker", "auditor", "admin"] {
        zone.policies(code).get_policy(asked()).await.context(code)?;
    }
    for code in ["handler", "elsewhere", "dispatcher", "zone-leader"] {
        refused!(
            zone.policies(code).get_policy(asked()),
            Code::NotFound,
            "subsidy.whistle POLICY_NOT_FOUND"
        );
        let listed = zone.policies(code).list_policies(ListPoliciesRequest::default()).await?;
        assert!(listed.into_inner().policies.is_empty(), "{code}");
    }
    zone.world.end().await
}

/// Shows: subsidy refuses ENTERPRISE_NOT_FOUND
async fn match_policies_says_each_failing_criterion_and_both_values(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.opened(policy()).await?;
    zone.enterprise(enterprise(OURS, crate::zone::OUR_TITLE, "persons/handler", "失信")).await?;
    let asked = MatchPoliciesRequest {
        enterprise: OURS.to_owned(),
        claim: vec![stated("interest_fen", Kind::Number(100))],
        ..MatchPoliciesRequest::default()
    };
    let found = zone.policies("handler").match_policies(asked.clone()).await?.into_inner();
    let found = &found.matches[0];
    assert!(!found.eligible);
    let codes: Vec<&str> = found.failing.iter().map(|failing| failing.criterion.as_str()).collect();
    assert_eq!(codes, ["credit", "interest"]);
    assert!(found.failing[0].text.contains("失信"), "{}", found.failing[0].text);
    assert!(found.failing[0].text.contains("无失信记录"), "{}", found.failing[0].text);
    let theirs = MatchPoliciesRequest { enterprise: THEIRS.to_owned(), ..asked };
    refused!(
        zone.policies("handler").match_policies(theirs.clone()),
        Code::NotFound,
        "subsidy.whistle ENTERPRISE_NOT_FOUND"
    );
    let envoy = zone.policies("envoy").match_policies(theirs).await?.into_inner();
    assert_eq!(envoy.matches.len(), 1, "an envoy asks for whom they look after");
    zone.world.end().await
}

/// Shows: subsidy refuses NOT_OWNER
async fn preview_policy_says_who_and_how_much(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let mut flat = policy();
    flat.criteria.truncate(2);
    flat.claim_fields.clear();
    flat.mode = contract::subsidy::Mode::NoApplication.into();
    flat.amount = Some(contract::subsidy::Amount {
        formula: Some(contract::subsidy::amount::Formula::Flat(contract::subsidy::FlatAmount {
            amount_fen: 15_000_000,
        })),
    });
    zone.drafted(flat).await?;
    let asked = || PreviewPolicyRequest { policy: POLICY.to_owned(), ..<_>::default() };
    let seen = zone.policies("lead").preview_policy(asked()).await?.into_inner();
    assert_eq!((seen.enterprises, seen.eligible, seen.amount_fen), (2, 2, 30_000_000));
    assert_eq!(seen.lacking_fen, 10_000_000, "20 of 30 are budgeted");
    let first = PreviewPolicyRequest { page_size: 1, ..asked() };
    let page = zone.policies("lead").preview_policy(first.clone()).await?.into_inner();
    assert_eq!((page.matches.len(), page.enterprises), (1, 2));
    let next = PreviewPolicyRequest { page_token: page.next_page_token, ..first };
    let page = zone.policies("lead").preview_policy(next).await?.into_inner();
    assert_eq!((page.matches.len(), page.next_page_token.as_str()), (1, ""));
    let forged = PreviewPolicyRequest { page_token: "forged".to_owned(), ..asked() };
    refused!(
        zone.policies("lead").preview_policy(forged),
        Code::InvalidArgument,
        "whistle PAGE_TOKEN_INVALID"
    );
    zone.world.end().await
}

/// Shows: subsidy refuses OUTSIDE_VALIDITY
async fn a_policy_out_of_its_validity_is_not_opened(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let mut past = policy();
    past.valid_until_date = Some(Date { year: 2026, month: 3, day: 3 });
    let filed = zone.filed(past).await?;
    let publish = PublishPolicyRequest {
        policy: POLICY.to_owned(),
        etag: filed.etag,
        request_id: zone.id(),
        ..PublishPolicyRequest::default()
    };
    refused!(
        zone.policies("lead").publish_policy(publish),
        Code::FailedPrecondition,
        "subsidy.whistle OUTSIDE_VALIDITY"
    );
    zone.world.end().await
}

async fn close_and_repeal_end_a_policy(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let opened = zone.opened(policy()).await?;
    let close = ClosePolicyRequest {
        policy: POLICY.to_owned(),
        reason: "额度用完".to_owned(),
        etag: opened.etag,
        request_id: zone.id(),
        ..ClosePolicyRequest::default()
    };
    let closed = zone.policies("lead").close_policy(close).await?.into_inner();
    let closed = closed.policy.context("a policy")?;
    assert_eq!(closed.standing.context("it")?.state(), PolicyState::Closed);
    let asked = zone.application(4_972_841);
    refused!(
        zone.applications("handler").apply(asked),
        Code::FailedPrecondition,
        "subsidy.whistle POLICY_NOT_OPEN"
    );
    let repeal = RepealPolicyRequest {
        policy: POLICY.to_owned(),
        reason: "示开管〔2026〕9号废止".to_owned(),
        etag: closed.etag,
        request_id: zone.id(),
        ..RepealPolicyRequest::default()
    };
    let repealed = zone.policies("lead").repeal_policy(repeal).await?.into_inner();
    let standing = repealed.policy.context("a policy")?.standing.context("it")?;
    assert_eq!(standing.state(), PolicyState::Repealed);
    zone.world.end().await
}
