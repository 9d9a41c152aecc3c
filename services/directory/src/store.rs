//! The rows of the directory: how a change becomes true, and finders named by what they find.

mod around;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use base::{Actor, DepartmentId, PersonId};
use calendar::{Calendar, Moment};
use contract::directory;
use futures_util::FutureExt as _;
use jiff::Timestamp;
use journal::statement::{execute, find, for_update, list};
use journal::{Telling, Trouble};
use runtime::house::House;
use runtime::page::Page;
use runtime::{Call, Changed, Lifecycle, Plan, Refusal, Room};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, QueryResult, Value};

use self::around::plan;
use crate::error::Error;
use crate::lifecycle::{self, Change, Command, Fact, Name, Record};
use crate::{NAME, events, wire};

/// The counter whose row is locked by every change: what one change sees of the others stays so
/// until it is true. The directory changes seldom.
const CHANGES: &str = "changes";
/// The counter of the catalogue's versions.
const CATALOGUES: &str = "catalogues";

/// The rules and rows of the directory, for its room.
#[derive(Clone, Copy, Debug)]
pub struct Directory;

#[async_trait]
impl Lifecycle for Directory {
    type Id = Name;
    type Thing = Record;
    type Command = Command;
    type Fact = Fact;
    type Error = Error;

    fn decide(
        before: Option<&Record>,
        command: &Command,
        moment: Moment<'_>,
    ) -> Result<Vec<Fact>, Error> {
        lifecycle::decide(before, command, moment)
    }

    fn apply(before: Option<Record>, fact: &Fact) -> Option<Record> {
        lifecycle::apply(before, fact)
    }

    fn alarms(record: &Record) -> Vec<(Cow<'static, str>, Timestamp)> {
        lifecycle::alarms(record).into_iter().map(|(kind, at)| (kind.into(), at)).collect()
    }

    fn follows(record: &Record, fact: &Fact) -> Vec<(Name, Command)> {
        lifecycle::follows(record, fact)
    }

    fn tell(record: &Record, fact: &Fact) -> Vec<Telling> {
        events::tell(record, fact)
    }

    async fn find_locked(tx: &DatabaseTransaction, id: &Name) -> Result<Option<Record>, DbErr> {
        let sql = format!("SELECT body FROM record WHERE name = $1{}", for_update(tx));
        let row = find(tx, &sql, [id.to_string().into()]).await?;
        row.map(|row| body(&row, 0)).transpose()
    }

    async fn put(tx: &DatabaseTransaction, record: &Record, is_new: bool) -> Result<(), DbErr> {
        let Some(kind) = kind(record) else { return Ok(()) };
        let name = record.name().to_string();
        let (department, person, version) = (department(record), person(record), version(record));
        let body = serde_json::to_string(record).map_err(|error| DbErr::Json(error.to_string()))?;
        let sql = if is_new {
            "INSERT INTO record (name, kind, department, person, version, body) \
             VALUES ($1, $2, $3, $4, $5, $6)"
        } else {
            "UPDATE record SET kind = $2, department = $3, person = $4, version = $5, body = $6 \
             WHERE name = $1"
        };
        let named = name.clone().into();
        let values =
            [named, kind.into(), department.into(), person.into(), version.into(), body.into()];
        execute(tx, sql, values).await?;
        if let Record::Enterprise(enterprise) = record {
            put_handlers(tx, &name, &enterprise.handlers, is_new).await?;
        }
        Ok(())
    }
}

/// What a row is; an import has none, it is remembered as an answer alone.
fn kind(record: &Record) -> Option<&'static str> {
    match record {
        Record::Enterprise(_) => Some(ENTERPRISE),
        Record::Department(_) => Some(DEPARTMENT),
        Record::Staff(_) => Some(STAFF),
        Record::Deputy(_) => Some(DEPUTY),
        Record::Grant(_) => Some(GRANT),
        Record::Catalogue(_) => Some("CATALOGUE"),
        Record::Year(_) => Some("CALENDAR_YEAR"),
        Record::Import { .. } => None,
    }
}

