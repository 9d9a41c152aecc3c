//! Materials over gRPC: whole or not at all, once given never asked for again, and for those
//! concerned alone.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use contract::agency::{
    Case, ConvertItemRequest, DownloadMaterialRequest, ItemState, MaterialHeader, MaterialVersion,
    Matter, OpenCaseRequest, PreIssueItemRequest, Procedure, UploadMaterialRequest,
    UploadMaterialResponse,
};
use testkit::{Size, eventually};
use tokio_stream::StreamExt as _;
use tonic::{Code, Status};

use crate::commitment::promised;
use crate::life::ask;
use crate::zone::{
    Hand, THEIRS, Zone, item, matter, metadata_of, need, procedure, refusal, refused, state,
};

testkit::on_both_sizes!(
    a_material_goes_with_its_case_and_comes_back_as_it_was,
    each_bad_file_is_refused_and_leaves_nothing,
    an_upload_that_is_cut_off_leaves_nothing,
    what_was_given_before_is_taken_from_there,
    materials_are_for_those_alone_whose_item_needs_them,
    upload_material_refuses_who_may_not_and_what_nobody_needs,
    a_promised_material_that_comes_makes_the_opinion_formal,
    a_kept_material_that_was_damaged_is_not_given_as_whole,
    what_a_case_names_outlives_every_sweep,
);

/// 50 MB, the limit unless a zone sets another.
const BYTES_MAX: i64 = 50 << 20;
/// The SHA-256 of [`document`], by another tool.
const SHA256: &str = "3690a9a09446383f14c2d31f09276ee8a047b31c4fd4bc69bf98cb2aea06ab42";

/// A document of 150,000 bytes.
pub(crate) fn document() -> Vec<u8> {
    let numbers = (0..=250_u8).cycle();
    b"%PDF-1.7\n".iter().copied().chain(numbers).take(150_000).collect()
}

/// One item that needs a main material and one that may come later.
fn needing() -> Procedure {
    let needs = vec![need("main", false), need("later", true)];
    procedure(vec![Matter { needs, ..matter("a", &[]) }])
}

fn header(zone: &Zone, case: &Case, bytes: i64) -> MaterialHeader {
    MaterialHeader {
        case: case.name.clone(),
        material: "materials/main".to_owned(),
        name: "合同.pdf".to_owned(),
        bytes,
        request_id: zone.id(),
        ..<_>::default()
    }
}

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

fn parts(header: MaterialHeader, bytes: &[u8]) -> Vec<UploadMaterialRequest> {
    let head = UploadMaterialRequest { header: Some(header), chunk: Vec::new() };
    let chunks = bytes.chunks(40_000);
    let chunks = chunks.map(|chunk| UploadMaterialRequest { header: None, chunk: chunk.to_vec() });
    [head].into_iter().chain(chunks).collect()
}

async fn upload(
    mut by: Hand,
    parts: Vec<UploadMaterialRequest>,
) -> Result<UploadMaterialResponse, Status> {
    Ok(by.upload_material(tokio_stream::iter(parts)).await?.into_inner())
}

/// Somebody hands the document in as a material of a case.
pub(crate) async fn handed_in(zone: &Zone, by: &str, case: &Case, code: &str) -> Result<Case> {
    let material = format!("materials/{code}");
    let header = MaterialHeader { material, ..header(zone, case, 150_000) };
    Ok(upload(zone.by(by), parts(header, &document())).await?.case.unwrap())
}

async fn download(
    mut by: Hand,
    case: &Case,
    version: i32,
) -> Result<(MaterialVersion, Vec<u8>), Status> {
    let (case, material) = (case.name.clone(), "materials/main".to_owned());
    let wanted = DownloadMaterialRequest { case, material, version };
    let mut parts = by.download_material(wanted).await?.into_inner();
    let head = parts.next().await.transpose()?.unwrap_or_default();
    let mut bytes = head.chunk;
    while let Some(part) = parts.next().await.transpose()? {
        assert_eq!(part.version, None, "it is said once what the file is");
        bytes.extend_from_slice(&part.chunk);
    }
    Ok((head.version.unwrap_or_default(), bytes))
}

/// How many files lie in the store, whole or not.
fn kept(zone: &Zone) -> usize {
    fn count(folder: &Path) -> usize {
        let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        entries.map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
    }
    count(&zone.world.folder().join("files"))
}

/// How often agency told that a material was handed in.
async fn told(zone: &Zone) -> Result<usize> {
    let told = zone.world.told("agency").await?;
    Ok(told.iter().filter(|kind| kind.ends_with(".MaterialAdded")).count())
}

