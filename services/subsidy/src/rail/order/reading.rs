//! Reads a payment order, as the bank does: what the simulated bank obeys, and the check of what is
//! written.

use base::{CreditCode, Fen};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::error::RailError;
use crate::rail::FILE_BYTES_MAX;
use crate::rail::account::{AccountNumber, BankCode};
use crate::rail::document::{Document, Step};
use crate::rail::order::{NAMESPACE, Party, Payment, PaymentOrder, TRANSFERS_MAX, Transfer, sum};
use crate::rail::reference::Reference;
use crate::rail::script::{amount_from, instant_from, sum_from};

const ROOT: &str = "Document/CstmrCdtTrfInitn";
const PAYMENT: &str = "PmtInf";
const TRANSFER: &str = "PmtInf/CdtTrfTxInf";

/// What was read so far.
#[derive(Default)]
struct Draft {
    message: Option<Reference>,
    created_at: Option<Timestamp>,
    initiator: Option<String>,
    execute_on: Option<Date>,
    said: Said,
    payments: Vec<Payment>,
    payment: PaymentDraft,
}

/// The totals that a header says.
#[derive(Default)]
struct Said {
    count: Option<usize>,
    sum: Option<Fen>,
}

#[derive(Default)]
struct PaymentDraft {
    id: Option<Reference>,
    said: Said,
    debtor: PartyDraft,
    transfers: Vec<Transfer>,
    transfer: TransferDraft,
}

#[derive(Default)]
struct PartyDraft {
    name: Option<String>,
    account: Option<AccountNumber>,
    bank: Option<BankCode>,
}

#[derive(Default)]
struct TransferDraft {
    reference: Option<Reference>,
    amount: Option<Fen>,
    creditor: PartyDraft,
    enterprise: Option<CreditCode>,
    purpose: Option<String>,
}

/// Reads an order whole.
pub(super) fn read(bytes: &[u8]) -> Result<PaymentOrder, RailError> {
    let mut document = Document::new(bytes, FILE_BYTES_MAX, NAMESPACE)?;
    let mut draft = Draft::default();
    while let Some(step) = document.step()? {
        let Step::Closed { text, currency } = step else { continue };
        let Some(path) = document.path().strip_prefix(ROOT) else { continue };
        let path = path.trim_start_matches('/');
        match (path, text) {
            (TRANSFER, _) => draft.payment.end_transfer(&document)?,
            (PAYMENT, _) => draft.end_payment(&document)?,
            (_, Some(text)) => draft.take(&document, path, &text, currency.as_deref())?,
            (_, None) => {}
        }
    }
    draft.end(&document)
}

impl Draft {
    fn take(
        &mut self,
        document: &Document<'_>,
        path: &str,
        text: &str,
        currency: Option<&str>,
    ) -> Result<(), RailError> {
        if let Some(path) = path.strip_prefix("PmtInf/CdtTrfTxInf/") {
            return self.payment.transfer.take(document, path, text, currency);
        }
        let payment = &mut self.payment;
        match path {
            "GrpHdr/MsgId" => document.once(&mut self.message, reference(document, text)?),
            "GrpHdr/CreDtTm" => document.once(&mut self.created_at, instant_from(document, text)?),
            "GrpHdr/NbOfTxs" => document.once(&mut self.said.count, count(document, text)?),
            "GrpHdr/CtrlSum" => document.once(&mut self.said.sum, sum_from(document, text)?),
            "GrpHdr/InitgPty/Nm" => document.once(&mut self.initiator, text.to_owned()),
            "PmtInf/PmtInfId" => document.once(&mut payment.id, reference(document, text)?),
            "PmtInf/NbOfTxs" => document.once(&mut payment.said.count, count(document, text)?),
            "PmtInf/CtrlSum" => document.once(&mut payment.said.sum, sum_from(document, text)?),
            "PmtInf/PmtMtd" if text != "TRF" => Err(document.unfit(text, "TRF")),
            "PmtInf/ReqdExctnDt/Dt" => {
                let day = text.parse().map_err(|_| document.unfit(text, "a date"))?;
                // All parts of an order of ours are carried out on one day.
                match self.execute_on {
                    Some(other) if other != day => Err(document.unfit(text, "the same date")),
                    Some(_) | None => {
                        self.execute_on = Some(day);
                        Ok(())
                    }
                }
            }
            path => payment.debtor.take(document, path.strip_prefix("PmtInf/Dbtr"), text),
        }
    }

    fn end_payment(&mut self, document: &Document<'_>) -> Result<(), RailError> {
        let draft = std::mem::take(&mut self.payment);
        draft.said.check(document, &draft.transfers)?;
        self.payments.push(Payment {
            id: document.given(draft.id, "PmtInfId")?,
            debtor: draft.debtor.end(document)?,
            transfers: draft.transfers,
        });
        Ok(())
    }

