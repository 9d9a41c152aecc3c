//! Extensions: in time, too late, after due; who decides, how long, and what they do to cards.

#![allow(clippy::wildcard_enum_match_arm, reason = "a test looks at some facts")]

use base::Role;
use calendar::Limit;

use super::sample::*;
use super::*;

fn cards(happened: &[What]) -> Vec<&'static str> {
    let card = |what: &What| match what {
        What::YellowCarded { .. } => Some("YELLOW"),
        What::RedCarded { .. } => Some("RED"),
        _ => None,
    };
    happened.iter().filter_map(card).collect()
}

/// Order 1, due on Wednesday 03-11 at 17:30.
///
/// Shows: dispatch IN_PROGRESS AskExtension; dispatch refuses EXTENSION_TOO_LATE; dispatch refuses OVERDUE_ALREADY
#[test]
fn it_is_asked_a_working_day_before_due_and_not_later() {
    let until = instant("2026-03-16T17:30:00+08:00");
    for (at, expected) in [
        ("2026-03-10T23:59:59+08:00", "in time"),
        ("2026-03-11T00:00:00+08:00", "too late"),
        ("2026-03-11T17:30:00+08:00", "too late"),
        ("2026-03-11T17:30:01+08:00", "overdue"),
    ] {
        let mut world = World::in_progress();
        world.now = instant(at);
        let due = world.order().reply;
        let asked = match world.ask(extend("D02-11", until)) {
            Ok(_) => "in time",
            Err(Error::ExtensionTooLate) => "too late",
            Err(Error::OverdueAlready) => "overdue",
            Err(other) => panic!("{other}"),
        };
        assert_eq!(asked, expected, "{at}");
        assert_eq!(world.order().reply, due, "the due instant stands");
    }
}

/// Shows: dispatch IN_PROGRESS GrantExtension; dispatch refuses OTHER_DECIDES; dispatch refuses EXTENSION_ASKED_ALREADY; dispatch refuses NO_EXTENSION_ASKED
#[test]
fn the_first_is_the_dispatchers_and_the_second_a_zone_leaders() {
    let mut world = World::in_progress();
    let none = world.ask(extension_ruling(dispatcher(), Decision::Granted));
    assert!(matches!(none, Err(Error::NoExtensionAsked)));
    let until = instant("2026-03-13T17:30:00+08:00");
    world.ask(extend("D02-11", until)).unwrap();
    assert!(matches!(world.ask(extend("D02-11", until)), Err(Error::ExtensionAskedAlready)));
    let wrong = world.ask(extension_ruling(zone_leader(), Decision::Granted));
    assert!(matches!(wrong, Err(Error::OtherDecides { role: Role::Dispatcher })));
    let happened = world.ask(extension_ruling(dispatcher(), Decision::Granted)).unwrap();
    assert!(matches!(happened[1], What::DueChanged { cause: Cause::Extension, .. }));
    assert_eq!(world.order().reply.unwrap().due.at, until);
    let longer = instant("2026-03-18T17:30:00+08:00");
    world.ask(extend("D02-11", longer)).unwrap();
    let wrong = world.ask(extension_ruling(dispatcher(), Decision::Granted));
    assert!(matches!(wrong, Err(Error::OtherDecides { role: Role::ZoneLeader })));
    world.ask(extension_ruling(zone_leader(), Decision::Granted)).unwrap();
    assert_eq!(world.order().reply.unwrap().due.at, longer);
}

/// Five working days; ten in all. And seven natural days by law.
///
/// Shows: dispatch refuses EXTENSION_TOO_LONG
#[test]
fn in_total_twice_the_original_and_never_past_the_law() {
    let law = [
        rule(LimitKind::Reply, Tier::Promised, Limit::WorkingDays(5)),
        rule(LimitKind::Reply, Tier::Statutory, Limit::WorkingDays(7)),
    ];
    for (limits, latest) in [
        (rules(), "2026-03-18T17:30:00+08:00"),
        (law.to_vec(), "2026-03-13T17:30:00+08:00"),
        (law[1..].to_vec(), "2026-03-13T17:30:00+08:00"),
    ] {
        let mut world = World::at(DAY_ONE);
        world.hear(requested(world.now, limits));
        world.ask(contact("D02-11")).unwrap();
        let due = world.order().reply.unwrap().due.at;
        assert!(matches!(world.ask(extend("D02-11", due)), Err(Error::UntilNotLater)));
        let latest = instant(latest);
        let second = jiff::SignedDuration::from_secs(1);
        let refused = world.ask(extend("D02-11", latest + second));
        assert!(matches!(refused, Err(Error::ExtensionTooLong { latest: of, .. }) if of == latest));
        assert_eq!(world.ask(extend("D02-11", latest)).is_ok(), due < latest);
    }
}

/// Shows: dispatch IN_PROGRESS RefuseExtension
#[test]
fn no_card_is_given_while_it_is_undecided_and_refused_it_counts_from_the_old_due_instant() {
    let mut world = World::in_progress();
    world.ask(extend("D02-11", instant("2026-03-16T17:30:00+08:00"))).unwrap();
    let happened = world.go_to(instant("2026-03-12T10:00:00+08:00"), None);
    assert_eq!(cards(&happened), [""; 0]);
    world.ask(extension_ruling(dispatcher(), Decision::Refused)).unwrap();
    assert_eq!(cards(&world.go_to(world.now, None)), ["RED"]);
    world.ask(complete("D02-11")).unwrap();
    assert_eq!(world.order().answered_late, Some(true));
}

