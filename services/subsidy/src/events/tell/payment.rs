//! What is told of a payment: what is ordered of the bank, what the bank says, what two people say is
//! true.

use contract::subsidy::{
    DisbursementOrdered, DisbursementPaid, DisbursementReturned, DisbursementReversed,
    DisbursementSent, PaymentAcknowledged, PaymentExceptionFound, PaymentInquired,
    PaymentReportKept, PaymentReportMissing, PaymentResolutionProposed, PaymentResolved,
    PaymentSettledBefore,
};
use journal::Telling;
use runtime::wire::time;

use super::disbursement::about;
use super::due;
use crate::lifecycle::disbursement::{Disbursement, DisbursementFact, What};
use crate::wire::disbursement as shown;

#[expect(clippy::wildcard_enum_match_arm, reason = "the other facts are told where they belong")]
pub(super) fn tell(of: &Disbursement, fact: &DisbursementFact) -> Telling {
    let disbursement = of.id.to_string();
    match &fact.what {
        What::Ordered { attempt, wait } => {
            let instruction = Some(shown::instruction(attempt));
            let send_due = due(&wait.due);
            about(of, fact, &DisbursementOrdered { disbursement, instruction, send_due })
        }
        What::Sent { instruction, wait } => {
            let (instruction, report_due) = (instruction.clone(), due(&wait.due));
            about(of, fact, &DisbursementSent { disbursement, instruction, report_due })
        }
        What::Acknowledged { instruction, at } => {
            let (instruction, stated_time) = (instruction.clone(), Some(time(*at)));
            about(of, fact, &PaymentAcknowledged { disbursement, instruction, stated_time })
        }
        What::Paid { instruction, at, wait } => {
            let message = DisbursementPaid {
                disbursement,
                instruction: instruction.clone(),
                stated_time: Some(time(*at)),
                confirm_due: due(&wait.due),
            };
            about(of, fact, &message)
        }
        What::Returned { instruction, code, at, wait } => {
            let message = DisbursementReturned {
                disbursement,
                instruction: instruction.clone(),
                code: code.clone(),
                stated_time: Some(time(*at)),
                order_due: due(&wait.due),
            };
            about(of, fact, &message)
        }
        What::Reversed { instruction, code, at, wait } => {
            let message = DisbursementReversed {
                disbursement,
                instruction: instruction.clone(),
                code: code.clone(),
                stated_time: Some(time(*at)),
                order_due: due(&wait.due),
            };
            about(of, fact, &message)
        }
        What::SettledBefore { instruction, at } => {
            let (instruction, stated_time) = (instruction.clone(), Some(time(*at)));
            about(of, fact, &PaymentSettledBefore { disbursement, instruction, stated_time })
        }
        _ => uncertain(of, fact),
    }
}

/// What is told while it is not certain what the bank did.
#[expect(clippy::wildcard_enum_match_arm, reason = "the other facts are told where they belong")]
fn uncertain(of: &Disbursement, fact: &DisbursementFact) -> Telling {
    let disbursement = of.id.to_string();
    match &fact.what {
        What::ReportMissing { instruction, wait } => {
            let (instruction, due) = (instruction.clone(), due(&wait.due));
            about(of, fact, &PaymentReportMissing { disbursement, instruction, due })
        }
        What::Inquired { instruction, wait } => {
            let (instruction, due) = (instruction.clone(), due(&wait.due));
            about(of, fact, &PaymentInquired { disbursement, instruction, due })
        }
        What::Excepted { from, cause, report, wait } => {
            let exception = Some(shown::payment_exception(*cause, report, *from, fact.at));
            let due = due(&wait.due);
            about(of, fact, &PaymentExceptionFound { disbursement, exception, due })
        }
        What::ReportKept { report } => {
            let report = Some(shown::report(report));
            about(of, fact, &PaymentReportKept { disbursement, report })
        }
        What::ResolutionProposed { proposal } => {
            let proposal = Some(shown::proposal(proposal));
            about(of, fact, &PaymentResolutionProposed { disbursement, proposal })
        }
        What::Resolved { resolution, to, by, wait, .. } => {
            let (result, instruction) = shown::resolution(resolution);
            let message = PaymentResolved {
                disbursement,
                result: result.into(),
                instruction,
                stated_time: Some(time(resolution.at())),
                people: by.iter().map(ToString::to_string).collect(),
                state: shown::state(*to).into(),
                due: wait.as_ref().and_then(|wait| due(&wait.due)),
            };
            about(of, fact, &message)
        }
        _ => super::disbursement::tell(of, fact),
    }
}
