//! Lives at random: what is asked of a few disbursements, and what the bank says of them.

use base::{BatchId, DisbursementId, Fen};
use jiff::SignedDuration;
use proptest::prelude::*;

use super::super::super::ThingId;
use super::super::super::batch::BatchCommand;
use super::super::sample::{
    self, CHECKER, CLERK, LEADER, MAKER, REVIEWER, SECOND_REVIEWER, World, by, disbursement,
    rejected,
};
use super::super::*;

/// How many disbursements there are, of two enterprises, paid from one line that cannot pay all.
const DISBURSEMENTS: u128 = 5;
/// What each is of, in fen.
pub(super) const AMOUNT: i64 = 300_000;
/// How many steps a life has.
pub(super) const STEPS: usize = 60;

/// Something that is tried. Most of it is refused most of the time.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Approve(u128),
    Advance(u128),
    Make { of: Vec<u128>, person: usize },
    Check { batch: usize, person: usize, approve: bool },
    Send(usize),
    Report { of: u128, attempt: usize, outcome: u8, wrong: bool, back: i64 },
    Repeat(usize),
    Resolve { of: u128, person: usize, paid: bool, attempt: usize },
    Account { of: u128, verify: bool, person: usize, correct: bool },
    Receipt(u128),
    Lapse { of: u128, person: usize },
    Claim { of: u128, amount: i64 },
    Decide { of: u128, person: usize, way: u8 },
    Repay { of: u128, amount: i64, all: bool, against: Option<u128> },
    Ring(u128),
    Hours(i64),
}

const PEOPLE: &[&str] = &[MAKER, CHECKER, REVIEWER, SECOND_REVIEWER, LEADER, CLERK];

pub(super) fn step() -> impl Strategy<Value = Step> {
    let of = || 1..=DISBURSEMENTS;
    let person = || 0..PEOPLE.len();
    prop_oneof![
        2 => of().prop_map(Step::Approve),
        12 => of().prop_map(Step::Advance),
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
        4 => (of(), prop_oneof![1..=AMOUNT, Just(AMOUNT)])
            .prop_map(|(of, amount)| Step::Claim { of, amount }),
        8 => (of(), person(), 0_u8..7)
            .prop_map(|(of, person, way)| Step::Decide { of, person, way }),
        8 => (of(), 1..=AMOUNT, any::<bool>(), prop::option::of(of()))
            .prop_map(|(of, amount, all, against)| Step::Repay { of, amount, all, against }),
        4 => of().prop_map(Step::Ring),
        3 => (1_i64..72).prop_map(Step::Hours),
    ]
}

/// A life: the world, what was said to it, and the bank's own book of what it was told to pay.
pub(super) struct Life {
    pub(super) world: World,
    pub(super) batches: Vec<BatchId>,
    said: Vec<Report>,
}

impl Life {
    pub(super) fn begun() -> Life {
        let budget = Fen(AMOUNT * 4);
        let world = World::with_budget(budget);
        let mut life = Life { world, batches: Vec::new(), said: Vec::new() };
        for number in 1..=3 {
            life.try_it(&Step::Approve(number));
        }
        life
    }

    fn find(&self, number: u128) -> Option<&Disbursement> {
        self.world.things.get(&ThingId::Disbursement(disbursement(number)))?.disbursement()
    }

