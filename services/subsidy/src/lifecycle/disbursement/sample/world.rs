//! A small world for tests: one room without a database, in which what follows follows, or nothing
//! happens at all.

use std::collections::{BTreeMap, VecDeque};

use base::{ApplicationId, BatchId, DepartmentId, DisbursementId, EnterpriseId, Fen, PolicyId};
use calendar::{Calendar, Moment};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::super::super::batch::{Batch, BatchCommand, Entry, File, FileReport, Line};
use super::super::super::budget::{Budget, BudgetCommand, Opening};
use super::super::super::{self as lifecycle, Command, Fact, Thing, ThingId};
use super::super::*;
use super::{
    CHECKER, CLERK, MAKER, REVIEWER, SECOND_REVIEWER, SETTLED, account, at, budget_id, by,
    disbursement, rejected,
};
use crate::error::Error;

/// All that there is, and a clock that goes on when told.
#[derive(Clone)]
pub(in crate::lifecycle) struct World {
    pub(in crate::lifecycle) things: BTreeMap<ThingId, Thing>,
    pub(in crate::lifecycle) facts: Vec<(ThingId, Fact)>,
    pub(in crate::lifecycle) now: Timestamp,
    pub(in crate::lifecycle) calendar: Calendar,
    batches: u128,
    messages: u32,
}

impl World {
    /// Monday morning, and a line of 100,000.00 yuan.
    pub(in crate::lifecycle) fn new() -> World {
        World::with_budget(Fen(10_000_000))
    }

    /// The same with another amount.
    pub(in crate::lifecycle) fn with_budget(amount: Fen) -> World {
        let mut world = World {
            things: BTreeMap::new(),
            facts: Vec::new(),
            now: at("2026-03-02 09:00"),
            calendar: Calendar::published(),
            batches: 0,
            messages: 0,
        };
        let opening = Opening {
            id: budget_id(),
            policy: PolicyId::new("P01").unwrap(),
            year: 2026,
            payer: DepartmentId::new("D04").unwrap(),
            amount,
            document: "财预〔2026〕1号".to_owned(),
            by: by(CHECKER),
        };
        let command = Command::Budget(BudgetCommand::Open(opening));
        world.ask(ThingId::Budget(budget_id()), command).unwrap();
        world
    }

    /// Asks something, and all that follows, in one unit.
    pub(in crate::lifecycle) fn ask(&mut self, id: ThingId, command: Command) -> Result<(), Error> {
        let (mut changed, mut told) = (BTreeMap::new(), Vec::new());
        let mut pending = VecDeque::from([(id, command)]);
        while let Some((id, command)) = pending.pop_front() {
            let moment = Moment { now: self.now, calendar: &self.calendar };
            let mut thing = changed.get(&id).or(self.things.get(&id)).cloned();
            for fact in lifecycle::decide(thing.as_ref(), &command, moment)? {
                thing = lifecycle::apply(thing, &fact);
                pending.extend(lifecycle::follows(thing.as_ref().unwrap(), &fact));
                told.push((id.clone(), fact));
            }
            changed.extend(thing.map(|thing| (id, thing)));
        }
        self.things.extend(changed);
        self.facts.extend(told);
        Ok(())
    }

    /// Asks something of a disbursement.
    pub(in crate::lifecycle) fn of(
        &mut self,
        id: DisbursementId,
        command: DisbursementCommand,
    ) -> Result<(), Error> {
        self.ask(ThingId::Disbursement(id), Command::Disbursement(command))
    }

    /// Asks something of a batch.
    pub(in crate::lifecycle) fn of_batch(
        &mut self,
        id: BatchId,
        command: BatchCommand,
    ) -> Result<(), Error> {
        self.ask(ThingId::Batch(id), Command::Batch(command))
    }

    /// An approved disbursement of so much: the n-th, of the enterprise of that name.
    pub(in crate::lifecycle) fn approve(
        &mut self,
        number: u128,
        enterprise: &str,
        amount: Fen,
    ) -> Result<DisbursementId, Error> {
        let (id, application) = (disbursement(number), ApplicationId::new(Uuid::from_u128(number)));
        let entitlement = Entitlement {
            application,
            policy: PolicyId::new("P01").unwrap(),
            version: 1,
            enterprise: EnterpriseId::new(enterprise).unwrap(),
            payer: DepartmentId::new("D04").unwrap(),
            budget: budget_id(),
            amount,
        };
        let before = self.clone();
        let commit =
            BudgetCommand::Commit { application, disbursement: id, held: Fen::ZERO, amount };
        let create = DisbursementCommand::Create {
            id,
            entitlement,
            account: account("0548"),
            reviewers: vec![by(REVIEWER).person, by(SECOND_REVIEWER).person],
            first_reviewers: vec![by(REVIEWER).person],
        };
        self.ask(ThingId::Budget(budget_id()), Command::Budget(commit))?;
        self.of(id, create).inspect_err(|_| *self = before)?;
        Ok(id)
    }

