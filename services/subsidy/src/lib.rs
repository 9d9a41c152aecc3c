//! The subsidy service 惠企通: from policy to bank account, to the fen.
//!
//! A policy owner publishes a policy 惠企政策 as data; enterprises apply, or are found by matching; two
//! people review; money is reserved, ordered by two more, and paid by the bank.

pub mod account;
pub mod bank;
pub mod banking;
pub mod error;
pub mod ledger;
pub mod lifecycle;
pub mod payers;
pub mod rail;
pub mod store;
