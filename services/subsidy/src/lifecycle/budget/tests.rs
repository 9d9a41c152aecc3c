//! What the rules of a line say, one at a time.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod table;
mod years;

use std::collections::BTreeSet;

use base::{BudgetId, DepartmentId, Fen, PolicyId};
use strum::IntoEnumIterator as _;

use super::sample::*;
use super::*;

#[test]
fn each_movement_goes_between_two_accounts_and_has_one_line() {
    for movement in Movement::iter() {
        let lines = MOVES.iter().filter(|(other, _, _)| *other == movement).count();
        assert_eq!(lines, 1, "{movement}");
        let (from, to) = movement.accounts();
        assert_ne!(from, to, "{movement}");
    }
}

#[test]
fn the_table_of_the_database_knows_the_same_movements() {
    let sql = include_str!("../../../migrations/0002_create_ledger.sql");
    let told: BTreeSet<String> =
        MOVES.iter().map(|(by, from, to)| format!("'{by} {from} {to}'")).collect();
    let (_, list) = sql.split_once("debit IN (").expect("the check");
    let (list, _) = list.split_once("))").expect("its end");
    let kept: BTreeSet<String> = list.split(',').map(|line| line.trim().to_owned()).collect();
    assert_eq!(kept, told);
}

#[test]
fn each_state_takes_an_action_once() {
    for state in State::iter() {
        let taken = allowed(state);
        let distinct: Vec<Action> = Action::iter().filter(|by| taken.contains(by)).collect();
        assert_eq!(taken.len(), distinct.len(), "{state}");
    }
    assert_eq!(allowed(State::Open).len(), Action::iter().count(), "an open line takes all");
}

#[test]
fn a_posting_has_two_legs_that_sum_to_zero() {
    let budget = line(500, &[commit(1, 0, 200)]);
    let [Entry::Posting(opened), Entry::Posting(committed)] = budget.unwritten.as_slice() else {
        panic!("two postings: {:?}", budget.unwritten)
    };
    assert_eq!(opened.legs(), [(Account::Available, Fen(500)), (Account::Budget, Fen(-500))]);
    assert_eq!(committed.legs(), [(Account::Reserved, Fen(200)), (Account::Available, Fen(-200))]);
    assert_eq!((opened.number, committed.number), (1, 2));
    assert_eq!(committed.date.to_string(), "2026-03-04");
    assert_eq!(committed.cause.disbursement(), Some(&disbursement(1)));
    assert_eq!(committed.cause.application(), Some(&application(1)));
}

#[test]
fn a_payment_goes_from_what_is_free_to_what_is_paid() {
    let budget =
        line(500, &[hold(1, 200), commit(1, 200, 200), BudgetCommand::Order(money(1, 200))]);
    assert_eq!((budget.held, budget.reserved, budget.in_payment), (Fen(0), Fen(0), Fen(200)));
    let budget = after(Some(budget), &BudgetCommand::Pay(money(1, 200)), DAY_ONE);
    assert_eq!((budget.in_payment, budget.paid, budget.free()), (Fen(0), Fen(200), Fen(300)));
}

/// M2: what is free is free to the last fen, and not a fen more.
#[test]
fn m2_the_last_fen_is_promised_and_no_fen_more() {
    let budget = line(500, &[hold(1, 200), commit(2, 0, 299)]);
    let exceeded = BudgetError::Exceeded { free: Fen(1), amount: Fen(2) };
    assert_eq!(refused(&budget, &commit(3, 0, 2)), exceeded);
    assert_eq!(refused(&budget, &hold(3, 2)), exceeded);
    let budget = after(Some(budget), &commit(3, 0, 1), DAY_ONE);
    assert_eq!(budget.free(), Fen::ZERO);
    // What was set aside for an application is its own.
    let more = BudgetError::Exceeded { free: Fen(200), amount: Fen(201) };
    assert_eq!(refused(&budget, &commit(1, 200, 201)), more);
    let budget = after(Some(budget), &commit(1, 200, 200), DAY_ONE);
    assert_eq!((budget.held, budget.reserved), (Fen::ZERO, Fen(500)));
}

/// M2: nothing is ever cut to what is left: less is approved by people, or nothing is.
#[test]
fn m2_an_amount_is_never_truncated() {
    let budget = line(100, &[]);
    let refusal = refused(&budget, &commit(1, 0, 101));
    assert_eq!(refusal, BudgetError::Exceeded { free: Fen(100), amount: Fen(101) });
}

#[test]
fn an_approval_of_less_than_was_set_aside_sets_the_rest_free() {
    let budget = line(500, &[hold(1, 300), commit(1, 300, 250)]);
    assert_eq!((budget.held, budget.reserved, budget.free()), (Fen(0), Fen(250), Fen(250)));
}

