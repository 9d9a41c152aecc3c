//! 补正: all that is missing is named at once, and a second notice that names something new counts
//! against the department.

use anyhow::Result;
use contract::agency::{Case, CorrectItemRequest, ItemState, Notice, SupplyCorrectionRequest};
use contract::dispatch::WorkOrderState;
use testkit::Size;
use testkit::hand::{metadata_of, refusal};
use tonic::Status;

use super::office::{Office, ask, item, item_of, matter, needing};
use crate::zone::{DAY_ONE, instant};

testkit::on_both_sizes!(a_second_notice_that_names_something_new_counts_against_the_department);

/// What counts against the department, notice by notice.
fn wrongful(notices: &[Notice]) -> Vec<bool> {
    notices.iter().map(|notice| notice.against_department).collect()
}

/// Shows: agency SUBMITTED Correct; agency CORRECTION Supply;
/// dispatch hears MaterialsSupplied in SUSPENDED
async fn a_second_notice_that_names_something_new_counts_against_the_department(
    size: Size,
) -> Result<()> {
    let matters = vec![needing(&["plan", "survey"], matter("a", "departments/D02", &[]))];
    let office = Office::start(size, DAY_ONE, matters).await?;
    let case = office.running().await?;
    office.upload("agent", &case, "plan", "总平面图").await?;
    let refused = office.submit("agent", &case, "a").await.expect_err("a main material is missing");
    assert_eq!(refusal(&refused).1, "agency.whistle MATERIALS_MISSING");
    assert_eq!(metadata_of(&refused, "materials"), "materials/survey");
    office.upload("handler", &case, "survey", "地质勘察报告").await?;
    office.submit("agent", &case, "a").await?;
    let order = office.order(&case, "a").await?.name;
    let staff = office.zone.by("D02-11");
    staff.contact(&order).await?;

    // The first notice; the order waits for the enterprise as well.
    correct(&office, &case, &["plan"]).await?;
    staff.ask_pause(&order, instant("2026-03-11T17:30:00+08:00")).await?;
    let asked = office.zone.order(&order).await?;
    let paused = office.zone.by("D01-11").grant_pause(&asked).await?;
    assert_eq!(paused.state(), WorkOrderState::Suspended);
    let refused = supply(&office, &case).await.expect_err("nobody has handed it in");
    assert_eq!(refusal(&refused).1, "agency.whistle MATERIALS_MISSING");
    assert_eq!(metadata_of(&refused, "materials"), "materials/plan");
    office.zone.at("2026-03-06T09:00:00+08:00").await?;
    office.upload("agent", &case, "plan", "总平面图，补正后").await?;
    let supplied = supply(&office, &case).await?;
    assert_eq!(item_of(&supplied, "a").state(), ItemState::Submitted);
    let resumed = office.zone.order(&order).await?;
    assert_eq!(resumed.state(), WorkOrderState::InProgress, "what was awaited is there");

    // The second names something that was there before: wrongful. The third only repeats.
    for materials in [&["survey"], &["plan"]] {
        correct(&office, &case, materials).await?;
        office.upload("agent", &case, materials[0], "再次补正").await?;
        supply(&office, &case).await?;
    }
    let case = office.see(&case).await?;
    assert_eq!(wrongful(&item_of(&case, "a").notices), [false, true, false]);
    let plan = case.materials.iter().find(|it| it.material == "materials/plan");
    assert_eq!(plan.map(|plan| plan.versions.len()), Some(3), "every version is kept");
    office.accept("D02-11", &case, "a").await?;
    office.issue("D02-11", &case, "a").await?;
    assert_eq!(office.zone.order(&order).await?.state(), WorkOrderState::Completed);
    office.close().await
}

/// 一次性告知 by the department.
async fn correct(office: &Office, case: &Case, materials: &[&str]) -> Result<Case> {
    let corrected = ask!(
        office,
        "D02-11",
        correct_item,
        CorrectItemRequest {
            item: item(case, "a"),
            materials: materials.iter().map(|code| format!("materials/{code}")).collect(),
            text: "请补正所列材料".to_owned(),
            etag: office.etag(case).await?,
        }
    )?;
    assert_eq!(item_of(&corrected, "a").state(), ItemState::Correction);
    Ok(corrected)
}

async fn supply(office: &Office, case: &Case) -> Result<Case, Status> {
    ask!(office, "agent", supply_correction, SupplyCorrectionRequest { item: item(case, "a") })
}
