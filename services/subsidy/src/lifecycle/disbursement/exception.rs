//! An exception: the bank and the order differ, and two people say what is true.

use base::{Fen, PersonId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::Display;

use super::draft::Draft;
use super::fact::What;
use super::follow::Standing;
use super::limits::{RECEIPT_AFTER, STRANDED_AFTER, Wait};
use super::people::{may_pay, people_of};
use super::report::Report;
use super::tables::{Action, State, check};
use crate::error::DisbursementError;
use crate::lifecycle::By;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, Serialize, Deserialize)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Cause {
    /// Another amount than was ordered, or none at all.
    AmountDiffers {
        /// What was ordered.
        ordered: Fen,
        /// What the bank says, if it says anything.
        reported: Option<Fen>,
    },
    /// The bank says that it paid after it gave back: the money may be out twice.
    PaidAfterReturn,
    /// The bank speaks of what was not sent yet.
    NotExpected,
}

/// An exception that waits for two people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Where the disbursement stood.
    pub from: State,
    /// What is wrong.
    pub cause: Cause,
    /// The report that shows it.
    pub report: Report,
    /// Since when.
    pub at: Timestamp,
}

/// What is true, as two people say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Resolution {
    /// The enterprise has the money, once and to the fen.
    Paid {
        /// By which instruction.
        instruction: String,
        /// When.
        at: Timestamp,
    },
    /// All of the money is back, or never left.
    Returned {
        /// When.
        at: Timestamp,
    },
}

/// What the first of two people says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Who.
    pub by: PersonId,
    /// What is true.
    pub resolution: Resolution,
    /// How that is known.
    pub reason: String,
    /// When it was proposed.
    pub at: Timestamp,
}

impl Resolution {
    /// When it happened.
    pub fn at(&self) -> Timestamp {
        match self {
            Resolution::Paid { at, .. } | Resolution::Returned { at } => *at,
        }
    }
}

/// Who speaks first proposes; another who says the same confirms. Who says something else proposes
/// that instead.
pub(super) fn resolve(
    draft: &mut Draft<'_>,
    by: &By,
    resolution: &Resolution,
    reason: &str,
) -> Result<(), DisbursementError> {
    let same = draft.disbursement.proposal.clone().filter(|one| one.resolution == *resolution);
    if same.as_ref().is_some_and(|one| people_of(by).contains(&one.by)) {
        return Err(DisbursementError::SamePersonResolves);
    }
    may_pay(&draft.disbursement, by)?;
    check(draft.disbursement.state, Action::ProposeResolution)?;
    if draft.moment.now < resolution.at() {
        return Err(DisbursementError::ResolutionInFuture { at: resolution.at() });
    }
    if let Resolution::Paid { instruction, .. } = resolution {
        let known = draft.disbursement.attempts.iter().any(|one| one.instruction == *instruction);
        if !known {
            let instruction = instruction.clone();
            return Err(DisbursementError::InstructionUnknown { instruction });
        }
    }
    let Some(first) = same else {
        let proposal = Proposal {
            by: by.person.clone(),
            resolution: resolution.clone(),
            reason: reason.to_owned(),
            at: draft.moment.now,
        };
        draft.happen(What::ResolutionProposed { proposal });
        return Ok(());
    };
    let standing = draft.disbursement.standing();
    let to = outcome(standing, resolution);
    let limit = match to {
        State::Paid => Some(RECEIPT_AFTER),
        State::Returned | State::Payable => Some(STRANDED_AFTER),
        State::Batched
        | State::Ordered
        | State::Sent
        | State::Unknown
        | State::Confirmed
        | State::Lapsed
        | State::Exception
        | State::ClawbackOpened
        | State::Repaying
        | State::Repaid
        | State::Referred => None,
    };
    let wait = limit.map(|limit| Wait::starting(draft.moment, limit));
    let by = [first.by, by.person.clone()];
    draft.happen(What::Resolved { standing, resolution: resolution.clone(), to, by, wait });
    Ok(())
}

/// Where a resolution leads, by where the money stands in the ledger: what was never ordered again
/// goes on as it was, for the money that was spoken of is back.
fn outcome(standing: Standing, resolution: &Resolution) -> State {
    match (resolution, standing) {
        (Resolution::Paid { .. }, _) => State::Paid,
        (Resolution::Returned { .. }, Standing::Reserved) => State::Payable,
        (Resolution::Returned { .. }, Standing::Nowhere) => State::Lapsed,
        (
            Resolution::Returned { .. },
            Standing::InPayment | Standing::Paid | Standing::Returned,
        ) => State::Returned,
    }
}
