//! Between the rules and the rail: the payment order of a batch, and what a report of the bank says to
//! it.

use base::{BatchId, PolicyId};
use jiff::tz::TimeZone;
use runtime::vault::Vault;
use uuid::Uuid;

use crate::account::Payee;
use crate::error::{OrderProblem, RailError};
use crate::lifecycle::batch::{Batch, FileReport, Line};
use crate::lifecycle::disbursement::{Disbursement, Outcome, Report};
use crate::payers::Payers;
use crate::rail::{
    Cause, Entry, Outcome as BankOutcome, Payment, PaymentOrder, PaymentReport, Reference, Status,
    Transfer,
};

/// What payment orders are made with.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// From which accounts the zone pays.
    pub payers: &'a Payers,
    /// Opens the accounts of enterprises.
    pub vault: &'a Vault,
    /// The zone's time, in which the day of an order is told.
    pub zone: &'a TimeZone,
}

impl Desk<'_> {
    /// The payment order of a batch, with its lines; `None` if no entry is left to pay. It is the
    /// same however often it is made: nothing of it comes from the present moment. What each policy
    /// is called stands on the enterprise's statement of account.
    pub fn order(
        self,
        batch: &Batch,
        disbursements: &[Disbursement],
        title: impl Fn(&PolicyId) -> String,
    ) -> Result<Option<(PaymentOrder, Vec<Line>)>, RailError> {
        let unfit = |entry: &dyn ToString, problem| RailError::OrderUnfit {
            entry: entry.to_string(),
            problem,
        };
        let mut paid: Vec<(&Disbursement, Line)> = Vec::new();
        for disbursement in disbursements {
            paid.extend(disbursement.line(batch.id).map(|line| (disbursement, line)));
        }
        if paid.is_empty() {
            return Ok(None);
        }
        // What is read in another order is the same order.
        paid.sort_by(|(_, one), (_, other)| one.instruction.cmp(&other.instruction));
        let debtor = self.payers.get(&batch.payer);
        let debtor = debtor.ok_or_else(|| unfit(&batch.payer, OrderProblem::Payer))?.clone();
        let named =
            |text: &str| Reference::new(text).map_err(|_| unfit(&text, OrderProblem::Reference));
        let mut transfers = Vec::with_capacity(paid.len());
        for (disbursement, line) in &paid {
            let (account, entitlement) = (&disbursement.account, &disbursement.entitlement);
            if account.digest != line.account {
                return Err(unfit(&line.instruction, OrderProblem::AccountChanged));
            }
            transfers.push(Transfer {
                reference: named(&line.instruction)?,
                amount: line.amount,
                creditor: Payee::open(account, &entitlement.enterprise, self.vault)?.party(),
                enterprise: entitlement.enterprise.credit_code().cloned(),
                purpose: title(&entitlement.policy),
            });
        }
        let ordered_at = batch.ordered_at.unwrap_or(batch.created_at);
        let message = batch.message_id();
        let order = PaymentOrder {
            message: named(&message)?,
            created_at: ordered_at,
            execute_on: ordered_at.to_zoned(self.zone.clone()).date(),
            initiator: debtor.name.clone(),
            payments: vec![Payment { id: named(&format!("{message}-P1"))?, debtor, transfers }],
        };
        Ok(Some((order, paid.into_iter().map(|(_, line)| line).collect())))
    }
}

/// The batch that a report is about, if it can be one of ours.
pub fn batch_of(report: &PaymentReport) -> Option<BatchId> {
    let uuid = Uuid::try_parse(&report.order).ok()?;
    (uuid.as_simple().to_string() == report.order).then(|| BatchId::new(uuid))
}

/// What a report says to its batch. Where the bank speaks of the whole file, each line that was sent
/// has an entry.
pub fn file_report(batch: &Batch, report: &PaymentReport, sha256: [u8; 32]) -> FileReport {
    let of_lines = report.entries.iter().filter_map(|entry| line_report(batch.id, report, entry));
    let mut entries: Vec<Report> = of_lines.collect();
    if let Some(whole) = report.whole.as_ref().filter(|_| report.entries.is_empty()) {
        let lines = batch.sent.iter().flat_map(|sent| &sent.lines);
        entries.extend(lines.filter_map(|line| {
            Some(Report {
                batch: batch.id,
                instruction: line.instruction.clone(),
                // That of all of them is the one that was ordered.
                amount: Some(line.amount),
                outcome: outcome(whole.status, &whole.cause)?,
                at: report.created_at,
                message: report.message.clone(),
            })
        }));
    }
    FileReport { message: report.message.clone(), sha256: hex::encode(sha256), entries }
}

fn line_report(batch: BatchId, report: &PaymentReport, entry: &Entry) -> Option<Report> {
    Some(Report {
        batch,
        instruction: entry.reference.clone(),
        amount: entry.amount,
        outcome: outcome(entry.status, &entry.cause)?,
        at: entry.carried_out_at.unwrap_or(report.created_at),
        message: report.message.clone(),
    })
}

/// `None` of a whole of which only a part is done: then its lines speak.
fn outcome(status: Status, cause: &Cause) -> Option<Outcome> {
    let code = || cause.code.clone().unwrap_or_else(|| status.to_string());
    Some(match status.outcome()? {
        BankOutcome::Accepted | BankOutcome::Pending => Outcome::Pending,
        BankOutcome::Settled => Outcome::Settled,
        BankOutcome::Rejected => Outcome::Rejected { code: code() },
    })
}

#[cfg(test)]
mod tests;
