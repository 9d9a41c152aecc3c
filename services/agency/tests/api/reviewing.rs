//! What departments do with an item that is no plain permit: notices, rechecks, work that is another's.

use anyhow::Result;
use contract::agency::{
    CorrectItemRequest, IssueItemRequest, ItemState, Matter, PreIssueItemRequest,
    RecheckItemRequest, RedirectItemRequest, RefuseItemRequest, SupplyCorrectionRequest,
    VoidItemRequest,
};
use contract::common::{MaterialsSupplied, WorkReopened, WorkSettled};
use contract::dispatch::WorkOrderDeclined;
use testkit::Size;
use tonic::Code;

use crate::commitment::promised;
use crate::life::ask;
use crate::materials::handed_in;
use crate::zone::{Zone, item, matter, metadata_of, need, procedure, refused, state};

testkit::on_both_sizes!(
    supply_correction_brings_what_a_notice_named,
    recheck_item_upholds_or_revokes_what_stood_on_a_voided_opinion,
    redirect_item_gives_what_was_declined_to_another_department,
    a_result_for_an_item_not_under_review_is_refused,
    who_decided_is_told_by_the_entry,
);

/// Shows: agency refuses MATERIALS_MISSING
async fn supply_correction_brings_what_a_notice_named(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let needs = vec![need("main", false), need("later", true)];
    let case = zone.running(procedure(vec![Matter { needs, ..matter("a", &[]) }])).await?;
    handed_in(&zone, "agent", &case, "main").await?;
    promised(&zone, &case).await?;
    let case = zone.submitted(&case, "a").await?;
    let named = |code: &str| vec![format!("materials/{code}")];
    let correct = |etag: &str, materials| CorrectItemRequest {
        item: item(&case, "a"),
        etag: etag.to_owned(),
        text: "图纸不全".to_owned(),
        materials,
        request_id: zone.id(),
        validate_only: false,
    };
    zone.by("D02-11").correct_item(correct(&case.etag, named("main"))).await?;
    let supply = || SupplyCorrectionRequest {
        item: item(&case, "a"),
        request_id: zone.id(),
        ..<_>::default()
    };
    let status = refused!(
        zone.by("agent").supply_correction(supply()),
        Code::FailedPrecondition,
        "agency.whistle MATERIALS_MISSING"
    );
    assert_eq!(metadata_of(&status, "materials"), "materials/main");
    handed_in(&zone, "agent", &case, "main").await?;
    let back = zone.by("agent").supply_correction(supply()).await?.into_inner().case.unwrap();
    assert_eq!(state(&back, "a"), ItemState::Submitted);
    let supplied = zone.facts::<MaterialsSupplied>().await?;
    let [(supplied, who)] = supplied.as_slice() else { panic!("{supplied:?}") };
    assert_eq!((&supplied.work_order, who.as_str()), (&back.items[0].work_order, "persons/agent"));

    // A second notice may name the same again; what is new in it counts against the department.
    zone.by("D02-11").correct_item(correct(&back.etag, named("later"))).await?;
    let seen = zone.see(&case).await?;
    let against: Vec<_> = seen.items[0].notices.iter().map(|of| of.against_department).collect();
    assert_eq!(against, [false, true]);
    zone.world.end().await
}

/// Shows: agency refuses NOT_AWAITED
async fn recheck_item_upholds_or_revokes_what_stood_on_a_voided_opinion(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let first = Matter { needs: vec![need("later", true)], ..matter("a", &[]) };
    let on_it = |code: &str| Matter { on_opinion: true, ..matter(code, &["a"]) };
    let case = zone.running(procedure(vec![first, on_it("b"), on_it("c")])).await?;
    promised(&zone, &case).await?;
    let mut case = zone.accepted(&case, "a").await?;
    case = ask!(
        zone,
        "D02-11",
        pre_issue_item,
        PreIssueItemRequest {
            item: item(&case, "a"),
            etag: case.etag.clone(),
            opinion: "原则同意".to_owned(),
        }
    );
    for code in ["b", "c"] {
        case = zone.accepted(&case, code).await?;
        case = ask!(
            zone,
            "D02-11",
            issue_item,
            IssueItemRequest {
                item: item(&case, code),
                etag: case.etag.clone(),
                certificate: format!("建字第{code}号"),
            }
        );
    }
    let recheck = |code: &str, upheld, etag: &str| RecheckItemRequest {
        item: item(&case, code),
        upheld,
        reason: "经复核".to_owned(),
        etag: etag.to_owned(),
        request_id: zone.id(),
        validate_only: false,
    };
    refused!(
        zone.by("D02-11").recheck_item(recheck("b", true, &case.etag)),
        Code::FailedPrecondition,
        "agency.whistle NOT_AWAITED"
    );
    let void = VoidItemRequest {
        item: item(&case, "a"),
        etag: case.etag.clone(),
        reason: "情况变化".to_owned(),
        request_id: zone.id(),
        validate_only: false,
    };
    let void = zone.by("D02-11").void_item(void).await?.into_inner().case.unwrap();
    let states = [state(&void, "a"), state(&void, "b"), state(&void, "c")];
    assert_eq!(states, [ItemState::Voided, ItemState::Issued, ItemState::Issued]);
    let upheld = zone.by("D02-11").recheck_item(recheck("b", true, &void.etag)).await?;
    let upheld = upheld.into_inner().case.unwrap();
    let revoked = zone.by("D02-12").recheck_item(recheck("c", false, &upheld.etag)).await?;
    let revoked = revoked.into_inner().case.unwrap();
    assert_eq!(
        (state(&revoked, "b"), state(&revoked, "c")),
        (ItemState::Issued, ItemState::Revoked)
    );
    assert_eq!(revoked.items[2].ending.as_ref().unwrap().reason, "经复核");
    let settled = zone.facts::<WorkSettled>().await?;
    let outcomes: Vec<_> = settled.iter().map(|(told, _)| told.outcome.as_str()).collect();
    assert_eq!(outcomes, ["PRE_ISSUED", "ISSUED", "ISSUED", "UPHELD", "REVOKED"]);
    zone.world.end().await
}

