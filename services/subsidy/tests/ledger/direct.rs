//! What the engine refuses, whoever asks and however: each is tried by SQL.

use anyhow::Result;
use base::Fen;
use subsidy::lifecycle::budget::BudgetCommand;
use testkit::{Size, on_both_sizes};

use crate::books::{Books, commit, hold, money, paid, release};

on_both_sizes!(
    a_posting_is_never_changed_or_deleted,
    a_posting_is_never_out_of_balance_and_has_a_cause,
    m2_is_held_by_the_engine_too,
    m9_nothing_of_a_disbursement_is_moved_twice_even_if_the_rules_were_wrong,
    what_is_set_aside_for_one_application_is_not_set_free_for_another,
    m8_an_instruction_is_never_given_twice_or_taken_back,
    a_change_of_a_line_keeps_its_position,
    a_line_is_one_of_its_policy_year_and_payer,
);

/// The engine refuses this, and names why.
async fn refuses(books: &Books, sql: &str, why: &str) {
    let refused = books.sql(sql).await.expect_err(sql);
    assert!(refused.to_lowercase().contains(why), "{sql}: {refused}");
}

const APPENDED: &str = "append-only";
const CHECK: &str = "check constraint";
const UNIQUE: &str = "unique constraint";

async fn a_posting_is_never_changed_or_deleted(size: Size) -> Result<()> {
    let books = Books::open(size).await?;
    let line = books.opened("P01", 2026, 500).await?;
    books.desk.ask_all(&line, paid(1, 500)).await?;
    refuses(&books, "UPDATE posting SET amount = 1 WHERE number = 2", APPENDED).await;
    refuses(&books, "UPDATE posting SET at = 0, day = '2025-01-01'", APPENDED).await;
    refuses(&books, "DELETE FROM posting WHERE number = 4", APPENDED).await;
    refuses(&books, "DELETE FROM posting", APPENDED).await;
    if size == Size::Real {
        refuses(&books, "TRUNCATE posting CASCADE", APPENDED).await;
    }
    assert_eq!(books.column("SELECT COUNT(*) FROM posting").await?, [4]);
    books.agree().await
}

async fn a_posting_is_never_out_of_balance_and_has_a_cause(size: Size) -> Result<()> {
    let books = Books::open(size).await?;
    books.opened("P01", 2026, 500).await?;
    let insert = |accounts: &str, amount: &str, document: &str| {
        format!(
            "INSERT INTO posting (budget, number, movement, credit, debit, amount, document, at, day) \
             VALUES ('budgets/P01-2026-D04', 2, {accounts}, {amount}, {document}, 0, '2026-03-04')"
        )
    };
    let fitting = "'RAISE', 'BUDGET', 'AVAILABLE'";
    let wrong_way = "'RAISE', 'AVAILABLE', 'BUDGET'";
    let one_account = "'RAISE', 'BUDGET', 'BUDGET'";
    let unknown = "'STEAL', 'RESERVED', 'PAID'";
    for accounts in [wrong_way, one_account, unknown] {
        refuses(&books, &insert(accounts, "5", "'1'"), "posting_goes_where_it_may").await;
    }
    for amount in ["0", "-5"] {
        refuses(&books, &insert(fitting, amount, "'1'"), CHECK).await;
    }
    refuses(&books, &insert(fitting, "5", "NULL"), "posting_has_a_cause").await;
    assert_eq!(books.column("SELECT COUNT(*) FROM posting").await?, [1]);
    // One that fits, but is only half of a change, is taken by the engine and found by the sweep.
    assert_eq!(books.sql(&insert(fitting, "5", "'1'")).await, Ok(1));
    let faults = subsidy::store::ledger::faults(books.read()).await?;
    assert!(faults.iter().any(|fault| fault.contains("what stands in")), "{faults:?}");
    assert!(faults.iter().any(|fault| fault.contains("the total of")), "{faults:?}");
    Ok(())
}

/// M2 of domain.md §7.
async fn m2_is_held_by_the_engine_too(size: Size) -> Result<()> {
    let books = Books::open(size).await?;
    let line = books.opened("P01", 2026, 500).await?;
    books.desk.ask_all(&line, [hold(1, 100), commit(2, 0, 200), commit(3, 0, 100)]).await?;
    books.desk.ask_all(&line, [BudgetCommand::Order(money(3, 100))]).await?;
    let over = "budget_is_never_exceeded";
    for column in ["held", "reserved", "in_payment", "paid", "returned", "receivable"] {
        refuses(&books, &format!("UPDATE budget SET {column} = {column} + 101"), over).await;
        refuses(&books, &format!("UPDATE budget SET {column} = -1"), CHECK).await;
    }
    refuses(&books, "UPDATE budget SET appropriated = 399", over).await;
    assert_eq!(books.sql("UPDATE budget SET paid = paid + 100").await, Ok(1), "the last of it");
    Ok(())
}

