//! The one room in which anything becomes true: a command of a call, of an event or of an alarm is
//! decided, applied, stored and told in one unit of work.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt::Display;
use std::marker::PhantomData;

use async_trait::async_trait;
use base::Actor;
use calendar::Moment;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use journal::{Alarm, Journal, Telling, Trouble, Troubled, Unit};
use sea_orm::{DatabaseTransaction, DbErr};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::call::Call;
use crate::fault::{Fault, chain};
use crate::known::Known;
use crate::refusal::Refusal;

/// The rules and the rows of one kind of thing. The rules are pure and stand in `lifecycle.rs`,
/// what is told in `events.rs`, the rows in `store.rs`.
#[async_trait]
pub trait Lifecycle: Send + Sync + 'static {
    /// The thing's id; displays as its resource name.
    type Id: Display + Clone + Send + Sync + 'static;
    /// The thing. Holds no personal data: it is remembered as the answer to a request.
    type Thing: Clone + Serialize + DeserializeOwned + Send + Sync + 'static;
    /// What may be asked of it.
    type Command: Clone + Send + Sync + 'static;
    /// What happens to it.
    type Fact: Send + Sync + 'static;
    /// Why something was refused.
    type Error: Fault + Troubled + From<Refusal> + Sync;

    /// What happens, or why not.
    fn decide(
        before: Option<&Self::Thing>,
        command: &Self::Command,
        moment: Moment<'_>,
    ) -> Result<Vec<Self::Fact>, Self::Error>;

    /// The thing after a fact.
    fn apply(before: Option<Self::Thing>, fact: &Self::Fact) -> Option<Self::Thing>;

    /// The alarms that a thing has armed. After one rings it must be gone or later.
    fn alarms(thing: &Self::Thing) -> Vec<(Cow<'static, str>, Timestamp)>;

    /// What changes with every change that whoever decides about the thing must have seen.
    fn etag(thing: &Self::Thing) -> String {
        etag_of(thing)
    }

    /// What a fact makes of other things, in the same unit.
    fn follows(thing: &Self::Thing, fact: &Self::Fact) -> Vec<(Self::Id, Self::Command)>;

    /// What a fact tells; `thing` is as it is after it.
    fn tell(thing: &Self::Thing, fact: &Self::Fact) -> Vec<Telling>;

    /// The row of a thing, locked until the unit ends.
    async fn find_locked(
        tx: &DatabaseTransaction,
        id: &Self::Id,
    ) -> Result<Option<Self::Thing>, DbErr>;

    /// Writes the row of a thing; `is_new` if there was none.
    async fn put(tx: &DatabaseTransaction, thing: &Self::Thing, is_new: bool) -> Result<(), DbErr>;
}

/// What a change gave.
#[derive(Clone, Debug)]
pub struct Changed<T> {
    /// The thing as it is now, or as it was answered the first time.
    pub thing: T,
    /// This request was answered before; nothing was done again.
    pub replayed: bool,
    /// The journal's last position when it was true; none of a call that was only checked.
    pub position: i64,
}

/// What a call comes to once it has been looked at inside its unit.
pub enum Plan<L: Lifecycle> {
    /// Ask this of that thing.
    Ask(L::Id, L::Command),
    /// Nothing is to be done: this is the answer.
    Answer(Box<L::Thing>),
}

/// Makes a plan inside the unit, where numbers are drawn and values sealed.
pub type Planner<L> = dyn for<'a> Fn(&'a mut Unit) -> BoxFuture<'a, Result<Plan<L>, <L as Lifecycle>::Error>>
    + Send
    + Sync;

/// The room of one kind of thing. Cheap to clone.
pub struct Room<L> {
    journal: Journal,
    known: Known,
    of: PhantomData<fn() -> L>,
}

impl<L> Clone for Room<L> {
    fn clone(&self) -> Room<L> {
        Room { journal: self.journal.clone(), known: self.known.clone(), of: PhantomData }
    }
}

impl<L: Lifecycle> Room<L> {
    /// The room of a service.
    pub fn new(journal: Journal, known: Known) -> Room<L> {
        Room { journal, known, of: PhantomData }
    }

    /// Asks something of a thing, for a call. Twice is once; what is only to be checked is never.
    pub async fn change(
        &self,
        call: &Call,
        id: &L::Id,
        command: L::Command,
    ) -> Result<Changed<L::Thing>, L::Error> {
        let id = id.clone();
        self.change_with(call, id.to_string(), move |_| {
            let plan = Plan::Ask(id.clone(), command.clone());
            async move { Ok(plan) }.boxed()
        })
        .await
    }

