//! Materials of a case: who hands them in and who reads them, and what was given before.

use anyhow::Result;
use contract::agency::{
    Act, Case, ConvertItemRequest, ItemState, MaterialHeader, Matter, OpenCaseRequest,
    PreIssueItemRequest, TerminateCaseRequest, UploadMaterialRequest,
};
use testkit::Size;
use tonic::Code;

use crate::commitment::promised;
use crate::life::ask;
use crate::materials::{
    SHA256, document, download, handed_in, header, kept, needing, parts, upload,
};
use crate::zone::{THEIRS, Zone, get, item, matter, metadata_of, need, procedure, refused, state};

testkit::on_both_sizes!(
    what_was_given_before_is_taken_from_there,
    materials_are_for_those_alone_whose_item_needs_them,
    upload_material_refuses_who_may_not_and_what_nobody_needs,
    a_promised_material_that_comes_makes_the_opinion_formal,
);

/// The header of what was given before: nothing else is said.
fn given_before(zone: &Zone, case: &Case) -> Vec<UploadMaterialRequest> {
    let header = MaterialHeader {
        name: String::new(),
        bytes: 0,
        given_before: true,
        ..header(zone, case, 0)
    };
    parts(header, &[])
}

/// Shows: agency refuses NOT_GIVEN_BEFORE
async fn what_was_given_before_is_taken_from_there(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let first = zone.running(needing()).await?;
    let own = given_before(&zone, &first);
    let unknown = (Code::FailedPrecondition, "agency.whistle NOT_GIVEN_BEFORE");
    let status = refused!(upload(zone.by("agent"), own), unknown.0, unknown.1);
    assert_eq!(metadata_of(&status, "material"), "materials/main");
    handed_in(&zone, "handler", &first, "main").await?;

    // Another case of the same enterprise, and one after that: both know where it was given first.
    for _ in 0..2 {
        let case = zone.running(needing()).await?;
        let sent = given_before(&zone, &case);
        let version = upload(zone.by("agent"), sent.clone()).await?.version.unwrap();
        assert_eq!((version.reused_from.as_str(), version.version), (first.name.as_str(), 1));
        assert_eq!((version.sha256.as_str(), version.bytes), (SHA256, 150_000));
        assert_eq!(version.added_by, "persons/agent");
        let again = zone.by("agent").upload_material(tokio_stream::iter(sent)).await?;
        assert_eq!(again.metadata().get("whistle-replayed").unwrap(), "true");
        assert!(download(zone.by("handler"), &case, 0).await?.1 == document());
        let case = zone.submitted(&case, "a").await;
        assert!(case.is_err(), "the other material is neither there nor promised");
    }
    // Bytes that come all the same are not taken for it.
    let case = zone.running(needing()).await?;
    let mut sent = given_before(&zone, &case);
    sent.push(UploadMaterialRequest { header: None, chunk: document() });
    refused!(upload(zone.by("agent"), sent), Code::InvalidArgument, "whistle FIELD_INVALID");
    // What one enterprise gave is nothing to another.
    let open = OpenCaseRequest { enterprise: THEIRS.to_owned(), ..zone.opening() };
    let theirs = zone.by("agent").open_case(open).await?.into_inner().case.unwrap();
    let sent = given_before(&zone, &theirs);
    refused!(upload(zone.by("other-handler"), sent), unknown.0, unknown.1);
    zone.world.end().await
}