#[test]
fn what_is_set_free_was_set_aside() {
    let budget = line(500, &[hold(1, 200), release(1, 200)]);
    assert_eq!(budget.free(), Fen(500));
    let none = BudgetError::HeldTooSmall { held: Fen(0), amount: Fen(200) };
    assert_eq!(refused(&budget, &release(1, 200)), none);
    assert_eq!(refused(&budget, &commit(1, 200, 200)), none);
}

#[test]
fn what_came_back_from_the_bank_keeps_its_place_until_it_lapses() {
    let sent = [commit(1, 0, 500), BudgetCommand::Order(money(1, 500))];
    let budget = line(500, &sent);
    let budget = after(Some(budget), &BudgetCommand::Bounce(money(1, 500)), DAY_ONE);
    assert_eq!(refused(&budget, &commit(2, 0, 1)), exceeded(0, 1));
    let again = after(Some(budget.clone()), &BudgetCommand::Reissue(money(1, 500)), DAY_ONE);
    assert_eq!((again.returned, again.reserved), (Fen::ZERO, Fen(500)));
    let lapse = BudgetCommand::Lapse { money: money(1, 500), from: LapseFrom::Returned };
    assert_eq!(after(Some(budget), &lapse, DAY_ONE).free(), Fen(500));
    let lapse = BudgetCommand::Lapse { money: money(1, 500), from: LapseFrom::Reserved };
    assert_eq!(after(Some(again), &lapse, DAY_ONE).free(), Fen(500));
}

/// M9: a second payment needs what only a return gives.
#[test]
fn m9_what_is_on_its_way_is_not_ordered_again() {
    let budget = line(500, &[commit(1, 0, 500), BudgetCommand::Order(money(1, 500))]);
    let none =
        |account| BudgetError::BalanceTooSmall { account, balance: Fen(0), amount: Fen(500) };
    assert_eq!(refused(&budget, &BudgetCommand::Order(money(1, 500))), none(Account::Reserved));
    assert_eq!(refused(&budget, &BudgetCommand::Reissue(money(1, 500))), none(Account::Returned));
    let budget = after(Some(budget), &BudgetCommand::Pay(money(1, 500)), DAY_ONE);
    assert_eq!(refused(&budget, &BudgetCommand::Pay(money(1, 500))), none(Account::InPayment));
    assert_eq!(refused(&budget, &BudgetCommand::Bounce(money(1, 500))), none(Account::InPayment));
}

#[test]
fn what_the_bank_takes_back_after_it_paid_is_posted_and_nothing_is_deleted() {
    let budget = paid_line();
    let budget = after(Some(budget), &BudgetCommand::Reverse(money(1, 500)), DAY_ONE);
    assert_eq!((budget.paid, budget.returned), (Fen::ZERO, Fen(500)));
    let moves: Vec<Movement> = postings(&budget).iter().map(|posting| posting.movement).collect();
    use Movement::{Appropriate, Commit, Order, Pay, Reverse};
    assert_eq!(moves, [Appropriate, Commit, Order, Pay, Reverse]);
}

#[test]
fn what_an_enterprise_pays_back_is_free_in_the_line_it_came_from() {
    let budget = after(Some(paid_line()), &BudgetCommand::OpenReceivable(money(1, 300)), DAY_ONE);
    assert_eq!((budget.paid, budget.receivable, budget.free()), (Fen(200), Fen(300), Fen(0)));
    let budget = after(Some(budget), &BudgetCommand::Repay(money(1, 100)), DAY_ONE);
    assert_eq!((budget.receivable, budget.free()), (Fen(200), Fen(100)));
    let budget = after(Some(budget), &BudgetCommand::Waive(money(1, 50)), DAY_ONE);
    assert_eq!((budget.paid, budget.receivable), (Fen(250), Fen(150)));
    let more = BudgetCommand::Repay(money(1, 151));
    let account = Account::Receivable;
    let small = BudgetError::BalanceTooSmall { account, balance: Fen(150), amount: Fen(151) };
    assert_eq!(refused(&budget, &more), small);
}

#[test]
fn an_offset_is_by_written_decision_on_both_sides() {
    let budget = after(Some(paid_line()), &BudgetCommand::OpenReceivable(money(1, 300)), DAY_ONE);
    let bare = BudgetCommand::Offset { money: money(1, 100), document: " ".to_owned() };
    assert_eq!(refused(&budget, &bare), BudgetError::DocumentMissing);
    let document = "经开财〔2026〕9号".to_owned();
    let offset = BudgetCommand::Offset { money: money(1, 100), document: document.clone() };
    let budget = after(Some(budget), &offset, DAY_ONE);
    assert_eq!((budget.receivable, budget.free()), (Fen(200), Fen(100)));
    let withhold = BudgetCommand::Withhold { money: money(2, 100), document: document.clone() };
    let budget = after(Some(budget), &commit(2, 0, 100), DAY_ONE);
    let budget = after(Some(budget), &withhold, DAY_ONE);
    assert_eq!((budget.reserved, budget.paid), (Fen(0), Fen(300)));
    let last = postings(&budget).pop().expect("a posting");
    assert_eq!(last.cause.document(), Some(document.as_str()));
}

