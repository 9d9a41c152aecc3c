//! Each rule of the directory at its edge, by worked examples.

mod people;

use std::collections::BTreeMap;

use base::Role;
use calendar::{Calendar, Limit};

use super::shelf::{category, department, department_called, person, staff};
use super::*;

fn moment(calendar: &Calendar) -> Moment<'_> {
    Moment { now: Timestamp::UNIX_EPOCH, calendar }
}

fn ask(before: Option<&Record>, change: Change, around: Around) -> Result<Vec<Fact>, Error> {
    let command = Command { change, around: Arc::new(around) };
    decide(before, &command, moment(&Calendar::published()))
}

fn enterprise(code: &str, handlers: &[&str]) -> Enterprise {
    Enterprise {
        id: EnterpriseId::new(code).unwrap(),
        title: "厦门试验有限公司".to_owned(),
        short_title: String::new(),
        industry: String::new(),
        size: String::new(),
        address: String::new(),
        envoy: None,
        handlers: handlers.iter().map(|code| person(code)).collect(),
        facts: BTreeMap::new(),
    }
}

fn publish(categories: Vec<Category>, departments: &[&str]) -> Result<Vec<Fact>, Error> {
    let departments = departments.iter().map(|code| (department(code), None)).collect();
    let effective_at = Timestamp::UNIX_EPOCH;
    let catalogue = Catalogue { version: 1, effective_at, categories, zone_duty: None };
    let around = Around { departments, ..Around::default() };
    ask(None, Change::PublishCatalogue(catalogue), around)
}

#[test]
fn codes_are_credit_codes_or_provisional() {
    assert!(enterprise_id("P-2026-7").is_ok());
    assert_eq!(enterprise_id("P-"), Err(CodeProblem::Provisional));
    assert_eq!(enterprise_id("P-a b"), Err(CodeProblem::Provisional));
    let short = enterprise_id("9135").unwrap_err();
    assert_eq!(short.chinese(), "应为18位，现为4位");
    assert!(short.to_string().contains("has 4"), "{short}");
}

#[test]
fn a_handler_acts_for_one_enterprise_only() {
    let own = enterprise("P-1", &["h1"]);
    let other = enterprise("P-2", &["h1"]);
    let posts = BTreeMap::from([(person("h1"), Post::Handler(own.id.clone()))]);
    let around = Around { posts, ..Around::default() };
    let before = Record::Enterprise(enterprise("P-1", &[]));

    let kept = ask(Some(&before), Change::UpdateEnterprise(own.clone()), around.clone());
    assert_eq!(kept.unwrap(), [Fact::EnterpriseChanged(own)]);
    let change = Change::RegisterEnterprise { enterprise: other, line: None };
    assert!(matches!(ask(None, change, around), Err(Error::HandlerTaken { .. })));
}

#[test]
fn who_works_for_the_zone_handles_no_enterprise_and_the_other_way() {
    let posts = BTreeMap::from([(person("D01-1"), Post::Staff(staff("D01-1", &[])))]);
    let around = Around { posts, ..Around::default() };
    let enterprise = enterprise("P-1", &["D01-1"]);
    let id = enterprise.id.clone();
    let change = Change::RegisterEnterprise { enterprise, line: None };
    assert!(matches!(ask(None, change, around), Err(Error::HandlerTaken { .. })));

    let posts = BTreeMap::from([(person("D01-1"), Post::Handler(id))]);
    let around = Around { posts, ..Around::default() };
    let put = ask(None, Change::PutStaff(staff("D01-1", &[Role::Staff])), around);
    assert!(matches!(put, Err(Error::HandlerTaken { .. })));
}

#[test]
fn roles_that_clash_and_roles_that_do_not() {
    use Role::{
        Admin, Agent, Auditor, Dispatcher, Envoy, FinanceChecker, FinanceMaker, Lead, Reviewer,
        SecondReviewer, Staff, Supervisor, ZoneLeader,
    };
    let clash = |roles: &[Role]| clash(&roles.iter().copied().collect());
    for role in [Envoy, Agent, Dispatcher, Staff, Lead, Supervisor, ZoneLeader, Reviewer, Auditor] {
        assert_eq!(clash(&[role, Admin]), Some((Admin, role)));
    }
    for (finance, review) in [(FinanceMaker, Reviewer), (FinanceChecker, SecondReviewer)] {
        assert_eq!(clash(&[review, finance]), Some((finance, review)));
    }
    assert_eq!(clash(&[Admin]), None);
    assert_eq!(clash(&[Staff, Lead, Reviewer, SecondReviewer]), None);
    assert_eq!(clash(&[Staff, FinanceMaker, FinanceChecker]), None);
    let let_in = ask(None, Change::LetIn(staff("a", &[Admin, Lead])), Around::default());
    assert!(matches!(let_in, Err(Error::RolesClash { .. })));
}

