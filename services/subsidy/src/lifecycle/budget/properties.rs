//! Whatever is done to a line, in whatever order: it is never exceeded, and every fen stands
//! somewhere.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use base::Fen;
use calendar::{Calendar, Moment};
use jiff::SignedDuration;
use proptest::prelude::*;
use strum::IntoEnumIterator as _;

use super::sample::*;
use super::*;

/// Something that might be asked. The numbers are few and the amounts small, so that they meet.
fn asked() -> impl Strategy<Value = BudgetCommand> {
    let amount = prop_oneof![8 => -1i64..120, 1 => Just(i64::MAX), 1 => Just(i64::MIN)];
    let held = prop_oneof![3 => Just(0i64), 2 => 0i64..60];
    (0usize..21, 1u128..4, amount, held).prop_map(|(kind, number, amount, held)| {
        let money = || money(number, amount);
        let document = || "1号".to_owned();
        match kind {
            0 => propose("maker", Change::Raise(Fen(amount))),
            1 => propose("maker", Change::Cut(Fen(amount))),
            2 => BudgetCommand::ConfirmAdjustment { by: by("checker") },
            3 => BudgetCommand::DropAdjustment { by: by("maker") },
            4 | 5 => hold(number, amount),
            6 => release(number, amount),
            7 | 8 => commit(number, held, amount),
            9 => BudgetCommand::Order(money()),
            10 => BudgetCommand::Pay(money()),
            11 => BudgetCommand::Bounce(money()),
            12 => BudgetCommand::Reverse(money()),
            13 => BudgetCommand::Reissue(money()),
            14 => BudgetCommand::Lapse { money: money(), from: LapseFrom::Reserved },
            15 => BudgetCommand::Lapse { money: money(), from: LapseFrom::Returned },
            16 => BudgetCommand::OpenReceivable(money()),
            17 => BudgetCommand::Waive(money()),
            18 => BudgetCommand::Repay(money()),
            19 => BudgetCommand::Offset { money: money(), document: document() },
            _ => BudgetCommand::Withhold { money: money(), document: document() },
        }
    })
}

/// What must hold of a line at any time, and of all that was ever posted to it.
fn holds(budget: &Budget, postings: &[Posting]) -> Result<(), TestCaseError> {
    prop_assert!(Fen::ZERO <= budget.free(), "{budget:?}");
    let mut sum = 0i128;
    for account in Account::iter() {
        prop_assert!(Fen::ZERO <= budget.balance(account), "{account}: {budget:?}");
        let legs = postings.iter().flat_map(Posting::legs).filter(|(other, _)| *other == account);
        let posted: i128 = legs.map(|(_, amount)| i128::from(amount.0)).sum();
        let side = if account == Account::Budget { -1 } else { 1 };
        prop_assert_eq!(posted * side, i128::from(budget.balance(account).0), "{}", account);
        sum += posted;
    }
    prop_assert_eq!(sum, 0);
    Ok(())
}

proptest! {
    /// M2: held + reserved + in payment + paid ≤ budget, whatever is asked in whatever order; what
    /// is refused changes nothing; the facts make the line; the postings make its amounts.
    #[test]
    fn m2_no_life_exceeds_a_budget_or_strands_a_fen(
        amount in 0i64..400,
        commands in prop::collection::vec((asked(), -1i64..100_000), 1..60),
    ) {
        let calendar = Calendar::published();
        let mut now = instant(DAY_ONE);
        let moment = |now| Moment { now, calendar: &calendar };
        let mut facts =
            decide(None, &BudgetCommand::Open(opening(2026, amount)), moment(now)).unwrap();
        let mut budget = facts.iter().fold(None, apply).unwrap();
        for (place, (command, later)) in commands.iter().enumerate() {
            now += SignedDuration::from_secs(*later);
            let before = budget.clone();
            // Past the middle of its life the year is over, and is closed twice.
            let closing = close_year(None, budget.free().0);
            let ends = [commands.len() / 2, commands.len() * 3 / 4].contains(&place);
            let command = if ends { &closing } else { command };
            now = if ends { now.max(instant(NEXT_YEAR)) } else { now };
            match decide(Some(&budget), command, moment(now)) {
                Ok(new) => {
                    prop_assert!(!new.is_empty());
                    if let [only] = new.as_slice() {
                        let after = apply(Some(before.clone()), only).unwrap();
                        prop_assert_eq!(only.frees(), before.free() < after.free(), "{:?}", only);
                    }
                    budget = new.iter().fold(Some(budget), apply).unwrap();
                    facts.extend(new);
                }
                Err(_) => prop_assert_eq!(&budget, &before),
            }
            prop_assert!(before.changed_at <= budget.changed_at);
            let postings: Vec<Posting> =
                facts.iter().filter_map(BudgetFact::posting).cloned().collect();
            holds(&budget, &postings)?;
        }
        prop_assert_eq!(facts.iter().fold(None, apply), Some(budget.clone()));
        prop_assert_eq!(budget.changes, i64::try_from(facts.len()).unwrap());
        let numbers: Vec<i64> =
            facts.iter().filter_map(BudgetFact::posting).map(|posting| posting.number).collect();
        prop_assert!(numbers.is_sorted_by(|one, other| one < other), "{numbers:?}");
    }
}
