//! What may be asked of a batch, and what happens to it.

use base::{BatchId, DepartmentId, Fen, PersonId};
use jiff::Timestamp;
use strum::IntoStaticStr;

use super::super::By;
use super::super::disbursement::{Report, Told, Wait};
use super::entry::{Entry, Line};
use super::kept::{Errand, File, Rejection, Sent};

/// What may be asked of a batch.
#[derive(Clone, Debug)]
pub enum BatchCommand {
    /// Put disbursements together: a finance maker.
    Create {
        /// Its name.
        id: BatchId,
        /// What people call it.
        number: String,
        /// Who.
        by: By,
        /// Who pays all of it.
        payer: DepartmentId,
        /// The disbursements, as the maker sees them.
        entries: Vec<Entry>,
    },
    /// Approve it: a finance checker, who did not make it.
    Approve {
        /// Who.
        by: By,
    },
    /// Send it back: a finance checker, who did not make it.
    Reject {
        /// Who.
        by: By,
        /// Why.
        reason: String,
    },
    /// Send it: the system. First it is recorded as sent, then the file is written; so whatever dies in
    /// between, no payment leaves that is not known here. The file is the same however often it is
    /// made of the same batch, so writing it again is no second payment.
    Send {
        /// The file; none if no entry is left to pay.
        file: Option<File>,
        /// Its payments: every entry that is ordered, and nothing else.
        lines: Vec<Line>,
    },
    /// The file lies where the bank takes it from.
    RecordFile {
        /// What stands for the bytes that were written.
        sha256: String,
    },
    /// The bank reports. A report that was taken in before does nothing.
    Report(FileReport),
    /// One of its payments has its result. It follows from that; an instruction of no file of this
    /// batch is passed over.
    Answer {
        /// Which.
        instruction: String,
    },
    /// Its alarm rings.
    Ring,
    /// The calendar has changed: what is awaited is reckoned anew.
    Recount,
}

/// A report of the bank on a batch 回单文件.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileReport {
    /// The id of its message.
    pub message: String,
    /// What stands for its bytes: SHA-256, hexadecimal.
    pub sha256: String,
    /// What it says of each payment. Where the bank speaks of the whole file, each has an entry.
    pub entries: Vec<Report>,
}

/// What happens to a batch. Each is told as one event.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchFact {
    /// When it became true here. Never runs back within a batch.
    pub at: Timestamp,
    /// What.
    pub what: BatchWhat,
}

/// What happens.
#[derive(Clone, Debug, PartialEq, IntoStaticStr)]
pub enum BatchWhat {
    /// It was made.
    Created {
        /// Its name.
        id: BatchId,
        /// What people call it.
        number: String,
        /// By whom.
        maker: By,
        /// Who pays.
        payer: DepartmentId,
        /// Its entries, in the order of their names.
        entries: Vec<Entry>,
        /// What stands for them.
        entries_sha256: String,
        /// Their sum, in fen.
        total: Fen,
        /// By when it is to be checked.
        wait: Wait,
    },
    /// It was approved: all of it is ordered.
    Approved {
        /// By whom.
        checker: By,
        /// What stands for the entries that were approved.
        entries_sha256: String,
    },
    /// It was sent back.
    Rejected {
        /// By whom, and why.
        rejection: Rejection,
    },
    /// It is with the bank, or will be as soon as its file is written.
    Sent {
        /// What.
        sent: Sent,
    },
    /// Its file lies where the bank takes it from.
    FileWritten {
        /// Which.
        file: File,
    },
    /// The bank reported.
    Reported {
        /// What.
        report: FileReport,
    },
    /// One of its payments has its result.
    Answered {
        /// Which.
        instruction: String,
        /// Whether it was the last.
        last: bool,
    },
    /// Its checker is late.
    LimitMissed {
        /// Who is told.
        told: Told,
        /// When the next one is.
        wait: Wait,
    },
    /// What is to be done outside was not done yet.
    Postponed {
        /// When it is tried next.
        errand: Errand,
    },
    /// The calendar has changed, and with it what is awaited until when.
    DueChanged {
        /// What is awaited now.
        wait: Wait,
    },
}

impl BatchWhat {
    /// Who did it, if a person did.
    pub fn person(&self) -> Option<&PersonId> {
        match self {
            BatchWhat::Created { maker, .. } => Some(&maker.person),
            BatchWhat::Approved { checker, .. } => Some(&checker.person),
            BatchWhat::Rejected { rejection } => Some(&rejection.by),
            BatchWhat::Sent { .. }
            | BatchWhat::FileWritten { .. }
            | BatchWhat::Reported { .. }
            | BatchWhat::Answered { .. }
            | BatchWhat::LimitMissed { .. }
            | BatchWhat::Postponed { .. }
            | BatchWhat::DueChanged { .. } => None,
        }
    }
}
