//! Two ends of one matter are two people, by whatever account; a department has a successor.

use anyhow::Result;
use contract::agency::{HandOverCaseRequest, ItemState, RedirectItemRequest, StartCaseRequest};
use contract::common::Role;
use contract::directory::{Department, DepartmentChanged, Staff, StaffChanged};
use testkit::Size;
use tonic::Code;

use crate::life::ask;
use crate::zone::{Zone, item, matter, procedure, refused, state};

testkit::on_both_sizes!(
    an_agent_by_a_second_account_decides_no_item_by_the_first,
    who_has_decided_an_item_does_not_become_agent,
    a_case_opened_after_a_department_was_dissolved_is_its_successors,
    redirect_item_refuses_a_department_that_was_dissolved,
);

/// Somebody of department D02 who holds, by a second account, the role of an agent.
async fn know_both(zone: &Zone) -> Result<()> {
    for (code, roles, first) in [
        ("D02-12", vec![Role::Staff.into()], ""),
        ("D02-12-agent", vec![Role::Agent.into()], "persons/D02-12"),
    ] {
        let name = format!("persons/{code}");
        let staff = Staff {
            name: name.clone(),
            title: code.to_owned(),
            department: "departments/D02".to_owned(),
            roles,
            active: true,
            same_person_as: first.to_owned(),
            ..Staff::default()
        };
        zone.know(&name, &StaffChanged { staff: Some(staff) }).await?;
    }
    Ok(())
}

fn to_second(zone: &Zone, case: &str) -> HandOverCaseRequest {
    HandOverCaseRequest {
        case: case.to_owned(),
        agent: "persons/D02-12-agent".to_owned(),
        reason: "休假".to_owned(),
        request_id: zone.id(),
        ..<_>::default()
    }
}

/// Shows: agency refuses AGENT_DECIDES
async fn an_agent_by_a_second_account_decides_no_item_by_the_first(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    know_both(&zone).await?;
    let case = zone.running(procedure(vec![matter("a", &[])])).await?;
    let case = zone.submitted(&case, "a").await?;
    let hand_over = to_second(&zone, &case.name);
    let handed = zone.by("agent").hand_over_case(hand_over).await?.into_inner().case.unwrap();
    assert_eq!(handed.agent, "persons/D02-12", "whoever it is, by their first account");
    let accept = zone.accept(&handed, "a");
    refused!(
        zone.by("D02-12").accept_item(accept),
        Code::PermissionDenied,
        "agency.whistle AGENT_DECIDES"
    );
    zone.world.end().await
}

/// Shows: agency refuses AGENT_UNFIT
async fn who_has_decided_an_item_does_not_become_agent(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    know_both(&zone).await?;
    let case = zone.running(procedure(vec![matter("a", &[])])).await?;
    let case = zone.submitted(&case, "a").await?;
    let accept = zone.accept(&case, "a");
    zone.by("D02-12").accept_item(accept).await?;
    let hand_over = to_second(&zone, &case.name);
    refused!(
        zone.by("agent").hand_over_case(hand_over),
        Code::FailedPrecondition,
        "agency.whistle AGENT_UNFIT"
    );
    zone.world.end().await
}

/// D02 is dissolved, and D03 takes its place.
async fn dissolve(zone: &Zone) -> Result<()> {
    let gone = Department {
        name: "departments/D02".to_owned(),
        successor: "departments/D03".to_owned(),
        ..Department::default()
    };
    zone.know("departments/D02", &DepartmentChanged { department: Some(gone) }).await
}

async fn a_case_opened_after_a_department_was_dissolved_is_its_successors(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.published(procedure(vec![matter("a", &[])])).await?;
    dissolve(&zone).await?;
    let opening = zone.opening();
    let case = zone.by("agent").open_case(opening).await?.into_inner().case.unwrap();
    assert_eq!(case.items[0].department, "departments/D03");
    let mandate = zone.mandate(&case);
    zone.by("handler").sign_mandate(mandate).await?;
    let name = case.name.clone();
    ask!(zone, "agent", start_case, StartCaseRequest { case: name });
    let case = zone.submitted(&case, "a").await?;
    let accept = zone.accept(&case, "a");
    let case = zone.by("D03-11").accept_item(accept).await?.into_inner().case.unwrap();
    assert_eq!(state(&case, "a"), ItemState::UnderReview);
    zone.world.end().await
}

async fn redirect_item_refuses_a_department_that_was_dissolved(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(procedure(vec![matter("a", &[])])).await?;
    dissolve(&zone).await?;
    let redirect = RedirectItemRequest {
        item: item(&case, "a"),
        department: "departments/D02".to_owned(),
        reason: "属住建".to_owned(),
        request_id: zone.id(),
        ..<_>::default()
    };
    refused!(
        zone.by("D01-11").redirect_item(redirect),
        Code::NotFound,
        "agency.whistle DEPARTMENT_NOT_FOUND"
    );
    zone.world.end().await
}
