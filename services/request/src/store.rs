//! The rows of request: tickets, sealed contacts, and who looks after which enterprise. The devices are
//! in `device`.

mod device;

use std::borrow::Cow;
use std::collections::BTreeSet;

use async_trait::async_trait;
use base::{DepartmentId, EnterpriseId, PersonId, TicketId};
use calendar::Moment;
use jiff::Timestamp;
use journal::statement::{Conditions, execute, find, for_update, list};
use journal::{Step, Telling, Trouble};
use runtime::objects::Names;
use runtime::{Known, Lifecycle};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, QueryResult, Value};

use crate::contact::{CALL, CONTACT, Kept};
use crate::error::Error;
use crate::events;
use crate::lifecycle::{self, Command, Fact, Origin, State, Ticket, Viewer};

pub use self::device::{find_device, note_device};

/// The steps of the schema, forward only.
pub fn steps() -> Vec<Step> {
    vec![
        Step {
            version: 1001,
            name: "create ticket",
            sql: include_str!("../migrations/0001_create_ticket.sql"),
        },
        Step {
            version: 1002,
            name: "widen ticket",
            sql: include_str!("../migrations/0002_widen_ticket.sql"),
        },
        Step {
            version: 1003,
            name: "list ratings that await verification",
            sql: include_str!("../migrations/0003_list_ratings_that_await_verification.sql"),
        },
        Step {
            version: 1004,
            name: "create evidence",
            sql: include_str!("../migrations/0004_create_evidence.sql"),
        },
        Step {
            version: 1005,
            name: "create device",
            sql: include_str!("../migrations/0005_create_device.sql"),
        },
    ]
}

/// The tickets, for the room: their rules, what they tell, their rows.
#[derive(Debug)]
pub struct Tickets;

#[async_trait]
impl Lifecycle for Tickets {
    type Id = TicketId;
    type Thing = Ticket;
    type Command = Command;
    type Fact = Fact;
    type Error = Error;

    fn decide(
        before: Option<&Ticket>,
        command: &Command,
        moment: Moment<'_>,
    ) -> Result<Vec<Fact>, Error> {
        lifecycle::decide(before, command, moment)
    }

    fn apply(before: Option<Ticket>, fact: &Fact) -> Option<Ticket> {
        lifecycle::apply(before, fact)
    }

    fn alarms(thing: &Ticket) -> Vec<(Cow<'static, str>, Timestamp)> {
        lifecycle::alarms(thing).into_iter().map(|(kind, at)| (kind.into(), at)).collect()
    }

    fn follows(thing: &Ticket, fact: &Fact) -> Vec<(TicketId, Command)> {
        lifecycle::follows(thing, fact)
    }

    fn tell(thing: &Ticket, fact: &Fact) -> Vec<Telling> {
        events::tell(thing, fact)
    }

    async fn find_locked(tx: &DatabaseTransaction, id: &TicketId) -> Result<Option<Ticket>, DbErr> {
        let sql = format!("SELECT body FROM ticket WHERE name = $1{}", for_update(tx));
        find(tx, &sql, [id.to_string().into()]).await?.map(|row| ticket_of(&row)).transpose()
    }

    async fn put(tx: &DatabaseTransaction, thing: &Ticket, is_new: bool) -> Result<(), DbErr> {
        put_evidence(tx, thing).await?;
        let progress = thing.round.progress.as_ref();
        let department = progress.and_then(|work| work.department.as_ref());
        let body = serde_json::to_string(thing).map_err(|error| DbErr::Json(error.to_string()))?;
        let verifies = thing.verifications_awaited().next().is_some();
        let waits = thing.due.is_some() || verifies;
        let changing: [Value; 8] = [
            thing.id.to_string().into(),
            thing.state.to_string().into(),
            thing.round.lead.as_ref().map(ToString::to_string).into(),
            department.map(ToString::to_string).into(),
            thing.complained.as_ref().map(ToString::to_string).into(),
            i64::from(waits).into(),
            i64::from(verifies).into(),
            body.into(),
        ];
        if !is_new {
            let sql = "UPDATE ticket SET state = $2, lead = $3, department = $4, complained = $5, \
                       waits = $6, verifies = $7, body = $8 WHERE name = $1";
            return execute(tx, sql, changing).await.map(|_| ());
        }
        let submission = &thing.submission;
        let (system, number) = match &submission.origin {
            Some(origin) => (Some(origin.system.clone()), Some(origin.number.clone())),
            None => (None, None),
        };
        let unchanging: [Value; 6] = [
            submission.number.clone().into(),
            system.into(),
            number.into(),
            submission.enterprise.to_string().into(),
            submission.submitted_by.to_string().into(),
            thing.submitted_at.as_microsecond().into(),
        ];
        let sql = "INSERT INTO ticket (name, state, lead, department, complained, waits, verifies, \
                   body, number, origin_system, origin_number, enterprise, submitted_by, \
                   submitted_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
        execute(tx, sql, changing.into_iter().chain(unchanging)).await.map(|_| ())
    }
}

