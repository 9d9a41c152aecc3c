//! Every way in which an application is refused at the door, each by its name.

use anyhow::{Context as _, Result};
use contract::common::fact_value::Kind;
use contract::subsidy::{ApplicationState, ApplyRequest, PayeeAccount};
use testkit::Size;
use tonic::Code;

use crate::zone::{
    NUMBER, OUR_TITLE, OURS, THEIRS, Zone, account, enterprise, metadata_of, policy, refused,
    stated,
};

testkit::on_both_sizes!(
    apply_refuses_what_is_not_stated_or_not_asked_for,
    apply_refuses_who_is_not_eligible_by_name,
    apply_refuses_the_same_twice_in_a_year,
    apply_refuses_another_enterprises_account,
    the_same_request_is_one_application,
    the_same_person_does_not_review_twice,
    a_review_never_raises_and_lowers_with_a_reason,
);

/// Shows: subsidy refuses CLAIM_INVALID; subsidy refuses POLICY_NOT_FOUND
async fn apply_refuses_what_is_not_stated_or_not_asked_for(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.opened(policy()).await?;
    let with = |claim| ApplyRequest { claim, ..zone.application(0) };
    for claim in [
        vec![],
        vec![stated("interest_fen", Kind::Text("多".to_owned()))],
        vec![stated("interest_fen", Kind::Number(-1))],
        vec![stated("interest_fen", Kind::Number(600_000)), stated("taste", Kind::Flag(true))],
    ] {
        refused!(
            zone.applications("handler").apply(with(claim)),
            Code::InvalidArgument,
            "subsidy.whistle CLAIM_INVALID"
        );
    }
    let twice = vec![
        stated("interest_fen", Kind::Number(600_000)),
        stated("interest_fen", Kind::Number(600_000)),
    ];
    refused!(
        zone.applications("handler").apply(with(twice)),
        Code::InvalidArgument,
        "whistle FIELD_INVALID"
    );
    let none = ApplyRequest { policy: "policies/P99".to_owned(), ..zone.application(600_000) };
    refused!(
        zone.applications("handler").apply(none),
        Code::NotFound,
        "subsidy.whistle POLICY_NOT_FOUND"
    );
    let theirs = ApplyRequest { enterprise: THEIRS.to_owned(), ..zone.application(600_000) };
    refused!(
        zone.applications("handler").apply(theirs),
        Code::NotFound,
        "subsidy.whistle ENTERPRISE_NOT_FOUND"
    );
    zone.world.end().await
}

/// Shows: subsidy refuses NOT_ELIGIBLE; subsidy refuses CREDIT_RECORD
async fn apply_refuses_who_is_not_eligible_by_name(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.opened(policy()).await?;
    let status = refused!(
        zone.applications("handler").apply(zone.application(499_999)),
        Code::FailedPrecondition,
        "subsidy.whistle NOT_ELIGIBLE"
    );
    assert!(metadata_of(&status, "criteria").contains("interest"), "{status:?}");
    zone.enterprise(enterprise(OURS, OUR_TITLE, "persons/handler", "失信")).await?;
    refused!(
        zone.applications("handler").apply(zone.application(4_972_841)),
        Code::FailedPrecondition,
        "subsidy.whistle CREDIT_RECORD"
    );
    zone.world.end().await
}

/// Shows: subsidy refuses DUPLICATE_CLAIM
async fn apply_refuses_the_same_twice_in_a_year(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.opened(policy()).await?;
    zone.applied(4_972_841).await?;
    refused!(
        zone.applications("handler").apply(zone.application(600_000)),
        Code::AlreadyExists,
        "subsidy.whistle DUPLICATE_CLAIM"
    );
    zone.world.end().await
}

