//! Who may be given what, by whom, for how long: accounts, grants, deputies, departments that end.

use std::collections::BTreeSet;

use jiff::{SignedDuration, ToSpan as _};
use strum::VariantArray as _;

use super::super::shelf::{Shelf, grant_of};
use super::*;

/// Two admins, a second account of the first of them, and two departments with two people each.
fn zone() -> Shelf {
    let mut shelf = Shelf::default();
    for code in ["a1", "a2", "a3"] {
        shelf.ask(Change::LetIn(staff(code, &[Role::Admin]))).unwrap();
    }
    let again = Staff { same_person_as: Some(person("a1")), ..shelf.find("a3") };
    shelf.ask(Change::PutStaff(again)).unwrap();
    for code in ["D01", "D02"] {
        shelf.ask(Change::CreateDepartment(department_called(code, code))).unwrap();
        for number in 1..=2 {
            let person = staff(&format!("{code}-{number}"), &[Role::Staff]);
            let person = Staff { department: Some(department(code)), ..person };
            shelf.ask(Change::PutStaff(person)).unwrap();
        }
    }
    shelf
}

fn deputy(principal: &str, deputy: &str, role: Role, days: i64) -> Deputy {
    Deputy {
        id: DeputyId::new(Uuid::nil()),
        principal: person(principal),
        deputy: person(deputy),
        role,
        from: Timestamp::UNIX_EPOCH,
        until: Timestamp::UNIX_EPOCH + (days * 24).hours(),
    }
}

fn lend(shelf: &mut Shelf, deputy: Deputy) -> Result<Record, Error> {
    shelf.ask(Change::PutDeputy { deputy, is_new: true })
}

fn propose(shelf: &mut Shelf, grant: Grant) -> Grant {
    match shelf.ask(Change::ProposeGrant(grant)) {
        Ok(Record::Grant(grant)) => grant,
        other => panic!("{other:?}"),
    }
}

/// Shows: directory refuses GRANT_NEEDED
#[test]
fn one_admin_gives_what_is_not_sensitive_and_takes_anything_away() {
    use Role::{Agent, Dispatcher, Enterprise, Envoy, Lead, Staff as Clerk};
    let given: Vec<Role> = Role::VARIANTS.iter().copied().filter(|it| !is_sensitive(*it)).collect();
    assert_eq!(given, [Enterprise, Envoy, Agent, Clerk, Lead], "handlers come otherwise");
    let mut shelf = zone();
    shelf.ask(Change::PutStaff(staff("p", &[Envoy, Agent, Clerk, Lead]))).unwrap();
    for role in Role::VARIANTS.iter().copied().filter(|role| is_sensitive(*role)) {
        let refused = shelf.ask(Change::PutStaff(staff("p", &[role])));
        assert!(matches!(refused, Err(Error::GrantNeeded { role: named }) if named == role));
    }
    shelf.grant(grant_of("p", &[Dispatcher], "a1"), "a2").unwrap();
    // What was granted may be put again as it is, and then without.
    let renamed = Staff { title: "李".to_owned(), ..shelf.find("p") };
    shelf.ask(Change::PutStaff(renamed)).unwrap();
    assert!(shelf.find("p").roles.contains(&Dispatcher));
    shelf.ask(Change::PutStaff(staff("p", &[Clerk]))).unwrap();
    assert_eq!(shelf.find("p").roles, BTreeSet::from([Clerk]));
}

#[test]
fn who_comes_back_brings_nothing_sensitive_along() {
    let mut shelf = zone();
    shelf.grant(grant_of("D01-1", &[Role::Dispatcher], "a1"), "a2").unwrap();
    let there = shelf.find("D01-1");
    shelf.ask(Change::PutStaff(Staff { active: false, ..there.clone() })).unwrap();
    let refused = shelf.ask(Change::PutStaff(there.clone()));
    assert!(matches!(refused, Err(Error::GrantNeeded { role: Role::Dispatcher })));
    // While gone they may be put as they are; back they come as staff.
    let renamed = Staff { active: false, title: "李".to_owned(), ..there.clone() };
    shelf.ask(Change::PutStaff(renamed)).unwrap();
    let clerk = Staff { roles: BTreeSet::from([Role::Staff]), ..there };
    shelf.ask(Change::PutStaff(clerk)).unwrap();
}

