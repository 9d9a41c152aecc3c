//! Procedures: published in versions that running cases keep, checked with a counter-example.

use anyhow::Result;
use contract::agency::{
    CheckProcedureRequest, Flaw, FlawKind, GetProcedureRequest, ListProceduresRequest, Matter,
    PublishProcedureRequest,
};
use testkit::Size;
use tonic::Code;

use crate::zone::{PROCEDURE, Zone, matter, metadata_of, procedure, refused};

testkit::on_both_sizes!(
    publish_procedure_makes_a_version_that_running_cases_keep,
    publish_procedure_refuses_what_cannot_be_followed,
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
    let (procedure, request_id) = (Some(procedure(cycle)), zone.id());
    let publish = PublishProcedureRequest { procedure, request_id };
    let status = refused!(
        zone.by("admin").publish_procedure(publish),
        Code::FailedPrecondition,
        "agency.whistle PROCEDURE_FLAWED"
    );
    assert_eq!(metadata_of(&status, "flaw"), "CYCLE");
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
