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
use crate::gate::Arrival;
use crate::refusal::{Problem, Refusal};
use crate::token::{Caller, Subject, TokenError};
use crate::{rights, rules};

/// What a service has heard of people.
#[async_trait]
pub trait People: Send + Sync {
    /// The person, as last heard of.
    async fn person(&self, id: &PersonId) -> Result<Option<Person>, Trouble>;
}

/// A call whose message keeps its rules and whose caller may make it.
#[derive(Clone, Debug)]
pub struct Call {
    /// Who calls, as the directory tells. For a system: its own record, with no role but SYSTEM.
    pub person: Person,
    /// Who acts, as it is recorded with each fact.
    pub actor: Actor,
    /// The path of the method: `/whistle.request.v1.RequestService/SubmitTicket`.
    pub method: String,
    /// The id that makes twice once, if the message has one.
    pub request_id: Option<Uuid>,
    /// SHA-256 of the method and of the message without its request id.
    pub digest: [u8; 32],
    /// The etag that the thing must still have, if the message has one.
    pub etag: Option<String>,
    /// When the caller stops waiting.
    pub deadline: Option<Instant>,
    /// The W3C trace context that the call belongs to.
    pub traceparent: String,
    /// What must have been heard before the call is answered.
    pub after: Option<After>,
}

/// A position in another service's journal: `whistle-after: request@1234`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// The service whose journal it is.
    pub service: String,
    /// The position.
    pub position: i64,
}

impl Call {
    /// Lets a call in, or refuses it: deadline, shape of the message, then who calls.
    pub async fn admit<M: Message + Name>(
        request: &Request<M>,
        people: &dyn People,
    ) -> Result<Call, Refusal> {
        let arrival = arrival(request)?;
        let message = descriptors::reflect(request.get_ref())?;
        rules::check_reflected(&message)?;
        let mut call = Call::enter(arrival, request.metadata(), people).await?;
        call.read(message, None);
        Ok(call)
    }

    /// Lets a call in whose messages come as a stream; give each one to [`Call::check`].
    pub async fn admit_stream<M>(
        request: &Request<Streaming<M>>,
        people: &dyn People,
    ) -> Result<Call, Refusal> {
        Call::enter(arrival(request)?, request.metadata(), people).await
    }

    /// Holds the rules on the next message of a stream. The digest goes on over all of them; the
    /// request id is the first one given.
    pub fn check<M: Message + Name>(&mut self, message: &M) -> Result<(), Refusal> {
        let message = descriptors::reflect(message)?;
        rules::check_reflected(&message)?;
        self.read(message, Some(self.digest));
        Ok(())
    }

    /// Refuses a caller who has read an older state of a thing than the present one.
    pub fn expects(&self, etag: &str) -> Result<(), Refusal> {
        match &self.etag {
            Some(expected) if expected != etag => Err(Refusal::StaleEtag),
            Some(_) | None => Ok(()),
        }
    }

    /// Refuses a caller without any of some roles, where the method lets in more.
    pub fn needs(&self, roles: &[Role]) -> Result<(), Refusal> {
        if roles.iter().any(|role| self.person.is(*role)) {
            Ok(())
        } else {
            Err(Refusal::RoleForbids { method: self.method.clone() })
        }
    }

    /// The answer, with the journal position of what it made true, and whether it was given before.
    pub fn answer<M>(
        &self,
        position: Option<(&str, i64)>,
        replayed: bool,
        message: M,
    ) -> Response<M> {
        let mut response = Response::new(message);
        if let Some((service, position)) = position {
            set(&mut response, "whistle-position", format_args!("{service}@{position}"));
        }
        if replayed {
            set(&mut response, "whistle-replayed", "true");
        }
        response
    }

    async fn enter(
        arrival: Arrival,
        metadata: &MetadataMap,
        people: &dyn People,
    ) -> Result<Call, Refusal> {
        let Arrival { caller, method, deadline, traceparent } = arrival;
        let after = after(metadata)?;
        let (person, actor) = known(&caller, &method, people).await?;
        rights::check(&method, &person)?;
        let digest = Sha256::digest(method.as_bytes()).into();
        let (request_id, etag) = (None, None);
        Ok(Call { person, actor, method, request_id, digest, etag, deadline, traceparent, after })
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

/// The caller as the directory tells of them. A system's record is the person of the same code who
/// holds the role SYSTEM; it can do nothing that this role cannot.
async fn known(
    caller: &Caller,
    method: &str,
    people: &dyn People,
) -> Result<(Person, Actor), Refusal> {
    let stranger = || Refusal::RoleForbids { method: method.to_owned() };
    let (id, system) = match &caller.subject {
        Subject::Person(id) => (id.clone(), None),
        Subject::System(system) => (PersonId::new(system.code())?, Some(system.clone())),
    };
    let mut person = people.person(&id).await?.ok_or_else(stranger)?;
    caller.agrees_with(&person)?;
    let actor = match (system, &caller.on_behalf_of) {
        (None, _) => Actor::Person(id),
        (Some(system), on_behalf_of) => {
            if !person.is(Role::System) {
                return Err(stranger());
            }
            person.roles = BTreeSet::from([Role::System]);
            match on_behalf_of {
                None => Actor::System(system),
                Some(of) => {
                    let served = people.person(of).await?;
                    served.filter(|served| served.active).ok_or_else(stranger)?;
                    Actor::SystemFor { system, person: of.clone() }
                }
            }
        }
    };
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
