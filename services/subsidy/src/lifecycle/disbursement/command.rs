//! What may be asked of a disbursement.

use base::{BatchId, DisbursementId, EnterpriseId, Fen, PersonId};

use super::super::By;
use super::super::batch::{Entry, Line};
use super::account::Account;
use super::clawback::{ClawbackDecision, ClawbackOpening};
use super::entitlement::Entitlement;
use super::exception::Resolution;
use super::report::Report;

/// What may be asked of a disbursement.
#[derive(Clone, Debug)]
pub enum DisbursementCommand {
    /// An approval gives it. It follows from that, in the same unit.
    Create {
        /// Its name.
        id: DisbursementId,
        /// What was approved.
        entitlement: Entitlement,
        /// Where it is to be paid: the applicant's account, confirmed and reviewed.
        account: Account,
        /// Everybody whose judgement the amount stands on: none of them handles its payment.
        reviewers: Vec<PersonId>,
        /// Those among them who reviewed it first: none of them verifies an account of it.
        first_reviewers: Vec<PersonId>,
    },
    /// A batch takes it in. It follows from the batch.
    Batch {
        /// The maker.
        by: By,
        /// Which batch.
        batch: BatchId,
        /// How the maker saw it.
        entry: Entry,
    },
    /// Its batch was rejected. It follows from that; one that has left the batch already passes it
    /// over.
    Unbatch {
        /// Which batch.
        batch: BatchId,
    },
    /// Its batch was approved. It follows from that.
    Order {
        /// The checker.
        by: By,
        /// Which batch.
        batch: BatchId,
        /// How the checker saw it.
        entry: Entry,
    },
    /// Its batch is sent. It follows from that.
    Send {
        /// Which batch.
        batch: BatchId,
        /// Its line of the bank's file; none if it has none there.
        line: Option<Line>,
    },
    /// The bank reports. It follows from the batch, to which the report is given.
    Report(Report),
    /// Say what is true of an exception, or of a payment whose result is unknown: who says it first
    /// proposes it, and who says the same next confirms it.
    ResolveException {
        /// Who: one of two people.
        by: By,
        /// What is true.
        resolution: Resolution,
        /// How that is known: the bank's statement, say.
        reason: String,
    },
    /// Say where to pay what was returned: the enterprise.
    ConfirmAccount {
        /// Who.
        by: By,
        /// The account.
        account: Account,
        /// In whose name the account is held, as the enterprise says.
        holder: String,
        /// The name under which the enterprise is registered.
        registered: String,
    },
    /// Say whether that account is right: a second reviewer.
    VerifyAccount {
        /// Who.
        by: By,
        /// Whether it is.
        correct: bool,
        /// Why, if it is not.
        reason: String,
    },
    /// Say that the money has come: the enterprise.
    ConfirmReceipt {
        /// Who.
        by: By,
    },
    /// Give it up, because there is nobody left to pay: a finance checker.
    Lapse {
        /// Who.
        by: By,
        /// Why.
        reason: String,
    },
    /// Begin to claim money back.
    OpenClawback {
        /// Who: a reviewer.
        by: By,
        /// How much, on what basis, and what the enterprise can do.
        opening: ClawbackOpening,
    },
    /// Decide on that, once the enterprise has had its say; or decide anew how it is paid back.
    DecideClawback {
        /// Who: not who opened it.
        by: By,
        /// What is decided.
        decision: ClawbackDecision,
    },
    /// The enterprise has paid something back.
    RecordRepayment {
        /// Who records it.
        by: By,
        /// How much, in fen.
        amount: Fen,
        /// The number of the bank's receipt.
        reference: String,
    },
    /// Keep some of a later payment in place of a repayment, as was decided in writing.
    Offset {
        /// Who.
        by: By,
        /// The later payment.
        against: DisbursementId,
        /// How much, in fen.
        amount: Fen,
    },
    /// Some of this payment is kept for an earlier one. It follows from [`Self::Offset`] there.
    Withhold {
        /// The earlier one.
        of: DisbursementId,
        /// Whose it is.
        enterprise: EnterpriseId,
        /// How much, in fen.
        amount: Fen,
        /// The number of the written decision.
        document: String,
    },
    /// Its alarm rings.
    Ring,
    /// The calendar has changed: what is awaited is reckoned anew.
    Recount,
}
