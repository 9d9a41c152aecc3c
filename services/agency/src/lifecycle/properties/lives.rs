//! A random life of a case: what is tried next follows from the dice and from how it stands.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

mod items;

use std::collections::BTreeSet;

use base::{ItemId, Role, WorkOrderId};
use calendar::{Calendar, Due, Moment};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::super::sample::*;
use super::super::*;
use super::graphs::{Dice, procedure};
use super::watcher::{Watcher, moves_of};

/// A case, everything that happened to it, and who watches.
pub(super) struct Life {
    case: Case,
    facts: Vec<Fact>,
    now: Timestamp,
    calendar: Calendar,
    watcher: Watcher,
    moves: BTreeSet<String>,
    certificates: usize,
}

impl Life {
    /// Most lives begin with a case that runs, the rest with its opening.
    pub(super) fn begun(seed: u64) -> Life {
        let mut dice = Dice::new(seed);
        let mut life = Life::opened(procedure(&mut dice));
        if dice.often(80) {
            let wanted = life.case.procedure().clone();
            let committed = wanted.profile == Profile::StartOnCommitment && dice.often(80);
            let mut begin = vec![mandate(&wanted, "2026-12-31T17:30:00+08:00")];
            begin.extend(committed.then(|| commit_until(life.now, &mut dice)));
            begin.extend(dice.often(80).then(|| add(handler(), "M1")));
            begin.push(of_case(handler(), CaseAsk::Start));
            for command in &begin {
                // A procedure may need no such material.
                let _refused = life.run(command);
            }
        }
        if dice.often(60) {
            life.advance(&mut dice);
        }
        life
    }

    /// Some of its items are far along: issued, or pre-issued while something is outstanding.
    fn advance(&mut self, dice: &mut Dice) {
        let order: Vec<Matter> = self.case.procedure().in_order().into_iter().cloned().collect();
        for matter in &order {
            if dice.often(15) {
                continue;
            }
            while let Some(command) = self.missing(matter, dice) {
                if self.run(&command).is_err() {
                    break;
                }
            }
            let (item, certificate) = (matter.item.clone(), self.number(dice));
            let department = self.department_of(&item);
            let of = |by: &Viewer, ask| Command::Item { by: by.clone(), item: item.clone(), ask };
            for command in [
                of(&handler(), ItemAsk::Submit),
                of(&department, ItemAsk::Accept),
                of(&department, ItemAsk::Issue { certificate }),
                of(&department, ItemAsk::PreIssue { opinion: "原则同意".to_owned() }),
            ] {
                // What is outstanding is refused; an opinion is then given.
                let _refused = self.run(&command);
            }
        }
    }

    fn opened(procedure: Procedure) -> Life {
        let (now, calendar) = (instant(DAY_ONE), Calendar::published());
        let moment = Moment { now, calendar: &calendar };
        let facts = decide(None, &open(procedure), moment).expect("it is taken");
        let case = facts.iter().fold(None, apply).expect("there is a case");
        let watcher = Watcher::default();
        Life { case, facts, now, calendar, watcher, moves: BTreeSet::new(), certificates: 0 }
    }

    pub(super) fn case(&self) -> &Case {
        &self.case
    }

    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    pub(super) fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    pub(super) fn moves(&self) -> &BTreeSet<String> {
        &self.moves
    }

    /// Something is tried, some hours later.
    pub(super) fn step(&mut self, dice: &mut Dice) {
        let hours = if dice.often(60) { dice.below(4) } else { dice.below(80) };
        self.now += SignedDuration::from_hours(i64::try_from(hours).expect("few"));
        let command = match dice.below(100) {
            0..60 => self.of_an_item(dice),
            60..80 => self.of_the_case(dice),
            80..90 => self.next_alarm(dice),
            90..95 => self.news(dice),
            _ => self.anything(dice),
        };
        let _refused = self.run(&command);
    }

