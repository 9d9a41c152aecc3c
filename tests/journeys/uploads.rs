//! Evidence over a slow line: a file may take its time, but not stand still.

use std::future::pending;
use std::time::{Duration, Instant};

use anyhow::Result;
use contract::request::{EvidenceHeader, GetTicketRequest, Ticket, UploadEvidenceRequest};
use futures_util::{Stream, StreamExt as _, stream};
use testkit::hand::{refusal, request_id};
use testkit::zone::{admins, plea, set_up};
use testkit::{Size, World};
use tonic::{Code, Request};

use crate::zone::{DAY_ONE, Zone};

testkit::on_both_sizes!(
    a_file_may_take_longer_than_a_call,
    a_file_that_stands_still_is_cut_off_and_leaves_nothing,
    a_caller_who_does_not_wait_is_told_so,
);

const CHUNKS: usize = 8;
const PAUSE: Duration = Duration::from_millis(400);

/// A zone where a call may take a second, and a stream stand still for two.
async fn zone(size: Size) -> Result<(Zone, Ticket)> {
    let services = [directory::SERVICE, request::SERVICE, dispatch::SERVICE];
    let world = World::start_with(size, &services, DAY_ONE, |config| {
        config.call_within = 1;
        config.stream_idle_within = 2;
        Ok(())
    });
    let zone = Zone { world: world.await? };
    directory::ensure_admins(zone.world.house("directory"), &admins()).await?;
    zone.world.settle().await?;
    set_up(&zone.by("admin"), &zone.by("admin-2")).await?;
    zone.world.settle().await?;
    let ticket = zone.by("handler").submit(plea()).await?;
    Ok((zone, ticket))
}

/// A document of eight parts, and what comes of it, one part after each pause.
fn slowly(
    ticket: &Ticket,
    parts: usize,
) -> impl Stream<Item = UploadEvidenceRequest> + Send + 'static {
    let document: Vec<u8> = b"%PDF-1.7\n".iter().copied().cycle().take(CHUNKS * 1000).collect();
    let header = EvidenceHeader {
        ticket: ticket.name.clone(),
        name: "合同.pdf".to_owned(),
        bytes: (CHUNKS * 1000) as i64,
        request_id: request_id(),
        ..<_>::default()
    };
    let head = UploadEvidenceRequest { header: Some(header), chunk: Vec::new() };
    let chunks: Vec<_> = document.chunks(1000).take(parts).map(<[u8]>::to_vec).collect();
    let rest = chunks.into_iter().map(|chunk| UploadEvidenceRequest { header: None, chunk });
    stream::iter([head].into_iter().chain(rest)).then(async |part| {
        pause().await;
        part
    })
}

/// Nothing comes for a while.
async fn pause() {
    let _ = tokio::time::timeout(PAUSE, pending::<()>()).await;
}

/// How many files the ticket has.
async fn files(zone: &Zone, ticket: &Ticket) -> Result<usize> {
    let wanted = GetTicketRequest { ticket: ticket.name.clone(), ..<_>::default() };
    let seen = zone.by("handler").tickets().get_ticket(wanted).await?.into_inner().ticket;
    Ok(seen.unwrap_or_default().rounds.iter().map(|round| round.evidence.len()).sum())
}

async fn a_file_may_take_longer_than_a_call(size: Size) -> Result<()> {
    let (zone, ticket) = zone(size).await?;
    let began = Instant::now();
    zone.by("handler").tickets().upload_evidence(slowly(&ticket, CHUNKS)).await?;
    assert!(Duration::from_secs(2) < began.elapsed(), "{:?}", began.elapsed());
    assert_eq!(files(&zone, &ticket).await?, 1);
    zone.world.end().await
}

async fn a_file_that_stands_still_is_cut_off_and_leaves_nothing(size: Size) -> Result<()> {
    let (zone, ticket) = zone(size).await?;
    let stalls = slowly(&ticket, CHUNKS / 2).chain(stream::pending());
    let cut = zone.by("handler").tickets().upload_evidence(stalls).await.expect_err("it stalls");
    assert_eq!(refusal(&cut), (Code::DeadlineExceeded, "whistle DEADLINE_PASSED".to_owned()));
    assert!(cut.message().contains("nothing was changed"), "{cut}");
    assert_eq!(files(&zone, &ticket).await?, 0);
    zone.world.end().await
}

async fn a_caller_who_does_not_wait_is_told_so(size: Size) -> Result<()> {
    let (zone, ticket) = zone(size).await?;
    let mut asked = Request::new(slowly(&ticket, CHUNKS));
    asked.set_timeout(Duration::from_secs(1));
    let late = zone.by("handler").tickets().upload_evidence(asked).await.expect_err("in a second");
    assert!([Code::DeadlineExceeded, Code::Cancelled].contains(&late.code()), "{late:?}");
    assert_eq!(files(&zone, &ticket).await?, 0);
    zone.world.end().await
}
