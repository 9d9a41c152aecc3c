//! The ledger 总账, as it is shown: trial balances, and texts that other bookkeeping programs read.
//!
//! It is a double-entry ledger in whole fen. Its accounts are those of [`Account`], once for each
//! line of a policy, a year and a payer; [`MOVES`] says what goes from where to where.
//!
//! [`Account`]: crate::lifecycle::budget::Account
//! [`MOVES`]: crate::lifecycle::budget::MOVES

pub mod beancount;
mod export;
pub mod hledger;
mod trial;

use base::{BudgetId, DepartmentId, PolicyId};

use crate::lifecycle::budget::Posting;

pub use self::export::{Export, Format};
pub use self::trial::{Total, TrialBalance, TrialLine};

/// Which line something is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// Its name.
    pub budget: BudgetId,
    /// The policy that it pays for.
    pub policy: PolicyId,
    /// The budget year.
    pub year: i16,
    /// The department that pays.
    pub payer: DepartmentId,
}

/// A posting of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    /// Which line.
    pub line: Line,
    /// What was posted.
    pub posting: Posting,
}
