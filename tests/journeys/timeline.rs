//! History as auditors and witnesses use it: timelines across journals, checkpoints, cosignatures.

use std::time::Duration;

use anyhow::{Context as _, Result};
use contract::history::{
    AddCosignatureRequest, Cosignature, GetInclusionProofRequest, GetTimelineRequest,
    ListCheckpointsRequest, ListCosignaturesRequest, TimelineEntry,
};
use directory::ensure_admins;
use proof::{Algorithm, Checkpoint, SignedNote, SigningKey, VerifierKey};
use testkit::hand::{metadata_of, refusal};
use testkit::zone::{self, set_up};
use testkit::{Hand, Size, World, eventually};
use tonic::{Code, Request, Status};

use crate::zone::{DAY_ONE, Zone};

testkit::on_both_sizes!(
    a_timeline_tells_all_that_began_with_a_ticket,
    a_timeline_is_for_auditors_alone,
    checkpoints_are_listed_the_newest_first,
    a_witness_cosigns_a_checkpoint_and_anyone_can_verify_it,
    what_no_trusted_witness_signed_is_refused,
    what_is_not_sealed_yet_has_no_proof,
);

const SERVICES: [&str; 3] = ["directory", "request", "dispatch"];

fn witness(secret: u8) -> SigningKey {
    SigningKey::new("witness.example", Algorithm::Cosignature, &[secret; 32]).expect("a key")
}

/// The zone, whose checkpoints one witness may cosign.
async fn witnessed(size: Size) -> Result<Zone> {
    let services = [directory::SERVICE, request::SERVICE, dispatch::SERVICE, agency::SERVICE];
    let world = World::start_with(size, &services, DAY_ONE, |config| {
        config.witnesses = vec![witness(1).verifier().to_string()];
        Ok(())
    })
    .await?;
    ensure_admins(world.house("directory"), &zone::admins()).await?;
    world.settle().await?;
    let zone = Zone { world };
    set_up(&zone.by("admin"), &zone.by("admin-2")).await?;
    zone.world.settle().await?;
    Ok(zone)
}

async fn timeline(by: &Hand, correlation: &str, page_size: i32) -> Result<Vec<TimelineEntry>> {
    let mut wanted =
        GetTimelineRequest { correlation: correlation.to_owned(), page_size, ..<_>::default() };
    let mut entries = Vec::new();
    loop {
        let page = by.history("request").get_timeline(wanted.clone()).await?.into_inner();
        let size = usize::try_from(page_size)?;
        assert!(page.entries.len() <= size && !page.entries.is_empty());
        entries.extend(page.entries);
        if page.next_page_token.is_empty() {
            return Ok(entries);
        }
        wanted.page_token = page.next_page_token;
    }
}

