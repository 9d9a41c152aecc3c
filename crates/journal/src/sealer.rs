//! The sealer: appends leaves, proves consistency with the last signed checkpoint, signs the next.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use proof::{Checkpoint, Frontier, Hash, NodeId, SignedNote, SigningKey, VerifierKey};
use sea_orm::ConnectionTrait;
use tokio_util::sync::CancellationToken;

use crate::lease::Lease;
use crate::rest::rest;
use crate::statement::{execute, find, for_update};
use crate::tree::{find_checkpoint, find_nodes, insert_nodes};
use crate::trouble::chain;
use crate::{Journal, Trouble};

/// How many leaves one checkpoint adds at the most.
const LEAVES_PER_SEAL: u64 = 1_024;
/// How long entries are gathered before they are sealed together.
const GATHER: Duration = Duration::from_millis(200);
/// How long to wait before looking again: another replica may have committed.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(2);

/// Seals until `stop`, then what is left. What cannot be sealed is left unsealed and said, never
/// signed.
pub async fn run(journal: Journal, key: Arc<SigningKey>, stop: CancellationToken) {
    let mut lease = Lease::new(&journal, "seal");
    loop {
        let mut head = journal.watch_head();
        head.borrow_and_update();
        if let Err(trouble) = seal_as_holder(&journal, &key, &mut lease).await {
            tracing::error!(
                journal = journal.name(), reason = %chain(&trouble), "the journal is not sealed"
            );
        }
        if stop.is_cancelled() {
            break;
        }
        tokio::select! {
            _ = head.changed() => rest(GATHER, &stop).await,
            () = rest(LOOK_AGAIN_AFTER, &stop) => {}
        }
    }
    if let Err(trouble) = lease.release(&journal).await {
        tracing::warn!(journal = journal.name(), %trouble, "another replica seals only after a while");
    }
}

/// Seals if there is anything to seal and no other replica does it.
async fn seal_as_holder(
    journal: &Journal,
    key: &Arc<SigningKey>,
    lease: &mut Lease,
) -> Result<(), Trouble> {
    let size = journal.checkpoint(None).await?.map_or(0, |checkpoint| checkpoint.size);
    journal.note_sealed(size);
    if size < journal.head().await? && lease.hold(journal).await? {
        seal_all(journal, key).await?;
    }
    Ok(())
}

/// Seals everything that is in the journal now.
pub async fn seal_all(journal: &Journal, key: &Arc<SigningKey>) -> Result<(), Trouble> {
    loop {
        let last = journal.checkpoint(None).await?;
        let size = last.map_or(0, |checkpoint| checkpoint.size);
        journal.note_sealed(size);
        let entries = journal.entries(size, LEAVES_PER_SEAL).await?;
        if entries.is_empty() {
            return Ok(());
        }
        for (entry, position) in entries.iter().zip(size + 1..) {
            if entry.position != position {
                return Err(Trouble::Damaged(format!(
                    "entry {position} of the journal is missing"
                )));
            }
        }
        let leaves: Vec<Hash> =
            entries.iter().map(|entry| proof::leaf_hash(&entry.envelope)).collect();
        let key = Arc::clone(key);
        let origin = format!("whistle/{}/{}", journal.zone(), journal.name());
        let sealed = journal.commit_own("seal", move |unit| {
            let (key, origin, leaves) = (Arc::clone(&key), origin.clone(), leaves.clone());
            async move {
                let now = unit.now().as_microsecond();
                seal(unit.tx(), &key, &origin, size, &leaves, now).await
            }
            .boxed()
        });
        sealed.await?;
    }
}

/// One checkpoint more, in the writer's transaction. If another replica sealed meanwhile,
/// nothing is done.
async fn seal<C: ConnectionTrait>(
    on: &C,
    key: &SigningKey,
    origin: &str,
    from: i64,
    leaves: &[Hash],
    now: i64,
) -> Result<(), Trouble> {
    check_signer(on, origin, &key.verifier().to_string()).await?;
    let last = find_checkpoint(on, None).await?;
    if last.as_ref().map_or(0, |checkpoint| checkpoint.size) != from {
        return Ok(());
    }
    let mut frontier = restore(on, from.unsigned_abs()).await?;
    if let Some(last) = last {
        check_root(&last.note, key.verifier(), origin, &frontier)?;
    }
    let mut nodes: Vec<(NodeId, Hash)> = Vec::with_capacity(leaves.len() * 2);
    for leaf in leaves {
        nodes.extend(frontier.push(*leaf));
    }
    insert_nodes(on, &nodes).await?;
    let checkpoint = Checkpoint::new(origin, frontier.size(), frontier.root()).map_err(unsealed)?;
    let note = checkpoint.sign(key).map_err(unsealed)?.to_string();
    let size = from + i64::try_from(leaves.len()).unwrap_or(i64::MAX);
    let sql = "INSERT INTO checkpoint (size, note, sealed_at) VALUES ($1, $2, $3)";
    execute(on, sql, [size.into(), note.into(), now.into()]).await?;
    Ok(())
}

/// The right edge of the tree that was sealed last, from stored nodes.
async fn restore<C: ConnectionTrait>(on: &C, size: u64) -> Result<Frontier, Trouble> {
    let wanted = Frontier::nodes_needed(size).map_err(unsealed)?;
    let nodes = find_nodes(on, &wanted).await?;
    Frontier::restore(size, |node| nodes.get(&node).copied()).map_err(unsealed)
}

/// The stored tree must be the one that was signed: appending to it is then consistent with it,
/// because complete nodes are only ever added.
fn check_root(
    note: &str,
    key: &VerifierKey,
    origin: &str,
    frontier: &Frontier,
) -> Result<(), Trouble> {
    let note = SignedNote::parse(note.as_bytes()).map_err(unsealed)?;
    let signed = Checkpoint::open(&note, key, &[]).map_err(unsealed)?.checkpoint;
    let same = (signed.size(), signed.root()) == (frontier.size(), frontier.root());
    if same && signed.origin() == origin {
        return Ok(());
    }
    Err(Trouble::Damaged(format!(
        "the tree of {} entries is not the one that was signed; it was changed from outside",
        frontier.size()
    )))
}

/// A journal keeps its first origin and key and refuses any other. Locks their row, so that two
/// replicas seal one after the other.
async fn check_signer<C: ConnectionTrait>(on: &C, origin: &str, key: &str) -> Result<(), Trouble> {
    let sql = "INSERT INTO seal (only_row, origin, verifier_key) VALUES (1, $1, $2) \
               ON CONFLICT (only_row) DO NOTHING";
    execute(on, sql, [origin.into(), key.into()]).await?;
    let sql = format!("SELECT origin, verifier_key FROM seal{}", for_update(on));
    let row = find(on, &sql, []).await?;
    let row = row.ok_or_else(|| Trouble::Damaged("the seal's row is missing".to_owned()))?;
    let first: (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    if (first.0.as_str(), first.1.as_str()) == (origin, key) {
        return Ok(());
    }
    Err(Trouble::Damaged(format!(
        "this journal is sealed as {} by {}, not as {origin} by {key}",
        first.0, first.1
    )))
}

fn unsealed(error: impl std::fmt::Display) -> Trouble {
    Trouble::Damaged(format!("the tree cannot be sealed: {error}"))
}
