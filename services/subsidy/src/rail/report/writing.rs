//! Writes a report as pain.002.001.12, as the simulated bank does.

use crate::rail::order::MESSAGE_NAME;
use crate::rail::report::{Cause, Entry, NAMESPACE, PaymentReport};
use crate::rail::script::{Script, instant};

/// The longest explanation of one element, in characters: Max105Text.
const EXPLANATION_CHARS_MAX: usize = 105;
/// What the only part of an order is called, where a report does not know better.
const PART: &str = "NOTPROVIDED";

/// The bytes of a report.
pub(super) fn write(report: &PaymentReport) -> Vec<u8> {
    Script::write(NAMESPACE, |script| {
        script.within("CstmrPmtStsRpt", |script| {
            script.within("GrpHdr", |script| {
                script.leaf("MsgId", &report.message);
                script.leaf("CreDtTm", &instant(report.created_at));
            });
            script.within("OrgnlGrpInfAndSts", |script| {
                script.leaf("OrgnlMsgId", &report.order);
                script.leaf("OrgnlMsgNmId", MESSAGE_NAME);
                if let Some(whole) = &report.whole {
                    script.leaf("GrpSts", &whole.status.to_string());
                    write_cause(script, &whole.cause);
                }
            });
            if !report.entries.is_empty() {
                script.within("OrgnlPmtInfAndSts", |script| {
                    script.leaf("OrgnlPmtInfId", PART);
                    for entry in &report.entries {
                        script.within("TxInfAndSts", |script| write_entry(script, entry));
                    }
                });
            }
        });
    })
}

fn write_entry(script: &mut Script, entry: &Entry) {
    script.leaf("OrgnlEndToEndId", &entry.reference);
    script.leaf("TxSts", &entry.status.to_string());
    write_cause(script, &entry.cause);
    if let Some(at) = entry.carried_out_at {
        script.leaf("AccptncDtTm", &instant(at));
    }
    if let Some(reference) = &entry.bank_reference {
        script.leaf("AcctSvcrRef", reference);
    }
    if let Some(amount) = entry.amount {
        script.within("OrgnlTxRef", |script| {
            script.within("Amt", |script| script.amount("InstdAmt", amount));
        });
    }
}

fn write_cause(script: &mut Script, cause: &Cause) {
    if cause.code.is_none() && cause.text.is_none() {
        return;
    }
    script.within("StsRsnInf", |script| {
        if let Some(code) = &cause.code {
            // ISO codes have four characters; a bank's own code may be longer.
            let iso = code.chars().count() <= 4;
            script.leaf(if iso { "Rsn/Cd" } else { "Rsn/Prtry" }, code);
        }
        if let Some(text) = &cause.text {
            let text: String = text.chars().take(EXPLANATION_CHARS_MAX).collect();
            script.leaf("AddtlInf", &text);
        }
    });
}
