//! A directory in memory, as the store keeps it, and changes to it, for the tests of the rules.

use std::collections::{BTreeMap, BTreeSet};

use base::{CategoryId, Role};
use calendar::Calendar;

use super::*;

/// The records, and what was told of them in order.
pub(super) struct Shelf {
    pub(super) records: BTreeMap<String, Record>,
    pub(super) told: Vec<(String, Fact)>,
    pub(super) now: Timestamp,
    named: u128,
}

impl Default for Shelf {
    fn default() -> Shelf {
        let (records, told) = (BTreeMap::new(), Vec::new());
        Shelf { records, told, now: Timestamp::UNIX_EPOCH, named: 0 }
    }
}

impl Shelf {
    /// What the store would find beside a change.
    fn around(&self, change: &Change) -> Around {
        let named = |id: &DepartmentId| {
            let record = self.records.get(&id.to_string())?;
            let Record::Department(department) = record else { return None };
            Some((id.clone(), department.successor.clone()))
        };
        let departments = change.departments().iter().filter_map(named).collect();
        let mut people = change.people();
        if let Change::ConfirmGrant { id, .. } = change
            && let Some(Record::Grant(grant)) = self.records.get(&id.to_string())
        {
            people.extend([grant.grantee.clone(), grant.proposed_by.clone()]);
        }
        let mut posts = BTreeMap::new();
        for record in self.records.values() {
            if let Record::Enterprise(enterprise) = record {
                let post = Post::Handler(enterprise.id.clone());
                let handlers = enterprise.handlers.iter().filter(|id| people.contains(id));
                posts.extend(handlers.map(|id| (id.clone(), post.clone())));
            }
        }
        let named = |staff: &&Staff| people.contains(&staff.id);
        let humans: Vec<&PersonId> = self.staff().filter(named).map(Staff::human).collect();
        for staff in self.staff().filter(|staff| humans.contains(&staff.human())) {
            posts.insert(staff.id.clone(), Post::Staff(staff.clone()));
        }
        let of_these = |deputy: &Deputy| posts.contains_key(&deputy.deputy);
        let deputies = self.deputies().filter(|deputy| of_these(deputy)).cloned().collect();
        let admins = self.staff().filter(|staff| staff.is_admin()).cloned().collect();
        Around { departments, posts, deputies, admins }
    }

    /// All of a change, or nothing.
    pub(super) fn ask(&mut self, mut change: Change) -> Result<Record, Error> {
        self.named += 1;
        let uuid = Uuid::from_u128(self.named);
        if let Change::ProposeGrant(grant) = &mut change {
            grant.id = GrantId::new(uuid);
        }
        if let Change::PutDeputy { deputy, is_new: true } = &mut change {
            deputy.id = DeputyId::new(uuid);
        }
        let around = Arc::new(self.around(&change));
        let (mut records, mut told, mut first) = (self.records.clone(), Vec::new(), None);
        let mut pending = vec![(change.name(), Command { change, around })];
        while let Some((name, command)) = pending.pop() {
            let calendar = Calendar::published();
            let moment = Moment { now: self.now, calendar: &calendar };
            let before = records.get(&name.to_string()).cloned();
            let facts = decide(before.as_ref(), &command, moment)?;
            let mut after = before;
            for fact in facts {
                let record = apply(after.take(), &fact).unwrap();
                assert_eq!(record.name(), name);
                pending.extend(follows(&record, &fact));
                if !matches!(record, Record::Import { .. }) {
                    records.insert(name.to_string(), record.clone());
                }
                told.push((name.to_string(), fact));
                after = Some(record);
            }
            first = first.or(after);
        }
        self.records = records;
        self.told.extend(told);
        Ok(first.expect("every change gives a record"))
    }

    pub(super) fn staff(&self) -> impl Iterator<Item = &Staff> {
        self.records
            .values()
            .filter_map(|record| if let Record::Staff(staff) = record { Some(staff) } else { None })
    }

    pub(super) fn deputies(&self) -> impl Iterator<Item = &Deputy> {
        self.records.values().filter_map(|record| {
            if let Record::Deputy(deputy) = record { Some(deputy) } else { None }
        })
    }

    /// Somebody of the zone as they are now.
    pub(super) fn find(&self, code: &str) -> Staff {
        let found = self.staff().find(|staff| staff.id.code() == code);
        found.expect("somebody of the zone").clone()
    }

    /// A grant is proposed by one and confirmed by another.
    pub(super) fn grant(&mut self, grant: Grant, by: &str) -> Result<Record, Error> {
        let proposed = self.ask(Change::ProposeGrant(grant))?;
        let Record::Grant(grant) = proposed else { panic!("{proposed:?}") };
        self.ask(Change::ConfirmGrant { id: grant.id, by: person(by) })
    }
}

pub(super) fn person(code: &str) -> PersonId {
    PersonId::new(code).unwrap()
}

pub(super) fn department(code: &str) -> DepartmentId {
    DepartmentId::new(code).unwrap()
}

pub(super) fn department_called(code: &str, title: &str) -> Department {
    Department {
        id: department(code),
        title: title.to_owned(),
        short_title: String::new(),
        duties: String::new(),
        head: None,
        duty_officer: None,
        successor: None,
    }
}

/// An active person without a department.
pub(super) fn staff(code: &str, roles: &[Role]) -> Staff {
    Staff {
        id: person(code),
        title: "王".to_owned(),
        department: None,
        roles: roles.iter().copied().collect(),
        active: true,
        same_person_as: None,
        methods: BTreeSet::new(),
    }
}

/// A grant of roles that somebody proposes.
pub(super) fn grant_of(grantee: &str, roles: &[Role], by: &str) -> Grant {
    Grant {
        id: GrantId::new(Uuid::nil()),
        grantee: person(grantee),
        roles: roles.iter().copied().collect(),
        methods: BTreeSet::new(),
        revokes: false,
        reason: "任命".to_owned(),
        proposed_by: person(by),
        proposed_at: Timestamp::UNIX_EPOCH,
        confirmed_by: None,
    }
}

/// A category of departments D01 and D02.
pub(super) fn category(code: &str, limits: &[(LimitKind, LimitTier, calendar::Limit)]) -> Category {
    let limit = |(kind, tier, time): &(LimitKind, LimitTier, calendar::Limit)| CategoryLimit {
        kind: *kind,
        tier: *tier,
        time: *time,
        start: LimitStart::Submitted,
        intake: calendar::Intake::Instant,
    };
    Category {
        id: CategoryId::new(code).unwrap(),
        title: "用水".to_owned(),
        lead: department("D01"),
        suggested_assisting: vec![department("D02")],
        work_class: WorkClass::C,
        limits: limits.iter().map(limit).collect(),
        legal_basis: String::new(),
        accepts_by_itself: false,
    }
}
