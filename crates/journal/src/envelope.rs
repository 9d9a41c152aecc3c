//! The envelope of a fact: the CloudEvent whose exact bytes are stored, published, exported and hashed.

use std::collections::BTreeMap;

use contract::cloudevents::CloudEvent;
use contract::cloudevents::cloud_event::cloud_event_attribute_value::Attr;
use contract::cloudevents::cloud_event::{CloudEventAttributeValue, Data};
use jiff::Timestamp;
use prost::Message;
use prost_types::Any;

use crate::Trouble;

/// A fact to be appended to the journal.
#[derive(Clone, Debug)]
pub struct Telling {
    pub(crate) subject: String,
    pub(crate) correlation: String,
    pub(crate) kind: String,
    pub(crate) data: Vec<u8>,
    pub(crate) occurred_at: Option<Timestamp>,
}

impl Telling {
    /// A fact about a thing; `correlation` is what it all began with.
    pub fn new<M: Message + prost::Name>(
        subject: impl ToString,
        correlation: impl ToString,
        message: &M,
    ) -> Telling {
        Telling {
            subject: subject.to_string(),
            correlation: correlation.to_string(),
            kind: M::full_name(),
            data: message.encode_to_vec(),
            occurred_at: None,
        }
    }

    /// When it happened, if not at the instant of the unit of work.
    #[must_use]
    pub fn occurred_at(mut self, at: Timestamp) -> Telling {
        self.occurred_at = Some(at);
        self
    }

    /// What it happened to.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The full name of the message.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The message's bytes.
    pub fn data(&self) -> &[u8] {
        &self.data
    }
}

/// An entry of a journal, read back.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// The service that told it.
    pub source: String,
    /// Its position in that service's journal.
    pub position: i64,
    /// The event's id.
    pub id: String,
    /// The full name of the fact's message.
    pub kind: String,
    /// What it happened to.
    pub subject: String,
    /// What it all began with.
    pub correlation: String,
    /// The event that caused it, if it was caused by one.
    pub causation: Option<String>,
    /// Who did it.
    pub actor: String,
    /// What stands for the device that it was done from, if the call that did it named one.
    pub device: Option<String>,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The trace that it belongs to, W3C form.
    pub traceparent: Option<String>,
    /// The fact's bytes.
    pub data: Vec<u8>,
}

impl Heard {
    /// Reads an envelope.
    ///
    /// Fails if the bytes are not an envelope as whistle writes them.
    pub fn read(envelope: &[u8]) -> Result<Heard, Trouble> {
        let event = CloudEvent::decode(envelope)
            .map_err(|error| Trouble::Damaged(format!("an envelope: {error}")))?;
        let attribute = |name: &str| event.attributes.get(name)?.attr.as_ref();
        let text = |name: &str| {
            let Some(Attr::CeString(text)) = attribute(name) else { return None };
            Some(text.clone())
        };
        let instant = |name: &str| {
            let Some(Attr::CeTimestamp(at)) = attribute(name) else { return None };
            from_proto(at)
        };
        let need = |name: &'static str| Trouble::Damaged(format!("an envelope without {name}"));
        let position = text("sequence").and_then(|text| text.parse().ok());
        let data = match &event.data {
            Some(Data::ProtoData(any)) => any.value.clone(),
            _ => return Err(need("data")),
        };
        Ok(Heard {
            source: event.source.rsplit('/').next().unwrap_or_default().to_owned(),
            position: position.ok_or_else(|| need("sequence"))?,
            subject: text("subject").ok_or_else(|| need("subject"))?,
            correlation: text("correlationid").unwrap_or_default(),
            causation: text("causationid"),
            actor: text("actor").unwrap_or_default(),
            device: text("device"),
            occurred_at: instant("time").ok_or_else(|| need("time"))?,
            recorded_at: instant("recordedtime").ok_or_else(|| need("recordedtime"))?,
            traceparent: text("traceparent"),
            id: event.id,
            kind: event.r#type,
            data,
        })
    }

    /// The fact as a message, if it is of that type.
    ///
    /// Fails if the bytes are not such a message.
    pub fn decode<M: Message + Default>(&self) -> Result<M, Trouble> {
        M::decode(self.data.as_slice())
            .map_err(|error| Trouble::Damaged(format!("{} of {}: {error}", self.kind, self.id)))
    }
}

/// What an envelope says besides the fact itself.
pub(crate) struct Stamp<'a> {
    pub(crate) id: String,
    pub(crate) zone: &'a str,
    pub(crate) service: &'a str,
    pub(crate) position: i64,
    pub(crate) actor: &'a str,
    pub(crate) device: Option<&'a str>,
    pub(crate) causation: Option<&'a str>,
    pub(crate) traceparent: Option<&'a str>,
    pub(crate) occurred_at: Timestamp,
    pub(crate) recorded_at: Timestamp,
}

/// The version of the envelope's own form.
const STREAM_VERSION: &str = "1";

/// Encodes a fact once and for ever.
pub(crate) fn seal(telling: &Telling, stamp: &Stamp<'_>) -> Vec<u8> {
    let mut attributes = BTreeMap::new();
    let mut put = |name: &str, attr: Attr| {
        attributes.insert(name.to_owned(), CloudEventAttributeValue { attr: Some(attr) });
    };
    put("subject", Attr::CeString(telling.subject.clone()));
    put("sequence", Attr::CeString(stamp.position.to_string()));
    put("streamversion", Attr::CeString(STREAM_VERSION.to_owned()));
    put("correlationid", Attr::CeString(telling.correlation.clone()));
    put("actor", Attr::CeString(stamp.actor.to_owned()));
    put("time", Attr::CeTimestamp(to_proto(stamp.occurred_at)));
    put("recordedtime", Attr::CeTimestamp(to_proto(stamp.recorded_at)));
    if let Some(device) = stamp.device {
        put("device", Attr::CeString(device.to_owned()));
    }
    if let Some(causation) = stamp.causation {
        put("causationid", Attr::CeString(causation.to_owned()));
    }
    if let Some(traceparent) = stamp.traceparent {
        put("traceparent", Attr::CeString(traceparent.to_owned()));
    }
    let data = Any {
        type_url: format!("type.googleapis.com/{}", telling.kind),
        value: telling.data.clone(),
    };
    let event = CloudEvent {
        id: stamp.id.clone(),
        source: format!("/zones/{}/{}", stamp.zone, stamp.service),
        spec_version: "1.0".to_owned(),
        r#type: telling.kind.clone(),
        attributes,
        data: Some(Data::ProtoData(data)),
    };
    event.encode_to_vec()
}

/// An instant as protobuf writes it.
pub fn to_proto(at: Timestamp) -> prost_types::Timestamp {
    let nanos = at.subsec_nanosecond();
    // protobuf counts nanoseconds forward from the second, also before 1970.
    let (seconds, nanos) = if nanos < 0 {
        (at.as_second() - 1, nanos + 1_000_000_000)
    } else {
        (at.as_second(), nanos)
    };
    prost_types::Timestamp { seconds, nanos }
}

/// An instant from protobuf, in whole microseconds; `None` if it is out of range.
pub fn from_proto(at: &prost_types::Timestamp) -> Option<Timestamp> {
    if !(0..1_000_000_000).contains(&at.nanos) {
        return None;
    }
    let micros = at.seconds.checked_mul(1_000_000)?.checked_add(i64::from(at.nanos / 1_000))?;
    Timestamp::from_microsecond(micros).ok()
}
