//! A notice: what is said of a fact to those outside, and how it is signed. Nothing in it is personal.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use journal::envelope::from_proto;
use journal::reader::Entry;
use journal::{Heard, Journal, Trouble};
use prost_reflect::DynamicMessage;
use serde::Serialize;
use sha2::Sha256;

use super::table::{Department, Kind, OFFERED, row_of};
use crate::descriptors::POOL;

/// What a receiver is sent, as JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Notice {
    /// The event's id: the same notice has the same one, however often it is sent.
    pub(super) id: String,
    /// What it is about.
    pub(super) kind: Kind,
    /// The zone.
    pub(super) zone: String,
    /// Whose journal holds the fact.
    pub(super) service: String,
    /// Where in that journal.
    pub(super) position: i64,
    /// The full name of the fact's message.
    pub(super) fact: String,
    /// What it happened to: `workOrders/…`, `tickets/…`.
    pub(super) subject: String,
    /// What it all began with: `tickets/…`.
    pub(super) correlation: String,
    /// Whose matter it is; absent where it is no single department's.
    pub(super) department: Option<String>,
    /// By when something must happen, or must have.
    pub(super) due: Option<Timestamp>,
    /// When it happened.
    pub(super) occurred: Timestamp,
}

/// The notice that an entry makes, if it makes one.
pub(super) async fn of(journal: &Journal, entry: &Entry) -> Result<Option<Notice>, Trouble> {
    let Some(row) = row_of(&entry.kind) else { return Ok(None) };
    let heard = entry.heard()?;
    let fact = reflect(&heard)?;
    let department = match row.department {
        Department::Named => text(&fact, "department"),
        Department::OfOrder => {
            let offered = journal.last_of_kind(&heard.subject, OFFERED, heard.position).await?;
            let offered = offered.map(|entry| reflect(&entry.heard()?)).transpose()?;
            offered.and_then(|fact| text(&fact, "department"))
        }
        Department::Nobody => None,
    };
    let due = due(&fact, row.due);
    if due.is_none() && row.kind.needs_due() {
        return Ok(None);
    }
    Ok(Some(Notice {
        kind: row.kind,
        zone: journal.zone().to_owned(),
        department,
        due,
        fact: heard.kind,
        id: heard.id,
        service: heard.source,
        position: heard.position,
        subject: heard.subject,
        correlation: heard.correlation,
        occurred: heard.occurred_at,
    }))
}

/// `t=…,v1=…`: the instant of sending in seconds, and HMAC-SHA256 over it, a full stop and the body.
pub(super) fn signature(secret: &[u8], at: Timestamp, body: &str) -> Option<String> {
    let seconds = at.as_second();
    let mut tag = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    tag.update(format!("{seconds}.{body}").as_bytes());
    Some(format!("t={seconds},v1={}", hex::encode(tag.finalize().into_bytes())))
}

fn reflect(heard: &Heard) -> Result<DynamicMessage, Trouble> {
    let damaged = |problem: String| Trouble::Damaged(format!("{}: {problem}", heard.kind));
    let descriptor = POOL.get_message_by_name(&heard.kind);
    let descriptor = descriptor.ok_or_else(|| damaged("is not in the contract".to_owned()))?;
    DynamicMessage::decode(descriptor, heard.data.as_slice())
        .map_err(|error| damaged(error.to_string()))
}

fn text(fact: &DynamicMessage, field: &str) -> Option<String> {
    let value = fact.get_field_by_name(field)?;
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The instant of a `Due`, or a plain one.
fn due(fact: &DynamicMessage, field: &str) -> Option<Timestamp> {
    if !fact.has_field_by_name(field) {
        return None;
    }
    let value = fact.get_field_by_name(field)?;
    let message = value.as_message()?;
    let instant = match message.get_field_by_name("time") {
        Some(of_due) => of_due.as_message()?.transcode_to(),
        None => message.transcode_to(),
    };
    from_proto(&instant.ok()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    /// Checked with `printf '1772413200.{"a":1}' | openssl dgst -sha256 -hmac secret`.
    #[test]
    fn a_signature_can_be_checked_with_any_tool() {
        let at = Timestamp::from_second(1_772_413_200).unwrap();
        let signed = signature(b"secret", at, r#"{"a":1}"#).unwrap();
        assert_eq!(
            signed,
            "t=1772413200,v1=56409cd3128ba158e3856c4be7d4bc92b974cba53abd48047c3397754e948939"
        );
    }
}
