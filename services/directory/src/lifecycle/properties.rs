//! What holds for whatever is asked of the directory, in whatever order.

use calendar::Calendar;
use proptest::prelude::*;

use super::*;

/// A directory in memory, as the store keeps it.
#[derive(Default)]
struct Shelf {
    records: BTreeMap<String, Record>,
    told: Vec<(String, Fact)>,
}

impl Shelf {
    /// What the store would find beside a change.
    fn around(&self, change: &Change) -> Around {
        let there = |department: &DepartmentId| self.records.contains_key(&department.to_string());
        let mut posts = BTreeMap::new();
        for record in self.records.values() {
            if let Record::Enterprise(enterprise) = record {
                let post = Post::Handler(enterprise.id.clone());
                posts.extend(
                    enterprise.handlers.iter().map(|person| (person.clone(), post.clone())),
                );
            } else if let Record::Staff(staff) = record {
                posts.insert(staff.id.clone(), Post::Staff);
            }
        }
        posts.retain(|person, _| change.people().contains(person));
        Around { departments: change.departments().into_iter().filter(there).collect(), posts }
    }

    /// All of a change, or nothing.
    fn ask(&mut self, change: Change) -> bool {
        let around = Arc::new(self.around(&change));
        let mut records = self.records.clone();
        let mut told = Vec::new();
        let mut pending = vec![(change.name(), Command { change, around })];
        while let Some((name, command)) = pending.pop() {
            let calendar = Calendar::published();
            let moment = Moment { now: Timestamp::UNIX_EPOCH, calendar: &calendar };
            let before = records.get(&name.to_string()).cloned();
            let Ok(facts) = decide(before.as_ref(), &command, moment) else { return false };
            for fact in facts {
                let after = apply(before.clone(), &fact).unwrap();
                assert_eq!(after.name(), name);
                pending.extend(follows(&after, &fact));
                if !matches!(after, Record::Import { .. }) {
                    records.insert(name.to_string(), after);
                }
                told.push((name.to_string(), fact));
            }
        }
        self.records = records;
        self.told.extend(told);
        true
    }
}

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
    })
}

fn staff() -> impl Strategy<Value = Staff> {
    let roles = proptest::sample::subsequence(
        vec![base::Role::Admin, base::Role::Lead, base::Role::Reviewer, base::Role::FinanceMaker],
        0..4,
    );
    let department = proptest::option::of(0..3_u8);
    (person(), roles, department, any::<bool>()).prop_map(|(id, roles, department, active)| Staff {
        id,
        title: "王".to_owned(),
        department: department.map(|code| DepartmentId::new(&format!("D{code}")).unwrap()),
        roles: roles.into_iter().collect(),
        active,
        same_person_as: None,
    })
}

fn department() -> impl Strategy<Value = Department> {
    (0..3_u8, "[a-z]{0,2}").prop_map(|(code, title)| Department {
        id: DepartmentId::new(&format!("D{code}")).unwrap(),
        title,
        short_title: String::new(),
        duties: String::new(),
        head: None,
        duty_officer: None,
    })
}

fn change() -> impl Strategy<Value = Change> {
    let import = proptest::collection::vec(enterprise(), 0..4).prop_map(|enterprises| {
        Change::ImportEnterprises { id: Uuid::nil(), enterprises: enterprises.into() }
    });
    prop_oneof![
        enterprise().prop_map(|enterprise| Change::RegisterEnterprise { enterprise, line: None }),
        import,
        enterprise().prop_map(Change::UpdateEnterprise),
        department().prop_map(Change::CreateDepartment),
        department().prop_map(Change::UpdateDepartment),
        staff().prop_map(Change::PutStaff),
    ]
}

proptest! {
    #[test]
    fn nobody_acts_for_two_and_no_roles_clash(
        changes in proptest::collection::vec(change(), 0..40)
    ) {
        let mut shelf = Shelf::default();
        for change in changes {
            shelf.ask(change);
        }
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
                    prop_assert_eq!(clash(&staff.roles), None);
                    let department = staff.department.as_ref().map(DepartmentId::to_string);
                    prop_assert!(department.is_none_or(|name| shelf.records.contains_key(&name)));
                }
                Record::Department(_) | Record::Catalogue(_) | Record::Year(_) => {}
                Record::Import { .. } => prop_assert!(false, "an import is not kept"),
            }
        }
    }

    #[test]
    fn folding_what_was_told_gives_the_records(
        changes in proptest::collection::vec(change(), 0..40)
    ) {
        let mut shelf = Shelf::default();
        for change in changes {
            shelf.ask(change);
        }
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
        let mut shelf = Shelf::default();
        for change in changes {
            shelf.ask(change);
        }
        let done = shelf.ask(last.clone());
        let (records, told) = (shelf.records.clone(), shelf.told.len());
        shelf.ask(last.clone());
        prop_assert_eq!(&records, &shelf.records);
        let empty_import = matches!(&last, Change::ImportEnterprises { enterprises, .. } if enterprises.is_empty());
        prop_assert!(told == shelf.told.len() || (done && empty_import));
    }

    #[test]
    fn what_is_stored_is_read_back(change in change()) {
        let mut shelf = Shelf::default();
        shelf.ask(change);
        for record in shelf.records.values() {
            let body = serde_json::to_string(record).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Record>(&body).unwrap(), record);
        }
    }
}
