//! Writes a document: elements in the order given, texts escaped, the same input the same bytes.

use base::Fen;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{self, TimeZone};
use quick_xml::escape::escape;

use super::document::Document;
use crate::error::RailError;

/// The only currency.
pub(super) const CURRENCY: &str = "CNY";
/// The longest amount that the schemas let through: 18 digits, two of them after the point.
pub(super) const AMOUNT_MAX: Fen = Fen(999_999_999_999_999_999);

/// A document that is being written.
pub(super) struct Script {
    text: String,
    depth: usize,
}

impl Script {
    /// Writes a whole document, whose elements are of one namespace.
    pub(super) fn write(namespace: &str, content: impl FnOnce(&mut Script)) -> Vec<u8> {
        let mut script =
            Script { text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(), depth: 0 };
        script.nest("Document", &format!(" xmlns=\"{namespace}\""), content);
        script.text.into_bytes()
    }

    /// Writes an element with elements in it.
    pub(super) fn within(&mut self, name: &str, content: impl FnOnce(&mut Script)) {
        self.nest(name, "", content);
    }

    /// Writes elements that lie in one another and hold one text: `Id/OrgId/Othr/Id`.
    pub(super) fn leaf(&mut self, path: &str, text: &str) {
        match path.split_once('/') {
            Some((name, rest)) => self.within(name, |script| script.leaf(rest, text)),
            None => self.line(path, "", text),
        }
    }

    /// Writes an amount of money.
    pub(super) fn amount(&mut self, name: &str, amount: Fen) {
        self.line(name, &format!(" Ccy=\"{CURRENCY}\""), &amount.plain());
    }

    fn nest(&mut self, name: &str, attributes: &str, content: impl FnOnce(&mut Script)) {
        self.indent();
        self.text.push_str(&format!("<{name}{attributes}>\n"));
        self.depth += 1;
        content(self);
        self.depth -= 1;
        self.indent();
        self.text.push_str(&format!("</{name}>\n"));
    }

    fn line(&mut self, name: &str, attributes: &str, text: &str) {
        self.indent();
        self.text.push_str(&format!("<{name}{attributes}>{}</{name}>\n", escape(text)));
    }

    fn indent(&mut self) {
        self.text.extend(std::iter::repeat_n("  ", self.depth));
    }
}

/// The time of the zone, in which banks and we tell instants that name no other.
fn zone() -> TimeZone {
    TimeZone::fixed(tz::offset(8))
}

/// An instant as it is written: `2026-11-23T10:00:00+08:00`, with a fraction if it has one, so that
/// what is read again is the same instant.
pub(super) fn instant(at: Timestamp) -> String {
    at.to_zoned(zone()).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string()
}

/// Reads an instant at the present place. One without an offset is of the time of the zone.
pub(super) fn instant_from(document: &Document<'_>, text: &str) -> Result<Timestamp, RailError> {
    let unfit = || document.unfit(text, "an instant");
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let local: DateTime = text.parse().map_err(|_| unfit())?;
    Ok(local.to_zoned(zone()).map_err(|_| unfit())?.timestamp())
}

/// Reads an amount of money at the present place: yuan, not negative, at most two decimals.
pub(super) fn amount_from(
    document: &Document<'_>,
    text: &str,
    currency: Option<&str>,
) -> Result<Fen, RailError> {
    if currency != Some(CURRENCY) {
        return Err(document.unfit(currency.unwrap_or_default(), "the currency CNY"));
    }
    sum_from(document, text)
}

/// Reads a sum at the present place, which names no currency.
pub(super) fn sum_from(document: &Document<'_>, text: &str) -> Result<Fen, RailError> {
    let wanted = "an amount in yuan, not negative, with at most two decimals";
    let amount = Fen::parse_yuan(text).map_err(|_| document.unfit(text, wanted))?;
    if (Fen::ZERO..=AMOUNT_MAX).contains(&amount) && !text.starts_with('-') {
        Ok(amount)
    } else {
        Err(document.unfit(text, wanted))
    }
}
