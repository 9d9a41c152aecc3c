//! Edges that a careless change would move: each of these has caught one.

use base::Role;
use calendar::{Limit, Year};

use super::sample::*;
use super::*;

/// 2027 with four days off at its beginning.
fn new_year() -> Year {
    let text = "year = 2027\ncomplete = true\nversion = 1\n\
        [[notice]]\nnumber = \"国办发明电〔2026〕1号\"\nissued = 2026-11-01\n\
        title = \"通知\"\nurl = \"\"\n\
        [[holiday]]\nname = \"元旦\"\nnotice = \"国办发明电〔2026〕1号\"\n\
        off = { from = 2027-01-01, to = 2027-01-04 }\nwork = []\n";
    Year::parse(text).expect("a year")
}

#[test]
fn an_alarm_that_is_not_due_does_nothing() {
    let mut world = World::offered();
    for alarm in [Alarm::Claim, Alarm::Contact, Alarm::YellowCard, Alarm::PauseEnd] {
        assert_eq!(world.ask(Command::Ring { alarm, head: None }).unwrap(), []);
    }
}

#[test]
fn assistance_is_overdue_after_its_due_instant() {
    let mut world = World::in_progress();
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    world.now = instant("2026-03-11T11:30:00+08:00");
    assert!(matches!(world.ask(complete("D02-11")), Err(Error::AssistanceOpen { .. })));
}

#[test]
fn what_is_heard_after_a_pause_was_to_end_makes_it_no_longer() {
    let until = instant("2026-03-06T12:00:00+08:00");
    let late = instant("2026-03-09T09:00:00+08:00");
    let materials = Command::SupplyMaterials { occurred_at: late };
    let mut running = World::in_progress();
    running.ask(pause("D02-11", PauseReason::AwaitingMaterials, until)).unwrap();
    running.ask(ruling(Decision::Granted)).unwrap();
    // The alarm of its end has not rung yet.
    running.now = late;
    let happened = running.ask(materials.clone()).unwrap();
    assert_eq!(happened[0], What::Resumed { resumed_at: until, ran_out: true, claim_due: None });
    let mut asked = World::in_progress();
    asked.ask(pause("D02-11", PauseReason::AwaitingMaterials, until)).unwrap();
    asked.now = late;
    let came = What::MaterialsCame { supplied_at: late };
    assert_eq!(asked.ask(materials.clone()).unwrap(), [came]);
    assert_eq!(asked.ask(materials).unwrap(), []);
    let happened = asked.ask(ruling(Decision::Granted)).unwrap();
    assert_eq!(happened[1], What::Resumed { resumed_at: until, ran_out: true, claim_due: None });
}

#[test]
fn a_head_who_is_barred_or_has_left_gets_nothing_by_default() {
    let mut left = with_roles("D02-01", &[Role::Lead]);
    left.active = false;
    let moved = with_roles("D03-01", &[Role::Lead]);
    for head in [with_roles("D02-13", &[Role::Lead]), left, moved] {
        let mut world = World::offered();
        world.go_to(instant("2026-03-05T10:00:00+08:00"), Some(&head));
        assert_eq!(world.order().state, State::Offered, "{}", head.id);
    }
}

#[test]
fn a_limit_that_was_met_is_not_reckoned_anew() {
    let mut world = World::at("2026-12-31T16:30:00+08:00");
    world.hear(requested(world.now, rules()));
    let mut met = World::at("2026-12-31T16:30:00+08:00");
    met.hear(requested(met.now, rules()));
    met.ask(contact("D02-11")).unwrap();
    let moved = |world: &mut World| {
        world.calendar = world.calendar.with_year(new_year());
        let happened = world.ask(Command::Recount).unwrap();
        let kind = |what: &What| {
            if let What::DueChanged { kind, .. } = what { Some(*kind) } else { None }
        };
        happened.iter().filter_map(kind).collect::<Vec<_>>()
    };
    assert_eq!(moved(&mut world), [LimitKind::Claim, LimitKind::Contact, LimitKind::Reply]);
    let claim_due = instant("2027-01-05T11:30:00+08:00");
    assert_eq!(world.order().claim_due.unwrap().at, claim_due);
    assert!(alarms(world.order()).contains(&(Alarm::Claim, claim_due)));
    assert_eq!(moved(&mut met), [LimitKind::Reply]);
    met.ask(complete("D02-11")).unwrap();
    assert_eq!(moved(&mut met), []);
}

