//! The payment rail: payment orders go out as pain.001, the bank's reports come in as pain.002.
//!
//! What is written is valid against the schemas of ISO 20022; what is read may have been written by
//! anybody. Files lie in a pair of folders, which a simulated bank serves ([`crate::bank`]) or the
//! file gateway of a treasury, unchanged. The rail decides nothing: whether a report fits an order
//! is for the rules.

mod account;
mod document;
mod folder;
mod intake;
mod order;
mod pair;
mod reference;
mod report;
#[cfg(test)]
pub(crate) mod sample;
mod script;

use async_trait::async_trait;

pub use self::account::{AccountNumber, BankCode, PartyFault};
pub use self::document::Place;
pub(crate) use self::folder::write_whole;
pub use self::folder::{Folder, Put};
pub use self::intake::{Received, Receiver, Taken, receive};
pub use self::order::{OrderFile, Party, Payment, PaymentOrder, TRANSFERS_MAX, Transfer};
pub use self::pair::DirectoryPair;
pub use self::reference::{Reference, ReferenceFault};
pub use self::report::{Cause, Entry, OUTCOMES, Outcome, PaymentReport, Status, Summary};
use crate::error::RailError;

/// The most bytes of a file of the bank, or for it. An order of [`TRANSFERS_MAX`] entries has a
/// fifth of that.
pub const FILE_BYTES_MAX: u64 = 32 << 20;

/// The way to the bank and back.
#[async_trait]
pub trait Rail: Send + Sync + 'static {
    /// Hands an order over. The same order again changes nothing, as long as the bank's side has it
    /// or keeps it; another one of the same name is refused.
    async fn send(&self, order: &OrderFile) -> Result<(), RailError>;

    /// The names of the reports that wait, in the order in which they are to be taken.
    async fn waiting(&self) -> Result<Vec<String>, RailError>;

    /// What a report that waits holds; `None` if somebody else has put it away meanwhile.
    async fn fetch(&self, report: &str) -> Result<Option<Vec<u8>>, RailError>;

    /// Puts a report away that has been taken.
    async fn put_away(&self, report: &str) -> Result<(), RailError>;

    /// Puts a report aside that cannot be taken, with the reason beside it.
    async fn put_aside(&self, report: &str, reason: &str) -> Result<(), RailError>;
}
