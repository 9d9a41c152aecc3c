//! Class urgent: a gas leak at 17:20 on the last working day before the Spring Festival of 2026.

use anyhow::Result;
use contract::common::{ClockKind, LimitKind, WorkClass, WorkTime};
use contract::directory::{Department, PublishCatalogueRequest, UpdateDepartmentRequest};
use contract::dispatch::{WorkOrderLimitMissed, WorkOrderState};
use contract::request::{SubmitTicketRequest, TicketState};
use testkit::Size;
use testkit::hand::{refusal, request_id};
use testkit::zone::{LEAD, catalogue, plea};

use crate::zone::{Zone, facts, instant, occurred};

testkit::on_both_sizes!(what_is_urgent_goes_along_the_duty_chain_through_the_holiday);

const GAS: &str = "categories/C09";

/// A category of class urgent, a duty officer, and somebody on duty for the zone.
async fn arrange(zone: &Zone) -> Result<()> {
    let department = Some(Department {
        name: LEAD.to_owned(),
        title: "供水公司".to_owned(),
        head: "persons/D02-01".to_owned(),
        duty_officer: "persons/D02-12".to_owned(),
        ..<_>::default()
    });
    let wanted = UpdateDepartmentRequest { department, request_id: request_id() };
    zone.by("admin").directory().update_department(wanted).await?;
    let mut catalogue = catalogue();
    let mut gas = catalogue.categories[0].clone();
    GAS.clone_into(&mut gas.name);
    gas.title = "燃气泄漏".to_owned();
    gas.work_class = WorkClass::Urgent.into();
    for limit in &mut gas.limits {
        let amount = if limit.kind() == LimitKind::Contact { 2 } else { 24 };
        limit.time = Some(WorkTime { amount, clock_kind: ClockKind::NaturalHours.into() });
    }
    catalogue.categories.push(gas);
    catalogue.effective_time = Some(runtime::wire::time(instant("2026-02-14T00:00:00+08:00")));
    catalogue.zone_duty = "persons/D01-01".to_owned();
    let wanted = PublishCatalogueRequest {
        catalogue: Some(catalogue),
        request_id: request_id(),
        ..<_>::default()
    };
    zone.by("admin").directory().publish_catalogue(wanted).await?;
    zone.world.settle().await
}

/// Shows: request SUBMITTED Accept; dispatch OFFERED Claim
async fn what_is_urgent_goes_along_the_duty_chain_through_the_holiday(size: Size) -> Result<()> {
    let zone = Zone::start(size, "2026-02-13T09:00:00+08:00").await?;
    arrange(&zone).await?;
    zone.at("2026-02-14T17:20:00+08:00").await?;
    let leak =
        SubmitTicketRequest {
            category: GAS.to_owned(), title: "燃气泄漏".to_owned(), ..plea()
        };
    let ticket = zone.by("handler").submit(leak).await?;
    assert_eq!(ticket.state(), TicketState::Accepted, "it needs no acceptance");
    let order = zone.order(&ticket.work_order).await?;
    assert_eq!(
        (order.state(), order.on_duty.as_str()),
        (WorkOrderState::Offered, "persons/D02-12")
    );
    let early = zone.by("D01-01").claim(&order.name).await.expect_err("not theirs yet");
    assert_eq!(refusal(&early).1, "dispatch.whistle OTHER_DEPARTMENT");

    // Fifteen minutes each, by the clock on the wall: offices closed at 17:30, for nine days.
    zone.at("2026-02-14T17:35:00+08:00").await?;
    assert_eq!(zone.order(&order.name).await?.on_duty, "persons/D02-01");
    zone.at("2026-02-14T17:50:00+08:00").await?;
    assert_eq!(zone.order(&order.name).await?.on_duty, "persons/D01-01");
    let history = zone.order_history(&order.name).await?;
    let missed = facts::<WorkOrderLimitMissed>(&history);
    let told: Vec<_> =
        missed.iter().map(|fact| (fact.told.as_str(), fact.person.as_str())).collect();
    assert_eq!(told, [("ON_DUTY", "persons/D02-01"), ("ON_DUTY", "persons/D01-01")]);
    assert_eq!(occurred(history.last().unwrap()), instant("2026-02-14T17:50:00+08:00"));

    zone.by("D01-01").claim(&order.name).await?;
    zone.by("D01-01").contact(&order.name).await?;
    zone.by("D01-01").complete(&order.name).await?;
    assert_eq!(zone.seen(&ticket).await?.state(), TicketState::Answered);
    zone.world.end().await
}