/// The department that a list looks for.
fn department(record: &Record) -> Option<String> {
    let Record::Staff(staff) = record else { return None };
    staff.department.as_ref().map(DepartmentId::to_string)
}

/// The person that a list or a rule looks for.
fn person(record: &Record) -> Option<String> {
    let person = match record {
        Record::Staff(staff) => staff.human(),
        Record::Deputy(deputy) => &deputy.deputy,
        Record::Grant(grant) => &grant.grantee,
        Record::Enterprise(_)
        | Record::Department(_)
        | Record::Catalogue(_)
        | Record::Year(_)
        | Record::Import { .. } => return None,
    };
    Some(person.to_string())
}

/// The version that a finder looks for.
fn version(record: &Record) -> Option<i64> {
    if let Record::Catalogue(catalogue) = record {
        return Some(catalogue.version.into());
    }
    if let Record::Year(year) = record { Some(year.version().into()) } else { None }
}

/// The kind of enterprises, to list them.
pub const ENTERPRISE: &str = "ENTERPRISE";
/// The kind of departments.
pub const DEPARTMENT: &str = "DEPARTMENT";
/// The kind of people of the zone.
pub const STAFF: &str = "STAFF";
/// The kind of deputations.
pub const DEPUTY: &str = "DEPUTY";
/// The kind of grants.
pub const GRANT: &str = "GRANT";

/// What a list is narrowed to.
#[derive(Clone, Debug)]
pub enum Of {
    /// Nothing: all of the kind.
    All,
    /// The staff of a department.
    Department(DepartmentId),
    /// The grants of a grantee, the deputations of a deputy.
    Person(PersonId),
}

async fn put_handlers(
    tx: &DatabaseTransaction,
    enterprise: &str,
    handlers: &BTreeSet<PersonId>,
    is_new: bool,
) -> Result<(), DbErr> {
    if !is_new {
        execute(tx, "DELETE FROM handler WHERE enterprise = $1", [enterprise.into()]).await?;
    }
    for person in handlers {
        let sql = "INSERT INTO handler (person, enterprise) VALUES ($1, $2)";
        execute(tx, sql, [person.to_string().into(), enterprise.into()]).await?;
    }
    Ok(())
}

/// Where the directory's records are changed and found. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    house: House,
    room: Room<Directory>,
}

impl Store {
    /// The records of a house.
    pub fn new(house: House) -> Store {
        let room = Room::new(house.journal.clone(), house.known.clone());
        Store { house, room }
    }

    /// Makes a change true, or says why not. Twice is once.
    pub async fn change(&self, call: &Call, change: Change) -> Result<Changed<Record>, Error> {
        let may_be_new = matches!(change, Change::PutStaff(_) | Change::PutDeputy { .. });
        let expects_one = call.etag.is_some() && may_be_new;
        let made = self.room.change_with(call, change.name().to_string(), move |unit| {
            let change = change.clone();
            async move {
                let (name, command) = plan(unit, change).await?;
                if expects_one && get(unit.tx(), &name).await?.is_none() {
                    return Err(Refusal::StaleEtag.into());
                }
                Ok(Plan::Ask(name, command))
            }
            .boxed()
        });
        made.await
    }

    /// A record by its name.
    pub async fn find(&self, name: &Name) -> Result<Option<Record>, Error> {
        get(self.house.known.read(), name).await
    }

    /// A version of the catalogue; 0 is the newest.
    pub async fn find_catalogue(&self, version: i32) -> Result<Option<Record>, Error> {
        if version != 0 {
            return self.find(&Name::Catalogue(version)).await;
        }
        let sql = "SELECT body FROM record WHERE kind = 'CATALOGUE' AND version IS NOT NULL \
                   ORDER BY version DESC LIMIT 1";
        let row = find(self.house.known.read(), sql, []).await.map_err(Trouble::from)?;
        Ok(row.map(|row| body(&row, 0)).transpose().map_err(Trouble::from)?)
    }

