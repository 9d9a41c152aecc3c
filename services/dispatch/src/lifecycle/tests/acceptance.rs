//! Acceptance by the owner of decision work: from when limits run, and what waits until then.

use calendar::Limit;

use super::sample::*;
use super::*;

fn starting(start: LimitStart, tier: Tier, days: u32) -> LimitRule {
    LimitRule { start, ..rule(LimitKind::Reply, tier, Limit::WorkingDays(days)) }
}

/// By law 5 working days from acceptance, promised in 8 from the claim.
fn both() -> Vec<LimitRule> {
    vec![
        starting(LimitStart::Accepted, Tier::Statutory, 5),
        starting(LimitStart::Claimed, Tier::Promised, 8),
    ]
}

fn by_law_alone() -> Vec<LimitRule> {
    vec![starting(LimitStart::Accepted, Tier::Statutory, 5)]
}

/// Order 1 as decision work, in progress.
fn decision(limits: Vec<LimitRule>) -> World {
    let mut world = World::at(DAY_ONE);
    let (kind, source) = (WorkKind::Decision, "cases/1/items/I1".to_owned());
    world.hear(Requested { kind, source, ..requested(world.now, limits) });
    world.ask(contact("D02-11")).unwrap();
    world
}

fn accept(at: &str) -> Command {
    Command::Accept { occurred_at: instant(at), round: 1 }
}

fn due_of(world: &World, tier: Tier) -> Option<Timestamp> {
    world.order().reply.and_then(|reply| reply.of(tier)).map(|due| due.at)
}

/// Shows: dispatch hears WorkAccepted in IN_PROGRESS
#[test]
fn the_limit_by_law_runs_from_the_acceptance_and_the_promise_from_where_it_did() {
    let mut world = decision(both());
    let promised = instant("2026-03-16T17:30:00+08:00");
    assert_eq!(
        (due_of(&world, Tier::Statutory), due_of(&world, Tier::Promised)),
        (None, Some(promised))
    );
    // Heard on Monday, accepted on Thursday as of receipt.
    world.go_to(instant("2026-03-09T10:00:00+08:00"), None);
    let happened = world.ask(accept("2026-03-05T10:00:00+08:00")).unwrap();
    assert!(matches!(happened[..], [What::Accepted { .. }]), "{happened:?}");
    let by_law = instant("2026-03-12T17:30:00+08:00");
    assert_eq!(due_of(&world, Tier::Statutory), Some(by_law));
    assert_eq!(due_of(&world, Tier::Promised), Some(promised));
    let reply = world.order().reply.unwrap();
    assert_eq!((reply.due.tier, reply.due.at), (Tier::Statutory, by_law));
    assert_eq!(reply.yellow_at, instant("2026-03-11T17:30:00+08:00"));
    assert!(alarms(world.order()).contains(&(Alarm::Legal, by_law)));
    assert!(alarms(world.order()).contains(&(Alarm::YellowCard, reply.yellow_at)));
    let before = world.order().clone();
    let again = world.ask(accept("2026-03-06T10:00:00+08:00")).unwrap();
    assert!(matches!(again[..], [What::HeardLate { heard: Heard::WorkAccepted, .. }]));
    let WorkOrder { changed_at, .. } = *world.order();
    assert_eq!(*world.order(), WorkOrder { changed_at, ..before }, "once a round");
}

/// Shows: dispatch hears WorkAccepted in COMPLETED; dispatch hears WorkAccepted in CANCELLED
#[test]
fn an_acceptance_after_the_end_of_an_earlier_round_or_of_answer_work_is_late() {
    let is_late = |happened: Vec<What>| matches!(happened[..], [What::HeardLate { .. }]);
    let mut withdrawn = decision(both());
    withdrawn.ask(withdraw(1, DAY_ONE)).unwrap();
    assert!(is_late(withdrawn.ask(accept(DAY_ONE)).unwrap()));
    let mut answer = World::in_progress();
    assert!(is_late(answer.ask(accept(DAY_ONE)).unwrap()));
    answer.ask(complete("D02-11")).unwrap();
    assert!(is_late(answer.ask(accept(DAY_ONE)).unwrap()));
    let mut anew = decision(both());
    anew.ask(withdraw(1, DAY_ONE)).unwrap();
    anew.ask(reopen(2, Some("D02"), DAY_ONE)).unwrap();
    anew.order_mut().kind = WorkKind::Decision;
    assert!(is_late(anew.ask(accept(DAY_ONE)).unwrap()), "of round 1");
    assert_eq!(anew.order().accepted_at, None);
}

/// Shows: dispatch hears WorkAccepted in DECLINED; dispatch hears WorkAccepted in OFFERED
#[test]
fn what_was_accepted_stays_it_for_the_next_department() {
    let mut world = World::at(DAY_ONE);
    let limits = by_law_alone();
    let (kind, source) = (WorkKind::Decision, "cases/1/items/I1".to_owned());
    world.hear(Requested { kind, source, ..requested(world.now, limits.clone()) });
    world.ask(accept("2026-03-04T10:00:00+08:00")).unwrap();
    let by_law = Some(instant("2026-03-11T17:30:00+08:00"));
    assert_eq!(due_of(&world, Tier::Statutory), by_law);
    world.ask(Command::Decline { by: staff("D02-11"), basis: "b".to_owned() }).unwrap();
    world.now = instant("2026-03-06T10:00:00+08:00");
    let mut again = reopen(1, Some("D03"), "2026-03-06T10:00:00+08:00");
    if let Command::Reopen { work, .. } = &mut again {
        (work.kind, work.limits) = (WorkKind::Decision, limits);
    }
    world.ask(again).unwrap();
    assert_eq!(world.order().department, Some(department("D03")));
    assert_eq!(due_of(&world, Tier::Statutory), by_law, "the law's clock does not begin anew");
}

