//! The good ways of a case and of its items, from the consultation to the archive.

use anyhow::Result;
use contract::agency::{
    ArchiveCaseRequest, Case, CaseState, CorrectItemRequest, DeliverResultsRequest,
    FollowUpCaseRequest, ForecastCaseRequest, GetCaseRequest, HandOverCaseRequest,
    IssueItemRequest, ItemState, ListCaseHistoryRequest, ListCasesRequest, Matter,
    NotAcceptItemRequest, ReapplyItemRequest, RefuseItemRequest, ResumeCaseRequest,
    RevokeMandateRequest, SuspendCaseRequest, TerminateCaseRequest, WatchCasesRequest,
    WithdrawItemRequest,
};
use contract::common::{ClockKind, WorkTime};
use testkit::Size;

use crate::zone::{Zone, get, item, matter, need, procedure, state};

testkit::on_both_sizes!(
    a_case_runs_from_the_consultation_to_the_archive,
    items_run_in_parallel_and_the_forecast_says_which_holds_the_case,
    an_item_not_accepted_or_refused_is_applied_for_again,
    a_case_is_suspended_handed_over_and_terminated,
    a_decision_only_checked_changes_nothing,
    cases_are_read_by_those_alone_who_have_to_do_with_them,
    list_cases_finds_those_of_an_agent_and_those_asked_of_a_department,
    correct_item_names_what_is_missing,
);

/// One change of a case, by somebody.
macro_rules! ask {
    ($zone:expr, $by:expr, $method:ident, $request:ident { $($field:ident: $value:expr),* $(,)? }) => {{
        let request = $request {
            request_id: $zone.id(),
            $($field: $value,)*
            ..$request::default()
        };
        $zone.by($by).$method(request).await?.into_inner().case.unwrap()
    }};
}
pub(crate) use ask;

async fn a_case_runs_from_the_consultation_to_the_archive(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(procedure(vec![matter("a", &[])])).await?;
    assert_eq!(case.number, "BD-2026-000001");
    assert_eq!((case.state(), state(&case, "a")), (CaseState::Running, ItemState::Ready));
    let case = zone.accepted(&case, "a").await?;
    assert_eq!(state(&case, "a"), ItemState::UnderReview);
    let case = ask!(
        zone,
        "D02-11",
        issue_item,
        IssueItemRequest {
            item: item(&case, "a"),
            etag: case.etag.clone(),
            certificate: "建字第1号".to_owned(),
        }
    );
    assert_eq!(case.items[0].permit.as_ref().unwrap().number, "建字第1号");
    let name = || case.name.clone();
    let case = ask!(zone, "agent", deliver_results, DeliverResultsRequest { case: name() });
    assert_eq!((case.state(), case.delivered_partly), (CaseState::Delivered, false));
    let case = ask!(
        zone,
        "D01-11",
        follow_up_case,
        FollowUpCaseRequest { case: name(), note: "满意".to_owned() }
    );
    assert_eq!(case.state(), CaseState::FollowedUp);
    let case = ask!(zone, "agent", archive_case, ArchiveCaseRequest { case: name() });
    assert_eq!(case.state(), CaseState::Archived);
    zone.world.end().await
}

async fn items_run_in_parallel_and_the_forecast_says_which_holds_the_case(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size).await?;
    let matters = vec![matter("a", &[]), matter("b", &[]), matter("c", &["a", "b"])];
    let case = zone.running(procedure(matters)).await?;
    let ready = [state(&case, "a"), state(&case, "b"), state(&case, "c")];
    assert_eq!(ready, [ItemState::Ready, ItemState::Ready, ItemState::Blocked]);
    let asked = ForecastCaseRequest { case: case.name.clone(), ..<_>::default() };
    let now = zone.by("handler").forecast_case(asked.clone()).await?.into_inner().forecast.unwrap();
    assert_eq!(now.path.last().unwrap(), "items/c");
    let clock_kind = ClockKind::WorkingDays.into();
    let (longer_item, longer) = ("items/a".to_owned(), Some(WorkTime { amount: 9, clock_kind }));
    let what_if = ForecastCaseRequest { longer_item, longer, ..asked };
    let then = zone.by("handler").forecast_case(what_if).await?.into_inner().forecast.unwrap();
    assert_eq!(then.held_by, "items/a");
    assert!(now.finish_time.unwrap().seconds < then.finish_time.unwrap().seconds);
    zone.world.end().await
}

