//! How long a pause may last, and what it makes of cards and of assisting orders.

#![allow(clippy::wildcard_enum_match_arm, reason = "a test looks at some facts")]

use base::Role;
use calendar::Limit;
use strum::IntoEnumIterator;

use super::sample::*;
use super::*;

fn cards(happened: &[What]) -> Vec<&'static str> {
    let card = |what: &What| match what {
        What::YellowCarded { .. } => Some("YELLOW"),
        What::RedCarded { .. } => Some("RED"),
        What::CardAnnulled { card: Card::Yellow, .. } => Some("NO YELLOW"),
        What::CardAnnulled { card: Card::Red, .. } => Some("NO RED"),
        _ => None,
    };
    happened.iter().filter_map(card).collect()
}

/// An order in progress with these limits of the answer.
fn limited(limits: &[(Tier, Limit)]) -> World {
    let mut world = World::at(DAY_ONE);
    let rules = limits.iter().map(|(tier, limit)| rule(LimitKind::Reply, *tier, *limit));
    world.hear(requested(world.now, rules.collect()));
    world.ask(contact("D02-11")).unwrap();
    world
}

/// Shows: dispatch refuses PAUSE_TOO_LONG
#[test]
fn no_pause_lasts_for_ever() {
    let limits: [&[(Tier, Limit)]; 5] = [
        &[(Tier::Promised, Limit::WorkingDays(5))],
        &[(Tier::Statutory, Limit::WorkingDays(5))],
        &[(Tier::Promised, Limit::NaturalDays(5)), (Tier::Statutory, Limit::WorkingMinutes(900))],
        &[(Tier::Promised, Limit::NaturalHours(50)), (Tier::Statutory, Limit::WorkingDays(4))],
        &[],
    ];
    for limits in limits {
        for reason in PauseReason::iter() {
            for until in ["9999-12-30T00:00:00Z", "2200-01-01T00:00:00Z"] {
                let asked = limited(limits).ask(pause("D02-11", reason, instant(until)));
                assert!(matches!(asked, Err(Error::PauseTooLong)), "{limits:?} {reason} {until}");
            }
            for (until, beyond) in [("2026-04-30T00:00:00Z", true), ("2026-03-05T04:00:00Z", false)]
            {
                let mut world = limited(limits);
                world.ask(pause("D02-11", reason, instant(until))).unwrap();
                assert_eq!(world.order().pauses[0].beyond_limit, beyond, "{limits:?} {reason}");
            }
        }
    }
}

/// The promise ends first; then the law binds, whose clock goes on: the due instant would move no
/// more, however long the pause.
#[test]
fn a_pause_that_stops_no_binding_clock_is_bounded_by_the_original_limit() {
    let tiers = [(Tier::Promised, Limit::WorkingDays(2)), (Tier::Statutory, Limit::WorkingDays(3))];
    for (limits, until, fits) in [
        (&tiers[..], "2026-03-06T17:30:00+08:00", true),
        (&tiers[..], "2026-03-09T17:30:00+08:00", false),
        (&tiers[1..], "2026-03-09T17:30:00+08:00", true),
        (&tiers[1..], "2026-03-09T17:30:01+08:00", false),
    ] {
        let mut world = limited(limits);
        world.ask(pause("D02-11", PauseReason::AwaitingMaterials, instant(until))).unwrap();
        assert_eq!(!world.order().pauses[0].beyond_limit, fits, "{until}");
    }
}

#[test]
fn what_is_overdue_is_paused_no_longer_than_its_limit() {
    let mut world = World::in_progress();
    world.go_to(instant("2026-03-12T09:00:00+08:00"), None);
    let hearing = |until: &str| pause("D02-11", PauseReason::Hearing, instant(until));
    world.ask(hearing("2026-03-19T17:30:01+08:00")).unwrap();
    assert!(world.order().pauses[0].beyond_limit);
    world.ask(by_leader(Decision::Refused)).unwrap();
    world.ask(hearing("2026-03-19T17:30:00+08:00")).unwrap();
    let happened = world.ask(ruling(Decision::Granted)).unwrap();
    assert_eq!(cards(&happened), [""; 0], "it was overdue before");
    assert_eq!(world.order().card, Some(Card::Red));
}

#[test]
fn pauses_are_counted_together() {
    let mut world = World::in_progress();
    world.ask(pause("D02-11", PauseReason::Hearing, instant("2026-03-06T17:30:00+08:00"))).unwrap();
    world.ask(ruling(Decision::Granted)).unwrap();
    world.go_to(instant("2026-03-10T09:00:00+08:00"), None);
    let tender = |until: &str| pause("D02-11", PauseReason::Tender, instant(until));
    // 03-05 and 03-06 stood still; three more days may.
    world.ask(tender("2026-03-13T17:30:00+08:00")).unwrap();
    assert!(world.order().pauses[1].beyond_limit);
    world.ask(by_leader(Decision::Refused)).unwrap();
    world.ask(tender("2026-03-12T17:30:00+08:00")).unwrap();
    assert!(!world.order().pauses[2].beyond_limit);
}

