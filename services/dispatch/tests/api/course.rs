//! Whose work it is, over gRPC: claimed next, routed, escalated, declined, released, moved.

use anyhow::Result;
use contract::common::{WorkClass, WorkKind, WorkRequested};
use contract::directory::{DepartmentSucceeded, StaffChanged};
use contract::dispatch::*;
use futures_util::future::join_all;
use journal::Telling;
use testkit::{Size, on_both_sizes};

use crate::desk::{Desk, reason, wanted};

on_both_sizes!(
    the_most_urgent_order_is_claimed_next_and_each_gets_another,
    what_fits_nobody_is_routed_and_kept_as_a_precedent,
    a_to_b_to_a_is_designated_and_stays,
    nobody_names_a_department_and_three_return_it,
    decision_work_is_declined_and_not_returned,
    a_released_order_is_claimed_by_a_colleague,
    the_orders_of_who_has_left_go_back,
    a_dissolved_departments_orders_move_to_its_successor,
    urgent_work_goes_along_the_duty_chain,
);

impl Desk {
    /// Request asks for work without a lead.
    async fn unrouted(&self, number: u32) -> Result<String> {
        self.request(&WorkRequested { lead: String::new(), ..wanted(number, self.now()) }).await
    }

    /// Somebody asks for a decision of D02.
    pub(crate) async fn decision(&self, number: u32) -> Result<String> {
        let (kind, source) = (WorkKind::Decision.into(), "cases/1/items/I1".to_owned());
        self.request(&WorkRequested { kind, source, ..wanted(number, self.now()) }).await
    }
}

/// Shows: dispatch OFFERED Claim; dispatch refuses NOTHING_TO_CLAIM
async fn the_most_urgent_order_is_claimed_next_and_each_gets_another(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let start = desk.now();
    for number in 1..=3 {
        // The later the number, the earlier it was submitted, and due.
        let days = jiff::SignedDuration::from_hours(24 * i64::from(number));
        desk.request(&wanted(number, start - days)).await?;
    }
    // The most urgent of all is nobody's who is barred from it.
    let barred = vec!["persons/D02-11".to_owned()];
    let days = jiff::SignedDuration::from_hours(24 * 5);
    desk.request(&WorkRequested { barred, ..wanted(4, start - days) }).await?;
    let name = |number: u32| format!("workOrders/00000000-0000-7000-8000-{number:012}");
    assert_eq!(desk.claim_next("D02-11").await?.name, name(3));
    let claims = (0..6).map(|_| desk.claim_next("D02-11"));
    let claims = join_all(claims).await;
    let mut claimed: Vec<String> =
        claims.iter().filter_map(|claim| Some(claim.as_ref().ok()?.name.clone())).collect();
    claimed.sort();
    assert_eq!(claimed, [name(1), name(2)]);
    assert_eq!(reason(desk.claim_next("D02-11").await), "NOTHING_TO_CLAIM");
    assert_eq!(desk.claim_next("D02-12").await?.name, name(4));
    let wanted = ClaimNextWorkOrderRequest { request_id: desk.world.request_id() };
    desk.offer(5).await?;
    for _ in 0..2 {
        let answer = desk.client("D02-12").claim_next_work_order(wanted.clone()).await?;
        assert_eq!(answer.into_inner().work_order.unwrap().name, name(5), "twice is once");
    }
    assert_eq!(reason(desk.claim_next("D04-11").await), "NOTHING_TO_CLAIM");
    desk.world.end().await
}

/// Shows: dispatch UNROUTED Route; dispatch refuses DEPARTMENT_EXCLUDED; dispatch refuses DEPARTMENT_NOT_FOUND
async fn what_fits_nobody_is_routed_and_kept_as_a_precedent(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.unrouted(1).await?;
    let shown = desk.get("D01-11", &order).await?;
    assert_eq!((shown.state(), shown.department.as_str()), (WorkOrderState::Unrouted, ""));
    assert!(shown.decision_due.is_some());
    assert_eq!(reason(desk.get("D02-11", &order).await), "WORK_ORDER_NOT_FOUND");
    let lone = ListWorkOrdersRequest::default();
    let listed = desk.client("D02-11").list_work_orders(lone).await?.into_inner();
    assert_eq!(listed.work_orders, []);
    assert_eq!(reason(desk.route("D02-11", &order, "D03").await), "ROLE_FORBIDS");
    assert_eq!(reason(desk.route("D01-11", &order, "D99").await), "DEPARTMENT_NOT_FOUND");
    assert_eq!(reason(desk.route("D01-11", &order, "D09").await), "DEPARTMENT_EXCLUDED");
    let routed = desk.route("D01-11", &order, "D03").await?;
    assert_eq!(
        (routed.state(), routed.department.as_str()),
        (WorkOrderState::Offered, "departments/D03")
    );
    assert_eq!(reason(desk.route("D01-11", &order, "D03").await), "STATE_FORBIDS");
    let second = desk.unrouted(2).await?;
    let asked = GetWorkOrderRequest { work_order: second };
    let shown = desk.client("D01-11").get_work_order(asked).await?.into_inner();
    let [precedent] = &shown.precedents[..] else { panic!("{shown:?}") };
    assert_eq!((&precedent.work_order, precedent.department.as_str()), (&order, "departments/D03"));
    assert_eq!(desk.told().await?, ["WorkOrderUnrouted", "WorkOrderOffered", "WorkOrderUnrouted"]);
    desk.world.end().await
}

