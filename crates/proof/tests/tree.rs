//! The tree against another implementation, against its own verifier, and at its limits.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::HashMap;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proof::tree::SIZE_MAX;
use proof::{
    Frontier, Hash, NodeId, ProofError, TreeError, consistency_proof, inclusion_proof, leaf_hash,
    node_hash, nodes_for_consistency, nodes_for_inclusion, nodes_for_root, root_at,
    verify_consistency, verify_inclusion,
};
use proptest::prelude::*;
use sha2::Sha256;

/// Sizes up to this are tried one and all.
const SMALL: u64 = 66;

/// What a log keeps: its nodes, each written once, and the root after each leaf.
#[derive(Default)]
struct Log {
    nodes: HashMap<NodeId, Hash>,
    frontier: Frontier,
    roots: Vec<Hash>,
}

impl Log {
    fn of(leaves: impl IntoIterator<Item = Vec<u8>>) -> Log {
        let mut log = Log::default();
        log.roots.push(log.frontier.root());
        for leaf in leaves {
            for (id, hash) in log.frontier.push_data(&leaf) {
                assert_eq!(log.nodes.insert(id, hash), None, "{id:?} is written once");
            }
            log.roots.push(log.frontier.root());
        }
        log
    }

    fn of_size(size: u64) -> Log {
        Log::of((0..size).map(|index| format!("entry {index}").into_bytes()))
    }

    fn leaf(&self, index: u64) -> Hash {
        self.nodes[&NodeId { level: 0, index }]
    }

    fn root(&self, size: u64) -> Hash {
        self.roots[usize::try_from(size).unwrap()]
    }

    /// Looks up as if the store had been read when the tree had `size` leaves.
    fn stored_at(&self, size: u64) -> impl Fn(NodeId) -> Option<Hash> + '_ {
        move |id| {
            let ends_at = (id.index + 1) << id.level;
            (ends_at <= size).then(|| self.nodes.get(&id).copied()).flatten()
        }
    }

    fn inclusion(&self, index: u64, size: u64) -> Vec<Hash> {
        inclusion_proof(index, size, self.stored_at(size)).unwrap()
    }

    fn consistency(&self, old: u64, new: u64) -> Vec<Hash> {
        consistency_proof(old, new, self.stored_at(new)).unwrap()
    }
}

fn flipped(hash: Hash, bit: usize) -> Hash {
    let mut bytes = hash.0;
    bytes[bit / 8 % 32] ^= 1 << (bit % 8);
    Hash(bytes)
}