/// M9 of domain.md §7.
async fn m9_nothing_of_a_disbursement_is_moved_twice_even_if_the_rules_were_wrong(
    size: Size,
) -> Result<()> {
    let books = Books::open(size).await?;
    let line = books.opened("P01", 2026, 500).await?;
    let two = [commit(1, 0, 100), commit(2, 0, 100)];
    let ordered = [BudgetCommand::Order(money(1, 100)), BudgetCommand::Order(money(2, 100))];
    books.desk.ask_all(&line, two.into_iter().chain(ordered)).await?;
    books.desk.ask(&line, BudgetCommand::Pay(money(1, 100))).await?;
    // The line has 100 on its way, and they are another's: a rule that forgot would be stopped here.
    assert!(books.desk.ask(&line, BudgetCommand::Pay(money(1, 100))).await.is_err());
    assert!(books.desk.ask(&line, BudgetCommand::Pay(money(2, 101))).await.is_err());
    assert_eq!(books.budget(&line).await?.paid, Fen(100));
    let sql = "UPDATE standing SET amount = amount - 200 WHERE account = 'PAID'";
    refuses(&books, sql, CHECK).await;
    books.desk.ask(&line, BudgetCommand::Pay(money(2, 100))).await?;
    books.agree().await
}

async fn what_is_set_aside_for_one_application_is_not_set_free_for_another(
    size: Size,
) -> Result<()> {
    let books = Books::open(size).await?;
    let line = books.opened("P01", 2026, 500).await?;
    books.desk.ask_all(&line, [hold(1, 100), hold(2, 50)]).await?;
    assert!(books.desk.ask(&line, release(2, 100)).await.is_err());
    assert!(books.desk.ask(&line, commit(2, 60, 60)).await.is_err());
    assert!(books.desk.ask(&line, release(3, 1)).await.is_err());
    assert_eq!(books.budget(&line).await?.held, Fen(150));
    books.desk.ask_all(&line, [release(2, 50), commit(1, 100, 90)]).await?;
    books.agree().await
}

/// M8 of domain.md §7.
async fn m8_an_instruction_is_never_given_twice_or_taken_back(size: Size) -> Result<()> {
    let books = Books::open(size).await?;
    let give = |id: &str, disbursement: &str, attempt: i64| {
        format!(
            "INSERT INTO instruction (id, disbursement, attempt, given_at) \
             VALUES ('{id}', '{disbursement}', {attempt}, 0)"
        )
    };
    assert_eq!(books.sql(&give("i1", "d1", 1)).await, Ok(1));
    refuses(&books, &give("i1", "d2", 1), UNIQUE).await;
    refuses(&books, &give("i2", "d1", 1), UNIQUE).await;
    refuses(&books, "UPDATE instruction SET id = 'i3'", APPENDED).await;
    refuses(&books, "DELETE FROM instruction", APPENDED).await;
    assert_eq!(books.sql(&give("i2", "d1", 2)).await, Ok(1));
    Ok(())
}

async fn a_change_of_a_line_keeps_its_position(size: Size) -> Result<()> {
    let books = Books::open(size).await?;
    let line = books.opened("P01", 2026, 500).await?;
    let (_, position) = books.desk.ask(&line, hold(1, 100)).await?;
    let sql = "SELECT position FROM budget_position WHERE number = 2";
    assert_eq!(books.column(sql).await?, [position]);
    refuses(&books, "UPDATE budget_position SET position = 0", APPENDED).await;
    refuses(&books, "DELETE FROM budget_position", APPENDED).await;
    Ok(())
}

async fn a_line_is_one_of_its_policy_year_and_payer(size: Size) -> Result<()> {
    let books = Books::open(size).await?;
    books.opened("P01", 2026, 500).await?;
    let again = "INSERT INTO budget SELECT 'budgets/other', policy, year, payer, state, appropriated, \
                 held, reserved, in_payment, paid, returned, receivable, changes, body FROM budget";
    refuses(&books, again, UNIQUE).await;
    assert!(books.opened("P01", 2026, 500).await.is_err());
    Ok(())
}
