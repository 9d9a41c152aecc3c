//! Data of the first release under the newest schema: nothing is lost, and the zone goes on with it.

use std::fs;

use anyhow::{Context as _, Result};
use contract::common::Role;
use contract::directory::{GetCatalogueRequest, ListDepartmentsRequest, ListStaffRequest};
use contract::dispatch::{ListWorkOrdersRequest, WorkOrder, WorkOrderState};
use contract::request::{ListTicketsRequest, Ticket, TicketState};
use journal::statement::{execute, list};
use runtime::config::Secret;
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseBackend, DatabaseConnection,
};
use serde_json::Value;
use testkit::zone::{ASSISTING, admins, plea, set_up};
use testkit::{Size, World};

use crate::zone::{DAY_ONE, Zone};

testkit::on_both_sizes!(what_the_first_release_kept_is_kept_and_goes_on);

/// A second later.
const AFTER: &str = "2026-03-04T09:30:01+08:00";
/// The tables that every service has by its journal.
const OF_THE_JOURNAL: [&str; 15] = [
    "_sqlx_migrations",
    "alarm",
    "checkpoint",
    "cosignature",
    "counter",
    "journal",
    "journal_head",
    "known",
    "lease",
    "parked",
    "personal",
    "progress",
    "remembered",
    "seal",
    "tree_node",
];

/// What a service kept at first.
struct First {
    service: &'static str,
    /// Its schema then.
    schema: &'static str,
    /// Where not everything is of then: the rows that are.
    rows: &'static str,
    /// Takes out of a body what it did not hold then.
    body: fn(&mut Value),
}

const FIRST: [First; 3] = [
    First {
        service: "directory",
        schema: include_str!("../../services/directory/migrations/0001_create_records.sql"),
        rows: " WHERE kind NOT IN ('GRANT', 'DEPUTY')",
        body: |record| {
            for (kind, field) in
                [("STAFF", "methods"), ("DEPARTMENT", "successor"), ("CATALOGUE", "zone_duty")]
            {
                if let Some(Value::Object(fields)) = record.get_mut(kind) {
                    fields.remove(field);
                }
            }
        },
    },
    First {
        service: "request",
        schema: include_str!("../../services/request/migrations/0001_create_ticket.sql"),
        rows: "",
        body: |ticket| {
            keep(ticket, TICKET);
            keep(&mut ticket["round"], "number lead work_order progress answer rating");
        },
    },
    First {
        service: "dispatch",
        schema: include_str!("../../services/dispatch/migrations/0001_create_work_order.sql"),
        rows: "",
        body: |order| keep(order, WORK_ORDER),
    },
];

const TICKET: &str =
    "id submission state round concerned due told_times rings_at submitted_at closed_at changed_at";
const WORK_ORDER: &str = "id number source source_number parent asked_by kind round title text enterprise category \
    work_class suggested_assisting limits rule_version barred state department claimant concerned submitted_at \
    offered_at claimed_at contacted_at completed_at changed_at claim_due contact_due reply contacted_late \
    answered_late armed card returns assistance pauses still outcome answer internal_note rating";

fn keep(thing: &mut Value, fields: &str) {
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let Some(thing) = thing.as_object_mut() else { return };
    thing.retain(|field, _| fields.contains(&field.as_str()));
}

/// A zone whose processes have ended, and where its data are.
struct Ended {
    zone: Zone,
    database: Option<Secret>,
    tickets: Vec<Ticket>,
    orders: Vec<WorkOrder>,
}

async fn a_day_at_the_first_release(size: Size) -> Result<Ended> {
    let mut database = None;
    let services = [directory::SERVICE, request::SERVICE, dispatch::SERVICE];
    let world = World::start_with(size, &services, DAY_ONE, |config| {
        database = config.database_url.clone();
        Ok(())
    });
    let zone = Zone { world: world.await? };
    directory::ensure_admins(zone.world.house("directory"), &admins()).await?;
    zone.world.settle().await?;
    set_up(&zone.by("admin"), &zone.by("admin-2")).await?;
    zone.world.settle().await?;
    zone.by("handler").submit(plea()).await?;
    zone.accepted().await?;
    let (_, helped) = zone.in_progress().await?;
    zone.by("D02-11").ask_assistance(&helped.name, ASSISTING).await?;
    zone.answered().await?;
    let (rated, _) = zone.answered().await?;
    // Later than in haste: the first release did not wait for a verification.
    zone.at("2026-03-04T09:30:00+08:00").await?;
    zone.by("handler").rate(&rated.name, 4).await?;
    zone.world.settle().await?;
    let (tickets, orders) = (tickets(&zone).await?, orders(&zone).await?);
    zone.world.site.stop().await;
    Ok(Ended { zone, database, tickets, orders })
}

