//! Procedures: published in versions that running cases keep, checked with a counter-example.

use anyhow::Result;
use contract::agency::{
    CheckProcedureRequest, Flaw, FlawKind, GetProcedureRequest, ListProceduresRequest, Matter,
    Need, Procedure, ProcedurePublished, Profile, PublishProcedureRequest,
};
use contract::common::{ClockKind, WorkTime};
use testkit::Size;
use tonic::Code;

use crate::zone::{PROCEDURE, Zone, days, matter, metadata_of, need, procedure, refused};

testkit::on_both_sizes!(
    publish_procedure_makes_a_version_that_running_cases_keep,
    publish_procedure_refuses_what_cannot_be_followed,
    publish_procedure_refuses_what_is_empty_or_too_much,
    check_procedure_gives_a_counter_example,
    get_procedure_refuses,
);

async fn publish_procedure_makes_a_version_that_running_cases_keep(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.opened(procedure(vec![matter("a", &[])])).await?;
    let again = zone.published(procedure(vec![matter("a", &[])])).await?;
    assert_eq!(again.version, 1, "the same is no new version");
    let procedure = Some(procedure(vec![matter("a", &[]), matter("b", &["a"])]));
    let publish = PublishProcedureRequest { procedure, request_id: zone.id() };
    let second = zone.by("admin").publish_procedure(publish.clone()).await?;
    assert_eq!(second.into_inner().procedure.unwrap().version, 2);
    let twice = zone.by("admin").publish_procedure(publish).await?;
    assert_eq!(twice.metadata().get("whistle-replayed").unwrap(), "true");
    let seen = zone.see(&case).await?;
    assert_eq!((seen.procedure_version, seen.items.len()), (1, 1));
    let told = zone.facts::<ProcedurePublished>().await?;
    let told: Vec<_> = told
        .iter()
        .map(|(told, who)| (told.procedure.as_ref().map_or(0, |of| of.version), who.as_str()))
        .collect();
    assert_eq!(told, [(1, "persons/admin"), (2, "persons/admin")], "each version is told once");
    // The case runs to its end by what it was opened under.
    let request = zone.mandate(&seen);
    zone.by("handler").sign_mandate(request).await?;
    let started = zone.started(&case).await?;
    assert_eq!((started.procedure_version, started.items.len()), (1, 1));
    let next = zone.by("agent").open_case(zone.opening()).await?.into_inner().case.unwrap();
    assert_eq!((next.procedure_version, next.items.len()), (2, 2));

    let get = |version| GetProcedureRequest { procedure: PROCEDURE.to_owned(), version };
    let latest = zone.by("handler").get_procedure(get(0)).await?.into_inner().procedure;
    assert_eq!(latest.unwrap().matters.len(), 2);
    let first = zone.by("handler").get_procedure(get(1)).await?.into_inner().procedure;
    assert_eq!(first.unwrap().matters.len(), 1);
    let list = ListProceduresRequest::default();
    let listed = zone.by("handler").list_procedures(list).await?.into_inner().procedures;
    assert_eq!(listed.iter().map(|of| of.version).collect::<Vec<_>>(), [2]);
    zone.world.end().await
}

/// Shows: agency refuses PROCEDURE_FLAWED
async fn publish_procedure_refuses_what_cannot_be_followed(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let cycle = vec![matter("a", &["c"]), matter("b", &["a"]), matter("c", &["b"])];
    let nobody = Matter { department: "departments/D01".to_owned(), ..matter("a", &[]) };
    let unknown = Matter { department: "departments/D99".to_owned(), ..matter("a", &[]) };
    let clock_kind = ClockKind::WorkingDays.into();
    let zero = Matter { statutory: Some(WorkTime { amount: 0, clock_kind }), ..matter("a", &[]) };
    let long = Some(WorkTime { amount: 90, clock_kind });
    let slow = Matter { statutory: long, promised: long, ..matter("b", &["a"]) };
    for (matters, flaw, path) in [
        (cycle, "CYCLE", "items/a items/c items/b items/a".to_owned()),
        (vec![nobody], "NOBODY_MAY_DO", "items/a".to_owned()),
        (vec![unknown], "UNKNOWN_DEPARTMENT", "items/a".to_owned()),
        (vec![zero], "LIMIT_MISSING", "items/a".to_owned()),
        (vec![matter("a", &[]), slow], "PROMISE_TOO_SHORT", "items/a items/b".to_owned()),
    ] {
        let (procedure, request_id) = (Some(procedure(matters)), zone.id());
        let publish = PublishProcedureRequest { procedure, request_id };
        let status = refused!(
            zone.by("admin").publish_procedure(publish),
            Code::FailedPrecondition,
            "agency.whistle PROCEDURE_FLAWED"
        );
        assert_eq!((&*metadata_of(&status, "flaw"), metadata_of(&status, "path")), (flaw, path));
    }
    let list = ListProceduresRequest::default();
    let listed = zone.by("handler").list_procedures(list).await?.into_inner().procedures;
    assert_eq!(listed, [], "none of them is there");
    zone.world.end().await
}