#[test]
fn a_claim_that_a_refused_return_waits_for_again_is_reckoned_anew() {
    let mut world = World::at("2026-12-31T16:30:00+08:00");
    world.hear(requested(world.now, rules()));
    world.ask(give_back("D02-11", None)).unwrap();
    world.calendar = world.calendar.with_year(new_year());
    world.ask(Command::Recount).unwrap();
    let reason = "r".to_owned();
    world.ask(Command::RefuseReturn { by: dispatcher(), reason }).unwrap();
    let claim_due = instant("2027-01-05T11:30:00+08:00");
    assert_eq!(world.order().claim_due.unwrap().at, claim_due);
    assert!(alarms(world.order()).contains(&(Alarm::Claim, claim_due)));
}

#[test]
fn a_due_instant_that_moved_has_no_card_yet_and_gets_its_own() {
    let mut world = World::in_progress();
    world.go_to(instant("2026-03-10T17:30:00+08:00"), None);
    assert_eq!(world.order().card, Some(Card::Yellow));
    let until = instant("2026-03-12T12:00:00+08:00");
    world.ask(pause("D02-11", PauseReason::Hearing, until)).unwrap();
    world.ask(ruling(Decision::Granted)).unwrap();
    world.now = until;
    world.ask(Command::Ring { alarm: Alarm::PauseEnd, head: None }).unwrap();
    assert_eq!(world.order().reply.unwrap().due.at, instant("2026-03-12T17:30:00+08:00"));
    assert_eq!(world.order().card, None);
    world.go_to(until, None);
    assert_eq!(world.order().card, Some(Card::Yellow));
}

#[test]
fn the_next_department_is_waited_for_anew_even_if_its_claim_is_due_at_the_same_instant() {
    let claim = rule(LimitKind::Claim, Tier::Promised, Limit::WorkingMinutes(60));
    let mut world = World::at(DAY_ONE);
    world.hear(requested(world.now, vec![claim]));
    world.go_to(instant("2026-03-04T10:30:00+08:00"), None);
    let told = |world: &World| world.order().armed[&Alarm::Claim].told;
    assert_eq!(told(&world), Some(Told::Lead));
    world.ask(give_back("D02-11", None)).unwrap();
    world.ask(uphold("D03")).unwrap();
    assert_eq!(told(&world), None);
}

#[test]
fn who_was_handed_an_order_is_concerned() {
    let mut world = World::in_progress();
    world.ask(Command::HandOver { by: staff("D02-11"), to: nominee("D02-12") }).unwrap();
    let both = [person_id("D02-11"), person_id("D02-12")];
    assert!(both.iter().all(|person| world.order().concerned.contains(person)));
}

/// Shows: dispatch OFFERED Claim
#[test]
fn an_order_that_is_due_only_after_its_claim_is_urged_once_before_it() {
    let claimed = LimitRule {
        start: LimitStart::Claimed,
        ..rule(LimitKind::Reply, Tier::Promised, Limit::WorkingDays(5))
    };
    let mut world = World::at(DAY_ONE);
    world.hear(requested(world.now, vec![claimed]));
    assert_eq!(world.order().reply, None);
    world.ask(urge()).unwrap();
    assert!(matches!(world.ask(urge()), Err(Error::UrgedAlready)));
    world.ask(Command::Claim { by: staff("D02-11") }).unwrap();
    assert_eq!(world.order().reply.unwrap().due.at, instant("2026-03-11T17:30:00+08:00"));
    world.ask(urge()).unwrap();
}

#[test]
fn whoever_has_left_sees_nothing() {
    let world = World::offered();
    let mut person = staff("D02-11");
    assert!(sight::sees(world.order(), &person));
    person.active = false;
    assert!(!sight::sees(world.order(), &person));
}