async fn tickets(zone: &Zone) -> Result<Vec<Ticket>> {
    let listed = zone.by("auditor").tickets().list_tickets(ListTicketsRequest::default()).await?;
    let mut tickets = listed.into_inner().tickets;
    for ticket in &mut tickets {
        // Its rounds were not shown one by one.
        ticket.rounds.clear();
        ticket.internal_note.clear();
        ticket.etag.clear();
    }
    Ok(tickets)
}

async fn orders(zone: &Zone) -> Result<Vec<WorkOrder>> {
    let wanted = ListWorkOrdersRequest::default();
    let mut orders =
        zone.by("auditor").orders().list_work_orders(wanted).await?.into_inner().work_orders;
    for order in &mut orders {
        // Whose it was first was not shown.
        order.responsible_department.clear();
        order.etag.clear();
    }
    Ok(orders)
}

impl Ended {
    /// The only connection to a service's database.
    async fn connect(&self, service: &str) -> Result<DatabaseConnection> {
        let url = match &self.database {
            Some(url) => url.expose().to_owned(),
            None => {
                let file = self.zone.world.folder().join(format!("{service}.sqlite"));
                format!("sqlite://{}?mode=rw", file.display())
            }
        };
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let on = Database::connect(options).await?;
        let prepared = if is_postgres(&on) {
            format!("SET search_path TO \"{service}\"")
        } else {
            "PRAGMA foreign_keys = OFF".to_owned()
        };
        on.execute_unprepared(&prepared).await?;
        Ok(on)
    }

    /// Takes a service's schema and rows back to what they were at first.
    async fn take_back(&self, first: &First) -> Result<()> {
        let on = self.connect(first.service).await?;
        let newest = tables(&on).await?;
        for table in &newest {
            let cascade = if is_postgres(&on) { " CASCADE" } else { "" };
            on.execute_unprepared(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}"))
                .await?;
            on.execute_unprepared(&format!("DROP TABLE {table}{cascade}")).await?;
        }
        on.execute_unprepared(first.schema).await?;
        let of_then = tables(&on).await?.into_iter().filter(|table| !table.starts_with("kept_"));
        for table in of_then.collect::<Vec<_>>() {
            let columns = columns(&on, &table).await?.join(", ");
            let rows = if table == "record" { first.rows } else { "" };
            let copy =
                format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM kept_{table}{rows}");
            on.execute_unprepared(&copy).await.with_context(|| copy.clone())?;
            if columns.contains("body") {
                strip(&on, &table, first.body).await?;
            }
        }
        for table in &newest {
            on.execute_unprepared(&format!("DROP TABLE kept_{table}")).await?;
        }
        on.execute_unprepared("DELETE FROM _sqlx_migrations WHERE version > 1001").await?;
        on.close().await?;
        Ok(())
    }
}

fn is_postgres(on: &DatabaseConnection) -> bool {
    on.get_database_backend() == DatabaseBackend::Postgres
}

/// The tables of the service itself.
async fn tables(on: &DatabaseConnection) -> Result<Vec<String>> {
    let sql = if is_postgres(on) {
        "SELECT table_name::text FROM information_schema.tables \
         WHERE table_schema = current_schema() ORDER BY 1"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    };
    let names = list(on, sql, []).await?;
    let names = names.iter().map(|row| row.try_get_by_index::<String>(0));
    let names = names.collect::<Result<Vec<_>, _>>()?;
    Ok(names.into_iter().filter(|name| !OF_THE_JOURNAL.contains(&name.as_str())).collect())
}