/// Shows: dispatch RETURN_PENDING UpholdReturn; dispatch ESCALATED DesignateLead; dispatch refuses DESIGNATED
async fn a_to_b_to_a_is_designated_and_stays(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.offer(1).await?;
    desk.give_back("D02-11", &order, "departments/D03").await?;
    let upheld = (Decision::Granted, "departments/D03");
    let rerouted = desk.decide_return("D01-11", &order, upheld).await?;
    assert_eq!(rerouted.responsible_department, "departments/D02");
    desk.give_back("D03-11", &order, "departments/D02").await?;
    let back = (Decision::Granted, "departments/D02");
    let escalated = desk.decide_return("D01-11", &order, back).await?;
    assert_eq!(escalated.state(), WorkOrderState::Escalated);
    assert_eq!(escalated.escalated_for, "RETURN_CYCLE");
    assert_eq!(reason(desk.designate("D01-11", &order, "D02").await), "ROLE_FORBIDS");
    assert_eq!(reason(desk.designate("D00-01", &order, "D09").await), "DEPARTMENT_EXCLUDED");
    let designated = desk.designate("D00-01", &order, "D02").await?;
    assert!(designated.designated);
    assert_eq!(designated.minutes, "〔2026〕3号");
    assert_eq!(reason(desk.give_back("D02-11", &order, "").await), "DESIGNATED");
    assert_eq!(reason(desk.designate("D00-01", &order, "D03").await), "STATE_FORBIDS");
    assert_eq!(
        desk.told().await?[4..],
        ["WorkOrderReturned", "WorkOrderEscalated", "WorkOrderDesignated", "WorkOrderOffered"]
    );
    desk.world.end().await
}

/// 职责不清, and three departments.
///
/// Shows: dispatch RETURN_PENDING UpholdReturn
async fn nobody_names_a_department_and_three_return_it(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.offer(1).await?;
    desk.give_back("D02-11", &order, "").await?;
    let unclear = desk.decide_return("D01-11", &order, (Decision::Granted, "")).await?;
    assert_eq!(unclear.escalated_for, "UNCLEAR");
    let second = desk.offer(2).await?;
    for (by, next) in [
        ("D02-11", "departments/D03"),
        ("D03-11", "departments/D04"),
        ("D04-11", "departments/D05"),
    ] {
        desk.give_back(by, &second, next).await?;
        desk.decide_return("D01-11", &second, (Decision::Granted, next)).await?;
    }
    let three = desk.get("D00-01", &second).await?;
    assert_eq!(
        (three.state(), three.escalated_for.as_str()),
        (WorkOrderState::Escalated, "THREE_DEPARTMENTS")
    );
    desk.world.end().await
}

/// Shows: dispatch OFFERED Decline; dispatch refuses KIND_FORBIDS
async fn decision_work_is_declined_and_not_returned(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.decision(1).await?;
    assert_eq!(reason(desk.give_back("D02-11", &order, "").await), "KIND_FORBIDS");
    assert_eq!(reason(desk.decline("D03-11", &order).await), "WORK_ORDER_NOT_FOUND");
    assert_eq!(reason(desk.decline("D01-05", &order).await), "WORK_ORDER_NOT_FOUND");
    assert_eq!(reason(desk.decline("D02-13", &order).await), "PERSON_BARRED");
    let declined = desk.decline("D02-11", &order).await?;
    assert_eq!(declined.state(), WorkOrderState::Declined);
    assert_eq!(declined.declined_basis, "非本部门审批事项");
    let answer = desk.offer(2).await?;
    assert_eq!(reason(desk.decline("D02-11", &answer).await), "KIND_FORBIDS");
    assert_eq!(desk.told().await?[1], "WorkOrderDeclined");
    let kind = WorkKind::Decision.into();
    let asked = ListWorkOrdersRequest { kind, ..Default::default() };
    let listed = desk.client("D01-11").list_work_orders(asked).await?.into_inner().work_orders;
    assert_eq!(listed.iter().map(|it| &it.name).collect::<Vec<_>>(), [&order]);
    desk.world.end().await
}

/// Shows: dispatch CLAIMED Release
async fn a_released_order_is_claimed_by_a_colleague(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.offer(1).await?;
    assert_eq!(reason(desk.release("D02-11", &order).await), "STATE_FORBIDS");
    desk.claim("D02-11", &order).await?;
    assert_eq!(reason(desk.release("D02-12", &order).await), "NOT_CLAIMANT");
    let released = desk.release("D02-11", &order).await?;
    assert_eq!((released.state(), released.claimant.as_str()), (WorkOrderState::Offered, ""));
    desk.claim("D02-12", &order).await?;
    let expected =
        ["WorkOrderOffered", "WorkOrderClaimed", "WorkOrderReleased", "WorkOrderClaimed"];
    assert_eq!(desk.told().await?, expected);
    desk.world.end().await
}

