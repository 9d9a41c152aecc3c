//! Words of the rules to and from the words of the contract.

mod amount;
pub mod application;
pub mod disbursement;
pub mod facts;
pub mod ledger;
pub mod policy;
pub mod terms;

use std::str::FromStr;

use base::Fen;
use contract::common::{self, LimitTier};
use runtime::etag_of;
use runtime::wire::due;

use crate::lifecycle::Thing;

/// What changes with every change of a thing that whoever decides about it must have seen. What
/// dispatch tells of an order decides nothing, nor does what time makes of a due instant.
pub fn etag(thing: &Thing) -> String {
    match thing {
        Thing::Application(kept) => application::etag(kept),
        Thing::Policy(_) | Thing::Disbursement(_) | Thing::Batch(_) | Thing::Budget(_) => {
            etag_of(thing)
        }
    }
}

/// A due instant that subsidy itself has set: by no catalogue, of no tier.
pub fn own_due(of: &calendar::Due) -> common::Due {
    due(of, 0, LimitTier::Unspecified)
}

/// A name, or nothing.
pub fn name_or_empty(name: Option<&impl ToString>) -> String {
    name.map(ToString::to_string).unwrap_or_default()
}

/// A number as the contract counts.
pub fn number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A count as the contract counts.
pub fn count(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// A number as the rules count; the contract's own rules let nothing below zero through.
pub fn unsigned(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

/// A limit in fen; the contract's zero is no limit.
pub fn fen_if_any(fen: i64) -> Option<Fen> {
    (fen != 0).then_some(Fen(fen))
}

/// A limit in fen; none is the contract's zero.
pub fn fen_or_zero(fen: Option<Fen>) -> i64 {
    fen.map_or(0, |fen| fen.0)
}

/// A word of the rules from the name of the contract's value: the same, behind its prefix.
pub fn word<T: FromStr>(name: &str, prefix: &str) -> Option<T> {
    name.strip_prefix(prefix)?.parse().ok()
}
