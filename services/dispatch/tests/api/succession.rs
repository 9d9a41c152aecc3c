//! Departments that are no more, over gRPC: nothing is offered to one, whichever is heard first, and
//! whom a complaint is about comes to it by no succession.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use base::DepartmentId;
use contract::common::{Role, WorkRequested};
use contract::directory::{Department, DepartmentChanged, DepartmentSucceeded};
use contract::dispatch::*;
use futures_util::FutureExt as _;
use journal::{Telling, Trouble};
use testkit::{Size, on_both_sizes};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::desk::{Desk, TICKET, reason, wanted};

on_both_sizes!(
    work_for_a_department_that_is_no_more_is_its_successors,
    nothing_is_given_to_a_department_that_is_no_more_or_to_who_has_left,
    a_child_is_asked_anew_of_the_successor,
    whom_a_complaint_is_about_never_comes_to_lead_it,
    a_department_that_is_just_given_work_is_dissolved_only_after,
);

impl Desk {
    /// The directory dissolves a department.
    pub(crate) async fn dissolve(&self, code: &str, successor: &str) -> Result<()> {
        let (name, successor) = (format!("departments/{code}"), format!("departments/{successor}"));
        let department = Department {
            name: name.clone(),
            title: code.to_owned(),
            successor: successor.clone(),
            ..Department::default()
        };
        let changed = DepartmentChanged { department: Some(department) };
        let basis = "〔2026〕1号".to_owned();
        let told = DepartmentSucceeded { department: name.clone(), successor, basis };
        for telling in [Telling::new(&name, &name, &changed), Telling::new(&name, &name, &told)] {
            self.world.tell("directory", telling, "persons/A-1").await?;
        }
        self.world.settle().await
    }
}

/// Shows: dispatch hears WorkReopened in COMPLETED
async fn work_for_a_department_that_is_no_more_is_its_successors(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    desk.dissolve("D02", "D05").await?;
    desk.dissolve("D05", "D03").await?;
    let order = desk.offer(1).await?;
    let offered = desk.get("D03-11", &order).await?;
    assert_eq!(
        (offered.state(), offered.department.as_str()),
        (WorkOrderState::Offered, "departments/D03")
    );
    assert_eq!(offered.suggested_assisting, [""; 0], "who leads does not assist");
    // Of none that there ever was: whoever is found.
    let unknown = WorkRequested { lead: "departments/D77".to_owned(), ..wanted(2, desk.now()) };
    let order = desk.request(&unknown).await?;
    assert_eq!(desk.get("D01-11", &order).await?.state(), WorkOrderState::Unrouted);
    // Whom the complaint is about stays it under another name.
    let excluded_departments = vec!["departments/D02".to_owned()];
    let complaint = WorkRequested { excluded_departments, ..wanted(3, desk.now()) };
    let order = desk.request(&complaint).await?;
    assert_eq!(desk.get("D01-11", &order).await?.state(), WorkOrderState::Unrouted);
    assert_eq!(reason(desk.route("D01-11", &order, "D03").await), "DEPARTMENT_EXCLUDED");
    desk.world.end().await
}

async fn nothing_is_given_to_a_department_that_is_no_more_or_to_who_has_left(
    size: Size,
) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.in_progress(1).await?;
    let returned = desk.offer(2).await?;
    desk.give_back("D02-11", &returned, "").await?;
    desk.dissolve("D03", "D04").await?;
    desk.tell_of("D02-12", &[Role::Staff], false).await?;
    let gone = "departments/D03";
    assert_eq!(reason(desk.assist("D02-11", &order, gone).await), "DEPARTMENT_NOT_FOUND");
    let upheld = desk.decide_return("D01-11", &returned, (Decision::Granted, gone)).await;
    assert_eq!(reason(upheld), "DEPARTMENT_NOT_FOUND");
    let handed = desk.hand_over("D02-11", &order, "D02-12").await;
    assert_eq!(reason(handed), "PERSON_NOT_ELIGIBLE");
    let assigned = desk.assign("D02-01", &order, "D02-12").await;
    assert_eq!(reason(assigned), "PERSON_NOT_ELIGIBLE");
    desk.world.end().await
}