/// Shows: dispatch hears StaffLeft in IN_PROGRESS; dispatch hears StaffLeft in CLAIMED
async fn the_orders_of_who_has_left_go_back(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let (begun, claimed) = (desk.in_progress(1).await?, desk.offer(2).await?);
    desk.claim("D02-11", &claimed).await?;
    let other = desk.offer(3).await?;
    desk.claim("D02-12", &other).await?;
    desk.tell_of("D02-11", &[contract::common::Role::Staff], false).await?;
    desk.world.settle().await?;
    for order in [&begun, &claimed] {
        let order = desk.get("D02-01", order).await?;
        assert_eq!((order.state(), order.claimant.as_str()), (WorkOrderState::Offered, ""));
    }
    assert_eq!(desk.get("D02-01", &other).await?.claimant, "persons/D02-12");
    let again = desk.claim("D02-12", &begun).await?;
    assert_eq!(again.state(), WorkOrderState::InProgress, "contact was made before");
    let told = desk.told().await?;
    assert_eq!(told.iter().filter(|name| *name == "WorkOrderReleased").count(), 2);
    desk.world.end().await
}

/// Shows: dispatch hears DepartmentSucceeded in IN_PROGRESS
async fn a_dissolved_departments_orders_move_to_its_successor(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.in_progress(1).await?;
    let parent = desk.assist("D02-11", &order, "departments/D03").await?;
    let child = parent.assistance[0].work_order.clone();
    let done = desk.in_progress(2).await?;
    desk.complete("D02-11", &done, "").await?;
    let told = DepartmentSucceeded {
        department: "departments/D02".to_owned(),
        successor: "departments/D05".to_owned(),
        basis: "〔2026〕1号".to_owned(),
    };
    let told = Telling::new("departments/D02", "departments/D02", &told);
    desk.world.tell("directory", told, "persons/A-1").await?;
    let staff = contract::directory::Staff {
        name: "persons/D05-11".to_owned(),
        department: "departments/D05".to_owned(),
        roles: vec![contract::common::Role::Staff.into()],
        active: true,
        ..Default::default()
    };
    let told = StaffChanged { staff: Some(staff) };
    let told = Telling::new("persons/D05-11", "persons/D05-11", &told);
    desk.world.tell("directory", told, "persons/A-1").await?;
    desk.world.settle().await?;
    let moved = desk.get("D05-11", &order).await?;
    assert_eq!(moved.department, "departments/D05");
    assert_eq!(moved.reply_due, parent.reply_due);
    desk.get("D05-11", &child).await?;
    assert_eq!(desk.get("D00-99", &done).await?.department, "departments/D02", "figures stay");
    assert_eq!(reason(desk.get("D02-12", &order).await), "WORK_ORDER_NOT_FOUND");
    assert_eq!(desk.get("D02-11", &order).await?.claimant, "persons/D02-11");
    let listed = desk.client("D02-11").list_work_orders(ListWorkOrdersRequest::default()).await?;
    let listed: Vec<String> =
        listed.into_inner().work_orders.into_iter().map(|order| order.name).collect();
    assert!(listed.contains(&order), "who has claimed it lists it");
    desk.world.end().await
}

/// A gas leak at 17:20 before the holiday.
async fn urgent_work_goes_along_the_duty_chain(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    desk.go_to("2026-09-30T17:20:00+08:00").await?;
    let urgent = WorkRequested {
        work_class: WorkClass::Urgent.into(),
        zone_duty: "persons/D01-05".to_owned(),
        limits: Vec::new(),
        ..wanted(1, desk.now())
    };
    let order = desk.request(&urgent).await?;
    assert_eq!(desk.get("D02-03", &order).await?.on_duty, "persons/D02-03");
    let listed = desk.client("D01-05").list_work_orders(ListWorkOrdersRequest::default()).await?;
    assert_eq!(listed.into_inner().work_orders.len(), 1, "on duty for the zone");
    assert_eq!(reason(desk.claim("D01-05", &order).await), "OTHER_DEPARTMENT");
    desk.go_to("2026-09-30T17:35:00+08:00").await?;
    assert_eq!(desk.get("D02-03", &order).await?.on_duty, "persons/D02-01");
    desk.go_to("2026-09-30T17:50:00+08:00").await?;
    desk.claim("D01-05", &order).await?;
    desk.contact("D01-05", &order).await?;
    let done = desk.complete("D01-05", &order, "").await?;
    assert_eq!(done.state(), WorkOrderState::Completed);
    let due: jiff::Timestamp = "2026-10-01T17:20:00+08:00".parse()?;
    assert_eq!(done.reply_due.unwrap().time, Some(runtime::wire::time(due)));
    desk.world.end().await
}
