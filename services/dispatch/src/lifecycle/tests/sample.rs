//! Samples for the tests of the rules: people, orders, and a small world that keeps several orders.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "samples are known to be good")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use base::{CategoryId, DepartmentId, EnterpriseId, Person, PersonId, Role, WorkOrderId};
use calendar::{Calendar, Intake, Limit, Moment};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::*;

/// A Wednesday morning in office hours.
pub(super) const DAY_ONE: &str = "2026-03-04T09:00:00+08:00";

pub(super) fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

pub(super) fn order_id(number: u128) -> WorkOrderId {
    WorkOrderId::new(Uuid::from_u128(number))
}

pub(super) fn department(code: &str) -> DepartmentId {
    DepartmentId::new(code).expect("a department")
}

pub(super) fn person_id(code: &str) -> PersonId {
    PersonId::new(code).expect("a person")
}

/// Staff of the department that the code begins with: `D02-11`.
pub(super) fn staff(code: &str) -> Person {
    with_roles(code, &[Role::Staff])
}

pub(super) fn with_roles(code: &str, roles: &[Role]) -> Person {
    let of = code.split('-').next().expect("a department");
    Person {
        id: person_id(code),
        same_person_as: None,
        roles: roles.iter().copied().collect(),
        lent: BTreeMap::new(),
        department: Some(department(of)),
        enterprise: None,
        active: true,
    }
}

pub(super) fn named(code: &str) -> Named {
    let duty = vec![person_id(&format!("{code}-03")), person_id(&format!("{code}-01"))];
    Named { department: department(code), known: code != "D99", duty }
}

pub(super) fn nominee(code: &str) -> Nominee {
    Nominee { id: person_id(code), person: Some(staff(code)) }
}

/// One limit of the catalogue, from submission.
pub(super) fn rule(kind: LimitKind, tier: Tier, limit: Limit) -> LimitRule {
    LimitRule { kind, tier, limit, start: LimitStart::Submitted, intake: Intake::Instant }
}

/// First contact within 4 working hours, the answer within 5 working days.
pub(super) fn rules() -> Vec<LimitRule> {
    vec![
        rule(LimitKind::Contact, Tier::Promised, Limit::WorkingMinutes(240)),
        rule(LimitKind::Reply, Tier::Promised, Limit::WorkingDays(5)),
    ]
}

/// A request for department D02, submitted at an instant and asked for at once.
pub(super) fn requested(submitted_at: Timestamp, limits: Vec<LimitRule>) -> Requested {
    Requested {
        work_order: order_id(1),
        number: "GD-2026-000001".to_owned(),
        round: 1,
        kind: WorkKind::Answer,
        source: "tickets/00000000-0000-0000-0000-000000000009".to_owned(),
        source_number: "CS-2026-000001".to_owned(),
        title: "路灯不亮".to_owned(),
        text: "请修复".to_owned(),
        enterprise: EnterpriseId::new("P-ours").expect("an enterprise"),
        category: CategoryId::new("C05").expect("a category"),
        lead: Some(department("D02")),
        duty: named("D02").duty,
        successors: BTreeMap::new(),
        assisting_duty: BTreeMap::new(),
        suggested_assisting: vec![department("D03")],
        work_class: WorkClass::C,
        limits,
        rule_version: 1,
        submitted_at,
        barred: BTreeSet::from([person_id("D02-13")]),
        excluded: BTreeSet::from([department("D09")]),
        zone_duty: None,
        occurred_at: submitted_at,
    }
}

pub(super) fn request_of(requested: Requested) -> Command {
    Command::Request(Box::new(requested))
}

/// Several orders at one instant, changed as the room changes them.
pub(super) struct World {
    pub(super) now: Timestamp,
    /// How far the clock runs back between seeing that an alarm is due and ringing it.
    pub(super) runs_back: SignedDuration,
    pub(super) calendar: Calendar,
    pub(super) orders: BTreeMap<WorkOrderId, WorkOrder>,
    pub(super) facts: BTreeMap<WorkOrderId, Vec<Fact>>,
}

impl World {
    pub(super) fn at(now: &str) -> World {
        World {
            now: instant(now),
            runs_back: SignedDuration::ZERO,
            calendar: Calendar::published(),
            orders: BTreeMap::new(),
            facts: BTreeMap::new(),
        }
    }

    /// A world with order 1, offered on day one.
    pub(super) fn offered() -> World {
        let mut world = World::at(DAY_ONE);
        world.hear(requested(world.now, rules()));
        world
    }

    /// The same, claimed and contacted by D02-11.
    pub(super) fn in_progress() -> World {
        let mut world = World::offered();
        world.ask(Command::Claim { by: staff("D02-11") }).expect("claimed");
        world.ask(contact("D02-11")).expect("contacted");
        world
    }

    pub(super) fn hear(&mut self, requested: Requested) {
        let id = requested.work_order;
        self.ask_of(id, request_of(requested)).expect("made");
    }

    pub(super) fn order(&self) -> &WorkOrder {
        &self.orders[&order_id(1)]
    }

    pub(super) fn order_mut(&mut self) -> &mut WorkOrder {
        self.orders.get_mut(&order_id(1)).expect("order 1")
    }

    /// Asks something of order 1.
    pub(super) fn ask(&mut self, command: Command) -> Result<Vec<What>, Error> {
        self.ask_of(order_id(1), command)
    }

