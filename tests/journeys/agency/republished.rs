//! A procedure is published anew while cases run: each keeps the version that it was opened under.

use anyhow::Result;
use contract::agency::{DeliverResultsRequest, GetProcedureRequest, ItemState};
use testkit::Size;

use super::office::{Office, ask, matter, procedure, states};
use crate::zone::DAY_ONE;

testkit::on_both_sizes!(a_running_case_keeps_its_version_and_the_next_one_has_the_new);

async fn a_running_case_keeps_its_version_and_the_next_one_has_the_new(size: Size) -> Result<()> {
    let office = Office::start(size, DAY_ONE, vec![matter("a", "departments/D02", &[])]).await?;
    let old = office.running().await?;
    let before = office.see(&old).await?;
    let matters = vec![matter("a", "departments/D03", &[]), matter("b", "departments/D04", &["a"])];
    let published = office.publish(procedure(matters.clone())).await?;
    assert_eq!(published.version, 2);
    assert_eq!(office.publish(procedure(matters)).await?.version, 2, "the very same is no new one");
    assert_eq!(office.see(&old).await?, before, "it touches no running case");
    let new = office.running().await?;
    assert_eq!((old.procedure_version, states(&old)), (1, vec![ItemState::Ready]));
    let waiting = vec![ItemState::Ready, ItemState::Blocked];
    assert_eq!((new.procedure_version, states(&new)), (2, waiting));
    // Without a version it is the latest.
    for (version, is, matters) in [(1, 1, 1), (2, 2, 2), (0, 2, 2)] {
        let wanted = GetProcedureRequest { procedure: old.procedure.clone(), version };
        let got = office.zone.by("handler").cases().get_procedure(wanted).await?.into_inner();
        let got = got.procedure.unwrap_or_default();
        assert_eq!((got.version, got.matters.len()), (is, matters));
    }

    // Both run to their end, each at the departments of its version.
    for (case, department, staff, version) in
        [(&old, "departments/D02", "D02-11", 1), (&new, "departments/D03", "D03-11", 2)]
    {
        office.submit("agent", case, "a").await?;
        let order = office.order(case, "a").await?;
        assert_eq!(order.department, department);
        office.decided(staff, case, "a").await?;
        let order = office.zone.order(&order.name).await?;
        assert_eq!(order.reply_due.map(|due| due.rule_version), Some(version));
    }
    office.submit("agent", &new, "b").await?;
    office.decided("D04-11", &new, "b").await?;
    for case in [&old, &new] {
        let name = case.name.clone();
        let delivered =
            ask!(office, "agent", deliver_results, DeliverResultsRequest { case: name })?;
        assert!(!delivered.delivered_partly);
    }
    office.close().await
}
