//! Bad input of every sort, walked through the whole zone: each refusal has its reason and is told
//! in Chinese, and nothing has changed.

use std::fmt::Debug;

use anyhow::{Context as _, Result};
use contract::common::{ClockKind, Date, WorkTime};
use contract::directory::calendar_year::{Holiday, Notice};
use contract::directory::{
    CalendarYear, CreateEnterpriseRequest, Enterprise, ExplainDeadlineRequest,
    PublishCalendarYearRequest, PublishCatalogueRequest,
};
use contract::dispatch::{AskAssistanceRequest, ClaimWorkOrderRequest, ListWorkOrdersRequest};
use contract::history::GetCheckpointRequest;
use contract::request::{
    AcceptTicketRequest, ListTicketsRequest, RateTicketRequest, SubmitTicketRequest, TicketState,
};
use jiff::SignedDuration;
use journal::Clock as _;
use runtime::keys::TokenKey;
use runtime::token::{Claims, issue};
use testkit::hand::{metadata_of, refusal, request_id};
use testkit::zone::{OURS, THEIRS, catalogue, plea};
use testkit::{Hand, Size};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::zone::{DAY_ONE, Zone};

testkit::on_both_sizes!(
    a_plea_that_says_something_impossible,
    pages_that_were_not_given,
    what_has_changed_or_was_asked_before,
    what_the_state_or_somebody_else_forbids,
    tokens_that_do_not_hold,
    rules_and_calendars_that_contradict_themselves,
    messages_and_journals_that_are_not_served,
);

/// A call was refused with this code and reason, in the form that every refusal has.
fn refused<T: Debug>(outcome: Result<T, Status>, code: Code, reason: &str) -> Status {
    let status = outcome.expect_err(reason);
    assert_eq!(refusal(&status), (code, reason.to_owned()), "{status:?}");
    let told = status.get_details_localized_message().expect("every refusal is told in Chinese");
    assert_eq!(told.locale, "zh-CN");
    let chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    assert!(told.message.contains(chinese), "{}", told.message);
    assert!(!status.message().is_empty(), "and in English");
    status
}

async fn a_plea_that_says_something_impossible(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let handler = zone.by("handler");
    let submit = async |change: fn(&mut SubmitTicketRequest)| {
        let mut plea = plea();
        change(&mut plea);
        zone.by("D01-11").submit(plea).await
    };
    a_credit_code_is_told_what_is_wrong_with_it(&zone).await;
    let unknown = submit(|plea| plea.enterprise = "enterprises/91220105MA1Y7RNLXK".to_owned());
    refused(unknown.await, Code::NotFound, "request.whistle ENTERPRISE_NOT_FOUND");
    let unknown = submit(|plea| plea.category = "categories/C99".to_owned());
    refused(unknown.await, Code::NotFound, "request.whistle CATEGORY_NOT_FOUND");
    let long = submit(|plea| plea.text = "水".repeat(4001)).await;
    let status = refused(long, Code::InvalidArgument, "whistle FIELD_INVALID");
    assert_eq!(metadata_of(&status, "field"), "text");
    assert!(!status.get_details_bad_request().context("a field")?.field_violations.is_empty());
    submit(|plea| plea.text = "水".repeat(4000)).await?;
    let empty: [fn(&mut SubmitTicketRequest); 6] = [
        |plea| plea.title.clear(),
        |plea| plea.text.clear(),
        |plea| plea.contact = None,
        |plea| plea.request_id.clear(),
        |plea| plea.request_id = "1".to_owned(),
        |plea| plea.kind = 99,
    ];
    for change in empty {
        refused(submit(change).await, Code::InvalidArgument, "whistle FIELD_INVALID");
    }
    let for_others =
        handler.submit(SubmitTicketRequest { enterprise: THEIRS.to_owned(), ..plea() });
    refused(for_others.await, Code::NotFound, "request.whistle ENTERPRISE_NOT_FOUND");
    let ticket = handler.submit(plea()).await?;
    let wanted = AcceptTicketRequest {
        ticket: ticket.name,
        lead: "departments/D99".to_owned(),
        request_id: request_id(),
        ..<_>::default()
    };
    let unknown = zone.by("D01-11").tickets().accept_ticket(wanted).await;
    refused(unknown, Code::NotFound, "request.whistle DEPARTMENT_NOT_FOUND");
    let (_, order) = zone.in_progress().await?;
    let wanted = AskAssistanceRequest {
        work_order: order.name,
        department: "departments/D99".to_owned(),
        text: "协办".to_owned(),
        request_id: request_id(),
        ..<_>::default()
    };
    let unknown = zone.by("D02-11").orders().ask_assistance(wanted).await;
    refused(unknown, Code::NotFound, "dispatch.whistle DEPARTMENT_NOT_FOUND");
    zone.world.end().await
}

