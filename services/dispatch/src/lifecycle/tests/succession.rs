//! A department is succeeded by whom the complaint is about: it comes to the order in no way.

use super::sample::*;
use super::*;

fn succeed(from: &str, to: &str) -> Command {
    Command::Succeed { from: department(from), to: department(to) }
}

/// Order 1 with D02, where a department has it: each state and how it comes there.
fn had() -> Vec<(State, World)> {
    let claim = Command::Claim { by: staff("D02-11") };
    let mut claimed = World::offered();
    claimed.ask(claim.clone()).unwrap();
    let mut returned = World::offered();
    returned.ask(claim).unwrap();
    returned.ask(give_back("D02-11", None)).unwrap();
    let until = instant("2026-03-09T17:30:00+08:00");
    let mut suspended = World::in_progress();
    suspended.ask(extend("D02-11", instant("2026-03-13T17:30:00+08:00"))).unwrap();
    suspended.ask(pause("D02-11", PauseReason::Hearing, until)).unwrap();
    suspended.ask(ruling(Decision::Granted)).unwrap();
    let mut asked = World::in_progress();
    asked.ask(pause("D02-11", PauseReason::Hearing, until)).unwrap();
    let mut replied = World::in_progress();
    replied.order_mut().work_class = WorkClass::A;
    replied.ask(complete("D02-11")).unwrap();
    vec![
        (State::Offered, World::offered()),
        (State::Claimed, claimed),
        (State::InProgress, asked),
        (State::ReturnPending, returned),
        (State::Suspended, suspended),
        (State::AwaitingSignature, replied),
    ]
}

fn is_nobodys(order: &WorkOrder) {
    assert_eq!((&order.department, &order.claimant, &order.responsible), (&None, &None, &None));
    assert!(order.decision_due.is_some());
    let waits = (order.pending_pause(), order.pending_extension(), order.pending_return());
    assert_eq!((waits, &order.replied), ((None, None, None), &None));
    assert!(order.running_pause().is_none() && order.answer.is_empty());
}

/// Shows: dispatch hears DepartmentSucceeded in OFFERED
/// Shows: dispatch hears DepartmentSucceeded in CLAIMED
/// Shows: dispatch hears DepartmentSucceeded in RETURN_PENDING
/// Shows: dispatch hears DepartmentSucceeded in SUSPENDED
/// Shows: dispatch hears DepartmentSucceeded in AWAITING_SIGNATURE
#[test]
fn whom_the_complaint_is_about_leads_it_by_no_succession() {
    for (state, mut world) in had() {
        assert_eq!(world.order().state, state);
        world.now = instant("2026-03-05T09:00:00+08:00");
        // The complained-of takes the place of who has it.
        world.ask(succeed("D02", "D09")).unwrap();
        let order = world.order();
        assert_eq!(order.state, State::Unrouted, "{state}");
        is_nobodys(order);
        let route = Command::Route { to: named("D03"), precedent: false };
        world.ask(route).unwrap();
        assert_eq!(world.order().department, Some(department("D03")));
    }
    for (_, mut world) in had() {
        // Who has it takes the place of the complained-of.
        world.ask(succeed("D09", "D02")).unwrap();
        assert_eq!(world.order().state, State::Unrouted);
        is_nobodys(world.order());
        let back = Command::Route { to: named("D02"), precedent: false };
        assert!(matches!(world.ask(back), Err(Error::DepartmentExcluded { .. })));
    }
}

#[test]
fn what_was_designated_goes_back_to_a_zone_leader() {
    let mut world = World::offered();
    world.ask(give_back("D02-11", None)).unwrap();
    world
        .ask(Command::UpholdReturn { by: dispatcher(), to: None, reason: "r".to_owned() })
        .unwrap();
    let designate = |of| Command::DesignateLead { to: named(of), minutes: "m".to_owned() };
    world.ask(designate("D03")).unwrap();
    world.ask(succeed("D03", "D09")).unwrap();
    let order = world.order();
    assert_eq!((order.state, order.designated), (State::Escalated, false));
    assert_eq!(order.escalated_for, Some(Escalation::Excluded));
    assert!(alarms(order).iter().any(|(alarm, _)| *alarm == Alarm::EscalationDecision));
    world.ask(designate("D04")).unwrap();
    assert_eq!(world.order().department, Some(department("D04")));
}

#[test]
fn whom_the_complaint_is_about_assists_by_no_succession() {
    for (from, to) in [("D03", "D09"), ("D09", "D03")] {
        let mut world = World::in_progress();
        world.ask(assistance("D02-11", "D03", 2)).unwrap();
        // The child hears it before or after its parent.
        for id in [1, 2] {
            let mut world = World {
                orders: world.orders.clone(),
                facts: world.facts.clone(),
                ..World::at(DAY_ONE)
            };
            world.ask_of(order_id(id), succeed(from, to)).unwrap();
            world.ask_of(order_id(3 - id), succeed(from, to)).unwrap();
            assert_eq!(world.orders[&order_id(2)].state, State::Cancelled);
            assert!(world.order().assistance[0].waived_at.is_some());
            world.ask(complete("D02-11")).unwrap();
        }
    }
}

/// Who asked for assistance is whom the complaint is about: who assists goes on for the next lead.
#[test]
fn who_assists_goes_on_for_the_next_lead() {
    let mut world = World::in_progress();
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    world.ask_of(order_id(2), succeed("D02", "D09")).unwrap();
    world.ask(succeed("D02", "D09")).unwrap();
    let child = &world.orders[&order_id(2)];
    assert_eq!((child.state, &child.asked_by), (State::Offered, &None));
    world.ask(Command::Route { to: named("D04"), precedent: false }).unwrap();
    assert_eq!(world.orders[&order_id(2)].asked_by, Some(department("D04")));
}

/// Shows: dispatch hears DepartmentSucceeded in DECLINED
#[test]
fn what_was_declined_stays_with_its_owner() {
    let mut world = World::at(DAY_ONE);
    let kind = WorkKind::Decision;
    world.hear(Requested { kind, ..requested(world.now, rules()) });
    world.ask(Command::Decline { by: staff("D02-11"), basis: "b".to_owned() }).unwrap();
    world.ask(succeed("D02", "D09")).unwrap();
    assert_eq!((world.order().state, &world.order().department), (State::Declined, &None));
    world.ask(reopen(1, Some("D03"), "2026-03-05T09:00:00+08:00")).unwrap();
    assert_eq!(world.order().department, Some(department("D03")));
}

/// Who assisted and is done is not whom the complaint is about, whoever takes its place.
#[test]
fn past_assistance_stays_whose_it_was() {
    let mut world = World::in_progress();
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    world.ask_of(order_id(2), contact("D03-11")).unwrap();
    world.ask_of(order_id(2), complete("D03-11")).unwrap();
    world.ask(succeed("D03", "D09")).unwrap();
    assert_eq!(world.order().assistance[0].department, department("D03"));
    let theirs = staff("D09-11");
    assert!(!sight::sees(world.order(), &theirs));
}
