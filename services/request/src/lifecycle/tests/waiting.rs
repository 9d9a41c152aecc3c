//! What time does to a ticket that waits: both edges of each limit.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use calendar::{Calendar, Intake, Moment};
use strum::IntoEnumIterator as _;

use super::super::sample::*;
use super::super::*;
use super::SECOND;

/// Shows: request CONFIRMED Close
#[test]
fn a_confirmed_ticket_closes_by_itself_after_three_working_days() {
    let ticket = ticket_in(State::Confirmed);
    let due = ticket.due.expect("it waits").at;
    let ring = Command::Ring(AlarmKind::CloseByItself);
    // The wall clock may have run back since the alarm was found to be due.
    for now in [due - SECOND, due] {
        let closed = after(Some(ticket.clone()), &ring, now);
        assert_eq!((closed.state, closed.closed_at), (State::Closed, Some(due)));
    }
}

#[test]
fn who_waits_is_told_of_to_the_head_then_to_a_leader_every_working_day() {
    let calendar = Calendar::published();
    let appealed =
        after(Some(ticket_in(State::Rejected)), &appeal(), instant("2026-03-04T11:00:00+08:00"));
    for (ticket, kind) in [
        (ticket_in(State::Submitted), AlarmKind::Accept),
        (ticket_in(State::Answered), AlarmKind::CallBack),
        (ticket_in(State::Withdrawn), AlarmKind::CallBack),
        (appealed, AlarmKind::DecideAppeal),
        (ticket_in(State::Dissatisfied), AlarmKind::Redo),
    ] {
        let (mut ticket, state) = (ticket.clone(), ticket.state);
        let due = ticket.due.expect("it waits");
        // Discontent that nobody acts on goes to a leader at once.
        let first = if kind == AlarmKind::Redo { Told::ZoneLeader } else { Told::DispatchHead };
        for told in [first, Told::ZoneLeader, Told::ZoneLeader] {
            let at = ticket.rings_at.expect("armed");
            let next = Moment { now: at, calendar: &calendar }
                .due_from_now(Intake::Instant, TOLD_AGAIN_AFTER)
                .expect("a day");
            let facts = decide_at(Some(&ticket), &Command::Ring(kind), at).expect("never refused");
            let missed = What::LimitMissed { state, due, told, next_due: next };
            assert_eq!(facts, [Fact { at, what: missed }]);
            ticket = facts.iter().fold(Some(ticket), apply).expect("it is there");
            assert_eq!((ticket.due, ticket.rings_at), (Some(due), Some(next.at)));
        }
    }
}

/// Said when called back, and again by rating: the dispatcher has no more time for it, and who was told
/// was told.
///
/// Shows: request DISSATISFIED Rate
#[test]
fn discontent_that_is_said_again_waits_on() {
    let now = instant("2026-03-04T15:00:00+08:00");
    let said = call_back(call("2026-03-04T14:00:00+08:00", Some(2)));
    let dissatisfied = after(Some(ticket_in(State::Answered)), &said, now);
    let due = dissatisfied.due.expect("it waits");
    let missed = after(Some(dissatisfied), &Command::Ring(AlarmKind::Redo), due.at);
    let facts = decide_at(Some(&missed), &rate(1, false), due.at + SECOND).expect("taken");
    let [Fact { what: What::Dissatisfied { redo_due, .. }, .. }] = &facts[..] else {
        panic!("{facts:?}")
    };
    assert_eq!(*redo_due, due);
    let again = facts.iter().fold(Some(missed.clone()), apply).expect("it is there");
    assert_eq!(again.round.rating.as_ref().map(|rating| rating.level), Some(1));
    let waits = |of: &Ticket| (of.due, of.waits_since, of.told_times, of.rings_at);
    assert_eq!(waits(&again), waits(&missed));
    assert_eq!(again.broken_invariant(), None);
}

#[test]
fn an_alarm_that_is_not_armed_does_nothing() {
    for state in State::iter() {
        let ticket = ticket_in(state);
        let armed = alarms(&ticket);
        for kind in AlarmKind::iter() {
            let name: &str = kind.into();
            let is_armed = armed.iter().any(|(armed, _)| *armed == name);
            let at = ticket.rings_at.unwrap_or(ticket.changed_at);
            let rung = decide_at(Some(&ticket), &Command::Ring(kind), at).expect("taken");
            assert_eq!(rung.len(), usize::from(is_armed), "{state} {kind}");
        }
    }
}

/// Shows: request ON_PLAN ResumePlan
#[test]
fn what_is_on_plan_is_reviewed_every_thirty_days_and_taken_up_at_its_date() {
    let mut ticket = ticket_in(State::OnPlan);
    let promised = ticket.due.expect("a date").at;
    let mut reviewed = Vec::new();
    loop {
        let (kind, at) = alarms(&ticket).into_iter().min_by_key(|(_, at)| *at).expect("armed");
        ticket = after(Some(ticket), &Command::Ring(kind.parse().expect("a kind")), at);
        if kind == "END_PLAN" {
            break;
        }
        reviewed.push(at);
    }
    let reviews = ["2026-04-03T17:30:00+08:00", "2026-05-06T17:30:00+08:00"];
    assert_eq!(reviewed, reviews.map(instant));
    assert_eq!((ticket.state, ticket.changed_at), (State::Accepted, promised));
    assert_eq!((ticket.round.number, ticket.round.cause), (2, Cause::Plan));
    assert_eq!(ticket.round.work_order, Some(order()), "the same order");
    assert_eq!(ticket.earlier[0].outcome(), Some(Outcome::Planned));
    assert_eq!(ticket.broken_invariant(), None);
}

#[test]
fn a_proposed_rejection_lapses_after_a_working_day() {
    let accepted = ticket_in(State::Accepted);
    let propose = reject(dispatcher(), RejectReason::Classified);
    let proposed = after(Some(accepted.clone()), &propose, accepted.changed_at);
    let due = proposed.due.expect("it waits").at;
    assert_eq!(due, instant("2026-03-05T17:30:00+08:00"));
    let lapsed = after(Some(proposed), &Command::Ring(AlarmKind::LapseRejection), due);
    assert_eq!((lapsed.state, &lapsed.rejection), (State::Accepted, &None));
    assert_eq!((alarms(&lapsed), lapsed.broken_invariant()), (Vec::new(), None));
}
