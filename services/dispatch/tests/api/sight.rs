//! Who sees what: one order, lists, history, watching, the league.

use anyhow::Result;
use contract::common::{Date, Outcome, Role, WorkRequested};
use contract::dispatch::watch_work_orders_response::Item;
use contract::dispatch::*;
use contract::request::{TicketConfirmed, TicketDissatisfied};
use dispatch::store::{Period, Standpoint, list_league_entries};
use futures_util::StreamExt as _;
use journal::Telling;
use testkit::{Size, on_both_sizes};
use tonic::Code;

use crate::desk::{Desk, TICKET, reason, wanted};

on_both_sizes!(
    a_department_sees_its_own_orders_and_those_it_assists,
    lists_come_in_pages_with_those_due_first_at_the_top,
    what_waits_for_a_zone_leader_is_at_the_top,
    a_departments_pages_are_complete_ordered_and_without_repetition,
    an_answer_is_not_shown_again_to_who_may_no_longer_see_the_order,
    history_and_watching_show_what_happened_to_who_may_see_it,
    the_league_counts_what_was_done,
    the_league_counts_overdue_assistance_of_who_assisted,
);

fn names(orders: &[WorkOrder]) -> Vec<&str> {
    orders.iter().map(|order| order.name.as_str()).collect()
}

async fn a_department_sees_its_own_orders_and_those_it_assists(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.in_progress(1).await?;
    let list = async |by: &str| {
        let listed = desk.client(by).list_work_orders(ListWorkOrdersRequest::default()).await?;
        let mut seen: Vec<String> =
            listed.into_inner().work_orders.into_iter().map(|order| order.name).collect();
        seen.sort();
        Ok::<_, tonic::Status>(seen)
    };
    assert_eq!(reason(desk.get("D03-11", &order).await), "WORK_ORDER_NOT_FOUND");
    assert_eq!(list("D03-11").await?, [""; 0]);
    let parent = desk.assist("D02-11", &order, "departments/D03").await?;
    let child = parent.assistance[0].work_order.clone();
    let mut both = vec![order.clone(), child.clone()];
    both.sort();
    for by in ["D03-11", "D02-11", "D01-11", "D01-02", "D00-99"] {
        assert_eq!(list(by).await?, both, "{by}");
        desk.get(by, &order).await?;
        desk.get(by, &child).await?;
    }
    assert_eq!(list("D04-11").await?, [""; 0]);
    assert_eq!(desk.get("D04-11", &child).await.unwrap_err().code(), Code::NotFound);
    desk.world.end().await
}

async fn lists_come_in_pages_with_those_due_first_at_the_top(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let start = desk.now();
    for number in 1..=5 {
        // The later the number, the earlier it was submitted, and due.
        let days = jiff::SignedDuration::from_hours(24 * i64::from(number % 3));
        let source = format!("tickets/00000000-0000-7000-8000-{number:012}");
        desk.request(&WorkRequested { source, ..wanted(number, start - days) }).await?;
    }
    let mut client = desk.client("D02-11");
    let all = client.list_work_orders(ListWorkOrdersRequest::default()).await?.into_inner();
    let key =
        |order: &WorkOrder| (order.reply_due.unwrap().time.unwrap().seconds, order.name.clone());
    assert_eq!(all.work_orders.len(), 5);
    assert!(all.work_orders.is_sorted_by_key(key));
    let mut paged = Vec::new();
    let mut wanted = ListWorkOrdersRequest { page_size: 2, ..Default::default() };
    loop {
        let page = client.list_work_orders(wanted.clone()).await?.into_inner();
        paged.extend(page.work_orders);
        if page.next_page_token.is_empty() {
            break;
        }
        wanted.page_token = page.next_page_token;
    }
    assert_eq!(names(&paged), names(&all.work_orders));
    let other = ListWorkOrdersRequest { open_only: true, ..wanted.clone() };
    assert_eq!(reason(client.list_work_orders(other).await), "PAGE_TOKEN_INVALID");
    let negative = ListWorkOrdersRequest { page_size: -1, ..Default::default() };
    assert_eq!(reason(client.list_work_orders(negative).await), "FIELD_INVALID");
    let first = all.work_orders[0].clone();
    desk.contact("D02-11", &first.name).await?;
    desk.complete("D02-11", &first.name, "").await?;
    let listed = async |wanted: ListWorkOrdersRequest| {
        let listed = desk.client("D01-11").list_work_orders(wanted).await?;
        Ok::<_, tonic::Status>(listed.into_inner().work_orders.len())
    };
    let default = ListWorkOrdersRequest::default;
    assert_eq!(listed(ListWorkOrdersRequest { open_only: true, ..default() }).await?, 4);
    let state = WorkOrderState::Completed.into();
    assert_eq!(listed(ListWorkOrdersRequest { state, ..default() }).await?, 1);
    let source = first.source.clone();
    assert_eq!(listed(ListWorkOrdersRequest { source, ..default() }).await?, 1);
    let department = "departments/D03".to_owned();
    assert_eq!(listed(ListWorkOrdersRequest { department, ..default() }).await?, 0);
    let due_before_time = first.reply_due.unwrap().time;
    assert_eq!(listed(ListWorkOrdersRequest { due_before_time, ..default() }).await?, 0);
    desk.world.end().await
}