async fn redirect_item_gives_what_was_declined_to_another_department(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(procedure(vec![matter("a", &[])])).await?;
    let case = zone.submitted(&case, "a").await?;
    let redirect = || RedirectItemRequest {
        item: item(&case, "a"),
        department: "departments/D03".to_owned(),
        reason: "职责所在".to_owned(),
        request_id: zone.id(),
        ..<_>::default()
    };
    refused!(
        zone.by("D01-11").redirect_item(redirect()),
        Code::FailedPrecondition,
        "agency.whistle NOT_AWAITED"
    );
    let work_order = case.items[0].work_order.clone();
    let declined = WorkOrderDeclined {
        work_order: work_order.clone(),
        source: case.name.clone(),
        department: "departments/D02".to_owned(),
        basis: "三定方案".to_owned(),
        ..WorkOrderDeclined::default()
    };
    zone.dispatch(&case, &declined).await?;
    assert!(zone.see(&case).await?.items[0].declined);
    let moved = zone.by("D01-11").redirect_item(redirect()).await?.into_inner().case.unwrap();
    let own = &moved.items[0];
    assert_eq!((own.department.as_str(), own.declined), ("departments/D03", false));
    let reopened = zone.facts::<WorkReopened>().await?;
    let [(reopened, _)] = reopened.as_slice() else { panic!("{reopened:?}") };
    let work = reopened.work.as_ref().unwrap();
    assert_eq!((&work.work_order, work.lead.as_str()), (&work_order, "departments/D03"));
    // It is decided there, and no longer where it was.
    let accept = zone.accept(&moved, "a");
    refused!(
        zone.by("D02-11").accept_item(accept),
        Code::NotFound,
        "agency.whistle CASE_NOT_FOUND"
    );
    let accept = zone.accept(&moved, "a");
    let accepted = zone.by("D03-11").accept_item(accept).await?.into_inner().case.unwrap();
    assert_eq!(state(&accepted, "a"), ItemState::UnderReview);
    zone.world.end().await
}

/// Shows: agency refuses ITEM_FORBIDS
async fn a_result_for_an_item_not_under_review_is_refused(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(procedure(vec![matter("a", &[]), matter("b", &[])])).await?;
    zone.submitted(&case, "b").await?;
    for (code, at) in [("a", "READY"), ("b", "SUBMITTED")] {
        let case = zone.see(&case).await?;
        let issue = IssueItemRequest {
            item: item(&case, code),
            certificate: "建字第9号".to_owned(),
            etag: case.etag.clone(),
            request_id: zone.id(),
            validate_only: false,
        };
        let refuse = RefuseItemRequest {
            item: item(&case, code),
            reason: "不符合规划".to_owned(),
            remedy: "可申请行政复议".to_owned(),
            etag: case.etag.clone(),
            request_id: zone.id(),
            validate_only: false,
        };
        let forbids = (Code::FailedPrecondition, "agency.whistle ITEM_FORBIDS");
        let status = refused!(zone.by("D02-11").issue_item(issue), forbids.0, forbids.1);
        assert_eq!(metadata_of(&status, "state"), at);
        refused!(zone.by("D02-11").refuse_item(refuse), forbids.0, forbids.1);
        assert_eq!(zone.see(&case).await?, case, "nothing has changed");
    }
    // The number of the certificate was not taken by what was refused.
    let case = zone.see(&case).await?;
    let accept = zone.accept(&case, "b");
    let case = zone.by("D02-11").accept_item(accept).await?.into_inner().case.unwrap();
    let case = ask!(
        zone,
        "D02-11",
        issue_item,
        IssueItemRequest {
            item: item(&case, "b"),
            etag: case.etag.clone(),
            certificate: "建字第9号".to_owned(),
        }
    );
    assert_eq!(state(&case, "b"), ItemState::Issued);
    zone.world.end().await
}

/// `WorkSettled.actor` may be empty: the entry says who did it.
async fn who_decided_is_told_by_the_entry(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(procedure(vec![matter("a", &[])])).await?;
    let case = zone.accepted(&case, "a").await?;
    let issued = ask!(
        zone,
        "D02-12",
        issue_item,
        IssueItemRequest {
            item: item(&case, "a"),
            etag: case.etag.clone(),
            certificate: "建字第7号".to_owned(),
        }
    );
    let settled = zone.facts::<WorkSettled>().await?;
    let [(settled, who)] = settled.as_slice() else { panic!("{settled:?}") };
    assert_eq!((settled.actor.as_str(), who.as_str()), ("", "persons/D02-12"));
    let permit = issued.items[0].permit.clone().unwrap();
    assert_eq!((settled.decided_time, settled.outcome.as_str()), (permit.issued_time, "ISSUED"));
    zone.world.end().await
}
