//! Cases come back as they were put, in the lists of those who may know of them; a certificate
//! number is of one case alone; a procedure keeps its versions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use agency::lifecycle::{
    Act, Command, File, Matter, MatterKind, Need, Opening, Procedure, Profile, Source, Viewer,
};
use agency::lifecycle::{CaseAsk, ItemAsk, State};
use agency::store::{self, Cases, Filter, procedures};
use agency::{alarms, events};
use anyhow::Result;
use base::{
    Actor, CaseId, CategoryId, DepartmentId, EnterpriseId, ItemId, MaterialId, Person, PersonId,
    ProcedureId, Role,
};
use calendar::Limit;
use futures_util::FutureExt as _;
use journal::Trouble;
use runtime::{Doors, House, Room, Service};
use testkit::{Size, World, on_both_sizes};
use uuid::Uuid;

on_both_sizes!(
    a_case_is_found_by_those_who_may_know_of_it,
    a_certificate_number_is_of_one_case,
    an_alarm_of_a_case_rings,
    a_procedure_keeps_its_versions,
);

/// The rows, the ears and the bells of agency, without its calls.
const AGENCY: Service = Service { name: "agency", steps: store::steps, mount };
const DAY_ONE: &str = "2026-03-04T09:00:00+08:00";

fn mount(house: House) -> Doors {
    let room = Room::new(house.journal.clone(), house.known.clone());
    Doors {
        calls: Box::new(|_| {}),
        events: Arc::new(events::Ears::new(house.known.clone(), room.clone())),
        time: Arc::new(alarms::Bells::new(room)),
    }
}

fn someone(code: &str, role: Role, department: Option<&str>) -> Viewer {
    let id = PersonId::new(code).unwrap();
    let enterprise = (role == Role::Enterprise).then(|| EnterpriseId::new("P-ours").unwrap());
    let person = Person {
        id: id.clone(),
        same_person_as: None,
        roles: BTreeSet::from([role]),
        lent: BTreeMap::new(),
        department: department.map(|code| DepartmentId::new(code).unwrap()),
        enterprise,
        active: true,
    };
    Viewer { person, actor: Actor::Person(id) }
}

fn agent() -> Viewer {
    someone("agent", Role::Agent, None)
}

fn handler() -> Viewer {
    someone("handler", Role::Enterprise, None)
}

fn staff() -> Viewer {
    someone("D02-12", Role::Staff, Some("D02"))
}

fn procedure() -> Procedure {
    let matter = Matter {
        item: ItemId::new("a").unwrap(),
        title: "施工许可".to_owned(),
        category: CategoryId::new("C90").unwrap(),
        department: DepartmentId::new("D02").unwrap(),
        kind: MatterKind::Review,
        statutory: Some(Limit::WorkingDays(20)),
        promised: Some(Limit::WorkingDays(5)),
        tightened: None,
        materials: vec![Need {
            material: MaterialId::new("main").unwrap(),
            title: "申请表".to_owned(),
            deferrable: false,
        }],
        certificate: "许可证".to_owned(),
        acts: BTreeSet::from([Act::Fill, Act::Submit]),
        after: Vec::new(),
        on_opinion: false,
        needs_land: false,
        for_start: false,
    };
    Procedure {
        id: ProcedureId::new("P01").unwrap(),
        version: 1,
        title: "工程建设项目审批".to_owned(),
        profile: Profile::Standard,
        promised: Limit::WorkingDays(80),
        matters: vec![matter],
        negative_list: BTreeSet::new(),
    }
}

fn case_id(number: u128) -> CaseId {
    CaseId::new(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number))
}

/// Asks something of a case, inside a unit.
async fn ask(world: &World, id: CaseId, command: Command) -> Result<()> {
    let house = world.house("agency");
    let room: Room<Cases> = Room::new(house.journal.clone(), house.known.clone());
    let done = house.journal.commit(id.to_string(), None, move |unit| {
        let (room, command) = (room.clone(), command.clone());
        async move { room.hear(unit, &id, command, "persons/agent").await }.boxed()
    });
    done.await?;
    Ok(())
}

