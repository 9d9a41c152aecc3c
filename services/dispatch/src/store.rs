//! The rows of dispatch: work orders, their rounds, and who of the zone has to do with them.

mod figures;
mod lists;

use std::borrow::Cow;
use std::collections::BTreeSet;

use async_trait::async_trait;
use base::{CategoryId, DepartmentId, Person, PersonId, WorkOrderId};
use calendar::Moment;
use jiff::Timestamp;
use journal::statement::{execute, find, for_update, list};
use journal::{Step, Telling, Trouble};
use runtime::{Known, Lifecycle};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, QueryResult, Value};

use crate::error::Error;
use crate::events;
use crate::lifecycle::{
    self, Command, Fact, Outcome, Rating, Round, State, WorkKind, WorkOrder, sight,
};

pub use self::figures::{Period, Place, Standpoint, Workload, list_league_entries, list_workloads};
pub use self::lists::{Cursor, Filter, list_work_orders, place_of};

/// The steps of the schema, forward only.
pub fn steps() -> Vec<Step> {
    vec![
        Step {
            version: 1001,
            name: "create work order",
            sql: include_str!("../migrations/0001_create_work_order.sql"),
        },
        Step {
            version: 1002,
            name: "widen work order",
            sql: include_str!("../migrations/0002_widen_work_order.sql"),
        },
        Step {
            version: 1003,
            name: "count verdicts and closings",
            sql: include_str!("../migrations/0003_count_verdicts_and_closings.sql"),
        },
        Step {
            version: 1004,
            name: "count contacts due",
            sql: include_str!("../migrations/0004_count_contacts_due.sql"),
        },
        Step {
            version: 1005,
            name: "attribute overdue assistance",
            sql: include_str!("../migrations/0005_attribute_overdue_assistance.sql"),
        },
    ]
}

/// The work orders, for the room: their rules, what they tell, their rows.
#[derive(Debug)]
pub struct WorkOrders;

#[async_trait]
impl Lifecycle for WorkOrders {
    type Id = WorkOrderId;
    type Thing = WorkOrder;
    type Command = Command;
    type Fact = Fact;
    type Error = Error;

    fn decide(
        before: Option<&WorkOrder>,
        command: &Command,
        moment: Moment<'_>,
    ) -> Result<Vec<Fact>, Error> {
        lifecycle::decide(before, command, moment)
    }

    fn apply(before: Option<WorkOrder>, fact: &Fact) -> Option<WorkOrder> {
        lifecycle::apply(before, fact)
    }

    fn alarms(thing: &WorkOrder) -> Vec<(Cow<'static, str>, Timestamp)> {
        let armed = lifecycle::alarms(thing).into_iter();
        armed.map(|(alarm, at)| (Cow::Borrowed(alarm.into()), at)).collect()
    }

    fn follows(thing: &WorkOrder, fact: &Fact) -> Vec<(WorkOrderId, Command)> {
        lifecycle::follows(thing, fact)
    }

    fn tell(thing: &WorkOrder, fact: &Fact) -> Vec<Telling> {
        events::tell(thing, fact)
    }

    async fn find_locked(
        tx: &DatabaseTransaction,
        id: &WorkOrderId,
    ) -> Result<Option<WorkOrder>, DbErr> {
        let sql = format!("SELECT body FROM work_order WHERE name = $1{}", for_update(tx));
        find(tx, &sql, [id.to_string().into()]).await?.map(|row| order_of(&row)).transpose()
    }

    async fn put(tx: &DatabaseTransaction, thing: &WorkOrder, is_new: bool) -> Result<(), DbErr> {
        let sql = if is_new {
            "INSERT INTO work_order (name, kind, category, asked_by, round, state, is_open, \
             department, claimant, zone_duty, reply_due, contacted_late, answered_late, \
             rating_level, confirmed_solved, returned_by, precedent_at, body, rating_counted, \
             cancelled_reason, promised_due, closed_late, contact_due, assistance_overdue, number, \
             source, parent) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, \
             $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)"
        } else {
            "UPDATE work_order SET kind = $2, category = $3, asked_by = $4, round = $5, state = $6, \
             is_open = $7, department = $8, claimant = $9, zone_duty = $10, reply_due = $11, \
             contacted_late = $12, answered_late = $13, rating_level = $14, confirmed_solved = $15, \
             returned_by = $16, precedent_at = $17, body = $18, rating_counted = $19, \
             cancelled_reason = $20, promised_due = $21, closed_late = $22, contact_due = $23, \
             assistance_overdue = $24 WHERE name = $1"
        };
        let mut values = changing(thing)?;
        if is_new {
            values.push(thing.number.clone().into());
            values.push(thing.source.clone().into());
            values.push(thing.parent.map(|parent| parent.to_string()).into());
        }
        execute(tx, sql, values).await?;
        put_rounds(tx, thing).await?;
        put_assistants(tx, thing).await
    }
}