async fn a_credit_code_is_told_what_is_wrong_with_it(zone: &Zone) {
    for (code, problem) in [
        ("91350220MA9NF5L62G", "check_digit"),
        ("91350220MA9NF5L62", "length"),
        ("91350220MA9NF5L62FF", "length"),
        ("91350220ma9nf5l62f", "alphabet"),
    ] {
        let mut plea = plea();
        plea.enterprise = format!("enterprises/{code}");
        let status = zone.by("D01-11").submit(plea).await;
        let status = refused(status, Code::InvalidArgument, "request.whistle CREDIT_CODE_INVALID");
        assert_eq!(metadata_of(&status, "problem"), problem, "{code}");
        let enterprise = Enterprise {
            name: format!("enterprises/{code}"),
            title: "企业".to_owned(),
            ..<_>::default()
        };
        let wanted =
            CreateEnterpriseRequest { enterprise: Some(enterprise), request_id: request_id() };
        let status = zone.by("admin").directory().create_enterprise(wanted).await;
        let status =
            refused(status, Code::InvalidArgument, "directory.whistle CREDIT_CODE_INVALID");
        assert_eq!(metadata_of(&status, "problem"), problem, "{code}");
    }
}

async fn pages_that_were_not_given(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    for _ in 0..3 {
        zone.accepted().await?;
    }
    let auditor = zone.by("auditor");
    let first = ListTicketsRequest { page_size: 1, ..<_>::default() };
    let page = auditor.tickets().list_tickets(first.clone()).await?.into_inner();
    let token = page.next_page_token;
    let with = |page_token: &str| ListTicketsRequest {
        page_token: page_token.to_owned(),
        ..first.clone()
    };
    auditor.tickets().list_tickets(with(&token)).await?;
    let other = ListTicketsRequest { state: TicketState::Accepted.into(), ..with(&token) };
    let forged = format!("{}A", &token[..token.len() - 1]);
    let (half, _) = token.split_at(token.len() / 2);
    for wanted in [other, with(&forged), with(half), with("x"), with("第二页")] {
        let status = auditor.tickets().list_tickets(wanted).await;
        refused(status, Code::InvalidArgument, "whistle PAGE_TOKEN_INVALID");
    }
    let elsewhere = ListWorkOrdersRequest { page_size: 1, page_token: token, ..<_>::default() };
    let status = auditor.orders().list_work_orders(elsewhere).await;
    refused(status, Code::InvalidArgument, "whistle PAGE_TOKEN_INVALID");
    let negative = ListTicketsRequest { page_size: -1, ..<_>::default() };
    let status = auditor.tickets().list_tickets(negative).await;
    refused(status, Code::InvalidArgument, "whistle FIELD_INVALID");
    zone.world.end().await
}

async fn what_has_changed_or_was_asked_before(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let ticket = zone.by("handler").submit(plea()).await?;
    let stale = ticket.etag.clone();
    zone.at("2026-03-04T09:00:01+08:00").await?;
    zone.by("handler").supplement(&ticket.name).await?;
    let wanted = AcceptTicketRequest {
        ticket: ticket.name.clone(),
        etag: stale,
        request_id: request_id(),
        ..<_>::default()
    };
    let status = zone.by("D01-11").tickets().accept_ticket(wanted.clone()).await;
    refused(status, Code::Aborted, "whistle STALE_ETAG");
    // A refusal is not remembered: the same id may be used again.
    let wanted = AcceptTicketRequest { etag: String::new(), ..wanted };
    let accepted = zone.by("D01-11").tickets().accept_ticket(wanted.clone()).await?;
    let again = zone.by("D01-11").tickets().accept_ticket(wanted.clone()).await?;
    assert_eq!(again.metadata().get("whistle-replayed").context("replayed")?, "true");
    assert_eq!(again.into_inner(), accepted.into_inner());
    let other = AcceptTicketRequest { lead: "departments/D03".to_owned(), ..wanted };
    let status = zone.by("D01-11").tickets().accept_ticket(other).await;
    refused(status, Code::AlreadyExists, "whistle REQUEST_ID_REUSED");
    zone.world.settle().await?;
    let order = zone.order(&zone.seen(&ticket).await?.work_order).await?;
    zone.by("supervisor").urge(&order.name).await?;
    let wanted = ClaimWorkOrderRequest {
        work_order: order.name.clone(),
        etag: order.etag.clone(),
        request_id: request_id(),
    };
    let status = zone.by("D02-11").orders().claim_work_order(wanted).await;
    refused(status, Code::Aborted, "whistle STALE_ETAG");
    zone.world.end().await
}

