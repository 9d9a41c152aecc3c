//! Every fact that can be heard, in every state: it takes effect, comes late, or says nothing.

use std::collections::BTreeMap;

use strum::IntoEnumIterator;

use super::sample::*;
use super::*;

const LATER: &str = "2026-03-05T09:00:00+08:00";

/// Order 1 as decision work, as if it had come to a state.
fn in_state(state: State) -> World {
    let mut world = World::at(DAY_ONE);
    let (kind, source) = (WorkKind::Decision, "cases/1/items/I1".to_owned());
    let lead = (state != State::Unrouted).then(|| department("D02"));
    world.hear(Requested { kind, source, lead, ..requested(world.now, rules()) });
    let until = instant("2026-03-09T17:30:00+08:00");
    let claim = Command::Claim { by: staff("D02-11") };
    let answers = |world: &mut World, class| {
        let order = world.order_mut();
        (order.kind, order.work_class) = (WorkKind::Answer, class);
        world.ask(contact("D02-11")).unwrap();
        world.ask(complete("D02-11")).unwrap();
    };
    let returned = |world: &mut World| {
        world.order_mut().kind = WorkKind::Answer;
        world.ask(claim.clone()).unwrap();
        world.ask(give_back("D02-11", None)).unwrap();
        world.order_mut().kind = WorkKind::Decision;
    };
    match state {
        State::Unrouted | State::Offered => {}
        State::Claimed => drop(world.ask(claim).unwrap()),
        State::InProgress => drop(world.ask(contact("D02-11")).unwrap()),
        State::ReturnPending => returned(&mut world),
        State::Escalated => {
            returned(&mut world);
            world
                .ask(Command::UpholdReturn { by: dispatcher(), to: None, reason: "r".to_owned() })
                .unwrap();
        }
        State::Declined => {
            let (by, basis) = (staff("D02-11"), "b".to_owned());
            world.ask(Command::Decline { by, basis }).unwrap();
        }
        State::Suspended => {
            world.ask(contact("D02-11")).unwrap();
            world.ask(pause("D02-11", PauseReason::AwaitingMaterials, until)).unwrap();
            world.ask(ruling(Decision::Granted)).unwrap();
        }
        State::AwaitingSignature => {
            answers(&mut world, WorkClass::A);
            world.order_mut().kind = WorkKind::Decision;
        }
        State::Completed => answers(&mut world, WorkClass::C),
        State::Cancelled => drop(world.ask(withdraw(1, DAY_ONE)).unwrap()),
    }
    assert_eq!(world.order().state, state);
    world.now = instant(LATER);
    world
}

/// A fact that would take effect wherever it may.
fn of(heard: Heard) -> Command {
    let occurred_at = instant(LATER);
    let rate = |level| Command::Rate { occurred_at, round: 1, rating: rating(level) };
    match heard {
        Heard::WorkRequested => {
            request_of(Requested { round: 2, ..requested(instant(LATER), rules()) })
        }
        Heard::WorkReopened => reopen(2, Some("D03"), LATER),
        Heard::WorkWithdrawn => withdraw(1, LATER),
        Heard::WorkAccepted => Command::Accept { occurred_at, round: 1 },
        Heard::WorkSettled => {
            let (by, outcome) = (person_id("D02-12"), "ISSUED".to_owned());
            Command::Settle { occurred_at, round: 1, by, outcome }
        }
        Heard::MaterialsSupplied => Command::SupplyMaterials { occurred_at },
        Heard::TicketConfirmed => rate(5),
        Heard::TicketDissatisfied => rate(1),
        Heard::TicketRatingVerified => {
            Command::VerifyRating { occurred_at, round: 1, counts: true, reason: "r".to_owned() }
        }
        Heard::TicketClosed => Command::Close { occurred_at, round: 1, explained: false },
        Heard::TicketExplanationDecided => {
            Command::Close { occurred_at, round: 1, explained: true }
        }
        Heard::StaffLeft => Command::Leave { person: Some(person_id("D02-11")) },
        Heard::DepartmentSucceeded => {
            Command::Succeed { from: department("D02"), to: department("D05") }
        }
        Heard::CalendarYearPublished => Command::Recount,
    }
}

/// What takes effect leads where it should; what comes late or says nothing changes nothing.
///
/// Shows: dispatch hears every fact in every state
#[test]
fn every_fact_is_heard_in_every_state_and_none_is_ever_refused() {
    let mut ends: BTreeMap<(Heard, State), State> = BTreeMap::new();
    for state in State::iter() {
        for heard in Heard::iter() {
            let mut world = in_state(state);
            let before = world.order().clone();
            let happened = world.ask(of(heard)).expect("what is heard is never refused");
            match effect(state, heard) {
                Effect::Taken => drop(ends.insert((heard, state), world.order().state)),
                Effect::Late => {
                    let late = What::HeardLate { heard, state };
                    assert_eq!(happened, [late], "{heard} in {state}");
                    let WorkOrder { changed_at, .. } = *world.order();
                    assert_eq!(*world.order(), WorkOrder { changed_at, ..before });
                }
                Effect::Passed(reason) => {
                    assert!(happened.is_empty() && !reason.is_empty(), "{heard} in {state}");
                    assert_eq!(*world.order(), before);
                }
            }
        }
    }
    for ((heard, from), to) in ends {
        let expected = match heard {
            Heard::WorkRequested | Heard::WorkReopened => State::Offered,
            Heard::WorkWithdrawn => State::Cancelled,
            Heard::WorkSettled => State::Completed,
            Heard::MaterialsSupplied if from == State::Suspended => State::InProgress,
            Heard::StaffLeft if matches!(from, State::Claimed | State::InProgress) => {
                State::Offered
            }
            Heard::WorkAccepted
            | Heard::MaterialsSupplied
            | Heard::TicketConfirmed
            | Heard::TicketDissatisfied
            | Heard::TicketRatingVerified
            | Heard::TicketClosed
            | Heard::TicketExplanationDecided
            | Heard::StaffLeft
            | Heard::DepartmentSucceeded
            | Heard::CalendarYearPublished => from,
        };
        assert_eq!(to, expected, "{heard} in {from}");
    }
}

/// Every open state but those whose order nobody has moves with its department.
#[test]
fn a_successor_gets_what_its_department_has_in_every_open_state() {
    for state in State::iter() {
        let mut world = in_state(state);
        let had = world.order().department.is_some() && world.order().is_open();
        world.ask(of(Heard::DepartmentSucceeded)).unwrap();
        let has = world.order().department == Some(department("D05"));
        assert_eq!(has, had, "{state}");
    }
}
