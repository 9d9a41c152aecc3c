//! Who rules or goes on as a deputy alone is recorded as both, though another role let them in.

use anyhow::Result;
use base::{Actor, PersonId};
use contract::common::Role;
use contract::directory::{Deputy, DeputyChanged};
use contract::dispatch::*;
use journal::Telling;
use testkit::{Size, on_both_sizes};

use crate::desk::Desk;

on_both_sizes!(
    who_rules_in_place_of_a_zone_leader_is_recorded_as_both,
    who_resumes_in_place_of_a_dispatcher_is_recorded_as_both,
);

impl Desk {
    async fn lend(&self, number: u32, (principal, deputy): (&str, &str), role: Role) -> Result<()> {
        let time = |text: &str| text.parse().map(runtime::wire::time);
        let name = format!("deputies/00000000-0000-7000-8000-{number:012}");
        let deputy = Deputy {
            name: name.clone(),
            principal: format!("persons/{principal}"),
            deputy: format!("persons/{deputy}"),
            role: role.into(),
            from_time: Some(time("2026-03-01T00:00:00Z")?),
            until_time: Some(time("2026-04-01T00:00:00Z")?),
            ..Deputy::default()
        };
        let told = Telling::new(&name, &name, &DeputyChanged { deputy: Some(deputy) });
        self.world.tell("directory", told, "persons/A-1").await?;
        self.world.settle().await
    }

    /// Who did what was told last of a kind.
    async fn actor_of(&self, kind: &str) -> Result<String> {
        let entries = self.world.house("dispatch").journal.entries(0, 1000).await?;
        let last = entries.iter().rfind(|entry| entry.kind.ends_with(kind)).unwrap();
        Ok(last.heard()?.actor)
    }
}

fn both(person: &str, of: &str) -> Result<String> {
    let (person, of) = (PersonId::new(person)?, PersonId::new(of)?);
    Ok(Actor::Deputy { person, of }.to_string())
}

/// A dispatcher rules on a pause in their own right; on one beyond the limit, and on a second
/// extension, as the deputy of a zone leader.
async fn who_rules_in_place_of_a_zone_leader_is_recorded_as_both(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    desk.lend(1, ("D00-01", "D01-11"), Role::ZoneLeader).await?;
    let as_both = both("D01-11", "D00-01")?;
    let order = desk.in_progress(1).await?;
    desk.ask_pause("D02-11", &order, (PauseReason::Hearing, "2026-03-05T17:30:00+08:00")).await?;
    desk.decide_pause("D01-11", &order, Decision::Refused).await?;
    assert_eq!(desk.actor_of("WorkOrderPauseRefused").await?, "persons/D01-11");
    desk.ask_pause("D02-11", &order, (PauseReason::Tender, "2026-03-20T17:30:00+08:00")).await?;
    desk.decide_pause("D01-11", &order, Decision::Refused).await?;
    assert_eq!(desk.actor_of("WorkOrderPauseRefused").await?, as_both);
    desk.ask_extension("D02-11", &order, "2026-03-12T17:30:00+08:00").await?;
    desk.decide_extension("D01-11", &order, Decision::Granted).await?;
    assert_eq!(desk.actor_of("WorkOrderExtended").await?, "persons/D01-11");
    desk.ask_extension("D02-11", &order, "2026-03-13T17:30:00+08:00").await?;
    desk.decide_extension("D01-11", &order, Decision::Granted).await?;
    assert_eq!(desk.actor_of("WorkOrderExtended").await?, as_both);
    desk.world.end().await
}

/// Staff who are no claimant go on as the deputy of a dispatcher; the claimant in their own right.
async fn who_resumes_in_place_of_a_dispatcher_is_recorded_as_both(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    desk.lend(1, ("D01-11", "D02-12"), Role::Dispatcher).await?;
    desk.lend(2, ("D01-11", "D02-11"), Role::Dispatcher).await?;
    for (by, number, actor) in
        [("D02-12", 1, both("D02-12", "D01-11")?), ("D02-11", 2, "persons/D02-11".to_owned())]
    {
        let order = desk.in_progress(number).await?;
        let hearing = (PauseReason::Hearing, "2026-03-09T17:30:00+08:00");
        desk.ask_pause("D02-11", &order, hearing).await?;
        desk.decide_pause("D01-11", &order, Decision::Granted).await?;
        desk.resume(by, &order).await?;
        assert_eq!(desk.actor_of("WorkOrderResumed").await?, actor);
    }
    desk.world.end().await
}
