//! Evidence over gRPC: whole or not at all, for those concerned alone.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use contract::request::{
    DownloadEvidenceRequest, Evidence, EvidenceHeader, ListTicketHistoryRequest, Ticket,
    TicketKind, UploadEvidenceRequest,
};
use testkit::{Size, eventually};
use tokio_stream::StreamExt as _;
use tonic::{Code, Status};

use crate::zone::{Hand, Zone, metadata_of, refusal};

testkit::on_both_sizes!(
    a_file_goes_with_its_ticket_and_comes_back_as_it_was,
    each_bad_file_is_refused_and_leaves_nothing,
    an_upload_that_is_cut_off_leaves_nothing,
    files_are_for_those_concerned_alone,
    the_department_complained_of_never_sees_a_file,
    a_file_of_the_enterprise_supplies_materials_once_accepted,
    a_ticket_at_rest_or_full_takes_no_file,
    a_kept_file_that_was_damaged_is_not_given_as_whole,
    what_a_ticket_names_outlives_every_sweep,
);

/// 20 MB, the limit unless a zone sets another.
const BYTES_MAX: i64 = 20 << 20;
/// The SHA-256 of [`document`], by another tool.
const SHA256: &str = "3690a9a09446383f14c2d31f09276ee8a047b31c4fd4bc69bf98cb2aea06ab42";

/// A document of 150,000 bytes.
fn document() -> Vec<u8> {
    let numbers = (0..=250_u8).cycle();
    b"%PDF-1.7\n".iter().copied().chain(numbers).take(150_000).collect()
}

fn header(zone: &Zone, ticket: &Ticket, bytes: i64) -> EvidenceHeader {
    let (ticket, request_id) = (ticket.name.clone(), zone.id());
    EvidenceHeader { ticket, name: "合同.pdf".to_owned(), bytes, request_id, ..<_>::default() }
}

fn parts(header: EvidenceHeader, bytes: &[u8]) -> Vec<UploadEvidenceRequest> {
    let head = UploadEvidenceRequest { header: Some(header), chunk: Vec::new() };
    let chunks = bytes.chunks(40_000);
    let chunks = chunks.map(|chunk| UploadEvidenceRequest { header: None, chunk: chunk.to_vec() });
    [head].into_iter().chain(chunks).collect()
}

async fn upload(mut by: Hand, parts: Vec<UploadEvidenceRequest>) -> Result<Evidence, Status> {
    let answer = by.upload_evidence(tokio_stream::iter(parts)).await?;
    Ok(answer.into_inner().evidence.unwrap_or_default())
}

async fn download(
    mut by: Hand,
    ticket: &Ticket,
    sha256: &str,
) -> Result<(Evidence, Vec<u8>), Status> {
    let wanted = DownloadEvidenceRequest { ticket: ticket.name.clone(), sha256: sha256.to_owned() };
    let mut parts = by.download_evidence(wanted).await?.into_inner();
    let head = parts.next().await.transpose()?.unwrap_or_default();
    let mut bytes = head.chunk;
    while let Some(part) = parts.next().await.transpose()? {
        assert_eq!(part.evidence, None, "it is said once what the file is");
        bytes.extend_from_slice(&part.chunk);
    }
    Ok((head.evidence.unwrap_or_default(), bytes))
}

/// How many files lie in the store, whole or not.
fn kept(zone: &Zone) -> usize {
    fn count(folder: &Path) -> usize {
        let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        entries.map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
    }
    count(&zone.world.folder().join("files"))
}