    /// The same, where what is asked comes to light only inside the unit. `key` orders the
    /// batches: the thing's name.
    pub async fn change_with<F>(
        &self,
        call: &Call,
        key: String,
        plan: F,
    ) -> Result<Changed<L::Thing>, L::Error>
    where
        F: for<'a> Fn(&'a mut Unit) -> BoxFuture<'a, Result<Plan<L>, L::Error>>
            + Send
            + Sync
            + 'static,
    {
        let (known, asked) = (self.known.clone(), Asked::by(call));
        let plan = std::sync::Arc::new(plan);
        let deadline = call.deadline.map(tokio::time::Instant::from_std);
        let done = self.journal.commit(key, deadline, move |unit| {
            let (known, asked, plan) = (known.clone(), asked.clone(), std::sync::Arc::clone(&plan));
            async move { change_in::<L>(unit, &known, &asked, plan.as_ref()).await }.boxed()
        });
        let done = done.await?;
        let (thing, replayed) = done.value;
        Ok(Changed { thing, replayed, position: done.position })
    }

    /// Asks something of a thing for an event that was heard, inside the listener's unit. A
    /// refusal is a fault of the rules: whatever can be heard has an effect in every state.
    pub async fn hear(
        &self,
        unit: &mut Unit,
        id: &L::Id,
        command: L::Command,
        actor: &str,
    ) -> Result<(), Trouble> {
        let asking = Asking { now: unit.now(), etag: None };
        match ask::<L>(unit, &self.known, id, command, actor, &asking).await {
            Ok(_) => Ok(()),
            Err(error) => match error.trouble() {
                Some(_) => Err(into_trouble(error)),
                None => Err(Trouble::Damaged(chain(&error))),
            },
        }
    }

    /// Asks something of a thing for an alarm, which is taken away in the same unit. If another
    /// replica was quicker, nothing happens.
    pub async fn ring(&self, alarm: &Alarm, id: L::Id, command: L::Command) -> Result<(), Trouble> {
        let known = self.known.clone();
        let actor = Actor::system(self.journal.name()).to_string();
        let ringing = alarm.clone();
        let done: Result<_, L::Error> = self
            .journal
            .commit(id.to_string(), None, move |unit| {
                let (known, actor, alarm) = (known.clone(), actor.clone(), ringing.clone());
                let (id, command) = (id.clone(), command.clone());
                async move {
                    let Alarm { thing, kind, due_at } = &alarm;
                    // The thing is locked first, as for every other command: no deadlock.
                    L::find_locked(unit.tx(), &id).await.map_err(Trouble::from)?;
                    if unit.take_alarm(thing, kind, *due_at).await.map_err(Trouble::from)? {
                        // The wall clock may have run back since the alarm was seen to be due.
                        let now = unit.now().max(*due_at);
                        ask::<L>(unit, &known, &id, command, &actor, &Asking { now, etag: None })
                            .await?;
                    }
                    Ok(())
                }
                .boxed()
            })
            .await;
        match done {
            Ok(_) => Ok(()),
            Err(error) if error.trouble().is_some() => Err(into_trouble(error)),
            Err(error) => {
                tracing::error!(thing = alarm.thing, kind = alarm.kind, error = %chain(&error), "an alarm was refused");
                self.silence(alarm).await
            }
        }
    }

    /// Takes an alarm away that the rules refuse: it must not ring for ever.
    async fn silence(&self, alarm: &Alarm) -> Result<(), Trouble> {
        let silenced = alarm.clone();
        let done = self.journal.commit(alarm.thing.clone(), None, move |unit| {
            let Alarm { thing, kind, due_at } = silenced.clone();
            async move { Ok::<_, Trouble>(unit.take_alarm(&thing, &kind, due_at).await?) }.boxed()
        });
        done.await.map(|_| ())
    }
}

/// What of a call matters inside its unit.
#[derive(Clone)]
struct Asked {
    caller: String,
    actor: String,
    request_id: Option<String>,
    digest: [u8; 32],
    etag: Option<String>,
    validate_only: bool,
    traceparent: String,
    device: Option<String>,
}

impl Asked {
    fn by(call: &Call) -> Asked {
        Asked {
            caller: call.asker(),
            actor: call.actor.to_string(),
            request_id: call.request_id.map(|id| id.to_string()),
            digest: call.digest,
            etag: call.etag.clone(),
            validate_only: call.validate_only,
            traceparent: call.traceparent.clone(),
            device: call.device.clone(),
        }
    }
}

