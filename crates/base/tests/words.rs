//! Ids, actors, money and roles: what they read, what they refuse, how they are written.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that fails says so")]

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use base::{
    Actor, CategoryId, CreditCode, DepartmentId, DeputyId, EnterpriseId, Fen, GrantId, Person,
    PersonId, Role, SystemId, TicketId, WorkOrderId,
};
use proptest::prelude::*;
use strum::VariantArray;
use uuid::Uuid;

const UUID: &str = "0190a5b2-3c4d-7e8f-9a0b-1c2d3e4f5a6b";

#[test]
fn each_id_is_written_as_it_is_read() {
    let names = [
        DepartmentId::parse("departments/D01").unwrap().to_string(),
        PersonId::parse("persons/D01-11").unwrap().to_string(),
        CategoryId::parse("categories/C17").unwrap().to_string(),
        SystemId::parse("systems/hotline_12345").unwrap().to_string(),
        GrantId::parse(&format!("grants/{UUID}")).unwrap().to_string(),
        DeputyId::parse(&format!("deputies/{UUID}")).unwrap().to_string(),
        TicketId::parse(&format!("tickets/{UUID}")).unwrap().to_string(),
        WorkOrderId::parse(&format!("workOrders/{UUID}")).unwrap().to_string(),
        EnterpriseId::parse("enterprises/91350220MA9NF5L62F").unwrap().to_string(),
        EnterpriseId::parse("enterprises/P-2026-7").unwrap().to_string(),
    ];
    let expected = [
        "departments/D01".to_owned(),
        "persons/D01-11".to_owned(),
        "categories/C17".to_owned(),
        "systems/hotline_12345".to_owned(),
        format!("grants/{UUID}"),
        format!("deputies/{UUID}"),
        format!("tickets/{UUID}"),
        format!("workOrders/{UUID}"),
        "enterprises/91350220MA9NF5L62F".to_owned(),
        "enterprises/P-2026-7".to_owned(),
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_name_of_another_form_is_refused() {
    let longest = "a".repeat(64);
    assert!(PersonId::new(&longest).is_ok());
    let codes = ["", "D 01", "D/01", "部门", "D01\n", &format!("{longest}a")];
    for code in codes {
        assert!(DepartmentId::new(code).is_err(), "{code:?}");
        assert!(DepartmentId::parse(&format!("departments/{code}")).is_err(), "{code:?}");
    }
    for name in ["D01", "department/D01", "persons/D01", "/departments/D01", "departments/"] {
        assert!(DepartmentId::parse(name).is_err(), "{name:?}");
    }
    let told = DepartmentId::parse("persons/D01").unwrap_err().to_string();
    assert_eq!(told, "\"persons/D01\" is not a name of the form departments/{code}");
}

/// One id has one spelling, so names can be compared as text.
#[test]
fn a_uuid_has_one_spelling() {
    let spellings = [
        UUID.to_uppercase(),
        UUID.replace('-', ""),
        format!("{{{UUID}}}"),
        format!("urn:uuid:{UUID}"),
    ];
    for spelling in spellings {
        assert!(TicketId::parse(&format!("tickets/{spelling}")).is_err(), "{spelling}");
    }
    let uuid = Uuid::parse_str(UUID).unwrap();
    assert_eq!(TicketId::new(uuid).uuid(), uuid);
}

#[test]
fn an_enterprise_is_registered_or_provisional() {
    let registered = EnterpriseId::new("91350220MA9NF5L62F").unwrap();
    let code = CreditCode::parse("91350220MA9NF5L62F").unwrap();
    assert_eq!(registered.credit_code(), Some(&code));
    assert_eq!(registered, EnterpriseId::registered(code));
    let provisional = EnterpriseId::new("P-7").unwrap();
    assert_eq!((provisional.credit_code(), provisional.code()), (None, "P-7"));
    for code in ["P-", "P", "p-7", "P-7/8", "91350220MA9NF5L62E", "000000000000000000", ""] {
        assert!(EnterpriseId::new(code).is_err(), "{code:?}");
    }
}

#[test]
fn ids_are_text_in_json() {
    let id = PersonId::new("D01-11").unwrap();
    assert_eq!(serde_json::to_string(&id).unwrap(), "\"persons/D01-11\"");
    assert_eq!(serde_json::from_str::<PersonId>("\"persons/D01-11\"").unwrap(), id);
    assert!(serde_json::from_str::<PersonId>("\"D01-11\"").is_err());
}

#[test]
fn two_accounts_of_one_person_are_one_human() {
    let account = |code: &str, same_person_as: Option<&str>| Person {
        id: PersonId::new(code).unwrap(),
        same_person_as: same_person_as.map(|code| PersonId::new(code).unwrap()),
        roles: BTreeSet::new(),
        lent: BTreeMap::new(),
        department: None,
        enterprise: None,
        active: true,
    };
    let (first, second) = (account("D01-11", None), account("w-7", Some("D01-11")));
    assert_eq!((first.human(), second.human()), (&first.id, &first.id));
    assert_ne!(account("D01-12", None).human(), second.human());
}

#[test]
fn an_actor_is_one_line_of_text() {
    let person = PersonId::new("D01-11").unwrap();
    let of = PersonId::new("D01-02").unwrap();
    let system = SystemId::new("hotline").unwrap();
    let cases = [
        (Actor::Person(person.clone()), "persons/D01-11"),
        (
            Actor::Deputy { person: person.clone(), of: of.clone() },
            "persons/D01-11 for persons/D01-02",
        ),
        (Actor::system("dispatch"), "systems/dispatch"),
        (Actor::SystemFor { system, person }, "systems/hotline for persons/D01-11"),
    ];
    for (actor, text) in cases {
        assert_eq!(actor.to_string(), text);
        assert_eq!(Actor::parse(text).unwrap(), actor);
        let json = serde_json::to_string(&actor).unwrap();
        assert_eq!(serde_json::from_str::<Actor>(&json).unwrap(), actor);
    }
    let refused = ["", "D01-11", "tickets/7", "persons/a for systems/b", "persons/a for ", " for "];
    for text in refused {
        assert!(Actor::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn both_persons_of_a_deputy_have_a_part_in_the_deed() {
    let (person, of) = (PersonId::new("a").unwrap(), PersonId::new("b").unwrap());
    let deputy = Actor::Deputy { person: person.clone(), of: of.clone() };
    assert_eq!((deputy.person(), deputy.on_behalf_of()), (Some(&person), Some(&of)));
    assert!(deputy.involves(&person) && deputy.involves(&of));
    assert!(!deputy.involves(&PersonId::new("c").unwrap()));
    assert_eq!(Actor::system("dispatch").person(), None);
}

#[test]
fn money_is_written_as_yuan() {
    let cases = [
        (0, "0.00", "0.00"),
        (5, "0.05", "0.05"),
        (-5, "-0.05", "-0.05"),
        (100_000, "1,000.00", "1000.00"),
        (-12_345_678, "-123,456.78", "-123456.78"),
        (2_614_620_000, "26,146,200.00", "26146200.00"),
        (i64::MIN, "-92,233,720,368,547,758.08", "-92233720368547758.08"),
    ];
    for (fen, grouped, plain) in cases {
        assert_eq!((Fen(fen).to_string(), Fen(fen).plain()), (grouped.into(), plain.into()));
        assert_eq!(Fen::parse_yuan(plain), Ok(Fen(fen)));
    }
}

#[test]
fn what_is_no_amount_is_refused() {
    let refused =
        ["", "-", ".", "1.", ".5", "1.234", "1,000.00", "+1", "1e3", " 1", "１", "--1", "1.-5"];
    for text in refused {
        assert!(Fen::parse_yuan(text).is_err(), "{text:?}");
    }
    assert!(Fen::parse_yuan("92233720368547758.08").is_err());
    assert!(Fen::parse_yuan(&"9".repeat(60)).is_err());
    assert_eq!(Fen::parse_yuan("5"), Ok(Fen(500)));
    assert_eq!(Fen::parse_yuan("-0.5"), Ok(Fen(-50)));
}

#[test]
fn money_that_does_not_fit_is_none() {
    assert_eq!(Fen(1).checked_add(Fen(2)), Some(Fen(3)));
    assert_eq!(Fen(1).checked_sub(Fen(2)), Some(Fen(-1)));
    assert_eq!(Fen(i64::MAX).checked_add(Fen(1)), None);
    assert_eq!(Fen(i64::MIN).checked_sub(Fen(1)), None);
    assert_eq!(Fen::checked_sum([Fen(i64::MAX), Fen(1), Fen(-1)]), None);
    assert_eq!(serde_json::to_string(&Fen(7)).unwrap(), "7");
}

#[test]
fn a_role_has_one_spelling_everywhere() {
    let names: Vec<String> = Role::VARIANTS.iter().map(Role::to_string).collect();
    let expected = "ENTERPRISE ENVOY AGENT DISPATCHER STAFF LEAD SUPERVISOR ZONE_LEADER REVIEWER \
        SECOND_REVIEWER FINANCE_MAKER FINANCE_CHECKER AUDITOR ADMIN SYSTEM";
    assert_eq!(names.join(" "), expected);
    for role in Role::VARIANTS {
        assert_eq!(Role::from_str(&role.to_string()), Ok(*role));
        assert_eq!(serde_json::to_string(role).unwrap(), format!("\"{role}\""));
        assert!(!role.chinese().is_empty());
    }
}

proptest! {
    #[test]
    fn money_is_read_as_it_is_written(fen in any::<i64>()) {
        prop_assert_eq!(Fen::parse_yuan(&Fen(fen).plain()), Ok(Fen(fen)));
        prop_assert_eq!(Fen::parse_yuan(&Fen(fen).to_string().replace(',', "")), Ok(Fen(fen)));
    }

    /// What is accepted is written back letter by letter.
    #[test]
    fn no_text_is_read_as_something_else(text in "(persons|systems|tickets)?/?[ -~]{0,20}( for persons/[a-z]{1,3})?") {
        if let Ok(actor) = Actor::parse(&text) {
            prop_assert_eq!(actor.to_string(), text.clone());
        }
        if let Ok(id) = PersonId::parse(&text) {
            prop_assert_eq!(id.to_string(), text);
        }
    }
}