async fn what_the_state_or_somebody_else_forbids(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let ticket = zone.by("handler").submit(plea()).await?;
    let status = zone.by("handler").rate(&ticket.name, 5).await;
    let status = refused(status, Code::FailedPrecondition, "request.whistle STATE_FORBIDS");
    assert_eq!(metadata_of(&status, "state"), "SUBMITTED");
    let status = zone.by("D01-12").close(&ticket.name).await;
    refused(status, Code::FailedPrecondition, "request.whistle STATE_FORBIDS");
    let ticket = zone.by("D01-11").accept(&ticket.name).await?;
    let status = zone.by("D01-11").accept(&ticket.name).await;
    refused(status, Code::FailedPrecondition, "request.whistle STATE_FORBIDS");
    zone.world.settle().await?;

    let order = ticket.work_order.clone();
    // A department that neither has it nor assists may not even know of it.
    let status = zone.by("D04-11").claim(&order).await;
    refused(status, Code::NotFound, "dispatch.whistle WORK_ORDER_NOT_FOUND");
    // A dispatcher sees every order, and claims none of another department.
    let status = zone.by("D01-11").claim(&order).await;
    let status = refused(status, Code::PermissionDenied, "dispatch.whistle OTHER_DEPARTMENT");
    assert_eq!(metadata_of(&status, "department"), "departments/D02");
    let status = zone.by("handler").claim(&order).await;
    refused(status, Code::PermissionDenied, "whistle ROLE_FORBIDS");
    zone.by("D02-11").claim(&order).await?;
    let status = zone.by("D02-12").complete(&order).await;
    refused(status, Code::PermissionDenied, "dispatch.whistle NOT_CLAIMANT");
    let status = zone.by("D02-11").complete(&order).await;
    refused(status, Code::FailedPrecondition, "dispatch.whistle CONTACT_MISSING");
    zone.by("D02-11").contact(&order).await?;
    let status = zone.by("D02-11").return_order(&order).await;
    let status = refused(status, Code::FailedPrecondition, "dispatch.whistle STATE_FORBIDS");
    assert!(!metadata_of(&status, "allowed").is_empty());
    zone.by("D02-11").complete(&order).await?;
    zone.seen(&ticket).await?;

    let status = zone.by("other").rate(&ticket.name, 5).await;
    refused(status, Code::NotFound, "request.whistle TICKET_NOT_FOUND");
    let status = zone.by("D02-11").rate(&ticket.name, 5).await;
    refused(status, Code::PermissionDenied, "whistle ROLE_FORBIDS");
    for level in [0, 6, -1] {
        let status = zone.by("handler").rate(&ticket.name, level).await;
        refused(status, Code::InvalidArgument, "whistle FIELD_INVALID");
    }
    zone.by("handler").rate(&ticket.name, 5).await?;
    let again = RateTicketRequest {
        ticket: ticket.name.clone(),
        level: 1,
        request_id: request_id(),
        ..<_>::default()
    };
    let status = zone.by("handler").tickets().rate_ticket(again).await;
    refused(status, Code::FailedPrecondition, "request.whistle RATED_ALREADY");
    zone.world.end().await
}

async fn tokens_that_do_not_hold(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let good = zone.world.token("persons/D01-11");
    let until = zone.world.clock.now() + SignedDuration::from_hours(24);
    let foreign = TokenKey::from_secret(&[9; 32]);
    let claims = |audience: &str| Claims::new("persons/D01-11", audience, until);
    let zone_name = testkit::world::ZONE;
    let of_foreign_key = issue(&foreign.key, &foreign.id, &claims(zone_name))?;
    let (head, rest) = good.split_once('.').context("a token")?;
    let (body, _) = rest.split_once('.').context("a token")?;
    let unsigned = format!("{head}.{body}.");
    let no_token = [None, Some(of_foreign_key), Some(unsigned), Some("x".to_owned())];
    for token in no_token {
        let nobody = Hand::new(zone.world.with_token(token));
        let status = nobody.ticket("tickets/00000000-0000-7000-8000-000000000001").await;
        refused(status, Code::Unauthenticated, "whistle TOKEN_INVALID");
        refused(nobody.submit(plea()).await, Code::Unauthenticated, "whistle TOKEN_INVALID");
        let wanted = ListWorkOrdersRequest::default();
        let status = nobody.orders().list_work_orders(wanted).await;
        refused(status, Code::Unauthenticated, "whistle TOKEN_INVALID");
    }
    // Whoever the directory does not know may do nothing.
    let status = zone.by("stranger").submit(plea()).await;
    refused(status, Code::PermissionDenied, "whistle CALLER_UNKNOWN");
    // Six years later; nothing waits that could ring on the way.
    let old = Hand::new(zone.world.with_token(Some(good)));
    zone.world.clock.move_to(zone.world.clock.now() + SignedDuration::from_hours(24 * 366 * 6));
    refused(old.submit(plea()).await, Code::Unauthenticated, "whistle TOKEN_INVALID");
    zone.by("handler")
        .submit(SubmitTicketRequest { enterprise: OURS.to_owned(), ..plea() })
        .await?;
    zone.world.end().await
}