    /// Asks something of an order, and what follows of others, together or not at all.
    pub(super) fn ask_of(&mut self, id: WorkOrderId, command: Command) -> Result<Vec<What>, Error> {
        let mut happened = Vec::new();
        let mut pending = VecDeque::from([(id, command)]);
        let mut orders = self.orders.clone();
        let mut told = Vec::new();
        while let Some((id, command)) = pending.pop_front() {
            let moment = Moment { now: self.now, calendar: &self.calendar };
            let facts = decide(orders.get(&id), &command, moment)?;
            tables::holds(orders.get(&id), &command, &facts);
            for fact in facts {
                let order = apply(orders.remove(&id), &fact).expect("an order");
                pending.extend(follows(&order, &fact));
                orders.insert(id, order);
                happened.push(fact.what.clone());
                told.push((id, fact));
            }
        }
        self.orders = orders;
        for (id, fact) in told {
            self.facts.entry(id).or_default().push(fact);
        }
        Ok(happened)
    }

    /// Moves the clock, ringing every alarm on its way at its own instant.
    pub(super) fn go_to(&mut self, until: Timestamp, head: Option<&Person>) -> Vec<What> {
        let mut happened = Vec::new();
        while let Some((at, id, alarm)) = self.next_alarm().filter(|(at, ..)| *at <= until) {
            // As the room does: at its own instant at the earliest.
            self.now = (self.now.max(at) - self.runs_back).max(at);
            let ring = Command::Ring { alarm, head: head.cloned() };
            let rung = self.ask_of(id, ring).expect("an alarm is never refused");
            let still = alarms(&self.orders[&id]);
            assert!(!still.contains(&(alarm, at)), "{alarm} is set as before: {rung:?}");
            happened.extend(rung);
        }
        self.now = self.now.max(until);
        happened
    }

    fn next_alarm(&self) -> Option<(Timestamp, WorkOrderId, Alarm)> {
        let set = |order: &WorkOrder| {
            let id = order.id;
            alarms(order).into_iter().map(move |(alarm, at)| (at, id, alarm))
        };
        self.orders.values().flat_map(set).min()
    }
}

pub(super) fn contact(by: &str) -> Command {
    Command::Contact { by: staff(by), proof: "电话".to_owned() }
}

pub(super) fn complete(by: &str) -> Command {
    Command::Complete {
        by: staff(by),
        outcome: Outcome::Solved,
        answer: "已修复".to_owned(),
        internal_note: String::new(),
        proof: None,
        planned: None,
    }
}

pub(super) fn give_back(by: &str, names: Option<&str>) -> Command {
    Command::Return { by: staff(by), basis: "三定规定".to_owned(), names: names.map(named) }
}

pub(super) fn uphold(to: &str) -> Command {
    Command::UpholdReturn { by: dispatcher(), to: Some(named(to)), reason: "成立".to_owned() }
}

pub(super) fn assistance(by: &str, of: &str, child: u128) -> Command {
    Command::AskAssistance {
        by: staff(by),
        department: named(of),
        text: "请协同".to_owned(),
        child: order_id(child),
        number: format!("GD-2026-{child:06}"),
    }
}

pub(super) fn pause(by: &str, reason: PauseReason, until: Timestamp) -> Command {
    Command::AskPause { by: staff(by), reason, note: "待补充".to_owned(), until }
}

pub(super) fn dispatcher() -> Person {
    with_roles("D01-11", &[Role::Staff, Role::Dispatcher])
}

pub(super) fn zone_leader() -> Person {
    with_roles("D00-01", &[Role::ZoneLeader])
}

pub(super) fn ruling(decision: Decision) -> Command {
    Command::DecidePause { by: dispatcher(), decision, reason: "同意".to_owned() }
}

pub(super) fn urge() -> Command {
    press(Level::Urged)
}

/// Somebody above presses.
pub(super) fn press(level: Level) -> Command {
    let by = with_roles("D01-02", &[Role::Supervisor]);
    Command::Press { by, level, note: "请抓紧".to_owned() }
}

/// The lead signs.
pub(super) fn sign(by: &str) -> Command {
    Command::Sign { by: with_roles(by, &[Role::Lead]) }
}

/// The owner wants it no more.
pub(super) fn withdraw(round: u32, at: &str) -> Command {
    Command::Withdraw { occurred_at: instant(at), round, reason: "WITHDRAWN".to_owned() }
}

/// Order 1 in a round, as [`requested`], of a department or none.
pub(super) fn reopen(round: u32, lead: Option<&str>, at: &str) -> Command {
    let at = instant(at);
    let work = Requested { round, lead: lead.map(department), ..requested(at, rules()) };
    Command::Reopen { work: Box::new(work), escalate: false }
}

pub(super) fn rating(level: u8) -> Rating {
    let (outcome, counted) = (Outcome::Solved, Counted::Counts);
    Rating { outcome, level: Some(level), confirmed: 3 <= level, counted }
}

/// The claimant asks for a later due instant.
pub(super) fn extend(by: &str, until: Timestamp) -> Command {
    Command::AskExtension { by: staff(by), until, reason: "设备未到".to_owned() }
}

/// An extension is ruled on.
pub(super) fn extension_ruling(by: Person, decision: Decision) -> Command {
    Command::DecideExtension { by, decision, reason: "同意".to_owned() }
}
