//! Lists of orders, as somebody may see them.

use base::{DepartmentId, Person};
use jiff::Timestamp;
use journal::statement::list;
use sea_orm::{ConnectionTrait, DbErr, Value};

use super::order_of;
use crate::lifecycle::{State, WorkKind, WorkOrder, sight};

/// Which orders are listed.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this department.
    pub department: Option<DepartmentId>,
    /// In this state.
    pub state: Option<State>,
    /// Decided here, or where it was asked for.
    pub kind: Option<WorkKind>,
    /// For this thing.
    pub source: Option<String>,
    /// Due before this instant.
    pub due_before: Option<Timestamp>,
    /// Without those that are done or cancelled.
    pub open_only: bool,
}

/// Where a page of orders begins: after a due instant and a name.
pub type Cursor = (i64, String);

/// The orders that somebody may know of, the most urgent at the top, after a cursor: of two, the one
/// that is due earlier has the less working time left.
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
    } else if viewer.active {
        // What no department has has an empty one, and is nobody's for that.
        let own = viewer.department.as_ref().map_or("none".to_owned(), ToString::to_string);
        branches_of(&values.bind(own), &values.bind(viewer.id.to_string()))
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
        let (order, open) = (("reply_due", "name"), "is_open = 1");
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

/// The same as [`sight::sees`], as SQL: the orders of a department, those that it asked for, those
/// that it assists, and those that the person has claimed or is on duty for; each in one branch only.
fn branches_of(own: &str, person: &str) -> Vec<Branch> {
    let mine = |column: &str| format!("{column} = {own}");
    let other = format!("department <> {own}");
    let unasked = format!("(asked_by IS NULL OR asked_by <> {own})");
    let unassisted = format!(
        "NOT EXISTS (SELECT 1 FROM work_order_assistant \
         WHERE assisted = name AND assistant = {own})"
    );
    let unclaimed = format!("(claimant IS NULL OR claimant <> {person})");
    let elsewhere = [other.clone(), unasked.clone(), unassisted];
    let claimed = [vec![format!("claimant = {person}")], elsewhere.to_vec()].concat();
    let duty = vec![format!("zone_duty = {person}"), unclaimed];
    vec![
        Branch::of("work_order", &[mine("department")]),
        Branch::of("work_order", &[format!("asked_by = {own}"), other.clone()]),
        Branch::of("work_order", &claimed),
        Branch::of("work_order", &[duty, elsewhere.to_vec()].concat()),
        Branch {
            order: ("due", "assisted"),
            open: "work_order_assistant.is_open = 1",
            ..Branch::of(
                "work_order_assistant JOIN work_order ON name = assisted",
                &[format!("assistant = {own}"), other, unasked],
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
    if let Some(kind) = filter.kind {
        all.push(format!("kind = {}", values.bind(kind.to_string())));
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
