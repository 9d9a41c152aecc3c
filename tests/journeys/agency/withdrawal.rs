//! The enterprise withdraws while four departments hold work: no order stays behind.

use anyhow::Result;
use contract::agency::{CaseState, DeliverResultsRequest, ItemState, WithdrawItemRequest};
use contract::dispatch::{DeclineWorkOrderRequest, WorkOrderState};
use futures_util::future::join;
use testkit::Size;
use testkit::hand::{refusal, request_id};

use super::office::{Office, ask, item, item_of, matter, states};
use crate::zone::DAY_ONE;

testkit::on_both_sizes!(
    what_four_departments_hold_is_cancelled_when_it_is_withdrawn,
    what_is_withdrawn_and_claimed_at_once_is_cancelled,
);

const CODES: [&str; 4] = ["a", "b", "c", "d"];

/// Four items, submitted, one for each department.
async fn four(size: Size) -> Result<(Office, contract::agency::Case)> {
    let matters = vec![
        matter("a", "departments/D01", &[]),
        matter("b", "departments/D02", &[]),
        matter("c", "departments/D03", &[]),
        matter("d", "departments/D04", &[]),
    ];
    let office = Office::start(size, DAY_ONE, matters).await?;
    let case = office.running().await?;
    for code in CODES {
        office.submit("agent", &case, code).await?;
    }
    let case = office.see(&case).await?;
    Ok((office, case))
}

/// Shows: agency SUBMITTED Withdraw; agency UNDER_REVIEW Withdraw;
/// dispatch hears WorkWithdrawn in OFFERED; dispatch hears WorkWithdrawn in CLAIMED;
/// dispatch hears WorkWithdrawn in IN_PROGRESS; dispatch hears WorkWithdrawn in DECLINED
async fn what_four_departments_hold_is_cancelled_when_it_is_withdrawn(size: Size) -> Result<()> {
    let (office, case) = four(size).await?;
    let order = |code| item_of(&case, code).work_order.clone();
    office.zone.by("D02-11").claim(&order("b")).await?;
    office.zone.by("D03-11").contact(&order("c")).await?;
    office.accept("D03-11", &case, "c").await?;
    let decline = DeclineWorkOrderRequest {
        work_order: order("d"),
        basis: "三定方案".to_owned(),
        request_id: request_id(),
        ..<_>::default()
    };
    office.zone.by("D04-11").orders().decline_work_order(decline).await?;
    let (offered, declined) = (WorkOrderState::Offered, WorkOrderState::Declined);
    let held = [offered, WorkOrderState::Claimed, WorkOrderState::InProgress, declined];
    for (code, state) in CODES.into_iter().zip(held) {
        assert_eq!(office.order(&case, code).await?.state(), state, "{code}");
    }

    let reason = || "项目取消".to_owned();
    let refused = ask!(
        office,
        "agent",
        withdraw_item,
        WithdrawItemRequest { item: item(&case, "a"), reason: reason() }
    );
    let refused = refusal(&refused.expect_err("the enterprise alone withdraws"));
    assert_eq!(refused.1, "whistle ROLE_FORBIDS");
    for code in CODES {
        ask!(
            office,
            "handler",
            withdraw_item,
            WithdrawItemRequest { item: item(&case, code), reason: reason() }
        )?;
    }
    for code in CODES {
        let order = office.zone.order(&order(code)).await?;
        assert_eq!(order.state(), WorkOrderState::Cancelled, "{code}");
        assert_eq!(order.cancelled_reason, "WITHDRAWN");
    }
    let late = office.zone.by("D02-12").claim(&order("a")).await;
    assert!(late.is_err(), "nobody begins what is withdrawn");
    let withdrawn = office.see(&case).await?;
    assert_eq!(states(&withdrawn), [ItemState::Withdrawn; 4]);
    let name = case.name.clone();
    let delivered = ask!(office, "handler", deliver_results, DeliverResultsRequest { case: name })?;
    assert_eq!((delivered.state(), delivered.delivered_partly), (CaseState::Delivered, true));
    office.close().await
}

async fn what_is_withdrawn_and_claimed_at_once_is_cancelled(size: Size) -> Result<()> {
    let (office, case) = four(size).await?;
    for (code, staff) in CODES.into_iter().zip(["D01-12", "D02-11", "D03-11", "D04-11"]) {
        let order = item_of(&case, code).work_order.clone();
        let mut handler = office.zone.by("handler").cases();
        let staff = office.zone.by(staff);
        let withdraw = WithdrawItemRequest {
            item: item(&case, code),
            reason: "项目取消".to_owned(),
            request_id: request_id(),
            ..<_>::default()
        };
        let (withdrawn, claimed) = join(handler.withdraw_item(withdraw), staff.claim(&order)).await;
        withdrawn?;
        if let Err(late) = claimed {
            assert_eq!(refusal(&late).1, "dispatch.whistle STATE_FORBIDS", "it came second");
        }
        assert_eq!(office.zone.order(&order).await?.state(), WorkOrderState::Cancelled);
    }
    office.close().await
}
