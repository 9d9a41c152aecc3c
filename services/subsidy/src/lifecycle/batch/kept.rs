//! A batch as it is kept, and how its totals balance with its disbursements.

use std::collections::BTreeSet;

use base::{BatchId, DepartmentId, DisbursementId, Fen, PersonId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::By;
use super::super::disbursement::{Disbursement, Wait};
use super::entry::{Entry, Line};
use super::tables::State;
use crate::error::BatchError;

/// How many entries a batch has at most: all of them are changed in one unit.
pub const ENTRIES_MAX: usize = 500;

/// A batch 批次: disbursements of one payer that one person puts together, another approves, and one
/// file orders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// Its name.
    pub id: BatchId,
    /// What people call it: `BP-2026-000001`.
    pub number: String,
    /// Where it stands.
    pub state: State,
    /// Who pays all of it.
    pub payer: DepartmentId,
    /// Its entries, in the order of their names, as its maker saw them. Never change.
    pub entries: Vec<Entry>,
    /// What stands for them: what the checker approves.
    pub entries_sha256: String,
    /// Their sum, in fen.
    pub total: Fen,
    /// Who made it 经办.
    pub maker: By,
    /// When.
    pub created_at: Timestamp,
    /// Who approved it 复核.
    pub checker: Option<PersonId>,
    /// When.
    pub ordered_at: Option<Timestamp>,
    /// Who sent it back, and why.
    pub rejection: Option<Rejection>,
    /// What was sent; none until then.
    pub sent: Option<Sent>,
    /// The instructions of its file that have their result.
    pub answered: BTreeSet<String>,
    /// The reports of the bank that were taken in.
    pub reports: Vec<Taken>,
    /// Its checker is awaited.
    pub wait: Option<Wait>,
    /// Something is to be done outside: the file to be made, or to be written.
    pub errand: Option<Errand>,
    /// When it last changed. Never runs back.
    pub changed_at: Timestamp,
}

/// A batch was sent back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// By whom.
    pub by: PersonId,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// What was sent to the bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The name of the file; none if nothing was left to pay.
    pub file: Option<File>,
    /// Its payments.
    pub lines: Vec<Line>,
    /// Their sum, in fen.
    pub total: Fen,
    /// When.
    pub at: Timestamp,
    /// When the file lay where the bank takes it from.
    pub written_at: Option<Timestamp>,
}

/// A bank file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its name.
    pub name: String,
    /// What stands for its bytes: SHA-256, hexadecimal.
    pub sha256: String,
}

/// A report of the bank that was taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The id of its message.
    pub message: String,
    /// What stands for its bytes: SHA-256, hexadecimal.
    pub sha256: String,
    /// When.
    pub at: Timestamp,
}

/// Something to be done outside, by whoever hears the alarm: tried again, later each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errand {
    /// When it is tried next.
    pub rings_at: Timestamp,
    /// How often it was tried in vain.
    pub tries: u32,
}

/// What became of the entries of a batch: counts, and fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Sent to the bank.
    pub sent: Sum,
    /// Paid, and not taken back.
    pub paid: Sum,
    /// Certainly back.
    pub returned: Sum,
    /// Neither is known.
    pub open: Sum,
}

/// How many, and how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub count: usize,
    /// How much, in fen.
    pub amount: Fen,
}

impl Sum {
    fn add(&mut self, amount: Fen) -> Result<(), BatchError> {
        self.count += 1;
        self.amount = self.amount.checked_add(amount).ok_or(BatchError::TooMuch)?;
        Ok(())
    }
}

impl Batch {
    /// The id of its message to the bank: at most 35 characters, and the same however often the file
    /// is made.
    pub fn message_id(&self) -> String {
        self.id.uuid().as_simple().to_string()
    }

    /// The disbursement that an instruction of its file pays.
    pub fn paid_by(&self, instruction: &str) -> Option<DisbursementId> {
        let lines = self.sent.iter().flat_map(|sent| &sent.lines);
        let mut own = lines.filter(|line| line.instruction == instruction);
        own.next().map(|line| line.disbursement)
    }

    /// What became of its file, entry by entry (M8): each line is an attempt of its disbursement, to
    /// the fen, and is paid, or back, or open.
    ///
    /// Fails with the first disbursement that differs or is not among those given.
    pub fn balance(&self, disbursements: &[Disbursement]) -> Result<Totals, BatchError> {
        let mut totals = Totals::default();
        for line in self.sent.iter().flat_map(|sent| &sent.lines) {
            let differs = || BatchError::Unbalanced { disbursement: line.disbursement };
            let own = disbursements.iter().find(|one| one.id == line.disbursement);
            let mut attempts = own.ok_or_else(differs)?.attempts.iter();
            let attempt =
                attempts.find(|one| (&one.instruction, one.batch) == (&line.instruction, self.id));
            let attempt = attempt.ok_or_else(differs)?;
            if (attempt.amount, &attempt.account) != (line.amount, &line.account) {
                return Err(differs());
            }
            totals.sent.add(line.amount)?;
            match (&attempt.rejected, attempt.settled_at) {
                (Some(_), _) => totals.returned.add(line.amount)?,
                (None, Some(_)) => totals.paid.add(line.amount)?,
                (None, None) => totals.open.add(line.amount)?,
            }
        }
        Ok(totals)
    }
}
