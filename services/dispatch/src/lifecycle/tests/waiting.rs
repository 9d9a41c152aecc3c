//! What time does to an order, and what pauses and assistance do to time.

#![allow(clippy::wildcard_enum_match_arm, reason = "a test looks at some facts")]

use base::Role;
use calendar::{Limit, Year};
use strum::IntoEnumIterator;

use super::sample::*;
use super::*;

fn told(happened: &[What]) -> Vec<String> {
    let told = |what: &What| match what {
        What::LimitMissed { alarm, told, .. } => Some(format!("{alarm} {told}")),
        What::YellowCarded { .. } => Some("YELLOW".to_owned()),
        What::RedCarded { .. } => Some("RED".to_owned()),
        What::Claimed { by_default: true, .. } => Some("BY_DEFAULT".to_owned()),
        _ => None,
    };
    happened.iter().filter_map(told).collect()
}

#[test]
fn an_order_that_nobody_claims_counts_as_claimed_by_the_head() {
    let head = with_roles("D02-01", &[Role::Lead]);
    let mut world = World::offered();
    let happened = world.go_to(instant("2026-03-04T14:59:59+08:00"), Some(&head));
    assert_eq!(told(&happened), [""; 0]);
    let happened = world.go_to(instant("2026-03-04T15:00:00+08:00"), Some(&head));
    assert_eq!(told(&happened), ["CLAIM LEAD", "CONTACT LEAD"]);
    let happened = world.go_to(instant("2026-03-05T10:00:00+08:00"), Some(&head));
    assert_eq!(told(&happened), ["BY_DEFAULT"]);
    let order = world.order();
    assert_eq!((order.state, order.claimant.as_ref()), (State::Claimed, Some(&head.id)));
}

/// A head who is no staff does what a claimant does, and no more.
#[test]
fn a_head_who_has_it_by_default_may_act() {
    let head = with_roles("D02-01", &[Role::Lead]);
    let mut world = World::offered();
    let early = world.ask(Command::Claim { by: head.clone() });
    assert!(matches!(early, Err(Error::Common(_))), "staff alone claim: {early:?}");
    world.go_to(instant("2026-03-05T10:00:00+08:00"), Some(&head));
    let proof = "电话".to_owned();
    world.ask(Command::Contact { by: head.clone(), proof }).unwrap();
    world.ask(Command::HandOver { by: head.clone(), to: nominee("D02-12") }).unwrap();
    let former = world.ask(Command::HandOver { by: head, to: nominee("D02-11") });
    assert!(matches!(former, Err(Error::NotClaimant { .. })));
}

#[test]
fn without_a_head_a_zone_leader_is_told_every_working_day() {
    let mut world = World::offered();
    world.go_to(instant("2026-03-04T17:00:00+08:00"), None);
    let happened = world.go_to(instant("2026-03-06T17:30:00+08:00"), None);
    assert_eq!(told(&happened), ["CLAIM ZONE_LEADER", "CLAIM ZONE_LEADER"]);
    assert_eq!(world.order().state, State::Offered);
}

#[test]
fn an_overdue_answer_is_told_upwards_and_carded_once() {
    let mut world = World::in_progress();
    let happened = world.go_to(instant("2026-03-20T17:30:00+08:00"), None);
    let expected = ["YELLOW", "RED", "OVERDUE LEAD", "OVERDUE ZONE_LEADER"];
    assert_eq!(told(&happened), expected);
    assert_eq!(world.order().card, Some(Card::Red));
}

#[test]
fn what_is_offered_overdue_gets_no_yellow_card_first() {
    let mut world = World::at(DAY_ONE);
    let wanted = requested(world.now, rules());
    let occurred_at = instant("2026-03-16T09:00:00+08:00");
    world.hear(Requested { occurred_at, ..wanted });
    let happened = world.go_to(occurred_at, None);
    assert_eq!(told(&happened), ["CONTACT LEAD", "RED", "OVERDUE LEAD"]);
}

#[test]
fn a_ruling_that_is_not_made_is_told_upwards() {
    let mut world = World::offered();
    world.ask(give_back("D02-11", None)).unwrap();
    let happened = world.go_to(instant("2026-03-06T17:30:00+08:00"), None);
    let expected = [
        "CONTACT LEAD",
        "RETURN_DECISION DISPATCH_HEAD",
        "RETURN_DECISION ZONE_LEADER",
        "RETURN_DECISION ZONE_LEADER",
    ];
    let mut sorted = told(&happened);
    sorted.sort();
    assert_eq!(sorted, expected);
}