    /// Does a command. What is taken must be right; what is refused changes nothing.
    pub(super) fn run(&mut self, command: &Command) -> Result<(), crate::error::Error> {
        let moment = Moment { now: self.now, calendar: &self.calendar };
        let facts = decide(Some(&self.case), command, moment)?;
        let before = self.case.clone();
        for fact in &facts {
            self.watcher.sees(&self.case, fact, &self.calendar);
            let (state, items) = (self.case.state, self.case.items.clone());
            self.case.take_in(fact);
            self.moves.extend(moves_of(state, &items, &self.case, fact));
        }
        self.facts.extend(facts.iter().cloned());
        let rebuilt = self.facts.iter().fold(None, apply).expect("there is a case");
        assert_eq!(rebuilt, self.case, "the facts are the case, after {command:?}");
        assert_eq!(self.case.broken_invariant(), None, "after {command:?}: {facts:#?}");
        self.watcher.checks(&before, &self.case, command, &facts);
        if let Command::Ring(rung) = command {
            self.rang(rung, &before, &facts);
        }
        Ok(())
    }

    /// What rang had an effect, and rings later or never; unless it now waits for something else.
    fn rang(&self, rung: &Alarm, before: &Case, facts: &[Fact]) {
        let was_armed = alarms(before).iter().any(|(alarm, _)| alarm == rung);
        assert_eq!(was_armed, !facts.is_empty(), "{rung} rings in vain, or was not armed");
        let now = facts.last().map_or(self.now, |fact| fact.at);
        let mut armed = alarms(&self.case).into_iter().filter(|(alarm, _)| alarm == rung);
        let moved = before.items.iter().any(|(id, item)| item.state != self.case.items[id].state);
        assert!(moved || armed.all(|(_, at)| now < at), "{rung} rings on");
    }

    fn agent(&self) -> Viewer {
        someone(self.case.agent.code(), Role::Agent, None)
    }

    fn applicant(&self, dice: &mut Dice) -> Viewer {
        if dice.often(50) { self.agent() } else { handler() }
    }

    fn department_of(&self, item: &ItemId) -> Viewer {
        staff(self.case.items[item].department.code())
    }

    /// Somebody of the department; now and then they are an agent too, by another account.
    fn decider(&self, item: &ItemId, dice: &mut Dice) -> Viewer {
        let mut by = self.department_of(item);
        by.person.same_person_as = Some(person("agent-2")).filter(|_| dice.often(8));
        by
    }

    fn number(&mut self, dice: &mut Dice) -> String {
        if !dice.often(3) {
            self.certificates += 1;
        }
        format!("证{}", self.certificates)
    }

    /// One of what fits the case as it stands.
    fn of_the_case(&mut self, dice: &mut Dice) -> Command {
        if dice.often(if self.case.hand_over.is_some() { 25 } else { 5 }) {
            return self.agent_comes_or_goes(dice);
        }
        let by = self.applicant(dice);
        let text = || "理由".to_owned();
        let ask = match self.case.state {
            State::Consulting if dice.often(20) => return add(handler(), "M1"),
            State::Consulting if dice.often(90) => return self.some_mandate(dice),
            State::Consulting => CaseAsk::Terminate { reason: text() },
            State::Mandated if dice.often(20) => {
                let until = self.now + SignedDuration::from_hours(100);
                CaseAsk::PromiseMaterial { material: material("M2"), until }
            }
            State::Mandated if dice.often(30) => return commit_until(self.now, dice),
            State::Mandated if dice.often(80) => CaseAsk::Start,
            State::Suspended if dice.often(70) => CaseAsk::Resume,
            State::Running if self.case.wait.is_some() && dice.often(60) => CaseAsk::Deliver,
            State::Delivered => return of_case(dispatcher(), CaseAsk::FollowUp { note: text() }),
            State::FollowedUp => return of_case(dispatcher(), CaseAsk::Archive),
            State::Mandated | State::Running | State::Suspended | State::Archived => {
                return self.of_a_case_under_way(dice);
            }
        };
        of_case(by, ask)
    }