    /// One of 3,000.00 yuan for P-001.
    pub(in crate::lifecycle) fn payable(&mut self, number: u128) -> DisbursementId {
        self.approve(number, "P-001", Fen(300_000)).unwrap()
    }

    /// Puts disbursements together.
    pub(in crate::lifecycle) fn make(
        &mut self,
        maker: &str,
        disbursements: &[DisbursementId],
    ) -> Result<BatchId, Error> {
        let entries = disbursements.iter().map(|one| self.disbursement(*one).entry()).collect();
        self.make_of(maker, entries)
    }

    /// Puts entries together.
    pub(in crate::lifecycle) fn make_of(
        &mut self,
        maker: &str,
        entries: Vec<Entry>,
    ) -> Result<BatchId, Error> {
        let id = BatchId::new(Uuid::from_u128(0xBA7C_0000 + self.batches));
        let command = BatchCommand::Create {
            id,
            number: format!("PC-2026-{:06}", self.batches),
            by: by(maker),
            payer: DepartmentId::new("D04").unwrap(),
            entries,
        };
        self.of_batch(id, command)?;
        self.batches += 1;
        Ok(id)
    }

    /// What the file of a batch must pay as things stand.
    pub(in crate::lifecycle) fn lines(&self, batch: BatchId) -> Vec<Line> {
        let entries = self.batch(batch).entries.iter();
        let ordered = entries.map(|entry| self.disbursement(entry.disbursement));
        let ordered = ordered.filter(|one| one.state == State::Ordered);
        ordered.filter_map(|one| one.line(batch)).collect()
    }

    /// Sends a batch with these payments.
    pub(in crate::lifecycle) fn send_lines(
        &mut self,
        batch: BatchId,
        lines: Vec<Line>,
    ) -> Result<(), Error> {
        let name = format!("{}.xml", self.batch(batch).message_id());
        let file = (!lines.is_empty()).then(|| File { name, sha256: "f11e".to_owned() });
        self.of_batch(batch, BatchCommand::Send { file, lines })
    }

    /// Sends what is ordered.
    pub(in crate::lifecycle) fn send(&mut self, batch: BatchId) -> Result<(), Error> {
        let lines = self.lines(batch);
        self.send_lines(batch, lines)
    }

    /// Makes a batch, has it approved and sends it.
    pub(in crate::lifecycle) fn sent(&mut self, disbursements: &[DisbursementId]) -> BatchId {
        let batch = self.ordered(disbursements);
        self.send(batch).unwrap();
        batch
    }

    /// Makes a batch and has it approved.
    pub(in crate::lifecycle) fn ordered(&mut self, disbursements: &[DisbursementId]) -> BatchId {
        let batch = self.make(MAKER, disbursements).unwrap();
        self.of_batch(batch, BatchCommand::Approve { by: by(CHECKER) }).unwrap();
        batch
    }

    /// One that the bank has paid, an hour ago.
    pub(in crate::lifecycle) fn paid(&mut self, number: u128) -> DisbursementId {
        let id = self.payable(number);
        self.sent(&[id]);
        self.hours(1);
        self.report(id, SETTLED).unwrap();
        id
    }

    /// One that the bank has given back, an hour ago.
    pub(in crate::lifecycle) fn returned(&mut self, number: u128) -> DisbursementId {
        let id = self.payable(number);
        self.sent(&[id]);
        self.hours(1);
        self.report(id, rejected()).unwrap();
        id
    }

    /// The bank reports on the last instruction, of all of it, now.
    pub(in crate::lifecycle) fn report(
        &mut self,
        id: DisbursementId,
        outcome: Outcome,
    ) -> Result<(), Error> {
        let report = self.word(id, outcome);
        self.say(report)
    }

    /// What the bank would say of the last instruction now.
    pub(in crate::lifecycle) fn word(&self, id: DisbursementId, outcome: Outcome) -> Report {
        let attempt = self.disbursement(id).last_attempt().unwrap().clone();
        Report {
            batch: attempt.batch,
            instruction: attempt.instruction,
            amount: Some(attempt.amount),
            outcome,
            at: self.now,
            message: format!("M{:04}", self.messages),
        }
    }

    /// The bank says it, in a message of its own.
    pub(in crate::lifecycle) fn say(&mut self, report: Report) -> Result<(), Error> {
        let batch = report.batch;
        let report = self.message(vec![report]);
        self.of_batch(batch, BatchCommand::Report(report))
    }

