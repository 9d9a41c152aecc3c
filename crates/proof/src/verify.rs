//! Verification (验证) of inclusion and consistency proofs: RFC 9162 §2.1.3.2 and §2.1.4.2.
//!
//! The sizes alone decide how many hashes a proof must have and on which side each one stands,
//! so a proof of another length is refused before anything is hashed.

use crate::hash::{Hash, node_hash};

/// Why a proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The tree has no such leaf; the empty tree has none at all.
    #[error("a tree of {tree_size} leaves has no leaf {leaf_index}")]
    NoSuchLeaf {
        /// The leaf's index, counted from 0.
        leaf_index: u64,
        /// The tree's size.
        tree_size: u64,
    },
    /// Everything follows from nothing, so a proof from the empty tree proves nothing.
    #[error("a consistency proof from size 0 proves nothing")]
    OldSizeZero,
    /// The later tree is smaller.
    #[error("a tree of {new} leaves does not come after one of {old}")]
    Shrinks {
        /// The earlier size.
        old: u64,
        /// The later size.
        new: u64,
    },
    /// Too many hashes, or too few.
    #[error("the proof has {found} hashes where the sizes ask for {expected}")]
    Length {
        /// What the sizes ask for.
        expected: usize,
        /// What the proof has.
        found: usize,
    },
    /// The hashes do not lead to the root.
    #[error("the proof does not lead to the root")]
    Root,
    /// The hashes do not lead to the earlier root: the history was rewritten, or is another one.
    #[error("the proof does not lead to the old root")]
    OldRoot,
    /// The hashes do not lead to the later root.
    #[error("the proof does not lead to the new root")]
    NewRoot,
}

/// Checks that the leaf with this hash stands at `leaf_index` in the tree of `tree_size` leaves
/// with this root.
pub fn verify_inclusion(
    leaf_index: u64,
    tree_size: u64,
    leaf_hash: Hash,
    proof: &[Hash],
    root: Hash,
) -> Result<(), ProofError> {
    if tree_size <= leaf_index {
        return Err(ProofError::NoSuchLeaf { leaf_index, tree_size });
    }
    let (inner, border) = shape(leaf_index, tree_size - 1);
    check_length(inner + border, proof)?;
    let (inner, border) = proof.split_at(inner);
    let hash = climb_border(climb(leaf_hash, inner, leaf_index), border);
    if hash == root { Ok(()) } else { Err(ProofError::Root) }
}

/// Checks that the tree of `size2` leaves with `root2` begins with the tree of `size1` leaves
/// with `root1`. Refuses `size1` = 0: there is nothing to be consistent with.
pub fn verify_consistency(
    size1: u64,
    size2: u64,
    root1: Hash,
    root2: Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if size1 == 0 {
        return Err(ProofError::OldSizeZero);
    }
    if size2 < size1 {
        return Err(ProofError::Shrinks { old: size1, new: size2 });
    }
    if size1 == size2 {
        check_length(0, proof)?;
        return if root1 == root2 { Ok(()) } else { Err(ProofError::NewRoot) };
    }
    // The climb starts at the last complete subtree of the old tree, `level` above its last leaf.
    // It is below where the two trees part, hence no subtraction can fail.
    let level = size1.trailing_zeros();
    let (inner, border) = shape((size1 - 1) >> level, (size2 - 1) >> level);
    let (start, rest) = if size1.is_power_of_two() {
        check_length(inner + border, proof)?;
        (root1, proof)
    } else {
        check_length(1 + inner + border, proof)?;
        let Some((first, rest)) = proof.split_first() else { return Err(ProofError::OldRoot) };
        (*first, rest)
    };
    let index = (size1 - 1) >> level;
    let (inner, border) = rest.split_at(inner);
    if climb_border(climb_old(start, inner, index), border) != root1 {
        return Err(ProofError::OldRoot);
    }
    if climb_border(climb(start, inner, index), border) != root2 {
        return Err(ProofError::NewRoot);
    }
    Ok(())
}

/// How many hashes stand on either side until the way from `index` joins the right edge, and how
/// many from there on, all on the left.
fn shape(index: u64, last: u64) -> (usize, usize) {
    let inner = u64::BITS - (index ^ last).leading_zeros();
    let border = index.checked_shr(inner).unwrap_or(0).count_ones();
    (inner as usize, border as usize)
}

fn check_length(expected: usize, proof: &[Hash]) -> Result<(), ProofError> {
    let found = proof.len();
    if found == expected { Ok(()) } else { Err(ProofError::Length { expected, found }) }
}

/// Climbs with a neighbour on the side that each bit of the index tells.
fn climb(start: Hash, neighbours: &[Hash], index: u64) -> Hash {
    neighbours.iter().enumerate().fold(start, |hash, (level, neighbour)| {
        if is_right(index, level) {
            node_hash(*neighbour, hash)
        } else {
            node_hash(hash, *neighbour)
        }
    })
}

/// As [`climb`], in the old tree: what stands to the right was not there yet.
fn climb_old(start: Hash, neighbours: &[Hash], index: u64) -> Hash {
    neighbours.iter().enumerate().fold(start, |hash, (level, neighbour)| {
        if is_right(index, level) { node_hash(*neighbour, hash) } else { hash }
    })
}

/// Climbs along the right edge: all that is beside it stands on its left.
fn climb_border(start: Hash, neighbours: &[Hash]) -> Hash {
    neighbours.iter().fold(start, |hash, left| node_hash(*left, hash))
}

fn is_right(index: u64, level: usize) -> bool {
    // There are at most 64 levels: `shape` counts the bits of an index.
    (index >> level) & 1 == 1
}
