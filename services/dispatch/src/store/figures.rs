//! What is counted of orders: the league, and what waits where.

use base::{DepartmentId, WorkOrderId};
use jiff::Timestamp;
use journal::statement::list;
use sea_orm::{ConnectionTrait, DbErr, QueryResult};

use crate::league::{Closing, Entry, Led, Share, Verdict};
use crate::lifecycle::{State, WorkKind};

/// When the league is asked for, and until when the zone closes what was promised for an instant.
pub struct Standpoint<'a> {
    /// The instant of asking.
    pub now: Timestamp,
    /// The zone's own limit, from the promised answer on.
    pub closes_by: &'a (dyn Fn(Timestamp) -> Timestamp + Sync),
}

/// What each order that is due from `from` on and before `until` says of departments and of the zone:
/// as its last round left it, or its first; of one kind of work, or of both. What nobody has, or its
/// department declined, says nothing of who has it.
pub async fn list_league_entries<C: ConnectionTrait>(
    on: &C,
    (from, until): (Timestamp, Timestamp),
    (first_round, kind): (bool, Option<WorkKind>),
    standpoint: &Standpoint<'_>,
) -> Result<Vec<Entry>, DbErr> {
    const COLUMNS: &str = "department, parent, contacted_late, answered_late, reply_due, \
        rating_level, confirmed_solved, returned_by, state, rating_counted, cancelled_reason, \
        promised_due, closed_late, contact_due";
    const KIND_OF_ROUND: &str =
        "(SELECT kind FROM work_order WHERE work_order.name = work_order_round.work_order)";
    let period = "$1 <= reply_due AND reply_due < $2";
    let last = format!(
        "SELECT {COLUMNS}, name, kind FROM work_order WHERE {period} AND ($3 = '' OR kind = $3)"
    );
    let sql = if first_round {
        format!(
            "{last} AND round = 1 UNION ALL \
             SELECT {COLUMNS}, work_order AS name, {KIND_OF_ROUND} AS kind FROM work_order_round \
             WHERE {period} AND round = 1 AND ($3 = '' OR {KIND_OF_ROUND} = $3) \
             ORDER BY reply_due, name"
        )
    } else {
        format!("{last} ORDER BY reply_due, name")
    };
    let kind = kind.map(|kind| kind.to_string()).unwrap_or_default();
    let values = [from.as_microsecond().into(), until.as_microsecond().into(), kind.into()];
    let rows = list(on, &sql, values).await?;
    rows.iter().map(|row| entry_of(row, standpoint)).collect()
}

fn entry_of(row: &QueryResult, standpoint: &Standpoint<'_>) -> Result<Entry, DbErr> {
    let department: String = row.try_get_by_index(0)?;
    let returned_by: String = row.try_get_by_index(7)?;
    let state: String = row.try_get_by_index(8)?;
    let name: String = row.try_get_by_index(14)?;
    let returned_by = returned_by.split_whitespace().map(DepartmentId::new);
    let nobodys = department.is_empty() || state == State::Declined.to_string();
    let department = (!nobodys).then(|| DepartmentId::parse(&department));
    Ok(Entry {
        order: WorkOrderId::parse(&name).map_err(damaged)?,
        returned_by: returned_by.collect::<Result<_, _>>().map_err(damaged)?,
        department: department.transpose().map_err(damaged)?,
        share: share_of(row, &state, standpoint)?,
    })
}

fn share_of(row: &QueryResult, state: &str, standpoint: &Standpoint<'_>) -> Result<Share, DbErr> {
    let parent: Option<String> = row.try_get_by_index(1)?;
    if parent.is_some() {
        return Ok(Share::Assisted);
    }
    if state == State::Cancelled.to_string() {
        let reason: String = row.try_get_by_index(10)?;
        return Ok(Share::Cancelled { reason });
    }
    led_of(row, standpoint).map(Share::Led)
}

fn led_of(row: &QueryResult, standpoint: &Standpoint<'_>) -> Result<Led, DbErr> {
    let flag = |index: usize| {
        let flag: Option<i64> = row.try_get_by_index(index)?;
        Ok::<_, DbErr>(flag.map(|flag| flag != 0))
    };
    let level: Option<i64> = row.try_get_by_index(5)?;
    let due: i64 = row.try_get_by_index(4)?;
    let counted: String = row.try_get_by_index(9)?;
    let counted = counted.parse().map_err(|_| DbErr::Type(counted))?;
    let promised: Option<i64> = row.try_get_by_index(11)?;
    let promised = promised.and_then(|due| Timestamp::from_microsecond(due).ok());
    let late = flag(12)?;
    let kind: String = row.try_get_by_index(15)?;
    let contact_due: Option<i64> = row.try_get_by_index(13)?;
    let has_passed = |due: i64| due < standpoint.now.as_microsecond();
    let overdue = |promised| (standpoint.closes_by)(promised) < standpoint.now;
    Ok(Led {
        contacted_late: flag(2)?,
        answered_late: flag(3)?,
        contact_overdue: contact_due.is_some_and(has_passed),
        overdue: has_passed(due),
        decided_in_owner: kind == WorkKind::Decision.to_string(),
        verdict: flag(6)?.map(|confirmed_solved| {
            let level = level.and_then(|level| u8::try_from(level).ok());
            Verdict { level, confirmed_solved, counted }
        }),
        closing: promised
            .map(|promised| Closing { late, overdue: late.is_none() && overdue(promised) }),
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
