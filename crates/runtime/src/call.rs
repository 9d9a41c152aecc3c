//! A call that has been let in: who asks for what, under which id, until when.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::time::Instant;

use async_trait::async_trait;
use base::{Actor, Person, PersonId, Role};
use journal::Trouble;
use prost::{Message, Name};
use prost_reflect::DynamicMessage;
use sha2::{Digest as _, Sha256};
use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::{Request, Response, Streaming};
use uuid::Uuid;

use crate::descriptors;
use crate::device::Device;
use crate::gate::Arrival;
use crate::refusal::{Problem, Refusal};
use crate::token::{Caller, Subject, TokenError};
use crate::{rights, rules};

/// What a service has heard of people.
#[async_trait]
pub trait People: Send + Sync {
    /// The person, as last heard of, with what deputations lend them at this instant.
    async fn person(&self, id: &PersonId) -> Result<Option<Person>, Trouble>;

    /// Whether a confirmed grant lets a system, by its own record, call a method on behalf of a
    /// person.
    async fn grants(&self, system: &PersonId, method: &str) -> Result<bool, Trouble>;
}

/// A call whose message keeps its rules and whose caller may make it.
#[derive(Clone, Debug)]
pub struct Call {
    /// Who calls, as the directory tells, with what deputations lend them. For a system by itself:
    /// its own record, with no role but SYSTEM; for one that acts on behalf of a person: that
    /// person, in their own right.
    pub person: Person,
    /// Who acts, as it is recorded with each fact.
    pub actor: Actor,
    /// The path of the method: `/whistle.request.v1.RequestService/SubmitTicket`.
    pub method: String,
    /// The id that makes twice once, if the message has one.
    pub request_id: Option<Uuid>,
    /// SHA-256 of the method and of the message without its request id and its `validate_only`.
    pub digest: [u8; 32],
    /// The etag that the thing must still have, if the message has one.
    pub etag: Option<String>,
    /// Whether it is only to be checked: everything is decided as for real, nothing becomes true.
    pub validate_only: bool,
    /// When the caller stops waiting.
    pub deadline: Option<Instant>,
    /// The W3C trace context that the call belongs to.
    pub traceparent: String,
    /// What stands for the device that it comes from, if that was named: `whistle-device`.
    pub device: Option<String>,
}

/// A call of the right shape; who makes it is not looked at yet: they may have become somebody by
/// what must be heard first.
pub struct Arrived {
    arrival: Arrival,
    message: Option<DynamicMessage>,
    after: Option<After>,
    device: Option<Device>,
}

/// A position in another service's journal: `whistle-after: request@1234`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// The service whose journal it is.
    pub service: String,
    /// The position.
    pub position: i64,
}

impl Arrived {
    /// Reads a call, or refuses it: deadline, then shape of the message.
    pub fn read<M: Message + Name>(request: &Request<M>) -> Result<Arrived, Refusal> {
        let arrival = arrival(request)?;
        let message = descriptors::reflect(request.get_ref())?;
        rules::check_reflected(&message)?;
        let (after, device) = (after(request.metadata())?, Device::of(request.metadata())?);
        Ok(Arrived { arrival, message: Some(message), after, device })
    }

    /// The same of a call whose messages come as a stream; give each one to [`Call::check`].
    pub fn begin<M>(request: &Request<Streaming<M>>) -> Result<Arrived, Refusal> {
        let (after, device) = (after(request.metadata())?, Device::of(request.metadata())?);
        Ok(Arrived { arrival: arrival(request)?, message: None, after, device })
    }

    /// What must have been heard before it is asked who calls.
    pub fn after(&self) -> Option<&After> {
        self.after.as_ref()
    }

    /// When the caller stops waiting.
    pub fn deadline(&self) -> Option<Instant> {
        self.arrival.deadline
    }

    /// Lets the call into a zone if its caller may make it.
    pub async fn enter(self, people: &dyn People, zone: &str) -> Result<Call, Refusal> {
        let Arrival { caller, method, deadline, traceparent } = self.arrival;
        let (person, actor) = known(&caller, &method, people).await?;
        let mut call = Call {
            person,
            actor,
            digest: Sha256::digest(method.as_bytes()).into(),
            method,
            request_id: None,
            etag: None,
            validate_only: false,
            deadline,
            traceparent,
            device: self.device.map(|device| device.stands_as(zone)),
        };
        if let Some(message) = self.message {
            call.read(message, None);
        }
        Ok(call)
    }
}

impl Call {
    /// Holds the rules on the next message of a stream. The digest goes on over all of them; the
    /// request id is the first one given.
    pub fn check<M: Message + Name>(&mut self, message: &M) -> Result<(), Refusal> {
        let message = descriptors::reflect(message)?;
        rules::check_reflected(&message)?;
        self.read(message, Some(self.digest));
        Ok(())
    }

    /// Lets the digest go on over what came besides the messages, such as the hash of a file.
    pub fn went_on(&mut self, content: &[u8]) {
        self.digest =
            Sha256::new().chain_update(self.digest).chain_update(content).finalize().into();
    }

    /// Refuses a caller who has read an older state of a thing than the present one.
    pub fn expects(&self, etag: &str) -> Result<(), Refusal> {
        match &self.etag {
            Some(expected) if expected != etag => Err(Refusal::StaleEtag),
            Some(_) | None => Ok(()),
        }
    }

