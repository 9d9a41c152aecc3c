//! Reads a report, pain.002.001.12.

use base::Fen;
use jiff::Timestamp;

use crate::error::RailError;
use crate::rail::FILE_BYTES_MAX;
use crate::rail::document::{Document, Step};
use crate::rail::order::TRANSFERS_MAX;
use crate::rail::report::{Cause, Entry, NAMESPACE, PaymentReport, Status, Summary};
use crate::rail::script::{amount_from, instant_from};

const ROOT: &str = "Document/CstmrPmtStsRpt";
const PART: &str = "OrgnlPmtInfAndSts";
const ENTRY: &str = "OrgnlPmtInfAndSts/TxInfAndSts";
/// The longest reference, in characters: Max35Text.
const REFERENCE_CHARS_MAX: usize = 35;
/// How many reports of the bank speak of more entries than any order has.
const ENTRIES_MAX: usize = 2 * TRANSFERS_MAX;
/// The longest explanation that is kept, in characters.
const CAUSE_CHARS_MAX: usize = 500;

/// What was read so far.
#[derive(Default)]
struct Draft {
    message: Option<String>,
    created_at: Option<Timestamp>,
    order: Option<String>,
    whole: StatusDraft,
    parts: usize,
    part: StatusDraft,
    lone_part: Option<Summary>,
    entry: EntryDraft,
    entries: Vec<Entry>,
}

#[derive(Default)]
struct StatusDraft {
    status: Option<Status>,
    cause: Cause,
}

#[derive(Default)]
struct EntryDraft {
    end_to_end: Option<String>,
    instruction: Option<String>,
    status: StatusDraft,
    amount: Option<Fen>,
    carried_out_at: Option<Timestamp>,
    bank_reference: Option<String>,
}

