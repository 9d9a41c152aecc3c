//! What happens to a disbursement.

use base::{BatchId, DisbursementId, Fen, PersonId};
use jiff::Timestamp;
use strum::IntoStaticStr;

use super::account::{Account, AccountChange};
use super::attempt::Attempt;
use super::clawback::{ClawbackOpening, Decided, Repayment};
use super::entitlement::Entitlement;
use super::exception::{Cause, Proposal, Resolution};
use super::follow::Standing;
use super::limits::{Told, Wait};
use super::report::Report;
use super::tables::State;

/// What happens to a disbursement. Each is told as one event.
#[derive(Clone, Debug, PartialEq)]
pub struct DisbursementFact {
    /// When it became true here. Never runs back within a disbursement.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// What happens. Amounts are in fen; `at` beside an instruction is the bank's own instant.
#[derive(Clone, Debug, PartialEq, IntoStaticStr)]
pub enum What {
    /// An approval gave it.
    Created {
        /// Its name.
        id: DisbursementId,
        /// What was approved.
        entitlement: Entitlement,
        /// Where it is paid.
        account: Account,
        /// Who may not handle its payment.
        reviewers: Vec<PersonId>,
        /// Who of them may not verify an account of it.
        first_reviewers: Vec<PersonId>,
        /// By when it is to be ordered.
        wait: Wait,
    },
    /// It is in a batch.
    Batched {
        /// Which.
        batch: BatchId,
        /// Who made it.
        maker: PersonId,
    },
    /// It is in no batch any more.
    Unbatched {
        /// In which it was.
        batch: BatchId,
    },
    /// It was ordered.
    Ordered {
        /// The instruction.
        attempt: Attempt,
        /// By when it is to be sent.
        wait: Wait,
    },
    /// The instruction is with the bank.
    Sent {
        /// Which.
        instruction: String,
        /// By when the bank is to report.
        wait: Wait,
    },
    /// The bank has the instruction and works on it.
    Acknowledged {
        /// Which.
        instruction: String,
        /// When.
        at: Timestamp,
    },
    /// The bank has paid.
    Paid {
        /// By which instruction.
        instruction: String,
        /// When.
        at: Timestamp,
        /// When it counts as confirmed by itself.
        wait: Wait,
    },
    /// The bank has not paid.
    Returned {
        /// Which instruction.
        instruction: String,
        /// The bank's reason code.
        code: String,
        /// When.
        at: Timestamp,
        /// By when it is to be ordered again.
        wait: Wait,
    },
    /// The bank has taken back what it had paid.
    Reversed {
        /// Which instruction.
        instruction: String,
        /// The bank's reason code.
        code: String,
        /// When.
        at: Timestamp,
        /// By when it is to be ordered again.
        wait: Wait,
    },
    /// What is known as returned had been paid before that, as is heard only now.
    SettledBefore {
        /// By which instruction.
        instruction: String,
        /// When.
        at: Timestamp,
    },
    /// No report came in time.
    ReportMissing {
        /// Of which instruction.
        instruction: String,
        /// When the bank is asked again.
        wait: Wait,
    },
    /// The bank was asked again.
    Inquired {
        /// Of which instruction.
        instruction: String,
        /// When it is asked next.
        wait: Wait,
    },
    /// The bank and the order differ.
    Excepted {
        /// Where it stood.
        from: State,
        /// What is wrong.
        cause: Cause,
        /// What shows it.
        report: Report,
        /// By when two people are to say what is true.
        wait: Wait,
    },
    /// A report was recorded that changes nothing by itself.
    ReportKept {
        /// Which.
        report: Report,
    },
    /// The first of two people said what is true.
    ResolutionProposed {
        /// What.
        proposal: Proposal,
    },
    /// Two people said what is true.
    Resolved {
        /// Where the money stood in the ledger.
        standing: Standing,
        /// What is true.
        resolution: Resolution,
        /// Where it stands now.
        to: State,
        /// Who proposed and who confirmed.
        by: [PersonId; 2],
        /// What is awaited now.
        wait: Option<Wait>,
    },
    /// The enterprise said where to pay.
    AccountConfirmed {
        /// Where.
        change: AccountChange,
    },
    /// A second reviewer found the account right: it may be paid anew.
    AccountVerified {
        /// Who.
        by: PersonId,
        /// The account.
        account: Account,
    },
    /// A second reviewer found it wrong: the enterprise is asked again.
    AccountRefused {
        /// Who.
        by: PersonId,
        /// Why.
        reason: String,
    },
    /// The enterprise has its money.
    ReceiptConfirmed {
        /// Who said so; nobody, if it counts as confirmed because nobody spoke.
        by: Option<PersonId>,
    },
    /// It will not be paid.
    Lapsed {
        /// Who gave it up.
        by: PersonId,
        /// Why.
        reason: String,
        /// Where it stood.
        from: State,
        /// How much is free again.
        amount: Fen,
    },
    /// Money is claimed back.
    ClawbackOpened {
        /// What the enterprise is told.
        opening: ClawbackOpening,
        /// Who opened it.
        by: PersonId,
        /// Until when the enterprise may state its case.
        wait: Wait,
    },
    /// The statement period is over: it may be decided.
    StatementEnded {
        /// By when it is to be decided.
        wait: Wait,
    },
    /// The claim was decided, or how it is paid back.
    ClawbackDecided {
        /// What was decided.
        decided: Decided,
        /// Whether it is the first decision of this claim.
        first: bool,
        /// What is owed by it, unless it is dropped.
        amount: Fen,
        /// Where it stands now.
        to: State,
        /// Until when money is awaited.
        wait: Option<Wait>,
    },
    /// Something was paid back.
    Repaid {
        /// What, and by what means.
        repayment: Repayment,
        /// Where it stands now.
        to: State,
        /// Until when the next money is awaited.
        wait: Option<Wait>,
    },
    /// Some of it was kept for what the enterprise owes of an earlier one.
    Withheld {
        /// The earlier one.
        of: DisbursementId,
        /// How much.
        amount: Fen,
        /// The number of the written decision.
        document: String,
        /// Where it stands now.
        to: State,
        /// What is awaited now.
        wait: Option<Wait>,
    },
    /// It is stranded: approved and not ordered, or returned and not ordered again, for too long.
    Stranded {
        /// Who is told.
        told: Told,
        /// When the next one is.
        wait: Wait,
    },
    /// Somebody is late.
    LimitMissed {
        /// Who is told.
        told: Told,
        /// When the next one is.
        wait: Wait,
    },
    /// The calendar has changed, and with it what is awaited until when.
    DueChanged {
        /// What is awaited now.
        wait: Wait,
    },
}