    /// A new message of the bank.
    pub(in crate::lifecycle) fn message(&mut self, entries: Vec<Report>) -> FileReport {
        self.messages += 1;
        let message = format!("M{:04}", self.messages);
        FileReport { sha256: format!("sha-{message}"), message, entries }
    }

    /// The next alarm of a thing rings, at its instant.
    pub(in crate::lifecycle) fn ring(&mut self, id: &ThingId) -> Result<(), Error> {
        let armed = lifecycle::alarms(&self.things[id]);
        let (_, at) = armed.into_iter().min_by_key(|(_, at)| *at).expect("an alarm is armed");
        self.now = self.now.max(at);
        let command = match id {
            ThingId::Batch(_) => Command::Batch(BatchCommand::Ring),
            ThingId::Disbursement(_) => Command::Disbursement(DisbursementCommand::Ring),
            ThingId::Policy(_) | ThingId::Application(_) | ThingId::Budget(_) => {
                panic!("no alarm of these tests")
            }
        };
        self.ask(id.clone(), command)
    }

    /// The alarm of a disbursement rings.
    pub(in crate::lifecycle) fn ring_for(&mut self, id: DisbursementId) {
        self.ring(&ThingId::Disbursement(id)).unwrap();
    }

    /// The clock goes on.
    pub(in crate::lifecycle) fn hours(&mut self, hours: i64) {
        self.now += SignedDuration::from_hours(hours);
    }

    /// A disbursement as it is.
    pub(in crate::lifecycle) fn disbursement(&self, id: DisbursementId) -> &Disbursement {
        self.things[&ThingId::Disbursement(id)].disbursement().unwrap()
    }

    /// Where a disbursement stands.
    pub(in crate::lifecycle) fn state(&self, id: DisbursementId) -> State {
        self.disbursement(id).state
    }

    /// A batch as it is.
    pub(in crate::lifecycle) fn batch(&self, id: BatchId) -> &Batch {
        self.things[&ThingId::Batch(id)].batch().unwrap()
    }

    /// The line that pays.
    pub(in crate::lifecycle) fn budget(&self) -> &Budget {
        self.things[&ThingId::Budget(budget_id())].budget().unwrap()
    }

    /// Reserved, in payment, paid, returned and receivable, in fen.
    pub(in crate::lifecycle) fn ledger(&self) -> [i64; 5] {
        let line = self.budget();
        [line.reserved, line.in_payment, line.paid, line.returned, line.receivable].map(|fen| fen.0)
    }

    /// What happened to a disbursement, by name.
    pub(in crate::lifecycle) fn told(&self, id: DisbursementId) -> Vec<&'static str> {
        let own = self.facts.iter().filter(|(of, _)| *of == ThingId::Disbursement(id));
        let names = own.filter_map(|(_, fact)| {
            if let Fact::Disbursement(fact) = fact { Some((&fact.what).into()) } else { None }
        });
        names.collect()
    }

    /// Who was told that somebody is late with a disbursement.
    pub(in crate::lifecycle) fn told_whom(&self, id: DisbursementId) -> Vec<Told> {
        let own = self.facts.iter().filter(|(of, _)| *of == ThingId::Disbursement(id));
        let told = own.filter_map(|(_, fact)| {
            let Fact::Disbursement(fact) = fact else { return None };
            if let What::Stranded { told, .. } | What::LimitMissed { told, .. } = fact.what {
                return Some(told);
            }
            None
        });
        told.collect()
    }

    /// Two people say what is true.
    pub(in crate::lifecycle) fn resolve(
        &mut self,
        id: DisbursementId,
        resolution: &Resolution,
    ) -> Result<(), Error> {
        for person in [MAKER, CHECKER] {
            self.of(
                id,
                DisbursementCommand::ResolveException {
                    by: by(person),
                    resolution: resolution.clone(),
                    reason: "银行对账单".to_owned(),
                },
            )?;
        }
        Ok(())
    }

    /// The enterprise confirms an account of its own.
    pub(in crate::lifecycle) fn confirm_account(
        &mut self,
        id: DisbursementId,
        tail: &str,
    ) -> Result<(), Error> {
        self.of(
            id,
            DisbursementCommand::ConfirmAccount {
                by: by(CLERK),
                account: account(tail),
                holder: "朗图科技有限公司".to_owned(),
                registered: "朗图科技有限公司".to_owned(),
            },
        )
    }

    /// Somebody finds it right.
    pub(in crate::lifecycle) fn verify_account(
        &mut self,
        id: DisbursementId,
        person: &str,
    ) -> Result<(), Error> {
        let (by, reason) = (by(person), String::new());
        self.of(id, DisbursementCommand::VerifyAccount { by, correct: true, reason })
    }
}