    /// The directory tells of its agent, or of another.
    fn agent_comes_or_goes(&self, dice: &mut Dice) -> Command {
        let agent = if dice.often(90) { self.case.agent.clone() } else { person("agent-2") };
        let gone = self.case.hand_over.is_some();
        Command::AgentActs { agent, acts: gone == dice.often(85) }
    }

    fn of_a_case_under_way(&self, dice: &mut Dice) -> Command {
        let text = || "理由".to_owned();
        match dice.below(10) {
            0..2 => self.some_mandate(dice),
            2 => of_case(handler(), CaseAsk::RevokeMandate { reason: text() }),
            3 => of_case(self.applicant(dice), CaseAsk::Suspend { reason: text() }),
            4 => {
                let to = if dice.often(50) { person("agent-2") } else { person("agent") };
                of_case(dispatcher(), CaseAsk::HandOver { to, reason: text() })
            }
            5 if dice.often(60) => of_case(self.agent(), CaseAsk::Terminate { reason: text() }),
            5 | 6 => of_case(self.applicant(dice), CaseAsk::RecordLandAcquired),
            7 => commit_until(self.now, dice),
            _ => {
                let code = ["M1", "M2", "M3"][dice.below(3)];
                add(self.applicant(dice), code)
            }
        }
    }

    /// A mandate for some items, for some days or months.
    fn some_mandate(&self, dice: &mut Dice) -> Command {
        let matters = &self.case.procedure().matters;
        let some = matters.iter().filter(|_| dice.often(85));
        let scope = some.map(|matter| (matter.item.clone(), matter.acts.clone())).collect();
        let days = if dice.often(70) { 200 } else { 1 + dice.below(20) };
        let hours = i64::try_from(24 * days).expect("few");
        let expires_at = self.now + SignedDuration::from_hours(hours);
        let (document_sha256, may_pass_on) = ("ab".repeat(32), dice.often(50));
        let ask = CaseAsk::SignMandate { scope, document_sha256, may_pass_on, expires_at };
        of_case(handler(), ask)
    }

    /// The next alarm rings, on time or late; or any of them, too early by the wall clock.
    fn next_alarm(&mut self, dice: &mut Dice) -> Command {
        let mut armed = alarms(&self.case);
        armed.sort_by_key(|(_, at)| *at);
        let next = if dice.often(85) { armed.first().cloned() } else { dice.pick(&armed) };
        let Some((alarm, at)) = next else { return Command::Recount };
        if !dice.often(10) {
            self.now = self.now.max(at);
        }
        Command::Ring(alarm)
    }

    /// Dispatch tells something of an order, wanted or not any more.
    fn news(&self, dice: &mut Dice) -> Command {
        let own = self.case.items.values().filter_map(|item| item.order.as_ref());
        let orders: Vec<_> = if dice.often(60) {
            own.map(|order| order.id).collect()
        } else {
            self.watcher.orders().collect()
        };
        let Some(work_order) = dice.pick(&orders) else { return Command::Recount };
        let rechecked = self.case.items.values().find(|item| item.is_rechecked());
        let rechecked = rechecked.and_then(|item| item.order.as_ref()).map(|order| order.id);
        let (work_order, declined) = match rechecked {
            Some(order) if dice.often(60) => (order, true),
            Some(_) | None => (work_order, false),
        };
        let ago = i64::try_from(dice.below(30)).expect("few");
        let occurred_at = self.now - SignedDuration::from_hours(ago);
        let news = match dice.below(8) {
            _ if declined => News::Declined { basis: "非本部门职责".to_owned() },
            0..2 => News::Declined { basis: "非本部门职责".to_owned() },
            2 => News::Ended(progress(WorkState::Completed, occurred_at, dice)),
            3 => News::Moved(progress(WorkState::Offered, occurred_at, dice)),
            4 => News::Moved(progress(WorkState::Suspended, occurred_at, dice)),
            5 => News::Moved(progress(WorkState::InProgress, occurred_at, dice)),
            _ => News::Moved(progress(WorkState::Claimed, occurred_at, dice)),
        };
        // An order that assists is none of ours.
        let work_order =
            if dice.often(10) { WorkOrderId::new(Uuid::from_u128(7)) } else { work_order };
        Command::Hear(Heard { work_order, occurred_at, news })
    }

