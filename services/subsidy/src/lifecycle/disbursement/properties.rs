//! Whatever is asked and whatever the bank says, in whatever order: each entitlement is paid at most
//! once, the ledger stands where the states do, and folding the facts gives the rows.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use base::{BatchId, DisbursementId, Fen};
use jiff::SignedDuration;
use proptest::prelude::*;

use super::super::batch::BatchCommand;
use super::super::{self as lifecycle, Fact, Thing, ThingId};
use super::sample::{
    CHECKER, CLERK, LEADER, MAKER, REVIEWER, SECOND_REVIEWER, World, by, disbursement, rejected,
};
use super::*;

/// How many disbursements there are, of two enterprises, paid from one line that cannot pay all.
const DISBURSEMENTS: u128 = 5;
/// What each is of, in fen.
const AMOUNT: i64 = 300_000;
/// How many steps a life has.
const STEPS: usize = 60;

/// Something that is tried. Most of it is refused most of the time.
#[derive(Clone, Debug)]
enum Step {
    Approve(u128),
    Make { of: Vec<u128>, person: usize },
    Check { batch: usize, person: usize, approve: bool },
    Send(usize),
    Report { of: u128, attempt: usize, outcome: u8, wrong: bool, back: i64 },
    Repeat(usize),
    Resolve { of: u128, person: usize, paid: bool, attempt: usize },
    Account { of: u128, verify: bool, person: usize, correct: bool },
    Receipt(u128),
    Lapse { of: u128, person: usize },
    Claim { of: u128, person: usize, amount: i64 },
    Decide { of: u128, person: usize, way: u8 },
    Repay { of: u128, amount: i64, against: Option<u128> },
    Ring(u128),
    Hours(i64),
}

const PEOPLE: &[&str] = &[MAKER, CHECKER, REVIEWER, SECOND_REVIEWER, LEADER, CLERK];

fn step() -> impl Strategy<Value = Step> {
    let of = || 1..=DISBURSEMENTS;
    let person = || 0..PEOPLE.len();
    prop_oneof![
        2 => of().prop_map(Step::Approve),
        4 => (prop::collection::vec(of(), 1..4), person())
            .prop_map(|(of, person)| Step::Make { of, person }),
        4 => (0_usize..8, person(), prop::bool::weighted(0.8))
            .prop_map(|(batch, person, approve)| Step::Check { batch, person, approve }),
        4 => (0_usize..8).prop_map(Step::Send),
        8 => (of(), 0_usize..3, 0_u8..3, prop::bool::weighted(0.1), 0_i64..48).prop_map(
            |(of, attempt, outcome, wrong, back)| Step::Report { of, attempt, outcome, wrong, back }
        ),
        2 => (0_usize..20).prop_map(Step::Repeat),
        4 => (of(), person(), any::<bool>(), 0_usize..3)
            .prop_map(|(of, person, paid, attempt)| Step::Resolve { of, person, paid, attempt }),
        4 => (of(), any::<bool>(), person(), prop::bool::weighted(0.8)).prop_map(
            |(of, verify, person, correct)| Step::Account { of, verify, person, correct }
        ),
        1 => of().prop_map(Step::Receipt),
        1 => (of(), person()).prop_map(|(of, person)| Step::Lapse { of, person }),
        2 => (of(), person(), 1..=AMOUNT)
            .prop_map(|(of, person, amount)| Step::Claim { of, person, amount }),
        3 => (of(), person(), 0_u8..5)
            .prop_map(|(of, person, way)| Step::Decide { of, person, way }),
        3 => (of(), 1..=AMOUNT, prop::option::of(of()))
            .prop_map(|(of, amount, against)| Step::Repay { of, amount, against }),
        4 => of().prop_map(Step::Ring),
        3 => (1_i64..72).prop_map(Step::Hours),
    ]
}

/// A life: the world, what was said to it, and the bank's own book of what it was told to pay.
struct Life {
    world: World,
    batches: Vec<BatchId>,
    said: Vec<Report>,
}

