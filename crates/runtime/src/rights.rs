//! Who may call which method, as the contract says in the `who` option.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use base::{Person, PersonId, Role};
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

/// For whom somebody calls a method, if a deputation alone opens it to them.
pub fn lender<'a>(method: &str, person: &'a Person) -> Option<&'a PersonId> {
    let right = RIGHTS.get(method).filter(|right| !right.anyone)?;
    let own = |role: &Role| person.is(*role) && !person.lent.contains_key(role);
    if right.roles.iter().any(own) {
        return None;
    }
    right.roles.iter().find_map(|role| person.lent.get(role))
}

/// Refuses a person who may not call a method. A method without a right is refused to all.
pub fn check(method: &str, person: &Person) -> Result<(), Refusal> {
    match RIGHTS.get(method) {
        Some(right) if right.allows(person) => Ok(()),
        Some(_) if !person.active => Err(Refusal::CallerLeft { method: method.to_owned() }),
        Some(_) | None => Err(forbid(method, person)),
    }
}

/// The refusal of a person who may not call a method, or not of this thing: it names who may.
pub fn forbid(method: &str, person: &Person) -> Refusal {
    let may = RIGHTS.get(method).into_iter().flat_map(|right| &right.roles).copied();
    let may = may.filter(|role| !person.is(*role) && *role != Role::System);
    Refusal::RoleForbids { method: method.to_owned(), may: may.collect() }
}

/// What somebody is told who may not: who may, and what to do.
pub(crate) fn chinese_of(may: &[Role]) -> String {
    if may.is_empty() {
        return "此事不由您办理；请由承办此事的人员办理，或请吹哨办协调。".to_owned();
    }
    let names: Vec<&str> = may.iter().map(|role| role.chinese()).collect();
    let names = names.join("、");
    format!("您的角色无权进行此操作，有权办理的是{names}；请由其办理，或请管理员授予您相应角色。")
}

/// The same for programs: `DISPATCHER ZONE_LEADER`.
pub(crate) fn words_of(may: &[Role]) -> String {
    may.iter().map(Role::to_string).collect::<Vec<_>>().join(" ")
}

fn roles(who: &Who) -> BTreeSet<Role> {
    who.roles().filter_map(role).collect()
}

/// The role that a message names.
pub fn role(wire: WireRole) -> Option<Role> {
    wire.as_str_name().strip_prefix("ROLE_")?.parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::collections::BTreeMap;

    use strum::VariantArray as _;

    use super::*;

    fn person(roles: &[Role], active: bool) -> Person {
        Person {
            id: PersonId::new("D01-11").unwrap(),
            same_person_as: None,
            roles: roles.iter().copied().collect(),
            lent: BTreeMap::new(),
            department: None,
            enterprise: None,
            active,
        }
    }

    #[test]
    fn every_method_of_the_contract_says_who_may_call_it() {
        let mut methods = 0;
        for service in POOL.services().filter(|service| service.name().ends_with("Service")) {
            for method in service.methods() {
                let path = format!("/{}/{}", service.full_name(), method.name());
                let right = RIGHTS.get(&path).unwrap_or_else(|| panic!("{path} says nothing"));
                assert_ne!(right.anyone, !right.roles.is_empty(), "{path}: anyone or roles");
                methods += 1;
            }
        }
        assert!(40 < methods, "{methods}");
    }

    #[test]
    fn every_role_of_the_contract_is_a_role_of_the_zone_and_the_other_way_round() {
        let known = (1..).map_while(|number| WireRole::try_from(number).ok());
        let known: Vec<Role> = known.map(|wire| role(wire).unwrap()).collect();
        assert_eq!(known, Role::VARIANTS);
        assert_eq!(role(WireRole::Unspecified), None);
    }

    #[test]
    fn a_role_opens_what_names_it_and_nothing_else() {
        let accept = "/whistle.request.v1.RequestService/AcceptTicket";
        for role in Role::VARIANTS {
            let allowed = check(accept, &person(&[*role], true)).is_ok();
            assert_eq!(allowed, *role == Role::Dispatcher, "{role}");
        }
        let several = person(&[Role::Staff, Role::Dispatcher], true);
        assert!(check(accept, &several).is_ok());
    }

    #[test]
    fn who_may_not_is_told_who_may() {
        let reject = "/whistle.request.v1.RequestService/DecideAppeal";
        let refused = check(reject, &person(&[Role::Staff], true)).unwrap_err();
        let Refusal::RoleForbids { may, .. } = &refused else { panic!("{refused:?}") };
        let all: Vec<Role> = RIGHTS[reject].roles.iter().copied().collect();
        assert_eq!(may, &all);
        let told = chinese_of(may);
        assert!(all.iter().all(|role| told.contains(role.chinese())), "{told}");
        let Refusal::RoleForbids { may, .. } = forbid(reject, &person(&all, true)) else {
            panic!("it is another who may")
        };
        assert!(may.is_empty() && chinese_of(&may).contains("不由您办理"), "{may:?}");
        let left = check(reject, &person(&all, false)).unwrap_err();
        assert!(matches!(left, Refusal::CallerLeft { .. }), "{left:?}");
    }

    #[test]
    fn who_opens_a_method_by_a_deputation_alone_calls_it_for_somebody() {
        let principal = PersonId::new("D01-02").unwrap();
        let lent = |own: &[Role], role: Role| {
            let mut person = person(own, true);
            person.roles.insert(role);
            person.lent.insert(role, principal.clone());
            person
        };
        let accept = "/whistle.request.v1.RequestService/AcceptTicket";
        let get = "/whistle.request.v1.RequestService/GetTicket";
        let deputy = lent(&[Role::Staff], Role::Dispatcher);
        assert_eq!(lender(accept, &deputy), Some(&principal));
        assert_eq!(lender(get, &deputy), None, "anyone may");
        let dispatcher = lent(&[Role::Dispatcher], Role::ZoneLeader);
        assert_eq!(lender(accept, &dispatcher), None, "in their own right");
        assert_eq!(lender(accept, &person(&[Role::Dispatcher], true)), None);
    }

    #[test]
    fn who_has_left_may_do_nothing() {
        for method in RIGHTS.keys() {
            assert!(check(method, &person(Role::VARIANTS, false)).is_err(), "{method}");
        }
    }

    #[test]
    fn what_anyone_may_call_needs_no_role_but_an_unknown_method_is_refused_to_all() {
        let get = "/whistle.request.v1.RequestService/GetTicket";
        assert!(check(get, &person(&[], true)).is_ok());
        for method in ["", "/x.Y/Z", "/whistle.request.v1.RequestService/DropTickets"] {
            assert!(check(method, &person(Role::VARIANTS, true)).is_err(), "{method:?}");
        }
    }
}
