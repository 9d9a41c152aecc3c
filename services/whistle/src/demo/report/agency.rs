//! What became of each case and project, read back through the public API, and where it differs from
//! the book.

use std::collections::BTreeMap;

use anyhow::Context as _;
use contract::agency::{Case, CaseState, Item};
use contract::common::LimitTier;
use contract::dispatch::{LeagueRow, WorkOrder, WorkOrderState};
use jiff::Timestamp;

use super::found::{Reader, instant};
use super::told;
use crate::demo::agency::player::PlayedCase;
use crate::demo::data::Book;
use crate::demo::data::agency::{AgencyCase, ReadyProject};
use crate::demo::zone::procedures::{READY, ready_item};

/// What became of a case.
#[derive(Debug, Clone)]
pub(crate) struct FoundCase {
    /// What agency shows.
    pub(crate) case: Case,
    /// When its mandate was signed: it has ended since, and its history tells.
    pub(crate) mandated: Option<Timestamp>,
    /// The orders of its items, as dispatch shows them.
    pub(crate) orders: BTreeMap<String, WorkOrder>,
}

/// What became of all that agents did.
#[derive(Debug, Clone)]
pub(crate) struct FoundAgency {
    /// The cases, in the order of the book.
    pub(crate) cases: Vec<FoundCase>,
    /// The projects, in the order of the book, each with the instant that its whole was promised for.
    pub(crate) projects: Vec<(FoundCase, Timestamp)>,
    /// What the league says of decision work.
    pub(crate) zone: LeagueRow,
}

/// Reads all cases and projects.
pub(crate) async fn read(
    reader: &Reader,
    book: &Book,
    played: &[PlayedCase],
) -> anyhow::Result<FoundAgency> {
    let mut cases: BTreeMap<String, Case> = BTreeMap::new();
    for case in reader.cases().await? {
        cases.insert(case.name.clone(), case);
    }
    let mut orders: BTreeMap<String, WorkOrder> = BTreeMap::new();
    for order in reader.decisions().await? {
        orders.insert(order.name.clone(), order);
    }
    let mut found = Vec::new();
    for one in played {
        let case = cases.remove(&one.case).context("ListCases 没有该件（case missing）")?;
        let of = one.orders.iter().map(|(item, name)| {
            let order = orders.remove(name).context("ListWorkOrders 没有该单（order missing）");
            order.map(|order| (item.clone(), order))
        });
        let orders = of.collect::<anyhow::Result<_>>()?;
        found.push(FoundCase { orders, mandated: reader.mandated(&case.name).await?, case });
    }
    let ready = found.split_off(book.cases.len());
    let promised = reader.promised(READY).await?;
    let mut projects = Vec::new();
    for one in ready {
        let start = one.case.started_time.context("未启动（not started）")?;
        let due = reader.due(start, promised).await?;
        projects.push((one, due));
    }
    let zone = reader.decision_league(book.as_of()?).await?.zone.unwrap_or_default();
    Ok(FoundAgency { cases: found, projects, zone })
}

impl FoundCase {
    /// When the item that an order is for was accepted.
    pub(crate) fn accepted(&self, item: &str) -> Option<Timestamp> {
        self.item(item).and_then(|item| instant(item.accepted_time).ok().flatten())
    }

    /// When its permit was issued.
    pub(crate) fn issued(&self, item: &str) -> Option<Timestamp> {
        let permit = self.item(item)?.permit.as_ref()?;
        instant(permit.issued_time).ok().flatten()
    }

    /// By when the result was promised.
    pub(crate) fn promised(&self, item: &str) -> Option<Timestamp> {
        let dues = &self.orders.get(item)?.reply_dues;
        let promised = dues.iter().find(|due| due.tier() == LimitTier::Promised)?;
        instant(promised.time).ok().flatten()
    }

    /// When its order's clock stood still.
    pub(crate) fn pauses(&self, item: &str) -> Vec<(Timestamp, Timestamp)> {
        let pauses = self.orders.get(item).map(|order| order.pauses.as_slice());
        let span = |from, to| Some((instant(from).ok()??, instant(to).ok()??));
        let pauses = pauses.unwrap_or_default().iter();
        pauses.filter_map(|pause| span(pause.from_time, pause.resumed_time)).collect()
    }

    /// When the order of an item was done.
    fn settled(&self, item: &str) -> Option<Timestamp> {
        instant(self.orders.get(item)?.completed_time).ok().flatten()
    }

    /// Whether the result came after it was promised.
    pub(crate) fn is_late(&self, item: &str) -> Option<bool> {
        Some(self.promised(item)? < self.issued(item)?)
    }

    fn item(&self, item: &str) -> Option<&Item> {
        let name = format!("{}/{item}", self.case.name);
        self.case.items.iter().find(|item| item.name == name)
    }

    /// Where an order was at the end, and with whom.
    fn order(&self, item: &str) -> String {
        self.orders.get(item).map_or_else(String::new, |order| {
            let done = order.state() == WorkOrderState::Completed;
            let how = if done { order.settled_outcome.as_str() } else { "未完成" };
            format!("{} {how}", order.department)
        })
    }