/// Shows: request SUBMITTED AddEvidence
async fn a_file_goes_with_its_ticket_and_comes_back_as_it_was(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    let wanted = EvidenceHeader { sha256: SHA256.to_owned(), ..header(&zone, &ticket, 150_000) };
    let sent = parts(wanted, &document());
    let evidence = upload(zone.by("handler"), sent.clone()).await?;
    assert_eq!((evidence.sha256.as_str(), evidence.bytes), (SHA256, 150_000));
    assert_eq!(
        (evidence.name.as_str(), evidence.media_type.as_str()),
        ("合同.pdf", "application/pdf")
    );
    assert_eq!(evidence.added_by, "", "who is inside is not told outside, nor the other way round");
    assert!(evidence.added_time.is_some());

    // Twice is once: by its id, in other parts, and by its content.
    let again = zone.by("handler").upload_evidence(tokio_stream::iter(sent.clone())).await?;
    assert_eq!(again.metadata().get("whistle-replayed").unwrap(), "true");
    let whole = sent[0]
        .header
        .clone()
        .map(|header| UploadEvidenceRequest { header: Some(header), chunk: document() });
    let again = zone.by("handler").upload_evidence(tokio_stream::iter(whole)).await?;
    assert_eq!(again.metadata().get("whistle-replayed").unwrap(), "true");
    let other = parts(
        EvidenceHeader { sha256: String::new(), ..header(&zone, &ticket, 150_000) },
        &document(),
    );
    upload(zone.by("envoy"), other).await?;
    let mut changed = document();
    changed[100_000] ^= 1;
    let reused = EvidenceHeader { sha256: String::new(), ..sent[0].header.clone().unwrap() };
    let status =
        upload(zone.by("handler"), parts(reused, &changed)).await.expect_err("other content");
    assert_eq!(refusal(&status), (Code::AlreadyExists, "whistle REQUEST_ID_REUSED".to_owned()));

    let seen = zone.see(&ticket).await?;
    let [only] = seen.rounds[0].evidence.as_slice() else { panic!("{:?}", seen.rounds) };
    assert_eq!((only.sha256.as_str(), only.added_by.as_str()), (SHA256, "persons/handler"));
    assert_eq!(zone.told().await?, ["TicketSubmitted", "EvidenceAdded"]);
    for who in ["handler", "envoy", "D01-11", "supervisor", "auditor"] {
        let (told, bytes) = download(zone.by(who), &ticket, SHA256).await?;
        assert!(bytes == document(), "{who}");
        assert_eq!((told.name.as_str(), told.bytes), ("合同.pdf", 150_000));
    }
    zone.world.end().await
}

/// Shows: common refuses FILE_NAME_INVALID; common refuses FILE_TOO_LARGE;
/// common refuses FILE_TYPE_FORBIDDEN; common refuses FILE_HASH_DIFFERS; common refuses FILE_CUT_OFF
async fn each_bad_file_is_refused_and_leaves_nothing(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    let good = document();
    let of = |change: &dyn Fn(&mut EvidenceHeader)| {
        let mut header = header(&zone, &ticket, 150_000);
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
        (parts(of(&|_| {}), &good)[1..].to_vec(), "FIELD_INVALID"),
        (Vec::new(), "FIELD_INVALID"),
        (twice, "FIELD_INVALID"),
    ];
    for (place, (sent, reason)) in bad.into_iter().enumerate() {
        let status = upload(zone.by("handler"), sent).await.expect_err(reason);
        let expected = (Code::InvalidArgument, format!("whistle {reason}"));
        assert_eq!(refusal(&status), expected, "{place}: {status:?}");
        assert_eq!(kept(&zone), 0, "{place}");
    }
    assert_eq!(zone.told().await?, ["TicketSubmitted"]);
    assert!(zone.see(&ticket).await?.rounds[0].evidence.is_empty());
    // At the limit, to the byte.
    let mut large = document();
    large.resize(usize::try_from(BYTES_MAX)?, 0);
    upload(zone.by("handler"), parts(header(&zone, &ticket, BYTES_MAX), &large)).await?;
    zone.world.end().await
}