#[test]
fn a_catalogue_is_whole() {
    use LimitKind::{Claim, Contact, Reply};
    use LimitTier::{Promised, Statutory};
    let of = |limits: &[(LimitKind, LimitTier)]| {
        let days = |(kind, tier): &(LimitKind, LimitTier)| (*kind, *tier, Limit::WorkingDays(5));
        category("C1", &limits.iter().map(days).collect::<Vec<_>>())
    };
    let whole = [(Contact, Promised), (Reply, Promised), (Reply, Statutory)];
    let good = of(&whole);
    let there = ["D01", "D02"];

    assert!(publish(vec![good.clone()], &there).is_ok());
    let unknown = publish(vec![good.clone()], &["D01"]);
    assert!(matches!(unknown, Err(Error::DepartmentNotFound { .. })));
    let twice = publish(vec![good.clone(), good.clone()], &there);
    assert!(matches!(twice, Err(Error::CategoryTwice { .. })));
    for missing in
        [[(Claim, Promised), (Contact, Promised)], [(Claim, Promised), (Reply, Promised)]]
    {
        let missing = publish(vec![of(&missing)], &there);
        assert!(matches!(missing, Err(Error::LimitMissing { .. })));
    }
    let twice = [(Contact, Promised), (Reply, Promised), (Reply, Promised)];
    let twice = publish(vec![of(&twice)], &there);
    assert!(matches!(twice, Err(Error::LimitTwice { .. })));
    for work_class in [WorkClass::A, WorkClass::B] {
        assert!(publish(vec![Category { work_class, ..good.clone() }], &there).is_ok());
    }
    let mut zero = good;
    zero.limits[0].time = Limit::WorkingDays(0);
    assert!(publish(vec![zero.clone()], &there).is_ok());
    zero.limits[0].time = Limit::WorkingMinutes(0);
    assert!(matches!(publish(vec![zero], &there), Err(Error::LimitZero { .. })));
}

#[test]
fn what_is_urgent_runs_by_the_wall_and_ends_with_somebody_on_duty() {
    use LimitKind::{Contact, Reply};
    let urgent = |reply: Limit| {
        let limits = [Contact, Reply].map(|kind| {
            let time = if kind == Reply { reply } else { Limit::NaturalHours(1) };
            (kind, LimitTier::Promised, time)
        });
        Category { work_class: WorkClass::Urgent, ..category("C1", &limits) }
    };
    let publish = |category: Category, zone_duty: Option<&str>, known: &Staff| {
        let departments = ["D01", "D02"].map(|code| (department(code), None)).into();
        let posts = BTreeMap::from([(known.id.clone(), Post::Staff(known.clone()))]);
        let zone_duty = zone_duty.map(person);
        let catalogue = Catalogue {
            version: 1,
            effective_at: Timestamp::UNIX_EPOCH,
            categories: vec![category],
            zone_duty,
        };
        let around = Around { departments, posts, ..Around::default() };
        ask(None, Change::PublishCatalogue(catalogue), around)
    };
    let hours = Limit::NaturalHours(2);
    let duty = staff("duty", &[]);

    assert!(publish(urgent(hours), Some("duty"), &duty).is_ok());
    for office in [Limit::WorkingDays(1), Limit::WorkingMinutes(60), Limit::NaturalDays(1)] {
        let refused = publish(urgent(office), Some("duty"), &duty);
        assert!(matches!(refused, Err(Error::UrgentClock { kind: Reply, .. })));
    }
    let nobody = publish(urgent(hours), None, &duty);
    assert!(matches!(nobody, Err(Error::ZoneDutyMissing { .. })));
    let unknown = publish(urgent(hours), Some("other"), &duty);
    assert!(matches!(unknown, Err(Error::PersonNotFound { .. })));
    let left = Staff { active: false, ..duty };
    let left = publish(urgent(hours), Some("duty"), &left);
    assert!(matches!(left, Err(Error::PersonNotFound { .. })));
}

