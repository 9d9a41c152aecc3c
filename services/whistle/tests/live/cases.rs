//! A case in a zone of processes, up to the review of its one item.

use anyhow::{Context as _, Result, ensure};
use contract::agency::{
    AcceptItemRequest, Act, Case, GetCaseRequest, Grant, IssueItemRequest, Item, Matter,
    MatterKind, Need, OpenCaseRequest, Procedure, Profile, PublishProcedureRequest,
    SignMandateRequest, StartCaseRequest, SubmitItemRequest,
};
use contract::common::{ClockKind, Role, WorkTime};
use contract::directory::Staff;
use jiff::SignedDuration;
use journal::{Clock as _, SystemClock};
use testkit::hand::request_id;
use testkit::zone::{LEAD, OURS, hire};
use testkit::{Hand, eventually};

use crate::apart::{Apart, SERVICES, TRAVELS};
use crate::load::caught_up;

const MATTER: &str = "items/a";
const PROCEDURE: &str = "procedures/P01";

/// An agent is hired and a procedure published whose one matter the leading department decides.
pub(crate) async fn prepare(zone: &Apart) -> Result<()> {
    prepare_needing(&zone.by("admin")?, &zone.by("admin-2")?, Vec::new()).await
}

/// The same, and the matter needs these materials.
pub(crate) async fn prepare_needing(admin: &Hand, second: &Hand, needs: Vec<Need>) -> Result<()> {
    let agent = Staff {
        name: "persons/agent".to_owned(),
        title: "帮代办员".to_owned(),
        roles: vec![Role::Agent.into()],
        active: true,
        ..<_>::default()
    };
    hire(admin, second, agent).await?;
    caught_up(admin, &SERVICES).await?;
    let days = |amount| Some(WorkTime { amount, clock_kind: ClockKind::WorkingDays.into() });
    let matter = Matter {
        item: MATTER.to_owned(),
        title: "施工许可".to_owned(),
        category: "categories/C90".to_owned(),
        department: LEAD.to_owned(),
        kind: MatterKind::Review.into(),
        statutory: days(20),
        promised: days(5),
        certificate: "施工许可证".to_owned(),
        acts: vec![Act::Submit.into()],
        needs,
        ..<_>::default()
    };
    let procedure = Procedure {
        name: PROCEDURE.to_owned(),
        title: "施工许可".to_owned(),
        profile: Profile::Standard.into(),
        promised: days(10),
        matters: vec![matter],
        ..<_>::default()
    };
    let (procedure, request_id) = (Some(procedure), request_id());
    admin.cases().publish_procedure(PublishProcedureRequest { procedure, request_id }).await?;
    Ok(())
}

/// The name of a case that the agent has opened.
pub(crate) async fn opened(agent: &Hand) -> Result<String> {
    let open = OpenCaseRequest {
        enterprise: OURS.to_owned(),
        procedure: PROCEDURE.to_owned(),
        title: "新建厂房".to_owned(),
        request_id: request_id(),
        ..<_>::default()
    };
    Ok(agent.cases().open_case(open).await?.into_inner().case.context("a case")?.name)
}

/// A case whose item has been claimed in dispatch and accepted.
pub(crate) async fn under_review(zone: &Apart) -> Result<Case> {
    let (agent, handler, staff) = (zone.by("agent")?, zone.by("handler")?, zone.by("D02-11")?);
    let case = opened(&agent).await?;
    let until = SystemClock.now() + SignedDuration::from_hours(240);
    let mandate = SignMandateRequest {
        case: case.clone(),
        scope: vec![Grant { item: MATTER.to_owned(), acts: vec![Act::Submit.into()] }],
        document_sha256: "ab".repeat(32),
        expires_time: Some(runtime::wire::time(until)),
        request_id: request_id(),
        ..<_>::default()
    };
    handler.cases().sign_mandate(mandate).await?;
    let start = StartCaseRequest { case: case.clone(), request_id: request_id(), ..<_>::default() };
    agent.cases().start_case(start).await?;
    let item = format!("{case}/{MATTER}");
    let submit =
        SubmitItemRequest { item: item.clone(), request_id: request_id(), ..<_>::default() };
    let submitted = agent.cases().submit_item(submit).await?.into_inner().case;
    let order = the_item(&submitted.context("a case")?)?.work_order.clone();
    eventually("the order arrives", TRAVELS, async || staff.claim(&order).await).await?;
    caught_up(&zone.by("admin")?, &SERVICES).await?;
    let etag = shown(zone, &case).await?.etag;
    let accept = AcceptItemRequest { item, etag, request_id: request_id(), ..<_>::default() };
    let accepted = staff.cases().accept_item(accept).await?.into_inner().case.context("a case")?;
    caught_up(&zone.by("admin")?, &SERVICES).await?;
    Ok(accepted)
}

/// The item of a case is issued; gives the case as it then is.
pub(crate) async fn issued(zone: &Apart, case: &Case) -> Result<Case> {
    let issue = IssueItemRequest {
        item: format!("{}/{MATTER}", case.name),
        certificate: format!("建字{}号", case.number),
        etag: shown(zone, &case.name).await?.etag,
        request_id: request_id(),
        ..<_>::default()
    };
    let answer = zone.by("D02-11")?.cases().issue_item(issue).await?;
    answer.into_inner().case.context("a case")
}

/// The case as the auditor sees it.
pub(crate) async fn shown(zone: &Apart, case: &str) -> Result<Case> {
    let wanted = GetCaseRequest { case: case.to_owned(), ..<_>::default() };
    let answer = zone.by("auditor")?.cases().get_case(wanted).await?;
    answer.into_inner().case.context("a case")
}

/// The one item of a case.
pub(crate) fn the_item(case: &Case) -> Result<&Item> {
    ensure!(case.items.len() == 1, "{} items", case.items.len());
    case.items.first().context("an item")
}
