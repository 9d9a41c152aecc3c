//! The way to the bank and back: into a batch, ordered, sent; confirmed, given up, or paid anew.

use base::{BatchId, DisbursementId, EnterpriseId, Fen};
use calendar::Moment;

use super::super::By;
use super::super::batch::{Entry, Line};
use super::account::{Account, AccountChange};
use super::attempt::{Attempt, instruction_id};
use super::command::DisbursementCommand;
use super::draft::Draft;
use super::fact::{DisbursementFact, What};
use super::kept::Disbursement;
use super::limits::{
    ATTEMPTS_MAX, PAY_WITHIN, RECEIPT_AFTER, REPORT_WITHIN, SEND_WITHIN, STRANDED_AFTER, Wait, due,
};
use super::people::{may_pay, may_verify};
use super::tables::{Action, State, check};
use crate::error::DisbursementError;

/// An approval gives a disbursement.
pub(super) fn create(
    command: &DisbursementCommand,
    moment: Moment<'_>,
) -> Result<Vec<DisbursementFact>, DisbursementError> {
    let DisbursementCommand::Create { id, entitlement, account, reviewers, first_reviewers } =
        command
    else {
        return Err(DisbursementError::NotFound { disbursement: named(command) });
    };
    if entitlement.amount <= Fen::ZERO {
        return Err(DisbursementError::AmountUnfit { amount: entitlement.amount });
    }
    let what = What::Created {
        id: *id,
        entitlement: entitlement.clone(),
        account: account.clone(),
        reviewers: reviewers.clone(),
        first_reviewers: first_reviewers.clone(),
        wait: Wait::starting(moment, STRANDED_AFTER),
    };
    Ok(vec![DisbursementFact { at: moment.now, what }])
}

/// The disbursement that a command names, where it names one.
fn named(command: &DisbursementCommand) -> String {
    match command {
        DisbursementCommand::Batch { entry, .. } | DisbursementCommand::Order { entry, .. } => {
            entry.disbursement.to_string()
        }
        DisbursementCommand::Send { line: Some(line), .. } => line.disbursement.to_string(),
        DisbursementCommand::Create { .. }
        | DisbursementCommand::Unbatch { .. }
        | DisbursementCommand::Send { line: None, .. }
        | DisbursementCommand::Report(_)
        | DisbursementCommand::ResolveException { .. }
        | DisbursementCommand::ConfirmAccount { .. }
        | DisbursementCommand::VerifyAccount { .. }
        | DisbursementCommand::ConfirmReceipt { .. }
        | DisbursementCommand::Lapse { .. }
        | DisbursementCommand::OpenClawback { .. }
        | DisbursementCommand::DecideClawback { .. }
        | DisbursementCommand::RecordRepayment { .. }
        | DisbursementCommand::Offset { .. }
        | DisbursementCommand::Withhold { .. }
        | DisbursementCommand::Ring
        | DisbursementCommand::Recount => String::new(),
    }
}

/// Whether it is as it was approved, and as whoever pays it saw it. What was changed in the database
/// by hand has another seal.
fn unchanged(disbursement: &Disbursement, entry: &Entry) -> Result<(), DisbursementError> {
    let sealed = disbursement.entitlement.seal(&disbursement.account);
    if sealed != disbursement.seal || disbursement.entry() != *entry {
        return Err(DisbursementError::EntryChanged { disbursement: disbursement.id });
    }
    Ok(())
}

/// A batch takes it in.
pub(super) fn batch(
    draft: &mut Draft<'_>,
    by: &By,
    batch: BatchId,
    entry: &Entry,
) -> Result<(), DisbursementError> {
    may_pay(&draft.disbursement, by)?;
    check(draft.disbursement.state, Action::Batch)?;
    unchanged(&draft.disbursement, entry)?;
    if !draft.disbursement.may_be_ordered() {
        return Err(DisbursementError::FirstPaymentOpen);
    }
    draft.happen(What::Batched { batch, maker: by.person.clone() });
    Ok(())
}

/// Its batch was rejected. One that left the batch before is left alone.
pub(super) fn unbatch(draft: &mut Draft<'_>, batch: BatchId) {
    let inside = draft.disbursement.batched.as_ref().is_some_and(|one| one.batch == batch);
    if inside && draft.disbursement.state == State::Batched {
        draft.happen(What::Unbatched { batch });
    }
}

/// Its batch was approved: it gets its instruction.
pub(super) fn order(
    draft: &mut Draft<'_>,
    by: &By,
    batch: BatchId,
    entry: &Entry,
) -> Result<(), DisbursementError> {
    may_pay(&draft.disbursement, by)?;
    check(draft.disbursement.state, Action::Order)?;
    let inside = draft.disbursement.batched.clone().filter(|one| one.batch == batch);
    let Some(batched) = inside else {
        return Err(DisbursementError::InAnotherBatch { disbursement: draft.disbursement.id });
    };
    unchanged(&draft.disbursement, entry)?;
    if !draft.disbursement.may_be_ordered() {
        return Err(DisbursementError::FirstPaymentOpen);
    }
    let last = draft.disbursement.last_attempt();
    let number = last.map_or(0, |one| one.number).saturating_add(1);
    if ATTEMPTS_MAX < number {
        return Err(DisbursementError::TooManyAttempts);
    }
    let attempt = Attempt {
        instruction: instruction_id(draft.disbursement.id, number),
        number,
        replaces: last.map(|one| one.instruction.clone()),
        batch,
        amount: draft.disbursement.payable(),
        account: draft.disbursement.account.digest.clone(),
        maker: batched.maker,
        checker: by.person.clone(),
        ordered_at: draft.moment.now,
        pay_due: due(draft.moment, PAY_WITHIN),
        sent_at: None,
        acknowledged_at: None,
        settled_at: None,
        rejected: None,
    };
    let wait = Wait::starting(draft.moment, SEND_WITHIN);
    draft.happen(What::Ordered { attempt, wait });
    Ok(())
}

