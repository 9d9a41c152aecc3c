//! 容缺: an opinion before everything is there, and what falls with it when the promise is broken or
//! what comes is of substance.

use anyhow::Result;
use contract::agency::{
    Case, ConvertItemRequest, ItemState, PreIssueItemRequest, Purpose, ReapplyItemRequest,
    RecheckItemRequest, VoidItemRequest,
};
use contract::dispatch::WorkOrderState;
use testkit::Size;
use testkit::hand::refusal;

use super::office::{Office, ask, deferrable, item, item_of, matter, on_opinion, states};
use crate::zone::{DAY_ONE, due_at, instant};

testkit::on_both_sizes!(
    a_promise_that_is_kept_makes_the_opinion_formal,
    what_is_of_substance_voids_the_opinion_and_what_stood_on_it_falls,
    a_promise_that_is_not_kept_voids_the_opinion_by_itself,
);

/// How far it has come when the opinion falls, and the orders of then.
struct Standing {
    office: Office,
    case: Case,
    /// Of the item whose formal permit stands on the opinion.
    formal: String,
    /// Of the item that runs on it.
    running: String,
}

/// An opinion on `a` until a material comes; on it stand `b`, which is formal, and `c`, which its
/// department has claimed.
async fn standing(size: Size) -> Result<Standing> {
    let matters = vec![
        deferrable(matter("a", "departments/D02", &[])),
        on_opinion(matter("b", "departments/D03", &["a"])),
        on_opinion(matter("c", "departments/D04", &["a"])),
    ];
    let office = Office::start(size, DAY_ONE, matters).await?;
    let case = office.running().await?;
    office.promise(&case, "2026-03-12T17:30:00+08:00").await?;
    pre_issued(&office, &case).await?;
    for code in ["b", "c"] {
        office.submit("agent", &case, code).await?;
    }
    let formal = office.order(&case, "b").await?.name;
    office.decided("D03-11", &case, "b").await?;
    let running = office.order(&case, "c").await?.name;
    office.zone.by("D04-11").claim(&running).await?;
    let case = office.see(&case).await?;
    let expected = [ItemState::PreIssued, ItemState::Issued, ItemState::Submitted];
    assert_eq!(states(&case), expected);
    Ok(Standing { office, case, formal, running })
}

/// `a` is submitted, accepted and given an opinion: its order is done.
async fn pre_issued(office: &Office, case: &Case) -> Result<()> {
    office.submit("agent", case, "a").await?;
    let order = office.order(case, "a").await?;
    office.zone.by("D02-11").claim(&order.name).await?;
    office.accept("D02-11", case, "a").await?;
    ask!(
        office,
        "D02-11",
        pre_issue_item,
        PreIssueItemRequest {
            item: item(case, "a"),
            opinion: "原则同意".to_owned(),
            etag: office.etag(case).await?,
        }
    )?;
    let done = office.zone.order(&order.name).await?;
    assert_eq!(done.state(), WorkOrderState::Completed);
    assert_eq!(done.settled_outcome, "PRE_ISSUED");
    Ok(())
}

/// What stood on the opinion: the work on it is withdrawn, the formal permit is looked at again.
async fn has_fallen(standing: &Standing) -> Result<()> {
    let Standing { office, case, formal, running } = standing;
    let case = office.see(case).await?;
    assert_eq!(states(&case), [ItemState::Voided, ItemState::Issued, ItemState::Blocked]);
    let cancelled = office.zone.order(running).await?;
    assert_eq!(cancelled.state(), WorkOrderState::Cancelled);
    assert_eq!(cancelled.cancelled_reason, "BLOCKED");
    assert_eq!(item_of(&case, "b").purpose(), Purpose::Recheck);
    let again = office.order(&case, "b").await?;
    assert_ne!(&again.name, formal);
    assert_eq!(again.state(), WorkOrderState::Offered);
    assert!(again.reply_due.is_some(), "it is due within a working day of what fell");
    Ok(())
}

/// 复核 by the department of `b`: its order is done.
async fn rechecked(office: &Office, case: &Case, upheld: bool) -> Result<Case> {
    let order = office.order(case, "b").await?;
    let reason = "经复核".to_owned();
    let rechecked = ask!(
        office,
        "D03-11",
        recheck_item,
        RecheckItemRequest {
            item: item(case, "b"),
            upheld: upheld,
            reason: reason,
            etag: office.etag(case).await?,
        }
    )?;
    let done = office.zone.order(&order.name).await?;
    assert_eq!(done.state(), WorkOrderState::Completed);
    assert_eq!(done.settled_outcome, if upheld { "UPHELD" } else { "REVOKED" });
    Ok(rechecked)
}

