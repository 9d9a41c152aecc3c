//! 容缺 and 承诺可开工: opinions before everything is there, formal permits after.

use anyhow::{Context as _, Result};
use contract::agency::{
    Case, CaseLimitMissed, CommitmentSigned, ConvertItemRequest, ItemState, ListCaseHistoryRequest,
    Matter, PreIssueItemRequest, Procedure, Profile, PromiseMaterialRequest,
    RecordLandAcquiredRequest, SignCommitmentRequest, VoidItemRequest,
};
use testkit::Size;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::life::ask;
use crate::zone::{Zone, item, matter, metadata_of, need, procedure, refused, state};

testkit::on_both_sizes!(
    an_opinion_before_the_land_is_made_formal_after_it,
    void_item_voids_an_opinion,
    a_project_on_the_negative_list_may_not_start_on_commitment,
    without_land_in_time_what_needs_it_goes_back,
    a_promise_broken_under_review_rings_and_is_made_good_late,
);

/// Promises the deferrable material of a case.
pub(crate) async fn promised(zone: &Zone, case: &Case) -> Result<Case> {
    let promise = PromiseMaterialRequest {
        case: case.name.clone(),
        material: "materials/later".to_owned(),
        until_time: zone.in_days(20),
        etag: String::new(),
        request_id: zone.id(),
    };
    let response = zone.by("agent").promise_material(promise).await?;
    response.into_inner().case.context("a case")
}

fn on_commitment() -> Procedure {
    let needing = Matter { needs_land: true, for_start: true, ..matter("a", &[]) };
    Procedure { profile: Profile::StartOnCommitment.into(), ..procedure(vec![needing]) }
}

fn letter(zone: &Zone, case: &Case) -> SignCommitmentRequest {
    SignCommitmentRequest {
        case: case.name.clone(),
        traits: vec!["MINING".to_owned()],
        credit_clean: true,
        representative: "王某".to_owned(),
        letter_sha256: "cd".repeat(32),
        land_until_time: zone.in_days(30),
        etag: String::new(),
        request_id: zone.id(),
    }
}

async fn an_opinion_before_the_land_is_made_formal_after_it(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(on_commitment()).await?;
    let signed = zone.by("handler").sign_commitment(letter(&zone, &case)).await?;
    let commitment =
        signed.into_inner().case.and_then(|case| case.commitment).context("a letter")?;
    assert_eq!(commitment.representative, "王某");
    let told = zone.facts::<CommitmentSigned>().await?.remove(0).0.commitment;
    assert_eq!(told.as_ref(), Some(&commitment), "what is public is told as it is shown");
    assert_eq!((commitment.traits, commitment.credit_clean), (vec!["MINING".to_owned()], true));
    let case = zone.accepted(&case, "a").await?;
    let case = ask!(
        zone,
        "D02-11",
        pre_issue_item,
        PreIssueItemRequest {
            item: item(&case, "a"),
            etag: case.etag.clone(),
            opinion: "原则同意".to_owned(),
        }
    );
    assert_eq!((state(&case, "a"), case.start_allowed_time), (ItemState::PreIssued, None));
    let case = ask!(
        zone,
        "handler",
        record_land_acquired,
        RecordLandAcquiredRequest { case: case.name.clone() }
    );
    let case = ask!(
        zone,
        "D02-11",
        convert_item,
        ConvertItemRequest {
            item: item(&case, "a"),
            etag: case.etag.clone(),
            certificate: "建字第2号".to_owned(),
        }
    );
    assert_eq!(state(&case, "a"), ItemState::Issued);
    assert!(case.start_allowed_time.is_some(), "by formal permits alone");
    zone.world.end().await
}

