//! Facts that cross: withdrawn while it is completed, settled after it was withdrawn, and cards that
//! an earlier-dated fact proves wrong.

use super::sample::*;
use super::*;

/// Order 1 as decision work, in progress.
fn decision() -> World {
    let mut world = World::at(DAY_ONE);
    let kind = WorkKind::Decision;
    let source = "cases/1/items/I1".to_owned();
    world.hear(Requested { kind, source, ..requested(world.now, rules()) });
    world.ask(contact("D02-11")).unwrap();
    world
}

fn settle(at: &str) -> Command {
    let (by, outcome) = (person_id("D02-12"), "ISSUED".to_owned());
    Command::Settle { occurred_at: instant(at), round: 1, by, outcome }
}

fn is_late(happened: &[What]) -> bool {
    matches!(happened, [What::HeardLate { .. }])
}

/// Shows: dispatch hears WorkWithdrawn in COMPLETED
#[test]
fn completed_before_the_withdrawal_is_heard_it_stays_completed() {
    let mut world = World::in_progress();
    world.now = instant("2026-03-05T10:00:00+08:00");
    world.ask(complete("D02-11")).unwrap();
    let before = world.order().clone();
    assert!(is_late(&world.ask(withdraw(1, "2026-03-05T09:00:00+08:00")).unwrap()));
    assert_eq!(*world.order(), before);
}

/// Shows: dispatch hears WorkWithdrawn in IN_PROGRESS
#[test]
fn withdrawn_before_it_is_completed_it_is_cancelled_with_its_children() {
    let mut world = World::in_progress();
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    world.ask(withdraw(1, "2026-03-05T09:00:00+08:00")).unwrap();
    assert_eq!(world.order().state, State::Cancelled);
    assert_eq!(world.order().cancelled_reason, "WITHDRAWN");
    assert_eq!(world.orders[&order_id(2)].state, State::Cancelled);
    let completed = world.ask(complete("D02-11"));
    assert!(matches!(completed, Err(Error::StateForbids { state: State::Cancelled, .. })));
    assert!(is_late(&world.ask(withdraw(1, "2026-03-05T09:00:00+08:00")).unwrap()));
}

/// Of a round that is over.
#[test]
fn a_withdrawal_of_an_earlier_round_comes_late() {
    let mut world = World::in_progress();
    world.ask(complete("D02-11")).unwrap();
    world.ask(reopen(2, Some("D02"), "2026-03-09T09:00:00+08:00")).unwrap();
    assert!(is_late(&world.ask(withdraw(1, "2026-03-09T10:00:00+08:00")).unwrap()));
    assert_eq!(world.order().state, State::Offered);
}

/// Shows: dispatch hears WorkSettled in IN_PROGRESS; dispatch hears WorkSettled in CANCELLED
#[test]
fn decision_work_is_done_as_of_the_instant_of_its_decision() {
    for (decided, late) in
        [("2026-03-11T17:30:00+08:00", false), ("2026-03-11T17:30:01+08:00", true)]
    {
        let mut world = decision();
        world.ask(assistance("D02-11", "D03", 2)).unwrap();
        world.now = instant("2026-03-13T09:00:00+08:00");
        world.ask(settle(decided)).unwrap();
        let order = world.order();
        assert_eq!((order.state, order.answered_late), (State::Completed, Some(late)));
        assert_eq!(order.completed_at, Some(instant(decided)));
        assert_eq!((order.settled_outcome.as_str(), order.outcome), ("ISSUED", None));
        assert!(order.concerned.contains(&person_id("D02-12")));
        assert_eq!(world.orders[&order_id(2)].state, State::Cancelled);
    }
    let mut withdrawn = decision();
    withdrawn.ask(withdraw(1, "2026-03-05T09:00:00+08:00")).unwrap();
    assert!(is_late(&withdrawn.ask(settle("2026-03-05T10:00:00+08:00")).unwrap()));
    assert!(is_late(&World::in_progress().ask(settle("2026-03-05T10:00:00+08:00")).unwrap()));
}

