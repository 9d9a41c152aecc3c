//! An amended year, with an order in each waiting state: what is awaited is due at another instant,
//! and who waits for it is told.

use calendar::Year;
use jiff::SignedDuration;

use super::sample::*;
use super::*;

/// A year in which days that were worked are off.
fn amended(from: &str, to: &str) -> Year {
    let year = format!(
        "year = 2026\ncomplete = true\nversion = 9\n\
         [[notice]]\nnumber = \"n\"\nissued = 2026-03-01\ntitle = \"通知\"\nurl = \"\"\n\
         [[holiday]]\nname = \"临时\"\nnotice = \"n\"\n\
         off = {{ from = {from}, to = {to} }}\nwork = []\n"
    );
    Year::parse(&year).expect("a year")
}

/// A Friday evening: what is awaited from now on runs over Monday, which will be off.
const FRIDAY: &str = "2026-03-06T17:00:00+08:00";

fn at(mut world: World) -> World {
    world.now = instant(FRIDAY);
    world
}

fn friday() -> World {
    let mut world = World::at(FRIDAY);
    world.hear(requested(world.now, rules()));
    world
}

/// Each alarm of somebody who has to decide, sign or answer, and an order that waits for it.
fn waiting() -> Vec<(Alarm, World)> {
    let until = instant("2026-03-12T17:30:00+08:00");
    let mut unrouted = World::at(FRIDAY);
    unrouted.hear(Requested { lead: None, ..requested(unrouted.now, rules()) });
    let mut returned = friday();
    returned.ask(give_back("D02-11", None)).unwrap();
    let mut escalated = friday();
    escalated.ask(give_back("D02-11", None)).unwrap();
    escalated
        .ask(Command::UpholdReturn { by: dispatcher(), to: None, reason: "r".to_owned() })
        .unwrap();
    let mut declined = friday();
    declined.order_mut().kind = WorkKind::Decision;
    declined.ask(Command::Decline { by: staff("D02-11"), basis: "b".to_owned() }).unwrap();
    let mut replied = at(World::in_progress());
    replied.order_mut().work_class = WorkClass::A;
    replied.ask(complete("D02-11")).unwrap();
    let mut pausing = at(World::in_progress());
    pausing.ask(pause("D02-11", PauseReason::Hearing, until)).unwrap();
    let mut extending = at(World::in_progress());
    extending.ask(extend("D02-11", until)).unwrap();
    let mut urged = friday();
    urged.ask(press(Level::Urged)).unwrap();
    let mut supervised = friday();
    supervised.ask(press(Level::Supervised)).unwrap();
    vec![
        (Alarm::RouteDecision, unrouted),
        (Alarm::ReturnDecision, returned),
        (Alarm::EscalationDecision, escalated),
        (Alarm::DeclineDecision, declined),
        (Alarm::Signature, replied),
        (Alarm::PauseDecision, pausing),
        (Alarm::ExtensionDecision, extending),
        (Alarm::UrgeAnswer, urged),
        (Alarm::SupervisionAnswer, supervised),
    ]
}

fn rings_at(world: &World, alarm: Alarm) -> Timestamp {
    let set = alarms(world.order()).into_iter().find(|(set, _)| *set == alarm);
    set.unwrap_or_else(|| panic!("{alarm} is not set")).1
}

/// Shows: dispatch hears CalendarYearPublished in UNROUTED
/// Shows: dispatch hears CalendarYearPublished in RETURN_PENDING
/// Shows: dispatch hears CalendarYearPublished in ESCALATED
/// Shows: dispatch hears CalendarYearPublished in DECLINED
/// Shows: dispatch hears CalendarYearPublished in AWAITING_SIGNATURE
/// Shows: dispatch hears CalendarYearPublished in IN_PROGRESS
#[test]
fn whatever_is_awaited_is_reckoned_anew() {
    for (alarm, mut world) in waiting() {
        let before = rings_at(&world, alarm);
        world.calendar = world.calendar.with_year(amended("2026-03-09", "2026-03-09"));
        let happened = world.ask(Command::Recount).unwrap();
        let moved = happened.iter().find_map(|what| {
            if let What::AwaitedMoved { alarm: of, old, new } = what {
                return (*of == alarm).then_some((old.at, new.at));
            }
            None
        });
        let (old, new) = moved.unwrap_or_else(|| panic!("{alarm}: {happened:?}"));
        assert_eq!((old, rings_at(&world, alarm)), (before, new), "{alarm}");
        assert!(before < new, "{alarm}");
        assert_eq!(world.ask(Command::Recount).unwrap(), [], "{alarm}: once");
        let rung = world.go_to(new - SignedDuration::from_secs(1), None);
        let missed =
            |what: &What| matches!(what, What::LimitMissed { alarm: of, .. } if *of == alarm);
        assert!(!rung.iter().any(missed), "{alarm}");
        assert!(world.go_to(new, None).iter().any(missed), "{alarm}");
    }
}