impl Life {
    fn begun() -> Life {
        let budget = Fen(AMOUNT * 4);
        Life { world: World::with_budget(budget), batches: Vec::new(), said: Vec::new() }
    }

    fn find(&self, number: u128) -> Option<&Disbursement> {
        self.world.things.get(&ThingId::Disbursement(disbursement(number)))?.disbursement()
    }

    /// Tries something; whether it is refused is not what is looked at.
    fn try_it(&mut self, step: &Step) {
        let tried = match step {
            Step::Approve(number) => {
                let enterprise = if number % 2 == 0 { "P-001" } else { "P-002" };
                self.world.approve(*number, enterprise, Fen(AMOUNT)).map(|_| ())
            }
            Step::Make { of, person } => {
                let known = of.iter().filter(|number| self.find(**number).is_some());
                let ids: Vec<DisbursementId> = known.map(|number| disbursement(*number)).collect();
                let made = self.world.make(PEOPLE[*person], &ids);
                made.map(|batch| self.batches.push(batch))
            }
            Step::Check { batch, person, approve } => {
                let Some(batch) = self.batches.get(*batch).copied() else { return };
                let by = by(PEOPLE[*person]);
                let reason = "不同意".to_owned();
                let reject = BatchCommand::Reject { by: by.clone(), reason };
                let command = if *approve { BatchCommand::Approve { by } } else { reject };
                self.world.of_batch(batch, command)
            }
            Step::Send(batch) => {
                let Some(batch) = self.batches.get(*batch).copied() else { return };
                self.world.send(batch)
            }
            Step::Report { .. } | Step::Repeat(_) => return self.say(step),
            Step::Ring(number) => {
                let id = ThingId::Disbursement(disbursement(*number));
                let armed = self.find(*number).is_some_and(|one| !alarms(one).is_empty());
                if !armed {
                    return;
                }
                self.world.ring(&id)
            }
            Step::Hours(hours) => {
                self.world.hours(*hours);
                return;
            }
            Step::Resolve { .. }
            | Step::Account { .. }
            | Step::Receipt(_)
            | Step::Lapse { .. }
            | Step::Claim { .. }
            | Step::Decide { .. }
            | Step::Repay { .. } => {
                let Some((number, command)) = self.command(step) else { return };
                self.world.of(disbursement(number), command)
            }
        };
        let _refused = tried.err();
    }

    fn say(&mut self, step: &Step) {
        let Some(report) = self.report(step) else { return };
        self.said.push(report.clone());
        self.world.say(report).expect("whatever the bank says of a sent instruction is taken in");
    }

    /// What the bank says, of an instruction that it was given.
    fn report(&self, step: &Step) -> Option<Report> {
        let Step::Report { of, attempt, outcome, wrong, back } = step else {
            let Step::Repeat(place) = step else { return None };
            return self.said.get(*place).cloned();
        };
        let attempts = self.find(*of)?.attempts.iter();
        let sent: Vec<&Attempt> = attempts.filter(|one| one.sent_at.is_some()).collect();
        let attempt = sent.get(*attempt).or(sent.last())?;
        let outcome = match outcome {
            0 => Outcome::Pending,
            1 => Outcome::Settled,
            _ => rejected(),
        };
        Some(Report {
            batch: attempt.batch,
            instruction: attempt.instruction.clone(),
            amount: Some(if *wrong { Fen(attempt.amount.0 + 1) } else { attempt.amount }),
            outcome,
            at: self.world.now - SignedDuration::from_hours(*back),
            message: String::new(),
        })
    }