/// The rounds that are over. Nothing of them changes but whether a verdict counts, and that the
/// matter is closed.
async fn put_rounds(tx: &DatabaseTransaction, order: &WorkOrder) -> Result<(), DbErr> {
    let sql = "INSERT INTO work_order_round (work_order, round, state, department, parent, \
               reply_due, contacted_late, answered_late, rating_level, confirmed_solved, \
               returned_by, rating_counted, cancelled_reason, promised_due, closed_late, \
               contact_due, assistance_overdue) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
               ON CONFLICT (work_order, round) DO UPDATE SET \
               rating_counted = excluded.rating_counted, closed_late = excluded.closed_late";
    for past in &order.past {
        let state = if past.cancelled { State::Cancelled } else { State::Completed };
        let Round { department, due, contacted_late, answered_late, rating, .. } = past;
        let (level, solved) = verdict(*rating);
        let values = [
            order.id.to_string().into(),
            i64::from(past.round).into(),
            state.to_string().into(),
            name_of(department.as_ref()).into(),
            order.parent.map(|parent| parent.to_string()).into(),
            due.map_or(i64::MAX, |due| due.at.as_microsecond()).into(),
            contacted_late.map(i64::from).into(),
            answered_late.map(i64::from).into(),
            level.into(),
            solved.into(),
            codes(&past.returned_by).into(),
            counted(*rating).into(),
            past.cancelled_reason.clone().into(),
            promised_due(order.kind, past.promised_at).into(),
            past.closed_late.map(i64::from).into(),
            past.contact_due.map(|at| at.as_microsecond()).into(),
            i64::from(past.assistance_overdue).into(),
        ];
        execute(tx, sql, values).await?;
    }
    Ok(())
}

/// Who assists an order, with what their lists need of it.
async fn put_assistants(tx: &DatabaseTransaction, order: &WorkOrder) -> Result<(), DbErr> {
    if order.assistance.is_empty() && order.past.is_empty() {
        return Ok(());
    }
    // Who assisted once, and does not any more, sees it no more.
    let sql = "DELETE FROM work_order_assistant WHERE assisted = $1";
    execute(tx, sql, [order.id.to_string().into()]).await?;
    let sql = "INSERT INTO work_order_assistant (assisted, assistant, due, is_open) \
               VALUES ($1, $2, $3, $4)";
    let assistants: BTreeSet<_> = order.assistance.iter().map(|child| &child.department).collect();
    for assistant in assistants.difference(&order.excluded.iter().collect()) {
        let values = [
            order.id.to_string().into(),
            assistant.to_string().into(),
            due_of(order).into(),
            i64::from(order.is_open()).into(),
        ];
        execute(tx, sql, values).await?;
    }
    Ok(())
}

fn changing(order: &WorkOrder) -> Result<Vec<Value>, DbErr> {
    let (level, solved) = verdict(order.rating);
    let precedent_at = order.precedent.as_ref().map(|it| it.decided_at.as_microsecond());
    let body = serde_json::to_string(order).map_err(|error| DbErr::Json(error.to_string()))?;
    Ok(vec![
        order.id.to_string().into(),
        order.kind.to_string().into(),
        order.category.to_string().into(),
        order.asked_by.as_ref().map(ToString::to_string).into(),
        i64::from(order.round).into(),
        order.state.to_string().into(),
        i64::from(order.is_open()).into(),
        name_of(order.department.as_ref()).into(),
        order.claimant.as_ref().map(ToString::to_string).into(),
        order.zone_duty.as_ref().map(ToString::to_string).into(),
        due_of(order).into(),
        order.contacted_late.map(i64::from).into(),
        order.promise_broken().map(i64::from).into(),
        level.into(),
        solved.into(),
        codes(&order.returned_by()).into(),
        precedent_at.into(),
        body.into(),
        counted(order.rating).into(),
        order.cancelled_reason.clone().into(),
        promised_due(order.kind, order.promised_at()).into(),
        order.closed_late.map(i64::from).into(),
        order.contact_awaited().map(|at| at.as_microsecond()).into(),
        i64::from(!order.overdue_assistance.is_empty()).into(),
    ])
}

/// Whether a verdict counts, if there is one.
fn counted(rating: Option<Rating>) -> String {
    rating.map(|rating| rating.counted).unwrap_or_default().to_string()
}

/// By when the answer was promised, if a matter is closed afterwards. What is decided by its owner is
/// not.
fn promised_due(kind: WorkKind, promised_at: Option<Timestamp>) -> Option<i64> {
    promised_at.filter(|_| kind == WorkKind::Answer).map(|at| at.as_microsecond())
}

/// The level of a verdict, and whether it says solved.
fn verdict(rating: Option<Rating>) -> (Option<i64>, Option<i64>) {
    let level = rating.and_then(|rating| rating.level).map(i64::from);
    let solved = rating.map(|rating| rating.confirmed && rating.outcome == Outcome::Solved);
    (level, solved.map(i64::from))
}

fn codes(departments: &[DepartmentId]) -> String {
    departments.iter().map(DepartmentId::code).collect::<Vec<_>>().join(" ")
}