async fn rules_and_calendars_that_contradict_themselves(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let admin = zone.by("admin");
    let mut catalogue = catalogue();
    let negative = WorkTime { amount: -5, clock_kind: ClockKind::WorkingDays.into() };
    catalogue.categories[0].limits[1].time = Some(negative);
    let wanted = PublishCatalogueRequest {
        catalogue: Some(catalogue),
        request_id: request_id(),
        ..<_>::default()
    };
    let status = admin.directory().publish_catalogue(wanted).await;
    let status = refused(status, Code::InvalidArgument, "whistle FIELD_INVALID");
    assert!(metadata_of(&status, "field").ends_with("amount"), "{status:?}");
    let wanted = ExplainDeadlineRequest {
        start_time: Some(runtime::wire::time(zone.world.clock.now())),
        limit: Some(negative),
        ..<_>::default()
    };
    let status = admin.directory().explain_deadline(wanted).await;
    refused(status, Code::InvalidArgument, "whistle FIELD_INVALID");

    let whole_year = holiday("全年", (1, 1), (12, 31));
    let overlapping = vec![holiday("春节", (2, 1), (2, 7)), holiday("另一节", (2, 7), (2, 9))];
    let impossible = vec![holiday("不存在", (2, 29), (2, 30))];
    let backwards = vec![holiday("倒置", (5, 3), (5, 1))];
    for holidays in [vec![whole_year], overlapping, impossible, backwards] {
        let title = holidays[0].title.clone();
        let status = admin.directory().publish_calendar_year(calendar(holidays)).await;
        let status = refused(status, Code::InvalidArgument, "directory.whistle CALENDAR_INVALID");
        assert!(!metadata_of(&status, "problem").is_empty(), "{title}");
    }
    let good = vec![holiday("元旦", (1, 1), (1, 3))];
    admin.directory().publish_calendar_year(calendar(good)).await?;
    zone.world.end().await
}

/// The calendar of 2027 with these holidays.
fn calendar(holidays: Vec<Holiday>) -> PublishCalendarYearRequest {
    let issued_date = Some(Date { year: 2026, month: 11, day: 1 });
    let notice = Notice { number: NOTICE.to_owned(), issued_date, ..<_>::default() };
    let year = CalendarYear { year: 2027, notices: vec![notice], holidays, version: 0 };
    PublishCalendarYearRequest { year: Some(year), request_id: request_id(), ..<_>::default() }
}

const NOTICE: &str = "国办发明电〔2026〕1号";

fn holiday(title: &str, from: (i32, i32), to: (i32, i32)) -> Holiday {
    let day = |(month, day)| Some(Date { year: 2027, month, day });
    Holiday {
        title: title.to_owned(),
        notice: NOTICE.to_owned(),
        from_date: day(from),
        to_date: day(to),
        work_dates: Vec::new(),
    }
}

async fn messages_and_journals_that_are_not_served(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let plea = SubmitTicketRequest { text: "水".repeat(2 << 20), ..plea() };
    let status = zone.by("handler").submit(plea).await.expect_err("6 MiB");
    assert_eq!(status.code(), Code::OutOfRange);
    let wanted = GetCheckpointRequest { journal: "subsidy".to_owned(), size: 0 };
    let status = zone.by("auditor").history("request").get_checkpoint(wanted).await;
    let status = refused(status, Code::NotFound, "whistle JOURNAL_NOT_SERVED");
    assert_eq!(metadata_of(&status, "journal"), "subsidy");
    let told: Vec<String> = zone.world.told("request").await?;
    assert_eq!(told, [""; 0], "a refused call tells nothing");
    zone.world.end().await
}
