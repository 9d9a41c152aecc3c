//! What is signed is the journal; a tree that was changed from outside is never signed again.

use std::sync::Arc;

use futures_util::FutureExt as _;
use journal::statement::execute;
use journal::{Journal, Trouble, sealer};
use proof::{
    Algorithm, Checkpoint, Hash, SignedNote, SigningKey, leaf_hash, verify_consistency,
    verify_inclusion,
};
use sha2::{Digest as _, Sha256};

use crate::on_both_sizes;
use crate::stand::{Ground, Replica, Size, Task, ZONE, eventually, pause};

on_both_sizes!(
    a_checkpoint_is_the_root_of_what_is_stored,
    two_sealers_are_harmless,
    a_changed_node_is_not_signed_over,
    a_changed_note_is_not_signed_over,
    a_missing_entry_is_not_signed_over,
    another_key_is_refused,
    a_sealer_that_stops_seals_what_is_left,
);

fn key(seed: u8) -> Arc<SigningKey> {
    Arc::new(
        SigningKey::new(&format!("whistle/{ZONE}/alpha"), Algorithm::Ed25519, &[seed; 32]).unwrap(),
    )
}

fn seal(replica: &Replica) -> Task {
    let journal = replica.journal.clone();
    Task::start(|stop| async move { sealer::run(journal, key(7), stop).await })
}

/// The root by the definition (RFC 6962, section 2.1), with nothing of ours.
fn root_by_definition(leaves: &[Vec<u8>]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => Sha256::new().chain_update([0]).chain_update(leaf).finalize().into(),
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            let hash = Sha256::new().chain_update([1]).chain_update(root_by_definition(left));
            hash.chain_update(root_by_definition(right)).finalize().into()
        }
    }
}

async fn leaves(journal: &Journal) -> Vec<Vec<u8>> {
    let entries = journal.entries(0, 100_000).await.unwrap();
    entries.into_iter().map(|entry| entry.envelope).collect()
}

/// Every checkpoint there is, opened with the key.
async fn checkpoints(journal: &Journal) -> Vec<Checkpoint> {
    let mut found = Vec::new();
    for size in 1..=journal.head().await.unwrap() {
        if let Some(stored) = journal.checkpoint(Some(size)).await.unwrap() {
            let note = SignedNote::parse(stored.note.as_bytes()).unwrap();
            let checkpoint = Checkpoint::open(&note, key(7).verifier(), &[]).unwrap().checkpoint;
            assert_eq!(checkpoint.size(), u64::try_from(size).unwrap());
            assert_eq!(checkpoint.origin(), format!("whistle/{ZONE}/alpha"));
            found.push(checkpoint);
        }
    }
    found
}

/// Holds every checkpoint against the stored entries and against each other.
async fn verify(journal: &Journal) -> usize {
    let (leaves, checkpoints) = (leaves(journal).await, checkpoints(journal).await);
    let signed = |size: u64| i64::try_from(size).unwrap();
    for (at, later) in checkpoints.iter().enumerate() {
        let size = usize::try_from(later.size()).unwrap();
        assert_eq!(later.root(), Hash(root_by_definition(&leaves[..size])));
        for position in [1, size / 2 + 1, size] {
            let proof = journal.inclusion_proof(position as i64, size as i64).await.unwrap();
            let (index, leaf) = (position as u64 - 1, leaf_hash(&leaves[position - 1]));
            verify_inclusion(index, later.size(), leaf, &proof, later.root()).unwrap();
        }
        for earlier in &checkpoints[..at] {
            let (from, to) = (earlier.size(), later.size());
            let proof = journal.consistency_proof(signed(from), signed(to)).await.unwrap();
            verify_consistency(from, to, earlier.root(), later.root(), &proof).unwrap();
        }
    }
    checkpoints.len()
}

async fn is_sealed(journal: &Journal) -> bool {
    let sealed = journal.checkpoint(None).await.unwrap().map_or(0, |checkpoint| checkpoint.size);
    sealed == journal.head().await.unwrap()
}

async fn a_checkpoint_is_the_root_of_what_is_stored(size: Size) {
    let ground = Ground::new(size).await;
    let alpha = ground.replica("alpha").await;
    let _sealer = seal(&alpha);
    for count in [1, 1, 2, 5, 30, 90] {
        alpha.tell_many(count).await;
        eventually("all is sealed", || is_sealed(&alpha.journal)).await;
    }
    assert!(6 <= verify(&alpha.journal).await);
    let (origin, verifier) = alpha.journal.signer().await.unwrap().unwrap();
    assert_eq!(
        (origin, verifier),
        (format!("whistle/{ZONE}/alpha"), key(7).verifier().to_string())
    );
}