/// Whatever is due before: of those who see every order, on every page.
async fn what_waits_for_a_zone_leader_is_at_the_top(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let mut orders = Vec::new();
    for number in 1..=5 {
        let earlier = jiff::SignedDuration::from_hours(24 * i64::from(5 - number));
        orders.push(desk.request(&wanted(number, desk.now() - earlier)).await?);
    }
    for escalated in [&orders[2], &orders[4]] {
        desk.give_back("D02-11", escalated, "").await?;
        desk.decide_return("D01-11", escalated, (Decision::Granted, "")).await?;
    }
    let expected = [2, 4, 0, 1, 3].map(|place: usize| orders[place].clone());
    for by in ["D00-01", "D01-11"] {
        for page_size in [1, 2, 3, 5] {
            let mut wanted = ListWorkOrdersRequest { page_size, ..Default::default() };
            let mut paged = Vec::new();
            loop {
                let page = desk.client(by).list_work_orders(wanted.clone()).await?.into_inner();
                paged.extend(page.work_orders.into_iter().map(|order| order.name));
                if page.next_page_token.is_empty() {
                    break;
                }
                wanted.page_token = page.next_page_token;
            }
            assert_eq!(paged, expected, "{by}, {page_size} on a page");
        }
    }
    desk.world.end().await
}

/// Of D02 and D03, each with orders of its own, some assisted by the other.
async fn a_departments_pages_are_complete_ordered_and_without_repetition(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let start = desk.now();
    let mut open = std::collections::BTreeSet::new();
    for number in 1..=8 {
        let hours = jiff::SignedDuration::from_hours(24 * i64::from(number % 3));
        let (own, by, other) = match number % 2 {
            0 => ("departments/D02", "D02-11", "departments/D03"),
            _ => ("departments/D03", "D03-11", "departments/D02"),
        };
        let wanted = WorkRequested { lead: own.to_owned(), ..wanted(number, start - hours) };
        let order = desk.request(&wanted).await?;
        desk.contact(by, &order).await?;
        if 2 < number {
            let parent = desk.assist(by, &order, other).await?;
            open.insert(parent.assistance[0].work_order.clone());
        }
        // What nobody assists is its own department's alone.
        if 2 < number || own == "departments/D02" {
            open.insert(order);
        }
    }
    let done = "workOrders/00000000-0000-7000-8000-000000000002".to_owned();
    desk.complete("D02-11", &done, "").await?;
    for open_only in [false, true] {
        if open_only {
            open.remove(&done);
        }
        let mut client = desk.client("D02-11");
        let mut wanted = ListWorkOrdersRequest { page_size: 3, open_only, ..Default::default() };
        let mut paged = Vec::new();
        loop {
            let page = client.list_work_orders(wanted.clone()).await?.into_inner();
            assert!(page.work_orders.len() <= 3);
            paged.extend(page.work_orders);
            if page.next_page_token.is_empty() {
                break;
            }
            wanted.page_token = page.next_page_token;
        }
        assert_eq!(paged.len(), open.len(), "{:?}", names(&paged));
        let key = |order: &WorkOrder| {
            (order.reply_due.unwrap().time.unwrap().seconds, order.name.clone())
        };
        assert!(paged.is_sorted_by_key(key));
        assert!(paged.iter().all(|order| open.contains(&order.name)));
    }
    desk.world.end().await
}

