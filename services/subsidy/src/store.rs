//! The rows of subsidy.

pub mod budget;
pub mod caps;
pub mod entitlements;
pub mod instructions;
pub mod ledger;

use journal::Step;

/// The steps of the schema that make the budgets and the ledger.
pub const LEDGER: [Step; 2] = [
    Step {
        version: 1002,
        name: "create ledger",
        sql: include_str!("../migrations/0002_create_ledger.sql"),
    },
    Step {
        version: 1003,
        name: "guard ledger",
        sql: concat!(
            "-- only sqlite:\n",
            include_str!("../migrations/0003_guard_ledger.sqlite.sql"),
            "-- only postgres:\n",
            include_str!("../migrations/0003_guard_ledger.postgres.sql"),
        ),
    },
];
