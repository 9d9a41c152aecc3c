//! A batch is made by one person, and approved or sent back by another.

use std::collections::BTreeSet;

use base::{DepartmentId, Fen};
use calendar::Moment;

use super::super::By;
use super::super::disbursement::{CHECK_WITHIN, Wait, people_of};
use super::command::{BatchCommand, BatchFact, BatchWhat};
use super::entry::{Entry, entries_sha256};
use super::kept::{Batch, ENTRIES_MAX, Errand, Rejection, Taken};
use super::tables::{Action, State, check};
use crate::error::BatchError;

/// Puts disbursements together. Each of them says in the same unit whether it may be paid, and
/// whether it is as the maker saw it.
pub(super) fn create(
    command: &BatchCommand,
    moment: Moment<'_>,
) -> Result<Vec<BatchFact>, BatchError> {
    let BatchCommand::Create { id, number, by, payer, entries } = command else {
        return Err(BatchError::NotFound { batch: String::new() });
    };
    let total = fits(payer, entries)?;
    let mut entries = entries.clone();
    entries.sort();
    let what = BatchWhat::Created {
        id: *id,
        number: number.clone(),
        maker: by.clone(),
        payer: payer.clone(),
        entries_sha256: entries_sha256(&entries),
        entries,
        total,
        wait: Wait::starting(moment, CHECK_WITHIN),
    };
    Ok(vec![BatchFact { at: moment.now, what }])
}

/// The sum of entries that can be one batch.
fn fits(payer: &DepartmentId, entries: &[Entry]) -> Result<Fen, BatchError> {
    if entries.is_empty() {
        return Err(BatchError::Empty);
    }
    if ENTRIES_MAX < entries.len() {
        return Err(BatchError::TooMany { entries: entries.len() });
    }
    let mut seen = BTreeSet::new();
    for Entry { disbursement, payer: own, .. } in entries {
        if !seen.insert(disbursement) {
            return Err(BatchError::EntryTwice { disbursement: *disbursement });
        }
        if own != payer {
            return Err(BatchError::PayerDiffers { disbursement: *disbursement });
        }
    }
    Fen::checked_sum(entries.iter().map(|entry| entry.amount)).ok_or(BatchError::TooMuch)
}

/// Whether they may check it: not who made it (M7).
fn may_check(batch: &Batch, by: &By) -> Result<(), BatchError> {
    if people_of(&batch.maker).is_disjoint(&people_of(by)) {
        Ok(())
    } else {
        Err(BatchError::SamePersonChecks)
    }
}

/// Approves it, if its entries are those that stand for it. Each of them says in the same unit whether
/// it still is as it was.
pub(super) fn approve(batch: &Batch, by: &By) -> Result<BatchWhat, BatchError> {
    may_check(batch, by)?;
    check(batch.state, Action::Approve)?;
    let entries_sha256 = entries_sha256(&batch.entries);
    let total = Fen::checked_sum(batch.entries.iter().map(|entry| entry.amount));
    if entries_sha256 != batch.entries_sha256 || total != Some(batch.total) {
        return Err(BatchError::EntriesChanged);
    }
    Ok(BatchWhat::Approved { checker: by.clone(), entries_sha256 })
}

/// Sends it back: its entries are payable as before.
pub(super) fn reject(
    batch: &Batch,
    by: &By,
    reason: &str,
    moment: Moment<'_>,
) -> Result<BatchWhat, BatchError> {
    may_check(batch, by)?;
    check(batch.state, Action::Reject)?;
    let (by, reason) = (by.person.clone(), reason.to_owned());
    Ok(BatchWhat::Rejected { rejection: Rejection { by, reason, at: moment.now } })
}

/// A batch as it begins; none of any other fact.
pub(super) fn created(fact: &BatchFact) -> Option<Batch> {
    let BatchWhat::Created { id, number, maker, payer, entries, entries_sha256, total, wait } =
        &fact.what
    else {
        return None;
    };
    Some(Batch {
        id: *id,
        number: number.clone(),
        state: State::Created,
        payer: payer.clone(),
        entries: entries.clone(),
        entries_sha256: entries_sha256.clone(),
        total: *total,
        maker: maker.clone(),
        created_at: fact.at,
        checker: None,
        ordered_at: None,
        rejection: None,
        sent: None,
        answered: BTreeSet::new(),
        reports: Vec::new(),
        wait: Some(*wait),
        errand: None,
        changed_at: fact.at,
    })
}

impl Batch {
    /// A fact takes effect.
    pub(super) fn take_in(&mut self, fact: &BatchFact) {
        let at = fact.at;
        self.changed_at = at;
        match &fact.what {
            BatchWhat::Created { .. } => {}
            BatchWhat::Approved { checker, .. } => {
                self.state = State::Approved;
                self.checker = Some(checker.person.clone());
                self.ordered_at = Some(at);
                self.wait = None;
                self.errand = Some(Errand { rings_at: at, tries: 0 });
            }
            BatchWhat::Rejected { rejection } => {
                self.state = State::Rejected;
                self.rejection = Some(rejection.clone());
                self.wait = None;
            }
            BatchWhat::Sent { sent } => {
                self.state = if sent.file.is_some() { State::Sent } else { State::Settled };
                self.errand = sent.file.as_ref().map(|_| Errand { rings_at: at, tries: 0 });
                self.sent = Some(sent.clone());
            }
            BatchWhat::FileWritten { .. } => {
                if let Some(sent) = &mut self.sent {
                    sent.written_at = Some(at);
                }
                self.errand = None;
            }
            BatchWhat::Reported { report } => {
                let (message, sha256) = (report.message.clone(), report.sha256.clone());
                self.reports.push(Taken { message, sha256, at });
            }
            BatchWhat::Answered { instruction, last } => {
                self.answered.insert(instruction.clone());
                if *last {
                    self.state = State::Settled;
                }
            }
            BatchWhat::LimitMissed { wait, .. } | BatchWhat::DueChanged { wait } => {
                self.wait = Some(*wait);
            }
            BatchWhat::Postponed { errand } => self.errand = Some(*errand),
        }
    }
}
