//! Three limits side by side: which binds, what cards go by, and when the law is told.

#![allow(clippy::wildcard_enum_match_arm, reason = "a test looks at some facts")]

use calendar::{Limit, Year};

use super::sample::*;
use super::*;

fn limited(limits: &[(Tier, Limit)]) -> World {
    let mut world = World::at(DAY_ONE);
    let rules = limits.iter().map(|(tier, limit)| rule(LimitKind::Reply, *tier, *limit));
    world.hear(requested(world.now, rules.collect()));
    world.ask(contact("D02-11")).unwrap();
    world
}

const THREE: [(Tier, Limit); 3] = [
    (Tier::Statutory, Limit::WorkingDays(10)),
    (Tier::Promised, Limit::WorkingDays(5)),
    (Tier::Tightened, Limit::WorkingDays(3)),
];

#[test]
fn the_three_stand_side_by_side_and_the_earliest_binds() {
    let world = limited(&THREE);
    let reply = world.order().reply.unwrap();
    let dues =
        [Tier::Statutory, Tier::Promised, Tier::Tightened].map(|tier| reply.of(tier).unwrap().at);
    let expected = [
        instant("2026-03-18T17:30:00+08:00"),
        instant("2026-03-11T17:30:00+08:00"),
        instant("2026-03-09T17:30:00+08:00"),
    ];
    assert_eq!(dues, expected);
    assert_eq!((reply.due.tier, reply.due.at), (Tier::Tightened, expected[2]));
}

/// In other units the tightened one may be the later; cards go by it all the same.
#[test]
fn cards_go_by_the_tightened_limit_and_lateness_by_the_one_that_binds() {
    let limits =
        [(Tier::Promised, Limit::NaturalDays(3)), (Tier::Tightened, Limit::WorkingDays(3))];
    // Saturday 03-07 ends on Monday 03-09; so does the third working day. A day later:
    let later = [limits[0], (Tier::Tightened, Limit::WorkingDays(4))];
    let mut world = limited(&later);
    let reply = world.order().reply.unwrap();
    assert_eq!((reply.due.tier, reply.card_due().tier), (Tier::Promised, Tier::Tightened));
    assert_eq!(reply.red_at, instant("2026-03-11T08:30:00+08:00"));
    world.go_to(instant("2026-03-10T09:00:00+08:00"), None);
    assert_eq!(world.order().card, Some(Card::Yellow));
    world.ask(complete("D02-11")).unwrap();
    assert_eq!(world.order().answered_late, Some(true));
}

#[test]
fn what_is_late_by_the_zones_own_limit_has_kept_its_promise() {
    let mut world = limited(&THREE);
    world.now = instant("2026-03-10T09:00:00+08:00");
    world.ask(complete("D02-11")).unwrap();
    let order = world.order();
    assert_eq!((order.answered_late, order.promise_broken()), (Some(true), Some(false)));
}

#[test]
fn passing_the_statutory_limit_tells_the_law_once() {
    let mut world = limited(&THREE);
    let law = |happened: &[What]| {
        let told = |what: &&What| matches!(what, What::LimitMissed { told: Told::Legal, .. });
        happened.iter().filter(told).count()
    };
    assert_eq!(law(&world.go_to(instant("2026-03-18T17:29:59+08:00"), None)), 0);
    assert_eq!(law(&world.go_to(instant("2026-04-30T17:30:00+08:00"), None)), 1);
    // Awaiting the enterprise does not stop the law's clock; a hearing does.
    for (reason, told) in [(PauseReason::AwaitingMaterials, 1), (PauseReason::Hearing, 0)] {
        let mut world = limited(&[THREE[1], (Tier::Statutory, Limit::WorkingDays(6))]);
        world.ask(pause("D02-11", reason, instant("2026-03-17T12:00:00+08:00"))).unwrap();
        let beyond = world.order().pauses[0].beyond_limit;
        let by = if beyond { zone_leader() } else { dispatcher() };
        let (decision, reason) = (Decision::Granted, "r".to_owned());
        world.ask(Command::DecidePause { by, decision, reason }).unwrap();
        assert_eq!(law(&world.go_to(instant("2026-03-13T09:00:00+08:00"), None)), told);
    }
}