async fn two_sealers_are_harmless(size: Size) {
    let ground = Ground::new(size).await;
    let (one, two) = (ground.replica("alpha").await, ground.replica("alpha").await);
    // Both at once, without the lease that would keep them apart.
    for count in 1..=25 {
        one.tell_many(count % 4 + 1).await;
        let (one_key, two_key) = (key(7), key(7));
        let (here, there) = tokio::join!(
            sealer::seal_all(&one.journal, &one_key),
            sealer::seal_all(&two.journal, &two_key)
        );
        here.unwrap();
        there.unwrap();
    }
    // And as tasks, of which one takes over when the other has gone.
    let (first, _second) = (seal(&one), seal(&two));
    one.tell_many(20).await;
    eventually("all is sealed", || is_sealed(&one.journal)).await;
    first.kill().await;
    two.tell_many(20).await;
    eventually("all is sealed", || is_sealed(&one.journal)).await;
    assert!(6 <= verify(&one.journal).await);
}

/// Changes something by SQL, as one could who has the database in hand.
async fn change(replica: &Replica, sql: &'static str) {
    let changed = replica.journal.commit("outside", None, move |unit| {
        async move { Ok::<_, Trouble>(execute(unit.tx(), sql, []).await?) }.boxed()
    });
    assert_eq!(changed.await.unwrap().value, 1, "{sql}");
}

/// Seals five entries, changes something, tells five more: no further checkpoint may come.
async fn refuses_after(size: Size, sql: &'static str) {
    let ground = Ground::new(size).await;
    let alpha = ground.replica("alpha").await;
    alpha.tell_many(5).await;
    sealer::seal_all(&alpha.journal, &key(7)).await.unwrap();
    change(&alpha, sql).await;
    alpha.tell_many(5).await;
    let refused = sealer::seal_all(&alpha.journal, &key(7)).await;
    assert!(matches!(refused, Err(Trouble::Damaged(_))), "{refused:?}");
    // The task says so and goes on living.
    let sealer = seal(&alpha);
    pause(300).await;
    sealer.end().await;
    assert_eq!(alpha.journal.checkpoint(None).await.unwrap().unwrap().size, 5);
}

async fn a_changed_node_is_not_signed_over(size: Size) {
    let node = match size {
        Size::Embedded => "UPDATE tree_node SET hash = zeroblob(32) WHERE level = 2 AND place = 0",
        Size::Real => {
            "UPDATE tree_node SET hash = decode(repeat('00', 32), 'hex') WHERE level = 2 AND place = 0"
        }
    };
    refuses_after(size, node).await;
    refuses_after(size, "DELETE FROM tree_node WHERE level = 0 AND place = 4").await;
}

async fn a_changed_note_is_not_signed_over(size: Size) {
    refuses_after(size, "UPDATE checkpoint SET note = replace(note, 'alpha', 'gamma')").await;
    refuses_after(size, "UPDATE checkpoint SET note = 'nothing'").await;
}

async fn a_missing_entry_is_not_signed_over(size: Size) {
    // The head was moved on without an entry, which only somebody outside can do.
    refuses_after(size, "UPDATE journal_head SET position = position + 1").await;
}

async fn another_key_is_refused(size: Size) {
    let ground = Ground::new(size).await;
    let alpha = ground.replica("alpha").await;
    alpha.tell_many(5).await;
    sealer::seal_all(&alpha.journal, &key(7)).await.unwrap();
    alpha.tell_many(5).await;
    let refused = sealer::seal_all(&alpha.journal, &key(8)).await;
    let Err(Trouble::Damaged(why)) = refused else { panic!("{refused:?}") };
    assert!(why.contains("is sealed as"), "{why}");
    assert_eq!(verify(&alpha.journal).await, 1);
    sealer::seal_all(&alpha.journal, &key(7)).await.unwrap();
    assert_eq!(verify(&alpha.journal).await, 2);
}

async fn a_sealer_that_stops_seals_what_is_left(size: Size) {
    let ground = Ground::new(size).await;
    let alpha = ground.replica("alpha").await;
    let sealer = seal(&alpha);
    pause(50).await;
    alpha.tell_many(30).await;
    sealer.end().await;
    assert!(is_sealed(&alpha.journal).await);
}