    /// The working calendar as it is published here, whether it has been heard yet or not.
    pub async fn calendar(&self) -> Result<Calendar, Error> {
        let on = self.house.known.read();
        let sql = "SELECT body FROM record WHERE kind = 'CALENDAR_YEAR' ORDER BY name";
        let mut calendar = self.house.known.calendar(on).await?;
        for row in list(on, sql, []).await.map_err(Trouble::from)? {
            if let Record::Year(year) = body(&row, 0).map_err(Trouble::from)? {
                calendar = calendar.with_year(year);
            }
        }
        Ok(calendar)
    }

    /// A page of a kind of records, by name, and the name to go on after, if there are more.
    pub async fn list(
        &self,
        kind: &str,
        of: Of,
        page: &Page<String>,
    ) -> Result<(Vec<Record>, Option<String>), Error> {
        let (narrowed, of) = match of {
            Of::All => ("", None),
            Of::Department(department) => (" AND department = $4", Some(department.to_string())),
            Of::Person(person) => (" AND person = $4", Some(person.to_string())),
        };
        let sql = format!(
            "SELECT body FROM record WHERE kind = $1 AND name > $2{narrowed} ORDER BY name LIMIT $3"
        );
        let after = page.after.clone().unwrap_or_default();
        let limit = i64::try_from(page.size).unwrap_or(i64::MAX).saturating_add(1);
        let mut values: Vec<Value> = vec![kind.into(), after.into(), limit.into()];
        values.extend(of.map(Value::from));
        let rows = list(self.house.known.read(), &sql, values).await.map_err(Trouble::from)?;
        let size = usize::try_from(page.size).unwrap_or(usize::MAX);
        let records = rows.iter().take(size).map(|row| body(row, 0)).collect::<Result<Vec<_>, _>>();
        let records: Vec<Record> = records.map_err(Trouble::from)?;
        let more = size < rows.len();
        let next = records.last().filter(|_| more).map(|record| record.name().to_string());
        Ok((records, next))
    }
}

/// Puts the first people of a zone, by the directory itself, if it has nobody yet. Whoever serves
/// the directory calls this once its writer runs.
pub async fn ensure_admins(house: &House, admins: &[directory::Staff]) -> Result<(), Error> {
    let admins = admins.iter().cloned().map(wire::staff_from);
    let admins: Arc<[_]> = admins.collect::<Result<Vec<_>, _>>()?.into();
    let room: Room<Directory> = Room::new(house.journal.clone(), house.known.clone());
    let done = house.journal.commit("first admins", None, move |unit| {
        let (room, admins) = (room.clone(), Arc::clone(&admins));
        async move {
            unit.next_number(CHANGES).await?;
            let sql = "SELECT 1 FROM record WHERE kind = 'STAFF' LIMIT 1";
            if find(unit.tx(), sql, []).await.map_err(Trouble::from)?.is_some() {
                return Ok(());
            }
            let actor = Actor::system(NAME).to_string();
            for staff in admins.iter().cloned() {
                let (name, command) = plan(unit, Change::LetIn(staff)).await?;
                room.hear(unit, &name, command, &actor).await?;
            }
            Ok::<_, Error>(())
        }
        .boxed()
    });
    done.await.map(|_| ())
}

async fn get<C: ConnectionTrait>(on: &C, name: &Name) -> Result<Option<Record>, Error> {
    let sql = "SELECT body FROM record WHERE name = $1";
    let row = find(on, sql, [name.to_string().into()]).await.map_err(Trouble::from)?;
    Ok(row.map(|row| body(&row, 0)).transpose().map_err(Trouble::from)?)
}

fn body(row: &QueryResult, column: usize) -> Result<Record, DbErr> {
    let body: String = row.try_get_by_index(column)?;
    serde_json::from_str(&body).map_err(|error| DbErr::Json(error.to_string()))
}

fn damaged(error: impl std::fmt::Display) -> Error {
    Refusal::damaged(error).into()
}
