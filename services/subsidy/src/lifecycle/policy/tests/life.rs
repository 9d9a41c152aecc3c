//! The life of a policy, step by step.

use base::{ApplicationId, DepartmentId, Fen};
use calendar::Calendar;
use strum::IntoEnumIterator as _;
use uuid::Uuid;

use super::super::sample::{
    date, department, departments, instant, lead, moment, policy_id, terms,
};
use super::super::*;
use crate::error::PolicyError;
use crate::lifecycle::budget::BudgetCommand;
use crate::lifecycle::{Command, ThingId};

const DAY_ONE: &str = "2026-03-04T09:00:00+08:00";
const LAST_DAY: &str = "2026-12-31T23:59:59+08:00";
const DAY_AFTER: &str = "2027-01-01T00:00:00+08:00";

/// A policy as it comes to be, and everything that happened to it.
struct Life {
    policy: Option<Policy>,
    facts: Vec<PolicyFact>,
    now: &'static str,
}

impl Life {
    fn new() -> Life {
        Life { policy: None, facts: Vec::new(), now: DAY_ONE }
    }

    /// One that has gone so far.
    fn of(asks: &[PolicyAsk]) -> Life {
        let mut life = Life::new();
        for ask in asks {
            life.ask(ask.clone()).unwrap();
        }
        life
    }

    fn ask_as(&mut self, department: &str, ask: PolicyAsk) -> Result<Vec<PolicyFact>, PolicyError> {
        let department = DepartmentId::new(department).unwrap();
        self.take(&PolicyCommand::Ask { by: lead(), department, ask })
    }

    fn ask(&mut self, ask: PolicyAsk) -> Result<Vec<PolicyFact>, PolicyError> {
        self.ask_as("D02", ask)
    }

    fn ring(&mut self, due_at: &str) -> Vec<PolicyFact> {
        let (alarm, due_at) = (PolicyAlarm::Expire, instant(due_at));
        self.take(&PolicyCommand::Ring { alarm, due_at, matched: vec![waiting()] }).unwrap()
    }

    fn take(&mut self, command: &PolicyCommand) -> Result<Vec<PolicyFact>, PolicyError> {
        let calendar = Calendar::published();
        let facts = decide(self.policy.as_ref(), command, moment(self.now, &calendar))?;
        for fact in &facts {
            self.policy = apply(self.policy.take(), fact);
        }
        self.facts.extend(facts.iter().cloned());
        Ok(facts)
    }

    fn state(&self) -> State {
        self.policy.as_ref().unwrap().state()
    }

    fn admits(&self) -> Result<i32, PolicyError> {
        let calendar = Calendar::published();
        let admits = self.policy.as_ref().unwrap().admits(moment(self.now, &calendar));
        admits.map(|version| version.number)
    }
}

fn waiting() -> ApplicationId {
    ApplicationId::new(Uuid::from_u128(7))
}

fn draft() -> PolicyAsk {
    PolicyAsk::Draft { policy: policy_id("P05"), terms: Box::new(terms()) }
}

fn file() -> PolicyAsk {
    PolicyAsk::File { departments: departments() }
}

fn close() -> PolicyAsk {
    PolicyAsk::Close { reason: "预算用尽".to_owned(), matched: vec![waiting()] }
}

fn repeal() -> PolicyAsk {
    PolicyAsk::Repeal { reason: "示经发〔2026〕9号".to_owned(), matched: vec![waiting()] }
}

fn to_open() -> Vec<PolicyAsk> {
    vec![draft(), file(), PolicyAsk::Publish, PolicyAsk::Open]
}

/// The table drawn from the other side: who changes a rule means it twice.
#[test]
fn each_state_takes_these_actions_and_no_others() {
    let drawn = State::iter().map(|state| {
        let taken: Vec<String> = allowed(state).iter().map(Action::to_string).collect();
        format!("{state}: {}", taken.join(" "))
    });
    let expected = [
        "DRAFT: DRAFT FILE REPEAL",
        "FILED: DRAFT PUBLISH REPEAL",
        "PUBLISHED: OPEN EXPIRE REPEAL",
        "OPEN: CLOSE EXPIRE REPEAL",
        "CLOSED: OPEN EXPIRE REPEAL",
        "EXPIRED: ",
        "REPEALED: ",
    ];
    assert!(drawn.eq(expected));
}

