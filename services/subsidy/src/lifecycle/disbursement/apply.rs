//! The disbursement after a fact: the only thing that makes a next state.

use base::PersonId;
use jiff::Timestamp;

use super::attempt::{Attempt, RESOLVED, Rejection};
use super::clawback::{Clawback, ClawbackOpening};
use super::exception::{Exception, Resolution};
use super::fact::{DisbursementFact, What};
use super::kept::{Batched, Disbursement, Receipt};
use super::limits::Wait;
use super::tables::State;

/// The disbursement after a fact. Folding all its facts gives the disbursement.
pub fn apply(before: Option<Disbursement>, fact: &DisbursementFact) -> Option<Disbursement> {
    match (before, &fact.what) {
        (Some(mut disbursement), _) => {
            disbursement.take_in(fact);
            Some(disbursement)
        }
        (None, What::Created { .. }) => created(fact),
        (None, _) => None,
    }
}

fn created(fact: &DisbursementFact) -> Option<Disbursement> {
    let What::Created { id, entitlement, account, reviewers, first_reviewers, wait } = &fact.what
    else {
        return None;
    };
    Some(Disbursement {
        id: *id,
        state: State::Payable,
        seal: entitlement.seal(account),
        entitlement: entitlement.clone(),
        account: account.clone(),
        reviewers: reviewers.clone(),
        first_reviewers: first_reviewers.clone(),
        approved_at: fact.at,
        withheld: base::Fen::ZERO,
        batched: None,
        attempts: Vec::new(),
        account_change: None,
        exception: None,
        proposal: None,
        kept_reports: Vec::new(),
        receipt: None,
        clawback: None,
        wait: Some(*wait),
        changed_at: fact.at,
    })
}

impl Disbursement {
    /// A fact takes effect.
    pub(super) fn take_in(&mut self, fact: &DisbursementFact) {
        let at = fact.at;
        self.changed_at = at;
        match &fact.what {
            What::Created { .. } => {}
            What::Batched { batch, maker } => {
                self.state = State::Batched;
                self.batched = Some(Batched { batch: *batch, maker: maker.clone() });
            }
            What::Unbatched { .. } => {
                self.state = State::Payable;
                self.batched = None;
            }
            What::Ordered { attempt, wait } => self.take_in_order(attempt, *wait),
            What::Sent { instruction, wait } => {
                self.with_attempt(instruction, |one| one.sent_at = Some(at));
                self.stand(State::Sent, Some(*wait));
            }
            What::Acknowledged { instruction, at } => {
                self.with_attempt(instruction, |one| one.acknowledged_at = Some(*at));
            }
            What::Paid { instruction, at, wait } => {
                self.with_attempt(instruction, |one| one.settled_at = Some(*at));
                self.proposal = None;
                self.stand(State::Paid, Some(*wait));
            }
            What::Returned { instruction, code, at, wait }
            | What::Reversed { instruction, code, at, wait } => {
                self.take_in_return(instruction, code, *at, *wait);
            }
            What::SettledBefore { instruction, at } => {
                self.with_attempt(instruction, |one| one.settled_at = Some(*at));
            }
            What::ReportMissing { wait, .. } => self.stand(State::Unknown, Some(*wait)),
            What::Excepted { from, cause, report, wait } => {
                let report = report.clone();
                self.stand(State::Exception, Some(*wait));
                self.batched = None;
                self.exception = Some(Exception { from: *from, cause: *cause, report, at });
            }
            What::ReportKept { report } => self.kept_reports.push(report.clone()),
            What::ResolutionProposed { proposal } => self.proposal = Some(proposal.clone()),
            What::Resolved { resolution, to, wait, .. } => {
                self.take_in_resolution(resolution, *to, *wait);
            }
            What::AccountConfirmed { .. }
            | What::AccountVerified { .. }
            | What::AccountRefused { .. } => self.take_in_account(fact),
            What::ReceiptConfirmed { by } => {
                self.receipt = Some(Receipt { at, by: by.clone() });
                self.stand(State::Confirmed, None);
            }
            What::Lapsed { .. } => self.stand(State::Lapsed, None),
            What::ClawbackOpened { .. }
            | What::ClawbackDecided { .. }
            | What::Repaid { .. }
            | What::Withheld { .. } => self.take_in_clawback(fact),
            What::Inquired { wait, .. }
            | What::StatementEnded { wait }
            | What::Stranded { wait, .. }
            | What::LimitMissed { wait, .. } => self.wait = Some(*wait),
            What::DueChanged { wait } => self.take_in_due(*wait),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "only what is of the account comes here")]
    fn take_in_account(&mut self, fact: &DisbursementFact) {
        match &fact.what {
            What::AccountConfirmed { change } => self.account_change = Some(change.clone()),
            What::AccountVerified { by, account } => {
                self.state = State::Payable;
                self.account = account.clone();
                self.seal = self.entitlement.seal(account);
                self.account_change = None;
                self.add_reviewer(by);
            }
            What::AccountRefused { by, .. } => {
                self.account_change = None;
                self.add_reviewer(by);
            }
            _ => {}
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "only what is of a clawback comes here")]
    fn take_in_clawback(&mut self, fact: &DisbursementFact) {
        match &fact.what {
            What::ClawbackOpened { opening, by, wait } => self.take_in_claim(opening, by, *wait),
            What::ClawbackDecided { decided, to, wait, .. } => {
                if let Some(claim) = &mut self.clawback {
                    claim.decided = Some(decided.clone());
                }
                self.stand(*to, *wait);
            }
            What::Repaid { repayment, to, wait } => {
                if let Some(claim) = &mut self.clawback {
                    claim.repayments.push(repayment.clone());
                }
                self.stand(*to, *wait);
            }
            What::Withheld { amount, to, wait, .. } => {
                self.withheld = base::Fen(self.withheld.0 + amount.0);
                self.stand(*to, *wait);
            }
            _ => {}
        }
    }

