//! What is counted of orders: the league, and what waits where.

use base::{DepartmentId, WorkOrderId};
use jiff::Timestamp;
use journal::statement::list;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};

use crate::league::{Closing, Entry, Led, Share, Verdict};
use crate::lifecycle::{State, WorkKind};

/// When the league is asked for, and until when the zone closes what was promised for an instant.
pub struct Standpoint<'a> {
    /// The instant of asking.
    pub now: Timestamp,
    /// The zone's own limit, from the promised answer on.
    pub closes_by: &'a (dyn Fn(Timestamp) -> Timestamp + Sync),
}

/// Where a page of the league begins: after a due instant and a name.
pub type Place = (i64, String);

/// The due instants that a league is of, and which rounds and work.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    /// From here on.
    pub from: Timestamp,
    /// Before this.
    pub until: Timestamp,
    /// The first round, not the last.
    pub first_round: bool,
    /// Of one kind of work alone.
    pub kind: Option<WorkKind>,
}

/// What so many orders that are due in a period, after a place, say of departments and of the zone: as
/// their last round left them, or their first; with the place that the next ones come after, if there
/// may be any. What nobody has, or its department declined, says nothing of who has it.
pub async fn list_league_entries<C: ConnectionTrait>(
    on: &C,
    period: Period,
    (after, limit): (Option<&Place>, u32),
    standpoint: &Standpoint<'_>,
) -> Result<(Vec<Entry>, Option<Place>), DbErr> {
    const COLUMNS: &str = "department, parent, contacted_late, answered_late, reply_due, \
        rating_level, confirmed_solved, returned_by, state, rating_counted, cancelled_reason, \
        promised_due, closed_late, contact_due, assistance_overdue";
    const KIND_OF_ROUND: &str =
        "(SELECT kind FROM work_order WHERE work_order.name = work_order_round.work_order)";
    let some = |table: &str, name: &str, kind: &str, round: &str| {
        format!(
            "SELECT {COLUMNS}, {name} AS name, {kind} AS kind FROM {table} \
             WHERE $1 <= reply_due AND reply_due < $2 AND (reply_due, {name}) > ($3, $4) \
             AND ($6 = '' OR {kind} = $6){round} ORDER BY reply_due, {name} LIMIT $5"
        )
    };
    let sql = if period.first_round {
        let last = some("work_order", "name", "kind", " AND round = 1");
        let past = some("work_order_round", "work_order", KIND_OF_ROUND, " AND round = 1");
        format!(
            "SELECT * FROM ({last}) AS present UNION ALL SELECT * FROM ({past}) AS past \
             ORDER BY reply_due, name LIMIT $5"
        )
    } else {
        some("work_order", "name", "kind", "")
    };
    let (due, name) = after.cloned().unwrap_or((i64::MIN, String::new()));
    let (from, until) = (period.from.as_microsecond(), period.until.as_microsecond());
    let kind = period.kind.map(|kind| kind.to_string()).unwrap_or_default();
    let page: [Value; 5] =
        [from.into(), until.into(), due.into(), name.into(), i64::from(limit).into()];
    let values = page.into_iter().chain([kind.into()]);
    let rows = list(on, &sql, values).await?;
    let is_full = usize::try_from(limit).is_ok_and(|limit| rows.len() == limit);
    let last = rows.last().filter(|_| is_full).map(place_of).transpose()?;
    let entries = rows.iter().map(|row| entry_of(row, standpoint)).collect::<Result<_, _>>()?;
    Ok((entries, last))
}

fn place_of(row: &QueryResult) -> Result<Place, DbErr> {
    Ok((row.try_get_by_index(4)?, row.try_get_by_index(15)?))
}

fn entry_of(row: &QueryResult, standpoint: &Standpoint<'_>) -> Result<Entry, DbErr> {
    let department: String = row.try_get_by_index(0)?;
    let returned_by: String = row.try_get_by_index(7)?;
    let state: String = row.try_get_by_index(8)?;
    let name: String = row.try_get_by_index(15)?;
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
    let cancelled = state == State::Cancelled.to_string();
    if parent.is_some() {
        let late: Option<i64> = row.try_get_by_index(3)?;
        let due: i64 = row.try_get_by_index(4)?;
        let overdue = due < standpoint.now.as_microsecond();
        let late = !cancelled && late.map_or(overdue, |late| late != 0);
        return Ok(Share::Assisted { late });
    }
    if cancelled {
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
    let kind: String = row.try_get_by_index(16)?;
    let contact_due: Option<i64> = row.try_get_by_index(13)?;
    let has_passed = |due: i64| due < standpoint.now.as_microsecond();
    let overdue = |promised| (standpoint.closes_by)(promised) < standpoint.now;
    Ok(Led {
        contacted_late: flag(2)?,
        answered_late: flag(3)?,
        assistance_overdue: flag(14)?.unwrap_or_default(),
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
