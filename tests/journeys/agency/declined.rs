//! Work that is not a department's, and what is applied for again: one order goes on, the other is new.

use anyhow::{Context as _, Result};
use contract::agency::{ItemState, ReapplyItemRequest, RedirectItemRequest, RefuseItemRequest};
use contract::dispatch::{DeclineWorkOrderRequest, WorkOrderState};
use testkit::Size;
use testkit::hand::{refusal, request_id};

use super::office::{Office, ask, item, item_of, matter};
use crate::zone::DAY_ONE;

testkit::on_both_sizes!(
    what_a_department_declines_is_offered_to_the_one_that_it_is_redirected_to,
    what_was_refused_is_applied_for_again_and_offered_anew,
);

/// Shows: agency SUBMITTED Redirect; dispatch hears WorkReopened in DECLINED
async fn what_a_department_declines_is_offered_to_the_one_that_it_is_redirected_to(
    size: Size,
) -> Result<()> {
    let office = Office::start(size, DAY_ONE, vec![matter("a", "departments/D02", &[])]).await?;
    let case = office.running().await?;
    office.submit("agent", &case, "a").await?;
    let offered = office.order(&case, "a").await?;
    let decline = DeclineWorkOrderRequest {
        work_order: offered.name.clone(),
        basis: "三定方案".to_owned(),
        request_id: request_id(),
        ..<_>::default()
    };
    office.zone.by("D02-11").orders().decline_work_order(decline).await?;
    let case = office.see(&case).await?;
    assert!(item_of(&case, "a").declined, "the dispatcher says whose it is");
    ask!(
        office,
        "D01-11",
        redirect_item,
        RedirectItemRequest {
            item: item(&case, "a"),
            department: "departments/D04".to_owned(),
            reason: "属城市管理职责".to_owned(),
        }
    )?;
    let again = office.order(&case, "a").await?;
    assert_eq!((&again.name, again.round), (&offered.name, 1), "the same order goes on");
    assert_eq!(
        (again.state(), again.department.as_str()),
        (WorkOrderState::Offered, "departments/D04")
    );
    // Whoever declined it decides nothing any more.
    let former = office.accept("D02-11", &case, "a").await.expect_err("not theirs");
    let former = former.downcast_ref().map(refusal).context("a refusal")?;
    assert_eq!(former.1, "agency.whistle CASE_NOT_FOUND");
    let decided = office.decided("D04-11", &case, "a").await?;
    assert_eq!(item_of(&decided, "a").department, "departments/D04");
    assert_eq!(office.zone.order(&again.name).await?.state(), WorkOrderState::Completed);
    office.close().await
}

/// Shows: agency UNDER_REVIEW Refuse; agency REFUSED Reapply
async fn what_was_refused_is_applied_for_again_and_offered_anew(size: Size) -> Result<()> {
    let office = Office::start(size, DAY_ONE, vec![matter("a", "departments/D02", &[])]).await?;
    let case = office.running().await?;
    office.submit("agent", &case, "a").await?;
    let first = office.order(&case, "a").await?;
    office.zone.by("D02-11").claim(&first.name).await?;
    office.accept("D02-11", &case, "a").await?;
    ask!(
        office,
        "D02-11",
        refuse_item,
        RefuseItemRequest {
            item: item(&case, "a"),
            reason: "不符合规划".to_owned(),
            remedy: "可申请行政复议".to_owned(),
            etag: office.etag(&case).await?,
        }
    )?;
    let settled = office.zone.order(&first.name).await?;
    assert_eq!(settled.state(), WorkOrderState::Completed);
    assert_eq!(settled.settled_outcome, "REFUSED");
    let reason = "已修改方案".to_owned();
    let again = ask!(
        office,
        "agent",
        reapply_item,
        ReapplyItemRequest { item: item(&case, "a"), reason: reason }
    )?;
    let again = item_of(&again, "a");
    assert_eq!((again.state(), again.attempt), (ItemState::Ready, 2));
    office.submit("agent", &case, "a").await?;
    let second = office.order(&case, "a").await?;
    assert_ne!(second.name, first.name);
    assert_eq!(second.state(), WorkOrderState::Offered);
    office.decided("D02-12", &case, "a").await?;
    office.close().await
}