async fn void_item_voids_an_opinion(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let deferrable = Matter { needs: vec![need("later", true)], ..matter("a", &[]) };
    let case = zone.running(procedure(vec![deferrable])).await?;
    promised(&zone, &case).await?;
    let case = zone.accepted(&case, "a").await?;
    let case = ask!(
        zone,
        "D02-11",
        pre_issue_item,
        PreIssueItemRequest {
            item: item(&case, "a"),
            etag: case.etag.clone(),
            opinion: "原则同意".to_owned(),
        }
    );
    let case = ask!(
        zone,
        "D02-11",
        void_item,
        VoidItemRequest {
            item: item(&case, "a"),
            etag: case.etag.clone(),
            reason: "情况变化".to_owned(),
        }
    );
    assert_eq!(state(&case, "a"), ItemState::Voided);
    zone.world.end().await
}

async fn without_land_in_time_what_needs_it_goes_back(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(on_commitment()).await?;
    let letter = SignCommitmentRequest { land_until_time: zone.in_days(3), ..letter(&zone, &case) };
    zone.by("handler").sign_commitment(letter).await?;
    let case = zone.accepted(&case, "a").await?;
    let work_order = case.items[0].work_order.clone();
    zone.world.advance_to("2026-03-07T09:00:00+08:00".parse()?).await?;
    let case = zone.see(&case).await?;
    assert!(!case.commitment.context("a letter")?.broken_reason.is_empty());
    assert_eq!(case.items[0].state(), ItemState::Blocked);
    assert!(!work_order.is_empty() && case.items[0].work_order.is_empty());
    assert!(case.due.is_some(), "as things stand it is to be delivered");
    zone.world.end().await
}

async fn a_promise_broken_under_review_rings_and_is_made_good_late(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let deferrable = Matter { needs: vec![need("later", true)], ..matter("a", &[]) };
    let case = zone.running(procedure(vec![deferrable])).await?;
    promised(&zone, &case).await?;
    let case = zone.accepted(&case, "a").await?;
    zone.world.advance_to("2026-03-25T09:00:00+08:00".parse()?).await?;
    let case = zone.see(&case).await?;
    let opinion = PreIssueItemRequest {
        item: item(&case, "a"),
        etag: case.etag.clone(),
        opinion: "原则同意".to_owned(),
        request_id: zone.id(),
        ..PreIssueItemRequest::default()
    };
    let status = refused!(
        zone.by("D02-11").pre_issue_item(opinion),
        Code::FailedPrecondition,
        "agency.whistle PROMISE_MISSING"
    );
    let told = status.get_details_localized_message().context("a text for people")?.message;
    assert!(told.contains("仍可补交"), "{told}");
    let history = ListCaseHistoryRequest { case: case.name.clone(), ..Default::default() };
    let history = zone.by("auditor").list_case_history(history).await?.into_inner().entries;
    let facts = history.iter().filter_map(|entry| entry.fact.as_ref());
    let mut missed = facts.filter_map(|fact| fact.to_msg::<CaseLimitMissed>().ok());
    let first = missed.find(|missed| missed.awaited == "materials/later").context("it rang")?;
    assert_eq!(first.told, "ENTERPRISE");
    let case = zone.see(&case).await?;
    assert_eq!(state(&case, "a"), ItemState::UnderReview);
    zone.world.end().await
}

/// Shows: agency refuses NOT_ELIGIBLE
async fn a_project_on_the_negative_list_may_not_start_on_commitment(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(on_commitment()).await?;
    let mut excluded = letter(&zone, &case);
    excluded.traits = vec!["HAZARDOUS_CHEMICALS".to_owned()];
    let status = refused!(
        zone.by("handler").sign_commitment(excluded),
        Code::FailedPrecondition,
        "agency.whistle NOT_ELIGIBLE"
    );
    assert_eq!(metadata_of(&status, "because"), "HAZARDOUS_CHEMICALS");
    let mut unknown = letter(&zone, &case);
    unknown.traits = vec!["MINING".to_owned(), "CHEMICALS".to_owned()];
    let status = refused!(
        zone.by("handler").sign_commitment(unknown),
        Code::InvalidArgument,
        "whistle FIELD_INVALID"
    );
    assert_eq!(metadata_of(&status, "field"), "traits[1]");
    zone.world.end().await
}
