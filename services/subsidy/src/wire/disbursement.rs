//! Disbursements, batches and clawbacks in the contract's words.

use contract::subsidy as contracted;
use jiff::Timestamp;
use runtime::etag_of;
use runtime::wire::{date, time};

use super::application::mask;
use super::{name_or_empty, own_due, word};
use crate::lifecycle::Thing;
use crate::lifecycle::batch::{self, Batch, Entry};
use crate::lifecycle::disbursement::{
    Attempt, Cause, Clawback, Decided, Disbursement, Exception, Instalment, Means, Outcome,
    Proposal, Repayment, Report, Resolution, State, Way,
};

/// A disbursement; the accounts are in the form that the caller may see.
pub fn disbursement(
    kept: &Disbursement,
    now: Timestamp,
    (payee, new_payee): (contracted::Payee, Option<contracted::Payee>),
    application_number: &str,
) -> contracted::Disbursement {
    let given = &kept.entitlement;
    contracted::Disbursement {
        name: kept.id.to_string(),
        application_number: application_number.to_owned(),
        application: given.application.to_string(),
        policy: given.policy.to_string(),
        policy_version: given.version,
        enterprise: given.enterprise.to_string(),
        payer: given.payer.to_string(),
        budget: given.budget.to_string(),
        amount_fen: given.amount.0,
        state: state(kept.state).into(),
        payee: Some(payee),
        batch: name_or_empty(kept.batched.as_ref().map(|batched| &batched.batch)),
        instructions: kept.attempts.iter().map(instruction).collect(),
        exception: kept.exception.as_ref().map(exception),
        proposal: kept.proposal.as_ref().map(proposal),
        new_payee,
        clawback: kept.clawback.as_ref().map(clawback),
        due: kept.wait.as_ref().map(|wait| own_due(&wait.due)),
        stranded: kept.stranded_since(now).is_some(),
        segments: Some(segments(kept)),
        changed_time: Some(time(kept.changed_at)),
        etag: etag_of(&Thing::Disbursement(Box::new(kept.clone()))),
        withheld_fen: kept.withheld.0,
    }
}

/// Where a disbursement stands.
pub fn state(state: State) -> contracted::DisbursementState {
    contracted::DisbursementState::from_str_name(&format!("DISBURSEMENT_STATE_{state}"))
        .unwrap_or_default()
}

/// Where a disbursement stands, from a request; `None` if it is not said.
pub fn state_from(state: contracted::DisbursementState) -> Option<State> {
    word(state.as_str_name(), "DISBURSEMENT_STATE_")
}

/// An instruction to the bank.
pub fn instruction(attempt: &Attempt) -> contracted::Instruction {
    let rejected = attempt.rejected.as_ref();
    contracted::Instruction {
        id: attempt.instruction.clone(),
        batch: attempt.batch.to_string(),
        replaces: attempt.replaces.clone().unwrap_or_default(),
        amount_fen: attempt.amount.0,
        ordered_time: Some(time(attempt.ordered_at)),
        sent_time: attempt.sent_at.map(time),
        acknowledged_time: attempt.acknowledged_at.map(time),
        paid_time: attempt.settled_at.map(time),
        returned_time: rejected.map(|rejected| time(rejected.at)),
        return_code: rejected.map(|rejected| rejected.code.clone()).unwrap_or_default(),
        pay_due: Some(own_due(&attempt.pay_due)),
    }
}

/// What the bank said of an instruction.
pub fn report(report: &Report) -> contracted::PaymentReport {
    let (result, code) = match &report.outcome {
        Outcome::Pending => (contracted::PaymentResult::Pending, ""),
        Outcome::Settled => (contracted::PaymentResult::Paid, ""),
        Outcome::Rejected { code } => (contracted::PaymentResult::Returned, code.as_str()),
    };
    contracted::PaymentReport {
        instruction: report.instruction.clone(),
        message_id: report.message.clone(),
        result: result.into(),
        reason_code: code.to_owned(),
        amount_fen: report.amount.map_or(0, |amount| amount.0),
        stated_time: Some(time(report.at)),
    }
}

