//! The life of a batch 批次, as rules: one person makes it, another approves it, one file orders it,
//! and the bank reports on it, entry by entry.
//!
//! Read [`TRANSITIONS`] first. What a batch does, its disbursements do by [`follows`], in the same
//! unit: one of them that refuses keeps the whole batch as it was.

mod command;
mod entry;
mod kept;
mod making;
mod sending;
mod tables;

#[cfg(test)]
mod tests;

use calendar::Moment;
use jiff::Timestamp;
use strum::{Display, EnumString};

pub use self::command::{BatchCommand, BatchFact, BatchWhat, FileReport};
pub use self::entry::{Entry, Line, entries_sha256};
pub use self::kept::{Batch, ENTRIES_MAX, Errand, File, Rejection, Sent, Sum, Taken, Totals};
pub use self::tables::{Action, State, TRANSITIONS, allowed};

use super::disbursement::DisbursementCommand;
use super::{Command, ThingId};
use crate::error::BatchError;

/// What a batch waits for. Each is armed at most once, and rung by [`BatchCommand::Ring`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum BatchAlarm {
    /// Its checker.
    Check,
    /// Whoever sends batches makes its file and asks [`BatchCommand::Send`].
    Send,
    /// Whoever sends batches writes its file and says so by [`BatchCommand::RecordFile`].
    WriteFile,
}

/// Decides a command: what happens, or why not. Refusals come in the order exists, may, state, limits.
pub fn decide(
    before: Option<&Batch>,
    command: &BatchCommand,
    moment: Moment<'_>,
) -> Result<Vec<BatchFact>, BatchError> {
    let Some(batch) = before else { return making::create(command, moment) };
    let moment = Moment { now: moment.now.max(batch.changed_at), ..moment };
    let what = match command {
        BatchCommand::Create { .. } => return Err(BatchError::CreatedAlready),
        BatchCommand::Approve { by } => Some(making::approve(batch, by)?),
        BatchCommand::Reject { by, reason } => Some(making::reject(batch, by, reason, moment)?),
        BatchCommand::Send { file, lines } => {
            Some(sending::send(batch, file.as_ref(), lines, moment)?)
        }
        BatchCommand::RecordFile { sha256 } => sending::record_file(batch, sha256)?,
        BatchCommand::Report(report) => sending::report(batch, report)?,
        BatchCommand::Answer { instruction } => sending::answer(batch, instruction),
        BatchCommand::Ring => sending::ring(batch, moment),
        BatchCommand::Recount => {
            let again = batch.wait.and_then(|wait| wait.recounted(moment));
            again.map(|wait| BatchWhat::DueChanged { wait })
        }
    };
    Ok(what.map(|what| BatchFact { at: moment.now, what }).into_iter().collect())
}

/// The batch after a fact. Folding all its facts gives the batch.
pub fn apply(before: Option<Batch>, fact: &BatchFact) -> Option<Batch> {
    match before {
        Some(mut batch) => {
            batch.take_in(fact);
            Some(batch)
        }
        None => making::created(fact),
    }
}

/// The alarms that a batch has armed, each by the word by which it is rung.
pub fn alarms(batch: &Batch) -> Vec<(String, Timestamp)> {
    let check = batch.wait.map(|wait| (BatchAlarm::Check, wait.rings_at));
    let outside =
        if batch.state == State::Approved { BatchAlarm::Send } else { BatchAlarm::WriteFile };
    let errand = batch.errand.map(|errand| (outside, errand.rings_at));
    let armed = check.into_iter().chain(errand).filter(|(_, at)| *at < Timestamp::MAX);
    armed.map(|(alarm, at)| (alarm.to_string(), at)).collect()
}

/// What a fact makes of its disbursements, in the same unit. `batch` is as it is after it.
pub fn follows(batch: &Batch, fact: &BatchFact) -> Vec<(ThingId, Command)> {
    let id = batch.id;
    let each = |command: &dyn Fn(&Entry) -> DisbursementCommand| {
        let entries = batch.entries.iter();
        entries.map(|entry| to(entry.disbursement, command(entry))).collect()
    };
    match &fact.what {
        BatchWhat::Created { maker, .. } => each(&|entry| DisbursementCommand::Batch {
            by: maker.clone(),
            batch: id,
            entry: entry.clone(),
        }),
        BatchWhat::Approved { checker, .. } => each(&|entry| DisbursementCommand::Order {
            by: checker.clone(),
            batch: id,
            entry: entry.clone(),
        }),
        BatchWhat::Rejected { .. } => each(&|_| DisbursementCommand::Unbatch { batch: id }),
        BatchWhat::Sent { sent } => each(&|entry| {
            let mut lines = sent.lines.iter();
            let line = lines.find(|line| line.disbursement == entry.disbursement).cloned();
            DisbursementCommand::Send { batch: id, line }
        }),
        BatchWhat::Reported { report } => {
            let entries = report.entries.iter().filter_map(|entry| {
                let disbursement = batch.paid_by(&entry.instruction)?;
                Some(to(disbursement, DisbursementCommand::Report(entry.clone())))
            });
            entries.collect()
        }
        BatchWhat::FileWritten { .. }
        | BatchWhat::Answered { .. }
        | BatchWhat::LimitMissed { .. }
        | BatchWhat::Postponed { .. }
        | BatchWhat::DueChanged { .. } => Vec::new(),
    }
}

fn to(disbursement: base::DisbursementId, command: DisbursementCommand) -> (ThingId, Command) {
    (ThingId::Disbursement(disbursement), Command::Disbursement(command))
}