    /// Anybody tries anything.
    fn anything(&mut self, dice: &mut Dice) -> Command {
        let people = [handler(), agent(), other_agent(), dispatcher(), staff("D02"), staff("D03")];
        let by = dice.pick(&people).expect("somebody");
        match (dice.below(4), self.of_an_item(dice), self.of_the_case(dice)) {
            (0, Command::Item { item, ask, .. }, _) => Command::Item { by, item, ask },
            (1, _, Command::Case { ask, .. }) => Command::Case { by, ask },
            (2, _, _) => {
                Command::Succeed { department: department("D04"), successor: department("D03") }
            }
            _ => Command::Recount,
        }
    }
}

/// Where an order stands: due some days later, and what stands still stands for some days.
fn progress(state: WorkState, told_at: Timestamp, dice: &mut Dice) -> Progress {
    let mut later = || {
        let hours = i64::try_from(1 + dice.below(400)).expect("few");
        told_at + SignedDuration::from_hours(hours)
    };
    let due = Due { at: later(), provisional: false, calendar_version: 0 };
    let pause = Standstill { from: told_at, until: later() };
    let pause = Some(pause).filter(|_| state == WorkState::Suspended);
    let due = Some(due).filter(|_| state != WorkState::Offered && dice.often(80));
    Progress { state, department: None, claimant: None, due, pause, told_at }
}

fn commit_until(now: Timestamp, dice: &mut Dice) -> Command {
    let hours = i64::try_from(24 * (1 + dice.below(60))).expect("few");
    let ask = CaseAsk::SignCommitment {
        traits: BTreeSet::new(),
        credit_clean: true,
        representative: "王某".to_owned(),
        letter_sha256: "ef".repeat(32),
        land_until: now + SignedDuration::from_hours(hours),
    };
    of_case(handler(), ask)
}

/// The enterprise alone, with departments that answer, brings the case to its end.
pub(super) fn end(life: &mut Life) {
    let must = |life: &mut Life, command: Command| {
        if let Err(error) = life.run(&command) {
            panic!("the case cannot end: {error} at {command:?}");
        }
    };
    let text = || "不再办理".to_owned();
    match life.case.state {
        State::Consulting | State::Mandated => {
            must(life, of_case(handler(), CaseAsk::Terminate { reason: text() }));
        }
        State::Suspended => must(life, of_case(handler(), CaseAsk::Resume)),
        State::Running | State::Delivered | State::FollowedUp | State::Archived => {}
    }
    while life.case.state == State::Running {
        // What ran out meanwhile is no longer to be withdrawn.
        must(life, Command::Recount);
        let Some(item) = life.case.open_items().first().cloned() else {
            must(life, of_case(handler(), CaseAsk::Deliver));
            break;
        };
        let (by, ask) = if life.case.items[&item].is_rechecked() {
            (life.department_of(&item), ItemAsk::Recheck { upheld: true, reason: text() })
        } else {
            (handler(), ItemAsk::Withdraw { reason: text() })
        };
        must(life, Command::Item { by, item, ask });
    }
    if life.case.state == State::Delivered {
        must(life, of_case(dispatcher(), CaseAsk::FollowUp { note: text() }));
    }
    if life.case.state == State::FollowedUp {
        must(life, Command::Ring(Alarm::Case));
    }
    assert_eq!(life.case.state, State::Archived);
    assert_eq!(alarms(&life.case), []);
    life.watcher.has_no_orphan();
}
