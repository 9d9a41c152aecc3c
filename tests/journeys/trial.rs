//! Decisions that are only checked (`validate_only`): the answer is what it would be, and nothing is so.

use std::fmt::Debug;

use anyhow::Result;
use contract::common::Date;
use contract::directory::calendar_year::Notice;
use contract::directory::{
    CalendarYear, ConfirmGrantRequest, Grant, ProposeGrantRequest, PublishCalendarYearRequest,
    PublishCatalogueRequest, SucceedDepartmentRequest,
};
use contract::dispatch::{
    DecideExtensionRequest, DecidePauseRequest, DecideReturnRequest, Decision,
    DesignateLeadRequest, WorkOrder,
};
use contract::request::{
    DecideAppealRequest, DecideAppealResponse, RejectReason, RejectTicketRequest,
};
use journal::statement::list;
use testkit::Size;
use testkit::hand::{refusal, request_id};
use testkit::zone::{ASSISTING, LEAD, catalogue};
use tonic::Response;

use crate::zone::{DAY_ONE, Zone, instant};

testkit::on_both_sizes!(
    a_decision_of_dispatch_that_is_only_checked_leaves_no_trace,
    a_decision_of_request_that_is_only_checked_leaves_no_trace,
    a_decision_of_the_directory_that_is_only_checked_leaves_no_trace,
    what_is_only_checked_is_refused_as_it_would_be,
);

/// What is sealed behind the journal, in its own time.
const SEALING: [&str; 4] = ["tree_node", "checkpoint", "seal", "lease"];

/// Everything that a service keeps: how many rows in each table, and each alarm.
async fn kept(zone: &Zone, service: &str) -> Result<Vec<(String, i64)>> {
    zone.world.settle().await?;
    let read = zone.world.house(service).journal.database().read();
    let names = match zone.world.vhost() {
        None => "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
        Some(_) => {
            "SELECT table_name::text FROM information_schema.tables \
             WHERE table_schema = current_schema() ORDER BY 1"
        }
    };
    let mut kept = Vec::new();
    for row in list(read, names, []).await? {
        let table: String = row.try_get_by_index(0)?;
        if SEALING.contains(&table.as_str()) {
            continue;
        }
        let count = list(read, &format!("SELECT COUNT(*) FROM \"{table}\""), []).await?;
        kept.push((table, count[0].try_get_by_index(0)?));
    }
    let alarms = list(read, "SELECT thing, kind, due_at FROM alarm ORDER BY thing, kind", []);
    for row in alarms.await? {
        let (thing, kind): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        kept.push((format!("{thing} {kind}"), row.try_get_by_index(2)?));
    }
    Ok(kept)
}

fn said<M>(answer: &Response<M>, key: &str) -> Option<String> {
    answer.metadata().get(key).map(|value| value.to_str().unwrap().to_owned())
}

/// A trial says that it is one, and no position.
fn is_trial<M>(answer: &Response<M>) -> bool {
    said(answer, "whistle-validated-only").as_deref() == Some("true")
        && said(answer, "whistle-position").is_none()
}

/// Tries a decision, finds no trace of it, then takes it under the same request id: it comes to
/// what the trial said, but for `drawn`: ids that are drawn each time.
macro_rules! tried {
    ($zone:expr, $service:literal, $hand:expr, $method:ident, $wanted:expr) => {
        tried!($zone, $service, $hand, $method, $wanted, |_| {})
    };
    ($zone:expr, $service:literal, $hand:expr, $method:ident, $wanted:expr, $drawn:expr) => {{
        let wanted = $wanted;
        let mut trial = wanted.clone();
        trial.validate_only = true;
        let before = kept(&$zone, $service).await?;
        let would = $hand.$method(trial.clone()).await?;
        assert!(is_trial(&would), "{:?}", would.metadata());
        assert_eq!(said(&would, "whistle-replayed"), None, "nothing was remembered");
        assert_eq!(kept(&$zone, $service).await?, before, stringify!($method));

        let is = $hand.$method(wanted).await?;
        assert!(said(&is, "whistle-position").is_some() && !is_trial(&is));
        assert_eq!(said(&is, "whistle-replayed"), None, "the trial was not remembered");
        let (mut would, is) = (would.into_inner(), is.into_inner());
        let mut like = is.clone();
        [&mut would, &mut like].into_iter().for_each($drawn);
        assert_eq!(would, like, stringify!($method));
        assert_ne!(kept(&$zone, $service).await?, before, stringify!($method));

        let again = $hand.$method(trial).await?;
        assert!(is_trial(&again), "{:?}", again.metadata());
        assert_eq!(said(&again, "whistle-replayed").as_deref(), Some("true"));
        assert_eq!(again.into_inner(), is, "as it would be: the first answer");
        is
    }};
}

