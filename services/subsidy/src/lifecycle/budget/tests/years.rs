//! What becomes of a line after its year.

use base::Fen;

use super::*;

#[test]
fn at_the_years_end_nothing_moves_by_itself() {
    let budget = line(500, &[commit(1, 0, 200)]);
    assert_eq!(alarms(&budget), []);
    let budget = after(Some(budget), &commit(2, 0, 100), NEXT_YEAR);
    assert_eq!((budget.state, budget.free()), (State::Open, Fen(200)));
}

#[test]
fn a_year_is_closed_after_it_and_all_that_is_free_is_decided() {
    let budget = line(500, &[commit(1, 0, 200)]);
    let runs = refused(&budget, &close_year(None, 300));
    assert_eq!(runs, BudgetError::YearRuns { year: 2026 });
    let late = "2026-12-31T23:59:59+08:00";
    let runs = decide_at(Some(&budget), &close_year(None, 300), late);
    assert_eq!(runs, Err(BudgetError::YearRuns { year: 2026 }));
    for lapse in [299, 301] {
        let (free, carried, lapsed) = (Fen(300), Fen::ZERO, Fen(lapse));
        let refusal = decide_at(Some(&budget), &close_year(None, lapse), NEXT_YEAR);
        assert_eq!(refusal, Err(BudgetError::NotAllDecided { free, carried, lapsed }));
    }
    let budget = after(Some(budget), &close_year(None, 300), NEXT_YEAR);
    assert_eq!((budget.state, budget.budget, budget.free()), (State::Closed, Fen(200), Fen(0)));
}

#[test]
fn a_closed_line_pays_what_it_promised_and_promises_nothing_new() {
    let budget = line(500, &[commit(1, 0, 200), hold(2, 100)]);
    let budget = after(Some(budget), &close_year(None, 200), NEXT_YEAR);
    let state = State::Closed;
    let forbids = BudgetError::StateForbids { state, action: Action::Hold };
    assert_eq!(refused(&budget, &hold(3, 1)), forbids);
    assert_eq!(refused(&budget, &commit(3, 0, 1)), exceeded(0, 1));
    let budget = after(Some(budget), &commit(2, 100, 100), NEXT_YEAR);
    let budget = after(Some(budget), &BudgetCommand::Order(money(1, 200)), NEXT_YEAR);
    let budget = after(Some(budget), &BudgetCommand::Bounce(money(1, 200)), NEXT_YEAR);
    let lapse = BudgetCommand::Lapse { money: money(1, 200), from: LapseFrom::Returned };
    let budget = after(Some(budget), &lapse, NEXT_YEAR);
    assert_eq!(budget.free(), Fen(200));
    // It is free and nobody may have it, until that is decided, too.
    assert_eq!(refused(&budget, &commit(3, 0, 1)), exceeded(0, 1));
    let budget = after(Some(budget), &close_year(None, 200), NEXT_YEAR);
    assert_eq!((budget.free(), budget.budget), (Fen(0), Fen(100)));
}

#[test]
fn what_is_carried_over_is_taken_over_by_the_next_years_line() {
    let old = line(500, &[]);
    let new = after(None, &BudgetCommand::Open(opening(2027, 0)), NEXT_YEAR);
    let carry = Carry { into: new.id.clone(), amount: Fen(200) };
    let closing = close_year(Some(carry), 300);
    let facts = decide_at(Some(&old), &closing, NEXT_YEAR).expect("it is taken");
    let mut following = Vec::new();
    let mut closed = old.clone();
    for fact in &facts {
        closed = apply(Some(closed), fact).expect("a line");
        following.extend(follows(&closed, fact));
    }
    assert_eq!((closed.budget, closed.state), (Fen::ZERO, State::Closed));
    let [(ThingId::Budget(into), Command::Budget(command))] = following.as_slice() else {
        panic!("one follows: {following:?}")
    };
    assert_eq!(*into, new.id);
    let new = after(Some(new), command, NEXT_YEAR);
    assert_eq!((new.budget, new.free()), (Fen(200), Fen(200)));
    // Into itself, or back in time, nothing is carried.
    let into_itself = decide_at(Some(&old), command, NEXT_YEAR);
    let (from, into) = (old.id.clone(), old.id.clone());
    assert_eq!(into_itself, Err(BudgetError::CarryUnfit { from, into }));
}
