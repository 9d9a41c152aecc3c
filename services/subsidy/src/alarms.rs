//! What time does: an alarm rings, and becomes a command.

use async_trait::async_trait;
use base::{Actor, ApplicationId, BatchId, DisbursementId, PolicyId};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use journal::{Bell, Trouble, Unit};
use runtime::{House, Room};

use crate::lifecycle::application::{Alarm, ApplicationCommand};
use crate::lifecycle::batch::{BatchAlarm, BatchCommand};
use crate::lifecycle::disbursement::DisbursementCommand;
use crate::lifecycle::policy::PolicyCommand;
use crate::lifecycle::{Command, ThingId};
use crate::receiving::{BANK, Clerk};
use crate::sending::Sender;
use crate::store::{Subsidy, applications, budget};

/// The alarm of a thing whose due instants are to be reckoned anew, because a year of the calendar
/// was published or amended. It is set by what is heard, not by the thing.
pub const RECOUNT: &str = "RECOUNT";
/// The alarm of the first in a queue: money may have come free. It is set by the row of a budget.
pub const DEQUEUE: &str = "DEQUEUE";

/// Rings the alarms of policies, applications, disbursements and batches.
pub struct Bells {
    house: House,
    room: Room<Subsidy>,
    sender: Sender,
    clerk: Clerk,
}

impl Bells {
    /// The bells of this room.
    pub fn new(house: House, room: Room<Subsidy>) -> Bells {
        let sender = Sender::new(house.clone(), room.clone());
        let clerk = Clerk::new(house.clone(), room.clone());
        Bells { house, room, sender, clerk }
    }

    async fn of_policy(&self, alarm: &journal::Alarm, id: PolicyId) -> Result<(), Trouble> {
        let ringing = alarm.kind.parse().map_err(|_| damaged(&alarm.kind))?;
        let due_at = alarm.due_at;
        self.ring_in(alarm, move |unit| {
            let id = id.clone();
            async move {
                let matched = applications::list_matched(unit.tx(), &id).await?;
                let command = PolicyCommand::Ring { alarm: ringing, due_at, matched };
                Ok((ThingId::Policy(id), Command::Policy(command)))
            }
            .boxed()
        })
        .await
    }

    async fn of_application(
        &self,
        alarm: &journal::Alarm,
        id: ApplicationId,
    ) -> Result<(), Trouble> {
        if alarm.kind == DEQUEUE {
            return self.ring_in(alarm, move |unit| dequeue(unit, id).boxed()).await;
        }
        let command = if alarm.kind == RECOUNT {
            ApplicationCommand::Recount
        } else {
            let ringing = Alarm::parse(&alarm.kind).ok_or_else(|| damaged(&alarm.kind))?;
            ApplicationCommand::Ring(ringing)
        };
        self.room.ring(alarm, ThingId::Application(id), Command::Application(command)).await
    }

    async fn of_disbursement(
        &self,
        alarm: &journal::Alarm,
        id: DisbursementId,
    ) -> Result<(), Trouble> {
        let command = if alarm.kind == RECOUNT {
            DisbursementCommand::Recount
        } else {
            DisbursementCommand::Ring
        };
        self.room.ring(alarm, ThingId::Disbursement(id), Command::Disbursement(command)).await
    }

    async fn of_batch(&self, alarm: &journal::Alarm, id: BatchId) -> Result<(), Trouble> {
        if alarm.kind == RECOUNT {
            let command = Command::Batch(BatchCommand::Recount);
            return self.room.ring(alarm, ThingId::Batch(id), command).await;
        }
        let ringing: BatchAlarm = alarm.kind.parse().map_err(|_| damaged(&alarm.kind))?;
        let done = match ringing {
            BatchAlarm::Check => false,
            BatchAlarm::Send | BatchAlarm::WriteFile => {
                let sent = self.sender.send(id).await;
                if let Err(error) = &sent {
                    tracing::error!(batch = %id, %error, "a batch was not sent");
                }
                sent.is_ok()
            }
        };
        if done {
            return Ok(());
        }
        // Nobody checked it in time, or its file could not be made or written: that is told, and it
        // is tried again.
        self.room.ring(alarm, ThingId::Batch(id), Command::Batch(BatchCommand::Ring)).await
    }

    /// Asks something for an alarm that is looked up only in the unit, where the alarm is taken away;
    /// if another replica was quicker, nothing happens.
    async fn ring_in<F>(&self, alarm: &journal::Alarm, ask: F) -> Result<(), Trouble>
    where
        F: for<'a> Fn(&'a mut Unit) -> BoxFuture<'a, Result<(ThingId, Command), Trouble>>
            + Send
            + Sync
            + 'static,
    {
        let (room, ringing) = (self.room.clone(), alarm.clone());
        let actor = Actor::system(self.house.journal.name()).to_string();
        let ask = std::sync::Arc::new(ask);
        let done = self.house.journal.commit(alarm.thing.clone(), None, move |unit| {
            let (room, alarm, actor) = (room.clone(), ringing.clone(), actor.clone());
            let ask = std::sync::Arc::clone(&ask);
            async move {
                let journal::Alarm { thing, kind, due_at } = &alarm;
                let (id, command) = ask(unit).await?;
                if unit.take_alarm(thing, kind, *due_at).await? {
                    room.hear(unit, &id, command, &actor).await?;
                }
                Ok::<_, Trouble>(())
            }
            .boxed()
        });
        done.await.map(|_| ())
    }
}

/// The first in a queue is looked at with what its lines have left, under lock.
async fn dequeue(unit: &mut Unit, id: ApplicationId) -> Result<(ThingId, Command), Trouble> {
    let found = applications::find_locked(unit.tx(), &id).await?;
    let lines = match found {
        Some(application) => {
            let policy = &application.opening.version.policy;
            budget::list_budgets(unit.tx(), policy).await?
        }
        None => Vec::new(),
    };
    let lines: Vec<_> = lines.into_iter().map(|line| line.id).collect();
    let free = budget::free_of(unit.tx(), &lines).await?;
    let command = ApplicationCommand::Dequeue { free };
    Ok((ThingId::Application(id), Command::Application(command)))
}

fn damaged(what: &str) -> Trouble {
    Trouble::Damaged(format!("an alarm: {what}"))
}

#[async_trait]
impl Bell for Bells {
    async fn ring(&self, alarm: &journal::Alarm) -> Result<(), Trouble> {
        let name = alarm.thing.as_str();
        if name == BANK {
            return self.clerk.look(alarm).await;
        }
        if let Ok(id) = ApplicationId::parse(name) {
            self.of_application(alarm, id).await
        } else if let Ok(id) = DisbursementId::parse(name) {
            self.of_disbursement(alarm, id).await
        } else if let Ok(id) = BatchId::parse(name) {
            self.of_batch(alarm, id).await
        } else if let Ok(id) = PolicyId::parse(name) {
            self.of_policy(alarm, id).await
        } else {
            Err(damaged(name))
        }
    }
}