/// Shows: request ACCEPTED AddEvidence
async fn a_file_of_the_enterprise_supplies_materials_once_accepted(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.accepted().await?;
    let before = zone.told().await?.len();
    for (number, who) in ["handler", "envoy", "D01-11", "D02-11"].into_iter().enumerate() {
        let mut bytes = document();
        bytes[100] = u8::try_from(number)?;
        upload(zone.by(who), parts(header(&zone, &ticket, 150_000), &bytes)).await?;
    }
    let told = [
        "EvidenceAdded",
        "MaterialsSupplied",
        "EvidenceAdded",
        "MaterialsSupplied",
        "EvidenceAdded",
        "EvidenceAdded",
    ];
    assert_eq!(zone.told().await?[before..], told, "of the enterprise's side alone");
    zone.world.end().await
}

async fn an_upload_that_is_cut_off_leaves_nothing(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    let some = parts(header(&zone, &ticket, 150_000), &document()[..120_000]);
    let mut handler = zone.by("handler");
    let never_ends = tokio_stream::iter(some).chain(tokio_stream::pending());
    let cut = tokio::time::timeout(Duration::from_millis(500), handler.upload_evidence(never_ends));
    assert!(cut.await.is_err(), "the caller hung up");
    let left = || async { if kept(&zone) == 0 { Ok(()) } else { Err(kept(&zone)) } };
    eventually("nothing is left", Duration::from_secs(20), left).await?;
    assert_eq!(zone.told().await?, ["TicketSubmitted"]);
    zone.world.end().await
}

/// Shows: request refuses EVIDENCE_NOT_FOUND; request ACCEPTED AddEvidence
async fn files_are_for_those_concerned_alone(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.claimed().await?;
    let file = || parts(header(&zone, &ticket, 150_000), &document());
    upload(zone.by("D02-11"), file()).await?;
    for who in ["handler", "envoy", "D02-11", "D01-12", "leader"] {
        download(zone.by(who), &ticket, SHA256).await?;
        let unknown = download(zone.by(who), &ticket, &"00".repeat(32)).await.expect_err(who);
        assert_eq!(
            refusal(&unknown),
            (Code::NotFound, "request.whistle EVIDENCE_NOT_FOUND".to_owned())
        );
    }
    let hidden = (Code::NotFound, "request.whistle TICKET_NOT_FOUND".to_owned());
    for who in ["other-handler", "another-envoy", "D03-11", "hotline"] {
        let status = download(zone.by(who), &ticket, SHA256).await.expect_err(who);
        assert_eq!(refusal(&status), hidden, "{who}");
        let status = upload(zone.by(who), file()).await.expect_err(who);
        assert_eq!(refusal(&status), hidden, "{who}");
    }
    let forbidden = (Code::PermissionDenied, "whistle ROLE_FORBIDS".to_owned());
    for who in ["supervisor", "leader", "auditor", "admin"] {
        let status = upload(zone.by(who), file()).await.expect_err(who);
        assert_eq!(refusal(&status), forbidden, "{who}");
    }
    let status = download(zone.by("admin"), &ticket, SHA256).await.expect_err("holds no business");
    assert_eq!(refusal(&status), hidden);
    zone.world.end().await
}

async fn the_department_complained_of_never_sees_a_file(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let mut plea = zone.plea();
    plea.kind = TicketKind::Complaint.into();
    plea.complained_department = "departments/D01".to_owned();
    let ticket =
        zone.by("handler").submit_ticket(plea).await?.into_inner().ticket.context("one")?;
    let file = || parts(header(&zone, &ticket, 150_000), &document());
    upload(zone.by("handler"), file()).await?;

    // The dispatcher is of that department: the ticket is there for them, its files are not.
    let seen = zone.see(&ticket).await?;
    assert!(seen.rounds[0].evidence.is_empty());
    let status = download(zone.by("D01-11"), &ticket, SHA256).await.expect_err("complained of");
    assert_eq!(refusal(&status).1, "request.whistle EVIDENCE_NOT_FOUND");
    let status = upload(zone.by("D01-11"), file()).await.expect_err("complained of");
    assert_eq!(refusal(&status), (Code::PermissionDenied, "whistle ROLE_FORBIDS".to_owned()));
    for (who, entries) in [("D01-11", 1), ("auditor", 2), ("handler", 2)] {
        let wanted = ListTicketHistoryRequest { ticket: ticket.name.clone(), ..<_>::default() };
        let history = zone.by(who).list_ticket_history(wanted).await?.into_inner().entries;
        assert_eq!(history.len(), entries, "{who}: {history:?}");
    }
    download(zone.by("auditor"), &ticket, SHA256).await?;
    zone.world.end().await
}

