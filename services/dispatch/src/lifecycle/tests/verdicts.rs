//! What the enterprise said, whether it counts, and whether the zone closed the matter in time.

use super::sample::*;
use super::*;

/// Order 1, answered, with a verdict that somebody must look at first.
fn rated(level: u8) -> World {
    let mut world = World::in_progress();
    world.ask(complete("D02-11")).unwrap();
    let rating = Rating { counted: Counted::AwaitsVerification, ..rating(level) };
    world.ask(Command::Rate { occurred_at: world.now, round: 1, rating }).unwrap();
    world
}

fn verify(round: u32, counts: bool) -> Command {
    let occurred_at = instant("2026-03-05T09:00:00+08:00");
    Command::VerifyRating { occurred_at, round, counts, reason: "核实".to_owned() }
}

fn close(round: u32, at: &str, explained: bool) -> Command {
    Command::Close { occurred_at: instant(at), round, explained }
}

fn late(happened: &[What]) -> Option<Heard> {
    let [What::HeardLate { heard, .. }] = happened else { return None };
    Some(*heard)
}

/// Shows: dispatch hears TicketRatingVerified in COMPLETED
#[test]
fn a_verdict_that_waits_is_looked_at_once() {
    for (counts, counted) in [(true, Counted::Counts), (false, Counted::LeftOut)] {
        let mut world = rated(5);
        assert_eq!(world.order().rating.unwrap().counted, Counted::AwaitsVerification);
        assert_eq!(late(&world.ask(verify(2, counts)).unwrap()), Some(Heard::TicketRatingVerified));
        world.ask(verify(1, counts)).unwrap();
        assert_eq!(world.order().rating.unwrap().counted, counted);
        let again = world.ask(verify(1, !counts)).unwrap();
        assert_eq!(late(&again), Some(Heard::TicketRatingVerified));
        assert_eq!(world.order().rating.unwrap().counted, counted);
    }
}

/// The matter is done over meanwhile: the verdict is of the round before.
///
/// Shows: dispatch hears TicketRatingVerified in OFFERED
#[test]
fn a_verdict_of_a_round_that_is_over_is_looked_at_too() {
    let mut world = rated(1);
    world.ask(reopen(2, Some("D02"), "2026-03-05T08:30:00+08:00")).unwrap();
    world.ask(verify(1, false)).unwrap();
    assert_eq!(world.order().past[0].rating.unwrap().counted, Counted::LeftOut);
    assert_eq!(world.order().state, State::Offered);
}

/// Promised for 03-11 at the close; the zone has five working days more.
///
/// Shows: dispatch hears TicketClosed in COMPLETED
/// Shows: dispatch hears TicketExplanationDecided in COMPLETED
#[test]
fn the_zone_closes_within_its_own_limit_or_late() {
    for (at, is_late) in [("2026-03-18T17:30:00+08:00", false), ("2026-03-18T17:30:01+08:00", true)]
    {
        for explained in [false, true] {
            let mut world = rated(5);
            world.now = instant(at);
            world.ask(close(1, at, explained)).unwrap();
            assert_eq!(world.order().closed_late, Some(is_late), "{at}");
            let again = world.ask(close(1, at, explained)).unwrap();
            assert!(late(&again).is_some());
        }
    }
}

/// The first round is held against its own promise, the last against its own.
#[test]
fn each_round_is_held_against_its_own_promise() {
    let mut world = rated(1);
    let again = "2026-03-12T09:00:00+08:00";
    world.now = instant(again);
    world.ask(reopen(2, Some("D02"), again)).unwrap();
    world.ask(contact("D02-11")).unwrap();
    world.ask(complete("D02-11")).unwrap();
    let closed = "2026-03-19T09:00:00+08:00";
    world.now = instant(closed);
    world.ask(close(2, closed, false)).unwrap();
    let order = world.order();
    assert_eq!((order.past[0].closed_late, order.closed_late), (Some(true), Some(false)));
    // Reopened after that, the first two stay as they were.
    world.ask(reopen(3, Some("D02"), "2026-04-07T09:00:00+08:00")).unwrap();
    let past: Vec<_> = world.order().past.iter().map(|past| past.closed_late).collect();
    assert_eq!((past, world.order().closed_late), (vec![Some(true), Some(false)], None));
}

#[test]
fn a_closing_that_crosses_a_new_round_comes_late() {
    let mut world = rated(5);
    world.ask(reopen(2, Some("D02"), "2026-03-05T08:30:00+08:00")).unwrap();
    let crossing = world.ask(close(1, "2026-03-05T09:00:00+08:00", false)).unwrap();
    assert_eq!(late(&crossing), Some(Heard::TicketClosed));
}
