//! The good way of each RPC that changes something.

use anyhow::Result;
use contract::dispatch::*;
use testkit::{Size, on_both_sizes};

use crate::desk::{DAY_ONE, Desk};

on_both_sizes!(
    an_order_goes_from_hand_to_hand_to_its_answer,
    a_return_that_is_upheld_goes_on_and_one_that_is_refused_stays,
    assistance_is_an_order_of_its_own,
    a_pause_runs_from_the_asking_until_what_was_awaited_comes,
    twice_is_once,
);

/// Shows: dispatch CLAIMED Contact; dispatch IN_PROGRESS Complete
async fn an_order_goes_from_hand_to_hand_to_its_answer(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.offer(1).await?;
    let offered = desk.get("D02-11", &order).await?;
    assert_eq!(
        (offered.state(), offered.number.as_str()),
        (WorkOrderState::Offered, "GD-2026-000001")
    );
    let claimed = desk.claim("D02-11", &order).await?;
    assert_eq!(
        (claimed.state(), claimed.claimant.as_str()),
        (WorkOrderState::Claimed, "persons/D02-11")
    );
    desk.assign("D02-01", &order, "D02-12").await?;
    let handed = desk.hand_over("D02-12", &order, "D02-11").await?;
    assert_eq!(handed.claimant, "persons/D02-11");
    assert_eq!(desk.contact("D02-11", &order).await?.state(), WorkOrderState::InProgress);
    assert_eq!(desk.urge("D01-02", &order).await?.urged_times, 1);
    let done = desk.complete("D02-11", &order, "").await?;
    assert_eq!((done.state(), done.answer.as_str()), (WorkOrderState::Completed, "已修复"));
    assert_ne!(done.etag, handed.etag);
    assert_eq!(
        desk.told().await?,
        [
            "WorkOrderOffered",
            "WorkOrderClaimed",
            "WorkOrderHandedOver",
            "WorkOrderHandedOver",
            "WorkOrderContacted",
            "WorkOrderUrged",
            "WorkOrderCompleted"
        ]
    );
    desk.world.end().await
}

