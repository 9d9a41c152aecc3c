//! What each sees of the history of a case, listed and watched.

use anyhow::{Context as _, Result};
use contract::agency::watch_cases_response::Item;
use contract::agency::{
    Case, IssueItemRequest, ItemDeclined, ItemRedirected, ListCaseHistoryRequest, Matter,
    RedirectItemRequest, WatchCasesRequest,
};
use contract::common::HistoryEntry;
use contract::directory::Staff;
use contract::dispatch::WorkOrderDeclined;
use prost::Message as _;
use testkit::Size;
use tokio_stream::StreamExt as _;
use tonic::Code;

use crate::life::ask;
use crate::materials::handed_in;
use crate::zone::{Zone, item, matter, need, person, procedure, refusal, refused};

testkit::on_both_sizes!(
    a_history_is_masked_for_each_who_reads_it,
    watch_cases_resumes_without_gap_or_repetition,
);

/// One item of ours with its material, declined by one department and issued by another.
async fn lived(zone: &Zone) -> Result<Case> {
    let needing = Matter { needs: vec![need("main", false)], ..matter("a", &[]) };
    let elsewhere = "departments/D03".to_owned();
    let second = Matter { department: elsewhere, ..matter("b", &[]) };
    let case = zone.running(procedure(vec![needing, second])).await?;
    handed_in(zone, "handler", &case, "main").await?;
    let case = zone.submitted(&case, "a").await?;
    let case = zone.submitted(&case, "b").await?;
    let declined = WorkOrderDeclined {
        work_order: case.items[1].work_order.clone(),
        source: case.name.clone(),
        department: "departments/D03".to_owned(),
        basis: "三定方案".to_owned(),
        ..WorkOrderDeclined::default()
    };
    zone.dispatch(&case, &declined).await?;
    let redirect = RedirectItemRequest {
        item: item(&case, "b"),
        department: "departments/D01".to_owned(),
        reason: "职责所在".to_owned(),
        request_id: zone.id(),
        ..<_>::default()
    };
    zone.by("D01-11").redirect_item(redirect).await?;
    let case = zone.see(&case).await?;
    let accept = zone.accept(&case, "a");
    let case = zone.by("D02-11").accept_item(accept).await?.into_inner().case.unwrap();
    Ok(ask!(
        zone,
        "D02-11",
        issue_item,
        IssueItemRequest {
            item: item(&case, "a"),
            etag: case.etag.clone(),
            certificate: "建字第6号".to_owned(),
        }
    ))
}

fn drawn(entries: &[HistoryEntry]) -> Vec<String> {
    let kind = |entry: &HistoryEntry| entry.r#type.rsplit('.').next().unwrap().to_owned();
    entries.iter().map(|entry| format!("{} {}", kind(entry), entry.actor)).collect()
}

async fn listed(zone: &Zone, who: &str, case: &Case) -> Result<Vec<HistoryEntry>> {
    let request = ListCaseHistoryRequest { case: case.name.clone(), ..<_>::default() };
    Ok(zone.by(who).list_case_history(request).await?.into_inner().entries)
}

/// What somebody watches, from the beginning to the first sign of life.
async fn watched(zone: &Zone, who: &str) -> Result<Vec<HistoryEntry>> {
    let mut stream = zone.by(who).watch_cases(WatchCasesRequest::default()).await?.into_inner();
    let mut watched = Vec::new();
    while let Item::Entry(entry) = stream.next().await.context("an item")??.item.unwrap() {
        watched.push(entry);
    }
    Ok(watched)
}

