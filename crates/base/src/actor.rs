//! Who did it: a person, a deputy, or a system, and for whom.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::{NameError, PersonId, SystemId};

/// Whoever acts, as it is recorded with each fact.
///
/// Its text, which is also its serde form: `persons/D01-11`, `persons/D01-11 for persons/D01-02`,
/// `systems/dispatch`, `systems/hotline for persons/D01-11`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Actor {
    /// A person in their own right.
    Person(PersonId),
    /// A deputy (代理): both are recorded.
    Deputy {
        /// Who acts.
        person: PersonId,
        /// Whose office it is.
        of: PersonId,
    },
    /// A system by itself, as when an alarm rings.
    System(SystemId),
    /// A system that acts on behalf of a person, within its grants: both are recorded.
    SystemFor {
        /// What acts.
        system: SystemId,
        /// On whose behalf.
        person: PersonId,
    },
}

impl Actor {
    /// One of our own services acting by itself. The name is a constant of the code,
    /// `[A-Za-z0-9_-]{1,64}`.
    pub fn system(name: &'static str) -> Actor {
        Actor::System(SystemId::constant(name))
    }

    /// The account that acts or is acted for by a system; for a deputy, the deputy. Rules that ask
    /// for two different people compare whose accounts these are: [`crate::Person::human`].
    pub fn person(&self) -> Option<&PersonId> {
        match self {
            Actor::Person(person)
            | Actor::Deputy { person, .. }
            | Actor::SystemFor { person, .. } => Some(person),
            Actor::System(_) => None,
        }
    }

    /// For whom a deputy or a system acts.
    pub fn on_behalf_of(&self) -> Option<&PersonId> {
        match self {
            Actor::Deputy { of, .. } => Some(of),
            Actor::SystemFor { person, .. } => Some(person),
            Actor::Person(_) | Actor::System(_) => None,
        }
    }

    /// Whether `person` has a part in this, as the one who acts or the one acted for.
    pub fn involves(&self, person: &PersonId) -> bool {
        self.person() == Some(person) || self.on_behalf_of() == Some(person)
    }

    /// Reads the text form.
    pub fn parse(text: &str) -> Result<Actor, NameError> {
        let (first, second) = match text.split_once(FOR) {
            Some((first, second)) => (first, Some(PersonId::parse(second)?)),
            None => (text, None),
        };
        if let Ok(system) = SystemId::parse(first) {
            return Ok(match second {
                Some(person) => Actor::SystemFor { system, person },
                None => Actor::System(system),
            });
        }
        let person = PersonId::parse(first)?;
        Ok(match second {
            Some(of) => Actor::Deputy { person, of },
            None => Actor::Person(person),
        })
    }
}

/// What stands between the two names. No code has a space, so it is unmistakable.
const FOR: &str = " for ";

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::Person(person) => write!(f, "{person}"),
            Actor::Deputy { person, of } => write!(f, "{person}{FOR}{of}"),
            Actor::System(system) => write!(f, "{system}"),
            Actor::SystemFor { system, person } => write!(f, "{system}{FOR}{person}"),
        }
    }
}

impl FromStr for Actor {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        Actor::parse(text)
    }
}

impl TryFrom<String> for Actor {
    type Error = NameError;
    fn try_from(text: String) -> Result<Self, NameError> {
        Actor::parse(&text)
    }
}

impl From<Actor> for String {
    fn from(actor: Actor) -> String {
        actor.to_string()
    }
}

impl From<PersonId> for Actor {
    fn from(person: PersonId) -> Actor {
        Actor::Person(person)
    }
}
