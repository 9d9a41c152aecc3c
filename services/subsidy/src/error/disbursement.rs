//! Every way in which the rules of a disbursement 拨付 refuse.

/// Why something was refused.
#[derive(Debug, thiserror::Error)]
pub enum DisbursementError {}
