//! The rows of dispatch: work orders, and what the league counts of them.

use std::collections::BTreeSet;

use async_trait::async_trait;
use base::{DepartmentId, Person, WorkOrderId};
use calendar::Moment;
use jiff::Timestamp;
use journal::statement::{execute, find, for_update, list};
use journal::{Step, Telling};
use runtime::Lifecycle;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, QueryResult, Value};

use crate::error::Error;
use crate::events;
use crate::league::{Entry, Led, Verdict};
use crate::lifecycle::{self, Command, Decision, Fact, Outcome, State, WorkOrder, sight};

/// The steps of the schema, forward only.
pub fn steps() -> Vec<Step> {
    vec![Step {
        version: 1001,
        name: "create work order",
        sql: include_str!("../migrations/0001_create_work_order.sql"),
    }]
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

    fn alarms(thing: &WorkOrder) -> Vec<(&'static str, Timestamp)> {
        lifecycle::alarms(thing).into_iter().map(|(alarm, at)| (alarm.into(), at)).collect()
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
            "INSERT INTO work_order (name, state, department, claimant, reply_due, contacted_late, \
             answered_late, rating_level, confirmed_solved, returned_by, body, number, source, \
             parent, asked_by) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
        } else {
            "UPDATE work_order SET state = $2, department = $3, claimant = $4, reply_due = $5, \
             contacted_late = $6, answered_late = $7, rating_level = $8, confirmed_solved = $9, \
             returned_by = $10, body = $11 WHERE name = $1"
        };
        let mut values = changing(thing)?.to_vec();
        if is_new {
            values.push(thing.number.clone().into());
            values.push(thing.source.clone().into());
            values.push(thing.parent.map(|parent| parent.to_string()).into());
            values.push(thing.asked_by.as_ref().map(ToString::to_string).into());
        }
        execute(tx, sql, values).await?;
        put_assistants(tx, thing).await
    }
}

