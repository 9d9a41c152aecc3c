//! The rows of agency: cases, what they name, and the procedures that they follow.

mod finders;
pub mod procedures;
mod rows;

use std::borrow::Cow;

use async_trait::async_trait;
use base::CaseId;
use calendar::Moment;
use jiff::Timestamp;
use journal::statement::{execute, find, for_update};
use journal::{Step, Telling, Trouble};
use runtime::objects::Names;
use runtime::{Known, Lifecycle};
use sea_orm::{DatabaseTransaction, DbErr, QueryResult, Value};

use crate::error::Error;
use crate::events;
use crate::lifecycle::{self, Case, Command, Fact};
use crate::wire;

pub use self::finders::{
    Cursor, Filter, Given, find_by_number, find_case, find_given, list_cases, list_of_agent,
    list_of_department, list_open,
};
pub use self::rows::take_certificate;

/// The steps of the schema, forward only.
pub fn steps() -> Vec<Step> {
    vec![Step {
        version: 1001,
        name: "create case",
        sql: include_str!("../migrations/0001_create_case.sql"),
    }]
}

/// The cases, for the room: their rules, what they tell, their rows.
#[derive(Debug)]
pub struct Cases;

#[async_trait]
impl Lifecycle for Cases {
    type Id = CaseId;
    type Thing = Case;
    type Command = Command;
    type Fact = Fact;
    type Error = Error;

    fn decide(
        before: Option<&Case>,
        command: &Command,
        moment: Moment<'_>,
    ) -> Result<Vec<Fact>, Error> {
        lifecycle::decide(before, command, moment)
    }

    fn apply(before: Option<Case>, fact: &Fact) -> Option<Case> {
        lifecycle::apply(before, fact)
    }

    fn alarms(thing: &Case) -> Vec<(Cow<'static, str>, Timestamp)> {
        let armed = lifecycle::alarms(thing).into_iter();
        armed.map(|(alarm, at)| (Cow::Owned(alarm.to_string()), at)).collect()
    }

    fn etag(thing: &Case) -> String {
        wire::etag(thing)
    }

    /// What a fact makes of the items of its case, the rules make of it themselves.
    fn follows(_: &Case, _: &Fact) -> Vec<(CaseId, Command)> {
        Vec::new()
    }

    fn tell(thing: &Case, fact: &Fact) -> Vec<Telling> {
        events::tell(thing, fact)
    }

    async fn find_locked(tx: &DatabaseTransaction, id: &CaseId) -> Result<Option<Case>, DbErr> {
        let sql = format!("SELECT body FROM agency_case WHERE name = $1{}", for_update(tx));
        find(tx, &sql, [id.to_string().into()]).await?.map(|row| case_of(&row)).transpose()
    }

    async fn put(tx: &DatabaseTransaction, thing: &Case, is_new: bool) -> Result<(), DbErr> {
        let body = serde_json::to_string(thing).map_err(|error| DbErr::Json(error.to_string()))?;
        let changing: [Value; 4] = [
            thing.id.to_string().into(),
            thing.agent.to_string().into(),
            thing.state.to_string().into(),
            body.into(),
        ];
        if is_new {
            let unchanging: [Value; 3] = [
                thing.opening.number.clone().into(),
                thing.opening.enterprise.to_string().into(),
                thing.opened_at.as_microsecond().into(),
            ];
            let sql = "INSERT INTO agency_case (name, agent, state, body, number, enterprise, \
                       opened_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
            execute(tx, sql, changing.into_iter().chain(unchanging)).await?;
        } else {
            let sql = "UPDATE agency_case SET agent = $2, state = $3, body = $4 WHERE name = $1";
            execute(tx, sql, changing).await?;
        }
        rows::put_departments(tx, thing).await?;
        rows::put_certificates(tx, thing).await?;
        rows::put_materials(tx, thing).await
    }
}

/// Which of the files that are kept for agency its cases name.
pub struct NamedFiles(pub Known);

#[async_trait]
impl Names for NamedFiles {
    async fn is_named(&self, sha256: &str) -> Result<bool, Trouble> {
        let sql = "SELECT 1 FROM material WHERE sha256 = $1 LIMIT 1";
        Ok(find(self.0.read(), sql, [sha256.into()]).await?.is_some())
    }
}

fn case_of(row: &QueryResult) -> Result<Case, DbErr> {
    let body: String = row.try_get_by_index(0)?;
    serde_json::from_str(&body).map_err(|error| DbErr::Json(error.to_string()))
}
