//! What holds for whatever is asked of the directory, in whatever order.

use std::collections::{BTreeMap, BTreeSet};

use base::Role;
use jiff::ToSpan as _;
use proptest::prelude::*;

use super::shelf::{Shelf, department_called, grant_of, staff as staff_of};
use super::*;

fn person() -> impl Strategy<Value = PersonId> {
    (0..6_u8).prop_map(|code| PersonId::new(&format!("p{code}")).unwrap())
}

fn enterprise() -> impl Strategy<Value = Enterprise> {
    let handlers = proptest::collection::btree_set(person(), 0..3);
    (0..4_u8, handlers, "[a-z]{0,2}").prop_map(|(code, handlers, title)| Enterprise {
        id: EnterpriseId::new(&format!("P-{code}")).unwrap(),
        title,
        short_title: String::new(),
        industry: String::new(),
        size: String::new(),
        address: String::new(),
        envoy: None,
        handlers,
        facts: BTreeMap::new(),
    })
}

/// Roles of which some clash and some are sensitive.
fn roles() -> impl Strategy<Value = Vec<Role>> {
    let some = vec![Role::Admin, Role::Lead, Role::Dispatcher, Role::Reviewer, Role::FinanceMaker];
    proptest::sample::subsequence(some, 0..4)
}

fn staff() -> impl Strategy<Value = Staff> {
    let department = proptest::option::of(0..3_u8);
    let same = proptest::option::weighted(0.3, person());
    (person(), roles(), department, any::<bool>(), same).prop_map(
        |(id, roles, department, active, same_person_as)| Staff {
            department: department.map(|code| DepartmentId::new(&format!("D{code}")).unwrap()),
            active,
            same_person_as,
            ..staff_of(id.code(), &roles)
        },
    )
}

fn department() -> impl Strategy<Value = Department> {
    (0..3_u8, "[a-z]{0,2}").prop_map(|(code, title)| department_called(&format!("D{code}"), &title))
}

fn succession() -> impl Strategy<Value = Change> {
    let code = || (0..3_u8).prop_map(|code| DepartmentId::new(&format!("D{code}")).unwrap());
    (code(), code()).prop_filter("two", |(one, other)| one != other).prop_map(|(one, other)| {
        Change::SucceedDepartment { department: one, successor: other, basis: String::new() }
    })
}

fn proposal() -> impl Strategy<Value = Change> {
    (person(), roles(), person(), any::<bool>()).prop_map(|(grantee, roles, by, revokes)| {
        Change::ProposeGrant(Grant { revokes, ..grant_of(grantee.code(), &roles, by.code()) })
    })
}

/// One of the grants that the shelf has named.
fn confirmation() -> impl Strategy<Value = Change> {
    (1..40_u128, person()).prop_map(|(number, by)| Change::ConfirmGrant {
        id: GrantId::new(Uuid::from_u128(number)),
        by,
    })
}

fn deputation() -> impl Strategy<Value = Change> {
    let role = proptest::sample::select(DEPUTISED.to_vec());
    (person(), person(), role, -3..100_i64).prop_map(|(principal, deputy, role, days)| {
        let from = Timestamp::UNIX_EPOCH;
        let (id, until) = (DeputyId::new(Uuid::nil()), from + (days * 24).hours());
        Change::PutDeputy {
            deputy: Deputy { id, principal, deputy, role, from, until },
            is_new: true,
        }
    })
}

fn change() -> impl Strategy<Value = Change> {
    let import = proptest::collection::vec(enterprise(), 0..4).prop_map(|enterprises| {
        Change::ImportEnterprises { id: Uuid::nil(), enterprises: enterprises.into() }
    });
    prop_oneof![
        1 => enterprise().prop_map(|enterprise| Change::RegisterEnterprise { enterprise, line: None }),
        1 => import,
        1 => enterprise().prop_map(Change::UpdateEnterprise),
        1 => department().prop_map(Change::CreateDepartment),
        1 => department().prop_map(Change::UpdateDepartment),
        1 => succession(),
        3 => staff().prop_map(Change::PutStaff),
        2 => proposal(),
        2 => confirmation(),
        1 => deputation(),
    ]
}

/// A zone whose first two people, p0 and p1, are admins.
fn zone(changes: Vec<Change>) -> Shelf {
    let mut shelf = Shelf::default();
    for code in ["p0", "p1"] {
        shelf.ask(Change::LetIn(staff_of(code, &[Role::Admin]))).unwrap();
    }
    for change in changes {
        shelf.ask(change).ok();
    }
    shelf
}

/// What a person may do by all accounts and deputations.
fn all_roles(shelf: &Shelf, human: &PersonId) -> BTreeSet<Role> {
    let accounts: Vec<&Staff> = shelf.staff().filter(|staff| staff.human() == human).collect();
    let lent = shelf.deputies().filter(|deputy| {
        !deputy.has_ended(shelf.now) && accounts.iter().any(|staff| staff.id == deputy.deputy)
    });
    let lent = lent.map(|deputy| deputy.role);
    accounts.iter().flat_map(|staff| &staff.roles).copied().chain(lent).collect()
}

