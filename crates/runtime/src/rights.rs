//! Who may call which method, as the contract says in the `who` option.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use base::{Person, Role};
use contract::common::{Role as WireRole, Who};

use crate::descriptors::{self, POOL};
use crate::refusal::Refusal;

/// Who may call one method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Right {
    /// The roles of which the caller needs one.
    pub roles: BTreeSet<Role>,
    /// Any known and active caller.
    pub anyone: bool,
}

impl Right {
    /// Whether a person may. Whoever has left may do nothing.
    pub fn allows(&self, person: &Person) -> bool {
        person.active && (self.anyone || self.roles.iter().any(|role| person.is(*role)))
    }
}

/// The right of every method of the contract that has one, by its path
/// `/whistle.request.v1.RequestService/SubmitTicket`.
pub static RIGHTS: LazyLock<HashMap<String, Right>> = LazyLock::new(|| {
    let mut rights = HashMap::new();
    for service in POOL.services() {
        for method in service.methods() {
            let path = format!("/{}/{}", service.full_name(), method.name());
            if let Some(who) = descriptors::option::<Who>(&method.options(), "who") {
                rights.insert(path, Right { roles: roles(&who), anyone: who.anyone });
            }
        }
    }
    rights
});

/// Refuses a person who may not call a method. A method without a right is refused to all.
pub fn check(method: &str, person: &Person) -> Result<(), Refusal> {
    match RIGHTS.get(method) {
        Some(right) if right.allows(person) => Ok(()),
        Some(_) | None => Err(Refusal::RoleForbids { method: method.to_owned() }),
    }
}

fn roles(who: &Who) -> BTreeSet<Role> {
    who.roles().filter_map(role).collect()
}

/// The role that a message names.
pub fn role(wire: WireRole) -> Option<Role> {
    wire.as_str_name().strip_prefix("ROLE_")?.parse().ok()
}