/// Nothing else would ring: the lead is told, and again.
///
/// Shows: dispatch refuses NOT_ACCEPTED
#[test]
fn what_nobody_has_accepted_is_told_of_and_can_be_neither_assisted_nor_extended() {
    let mut world = decision(by_law_alone());
    assert_eq!(world.order().reply, None);
    let due = instant("2026-03-11T17:30:00+08:00");
    assert_eq!(alarms(world.order()), [(Alarm::Acceptance, due)]);
    let refused = world.ask(assistance("D02-11", "D03", 2));
    assert!(matches!(refused, Err(Error::NotAccepted)));
    let refused = world.ask(extend("D02-11", instant("2026-03-20T17:30:00+08:00")));
    assert!(matches!(refused, Err(Error::NotAccepted)));
    let told = |happened: Vec<What>| {
        let lead = |what: &&What| {
            matches!(what, What::LimitMissed { alarm: Alarm::Acceptance, told: Told::Lead, .. })
        };
        happened.iter().filter(lead).count()
    };
    assert_eq!(told(world.go_to(due - jiff::SignedDuration::from_secs(1), None)), 0);
    assert_eq!(told(world.go_to(due, None)), 1);
    assert_eq!(
        told(world.go_to(instant("2026-03-19T09:00:00+08:00"), None)),
        1,
        "after 5 days again"
    );
    world.ask(accept("2026-03-19T09:00:00+08:00")).unwrap();
    assert_eq!(world.order().acceptance_due, None);
    assert_eq!(told(world.go_to(instant("2026-06-01T09:00:00+08:00"), None)), 0);
    assert_eq!(world.order().card, Some(Card::Red));
}

/// The pause began before the acceptance and lasts beyond it: the law's clock runs all the same.
///
/// Shows: dispatch hears WorkAccepted in SUSPENDED
#[test]
fn awaiting_the_enterprise_stops_the_promise_and_never_the_law_after_acceptance() {
    for (reason, by_law) in [
        (PauseReason::AwaitingMaterials, "2026-03-13T17:30:00+08:00"),
        (PauseReason::Hearing, "2026-03-17T17:30:00+08:00"),
    ] {
        let mut world = decision(both());
        let until = instant("2026-03-10T17:30:00+08:00");
        world.ask(pause("D02-11", reason, until)).unwrap();
        world.ask(ruling(Decision::Granted)).unwrap();
        world.go_to(instant("2026-03-06T10:00:00+08:00"), None);
        world.ask(accept("2026-03-06T10:00:00+08:00")).unwrap();
        assert_eq!(world.order().state, State::Suspended);
        let unpaused = instant("2026-03-13T17:30:00+08:00");
        assert_eq!(due_of(&world, Tier::Statutory), Some(unpaused), "{reason}");
        let law = alarms(world.order()).iter().any(|(alarm, _)| *alarm == Alarm::Legal);
        assert_eq!(law, reason == PauseReason::AwaitingMaterials, "{reason}");
        world.go_to(until, None);
        assert_eq!(world.order().state, State::InProgress);
        assert_eq!(due_of(&world, Tier::Statutory), Some(instant(by_law)), "{reason}");
        // 03-04 to 03-10 stood still from 09:00 on: eight days from 03-11 on.
        assert_eq!(due_of(&world, Tier::Promised), Some(instant("2026-03-20T17:30:00+08:00")));
    }
}

/// Of an order that nobody has accepted a pause is bounded by the length of its limit all the same.
#[test]
fn a_pause_before_acceptance_is_bounded_by_the_limit_that_waits() {
    for (until, beyond) in
        [("2026-03-10T17:30:00+08:00", false), ("2026-03-20T17:30:00+08:00", true)]
    {
        let mut world = decision(by_law_alone());
        world.ask(pause("D02-11", PauseReason::AwaitingMaterials, instant(until))).unwrap();
        assert_eq!(world.order().pauses[0].beyond_limit, beyond, "{until}");
    }
}

/// Accepted on 03-04 as of receipt, told after the red card of the promise: the law gives longer, and
/// cards go by the tightened limit, which starts there as well.
#[test]
fn cards_that_an_acceptance_proves_wrong_are_annulled_and_right_ones_stay() {
    let limits = vec![
        starting(LimitStart::Submitted, Tier::Promised, 2),
        starting(LimitStart::Accepted, Tier::Tightened, 5),
    ];
    let mut world = decision(limits);
    world.go_to(instant("2026-03-09T09:00:00+08:00"), None);
    assert_eq!(world.order().card, Some(Card::Red));
    let happened = world.ask(accept("2026-03-04T15:00:00+08:00")).unwrap();
    assert!(
        matches!(
            happened[..],
            [
                What::CardAnnulled { card: Card::Red, .. },
                What::CardAnnulled { card: Card::Yellow, .. },
                What::Accepted { .. }
            ]
        ),
        "{happened:?}"
    );
    assert_eq!(world.order().card, None);
    assert_eq!(world.order().reply.unwrap().red_at, instant("2026-03-12T08:30:00+08:00"));
}

/// An assisting order follows the limit that begins.
#[test]
fn who_assists_is_due_before_what_the_acceptance_makes_of_it() {
    let mut world = decision(both());
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    world.ask(accept("2026-03-04T10:00:00+08:00")).unwrap();
    let child = world.orders[&order_id(2)].reply.unwrap().due.at;
    assert_eq!(child, instant("2026-03-11T11:30:00+08:00"));
    assert_eq!(world.order().assistance[0].due.at, child);
}
