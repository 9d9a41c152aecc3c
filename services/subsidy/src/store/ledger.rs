//! What the ledger says: totals as of any past instant or position, postings, and whether all of it
//! agrees.

mod sweep;

use base::{ApplicationId, BudgetId, DepartmentId, DisbursementId, Fen, NameError, PolicyId};
use jiff::Timestamp;
use journal::statement::list;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};

use crate::ledger::{Booked, Line, Total};
use crate::lifecycle::budget::{Account, Cause, Posting};

pub use self::sweep::faults;

/// As of when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// As it is.
    Now,
    /// As it was at an instant: whatever became true until then, that instant too.
    Instant(Timestamp),
    /// As the journal told it up to a position.
    Position(i64),
}

/// Of which lines; of all that nothing is said of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Of one policy.
    pub policy: Option<PolicyId>,
    /// Of one year.
    pub year: Option<i16>,
    /// Of one payer.
    pub payer: Option<DepartmentId>,
}

/// A place in the list of postings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The instant of the last that was seen.
    pub at: Timestamp,
    /// Its line.
    pub budget: BudgetId,
    /// Its number.
    pub number: i64,
}

impl Cursor {
    /// The place after a posting.
    pub fn after(booked: &Booked) -> Cursor {
        let (at, number) = (booked.posting.at, booked.posting.number);
        Cursor { at, budget: booked.line.budget.clone(), number }
    }
}

/// Which postings.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Of which lines.
    pub scope: Scope,
    /// Of one disbursement.
    pub disbursement: Option<DisbursementId>,
    /// As of when.
    pub as_of: AsOf,
    /// After this place.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: i64,
}

/// What was debited and credited to each account of each line in each month.
///
/// It reads one version of each, wherever in the past that lies, however many postings there are.
pub async fn list_totals<C: ConnectionTrait>(
    on: &C,
    scope: &Scope,
    as_of: AsOf,
) -> Result<Vec<Total>, DbErr> {
    let mut values = Vec::new();
    let sql = format!(
        "SELECT l.name, l.policy, l.year, l.payer, v.account, v.month, v.debit, v.credit, v.postings \
         FROM ({lines}) AS l \
         JOIN ledger_total AS now ON now.budget = l.name AND now.until IS NULL \
         JOIN ledger_total AS v ON v.budget = now.budget AND v.account = now.account \
          AND v.month = now.month AND v.since = (SELECT MAX(w.since) FROM ledger_total AS w \
            WHERE w.budget = now.budget AND w.account = now.account AND w.month = now.month \
              AND w.since <= l.last) \
         ORDER BY l.name, v.account, v.month",
        lines = lines(scope, as_of, &mut values),
    );
    list(on, &sql, values).await?.iter().map(total_of).collect()
}

/// Postings in the order of their instants.
pub async fn list_postings<C: ConnectionTrait>(
    on: &C,
    asked: &Asked,
) -> Result<Vec<Booked>, DbErr> {
    let mut values = Vec::new();
    let lines = lines(&asked.scope, asked.as_of, &mut values);
    let mut conditions = vec!["p.number <= l.last".to_owned()];
    if let Some(disbursement) = &asked.disbursement {
        values.push(disbursement.to_string().into());
        conditions.push(format!("p.disbursement = ${}", values.len()));
    }
    if let Some(Cursor { at, budget, number }) = &asked.after {
        values.push(at.as_microsecond().into());
        values.push(budget.to_string().into());
        values.push((*number).into());
        let [at, budget, number] = [values.len() - 2, values.len() - 1, values.len()];
        conditions.push(format!("(p.at, p.budget, p.number) > (${at}, ${budget}, ${number})"));
    }
    values.push(asked.limit.into());
    let sql = format!(
        "SELECT l.name, l.policy, l.year, l.payer, p.number, p.movement, p.amount, p.disbursement, \
         p.application, p.document, p.at, p.day \
         FROM posting AS p JOIN ({lines}) AS l ON l.name = p.budget \
         WHERE {conditions} ORDER BY p.at, p.budget, p.number LIMIT ${limit}",
        conditions = conditions.join(" AND "),
        limit = values.len(),
    );
    list(on, &sql, values).await?.iter().map(booked_of).collect()
}

