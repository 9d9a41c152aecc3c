//! Files of materials over gRPC: whole or not at all.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use contract::agency::{
    Case, DownloadMaterialRequest, MaterialHeader, MaterialVersion, Matter, Procedure,
    UploadMaterialRequest, UploadMaterialResponse,
};
use testkit::{Size, eventually};
use tokio_stream::StreamExt as _;
use tonic::{Code, Status};

use crate::zone::{Hand, Zone, matter, need, procedure, refusal, refused};

testkit::on_both_sizes!(
    a_material_goes_with_its_case_and_comes_back_as_it_was,
    each_bad_file_is_refused_and_leaves_nothing,
    an_upload_that_is_cut_off_leaves_nothing,
    a_kept_material_that_was_damaged_is_not_given_as_whole,
    what_a_case_names_outlives_every_sweep,
);

/// 50 MB, the limit unless a zone sets another.
const BYTES_MAX: i64 = 50 << 20;
/// The SHA-256 of [`document`], by another tool.
pub(crate) const SHA256: &str = "3690a9a09446383f14c2d31f09276ee8a047b31c4fd4bc69bf98cb2aea06ab42";

/// A document of 150,000 bytes.
pub(crate) fn document() -> Vec<u8> {
    let numbers = (0..=250_u8).cycle();
    b"%PDF-1.7\n".iter().copied().chain(numbers).take(150_000).collect()
}

/// One item that needs a main material and one that may come later.
pub(crate) fn needing() -> Procedure {
    let needs = vec![need("main", false), need("later", true)];
    procedure(vec![Matter { needs, ..matter("a", &[]) }])
}

pub(crate) fn header(zone: &Zone, case: &Case, bytes: i64) -> MaterialHeader {
    MaterialHeader {
        case: case.name.clone(),
        material: "materials/main".to_owned(),
        name: "合同.pdf".to_owned(),
        bytes,
        request_id: zone.id(),
        ..<_>::default()
    }
}

pub(crate) fn parts(header: MaterialHeader, bytes: &[u8]) -> Vec<UploadMaterialRequest> {
    let head = UploadMaterialRequest { header: Some(header), chunk: Vec::new() };
    let chunks = bytes.chunks(40_000);
    let chunks = chunks.map(|chunk| UploadMaterialRequest { header: None, chunk: chunk.to_vec() });
    [head].into_iter().chain(chunks).collect()
}

pub(crate) async fn upload(
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

pub(crate) async fn download(
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
pub(crate) fn kept(zone: &Zone) -> usize {
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
    assert_eq!(answer.case.unwrap().materials[0].versions, std::slice::from_ref(&version));

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