async fn a_timeline_tells_all_that_began_with_a_ticket(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let (ticket, order) = zone.in_progress().await?;
    let (other, _) = zone.in_progress().await?;
    zone.by("D02-11").complete(&order.name).await?;
    zone.world.settle().await?;

    let whole = timeline(&zone.by("auditor"), &ticket.name, 500).await?;
    for page_size in [1, 2, 7] {
        assert_eq!(timeline(&zone.by("auditor"), &ticket.name, page_size).await?, whole);
    }
    let told = |entry: &TimelineEntry| {
        let kind = entry.entry.as_ref().and_then(|entry| entry.r#type.rsplit('.').next());
        format!("{} {}", entry.journal, kind.unwrap_or_default())
    };
    let told: Vec<String> = whole.iter().map(told).collect();
    let place = |kind: &str| told.iter().position(|told| told == kind).context(kind.to_owned());
    // The clock stands still: only causes tell what comes first.
    let chain = [
        "request TicketSubmitted",
        "request WorkRequested",
        "dispatch WorkOrderOffered",
        "dispatch WorkOrderClaimed",
        "dispatch WorkOrderContacted",
        "dispatch WorkOrderCompleted",
        "request TicketAnswered",
    ];
    let places = chain.iter().map(|kind| place(kind)).collect::<Result<Vec<_>>>()?;
    assert!(places.is_sorted(), "{told:?}");
    // Nothing is left out, nothing of another ticket is among it.
    let mut expected = 0;
    for service in SERVICES {
        let journal = &zone.world.house(service).journal;
        for entry in journal.entries(0, 10_000).await? {
            expected += usize::from(entry.heard()?.correlation == ticket.name);
        }
    }
    assert_eq!(whole.len(), expected);
    let of_other = |entry: &TimelineEntry| {
        entry.entry.as_ref().is_some_and(|entry| entry.correlation == other.name)
    };
    assert!(!whole.iter().any(of_other));
    // Whatever of it the caller has seen elsewhere is waited for.
    let head = zone.world.house("request").journal.head().await?;
    for (position, is_well) in [(head, true), (head + 1, false)] {
        let correlation = ticket.name.clone();
        let mut read = Request::new(GetTimelineRequest { correlation, ..<_>::default() });
        read.metadata_mut().insert("whistle-after", format!("request@{position}").parse()?);
        read.set_timeout(Duration::from_millis(500));
        let answer = zone.by("auditor").history("request").get_timeline(read).await;
        assert_eq!(answer.is_ok(), is_well, "{position}");
    }
    let unknown = GetTimelineRequest { correlation: "tickets/none".to_owned(), ..<_>::default() };
    let nothing = zone.by("auditor").history("request").get_timeline(unknown).await?.into_inner();
    assert_eq!((nothing.entries, nothing.next_page_token.as_str()), (Vec::new(), ""));
    zone.world.end().await
}

/// Shows: common refuses ROLE_FORBIDS; common refuses PAGE_TOKEN_INVALID
async fn a_timeline_is_for_auditors_alone(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let ticket = zone.accepted().await?;
    let wanted = GetTimelineRequest { correlation: ticket.name, page_size: 1, ..<_>::default() };
    for who in ["handler", "D01-11", "D02-11", "leader", "admin"] {
        let refused = zone.by(who).history("request").get_timeline(wanted.clone()).await;
        let status = refused.expect_err("no auditor");
        assert_eq!(refusal(&status), (Code::PermissionDenied, "whistle ROLE_FORBIDS".to_owned()));
    }
    let auditor = zone.by("auditor");
    let page = auditor.history("request").get_timeline(wanted.clone()).await?.into_inner();
    // A token is good for its own question alone.
    let elsewhere = GetTimelineRequest {
        correlation: "tickets/x".to_owned(),
        page_token: page.next_page_token,
        ..wanted
    };
    let status = auditor.history("request").get_timeline(elsewhere).await.expect_err("forged");
    let reason = "whistle PAGE_TOKEN_INVALID".to_owned();
    assert_eq!(refusal(&status), (Code::InvalidArgument, reason));
    zone.world.end().await
}

/// Waits until everything in a journal is sealed; gives the size.
async fn sealed(zone: &Zone, journal: &str) -> Result<i64> {
    let journal = &zone.world.house(journal).journal;
    eventually("everything is sealed", Duration::from_secs(30), async || {
        let sealed = journal.checkpoint(None).await.map_err(|trouble| trouble.to_string())?;
        let sealed = sealed.map_or(0, |checkpoint| checkpoint.size);
        let head = journal.head().await.map_err(|trouble| trouble.to_string())?;
        if sealed == head { Ok(head) } else { Err(format!("{sealed} of {head}")) }
    })
    .await
}

async fn checkpoints_are_listed_the_newest_first(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let mut sizes = vec![sealed(&zone, "request").await?];
    for _ in 0..4 {
        zone.by("handler").submit(testkit::zone::plea()).await?;
        sizes.push(sealed(&zone, "request").await?);
    }
    let anyone = zone.by("handler");
    let mut wanted =
        ListCheckpointsRequest { journal: "request".to_owned(), page_size: 2, ..<_>::default() };
    let mut listed = Vec::new();
    loop {
        let page = anyone.history("request").list_checkpoints(wanted.clone()).await?.into_inner();
        assert!(page.checkpoints.len() <= 2);
        listed.extend(page.checkpoints);
        if page.next_page_token.is_empty() {
            break;
        }
        wanted.page_token = page.next_page_token;
    }
    assert!(listed.windows(2).all(|pair| pair[1].size < pair[0].size), "the newest first, once");
    let found = |size: &i64| *size == 0 || listed.iter().any(|listed| listed.size == *size);
    assert!(sizes.iter().all(found), "{sizes:?}");
    for checkpoint in &listed {
        let note: SignedNote = checkpoint.note.parse()?;
        let signed: Checkpoint = note.text().parse()?;
        assert_eq!(i64::try_from(signed.size())?, checkpoint.size);
        assert!(checkpoint.sealed_time.is_some());
    }
    let missing = ListCheckpointsRequest { journal: "subsidy".to_owned(), ..<_>::default() };
    let status = anyone.history("request").list_checkpoints(missing).await.expect_err("no such");
    assert_eq!(refusal(&status), (Code::NotFound, "whistle JOURNAL_NOT_SERVED".to_owned()));
    zone.world.end().await
}

/// The line with which a witness cosigns the checkpoint of a size.
async fn cosigned(zone: &Zone, key: &SigningKey, size: i64, second: u64) -> Result<String> {
    let stored = zone.world.house("request").journal.checkpoint(Some(size)).await?;
    let mut note: SignedNote = stored.context("a checkpoint")?.note.parse()?;
    note.cosign(key, second)?;
    Ok(note.signatures().last().context("a signature")?.to_string())
}

async fn add(zone: &Zone, size: i64, line: &str) -> Result<Cosignature, Status> {
    let wanted =
        AddCosignatureRequest { journal: "request".to_owned(), size, line: line.to_owned() };
    let answer = zone.by("handler").history("request").add_cosignature(wanted).await?;
    Ok(answer.into_inner().cosignature.unwrap_or_default())
}

async fn a_witness_cosigns_a_checkpoint_and_anyone_can_verify_it(size: Size) -> Result<()> {
    let zone = witnessed(size).await?;
    zone.by("handler").submit(testkit::zone::plea()).await?;
    let sealed = sealed(&zone, "request").await?;
    let line = cosigned(&zone, &witness(1), sealed, 1_772_600_000).await?;
    let kept = add(&zone, sealed, &line).await?;
    assert_eq!((kept.witness.as_str(), kept.line.as_str()), ("witness.example", line.as_str()));
    assert_eq!(kept.cosigned_time.as_ref().map(|time| time.seconds), Some(1_772_600_000));
    assert_eq!(add(&zone, sealed, &line).await?, kept, "twice is once");
    let later = cosigned(&zone, &witness(1), sealed, 1_772_600_001).await?;
    assert_eq!(add(&zone, sealed, &later).await?, kept, "the first is kept");

    for size in [sealed, 0] {
        let wanted = ListCosignaturesRequest { journal: "request".to_owned(), size };
        let answer = zone.by("auditor").history("request").list_cosignatures(wanted).await?;
        let listed = answer.into_inner();
        assert_eq!((listed.size, listed.cosignatures.as_slice()), (sealed, &[kept.clone()][..]));
        let note: SignedNote = listed.note.parse()?;
        let signer = zone.world.house("request").journal.signer().await?.context("a signer")?.1;
        let log: VerifierKey = signer.parse()?;
        let opened = Checkpoint::open(&note, &log, &[witness(1).verifier().clone()])?;
        assert_eq!(i64::try_from(opened.checkpoint.size())?, sealed);
        let [verified] = opened.witnesses.as_slice() else { panic!("{:?}", opened.witnesses) };
        assert_eq!(verified.cosigned_at, Some(1_772_600_000));
    }
    zone.world.end().await
}

/// Shows: history refuses WITNESS_NOT_TRUSTED; history refuses COSIGNATURE_INVALID
/// Shows: history refuses CHECKPOINT_NOT_FOUND
async fn what_no_trusted_witness_signed_is_refused(size: Size) -> Result<()> {
    let zone = witnessed(size).await?;
    zone.by("handler").submit(testkit::zone::plea()).await?;
    let size = sealed(&zone, "request").await?;
    let refused = async |size: i64, line: &str| {
        let status = add(&zone, size, line).await.expect_err("it is refused");
        (refusal(&status), status)
    };
    let stranger = cosigned(&zone, &witness(2), size, 1).await?;
    let (reason, status) = refused(size, &stranger).await;
    assert_eq!(
        reason,
        (Code::FailedPrecondition, "history.whistle WITNESS_NOT_TRUSTED".to_owned())
    );
    assert_eq!(metadata_of(&status, "witness"), "witness.example");

    zone.by("handler").submit(testkit::zone::plea()).await?;
    let later = sealed(&zone, "request").await?;
    let invalid = (Code::InvalidArgument, "history.whistle COSIGNATURE_INVALID".to_owned());
    // Of another checkpoint, no line, and one that was tampered with.
    let good = cosigned(&zone, &witness(1), size, 1).await?;
    assert_eq!(refused(later, &good).await.0, invalid);
    assert_eq!(refused(size, "witness.example signed it").await.0, invalid);
    let mut bad = good.clone();
    let end = bad.len() - 6;
    let other = if bad.as_bytes()[end] == b'A' { "B" } else { "A" };
    bad.replace_range(end..=end, other);
    assert_eq!(refused(size, &bad).await.0, invalid);

    let missing = (Code::NotFound, "history.whistle CHECKPOINT_NOT_FOUND".to_owned());
    assert_eq!(refused(1_000_000, &good).await.0, missing);
    let wanted = ListCosignaturesRequest { journal: "request".to_owned(), size: 1_000_000 };
    let status = zone.by("auditor").history("request").list_cosignatures(wanted).await;
    assert_eq!(refusal(&status.expect_err("no such checkpoint")), missing);
    let wanted = ListCosignaturesRequest { journal: "subsidy".to_owned(), size };
    let status = zone.by("auditor").history("request").list_cosignatures(wanted).await;
    let elsewhere = (Code::NotFound, "whistle JOURNAL_NOT_SERVED".to_owned());
    assert_eq!(refusal(&status.expect_err("not served")), elsewhere);
    zone.world.end().await
}

/// Shows: history refuses POSITION_NOT_SEALED
async fn what_is_not_sealed_yet_has_no_proof(size: Size) -> Result<()> {
    let zone = witnessed(size).await?;
    let sealed = sealed(&zone, "directory").await?;
    let of = |position: i64| GetInclusionProofRequest {
        journal: "directory".to_owned(),
        position,
        size: sealed,
    };
    let mut history = zone.by("auditor").history("directory");
    history.get_inclusion_proof(of(sealed)).await?;
    let status = history.get_inclusion_proof(of(sealed + 1)).await.expect_err("not sealed");
    let refused = (Code::FailedPrecondition, "history.whistle POSITION_NOT_SEALED".to_owned());
    assert_eq!(refusal(&status), refused);
    assert_eq!(metadata_of(&status, "size"), sealed.to_string());
    zone.world.end().await
}