#[test]
fn a_policy_goes_from_draft_to_open_and_folding_its_facts_gives_it() {
    let mut life = Life::new();
    let states = to_open().into_iter().map(|ask| {
        life.ask(ask).unwrap();
        life.state()
    });
    let expected = [State::Draft, State::Filed, State::Published, State::Open];
    assert!(states.eq(expected));
    let folded = life.facts.iter().fold(None, apply);
    assert_eq!(folded, life.policy);
    let policy = life.policy.unwrap();
    let row = serde_json::to_string(&policy).unwrap();
    assert_eq!(serde_json::from_str::<Policy>(&row).unwrap(), policy);
    assert_eq!(policy.standing.opened_at, Some(instant(DAY_ONE)));
}

#[test]
fn what_there_is_none_of_can_only_be_drafted() {
    let refused = Life::new().ask(PolicyAsk::Publish).unwrap_err();
    assert!(matches!(refused, PolicyError::NotFound { .. }));
}

#[test]
fn only_the_owner_drafts_files_and_opens() {
    let mut life = Life::new();
    assert!(matches!(life.ask_as("D03", draft()), Err(PolicyError::NotOwner { .. })));
    life.ask(draft()).unwrap();
    for ask in [draft(), file(), PolicyAsk::Publish, PolicyAsk::Open, close(), repeal()] {
        assert!(matches!(life.ask_as("D03", ask), Err(PolicyError::NotOwner { .. })));
    }
    let theirs = Terms { department: department("D03"), ..terms() };
    let given = PolicyAsk::Draft { policy: policy_id("P05"), terms: Box::new(theirs) };
    assert!(matches!(life.ask(given), Err(PolicyError::NotOwner { .. })), "nor gives it away");
}

#[test]
fn what_is_flawed_is_not_filed() {
    let mut life = Life::new();
    let mut flawed = terms();
    flawed.criteria[0].expression = "enterprise.nothing".to_owned();
    let ask = PolicyAsk::Draft { policy: policy_id("P05"), terms: Box::new(flawed) };
    life.ask(ask).unwrap();
    let Err(PolicyError::Flawed { flaws }) = life.ask(file()) else { panic!("it was filed") };
    assert_eq!(flaws[0].place, Some(Place::START));
    assert_eq!(life.state(), State::Draft);
    let verdict = PolicyError::Flawed { flaws }.verdict();
    assert_eq!(verdict.reason(), "POLICY_FLAWED");
}

#[test]
fn a_move_that_the_table_does_not_have_is_refused_with_state_and_action() {
    let asks = [file(), PolicyAsk::Publish, PolicyAsk::Open, close(), repeal()];
    let actions = [Action::File, Action::Publish, Action::Open, Action::Close, Action::Repeal];
    let lives = [
        vec![draft()],
        vec![draft(), file()],
        vec![draft(), file(), PolicyAsk::Publish],
        to_open(),
        [to_open(), vec![close()]].concat(),
        [to_open(), vec![repeal()]].concat(),
    ];
    for lived in lives {
        for (ask, action) in asks.iter().zip(actions) {
            let mut life = Life::of(&lived);
            let state = life.state();
            let answer = life.ask(ask.clone());
            let taken = allowed(state).contains(&action);
            assert_eq!(answer.is_ok(), taken, "{state} {action}");
            if let Err(PolicyError::StateForbids { state: told, action: asked }) = answer {
                assert_eq!((told, asked), (state, action));
            }
        }
    }
}

#[test]
fn a_repealed_policy_is_drafted_no_more() {
    let mut life = Life::of(&[to_open(), vec![repeal()]].concat());
    let refused = life.ask(draft()).unwrap_err();
    assert!(matches!(refused, PolicyError::StateForbids { state: State::Repealed, .. }));
}

#[test]
fn a_filed_policy_is_changed_only_by_drafting_it_anew() {
    let mut life = Life::of(&[draft(), file(), draft()]);
    assert_eq!(life.state(), State::Draft);
    assert_eq!(life.policy.as_ref().unwrap().standing.version.number, 1);
    assert!(life.ask(PolicyAsk::Publish).is_err(), "it is filed anew first");
}