/// The lines that there are, in the order of their names.
pub async fn list_lines<C: ConnectionTrait>(on: &C, scope: &Scope) -> Result<Vec<Line>, DbErr> {
    let mut values = Vec::new();
    let lines = lines(scope, AsOf::Now, &mut values);
    let sql =
        format!("SELECT l.name, l.policy, l.year, l.payer FROM ({lines}) AS l ORDER BY l.name");
    list(on, &sql, values).await?.iter().map(line_of).collect()
}

/// The lines of a scope, each with the number of its last posting as of when it is asked.
fn lines(scope: &Scope, as_of: AsOf, values: &mut Vec<Value>) -> String {
    let mut given = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    let last = match as_of {
        AsOf::Now => "b.changes".to_owned(),
        AsOf::Instant(at) => format!(
            "COALESCE((SELECT q.number FROM posting AS q WHERE q.budget = b.name AND q.at <= {} \
             ORDER BY q.at DESC, q.number DESC LIMIT 1), 0)",
            given(at.as_microsecond().into())
        ),
        AsOf::Position(position) => format!(
            "COALESCE((SELECT q.number FROM budget_position AS q WHERE q.budget = b.name \
             AND q.position <= {} ORDER BY q.position DESC LIMIT 1), 0)",
            given(position.into())
        ),
    };
    let mut conditions = vec!["1 = 1".to_owned()];
    if let Some(policy) = &scope.policy {
        conditions.push(format!("b.policy = {}", given(policy.to_string().into())));
    }
    if let Some(year) = scope.year {
        conditions.push(format!("b.year = {}", given(i64::from(year).into())));
    }
    if let Some(payer) = &scope.payer {
        conditions.push(format!("b.payer = {}", given(payer.to_string().into())));
    }
    format!(
        "SELECT b.name, b.policy, b.year, b.payer, {last} AS last FROM budget AS b WHERE {}",
        conditions.join(" AND ")
    )
}

fn line_of(row: &QueryResult) -> Result<Line, DbErr> {
    let text = |column| row.try_get_by_index::<String>(column);
    let year: i64 = row.try_get_by_index(2)?;
    Ok(Line {
        budget: BudgetId::parse(&text(0)?).map_err(unnamed)?,
        policy: PolicyId::parse(&text(1)?).map_err(unnamed)?,
        year: i16::try_from(year).map_err(|error| DbErr::Type(error.to_string()))?,
        payer: DepartmentId::parse(&text(3)?).map_err(unnamed)?,
    })
}

fn total_of(row: &QueryResult) -> Result<Total, DbErr> {
    let text = |column| row.try_get_by_index::<String>(column);
    let number = |column| row.try_get_by_index::<i64>(column);
    Ok(Total {
        line: line_of(row)?,
        account: account_of(&text(4)?)?,
        month: text(5)?,
        debit: Fen(number(6)?),
        credit: Fen(number(7)?),
        postings: number(8)?,
    })
}

fn booked_of(row: &QueryResult) -> Result<Booked, DbErr> {
    let text = |column| row.try_get_by_index::<String>(column);
    let maybe = |column| row.try_get_by_index::<Option<String>>(column);
    let number = |column| row.try_get_by_index::<i64>(column);
    let damaged = |error: String| DbErr::Type(error);
    let document = maybe(9)?;
    let cause = match maybe(7)? {
        Some(disbursement) => Cause::Disbursement {
            disbursement: DisbursementId::parse(&disbursement).map_err(unnamed)?,
            application: maybe(8)?
                .map(|name| ApplicationId::parse(&name))
                .transpose()
                .map_err(unnamed)?,
            document,
        },
        None => Cause::Document { number: document.unwrap_or_default() },
    };
    let at = Timestamp::from_microsecond(number(10)?);
    Ok(Booked {
        line: line_of(row)?,
        posting: Posting {
            number: number(4)?,
            movement: text(5)?
                .parse()
                .map_err(|error: strum::ParseError| damaged(error.to_string()))?,
            amount: Fen(number(6)?),
            cause,
            at: at.map_err(|error| damaged(error.to_string()))?,
            date: text(11)?.parse().map_err(|error: jiff::Error| damaged(error.to_string()))?,
        },
    })
}

fn account_of(text: &str) -> Result<Account, DbErr> {
    text.parse().map_err(|error: strum::ParseError| DbErr::Type(error.to_string()))
}

fn unnamed(error: NameError) -> DbErr {
    DbErr::Type(error.to_string())
}
