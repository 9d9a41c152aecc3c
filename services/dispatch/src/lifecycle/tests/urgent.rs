//! Class urgent: the clock on the wall, and the duty chain.

use base::Role;

use super::sample::*;
use super::*;

/// A gas leak, reported at an instant: D02's duty officer is D02-03, its head D02-01; D01-05 is on
/// duty for the zone.
fn leak(at: &str) -> World {
    let mut world = World::at(at);
    world.hear(Requested {
        work_class: WorkClass::Urgent,
        zone_duty: Some(person_id("D01-05")),
        ..requested(world.now, Vec::new())
    });
    world
}

/// At 17:20 before the National Day holiday.
const BEFORE_HOLIDAY: &str = "2026-09-30T17:20:00+08:00";

#[test]
fn it_is_offered_along_the_duty_chain_fifteen_minutes_each_and_the_holiday_stops_nothing() {
    let mut world = leak(BEFORE_HOLIDAY);
    let order = world.order();
    assert_eq!(order.on_duty(), Some(&person_id("D02-03")));
    assert_eq!(order.reply.unwrap().due.at, instant("2026-10-01T17:20:00+08:00"));
    for (at, on_duty) in [
        ("2026-09-30T17:34:59+08:00", "D02-03"),
        ("2026-09-30T17:35:00+08:00", "D02-01"),
        ("2026-09-30T17:50:00+08:00", "D01-05"),
        ("2026-09-30T18:35:00+08:00", "D01-05"),
    ] {
        world.go_to(instant(at), None);
        assert_eq!(world.order().on_duty(), Some(&person_id(on_duty)), "{at}");
    }
    let told = world.facts[&order_id(1)].iter().filter_map(|fact| {
        let What::LimitMissed { alarm: Alarm::Claim, told, .. } = &fact.what else { return None };
        Some((fact.at, *told))
    });
    let expected = [
        (instant("2026-09-30T17:35:00+08:00"), Told::OnDuty),
        (instant("2026-09-30T17:50:00+08:00"), Told::OnDuty),
        (instant("2026-09-30T18:05:00+08:00"), Told::ZoneLeader),
        (instant("2026-09-30T18:20:00+08:00"), Told::ZoneLeader),
        (instant("2026-09-30T18:35:00+08:00"), Told::ZoneLeader),
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
    let claim_due = world.order().claim_due.unwrap().at;
    assert_eq!(claim_due, instant("2026-09-30T18:05:00+08:00"), "of the last of the chain");
    let red = instant("2026-10-01T17:20:00+08:00");
    world.go_to(red, None);
    assert_eq!(world.order().card, Some(Card::Red));
}

#[test]
fn whoever_is_on_duty_for_the_zone_takes_it_on_once_it_is_theirs() {
    let mut world = leak(BEFORE_HOLIDAY);
    // Whatever the office, by being the one.
    let duty = with_roles("D01-05", &[Role::Supervisor]);
    assert!(sight::sees(world.order(), &duty), "they see it from the first");
    let early = world.ask(Command::Claim { by: duty.clone() });
    assert!(matches!(early, Err(Error::OtherDepartment { .. })));
    world.go_to(instant("2026-09-30T17:50:00+08:00"), None);
    world.ask(Command::Claim { by: duty.clone() }).unwrap();
    let proof = "电话".to_owned();
    world.ask(Command::Contact { by: duty.clone(), proof }).unwrap();
    let mut answered = complete("D01-05");
    if let Command::Complete { by, .. } = &mut answered {
        *by = duty;
    }
    world.ask(answered).unwrap();
    let order = world.order();
    assert_eq!((order.state, order.answered_late), (State::Completed, Some(false)));
    assert_eq!(order.department, Some(department("D02")));
}

#[test]
fn its_own_department_may_claim_it_at_any_time_and_the_head_gets_it_from_no_alarm() {
    let mut world = leak(BEFORE_HOLIDAY);
    let head = with_roles("D02-01", &[Role::Lead]);
    world.go_to(instant("2026-10-01T12:00:00+08:00"), Some(&head));
    assert_eq!(world.order().state, State::Offered);
    world.ask(Command::Claim { by: staff("D02-11") }).unwrap();
    assert_eq!(world.order().on_duty(), None);
}

#[test]
fn the_chain_of_another_department_begins_anew() {
    let mut world = leak("2026-09-30T09:00:00+08:00");
    world.go_to(instant("2026-09-30T09:15:00+08:00"), None);
    world.ask(give_back("D02-11", Some("D03"))).unwrap();
    world.ask(uphold("D03")).unwrap();
    assert_eq!(world.order().on_duty(), Some(&person_id("D03-03")));
    assert_eq!(world.order().claim_due.unwrap().at, instant("2026-09-30T09:30:00+08:00"));
}

#[test]
fn nobody_who_is_barred_is_in_the_chain() {
    let mut world = World::at(BEFORE_HOLIDAY);
    let barred = std::collections::BTreeSet::from([person_id("D02-03")]);
    let work_class = WorkClass::Urgent;
    world.hear(Requested { work_class, barred, ..requested(world.now, Vec::new()) });
    assert_eq!(world.order().duty, [person_id("D02-01")]);
}

/// Of who assists what is urgent the same chain is waited for, and no limit is older than the asking.
#[test]
fn who_assists_is_asked_along_a_duty_chain_too() {
    let mut world = leak("2026-09-30T09:00:00+08:00");
    world.ask(contact("D02-11")).unwrap();
    world.now = instant("2026-09-30T10:00:00+08:00");
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    let child = |world: &World| world.orders[&order_id(2)].clone();
    let contact_due = instant("2026-09-30T11:00:00+08:00");
    assert_eq!(child(&world).contact_due.map(|due| due.at), Some(contact_due));
    for (at, on_duty) in [
        ("2026-09-30T10:14:59+08:00", "D03-03"),
        ("2026-09-30T10:15:00+08:00", "D03-01"),
        ("2026-09-30T10:30:00+08:00", "D01-05"),
    ] {
        world.go_to(instant(at), None);
        assert_eq!(child(&world).on_duty(), Some(&person_id(on_duty)), "{at}");
    }
    world.ask_of(order_id(2), contact("D03-11")).unwrap();
    assert_eq!(child(&world).contacted_late, Some(false));
    world.ask_of(order_id(2), complete("D03-11")).unwrap();
    world.ask(complete("D02-11")).unwrap();
    // In the next round, of whoever is on duty then.
    let mut again = reopen(2, Some("D02"), "2026-09-30T11:00:00+08:00");
    if let Command::Reopen { work, .. } = &mut again {
        (work.work_class, work.limits) = (WorkClass::Urgent, Vec::new());
        work.assisting_duty.insert(department("D03"), vec![person_id("D03-04")]);
    }
    world.now = instant("2026-09-30T11:00:00+08:00");
    world.ask(again).unwrap();
    assert_eq!(child(&world).duty, [person_id("D03-04")]);
    let contact_due = instant("2026-09-30T12:00:00+08:00");
    assert_eq!(child(&world).contact_due.map(|due| due.at), Some(contact_due));
}