async fn a_child_is_asked_anew_of_the_successor(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.in_progress(1).await?;
    let parent = desk.assist("D02-11", &order, "departments/D03").await?;
    let child = parent.assistance[0].work_order.clone();
    desk.contact("D03-11", &child).await?;
    desk.complete("D03-11", &child, "").await?;
    desk.complete("D02-11", &order, "").await?;
    desk.dissolve("D03", "D04").await?;
    let work = Some(WorkRequested { round: 2, ..wanted(1, desk.now()) });
    let reopened =
        contract::common::WorkReopened { work, reason: "不满意".to_owned(), escalate: false };
    let told = Telling::new(TICKET, TICKET, &reopened);
    desk.world.tell("request", told, "persons/D01-11").await?;
    desk.world.settle().await?;
    let asked = desk.get("D04-11", &child).await?;
    assert_eq!((asked.state(), asked.round), (WorkOrderState::Offered, 2));
    assert_eq!(asked.department, "departments/D04");
    desk.world.end().await
}

/// Shows: dispatch hears DepartmentSucceeded in IN_PROGRESS
async fn whom_a_complaint_is_about_never_comes_to_lead_it(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.in_progress(1).await?;
    let parent = desk.assist("D02-11", &order, "departments/D03").await?;
    let child = parent.assistance[0].work_order.clone();
    let before = desk.told().await?.len();
    // D09 is whom it is about.
    desk.dissolve("D03", "D09").await?;
    assert_eq!(desk.get("D01-11", &child).await?.state(), WorkOrderState::Cancelled);
    desk.dissolve("D02", "D09").await?;
    let taken = desk.get("D01-11", &order).await?;
    assert_eq!(
        (taken.state(), taken.department.as_str(), taken.claimant.as_str()),
        (WorkOrderState::Unrouted, "", "")
    );
    assert!(taken.decision_due.is_some());
    let told = desk.told().await?[before..].to_vec();
    assert!(told.contains(&"WorkOrderAssistanceWaived".to_owned()), "{told:?}");
    assert!(told.contains(&"WorkOrderUnrouted".to_owned()), "{told:?}");
    // Nobody routes it: the head of dispatch is told.
    desk.go_to("2026-03-04T15:00:00+08:00").await?;
    assert_eq!(desk.told().await?.last().unwrap(), "WorkOrderLimitMissed");
    desk.route("D01-11", &order, "D04").await?;
    desk.claim("D04-11", &order).await?;
    desk.world.end().await
}

/// Otherwise the work would be given after its department's orders had moved.
async fn a_department_that_is_just_given_work_is_dissolved_only_after(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let house = desk.world.house("dispatch").clone();
    let department = DepartmentId::parse("departments/D03")?;
    let journal = house.journal.clone();
    let begun = Arc::new(Notify::new());
    let begins = Arc::clone(&begun);
    let giving = journal.commit("work is given", None, move |unit| {
        let (house, department, begins) = (house.clone(), department.clone(), Arc::clone(&begins));
        async move {
            let known = &house.known;
            known.department_kept(unit.tx(), &department).await?;
            begins.notify_one();
            let dissolved = async {
                loop {
                    let found = known.department(known.read(), &department).await?;
                    if found.is_some_and(|found| !found.successor.is_empty()) {
                        return Ok::<_, Trouble>(());
                    }
                }
            };
            Ok::<_, Trouble>(timeout(Duration::from_secs(1), dissolved).await.is_err())
        }
        .boxed()
    });
    let dissolving = async {
        begun.notified().await;
        desk.dissolve("D03", "D04").await
    };
    let (given, dissolved) = tokio::join!(giving, dissolving);
    assert!(given?.value, "who dissolves it waits until the work is given");
    dissolved?;
    desk.world.end().await
}
