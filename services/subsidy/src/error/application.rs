//! Every way in which the rules of a application 申请 refuse.

/// Why something was refused.
#[derive(Debug, thiserror::Error)]
pub enum ApplicationError {}
