//! People and departments that go in the middle of the work.

use anyhow::Result;
use contract::common::{Date, Role};
use contract::directory::{PutStaffRequest, Staff, SucceedDepartmentRequest};
use contract::dispatch::{GetLeagueRequest, WorkOrderState};
use contract::request::TicketState;
use testkit::Size;
use testkit::hand::{refusal, request_id};
use testkit::zone::{ASSISTING, LEAD};

use crate::zone::{DAY_ONE, Zone, kinds};

testkit::on_both_sizes!(
    the_claimant_goes_inactive_in_the_middle_and_a_colleague_goes_on,
    a_department_is_succeeded_with_its_orders_tickets_and_catalogue,
);

/// Shows: dispatch hears StaffLeft in IN_PROGRESS; dispatch OFFERED Claim
async fn the_claimant_goes_inactive_in_the_middle_and_a_colleague_goes_on(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let (ticket, order) = zone.in_progress().await?;
    let left = Staff {
        name: "persons/D02-11".to_owned(),
        title: "D02-11".to_owned(),
        department: LEAD.to_owned(),
        roles: vec![Role::Staff.into()],
        active: false,
        ..<_>::default()
    };
    let wanted = PutStaffRequest { staff: Some(left), request_id: request_id() };
    zone.by("admin").directory().put_staff(wanted).await?;
    let offered = zone.order(&order.name).await?;
    assert_eq!((offered.state(), offered.claimant.as_str()), (WorkOrderState::Offered, ""));
    assert_eq!(offered.reply_due, order.reply_due, "the promise goes on");
    assert_eq!(zone.seen(&ticket).await?.progress.unwrap().state, "OFFERED");

    let claimed = zone.by("D02-12").claim(&order.name).await?;
    assert_eq!(claimed.state(), WorkOrderState::InProgress, "contact was made before");
    zone.by("D02-12").complete(&order.name).await?;
    assert_eq!(zone.seen(&ticket).await?.state(), TicketState::Answered);
    zone.by("handler").rate(&ticket.name, 5).await?;
    zone.by("D01-12").close(&ticket.name).await?;
    let history = zone.order_history(&order.name).await?;
    assert!(kinds(&history).contains(&"WorkOrderReleased"));
    zone.world.end().await
}

/// Shows: dispatch hears DepartmentSucceeded in OFFERED; dispatch hears DepartmentSucceeded in IN_PROGRESS
async fn a_department_is_succeeded_with_its_orders_tickets_and_catalogue(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let (done, _) = zone.answered().await?;
    let (begun, _) = zone.in_progress().await?;
    let waiting = zone.accepted().await?;
    let before = zone.order(&begun.work_order).await?;
    let wanted = SucceedDepartmentRequest {
        department: LEAD.to_owned(),
        successor: ASSISTING.to_owned(),
        basis: "示编〔2026〕7号".to_owned(),
        etag: String::new(),
        request_id: request_id(),
        ..<_>::default()
    };
    zone.by("admin").directory().succeed_department(wanted).await?;
    for ticket in [&begun, &waiting] {
        let moved = zone.order(&ticket.work_order).await?;
        assert_eq!(moved.department, ASSISTING);
        let seen = zone.seen(ticket).await?;
        assert_eq!(seen.lead, ASSISTING);
        assert_eq!(seen.progress.unwrap_or_default().department, ASSISTING);
    }
    let moved = zone.order(&begun.work_order).await?;
    assert_eq!(moved.reply_due, before.reply_due, "due and history go along");
    assert_eq!(moved.contacted_time, before.contacted_time);
    assert_eq!(zone.order(&done.work_order).await?.department, LEAD, "what was done stays");

    let gone = zone.by("D02-12").claim(&waiting.work_order).await.expect_err("no more theirs");
    assert_eq!(refusal(&gone).1, "dispatch.whistle WORK_ORDER_NOT_FOUND");
    zone.worked_by("D03-11", &waiting.work_order).await?;
    zone.by("D03-01").assign(&begun.work_order, "D03-11").await?;
    zone.by("D03-11").complete(&begun.work_order).await?;
    for ticket in [&begun, &waiting] {
        assert_eq!(zone.seen(ticket).await?.state(), TicketState::Answered);
    }
    let new = zone.accepted().await?;
    assert_eq!(zone.order(&new.work_order).await?.department, ASSISTING, "the catalogue too");
    let day = |day| Some(Date { year: 2026, month: 3, day });
    let march = GetLeagueRequest {
        from_date: day(1),
        to_date: day(31),
        first_round: false,
        ..<_>::default()
    };
    let league = zone.by("leader").orders().get_league(march).await?.into_inner();
    let led = |of: &str| league.rows.iter().find(|row| row.department == of).unwrap().dispatched;
    assert_eq!((led(LEAD), led(ASSISTING)), (1, 3), "past figures stay");
    zone.world.end().await
}