    /// Refuses a caller without any of some roles, where the method lets in more. If a deputation
    /// alone gives one, the call is recorded as both from here on.
    pub fn needs(&mut self, roles: &[Role]) -> Result<(), Refusal> {
        let mut held = roles.iter().filter(|role| self.person.is(**role)).peekable();
        if held.peek().is_none() {
            return Err(Refusal::RoleForbids { method: self.method.clone(), may: roles.to_vec() });
        }
        let lenders: Option<Vec<_>> = held.map(|role| self.person.lent.get(role)).collect();
        let (Some(lenders), Actor::Person(person) | Actor::Deputy { person, .. }) =
            (lenders, &self.actor)
        else {
            return Ok(());
        };
        if let Some(of) = lenders.first() {
            self.actor = Actor::Deputy { person: person.clone(), of: (*of).clone() };
        }
        Ok(())
    }

    /// Whose request ids these are: the caller's own, or those of a system that acts for them.
    pub fn asker(&self) -> String {
        match &self.actor {
            Actor::SystemFor { .. } => self.actor.to_string(),
            Actor::Person(_) | Actor::Deputy { .. } | Actor::System(_) => {
                self.person.id.to_string()
            }
        }
    }

    /// The answer, with the journal position of what it made true, and whether it was given before.
    /// Of a call that was only checked it says so, and no position.
    pub fn answer<M>(
        &self,
        position: Option<(&str, i64)>,
        replayed: bool,
        message: M,
    ) -> Response<M> {
        let mut response = Response::new(message);
        if self.validate_only {
            set(&mut response, "whistle-validated-only", "true");
        } else if let Some((service, position)) = position {
            set(&mut response, "whistle-position", format_args!("{service}@{position}"));
        }
        if replayed {
            set(&mut response, "whistle-replayed", "true");
        }
        response
    }

    fn read(&mut self, mut message: DynamicMessage, before: Option<[u8; 32]>) {
        let text = |message: &DynamicMessage, field: &str| {
            let value = message.get_field_by_name(field)?;
            value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let request_id = text(&message, "request_id").and_then(|id| Uuid::try_parse(&id).ok());
        self.request_id = self.request_id.or(request_id);
        if self.etag.is_none() {
            self.etag = text(&message, "etag");
        }
        let validate_only = message.get_field_by_name("validate_only");
        self.validate_only |= validate_only.is_some_and(|value| value.as_bool() == Some(true));
        // A trial is asked for under the id under which it may then be made true.
        message.clear_field_by_name("validate_only");
        message.clear_field_by_name("request_id");
        let mut digest = Sha256::new();
        match before {
            Some(before) => digest.update(before),
            None => {
                digest.update(self.method.as_bytes());
                digest.update([0]);
            }
        }
        digest.update(message.encode_to_vec());
        self.digest = digest.finalize().into();
    }
}

/// What the gate found out; without it nobody is known to call.
fn arrival<T>(request: &Request<T>) -> Result<Arrival, Refusal> {
    let arrival = request.extensions().get::<Arrival>().cloned().ok_or(TokenError::Missing)?;
    if arrival.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
        return Err(Trouble::DeadlinePassed.into());
    }
    Ok(arrival)
}

/// The caller as the directory tells of them now, and as whom they act; refused if they may not
/// call the method. A system's record is the person of the same code who holds the role SYSTEM.
pub(crate) async fn known(
    caller: &Caller,
    method: &str,
    people: &dyn People,
) -> Result<(Person, Actor), Refusal> {
    let unknown = |id: &PersonId| Refusal::CallerUnknown { person: id.to_string() };
    let system = match &caller.subject {
        Subject::Person(id) => {
            let person = people.person(id).await?.ok_or_else(|| unknown(id))?;
            caller.agrees_with(&person)?;
            rights::check(method, &person)?;
            let actor = match rights::lender(method, &person) {
                Some(of) => Actor::Deputy { person: id.clone(), of: of.clone() },
                None => Actor::Person(id.clone()),
            };
            return Ok((person, actor));
        }
        Subject::System(system) => system.clone(),
    };
    let id = PersonId::new(system.code())?;
    let mut record = people.person(&id).await?.ok_or_else(|| unknown(&id))?;
    caller.agrees_with(&record)?;
    if !record.is(Role::System) {
        return Err(rights::forbid(method, &record));
    }
    let (person, actor) = match &caller.on_behalf_of {
        None => {
            record.roles = BTreeSet::from([Role::System]);
            record.lent.clear();
            (record, Actor::System(system))
        }
        Some(of) => {
            if !people.grants(&id, method).await? {
                let (method, system) = (method.to_owned(), system.to_string());
                return Err(Refusal::MethodNotGranted { method, system });
            }
            let mut served = people.person(of).await?.ok_or_else(|| unknown(of))?;
            // What was lent to a person is not passed on to a system.
            served.roles.retain(|role| !served.lent.contains_key(role));
            served.lent.clear();
            (served, Actor::SystemFor { system, person: of.clone() })
        }
    };
    rights::check(method, &person)?;
    Ok((person, actor))
}

/// Reads `whistle-after`.
fn after(metadata: &MetadataMap) -> Result<Option<After>, Refusal> {
    let Some(value) = metadata.get("whistle-after") else { return Ok(None) };
    let parsed = value.to_str().ok().and_then(|text| {
        let (service, position) = text.split_once('@')?;
        let position = position.parse().ok().filter(|position| 0 <= *position)?;
        let sound = !service.is_empty() && service.len() <= 64;
        sound.then(|| After { service: service.to_owned(), position })
    });
    let problem = || Problem::other("is not of the form service@position", "须为“服务@位置”的形式");
    parsed.map(Some).ok_or_else(|| Refusal::field("whistle-after", problem()))
}

fn set<M>(response: &mut Response<M>, key: &'static str, value: impl Display) {
    if let Ok(value) = MetadataValue::try_from(value.to_string()) {
        response.metadata_mut().insert(key, value);
    }
}

#[cfg(test)]
mod tests;