    fn command(&self, step: &Step) -> Option<(u128, DisbursementCommand)> {
        let now = self.world.now;
        let until = now + SignedDuration::from_hours(24 * 30);
        let text = || "理由".to_owned();
        Some(match step {
            Step::Resolve { of, person, paid, attempt } => {
                let attempts = &self.find(*of)?.attempts;
                let instruction = attempts.get(*attempt).or(attempts.last())?.instruction.clone();
                let paid = paid.then_some(Resolution::Paid { instruction, at: now });
                let resolution = paid.unwrap_or(Resolution::Returned { at: now });
                let by = by(PEOPLE[*person]);
                (*of, DisbursementCommand::ResolveException { by, resolution, reason: text() })
            }
            Step::Account { of, verify: false, .. } => (
                *of,
                DisbursementCommand::ConfirmAccount {
                    by: by(CLERK),
                    account: sample::account("7777"),
                    holder: text(),
                    registered: text(),
                },
            ),
            Step::Account { of, verify: true, person, correct } => {
                let (by, correct) = (by(PEOPLE[*person]), *correct);
                (*of, DisbursementCommand::VerifyAccount { by, correct, reason: text() })
            }
            Step::Receipt(of) => (*of, DisbursementCommand::ConfirmReceipt { by: by(CLERK) }),
            Step::Lapse { of, person } => {
                (*of, DisbursementCommand::Lapse { by: by(PEOPLE[*person]), reason: text() })
            }
            Step::Claim { of, person, amount } => {
                let (amount, fraud, statement_days) = (Fen(*amount), true, 5);
                let opening = ClawbackOpening {
                    amount,
                    basis: text(),
                    remedy: text(),
                    fraud,
                    statement_days,
                };
                (*of, DisbursementCommand::OpenClawback { by: by(PEOPLE[*person]), opening })
            }
            Step::Decide { of, person, way } => {
                let owed = self.find(*of)?.clawback.as_ref().map(|claim| {
                    if claim.decided.is_some() { claim.owed() } else { claim.opening.amount }
                });
                let way = match way {
                    0 => Way::Dropped,
                    1 => Way::AtOnce { until },
                    2 => Way::Instalments(vec![Instalment { until, amount: owed? }]),
                    3 => Way::Offset { until },
                    _ => Way::Referred { to: text() },
                };
                let (document, statement, reason, bar) = (text(), text(), text(), false);
                let decision = ClawbackDecision { document, statement, reason, way, bar };
                (*of, DisbursementCommand::DecideClawback { by: by(PEOPLE[*person]), decision })
            }
            Step::Repay { of, amount, against: Some(against) } => {
                let (against, amount) = (disbursement(*against), Fen(*amount));
                (*of, DisbursementCommand::Offset { by: by(MAKER), against, amount })
            }
            Step::Repay { of, amount, against: None } => {
                let reference = format!("HK-{}", self.world.facts.len());
                let (by, amount) = (by(MAKER), Fen(*amount));
                (*of, DisbursementCommand::RecordRepayment { by, amount, reference })
            }
            Step::Approve(_)
            | Step::Make { .. }
            | Step::Check { .. }
            | Step::Send(_)
            | Step::Report { .. }
            | Step::Repeat(_)
            | Step::Ring(_)
            | Step::Hours(_) => return None,
        })
    }

    /// What must be true whatever was done.
    fn holds(&self) {
        let mut sums = [0_i64; 5];
        let mut instructions = BTreeSet::new();
        for one in self.world.things.values().filter_map(Thing::disbursement) {
            // M9: of all attempts, one may be with the enterprise at most, and it is the last unless
            // two people said that it was another.
            let open = one.attempts.iter().filter(|attempt| attempt.may_be_paid()).count();
            assert!(open <= 1, "{one:?}");
            // M8.
            assert!(one.attempts.iter().all(|one| instructions.insert(one.instruction.clone())));
            for (sum, part) in sums.iter_mut().zip(parts(one)) {
                *sum += part;
            }
            assert!(Fen::ZERO <= one.payable() && one.payable() <= one.entitlement.amount);
            // M7.
            for attempt in &one.attempts {
                assert_ne!(attempt.maker, attempt.checker);
                let reviewed =
                    |person| [REVIEWER, SECOND_REVIEWER].map(|one| by(one).person).contains(person);
                assert!(!reviewed(&attempt.maker) && !reviewed(&attempt.checker));
            }
            self.waits(one);
        }
        assert_eq!(self.world.ledger(), sums, "the ledger stands where the states do");
        let line = self.world.budget();
        assert!(sums.iter().sum::<i64>() <= line.budget.0, "M2");
        assert!(sums.iter().all(|sum| 0 <= *sum));
        for batch in &self.batches {
            let all = self.world.things.values().filter_map(Thing::disbursement).cloned();
            let all: Vec<Disbursement> = all.collect();
            let totals = self.world.batch(*batch).balance(&all).expect("it balances");
            let parts = [totals.paid, totals.returned, totals.open].map(|sum| sum.amount.0);
            assert_eq!(parts.iter().sum::<i64>(), totals.sent.amount.0);
        }
    }

