//! Rounds: what is wanted again, how its children are asked anew, and what is kept of before.

use super::sample::*;
use super::*;

/// Order 1 with a child of D03, both answered; the enterprise was not content.
fn answered() -> World {
    let mut world = World::in_progress();
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    world.ask_of(order_id(2), contact("D03-11")).unwrap();
    world.ask_of(order_id(2), complete("D03-11")).unwrap();
    world.ask(complete("D02-11")).unwrap();
    let occurred_at = world.now;
    world.ask(Command::Rate { occurred_at, round: 1, rating: rating(2) }).unwrap();
    world
}

/// Shows: dispatch hears WorkReopened in COMPLETED
#[test]
fn a_new_round_is_offered_and_its_children_are_asked_anew() {
    let mut world = answered();
    world.now = instant("2026-03-09T09:00:00+08:00");
    world.ask(reopen(2, Some("D02"), "2026-03-09T09:00:00+08:00")).unwrap();
    let order = world.order();
    assert_eq!((order.state, order.round, order.outcome), (State::Offered, 2, None));
    assert_eq!((order.claimant.clone(), order.contacted_at), (None, None));
    assert_eq!(order.reply.unwrap().due.at, instant("2026-03-16T17:30:00+08:00"));
    assert!(order.concerned.contains(&person_id("D03-11")), "in any round");
    assert_eq!(order.number, "GD-2026-000001");
    let [past] = &order.past[..] else { panic!("{:?}", order.past) };
    assert_eq!((past.round, past.answered_late), (1, Some(false)));
    assert_eq!(past.rating, Some(rating(2)));
    let child = &world.orders[&order_id(2)];
    assert_eq!((child.state, child.round), (State::Offered, 2));
    assert_eq!(child.reply.unwrap().due.at, instant("2026-03-16T11:30:00+08:00"));
    assert_eq!((child.text.as_str(), child.number.as_str()), ("请协同", "GD-2026-000002"));
    world.ask(contact("D02-12")).unwrap();
    assert!(matches!(world.ask(complete("D02-12")), Err(Error::AssistanceOpen { .. })));
}

#[test]
fn a_department_that_now_leads_assists_no_more() {
    let mut world = answered();
    world.ask(reopen(2, Some("D03"), "2026-03-09T09:00:00+08:00")).unwrap();
    assert_eq!(world.order().assistance, []);
    assert_eq!(world.orders[&order_id(2)].state, State::Completed);
    // Routed to the one that is asked already: its child is not needed.
    let mut world = answered();
    world.ask(reopen(2, None, "2026-03-09T09:00:00+08:00")).unwrap();
    assert_eq!(world.orders[&order_id(2)].asked_by, None);
    world.ask(Command::Route { to: named("D03"), precedent: false }).unwrap();
    assert_eq!(world.orders[&order_id(2)].state, State::Cancelled);
    let mut world = answered();
    world.ask(reopen(2, None, "2026-03-09T09:00:00+08:00")).unwrap();
    world.ask(Command::Route { to: named("D04"), precedent: false }).unwrap();
    assert_eq!(world.orders[&order_id(2)].asked_by, Some(department("D04")));
}

/// Dissatisfied twice and escalated: a zone leader designates whatever lead is named.
///
/// Shows: dispatch hears WorkReopened in COMPLETED; dispatch ESCALATED DesignateLead
#[test]
fn a_matter_that_is_done_over_too_often_is_a_zone_leaders() {
    let mut world = answered();
    world.ask(reopen(2, Some("D02"), "2026-03-09T09:00:00+08:00")).unwrap();
    world.ask(contact("D02-11")).unwrap();
    world.ask_of(order_id(2), contact("D03-11")).unwrap();
    world.ask_of(order_id(2), complete("D03-11")).unwrap();
    world.ask(complete("D02-11")).unwrap();
    let mut third = reopen(3, Some("D02"), "2026-03-10T09:00:00+08:00");
    if let Command::Reopen { escalate, .. } = &mut third {
        *escalate = true;
    }
    world.ask(third).unwrap();
    let order = world.order();
    assert_eq!((order.state, order.escalated_for), (State::Escalated, Some(Escalation::Redone)));
    assert_eq!(order.past.len(), 2);
    let designate = Command::DesignateLead { to: named("D04"), minutes: "m".to_owned() };
    world.ask(designate).unwrap();
    assert_eq!(world.order().department, Some(department("D04")));
    assert_eq!(world.orders[&order_id(2)].asked_by, Some(department("D04")));
}