async fn an_item_not_accepted_or_refused_is_applied_for_again(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(procedure(vec![matter("a", &[])])).await?;
    let case = zone.submitted(&case, "a").await?;
    let name = || item(&case, "a");
    let (why, remedy) = (|| "不属于本部门".to_owned(), || "可申请行政复议".to_owned());
    let case = ask!(
        zone,
        "D02-11",
        not_accept_item,
        NotAcceptItemRequest {
            item: name(),
            etag: case.etag.clone(),
            reason: why(),
            remedy: remedy(),
        }
    );
    assert_eq!(state(&case, "a"), ItemState::NotAccepted);
    let case =
        ask!(zone, "agent", reapply_item, ReapplyItemRequest { item: name(), reason: why() });
    assert_eq!((state(&case, "a"), case.items[0].attempt), (ItemState::Ready, 2));
    let case = zone.accepted(&case, "a").await?;
    let case = ask!(
        zone,
        "D02-11",
        refuse_item,
        RefuseItemRequest {
            item: name(),
            etag: case.etag.clone(),
            reason: why(),
            remedy: remedy(),
        }
    );
    assert_eq!(state(&case, "a"), ItemState::Refused);
    let case =
        ask!(zone, "handler", reapply_item, ReapplyItemRequest { item: name(), reason: why() });
    let case = ask!(
        zone,
        "handler",
        withdraw_item,
        WithdrawItemRequest { item: item(&case, "a"), reason: why() }
    );
    assert_eq!(state(&case, "a"), ItemState::Withdrawn);
    zone.world.end().await
}

async fn a_case_is_suspended_handed_over_and_terminated(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(procedure(vec![matter("a", &[])])).await?;
    let (name, why) = (|| case.name.clone(), || "休假".to_owned());
    let case =
        ask!(zone, "agent", suspend_case, SuspendCaseRequest { case: name(), reason: why() });
    assert_eq!(case.state(), CaseState::Suspended);
    let case = ask!(zone, "agent", resume_case, ResumeCaseRequest { case: name() });
    assert_eq!(case.state(), CaseState::Running);
    let to = "persons/another-agent".to_owned();
    let case = ask!(
        zone,
        "agent",
        hand_over_case,
        HandOverCaseRequest { case: name(), agent: to.clone(), reason: why() }
    );
    assert_eq!((&case.agent, &case.mandate), (&to, &None), "the mandate does not pass on");
    let case = zone.by("handler").get_case(get(&name())).await?.into_inner().case.unwrap();
    zone.by("handler").sign_mandate(zone.mandate(&case)).await?;
    let case =
        ask!(zone, "handler", revoke_mandate, RevokeMandateRequest { case: name(), reason: why() });
    assert_eq!((case.state(), &case.mandate), (CaseState::Running, &None));
    zone.by("handler").sign_mandate(zone.mandate(&case)).await?;
    let case =
        ask!(zone, "handler", terminate_case, TerminateCaseRequest { case: name(), reason: why() });
    assert_eq!(case.state(), CaseState::Running, "what is open is the enterprise's now");
    zone.world.end().await
}

async fn a_decision_only_checked_changes_nothing(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(procedure(vec![matter("a", &[])])).await?;
    let case = zone.submitted(&case, "a").await?;
    let mut accept = zone.accept(&case, "a");
    accept.validate_only = true;
    let would = zone.by("D02-11").accept_item(accept).await?.into_inner().case.unwrap();
    assert_eq!(state(&would, "a"), ItemState::UnderReview);
    // The clocks are shown by GetCase alone.
    assert_eq!(Case { clocks: None, ..zone.see(&case).await? }, case);
    zone.world.end().await
}