#[test]
fn a_new_version_is_prepared_beside_the_one_that_is_open() {
    let mut life = Life::of(&to_open());
    for ask in [draft(), file(), PolicyAsk::Publish] {
        life.ask(ask).unwrap();
        assert_eq!((life.state(), life.admits().unwrap()), (State::Open, 1));
    }
    life.ask(PolicyAsk::Open).unwrap();
    assert_eq!((life.state(), life.admits().unwrap()), (State::Open, 2));
    assert_eq!(life.policy.as_ref().unwrap().next, None);
    assert_eq!(life.facts.iter().fold(None, apply), life.policy);
}

#[test]
fn publishing_opens_each_budget_line_once() {
    let mut life = Life::of(&[draft(), file()]);
    let published = life.ask(PolicyAsk::Publish).unwrap();
    let opened = |life: &Life, facts: &[PolicyFact]| -> Vec<(String, Fen)> {
        let of = follows(life.policy.as_ref().unwrap(), &facts[0]);
        let line = |(id, command): (ThingId, Command)| {
            let Command::Budget(BudgetCommand::Open(opening)) = command else {
                panic!("no budget line");
            };
            assert_eq!(opening.document, "示经发〔2026〕1号");
            assert_eq!(ThingId::Budget(opening.id), id);
            (id.to_string(), opening.amount)
        };
        of.into_iter().map(line).collect()
    };
    let first = [("budgets/P05-2026-D04".to_owned(), Fen(400_000_000))];
    assert_eq!(opened(&life, &published), first);
    life.ask(PolicyAsk::Open).unwrap();
    let mut next = terms();
    let year = Allotment { year: 2027, payer: department("D04"), amount: Fen(5) };
    next.budgets.push(year);
    let ask = PolicyAsk::Draft { policy: policy_id("P05"), terms: Box::new(next) };
    life.ask(ask).unwrap();
    life.ask(file()).unwrap();
    let published = life.ask(PolicyAsk::Publish).unwrap();
    assert_eq!(opened(&life, &published), [("budgets/P05-2027-D04".to_owned(), Fen(5))]);
}

#[test]
fn m13_outside_its_validity_a_policy_admits_nobody() {
    let mut life = Life::of(&to_open());
    life.now = "2025-12-31T23:59:59+08:00";
    assert!(matches!(life.admits(), Err(PolicyError::OutsideValidity { .. })), "before");
    life.now = "2026-01-01T00:00:00+08:00";
    assert_eq!(life.admits().unwrap(), 1);
    life.now = LAST_DAY;
    assert_eq!(life.admits().unwrap(), 1);
    life.now = DAY_AFTER;
    let refused = life.admits().unwrap_err();
    assert!(matches!(refused, PolicyError::OutsideValidity { .. }), "the alarm has not rung yet");
    assert_eq!(refused.verdict().reason(), "OUTSIDE_VALIDITY");
}

#[test]
fn a_policy_that_is_not_open_admits_nobody() {
    for lived in [vec![draft()], [to_open(), vec![close()]].concat()] {
        let refused = Life::of(&lived).admits().unwrap_err();
        assert!(matches!(refused, PolicyError::NotOpen { .. }));
        assert_eq!(refused.verdict().reason(), "POLICY_NOT_OPEN");
    }
}

#[test]
fn a_policy_expires_with_its_last_day_and_only_then() {
    let mut life = Life::of(&to_open());
    let armed = alarms(life.policy.as_ref().unwrap());
    assert_eq!(armed, [("EXPIRE".to_owned(), instant(DAY_AFTER))]);
    assert_eq!(life.ring(DAY_AFTER), [], "not yet");
    life.now = DAY_AFTER;
    assert_eq!(life.ring(LAST_DAY), [], "an alarm of another version");
    let rung = life.ring(DAY_AFTER);
    assert_eq!(life.state(), State::Expired);
    assert_eq!(rung[0].what, PolicyWhat::Expired { matched: vec![waiting()] });
    let lapsed: Vec<ThingId> =
        follows(life.policy.as_ref().unwrap(), &rung[0]).into_iter().map(|(id, _)| id).collect();
    assert_eq!(lapsed, [ThingId::Application(waiting())]);
    assert_eq!(alarms(life.policy.as_ref().unwrap()), []);
    assert_eq!(life.ring(DAY_AFTER), [], "once");
}

