//! A random life of an application: what is tried next follows from the dice and from how it stands.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::Fen;
use calendar::{Calendar, Moment};
use jiff::{SignedDuration, Timestamp};

use super::super::sample::*;
use super::super::*;
use super::watcher::Watcher;
use crate::lifecycle::By;
use crate::lifecycle::policy::sample::{facts, instant, text};
use crate::lifecycle::policy::{Mode, NoticeMode, Share, Snapshot, Terms, Value};

/// Numbers that follow from a seed (splitmix64).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).expect("small");
        usize::try_from(self.roll() % end).expect("small")
    }

    /// So many times in a hundred.
    fn often(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }
}

/// Somebody of a few, so that one person comes twice.
const PEOPLE: [&str; 9] =
    ["handler", "D02-03", "D02-04", "D02-05", "D04-07", "D04-09", "D01-01", "neighbour", "D09-01"];

/// An application, everything that happened to it, and who watches.
pub(super) struct Life {
    application: Application,
    facts: Vec<ApplicationFact>,
    now: Timestamp,
    calendar: Calendar,
    watcher: Watcher,
}

impl Life {
    pub(super) fn begun(seed: u64) -> Life {
        let mut dice = Dice::new(seed);
        let terms = terms(&mut dice);
        let (now, calendar) = (instant(DAY_ONE), Calendar::published());
        let opening = Box::new(opening(terms.clone()));
        let seen = Box::new(seen());
        let begin = match terms.mode {
            Mode::NoApplication => ApplicationCommand::Match { id: id(1), opening, seen },
            Mode::Instant | Mode::Promise | Mode::Standard => ApplicationCommand::Apply {
                id: id(1),
                by: handler(),
                by_enterprise: dice.often(70),
                opening,
                seen,
            },
        };
        let moment = Moment { now, calendar: &calendar };
        let facts = decide(None, &begin, moment).expect("it is taken");
        let mut watcher = Watcher::default();
        let application = apply(None, &facts[0]).expect("an application");
        watcher.see(None, &application, &facts[0]);
        let mut life = Life { application, facts, now, calendar, watcher };
        life.check();
        // Most lives are far along before the dice fall.
        if dice.often(75) {
            life.advance(&mut dice);
        }
        life
    }

    pub(super) fn moves(&self) -> &BTreeSet<String> {
        self.watcher.moves()
    }

    /// One thing more is tried; a refusal changes nothing.
    pub(super) fn step(&mut self, dice: &mut Dice) {
        let hours = i64::try_from(dice.pick(&[0, 0, 0, 1, 5, 24, 72, 200])).expect("small");
        self.now += SignedDuration::from_hours(hours);
        let command = if dice.often(20) { self.by_itself(dice) } else { self.asked(dice) };
        let _refused = self.run(&command);
    }

    /// Whatever stands open can be ended by the enterprise alone.
    pub(super) fn end(&mut self) {
        if !self.application.state.is_final() {
            self.run(&withdraw()).expect("the enterprise may");
        }
        assert!(self.application.state.is_final());
    }

    /// The plain way, as far as it leads.
    fn advance(&mut self, dice: &mut Dice) {
        if self.application.state == State::Matched {
            let confirm = Ask::ConfirmMatch { payee: payee("aa"), seen: Box::new(seen()) };
            self.run(&ask(handler(), confirm)).expect("it is wanted");
        }
        for stage in 0..dice.below(4) {
            let command = match stage {
                0 => accept(),
                1 => self.review(dice, reviewer()),
                _ => self.second(dice, second()),
            };
            self.run(&command).expect("the plain way");
        }
    }

    fn run(&mut self, command: &ApplicationCommand) -> Result<(), crate::error::ApplicationError> {
        let moment = Moment { now: self.now, calendar: &self.calendar };
        let facts = decide(Some(&self.application), command, moment)?;
        for fact in &facts {
            let after = apply(Some(self.application.clone()), fact).expect("an application");
            self.watcher.see(Some(&self.application), &after, fact);
            self.application = after;
        }
        self.facts.extend(facts);
        self.check();
        Ok(())
    }

    fn check(&self) {
        assert_eq!(self.application.broken_invariant(), None, "{:?}", self.application);
        let folded = self.facts.iter().fold(None, apply);
        assert_eq!(folded.as_ref(), Some(&self.application), "folding the history is the row");
        let row = serde_json::to_string(&self.application).expect("a row");
        let read: Application = serde_json::from_str(&row).expect("a row");
        assert_eq!(read, self.application, "the row is read as it was written");
        self.watcher.rest(&self.application);
    }

    fn by_itself(&self, dice: &mut Dice) -> ApplicationCommand {
        let armed = alarms(&self.application);
        let due: Vec<_> = armed.iter().filter(|(_, at)| *at <= self.now).collect();
        if let Some((name, _)) = due.first().filter(|_| dice.often(60)) {
            return ApplicationCommand::Ring(Alarm::parse(name).expect("its word"));
        }
        match dice.below(5) {
            0 => ApplicationCommand::PolicyEnded,
            1 => ApplicationCommand::Recount,
            2 => self.declined(),
            _ => {
                let left = self.left(dice);
                ApplicationCommand::Dequeue { free: free(left) }
            }
        }
    }

