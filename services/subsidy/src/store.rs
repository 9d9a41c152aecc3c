//! The rows of subsidy.

pub mod budget;
pub mod caps;
pub mod entitlements;
pub mod instructions;
pub mod ledger;

use journal::Step;

/// The step of the schema that makes the budgets and the ledger.
pub const LEDGER: Step = Step {
    version: 1002,
    name: "create ledger",
    sql: include_str!("../migrations/0002_create_ledger.sql"),
};
