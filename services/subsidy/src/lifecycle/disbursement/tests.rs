//! The rules of a disbursement, row by row; M2, M7, M8 and M9 by name.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod claiming;
mod offsetting;
mod paying;
mod reporting;
mod resolving;
mod returning;

use strum::IntoEnumIterator;

use super::*;

/// The table drawn from the other side: who changes a rule means it twice.
#[test]
fn each_state_takes_these_actions_and_no_others() {
    let drawn = State::iter().map(|state| {
        let taken = Action::iter().filter(|action| allowed(state).contains(action));
        let taken: Vec<String> = taken.map(|action| action.to_string()).collect();
        format!("{state}: {}", taken.join(" "))
    });
    let expected = [
        "PAYABLE: BATCH EXCEPT LAPSE WITHHOLD",
        "BATCHED: UNBATCH ORDER EXCEPT",
        "ORDERED: SEND EXCEPT",
        "SENT: PAY RETURN MISS_REPORT EXCEPT",
        "UNKNOWN: PAY RETURN INQUIRE EXCEPT PROPOSE_RESOLUTION RESOLVE",
        "PAID: REVERSE EXCEPT CONFIRM_RECEIPT OPEN_CLAWBACK",
        "CONFIRMED: REVERSE EXCEPT OPEN_CLAWBACK",
        "RETURNED: EXCEPT CONFIRM_ACCOUNT VERIFY_ACCOUNT LAPSE",
        "LAPSED: EXCEPT",
        "EXCEPTION: PROPOSE_RESOLUTION RESOLVE",
        "CLAWBACK_OPENED: REVERSE DECIDE_CLAWBACK",
        "REPAYING: DECIDE_CLAWBACK RECORD_REPAYMENT OFFSET",
        "REPAID: ",
        "REFERRED: RECORD_REPAYMENT",
    ];
    let drawn: Vec<String> = drawn.collect();
    assert_eq!(drawn, expected);
}

#[test]
fn every_report_has_one_line_in_every_state() {
    for news in News::iter() {
        for state in State::iter() {
            let lines =
                REPORTED.iter().filter(|(of, states, _)| *of == news && states.contains(&state));
            assert_eq!(lines.count(), 1, "{news} in {state}");
        }
    }
}

/// What a report does is a move of the table, or none.
#[test]
fn what_a_report_does_is_a_move_that_the_state_can_make() {
    for (_, states, effect) in REPORTED {
        let action = match effect {
            Effect::Pay => Action::Pay,
            Effect::Return => Action::Return,
            Effect::Reverse => Action::Reverse,
            Effect::Except => Action::Except,
            Effect::Note | Effect::Keep | Effect::Pass => continue,
        };
        for state in *states {
            assert!(allowed(*state).contains(&action), "{state} {action}");
        }
    }
}

/// Whoever waits is told at some time: on the way to the bank and back an alarm is always armed.
#[test]
fn no_state_on_the_way_waits_for_ever() {
    use sample::World;
    let mut world = World::new();
    let id = world.payable(1);
    let armed = |world: &World| (world.state(id), alarms(world.disbursement(id)).len());
    let mut seen = vec![armed(&world)];
    let batch = world.make(sample::MAKER, &[id]).unwrap();
    seen.push(armed(&world));
    let by = sample::by(sample::CHECKER);
    let approve = super::super::batch::BatchCommand::Approve { by };
    world.of_batch(batch, approve).unwrap();
    seen.push(armed(&world));
    world.send(batch).unwrap();
    seen.push(armed(&world));
    world.ring_for(id);
    seen.push(armed(&world));
    world.report(id, sample::rejected()).unwrap();
    seen.push(armed(&world));
    use State::{Batched, Ordered, Payable, Returned, Sent, Unknown};
    let way = [Payable, Batched, Ordered, Sent, Unknown, Returned];
    assert_eq!(seen, way.map(|state| (state, 1)));
}

#[test]
fn an_instruction_id_fits_the_rail_and_tells_every_attempt_apart() {
    let id = sample::disbursement(u128::MAX);
    let ids: std::collections::BTreeSet<String> =
        (1..=ATTEMPTS_MAX).map(|number| instruction_id(id, number)).collect();
    assert_eq!(ids.len(), ATTEMPTS_MAX as usize);
    assert!(ids.iter().all(|id| id.len() == INSTRUCTION_CHARS_MAX));
}