    fn declined(&self) -> ApplicationCommand {
        let order = self.application.order.as_ref().map(|order| order.id);
        let work_order = order.unwrap_or_else(|| work::order_name(id(1), 0));
        let news = News::Declined { basis: "三定".to_owned() };
        ApplicationCommand::Hear(Heard { work_order, occurred_at: self.now, news })
    }

    fn asked(&self, dice: &mut Dice) -> ApplicationCommand {
        let who: By = by(dice.pick(&PEOPLE));
        let application = &self.application;
        let number = u32::try_from(dice.below(3) + 1).expect("small");
        let words = |dice: &mut Dice| if dice.often(90) { "理由" } else { " " }.to_owned();
        let reason = words(dice);
        let wanted = match dice.below(16) {
            0 => Ask::ConfirmMatch { payee: payee("aa"), seen: Box::new(seen()) },
            1 => {
                let lack = Lack { what: "合同".to_owned(), why: "未盖章".to_owned() };
                Ask::ReturnForSupplement { lacks: vec![lack] }
            }
            2 => {
                let documents = vec![document("合同.pdf")];
                Ask::Supplement { snapshot: self.snapshot(dice), documents }
            }
            3 => Ask::Accept { snapshot: self.snapshot(dice), seen: Box::new(seen()) },
            4 if dice.often(30) => Ask::NotAccept { reason, remedy: "另报".to_owned() },
            5 => return self.review(dice, who),
            6 => return self.second(dice, who),
            7 => {
                let list = list_of(&[application]);
                Ask::StartNotice { list, kept_by: None }
            }
            8 => Ask::RaiseObjection { text: reason, as_applicant: dice.often(50) },
            9 => Ask::DecideObjection { number, upheld: dice.often(50), reason },
            10 => Ask::ConfirmAccount { payee: payee(dice.pick(&["aa", "aa", "bb"])) },
            11 => {
                let office = dice.pick(&[Office::SecondReviewer, Office::ZoneLeader]);
                let minutes = dice.often(80).then(minutes);
                Ask::Approve { office, minutes }
            }
            12 if dice.often(30) => Ask::Reject { reason, remedy: "复议".to_owned() },
            13 if dice.often(30) => Ask::Withdraw { reason },
            14 => Ask::Redirect { to: department("D03"), reason },
            _ => Ask::Sample { draw: self.draw(), spreads: true },
        };
        ask(who, wanted)
    }

    fn review(&self, dice: &mut Dice, who: By) -> ApplicationCommand {
        let computed = self.application.computed;
        let amount = dice.pick(&[computed, computed, Fen(computed.0 / 2), Fen(computed.0 + 1)]);
        let amount = if who == reviewer() { amount.min(computed) } else { amount };
        let reason = if amount < computed { "凭证不符" } else { "" }.to_owned();
        let near_others = u32::try_from(dice.below(4)).expect("small");
        ask(who, Ask::Review { amount, reason, opinion: "属实".to_owned(), near_others })
    }

    fn second(&self, dice: &mut Dice, who: By) -> ApplicationCommand {
        let free = free(self.left(dice));
        ask(who, Ask::SecondReview { opinion: "同意".to_owned(), free })
    }

    fn left(&self, dice: &mut Dice) -> Fen {
        dice.pick(&[PLENTY, PLENTY, self.application.amount, Fen(self.application.amount.0 / 3)])
    }

    fn snapshot(&self, dice: &mut Dice) -> Snapshot {
        let known = match dice.below(6) {
            0 => facts().with("enterprise.credit_status", text("失信")),
            1 => facts().with("claim.interest_fen", Value::Int(2_000_000)),
            _ => facts(),
        };
        Snapshot::of(known, "一企一档", self.now)
    }

    fn draw(&self) -> Arc<Draw> {
        let name = id(1).to_string();
        let sampled = draw("20260304", [name.as_str()], 1);
        Arc::new(Draw {
            seed: "20260304".to_owned(),
            of: "全部".to_owned(),
            population: sampled.population,
            population_digest: sampled.population_digest,
            wanted: 1,
            chosen: sampled.chosen,
            drawn_by: person("auditor"),
            drawn_at: instant(DAY_ONE),
        })
    }
}

/// Both lines have so much left.
fn free(left: Fen) -> Vec<(base::BudgetId, Fen)> {
    ["P05-2026-D04", "P05-2026-D03"].map(|code| (budget(code), left)).to_vec()
}

fn terms(dice: &mut Dice) -> Terms {
    let days = u32::try_from(dice.below(4) + 1).expect("small");
    let share = |code: &str, parts: u32| Share { payer: department(code), parts };
    let shares = dice.pick(&[vec![share("D04", 1)], vec![share("D04", 1), share("D03", 2)]]);
    let notice = dice.pick(&[
        NoticeMode::BeforePayment { days },
        NoticeMode::BeforePayment { days },
        NoticeMode::AfterPayment { days },
        NoticeMode::None,
    ]);
    let mode = dice.pick(&[Mode::NoApplication, Mode::Instant, Mode::Promise, Mode::Standard]);
    let threshold = dice.pick(&[Fen(50_000_000), Fen(DUE.0 + 1), Fen(1_000_000), Fen::ZERO]);
    Terms { mode, shares, notice, threshold, ..plain() }
}