    fn end(self, document: &Document<'_>) -> Result<PaymentOrder, RailError> {
        let all = self.payments.iter().flat_map(|payment| &payment.transfers);
        document.given(self.said.count, "NbOfTxs")?;
        self.said.check(document, all)?;
        Ok(PaymentOrder {
            message: document.given(self.message, "MsgId")?,
            created_at: document.given(self.created_at, "CreDtTm")?,
            execute_on: document.given(self.execute_on, "ReqdExctnDt")?,
            initiator: document.given(self.initiator, "InitgPty")?,
            payments: self.payments,
        })
    }
}

impl Said {
    /// What a header says is what the entries make.
    fn check<'a>(
        &self,
        document: &Document<'_>,
        transfers: impl IntoIterator<Item = &'a Transfer> + Clone,
    ) -> Result<(), RailError> {
        let differs = |said: String, made: String| {
            Err(RailError::TotalDiffers { place: document.place(), said, made })
        };
        let made = transfers.clone().into_iter().count();
        if let Some(said) = self.count.filter(|said| *said != made) {
            return differs(said.to_string(), made.to_string());
        }
        let made = sum(transfers);
        match (self.sum, made) {
            (Some(said), made) if Some(said) != made => {
                differs(said.plain(), made.map(Fen::plain).unwrap_or_default())
            }
            (Some(_) | None, _) => Ok(()),
        }
    }
}

impl PaymentDraft {
    fn end_transfer(&mut self, document: &Document<'_>) -> Result<(), RailError> {
        if self.transfers.len() == TRANSFERS_MAX {
            return Err(document.unfit("CdtTrfTxInf", "5000 transfers at most"));
        }
        let draft = std::mem::take(&mut self.transfer);
        self.transfers.push(Transfer {
            reference: document.given(draft.reference, "PmtId/EndToEndId")?,
            amount: document.given(draft.amount, "Amt/InstdAmt")?,
            creditor: draft.creditor.end(document)?,
            enterprise: draft.enterprise,
            purpose: document.given(draft.purpose, "RmtInf/Ustrd")?,
        });
        Ok(())
    }
}

impl TransferDraft {
    fn take(
        &mut self,
        document: &Document<'_>,
        path: &str,
        text: &str,
        currency: Option<&str>,
    ) -> Result<(), RailError> {
        match path {
            "PmtId/EndToEndId" => document.once(&mut self.reference, reference(document, text)?),
            "Amt/InstdAmt" => {
                document.once(&mut self.amount, amount_from(document, text, currency)?)
            }
            "Cdtr/Id/OrgId/Othr/Id" => {
                let code = CreditCode::parse(text);
                let code = code.map_err(|_| document.unfit(text, "a credit code"))?;
                document.once(&mut self.enterprise, code)
            }
            "RmtInf/Ustrd" => document.once(&mut self.purpose, text.to_owned()),
            path => self.creditor.take(document, path.strip_prefix("Cdtr"), text),
        }
    }
}

impl PartyDraft {
    /// Takes what follows `Dbtr` or `Cdtr` in the path.
    fn take(
        &mut self,
        document: &Document<'_>,
        path: Option<&str>,
        text: &str,
    ) -> Result<(), RailError> {
        match path {
            Some("/Nm") => document.once(&mut self.name, text.to_owned()),
            Some("Acct/Id/Othr/Id") => {
                let wanted = "an account number";
                // Even a number that is none is not repeated.
                let number = AccountNumber::new(text).map_err(|_| document.unfit("…", wanted))?;
                document.once(&mut self.account, number)
            }
            Some("Agt/FinInstnId/ClrSysMmbId/MmbId") => {
                let code = BankCode::new(text);
                let code = code.map_err(|_| document.unfit(text, "a bank code of 12 digits"))?;
                document.once(&mut self.bank, code)
            }
            Some(_) | None => Ok(()),
        }
    }

    fn end(self, document: &Document<'_>) -> Result<Party, RailError> {
        Ok(Party {
            name: document.given(self.name, "Nm")?,
            account: document.given(self.account, "Acct/Id/Othr/Id")?,
            bank: document.given(self.bank, "Agt/FinInstnId/ClrSysMmbId/MmbId")?,
        })
    }
}

fn reference(document: &Document<'_>, text: &str) -> Result<Reference, RailError> {
    let wanted = "a reference of 1 to 35 letters, digits and hyphens";
    Reference::new(text).map_err(|_| document.unfit(text, wanted))
}

fn count(document: &Document<'_>, text: &str) -> Result<usize, RailError> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let count = digits.then(|| text.parse().ok()).flatten();
    count.ok_or_else(|| document.unfit(text, "a number of transfers"))
}