/// M7 for the budget: two people, by a document.
#[test]
fn an_adjustment_is_proposed_by_one_and_confirmed_by_another() {
    let budget = line(500, &[]);
    let raise = Change::Raise(Fen(100));
    let undocumented = BudgetCommand::ProposeAdjustment {
        by: by("maker"),
        change: raise,
        document: String::new(),
    };
    assert_eq!(refused(&budget, &undocumented), BudgetError::DocumentMissing);
    let confirm = |who: &str| BudgetCommand::ConfirmAdjustment { by: by(who) };
    assert_eq!(refused(&budget, &confirm("checker")), BudgetError::NothingProposed);
    let budget = after(Some(budget), &propose("maker", raise), DAY_ONE);
    assert_eq!(budget.budget, Fen(500), "a proposal moves nothing");
    assert_eq!(refused(&budget, &confirm("maker")), BudgetError::SamePerson);
    let document = "经开财〔2026〕7号".to_owned();
    let stands = BudgetError::ProposalStands { document };
    assert_eq!(refused(&budget, &propose("other", raise)), stands);
    let budget = after(Some(budget), &confirm("checker"), DAY_ONE);
    assert_eq!((budget.budget, budget.free(), budget.proposal), (Fen(600), Fen(600), None));
}

#[test]
fn a_proposal_can_be_taken_back() {
    let budget = line(500, &[propose("maker", Change::Cut(Fen(100)))]);
    let drop = BudgetCommand::DropAdjustment { by: by("maker") };
    let budget = after(Some(budget), &drop, DAY_ONE);
    assert_eq!((budget.budget, budget.proposal.clone()), (Fen(500), None));
    assert_eq!(refused(&budget, &drop), BudgetError::NothingProposed);
}

#[test]
fn a_budget_is_never_cut_under_what_is_used() {
    let budget = line(500, &[hold(1, 100), commit(2, 0, 200)]);
    let (used, free) = (Fen(300), Fen(200));
    let under = BudgetError::UnderUsed { used, free, cut: Fen(201) };
    assert_eq!(refused(&budget, &propose("maker", Change::Cut(Fen(201)))), under);
    let budget = after(Some(budget), &propose("maker", Change::Cut(Fen(200))), DAY_ONE);
    // What was promised in between is looked at again.
    let budget = after(Some(budget), &commit(3, 0, 1), DAY_ONE);
    let confirm = BudgetCommand::ConfirmAdjustment { by: by("checker") };
    let under = BudgetError::UnderUsed { used: Fen(301), free: Fen(199), cut: Fen(200) };
    assert_eq!(refused(&budget, &confirm), under);
}

#[test]
fn amounts_that_are_no_amounts_are_refused() {
    let budget = line(500, &[hold(9, 100)]);
    for amount in [0, -1, i64::MIN] {
        let unfit = BudgetError::AmountUnfit { amount: Fen(amount) };
        assert_eq!(refused(&budget, &hold(1, amount)), unfit);
        assert_eq!(refused(&budget, &release(1, amount)), unfit);
        assert_eq!(refused(&budget, &commit(1, 0, amount)), unfit);
        assert_eq!(refused(&budget, &BudgetCommand::Order(money(1, amount))), unfit);
        assert_eq!(refused(&budget, &propose("maker", Change::Raise(Fen(amount)))), unfit);
        assert_eq!(refused(&budget, &propose("maker", Change::Cut(Fen(amount)))), unfit);
    }
    let negative = BudgetError::AmountUnfit { amount: Fen(-1) };
    assert_eq!(refused(&budget, &commit(1, -1, 1)), negative);
    let open = BudgetCommand::Open(opening(2026, -1));
    assert_eq!(decide_at(None, &open, DAY_ONE), Err(negative));
    let most = Fen(i64::MAX);
    let unfit = BudgetError::AmountUnfit { amount: most };
    assert_eq!(refused(&budget, &propose("maker", Change::Raise(most))), unfit);
    assert_eq!(refused(&budget, &hold(1, i64::MAX)), exceeded(400, i64::MAX));
}

