//! Every way in which the rules of a policy 惠企政策 refuse.

/// Why something was refused.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {}