/// Else one admin would become two by taking back that two accounts are one's own.
#[test]
fn who_is_no_longer_the_same_person_brings_nothing_sensitive_along() {
    let mut shelf = zone();
    let second_account = shelf.find("a3");
    for same_person_as in [None, Some(person("a2"))] {
        let other = Staff { same_person_as, ..second_account.clone() };
        let refused = shelf.ask(Change::PutStaff(other));
        assert!(matches!(refused, Err(Error::GrantNeeded { role: Role::Admin })));
    }
    let nothing = Staff { same_person_as: None, roles: BTreeSet::new(), ..second_account };
    shelf.ask(Change::PutStaff(nothing)).unwrap();
}

/// Shows: directory refuses SAME_PERSON_CHAIN; directory refuses PERSON_NOT_FOUND
#[test]
fn accounts_of_one_person_name_the_first_one_and_form_no_chain() {
    let mut shelf = zone();
    let same = |code: &str, first: &str| {
        let same_person_as = Some(person(first));
        Change::PutStaff(Staff { same_person_as, ..staff(code, &[]) })
    };
    shelf.ask(same("p2", "D01-1")).unwrap();
    shelf.ask(same("p3", "D01-1")).unwrap();
    for (code, first) in [("p4", "p2"), ("D01-1", "D01-2"), ("D01-2", "D01-2")] {
        let refused = shelf.ask(same(code, first));
        assert!(matches!(refused, Err(Error::SamePersonChain { .. })), "{code} as {first}");
    }
    for (code, first) in [("p4", "nobody"), ("p4", "p4")] {
        let refused = shelf.ask(same(code, first));
        assert!(matches!(refused, Err(Error::PersonNotFound { .. })), "{code} as {first}");
    }
    let enterprise = enterprise("P-1", &["h1"]);
    shelf.ask(Change::RegisterEnterprise { enterprise, line: None }).unwrap();
    assert!(matches!(shelf.ask(same("p4", "h1")), Err(Error::HandlerTaken { .. })));
}

/// Shows: directory refuses ROLES_CLASH
#[test]
fn roles_clash_over_all_accounts_and_grants_of_a_person() {
    let mut shelf = zone();
    let clashes = |asked: Result<Record, Error>| matches!(asked, Err(Error::RolesClash { .. }));
    let second = Staff { same_person_as: Some(person("a2")), ..staff("p", &[Role::Staff]) };
    assert!(clashes(shelf.ask(Change::PutStaff(second))));
    let second = Staff { same_person_as: Some(person("D01-1")), ..staff("p", &[]) };
    shelf.ask(Change::PutStaff(second)).unwrap();
    assert!(clashes(shelf.grant(grant_of("p", &[Role::Admin], "a1"), "a2")));

    shelf.grant(grant_of("D01-1", &[Role::Reviewer], "a1"), "a2").unwrap();
    let maker = Change::ProposeGrant(grant_of("p", &[Role::FinanceMaker], "a1"));
    assert!(clashes(shelf.ask(maker)), "when it is proposed");
    let maker = propose(&mut shelf, grant_of("D02-1", &[Role::FinanceMaker], "a1"));
    shelf.grant(grant_of("D02-1", &[Role::SecondReviewer], "a1"), "a2").unwrap();
    let late = shelf.ask(Change::ConfirmGrant { id: maker.id, by: person("a2") });
    assert!(clashes(late), "it was right when it was proposed");
}

#[test]
fn roles_clash_with_what_is_lent_until_it_has_ended() {
    let mut shelf = zone();
    let clashes = |asked: Result<Record, Error>| matches!(asked, Err(Error::RolesClash { .. }));
    shelf.grant(grant_of("D02-1", &[Role::SecondReviewer], "a1"), "a2").unwrap();
    shelf.grant(grant_of("D02-2", &[Role::FinanceChecker], "a1"), "a2").unwrap();
    let lent = deputy("D02-1", "D02-2", Role::SecondReviewer, 5);
    assert!(clashes(lend(&mut shelf, lent)));
    lend(&mut shelf, deputy("D02-1", "D01-2", Role::SecondReviewer, 5)).unwrap();
    let checker = || Change::ProposeGrant(grant_of("D01-2", &[Role::FinanceChecker], "a1"));
    shelf.now = Timestamp::UNIX_EPOCH + 119.hours();
    assert!(clashes(shelf.ask(checker())));
    shelf.now = Timestamp::UNIX_EPOCH + 120.hours();
    assert!(shelf.ask(checker()).is_ok());
}