#[test]
fn a_pause_runs_from_the_asking_and_ends_with_what_was_awaited() {
    let mut world = World::in_progress();
    let until = instant("2026-03-10T12:00:00+08:00");
    world.ask(pause("D02-11", PauseReason::AwaitingMaterials, until)).unwrap();
    world.now = instant("2026-03-05T09:00:00+08:00");
    world.ask(ruling(Decision::Granted)).unwrap();
    assert_eq!(alarms(world.order()), [(Alarm::PauseEnd, until)]);
    world.now = instant("2026-03-06T10:00:00+08:00");
    let happened = world.ask(Command::SupplyMaterials { occurred_at: world.now }).unwrap();
    assert!(matches!(
        happened[..],
        [What::Resumed { ran_out: false, .. }, What::DueChanged { .. }]
    ));
    // 03-04 and 03-05 stood still at their close; the fourth did not count anyway.
    assert_eq!(world.order().reply.unwrap().due.at, instant("2026-03-12T17:30:00+08:00"));
    assert_eq!(world.order().state, State::InProgress);
}

#[test]
fn a_pause_ends_by_itself() {
    let mut world = World::in_progress();
    let until = instant("2026-03-06T12:00:00+08:00");
    world.ask(pause("D02-11", PauseReason::Hearing, until)).unwrap();
    world.ask(ruling(Decision::Granted)).unwrap();
    let happened = world.go_to(instant("2026-03-06T12:00:00+08:00"), None);
    assert!(
        matches!(happened[0], What::Resumed { resumed_at, ran_out: true, .. } if resumed_at == until)
    );
    // The news that the enterprise supplied before that comes too late.
    let occurred_at = instant("2026-03-05T12:00:00+08:00");
    assert_eq!(world.ask(Command::SupplyMaterials { occurred_at }).unwrap(), []);
}

#[test]
fn what_comes_before_the_ruling_ends_the_pause_then() {
    let mut world = World::in_progress();
    let until = instant("2026-03-10T12:00:00+08:00");
    world.ask(pause("D02-11", PauseReason::AwaitingMaterials, until)).unwrap();
    world.now = instant("2026-03-05T09:00:00+08:00");
    let supplied = Command::SupplyMaterials { occurred_at: world.now };
    let came = What::MaterialsCame { supplied_at: world.now };
    assert_eq!(world.ask(supplied).unwrap(), [came]);
    world.now = instant("2026-03-05T10:00:00+08:00");
    world.ask(ruling(Decision::Granted)).unwrap();
    let order = world.order();
    assert_eq!(order.state, State::InProgress);
    assert_eq!(order.pauses[0].resumed_at, Some(instant("2026-03-05T09:00:00+08:00")));
}

#[test]
fn awaiting_materials_never_stops_a_statutory_clock() {
    for (reason, moves) in
        PauseReason::iter().map(|reason| (reason, reason != PauseReason::AwaitingMaterials))
    {
        let mut world = World::at(DAY_ONE);
        let limit = rule(LimitKind::Reply, Tier::Statutory, Limit::WorkingDays(20));
        world.hear(requested(world.now, vec![limit]));
        world.ask(contact("D02-11")).unwrap();
        let before = world.order().reply;
        world.ask(pause("D02-11", reason, instant("2026-03-06T12:00:00+08:00"))).unwrap();
        world.ask(ruling(Decision::Granted)).unwrap();
        world.go_to(instant("2026-03-06T12:00:00+08:00"), None);
        assert_eq!(world.order().reply != before, moves, "{reason}");
    }
}