fn by_leader(decision: Decision) -> Command {
    Command::DecidePause { by: zone_leader(), decision, reason: "从严".to_owned() }
}

/// Three pauses: the first two within the limit, the third beyond it.
///
/// Shows: dispatch IN_PROGRESS AskPause; dispatch IN_PROGRESS GrantPause; dispatch refuses OTHER_DECIDES
#[test]
fn the_pause_that_makes_them_longer_than_the_limit_is_a_zone_leaders() {
    let mut world = World::in_progress();
    for (reason, until) in [
        (PauseReason::Hearing, "2026-03-06T17:30:00+08:00"),
        (PauseReason::Tender, "2026-03-10T17:30:00+08:00"),
    ] {
        world.ask(pause("D02-11", reason, instant(until))).unwrap();
        assert!(!world.order().pauses.last().unwrap().beyond_limit);
        let wrong = world.ask(by_leader(Decision::Granted));
        assert!(matches!(wrong, Err(Error::OtherDecides { role: Role::Dispatcher })));
        world.ask(ruling(Decision::Granted)).unwrap();
        world.go_to(instant(until), None);
    }
    let third = instant("2026-03-20T17:30:00+08:00");
    world.ask(pause("D02-11", PauseReason::Testing, third)).unwrap();
    let wrong = world.ask(ruling(Decision::Granted));
    assert!(matches!(wrong, Err(Error::OtherDecides { role: Role::ZoneLeader })));
    world.ask(by_leader(Decision::Granted)).unwrap();
    assert_eq!(world.order().state, State::Suspended);
}

/// The whole of the Spring Festival lies in the pause; 02-14 and 02-28 are make-up working days.
#[test]
fn a_pause_over_the_spring_festival_stops_the_days_that_are_worked_alone() {
    let mut world = World::at("2026-02-12T10:00:00+08:00");
    world.hear(requested(world.now, rules()));
    world.ask(contact("D02-11")).unwrap();
    assert_eq!(world.order().reply.unwrap().due.at, instant("2026-02-26T17:30:00+08:00"));
    world.now = instant("2026-02-13T10:00:00+08:00");
    let until = instant("2026-02-24T09:00:00+08:00");
    world.ask(pause("D02-11", PauseReason::AwaitingMaterials, until)).unwrap();
    world.ask(ruling(Decision::Granted)).unwrap();
    world.go_to(until, None);
    // 02-13 and 02-14 stood still at their close; 02-24 counts first.
    assert_eq!(world.order().reply.unwrap().due.at, instant("2026-02-28T17:30:00+08:00"));
}

/// Asked on Friday at 16:00, due at 17:30; the red card comes on Monday, the ruling after it.
#[test]
fn a_card_that_a_pause_proves_wrong_is_annulled() {
    let mut world = limited(&[(Tier::Promised, Limit::WorkingDays(2))]);
    let due = world.order().reply.unwrap().due;
    assert_eq!(due.at, instant("2026-03-06T17:30:00+08:00"));
    world.go_to(instant("2026-03-06T16:00:00+08:00"), None);
    let until = instant("2026-03-10T12:00:00+08:00");
    world.ask(pause("D02-11", PauseReason::Hearing, until)).unwrap();
    let happened = world.go_to(instant("2026-03-09T10:00:00+08:00"), None);
    assert_eq!(cards(&happened), ["RED"]);
    let happened = world.ask(ruling(Decision::Granted)).unwrap();
    assert_eq!(happened.last(), Some(&What::CardAnnulled { card: Card::Red, due }));
    assert_eq!(world.order().card, Some(Card::Yellow), "given before the asking");
    let happened = world.go_to(instant("2026-03-11T09:00:00+08:00"), None);
    assert_eq!(cards(&happened), ["YELLOW", "RED"], "for the new due instant");
    assert_eq!(world.order().reply.unwrap().due.at, instant("2026-03-10T17:30:00+08:00"));
}

#[test]
fn a_card_that_was_right_when_the_clock_stopped_is_not_annulled() {
    // Given before the asking.
    let mut world = limited(&[(Tier::Promised, Limit::WorkingDays(2))]);
    world.go_to(instant("2026-03-06T09:00:00+08:00"), None);
    assert_eq!(world.order().card, Some(Card::Yellow));
    world.ask(pause("D02-11", PauseReason::Hearing, instant("2026-03-09T12:00:00+08:00"))).unwrap();
    assert_eq!(cards(&world.ask(ruling(Decision::Granted)).unwrap()), [""; 0]);
    // Given after it, for a limit that did not stand still.
    let mut world = limited(&[(Tier::Statutory, Limit::WorkingDays(2))]);
    let until = instant("2026-03-09T12:00:00+08:00");
    world
        .ask(pause("D02-11", PauseReason::AwaitingMaterials, instant("2026-03-06T12:00:00+08:00")))
        .unwrap();
    world.go_to(instant("2026-03-06T09:00:00+08:00"), None);
    assert_eq!(cards(&world.ask(ruling(Decision::Granted)).unwrap()), [""; 0]);
    assert_eq!(world.order().card, Some(Card::Yellow));
    assert_eq!(cards(&world.go_to(until, None)), ["RED"]);
}