async fn a_history_is_masked_for_each_who_reads_it(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = lived(&zone).await?;
    let outside = [
        "CaseOpened persons/agent",
        "MandateSigned persons/handler",
        "CaseStarted persons/agent",
        "ItemReady ",
        "ItemReady ",
        "MaterialAdded persons/handler",
        "ItemSubmitted persons/agent",
        "ItemSubmitted persons/agent",
        "ItemDeclined ",
        "ItemRedirected ",
        "ItemAccepted ",
        "ResultIssued ",
    ];
    let of_handler = outside.map(str::to_owned);
    let mut of_agent = of_handler.clone();
    // What followed from one's own act is one's own.
    of_agent[3].push_str("persons/agent");
    of_agent[4].push_str("persons/agent");
    for (who, expected) in [("handler", of_handler), ("agent", of_agent)] {
        let entries = listed(&zone, who, &case).await?;
        assert_eq!(drawn(&entries), expected, "{who} lists");
        assert_eq!(drawn(&watched(&zone, who).await?), expected, "{who} watches");
        let value = |place: usize| entries[place].fact.clone().unwrap().value;
        assert_eq!(ItemDeclined::decode(value(8).as_slice())?.basis, "");
        assert_eq!(ItemRedirected::decode(value(9).as_slice())?.reason, "");
    }

    let all = drawn(&listed(&zone, "auditor", &case).await?);
    for inside in [
        "WorkRequested persons/agent",
        "ItemDeclined persons/D02-11",
        "ItemRedirected persons/D01-11",
        "WorkReopened persons/D01-11",
        "ResultIssued persons/D02-11",
        "WorkSettled persons/D02-11",
    ] {
        assert!(all.contains(&inside.to_owned()), "{inside} of {all:?}");
    }
    // A department sees all of it, but no material that none of its items needs.
    assert_eq!(drawn(&listed(&zone, "D02-11", &case).await?), all);
    let without: Vec<_> = all.iter().filter(|of| !of.starts_with("MaterialAdded")).collect();
    zone.staff(Staff {
        department: "departments/D01".to_owned(),
        ..person("D01-12", &[contract::common::Role::Staff])
    })
    .await?;
    let seen = drawn(&listed(&zone, "D01-12", &case).await?);
    assert_eq!(seen.iter().collect::<Vec<_>>(), without);
    let seen = drawn(&watched(&zone, "D01-12").await?);
    assert_eq!(seen.iter().collect::<Vec<_>>(), without);

    // It went elsewhere: whoever has no item of it, another agent or enterprise sees nothing.
    for who in ["other-handler", "another-agent", "D03-11", "admin"] {
        refused!(listed_or(&zone, who, &case), Code::NotFound, "agency.whistle CASE_NOT_FOUND");
        assert_eq!(watched(&zone, who).await?, [], "{who}");
    }
    zone.world.end().await
}

async fn listed_or(zone: &Zone, who: &str, case: &Case) -> Result<(), tonic::Status> {
    let request = ListCaseHistoryRequest { case: case.name.clone(), ..<_>::default() };
    zone.by(who).list_case_history(request).await.map(drop)
}

async fn watch_cases_resumes_without_gap_or_repetition(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    // A procedure stands at position 1, and is no case.
    let case = zone.mandated(procedure(vec![matter("a", &[])])).await?;
    let mut seen = Vec::new();
    let mut resume_after = 0;
    // Connects anew after every entry.
    while seen.len() < 2 {
        let request = WatchCasesRequest { resume_after };
        let mut stream = zone.by("handler").watch_cases(request).await?.into_inner();
        match stream.next().await.context("an item")??.item.context("an item")? {
            Item::Entry(entry) => {
                resume_after = entry.position;
                seen.push((entry.position, entry.subject));
            }
            Item::Heartbeat(heartbeat) => resume_after = heartbeat.position,
        }
    }
    assert_eq!(seen, [(2, case.name.clone()), (3, case.name.clone())]);

    // Of another's case one sees how far it went, and nothing else.
    let mut stream = zone.by("other-handler").watch_cases(WatchCasesRequest::default()).await?;
    let item = stream.get_mut().next().await.context("an item")??.item.context("an item")?;
    assert!(matches!(item, Item::Heartbeat(heartbeat) if heartbeat.position == 3));
    drop(stream);

    // What comes while it is open, until whoever watches has left.
    let mut stream =
        zone.by("auditor").watch_cases(WatchCasesRequest { resume_after }).await?.into_inner();
    let item = stream.next().await.context("an item")??.item.context("an item")?;
    assert!(matches!(item, Item::Heartbeat(heartbeat) if heartbeat.position == 3));
    zone.started(&case).await?;
    let item = stream.next().await.context("an item")??.item.context("an item")?;
    assert!(matches!(item, Item::Entry(entry) if entry.position == 4));
    let auditor = person("auditor", &[contract::common::Role::Auditor]);
    zone.staff(Staff { active: false, ..auditor }).await?;
    let last = loop {
        match stream.next().await.context("an item")? {
            Ok(_) => {}
            Err(status) => break status,
        }
    };
    assert_eq!(refusal(&last), (Code::PermissionDenied, "whistle ROLE_FORBIDS".to_owned()));
    zone.world.end().await
}