/// Shows: dispatch IN_PROGRESS RefusePause; dispatch refuses NO_PAUSE_ASKED
/// Shows: dispatch refuses PAUSE_ASKED_ALREADY; dispatch refuses PAUSE_REASON_USED
#[test]
fn pauses_have_their_limits() {
    let mut world = World::in_progress();
    let hearing = |until: &str| pause("D02-11", PauseReason::Hearing, instant(until));
    assert!(matches!(world.ask(ruling(Decision::Granted)), Err(Error::NoPauseAsked)));
    assert!(matches!(world.ask(hearing(DAY_ONE)), Err(Error::UntilPast)));
    let other = pause("D02-12", PauseReason::Hearing, instant("2026-03-05T12:00:00+08:00"));
    assert!(matches!(world.ask(other), Err(Error::NotClaimant { .. })));
    // Five working days after the first may stand still, and not a sixth.
    world.ask(hearing("2026-03-12T17:30:00+08:00")).unwrap();
    assert!(world.order().pauses[0].beyond_limit);
    let (by, reason) = (zone_leader(), "r".to_owned());
    world.ask(Command::DecidePause { by, decision: Decision::Refused, reason }).unwrap();
    world.ask(hearing("2026-03-11T17:30:00+08:00")).unwrap();
    assert!(!world.order().pauses[1].beyond_limit);
    let again = hearing("2026-03-05T17:30:00+08:00");
    assert!(matches!(world.ask(again.clone()), Err(Error::PauseAskedAlready)));
    world.ask(ruling(Decision::Refused)).unwrap();
    world.ask(again.clone()).unwrap();
    world.ask(ruling(Decision::Granted)).unwrap();
    world.go_to(instant("2026-03-06T09:00:00+08:00"), None);
    let later = hearing("2026-03-09T17:30:00+08:00");
    assert!(matches!(world.ask(later), Err(Error::PauseReasonUsed { .. })));
}

/// Shows: dispatch IN_PROGRESS AskAssistance; dispatch refuses ASSISTS_ALREADY
/// Shows: dispatch refuses ASSISTANCE_OPEN; dispatch refuses ASSISTANCE_STAYS
#[test]
fn assistance_is_due_four_working_hours_before_the_answer() {
    let mut world = World::in_progress();
    assert!(matches!(world.ask(assistance("D02-11", "D02", 2)), Err(Error::AssistsAlready { .. })));
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    assert!(matches!(world.ask(assistance("D02-11", "D03", 3)), Err(Error::AssistsAlready { .. })));
    let due = instant("2026-03-11T11:30:00+08:00");
    let child = &world.orders[&order_id(2)];
    assert_eq!((child.reply.unwrap().due.at, child.parent), (due, Some(order_id(1))));
    let open = world.ask(complete("D02-11"));
    assert!(
        matches!(open, Err(Error::AssistanceOpen { open }) if open == [(order_id(2), department("D03"))])
    );
    world.ask_of(order_id(2), contact("D03-11")).unwrap();
    let of_child = |command| {
        World::ask_of(
            &mut World { orders: world.orders.clone(), ..World::at(DAY_ONE) },
            order_id(2),
            command,
        )
    };
    assert!(matches!(of_child(assistance("D03-11", "D04", 4)), Err(Error::AssistanceStays)));
    let paused = pause("D03-11", PauseReason::Hearing, due);
    assert!(matches!(of_child(paused), Err(Error::AssistanceStays)));
    world.ask_of(order_id(2), complete("D03-11")).unwrap();
    assert!(world.order().assistance[0].completed_at.is_some());
    assert!(world.order().concerned.contains(&person_id("D03-11")));
    world.ask(complete("D02-11")).unwrap();
}

/// Shows: dispatch refuses TOO_LITTLE_TIME
#[test]
fn with_too_little_time_left_nobody_is_asked_to_assist() {
    for (at, in_time) in [("2026-03-11T11:29:59+08:00", true), ("2026-03-11T11:30:00+08:00", false)]
    {
        let mut world = World::in_progress();
        world.now = instant(at);
        let asked = world.ask(assistance("D02-11", "D03", 2));
        assert_eq!(asked.is_ok(), in_time, "{at}");
        assert!(in_time || matches!(asked, Err(Error::TooLittleTime)));
    }
}

#[test]
fn overdue_assistance_is_named_and_may_still_be_done() {
    let mut world = World::in_progress();
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    world.now = instant("2026-03-11T11:30:01+08:00");
    let happened = world.ask(complete("D02-11")).unwrap();
    let What::Completed { reply, .. } = &happened[0] else { panic!("{happened:?}") };
    assert_eq!(reply.overdue_assistance, [order_id(2)]);
    world.ask_of(order_id(2), contact("D03-11")).unwrap();
    world.ask_of(order_id(2), complete("D03-11")).unwrap();
    assert!(world.order().assistance[0].completed_at.is_some());
}