/// Notes which file a ticket has come to name last: they come one by one, and those before are noted.
async fn put_evidence(tx: &DatabaseTransaction, ticket: &Ticket) -> Result<(), DbErr> {
    if let Some(evidence) = ticket.round.evidence.last() {
        let sql = "INSERT INTO evidence (sha256, ticket) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        let values = [evidence.file.sha256.clone().into(), ticket.id.to_string().into()];
        execute(tx, sql, values).await?;
    }
    Ok(())
}

/// Which of the files that are kept for request its tickets name.
pub struct NamedFiles(pub Known);

#[async_trait]
impl Names for NamedFiles {
    async fn is_named(&self, sha256: &str) -> Result<bool, Trouble> {
        let noted = "SELECT 1 FROM evidence WHERE sha256 = $1 LIMIT 1";
        Ok(find(self.0.read(), noted, [sha256.into()]).await?.is_some())
    }
}

/// A ticket, by its name.
pub async fn find_ticket<C: ConnectionTrait>(
    on: &C,
    id: &TicketId,
) -> Result<Option<Ticket>, DbErr> {
    let sql = "SELECT body FROM ticket WHERE name = $1";
    find(on, sql, [id.to_string().into()]).await?.map(|row| ticket_of(&row)).transpose()
}

/// A ticket, by what people say on the phone.
pub async fn find_by_number<C: ConnectionTrait>(
    on: &C,
    number: &str,
) -> Result<Option<Ticket>, DbErr> {
    let sql = "SELECT body FROM ticket WHERE number = $1";
    find(on, sql, [number.into()]).await?.map(|row| ticket_of(&row)).transpose()
}

/// A ticket, by where it was first recorded.
pub async fn find_by_origin<C: ConnectionTrait>(
    on: &C,
    origin: &Origin,
) -> Result<Option<Ticket>, DbErr> {
    let sql = "SELECT body FROM ticket WHERE origin_system = $1 AND origin_number = $2";
    let values = [origin.system.clone().into(), origin.number.clone().into()];
    find(on, sql, values).await?.map(|row| ticket_of(&row)).transpose()
}

/// The names of all tickets that wait with a due instant of their own.
pub async fn list_waiting<C: ConnectionTrait>(on: &C) -> Result<Vec<String>, DbErr> {
    let sql = "SELECT name FROM ticket WHERE waits = 1 ORDER BY name";
    list(on, sql, []).await?.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// The tickets in which a department has a part that would go to its successor: those open that it
/// leads or has, and all that complain of it.
pub async fn list_of_department<C: ConnectionTrait>(
    on: &C,
    department: &DepartmentId,
) -> Result<Vec<TicketId>, DbErr> {
    let sql = "SELECT name FROM ticket WHERE complained = $1 OR ((lead = $1 OR department = $1) \
               AND state IN ('SUBMITTED', 'ACCEPTED', 'ON_PLAN', 'ANSWERED', 'CONFIRMED', \
               'DISSATISFIED')) ORDER BY name";
    let rows = list(on, sql, [department.to_string().into()]).await?;
    let id = |row: &QueryResult| {
        let name: String = row.try_get_by_index(0)?;
        TicketId::parse(&name).map_err(|error| DbErr::Type(error.to_string()))
    };
    rows.iter().map(id).collect()
}

/// Which tickets are listed.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// In this state.
    pub state: Option<State>,
    /// Of this enterprise.
    pub enterprise: Option<EnterpriseId>,
    /// Only those of which a rating waits for verification.
    pub awaits_verification: bool,
}

/// Where a page of tickets begins: after an instant of submission and a name.
pub type Cursor = (i64, String);

/// A ticket and its sealed contact.
pub type Listed = (Ticket, Option<Vec<u8>>);

/// The tickets that somebody may know of, newest first, after a cursor.
pub async fn list_tickets<C: ConnectionTrait>(
    on: &C,
    viewer: &Viewer,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: u64,
) -> Result<Vec<Listed>, DbErr> {
    let mut wanted = Conditions::default();
    if !viewer.sees_all() {
        let own = own_tickets(viewer, &mut wanted);
        if own.is_empty() {
            return Ok(Vec::new());
        }
        wanted.all.push(format!("({})", own.join(" OR ")));
    }
    if let Some(state) = filter.state {
        let state = wanted.bind(state.to_string());
        wanted.all.push(format!("t.state = {state}"));
    }
    if let Some(enterprise) = &filter.enterprise {
        let enterprise = wanted.bind(enterprise.to_string());
        wanted.all.push(format!("t.enterprise = {enterprise}"));
    }
    if filter.awaits_verification {
        wanted.all.push("t.verifies = 1".to_owned());
    }
    if let Some((submitted_at, name)) = after {
        let (submitted_at, name) = (wanted.bind(*submitted_at), wanted.bind(name.clone()));
        wanted.all.push(format!("(t.submitted_at, t.name) < ({submitted_at}, {name})"));
    }
    let limit = wanted.bind(i64::try_from(limit).unwrap_or(i64::MAX));
    let conditions = wanted.text();
    let sql = format!(
        "SELECT t.body, p.sealed FROM ticket t \
         LEFT JOIN personal p ON p.thing = t.name AND p.field = '{CONTACT}' \
         WHERE {conditions} ORDER BY t.submitted_at DESC, t.name DESC LIMIT {limit}"
    );
    let rows = list(on, &sql, wanted.values.0).await?;
    rows.iter().map(|row| Ok((ticket_of(row)?, row.try_get_by_index(1)?))).collect()
}

