//! Cases of agency, listed and forecast: with few of them in the store, and with many.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use agency::lifecycle::{
    Act, Case, CaseAsk, Command, ItemAsk, Matter, MatterKind, Need, Opening, Procedure, Profile,
    Source, Viewer, apply, decide,
};
use agency::store::Cases;
use anyhow::{Context as _, Result, ensure};
use base::{
    Actor, CaseId, CategoryId, DepartmentId, EnterpriseId, File, ItemId, MaterialId, Person,
    PersonId, ProcedureId, Role,
};
use calendar::{Calendar, Limit, Moment};
use jiff::{SignedDuration, Timestamp};
use journal::Trouble;
use runtime::{House, Lifecycle as _};
use uuid::Uuid;

use crate::clients::{ForecastUnit, ListUnit};
use crate::ground::{CLAIMANT, DISPATCHER, Engine, Ground};
use crate::load::{Client, Pace, run};

/// How many cases there are: first few, then many.
pub(crate) const COUNTS: [u64; 2] = [1_000, 100_000];
/// So many cases are written in one unit.
const PER_UNIT: u64 = 250;
/// When the first of all cases was opened; each later one follows after a minute.
const FIRST_OPENED: &str = "2026-01-05T09:00:00+08:00";
/// Every so many cases are of another enterprise and of another agent.
const OWNERS: u64 = 97;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The first page of all cases.
    List,
    /// The first page of those in which a department has work.
    ListOfDepartment,
    /// When one of them will be finished.
    Forecast,
}

/// One line of figures.
pub(crate) struct Row {
    asked: Asked,
    engine: Engine,
    cases: u64,
    pace: Pace,
}

/// Fills the store of agency step by step, and asks at each step.
pub(crate) async fn measure(
    ground: &Ground,
    counts: [u64; 2],
    within: Duration,
) -> Result<Vec<Row>> {
    let agency = ground.alone(agency::SERVICE).await?;
    let (mut rows, mut loaded) = (Vec::new(), 0);
    let samples = samples()?;
    for cases in counts {
        load(&agency.house, &samples, loaded..cases).await?;
        loaded = cases;
        let of = |asked, pace| Row { asked, engine: ground.engine, cases, pace };
        let house = &agency.house;
        let all = one(ListUnit::new(house, DISPATCHER), within).await?;
        let own = one(ListUnit::new(house, CLAIMANT), within).await?;
        let forecast = one(ForecastUnit::new(house, DISPATCHER, names(cases)), within).await?;
        rows.extend([
            of(Asked::List, all),
            of(Asked::ListOfDepartment, own),
            of(Asked::Forecast, forecast),
        ]);
        eprintln!("{}: {cases} cases are listed and forecast", ground.engine.name());
    }
    agency.stop().await?;
    Ok(rows)
}

async fn one<C: Client>(client: C, within: Duration) -> Result<Pace> {
    run(vec![client], within).await
}

/// The names of some of the cases that are loaded, far from one another.
fn names(cases: u64) -> Vec<String> {
    let step = (cases / 64).max(1);
    (0..cases).step_by(usize::try_from(step).unwrap_or(1)).map(|at| id(at).to_string()).collect()
}

fn id(number: u64) -> CaseId {
    CaseId::new(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + u128::from(number)))
}

/// Writes cases as the room does, by the thousand: this is not what is measured.
async fn load(house: &House, samples: &[Case], which: std::ops::Range<u64>) -> Result<()> {
    let mut from = which.start;
    while from < which.end {
        let until = (from + PER_UNIT).min(which.end);
        let all = (from..until).map(|number| like(samples, number)).collect::<Result<Vec<_>>>()?;
        let all = Arc::new(all);
        let done = house.journal.commit(format!("cases {from}"), None, move |unit| {
            let all = Arc::clone(&all);
            Box::pin(async move {
                for case in all.iter() {
                    Cases::put(unit.tx(), case, true).await?;
                }
                Ok::<_, Trouble>(())
            })
        });
        done.await?;
        from = until;
    }
    Ok(())
}

/// A case of its own, as one of the samples stands: of another enterprise and agent, opened later.
fn like(samples: &[Case], number: u64) -> Result<Case> {
    let at = usize::try_from(number)? % samples.len();
    let mut case = samples.get(at).context("a sample")?.clone();
    let owner = number % OWNERS;
    let opened: Timestamp = FIRST_OPENED.parse()?;
    case.id = id(number);
    case.opening.number = format!("BD-2026-{number:06}");
    case.opening.enterprise = EnterpriseId::new(&format!("P-{owner:04}"))?;
    case.agent = PersonId::new(&format!("agent-{owner}"))?;
    case.opened_at = opened + SignedDuration::from_mins(i64::try_from(number)?);
    Ok(case)
}