/// Shows: directory refuses SAME_PERSON; directory refuses GRANT_CONFIRMED; directory refuses GRANT_NOT_FOUND
#[test]
fn a_grant_is_confirmed_once_by_another_person_whatever_the_account() {
    let mut shelf = zone();
    let grant = propose(&mut shelf, grant_of("D01-1", &[Role::Auditor], "a1"));
    assert_eq!(shelf.find("D01-1").roles, BTreeSet::from([Role::Staff]), "nothing yet");
    let confirm = |by: &str| Change::ConfirmGrant { id: grant.id, by: person(by) };
    for by in ["a1", "a3"] {
        assert!(matches!(shelf.ask(confirm(by)), Err(Error::SamePerson { .. })), "{by}");
    }
    shelf.ask(confirm("a2")).unwrap();
    assert_eq!(shelf.find("D01-1").roles, BTreeSet::from([Role::Staff, Role::Auditor]));
    for by in ["a1", "a2"] {
        assert!(matches!(shelf.ask(confirm(by)), Err(Error::GrantConfirmed { .. })), "{by}");
    }
    let unknown = Change::ConfirmGrant { id: GrantId::new(Uuid::max()), by: person("a2") };
    assert!(matches!(shelf.ask(unknown), Err(Error::GrantNotFound { .. })));
    // A second account proposes as the person that it is of.
    shelf.grant(grant_of("D01-2", &[Role::Auditor], "a3"), "a2").unwrap();
}

/// Shows: directory refuses GRANT_LAPSED
#[test]
fn a_grant_is_confirmed_within_fourteen_days_or_lapses() {
    let second = SignedDuration::from_secs(1);
    for (later, holds) in [(CONFIRM_WITHIN - second, true), (CONFIRM_WITHIN, false)] {
        let mut shelf = zone();
        shelf.now = Timestamp::UNIX_EPOCH + 1.hours();
        let grant = propose(&mut shelf, grant_of("D01-1", &[Role::Auditor], "a1"));
        assert_eq!(grant.proposed_at, shelf.now);
        shelf.now = grant.proposed_at + later;
        let confirmed = shelf.ask(Change::ConfirmGrant { id: grant.id, by: person("a2") });
        assert_eq!(confirmed.is_ok(), holds, "{confirmed:?}");
        assert!(holds || matches!(confirmed, Err(Error::GrantLapsed { .. })));
    }
}

/// Shows: directory refuses NOT_A_SYSTEM
#[test]
fn methods_are_granted_to_systems_and_go_with_the_role() {
    let submit = "whistle.request.v1.RequestService/SubmitTicket".to_owned();
    let method = |roles: &[Role], revokes: bool| Grant {
        methods: BTreeSet::from([submit.clone()]),
        revokes,
        ..grant_of("hotline", roles, "a1")
    };
    let mut shelf = zone();
    shelf.ask(Change::PutStaff(staff("hotline", &[]))).unwrap();
    let refused = shelf.grant(method(&[], false), "a2");
    assert!(matches!(refused, Err(Error::NotASystem { .. })));
    shelf.grant(method(&[Role::System], false), "a2").unwrap();
    let granted = shelf.find("hotline");
    assert_eq!(granted.methods, BTreeSet::from([submit.clone()]));
    // Whoever puts it says nothing of methods, and takes none away but with the role.
    let put = Staff { methods: BTreeSet::from(["x".to_owned()]), ..granted.clone() };
    shelf.ask(Change::PutStaff(put)).unwrap();
    assert_eq!(shelf.find("hotline"), granted);
    shelf.grant(method(&[], true), "a2").unwrap();
    assert_eq!(shelf.find("hotline").methods, BTreeSet::new());
    shelf.grant(method(&[], false), "a2").unwrap();
    shelf.ask(Change::PutStaff(staff("hotline", &[]))).unwrap();
    assert_eq!(shelf.find("hotline"), staff("hotline", &[]));
}