/// Who assists an order, with what their lists need of it.
async fn put_assistants(tx: &DatabaseTransaction, order: &WorkOrder) -> Result<(), DbErr> {
    let sql = "INSERT INTO work_order_assistant (assisted, assistant, due, is_open) \
               VALUES ($1, $2, $3, $4) ON CONFLICT (assisted, assistant) \
               DO UPDATE SET due = excluded.due, is_open = excluded.is_open";
    let assistants: BTreeSet<_> = order.assistance.iter().map(|child| &child.department).collect();
    for assistant in assistants {
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

fn changing(order: &WorkOrder) -> Result<[Value; 11], DbErr> {
    let rating = order.rating;
    let solved = rating.map(|rating| rating.confirmed && rating.outcome == Outcome::Solved);
    let upheld = order.returns.iter().filter(|past| past.decision == Some(Decision::Granted));
    let returned_by: Vec<&str> = upheld.map(|past| past.department.code()).collect();
    let body = serde_json::to_string(order).map_err(|error| DbErr::Json(error.to_string()))?;
    Ok([
        order.id.to_string().into(),
        order.state.to_string().into(),
        order.department.to_string().into(),
        order.claimant.as_ref().map(ToString::to_string).into(),
        due_of(order).into(),
        order.contacted_late.map(i64::from).into(),
        order.answered_late.map(i64::from).into(),
        rating.map(|rating| i64::from(rating.level)).into(),
        solved.map(i64::from).into(),
        returned_by.join(" ").into(),
        body.into(),
    ])
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

/// The names of all open orders.
pub async fn list_open<C: ConnectionTrait>(on: &C) -> Result<Vec<String>, DbErr> {
    let sql = "SELECT name FROM work_order WHERE state <> 'COMPLETED' ORDER BY name";
    let rows = list(on, sql, []).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Which orders are listed.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this department.
    pub department: Option<DepartmentId>,
    /// In this state.
    pub state: Option<State>,
    /// For this thing.
    pub source: Option<String>,
    /// Due before this instant.
    pub due_before: Option<Timestamp>,
    /// Without those that are done.
    pub open_only: bool,
}

/// Where a page of orders begins: after a due instant and a name.
pub type Cursor = (i64, String);

/// The orders that somebody may know of, those due first at the top, after a cursor.
pub async fn list_work_orders<C: ConnectionTrait>(
    on: &C,
    viewer: &Person,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: u64,
) -> Result<Vec<WorkOrder>, DbErr> {
    let mut values = Values::default();
    let shared = conditions(filter, &mut values);
    let after = after.map(|(due, name)| (values.bind(*due), values.bind(name.clone())));
    let branches = if sight::sees_all(viewer) {
        vec![Branch::of("work_order", &[])]
    } else if let Some(own) = viewer.department.as_ref().filter(|_| viewer.active) {
        branches_of(&values.bind(own.to_string()))
    } else {
        return Ok(Vec::new());
    };
    let limit = values.bind(i64::try_from(limit).unwrap_or(i64::MAX));
    let pages = branches.into_iter().map(|branch| {
        let page = branch.page(&shared, filter.open_only, after.as_ref());
        format!("SELECT body, reply_due, name FROM ({page} LIMIT {limit}) AS page")
    });
    let pages = pages.collect::<Vec<_>>().join(" UNION ALL ");
    let sql = format!("{pages} ORDER BY reply_due, name LIMIT {limit}");
    list(on, &sql, values.0).await?.iter().map(order_of).collect()
}

/// Orders that somebody may know of for one reason. Each branch walks an index of its own in the
/// order of the pages, no further than one page.
struct Branch {
    from: &'static str,
    conditions: Vec<String>,
    order: (&'static str, &'static str),
    open: &'static str,
}

impl Branch {
    fn of(from: &'static str, conditions: &[String]) -> Branch {
        let (order, open) = (("reply_due", "name"), "state <> 'COMPLETED'");
        Branch { from, conditions: conditions.to_vec(), order, open }
    }

    fn page(self, shared: &[String], open_only: bool, after: Option<&(String, String)>) -> String {
        let Branch { from, mut conditions, order: (due, name), open } = self;
        conditions.extend_from_slice(shared);
        if open_only {
            conditions.push(open.to_owned());
        }
        if let Some((after_due, after_name)) = after {
            conditions.push(format!("({due}, {name}) > ({after_due}, {after_name})"));
        }
        let conditions =
            if conditions.is_empty() { "1 = 1".to_owned() } else { conditions.join(" AND ") };
        format!(
            "SELECT body, reply_due, name FROM {from} WHERE {conditions} ORDER BY {due}, {name}"
        )
    }
}

/// The same as [`sight::sees`], as SQL: the orders of a department, those that it asked for, and
/// those that it assists; each in one branch only.
fn branches_of(own: &str) -> Vec<Branch> {
    let other = format!("department <> {own}");
    let unasked = format!("(asked_by IS NULL OR asked_by <> {own})");
    let assisted = format!("assistant = {own}");
    vec![
        Branch::of("work_order", &[format!("department = {own}")]),
        Branch::of("work_order", &[format!("asked_by = {own}"), other.clone()]),
        Branch {
            order: ("due", "assisted"),
            open: "is_open = 1",
            ..Branch::of(
                "work_order_assistant JOIN work_order ON name = assisted",
                &[assisted, other, unasked],
            )
        },
    ]
}

/// What every branch must meet, but for being open.
fn conditions(filter: &Filter, values: &mut Values) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(department) = &filter.department {
        all.push(format!("department = {}", values.bind(department.to_string())));
    }
    if let Some(state) = filter.state {
        all.push(format!("state = {}", values.bind(state.to_string())));
    }
    if let Some(source) = &filter.source {
        all.push(format!("source = {}", values.bind(source.clone())));
    }
    if let Some(due_before) = filter.due_before {
        all.push(format!("reply_due < {}", values.bind(due_before.as_microsecond())));
    }
    all
}

/// The values that are bound in a statement.
#[derive(Default)]
struct Values(Vec<Value>);

impl Values {
    /// The placeholder of a value.
    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("${}", self.0.len())
    }
}

/// What each order that is due from `from` on and before `until` says of departments.
pub async fn list_league_entries<C: ConnectionTrait>(
    on: &C,
    from: Timestamp,
    until: Timestamp,
    now: Timestamp,
) -> Result<Vec<(DepartmentId, Entry)>, DbErr> {
    let sql = "SELECT department, parent, contacted_late, answered_late, reply_due, rating_level, \
               confirmed_solved, returned_by FROM work_order \
               WHERE $1 <= reply_due AND reply_due < $2 ORDER BY reply_due, name";
    let values = [from.as_microsecond().into(), until.as_microsecond().into()];
    let mut entries = Vec::new();
    for row in list(on, sql, values).await? {
        let department: String = row.try_get_by_index(0)?;
        let department = DepartmentId::parse(&department).map_err(damaged)?;
        let parent: Option<String> = row.try_get_by_index(1)?;
        let returned_by: String = row.try_get_by_index(7)?;
        for code in returned_by.split_whitespace() {
            entries.push((DepartmentId::new(code).map_err(damaged)?, Entry::ReturnUpheld));
        }
        let entry = if parent.is_some() { Entry::Assisted } else { Entry::Led(led_of(&row, now)?) };
        entries.push((department, entry));
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
        verdict: level
            .and_then(|level| u8::try_from(level).ok())
            .zip(flag(6)?)
            .map(|(level, confirmed_solved)| Verdict { level, confirmed_solved }),
    })
}

fn order_of(row: &QueryResult) -> Result<WorkOrder, DbErr> {
    let body: String = row.try_get_by_index(0)?;
    serde_json::from_str(&body).map_err(|error| DbErr::Json(error.to_string()))
}

fn damaged(error: base::NameError) -> DbErr {
    DbErr::Type(error.to_string())
}