/// Its batch is sent. The bank's file has exactly what was ordered, no more and no less (M8): what is
/// ordered by the batch has its line there, and nothing else has.
pub(super) fn send(
    draft: &mut Draft<'_>,
    batch: BatchId,
    line: Option<&Line>,
) -> Result<(), DisbursementError> {
    let state = draft.disbursement.state;
    let own = draft.disbursement.line(batch).filter(|_| state == State::Ordered);
    match (own, line) {
        (None, None) => Ok(()),
        (Some(own), Some(line)) if own == *line => {
            let wait = Wait::starting(draft.moment, REPORT_WITHIN);
            draft.happen(What::Sent { instruction: own.instruction, wait });
            Ok(())
        }
        (Some(_), Some(_) | None) => {
            Err(DisbursementError::FileDiffers { disbursement: draft.disbursement.id })
        }
        (None, Some(_)) => {
            check(state, Action::Send)?;
            Err(DisbursementError::InAnotherBatch { disbursement: draft.disbursement.id })
        }
    }
}

/// The enterprise has its money, and says so.
pub(super) fn confirm_receipt(draft: &mut Draft<'_>, by: &By) -> Result<(), DisbursementError> {
    check(draft.disbursement.state, Action::ConfirmReceipt)?;
    draft.happen(What::ReceiptConfirmed { by: Some(by.person.clone()) });
    Ok(())
}

/// The enterprise says where to pay what came back: to an account of its own.
pub(super) fn confirm_account(
    draft: &mut Draft<'_>,
    by: &By,
    account: &Account,
    (holder, registered): (&str, &str),
) -> Result<(), DisbursementError> {
    check(draft.disbursement.state, Action::ConfirmAccount)?;
    if holder.trim().is_empty() || holder.trim() != registered.trim() {
        return Err(DisbursementError::AccountNotTheirs);
    }
    let change =
        AccountChange { account: account.clone(), by: by.person.clone(), at: draft.moment.now };
    draft.happen(What::AccountConfirmed { change });
    Ok(())
}

/// A second reviewer looks at that account. Nothing is paid anew before (M7), nor before the payment
/// before is certainly back (M9).
pub(super) fn verify_account(
    draft: &mut Draft<'_>,
    by: &By,
    correct: bool,
    reason: &str,
) -> Result<(), DisbursementError> {
    may_verify(&draft.disbursement, by)?;
    check(draft.disbursement.state, Action::VerifyAccount)?;
    let Some(change) = draft.disbursement.account_change.clone() else {
        return Err(DisbursementError::AccountUnconfirmed);
    };
    if !draft.disbursement.may_be_ordered() {
        return Err(DisbursementError::FirstPaymentOpen);
    }
    let by = by.person.clone();
    draft.happen(if correct {
        What::AccountVerified { by, account: change.account }
    } else {
        What::AccountRefused { by, reason: reason.to_owned() }
    });
    Ok(())
}

/// There is nobody left to pay.
pub(super) fn lapse(draft: &mut Draft<'_>, by: &By, reason: &str) -> Result<(), DisbursementError> {
    may_pay(&draft.disbursement, by)?;
    check(draft.disbursement.state, Action::Lapse)?;
    let (from, amount) = (draft.disbursement.state, draft.disbursement.payable());
    let (by, reason) = (by.person.clone(), reason.to_owned());
    draft.happen(What::Lapsed { by, reason, from, amount });
    Ok(())
}

/// Some of it is kept for what the enterprise owes of an earlier one.
pub(super) fn withhold(
    draft: &mut Draft<'_>,
    (of, enterprise): (DisbursementId, &EnterpriseId),
    amount: Fen,
    document: &str,
) -> Result<(), DisbursementError> {
    if draft.disbursement.entitlement.enterprise != *enterprise {
        return Err(DisbursementError::OffsetOther { disbursement: draft.disbursement.id });
    }
    check(draft.disbursement.state, Action::Withhold)?;
    // What went to the bank once is compared with what was ordered then.
    if !draft.disbursement.attempts.is_empty() {
        return Err(DisbursementError::OffsetReissued { disbursement: draft.disbursement.id });
    }
    let payable = draft.disbursement.payable();
    if amount <= Fen::ZERO || payable < amount {
        return Err(DisbursementError::OffsetAmount { amount, payable });
    }
    let all = amount == payable;
    let to = if all { State::Paid } else { State::Payable };
    let receipt = Wait::starting(draft.moment, RECEIPT_AFTER);
    let wait = if all { Some(receipt) } else { draft.disbursement.wait };
    let document = document.to_owned();
    draft.happen(What::Withheld { of, amount, document, to, wait });
    Ok(())
}
