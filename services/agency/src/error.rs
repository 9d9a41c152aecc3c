//! Every refusal of agency.

mod refusals;

pub use self::refusals::Error;