#[test]
fn a_grant_takes_away_and_gives_nothing_to_who_has_left() {
    let mut shelf = zone();
    shelf.grant(grant_of("D01-1", &[Role::Dispatcher, Role::Supervisor], "a1"), "a2").unwrap();
    let left = Staff { active: false, ..shelf.find("D01-1") };
    shelf.ask(Change::PutStaff(left)).unwrap();
    let gives = shelf.ask(Change::ProposeGrant(grant_of("D01-1", &[Role::Auditor], "a1")));
    assert!(matches!(gives, Err(Error::PersonNotFound { .. })));
    let revokes = Grant { revokes: true, ..grant_of("D01-1", &[Role::Dispatcher], "a1") };
    shelf.grant(revokes, "a2").unwrap();
    assert_eq!(shelf.find("D01-1").roles, BTreeSet::from([Role::Staff, Role::Supervisor]));
    let unknown = shelf.ask(Change::ProposeGrant(grant_of("nobody", &[Role::Auditor], "a1")));
    assert!(matches!(unknown, Err(Error::PersonNotFound { .. })));
}

/// Shows: directory refuses ROLE_NOT_HELD; directory refuses DEPUTY_ELSEWHERE; directory refuses DEPUTY_TOO_LONG
#[test]
fn somebody_stands_in_for_a_holder_of_the_role_within_ninety_days() {
    use Role::{Dispatcher, Lead};
    let mut shelf = zone();
    let refused = |shelf: &mut Shelf, wanted: Deputy| lend(shelf, wanted).expect_err("a refusal");
    let unheld = refused(&mut shelf, deputy("D01-1", "D01-2", Dispatcher, 5));
    assert!(matches!(unheld, Error::RoleNotHeld { role: Dispatcher, .. }));
    shelf.grant(grant_of("D01-1", &[Dispatcher], "a1"), "a2").unwrap();
    let lead = Staff { roles: BTreeSet::from([Lead]), ..shelf.find("D02-1") };
    shelf.ask(Change::PutStaff(lead)).unwrap();

    let longest = deputy("D01-1", "D02-2", Dispatcher, DEPUTY_DAYS_MAX);
    lend(&mut shelf, longest.clone()).unwrap();
    let longer = Deputy { until: longest.until + 1.seconds(), ..longest };
    assert!(matches!(refused(&mut shelf, longer), Error::DeputyTooLong));
    lend(&mut shelf, deputy("D02-1", "D02-2", Lead, 5)).unwrap();
    for elsewhere in ["D01-2", "a2"] {
        let said = refused(&mut shelf, deputy("D02-1", elsewhere, Lead, 5));
        assert!(matches!(said, Error::DeputyElsewhere { .. }), "{said}");
    }
    let second = Staff { same_person_as: Some(person("D01-1")), ..staff("p", &[]) };
    shelf.ask(Change::PutStaff(second)).unwrap();
    for same in ["D01-1", "p"] {
        let said = refused(&mut shelf, deputy("D01-1", same, Dispatcher, 5));
        assert!(matches!(said, Error::SamePerson { .. }), "{said}");
    }
    let unknown = refused(&mut shelf, deputy("D01-1", "nobody", Dispatcher, 5));
    assert!(matches!(unknown, Error::PersonNotFound { .. }));
    let admin = refused(&mut shelf, deputy("D01-1", "a2", Dispatcher, 5));
    assert!(matches!(admin, Error::RolesClash { .. }), "an admin holds no business role");
}

