//! The rows of budget lines, and what is written beside them: postings, their totals, what stands
//! where.

use base::{ApplicationId, BudgetId, Fen, PolicyId};
use journal::statement::{execute, find, for_update, list};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, QueryResult, Value};

use crate::lifecycle::budget::{Account, Budget, Entry, Posting};

/// The row of a line, locked until the unit ends.
pub async fn find_locked(tx: &DatabaseTransaction, id: &BudgetId) -> Result<Option<Budget>, DbErr> {
    let sql = format!("SELECT body FROM budget WHERE name = $1{}", for_update(tx));
    find(tx, &sql, [id.to_string().into()]).await?.map(|row| budget_of(&row)).transpose()
}

/// A line as it is.
pub async fn find_budget<C: ConnectionTrait>(
    on: &C,
    id: &BudgetId,
) -> Result<Option<Budget>, DbErr> {
    let sql = "SELECT body FROM budget WHERE name = $1";
    find(on, sql, [id.to_string().into()]).await?.map(|row| budget_of(&row)).transpose()
}

/// The lines of a policy, of all years and payers, in the order of their names.
pub async fn list_budgets<C: ConnectionTrait>(
    on: &C,
    policy: &PolicyId,
) -> Result<Vec<Budget>, DbErr> {
    let sql = "SELECT body FROM budget WHERE policy = $1 ORDER BY year, name";
    list(on, sql, [policy.to_string().into()]).await?.iter().map(budget_of).collect()
}

/// What is free in each of these lines, all locked until the unit ends; zero where there is none.
/// They are locked in the order of their names, so that two units do not wait for each other.
pub async fn free_of(
    tx: &DatabaseTransaction,
    lines: &[BudgetId],
) -> Result<Vec<(BudgetId, Fen)>, DbErr> {
    let mut lines = lines.to_vec();
    lines.sort();
    lines.dedup();
    let mut free = Vec::with_capacity(lines.len());
    for line in lines {
        let left = find_locked(tx, &line).await?.map_or(Fen::ZERO, |budget| budget.free());
        free.push((line, left));
    }
    Ok(free)
}

/// Writes the row of a line, `is_new` if there was none, and what its change put beside it.
pub async fn put(tx: &DatabaseTransaction, thing: &Budget, is_new: bool) -> Result<(), DbErr> {
    let body = serde_json::to_string(thing).map_err(|error| DbErr::Json(error.to_string()))?;
    let changing: [Value; 11] = [
        thing.id.to_string().into(),
        thing.state.to_string().into(),
        thing.budget.0.into(),
        thing.held.0.into(),
        thing.reserved.0.into(),
        thing.in_payment.0.into(),
        thing.paid.0.into(),
        thing.returned.0.into(),
        thing.receivable.0.into(),
        thing.changes.into(),
        body.into(),
    ];
    if is_new {
        let unchanging: [Value; 3] = [
            thing.policy.to_string().into(),
            i64::from(thing.year).into(),
            thing.payer.to_string().into(),
        ];
        let sql = "INSERT INTO budget (name, state, appropriated, held, reserved, in_payment, paid, \
                   returned, receivable, changes, body, policy, year, payer) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
        execute(tx, sql, changing.into_iter().chain(unchanging)).await?;
    } else {
        let sql = "UPDATE budget SET state = $2, appropriated = $3, held = $4, reserved = $5, \
                   in_payment = $6, paid = $7, returned = $8, receivable = $9, changes = $10, \
                   body = $11 WHERE name = $1";
        execute(tx, sql, changing).await?;
    }
    for entry in &thing.unwritten {
        match entry {
            Entry::Posting(posting) => put_posting(tx, &thing.id, posting).await?,
            Entry::SetAside { application, by } => {
                put_set_aside(tx, &thing.id, application, *by).await?;
            }
        }
    }
    Ok(())
}

/// A posting, its part in the totals of the month, and what it moves of its disbursement.
async fn put_posting(
    tx: &DatabaseTransaction,
    budget: &BudgetId,
    posting: &Posting,
) -> Result<(), DbErr> {
    let name = |id: Option<String>| Value::from(id);
    let values: [Value; 11] = [
        budget.to_string().into(),
        posting.number.into(),
        posting.movement.to_string().into(),
        posting.credit().to_string().into(),
        posting.debit().to_string().into(),
        posting.amount.0.into(),
        name(posting.cause.disbursement().map(ToString::to_string)),
        name(posting.cause.application().map(ToString::to_string)),
        name(posting.cause.document().map(ToOwned::to_owned)),
        posting.at.as_microsecond().into(),
        posting.date.to_string().into(),
    ];
    let sql = "INSERT INTO posting (budget, number, movement, credit, debit, amount, disbursement, \
               application, document, at, day) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    execute(tx, sql, values).await?;
    put_totals(tx, budget, posting).await?;
    let Some(disbursement) = posting.cause.disbursement() else { return Ok(()) };
    for (account, by) in posting.legs() {
        if !matches!(account, Account::Budget | Account::Available) {
            let thing = disbursement.to_string();
            shift(
                tx,
                &STANDING,
                [thing.into(), budget.to_string().into(), account.to_string().into()],
                by,
            )
            .await?;
        }
    }
    Ok(())
}

