//! What departments do among themselves: assistance, a return that is upheld, hand-over, urging.

use anyhow::Result;
use contract::dispatch::{Decision, WorkOrderState};
use contract::request::TicketState;
use testkit::Size;
use testkit::hand::{metadata_of, refusal};
use testkit::zone::{ASSISTING, LEAD};
use tonic::Code;

use crate::zone::{DAY_ONE, Zone, due_at, instant, kinds};

testkit::on_both_sizes!(
    a_department_assists_before_the_lead_answers,
    a_return_is_upheld_and_another_department_answers,
    an_order_is_assigned_handed_over_and_urged,
    nobody_claims_and_the_head_has_it,
);

async fn a_department_assists_before_the_lead_answers(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let (ticket, order) = zone.in_progress().await?;
    let order = zone.by("D02-11").ask_assistance(&order.name, ASSISTING).await?;
    let child = order.assistance[0].clone();
    assert_eq!(child.department, ASSISTING);
    // 4 working hours before the answer is due.
    assert_eq!(due_at(child.due.as_ref()), instant("2026-03-11T11:30:00+08:00"));

    let open = zone.by("D02-11").complete(&order.name).await.expect_err("assistance is open");
    assert_eq!(refusal(&open).1, "dispatch.whistle ASSISTANCE_OPEN");
    assert_eq!(metadata_of(&open, "work_orders"), child.work_order);
    let stays = zone.by("D03-11").return_order(&child.work_order).await.expect_err("it stays");
    assert_eq!(refusal(&stays).1, "dispatch.whistle ASSISTANCE_STAYS");
    // Who assists sees the order that it assists; another department sees neither.
    zone.by("D03-11").order(&order.name).await?;
    let hidden = zone.by("D04-11").order(&order.name).await.expect_err("not theirs");
    assert_eq!(hidden.code(), Code::NotFound);

    zone.at("2026-03-05T09:00:00+08:00").await?;
    zone.by("D03-11").claim(&child.work_order).await?;
    zone.by("D03-11").contact(&child.work_order).await?;
    zone.by("D03-11").complete(&child.work_order).await?;
    let assisted = zone.order(&order.name).await?;
    assert!(assisted.assistance[0].completed_time.is_some());
    assert_eq!(
        zone.seen(&ticket).await?.state(),
        TicketState::Accepted,
        "the child answers nobody"
    );
    zone.by("D02-11").complete(&order.name).await?;
    assert_eq!(zone.seen(&ticket).await?.state(), TicketState::Answered);

    // Who assisted had a hand in it: nobody of them may close it.
    let history = zone.order_history(&order.name).await?;
    let happened = kinds(&history);
    for fact in ["WorkOrderAssistanceAsked", "WorkOrderAssisted", "WorkOrderCompleted"] {
        assert_eq!(happened.iter().filter(|kind| **kind == fact).count(), 1, "{fact}");
    }
    zone.world.end().await
}

