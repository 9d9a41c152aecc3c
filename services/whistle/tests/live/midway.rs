//! SIGKILL in the middle of one deed, held there by a lock of the test's own: it is done, and once.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use contract::directory::SucceedDepartmentRequest;
use contract::request::{Ticket, TicketState};
use testkit::eventually;
use testkit::hand::request_id;
use testkit::infra::{Database, Session, Vhost};
use testkit::zone::{ASSISTING, LEAD};

use crate::apart::{Apart, SERVICES, arrives, reaches};
use crate::cases::{prepare, under_review};
use crate::load::{caught_up, told_of, whistle};
use crate::program::START_WITHIN;

/// Many orders: those that a department may have open.
const ORDERS: usize = 40;

/// Between ring and commit: the alarm is taken away and what it brings about decided, but the journal
/// has not given the positions. Then with a twin, which rings as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rating_that_nobody_verifies_counts_once_though_its_alarm_is_killed_ringing() -> Result<()>
{
    let (database, vhost) = (Database::create("ring")?, Vhost::create("ring")?);
    let mut zone = Apart::start(&database.url(), &vhost.url()).await?;
    let mut twin = None;
    let mut look = Session::open(&database.url())?;
    let mut rated = Vec::new();
    for replicas in 1..=2 {
        let ticket = rated_hastily(&zone).await?;
        let alarm = format!("thing = '{}' AND kind = 'VERIFY_RATING'", ticket.name);
        let armed = format!("SELECT count(*) FROM request.alarm WHERE {alarm}");
        let mut held = Session::open(&database.url())?;
        held.run("BEGIN")?;
        held.run("SELECT position FROM request.journal_head FOR UPDATE")?;
        // Three working days are not waited for: the row says that they are over.
        look.run(&format!("UPDATE request.alarm SET due_at = 0 WHERE {alarm}"))?;
        wait_for_locks(&mut look, "request", replicas).await?;
        zone.request.kill()?;
        assert_eq!(look.run(&armed)?, "1", "nothing of it is true");
        drop(held);
        if replicas == 1 {
            twin = Some(zone.home.serve_only("twin", "request")?);
        }
        rated.push(ticket);
        let auditor = zone.by("auditor")?;
        zone.request.start(&zone.home)?;
        once_each(&zone, "request", "TicketRatingVerified", &rated).await?;
        assert_eq!(look.run(&armed)?, "0");
        let verification = auditor.ticket(&rated[replicas - 1].name).await?;
        let verification = verification.rating.and_then(|rating| rating.verification);
        assert!(verification.context("it counts")?.counts);
    }
    caught_up(&zone.by("admin")?, &SERVICES).await?;
    once_each(&zone, "request", "TicketRatingVerified", &rated).await?;
    let counted = told_of(&zone.by("auditor")?, "dispatch", "WorkOrderRatingVerified").await?;
    let orders: Vec<&str> = rated.iter().map(|ticket| ticket.work_order.as_str()).collect();
    assert_eq!(counted, orders, "the league counts each once");
    drop(twin);
    Ok(())
}

/// In the middle of a succession: every order and ticket but the last has moved, and none of it is
/// true yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_succession_killed_in_the_middle_moves_every_order_and_ticket_once() -> Result<()> {
    let (database, vhost) = (Database::create("succeed")?, Vhost::create("succeed")?);
    let mut zone = Apart::start(&database.url(), &vhost.url()).await?;
    let (handler, dispatcher) = (zone.by("handler")?, zone.by("D01-11")?);
    let mut tickets = Vec::new();
    for _ in 0..ORDERS {
        tickets.push(whistle(&handler, &dispatcher).await?);
    }
    let admin = zone.by("admin")?;
    caught_up(&admin, &SERVICES).await?;
    let mut look = Session::open(&database.url())?;
    let mut held = Session::open(&database.url())?;
    held.run("BEGIN")?;
    for table in ["request.ticket", "dispatch.work_order"] {
        let last = format!("name = (SELECT max(name) FROM {table})");
        held.run(&format!("SELECT name FROM {table} WHERE {last} FOR UPDATE"))?;
    }
    let wanted = SucceedDepartmentRequest {
        department: LEAD.to_owned(),
        successor: ASSISTING.to_owned(),
        basis: "示编〔2026〕7号".to_owned(),
        request_id: request_id(),
        ..<_>::default()
    };
    admin.directory().succeed_department(wanted).await?;
    for (service, table) in [("request", "request.ticket"), ("dispatch", "dispatch.work_order")] {
        wait_for_locks(&mut look, service, 1).await?;
        let free = format!("SELECT 1 FROM {table} FOR UPDATE SKIP LOCKED");
        assert_eq!(look.run(&free)?, "", "all but the last are dealt with");
    }
    zone.request.kill()?;
    zone.dispatch.kill()?;
    for (service, kind) in [("request", "DepartmentSucceeded"), ("dispatch", "WorkOrderMoved")] {
        let told = format!("SELECT count(*) FROM {service}.journal WHERE kind LIKE '%{kind}'");
        assert_eq!(look.run(&told)?, "0", "nothing by halves");
    }
    drop(held);
    zone.request.start(&zone.home)?;
    zone.dispatch.start(&zone.home)?;
    once_each(&zone, "request", "TicketDepartmentSucceeded", &tickets).await?;
    once_each(&zone, "dispatch", "WorkOrderMoved", &tickets).await?;
    caught_up(&admin, &SERVICES).await?;
    once_each(&zone, "request", "TicketDepartmentSucceeded", &tickets).await?;
    once_each(&zone, "dispatch", "WorkOrderMoved", &tickets).await?;
    let auditor = zone.by("auditor")?;
    for ticket in &tickets {
        assert_eq!(auditor.order(&ticket.work_order).await?.department, ASSISTING);
        assert_eq!(auditor.ticket(&ticket.name).await?.lead, ASSISTING);
    }
    Ok(())
}