async fn publish_procedure_refuses_what_is_empty_or_too_much(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let one = |change: fn(&mut Matter)| {
        let mut matter = matter("a", &[]);
        change(&mut matter);
        vec![matter]
    };
    let many = (0..101).map(|number| matter(&format!("i{number}"), &[])).collect();
    for (matters, field) in [
        (many, "procedure.matters"),
        (one(|of| of.title.clear()), "procedure.matters[0].title"),
        (one(|of| of.certificate.clear()), "procedure.matters[0].certificate"),
        (one(|of| of.certificate = "证".repeat(101)), "procedure.matters[0].certificate"),
        (one(|of| of.department = "D02".to_owned()), "procedure.matters[0].department"),
        (one(|of| of.after = vec!["items/a".to_owned(); 101]), "procedure.matters[0].after"),
        (one(|of| of.needs = vec![need("main", false); 101]), "procedure.matters[0].needs"),
        (one(|of| of.needs = vec![Need::default()]), "procedure.matters[0].needs[0].material"),
    ] {
        let (procedure, request_id) = (Some(procedure(matters)), zone.id());
        let publish = PublishProcedureRequest { procedure, request_id };
        let status = refused!(
            zone.by("admin").publish_procedure(publish),
            Code::InvalidArgument,
            "whistle FIELD_INVALID"
        );
        assert_eq!(metadata_of(&status, "field"), field);
    }
    zone.world.end().await
}

async fn check_procedure_gives_a_counter_example(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let cycle = vec![matter("a", &["c"]), matter("b", &["a"]), matter("c", &["b"])];
    let flaws = checked(&zone, cycle).await?;
    assert_eq!(flaws[0].kind(), FlawKind::Cycle);
    assert_eq!(flaws[0].path.len(), 4, "its first is also its last: {:?}", flaws[0].path);
    let nobody = Matter { department: "departments/D01".to_owned(), ..matter("a", &[]) };
    assert_eq!(checked(&zone, vec![nobody]).await?[0].kind(), FlawKind::NobodyMayDo);
    let unknown = Matter { department: "departments/D99".to_owned(), ..matter("a", &[]) };
    assert_eq!(checked(&zone, vec![unknown]).await?[0].kind(), FlawKind::UnknownDepartment);
    let without = Matter { promised: None, ..matter("a", &[]) };
    assert_eq!(checked(&zone, vec![without]).await?[0].kind(), FlawKind::LimitMissing);
    let slow = Matter { promised: days(21), ..matter("a", &[]) };
    assert_eq!(checked(&zone, vec![slow]).await?[0].kind(), FlawKind::LimitTooLong);
    let again = checked(&zone, vec![matter("a", &[]), matter("b", &["a", "a"])]).await?;
    assert_eq!((again[0].kind(), again[0].path.len()), (FlawKind::WaitsTwice, 2));
    let twice = Matter { needs: vec![need("main", false); 2], ..matter("a", &[]) };
    let again = checked(&zone, vec![twice]).await?;
    assert_eq!((again[0].kind(), &*again[0].material), (FlawKind::NeedsTwice, "materials/main"));
    let committed = Procedure {
        profile: Profile::StartOnCommitment.into(),
        ..procedure(vec![matter("a", &[])])
    };
    let check = CheckProcedureRequest { procedure: Some(committed) };
    let flaws = zone.by("agent").check_procedure(check).await?.into_inner().flaws;
    assert_eq!(flaws[0].kind(), FlawKind::NoStartPermit);
    assert_eq!(checked(&zone, vec![matter("a", &[])]).await?, []);
    zone.world.end().await
}

async fn checked(zone: &Zone, matters: Vec<Matter>) -> Result<Vec<Flaw>> {
    let check = CheckProcedureRequest { procedure: Some(procedure(matters)) };
    Ok(zone.by("agent").check_procedure(check).await?.into_inner().flaws)
}

/// Shows: agency refuses PROCEDURE_NOT_FOUND
async fn get_procedure_refuses(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let get = GetProcedureRequest { procedure: PROCEDURE.to_owned(), version: 0 };
    let call = || zone.by("handler");
    refused!(call().get_procedure(get), Code::NotFound, "agency.whistle PROCEDURE_NOT_FOUND");
    let open = zone.opening();
    refused!(
        zone.by("agent").open_case(open),
        Code::NotFound,
        "agency.whistle PROCEDURE_NOT_FOUND"
    );
    zone.world.end().await
}