async fn an_answer_is_not_shown_again_to_who_may_no_longer_see_the_order(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.offer(1).await?;
    let wanted = ReturnWorkOrderRequest {
        work_order: order.clone(),
        basis: "三定规定".to_owned(),
        names_department: "departments/D03".to_owned(),
        etag: String::new(),
        request_id: desk.world.request_id(),
    };
    let mut client = desk.client("D02-11");
    let first = client.return_work_order(wanted.clone()).await?.into_inner();
    assert_eq!(client.return_work_order(wanted.clone()).await?.into_inner(), first);
    desk.decide_return("D01-11", &order, (Decision::Granted, "departments/D03")).await?;
    let gone = client.return_work_order(wanted).await;
    assert_eq!(reason(gone), "WORK_ORDER_NOT_FOUND");
    desk.world.end().await
}

async fn history_and_watching_show_what_happened_to_who_may_see_it(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.in_progress(1).await?;
    let asked = ListWorkOrderHistoryRequest { work_order: order.clone(), ..Default::default() };
    let told = desk.client("D02-11").list_work_order_history(asked.clone()).await?.into_inner();
    let kinds: Vec<&str> =
        told.entries.iter().map(|entry| entry.r#type.rsplit('.').next().unwrap()).collect();
    assert_eq!(kinds, ["WorkOrderOffered", "WorkOrderClaimed", "WorkOrderContacted"]);
    assert_eq!(told.entries[2].actor, "persons/D02-11");
    assert_eq!(told.entries[0].correlation, TICKET);
    let hidden = desk.client("D03-11").list_work_order_history(asked).await;
    assert_eq!(reason(hidden), "WORK_ORDER_NOT_FOUND");
    let watch = WatchWorkOrdersRequest { resume_after: 1 };
    let mut seen = desk.client("D02-11").watch_work_orders(watch).await?.into_inner();
    let mut positions = Vec::new();
    while let Some(Item::Entry(entry)) = seen.next().await.unwrap()?.item {
        positions.push(entry.position);
    }
    assert_eq!(positions, [2, 3]);
    let mut unseen = desk.client("D03-11").watch_work_orders(watch).await?.into_inner();
    let Some(Item::Heartbeat(reached)) = unseen.next().await.unwrap()?.item else {
        panic!("an entry of another department")
    };
    assert_eq!(reached.position, 3);
    // Whoever loses the role that opened the stream sees no more.
    desk.tell_of("D02-11", &[Role::Enterprise], true).await?;
    desk.offer(2).await?;
    let mut last = seen.next().await.unwrap();
    while let Ok(WatchWorkOrdersResponse { item: Some(Item::Heartbeat(_)) }) = last {
        last = seen.next().await.unwrap();
    }
    assert_eq!(last.unwrap_err().code(), Code::PermissionDenied);
    drop((seen, unseen));
    desk.world.end().await
}

/// Shows: dispatch refuses PERIOD_INVALID
async fn the_league_counts_what_was_done(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    for number in 1..=6 {
        let order = desk.offer(number).await?;
        if number == 6 {
            desk.give_back("D02-11", &order, "").await?;
            desk.decide_return("D01-11", &order, (Decision::Granted, "departments/D03")).await?;
            continue;
        }
        desk.contact("D02-11", &order).await?;
        if number == 1 {
            let parent = desk.assist("D02-11", &order, "departments/D03").await?;
            let child = parent.assistance[0].work_order.clone();
            desk.contact("D03-11", &child).await?;
            desk.complete("D03-11", &child, "").await?;
        }
        desk.complete("D02-11", &order, "").await?;
        desk.rate(&order, if number == 5 { 2 } else { 4 }).await?;
    }
    let date = |month, day| Some(Date { year: 2026, month, day });
    let march = GetLeagueRequest {
        from_date: date(3, 1),
        to_date: date(3, 31),
        first_round: false,
        ..<_>::default()
    };
    let league = desk.client("D00-99").get_league(march).await?.into_inner();
    let [first, second] = &league.rows[..] else { panic!("{league:?}") };
    assert_eq!(
        (first.department.as_str(), first.dispatched, first.returns_upheld),
        ("departments/D02", 6, 1)
    );
    let texts = [&first.response, &first.on_time, &first.solved, &first.satisfied];
    let texts = texts.map(|rate| rate.as_ref().unwrap().text.clone());
    assert_eq!(texts, ["100.0%", "100.0%", "80.0%", "80.0%"]);
    assert_eq!(first.score_hundredths, Some(8600));
    assert_eq!(
        (second.department.as_str(), second.dispatched, second.assisted),
        ("departments/D03", 1, 1)
    );
    assert_eq!(second.score_hundredths, None);
    let left_out = &first.response.as_ref().unwrap().exclusions;
    assert_eq!((left_out[0].reason.as_str(), left_out[0].count), ("RETURNED", 1));
    assert_eq!(left_out[0].work_orders[0][..11], *"workOrders/");
    assert_eq!(league.zone.unwrap().dispatched, 6, "each order once");
    desk.is_counted_alike_page_by_page().await?;
    let april = GetLeagueRequest { from_date: date(4, 1), to_date: date(4, 30), ..march };
    assert_eq!(desk.client("D00-99").get_league(april).await?.into_inner().rows, []);
    for (from_date, to_date) in
        [(date(4, 2), date(4, 1)), (date(1, 1), Some(Date { year: 2032, month: 1, day: 1 }))]
    {
        let invalid = GetLeagueRequest { from_date, to_date, ..march };
        assert_eq!(reason(desk.client("D00-99").get_league(invalid).await), "PERIOD_INVALID");
    }
    let no_day = GetLeagueRequest { from_date: date(2, 30), to_date: date(3, 1), ..march };
    assert_eq!(reason(desk.client("D00-99").get_league(no_day).await), "FIELD_INVALID");
    desk.world.end().await
}

/// In the round that is last and in the first, which is over.
async fn the_league_counts_overdue_assistance_of_who_assisted(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.in_progress(1).await?;
    desk.assist("D02-11", &order, "departments/D03").await?;
    desk.go_to("2026-03-12T09:00:00+08:00").await?;
    desk.complete("D02-11", &order, "").await?;
    let date = |day| Some(Date { year: 2026, month: 3, day });
    let march = GetLeagueRequest {
        from_date: date(1),
        to_date: date(31),
        first_round: false,
        ..<_>::default()
    };
    for first_round in [false, true] {
        let asked = GetLeagueRequest { first_round, ..march };
        let league = desk.client("D00-99").get_league(asked).await?.into_inner();
        let of = |code: &str| {
            let row = league.rows.iter().find(|row| row.department == code);
            row.cloned().unwrap()
        };
        let (lead, assists) = (of("departments/D02"), of("departments/D03"));
        let on_time = lead.on_time.unwrap();
        assert_eq!((lead.answered_late, on_time.denominator), (0, 0));
        assert_eq!(on_time.exclusions[0].reason, "ASSISTANCE_OVERDUE");
        assert_eq!(on_time.exclusions[0].work_orders, std::slice::from_ref(&order));
        assert_eq!((assists.assisted, assists.assisted_late), (1, 1));
        let zone = league.zone.unwrap();
        assert_eq!((zone.answered_late, zone.on_time.unwrap().denominator), (1, 1));
        if !first_round {
            let again = WorkRequested { round: 2, ..wanted(1, desk.now()) };
            desk.reopen(again, false).await?;
        }
    }
    desk.world.end().await
}

impl Desk {
    /// The league of all orders does not depend on how many are read at once.
    async fn is_counted_alike_page_by_page(&self) -> Result<()> {
        let read = self.world.house("dispatch").known.read();
        let standpoint = Standpoint { now: self.now(), closes_by: &|promised| promised };
        let (from, until) = (jiff::Timestamp::UNIX_EPOCH, "2027-01-01T00:00:00Z".parse()?);
        for first_round in [false, true] {
            let period = Period { from, until, first_round, kind: None };
            let (all, next) = list_league_entries(read, period, (None, 1_000), &standpoint).await?;
            assert!(5 < all.len() && next.is_none());
            let (mut paged, mut after) = (Vec::new(), None);
            loop {
                let page = list_league_entries(read, period, (after.as_ref(), 2), &standpoint);
                let (entries, next) = page.await?;
                assert!(entries.len() <= 2);
                paged.extend(entries);
                let Some(next) = next else { break };
                after = Some(next);
            }
            assert_eq!(paged, all);
        }
        Ok(())
    }

    /// The enterprise gives its verdict on an order.
    pub(crate) async fn rate(&self, order: &str, level: i32) -> Result<()> {
        let (ticket, work_order) = (TICKET.to_owned(), order.to_owned());
        let outcome = Outcome::Solved.into();
        let told = if 3 <= level {
            let told = TicketConfirmed {
                ticket,
                work_order,
                round: 1,
                outcome,
                level,
                ..Default::default()
            };
            Telling::new(TICKET, TICKET, &told)
        } else {
            let told = TicketDissatisfied {
                ticket,
                work_order,
                round: 1,
                outcome,
                level,
                ..Default::default()
            };
            Telling::new(TICKET, TICKET, &told)
        };
        self.world.tell("request", told, "persons/E-1").await?;
        self.world.settle().await
    }
}