/// Decided before due, heard after the red card.
#[test]
fn a_card_given_after_the_decision_is_annulled() {
    let mut world = decision();
    world.go_to(instant("2026-03-12T10:00:00+08:00"), None);
    assert_eq!(world.order().card, Some(Card::Red));
    let happened = world.ask(settle("2026-03-11T16:00:00+08:00")).unwrap();
    assert!(matches!(
        happened[..],
        [What::CardAnnulled { card: Card::Red, .. }, What::Settled { late: false, .. }]
    ));
    assert_eq!(world.order().card, Some(Card::Yellow), "that one was right");
    let mut world = decision();
    world.go_to(instant("2026-03-12T10:00:00+08:00"), None);
    let happened = world.ask(settle("2026-03-10T16:00:00+08:00")).unwrap();
    assert!(
        matches!(
            happened[..],
            [
                What::CardAnnulled { card: Card::Red, .. },
                What::CardAnnulled { card: Card::Yellow, .. },
                What::Settled { late: false, .. }
            ]
        ),
        "{happened:?}"
    );
    assert_eq!(world.order().card, None);
    // One that was right stays.
    let mut world = decision();
    world.go_to(instant("2026-03-12T10:00:00+08:00"), None);
    let happened = world.ask(settle("2026-03-12T09:00:00+08:00")).unwrap();
    assert!(matches!(happened[..], [What::Settled { late: true, .. }]));
    assert_eq!(world.order().card, Some(Card::Red));
}

/// Withdrawn before due, heard after the red card.
#[test]
fn a_card_given_after_the_withdrawal_is_annulled() {
    let mut world = World::in_progress();
    world.go_to(instant("2026-03-12T10:00:00+08:00"), None);
    let happened = world.ask(withdraw(1, "2026-03-11T16:00:00+08:00")).unwrap();
    assert!(matches!(happened[..], [What::CardAnnulled { .. }, What::Cancelled { .. }]));
}

/// Who assists is needed no longer since the same instant, whatever was done to its parent since.
#[test]
fn a_card_of_who_assists_is_annulled_by_the_instant_of_its_parents_end() {
    let ends = [
        (decision(), settle("2026-03-11T10:00:00+08:00")),
        (World::in_progress(), withdraw(1, "2026-03-11T10:00:00+08:00")),
    ];
    for (mut world, end) in ends {
        world.ask(assistance("D02-11", "D03", 2)).unwrap();
        world.go_to(instant("2026-03-11T15:00:00+08:00"), None);
        assert_eq!(world.orders[&order_id(2)].card, Some(Card::Red));
        // A change between the end and the news of it.
        world.ask(Command::HandOver { by: staff("D02-11"), to: nominee("D02-12") }).unwrap();
        world.ask(end).unwrap();
        let child = &world.orders[&order_id(2)];
        assert_eq!(child.state, State::Cancelled);
        assert_ne!(child.card, Some(Card::Red));
    }
}

/// Shows: dispatch hears WorkSettled in SUSPENDED; dispatch hears WorkWithdrawn in SUSPENDED
#[test]
fn what_is_decided_while_the_clock_stands_still_is_held_against_what_follows() {
    let mut world = decision();
    let until = instant("2026-03-10T17:30:00+08:00");
    world.ask(pause("D02-11", PauseReason::Hearing, until)).unwrap();
    world.ask(ruling(Decision::Granted)).unwrap();
    world.now = instant("2026-03-09T10:00:00+08:00");
    world.ask(settle("2026-03-09T09:00:00+08:00")).unwrap();
    let order = world.order();
    assert_eq!((order.state, order.answered_late), (State::Completed, Some(false)));
    assert_eq!(order.pauses[0].resumed_at, Some(instant("2026-03-09T09:00:00+08:00")));
    let mut world = World::in_progress();
    world.ask(pause("D02-11", PauseReason::Hearing, until)).unwrap();
    world.ask(ruling(Decision::Granted)).unwrap();
    world.ask(withdraw(1, "2026-03-05T09:00:00+08:00")).unwrap();
    assert_eq!(world.order().running_pause(), None);
}

/// Confirmed by call-back first, rated later.
///
/// Shows: dispatch hears TicketConfirmed in COMPLETED
#[test]
fn what_was_confirmed_by_call_back_may_still_be_rated_once() {
    let mut world = World::in_progress();
    world.ask(complete("D02-11")).unwrap();
    let occurred_at = world.now;
    let said = |rating| Command::Rate { occurred_at, round: 1, rating };
    let unrated = Rating { level: None, ..rating(5) };
    world.ask(said(unrated)).unwrap();
    assert!(is_late(&world.ask(said(unrated)).unwrap()));
    world.ask(said(rating(4))).unwrap();
    assert_eq!(world.order().rating, Some(rating(4)));
    assert!(is_late(&world.ask(said(rating(5))).unwrap()));
}
