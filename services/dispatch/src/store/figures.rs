//! What is counted of orders: the league, and what waits where.

use base::DepartmentId;
use jiff::Timestamp;
use journal::statement::list;
use sea_orm::{ConnectionTrait, DbErr, QueryResult};

use crate::league::{Entry, Led, Verdict};
use crate::lifecycle::State;

/// What each order that is due from `from` on and before `until` says of departments: as its last
/// round left it, or its first. What nobody has, or its department declined, says nothing.
pub async fn list_league_entries<C: ConnectionTrait>(
    on: &C,
    (from, until): (Timestamp, Timestamp),
    first_round: bool,
    now: Timestamp,
) -> Result<Vec<(DepartmentId, Entry)>, DbErr> {
    const COLUMNS: &str = "department, parent, contacted_late, answered_late, reply_due, \
        rating_level, confirmed_solved, returned_by, state";
    let period = "$1 <= reply_due AND reply_due < $2";
    let last = format!("SELECT {COLUMNS}, name FROM work_order WHERE {period}");
    let sql = if first_round {
        format!(
            "{last} AND round = 1 UNION ALL SELECT {COLUMNS}, work_order AS name \
             FROM work_order_round WHERE {period} AND round = 1 ORDER BY reply_due, name"
        )
    } else {
        format!("{last} ORDER BY reply_due, name")
    };
    let values = [from.as_microsecond().into(), until.as_microsecond().into()];
    let mut entries = Vec::new();
    for row in list(on, &sql, values).await? {
        let department: String = row.try_get_by_index(0)?;
        let parent: Option<String> = row.try_get_by_index(1)?;
        let returned_by: String = row.try_get_by_index(7)?;
        for code in returned_by.split_whitespace() {
            entries.push((DepartmentId::new(code).map_err(damaged)?, Entry::ReturnUpheld));
        }
        let state: String = row.try_get_by_index(8)?;
        if department.is_empty() || state == State::Declined.to_string() {
            continue;
        }
        let entry = if parent.is_some() {
            Entry::Assisted
        } else if state == State::Cancelled.to_string() {
            Entry::Cancelled
        } else {
            Entry::Led(led_of(&row, now)?)
        };
        entries.push((DepartmentId::parse(&department).map_err(damaged)?, entry));
    }
    Ok(entries)
}

fn led_of(row: &QueryResult, now: Timestamp) -> Result<Led, DbErr> {
    let flag = |index: usize| {
        let flag: Option<i64> = row.try_get_by_index(index)?;
        Ok::<_, DbErr>(flag.map(|flag| flag != 0))
    };
    let level: Option<i64> = row.try_get_by_index(5)?;
    let due: i64 = row.try_get_by_index(4)?;
    Ok(Led {
        contacted_late: flag(2)?,
        answered_late: flag(3)?,
        overdue: due < now.as_microsecond(),
        verdict: flag(6)?.map(|confirmed_solved| {
            let level = level.and_then(|level| u8::try_from(level).ok());
            Verdict { level, confirmed_solved }
        }),
    })
}

/// What waits at a department.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// Which; none for what no department has.
    pub department: Option<DepartmentId>,
    /// Orders not done.
    pub open: i64,
    /// Of these, due before midnight and not overdue.
    pub due_today: i64,
    /// Of these, overdue.
    pub overdue: i64,
}

/// What waits at each department, or at one, by their codes.
pub async fn list_workloads<C: ConnectionTrait>(
    on: &C,
    of: Option<&DepartmentId>,
    (now, midnight): (Timestamp, Timestamp),
) -> Result<Vec<Workload>, DbErr> {
    let sql = "SELECT department, COUNT(*), \
               COUNT(CASE WHEN $1 <= reply_due AND reply_due < $2 THEN 1 END), \
               COUNT(CASE WHEN reply_due < $1 THEN 1 END) \
               FROM work_order WHERE is_open = 1 AND ($3 = '' OR department = $3) \
               GROUP BY department ORDER BY department";
    let of = of.map(ToString::to_string).unwrap_or_default();
    let values = [now.as_microsecond().into(), midnight.as_microsecond().into(), of.into()];
    let rows = list(on, sql, values).await?;
    let workload = |row: &QueryResult| {
        let department: String = row.try_get_by_index(0)?;
        let department = (!department.is_empty()).then(|| DepartmentId::parse(&department));
        Ok(Workload {
            department: department.transpose().map_err(damaged)?,
            open: row.try_get_by_index(1)?,
            due_today: row.try_get_by_index(2)?,
            overdue: row.try_get_by_index(3)?,
        })
    };
    rows.iter().map(workload).collect()
}

fn damaged(error: base::NameError) -> DbErr {
    DbErr::Type(error.to_string())
}