/// Somebody was told, and the day turns out to be off: the limit is another, and tells again.
#[test]
fn what_rang_too_early_rings_again() {
    let mut world = friday();
    world.ask(give_back("D02-11", None)).unwrap();
    world.go_to(instant("2026-03-09T12:00:00+08:00"), None);
    let told = |world: &World| world.order().armed[&Alarm::ReturnDecision].told;
    assert_eq!(told(&world), Some(Told::DispatchHead));
    world.calendar = world.calendar.with_year(amended("2026-03-09", "2026-03-09"));
    world.ask(Command::Recount).unwrap();
    assert_eq!(told(&world), None);
    assert_eq!(rings_at(&world, Alarm::ReturnDecision), world.order().decision_due.unwrap().at);
}

/// A signature that was too late by a calendar that was amended is not.
#[test]
fn a_signature_is_held_against_the_limit_as_it_is() {
    for (amend, counted) in [(false, false), (true, true)] {
        let mut world = at(World::in_progress());
        world.order_mut().work_class = WorkClass::A;
        world.ask(complete("D02-11")).unwrap();
        world.go_to(instant("2026-03-10T09:00:00+08:00"), None);
        if amend {
            world.calendar = world.calendar.with_year(amended("2026-03-09", "2026-03-09"));
            world.ask(Command::Recount).unwrap();
        }
        world.ask(sign("D02-01")).unwrap();
        let given_at = instant(FRIDAY);
        assert_eq!(world.order().completed_at == Some(given_at), counted);
    }
}

/// The answer is due on a Wednesday all the same; the day before is off now, and the card is given
/// the day before that.
#[test]
fn the_instants_of_cards_move_where_the_due_instant_stays() {
    let mut world = World::at("2026-03-04T09:00:00+08:00");
    let limit = calendar::Limit::NaturalDays(7);
    world.hear(requested(world.now, vec![rule(LimitKind::Reply, Tier::Promised, limit)]));
    world.ask(contact("D02-11")).unwrap();
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    let before = world.order().reply.unwrap();
    let before_child = world.orders[&order_id(2)].reply.unwrap();
    let eve = before.yellow_at.to_zoned(world.calendar.zone().clone()).date().to_string();
    world.calendar = world.calendar.with_year(amended(&eve, &eve));
    let happened = world.ask(Command::Recount).unwrap();
    assert!(matches!(happened[0], What::CardsMoved { .. }), "{happened:?}");
    let after = world.order().reply.unwrap();
    assert_eq!(after.due, before.due);
    assert!(after.yellow_at < before.yellow_at);
    assert_eq!(rings_at(&world, Alarm::YellowCard), after.yellow_at);
    world.ask_of(order_id(2), Command::Recount).unwrap();
    let child = world.orders[&order_id(2)].reply.unwrap();
    assert_eq!(child.due.at, world.order().assistance[0].due.at);
    assert_eq!(child.due.at, before_child.due.at, "the day itself is worked");
    let happened = world.go_to(after.yellow_at, None);
    assert!(happened.iter().any(|what| matches!(what, What::YellowCarded { .. })));
    // The eve is worked after all: the card was a day too early.
    world.calendar = world.calendar.with_year(amended("2026-03-05", "2026-03-05"));
    let happened = world.ask(Command::Recount).unwrap();
    assert!(
        matches!(
            happened[..2],
            [What::CardAnnulled { card: Card::Yellow, .. }, What::CardsMoved { .. }]
        ),
        "{happened:?}"
    );
    assert_eq!(world.order().card, None);
    let given = |happened: Vec<What>| {
        let yellow =
            |what: &&What| matches!(what, What::YellowCarded { due } if due.at == after.due.at);
        happened.iter().filter(yellow).count()
    };
    assert_eq!(given(world.go_to(before.yellow_at, None)), 1);
    // One whose instant stays, stays.
    assert_eq!(world.ask(Command::Recount).unwrap(), []);
    assert_eq!(world.order().card, Some(Card::Yellow));
}

