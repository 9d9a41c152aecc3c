//! Every way in which the rules of a batch 批次 refuse.

/// Why something was refused.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {}
