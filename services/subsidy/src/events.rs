//! What subsidy tells of its things, and what it does with what it hears.

mod hear;
mod tell;

use async_trait::async_trait;
use base::{ApplicationId, DepartmentId};
use contract::directory::CalendarYearPublished;
use journal::{Ear, Heard, Trouble, Unit};
use prost::Name as _;
use runtime::{Known, Room};

use crate::alarms::RECOUNT;
use crate::lifecycle::application::{ApplicationCommand, Effect, effect_on};
use crate::lifecycle::{Command, ThingId};
use crate::store::{Subsidy, applications, payments};

pub use self::hear::news_of;
pub use self::tell::tell;

/// Hears the directory, for what is known of the zone, and dispatch, for what becomes of the work.
pub struct Ears {
    known: Known,
    room: Room<Subsidy>,
}

impl Ears {
    /// The ears of this room.
    pub fn new(known: Known, room: Room<Subsidy>) -> Ears {
        Ears { known, room }
    }

    /// Applies what dispatch told. What is not of an application of ours, or comes when it can change
    /// nothing, is passed over with its reason.
    async fn hear_dispatch(&self, unit: &mut Unit, heard: &Heard) -> Result<(), Trouble> {
        let Some((source, news)) = news_of(heard)? else { return Ok(()) };
        let Ok(id) = ApplicationId::parse(&source) else { return Ok(()) };
        let Some(application) = applications::find_locked(unit.tx(), &id).await? else {
            tracing::warn!(application = %id, event = heard.id, "heard of what is not here");
            return Ok(());
        };
        if let Effect::Ignored(reason) = effect_on(&application, &news) {
            tracing::info!(application = %id, kind = heard.kind, reason, "heard and passed over");
        }
        // The rules pass over what changes nothing.
        self.ask(unit, id, ApplicationCommand::Hear(news), &heard.actor).await
    }

    /// The applications of a dissolved department go to its successor.
    async fn succeed(
        &self,
        unit: &mut Unit,
        (department, successor): (DepartmentId, DepartmentId),
        actor: &str,
    ) -> Result<(), Trouble> {
        for id in applications::list_of_department(unit.tx(), &department).await? {
            let (department, successor) = (department.clone(), successor.clone());
            let command = ApplicationCommand::Succeed { department, successor };
            self.ask(unit, id, command, actor).await?;
        }
        Ok(())
    }

    async fn ask(
        &self,
        unit: &mut Unit,
        id: ApplicationId,
        command: ApplicationCommand,
        actor: &str,
    ) -> Result<(), Trouble> {
        let id = ThingId::Application(id);
        self.room.hear(unit, &id, Command::Application(command), actor).await
    }

    /// Everything that awaits something is reckoned anew, each in a unit of its own.
    async fn recount(&self, unit: &mut Unit) -> Result<(), Trouble> {
        let now = unit.now();
        let open = applications::list_open(unit.tx()).await?;
        let paid = payments::list_waiting(unit.tx()).await?;
        let batches = payments::list_open_batches(unit.tx()).await?;
        let names = open.iter().map(ToString::to_string);
        let names = names.chain(paid.iter().map(ToString::to_string));
        for name in names.chain(batches.iter().map(ToString::to_string)) {
            unit.set_alarm(&name, RECOUNT, now).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Ear for Ears {
    fn sources(&self) -> &'static [&'static str] {
        contract::heard_by("subsidy")
    }

    async fn hear(&self, unit: &mut Unit, heard: &Heard) -> Result<(), Trouble> {
        if heard.source == hear::DISPATCH {
            return self.hear_dispatch(unit, heard).await;
        }
        self.known.hear(unit, heard).await?;
        if let Some(succession) = hear::succession_of(heard)? {
            return self.succeed(unit, succession, &heard.actor).await;
        }
        if heard.kind == CalendarYearPublished::full_name() {
            return self.recount(unit).await;
        }
        Ok(())
    }
}
