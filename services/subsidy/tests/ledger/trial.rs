//! A trial balance at any past instant and position: what stood there then, and no other.

use anyhow::Result;
use base::Fen;
use jiff::Timestamp;
use journal::Clock as _;
use subsidy::ledger::{Booked, TrialBalance};
use subsidy::lifecycle::budget::{
    Account, BudgetCommand, Carry, Change, LapseFrom, State, budget_id,
};
use subsidy::store::ledger::{AsOf, Asked, Cursor, Scope, list_postings, list_totals};
use testkit::{Size, on_both_sizes};

use crate::books::{Books, by, commit, hold, money, opening, paid, release};

on_both_sizes!(
    the_past_stands_as_it_stood,
    the_roll_up_is_what_the_postings_make_of_it,
    postings_are_listed_page_by_page_as_of_then,
    a_scope_is_of_its_policy_year_and_payer,
    what_is_carried_over_leaves_one_line_and_is_in_the_other_or_nothing_is_done,
);

/// What happens in the tests, to two lines, over some months.
fn course() -> Vec<(&'static str, BudgetCommand)> {
    let document = || "9号".to_owned();
    let propose =
        |change| BudgetCommand::ProposeAdjustment { by: by("maker"), change, document: document() };
    let one = |command| ("P01", command);
    let two = |command| ("P02", command);
    let mut course = Vec::new();
    course.extend(paid(1, 700).map(one));
    course.extend(paid(2, 300).map(two));
    course.extend([
        one(hold(3, 250)),
        one(commit(3, 250, 200)),
        two(hold(4, 100)),
        one(BudgetCommand::Order(money(3, 200))),
        one(BudgetCommand::Bounce(money(3, 200))),
        two(release(4, 100)),
        one(BudgetCommand::Reissue(money(3, 200))),
        one(BudgetCommand::Order(money(3, 200))),
        one(BudgetCommand::Pay(money(3, 200))),
        two(propose(Change::Raise(Fen(40)))),
        two(BudgetCommand::ConfirmAdjustment { by: by("checker") }),
        one(BudgetCommand::Reverse(money(3, 200))),
        one(BudgetCommand::Lapse { money: money(3, 200), from: LapseFrom::Returned }),
        one(BudgetCommand::OpenReceivable(money(1, 500))),
        one(BudgetCommand::Repay(money(1, 100))),
        one(BudgetCommand::Waive(money(1, 50))),
        two(commit(5, 0, 90)),
        two(BudgetCommand::Withhold { money: money(5, 90), document: document() }),
        one(BudgetCommand::Offset { money: money(1, 90), document: document() }),
        one(propose(Change::Cut(Fen(1)))),
        one(BudgetCommand::ConfirmAdjustment { by: by("checker") }),
    ]);
    course
}

/// What stood there at an instant and a position.
struct Then {
    at: Timestamp,
    position: i64,
    trial: TrialBalance,
}

/// Lets all of it happen, some days apart, and writes down what stood there after each.
async fn lived(books: &Books) -> Result<Vec<Then>> {
    for policy in ["P01", "P02"] {
        books.opened(policy, 2026, 1_000).await?;
    }
    let mut then = Vec::new();
    for (step, (policy, command)) in course().into_iter().enumerate() {
        // Some fall on the same instant.
        books.later(if step % 4 == 0 { 0 } else { 100 });
        let id = opening(policy, 2026, 0)?.id;
        let (_, position) = books.desk.ask(&id, command).await?;
        let (at, trial) = (books.clock.now(), books.trial(AsOf::Now).await?);
        then.push(Then { at, position, trial });
    }
    Ok(then)
}

async fn the_past_stands_as_it_stood(size: Size) -> Result<()> {
    let books = Books::open(size).await?;
    let before_all = books.clock.now() - jiff::SignedDuration::from_secs(1);
    let lived = lived(&books).await?;
    for (place, then) in lived.iter().enumerate() {
        let found = books.trial(AsOf::Position(then.position)).await?;
        assert_eq!(found, then.trial, "as of position {}", then.position);
        assert!(found.is_balanced());
        // What became true at the same instant, but later, is part of that instant.
        let last = lived.iter().skip(place).take_while(|other| other.at == then.at).last();
        let found = books.trial(AsOf::Instant(then.at)).await?;
        assert_eq!(Some(&found), last.map(|last| &last.trial), "as of {}", then.at);
    }
    assert_eq!(books.trial(AsOf::Position(0)).await?, TrialBalance::default());
    assert_eq!(books.trial(AsOf::Instant(before_all)).await?, TrialBalance::default());
    let now = books.trial(AsOf::Now).await?;
    let balance = |account| now.sum(account).map(|line| line.balance());
    assert_eq!(balance(Account::Budget), Some(Fen(-2_039)));
    assert_eq!(balance(Account::Paid), Some(Fen(700 + 300 - 500 + 50 + 90)));
    assert_eq!(balance(Account::Receivable), Some(Fen(500 - 100 - 50 - 90)));
    assert_eq!(balance(Account::Returned), Some(Fen(0)));
    books.agree().await
}

