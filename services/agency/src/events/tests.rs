//! What facts of a case tell, and what facts of dispatch say to it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use base::WorkOrderId;
use contract::common::{
    LimitKind, LimitStart, LimitTier, WorkAccepted, WorkKind, WorkReopened, WorkRequested,
    WorkSettled, WorkWithdrawn,
};
use contract::dispatch::{
    Standing, WorkOrderCancelled, WorkOrderClaimed, WorkOrderCompleted, WorkOrderDeclined,
    WorkOrderOffered, WorkOrderState, WorkOrderYellowCard,
};
use journal::{Heard, Telling};
use prost::{Message, Name};

use super::{news_of, tell};
use crate::lifecycle::sample::*;
use crate::lifecycle::{Alarm, Case, Command, ItemAsk, News, Purpose, WorkState, apply};

/// What a command tells, of a case as it is, and the case after it.
fn told(case: &Case, command: &Command) -> (Vec<Telling>, Case) {
    let facts = decide_at(Some(case), command, instant(DAY_ONE)).expect("it is taken");
    let mut after = case.clone();
    let mut told = Vec::new();
    for fact in &facts {
        after = apply(Some(after), fact).expect("a case");
        told.extend(tell(&after, fact));
    }
    (told, after)
}

fn kinds(told: &[Telling]) -> Vec<&str> {
    told.iter().map(|telling| telling.kind().rsplit('.').next().unwrap_or_default()).collect()
}

fn the<M: Message + Name + Default>(told: &[Telling]) -> M {
    let of = told.iter().find(|telling| telling.kind() == M::full_name()).expect("it is told");
    M::decode(of.data()).expect("it can be read")
}

fn submit(code: &str) -> Command {
    of_item(agent(), code, ItemAsk::Submit)
}

/// Runs, with nothing outstanding.
fn complete() -> Case {
    let case = running(&procedure(vec![matter("a", &[]), matter("b", &["a"])]));
    after_all(case, &[add(agent(), "later")])
}

#[test]
fn a_submitted_item_asks_for_decision_work() {
    let (told, case) = told(&complete(), &submit("a"));
    assert_eq!(kinds(&told), ["ItemSubmitted", "WorkRequested"]);
    let work: WorkRequested = the(&told);
    let own = case.items[&item("a")].order.clone().expect("an order");
    assert_eq!(work.work_order, own.id.to_string());
    assert_eq!((work.round, work.kind()), (1, WorkKind::Decision));
    assert_eq!((work.source, work.lead), (case.id.to_string(), "departments/D02".to_owned()));
    assert_eq!(work.barred, ["persons/agent"], "whoever is agent decides nothing");
    assert_eq!(work.rule_version, 1, "the procedure's");
    let limits: Vec<_> =
        work.limits.iter().map(|limit| (limit.kind(), limit.tier(), limit.start())).collect();
    assert_eq!(
        limits,
        [
            (LimitKind::Claim, LimitTier::Statutory, LimitStart::Offered),
            (LimitKind::Reply, LimitTier::Statutory, LimitStart::Accepted),
            (LimitKind::Reply, LimitTier::Promised, LimitStart::Accepted),
        ]
    );
}

#[test]
fn an_accepted_item_starts_the_clock_of_its_order() {
    let (_, case) = told(&complete(), &submit("a"));
    let order = case.items[&item("a")].order.clone().expect("an order").id;
    let (told, _) = told(&case, &of_item(staff("D02"), "a", ItemAsk::Accept));
    assert_eq!(kinds(&told), ["ItemAccepted", "WorkAccepted"]);
    let accepted: WorkAccepted = the(&told);
    assert_eq!((accepted.work_order, accepted.round), (order.to_string(), 1));
    assert_eq!(accepted.accepted_time, Some(runtime::wire::time(instant(DAY_ONE))));
}

/// Nothing was said in five working days: it is accepted as of the day on which it came.
#[test]
fn what_is_accepted_by_itself_is_told_as_of_its_receipt() {
    let (_, case) = told(&complete(), &submit("a"));
    let due = case.items[&item("a")].wait.expect("a wait").due.at;
    let ring = Command::Ring(Alarm::Item(item("a")));
    let facts = decide_at(Some(&case), &ring, due).expect("it rings");
    let told: Vec<Telling> = facts
        .iter()
        .flat_map(|fact| tell(&apply(Some(case.clone()), fact).expect("a case"), fact))
        .collect();
    let accepted: WorkAccepted = the(&told);
    assert_eq!(accepted.accepted_time, Some(runtime::wire::time(instant(DAY_ONE))));
}

#[test]
fn an_issued_item_settles_its_order_and_makes_the_next_ready() {
    let case = under_review(complete(), "a");
    let order = case.items[&item("a")].order.clone().expect("an order").id;
    let (told, _) = told(&case, &issue("a", "建字第1号"));
    assert_eq!(kinds(&told), ["ResultIssued", "WorkSettled", "ItemReady"]);
    let settled: WorkSettled = the(&told);
    assert_eq!((settled.work_order, settled.outcome.as_str()), (order.to_string(), "ISSUED"));
    assert!(settled.actor.is_empty(), "the entry says who");
    assert!(settled.decided_time.is_some());
}

#[test]
fn a_withdrawn_item_withdraws_its_order() {
    let case = under_review(complete(), "a");
    let withdraw = ItemAsk::Withdraw { reason: "不办了".to_owned() };
    let (told, _) = told(&case, &of_item(handler(), "a", withdraw));
    assert_eq!(kinds(&told)[..2], ["ItemWithdrawn", "WorkWithdrawn"]);
    let withdrawn: WorkWithdrawn = the(&told);
    assert_eq!(withdrawn.reason, "WITHDRAWN");
}

