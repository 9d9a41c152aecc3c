//! What agency tells of its cases, and what it does with what it hears.

mod hear;
mod tell;
#[cfg(test)]
mod tests;
mod words;

use async_trait::async_trait;
use base::{CaseId, DepartmentId, PersonId, Role};
use contract::directory::{CalendarYearPublished, StaffChanged};
use journal::{Ear, Heard, Trouble, Unit};
use prost::Name as _;
use runtime::{Known, Lifecycle as _, Room};

use crate::alarms::RECOUNT;
use crate::lifecycle::{Command, Effect, effect_on};
use crate::store::{self, Cases};

pub use self::hear::news_of;
pub use self::tell::{published, tell};

/// Hears the directory, for what is known of the zone, and dispatch, for what becomes of the work.
pub struct Ears {
    known: Known,
    room: Room<Cases>,
}

impl Ears {
    /// The ears of this room.
    pub fn new(known: Known, room: Room<Cases>) -> Ears {
        Ears { known, room }
    }

    /// Applies what dispatch told. What is not of a case of ours, or comes when it can change
    /// nothing, is passed over with its reason.
    async fn hear_dispatch(&self, unit: &mut Unit, heard: &Heard) -> Result<(), Trouble> {
        let Some((source, news)) = news_of(heard)? else { return Ok(()) };
        let Ok(id) = CaseId::parse(&source) else { return Ok(()) };
        let Some(case) = Cases::find_locked(unit.tx(), &id).await? else {
            tracing::warn!(case = %id, event = heard.id, "heard of a case that is not here");
            return Ok(());
        };
        if let Effect::Ignored(reason) = effect_on(&case, &news) {
            tracing::info!(case = %id, kind = heard.kind, reason, "heard and passed over");
        }
        // The rules pass over what changes nothing.
        self.room.hear(unit, &id, Command::Hear(news), &heard.actor).await
    }

    /// Whoever is agent of cases may be none any more, or one again, under whichever account.
    async fn agent_acts(&self, unit: &mut Unit, heard: &Heard) -> Result<(), Trouble> {
        let told: StaffChanged = heard.decode()?;
        let account = PersonId::parse(&told.staff.unwrap_or_default().name);
        let account = account.map_err(|error| Trouble::Damaged(error.to_string()))?;
        let person = self.known.find_person(unit.tx(), &account).await?;
        let Some(agent) = person.map(|person| person.human().clone()) else { return Ok(()) };
        let acts = self.known.holds(unit.tx(), &agent, Role::Agent).await?;
        for id in store::list_of_agent(unit.tx(), &agent).await? {
            let command = Command::AgentActs { agent: agent.clone(), acts };
            self.room.hear(unit, &id, command, &heard.actor).await?;
        }
        Ok(())
    }

    /// The items of a dissolved department go to its successor.
    async fn succeed(
        &self,
        unit: &mut Unit,
        (department, successor): (DepartmentId, DepartmentId),
        actor: &str,
    ) -> Result<(), Trouble> {
        for id in store::list_of_department(unit.tx(), &department).await? {
            let (department, successor) = (department.clone(), successor.clone());
            let command = Command::Succeed { department, successor };
            self.room.hear(unit, &id, command, actor).await?;
        }
        Ok(())
    }

    /// Every case that is not over is reckoned anew, each in a unit of its own.
    async fn recount(&self, unit: &mut Unit) -> Result<(), Trouble> {
        let now = unit.now();
        for name in store::list_open(unit.tx()).await? {
            unit.set_alarm(&name, RECOUNT, now).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Ear for Ears {
    fn sources(&self) -> &'static [&'static str] {
        contract::heard_by("agency")
    }

    async fn hear(&self, unit: &mut Unit, heard: &Heard) -> Result<(), Trouble> {
        if heard.source == hear::DISPATCH {
            return self.hear_dispatch(unit, heard).await;
        }
        self.known.hear(unit, heard).await?;
        if let Some(succession) = hear::succession_of(heard)? {
            return self.succeed(unit, succession, &heard.actor).await;
        }
        if heard.kind == StaffChanged::full_name() {
            return self.agent_acts(unit, heard).await;
        }
        if heard.kind == CalendarYearPublished::full_name() {
            return self.recount(unit).await;
        }
        Ok(())
    }
}
