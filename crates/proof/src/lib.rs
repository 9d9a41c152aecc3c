//! Proof that a history was only ever added to: an RFC 6962 Merkle tree and its signed checkpoints (存证).
//!
//! - [`tree`]: the tree over stored nodes. [`tree::Frontier`] appends; the functions beside it
//!   say which nodes a root or a proof needs, and make it from them.
//! - [`verify`]: checks proofs with nothing but two roots in hand.
//! - [`checkpoint`]: what a log claims (origin, size, root), as a signed note.
//! - [`note`] and [`key`]: C2SP signed notes, Ed25519 signatures and witnesses' cosignatures.
//! - [`batch`]: one JSON line of proof in, one verdict out.
//!
//! Nothing here reads a clock, draws a random number or does I/O, and no input makes it panic.

pub mod batch;
pub mod checkpoint;
pub mod hash;
pub mod key;
pub mod note;
pub mod tree;
pub mod verify;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use hash::{Hash, leaf_hash, node_hash};
pub use key::{Algorithm, KeyError, SigningKey, VerifierKey};
pub use note::{NoteError, NoteSignature, SignedNote, Verified};
pub use tree::{
    Frontier, NodeId, TreeError, consistency_proof, inclusion_proof, nodes_for_consistency,
    nodes_for_inclusion, nodes_for_root, root_at,
};
pub use verify::{ProofError, verify_consistency, verify_inclusion};
