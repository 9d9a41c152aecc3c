//! A mandate that expires in the middle: the agent's acts end, and nothing else.

use anyhow::Result;
use contract::agency::{
    CaseState, DeliverResultsRequest, ItemState, MandateEnded, SuspendCaseRequest,
};
use contract::dispatch::WorkOrderState;
use testkit::Size;
use testkit::hand::refusal;

use super::office::{Office, ask, item_of, matter, states};
use crate::zone::{DAY_ONE, facts};

testkit::on_both_sizes!(what_departments_have_runs_on_when_the_mandate_expires);

/// Shows: agency RUNNING EndMandate
async fn what_departments_have_runs_on_when_the_mandate_expires(size: Size) -> Result<()> {
    let matters = vec![
        matter("a", "departments/D02", &[]),
        matter("b", "departments/D03", &[]),
        matter("c", "departments/D04", &[]),
    ];
    let office = Office::start(size, DAY_ONE, matters).await?;
    let case = office.opened().await?;
    let case = office.begun(office.mandate(&case, 6)).await?;
    for code in ["a", "b"] {
        office.submit("agent", &case, code).await?;
    }
    let order = office.order(&case, "a").await?.name;
    office.zone.by("D02-11").claim(&order).await?;
    office.accept("D02-11", &case, "a").await?;

    office.zone.at("2026-03-10T10:00:00+08:00").await?;
    let case = office.see(&case).await?;
    assert_eq!((case.state(), case.mandate.as_ref()), (CaseState::Running, None));
    let running = [ItemState::UnderReview, ItemState::Submitted, ItemState::Ready];
    assert_eq!(states(&case), running, "nothing else has moved");
    let ended = facts::<MandateEnded>(&office.history(&case).await?);
    assert_eq!(ended.len(), 1);
    let missing = "agency.whistle MANDATE_MISSING";
    let refused = office.submit("agent", &case, "c").await.expect_err("no mandate");
    assert_eq!(refusal(&refused).1, missing);
    let (name, reason) = (case.name.clone(), "暂缓".to_owned());
    let refused = ask!(
        office,
        "agent",
        suspend_case,
        SuspendCaseRequest { case: name.clone(), reason: reason }
    );
    assert_eq!(refusal(&refused.expect_err("no mandate")).1, missing);

    // What the departments have goes to its end; what was not submitted is the enterprise's.
    let issued = office.issue("D02-11", &case, "a").await?;
    assert_eq!(item_of(&issued, "a").state(), ItemState::Issued);
    assert_eq!(office.zone.order(&order).await?.state(), WorkOrderState::Completed);
    office.decided("D03-11", &case, "b").await?;
    office.submit("handler", &case, "c").await?;
    office.decided("D04-11", &case, "c").await?;
    let refused =
        ask!(office, "agent", deliver_results, DeliverResultsRequest { case: name.clone() });
    assert_eq!(refusal(&refused.expect_err("no mandate")).1, missing);
    let delivered = ask!(office, "handler", deliver_results, DeliverResultsRequest { case: name })?;
    assert_eq!((delivered.state(), delivered.delivered_partly), (CaseState::Delivered, false));
    office.close().await
}
