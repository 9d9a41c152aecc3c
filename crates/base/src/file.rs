//! A file that somebody has handed in, as things name it.

use serde::{Deserialize, Serialize};

/// A file as it is kept: it was whole, and of an allowed kind, before it got here. Its bytes are kept
/// apart, under their SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its SHA-256, 64 hex digits.
    pub sha256: String,
    /// What it is called, without a path.
    pub name: String,
    /// What its first bytes show: `application/pdf`.
    pub media_type: String,
    /// How many bytes it has.
    pub bytes: u64,
}
