//! Lists of orders, as somebody may see them.

use base::{DepartmentId, Person};
use jiff::Timestamp;
use journal::statement::{Values, list};
use sea_orm::{ConnectionTrait, DbErr};

use super::{due_of, order_of};
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

/// Where a page of orders begins: after a rank, a due instant and a name.
pub type Cursor = (i64, i64, String);

/// The rank of what waits for a zone leader, at the top of the lists of those who see every order.
const ESCALATED: i64 = 0;
/// The rank of everything else, and of everything in the list of a department.
const OTHERS: i64 = 1;

/// Where an order stands in somebody's list.
pub fn place_of(viewer: &Person, order: &WorkOrder) -> Cursor {
    let at_top = sight::sees_all(viewer) && order.state == State::Escalated;
    (if at_top { ESCALATED } else { OTHERS }, due_of(order), order.id.to_string())
}

/// The orders that somebody may know of, after a cursor: to who sees every order first what waits for
/// a zone leader (已提级), and then the most urgent at the top: of two, the one that is due earlier has
/// the less working time left.
pub async fn list_work_orders<C: ConnectionTrait>(
    on: &C,
    viewer: &Person,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: u64,
) -> Result<Vec<WorkOrder>, DbErr> {
    let mut values = Values::default();
    let shared = conditions(filter, &mut values);
    let after = after.map(|(rank, due, name)| {
        let (due, name) = (values.bind(*due), values.bind(name.clone()));
        After { rank: *rank, due, name }
    });
    let branches = if sight::sees_all(viewer) {
        let escalated = format!("state = '{}'", State::Escalated);
        let others = format!("state <> '{}'", State::Escalated);
        let top = Branch { rank: ESCALATED, ..Branch::of("work_order", &[escalated]) };
        vec![top, Branch::of("work_order", &[others])]
    } else if viewer.active {
        // What no department has has an empty one, and is nobody's for that.
        let own = viewer.department.as_ref().map_or("none".to_owned(), ToString::to_string);
        branches_of(&values.bind(own), &values.bind(viewer.id.to_string()))
    } else {
        return Ok(Vec::new());
    };
    let limit = values.bind(i64::try_from(limit).unwrap_or(i64::MAX));
    // A page that begins behind a rank has nothing of it.
    let passed = |branch: &Branch| after.as_ref().is_some_and(|after| branch.rank < after.rank);
    let pages = branches.into_iter().filter(|branch| !passed(branch)).map(|branch| {
        let page = branch.page(&shared, filter.open_only, after.as_ref());
        format!("SELECT body, place, reply_due, name FROM ({page} LIMIT {limit}) AS page")
    });
    let pages = pages.collect::<Vec<_>>().join(" UNION ALL ");
    let sql = format!("{pages} ORDER BY place, reply_due, name LIMIT {limit}");
    list(on, &sql, values.0).await?.iter().map(order_of).collect()
}

/// Behind which order a page begins: its rank, and the placeholders of the rest.
struct After {
    rank: i64,
    due: String,
    name: String,
}

/// Orders that somebody may know of for one reason. Each branch walks an index of its own in the
/// order of the pages, no further than one page.
struct Branch {
    rank: i64,
    from: &'static str,
    conditions: Vec<String>,
    order: (&'static str, &'static str),
    open: &'static str,
}

impl Branch {
    fn of(from: &'static str, conditions: &[String]) -> Branch {
        let (rank, order, open) = (OTHERS, ("reply_due", "name"), "is_open = 1");
        Branch { rank, from, conditions: conditions.to_vec(), order, open }
    }

    fn page(self, shared: &[String], open_only: bool, after: Option<&After>) -> String {
        let Branch { rank, from, mut conditions, order: (due, name), open } = self;
        conditions.extend_from_slice(shared);
        if open_only {
            conditions.push(open.to_owned());
        }
        if let Some(After { due: after_due, name: after_name, .. }) =
            after.filter(|after| after.rank == rank)
        {
            conditions.push(format!("({due}, {name}) > ({after_due}, {after_name})"));
        }
        let conditions = conditions.join(" AND ");
        format!(
            "SELECT body, {rank} AS place, reply_due, name FROM {from} WHERE {conditions} \
             ORDER BY {due}, {name}"
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