#[test]
fn assistance_follows_the_due_instant_of_the_order_it_assists() {
    let mut world = World::in_progress();
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    let until = instant("2026-03-05T12:00:00+08:00");
    world.ask(pause("D02-11", PauseReason::Hearing, until)).unwrap();
    world.ask(ruling(Decision::Granted)).unwrap();
    world.go_to(instant("2026-03-10T12:00:00+08:00"), None);
    world.now = instant("2026-03-10T12:00:00+08:00");
    // 03-04 alone stood still at its close, and as the day of the start it never counted.
    assert_eq!(world.order().reply.unwrap().due.at, instant("2026-03-11T17:30:00+08:00"));
    let longer = instant("2026-03-11T12:00:00+08:00");
    world.ask(pause("D02-11", PauseReason::Tender, longer)).unwrap();
    world.ask(ruling(Decision::Granted)).unwrap();
    world.go_to(longer, None);
    let due = instant("2026-03-12T11:30:00+08:00");
    assert_eq!(world.order().assistance[0].due.at, due);
    assert_eq!(world.orders[&order_id(2)].reply.unwrap().due.at, due);
}

#[test]
fn a_year_that_is_published_moves_what_was_provisional() {
    let mut world = World::at("2026-12-30T10:00:00+08:00");
    world.hear(requested(world.now, rules()));
    world.ask(contact("D02-11")).unwrap();
    let before = world.order().reply.unwrap();
    assert!(before.due.provisional);
    assert_eq!(before.due.at, instant("2027-01-06T17:30:00+08:00"));
    assert_eq!(world.ask(Command::Recount).unwrap(), []);
    let year = "year = 2027\ncomplete = true\nversion = 1\n\
        [[notice]]\nnumber = \"国办发明电〔2026〕1号\"\nissued = 2026-11-01\n\
        title = \"通知\"\nurl = \"\"\n\
        [[holiday]]\nname = \"元旦\"\nnotice = \"国办发明电〔2026〕1号\"\n\
        off = { from = 2027-01-01, to = 2027-01-04 }\nwork = []\n";
    world.calendar = world.calendar.with_year(Year::parse(year).expect("a year"));
    let happened = world.ask(Command::Recount).unwrap();
    assert!(matches!(happened[..], [What::DueChanged { cause: Cause::Calendar, .. }]));
    let due = world.order().reply.unwrap().due;
    assert_eq!((due.at, due.provisional), (instant("2027-01-08T17:30:00+08:00"), false));
}

#[test]
fn what_is_heard_too_late_is_recorded_and_changes_nothing() {
    let mut world = World::in_progress();
    let rate = |round| Command::Rate { occurred_at: instant(DAY_ONE), round, rating: rating(5) };
    let late = |happened: Vec<What>| matches!(happened[..], [What::HeardLate { .. }]);
    assert!(late(world.ask(rate(1)).unwrap()));
    world.ask(complete("D02-11")).unwrap();
    let before = world.order().clone();
    let again = request_of(requested(world.now, rules()));
    assert!(late(world.ask(again).unwrap()));
    assert!(late(world.ask(Command::SupplyMaterials { occurred_at: world.now }).unwrap()));
    assert!(late(world.ask(rate(2)).unwrap()));
    assert_eq!(*world.order(), before);
    assert!(!late(world.ask(rate(1)).unwrap()));
    assert!(late(world.ask(rate(1)).unwrap()));
}

#[test]
fn what_is_heard_takes_effect_at_its_own_instant_and_never_before_the_last_change() {
    let mut world = World::in_progress();
    world.now = instant("2026-03-05T09:00:00+08:00");
    world.ask(complete("D02-11")).unwrap();
    let early = instant("2026-03-01T09:00:00+08:00");
    world.ask(Command::Rate { occurred_at: early, round: 1, rating: rating(4) }).unwrap();
    assert_eq!(world.facts[&order_id(1)].last().unwrap().at, world.now);
    world.now = instant("2026-03-09T09:00:00+08:00");
    assert_eq!(world.order().changed_at, instant("2026-03-05T09:00:00+08:00"));
}