    /// Tries something; whether it is refused is not what is looked at.
    pub(super) fn try_it(&mut self, step: &Step) {
        let tried = match step {
            Step::Approve(number) => {
                let enterprise = if number.is_multiple_of(2) { "P-001" } else { "P-002" };
                self.world.approve(*number, enterprise, Fen(AMOUNT)).map(|_| ())
            }
            Step::Advance(number) => return self.advance(*number),
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

    /// Whoever is to do the next thing does it, so that lives come far.
    fn advance(&mut self, number: u128) {
        let Some(one) = self.find(number) else { return };
        let id = one.id;
        let batched = one.batched.as_ref().map(|one| one.batch);
        let ordered = one.last_attempt().map(|one| one.batch);
        match (one.state, batched, ordered) {
            (State::Payable, _, _) => {
                let made = self.world.make(MAKER, &[id]);
                self.batches.extend(made);
            }
            (State::Batched, Some(batch), _) => {
                let approve = BatchCommand::Approve { by: by(CHECKER) };
                let _refused = self.world.of_batch(batch, approve).err();
            }
            (State::Ordered, _, Some(batch)) => {
                let _refused = self.world.send(batch).err();
            }
            (State::Returned, _, _) => {
                let _refused = self.world.confirm_account(id, "7777").err();
                let _refused = self.world.verify_account(id, SECOND_REVIEWER).err();
            }
            (State::ClawbackOpened, _, _) => {
                self.world.ring_for(id);
                self.world.hours(1);
            }
            (State::Exception | State::Unknown, _, _) => {
                let at = self.world.now;
                let last = one.last_attempt().map(|one| one.instruction.clone());
                let paid = last.filter(|_| number.is_multiple_of(2));
                let paid = paid.map(|instruction| Resolution::Paid { instruction, at });
                let resolution = paid.unwrap_or(Resolution::Returned { at });
                let _refused = self.world.resolve(id, &resolution).err();
            }
            (State::Repaying, _, _) => {
                let owed = self.owed(number).unwrap_or(Fen::ZERO);
                for other in (1..=DISBURSEMENTS).filter(|other| *other != number) {
                    let left = self.find(other).map_or(Fen::ZERO, Disbursement::payable);
                    let (against, amount) = (disbursement(other), owed.min(left));
                    let offset = DisbursementCommand::Offset { by: by(MAKER), against, amount };
                    if self.world.of(id, offset).is_ok() {
                        break;
                    }
                }
            }
            (State::Referred, _, _) => {
                let reference = format!("HK-{}", self.world.facts.len());
                let amount = self.owed(number).unwrap_or(Fen::ZERO);
                let by = by(MAKER);
                let repay = DisbursementCommand::RecordRepayment { by, amount, reference };
                let _refused = self.world.of(id, repay).err();
            }
            (_, _, _) => {}
        }
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

    /// What is owed of a disbursement.
    fn owed(&self, number: u128) -> Option<Fen> {
        self.find(number)?.clawback.as_ref().map(Clawback::owed)
    }

    /// What is decided of a clawback.
    fn decision(&self, of: u128, way: u8) -> Option<ClawbackDecision> {
        let until = self.world.now + SignedDuration::from_hours(24 * 30);
        let text = || "理由".to_owned();
        let owed =
            self.find(of)?.clawback.as_ref().map(|claim| {
                if claim.decided.is_some() { claim.owed() } else { claim.opening.amount }
            });
        let way = match way {
            0 | 1 => Way::Dropped,
            2 => Way::AtOnce { until },
            3 => Way::Instalments(vec![Instalment { until, amount: owed? }]),
            4 => Way::Offset { until },
            _ => Way::Referred { to: text() },
        };
        let (document, statement, reason, bar) = (text(), text(), text(), false);
        Some(ClawbackDecision { document, statement, reason, way, bar })
    }

    fn command(&self, step: &Step) -> Option<(u128, DisbursementCommand)> {
        let now = self.world.now;
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
            Step::Claim { of, amount } => {
                let (amount, fraud, statement_days) = (Fen(*amount), true, 5);
                let opening = ClawbackOpening {
                    amount,
                    basis: text(),
                    remedy: text(),
                    fraud,
                    statement_days,
                };
                (*of, DisbursementCommand::OpenClawback { by: by(REVIEWER), opening })
            }
            Step::Decide { of, person, way } => {
                let (by, decision) = (by(PEOPLE[*person]), self.decision(*of, *way)?);
                (*of, DisbursementCommand::DecideClawback { by, decision })
            }
            Step::Repay { of, amount, all: whole, against: Some(against) } => {
                let left = self.find(*against)?.payable();
                let all = self.owed(*of)?.min(left);
                let amount = if *whole { all } else { Fen(*amount) };
                let against = disbursement(*against);
                (*of, DisbursementCommand::Offset { by: by(MAKER), against, amount })
            }
            Step::Repay { of, amount, all, against: None } => {
                let reference = format!("HK-{}", self.world.facts.len());
                let amount = if *all { self.owed(*of)? } else { Fen(*amount) };
                let by = by(MAKER);
                (*of, DisbursementCommand::RecordRepayment { by, amount, reference })
            }
            Step::Approve(_)
            | Step::Advance(_)
            | Step::Make { .. }
            | Step::Check { .. }
            | Step::Send(_)
            | Step::Report { .. }
            | Step::Repeat(_)
            | Step::Ring(_)
            | Step::Hours(_) => return None,
        })
    }
}
