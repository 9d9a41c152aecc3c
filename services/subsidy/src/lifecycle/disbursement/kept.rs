//! A disbursement as it is kept, and what can be read from it.

use base::{BatchId, DisbursementId, Fen, PersonId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::batch::{Entry, Line};
use super::account::{Account, AccountChange};
use super::attempt::Attempt;
use super::clawback::Clawback;
use super::entitlement::Entitlement;
use super::exception::{Exception, Proposal};
use super::follow::Standing;
use super::limits::Wait;
use super::report::Report;
use super::tables::State;

/// A disbursement 拨付: one payment to one enterprise by one payer. 笔 counts these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disbursement {
    /// Its name.
    pub id: DisbursementId,
    /// Where it stands.
    pub state: State,
    /// What was approved. Never changes.
    pub entitlement: Entitlement,
    /// What stands for that and for the account that was reviewed.
    pub seal: String,
    /// Where it is paid.
    pub account: Account,
    /// Everybody whose judgement it stands on: none of them handles its payment.
    pub reviewers: Vec<PersonId>,
    /// Those among them who reviewed the application first.
    pub first_reviewers: Vec<PersonId>,
    /// When it was approved (t7).
    pub approved_at: Timestamp,
    /// How much of it is kept for earlier ones, and does not go to the bank, in fen.
    pub withheld: Fen,
    /// The batch that it is in, and who made that, until it is ordered.
    pub batched: Option<Batched>,
    /// Every instruction to the bank, in turn.
    pub attempts: Vec<Attempt>,
    /// Where the enterprise wants to be paid now, until a second reviewer has looked at it.
    pub account_change: Option<AccountChange>,
    /// What is wrong, until two people have said what is true.
    pub exception: Option<Exception>,
    /// What the first of them said.
    pub proposal: Option<Proposal>,
    /// Reports that were recorded and changed nothing by themselves, and those of exceptions that
    /// two people have looked at.
    pub kept_reports: Vec<Report>,
    /// That the enterprise has its money.
    pub receipt: Option<Receipt>,
    /// The last clawback, if there was one.
    pub clawback: Option<Clawback>,
    /// What is awaited, and until when.
    pub wait: Option<Wait>,
    /// When it last changed. Never runs back.
    pub changed_at: Timestamp,
}

/// The batch that a disbursement is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batched {
    /// Which.
    pub batch: BatchId,
    /// Who made it.
    pub maker: PersonId,
}

/// That the enterprise has its money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// When (t10).
    pub at: Timestamp,
    /// Who said so; nobody, if it counts as confirmed because nobody spoke.
    pub by: Option<PersonId>,
}

/// The last segments of the way from eligible to confirmed (domain.md §7): t7 to t10.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segments {
    /// t7: approved.
    pub approved_at: Timestamp,
    /// t8: ordered, by the attempt that counts.
    pub ordered_at: Option<Timestamp>,
    /// t9: the bank has paid.
    pub paid_at: Option<Timestamp>,
    /// t10: confirmed.
    pub confirmed_at: Option<Timestamp>,
}

impl Disbursement {
    /// What goes to the bank, in fen: all of it but what is kept for earlier ones.
    pub fn payable(&self) -> Fen {
        Fen(self.entitlement.amount.0 - self.withheld.0)
    }

    /// The last attempt, if there was one.
    pub fn last_attempt(&self) -> Option<&Attempt> {
        self.attempts.last()
    }

    /// Whether nothing is, or may be, with the enterprise: else nothing is paid beside it (M9).
    pub fn may_be_ordered(&self) -> bool {
        !self.attempts.iter().any(Attempt::may_be_paid)
    }

    /// How a batch sees it.
    pub fn entry(&self) -> Entry {
        Entry {
            disbursement: self.id,
            enterprise: self.entitlement.enterprise.clone(),
            payer: self.entitlement.payer.clone(),
            amount: self.payable(),
            account: self.account.digest.clone(),
            seal: self.seal.clone(),
        }
    }

    /// Its line of the bank's file of a batch; none if that batch does not pay it now.
    pub fn line(&self, batch: BatchId) -> Option<Line> {
        let attempt = self.last_attempt().filter(|one| one.batch == batch)?;
        (self.state == State::Ordered || attempt.sent_at.is_some()).then(|| Line {
            disbursement: self.id,
            instruction: attempt.instruction.clone(),
            amount: attempt.amount,
            account: attempt.account.clone(),
        })
    }

    /// t7 to t10, by the attempt that paid, else by the last.
    pub fn segments(&self) -> Segments {
        let paid = self
            .attempts
            .iter()
            .rev()
            .find(|one| one.settled_at.is_some() && one.rejected.is_none());
        Segments {
            approved_at: self.approved_at,
            ordered_at: paid.or(self.last_attempt()).map(|one| one.ordered_at),
            paid_at: paid.and_then(|one| one.settled_at),
            confirmed_at: self.receipt.as_ref().map(|receipt| receipt.at),
        }
    }

    /// Since when it is stranded, as of an instant; none if it is not: approved and not ordered, or
    /// returned and not ordered again, for more than five working days.
    pub fn stranded_since(&self, now: Timestamp) -> Option<Timestamp> {
        match self.state {
            State::Payable | State::Batched | State::Returned => {
                self.wait.map(|wait| wait.due.at).filter(|due| *due < now)
            }
            State::Ordered
            | State::Sent
            | State::Unknown
            | State::Paid
            | State::Confirmed
            | State::Lapsed
            | State::Exception
            | State::ClawbackOpened
            | State::Repaying
            | State::Repaid
            | State::Referred => None,
        }
    }

    /// Whether the end of a statement period is awaited, and not yet the decision.
    pub(super) fn statement_runs(&self) -> bool {
        let awaited = self.wait.map(|wait| wait.due.at);
        let until = self.clawback.as_ref().map(|claim| claim.statement_until.at);
        self.state == State::ClawbackOpened && awaited.is_some() && awaited == until
    }

    /// Where its money stands in the ledger.
    pub fn standing(&self) -> Standing {
        let of = self.exception.as_ref().map_or(self.state, |exception| exception.from);
        Standing::of(of)
    }
}