/// What makes a ticket one that somebody may know of who does not see all: the same as
/// [`Viewer::sees`], as SQL.
fn own_tickets(viewer: &Viewer, wanted: &mut Conditions) -> Vec<String> {
    let mut own = Vec::new();
    if let Some(enterprise) =
        viewer.person.enterprise.as_ref().filter(|id| viewer.is_enterprise(id))
    {
        let enterprise = wanted.bind(enterprise.to_string());
        own.push(format!("t.enterprise = {enterprise}"));
    }
    let looked_after = viewer.looks_after.iter().filter(|id| viewer.is_envoy_of(id));
    let looked_after: Vec<String> = looked_after.map(|id| wanted.bind(id.to_string())).collect();
    if !looked_after.is_empty() {
        own.push(format!("t.enterprise IN ({})", looked_after.join(", ")));
    }
    if viewer.submits_for_others() {
        let submitter = wanted.bind(viewer.actor.to_string());
        own.push(format!("t.submitted_by = {submitter}"));
    }
    if let Some(department) = viewer.person.department.as_ref()
        && viewer.works_for_department()
    {
        let department = wanted.bind(department.to_string());
        own.push(format!(
            "(t.lead = {department} OR t.department = {department}) \
             AND (t.complained IS NULL OR t.complained <> {department})"
        ));
    }
    own
}

/// Keeps a sealed value of a ticket under a field.
pub async fn put_personal<C: ConnectionTrait>(
    on: &C,
    id: &TicketId,
    (field, sealed): Kept,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO personal (thing, field, sealed) VALUES ($1, $2, $3)";
    let values = [id.to_string().into(), field.into(), sealed.into()];
    execute(on, sql, values).await.map(|_| ())
}

/// The sealed values of a ticket.
pub async fn list_personal<C: ConnectionTrait>(on: &C, id: &TicketId) -> Result<Vec<Kept>, DbErr> {
    let sql = "SELECT field, sealed FROM personal WHERE thing = $1 ORDER BY field";
    let rows = list(on, sql, [id.to_string().into()]).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

/// Erases the contact of a ticket and the numbers called: values and salts are gone.
pub async fn erase_personal<C: ConnectionTrait>(on: &C, id: &TicketId) -> Result<(), DbErr> {
    let sql = "DELETE FROM personal WHERE thing = $1 AND (field = $2 OR field LIKE $3)";
    let values = [id.to_string().into(), CONTACT.into(), format!("{CALL}%").into()];
    execute(on, sql, values).await.map(|_| ())
}

/// Notes who looks after an enterprise; nobody if `person` is empty.
pub async fn put_envoy<C: ConnectionTrait>(
    on: &C,
    enterprise: &str,
    person: &str,
) -> Result<(), DbErr> {
    if person.is_empty() {
        let sql = "DELETE FROM envoy WHERE enterprise = $1";
        return execute(on, sql, [enterprise.into()]).await.map(|_| ());
    }
    let sql = "INSERT INTO envoy (enterprise, person) VALUES ($1, $2) \
               ON CONFLICT (enterprise) DO UPDATE SET person = excluded.person";
    execute(on, sql, [enterprise.into(), person.into()]).await.map(|_| ())
}

/// The enterprises that a person looks after.
pub async fn list_looked_after<C: ConnectionTrait>(
    on: &C,
    person: &PersonId,
) -> Result<BTreeSet<EnterpriseId>, DbErr> {
    let sql = "SELECT enterprise FROM envoy WHERE person = $1";
    let rows = list(on, sql, [person.to_string().into()]).await?;
    let enterprise = |row: &QueryResult| {
        let name: String = row.try_get_by_index(0)?;
        EnterpriseId::parse(&name).map_err(|error| DbErr::Type(error.to_string()))
    };
    rows.iter().map(enterprise).collect()
}

fn ticket_of(row: &QueryResult) -> Result<Ticket, DbErr> {
    let body: String = row.try_get_by_index(0)?;
    serde_json::from_str(&body).map_err(|error| DbErr::Json(error.to_string()))
}