/// Reads a report whole.
pub(super) fn read(bytes: &[u8]) -> Result<PaymentReport, RailError> {
    let mut document = Document::new(bytes, FILE_BYTES_MAX, NAMESPACE)?;
    let mut draft = Draft::default();
    while let Some(step) = document.step()? {
        let Step::Closed { text, currency } = step else { continue };
        let Some(path) = document.path().strip_prefix(ROOT) else { continue };
        let path = path.trim_start_matches('/');
        match (path, text) {
            (ENTRY, _) => draft.end_entry(&document)?,
            (PART, _) => draft.end_part(),
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
        let within = path.strip_prefix("OrgnlPmtInfAndSts/TxInfAndSts/");
        if let Some(path) = within {
            return self.entry.take(document, path, text, currency);
        }
        if let Some(path) = path.strip_prefix("OrgnlPmtInfAndSts/") {
            return self.part.take(document, path, "PmtInfSts", text);
        }
        if let Some(path) = path.strip_prefix("OrgnlGrpInfAndSts/")
            && path != "OrgnlMsgId"
        {
            return self.whole.take(document, path, "GrpSts", text);
        }
        match path {
            "GrpHdr/MsgId" => document.once(&mut self.message, reference(document, text)?),
            "GrpHdr/CreDtTm" => document.once(&mut self.created_at, instant_from(document, text)?),
            "OrgnlGrpInfAndSts/OrgnlMsgId" => {
                document.once(&mut self.order, reference(document, text)?)
            }
            _ => Ok(()),
        }
    }

    fn end_entry(&mut self, document: &Document<'_>) -> Result<(), RailError> {
        if self.entries.len() == ENTRIES_MAX {
            return Err(document.unfit("TxInfAndSts", "10000 entries at most"));
        }
        let draft = std::mem::take(&mut self.entry);
        // A bank may repeat the one id or the other; we give both the same.
        let reference = draft.end_to_end.or(draft.instruction);
        let status = document.given(draft.status.status, "TxSts")?;
        if status.outcome().is_none() {
            let given = status.to_string();
            return Err(RailError::StatusUnknown { place: document.place(), given });
        }
        self.entries.push(Entry {
            reference: document.given(reference, "OrgnlEndToEndId")?,
            status,
            cause: draft.status.cause,
            amount: draft.amount,
            carried_out_at: draft.carried_out_at,
            bank_reference: draft.bank_reference,
        });
        Ok(())
    }

    fn end_part(&mut self) {
        self.parts += 1;
        let draft = std::mem::take(&mut self.part);
        self.lone_part = match (self.parts, draft.status) {
            (1, Some(status)) => Some(Summary { status, cause: draft.cause }),
            (_, _) => None,
        };
    }

    fn end(self, document: &Document<'_>) -> Result<PaymentReport, RailError> {
        let whole = self.whole.status.map(|status| Summary { status, cause: self.whole.cause });
        // The status of the only part is that of the whole.
        let whole = whole.or(self.lone_part);
        if self.entries.is_empty() {
            // A report must say something: of an entry, or of all alike.
            let whole = document.given(whole.as_ref(), "TxInfAndSts")?;
            if whole.status.outcome().is_none() {
                document.given(None::<()>, "TxInfAndSts")?;
            }
        }
        Ok(PaymentReport {
            message: document.given(self.message, "GrpHdr/MsgId")?,
            created_at: document.given(self.created_at, "GrpHdr/CreDtTm")?,
            order: document.given(self.order, "OrgnlGrpInfAndSts/OrgnlMsgId")?,
            whole,
            entries: self.entries,
        })
    }
}

impl StatusDraft {
    /// Takes a status, which is called so here, or why it is that.
    fn take(
        &mut self,
        document: &Document<'_>,
        path: &str,
        called: &str,
        text: &str,
    ) -> Result<(), RailError> {
        match path {
            path if path == called => {
                let status = text.parse().map_err(|_| {
                    let given = text.chars().take(REFERENCE_CHARS_MAX).collect();
                    RailError::StatusUnknown { place: document.place(), given }
                })?;
                document.once(&mut self.status, status)
            }
            "StsRsnInf/Rsn/Cd" | "StsRsnInf/Rsn/Prtry" => {
                // The first reason is the bank's first; further ones explain.
                let code = self.cause.code.take().unwrap_or_else(|| cut(text));
                self.cause.code = Some(code);
                Ok(())
            }
            "StsRsnInf/AddtlInf" => {
                let told = self
                    .cause
                    .text
                    .take()
                    .map_or_else(|| text.to_owned(), |told| format!("{told}；{text}"));
                self.cause.text = Some(told.chars().take(CAUSE_CHARS_MAX).collect());
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl EntryDraft {
    fn take(
        &mut self,
        document: &Document<'_>,
        path: &str,
        text: &str,
        currency: Option<&str>,
    ) -> Result<(), RailError> {
        match path {
            "OrgnlEndToEndId" => document.once(&mut self.end_to_end, reference(document, text)?),
            "OrgnlInstrId" => document.once(&mut self.instruction, reference(document, text)?),
            "AcctSvcrRef" => document.once(&mut self.bank_reference, reference(document, text)?),
            "AccptncDtTm" => document.once(&mut self.carried_out_at, instant_from(document, text)?),
            "OrgnlTxRef/Amt/InstdAmt" => {
                document.once(&mut self.amount, amount_from(document, text, currency)?)
            }
            path => self.status.take(document, path, "TxSts", text),
        }
    }
}

/// A reference that another has made: any text, but of a bounded length.
fn reference(document: &Document<'_>, text: &str) -> Result<String, RailError> {
    if (1..=REFERENCE_CHARS_MAX).contains(&text.chars().count()) {
        Ok(text.to_owned())
    } else {
        Err(document.unfit(text, "a reference of 1 to 35 characters"))
    }
}

fn cut(text: &str) -> String {
    text.chars().take(REFERENCE_CHARS_MAX).collect()
}