async fn a_material_goes_with_its_case_and_comes_back_as_it_was(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(needing()).await?;
    let wanted = MaterialHeader { sha256: SHA256.to_owned(), ..header(&zone, &case, 150_000) };
    let sent = parts(wanted, &document());
    let answer = upload(zone.by("agent"), sent.clone()).await?;
    let version = answer.version.unwrap();
    assert_eq!((version.version, version.sha256.as_str(), version.bytes), (1, SHA256, 150_000));
    assert_eq!(
        (version.file_name.as_str(), version.media_type.as_str()),
        ("合同.pdf", "application/pdf")
    );
    assert_eq!((version.added_by.as_str(), version.reused_from.as_str()), ("persons/agent", ""));
    assert_eq!(answer.case.unwrap().materials[0].versions, [version.clone()]);

    // Twice is once, by its id and its content.
    let again = zone.by("agent").upload_material(tokio_stream::iter(sent.clone())).await?;
    assert_eq!(again.metadata().get("whistle-replayed").unwrap(), "true");
    assert_eq!(again.into_inner().version.as_ref(), Some(&version));
    let mut changed = document();
    changed[100_000] ^= 1;
    let reused = MaterialHeader { sha256: String::new(), ..sent[0].header.clone().unwrap() };
    let status = upload(zone.by("agent"), parts(reused, &changed)).await.expect_err("other");
    assert_eq!(refusal(&status), (Code::AlreadyExists, "whistle REQUEST_ID_REUSED".to_owned()));

    // What comes later is another version; what was there stays.
    let second = upload(zone.by("handler"), parts(header(&zone, &case, 150_000), &changed)).await?;
    assert_eq!(second.version.unwrap().version, 2);
    assert_eq!(told(&zone).await?, 2);
    for (who, version, bytes) in
        [("handler", 0, &changed), ("agent", 1, &document()), ("auditor", 2, &changed)]
    {
        let (told, came) = download(zone.by(who), &case, version).await?;
        assert!(came == *bytes, "{who}: {version}");
        assert_eq!((told.file_name.as_str(), told.bytes), ("合同.pdf", 150_000));
    }
    zone.world.end().await
}

/// Shows: common refuses FILE_NAME_INVALID; common refuses FILE_TOO_LARGE;
/// common refuses FILE_TYPE_FORBIDDEN; common refuses FILE_HASH_DIFFERS; common refuses FILE_CUT_OFF
async fn each_bad_file_is_refused_and_leaves_nothing(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(needing()).await?;
    let good = document();
    let of = |change: &dyn Fn(&mut MaterialHeader)| {
        let mut header = header(&zone, &case, 150_000);
        change(&mut header);
        header
    };
    let program = [b"MZ\x90\0".as_slice(), &[0; 149_996]].concat();
    let twice = [parts(of(&|_| {}), &good[..40_000]), parts(of(&|_| {}), &good[40_000..])].concat();
    let bad = [
        (
            parts(of(&|header| header.name = "../etc/passwd.pdf".to_owned()), &good),
            "FILE_NAME_INVALID",
        ),
        (parts(of(&|header| header.name = "C:\\合同.pdf".to_owned()), &good), "FILE_NAME_INVALID"),
        (parts(of(&|header| header.name.clear()), &good), "FILE_NAME_INVALID"),
        (parts(of(&|header| header.bytes = BYTES_MAX + 1), &good), "FILE_TOO_LARGE"),
        (parts(of(&|_| {}), &program), "FILE_TYPE_FORBIDDEN"),
        (parts(of(&|header| header.name = "合同.png".to_owned()), &good), "FILE_TYPE_FORBIDDEN"),
        (parts(of(&|header| header.sha256 = "00".repeat(32)), &good), "FILE_HASH_DIFFERS"),
        (parts(of(&|header| header.bytes = 150_001), &good), "FILE_CUT_OFF"),
        (parts(of(&|header| header.bytes = 149_999), &good), "FILE_CUT_OFF"),
        (parts(of(&|_| {}), &[]), "FILE_CUT_OFF"),
        (parts(of(&|header| header.sha256 = "x".repeat(64)), &good), "FIELD_INVALID"),
        (parts(of(&|header| header.bytes = 0), &good), "FIELD_INVALID"),
        (parts(of(&|header| header.request_id.clear()), &good), "FIELD_INVALID"),
        (parts(of(&|header| header.given_before = true), &[]), "FIELD_INVALID"),
        (parts(of(&|_| {}), &good)[1..].to_vec(), "FIELD_INVALID"),
        (Vec::new(), "FIELD_INVALID"),
        (twice, "FIELD_INVALID"),
    ];
    for (place, (sent, reason)) in bad.into_iter().enumerate() {
        let status = upload(zone.by("agent"), sent).await.expect_err(reason);
        let expected = (Code::InvalidArgument, format!("whistle {reason}"));
        assert_eq!(refusal(&status), expected, "{place}: {status:?}");
        assert_eq!(kept(&zone), 0, "{place}");
    }
    assert_eq!(told(&zone).await?, 0);
    assert!(zone.see(&case).await?.materials.is_empty());
    // At the limit, to the byte.
    let mut large = document();
    large.resize(usize::try_from(BYTES_MAX)?, 0);
    upload(zone.by("agent"), parts(header(&zone, &case, BYTES_MAX), &large)).await?;
    zone.world.end().await
}

