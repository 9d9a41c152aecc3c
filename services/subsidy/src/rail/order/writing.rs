//! Writes a payment order as pain.001.001.11.

use crate::error::{OrderProblem, RailError};
use crate::rail::order::{MESSAGE_NAME, NAMESPACE, Party, Payment, PaymentOrder, Transfer, sum};
use crate::rail::script::{Script, instant};

/// The longest purpose, in characters: Max140Text. It only explains, so it may be cut.
const PURPOSE_CHARS_MAX: usize = 140;
/// The clearing system that the codes of banks are of.
const CLEARING_SYSTEM: &str = "CNAPS";
/// What the number of an enterprise is: 统一社会信用代码.
const ENTERPRISE_SCHEME: &str = "USCC";

/// The bytes of an order that was checked.
pub(super) fn write(order: &PaymentOrder) -> Result<Vec<u8>, RailError> {
    debug_assert!(NAMESPACE.ends_with(MESSAGE_NAME));
    let too_much =
        || RailError::OrderUnfit { entry: order.message.to_string(), problem: OrderProblem::Sum };
    let total = order.total().ok_or_else(too_much)?.plain();
    let mut parts = Vec::with_capacity(order.payments.len());
    for payment in &order.payments {
        parts.push((payment, sum(&payment.transfers).ok_or_else(too_much)?.plain()));
    }
    let count = order.transfers().count().to_string();
    Ok(Script::write(NAMESPACE, |script| {
        script.within("CstmrCdtTrfInitn", |script| {
            script.within("GrpHdr", |script| {
                script.leaf("MsgId", order.message.as_str());
                script.leaf("CreDtTm", &instant(order.created_at));
                script.leaf("NbOfTxs", &count);
                script.leaf("CtrlSum", &total);
                script.leaf("InitgPty/Nm", &order.initiator);
            });
            for (payment, sum) in &parts {
                script.within("PmtInf", |script| write_payment(script, order, payment, sum));
            }
        });
    }))
}

fn write_payment(script: &mut Script, order: &PaymentOrder, payment: &Payment, sum: &str) {
    script.leaf("PmtInfId", payment.id.as_str());
    script.leaf("PmtMtd", "TRF");
    script.leaf("NbOfTxs", &payment.transfers.len().to_string());
    script.leaf("CtrlSum", sum);
    script.leaf("ReqdExctnDt/Dt", &order.execute_on.to_string());
    script.leaf("Dbtr/Nm", &payment.debtor.name);
    script.leaf("DbtrAcct/Id/Othr/Id", payment.debtor.account.expose());
    write_bank(script, "DbtrAgt", &payment.debtor);
    for transfer in &payment.transfers {
        script.within("CdtTrfTxInf", |script| write_transfer(script, transfer));
    }
}

fn write_transfer(script: &mut Script, transfer: &Transfer) {
    script.within("PmtId", |script| {
        // One id for both: banks report the one or the other.
        script.leaf("InstrId", transfer.reference.as_str());
        script.leaf("EndToEndId", transfer.reference.as_str());
    });
    script.within("Amt", |script| script.amount("InstdAmt", transfer.amount));
    write_bank(script, "CdtrAgt", &transfer.creditor);
    script.within("Cdtr", |script| {
        script.leaf("Nm", &transfer.creditor.name);
        if let Some(code) = &transfer.enterprise {
            script.within("Id", |script| {
                script.within("OrgId", |script| {
                    script.within("Othr", |script| {
                        script.leaf("Id", code.as_str());
                        script.leaf("SchmeNm/Prtry", ENTERPRISE_SCHEME);
                    });
                });
            });
        }
    });
    script.leaf("CdtrAcct/Id/Othr/Id", transfer.creditor.account.expose());
    let purpose: String = transfer.purpose.chars().take(PURPOSE_CHARS_MAX).collect();
    script.leaf("RmtInf/Ustrd", &purpose);
}

fn write_bank(script: &mut Script, name: &str, party: &Party) {
    script.within(name, |script| {
        script.within("FinInstnId", |script| {
            script.within("ClrSysMmbId", |script| {
                script.leaf("ClrSysId/Cd", CLEARING_SYSTEM);
                script.leaf("MmbId", party.bank.as_str());
            });
        });
    });
}
