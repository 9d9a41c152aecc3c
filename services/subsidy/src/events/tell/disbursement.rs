//! What is told of disbursements: each change of one as one event, without any account in the clear.

use contract::subsidy::{
    AccountConfirmed, AccountRefused, AccountVerified, ClawbackDecided, ClawbackOpened,
    ClawbackStatementEnded, DisbursementBatched, DisbursementCreated, DisbursementDueChanged,
    DisbursementLapsed, DisbursementLimitMissed, DisbursementStranded, DisbursementUnbatched,
    PaymentWithheld, ReceiptConfirmed, RepaymentRecorded,
};
use journal::Telling;
use prost::{Message, Name};
use runtime::wire::{date, time};

use super::{due, payment, sealed};
use crate::lifecycle::disbursement::{Disbursement, DisbursementFact, Wait, What};
use crate::wire::disbursement as shown;
use crate::wire::name_or_empty;

pub(super) fn tell(of: &Disbursement, fact: &DisbursementFact) -> Telling {
    let disbursement = of.id.to_string();
    match &fact.what {
        What::Created { wait, .. } => about(of, fact, &created(of, wait)),
        What::Batched { batch, .. } => {
            about(of, fact, &DisbursementBatched { disbursement, batch: batch.to_string() })
        }
        What::Unbatched { batch } => {
            about(of, fact, &DisbursementUnbatched { disbursement, batch: batch.to_string() })
        }
        What::AccountConfirmed { change } => {
            let account = Some(sealed(&change.account));
            let confirmed_by = change.by.to_string();
            about(of, fact, &AccountConfirmed { disbursement, account, confirmed_by })
        }
        What::AccountVerified { by, .. } => {
            about(of, fact, &AccountVerified { disbursement, verified_by: by.to_string() })
        }
        What::AccountRefused { by, reason } => {
            let (refused_by, reason) = (by.to_string(), reason.clone());
            about(of, fact, &AccountRefused { disbursement, refused_by, reason })
        }
        What::ReceiptConfirmed { by } => {
            let confirmed_by = name_or_empty(by.as_ref());
            about(of, fact, &ReceiptConfirmed { disbursement, confirmed_by })
        }
        What::Lapsed { by, reason, amount, .. } => {
            let (lapsed_by, reason) = (by.to_string(), reason.clone());
            let amount_fen = amount.0;
            about(of, fact, &DisbursementLapsed { disbursement, lapsed_by, reason, amount_fen })
        }
        What::ClawbackOpened { .. }
        | What::StatementEnded { .. }
        | What::ClawbackDecided { .. }
        | What::Repaid { .. }
        | What::Withheld { .. } => of_clawback(of, fact),
        What::Stranded { told, wait } => {
            let next_time = Some(time(wait.rings_at));
            let told = told.to_string();
            about(of, fact, &DisbursementStranded { disbursement, told, next_time })
        }
        What::LimitMissed { told, wait } => {
            let next_time = Some(time(wait.rings_at));
            let told = told.to_string();
            about(of, fact, &DisbursementLimitMissed { disbursement, told, next_time })
        }
        What::DueChanged { wait } => {
            about(of, fact, &DisbursementDueChanged { disbursement, due: due(&wait.due) })
        }
        What::Ordered { .. }
        | What::Sent { .. }
        | What::Acknowledged { .. }
        | What::Paid { .. }
        | What::Returned { .. }
        | What::Reversed { .. }
        | What::SettledBefore { .. }
        | What::ReportMissing { .. }
        | What::Inquired { .. }
        | What::Excepted { .. }
        | What::ReportKept { .. }
        | What::ResolutionProposed { .. }
        | What::Resolved { .. } => payment::tell(of, fact),
    }
}

/// What is told of money that is claimed back.
fn of_clawback(of: &Disbursement, fact: &DisbursementFact) -> Telling {
    let disbursement = of.id.to_string();
    let next = |wait: &Option<Wait>| wait.as_ref().and_then(|wait| due(&wait.due));
    match &fact.what {
        What::StatementEnded { wait } => {
            about(of, fact, &ClawbackStatementEnded { disbursement, due: due(&wait.due) })
        }
        What::ClawbackDecided { decided, first, amount, to, wait } => {
            let message = ClawbackDecided {
                disbursement,
                decision: Some(shown::decision(decided)),
                first: *first,
                owed_fen: amount.0,
                state: shown::state(*to).into(),
                barred_until_date: decided.bar.map(|bar| date(bar.until)),
                enterprise: of.entitlement.enterprise.to_string(),
                due: next(wait),
            };
            about(of, fact, &message)
        }
        What::Repaid { repayment, to, wait } => {
            let message = RepaymentRecorded {
                disbursement,
                repayment: Some(shown::repayment(repayment)),
                state: shown::state(*to).into(),
                due: next(wait),
            };
            about(of, fact, &message)
        }
        What::Withheld { of: earlier, amount, document, to, .. } => {
            let message = PaymentWithheld {
                disbursement,
                of: earlier.to_string(),
                amount_fen: amount.0,
                document_number: document.clone(),
                state: shown::state(*to).into(),
            };
            about(of, fact, &message)
        }
        What::ClawbackOpened { .. }
        | What::Created { .. }
        | What::Batched { .. }
        | What::Unbatched { .. }
        | What::Ordered { .. }
        | What::Sent { .. }
        | What::Acknowledged { .. }
        | What::Paid { .. }
        | What::Returned { .. }
        | What::Reversed { .. }
        | What::SettledBefore { .. }
        | What::ReportMissing { .. }
        | What::Inquired { .. }
        | What::Excepted { .. }
        | What::ReportKept { .. }
        | What::ResolutionProposed { .. }
        | What::Resolved { .. }
        | What::AccountConfirmed { .. }
        | What::AccountVerified { .. }
        | What::AccountRefused { .. }
        | What::ReceiptConfirmed { .. }
        | What::Lapsed { .. }
        | What::Stranded { .. }
        | What::LimitMissed { .. }
        | What::DueChanged { .. } => {
            let clawback = of.clawback.as_ref().map(shown::clawback);
            about(of, fact, &ClawbackOpened { disbursement, clawback })
        }
    }
}

fn created(of: &Disbursement, wait: &Wait) -> DisbursementCreated {
    let given = &of.entitlement;
    DisbursementCreated {
        disbursement: of.id.to_string(),
        application: given.application.to_string(),
        policy: given.policy.to_string(),
        policy_version: given.version,
        enterprise: given.enterprise.to_string(),
        payer: given.payer.to_string(),
        budget: given.budget.to_string(),
        amount_fen: given.amount.0,
        account: Some(sealed(&of.account)),
        order_due: due(&wait.due),
    }
}

/// One fact about a disbursement; everything began with its application.
pub(super) fn about<M: Message + Name>(
    of: &Disbursement,
    fact: &DisbursementFact,
    message: &M,
) -> Telling {
    super::about((&of.id, &of.entitlement.application), fact.at, message)
}