/// While the enterprise is awaited the promise moves and the law does not: it binds from then on.
#[test]
fn a_tier_that_moves_alone_is_told_and_its_cards_move_with_it() {
    let mut world = limited(&[
        (Tier::Statutory, Limit::WorkingDays(5)),
        (Tier::Tightened, Limit::WorkingDays(5)),
    ]);
    let until = instant("2026-03-06T17:30:00+08:00");
    world.ask(pause("D02-11", PauseReason::AwaitingMaterials, until)).unwrap();
    world.ask(ruling(Decision::Granted)).unwrap();
    let happened = world.go_to(until, None);
    let moved = happened.iter().find_map(|what| match what {
        What::DueChanged { old, new, .. } => Some((old.tier, old.at, new.at)),
        _ => None,
    });
    let (old, new) = (instant("2026-03-11T17:30:00+08:00"), instant("2026-03-13T17:30:00+08:00"));
    assert_eq!(moved, Some((Tier::Tightened, old, new)));
    let reply = world.order().reply.unwrap();
    assert_eq!((reply.due.at, reply.card_due().at), (old, new));
}

/// Accepted 2026-02-14 with 7 natural days by law: 02-21 is a day off of the Spring Festival.
#[test]
fn a_statutory_limit_in_natural_days_that_ends_in_a_holiday_ends_after_it() {
    let mut world = World::at("2026-02-14T10:00:00+08:00");
    let limits = vec![
        rule(LimitKind::Reply, Tier::Statutory, Limit::NaturalDays(7)),
        rule(LimitKind::Reply, Tier::Promised, Limit::WorkingDays(2)),
    ];
    world.hear(requested(world.now, limits));
    let reply = world.order().reply.unwrap();
    assert_eq!(reply.of(Tier::Statutory).unwrap().at, instant("2026-02-24T17:30:00+08:00"));
    assert_eq!(reply.of(Tier::Promised).unwrap().at, instant("2026-02-25T17:30:00+08:00"));
    assert_eq!(reply.due.tier, Tier::Statutory);
}

/// A limit that starts at the offer begins anew after a re-routing; the promise does not.
#[test]
fn a_limit_that_starts_at_the_offer_begins_anew_for_the_next_department() {
    let mut world = World::at(DAY_ONE);
    let offered = LimitRule {
        start: LimitStart::Offered,
        ..rule(LimitKind::Reply, Tier::Tightened, Limit::WorkingDays(5))
    };
    let promised = rule(LimitKind::Reply, Tier::Promised, Limit::WorkingDays(5));
    world.hear(requested(world.now, vec![offered, promised]));
    world.ask(give_back("D02-11", Some("D03"))).unwrap();
    world.now = instant("2026-03-06T09:00:00+08:00");
    world.ask(uphold("D03")).unwrap();
    let reply = world.order().reply.unwrap();
    assert_eq!(reply.of(Tier::Tightened).unwrap().at, instant("2026-03-13T17:30:00+08:00"));
    assert_eq!(reply.of(Tier::Promised).unwrap().at, instant("2026-03-11T17:30:00+08:00"));
}

/// 03-09, a Monday, becomes a day off: the card of the evening of 03-10 was a day too early.
#[test]
fn a_card_that_an_amended_year_proves_wrong_is_annulled() {
    let mut world = World::in_progress();
    world.go_to(instant("2026-03-11T09:00:00+08:00"), None);
    assert_eq!(world.order().card, Some(Card::Yellow));
    let year = "year = 2026\ncomplete = true\nversion = 9\n\
        [[notice]]\nnumber = \"n\"\nissued = 2026-03-01\ntitle = \"通知\"\nurl = \"\"\n\
        [[holiday]]\nname = \"临时\"\nnotice = \"n\"\n\
        off = { from = 2026-03-09, to = 2026-03-09 }\nwork = []\n";
    world.calendar = world.calendar.with_year(Year::parse(year).expect("a year"));
    let happened = world.ask(Command::Recount).unwrap();
    assert!(matches!(
        happened[..],
        [What::CardAnnulled { card: Card::Yellow, .. }, What::DueChanged { .. }]
    ));
    let reply = world.order().reply.unwrap();
    assert_eq!(reply.due.at, instant("2026-03-12T17:30:00+08:00"));
}