async fn the_roll_up_is_what_the_postings_make_of_it(size: Size) -> Result<()> {
    let books = Books::open(size).await?;
    let lived = lived(&books).await?;
    for then in &lived {
        let as_of = AsOf::Position(then.position);
        let postings = postings(&books, as_of, 1_000).await?;
        let mut rebuilt = TrialBalance::default();
        postings.iter().for_each(|booked| rebuilt.add(booked).expect("they add up"));
        assert_eq!(rebuilt, then.trial);
    }
    let totals = list_totals(books.read(), &Scope::default(), AsOf::Now).await?;
    let months: std::collections::BTreeSet<&str> =
        totals.iter().map(|total| total.month.as_str()).collect();
    assert!(2 < months.len(), "it went over some months: {months:?}");
    // The sweep sees a total that is not what the postings make of it.
    assert_eq!(
        books
            .sql(
                "UPDATE ledger_total SET debit = debit + 1 WHERE until IS NULL AND \
                          account = 'PAID' AND budget = 'budgets/P02-2026-D04' AND month = \
                          (SELECT MAX(month) FROM ledger_total WHERE account = 'PAID' AND \
                          budget = 'budgets/P02-2026-D04')"
            )
            .await,
        Ok(1)
    );
    let faults = subsidy::store::ledger::faults(books.read()).await?;
    assert!(faults.len() == 1 && faults[0].contains("budgets/P02-2026-D04 PAID"), "{faults:?}");
    Ok(())
}

async fn postings(books: &Books, as_of: AsOf, page: i64) -> Result<Vec<Booked>> {
    let mut asked =
        Asked { scope: Scope::default(), disbursement: None, as_of, after: None, limit: page };
    let mut all = Vec::new();
    loop {
        let some = list_postings(books.read(), &asked).await?;
        let Some(last) = some.last() else { return Ok(all) };
        asked.after = Some(Cursor::after(last));
        all.extend(some);
    }
}

async fn postings_are_listed_page_by_page_as_of_then(size: Size) -> Result<()> {
    let books = Books::open(size).await?;
    let lived = lived(&books).await?;
    let all = postings(&books, AsOf::Now, 1_000).await?;
    assert_eq!(postings(&books, AsOf::Now, 3).await?, all);
    let key = |booked: &Booked| {
        (booked.posting.at, booked.line.budget.to_string(), booked.posting.number)
    };
    assert!(all.is_sorted_by_key(key));
    let then = &lived[9];
    let at_first = postings(&books, AsOf::Position(then.position), 3).await?;
    let of_then: Vec<Booked> = postings(&books, AsOf::Instant(then.at), 3).await?;
    assert!(at_first.len() <= of_then.len() && of_then.len() < all.len());
    assert_eq!(all[..of_then.len()], of_then);
    // All of one disbursement, with what caused each.
    let asked = Asked {
        scope: Scope::default(),
        disbursement: Some(money(3, 1).disbursement),
        as_of: AsOf::Now,
        after: None,
        limit: 100,
    };
    let moves: Vec<String> = list_postings(books.read(), &asked)
        .await?
        .iter()
        .map(|booked| booked.posting.movement.to_string())
        .collect();
    let course =
        ["COMMIT", "ORDER", "BOUNCE", "REISSUE", "ORDER", "PAY", "REVERSE", "LAPSE_RETURNED"];
    assert_eq!(moves, course);
    Ok(())
}

async fn a_scope_is_of_its_policy_year_and_payer(size: Size) -> Result<()> {
    let books = Books::open(size).await?;
    for (policy, year) in [("P01", 2026), ("P01", 2027), ("P02", 2026)] {
        books.opened(policy, year, 100).await?;
    }
    let lines = async |scope: Scope| -> Result<usize> {
        let totals = list_totals(books.read(), &scope, AsOf::Now).await?;
        assert_eq!(totals.len() % 2, 0);
        Ok(totals.len() / 2)
    };
    let one = opening("P01", 2026, 0)?;
    let (policy, payer) = (Some(one.policy.clone()), Some(one.payer.clone()));
    assert_eq!(lines(Scope::default()).await?, 3);
    assert_eq!(lines(Scope { policy: policy.clone(), ..Scope::default() }).await?, 2);
    assert_eq!(lines(Scope { year: Some(2026), ..Scope::default() }).await?, 2);
    assert_eq!(lines(Scope { payer: payer.clone(), ..Scope::default() }).await?, 3);
    assert_eq!(lines(Scope { policy, year: Some(2027), payer }).await?, 1);
    Ok(())
}

async fn what_is_carried_over_leaves_one_line_and_is_in_the_other_or_nothing_is_done(
    size: Size,
) -> Result<()> {
    let books = Books::open(size).await?;
    let old = books.opened("P01", 2026, 1_000).await?;
    books.desk.ask(&old, commit(1, 0, 400)).await?;
    books.later(24 * 365);
    let one = opening("P01", 2026, 0)?;
    let new = budget_id(&one.policy, 2027, &one.payer)?;
    let close = BudgetCommand::CloseYear {
        by: by("maker"),
        document: "2号".to_owned(),
        carry: Some(Carry { into: new.clone(), amount: Fen(250) }),
        lapse: Fen(350),
    };
    // There is no line to take it over: nothing is carried out either.
    assert!(books.desk.ask(&old, close.clone()).await.is_err());
    assert_eq!(books.budget(&old).await?.free(), Fen(600));
    books.opened("P01", 2027, 50).await?;
    books.desk.ask(&old, close).await?;
    let (old, new) = (books.budget(&old).await?, books.budget(&new).await?);
    assert_eq!((old.state, old.budget, old.free()), (State::Closed, Fen(400), Fen(0)));
    assert_eq!((new.state, new.budget, new.free()), (State::Open, Fen(300), Fen(300)));
    books.agree().await
}
