//! What request tells of its tickets, and what it does with what it hears.

mod hear;
mod tell;

use async_trait::async_trait;
use base::{Actor, DepartmentId, PersonId, TicketId};
use contract::directory::CalendarYearPublished;
use journal::{Ear, Heard, Trouble, Unit};
use prost::Name as _;
use runtime::{Known, Lifecycle as _, Room};

use crate::alarms::RECOUNT;
use crate::lifecycle::{Command, Effect, News, effect};
use crate::store::{self, Tickets};

pub use self::hear::news_of;
pub use self::tell::tell;

/// Hears the directory, for what is known of the zone, and dispatch, for what becomes of the work.
pub struct Ears {
    known: Known,
    room: Room<Tickets>,
}

impl Ears {
    /// The ears of this room.
    pub fn new(known: Known, room: Room<Tickets>) -> Ears {
        Ears { known, room }
    }

    /// Applies what dispatch told. What is not of a ticket of ours, or comes when it can change
    /// nothing, is passed over with its reason.
    async fn hear_dispatch(&self, unit: &mut Unit, heard: &Heard) -> Result<(), Trouble> {
        let Some((source, mut news)) = news_of(heard)? else { return Ok(()) };
        let Ok(id) = TicketId::parse(&source) else { return Ok(()) };
        let Some(ticket) = Tickets::find_locked(unit.tx(), &id).await? else {
            tracing::warn!(ticket = %id, event = heard.id, "heard of a ticket that is not here");
            return Ok(());
        };
        if let Effect::Ignored(reason) = effect(ticket.state, news.news.kind()) {
            tracing::info!(ticket = %id, kind = heard.kind, reason, "heard and passed over");
        }
        self.tell_people(unit, &mut news.news).await?;
        // The rules pass over what changes nothing.
        self.room.hear(unit, &id, Command::Hear(news), &heard.actor).await
    }

    /// Dispatch names the accounts that did the work; the rules compare the people behind them.
    async fn tell_people(&self, unit: &Unit, news: &mut News) -> Result<(), Trouble> {
        let accounts: &mut Vec<PersonId> = match news {
            News::Moved { concerned, .. } | News::Assisted { concerned } => concerned,
            News::Completed(completion) => &mut completion.concerned,
            News::Cancelled => return Ok(()),
        };
        for account in accounts {
            if let Some(person) = self.known.find_person(unit.tx(), account).await? {
                *account = person.human().clone();
            }
        }
        Ok(())
    }

    /// From which device somebody did what is told, if the call that it came of named one.
    async fn note_device(&self, unit: &Unit, heard: &Heard) -> Result<(), Trouble> {
        let Some(device) = &heard.device else { return Ok(()) };
        let Ok(actor) = Actor::parse(&heard.actor) else { return Ok(()) };
        let Some(account) = actor.person() else { return Ok(()) };
        if let Some(person) = self.known.find_person(unit.tx(), account).await? {
            store::note_device(unit.tx(), device, &person).await?;
        }
        Ok(())
    }

    /// What a dissolved department led, had or is complained of for goes to its successor.
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

    /// Every ticket with a due instant of its own is reckoned anew, each in a unit of its own.
    async fn recount(&self, unit: &mut Unit) -> Result<(), Trouble> {
        let now = unit.now();
        for name in store::list_waiting(unit.tx()).await? {
            unit.set_alarm(&name, RECOUNT, now).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Ear for Ears {
    fn sources(&self) -> &'static [&'static str] {
        contract::heard_by("request")
    }

    async fn hear(&self, unit: &mut Unit, heard: &Heard) -> Result<(), Trouble> {
        self.note_device(unit, heard).await?;
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
        if let Some((enterprise, envoy)) = hear::envoy_of(heard)? {
            store::put_envoy(unit.tx(), &enterprise, &envoy).await?;
        }
        Ok(())
    }
}
