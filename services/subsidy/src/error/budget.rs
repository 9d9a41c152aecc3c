//! Every way in which the rules of a budget 预算额度 refuse.

/// Why something was refused.
#[derive(Debug, thiserror::Error)]
pub enum BudgetError {}
