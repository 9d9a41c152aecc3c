//! What the bank reports of one instruction, and what comes of it.

use base::{BatchId, Fen};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter};

use super::attempt::Attempt;
use super::draft::Draft;
use super::exception::Cause;
use super::fact::What;
use super::limits::{CLOCK_SKEW_SECONDS_MAX, RECEIPT_AFTER, RESOLVE_WITHIN, STRANDED_AFTER, Wait};
use super::tables::{Effect, News, effect};
use crate::error::DisbursementError;

/// What the bank says of one payment 回单: an entry of its report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The batch in whose report it stands.
    pub batch: BatchId,
    /// The instruction id.
    pub instruction: String,
    /// The amount that the report names. Only a rejection may leave it out, which then is of all of
    /// it: a bank that refuses a whole file names no amounts.
    pub amount: Option<Fen>,
    /// What came of it.
    pub outcome: Outcome,
    /// When, by the bank's clock, which may be a little ahead of ours.
    pub at: Timestamp,
    /// The id of the message that it came in.
    pub message: String,
}

/// What came of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Display, EnumIter, Serialize, Deserialize)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// The bank has it and works on it.
    Pending,
    /// It was paid.
    Settled,
    /// It was not paid, or it was taken back.
    Rejected {
        /// The bank's reason code, such as AC04.
        code: String,
    },
}

/// The report takes effect, by [`super::REPORTED`].
pub(super) fn report(draft: &mut Draft<'_>, report: &Report) -> Result<(), DisbursementError> {
    let ours = |one: &&Attempt| one.instruction == report.instruction && one.batch == report.batch;
    let Some(attempt) = draft.disbursement.attempts.iter().find(ours).cloned() else {
        let instruction = report.instruction.clone();
        return Err(DisbursementError::InstructionUnknown { instruction });
    };
    let skew = SignedDuration::from_secs(CLOCK_SKEW_SECONDS_MAX);
    if draft.moment.now.checked_add(skew).is_ok_and(|latest| latest < report.at) {
        return Err(DisbursementError::ReportInFuture { at: report.at });
    }
    if is_known(draft, report) {
        return Ok(());
    }
    let (news, cause) = news(&attempt, report);
    match effect(draft.disbursement.state, news) {
        Effect::Pay => pay(draft, report),
        Effect::Return => give_back(draft, report, false),
        Effect::Reverse => give_back(draft, report, true),
        Effect::Except => {
            let cause = cause.unwrap_or(Cause::NotExpected);
            let wait = Wait::starting(draft.moment, RESOLVE_WITHIN);
            let from = draft.disbursement.state;
            draft.happen(What::Excepted { from, cause, report: report.clone(), wait });
        }
        Effect::Note if news == News::Pending => acknowledge(draft, &attempt, report),
        Effect::Note => {
            let instruction = report.instruction.clone();
            draft.happen(What::SettledBefore { instruction, at: report.at });
        }
        Effect::Keep => draft.happen(What::ReportKept { report: report.clone() }),
        Effect::Pass => {}
    }
    Ok(())
}

/// What a report says, held against the order and against what the bank said before: by the instants
/// that the bank gives, whatever came first (domain.md §3). With the cause if it contradicts them.
fn news(attempt: &Attempt, report: &Report) -> (News, Option<Cause>) {
    let ordered = attempt.amount;
    let fits = match (&report.outcome, report.amount) {
        (_, Some(amount)) => amount == ordered,
        (Outcome::Pending | Outcome::Rejected { .. }, None) => true,
        (Outcome::Settled, None) => false,
    };
    if !fits {
        let cause = Cause::AmountDiffers { ordered, reported: report.amount };
        return (News::Contradicts, Some(cause));
    }
    let (settled, rejected) = (attempt.settled_at, attempt.rejected.as_ref().map(|one| one.at));
    match &report.outcome {
        Outcome::Pending if settled.is_some() || rejected.is_some() => (News::Same, None),
        Outcome::Pending => (News::Pending, None),
        Outcome::Settled => match (settled, rejected) {
            (Some(_), _) => (News::Same, None),
            (None, None) => (News::Settled, None),
            (None, Some(rejected)) if report.at < rejected => (News::SettledBefore, None),
            (None, Some(_)) => (News::Contradicts, Some(Cause::PaidAfterReturn)),
        },
        Outcome::Rejected { .. } => match (settled, rejected) {
            (_, Some(_)) => (News::Same, None),
            (None, None) => (News::Rejected, None),
            (Some(settled), None) if settled < report.at => (News::Reversed, None),
            (Some(_), None) => (News::Contradicts, Some(Cause::PaidAfterReturn)),
        },
    }
}

fn pay(draft: &mut Draft<'_>, report: &Report) {
    let wait = Wait::starting(draft.moment, RECEIPT_AFTER);
    let (instruction, at) = (report.instruction.clone(), report.at);
    draft.happen(What::Paid { instruction, at, wait });
}

fn give_back(draft: &mut Draft<'_>, report: &Report, was_paid: bool) {
    let code = match &report.outcome {
        Outcome::Rejected { code } => code.clone(),
        Outcome::Pending | Outcome::Settled => String::new(),
    };
    let wait = Wait::starting(draft.moment, STRANDED_AFTER);
    let (instruction, at) = (report.instruction.clone(), report.at);
    draft.happen(if was_paid {
        What::Reversed { instruction, code, at, wait }
    } else {
        What::Returned { instruction, code, at, wait }
    });
}

fn acknowledge(draft: &mut Draft<'_>, attempt: &Attempt, report: &Report) {
    if attempt.acknowledged_at.is_none() {
        let (instruction, at) = (report.instruction.clone(), report.at);
        draft.happen(What::Acknowledged { instruction, at });
    }
}

/// Whether two people have it before them already, or have said what is true of it.
fn is_known(draft: &Draft<'_>, report: &Report) -> bool {
    let same = |known: &Report| {
        (&known.instruction, known.amount, &known.outcome, known.at)
            == (&report.instruction, report.amount, &report.outcome, report.at)
    };
    let disbursement = &draft.disbursement;
    let excepted = disbursement.exception.as_ref().is_some_and(|one| same(&one.report));
    excepted || disbursement.kept_reports.iter().any(same)
}