    /// No state waits for ever.
    fn waits(&self, one: &Disbursement) {
        let ends = match one.state {
            State::Confirmed | State::Lapsed | State::Repaid | State::Referred => true,
            State::Payable
            | State::Batched
            | State::Ordered
            | State::Sent
            | State::Unknown
            | State::Paid
            | State::Returned
            | State::Exception
            | State::ClawbackOpened
            | State::Repaying => false,
        };
        assert_eq!(alarms(one).is_empty(), ends, "{}", one.state);
    }

    /// What the bank was paid by its own account of it: each posting of the budget, in turn.
    fn paid_at_most_once(&self) {
        let mut paid: BTreeMap<DisbursementId, i64> = BTreeMap::new();
        let lines = self.world.facts.iter().filter_map(|(_, fact)| {
            let Fact::Budget(fact) = fact else { return None };
            fact.posting()
        });
        for posting in lines {
            use lifecycle::budget::Account;
            let Some(of) = posting.cause.disbursement() else { continue };
            let balance = paid.entry(*of).or_default();
            for (account, amount) in posting.legs() {
                if matches!(account, Account::Paid | Account::InPayment) {
                    *balance += amount.0;
                }
            }
            assert!((0..=AMOUNT).contains(balance), "an entitlement is paid at most once");
        }
    }

    /// Folding the facts of everything gives the rows.
    fn folds(&self) {
        let mut again: BTreeMap<ThingId, Thing> = BTreeMap::new();
        for (id, fact) in &self.world.facts {
            let after = lifecycle::apply(again.remove(id), fact).expect("a thing");
            again.insert(id.clone(), after);
        }
        assert_eq!(again, self.world.things);
    }
}

/// Where the money of a disbursement must stand: reserved, in payment, paid, returned, receivable.
fn parts(one: &Disbursement) -> [i64; 5] {
    let (payable, withheld) = (one.payable().0, one.withheld.0);
    // A claim that was decided has taken its amount out of what is paid: into what is owed, or back.
    let taken = matches!(one.state, State::Repaying | State::Referred | State::Repaid);
    let claim = one.clawback.as_ref().filter(|_| taken);
    let (claimed, owed) = claim.map_or((0, 0), |one| (one.opening.amount.0, one.owed().0));
    match one.standing() {
        Standing::Reserved => [payable, 0, withheld, 0, 0],
        Standing::InPayment => [0, payable, withheld, 0, 0],
        Standing::Paid => [0, 0, payable + withheld - claimed, 0, owed],
        Standing::Returned => [0, 0, withheld, payable, 0],
        Standing::Nowhere => [0, 0, withheld, 0, 0],
    }
}

proptest! {
    /// `PROPTEST_CASES` says how many lives.
    #[test]
    fn no_life_pays_an_entitlement_twice_or_loses_a_fen(
        steps in prop::collection::vec(step(), 1..STEPS),
    ) {
        let mut life = Life::begun();
        for number in 1..=3 {
            life.try_it(&Step::Approve(number));
        }
        for step in &steps {
            life.try_it(step);
            life.holds();
        }
        life.paid_at_most_once();
        life.folds();
    }
}