/// Shows: subsidy refuses ACCOUNT_UNFIT; subsidy refuses ACCOUNT_NOT_THEIRS
async fn apply_refuses_another_enterprises_account(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.opened(policy()).await?;
    let with =
        |payee: PayeeAccount| ApplyRequest { payee: Some(payee), ..zone.application(600_000) };
    refused!(
        zone.applications("handler").apply(with(account("示范市另一家有限公司", NUMBER))),
        Code::FailedPrecondition,
        "subsidy.whistle ACCOUNT_NOT_THEIRS"
    );
    for bad in [
        account(OUR_TITLE, "12"),
        PayeeAccount { bank_code: "99".to_owned(), ..account(OUR_TITLE, NUMBER) },
    ] {
        refused!(
            zone.applications("handler").apply(with(bad)),
            Code::InvalidArgument,
            "subsidy.whistle ACCOUNT_UNFIT"
        );
    }
    zone.world.end().await
}

async fn the_same_request_is_one_application(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.opened(policy()).await?;
    let asked = zone.application(4_972_841);
    let first = zone.applications("handler").apply(asked.clone()).await?;
    let again = zone.applications("handler").apply(asked.clone()).await?;
    assert_eq!(again.metadata().get("whistle-replayed").context("it")?, "true");
    let first = first.into_inner().application.context("it")?;
    assert_eq!(first.name, again.into_inner().application.context("it")?.name);
    let other =
        ApplyRequest { claim: vec![stated("interest_fen", Kind::Number(600_000))], ..asked };
    refused!(
        zone.applications("handler").apply(other),
        Code::AlreadyExists,
        "whistle REQUEST_ID_REUSED"
    );
    zone.world.end().await
}

/// Shows: subsidy refuses SAME_PERSON
async fn the_same_person_does_not_review_twice(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let mut own = policy();
    // The department pays its own policy: one person could hold both roles there.
    own.shares[0].payer = "departments/D02".to_owned();
    own.budgets[0].payer = "departments/D02".to_owned();
    let staff = contract::directory::Staff {
        name: "persons/both-reviews".to_owned(),
        title: "兼任".to_owned(),
        department: "departments/D02".to_owned(),
        roles: vec![
            contract::common::Role::Reviewer.into(),
            contract::common::Role::SecondReviewer.into(),
        ],
        active: true,
        ..Default::default()
    };
    let told = contract::directory::StaffChanged { staff: Some(staff) };
    zone.know("persons/both-reviews", &told).await?;
    zone.opened(own).await?;
    let kept = zone.accepted(4_972_841).await?;
    let review = zone.review(&kept, kept.computed_fen);
    let kept = zone.applications("both-reviews").review_application(review).await?.into_inner();
    let kept = kept.application.context("it")?;
    refused!(
        zone.applications("both-reviews").second_review_application(zone.second(&kept)),
        Code::PermissionDenied,
        "subsidy.whistle SAME_PERSON"
    );
    zone.world.end().await
}

/// Shows: subsidy refuses AMOUNT_RAISED; subsidy refuses LOWERING_UNEXPLAINED
async fn a_review_never_raises_and_lowers_with_a_reason(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.opened(policy()).await?;
    let kept = zone.accepted(4_972_841).await?;
    refused!(
        zone.applications("reviewer").review_application(zone.review(&kept, kept.computed_fen + 1)),
        Code::FailedPrecondition,
        "subsidy.whistle AMOUNT_RAISED"
    );
    let mut lower = zone.review(&kept, 1_000_000);
    refused!(
        zone.applications("reviewer").review_application(lower.clone()),
        Code::InvalidArgument,
        "subsidy.whistle LOWERING_UNEXPLAINED"
    );
    lower.lowered_because = "部分利息超出贴息期".to_owned();
    lower.request_id = zone.id();
    let lowered = zone.applications("reviewer").review_application(lower).await?.into_inner();
    let lowered = lowered.application.context("it")?;
    assert_eq!((lowered.state(), lowered.amount_fen), (ApplicationState::Reviewed, 1_000_000));
    zone.world.end().await
}