/// Shows: request refuses EVIDENCE_LIMIT; request refuses STATE_FORBIDS
async fn a_ticket_at_rest_or_full_takes_no_file(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let rated = zone.rated(5, true).await?;
    let sent = parts(header(&zone, &rated, 150_000), &document());
    let status = upload(zone.by("handler"), sent).await.expect_err("confirmed");
    assert_eq!(
        refusal(&status),
        (Code::FailedPrecondition, "request.whistle STATE_FORBIDS".to_owned())
    );

    let ticket = zone.submitted().await?;
    let note = |number: usize| {
        let text = format!("说明 {number:02}");
        let bytes = i64::try_from(text.len()).unwrap();
        let head =
            EvidenceHeader { name: "说明.txt".to_owned(), ..header(&zone, &ticket, bytes) };
        parts(head, text.as_bytes())
    };
    for number in 1..=30 {
        let evidence = upload(zone.by("handler"), note(number)).await?;
        assert_eq!(evidence.media_type, "text/plain");
    }
    let status = upload(zone.by("handler"), note(31)).await.expect_err("thirty are there");
    assert_eq!(
        refusal(&status),
        (Code::FailedPrecondition, "request.whistle EVIDENCE_LIMIT".to_owned())
    );
    assert_eq!(metadata_of(&status, "max"), "30");
    zone.world.end().await
}

/// Shows: common refuses FILE_DAMAGED
async fn a_kept_file_that_was_damaged_is_not_given_as_whole(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    upload(zone.by("handler"), parts(header(&zone, &ticket, 150_000), &document())).await?;
    let path = zone.world.folder().join("files/request").join(&SHA256[..2]).join(SHA256);
    let mut bytes = std::fs::read(&path)?;
    bytes[140_000] ^= 1;
    std::fs::write(&path, bytes)?;
    let status = download(zone.by("handler"), &ticket, SHA256).await.expect_err("one bit");
    assert_eq!(refusal(&status), (Code::DataLoss, "whistle FILE_DAMAGED".to_owned()));
    std::fs::remove_file(&path)?;
    let status = download(zone.by("handler"), &ticket, SHA256).await.expect_err("nothing");
    assert_eq!(refusal(&status), (Code::DataLoss, "whistle FILE_DAMAGED".to_owned()));
    zone.world.end().await
}

/// What nothing names does not; it has to be old.
async fn what_a_ticket_names_outlives_every_sweep(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let ticket = zone.submitted().await?;
    let mut other = document();
    other.push(b'2');
    let mut named = Vec::new();
    for bytes in [document(), other] {
        let whole = header(&zone, &ticket, i64::try_from(bytes.len())?);
        let evidence = upload(zone.by("handler"), parts(whole, &bytes)).await?;
        named.push((evidence.sha256, bytes));
    }
    let shelf = zone.world.folder().join("files/request").join(&SHA256[..2]);
    std::fs::write(shelf.join(format!("{}{}", &SHA256[..2], "0".repeat(62))), "left")?;
    let objects = &zone.world.house("request").objects;
    let now = journal::Clock::now(&journal::SystemClock);
    let on = |hours| now + jiff::SignedDuration::from_hours(hours);
    assert_eq!(objects.sweep(on(23)).await?, 0, "it may be on its way");
    assert_eq!(objects.sweep(on(48)).await?, 1);
    for (sha256, bytes) in named {
        assert_eq!(download(zone.by("handler"), &ticket, &sha256).await?.1, bytes);
    }
    zone.world.end().await
}
