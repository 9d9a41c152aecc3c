//! 容缺 and 承诺可开工: opinions before everything is there, formal permits after.

use anyhow::{Context as _, Result};
use contract::agency::{
    Case, ConvertItemRequest, ItemState, Matter, PreIssueItemRequest, Procedure, Profile,
    PromiseMaterialRequest, RecordLandAcquiredRequest, SignCommitmentRequest, VoidItemRequest,
};
use testkit::Size;
use tonic::Code;

use crate::life::ask;
use crate::zone::{Zone, item, matter, metadata_of, need, procedure, refused, state};

testkit::on_both_sizes!(
    an_opinion_before_the_land_is_made_formal_after_it,
    void_item_voids_an_opinion,
    a_project_on_the_negative_list_may_not_start_on_commitment,
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