fn deciding_return(order: &WorkOrder, department: &str) -> DecideReturnRequest {
    DecideReturnRequest {
        work_order: order.name.clone(),
        decision: Decision::Granted.into(),
        department: department.to_owned(),
        reason: "退单成立".to_owned(),
        etag: order.etag.clone(),
        request_id: request_id(),
        ..<_>::default()
    }
}

async fn a_decision_of_dispatch_that_is_only_checked_leaves_no_trace(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let (dispatcher, leader) = (zone.by("D01-11"), zone.by("leader"));
    let (_, order) = zone.in_progress().await?;
    let until = instant("2026-03-06T09:00:00+08:00");
    let paused = zone.by("D02-11").ask_pause(&order.name, until).await?;
    let pause = DecidePauseRequest {
        work_order: order.name.clone(),
        decision: Decision::Refused.into(),
        reason: "理由不足".to_owned(),
        etag: paused.etag,
        request_id: request_id(),
        ..<_>::default()
    };
    tried!(zone, "dispatch", dispatcher.orders(), decide_pause, pause);
    let until = instant("2026-03-13T17:30:00+08:00");
    let asked = zone.by("D02-11").ask_extension(&order.name, until).await?;
    let extension = DecideExtensionRequest {
        work_order: order.name,
        decision: Decision::Granted.into(),
        reason: "情况属实".to_owned(),
        etag: asked.etag,
        request_id: request_id(),
        ..<_>::default()
    };
    let answer = tried!(zone, "dispatch", dispatcher.orders(), decide_extension, extension);
    assert_ne!(answer.work_order.unwrap().reply_due, asked.reply_due);

    let ticket = zone.accepted().await?;
    let returned = zone.by("D02-11").return_order(&ticket.work_order).await?;
    let unclear = deciding_return(&returned, "");
    let answer = tried!(zone, "dispatch", dispatcher.orders(), decide_return, unclear);
    let designation = DesignateLeadRequest {
        work_order: returned.name,
        department: ASSISTING.to_owned(),
        minutes: "联席会纪要〔2026〕3号".to_owned(),
        etag: answer.work_order.unwrap().etag,
        request_id: request_id(),
        ..<_>::default()
    };
    tried!(zone, "dispatch", leader.orders(), designate_lead, designation);
    zone.world.end().await
}

async fn a_decision_of_request_that_is_only_checked_leaves_no_trace(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let ticket = zone.by("handler").submit(testkit::zone::plea()).await?;
    let rejection = RejectTicketRequest {
        ticket: ticket.name.clone(),
        reason: RejectReason::OutsideZone.into(),
        channel: "市12345热线".to_owned(),
        etag: ticket.etag,
        request_id: request_id(),
        ..<_>::default()
    };
    tried!(zone, "request", zone.by("D01-11").tickets(), reject_ticket, rejection);
    let appealed = zone.by("handler").appeal(&ticket.name).await?;
    let appeal = DecideAppealRequest {
        ticket: ticket.name,
        upheld: true,
        reason: "经核实在辖区内".to_owned(),
        etag: appealed.etag,
        request_id: request_id(),
        ..<_>::default()
    };
    let told = zone.world.told("dispatch").await?.len();
    let order = |answer: &mut DecideAppealResponse| {
        let ticket = answer.ticket.as_mut().unwrap();
        ticket.etag.clear();
        ticket.work_order.clear();
        ticket.rounds[0].work_order.clear();
    };
    tried!(zone, "request", zone.by("D01-12").tickets(), decide_appeal, appeal, order);
    assert_eq!(zone.world.told("dispatch").await?.len(), told + 1, "one order is offered");
    zone.world.end().await
}

