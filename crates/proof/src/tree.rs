//! The append-only Merkle tree (默克尔树) over stored nodes: what to fetch, what to store, roots and proofs.
//!
//! Only *complete* subtrees have a stored node, written once when their last leaf arrives and
//! never changed. Whatever else a root or a proof needs is folded from these. So a store works in
//! three steps: ask which nodes are needed (`nodes_for_*`), fetch them all at once in any order,
//! hand them in as a lookup.

use std::ops::Range;

use crate::hash::{Hash, leaf_hash, node_hash};

/// The most leaves that a tree may have: what a database's signed 64-bit integer can count.
pub const SIZE_MAX: u64 = i64::MAX as u64;

/// A complete subtree: the 2^`level` leaves from `index` × 2^`level` on. Level 0 is a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// The height over the leaves, 0 to 62.
    pub level: u8,
    /// The place among the nodes of its level, from the left, from 0.
    pub index: u64,
}

/// Why there is no root or proof to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// A tree of more than [`SIZE_MAX`] leaves.
    #[error("a tree of {size} leaves is too large")]
    TooLarge {
        /// The size asked for.
        size: u64,
    },
    /// There is no such leaf yet.
    #[error("a tree of {size} leaves has no leaf {index}")]
    NoSuchLeaf {
        /// The leaf asked for, counted from 0.
        index: u64,
        /// The size of the tree asked about.
        size: u64,
    },
    /// Nothing can be proved about the tree without leaves.
    #[error("no consistency proof starts from an empty tree")]
    OldSizeZero,
    /// A tree never shrinks.
    #[error("a tree of {new} leaves does not come after one of {old}")]
    Shrinks {
        /// The size said to be the earlier one.
        old: u64,
        /// The size said to be the later one.
        new: u64,
    },
    /// The store lacks a node that it must have: it is damaged, or shorter than the tree.
    #[error("the node at level {level}, index {index} is missing", level = .0.level, index = .0.index)]
    NodeMissing(NodeId),
}

/// The right edge of the tree: the roots of its complete subtrees, at most 63 hashes.
///
/// This alone is needed to append and to tell the root; keep it in memory, restore it from
/// stored nodes after a start.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    // From the left, the largest first: one for each bit of `size`.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The edge of the tree without leaves.
    pub fn new() -> Frontier {
        Frontier::default()
    }

    /// The nodes that [`Frontier::restore`] looks up for a tree of `size` leaves.
    pub fn nodes_needed(size: u64) -> Result<Vec<NodeId>, TreeError> {
        nodes_for_root(size)
    }

    /// The edge of a stored tree of `size` leaves.
    pub fn restore(
        size: u64,
        lookup: impl Fn(NodeId) -> Option<Hash>,
    ) -> Result<Frontier, TreeError> {
        let find = |id| lookup(id).ok_or(TreeError::NodeMissing(id));
        let peaks = nodes_for_root(size)?.into_iter().map(find).collect::<Result<_, _>>()?;
        Ok(Frontier { size, peaks })
    }

    /// Appends a leaf and returns the nodes that are complete by it, to be stored: the leaf, then
    /// those above it from the lowest up.
    pub fn push(&mut self, leaf: Hash) -> Vec<(NodeId, Hash)> {
        let mut id = NodeId { level: 0, index: self.size };
        let mut hash = leaf;
        let mut made = vec![(id, hash)];
        // An odd index is a right child: its left sibling is complete and on the edge.
        while let Some(left) = self.peaks.pop_if(|_| id.index % 2 == 1) {
            hash = node_hash(left, hash);
            id = NodeId { level: id.level + 1, index: id.index / 2 };
            made.push((id, hash));
        }
        self.peaks.push(hash);
        self.size += 1;
        made
    }

    /// Appends a leaf with these bytes; see [`Frontier::push`].
    pub fn push_data(&mut self, data: &[u8]) -> Vec<(NodeId, Hash)> {
        self.push(leaf_hash(data))
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root (根) of the tree.
    pub fn root(&self) -> Hash {
        fold(self.peaks.iter().copied()).unwrap_or_else(Hash::of_empty_tree)
    }
}

/// The nodes that make the root of the first `size` leaves.
pub fn nodes_for_root(size: u64) -> Result<Vec<NodeId>, TreeError> {
    check_size(size)?;
    Ok(cover(0..size))
}

/// The root of the first `size` leaves, of this tree now or at any time before.
pub fn root_at(size: u64, lookup: impl Fn(NodeId) -> Option<Hash>) -> Result<Hash, TreeError> {
    Ok(Frontier::restore(size, lookup)?.root())
}

/// The nodes that [`inclusion_proof`] looks up.
pub fn nodes_for_inclusion(index: u64, size: u64) -> Result<Vec<NodeId>, TreeError> {
    Ok(inclusion_ranges(index, size)?.into_iter().flat_map(cover).collect())
}