/// Cases as the rules make them, one at each step of its way: without a mandate, with one, running,
/// submitted, under review.
fn samples() -> Result<Vec<Case>> {
    let procedure = Arc::new(procedure()?);
    let (agent, enterprise) =
        (someone("agent", Role::Agent)?, someone("handler", Role::Enterprise)?);
    let staff = Viewer {
        person: Person {
            department: Some(DepartmentId::new("D02")?),
            ..someone("D02-12", Role::Staff)?.person
        },
        ..someone("D02-12", Role::Staff)?
    };
    let item = ItemId::new("I01")?;
    let opening = Box::new(Opening {
        number: "BD-2026-000000".to_owned(),
        enterprise: EnterpriseId::new("P-0000")?,
        title: "新建精密零部件厂房".to_owned(),
        project_code: None,
        procedure: Arc::clone(&procedure),
        agent: agent.person.id.clone(),
    });
    let scope = procedure.matters.iter().map(|it| (it.item.clone(), it.acts.clone())).collect();
    let of_case = |by: &Viewer, ask| Command::Case { by: by.clone(), ask };
    let of_item = |by: &Viewer, ask| Command::Item { by: by.clone(), item: item.clone(), ask };
    let mandate = CaseAsk::SignMandate {
        scope,
        document_sha256: "ab".repeat(32),
        may_pass_on: true,
        expires_at: "2026-12-31T17:30:00+08:00".parse()?,
    };
    let file = File {
        sha256: "cd".repeat(32),
        name: "营业执照.pdf".to_owned(),
        bytes: 312_400,
        media_type: "application/pdf".to_owned(),
    };
    let material =
        CaseAsk::AddMaterial { material: MaterialId::new("M01")?, file, source: Source::Uploaded };
    let steps = [
        Command::Open { id: id(0), by: agent.clone(), opening },
        of_case(&enterprise, mandate),
        of_case(&agent, material),
        of_case(&agent, CaseAsk::Start),
        of_item(&agent, ItemAsk::Submit),
        of_item(&staff, ItemAsk::Accept),
    ];
    let (calendar, now) = (Calendar::published(), FIRST_OPENED.parse()?);
    let (mut case, mut samples): (Option<Case>, Vec<Case>) = (None, Vec::new());
    for step in &steps {
        let facts = decide(case.as_ref(), step, Moment { now, calendar: &calendar })?;
        case = facts.iter().fold(case, apply);
        samples.extend(case.clone());
    }
    ensure!(samples.len() == steps.len(), "each step leaves a case");
    Ok(samples)
}

/// Nine matters of three departments: three chains that run side by side.
fn procedure() -> Result<Procedure> {
    let matter = |number: u32| -> Result<Matter> {
        let after =
            if number <= 3 { None } else { Some(ItemId::new(&format!("I{:02}", number - 3))?) };
        Ok(Matter {
            item: ItemId::new(&format!("I{number:02}"))?,
            title: format!("建设项目审批事项{number}"),
            category: CategoryId::new("C90")?,
            department: DepartmentId::new(&format!("D{:02}", 2 + number % 3))?,
            kind: MatterKind::Review,
            statutory: Some(Limit::WorkingDays(20)),
            promised: Some(Limit::WorkingDays(5)),
            tightened: Some(Limit::WorkingDays(3)),
            materials: vec![Need {
                material: MaterialId::new("M01")?,
                title: "营业执照".to_owned(),
                deferrable: false,
            }],
            certificate: "许可证".to_owned(),
            acts: BTreeSet::from([Act::Fill, Act::Submit, Act::Collect]),
            after: after.into_iter().collect(),
            on_opinion: false,
            needs_land: false,
            for_start: false,
        })
    };
    let mut matters = (1..=9).map(matter).collect::<Result<Vec<_>>>()?;
    // The first is of the department whose staff decide it.
    matters[0].department = DepartmentId::new("D02")?;
    Ok(Procedure {
        id: ProcedureId::new("P01")?,
        version: 1,
        title: "工程建设项目审批".to_owned(),
        profile: Profile::Standard,
        promised: Limit::WorkingDays(80),
        matters,
        negative_list: BTreeSet::new(),
    })
}

fn someone(code: &str, role: Role) -> Result<Viewer> {
    let id = PersonId::new(code)?;
    let enterprise = EnterpriseId::new("P-0000")?;
    let person = Person {
        id: id.clone(),
        same_person_as: None,
        roles: BTreeSet::from([role]),
        lent: BTreeMap::new(),
        department: None,
        enterprise: (role == Role::Enterprise).then_some(enterprise),
        active: true,
    };
    Ok(Viewer { person, actor: Actor::Person(id) })
}

/// The part of the page that says how it went.
pub(crate) fn section(rows: &[Row]) -> String {
    let mut page = String::from(CASES);
    for Row { asked, engine, cases, pace } in rows {
        let of_few = rows.iter().find(|few| (few.asked, few.engine) == (*asked, *engine));
        let ratio = of_few.filter(|few| few.cases < *cases).map(|few| {
            let (p50, p99) = (times(pace.p50, few.pace.p50), times(pace.p99, few.pace.p99));
            format!("{p50:.2} | {p99:.2}")
        });
        let _ = writeln!(
            page,
            "| {} | {} | {cases} | {:.0} | {:.2} | {:.2} | {} |",
            match asked {
                Asked::List => "list all",
                Asked::ListOfDepartment => "list of a department",
                Asked::Forecast => "forecast",
            },
            engine.name(),
            pace.per_second(),
            pace.p50.as_secs_f64() * 1000.0,
            pace.p99.as_secs_f64() * 1000.0,
            ratio.unwrap_or_else(|| " | ".to_owned())
        );
    }
    page
}

fn times(many: Duration, few: Duration) -> f64 {
    many.as_secs_f64() / few.as_secs_f64().max(f64::MIN_POSITIVE)
}

const CASES: &str = "
## Cases: listed and forecast

Agency alone in its process, asked through its API without any transport, by one client, with few cases in its store and
with many. The cases are written beforehand by agency's own store, as its rules leave them at each step of their way. “List”
is the first page of 50, newest first: of all cases, as 吹哨办 sees them, and of those in which a department has work, as its
people do. “Forecast” is of cases far from one another. The ratios are to the same with few cases: near 1 it stays flat.

| | database | cases | per second | p50 ms | p99 ms | p50: many to few | p99: many to few |
|---|---|--:|--:|--:|--:|--:|--:|
";