#[test]
fn after_its_last_day_a_policy_is_as_expired_though_no_alarm_has_rung() {
    let mut life = Life::of(&to_open());
    life.now = DAY_AFTER;
    let refused = life.ask(close()).unwrap_err();
    assert!(matches!(refused, PolicyError::StateForbids { state: State::Expired, .. }));
    let mut unopened = Life::of(&[draft(), file()]);
    unopened.now = DAY_AFTER;
    let refused = unopened.ask(PolicyAsk::Publish).unwrap_err();
    assert!(matches!(refused, PolicyError::OutsideValidity { .. }));
}

#[test]
fn an_expired_policy_is_carried_on_by_a_new_version() {
    let mut life = Life::of(&to_open());
    life.now = DAY_AFTER;
    life.ring(DAY_AFTER);
    let mut next = terms();
    next.validity = Validity { from: date("2027-01-01"), until: date("2027-12-31") };
    let ask = PolicyAsk::Draft { policy: policy_id("P05"), terms: Box::new(next) };
    for ask in [ask, file(), PolicyAsk::Publish, PolicyAsk::Open] {
        life.ask(ask).unwrap();
    }
    assert_eq!((life.state(), life.admits().unwrap()), (State::Open, 2));
    let armed = alarms(life.policy.as_ref().unwrap());
    assert_eq!(armed, [("EXPIRE".to_owned(), instant("2028-01-01T00:00:00+08:00"))]);
}

#[test]
fn what_waits_for_its_enterprise_lapses_when_the_policy_ends() {
    for ask in [close(), repeal()] {
        let mut life = Life::of(&to_open());
        let facts = life.ask(ask).unwrap();
        let follows = follows(life.policy.as_ref().unwrap(), &facts[0]);
        let lapsed: Vec<ThingId> = follows.into_iter().map(|(id, _)| id).collect();
        assert_eq!(lapsed, [ThingId::Application(waiting())]);
        assert!(!life.policy.unwrap().standing.end_reason.is_empty());
    }
}

#[test]
fn a_closed_policy_may_be_opened_again() {
    let mut life = Life::of(&[to_open(), vec![close()]].concat());
    life.ask(PolicyAsk::Open).unwrap();
    let standing = &life.policy.as_ref().unwrap().standing;
    assert_eq!((standing.state, standing.ended_at), (State::Open, None));
    assert_eq!(standing.end_reason, "");
}

#[test]
fn time_never_runs_back_within_a_policy() {
    let mut life = Life::of(&[draft()]);
    life.now = "2026-03-03T09:00:00+08:00";
    let filed = life.ask(file()).unwrap();
    assert_eq!(filed[0].at, instant(DAY_ONE));
}

#[test]
fn every_refusal_is_told_in_chinese_with_its_reason() {
    let flaw = Flaw::new(FlawKind::SizeInvalid, "title", "没有填写政策名称。");
    let validity = terms().validity;
    let state = State::Draft;
    let fault = ("claim.x".to_owned(), "项目".to_owned(), ClaimFault::Missing);
    let refusals = [
        (PolicyError::NotFound { policy: "policies/P99".to_owned() }, "POLICY_NOT_FOUND"),
        (PolicyError::StateForbids { state, action: Action::Open }, "POLICY_STATE_FORBIDS"),
        (PolicyError::Flawed { flaws: vec![flaw] }, "POLICY_FLAWED"),
        (PolicyError::NotOpen { state }, "POLICY_NOT_OPEN"),
        (PolicyError::OutsideValidity { validity }, "OUTSIDE_VALIDITY"),
        (PolicyError::ClaimInvalid { faults: vec![fault] }, "CLAIM_INVALID"),
    ];
    for (refusal, reason) in refusals {
        assert_eq!(refusal.verdict().reason(), reason, "{refusal}");
    }
}