/// A report that was not as ordered.
pub fn exception(exception: &Exception) -> contracted::PaymentException {
    payment_exception(exception.cause, &exception.report, exception.from, exception.at)
}

/// The same, of its parts.
pub fn payment_exception(
    cause: Cause,
    of: &Report,
    from: State,
    at: Timestamp,
) -> contracted::PaymentException {
    let ordered = match cause {
        Cause::AmountDiffers { ordered, .. } => ordered.0,
        Cause::PaidAfterReturn | Cause::NotExpected => 0,
    };
    contracted::PaymentException {
        cause: cause.to_string(),
        ordered_fen: ordered,
        report: Some(report(of)),
        from_state: state(from).into(),
        found_time: Some(time(at)),
    }
}

/// What the first of two people says is true.
pub fn proposal(proposal: &Proposal) -> contracted::ResolutionProposal {
    let (result, instruction) = resolution(&proposal.resolution);
    contracted::ResolutionProposal {
        result: result.into(),
        instruction,
        stated_time: Some(time(proposal.resolution.at())),
        reason: proposal.reason.clone(),
        proposed_by: proposal.by.to_string(),
        proposed_time: Some(time(proposal.at)),
    }
}

/// What is true, and by which instruction.
pub fn resolution(resolution: &Resolution) -> (contracted::PaymentResult, String) {
    match resolution {
        Resolution::Paid { instruction, .. } => {
            (contracted::PaymentResult::Paid, instruction.clone())
        }
        Resolution::Returned { .. } => (contracted::PaymentResult::Returned, String::new()),
    }
}

/// What is clawed back.
pub fn clawback(clawback: &Clawback) -> contracted::Clawback {
    contracted::Clawback {
        claimed_fen: clawback.opening.amount.0,
        repaid_fen: clawback.repaid().0,
        owed_fen: clawback.owed().0,
        basis: clawback.opening.basis.clone(),
        remedy: clawback.opening.remedy.clone(),
        fraud: clawback.opening.fraud,
        opened_by: clawback.opened_by.to_string(),
        opened_time: Some(time(clawback.opened_at)),
        statement_due: Some(own_due(&clawback.statement_until)),
        decision: clawback.decided.as_ref().map(decision),
        repayments: clawback.repayments.iter().map(repayment).collect(),
        barred_until_date: clawback.bar().map(|bar| date(bar.until)),
    }
}

/// What was decided of a clawback.
pub fn decision(decided: &Decided) -> contracted::ClawbackDecision {
    let decision = &decided.decision;
    let (settlement, until) = match &decision.way {
        Way::Dropped => (contracted::Settlement::Dropped, None),
        Way::AtOnce { until } => (contracted::Settlement::AtOnce, Some(*until)),
        Way::Instalments(_) => (contracted::Settlement::Instalments, None),
        Way::Offset { until } => (contracted::Settlement::Offset, Some(*until)),
        Way::Referred { .. } => (contracted::Settlement::Referred, None),
    };
    let instalments = match &decision.way {
        Way::Instalments(instalments) => instalments.iter().map(instalment).collect(),
        Way::Dropped | Way::AtOnce { .. } | Way::Offset { .. } | Way::Referred { .. } => Vec::new(),
    };
    let referred_to = match &decision.way {
        Way::Referred { to } => to.clone(),
        Way::Dropped | Way::AtOnce { .. } | Way::Offset { .. } | Way::Instalments(_) => {
            String::new()
        }
    };
    contracted::ClawbackDecision {
        document_number: decision.document.clone(),
        statement: decision.statement.clone(),
        reason: decision.reason.clone(),
        settlement: settlement.into(),
        until_time: until.map(time),
        instalments,
        referred_to,
        barred: decision.bar,
        decided_by: decided.by.to_string(),
        decided_time: Some(time(decided.at)),
    }
}

