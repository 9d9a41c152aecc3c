//! The rows of subsidy: five kinds of thing, and the lifecycle that makes one room of them.

pub mod accesses;
pub mod applications;
pub mod budget;
pub mod caps;
pub mod claims;
pub mod entitlements;
pub mod instructions;
pub mod ledger;
pub mod payments;
pub mod policies;
mod queue;
pub mod zone;

use std::borrow::Cow;

use async_trait::async_trait;
use calendar::Moment;
use jiff::Timestamp;
use journal::{Step, Telling};
use runtime::Lifecycle;
use sea_orm::{DatabaseTransaction, DbErr, QueryResult, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::events;
use crate::lifecycle::{self, Command, Fact, Thing, ThingId};
use crate::wire;

/// The steps of the schema, forward only.
pub fn steps() -> Vec<Step> {
    let create = Step {
        version: 1001,
        name: "create subsidy",
        sql: include_str!("../migrations/0001_create_subsidy.sql"),
    };
    std::iter::once(create).chain(LEDGER).collect()
}

/// The things of subsidy, for the room: their rules, what they tell, their rows.
#[derive(Debug)]
pub struct Subsidy;

#[async_trait]
impl Lifecycle for Subsidy {
    type Id = ThingId;
    type Thing = Thing;
    type Command = Command;
    type Fact = Fact;
    type Error = Error;

    fn decide(
        before: Option<&Thing>,
        command: &Command,
        moment: Moment<'_>,
    ) -> Result<Vec<Fact>, Error> {
        lifecycle::decide(before, command, moment)
    }

    fn apply(before: Option<Thing>, fact: &Fact) -> Option<Thing> {
        lifecycle::apply(before, fact)
    }

    fn alarms(thing: &Thing) -> Vec<(Cow<'static, str>, Timestamp)> {
        let armed = lifecycle::alarms(thing).into_iter();
        armed.map(|(alarm, at)| (Cow::Owned(alarm), at)).collect()
    }

    fn etag(thing: &Thing) -> String {
        wire::etag(thing)
    }

    fn follows(thing: &Thing, fact: &Fact) -> Vec<(ThingId, Command)> {
        lifecycle::follows(thing, fact)
    }

    fn tell(thing: &Thing, fact: &Fact) -> Vec<Telling> {
        events::tell(thing, fact)
    }

    async fn find_locked(tx: &DatabaseTransaction, id: &ThingId) -> Result<Option<Thing>, DbErr> {
        Ok(match id {
            ThingId::Policy(id) => {
                policies::find_locked(tx, id).await?.map(|one| Thing::Policy(Box::new(one)))
            }
            ThingId::Application(id) => applications::find_locked(tx, id)
                .await?
                .map(|one| Thing::Application(Box::new(one))),
            ThingId::Disbursement(id) => payments::find_disbursement_locked(tx, id)
                .await?
                .map(|one| Thing::Disbursement(Box::new(one))),
            ThingId::Batch(id) => {
                payments::find_batch_locked(tx, id).await?.map(|one| Thing::Batch(Box::new(one)))
            }
            ThingId::Budget(id) => {
                budget::find_locked(tx, id).await?.map(|one| Thing::Budget(Box::new(one)))
            }
        })
    }

    async fn put(tx: &DatabaseTransaction, thing: &Thing, is_new: bool) -> Result<(), DbErr> {
        match thing {
            Thing::Policy(thing) => policies::put(tx, thing, is_new).await,
            Thing::Application(thing) => applications::put(tx, thing, is_new).await,
            Thing::Disbursement(thing) => payments::put_disbursement(tx, thing, is_new).await,
            Thing::Batch(thing) => payments::put_batch(tx, thing, is_new).await,
            Thing::Budget(thing) => {
                budget::put(tx, thing, is_new).await?;
                queue::wake(tx, thing).await
            }
        }
    }
}

/// Conditions that all must hold, and the values bound in them.
#[derive(Default)]
struct Conditions {
    all: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    /// The placeholder of a value.
    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// A column has a value.
    fn equal(&mut self, column: &str, value: impl Into<Value>) {
        let value = self.bind(value);
        self.all.push(format!("{column} = {value}"));
    }

    /// All of them, as SQL says it.
    fn said(&self) -> String {
        if self.all.is_empty() { "1 = 1".to_owned() } else { self.all.join(" AND ") }
    }
}

/// A query with its limit, and all its values.
fn limited(sql: String, mut wanted: Conditions, limit: u64) -> (String, Vec<Value>) {
    let limit = wanted.bind(i64::try_from(limit).unwrap_or(i64::MAX));
    (format!("{sql} LIMIT {limit}"), wanted.values)
}

/// The thing in the first column of a row.
fn body_of<T: DeserializeOwned>(row: &QueryResult) -> Result<T, DbErr> {
    let body: String = row.try_get_by_index(0)?;
    serde_json::from_str(&body).map_err(|error| DbErr::Json(error.to_string()))
}

/// A thing as a row has it.
fn text_of<T: Serialize>(thing: &T) -> Result<String, DbErr> {
    serde_json::to_string(thing).map_err(|error| DbErr::Json(error.to_string()))
}

/// The steps of the schema that make the budgets and the ledger.
pub const LEDGER: [Step; 2] = [
    Step {
        version: 1002,
        name: "create ledger",
        sql: include_str!("../migrations/0002_create_ledger.sql"),
    },
    Step {
        version: 1003,
        name: "guard ledger",
        sql: concat!(
            "-- only sqlite:\n",
            include_str!("../migrations/0003_guard_ledger.sqlite.sql"),
            "-- only postgres:\n",
            include_str!("../migrations/0003_guard_ledger.postgres.sql"),
        ),
    },
];