/// An order due 03-11 17:30 that D03 assists until 11:30; a pause is asked at `asked`.
fn assisted(asked: &str, reason: PauseReason, until: &str) -> World {
    let mut world = World::in_progress();
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    world.ask_of(order_id(2), contact("D03-11")).unwrap();
    world.go_to(instant(asked), None);
    world.ask(pause("D02-11", reason, instant(until))).unwrap();
    world
}

fn child(world: &World) -> &WorkOrder {
    &world.orders[&order_id(2)]
}

#[test]
fn an_assisting_order_has_no_card_while_the_order_it_assists_is_suspended() {
    let until = "2026-03-13T12:00:00+08:00";
    let mut world = assisted("2026-03-10T09:00:00+08:00", PauseReason::Hearing, until);
    world.ask(ruling(Decision::Granted)).unwrap();
    assert!(child(&world).still.is_some());
    assert_eq!(cards(&world.go_to(instant("2026-03-13T11:59:59+08:00"), None)), [""; 0]);
    // Less than a quarter of the time is left until the new due instant.
    assert_eq!(cards(&world.go_to(instant(until), None)), ["YELLOW"]);
    assert!(child(&world).still.is_none());
    let due = child(&world).reply.unwrap().due.at;
    assert_eq!(due, instant("2026-03-16T11:30:00+08:00"));
    // The parent's yellow card, of the evening before, among them.
    assert_eq!(cards(&world.go_to(due, None)), ["YELLOW", "RED"]);
}

#[test]
fn an_assisting_order_is_held_against_the_due_instant_that_follows() {
    let (asked, until) = ("2026-03-10T09:00:00+08:00", "2026-03-13T12:00:00+08:00");
    for (at, late) in [
        ("2026-03-12T10:00:00+08:00", false),
        ("2026-03-16T11:30:00+08:00", false),
        ("2026-03-16T11:30:01+08:00", true),
    ] {
        let mut world = assisted(asked, PauseReason::Hearing, until);
        world.ask(ruling(Decision::Granted)).unwrap();
        world.go_to(instant(at), None);
        world.ask_of(order_id(2), complete("D03-11")).unwrap();
        assert_eq!(child(&world).answered_late, Some(late), "{at}");
        assert_eq!(child(&world).reply.unwrap().due.at, instant("2026-03-16T11:30:00+08:00"));
    }
    // What was awaited comes early: it follows to the instant that holds then.
    let mut world = assisted(asked, PauseReason::AwaitingMaterials, until);
    world.ask(ruling(Decision::Granted)).unwrap();
    world.go_to(instant("2026-03-11T12:00:00+08:00"), None);
    world.ask(Command::SupplyMaterials { occurred_at: world.now }).unwrap();
    assert_eq!(child(&world).reply.unwrap().due.at, instant("2026-03-12T11:30:00+08:00"));
    assert!(child(&world).still.is_none());
}

#[test]
fn an_assisting_order_that_was_late_before_the_ruling_alone_is_not_late() {
    let until = "2026-03-13T12:00:00+08:00";
    let mut world = assisted("2026-03-10T09:00:00+08:00", PauseReason::Hearing, until);
    let happened = world.go_to(instant("2026-03-11T15:00:00+08:00"), None);
    // Of both orders: the parent's for the evening before.
    assert_eq!(cards(&happened), ["YELLOW", "YELLOW", "RED"]);
    world.ask_of(order_id(2), complete("D03-11")).unwrap();
    assert_eq!(child(&world).answered_late, Some(true));
    let happened = world.ask(ruling(Decision::Granted)).unwrap();
    // The parent's, and both of the child's.
    assert_eq!(cards(&happened), ["NO YELLOW", "NO RED", "NO YELLOW"]);
    assert_eq!((child(&world).answered_late, child(&world).card), (Some(false), None));
}

#[test]
fn an_assisting_order_that_was_overdue_before_the_pause_stays_late() {
    let until = "2026-03-12T12:00:00+08:00";
    let mut world = assisted("2026-03-11T14:00:00+08:00", PauseReason::Hearing, until);
    assert_eq!(child(&world).card, Some(Card::Red));
    assert_eq!(cards(&world.ask(ruling(Decision::Granted)).unwrap()), [""; 0]);
    world.go_to(instant("2026-03-11T15:00:00+08:00"), None);
    world.ask_of(order_id(2), complete("D03-11")).unwrap();
    assert_eq!(child(&world).answered_late, Some(true));
}