async fn an_upload_that_is_cut_off_leaves_nothing(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(needing()).await?;
    let some = parts(header(&zone, &case, 150_000), &document()[..120_000]);
    let mut agent = zone.by("agent");
    let never_ends = tokio_stream::iter(some).chain(tokio_stream::pending());
    let cut = tokio::time::timeout(Duration::from_millis(500), agent.upload_material(never_ends));
    assert!(cut.await.is_err(), "the caller hung up");
    let left = || async { if kept(&zone) == 0 { Ok(()) } else { Err(kept(&zone)) } };
    eventually("nothing is left", Duration::from_secs(20), left).await?;
    assert_eq!(told(&zone).await?, 0);
    // What was handed in before is still there, whole.
    handed_in(&zone, "agent", &case, "main").await?;
    assert!(download(zone.by("handler"), &case, 0).await?.1 == document());
    zone.world.end().await
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
    let seen = zone.by("D03-11").get_case(crate::zone::get(&case.name)).await?.into_inner();
    assert!(seen.case.unwrap().materials.is_empty());
    for who in ["other-handler", "another-agent", "admin"] {
        refused!(download(zone.by(who), &case, 1), hidden.0, hidden.1);
    }
    zone.world.end().await
}

/// Shows: agency refuses MATERIAL_NOT_FOUND; agency refuses MANDATE_MISSING;
/// agency refuses OUTSIDE_MANDATE
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
    narrow.scope[0].acts = vec![contract::agency::Act::Submit.into()];
    zone.by("handler").sign_mandate(narrow).await?;
    let status = refused!(
        upload(zone.by("agent"), sent()),
        Code::PermissionDenied,
        "agency.whistle OUTSIDE_MANDATE"
    );
    assert_eq!(metadata_of(&status, "act"), "FILL");
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

/// Shows: common refuses FILE_DAMAGED
async fn a_kept_material_that_was_damaged_is_not_given_as_whole(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(needing()).await?;
    handed_in(&zone, "agent", &case, "main").await?;
    let path = zone.world.folder().join("files/agency").join(&SHA256[..2]).join(SHA256);
    let mut bytes = std::fs::read(&path)?;
    bytes[140_000] ^= 1;
    std::fs::write(&path, bytes)?;
    let damaged = (Code::DataLoss, "whistle FILE_DAMAGED");
    refused!(download(zone.by("handler"), &case, 0), damaged.0, damaged.1);
    std::fs::remove_file(&path)?;
    refused!(download(zone.by("handler"), &case, 0), damaged.0, damaged.1);
    zone.world.end().await
}

/// What nothing names does not; it has to be old.
async fn what_a_case_names_outlives_every_sweep(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(needing()).await?;
    let mut other = document();
    other.push(b'2');
    for bytes in [&document(), &other] {
        let whole = header(&zone, &case, i64::try_from(bytes.len())?);
        upload(zone.by("agent"), parts(whole, bytes)).await?;
    }
    let shelf = zone.world.folder().join("files/agency").join(&SHA256[..2]);
    std::fs::write(shelf.join(format!("{}{}", &SHA256[..2], "0".repeat(62))), "left")?;
    let objects = &zone.world.house("agency").objects;
    let now = journal::Clock::now(&journal::SystemClock);
    let on = |hours| now + jiff::SignedDuration::from_hours(hours);
    assert_eq!(objects.sweep(on(23)).await?, 0, "it may be on its way");
    assert_eq!(objects.sweep(on(48)).await?, 1);
    for (version, bytes) in [(1, &document()), (2, &other)] {
        assert!(download(zone.by("handler"), &case, version).await?.1 == *bytes, "{version}");
    }
    zone.world.end().await
}
