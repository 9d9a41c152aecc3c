//! Whatever is asked and whatever the bank says, in whatever order: each entitlement is paid at most
//! once, the ledger stands where the states do, and folding the facts gives the rows.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod life;

use std::collections::{BTreeMap, BTreeSet};

use base::{DisbursementId, Fen};
use proptest::prelude::*;

use self::life::{AMOUNT, Life, STEPS, step};
use super::super::{self as lifecycle, Fact, Thing, ThingId};
use super::sample::{REVIEWER, SECOND_REVIEWER, by};
use super::*;

impl Life {
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
        for step in &steps {
            life.try_it(step);
            life.holds();
        }
        life.paid_at_most_once();
        life.folds();
    }
}
