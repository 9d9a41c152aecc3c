//! A batch goes to the bank in one file, and comes back in reports.

use std::collections::BTreeSet;

use base::Fen;
use calendar::Moment;
use jiff::{SignedDuration, Timestamp};

use super::command::{BatchWhat, FileReport};
use super::entry::Line;
use super::kept::{Batch, Errand, File, Sent};
use super::tables::{Action, State, check};
use crate::error::BatchError;

/// How long after a first vain try the next one is made, in seconds. It doubles from try to try.
const RETRY_SECONDS: i64 = 60;
/// How often it doubles: about an hour lies between tries in the end.
const DOUBLINGS_MAX: u32 = 6;

/// Records it as sent. Each disbursement says in the same unit whether its line is what was ordered,
/// and whether it has to have one.
pub(super) fn send(
    batch: &Batch,
    file: Option<&File>,
    lines: &[Line],
    moment: Moment<'_>,
) -> Result<BatchWhat, BatchError> {
    check(batch.state, Action::Send)?;
    // A file orders something, and something is ordered by a file.
    if file.is_some() == lines.is_empty() {
        return Err(BatchError::FileUnfit);
    }
    let (mut paid, mut instructions) = (BTreeSet::new(), BTreeSet::new());
    for line in lines {
        let known = batch.entries.iter().any(|entry| entry.disbursement == line.disbursement);
        if !known {
            return Err(BatchError::LineUnknown { instruction: line.instruction.clone() });
        }
        if !paid.insert(line.disbursement) || !instructions.insert(&line.instruction) {
            return Err(BatchError::InstructionTwice { instruction: line.instruction.clone() });
        }
    }
    let total =
        Fen::checked_sum(lines.iter().map(|line| line.amount)).ok_or(BatchError::TooMuch)?;
    let sent = Sent {
        file: file.cloned(),
        lines: lines.to_vec(),
        total,
        at: moment.now,
        written_at: None,
    };
    Ok(BatchWhat::Sent { sent })
}

/// Its file lies where the bank takes it from; said again, nothing happens.
pub(super) fn record_file(batch: &Batch, sha256: &str) -> Result<Option<BatchWhat>, BatchError> {
    check(batch.state, Action::RecordFile)?;
    let sent = batch.sent.as_ref();
    let own = sent.and_then(|sent| sent.file.as_ref()).filter(|file| file.sha256 == sha256);
    let Some(file) = own else { return Err(BatchError::FileDiffers) };
    let written = sent.is_some_and(|sent| sent.written_at.is_some());
    Ok((!written).then(|| BatchWhat::FileWritten { file: file.clone() }))
}

/// The bank reports. The same message again does nothing; one of the same name that says something
/// else is refused, and so is one that speaks of what this batch did not send: nothing of either is
/// taken in.
pub(super) fn report(batch: &Batch, report: &FileReport) -> Result<Option<BatchWhat>, BatchError> {
    check(batch.state, Action::Report)?;
    if let Some(taken) = batch.reports.iter().find(|taken| taken.message == report.message) {
        return if taken.sha256 == report.sha256 {
            Ok(None)
        } else {
            Err(BatchError::ReportReused { message: report.message.clone() })
        };
    }
    for entry in &report.entries {
        if entry.batch != batch.id || batch.paid_by(&entry.instruction).is_none() {
            let instruction = entry.instruction.clone();
            return Err(BatchError::ReportForeign { instruction });
        }
    }
    Ok(Some(BatchWhat::Reported { report: report.clone() }))
}

/// One of its payments has its result. What is known, or is of no file of this batch, says nothing new.
pub(super) fn answer(batch: &Batch, instruction: &str) -> Option<BatchWhat> {
    batch.paid_by(instruction)?;
    if batch.answered.contains(instruction) {
        return None;
    }
    let lines = batch.sent.as_ref().map_or(0, |sent| sent.lines.len());
    let last = batch.answered.len() + 1 == lines;
    Some(BatchWhat::Answered { instruction: instruction.to_owned(), last })
}

/// Its alarm rings: a checker is late, or what is to be done outside was not done. What is awaited no
/// more does nothing.
pub(super) fn ring(batch: &Batch, moment: Moment<'_>) -> Option<BatchWhat> {
    if let Some(errand) = batch.errand {
        let at = moment.now.max(errand.rings_at);
        let rings_at = later(at, errand.tries);
        let tries = errand.tries.saturating_add(1);
        return Some(BatchWhat::Postponed { errand: Errand { rings_at, tries } });
    }
    let wait = batch.wait.filter(|_| batch.state == State::Created)?;
    let late = Moment { now: moment.now.max(wait.rings_at), ..moment };
    Some(BatchWhat::LimitMissed { told: wait.next_told(), wait: wait.told(late) })
}

fn later(at: Timestamp, tries: u32) -> Timestamp {
    let seconds = RETRY_SECONDS << tries.min(DOUBLINGS_MAX);
    at.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}