/// What is escalated has no department, and its cards are of who answered for it (首接负责).
#[test]
fn what_is_done_over_too_often_is_still_answered_for() {
    for (excluded, answers) in [("D09", Some("D02")), ("D02", None)] {
        let mut world = answered();
        let mut again = reopen(2, Some("D02"), "2026-03-09T09:00:00+08:00");
        if let Command::Reopen { escalate, work } = &mut again {
            (*escalate, work.excluded) = (true, [department(excluded)].into());
        }
        world.ask(again).unwrap();
        let order = world.order();
        assert_eq!((order.state, &order.department), (State::Escalated, &None));
        assert_eq!(order.responsible, answers.map(department));
    }
}

/// Shows: dispatch refuses DESIGNATED
#[test]
fn a_designation_is_final_in_every_round_and_returns_are_forgotten() {
    let mut world = World::offered();
    world.ask(give_back("D02-11", None)).unwrap();
    let reason = "r".to_owned();
    world.ask(Command::UpholdReturn { by: dispatcher(), to: None, reason }).unwrap();
    let minutes = "〔2026〕3号".to_owned();
    world.ask(Command::DesignateLead { to: named("D03"), minutes: minutes.clone() }).unwrap();
    world.ask(contact("D03-11")).unwrap();
    world.ask(complete("D03-11")).unwrap();
    world.ask(reopen(2, Some("D03"), "2026-03-09T09:00:00+08:00")).unwrap();
    let order = world.order();
    assert_eq!((order.designated, &order.minutes, order.returns.len()), (true, &minutes, 0));
    assert!(matches!(world.ask(give_back("D03-11", None)), Err(Error::Designated { .. })));
    world.ask(contact("D03-11")).unwrap();
    world.ask(complete("D03-11")).unwrap();
    // Redone by another department, which nobody designated.
    world.ask(reopen(3, Some("D02"), "2026-03-16T09:00:00+08:00")).unwrap();
    assert_eq!((world.order().designated, world.order().minutes.as_str()), (false, ""));
}

/// Shows: dispatch hears WorkReopened in COMPLETED; dispatch hears WorkRequested in COMPLETED
#[test]
fn a_round_that_has_been_comes_late_and_a_later_one_may_be_asked_for_plainly() {
    let mut world = answered();
    let again = world.ask(reopen(1, Some("D02"), "2026-03-09T09:00:00+08:00")).unwrap();
    assert!(matches!(again[..], [What::HeardLate { heard: Heard::WorkReopened, .. }]));
    let later = Requested { round: 2, ..requested(instant(DAY_ONE), rules()) };
    world.ask(request_of(later)).unwrap();
    assert_eq!((world.order().state, world.order().round), (State::Offered, 2));
    let open = world.ask(reopen(3, Some("D02"), "2026-03-09T09:00:00+08:00")).unwrap();
    assert!(matches!(open[..], [What::HeardLate { .. }]), "it is open");
}

#[test]
fn a_later_round_of_what_is_not_here_makes_it() {
    let mut world = World::at(DAY_ONE);
    world.ask(reopen(2, Some("D02"), DAY_ONE)).unwrap();
    assert_eq!((world.order().state, world.order().round), (State::Offered, 2));
}

/// Shows: dispatch hears WorkReopened in CANCELLED
#[test]
fn what_was_withdrawn_may_be_wanted_again() {
    let mut world = World::in_progress();
    world.ask(withdraw(1, "2026-03-05T09:00:00+08:00")).unwrap();
    world.ask(reopen(2, Some("D03"), "2026-03-06T09:00:00+08:00")).unwrap();
    let order = world.order();
    assert_eq!((order.state, order.past[0].cancelled), (State::Offered, true));
}