    fn is_archived(&self) -> String {
        yes(Some(self.case.state() == CaseState::Archived))
    }
}

/// Where everything differs from the book.
pub(crate) fn compare(book: &Book, found: &FoundAgency) -> Vec<String> {
    let cases = book.cases.iter().zip(&found.cases);
    let mut differences: Vec<String> =
        cases.flat_map(|(case, found)| of_case(case, found)).collect();
    let projects = book.projects.iter().zip(&found.projects);
    differences.extend(projects.flat_map(|(project, found)| of_project(project, found)));
    let late = book.cases.iter().filter(|case| case.is_late()).count();
    let orders = book.cases.len() + book.projects.iter().map(|one| one.steps.len()).sum::<usize>();
    let LeagueRow { dispatched, contacted_late, answered_late, .. } = found.zone;
    differences.extend(told_apart(
        "审批工单",
        &[
            ("派单", orders.to_string(), dispatched.to_string()),
            ("报到超时", "0".to_owned(), contacted_late.to_string()),
            ("超承诺", late.to_string(), answered_late.to_string()),
        ],
    ));
    differences
}

/// Where one case differs.
fn of_case(case: &AgencyCase, found: &FoundCase) -> Vec<String> {
    let item = format!("items/{}", case.matter);
    let pauses = |pauses: &[(Timestamp, Timestamp)]| {
        let told = pauses.iter().map(|(from, to)| format!("{from}/{to}"));
        told.collect::<Vec<_>>().join(" ")
    };
    let booked: Vec<_> = case.pauses.iter().map(|pause| (pause.from, pause.to)).collect();
    let department = format!("departments/{} ISSUED", case.department);
    told_apart(
        &case.id,
        &[
            ("受托时刻", told(Some(case.delegation.signed_at)), told(found.mandated)),
            ("帮代办员", format!("persons/{}", case.agent), found.case.agent.clone()),
            ("受理时刻", told(Some(case.accepted_at)), told(found.accepted(&item))),
            ("承诺期限", told(Some(case.promise_due_at)), told(found.promised(&item))),
            ("挂起", pauses(&booked), pauses(&found.pauses(&item))),
            ("出证时刻", told(Some(case.finished_at)), told(found.issued(&item))),
            ("工单完成时刻", told(Some(case.finished_at)), told(found.settled(&item))),
            ("超承诺", yes(Some(case.is_late())), yes(found.is_late(&item))),
            ("工单结果", department, found.order(&item)),
            ("已归档", yes(Some(true)), found.is_archived()),
        ],
    )
}

/// Where one project differs.
fn of_project(project: &ReadyProject, (found, due): &(FoundCase, Timestamp)) -> Vec<String> {
    let wire = |time| instant(time).ok().flatten();
    let in_time = |finished: Option<Timestamp>| yes(finished.map(|at| at <= *due));
    let allowed = wire(found.case.start_allowed_time);
    let mut differences = told_apart(
        &project.id,
        &[
            ("受理时刻", told(Some(project.accepted_at)), told(wire(found.case.started_time))),
            ("承诺期限", told(Some(project.due_at)), told(Some(*due))),
            ("可开工时刻", told(Some(project.finished_at)), told(allowed)),
            ("承诺内", yes(Some(project.finished_at <= project.due_at)), in_time(allowed)),
            ("已归档", yes(Some(true)), found.is_archived()),
        ],
    );
    for done in &project.steps {
        let item = ready_item(&done.step);
        let order = found.orders.get(&item);
        let by = order.map(|order| order.claimant.clone()).unwrap_or_default();
        differences.extend(told_apart(
            &format!("{} {}", project.id, done.step),
            &[
                ("开始时刻", told(Some(done.started_at)), told(found.accepted(&item))),
                ("完成时刻", told(Some(done.finished_at)), told(found.issued(&item))),
                ("工单完成时刻", told(Some(done.finished_at)), told(found.settled(&item))),
                ("承办人", format!("persons/{}", done.by), by),
            ],
        ));
    }
    differences
}

/// What of a thing is not as the book has it.
fn told_apart(whose: &str, all: &[(&str, String, String)]) -> Vec<String> {
    all.iter()
        .filter(|(_, expected, found)| expected != found)
        .map(|(what, expected, found)| format!("{whose} {what}：应为 {expected}，实为 {found}"))
        .collect()
}

fn yes(flag: Option<bool>) -> String {
    match flag {
        None => "无记录".to_owned(),
        Some(true) => "是".to_owned(),
        Some(false) => "否".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_named_and_not_passed_over() {
        let book = Book::embedded().unwrap();
        let nothing = FoundCase { case: Case::default(), mandated: None, orders: BTreeMap::new() };
        let told = of_case(&book.cases[0], &nothing);
        assert!(told[0].starts_with("BD-2026-0001 受托时刻：应为 2026-01-05 09:53:00，实为 无"));
        assert_eq!(told.len(), 9, "all but the pauses, of which there are none: {told:?}");
        let told = of_project(&book.projects[0], &(nothing, Timestamp::UNIX_EPOCH));
        assert_eq!(told.len(), 5 + 12 * 4, "{told:?}");
    }
}
