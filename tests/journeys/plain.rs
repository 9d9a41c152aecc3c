//! The plain way, whole: from whistle to close, its figures, its history and the proof of it.

use anyhow::{Context as _, Result};
use contract::common::{Date, Outcome};
use contract::dispatch::{GetLeagueRequest, WorkOrderState};
use contract::history::{
    GetCheckpointRequest, GetConsistencyProofRequest, GetInclusionProofRequest, ReadJournalRequest,
    ReadJournalResponse,
};
use contract::request::TicketState;
use proof::{
    Checkpoint, Hash, SignedNote, VerifierKey, leaf_hash, verify_consistency, verify_inclusion,
};
use std::time::Duration;
use testkit::zone::LEAD;
use testkit::{Size, eventually};

use crate::zone::{DAY_ONE, Zone, due_at, instant, kinds};

testkit::on_both_sizes!(a_ticket_goes_from_whistle_to_close, every_journal_is_provable_offline,);

async fn a_ticket_goes_from_whistle_to_close(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let ticket = zone.accepted().await?;
    assert_eq!(ticket.state(), TicketState::Accepted);
    assert_eq!(ticket.lead, LEAD);
    let order = zone.order(&ticket.work_order).await?;
    assert_eq!(order.state(), WorkOrderState::Offered);
    assert_eq!((order.source.as_str(), order.department.as_str()), (ticket.name.as_str(), LEAD));
    assert_eq!(due_at(order.contact_due.as_ref()), instant("2026-03-04T15:00:00+08:00"));
    assert_eq!(due_at(order.reply_due.as_ref()), instant("2026-03-11T17:30:00+08:00"));

    zone.at("2026-03-04T10:00:00+08:00").await?;
    zone.by("D02-11").claim(&order.name).await?;
    zone.at("2026-03-04T11:00:00+08:00").await?;
    zone.by("D02-11").contact(&order.name).await?;
    assert_eq!(zone.seen(&ticket).await?.progress.unwrap().state, "IN_PROGRESS");
    zone.at("2026-03-06T16:00:00+08:00").await?;
    zone.by("D02-11").complete(&order.name).await?;
    let answered = zone.seen(&ticket).await?;
    assert_eq!((answered.state(), answered.outcome()), (TicketState::Answered, Outcome::Solved));
    assert_eq!(answered.answer, "已恢复");
    zone.at("2026-03-09T09:00:00+08:00").await?;
    let confirmed = zone.by("handler").rate(&ticket.name, 5).await?;
    assert_eq!(confirmed.state(), TicketState::Confirmed);
    zone.world.settle().await?;
    let closed = zone.by("D01-12").close(&ticket.name).await?;
    assert_eq!(closed.state(), TicketState::Closed);
    zone.world.settle().await?;

    let history = zone.ticket_history(&ticket.name).await?;
    let history = kinds(&history);
    assert_eq!(history[..3], ["TicketSubmitted", "TicketAccepted", "WorkRequested"]);
    assert_eq!(history[history.len() - 3..], ["TicketAnswered", "TicketConfirmed", "TicketClosed"]);
    let history = zone.order_history(&order.name).await?;
    let happened = [
        "WorkOrderOffered",
        "WorkOrderClaimed",
        "WorkOrderContacted",
        "WorkOrderCompleted",
        "WorkOrderRated",
        "WorkOrderMatterClosed",
    ];
    assert_eq!(kinds(&history), happened);
    the_league_counts_it(&zone).await?;
    zone.world.end().await
}

async fn the_league_counts_it(zone: &Zone) -> Result<()> {
    let day = |day| Some(Date { year: 2026, month: 3, day });
    let march = GetLeagueRequest {
        from_date: day(1),
        to_date: day(31),
        first_round: false,
        ..<_>::default()
    };
    let league = zone.by("D01-11").orders().get_league(march).await?.into_inner();
    let row = league.rows.iter().find(|row| row.department == LEAD).context("a row")?;
    let whole = league.zone.as_ref().context("the zone's row")?;
    for row in [row, whole] {
        assert_eq!((row.dispatched, row.returns_upheld, row.assisted), (1, 0, 0));
        for rate in [&row.response, &row.on_time, &row.solved, &row.satisfied, &row.rated] {
            let rate = rate.as_ref().context("a rate")?;
            assert_eq!((rate.numerator, rate.denominator, &rate.exclusions[..]), (1, 1, &[][..]));
            assert_eq!(rate.text, "100.0%（样本不足）");
        }
        assert_eq!(row.score_hundredths, Some(10_000));
        assert_eq!((row.contacted_late, row.answered_late), (0, 0));
    }
    let elsewhere = league.rows.iter().filter(|row| row.department != LEAD);
    for row in elsewhere {
        assert_eq!((row.dispatched, row.score_hundredths), (0, None));
        assert_eq!(row.response.as_ref().context("a rate")?.text, "无件");
    }
    Ok(())
}