async fn reapplied(office: &Office, case: &Case, code: &str) -> Result<Case> {
    let reason = "重新申请".to_owned();
    let again = ask!(
        office,
        "agent",
        reapply_item,
        ReapplyItemRequest { item: item(case, code), reason: reason }
    );
    Ok(again?)
}

/// Shows: agency PRE_ISSUED AskConversion; agency PRE_ISSUED Convert
async fn a_promise_that_is_kept_makes_the_opinion_formal(size: Size) -> Result<()> {
    let standing = standing(size).await?;
    let Standing { office, case, running, .. } = &standing;
    office.zone.at("2026-03-10T09:00:00+08:00").await?;
    office.upload("agent", case, "later", "环评批复").await?;
    let case = office.see(case).await?;
    assert_eq!(item_of(&case, "a").purpose(), Purpose::Conversion);
    let order = office.order(&case, "a").await?;
    assert_eq!(order.state(), WorkOrderState::Offered);
    assert_eq!(due_at(order.reply_due.as_ref()), instant("2026-03-12T17:30:00+08:00"));
    office.zone.by("D02-12").claim(&order.name).await?;
    let converted = ask!(
        office,
        "D02-12",
        convert_item,
        ConvertItemRequest {
            item: item(&case, "a"),
            certificate: "建字第1号".to_owned(),
            etag: office.etag(&case).await?,
        }
    )?;
    let permit = item_of(&converted, "a").permit.clone().unwrap_or_default();
    assert!(permit.converted);
    let done = office.zone.order(&order.name).await?;
    assert_eq!(done.state(), WorkOrderState::Completed);
    assert_eq!(done.completed_time, permit.issued_time);
    // What stood on the opinion stands on the permit: nothing is looked at again.
    let expected = [ItemState::Issued, ItemState::Issued, ItemState::UnderReview];
    office.accept("D04-11", &case, "c").await?;
    assert_eq!(states(&office.see(&case).await?), expected);
    office.issue("D04-11", &case, "c").await?;
    assert_eq!(office.zone.order(running).await?.state(), WorkOrderState::Completed);
    office.zone.at("2026-03-16T09:00:00+08:00").await?;
    let later = office.see(&case).await?;
    assert_eq!(states(&later), [ItemState::Issued; 3], "a promise that is kept breaks nothing");
    standing.office.close().await
}

/// Shows: agency PRE_ISSUED Void; agency SUBMITTED Block; agency ISSUED AskRecheck;
/// agency ISSUED Recheck; agency VOIDED Reapply
async fn what_is_of_substance_voids_the_opinion_and_what_stood_on_it_falls(
    size: Size,
) -> Result<()> {
    let standing = standing(size).await?;
    let Standing { office, case, .. } = &standing;
    ask!(
        office,
        "D02-11",
        void_item,
        VoidItemRequest {
            item: item(case, "a"),
            reason: "补交材料影响审批结论".to_owned(),
            etag: office.etag(case).await?,
        }
    )?;
    has_fallen(&standing).await?;
    let upheld = rechecked(office, case, true).await?;
    assert_eq!(item_of(&upheld, "b").state(), ItemState::Issued);
    // The promise still runs, so that another opinion can be given; what waits for it begins anew.
    reapplied(office, case, "a").await?;
    pre_issued(office, case).await?;
    let ready = office.see(case).await?;
    assert_eq!(item_of(&ready, "c").state(), ItemState::Ready);
    office.submit("agent", case, "c").await?;
    office.decided("D04-11", case, "c").await?;
    standing.office.close().await
}

/// Shows: agency REVOKED Reapply
async fn a_promise_that_is_not_kept_voids_the_opinion_by_itself(size: Size) -> Result<()> {
    let standing = standing(size).await?;
    let Standing { office, case, .. } = &standing;
    office.zone.at("2026-03-12T17:29:00+08:00").await?;
    assert_eq!(item_of(&office.see(case).await?, "a").state(), ItemState::PreIssued);
    office.zone.at("2026-03-13T09:00:00+08:00").await?;
    has_fallen(&standing).await?;
    let revoked = rechecked(office, case, false).await?;
    assert_eq!(item_of(&revoked, "b").state(), ItemState::Revoked);
    assert_eq!(item_of(&revoked, "b").permit, None);
    // What was promised by then must be there now.
    let again = reapplied(office, case, "a").await?;
    assert_eq!(item_of(&again, "a").attempt, 2);
    let refused = office.submit("agent", case, "a").await.expect_err("the promise is over");
    assert_eq!(refusal(&refused).1, "agency.whistle MATERIALS_MISSING");
    let waiting = reapplied(office, case, "b").await?;
    assert_eq!(item_of(&waiting, "b").state(), ItemState::Blocked);
    standing.office.close().await
}
