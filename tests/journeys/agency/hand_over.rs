//! An agent goes on leave: another has the case, with the mandate or without it.

use anyhow::{Context as _, Result};
use contract::agency::{
    Case, GetCaseRequest, HandOverCaseRequest, ItemState, MandateEnded, SignMandateRequest,
};
use contract::dispatch::WorkOrderState;
use testkit::Size;
use testkit::hand::refusal;

use super::office::{Office, ask, item_of, matter};
use crate::zone::{DAY_ONE, facts};

testkit::on_both_sizes!(
    a_mandate_that_may_be_passed_on_goes_along_and_both_agents_decide_nothing,
    a_mandate_that_may_not_be_passed_on_ends_and_the_enterprise_signs_another,
);

/// The case of an agent who has submitted an item of D02, which is the second agent's department.
async fn half_way(office: &Office, may_pass_on: bool) -> Result<Case> {
    let case = office.opened().await?;
    let mandate = SignMandateRequest { may_pass_on, ..office.mandate(&case, 60) };
    let case = office.begun(mandate).await?;
    office.submit("agent", &case, "a").await?;
    office.see(&case).await
}

async fn handed_over(office: &Office, case: &Case) -> Result<Case> {
    let handed = ask!(
        office,
        "D01-11",
        hand_over_case,
        HandOverCaseRequest {
            case: case.name.clone(),
            agent: "persons/agent-2".to_owned(),
            reason: "休假".to_owned(),
        }
    );
    Ok(handed?)
}

/// Shows: agency RUNNING HandOver
async fn a_mandate_that_may_be_passed_on_goes_along_and_both_agents_decide_nothing(
    size: Size,
) -> Result<()> {
    let matters = vec![
        matter("a", "departments/D02", &[]),
        matter("b", "departments/D02", &[]),
        matter("c", "departments/D03", &[]),
    ];
    let office = Office::start(size, DAY_ONE, matters).await?;
    let case = half_way(&office, true).await?;
    let handed = handed_over(&office, &case).await?;
    assert_eq!(handed.agent, "persons/agent-2");
    assert_eq!(handed.mandate.map(|mandate| mandate.agent), Some(handed.agent));
    // The one who left knows nothing of it any more: no item of their department has begun.
    let wanted = GetCaseRequest { case: case.name.clone(), ..<_>::default() };
    let hidden = office.zone.by("agent").cases().get_case(wanted).await;
    assert_eq!(refusal(&hidden.expect_err("not theirs")).1, "agency.whistle CASE_NOT_FOUND");
    for code in ["b", "c"] {
        office.submit("agent-2", &case, code).await?;
    }
    // Neither claims what was asked for since, and neither decides anything at all.
    for (agent, code) in [("agent", "c"), ("agent-2", "b")] {
        let order = office.order(&case, code).await?;
        let barred = office.zone.by(agent).claim(&order.name).await.expect_err("barred");
        assert_eq!(refusal(&barred).1, "dispatch.whistle PERSON_BARRED");
    }
    for (agent, code) in [("agent", "c"), ("agent-2", "a")] {
        let refused = office.accept(agent, &case, code).await.expect_err("an agent of it");
        let refused = refused.downcast_ref().map(refusal).context("a refusal")?;
        assert_eq!(refused.1, "agency.whistle AGENT_DECIDES");
    }
    for (staff, code) in [("D02-11", "a"), ("D02-12", "b"), ("D03-11", "c")] {
        office.decided(staff, &case, code).await?;
    }
    office.close().await
}

async fn a_mandate_that_may_not_be_passed_on_ends_and_the_enterprise_signs_another(
    size: Size,
) -> Result<()> {
    let matters = vec![matter("a", "departments/D02", &[]), matter("b", "departments/D04", &["a"])];
    let office = Office::start(size, DAY_ONE, matters).await?;
    let case = half_way(&office, false).await?;
    let order = office.order(&case, "a").await?.name;
    office.zone.by("D02-11").claim(&order).await?;
    office.accept("D02-11", &case, "a").await?;
    let handed = handed_over(&office, &case).await?;
    assert_eq!((handed.agent.as_str(), handed.mandate), ("persons/agent-2", None));
    assert_eq!(facts::<MandateEnded>(&office.history(&case).await?).len(), 1);
    // What the department has runs on.
    assert_eq!(office.zone.order(&order).await?.state(), WorkOrderState::Claimed);
    let issued = office.issue("D02-11", &case, "a").await?;
    assert_eq!(item_of(&issued, "b").state(), ItemState::Ready);
    let refused = office.submit("agent-2", &case, "b").await.expect_err("no mandate");
    assert_eq!(refusal(&refused).1, "agency.whistle MANDATE_MISSING");
    let mandate = office.mandate(&issued, 30);
    office.zone.by("handler").cases().sign_mandate(mandate).await?;
    office.submit("agent-2", &case, "b").await?;
    office.decided("D04-11", &case, "b").await?;
    office.close().await
}
