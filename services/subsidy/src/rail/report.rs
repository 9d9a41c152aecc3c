//! A report of the bank 银行回执: what became of the entries of one payment order.

mod reading;
mod writing;

use base::Fen;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

use super::reference::Reference;
use crate::error::RailError;

/// What a report is: a customer payment status report, in the version that is read.
pub(super) const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.12";

/// A report of the bank (银行回执) on one payment order. It may be late, come twice, or speak of some
/// entries alone; whether it fits the order is not known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentReport {
    /// What the bank calls the report. A report that comes twice has the same.
    pub message: String,
    /// When the bank made it.
    pub created_at: Timestamp,
    /// The order that it is about.
    pub order: String,
    /// What became of the order as a whole, if that is said.
    pub whole: Option<Summary>,
    /// What became of entries, in the order of the file.
    pub entries: Vec<Entry>,
}

/// What became of a whole order, or of all that is paid from one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The status of all, or [`Status::Part`].
    pub status: Status,
    /// Why, if it was rejected.
    pub cause: Cause,
}

/// What became of one entry of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The instruction id, as the bank repeats it.
    pub reference: String,
    /// The status.
    pub status: Status,
    /// Why, if it was rejected.
    pub cause: Cause,
    /// The amount that the bank says it was about; to be held against the ordered one.
    pub amount: Option<Fen>,
    /// When the bank carried it out, if that is said: when the money moved.
    pub carried_out_at: Option<Timestamp>,
    /// The bank's own reference of the booking.
    pub bank_reference: Option<String>,
}

/// Why something was rejected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The code of ISO 20022 (`AC01`: wrong account number), or of the bank's own.
    pub code: Option<String>,
    /// What the bank adds in words.
    pub text: Option<String>,
}

/// The statuses of payments of ISO 20022 (ExternalPaymentTransactionStatus1Code,
/// ExternalPaymentGroupStatus1Code). What is not here is refused, never guessed at.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "UPPERCASE")]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// Received.
    Rcvd,
    /// Accepted, syntax checked.
    Actc,
    /// Accepted, customer profile checked.
    Accp,
    /// Accepted, funds checked.
    Acfc,
    /// Accepted, being settled.
    Acsp,
    /// Accepted with a change, such as of the day.
    Acwc,
    /// Accepted by the creditor's bank and not posted yet.
    Acwp,
    /// Settled on the debtor's account.
    Acsc,
    /// Settled on the creditor's account.
    Accc,
    /// Pending.
    Pdng,
    /// Pending authorisations of the debtor.
    Patc,
    /// Blocked: neither posted nor returned.
    Blck,
    /// Rejected, or, after it was settled, returned.
    Rjct,
    /// Cancelled.
    Canc,
    /// Some of a whole: of groups alone.
    Part,
}

/// What a status means for the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// The bank has it; nothing is final.
    Accepted,
    /// It waits; nothing is final.
    Pending,
    /// The money has moved.
    Settled,
    /// The money has not moved, or came back.
    Rejected,
}

/// What each status means. A whole of which only a part is done has no outcome of its own.
#[rustfmt::skip]
pub const OUTCOMES: &[(Status, Option<Outcome>)] = {
    use {Outcome::*, Status::*};
    &[
        (Rcvd, Some(Accepted)),
        (Actc, Some(Accepted)),
        (Accp, Some(Accepted)),
        (Acfc, Some(Accepted)),
        (Acsp, Some(Accepted)),
        (Acwc, Some(Accepted)),
        (Acwp, Some(Accepted)),
        (Acsc, Some(Settled)),
        (Accc, Some(Settled)),
        (Pdng, Some(Pending)),
        (Patc, Some(Pending)),
        (Blck, Some(Pending)),
        (Rjct, Some(Rejected)),
        (Canc, Some(Rejected)),
        (Part, None),
    ]
};

impl Status {
    /// What it means for the money; `None` of a whole of which only a part is done.
    pub fn outcome(self) -> Option<Outcome> {
        OUTCOMES.iter().find(|(status, _)| *status == self).and_then(|(_, outcome)| *outcome)
    }
}

impl Summary {
    /// Of a whole whose entries these are; `None` if there are none.
    pub fn of(entries: &[Entry]) -> Option<Summary> {
        let mut statuses = entries.iter().map(|entry| entry.status);
        let first = statuses.next()?;
        let same = statuses.all(|status| status == first);
        let status = if same { first } else { Status::Part };
        Some(Summary { status, cause: Cause::default() })
    }
}

impl PaymentReport {
    /// Reads a report that anybody may have written. What is not whole, not a report, or not
    /// understood in every status is refused as a whole.
    pub fn read(bytes: &[u8]) -> Result<PaymentReport, RailError> {
        reading::read(bytes)
    }

    /// Writes the report as pain.002.001.12, as the simulated bank does.
    pub fn write(&self) -> Vec<u8> {
        writing::write(self)
    }

    /// What the report says of an entry of the order: by its own line or, if the report has no
    /// lines at all, by that of the whole.
    pub fn of(&self, reference: &Reference) -> Option<(Status, &Cause)> {
        if self.entries.is_empty() {
            return self.whole.as_ref().map(|whole| (whole.status, &whole.cause));
        }
        let entry = self.entries.iter().find(|entry| entry.reference == reference.as_str());
        entry.map(|entry| (entry.status, &entry.cause))
    }
}

#[cfg(test)]
mod tests;