proptest! {
    #[test]
    fn nobody_acts_for_two_and_no_roles_clash(
        changes in proptest::collection::vec(change(), 0..40)
    ) {
        let shelf = zone(changes);
        let mut people = BTreeSet::new();
        for record in shelf.records.values() {
            match record {
                Record::Enterprise(enterprise) => {
                    for handler in &enterprise.handlers {
                        prop_assert!(people.insert(handler.clone()), "{handler} acts for two");
                    }
                }
                Record::Staff(staff) => {
                    prop_assert!(people.insert(staff.id.clone()), "{} acts for two", staff.id);
                    prop_assert_eq!(clash(&all_roles(&shelf, staff.human())), None);
                    let department = staff.department.as_ref().map(DepartmentId::to_string);
                    prop_assert!(department.is_none_or(|name| shelf.records.contains_key(&name)));
                }
                Record::Department(_)
                | Record::Deputy(_)
                | Record::Grant(_)
                | Record::Catalogue(_)
                | Record::Year(_) => {}
                Record::Import { .. } => prop_assert!(false, "an import is not kept"),
            }
        }
    }

    #[test]
    fn first_accounts_are_nobodys_second_and_successors_lead_to_one_that_lasts(
        changes in proptest::collection::vec(change(), 0..40)
    ) {
        let shelf = zone(changes);
        for staff in shelf.staff() {
            if let Some(first) = &staff.same_person_as {
                prop_assert_eq!(shelf.find(first.code()).same_person_as, None);
            }
        }
        for record in shelf.records.values() {
            let mut record = record;
            for step in 0.. {
                let Record::Department(Department { successor: Some(next), .. }) = record else { break };
                record = &shelf.records[&next.to_string()];
                prop_assert!(step < 3, "a circle");
            }
        }
    }

    #[test]
    fn two_admins_who_are_two_people_are_always_left(
        changes in proptest::collection::vec(change(), 0..60)
    ) {
        let shelf = zone(changes);
        let admins = shelf.staff().filter(|staff| staff.is_admin());
        let humans: BTreeSet<&PersonId> = admins.map(Staff::human).collect();
        prop_assert!(ADMINS_MIN <= humans.len(), "{humans:?}");
    }

    /// The roles of everybody are retold from the grants that two people agreed on.
    #[test]
    fn nobody_comes_to_a_sensitive_role_but_by_a_grant_of_two_people(
        changes in proptest::collection::vec(change(), 0..60)
    ) {
        let shelf = zone(changes);
        let mut humans: BTreeMap<&PersonId, &PersonId> = BTreeMap::new();
        let mut granted: BTreeMap<&PersonId, BTreeSet<Role>> = BTreeMap::new();
        for (place, (_, fact)) in shelf.told.iter().enumerate() {
            if let Fact::GrantConfirmed(grant) = fact {
                let human = |id| humans.get(id).copied().unwrap_or(id);
                let by = grant.confirmed_by.as_ref().expect("it is confirmed");
                prop_assert_ne!(human(by), human(&grant.proposed_by));
                granted.entry(&grant.grantee).or_default().extend(&grant.roles);
            }
            if let Fact::StaffChanged(staff) = fact {
                humans.insert(&staff.id, staff.human());
                let given = granted.get(&staff.id);
                let fair = |role: &Role| {
                    place < 2 || staff_was_let_in(staff, *role)
                        || !is_sensitive(*role) || given.is_some_and(|given| given.contains(role))
                };
                prop_assert!(staff.roles.iter().all(fair), "{staff:?}");
            }
        }
    }

    #[test]
    fn folding_what_was_told_gives_the_records(
        changes in proptest::collection::vec(change(), 0..40)
    ) {
        let shelf = zone(changes);
        let mut folded: BTreeMap<String, Record> = BTreeMap::new();
        for (name, fact) in &shelf.told {
            let before = folded.remove(name);
            folded.insert(name.clone(), apply(before, fact).unwrap());
        }
        folded.retain(|_, record| !matches!(record, Record::Import { .. }));
        prop_assert_eq!(folded, shelf.records);
    }

    #[test]
    fn the_same_twice_changes_nothing_the_second_time(
        changes in proptest::collection::vec(change(), 0..20), last in change()
    ) {
        // What is proposed or put under a new name is another thing each time.
        let anew = matches!(&last, Change::ProposeGrant(_) | Change::PutDeputy { .. });
        prop_assume!(!anew);
        let mut shelf = zone(changes);
        let done = shelf.ask(last.clone()).is_ok();
        let (records, told) = (shelf.records.clone(), shelf.told.len());
        shelf.ask(last.clone()).ok();
        prop_assert_eq!(&records, &shelf.records);
        let empty_import = matches!(&last, Change::ImportEnterprises { enterprises, .. } if enterprises.is_empty());
        prop_assert!(told == shelf.told.len() || (done && empty_import));
    }

    #[test]
    fn what_is_stored_is_read_back(changes in proptest::collection::vec(change(), 0..20)) {
        for record in zone(changes).records.values() {
            let body = serde_json::to_string(record).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Record>(&body).unwrap(), record);
        }
    }
}

/// Whether it is one of the first admins.
fn staff_was_let_in(staff: &Staff, role: Role) -> bool {
    role == Role::Admin && ["p0", "p1"].contains(&staff.id.code())
}
