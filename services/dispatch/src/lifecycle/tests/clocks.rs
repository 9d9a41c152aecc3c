//! Whose clock it is: what begins anew with another department, and what goes on whoever has it.

use base::Role;
use calendar::Limit;

use super::sample::*;
use super::*;

/// How an order comes to wait for a decision, and what ends that.
type Way<'a> = (&'a dyn Fn(&mut World), Command);

/// A limit begins anew for the next department (domain.md §3), not for the next colleague.
///
/// Shows: dispatch CLAIMED Release; dispatch OFFERED Claim
#[test]
fn whoever_gives_it_back_starts_no_clock_of_the_department_anew() {
    let from_claim = LimitRule {
        start: LimitStart::Claimed,
        ..rule(LimitKind::Reply, Tier::Promised, Limit::WorkingDays(5))
    };
    let mut world = World::at(DAY_ONE);
    world.hear(requested(world.now, vec![from_claim]));
    world.ask(Command::Claim { by: staff("D02-11") }).unwrap();
    let (contact_due, reply) = (world.order().contact_due, world.order().reply);
    assert_eq!(contact_due.unwrap().at, instant("2026-03-05T17:30:00+08:00"));
    let told = world.go_to(instant("2026-03-06T09:00:00+08:00"), None);
    assert!(matches!(told[..], [What::LimitMissed { alarm: Alarm::Contact, .. }]), "{told:?}");
    world.ask(Command::Release { by: staff("D02-11") }).unwrap();
    assert_eq!((world.order().contact_due, world.order().reply), (contact_due, reply));
    assert_eq!(world.order().claim_due.unwrap().at, instant("2026-03-04T15:00:00+08:00"));
    world.ask(Command::Claim { by: staff("D02-12") }).unwrap();
    assert_eq!((world.order().contact_due, world.order().reply), (contact_due, reply));
    world.ask(contact("D02-12")).unwrap();
    assert_eq!(world.order().contacted_late, Some(true), "it was missed, whoever makes it now");
    // Nor is the claim awaited from then on.
    let mut world = World::offered();
    world.ask(Command::Claim { by: staff("D02-11") }).unwrap();
    world.ask(Command::Release { by: staff("D02-11") }).unwrap();
    let told = world.go_to(instant("2026-03-04T15:00:00+08:00"), None);
    let lead = |what: &What| {
        matches!(what, What::LimitMissed { alarm: Alarm::Claim, told: Told::Lead, .. })
    };
    assert!(told.iter().any(lead), "{told:?}");
    // The next department has its own.
    world.ask(give_back("D02-11", None)).unwrap();
    world.ask(uphold("D03")).unwrap();
    assert_eq!(world.order().claim_due.unwrap().at, instant("2026-03-05T10:00:00+08:00"));
}

/// What waits for a decision when its claimant leaves is offered when that is over, and is no sooner the
/// head's than what is offered first.
///
/// Shows: dispatch hears StaffLeft in SUSPENDED; dispatch hears StaffLeft in RETURN_PENDING
/// Shows: dispatch hears StaffLeft in AWAITING_SIGNATURE
#[test]
fn colleagues_have_their_time_when_what_they_could_not_claim_is_offered() {
    let head = with_roles("D02-01", &[Role::Lead]);
    let until = instant("2026-03-06T09:00:00+08:00");
    let reason = || "r".to_owned();
    let refuse = Command::RefuseReturn { by: dispatcher(), reason: reason() };
    let send_back = Command::SendBack { by: head.clone(), reason: reason() };
    let ring = Command::Ring { alarm: Alarm::PauseEnd, head: None };
    let suspended = |world: &mut World| {
        world.ask(contact("D02-11")).unwrap();
        world.ask(pause("D02-11", PauseReason::Hearing, until)).unwrap();
        world.ask(ruling(Decision::Granted)).unwrap();
    };
    let replied = |world: &mut World| {
        world.order_mut().work_class = WorkClass::A;
        world.ask(contact("D02-11")).unwrap();
        world.ask(complete("D02-11")).unwrap();
    };
    let returned = |world: &mut World| drop(world.ask(give_back("D02-11", None)).unwrap());
    let ways: [Way<'_>; 3] = [(&suspended, ring), (&replied, send_back), (&returned, refuse)];
    for (come, over) in ways {
        let mut world = World::offered();
        world.ask(Command::Claim { by: staff("D02-11") }).unwrap();
        come(&mut world);
        let waits = world.order().state;
        world.ask(Command::Leave { person: Some(person_id("D02-11")) }).unwrap();
        assert_eq!((world.order().state, world.order().claim_due), (waits, None));
        world.now = until;
        world.ask(over).unwrap();
        let order = world.order();
        assert_eq!(order.state, State::Offered, "after {waits}");
        let due = instant("2026-03-06T15:00:00+08:00");
        assert_eq!(order.claim_due.map(|due| due.at), Some(due), "after {waits}");
        world.go_to(instant("2026-03-06T14:59:59+08:00"), Some(&head));
        assert_eq!(world.order().claimant, None, "after {waits}");
        let told = world.go_to(due, Some(&head));
        let lead = |what: &What| {
            matches!(what, What::LimitMissed { alarm: Alarm::Claim, told: Told::Lead, .. })
        };
        assert!(told.iter().any(lead), "after {waits}: {told:?}");
        world.go_to(instant("2026-03-09T10:00:00+08:00"), Some(&head));
        assert_eq!(world.order().claimant, Some(head.id.clone()), "after {waits}");
    }
}

/// Nobody had claimed what was returned, or they had left before: no clock stops.
#[test]
fn a_refused_return_is_awaited_as_before() {
    for (left, due) in [(false, "2026-03-04T15:00:00+08:00"), (true, "2026-03-04T16:00:00+08:00")] {
        let mut world = World::offered();
        if left {
            world.ask(Command::Claim { by: staff("D02-11") }).unwrap();
            world.now = instant("2026-03-04T10:00:00+08:00");
            world.ask(Command::Leave { person: Some(person_id("D02-11")) }).unwrap();
        }
        world.now = instant("2026-03-04T11:00:00+08:00");
        world.ask(give_back("D02-12", None)).unwrap();
        world.now = instant("2026-03-04T14:30:00+08:00");
        world.ask(Command::RefuseReturn { by: dispatcher(), reason: "r".to_owned() }).unwrap();
        assert_eq!(world.order().claim_due.unwrap().at, instant(due));
    }
}