#[test]
fn a_redirected_item_goes_to_the_other_department_whole() {
    let (_, case) = told(&complete(), &submit("a"));
    let order = case.items[&item("a")].order.clone().expect("an order").id;
    let declined = hear(&case, &order, News::Declined { basis: "职责目录第3项".to_owned() });
    let to = ItemAsk::Redirect { to: department("D03"), reason: "属住建".to_owned() };
    let (told, _) = told(&declined, &of_item(dispatcher(), "a", to));
    assert_eq!(kinds(&told), ["ItemRedirected", "WorkReopened"]);
    let reopened: WorkReopened = the(&told);
    let work = reopened.work.expect("the work");
    assert_eq!((work.lead.as_str(), work.round), ("departments/D03", 1));
    assert_eq!(work.work_order, order.to_string());
}

#[test]
fn an_opinion_to_which_nothing_is_lacking_asks_for_its_conversion() {
    let case = running(&procedure(vec![matter("a", &[])]));
    let case = after_all(case, &[promise("2026-04-01T17:30:00+08:00")]);
    let case = after_all(under_review(case, "a"), &[pre_issue("a")]);
    let (told, case) = told(&case, &add(agent(), "later"));
    assert_eq!(kinds(&told), ["MaterialAdded", "ConversionAsked", "WorkRequested"]);
    let work: WorkRequested = the(&told);
    assert_eq!(case.items[&item("a")].order.as_ref().expect("one").purpose, Purpose::Conversion);
    assert_eq!(work.limits.len(), 1);
    assert_eq!(work.limits[0].start(), LimitStart::Submitted);
    assert!(work.submitted_time.is_some());
}

fn hear(case: &Case, work_order: &WorkOrderId, news: News) -> Case {
    let heard =
        crate::lifecycle::Heard { work_order: *work_order, occurred_at: instant(DAY_ONE), news };
    after_all(case.clone(), &[Command::Hear(heard)])
}

const SOURCE: &str = "cases/01900000-0000-7000-8000-000000000001";
const ORDER: &str = "workOrders/01900000-0000-7000-8000-000000000002";

fn heard<M: Message + Name>(message: &M) -> Heard {
    Heard {
        source: "dispatch".to_owned(),
        position: 1,
        id: "an event".to_owned(),
        kind: M::full_name(),
        subject: ORDER.to_owned(),
        correlation: SOURCE.to_owned(),
        causation: None,
        actor: "persons/D02-12".to_owned(),
        device: None,
        occurred_at: instant(DAY_ONE),
        recorded_at: instant(DAY_ONE),
        traceparent: None,
        data: message.encode_to_vec(),
    }
}

fn standing(state: WorkOrderState) -> Option<Standing> {
    let department = "departments/D02".to_owned();
    Some(Standing { state: state.into(), department, ..Standing::default() })
}

#[test]
fn what_dispatch_tells_is_understood() {
    let (work_order, source) = (ORDER.to_owned(), SOURCE.to_owned());
    let claimed = WorkOrderClaimed {
        work_order: work_order.clone(),
        source: source.clone(),
        standing: standing(WorkOrderState::Claimed),
        ..WorkOrderClaimed::default()
    };
    let (of, news) = news_of(&heard(&claimed)).expect("understood").expect("it says something");
    assert_eq!((of.as_str(), news.work_order.to_string().as_str()), (SOURCE, ORDER));
    let News::Moved(now) = news.news else { panic!("it moved") };
    assert_eq!((now.state, now.department), (WorkState::Claimed, Some(department("D02"))));

    let declined = WorkOrderDeclined {
        work_order: work_order.clone(),
        source: source.clone(),
        basis: "职责目录".to_owned(),
        ..WorkOrderDeclined::default()
    };
    let (_, news) = news_of(&heard(&declined)).expect("understood").expect("it says something");
    assert_eq!(news.news, News::Declined { basis: "职责目录".to_owned() });

    let completed = WorkOrderCompleted {
        work_order: work_order.clone(),
        source: source.clone(),
        settled_outcome: "ISSUED".to_owned(),
        ..WorkOrderCompleted::default()
    };
    let (_, news) = news_of(&heard(&completed)).expect("understood").expect("it says something");
    assert!(matches!(news.news, News::Ended(now) if now.state == WorkState::Completed));

    let cancelled = WorkOrderCancelled { work_order, source, ..WorkOrderCancelled::default() };
    let (_, news) = news_of(&heard(&cancelled)).expect("understood").expect("it says something");
    assert!(matches!(news.news, News::Ended(now) if now.state == WorkState::Cancelled));
}

#[test]
fn what_says_nothing_of_the_work_is_passed_over_and_what_is_unclear_is_not() {
    let card =
        WorkOrderYellowCard { work_order: ORDER.to_owned(), ..WorkOrderYellowCard::default() };
    assert!(news_of(&heard(&card)).expect("understood").is_none());
    let parent = ORDER.to_owned();
    let child = WorkOrderOffered { parent, ..WorkOrderOffered::default() };
    assert!(news_of(&heard(&child)).expect("understood").is_none(), "it assists");
    let nowhere = WorkOrderClaimed { work_order: ORDER.to_owned(), ..WorkOrderClaimed::default() };
    assert!(news_of(&heard(&nowhere)).is_err(), "it does not say where the order stands");
}