fn of_case(by: Viewer, ask: CaseAsk) -> Command {
    Command::Case { by, ask }
}

fn of_item(by: Viewer, ask: ItemAsk) -> Command {
    Command::Item { by, item: ItemId::new("a").unwrap(), ask }
}

/// Opened and mandated.
async fn opened(world: &World, number: u128) -> Result<CaseId> {
    let id = case_id(number);
    let opening = Box::new(Opening {
        number: format!("BD-2026-{number:06}"),
        enterprise: EnterpriseId::new("P-ours")?,
        title: "新建厂房".to_owned(),
        project_code: None,
        procedure: Arc::new(procedure()),
        agent: PersonId::new("agent")?,
    });
    ask(world, id, Command::Open { id, by: agent(), opening }).await?;
    let scope = BTreeMap::from([(ItemId::new("a")?, BTreeSet::from([Act::Fill, Act::Submit]))]);
    let mandate = CaseAsk::SignMandate {
        scope,
        document_sha256: "ab".repeat(32),
        may_pass_on: true,
        expires_at: "2026-03-20T17:30:00+08:00".parse()?,
    };
    ask(world, id, of_case(handler(), mandate)).await?;
    Ok(id)
}

/// Under review at its department.
async fn reviewed(world: &World, number: u128) -> Result<CaseId> {
    let id = opened(world, number).await?;
    let file = File {
        sha256: "cd".repeat(32),
        name: "申请表.pdf".to_owned(),
        bytes: 10,
        media_type: "application/pdf".to_owned(),
    };
    let (material, source) = (MaterialId::new("main")?, Source::Uploaded);
    ask(world, id, of_case(agent(), CaseAsk::AddMaterial { material, file, source })).await?;
    ask(world, id, of_case(agent(), CaseAsk::Start)).await?;
    ask(world, id, of_item(agent(), ItemAsk::Submit)).await?;
    ask(world, id, of_item(staff(), ItemAsk::Accept)).await?;
    Ok(id)
}

/// The numbers of the cases that somebody sees.
async fn seen(world: &World, by: &Viewer, filter: &Filter) -> Result<Vec<String>> {
    let on = world.house("agency").known.read().clone();
    let cases = store::list_cases(&on, by, filter, None, 10).await?;
    Ok(cases.into_iter().map(|case| case.opening.number).collect())
}

async fn a_case_is_found_by_those_who_may_know_of_it(size: Size) -> Result<()> {
    let world = World::start(size, &[AGENCY], DAY_ONE).await?;
    opened(&world, 1).await?;
    let id = reviewed(&world, 2).await?;
    let on = world.house("agency").known.read().clone();

    let all = ["BD-2026-000002", "BD-2026-000001"];
    for by in [agent(), handler(), someone("D01-11", Role::Dispatcher, Some("D01"))] {
        assert_eq!(seen(&world, &by, &Filter::default()).await?, all, "newest first");
    }
    assert_eq!(seen(&world, &staff(), &Filter::default()).await?, all[..1], "once it has work");
    let elsewhere = someone("D03-12", Role::Staff, Some("D03"));
    assert!(seen(&world, &elsewhere, &Filter::default()).await?.is_empty());
    let other = someone("agent-2", Role::Agent, None);
    assert!(seen(&world, &other, &Filter::default()).await?.is_empty());
    let running = Filter { state: Some(State::Running), ..Filter::default() };
    assert_eq!(seen(&world, &agent(), &running).await?, all[..1]);

    let case = store::find_case(&on, &id).await?.expect("the case");
    assert_eq!(store::find_by_number(&on, "BD-2026-000002").await?.as_ref(), Some(&case));
    let after = (case.opened_at.as_microsecond(), case.id.to_string());
    let rest = store::list_cases(&on, &agent(), &Filter::default(), Some(&after), 10).await?;
    assert_eq!(rest.len(), 1, "the page after it");

    let (ours, main) = (EnterpriseId::new("P-ours")?, MaterialId::new("main")?);
    let given = store::find_given(&on, &ours, &main, &case_id(1)).await?.expect("it was given");
    assert_eq!((given.case, given.material.version), (id, 1));
    assert!(store::find_given(&on, &ours, &main, &id).await?.is_none(), "for that very case");
    let theirs = EnterpriseId::new("P-theirs")?;
    assert!(store::find_given(&on, &theirs, &main, &case_id(1)).await?.is_none());
    let told = world.told("agency").await?;
    assert!(told.contains(&"whistle.common.v1.WorkRequested".to_owned()), "{told:?}");
    world.end().await
}