/// Shows: directory refuses DEPUTY_FIXED; directory refuses DEPUTY_NOT_FOUND
#[test]
fn a_deputation_keeps_those_concerned_and_ends_when_its_end_is_moved() {
    let mut shelf = zone();
    shelf.grant(grant_of("D01-1", &[Role::Dispatcher], "a1"), "a2").unwrap();
    let put = |shelf: &mut Shelf, deputy: &Deputy| {
        shelf.ask(Change::PutDeputy { deputy: deputy.clone(), is_new: false })
    };
    let wanted = deputy("D01-1", "D01-2", Role::Dispatcher, 5);
    assert!(matches!(put(&mut shelf, &wanted), Err(Error::DeputyNotFound { .. })));
    let there = lend(&mut shelf, wanted).unwrap();
    let Record::Deputy(there) = there else { panic!("{there:?}") };
    for changed in [
        Deputy { principal: person("D02-1"), ..there.clone() },
        Deputy { deputy: person("D02-1"), ..there.clone() },
        Deputy { role: Role::Lead, ..there.clone() },
    ] {
        assert!(matches!(put(&mut shelf, &changed), Err(Error::DeputyFixed)));
    }
    // Whoever has left is stood in for no more; that may still be said.
    let left = Staff { active: false, ..shelf.find("D01-1") };
    shelf.ask(Change::PutStaff(left)).unwrap();
    let longer = Deputy { until: there.until + 24.hours(), ..there.clone() };
    assert!(matches!(put(&mut shelf, &longer), Err(Error::PersonNotFound { .. })));
    let ended = Deputy { until: there.from, ..there };
    assert!(put(&mut shelf, &ended).is_ok() && ended.has_ended(Timestamp::UNIX_EPOCH));
}

/// Shows: directory refuses DEPARTMENT_DISSOLVED
#[test]
fn a_dissolved_department_is_kept_with_its_successor_and_named_no_more() {
    let mut shelf = zone();
    let succeed = |one: &str, other: &str| Change::SucceedDepartment {
        department: department(one),
        successor: department(other),
        basis: "示编〔2026〕7号".to_owned(),
    };
    let dissolved = |asked: Result<Record, Error>| {
        let Err(Error::DepartmentDissolved { successor, .. }) = asked else { return false };
        successor == department("D02")
    };
    for (one, other) in [("D01", "D09"), ("D09", "D02")] {
        let unknown = shelf.ask(succeed(one, other));
        assert!(matches!(unknown, Err(Error::DepartmentNotFound { .. })));
    }
    let kept = shelf.ask(succeed("D01", "D02")).unwrap();
    let successor = Some(department("D02"));
    let expected = Department { successor, ..department_called("D01", "D01") };
    assert_eq!(kept, Record::Department(expected));
    assert!(dissolved(shelf.ask(succeed("D01", "D02"))));
    assert!(dissolved(shelf.ask(succeed("D02", "D01"))), "not in a circle");
    assert!(dissolved(shelf.ask(Change::UpdateDepartment(department_called("D01", "新")))));
    let hired = Staff { department: Some(department("D01")), ..staff("p", &[]) };
    assert!(dissolved(shelf.ask(Change::PutStaff(hired))));
    let catalogue = Catalogue {
        version: 1,
        effective_at: Timestamp::UNIX_EPOCH,
        categories: vec![category("C1", &[])],
        zone_duty: None,
    };
    assert!(dissolved(shelf.ask(Change::PublishCatalogue(catalogue))));
    // Its people are moved one by one, or leave from where they are.
    let moved = Staff { department: Some(department("D02")), ..shelf.find("D01-1") };
    shelf.ask(Change::PutStaff(moved)).unwrap();
    let left = Staff { active: false, ..shelf.find("D01-2") };
    shelf.ask(Change::PutStaff(left)).unwrap();
}

/// Shows: directory refuses ADMINS_TOO_FEW
#[test]
fn two_admins_stay_and_two_accounts_are_not_two_people() {
    let mut shelf = zone();
    // a1 and a3 are one person.
    let gone = |code: &str, shelf: &Shelf| Staff { active: false, ..shelf.find(code) };
    let second = gone("a2", &shelf);
    let refused = shelf.ask(Change::PutStaff(second.clone()));
    assert!(matches!(refused, Err(Error::AdminsTooFew { .. })), "{refused:?}");
    let account = gone("a3", &shelf);
    shelf.ask(Change::PutStaff(account)).unwrap();
    let first = gone("a1", &shelf);
    assert!(matches!(shelf.ask(Change::PutStaff(first)), Err(Error::AdminsTooFew { .. })));
    shelf.ask(Change::PutStaff(staff("a4", &[]))).unwrap();
    shelf.grant(grant_of("a4", &[Role::Admin], "a1"), "a2").unwrap();
    shelf.ask(Change::PutStaff(second)).unwrap();
    let renamed = Staff { title: "张".to_owned(), ..shelf.find("a4") };
    shelf.ask(Change::PutStaff(renamed)).unwrap();
}