/// Ends the versions of both accounts' totals of the month, and begins the next.
async fn put_totals(
    tx: &DatabaseTransaction,
    budget: &BudgetId,
    posting: &Posting,
) -> Result<(), DbErr> {
    let (debit, credit) = (posting.debit(), posting.credit());
    let month = month_of(posting);
    let values: [Value; 5] = [
        budget.to_string().into(),
        month.clone().into(),
        debit.to_string().into(),
        credit.to_string().into(),
        posting.number.into(),
    ];
    let sql = "UPDATE ledger_total SET until = $5 \
               WHERE budget = $1 AND month = $2 AND account IN ($3, $4) AND until IS NULL \
               RETURNING account, debit, credit, postings";
    let before: Vec<(String, i64, i64, i64)> = list(tx, sql, values)
        .await?
        .iter()
        .map(|row| {
            let number = |column| row.try_get_by_index::<i64>(column);
            Ok((row.try_get_by_index(0)?, number(1)?, number(2)?, number(3)?))
        })
        .collect::<Result<_, DbErr>>()?;
    let after = |account: Account, debited: i64, credited: i64| -> [Value; 4] {
        let had = before.iter().find(|(name, _, _, _)| *name == account.to_string());
        let (debit, credit, postings) = had.map_or((0, 0, 0), |(_, d, c, count)| (*d, *c, *count));
        [
            account.to_string().into(),
            (debit + debited).into(),
            (credit + credited).into(),
            (postings + 1).into(),
        ]
    };
    let common: [Value; 3] = [budget.to_string().into(), month.into(), posting.number.into()];
    let values = common.into_iter().chain(after(debit, posting.amount.0, 0)).chain(after(
        credit,
        0,
        posting.amount.0,
    ));
    let sql = "INSERT INTO ledger_total (budget, month, since, account, debit, credit, postings) \
               VALUES ($1, $2, $3, $4, $5, $6, $7), ($1, $2, $3, $8, $9, $10, $11)";
    execute(tx, sql, values).await?;
    Ok(())
}

/// The month of a posting, `2026-03`.
fn month_of(posting: &Posting) -> String {
    posting.date.to_string().chars().take("2026-03".len()).collect()
}

async fn put_set_aside(
    tx: &DatabaseTransaction,
    budget: &BudgetId,
    application: &ApplicationId,
    by: Fen,
) -> Result<(), DbErr> {
    let key = [application.to_string().into(), budget.to_string().into()];
    shift(tx, &SET_ASIDE, key, by).await
}

/// A table of amounts that are never below zero: how more and less are said of it.
struct Amounts<const KEYS: usize> {
    more: &'static str,
    less: &'static str,
}

const STANDING: Amounts<3> = Amounts {
    more: "INSERT INTO standing (disbursement, budget, account, amount) VALUES ($1, $2, $3, $4) \
           ON CONFLICT (disbursement, budget, account) \
           DO UPDATE SET amount = standing.amount + excluded.amount",
    less: "UPDATE standing SET amount = amount - $4 \
           WHERE disbursement = $1 AND budget = $2 AND account = $3",
};
const SET_ASIDE: Amounts<2> = Amounts {
    more: "INSERT INTO set_aside (application, budget, amount) VALUES ($1, $2, $3) \
           ON CONFLICT (application, budget) \
           DO UPDATE SET amount = set_aside.amount + excluded.amount",
    less: "UPDATE set_aside SET amount = amount - $3 WHERE application = $1 AND budget = $2",
};

/// Makes an amount more, or less. Fails if there would be less than nothing.
async fn shift<const KEYS: usize>(
    tx: &DatabaseTransaction,
    amounts: &Amounts<KEYS>,
    key: [Value; KEYS],
    by: Fen,
) -> Result<(), DbErr> {
    let sql = if by < Fen::ZERO { amounts.less } else { amounts.more };
    let what = format!("{key:?}");
    let values = key.into_iter().chain([by.0.abs().into()]);
    if execute(tx, sql, values).await? == 0 {
        return Err(DbErr::Custom(format!("nothing stands there to be taken: {what}")));
    }
    Ok(())
}

fn budget_of(row: &QueryResult) -> Result<Budget, DbErr> {
    let body: String = row.try_get_by_index(0)?;
    serde_json::from_str(&body).map_err(|error| DbErr::Json(error.to_string()))
}
