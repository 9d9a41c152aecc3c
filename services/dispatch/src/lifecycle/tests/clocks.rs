//! Whose clock it is: what begins anew with another department, and what goes on whoever has it.

use calendar::Limit;

use super::sample::*;
use super::*;

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