async fn a_return_that_is_upheld_goes_on_and_one_that_is_refused_stays(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.offer(1).await?;
    let pending = desk.give_back("D02-11", &order, "departments/D03").await?;
    assert_eq!(pending.state(), WorkOrderState::ReturnPending);
    assert_eq!(pending.r#return.unwrap().names_department, "departments/D03");
    let upheld = (Decision::Granted, "departments/D03");
    let rerouted = desk.decide_return("D01-11", &order, upheld).await?;
    assert_eq!(
        (rerouted.state(), rerouted.department.as_str()),
        (WorkOrderState::Offered, "departments/D03")
    );
    desk.give_back("D03-11", &order, "").await?;
    let refused = desk.decide_return("D01-11", &order, (Decision::Refused, "")).await?;
    assert_eq!(refused.state(), WorkOrderState::Offered);
    // Class C may record the contact with the answer.
    desk.claim("D03-11", &order).await?;
    let done = desk.complete("D03-11", &order, "电话").await?;
    assert_eq!(done.state(), WorkOrderState::Completed);
    assert_eq!(
        desk.told().await?,
        [
            "WorkOrderOffered",
            "WorkOrderReturned",
            "WorkOrderRerouted",
            "WorkOrderOffered",
            "WorkOrderReturned",
            "WorkOrderReturnRefused",
            "WorkOrderClaimed",
            "WorkOrderContacted",
            "WorkOrderCompleted"
        ]
    );
    desk.world.end().await
}

async fn assistance_is_an_order_of_its_own(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.in_progress(1).await?;
    let parent = desk.assist("D02-11", &order, "departments/D03").await?;
    let child = parent.assistance[0].work_order.clone();
    let shown = desk.get("D03-11", &child).await?;
    assert_eq!((shown.parent.as_str(), shown.number.as_str()), (order.as_str(), "GD-2026-000002"));
    assert_eq!(shown.reply_due, parent.assistance[0].due);
    desk.contact("D03-11", &child).await?;
    desk.complete("D03-11", &child, "").await?;
    let parent = desk.get("D02-11", &order).await?;
    assert!(parent.assistance[0].completed_time.is_some());
    desk.complete("D02-11", &order, "").await?;
    assert_eq!(
        desk.told().await?[3..],
        [
            "WorkOrderAssistanceAsked",
            "WorkOrderOffered",
            "WorkOrderClaimed",
            "WorkOrderContacted",
            "WorkOrderCompleted",
            "WorkOrderAssisted",
            "WorkOrderCompleted"
        ]
    );
    desk.world.end().await
}

async fn a_pause_runs_from_the_asking_until_what_was_awaited_comes(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.in_progress(1).await?;
    let awaiting = (PauseReason::AwaitingMaterials, "2026-03-10T12:00:00+08:00");
    desk.ask_pause("D02-11", &order, awaiting).await?;
    let suspended = desk.decide_pause("D01-11", &order, Decision::Granted).await?;
    assert_eq!(suspended.state(), WorkOrderState::Suspended);
    desk.go_to("2026-03-06T10:00:00+08:00").await?;
    desk.supply(&order).await?;
    let resumed = desk.get("D02-11", &order).await?;
    assert_eq!(resumed.state(), WorkOrderState::InProgress);
    let due: jiff::Timestamp = "2026-03-12T17:30:00+08:00".parse()?;
    assert_eq!(resumed.reply_due.unwrap().time.unwrap(), runtime::wire::time(due));
    desk.ask_pause("D02-11", &order, (PauseReason::Hearing, "2026-03-09T12:00:00+08:00")).await?;
    let refused = desk.decide_pause("D01-11", &order, Decision::Refused).await?;
    assert_eq!(refused.state(), WorkOrderState::InProgress);
    assert_eq!(
        desk.told().await?[3..],
        [
            "WorkOrderPauseAsked",
            "WorkOrderSuspended",
            "WorkOrderResumed",
            "WorkOrderDueChanged",
            "WorkOrderPauseAsked",
            "WorkOrderPauseRefused"
        ]
    );
    desk.world.end().await
}

async fn twice_is_once(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.offer(1).await?;
    let again = desk.offer(1).await?;
    assert_eq!(order, again);
    let wanted = ClaimWorkOrderRequest {
        work_order: order.clone(),
        etag: String::new(),
        request_id: desk.world.request_id(),
    };
    let first = desk.client("D02-11").claim_work_order(wanted.clone()).await?;
    let second = desk.client("D02-11").claim_work_order(wanted.clone()).await?;
    assert!(first.metadata().get("whistle-replayed").is_none());
    assert_eq!(second.metadata().get("whistle-replayed").unwrap(), "true");
    assert_eq!(first.into_inner(), second.into_inner());
    let contact = RecordContactRequest {
        work_order: order.clone(),
        proof: "电话".to_owned(),
        etag: String::new(),
        request_id: desk.world.request_id(),
    };
    desk.client("D02-11").record_contact(contact.clone()).await?;
    desk.client("D02-11").record_contact(contact.clone()).await?;
    let other = RecordContactRequest { proof: "上门".to_owned(), ..contact };
    let reused = desk.client("D02-11").record_contact(other).await;
    assert_eq!(crate::desk::reason(reused), "REQUEST_ID_REUSED");
    let assistance = AskAssistanceRequest {
        work_order: order.clone(),
        department: "departments/D03".to_owned(),
        text: "请协同".to_owned(),
        etag: String::new(),
        request_id: desk.world.request_id(),
    };
    for _ in 0..2 {
        let asked = desk.client("D02-11").ask_assistance(assistance.clone()).await?;
        assert_eq!(asked.into_inner().work_order.unwrap().assistance.len(), 1);
    }
    assert_eq!(
        desk.told().await?,
        [
            "WorkOrderOffered",
            "WorkOrderHeardLate",
            "WorkOrderClaimed",
            "WorkOrderContacted",
            "WorkOrderAssistanceAsked",
            "WorkOrderOffered"
        ]
    );
    assert_eq!(desk.now(), DAY_ONE.parse()?);
    desk.world.end().await
}