#[test]
fn a_shipped_year_is_the_first_version_and_a_new_one_begins_with_it() {
    let calendar = Calendar::published();
    let shipped = calendar.years().last().unwrap().clone();
    let new = Year::new(2090, Vec::new(), Vec::new()).unwrap();
    let publish = |before: Option<&Record>, year: &Year| {
        let facts = ask(before, Change::PublishYear(year.clone()), Around::default()).unwrap();
        facts.iter().fold(None, apply).unwrap()
    };
    let version = |record: &Record| {
        let Record::Year(year) = record else { panic!("{record:?}") };
        year.version()
    };

    let second = publish(None, &shipped);
    let third = publish(Some(&second), &shipped);
    assert_eq!((shipped.version(), version(&second), version(&third)), (1, 2, 3));
    assert_eq!(version(&publish(None, &new)), 1);
}

#[test]
fn an_import_names_the_line_that_is_wrong() {
    let import = |enterprises: Vec<Enterprise>| {
        let change = Change::ImportEnterprises { id: Uuid::nil(), enterprises: enterprises.into() };
        ask(None, change, Around::default())
    };
    let line = |refused: Result<Vec<Fact>, Error>| match refused {
        Err(Error::Line { line, error }) => (line, error.to_string()),
        other => panic!("{other:?}"),
    };

    let twice =
        import(vec![enterprise("P-1", &[]), enterprise("P-2", &[]), enterprise("P-1", &[])]);
    assert_eq!(line(twice), (3, "enterprises/P-1 is registered already".to_owned()));
    let taken = line(import(vec![enterprise("P-1", &["h1"]), enterprise("P-2", &["h1"])]));
    assert!(taken.0 == 2 && taken.1.starts_with("persons/h1 acts"), "{taken:?}");
    let much: Vec<_> =
        (0..=IMPORT_ENTERPRISES_MAX).map(|at| enterprise(&format!("P-{at}"), &[])).collect();
    assert!(import(much[1..].to_vec()).is_ok());
    assert!(matches!(import(much), Err(Error::ImportTooLarge)));
}

#[test]
fn an_import_is_followed_by_each_registration_with_its_line() {
    let enterprises: Arc<[Enterprise]> = [enterprise("P-1", &[]), enterprise("P-2", &[])].into();
    let change = Change::ImportEnterprises { id: Uuid::nil(), enterprises };
    let facts = ask(None, change, Around::default()).unwrap();
    let record = facts.iter().fold(None, apply).unwrap();

    let followed = follows(&record, &facts[0]);
    let names: Vec<String> = followed.iter().map(|(name, _)| name.to_string()).collect();
    assert_eq!(names, ["enterprises/P-1", "enterprises/P-2"]);
    // The second is there already: the whole import is refused, by its line.
    let there = Record::Enterprise(enterprise("P-2", &[]));
    let refused = decide(Some(&there), &followed[1].1, moment(&Calendar::published()));
    assert!(matches!(refused, Err(Error::Line { line: 2, .. })));
}

#[test]
fn what_is_there_is_not_created_and_what_is_not_there_is_not_changed() {
    let record = |fact: &Fact| apply(None, fact).unwrap();
    let department = department_called("D01", "经发局");
    let create = || Change::CreateDepartment(department.clone());
    let update = Change::UpdateDepartment(department.clone());
    let created = ask(None, create(), Around::default()).unwrap();
    let there = record(&created[0]);
    let again = ask(Some(&there), create(), Around::default());
    assert!(matches!(again, Err(Error::DepartmentExists { .. })));
    let missing = ask(None, update.clone(), Around::default());
    assert!(matches!(missing, Err(Error::DepartmentNotFound { .. })));
    assert_eq!(ask(Some(&there), update, Around::default()).unwrap(), [], "as it is");

    let enterprise = enterprise("P-1", &[]);
    let missing = ask(None, Change::UpdateEnterprise(enterprise.clone()), Around::default());
    assert!(matches!(missing, Err(Error::EnterpriseNotFound { .. })));
    let there = record(&Fact::EnterpriseRegistered(enterprise.clone()));
    let again = Change::RegisterEnterprise { enterprise, line: None };
    let again = ask(Some(&there), again, Around::default());
    assert!(matches!(again, Err(Error::EnterpriseExists { .. })), "even with the same content");
}