#[test]
fn a_granted_extension_has_cards_of_its_own_and_moves_who_assists() {
    let mut world = World::in_progress();
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    world.ask(extend("D02-11", instant("2026-03-13T17:30:00+08:00"))).unwrap();
    world.ask(extension_ruling(dispatcher(), Decision::Granted)).unwrap();
    let child = &world.orders[&order_id(2)];
    assert_eq!(child.reply.unwrap().due.at, instant("2026-03-13T11:30:00+08:00"));
    world.ask_of(order_id(2), contact("D03-11")).unwrap();
    let of_child =
        world.ask_of(order_id(2), extend("D03-11", instant("2026-03-16T17:30:00+08:00")));
    assert!(matches!(of_child, Err(Error::AssistanceStays)));
    world.ask_of(order_id(2), complete("D03-11")).unwrap();
    let happened = world.go_to(instant("2026-03-16T09:00:00+08:00"), None);
    assert_eq!(cards(&happened), ["YELLOW", "RED"]);
}

/// Granted while the clock stands still, it holds when it goes on; a later pause moves it on.
///
/// Shows: dispatch SUSPENDED GrantExtension; dispatch SUSPENDED Resume
#[test]
fn a_pause_after_an_extension_moves_it_on() {
    let mut world = World::in_progress();
    let until = instant("2026-03-13T17:30:00+08:00");
    world.ask(extend("D02-11", until)).unwrap();
    world.ask(extension_ruling(dispatcher(), Decision::Granted)).unwrap();
    world.now = instant("2026-03-09T08:30:00+08:00");
    world.ask(pause("D02-11", PauseReason::Hearing, instant("2026-03-11T17:30:00+08:00"))).unwrap();
    world.ask(ruling(Decision::Granted)).unwrap();
    world.now = instant("2026-03-11T08:30:00+08:00");
    assert!(matches!(
        world.ask(Command::Resume { by: staff("D02-12") }),
        Err(Error::NotClaimant { .. })
    ));
    let happened = world.ask(Command::Resume { by: staff("D02-11") }).unwrap();
    assert!(matches!(happened[0], What::Resumed { ran_out: false, .. }));
    // Two working days stood still.
    assert_eq!(world.order().reply.unwrap().due.at, instant("2026-03-17T17:30:00+08:00"));
}

#[test]
fn a_pause_that_nobody_ruled_on_falls_with_the_answer() {
    let until = instant("2026-03-09T17:30:00+08:00");
    for (class, state) in
        [(WorkClass::C, State::Completed), (WorkClass::A, State::AwaitingSignature)]
    {
        let mut world = World::in_progress();
        world.order_mut().work_class = class;
        let due = world.order().reply;
        world.ask(pause("D02-11", PauseReason::Hearing, until)).unwrap();
        world.ask(complete("D02-11")).unwrap();
        let order = world.order();
        assert_eq!((order.state, order.pending_pause(), order.reply), (state, None, due));
        assert!(!order.armed.contains_key(&Alarm::PauseDecision));
    }
    // What was sent back may ask anew.
    let mut world = World::in_progress();
    world.order_mut().work_class = WorkClass::A;
    world.ask(pause("D02-11", PauseReason::Hearing, until)).unwrap();
    world.ask(complete("D02-11")).unwrap();
    let (by, reason) = (with_roles("D02-01", &[base::Role::Lead]), "r".to_owned());
    world.ask(Command::SendBack { by, reason }).unwrap();
    assert!(matches!(world.ask(ruling(Decision::Granted)), Err(Error::NoPauseAsked)));
    world.ask(pause("D02-11", PauseReason::Hearing, until)).unwrap();
    // What ends without an answer leaves nothing to rule on either.
    world.ask(withdraw(1, DAY_ONE)).unwrap();
    assert_eq!(world.order().pauses, []);
}

#[test]
fn an_extension_that_nobody_ruled_on_falls_with_the_answer() {
    let later = instant("2026-03-13T17:30:00+08:00");
    for (class, state) in
        [(WorkClass::C, State::Completed), (WorkClass::A, State::AwaitingSignature)]
    {
        let mut world = World::in_progress();
        world.order_mut().work_class = class;
        let due = world.order().reply;
        world.ask(extend("D02-11", later)).unwrap();
        world.ask(complete("D02-11")).unwrap();
        let order = world.order();
        assert_eq!((order.state, order.pending_extension(), order.reply), (state, None, due));
        assert!(!order.armed.contains_key(&Alarm::ExtensionDecision));
    }
    // What was sent back may ask anew, and is ruled on; and cards come as if nothing had been asked.
    let mut world = World::in_progress();
    world.order_mut().work_class = WorkClass::A;
    world.ask(extend("D02-11", later)).unwrap();
    world.ask(complete("D02-11")).unwrap();
    assert!(alarms(world.order()).iter().any(|(alarm, _)| *alarm == Alarm::RedCard));
    let (by, reason) = (with_roles("D02-01", &[base::Role::Lead]), "r".to_owned());
    world.ask(Command::SendBack { by, reason }).unwrap();
    let none = world.ask(extension_ruling(dispatcher(), Decision::Granted));
    assert!(matches!(none, Err(Error::NoExtensionAsked)));
    world.ask(extend("D02-11", later)).unwrap();
}