/// The proof that the leaf at `index` is one of the first `size` (包含证明), from the leaf up
/// (RFC 6962 §2.1.1). [`crate::verify_inclusion`] checks it.
pub fn inclusion_proof(
    index: u64,
    size: u64,
    lookup: impl Fn(NodeId) -> Option<Hash>,
) -> Result<Vec<Hash>, TreeError> {
    hashes_of(inclusion_ranges(index, size)?, lookup)
}

/// The nodes that [`consistency_proof`] looks up.
pub fn nodes_for_consistency(old: u64, new: u64) -> Result<Vec<NodeId>, TreeError> {
    Ok(consistency_ranges(old, new)?.into_iter().flat_map(cover).collect())
}

/// The proof that the first `new` leaves begin with the first `old` (一致性证明; RFC 6962 §2.1.2).
/// Empty if the sizes are equal. [`crate::verify_consistency`] checks it.
pub fn consistency_proof(
    old: u64,
    new: u64,
    lookup: impl Fn(NodeId) -> Option<Hash>,
) -> Result<Vec<Hash>, TreeError> {
    hashes_of(consistency_ranges(old, new)?, lookup)
}

/// The subtrees beside the way from the root to a leaf, as ranges of leaves, the lowest first.
fn inclusion_ranges(index: u64, size: u64) -> Result<Vec<Range<u64>>, TreeError> {
    check_size(size)?;
    if size <= index {
        return Err(TreeError::NoSuchLeaf { index, size });
    }
    let (mut within, mut beside) = (0..size, Vec::new());
    while let Some((left, right)) = halves(&within) {
        let goes_left = index < left.end;
        let (next, other) = if goes_left { (left, right) } else { (right, left) };
        beside.push(other);
        within = next;
    }
    beside.reverse();
    Ok(beside)
}

/// The subtrees beside the way from the new root to where the old tree ends, and that last part
/// of the old tree itself unless it is the whole (its root is then known to who verifies).
fn consistency_ranges(old: u64, new: u64) -> Result<Vec<Range<u64>>, TreeError> {
    check_size(new)?;
    if old == 0 {
        return Err(TreeError::OldSizeZero);
    }
    if new < old {
        return Err(TreeError::Shrinks { old, new });
    }
    let (mut within, mut beside) = (0..new, Vec::new());
    while within.end != old
        && let Some((left, right)) = halves(&within)
    {
        let goes_left = old <= left.end;
        let (next, other) = if goes_left { (left, right) } else { (right, left) };
        beside.push(other);
        within = next;
    }
    if within.start != 0 {
        beside.push(within);
    }
    beside.reverse();
    Ok(beside)
}

/// Splits a subtree as RFC 6962 does: the left part is the largest power of two below its size.
fn halves(leaves: &Range<u64>) -> Option<(Range<u64>, Range<u64>)> {
    let last = (leaves.end - leaves.start).checked_sub(1)?;
    let middle = leaves.start + (1 << last.checked_ilog2()?);
    Some((leaves.start..middle, middle..leaves.end))
}

/// The complete subtrees that make up a subtree, from the left, the largest first.
#[expect(clippy::cast_possible_truncation, reason = "a logarithm of 64 bits is below 64")]
fn cover(leaves: Range<u64>) -> Vec<NodeId> {
    let mut nodes = Vec::new();
    let mut start = leaves.start;
    while let Some(level) = (leaves.end - start).checked_ilog2() {
        // A subtree starts at a multiple of its size's power of two: no bits are lost.
        nodes.push(NodeId { level: level as u8, index: start >> level });
        start += 1 << level;
    }
    nodes
}

/// The hash of each subtree, from the complete subtrees in it.
fn hashes_of(
    subtrees: Vec<Range<u64>>,
    lookup: impl Fn(NodeId) -> Option<Hash>,
) -> Result<Vec<Hash>, TreeError> {
    let find = |id| lookup(id).ok_or(TreeError::NodeMissing(id));
    let mut hashes = Vec::with_capacity(subtrees.len());
    for subtree in subtrees {
        let parts = cover(subtree).into_iter().map(find).collect::<Result<Vec<_>, _>>()?;
        hashes.extend(fold(parts.into_iter()));
    }
    Ok(hashes)
}

/// The hash over complete subtrees that stand side by side, the largest first; `None` of none.
fn fold(peaks: impl DoubleEndedIterator<Item = Hash>) -> Option<Hash> {
    peaks.rev().reduce(|right, left| node_hash(left, right))
}

fn check_size(size: u64) -> Result<(), TreeError> {
    if SIZE_MAX < size { Err(TreeError::TooLarge { size }) } else { Ok(()) }
}
