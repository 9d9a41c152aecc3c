//! Items side by side: each in the queue of its department, and what waits for all of them once.

use anyhow::Result;
use contract::agency::{
    ArchiveCaseRequest, CaseState, DeliverResultsRequest, FollowUpCaseRequest, ItemReady, ItemState,
};
use contract::common::WorkKind;
use contract::dispatch::WorkOrderState;
use testkit::Size;
use testkit::hand::refusal;

use super::office::{Office, ask, item_of, matter, states};
use crate::zone::{DAY_ONE, facts};

testkit::on_both_sizes!(items_run_side_by_side_and_what_waits_for_all_starts_once);

/// Who decides what stands side by side.
const BESIDE: [(&str, &str); 3] = [("a", "D02-11"), ("b", "D03-11"), ("c", "D04-11")];

/// Shows: agency BLOCKED Unblock; agency READY Submit; agency UNDER_REVIEW Issue;
/// agency RUNNING Deliver; agency DELIVERED FollowUp; agency FOLLOWED_UP Archive
async fn items_run_side_by_side_and_what_waits_for_all_starts_once(size: Size) -> Result<()> {
    let matters = vec![
        matter("a", "departments/D02", &[]),
        matter("b", "departments/D03", &[]),
        matter("c", "departments/D04", &[]),
        matter("d", "departments/D02", &["a", "b", "c"]),
    ];
    let office = Office::start(size, DAY_ONE, matters).await?;
    let case = office.running().await?;
    let (ready, blocked) = (ItemState::Ready, ItemState::Blocked);
    assert_eq!(states(&case), [ready, ready, ready, blocked]);
    for (code, _) in BESIDE {
        office.submit("agent", &case, code).await?;
    }
    // The departments have them at once, each in the queue that it always has.
    for (code, staff) in BESIDE {
        let order = office.order(&case, code).await?;
        assert_eq!((order.state(), order.kind()), (WorkOrderState::Offered, WorkKind::Decision));
        assert_eq!((&order.source, &order.source_number), (&case.name, &case.number));
        let staff = office.zone.by(staff);
        staff.contact(&order.name).await?;
        let refused = staff.complete(&order.name).await.expect_err("it is decided in agency");
        assert_eq!(refusal(&refused).1, "dispatch.whistle DECIDED_IN_OWNER");
    }
    for (hour, (code, staff)) in (10..).zip(BESIDE) {
        office.zone.at(&format!("2026-03-05T{hour}:00:00+08:00")).await?;
        let before = office.see(&case).await?;
        assert_eq!(item_of(&before, "d").state(), ItemState::Blocked, "{code} is not issued");
        let order = office.order(&case, code).await?.name;
        office.accept(staff, &case, code).await?;
        let issued = office.issue(staff, &case, code).await?;
        let order = office.zone.order(&order).await?;
        assert_eq!(
            (order.state(), order.settled_outcome.as_str()),
            (WorkOrderState::Completed, "ISSUED")
        );
        let permit = item_of(&issued, code).permit.clone().unwrap_or_default();
        assert_eq!(order.completed_time, permit.issued_time, "done when it was decided");
    }
    assert_eq!(item_of(&office.see(&case).await?, "d").state(), ItemState::Ready);
    office.submit("agent", &case, "d").await?;
    office.decided("D02-12", &case, "d").await?;
    let history = office.history(&case).await?;
    let mut begun: Vec<String> =
        facts::<ItemReady>(&history).into_iter().map(|it| it.item).collect();
    begun.sort();
    begun.dedup();
    assert_eq!((begun.len(), facts::<ItemReady>(&history).len()), (4, 4), "each item once");

    let name = || case.name.clone();
    ask!(office, "agent", deliver_results, DeliverResultsRequest { case: name() })?;
    let note = "满意".to_owned();
    ask!(office, "D01-12", follow_up_case, FollowUpCaseRequest { case: name(), note: note })?;
    let archived = ask!(office, "agent", archive_case, ArchiveCaseRequest { case: name() })?;
    assert_eq!((archived.state(), archived.delivered_partly), (CaseState::Archived, false));
    office.close().await
}