#[test]
fn a_line_is_called_after_its_policy_year_and_payer() {
    let mut opening = opening(2026, 500);
    assert_eq!(opening.id.to_string(), "budgets/P01-2026-D04");
    opening.id = BudgetId::new("P02-2026-D04").expect("a name");
    let refusal = decide_at(None, &BudgetCommand::Open(opening), DAY_ONE);
    assert!(
        matches!(refusal, Err(BudgetError::NameUnfit { wanted, .. }) if wanted == "budgets/P01-2026-D04")
    );
    let long = PolicyId::new(&"p".repeat(60)).expect("a policy");
    let payer = DepartmentId::new("D04").expect("a department");
    assert!(budget_id(&long, 2026, &payer).is_err());
}

#[test]
fn a_line_is_opened_once_and_what_is_not_there_takes_nothing() {
    let open = BudgetCommand::Open(opening(2026, 500));
    let budget = line(500, &[]);
    let already = BudgetError::OpenedAlready { budget: budget.id.clone() };
    assert_eq!(refused(&budget, &open), already);
    let missing = decide_at(None, &hold(1, 1), DAY_ONE);
    assert_eq!(missing, Err(BudgetError::NotFound { budget: String::new() }));
}

#[test]
fn a_line_may_be_opened_with_nothing_to_take_over_what_is_carried() {
    let budget = line(0, &[]);
    assert_eq!((budget.budget, budget.changes, budget.unwritten.len()), (Fen::ZERO, 1, 0));
}

#[test]
fn time_never_runs_back_within_a_line() {
    let budget = line(500, &[]);
    let budget = after(Some(budget), &hold(1, 1), "2026-03-04T08:00:00+08:00");
    let budget = after(Some(budget), &commit(2, 0, 1), "2026-03-04T07:00:00+08:00");
    assert_eq!(budget.changed_at, instant(DAY_ONE));
    assert_eq!(postings(&budget).pop().map(|posting| posting.at), Some(instant(DAY_ONE)));
}

#[test]
fn the_day_of_a_posting_is_the_zones() {
    let opened = after(None, &BudgetCommand::Open(opening(2027, 5)), "2026-12-31T17:00:00Z");
    assert_eq!(postings(&opened)[0].date.to_string(), "2027-01-01");
}

#[test]
fn a_row_that_is_read_again_is_the_same_and_has_nothing_to_write() {
    let budget = line(500, &[commit(1, 0, 200), propose("maker", Change::Cut(Fen(1)))]);
    let text = serde_json::to_string(&budget).expect("a text");
    let read: Budget = serde_json::from_str(&text).expect("a line");
    assert_eq!(read, budget);
    assert_eq!((read.unwritten.len(), budget.unwritten.len()), (0, 2));
}

#[test]
fn every_refusal_says_in_chinese_what_to_do() {
    let budget = line(500, &[]).id;
    let (state, action, account) = (State::Closed, Action::Hold, Account::Paid);
    let (free, amount, year) = (Fen(1), Fen(2), 2026);
    let all = [
        BudgetError::NotFound { budget: budget.to_string() },
        BudgetError::OpenedAlready { budget: budget.clone() },
        BudgetError::NameUnfit { budget: budget.clone(), wanted: String::new() },
        BudgetError::SamePerson,
        BudgetError::StateForbids { state, action },
        BudgetError::AmountUnfit { amount },
        BudgetError::Exceeded { free, amount },
        BudgetError::UnderUsed { used: free, free, cut: amount },
        BudgetError::ProposalStands { document: "1".to_owned() },
        BudgetError::NothingProposed,
        BudgetError::DocumentMissing,
        BudgetError::BalanceTooSmall { account, balance: free, amount },
        BudgetError::HeldTooSmall { held: free, amount },
        BudgetError::YearRuns { year },
        BudgetError::NotAllDecided { free, carried: free, lapsed: amount },
        BudgetError::CarryUnfit { from: budget.clone(), into: budget },
    ];
    let mut reasons = BTreeSet::new();
    for error in &all {
        let told = format!("{:?}", error.verdict());
        assert!(told.contains('请'), "{told}");
        reasons.insert(told);
    }
    assert_eq!(reasons.len(), all.len());
}

fn exceeded(free: i64, amount: i64) -> BudgetError {
    BudgetError::Exceeded { free: Fen(free), amount: Fen(amount) }
}

/// A line of 500 whose one disbursement is paid.
fn paid_line() -> Budget {
    let pay = [BudgetCommand::Order(money(1, 500)), BudgetCommand::Pay(money(1, 500))];
    let budget = line(500, &[commit(1, 0, 500)]);
    pay.iter().fold(budget, |budget, command| after(Some(budget), command, DAY_ONE))
}

fn postings(budget: &Budget) -> Vec<Posting> {
    let posting = |entry: &Entry| match entry {
        Entry::Posting(posting) => Some(posting.clone()),
        Entry::SetAside { .. } => None,
    };
    budget.unwritten.iter().filter_map(posting).collect()
}