fn instalment(instalment: &Instalment) -> contracted::Instalment {
    contracted::Instalment {
        until_time: Some(time(instalment.until)),
        amount_fen: instalment.amount.0,
    }
}

/// What came back.
pub fn repayment(repayment: &Repayment) -> contracted::Repayment {
    let (reference, against) = match &repayment.means {
        Means::Transfer { reference } => (reference.clone(), String::new()),
        Means::Offset { against, .. } => (String::new(), against.to_string()),
    };
    contracted::Repayment {
        amount_fen: repayment.amount.0,
        reference,
        offset_against: against,
        recorded_by: repayment.by.to_string(),
        recorded_time: Some(time(repayment.at)),
    }
}

fn segments(kept: &Disbursement) -> contracted::Segments {
    let segments = kept.segments();
    contracted::Segments {
        approved_time: Some(time(segments.approved_at)),
        ordered_time: segments.ordered_at.map(time),
        paid_time: segments.paid_at.map(time),
        confirmed_time: segments.confirmed_at.map(time),
        ..contracted::Segments::default()
    }
}

/// A batch, with the last characters of the account of each entry, where they are known.
pub fn batch(kept: &Batch, tails: &[String], with_entries: bool) -> contracted::Batch {
    let sent = kept.sent.as_ref();
    let file = sent.and_then(|sent| sent.file.as_ref());
    let entries = kept.entries.iter().enumerate().map(|(place, entry)| {
        let tail = tails.get(place).map(|tail| mask(tail)).unwrap_or_default();
        batch_entry(kept, entry, tail)
    });
    let decided = kept.rejection.as_ref().map(|rejection| rejection.at).or(kept.ordered_at);
    let checker = kept.rejection.as_ref().map(|rejection| &rejection.by);
    contracted::Batch {
        name: kept.id.to_string(),
        number: kept.number.clone(),
        payer: kept.payer.to_string(),
        state: batch_state(kept.state).into(),
        entries: if with_entries { entries.collect() } else { Vec::new() },
        amount_fen: kept.total.0,
        entries_sha256: kept.entries_sha256.clone(),
        maker: kept.maker.person.to_string(),
        checker: name_or_empty(checker.or(kept.checker.as_ref())),
        rejected_because: kept
            .rejection
            .as_ref()
            .map(|rejection| rejection.reason.clone())
            .unwrap_or_default(),
        file_name: file.map(|file| file.name.clone()).unwrap_or_default(),
        file_sha256: file.map(|file| file.sha256.clone()).unwrap_or_default(),
        created_time: Some(time(kept.created_at)),
        decided_time: decided.map(time),
        sent_time: sent.map(|sent| time(sent.at)),
        due: kept.wait.as_ref().map(|wait| own_due(&wait.due)),
        etag: etag_of(&Thing::Batch(Box::new(kept.clone()))),
        answered: super::count(kept.answered.len()),
    }
}

/// An entry of a batch.
pub fn batch_entry(kept: &Batch, entry: &Entry, account: String) -> contracted::BatchEntry {
    let mut lines = kept.sent.iter().flat_map(|sent| &sent.lines);
    let line = lines.find(|line| line.disbursement == entry.disbursement);
    contracted::BatchEntry {
        disbursement: entry.disbursement.to_string(),
        enterprise: entry.enterprise.to_string(),
        amount_fen: entry.amount.0,
        account,
        instruction: line.map(|line| line.instruction.clone()).unwrap_or_default(),
    }
}

/// Where a batch stands.
pub fn batch_state(state: batch::State) -> contracted::BatchState {
    contracted::BatchState::from_str_name(&format!("BATCH_STATE_{state}")).unwrap_or_default()
}

/// Where a batch stands, from a request; `None` if it is not said.
pub fn batch_state_from(state: contracted::BatchState) -> Option<batch::State> {
    word(state.as_str_name(), "BATCH_STATE_")
}