/// What was asked of a child that never answered is asked anew too.
#[test]
fn overdue_assistance_is_asked_anew() {
    let mut world = World::in_progress();
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    world.now = instant("2026-03-11T12:00:00+08:00");
    world.ask(complete("D02-11")).unwrap();
    world.ask(reopen(2, Some("D02"), "2026-03-12T09:00:00+08:00")).unwrap();
    let child = &world.orders[&order_id(2)];
    assert_eq!((child.state, child.round), (State::Offered, 2));
    assert_eq!(child.reply.unwrap().due.at, instant("2026-03-19T11:30:00+08:00"));
}

/// It is still at work in the round that is over, and begins anew with the next.
#[test]
fn what_assists_and_is_still_at_work_is_offered_anew() {
    let mut world = World::in_progress();
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    world.ask_of(order_id(2), contact("D03-11")).unwrap();
    world.now = instant("2026-03-11T12:00:00+08:00");
    world.ask(complete("D02-11")).unwrap();
    assert_eq!(world.orders[&order_id(2)].state, State::InProgress);
    world.ask(reopen(2, Some("D02"), "2026-03-12T09:00:00+08:00")).unwrap();
    let child = &world.orders[&order_id(2)];
    assert_eq!((child.state, child.claimant.as_ref()), (State::Offered, None));
    let row = (State::InProgress, By::Assisted, State::Offered);
    assert!(moved::is_moved(Some(row.0), row.1, row.2));
    let other = By::Told(Heard::StaffLeft);
    assert!(!moved::is_moved(Some(State::Completed), other, State::Offered), "the cause counts");
}

/// A limit that starts at the claim has not begun when the round does: who assists is asked all the
/// same, and due with its parent once that is claimed.
#[test]
fn children_are_asked_anew_where_the_limit_starts_at_the_claim() {
    let from_claim = LimitRule {
        start: LimitStart::Claimed,
        ..rule(LimitKind::Reply, Tier::Promised, calendar::Limit::WorkingDays(5))
    };
    let mut world = answered();
    let at = instant("2026-03-09T09:00:00+08:00");
    let work = Requested { round: 2, ..requested(at, vec![from_claim]) };
    world.now = at;
    world.ask(Command::Reopen { work: Box::new(work), escalate: false }).unwrap();
    assert_eq!((world.order().state, world.order().reply), (State::Offered, None));
    let due = |world: &World| world.orders[&order_id(2)].reply.unwrap().due.at;
    assert_eq!(world.orders[&order_id(2)].state, State::Offered);
    assert_eq!(due(&world), instant("2026-03-16T11:30:00+08:00"), "as if claimed at once");
    world.now = instant("2026-03-10T09:00:00+08:00");
    let happened = world.ask(Command::Claim { by: staff("D02-11") }).unwrap();
    assert!(matches!(happened[1], What::DueChanged { cause: Cause::Start, .. }), "{happened:?}");
    assert_eq!(world.order().reply.unwrap().due.at, instant("2026-03-17T17:30:00+08:00"));
    assert_eq!(due(&world), instant("2026-03-17T11:30:00+08:00"));
    assert_eq!(world.order().assistance[0].due.at, due(&world));
}

/// The department that assisted was dissolved after it was done: its successor is asked.
#[test]
fn a_child_is_asked_anew_of_who_has_taken_the_place_of_its_department() {
    for (successor, asked) in [("D04", true), ("D02", false), ("D09", false)] {
        let mut world = answered();
        let mut again = reopen(2, Some("D02"), "2026-03-09T09:00:00+08:00");
        if let Command::Reopen { work, .. } = &mut again {
            work.successors.insert(department("D03"), department(successor));
        }
        world.ask(again).unwrap();
        let child = &world.orders[&order_id(2)];
        let of = department(if asked { successor } else { "D03" });
        assert_eq!(child.department, Some(of), "{successor}");
        assert_eq!(child.state == State::Offered, asked);
        assert_eq!(world.order().assistance.len(), usize::from(asked));
    }
}