async fn a_certificate_number_is_of_one_case(size: Size) -> Result<()> {
    let world = World::start(size, &[AGENCY], DAY_ONE).await?;
    let (first, second) = (reviewed(&world, 1).await?, reviewed(&world, 2).await?);
    let issue = |number: &str| of_item(staff(), ItemAsk::Issue { certificate: number.to_owned() });
    ask(&world, first, issue("建字第1号")).await?;
    for (case, number, free) in
        [(second, "建字第1号", false), (first, "建字第1号", true), (second, "建字第2号", true)]
    {
        assert_eq!(taken(&world, case, number).await?, free, "{number}");
    }
    assert!(ask(&world, second, issue("建字第1号")).await.is_err(), "whoever did not ask before");
    ask(&world, second, issue("建字第2号")).await?;
    world.end().await
}

async fn taken(world: &World, case: CaseId, number: &str) -> Result<bool> {
    let number = number.to_owned();
    let done = world.house("agency").journal.commit(case.to_string(), None, move |unit| {
        let number = number.clone();
        async move { Ok::<_, Trouble>(store::take_certificate(unit.tx(), &case, &number).await?) }
            .boxed()
    });
    Ok(done.await?.value)
}

async fn an_alarm_of_a_case_rings(size: Size) -> Result<()> {
    let world = World::start(size, &[AGENCY], DAY_ONE).await?;
    let id = reviewed(&world, 1).await?;
    world.advance_to("2026-03-23T09:00:00+08:00".parse()?).await?;
    let on = world.house("agency").known.read().clone();
    let case = store::find_case(&on, &id).await?.expect("the case");
    assert!(case.mandate.is_none(), "it has expired");
    let told = world.told("agency").await?;
    for kind in ["MandateEnded", "CaseLimitMissed"] {
        assert!(told.contains(&format!("whistle.agency.v1.{kind}")), "{kind} of {told:?}");
    }
    world.end().await
}

async fn a_procedure_keeps_its_versions(size: Size) -> Result<()> {
    let world = World::start(size, &[AGENCY], DAY_ONE).await?;
    let house = world.house("agency");
    for title in ["第一版", "第二版"] {
        let procedure = Procedure { title: title.to_owned(), ..procedure() };
        let done = house.journal.commit("procedures/P01", None, move |unit| {
            let procedure = procedure.clone();
            let at = unit.now();
            async move { Ok::<_, Trouble>(procedures::publish(unit.tx(), procedure, at).await?) }
                .boxed()
        });
        done.await?;
    }
    let (on, id) = (house.known.read().clone(), ProcedureId::new("P01")?);
    let find = async |version| procedures::find_procedure(&on, &id, version).await;
    let title = |found: Option<Procedure>| found.map(|found| (found.version, found.title));
    assert_eq!(title(find(None).await?), Some((2, "第二版".to_owned())));
    assert_eq!(title(find(Some(1)).await?), Some((1, "第一版".to_owned())));
    assert_eq!(title(find(Some(3)).await?), None);
    let listed = procedures::list_procedures(&on, None, 10).await?;
    assert_eq!(listed.iter().map(|one| one.version).collect::<Vec<_>>(), [2], "the last of each");
    assert!(procedures::list_procedures(&on, Some("procedures/P01"), 10).await?.is_empty());
    world.end().await
}