async fn columns(on: &DatabaseConnection, table: &str) -> Result<Vec<String>> {
    let sql = if is_postgres(on) {
        "SELECT column_name::text FROM information_schema.columns \
         WHERE table_schema = current_schema() AND table_name = $1"
    } else {
        "SELECT name FROM pragma_table_info($1)"
    };
    let names = list(on, sql, [table.into()]).await?;
    Ok(names.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
}

async fn strip(on: &DatabaseConnection, table: &str, of_then: fn(&mut Value)) -> Result<()> {
    for row in list(on, &format!("SELECT name, body FROM {table}"), []).await? {
        let (name, body): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let mut body: Value = serde_json::from_str(&body)?;
        of_then(&mut body);
        let sql = format!("UPDATE {table} SET body = $1 WHERE name = $2");
        execute(on, &sql, [body.to_string().into(), name.into()]).await?;
    }
    Ok(())
}

/// The newest release on what the first one left.
async fn the_next_release(size: Size, ended: &Ended) -> Result<Zone> {
    let services = [directory::SERVICE, request::SERVICE, dispatch::SERVICE];
    let world = World::start_with(size, &services, AFTER, |config| {
        config.database_url.clone_from(&ended.database);
        for file in fs::read_dir(ended.zone.world.folder())? {
            let path = file?.path();
            if path.is_file() {
                let name = path.file_name().context("a file has a name")?;
                fs::copy(&path, config.data_dir.join(name))?;
            }
        }
        Ok(())
    });
    let zone = Zone { world: world.await? };
    zone.world.settle().await?;
    Ok(zone)
}

async fn what_the_first_release_kept_is_kept_and_goes_on(size: Size) -> Result<()> {
    let ended = a_day_at_the_first_release(size).await?;
    assert_eq!((ended.tickets.len(), ended.orders.len()), (5, 5));
    for first in &FIRST {
        ended.take_back(first).await.context(first.service)?;
    }
    let zone = the_next_release(size, &ended).await?;
    assert_eq!(tickets(&zone).await?, ended.tickets, "nothing is lost");
    assert_eq!(orders(&zone).await?, ended.orders, "nothing is lost");
    people_and_catalogue_stand(&zone).await?;

    let in_state = |state: TicketState| {
        let found = ended.tickets.iter().find(move |ticket| ticket.state() == state);
        found.cloned().context(state.as_str_name())
    };
    // What was submitted is accepted; what was offered is claimed and answered.
    let submitted = in_state(TicketState::Submitted)?;
    zone.by("D01-11").accept(&submitted.name).await?;
    let offered = ended
        .orders
        .iter()
        .find(|order| order.state() == WorkOrderState::Offered && order.parent.is_empty());
    zone.worked_by("D02-12", &offered.context("an offer")?.name).await?;
    // Assistance that was asked for is given; then its claimant answers.
    let child = ended.orders.iter().find(|order| !order.parent.is_empty()).context("a child")?;
    zone.worked_by("D03-11", &child.name).await?;
    let helped = zone.by("D02-11").complete(&child.parent).await?;
    assert_eq!(helped.state(), WorkOrderState::Completed);
    // What was answered is rated, what was confirmed is closed.
    zone.by("handler").rate(&in_state(TicketState::Answered)?.name, 5).await?;
    let confirmed = in_state(TicketState::Confirmed)?;
    let closed = zone.by("D01-12").close(&confirmed.name).await?;
    assert_eq!(closed.state(), TicketState::Closed);
    // Numbers go on where they were, and time does what it does.
    let next = zone.by("handler").submit(plea()).await?;
    assert_eq!(next.number, "CS-2026-000006");
    zone.at("2026-03-12T09:00:00+08:00").await?;
    zone.world.end().await?;
    drop(ended);
    Ok(())
}

async fn people_and_catalogue_stand(zone: &Zone) -> Result<()> {
    let mut directory = zone.by("auditor").directory();
    let staff = directory.list_staff(ListStaffRequest::default()).await?.into_inner().staff;
    let auditor = staff.iter().find(|staff| staff.name == "persons/auditor");
    let roles: Vec<Role> = auditor.context("the auditor")?.roles().collect();
    assert_eq!((staff.len(), roles), (15, vec![Role::Auditor]));
    let departments = directory.list_departments(ListDepartmentsRequest::default()).await?;
    assert_eq!(departments.into_inner().departments.len(), 4);
    let catalogue = directory.get_catalogue(GetCatalogueRequest::default()).await?.into_inner();
    assert_eq!(catalogue.catalogue.unwrap_or_default().version, 1);
    Ok(())
}