/// The day after a due instant is off now: the red card was a day too early, and the yellow one stands.
#[test]
fn a_red_card_whose_instant_moves_is_annulled_and_the_yellow_one_before_it_stays() {
    let mut world = World::in_progress();
    world.go_to(instant("2026-03-12T08:30:00+08:00"), None);
    assert_eq!(world.order().card, Some(Card::Red));
    world.calendar = world.calendar.with_year(amended("2026-03-12", "2026-03-12"));
    let happened = world.ask(Command::Recount).unwrap();
    assert!(
        matches!(
            happened[..],
            [What::CardAnnulled { card: Card::Red, .. }, What::CardsMoved { .. }]
        ),
        "{happened:?}"
    );
    assert_eq!(world.order().card, Some(Card::Yellow));
    let happened = world.go_to(instant("2026-03-13T08:30:00+08:00"), None);
    assert!(!happened.iter().any(|what| matches!(what, What::YellowCarded { .. })), "once");
    assert!(happened.iter().any(|what| matches!(what, What::RedCarded { .. })));
}

/// While the clock stands still: the law's limit moves at once, and what follows for who assists.
///
/// Shows: dispatch hears CalendarYearPublished in SUSPENDED
#[test]
fn an_amended_year_moves_what_stands_still_at_once() {
    let mut world = World::at("2026-03-04T09:00:00+08:00");
    let by_law = rule(LimitKind::Reply, Tier::Statutory, calendar::Limit::WorkingDays(9));
    world.hear(requested(world.now, [rules(), vec![by_law]].concat()));
    world.ask(contact("D02-11")).unwrap();
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    let until = instant("2026-03-06T17:30:00+08:00");
    world.ask(pause("D02-11", PauseReason::AwaitingMaterials, until)).unwrap();
    world
        .ask(Command::DecidePause {
            by: dispatcher(),
            decision: Decision::Granted,
            reason: "r".to_owned(),
        })
        .unwrap();
    let child = |world: &World| world.orders[&order_id(2)].clone();
    let follows = |world: &World| child(world).still.unwrap().due.at;
    let before = follows(&world);
    assert_eq!(child(&world).answer_due().unwrap().at, before);
    world.calendar = world.calendar.with_year(amended("2026-03-10", "2026-03-10"));
    world.ask(Command::Recount).unwrap();
    let law = world.order().reply.unwrap().of(Tier::Statutory).unwrap().at;
    assert_eq!(law, instant("2026-03-18T17:30:00+08:00"));
    assert!(alarms(world.order()).contains(&(Alarm::Legal, law)));
    let after = follows(&world);
    assert!(before < after, "{before} {after}");
    assert_eq!(world.ask(Command::Recount).unwrap(), [], "once");
    world.go_to(until, None);
    assert_eq!(child(&world).reply.unwrap().due.at, after, "as it comes");
}

/// An extension that is granted meanwhile, too.
#[test]
fn an_extension_granted_while_the_clock_stands_still_moves_who_assists() {
    let mut world = World::in_progress();
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    world.ask(extend("D02-11", instant("2026-03-13T17:30:00+08:00"))).unwrap();
    let until = instant("2026-03-06T17:30:00+08:00");
    world.ask(pause("D02-11", PauseReason::Hearing, until)).unwrap();
    world.ask(ruling(Decision::Granted)).unwrap();
    let still = |world: &World| world.orders[&order_id(2)].still.unwrap().due.at;
    let before = still(&world);
    world.ask(extension_ruling(dispatcher(), Decision::Granted)).unwrap();
    let after = still(&world);
    assert!(before < after, "{before} {after}");
    world.go_to(until, None);
    assert_eq!(world.orders[&order_id(2)].reply.unwrap().due.at, after);
}

/// Four working hours before a due instant are on another day, if the one between is off.
#[test]
fn who_assists_follows_though_the_due_instant_stays() {
    let mut world = World::at("2026-03-04T09:00:00+08:00");
    let limit = calendar::Limit::NaturalHours(5 * 24);
    world.hear(requested(world.now, vec![rule(LimitKind::Reply, Tier::Promised, limit)]));
    world.ask(contact("D02-11")).unwrap();
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    // Due on Monday 03-09 at 09:00: half an hour of that day, the rest of Friday.
    let due = |world: &World| world.orders[&order_id(2)].reply.unwrap().due.at;
    assert_eq!(due(&world), instant("2026-03-06T14:00:00+08:00"));
    world.calendar = world.calendar.with_year(amended("2026-03-06", "2026-03-06"));
    world.ask(Command::Recount).unwrap();
    assert_eq!(world.order().reply.unwrap().due.at, instant("2026-03-09T09:00:00+08:00"));
    assert_eq!(due(&world), instant("2026-03-05T14:00:00+08:00"));
    assert_eq!(world.order().assistance[0].due.at, due(&world));
}