/// Shows: agency refuses NOT_HANDED_IN
async fn materials_are_for_those_alone_whose_item_needs_them(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let first = Matter { needs: vec![need("main", false)], ..matter("a", &[]) };
    let elsewhere = "departments/D03".to_owned();
    let second = Matter { department: elsewhere, ..matter("b", &[]) };
    let case = zone.running(procedure(vec![first, second])).await?;
    let unread = (Code::NotFound, "agency.whistle NOT_HANDED_IN");
    refused!(download(zone.by("handler"), &case, 0), unread.0, unread.1);
    handed_in(&zone, "agent", &case, "main").await?;
    let hidden = (Code::NotFound, "agency.whistle CASE_NOT_FOUND");
    refused!(download(zone.by("D02-11"), &case, 0), hidden.0, hidden.1);
    zone.submitted(&case, "b").await?;
    zone.submitted(&case, "a").await?;

    for who in ["handler", "agent", "D02-11", "D01-11", "auditor"] {
        assert!(download(zone.by(who), &case, 1).await?.1 == document(), "{who}");
        let status = refused!(download(zone.by(who), &case, 2), unread.0, unread.1);
        assert_eq!(metadata_of(&status, "material"), "materials/main", "{who}");
    }
    // It has an item of the case, and none that needs this.
    refused!(download(zone.by("D03-11"), &case, 1), unread.0, unread.1);
    let seen = zone.by("D03-11").get_case(get(&case.name)).await?.into_inner();
    assert!(seen.case.unwrap().materials.is_empty());
    for who in ["other-handler", "another-agent", "admin"] {
        refused!(download(zone.by(who), &case, 1), hidden.0, hidden.1);
    }
    zone.world.end().await
}

/// Shows: agency refuses MATERIAL_NOT_FOUND; agency refuses MANDATE_MISSING;
/// agency refuses OUTSIDE_MANDATE; agency refuses STATE_FORBIDS
async fn upload_material_refuses_who_may_not_and_what_nobody_needs(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.opened(needing()).await?;
    let sent = || parts(header(&zone, &case, 150_000), &document());
    for (who, code, reason) in [
        ("agent", Code::PermissionDenied, "agency.whistle MANDATE_MISSING"),
        ("another-agent", Code::NotFound, "agency.whistle CASE_NOT_FOUND"),
        ("other-handler", Code::NotFound, "agency.whistle CASE_NOT_FOUND"),
        ("D02-11", Code::PermissionDenied, "whistle ROLE_FORBIDS"),
        ("auditor", Code::PermissionDenied, "whistle ROLE_FORBIDS"),
    ] {
        refused!(upload(zone.by(who), sent()), code, reason);
    }
    let unneeded =
        MaterialHeader { material: "materials/other".to_owned(), ..header(&zone, &case, 150_000) };
    refused!(
        upload(zone.by("handler"), parts(unneeded, &document())),
        Code::NotFound,
        "agency.whistle MATERIAL_NOT_FOUND"
    );
    assert_eq!(kept(&zone), 0, "whoever may not is refused before the first byte is kept");
    handed_in(&zone, "handler", &case, "main").await?;
    let mut narrow = zone.mandate(&case);
    narrow.scope[0].acts = vec![Act::Submit.into()];
    zone.by("handler").sign_mandate(narrow).await?;
    let status = refused!(
        upload(zone.by("agent"), sent()),
        Code::PermissionDenied,
        "agency.whistle OUTSIDE_MANDATE"
    );
    assert_eq!(metadata_of(&status, "act"), "FILL");
    let over = zone.opened(needing()).await?;
    let (name, why) = (over.name.clone(), "不再办理".to_owned());
    ask!(zone, "handler", terminate_case, TerminateCaseRequest { case: name, reason: why });
    refused!(
        upload(zone.by("handler"), parts(header(&zone, &over, 150_000), &document())),
        Code::FailedPrecondition,
        "agency.whistle STATE_FORBIDS"
    );
    zone.world.end().await
}

async fn a_promised_material_that_comes_makes_the_opinion_formal(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(needing()).await?;
    handed_in(&zone, "agent", &case, "main").await?;
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
    assert_eq!((state(&case, "a"), case.items[0].work_order.as_str()), (ItemState::PreIssued, ""));
    let case = handed_in(&zone, "agent", &case, "later").await?;
    assert_ne!(case.items[0].work_order, "", "the department is asked to make it formal");
    let case = ask!(
        zone,
        "D02-11",
        convert_item,
        ConvertItemRequest {
            item: item(&case, "a"),
            etag: case.etag.clone(),
            certificate: "建字第8号".to_owned(),
        }
    );
    assert_eq!(state(&case, "a"), ItemState::Issued);
    assert!(case.items[0].permit.as_ref().unwrap().converted);
    zone.world.end().await
}