async fn change_in<L: Lifecycle>(
    unit: &mut Unit,
    known: &Known,
    asked: &Asked,
    plan: &Planner<L>,
) -> Result<(L::Thing, bool), L::Error> {
    if asked.validate_only {
        unit.only_tries();
    }
    if let Some(request_id) = &asked.request_id
        && let Some(answer) = unit.recall(&asked.caller, request_id, &asked.digest).await?
    {
        let thing = serde_json::from_slice(&answer).map_err(damaged::<L>)?;
        return Ok((thing, true));
    }
    unit.caused_by(asked.request_id.clone(), Some(asked.traceparent.clone()));
    unit.asked_from(asked.device.clone());
    let thing = match plan(unit).await? {
        Plan::Ask(id, command) => {
            let asking = Asking { now: unit.now(), etag: asked.etag.as_deref() };
            ask::<L>(unit, known, &id, command, &asked.actor, &asking).await?
        }
        Plan::Answer(thing) => *thing,
    };
    if let Some(request_id) = &asked.request_id {
        let answer = serde_json::to_vec(&thing).map_err(damaged::<L>)?;
        unit.remember(&asked.caller, request_id, &answer).await.map_err(Trouble::from)?;
    }
    Ok((thing, false))
}

/// As of when something is asked, and the etag that the thing must still have.
struct Asking<'a> {
    now: Timestamp,
    etag: Option<&'a str>,
}

/// Locks, decides, applies, tells, stores, sets alarms; then what follows for other things.
async fn ask<L: Lifecycle>(
    unit: &mut Unit,
    known: &Known,
    id: &L::Id,
    command: L::Command,
    actor: &str,
    asking: &Asking<'_>,
) -> Result<L::Thing, L::Error> {
    let calendar = known.calendar(unit.tx()).await?;
    let mut pending = VecDeque::from([(id.clone(), command)]);
    let mut first = None;
    while let Some((id, command)) = pending.pop_front() {
        let before = L::find_locked(unit.tx(), &id).await.map_err(Trouble::from)?;
        let moment = Moment { now: asking.now, calendar: &calendar };
        let facts = L::decide(before.as_ref(), &command, moment)?;
        // Only after the rules: whoever may not see the thing learns nothing from its etag.
        if first.is_none()
            && let (Some(expected), Some(thing)) = (asking.etag, &before)
            && expected != L::etag(thing)
        {
            return Err(Refusal::StaleEtag.into());
        }
        let mut after = before.clone();
        for fact in &facts {
            after = L::apply(after, fact);
            let Some(thing) = &after else { return Err(nothing::<L>(&id)) };
            for telling in L::tell(thing, fact) {
                unit.tell(telling, actor);
            }
            pending.extend(L::follows(thing, fact));
        }
        let Some(thing) = after else { return Err(nothing::<L>(&id)) };
        if !facts.is_empty() {
            L::put(unit.tx(), &thing, before.is_none()).await.map_err(Trouble::from)?;
            move_alarms::<L>(unit, &id, before.as_ref(), &thing).await.map_err(Trouble::from)?;
        }
        first.get_or_insert(thing);
    }
    first.ok_or_else(|| nothing::<L>(id))
}

/// Brings the stored alarms from what they were to what they are; an unchanged one costs nothing.
async fn move_alarms<L: Lifecycle>(
    unit: &mut Unit,
    id: &L::Id,
    before: Option<&L::Thing>,
    after: &L::Thing,
) -> Result<(), DbErr> {
    let name = id.to_string();
    let had = before.map(L::alarms).unwrap_or_default();
    let has = L::alarms(after);
    for (kind, _) in had.iter().filter(|(kind, _)| has.iter().all(|(other, _)| other != kind)) {
        unit.drop_alarm(&name, kind).await?;
    }
    for (kind, at) in has.iter().filter(|alarm| !had.contains(alarm)) {
        unit.set_alarm(&name, kind, *at).await?;
    }
    Ok(())
}

/// What changes with every change of a thing.
pub fn etag_of<T: Serialize>(thing: &T) -> String {
    let body = serde_json::to_vec(thing).unwrap_or_default();
    hex::encode(&Sha256::digest(body)[..12])
}

fn nothing<L: Lifecycle>(id: &L::Id) -> L::Error {
    Trouble::Damaged(format!("nothing came of what was asked of {id}")).into()
}

fn damaged<L: Lifecycle>(error: serde_json::Error) -> L::Error {
    Trouble::Damaged(format!("a remembered answer: {error}")).into()
}

/// The trouble in an error that has one.
fn into_trouble<E: Troubled + Fault>(error: E) -> Trouble {
    match error.trouble() {
        Some(Trouble::Overloaded) => Trouble::Overloaded,
        Some(Trouble::DeadlinePassed) => Trouble::DeadlinePassed,
        Some(Trouble::OutcomeUnknown) => Trouble::OutcomeUnknown,
        Some(Trouble::RequestIdReused) => Trouble::RequestIdReused,
        Some(Trouble::Damaged(what)) => Trouble::Damaged(what.clone()),
        Some(Trouble::Database(error)) => Trouble::Database(error.clone()),
        None => Trouble::Damaged(chain(&error)),
    }
}