async fn cases_are_read_by_those_alone_who_have_to_do_with_them(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.running(procedure(vec![matter("a", &[])])).await?;
    let case = zone.submitted(&case, "a").await?;
    for (who, sees) in [("handler", 1), ("agent", 1), ("D02-11", 1), ("auditor", 1)]
        .into_iter()
        .chain([("other-handler", 0), ("another-agent", 0), ("D03-11", 0), ("admin", 0)])
    {
        let listed = zone.by(who).list_cases(ListCasesRequest::default()).await?.into_inner();
        assert_eq!(listed.cases.len(), sees, "{who}");
        assert_eq!(zone.by(who).get_case(get(&case.name)).await.is_ok(), sees == 1, "{who}");
        let (name, number) = (String::new(), case.number.clone());
        let by_number = GetCaseRequest { case: name, number };
        assert_eq!(zone.by(who).get_case(by_number).await.is_ok(), sees == 1, "{who}");
    }
    let asked = ListCaseHistoryRequest { case: case.name.clone(), ..<_>::default() };
    let history = zone.by("handler").list_case_history(asked).await?.into_inner().entries;
    assert!(history[0].r#type.ends_with("CaseOpened"), "{:?}", history[0].r#type);
    let watch = WatchCasesRequest { resume_after: 0 };
    let mut entries = zone.by("handler").watch_cases(watch).await?.into_inner();
    assert!(entries.message().await?.unwrap().item.is_some());
    zone.world.end().await
}

async fn list_cases_finds_those_of_an_agent_and_those_asked_of_a_department(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size).await?;
    let mut names = Vec::new();
    for _ in 0..2 {
        let case = zone.running(procedure(vec![matter("a", &[])])).await?;
        names.push(zone.submitted(&case, "a").await?.name);
    }
    names.push(zone.opened(procedure(vec![matter("a", &[])])).await?.name);
    let theirs = zone.by("another-agent").open_case(zone.opening()).await?.into_inner();
    names.push(theirs.case.unwrap().name);
    let (agent, department) = ("persons/agent".to_owned(), "departments/D02".to_owned());
    let of_agent = ListCasesRequest { agent, ..<_>::default() };
    let asked = ListCasesRequest { department, ..<_>::default() };
    let both = ListCasesRequest { state: CaseState::Consulting.into(), ..of_agent.clone() };
    let elsewhere = ListCasesRequest { department: "departments/D03".to_owned(), ..<_>::default() };
    for (who, wanted, found) in [
        ("auditor", ListCasesRequest::default(), vec![0, 1, 2, 3]),
        ("auditor", of_agent.clone(), vec![0, 1, 2]),
        ("auditor", asked.clone(), vec![0, 1]),
        ("auditor", both, vec![2]),
        ("auditor", elsewhere, vec![]),
        ("D02-11", of_agent.clone(), vec![0, 1]),
        ("handler", asked.clone(), vec![0, 1]),
        ("another-agent", of_agent, vec![]),
        ("other-handler", asked, vec![]),
    ] {
        // One by one: no page begins anew or leaves one out.
        let mut page = ListCasesRequest { page_size: 1, ..wanted.clone() };
        let mut listed = Vec::new();
        loop {
            let answer = zone.by(who).list_cases(page.clone()).await?.into_inner();
            listed.extend(answer.cases.into_iter().map(|case| case.name));
            page.page_token = answer.next_page_token;
            if page.page_token.is_empty() {
                break;
            }
        }
        // All were opened at one instant, so that their names alone order them.
        let found = found.into_iter().map(|place: usize| names[place].clone());
        let mut found: Vec<_> = found.collect();
        found.sort_by(|one, other| other.cmp(one));
        assert_eq!(listed, found, "{who}: {wanted:?}");
    }
    zone.world.end().await
}

async fn correct_item_names_what_is_missing(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let deferrable = Matter { needs: vec![need("later", true)], ..matter("a", &[]) };
    let case = zone.running(procedure(vec![deferrable])).await?;
    crate::commitment::promised(&zone, &case).await?;
    let case = zone.submitted(&case, "a").await?;
    let case = ask!(
        zone,
        "D02-11",
        correct_item,
        CorrectItemRequest {
            item: item(&case, "a"),
            etag: case.etag.clone(),
            text: "缺图纸".to_owned(),
            materials: vec!["materials/later".to_owned()],
        }
    );
    assert_eq!(state(&case, "a"), ItemState::Correction);
    assert_eq!(case.items[0].notices.len(), 1);
    zone.world.end().await
}
