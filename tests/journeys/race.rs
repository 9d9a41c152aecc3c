//! Many at once: a claim race, and facts that cross on their way.

use anyhow::Result;
use contract::common::{MaterialsSupplied, Role};
use contract::directory::{PutStaffRequest, Staff};
use contract::dispatch::WorkOrderState;
use contract::request::TicketState;
use futures_util::future::{join, join_all};
use journal::Telling;
use testkit::Size;
use testkit::hand::{metadata_of, refusal, request_id};
use testkit::zone::LEAD;
use tonic::Code;

use crate::zone::{DAY_ONE, Zone, kinds};

testkit::on_both_sizes!(
    of_two_hundred_one_claims_and_the_others_are_told_who,
    a_fact_that_comes_after_the_answer_is_recorded_as_late,
    the_answer_and_the_materials_may_cross,
);

const RACERS: usize = 200;

async fn of_two_hundred_one_claims_and_the_others_are_told_who(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let names: Vec<String> = (0..RACERS).map(|number| format!("R{number:03}")).collect();
    let admin = zone.by("admin");
    let hired = names.iter().map(async |name| {
        let staff = Staff {
            name: format!("persons/{name}"),
            title: name.clone(),
            department: LEAD.to_owned(),
            roles: vec![Role::Staff.into()],
            active: true,
            ..<_>::default()
        };
        let wanted = PutStaffRequest { staff: Some(staff), request_id: request_id() };
        admin.directory().put_staff(wanted).await
    });
    for hired in join_all(hired).await {
        hired?;
    }
    let ticket = zone.accepted().await?;

    let racers: Vec<_> = names.iter().map(|name| (name, zone.by(name))).collect();
    let race = racers.iter().map(async |(name, hand)| {
        (format!("persons/{name}"), hand.claim(&ticket.work_order).await)
    });
    let outcomes = join_all(race).await;
    let won: Vec<&String> =
        outcomes.iter().filter(|(_, outcome)| outcome.is_ok()).map(|(name, _)| name).collect();
    assert_eq!(won.len(), 1, "{won:?}");
    for (name, outcome) in &outcomes {
        if let Err(status) = outcome {
            let lost = (Code::FailedPrecondition, "dispatch.whistle CLAIMED_ALREADY".to_owned());
            assert_eq!(refusal(status), lost, "{name}");
            assert_eq!(&metadata_of(status, "claimant"), won[0], "{name}");
        }
    }
    assert_eq!(&zone.order(&ticket.work_order).await?.claimant, won[0]);
    let history = zone.order_history(&ticket.work_order).await?;
    assert_eq!(kinds(&history), ["WorkOrderOffered", "WorkOrderClaimed"]);
    zone.world.end().await
}

async fn a_fact_that_comes_after_the_answer_is_recorded_as_late(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let (ticket, order) = zone.in_progress().await?;
    zone.by("D02-11").complete(&order.name).await?;
    let answered = zone.order(&order.name).await?;
    let supplied =
        MaterialsSupplied { work_order: order.name.clone(), source: ticket.name.clone() };
    let telling = Telling::new(&ticket.name, &ticket.name, &supplied);
    zone.world.tell("request", telling, "persons/handler").await?;
    let after = zone.order(&order.name).await?;
    assert_eq!(after.state(), WorkOrderState::Completed);
    assert_eq!(after.answer, answered.answer);
    assert_eq!(after.completed_time, answered.completed_time);
    let history = zone.order_history(&order.name).await?;
    assert_eq!(kinds(&history)[3..], ["WorkOrderCompleted", "WorkOrderHeardLate"]);
    assert_eq!(zone.seen(&ticket).await?.state(), TicketState::Answered);
    // Nothing parked: the end of a world looks.
    zone.world.end().await
}

async fn the_answer_and_the_materials_may_cross(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    for _ in 0..5 {
        let (ticket, order) = zone.in_progress().await?;
        let (staff, handler) = (zone.by("D02-11"), zone.by("handler"));
        let complete = staff.complete(&order.name);
        let (completed, supplied) = join(complete, handler.supplement(&ticket.name)).await;
        completed?;
        if let Err(status) = supplied {
            assert_eq!(refusal(&status).1, "request.whistle STATE_FORBIDS");
        }
        assert_eq!(zone.order(&order.name).await?.state(), WorkOrderState::Completed);
        assert_eq!(zone.seen(&ticket).await?.state(), TicketState::Answered);
    }
    zone.world.end().await
}