async fn a_return_is_upheld_and_another_department_answers(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let ticket = zone.accepted().await?;
    zone.at("2026-03-04T10:00:00+08:00").await?;
    let returned = zone.by("D02-11").return_order(&ticket.work_order).await?;
    assert_eq!(returned.state(), WorkOrderState::ReturnPending);
    zone.at("2026-03-04T11:00:00+08:00").await?;
    let upheld = zone.by("D01-11").uphold_return(&returned, ASSISTING).await?;
    assert_eq!(upheld.state(), WorkOrderState::Offered);
    assert_eq!(upheld.department, ASSISTING);
    assert_eq!(upheld.r#return.as_ref().unwrap().decision(), Decision::Granted);
    // The promise to the enterprise began at submission and never begins again.
    assert_eq!(due_at(upheld.reply_due.as_ref()), instant("2026-03-11T17:30:00+08:00"));

    let gone = zone.by("D02-11").claim(&upheld.name).await.expect_err("it went elsewhere");
    assert!(
        ["OTHER_DEPARTMENT", "WORK_ORDER_NOT_FOUND"]
            .iter()
            .any(|reason| { refusal(&gone).1 == format!("dispatch.whistle {reason}") })
    );
    zone.by("D03-11").claim(&upheld.name).await?;
    zone.by("D03-11").contact(&upheld.name).await?;
    zone.by("D03-11").complete(&upheld.name).await?;
    let answered = zone.seen(&ticket).await?;
    assert_eq!(answered.state(), TicketState::Answered);
    assert_eq!(answered.progress.unwrap().department, ASSISTING);
    zone.by("handler").rate(&ticket.name, 3).await?;
    zone.world.settle().await?;
    zone.by("D01-12").close(&ticket.name).await?;
    zone.world.settle().await?;

    let history = zone.order_history(&upheld.name).await?;
    let happened = [
        "WorkOrderOffered",
        "WorkOrderReturned",
        "WorkOrderRerouted",
        "WorkOrderOffered",
        "WorkOrderClaimed",
        "WorkOrderContacted",
        "WorkOrderCompleted",
        "WorkOrderRated",
        "WorkOrderMatterClosed",
    ];
    assert_eq!(kinds(&history), happened);
    zone.world.end().await
}

async fn an_order_is_assigned_handed_over_and_urged(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let ticket = zone.accepted().await?;
    let order = zone.by("D02-01").assign(&ticket.work_order, "D02-11").await?;
    assert_eq!(
        (order.state(), order.claimant.as_str()),
        (WorkOrderState::Claimed, "persons/D02-11")
    );
    let order = zone.by("D02-11").hand_over(&order.name, "D02-12").await?;
    assert_eq!(order.claimant, "persons/D02-12");
    let not_theirs = zone.by("D02-11").contact(&order.name).await.expect_err("handed over");
    assert_eq!(refusal(&not_theirs).1, "dispatch.whistle NOT_CLAIMANT");
    assert_eq!(metadata_of(&not_theirs, "claimant"), "persons/D02-12");
    let stranger =
        zone.by("D02-12").hand_over(&order.name, "D03-11").await.expect_err("not of D02");
    assert_eq!(refusal(&stranger).1, "dispatch.whistle PERSON_NOT_ELIGIBLE");

    let urged = zone.by("supervisor").urge(&order.name).await?;
    assert_eq!(urged.urged_times, 1);
    let again = zone.by("D01-11").urge(&order.name).await.expect_err("once per due instant");
    assert_eq!(refusal(&again).1, "dispatch.whistle URGED_ALREADY");
    zone.by("D02-12").contact(&order.name).await?;
    zone.by("D02-12").complete(&order.name).await?;
    let history = zone.order_history(&order.name).await?;
    let happened = [
        "WorkOrderOffered",
        "WorkOrderClaimed",
        "WorkOrderHandedOver",
        "WorkOrderUrged",
        "WorkOrderContacted",
        "WorkOrderCompleted",
    ];
    assert_eq!(kinds(&history), happened);
    assert_eq!(history[1].actor, "persons/D02-01", "who assigned did it");
    zone.world.end().await
}

async fn nobody_claims_and_the_head_has_it(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let ticket = zone.accepted().await?;
    // 4 working hours from the offer at 09:00, and 4 more.
    zone.at("2026-03-04T14:59:59+08:00").await?;
    assert_eq!(zone.order_history(&ticket.work_order).await?.len(), 1);
    zone.at("2026-03-04T15:00:00+08:00").await?;
    assert_eq!(zone.order(&ticket.work_order).await?.state(), WorkOrderState::Offered);
    zone.at("2026-03-05T09:59:59+08:00").await?;
    assert_eq!(zone.order(&ticket.work_order).await?.state(), WorkOrderState::Offered);
    zone.at("2026-03-05T10:00:00+08:00").await?;
    let order = zone.order(&ticket.work_order).await?;
    assert_eq!(
        (order.state(), order.claimant.as_str()),
        (WorkOrderState::Claimed, "persons/D02-01")
    );
    let history = zone.order_history(&order.name).await?;
    let claimed = history.iter().find(|entry| entry.r#type.ends_with("Claimed")).unwrap();
    assert_eq!(claimed.actor, "systems/dispatch");
    assert_eq!(order.department, LEAD);
    zone.world.end().await
}