fn joined(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

#[test]
fn every_proof_of_a_small_tree_verifies_from_what_was_stored_then() {
    let log = Log::of_size(SMALL);
    for size in 0..=SMALL {
        assert_eq!(root_at(size, log.stored_at(size)), Ok(log.root(size)));
        for index in 0..size {
            let proof = log.inclusion(index, size);
            let verdict = verify_inclusion(index, size, log.leaf(index), &proof, log.root(size));
            assert_eq!(verdict, Ok(()), "leaf {index} of {size}");
        }
        for old in 1..=size {
            let proof = log.consistency(old, size);
            let verdict = verify_consistency(old, size, log.root(old), log.root(size), &proof);
            assert_eq!(verdict, Ok(()), "{old} to {size}");
        }
    }
}

#[test]
fn a_proof_of_another_place_or_size_fails() {
    let log = Log::of_size(SMALL);
    for size in 1..=SMALL {
        for index in 0..size {
            let (leaf, proof) = (log.leaf(index), log.inclusion(index, size));
            for other in (0..=size).filter(|other| *other != index) {
                let verdict = verify_inclusion(other, size, leaf, &proof, log.root(size));
                assert!(verdict.is_err(), "leaf {index} of {size} passes for {other}");
            }
            for other in [size - 1, size + 1].into_iter().filter(|other| *other <= SMALL) {
                let verdict = verify_inclusion(index, other, leaf, &proof, log.root(other));
                assert!(verdict.is_err(), "leaf {index} of {size} passes in {other}");
            }
        }
    }
}

#[test]
fn a_consistency_proof_of_another_size_fails() {
    let log = Log::of_size(SMALL);
    for new in 1..=SMALL {
        for old in 1..=new {
            let proof = log.consistency(old, new);
            let (root1, root2) = (log.root(old), log.root(new));
            for other in (0..=SMALL).filter(|other| *other != old) {
                let verdict = verify_consistency(other, new, root1, root2, &proof);
                assert!(verdict.is_err(), "{old} to {new} passes from {other}");
                let root = log.root(other);
                let verdict = verify_consistency(old, new, root, root2, &proof);
                assert!(verdict.is_err(), "{old} to {new} passes from the root of {other}");
            }
            for other in (0..=SMALL).filter(|other| *other != new) {
                let root = log.root(other);
                let verdict = verify_consistency(old, other, root1, root, &proof);
                assert!(verdict.is_err(), "{old} to {new} passes to {other}");
            }
        }
    }
}

#[test]
fn a_restored_edge_is_the_live_one() {
    let log = Log::of_size(SMALL);
    let mut live = Frontier::new();
    for index in 0..SMALL {
        let mut restored = Frontier::restore(live.size(), log.stored_at(live.size())).unwrap();
        assert_eq!(restored, live);
        assert_eq!(restored.push(log.leaf(index)), live.push(log.leaf(index)));
        assert_eq!((restored.size(), restored.root()), (index + 1, log.root(index + 1)));
    }
}

#[test]
fn the_nodes_asked_for_are_just_those_looked_up() {
    let log = Log::of_size(SMALL);
    for size in 0..=SMALL {
        let only = |nodes: Vec<NodeId>| {
            let fetched: HashMap<NodeId, Hash> =
                nodes.iter().map(|id| (*id, log.stored_at(size)(*id).expect("stored"))).collect();
            assert_eq!(fetched.len(), nodes.len(), "no node is asked for twice");
            fetched
        };
        let fetched = only(Frontier::nodes_needed(size).unwrap());
        assert_eq!(root_at(size, |id| fetched.get(&id).copied()), Ok(log.root(size)));
        for place in 0..size {
            let fetched = only(nodes_for_inclusion(place, size).unwrap());
            let proof = inclusion_proof(place, size, |id| fetched.get(&id).copied());
            assert_eq!(proof, Ok(log.inclusion(place, size)));
            let fetched = only(nodes_for_consistency(place + 1, size).unwrap());
            let proof = consistency_proof(place + 1, size, |id| fetched.get(&id).copied());
            assert_eq!(proof, Ok(log.consistency(place + 1, size)));
        }
    }
}

#[test]
fn what_cannot_be_proved_is_refused_by_name() {
    let nothing = |_: NodeId| None;
    assert_eq!(root_at(0, nothing), Ok(Hash::of_empty_tree()));
    let missing = TreeError::NodeMissing(NodeId { level: 1, index: 0 });
    assert_eq!(root_at(3, nothing), Err(missing));
    assert_eq!(missing.to_string(), "the node at level 1, index 0 is missing");
    let none = TreeError::NoSuchLeaf { index: 5, size: 5 };
    assert_eq!(inclusion_proof(5, 5, nothing), Err(none));
    assert_eq!(consistency_proof(0, 5, nothing), Err(TreeError::OldSizeZero));
    assert_eq!(consistency_proof(0, 0, nothing), Err(TreeError::OldSizeZero));
    assert_eq!(consistency_proof(6, 5, nothing), Err(TreeError::Shrinks { old: 6, new: 5 }));
    assert_eq!(consistency_proof(5, 5, nothing), Ok(vec![]));
    let too_large = TreeError::TooLarge { size: SIZE_MAX + 1 };
    assert_eq!(nodes_for_root(SIZE_MAX + 1), Err(too_large));
    assert_eq!(nodes_for_inclusion(0, SIZE_MAX + 1), Err(too_large));
    assert_eq!(nodes_for_consistency(1, SIZE_MAX + 1), Err(too_large));
    let root = Hash::of_empty_tree();
    let shrinks = ProofError::Shrinks { old: 2, new: 1 };
    assert_eq!(verify_consistency(0, 0, root, root, &[]), Err(ProofError::OldSizeZero));
    assert_eq!(verify_consistency(2, 1, root, root, &[]), Err(shrinks));
    let length = ProofError::Length { expected: 0, found: 1 };
    assert_eq!(verify_consistency(1, 1, root, root, &[root]), Err(length));
    assert_eq!(verify_inclusion(0, 1, root, &[root], root), Err(length));
    let none = ProofError::NoSuchLeaf { leaf_index: 0, tree_size: 0 };
    assert_eq!(verify_inclusion(0, 0, root, &[], root), Err(none));
}

#[test]
fn a_proof_in_the_largest_tree_of_all_is_followed_to_its_top() {
    let proof: Vec<Hash> = (0u8..64).map(|level| leaf_hash(&[level])).collect();
    let leaf = leaf_hash(b"leaf");
    let root =
        proof[1..].iter().fold(node_hash(proof[0], leaf), |hash, right| node_hash(hash, *right));
    assert_eq!(verify_inclusion(1, u64::MAX, leaf, &proof, root), Ok(()));
}

/// The nodes of a tree whose leaves are all alike: any size, no store.
fn alike() -> impl Fn(NodeId) -> Option<Hash> + Copy {
    let mut levels = [leaf_hash(b""); 64];
    for level in 1..64 {
        levels[level] = node_hash(levels[level - 1], levels[level - 1]);
    }
    move |id| levels.get(usize::from(id.level)).copied()
}

/// Sizes of every magnitude, and those beside powers of two.
fn any_size() -> impl Strategy<Value = u64> {
    let magnitude = (1..=SIZE_MAX, 0u32..63).prop_map(|(size, shift)| (size >> shift).max(1));
    let beside =
        (0u32..63, -1i64..=1).prop_map(|(bit, by)| (1u64 << bit).saturating_add_signed(by));
    prop_oneof![magnitude, beside.prop_map(|size| size.max(1)), Just(SIZE_MAX)]
}

proptest! {
    #[test]
    fn proofs_hold_at_any_size(sizes in (any_size(), any_size()), at in any::<u64>()) {
        let (old, new) = (sizes.0.min(sizes.1), sizes.0.max(sizes.1));
        let (root1, root2) = (root_at(old, alike()).unwrap(), root_at(new, alike()).unwrap());
        for index in [at % new, new - 1, old - 1] {
            let proof = inclusion_proof(index, new, alike()).unwrap();
            prop_assert_eq!(verify_inclusion(index, new, leaf_hash(b""), &proof, root2), Ok(()));
        }
        let proof = consistency_proof(old, new, alike()).unwrap();
        prop_assert_eq!(verify_consistency(old, new, root1, root2, &proof), Ok(()));
    }

    #[test]
    fn the_edge_goes_on_from_any_size(size in 0..SIZE_MAX) {
        let mut frontier = Frontier::restore(size, alike()).unwrap();
        let made = frontier.push(leaf_hash(b""));
        prop_assert_eq!(made.len(), size.trailing_ones() as usize + 1);
        for (id, hash) in made {
            prop_assert_eq!(alike()(id), Some(hash));
            prop_assert_eq!((id.index + 1) << id.level, size + 1);
        }
        prop_assert_eq!(Ok(frontier), Frontier::restore(size + 1, alike()));
    }

    #[test]
    fn no_sizes_and_no_hashes_make_a_verifier_panic(
        numbers in (any::<u64>(), any::<u64>()),
        shift in 0u32..64,
        bytes in proptest::collection::vec(any::<[u8; 32]>(), 0..130),
    ) {
        let hashes: Vec<Hash> = bytes.into_iter().map(Hash).collect();
        let (first, second) = (numbers.0 >> shift, numbers.1);
        let (root, other) = (Hash::of_empty_tree(), leaf_hash(b""));
        for length in 0..=hashes.len() {
            prop_assert!(verify_inclusion(first, second, other, &hashes[..length], root).is_err());
            let verdict = verify_consistency(first, second, root, other, &hashes[..length]);
            prop_assert!(verdict.is_err());
        }
    }

    #[test]
    fn roots_and_proofs_are_those_of_another_implementation(
        leaves in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 1..300),
        places in proptest::collection::vec(any::<proptest::sample::Index>(), 8),
    ) {
        let log = Log::of(leaves.clone());
        let mut other = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        for (index, leaf) in leaves.iter().enumerate() {
            other.push(leaf.clone());
            prop_assert_eq!(other.root().as_bytes()[..].to_vec(), log.roots[index + 1].0.to_vec());
        }
        let size = other.len();
        for place in places {
            let index = place.index(leaves.len());
            let (at, additions) = (index as u64, leaves.len() - index - 1);
            let proof = joined(&log.inclusion(at, size));
            prop_assert_eq!(other.prove_inclusion(index).as_bytes().to_vec(), proof);
            let proof = joined(&log.consistency(at + 1, size));
            prop_assert_eq!(other.prove_consistency(additions).as_bytes().to_vec(), proof);
        }
    }

    #[test]
    fn one_bit_or_one_hash_changed_anywhere_fails(
        size in 1u64..600,
        at in any::<proptest::sample::Index>(),
        which in any::<proptest::sample::Index>(),
        bit in 0usize..256,
    ) {
        let log = Log::of_size(size);
        let index = at.index(usize::try_from(size).unwrap()) as u64;
        let (leaf, root) = (log.leaf(index), log.root(size));
        let proof = log.inclusion(index, size);
        prop_assert!(verify_inclusion(index, size, flipped(leaf, bit), &proof, root).is_err());
        prop_assert!(verify_inclusion(index, size, leaf, &proof, flipped(root, bit)).is_err());
        for damaged in damage(&proof, which, bit) {
            prop_assert!(verify_inclusion(index, size, leaf, &damaged, root).is_err());
        }
        let (old, root1) = (index + 1, log.root(index + 1));
        let proof = log.consistency(old, size);
        prop_assert!(verify_consistency(old, size, flipped(root1, bit), root, &proof).is_err());
        prop_assert!(verify_consistency(old, size, root1, flipped(root, bit), &proof).is_err());
        for damaged in damage(&proof, which, bit) {
            prop_assert!(verify_consistency(old, size, root1, root, &damaged).is_err());
        }
    }
}

/// The proof with a bit flipped, a hash too few, one too many at either end, turned around.
fn damage(proof: &[Hash], which: proptest::sample::Index, bit: usize) -> Vec<Vec<Hash>> {
    let extra = leaf_hash(b"extra");
    let mut all = vec![[proof, &[extra]].concat(), [&[extra], proof].concat()];
    if !proof.is_empty() {
        let place = which.index(proof.len());
        let mut changed = proof.to_vec();
        changed[place] = flipped(changed[place], bit);
        all.push(changed);
        let mut shorter = proof.to_vec();
        shorter.remove(place);
        all.push(shorter);
    }
    if 1 < proof.len() {
        all.push(proof.iter().rev().copied().collect());
    }
    all
}