    fn stand(&mut self, state: State, wait: Option<Wait>) {
        self.state = state;
        self.wait = wait;
    }

    fn with_attempt(&mut self, instruction: &str, change: impl FnOnce(&mut Attempt)) {
        if let Some(one) = self.attempts.iter_mut().find(|one| one.instruction == instruction) {
            change(one);
        }
    }

    fn add_reviewer(&mut self, by: &PersonId) {
        if !self.reviewers.contains(by) {
            self.reviewers.push(by.clone());
        }
    }

    fn take_in_order(&mut self, attempt: &Attempt, wait: Wait) {
        self.attempts.push(attempt.clone());
        self.batched = None;
        self.stand(State::Ordered, Some(wait));
    }

    /// A claim for money that is back by itself is over; a receipt of it counts no more.
    fn take_in_return(&mut self, instruction: &str, code: &str, at: Timestamp, wait: Wait) {
        self.with_attempt(instruction, |one| {
            one.rejected = Some(Rejection { at, code: code.to_owned() });
        });
        self.receipt = None;
        self.proposal = None;
        self.account_change = None;
        self.stand(State::Returned, Some(wait));
    }

    /// One instruction has paid, and the money of every other is back; or that of all is.
    fn take_in_resolution(&mut self, resolution: &Resolution, to: State, wait: Option<Wait>) {
        for one in &mut self.attempts {
            match resolution {
                Resolution::Paid { instruction, at } if one.instruction == *instruction => {
                    one.settled_at = Some(*at);
                    one.rejected = None;
                }
                Resolution::Paid { at, .. } | Resolution::Returned { at } => {
                    let back = || Rejection { at: *at, code: RESOLVED.to_owned() };
                    one.rejected.get_or_insert_with(back);
                }
            }
        }
        self.receipt = None;
        self.kept_reports.extend(self.exception.take().map(|exception| exception.report));
        self.proposal = None;
        self.account_change = None;
        self.stand(to, wait);
    }

    /// The statement period ends when its wait does.
    fn take_in_due(&mut self, wait: Wait) {
        if self.statement_runs()
            && let Some(claim) = &mut self.clawback
        {
            claim.statement_until = wait.due;
        }
        self.wait = Some(wait);
    }

    fn take_in_claim(&mut self, opening: &ClawbackOpening, by: &PersonId, wait: Wait) {
        self.clawback = Some(Clawback {
            opening: opening.clone(),
            opened_by: by.clone(),
            opened_at: self.changed_at,
            statement_until: wait.due,
            decided: None,
            repayments: Vec::new(),
        });
        self.stand(State::ClawbackOpened, Some(wait));
    }
}