async fn every_journal_is_provable_offline(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let (ticket, order) = zone.in_progress().await?;
    let early = checkpoint(&zone, "request", 1).await?;
    zone.by("D02-11").complete(&order.name).await?;
    zone.seen(&ticket).await?;
    zone.by("handler").rate(&ticket.name, 4).await?;
    zone.world.settle().await?;
    for journal in ["directory", "request", "dispatch"] {
        let entries = export(&zone, journal).await?;
        let positions: Vec<i64> = entries.iter().map(|entry| entry.position).collect();
        assert!(positions.iter().copied().eq(1..=positions.len() as i64), "{positions:?}");
        let newest = checkpoint(&zone, journal, entries.len() as u64).await?;
        assert_eq!(newest.origin(), format!("whistle/{}/{journal}", testkit::world::ZONE));
        for entry in [&entries[0], &entries[entries.len() / 2], &entries[entries.len() - 1]] {
            proves(&zone, journal, entry, &newest).await?;
        }
        if journal == "request" {
            assert!(early.size() < newest.size());
            grew(&zone, journal, &early, &newest).await?;
        }
    }
    zone.world.end().await
}

/// The whole journal, as an auditor exports it.
pub(crate) async fn export(zone: &Zone, journal: &str) -> Result<Vec<ReadJournalResponse>> {
    let wanted = ReadJournalRequest { journal: journal.to_owned(), after: 0 };
    let stream = zone.by("auditor").history(journal).read_journal(wanted).await?;
    let mut stream = stream.into_inner();
    let mut entries = Vec::new();
    while let Some(entry) = stream.message().await? {
        entries.push(entry);
    }
    Ok(entries)
}

/// The newest checkpoint, once it holds so many entries; its signature is good.
pub(crate) async fn checkpoint(zone: &Zone, journal: &str, size: u64) -> Result<Checkpoint> {
    let sealed = eventually("the journal is sealed", Duration::from_secs(20), async || {
        let wanted = GetCheckpointRequest { journal: journal.to_owned(), size: 0 };
        let answer = zone.by("auditor").history(journal).get_checkpoint(wanted).await;
        let answer = answer.map_err(|status| status.to_string())?.into_inner();
        let reached = u64::try_from(answer.size).unwrap_or(0);
        if size <= reached { Ok(answer) } else { Err(format!("{reached} of {size}")) }
    });
    let sealed = sealed.await?;
    let key: VerifierKey = sealed.verifier_key.parse()?;
    let note = SignedNote::parse(sealed.note.as_bytes())?;
    Ok(Checkpoint::open(&note, &key, &[])?.checkpoint)
}

/// An entry's inclusion holds with nothing but the checkpoint, the path and the entry's bytes.
pub(crate) async fn proves(
    zone: &Zone,
    journal: &str,
    entry: &ReadJournalResponse,
    checkpoint: &Checkpoint,
) -> Result<()> {
    let size = i64::try_from(checkpoint.size())?;
    let position = entry.position;
    let wanted = GetInclusionProofRequest { journal: journal.to_owned(), position, size };
    let client = zone.by("auditor").history(journal).get_inclusion_proof(wanted).await;
    let proof = client?.into_inner();
    assert_eq!(proof.leaf_index, position - 1);
    let index = u64::try_from(proof.leaf_index)?;
    let path = hashes(&proof.hashes)?;
    let leaf = leaf_hash(&entry.envelope);
    assert_eq!(proof.leaf_hash, leaf.as_bytes());
    verify_inclusion(index, checkpoint.size(), leaf, &path, checkpoint.root())?;
    let mut changed = entry.envelope.clone();
    changed[20] ^= 1;
    let forged = leaf_hash(&changed);
    assert!(verify_inclusion(index, checkpoint.size(), forged, &path, checkpoint.root()).is_err());
    Ok(())
}

/// The later tree holds the earlier one unchanged.
async fn grew(zone: &Zone, journal: &str, early: &Checkpoint, late: &Checkpoint) -> Result<()> {
    let wanted = GetConsistencyProofRequest {
        journal: journal.to_owned(),
        from_size: i64::try_from(early.size())?,
        to_size: i64::try_from(late.size())?,
    };
    let answer = zone.by("auditor").history(journal).get_consistency_proof(wanted).await?;
    let path = hashes(&answer.into_inner().hashes)?;
    verify_consistency(early.size(), late.size(), early.root(), late.root(), &path)?;
    Ok(())
}

pub(crate) fn hashes(hashes: &[Vec<u8>]) -> Result<Vec<Hash>> {
    let hash = |bytes: &Vec<u8>| bytes.as_slice().try_into().map(Hash).context("32 bytes");
    hashes.iter().map(hash).collect()
}