/// Two replicas of agency ring one alarm; in the end one of them is killed at it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_department_that_is_late_is_told_of_once_by_two_replicas() -> Result<()> {
    let (database, vhost) = (Database::create("late")?, Vhost::create("late")?);
    let mut zone = Apart::start(&database.url(), &vhost.url()).await?;
    prepare(&zone).await?;
    let twin = zone.home.serve_only("twin", "agency")?;
    twin.ready().await?;
    let mut look = Session::open(&database.url())?;
    let mut late = BTreeSet::new();
    for dies in [false, true] {
        let case = under_review(&zone).await?.name;
        let mut held = Session::open(&database.url())?;
        held.run("BEGIN")?;
        held.run("SELECT position FROM agency.journal_head FOR UPDATE")?;
        // Five working days are not waited for: the row says that they are over.
        let alarm = format!("thing = '{case}' AND kind = 'items/a'");
        look.run(&format!("UPDATE agency.alarm SET due_at = 0 WHERE {alarm}"))?;
        wait_for_locks(&mut look, "agency", 2).await?;
        late.insert(case);
        if dies {
            zone.agency.kill()?;
        }
        drop(held);
        if dies {
            zone.agency.start(&zone.home)?;
            zone.agency.ready().await?;
        }
        told_once(&zone, "agency", "CaseLimitMissed", &late).await?;
        let rings = format!("SELECT due_at > 0 FROM agency.alarm WHERE {alarm}");
        assert_eq!(look.run(&rings)?, "t", "it rings again, and later");
    }
    caught_up(&zone.by("admin")?, &SERVICES).await?;
    told_once(&zone, "agency", "CaseLimitMissed", &late).await
}

/// A ticket answered, and rated at once, so that the rating awaits its verification.
async fn rated_hastily(zone: &Apart) -> Result<Ticket> {
    let (handler, staff) = (zone.by("handler")?, zone.by("D02-11")?);
    let ticket = whistle(&handler, &zone.by("D01-11")?).await?;
    arrives(&staff, &ticket.work_order).await?;
    staff.claim(&ticket.work_order).await?;
    staff.contact(&ticket.work_order).await?;
    staff.complete(&ticket.work_order).await?;
    reaches(&handler, &ticket.name, TicketState::Answered).await?;
    let rated = handler.rate(&ticket.name, 5).await?;
    assert!(rated.rating.as_ref().is_some_and(|rating| rating.awaits_verification));
    caught_up(&zone.by("admin")?, &SERVICES).await?;
    Ok(ticket)
}

/// Waits until so many units of a service stand before a lock.
async fn wait_for_locks(look: &mut Session, service: &str, count: usize) -> Result<()> {
    let waiting = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
         AND application_name = 'whistle-{service}' AND wait_event_type = 'Lock'"
    );
    eventually("units wait for a lock", START_WITHIN, || {
        let waiting = look.run(&waiting);
        async move {
            let waiting: usize = waiting?.parse()?;
            ensure!(count <= waiting, "{waiting} of {count}");
            Ok::<_, anyhow::Error>(())
        }
    })
    .await
}

/// Waits until a kind of fact was told of each of these tickets or of its order, as [`told_once`].
async fn once_each(zone: &Apart, journal: &str, kind: &str, of: &[Ticket]) -> Result<()> {
    let subject = |ticket: &Ticket| {
        if journal == "dispatch" { ticket.work_order.clone() } else { ticket.name.clone() }
    };
    told_once(zone, journal, kind, &of.iter().map(subject).collect()).await
}

/// Waits until a kind of fact was told of each of these; fails if it was told of one twice, or of any
/// other.
async fn told_once(
    zone: &Apart,
    journal: &str,
    kind: &str,
    expected: &BTreeSet<String>,
) -> Result<()> {
    let auditor = zone.by("auditor")?;
    let told = eventually("it is told of each", START_WITHIN, async || {
        let told = told_of(&auditor, journal, kind).await?;
        ensure!(expected.len() <= told.len(), "{} of {}", told.len(), expected.len());
        Ok(told)
    });
    let told = told.await?;
    ensure!(told.len() == expected.len(), "{kind} was told {} times", told.len());
    ensure!(told.into_iter().collect::<BTreeSet<_>>() == *expected, "{kind} was told of others");
    Ok(())
}