async fn a_decision_of_the_directory_that_is_only_checked_leaves_no_trace(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let (admin, second) = (zone.by("admin"), zone.by("admin-2"));
    let grant = Grant {
        grantee: "persons/D04-11".to_owned(),
        roles: vec![contract::common::Role::Supervisor.into()],
        reason: "任命".to_owned(),
        ..<_>::default()
    };
    let wanted = ProposeGrantRequest { grant: Some(grant), request_id: request_id() };
    let proposed = admin.directory().propose_grant(wanted).await?.into_inner().grant.unwrap();
    let confirming = ConfirmGrantRequest {
        grant: proposed.name,
        etag: proposed.etag,
        request_id: request_id(),
        ..<_>::default()
    };
    tried!(zone, "directory", second.directory(), confirm_grant, confirming);

    let wanted = PublishCatalogueRequest {
        catalogue: Some(catalogue()),
        request_id: request_id(),
        ..<_>::default()
    };
    let answer = tried!(zone, "directory", admin.directory(), publish_catalogue, wanted);
    assert_eq!(answer.catalogue.unwrap().version, 2, "the trial took no version away");

    let notice = Notice {
        number: "国办发明电〔2026〕9号".to_owned(),
        title: "2027年部分节假日安排".to_owned(),
        issued_date: Some(Date { year: 2026, month: 12, day: 30 }),
        url: String::new(),
    };
    let year = CalendarYear { year: 2027, notices: vec![notice], ..<_>::default() };
    let wanted =
        PublishCalendarYearRequest { year: Some(year), request_id: request_id(), ..<_>::default() };
    tried!(zone, "directory", admin.directory(), publish_calendar_year, wanted);

    let succession = SucceedDepartmentRequest {
        department: "departments/D04".to_owned(),
        successor: LEAD.to_owned(),
        basis: "示编〔2026〕7号".to_owned(),
        request_id: request_id(),
        ..<_>::default()
    };
    tried!(zone, "directory", admin.directory(), succeed_department, succession);
    zone.world.end().await
}

/// The refusal of a trial and of the same for real.
fn alike<M: Debug>(trial: Result<M, tonic::Status>, real: Result<M, tonic::Status>) -> String {
    let refused = [trial, real].map(|answer| refusal(&answer.expect_err("it is refused")));
    assert_eq!(refused[0], refused[1]);
    refused[0].1.clone()
}

/// Shows: dispatch refuses STATE_FORBIDS; common refuses STALE_ETAG; common refuses ROLE_FORBIDS
async fn what_is_only_checked_is_refused_as_it_would_be(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let (_, order) = zone.in_progress().await?;
    let wanted = deciding_return(&order, ASSISTING);
    let decide = async |by: &str, wanted: &DecideReturnRequest| {
        let (mut orders, wanted) = (zone.by(by).orders(), wanted.clone());
        let trial = DecideReturnRequest { validate_only: true, ..wanted.clone() };
        alike(orders.decide_return(trial).await, orders.decide_return(wanted).await)
    };
    assert_eq!(decide("D01-11", &wanted).await, "dispatch.whistle STATE_FORBIDS");
    assert_eq!(decide("D02-11", &wanted).await, "whistle ROLE_FORBIDS");

    let ticket = zone.accepted().await?;
    let returned = zone.by("D02-11").return_order(&ticket.work_order).await?;
    let unread = DecideReturnRequest { etag: "x".to_owned(), ..deciding_return(&returned, "") };
    assert_eq!(decide("D01-11", &unread).await, "whistle STALE_ETAG");
    let real = deciding_return(&returned, "");
    zone.by("D01-11").orders().decide_return(real.clone()).await?;
    let other = DecideReturnRequest { reason: "另有理由".to_owned(), ..real };
    assert_eq!(decide("D01-11", &other).await, "whistle REQUEST_ID_REUSED");
    zone.world.end().await
}