fn name_of(department: Option<&DepartmentId>) -> String {
    department.map(ToString::to_string).unwrap_or_default()
}

/// By when the answer is due, in microseconds; the last instant if no limit says.
pub fn due_of(order: &WorkOrder) -> i64 {
    order.reply.map_or(i64::MAX, |reply| reply.due.at.as_microsecond())
}

/// An order, by its name.
pub async fn find_work_order<C: ConnectionTrait>(
    on: &C,
    id: &WorkOrderId,
) -> Result<Option<WorkOrder>, DbErr> {
    let sql = "SELECT body FROM work_order WHERE name = $1";
    find(on, sql, [id.to_string().into()]).await?.map(|row| order_of(&row)).transpose()
}

/// All open orders.
pub async fn list_open<C: ConnectionTrait>(on: &C) -> Result<Vec<WorkOrder>, DbErr> {
    let sql = "SELECT body FROM work_order WHERE is_open = 1 ORDER BY name";
    list(on, sql, []).await?.iter().map(order_of).collect()
}

/// The names of the open orders that a person has claimed.
pub async fn list_claimed_by<C: ConnectionTrait>(
    on: &C,
    person: &PersonId,
) -> Result<Vec<String>, DbErr> {
    let sql = "SELECT name FROM work_order WHERE claimant = $1 AND is_open = 1 ORDER BY name";
    let rows = list(on, sql, [person.to_string().into()]).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// How orders of a category were routed, the latest first.
pub async fn list_precedents<C: ConnectionTrait>(
    on: &C,
    category: &CategoryId,
    limit: i64,
) -> Result<Vec<WorkOrder>, DbErr> {
    let sql = "SELECT body FROM work_order WHERE category = $1 AND precedent_at IS NOT NULL \
               ORDER BY precedent_at DESC, name LIMIT $2";
    let values = [category.to_string().into(), limit.into()];
    list(on, sql, values).await?.iter().map(order_of).collect()
}

/// So many orders are looked at together for one that may be claimed.
const CLAIMABLE_PER_LOOK: i64 = 20;

/// The most urgent order that waits for a person's department and that the person may claim, locked
/// until the unit ends. One that somebody else claims meanwhile is passed over.
pub async fn find_to_claim(
    tx: &DatabaseTransaction,
    by: &Person,
) -> Result<Option<WorkOrderId>, DbErr> {
    let Some(department) = &by.department else { return Ok(None) };
    let sql = "SELECT body FROM work_order WHERE department = $1 AND state = 'OFFERED' \
               AND (reply_due, name) > ($2, $3) ORDER BY reply_due, name LIMIT $4";
    let mut after = (i64::MIN, String::new());
    loop {
        let (due, name) = after.clone();
        let department = department.to_string();
        let values = [department.into(), due.into(), name.into(), CLAIMABLE_PER_LOOK.into()];
        let rows = list(tx, sql, values).await?;
        let Some(last) = rows.last().map(order_of).transpose()? else { return Ok(None) };
        after = (due_of(&last), last.id.to_string());
        for seen in rows.iter().map(order_of) {
            let id = seen?.id;
            let order = WorkOrders::find_locked(tx, &id).await?;
            let waits = |order: &WorkOrder| {
                order.state == State::Offered && sight::of_the_department(order, by).is_ok()
            };
            if order.as_ref().is_some_and(waits) {
                return Ok(Some(id));
            }
        }
    }
}

/// The department itself, or whichever has taken its place. `None` if there is no such department.
pub async fn lasting<C: ConnectionTrait>(
    known: &Known,
    on: &C,
    department: &DepartmentId,
) -> Result<Option<DepartmentId>, Trouble> {
    let mut lasting = department.clone();
    // A successor lasts when it is named, so this comes to an end.
    while let Some(found) = known.department(on, &lasting).await? {
        if found.successor.is_empty() {
            return Ok(Some(lasting));
        }
        let successor = DepartmentId::parse(&found.successor);
        lasting = successor.map_err(|error| Trouble::Damaged(error.to_string()))?;
    }
    Ok(None)
}

/// Who of a department is on duty: its duty officer, then its head. `None` if there is no such
/// department, or another has taken its place.
pub async fn on_duty<C: ConnectionTrait>(
    known: &Known,
    on: &C,
    department: &DepartmentId,
) -> Result<Option<Vec<PersonId>>, Trouble> {
    let Some(found) = known.department_kept(on, department).await? else { return Ok(None) };
    if !found.successor.is_empty() {
        return Ok(None);
    }
    let people = [found.duty_officer, found.head];
    Ok(Some(people.iter().filter_map(|name| PersonId::parse(name).ok()).collect()))
}

fn order_of(row: &QueryResult) -> Result<WorkOrder, DbErr> {
    let body: String = row.try_get_by_index(0)?;
    serde_json::from_str(&body).map_err(|error| DbErr::Json(error.to_string()))
}
