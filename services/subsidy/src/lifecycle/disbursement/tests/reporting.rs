//! What the bank reports: on time, late, twice, in part, wrongly, after a success, or never.

use base::Fen;
use jiff::SignedDuration;

use super::super::super::ThingId;
use super::super::super::batch::BatchCommand;
use super::super::sample::{SECOND_REVIEWER, SETTLED, World, at, disbursement, refusal, rejected};
use super::*;
use crate::error::DisbursementError;

/// Shows: subsidy SENT Return
#[test]
fn what_the_bank_does_not_pay_is_returned() {
    let mut world = World::new();
    let id = world.returned(1);
    assert_eq!((world.state(id), world.ledger()), (State::Returned, [0, 0, 0, 300_000, 0]));
    let rejection = world.disbursement(id).attempts[0].rejected.clone().unwrap();
    assert_eq!((rejection.at, rejection.code.as_str()), (at("2026-03-02 10:00"), "AC04"));
}

/// UNKNOWN is a state: nobody pays again, and nobody calls it paid. Monday 2 March + 2 = Wednesday 4.
///
/// Shows: subsidy SENT MissReport; subsidy UNKNOWN Inquire; subsidy UNKNOWN Pay
#[test]
fn what_the_bank_says_nothing_of_in_two_working_days_is_unknown_until_it_speaks() {
    let mut world = World::new();
    let id = world.payable(1);
    world.sent(&[id]);
    world.ring_for(id);
    assert_eq!((world.state(id), world.now), (State::Unknown, at("2026-03-04 17:30")));
    assert_eq!(world.ledger(), [0, 300_000, 0, 0, 0], "nothing moves");
    world.ring_for(id);
    assert_eq!((world.state(id), world.now), (State::Unknown, at("2026-03-05 17:30")));
    world.ring_for(id);
    assert_eq!(world.told(id)[4..], ["ReportMissing", "Inquired", "Inquired"]);
    world.report(id, SETTLED).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Paid, [0, 0, 300_000, 0, 0]));
    assert_eq!(world.disbursement(id).attempts[0].paid_in_time(), Some(false));
}

/// Shows: subsidy UNKNOWN Return
#[test]
fn what_is_unknown_may_turn_out_to_be_back() {
    let mut world = World::new();
    let id = world.payable(1);
    world.sent(&[id]);
    world.ring_for(id);
    world.report(id, rejected()).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Returned, [0, 0, 0, 300_000, 0]));
}

#[test]
fn a_bank_that_has_it_is_noted_and_must_still_say_what_came_of_it() {
    let mut world = World::new();
    let id = world.payable(1);
    world.sent(&[id]);
    world.report(id, Outcome::Pending).unwrap();
    world.report(id, Outcome::Pending).unwrap();
    assert_eq!(world.told(id)[4..], ["Acknowledged"]);
    assert_eq!(world.disbursement(id).attempts[0].acknowledged_at, Some(world.now));
    world.ring_for(id);
    assert_eq!(world.state(id), State::Unknown);
    world.report(id, SETTLED).unwrap();
    world.report(id, Outcome::Pending).unwrap();
    assert_eq!(world.told(id)[4..], ["Acknowledged", "ReportMissing", "Paid"]);
}

/// The same entry in another message says nothing new; so does the same message (see batch).
#[test]
fn a_report_that_comes_twice_counts_once() {
    for outcome in [SETTLED, rejected()] {
        let mut world = World::new();
        let id = world.payable(1);
        world.sent(&[id]);
        let report = world.word(id, outcome);
        world.say(report.clone()).unwrap();
        let (ledger, told) = (world.ledger(), world.told(id).len());
        world.hours(3);
        world.say(report).unwrap();
        assert_eq!((world.ledger(), world.told(id).len()), (ledger, told));
    }
}

/// Shows: subsidy SENT Except
#[test]
fn another_amount_than_was_ordered_is_for_two_people() {
    for amount in [None, Some(299_999), Some(300_001), Some(0), Some(-300_000), Some(i64::MAX)] {
        let mut world = World::new();
        let id = world.payable(1);
        world.sent(&[id]);
        let report = Report { amount: amount.map(Fen), ..world.word(id, SETTLED) };
        world.say(report.clone()).unwrap();
        assert_eq!((world.state(id), world.ledger()), (State::Exception, [0, 300_000, 0, 0, 0]));
        let exception = world.disbursement(id).exception.clone().unwrap();
        let (ordered, reported) = (Fen(300_000), amount.map(Fen));
        assert_eq!(exception.cause, Cause::AmountDiffers { ordered, reported });
        assert_eq!((exception.from, exception.report), (State::Sent, report.clone()));
        // It says it again: they know.
        world.say(report).unwrap();
        assert_eq!(world.told(id)[4..], ["Excepted"]);
        // It says something else: they must know that too.
        world.report(id, SETTLED).unwrap();
        assert_eq!(world.told(id)[4..], ["Excepted", "ReportKept"]);
        assert_eq!(world.state(id), State::Exception);
        // The head of the payer is told if they take too long.
        world.ring_for(id);
        assert_eq!(world.told_whom(id), [Told::PayerHead]);
    }
}

/// Shows: subsidy UNKNOWN Except
#[test]
fn a_wrong_amount_is_for_two_people_as_well_if_it_comes_late() {
    let mut world = World::new();
    let id = world.payable(1);
    world.sent(&[id]);
    world.ring_for(id);
    world.say(Report { amount: Some(Fen(1)), ..world.word(id, SETTLED) }).unwrap();
    assert_eq!(world.state(id), State::Exception);
}

#[test]
fn a_bank_that_refuses_a_whole_file_names_no_amounts() {
    let mut world = World::new();
    let id = world.payable(1);
    world.sent(&[id]);
    world.say(Report { amount: None, ..world.word(id, rejected()) }).unwrap();
    assert_eq!(world.state(id), State::Returned);
}

/// Postings are reversed, never deleted.
///
/// Shows: subsidy PAID Reverse; subsidy CONFIRMED Reverse
#[test]
fn what_comes_back_after_a_success_is_reversed() {
    for confirmed in [false, true] {
        let mut world = World::new();
        let id = world.paid(1);
        if confirmed {
            world.ring_for(id);
            assert_eq!(world.state(id), State::Confirmed);
        }
        world.hours(2);
        world.report(id, rejected()).unwrap();
        assert_eq!((world.state(id), world.ledger()), (State::Returned, [0, 0, 0, 300_000, 0]));
        assert_eq!(world.told(id).last(), Some(&"Reversed"));
        assert!(world.disbursement(id).receipt.is_none());
        let segments = world.disbursement(id).segments();
        assert_eq!((segments.paid_at, segments.confirmed_at), (None, None));
        let attempt = &world.disbursement(id).attempts[0];
        assert!(attempt.settled_at.is_some() && attempt.rejected.is_some(), "both are kept");
    }
}

/// Every order of two reports ends alike, in state and in the ledger once two people have said what
/// is true: reports are judged by the bank's instants, not by their coming.
#[test]
fn every_order_of_two_reports_ends_alike() {
    let hour = SignedDuration::from_hours(1);
    let say = |outcome: &Outcome, hours: i32, amount: i64| (outcome.clone(), hour * hours, amount);
    let mut reports = Vec::new();
    for outcome in [Outcome::Pending, SETTLED, rejected()] {
        for hours in [1, 2] {
            for amount in [300_000, 1] {
                reports.push(say(&outcome, hours, amount));
            }
        }
    }
    let run = |two: [&(Outcome, SignedDuration, i64); 2]| {
        let mut world = World::new();
        let id = world.payable(1);
        world.sent(&[id]);
        let sent_at = world.now;
        world.hours(9);
        for (outcome, after, amount) in two {
            let report = world.word(id, outcome.clone());
            let report = Report { amount: Some(Fen(*amount)), at: sent_at + *after, ..report };
            world.say(report).unwrap();
        }
        let state = world.state(id);
        if state == State::Exception {
            world.resolve(id, &Resolution::Returned { at: world.now }).unwrap();
        }
        (state, world.state(id), world.ledger())
    };
    for first in &reports {
        for second in &reports {
            let [one, other] = [run([first, second]), run([second, first])];
            assert_eq!(one, other, "{first:?} and {second:?}");
        }
    }
}

/// By the bank's instants: paid, then given back, whatever came first.
#[test]
fn a_payment_that_is_heard_of_after_its_return_was_before_it() {
    let mut world = World::new();
    let id = world.payable(1);
    world.sent(&[id]);
    world.hours(1);
    let paid = world.word(id, SETTLED);
    world.hours(1);
    world.report(id, rejected()).unwrap();
    world.say(paid.clone()).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Returned, [0, 0, 0, 300_000, 0]));
    assert_eq!(world.told(id)[4..], ["Returned", "SettledBefore"]);
    assert_eq!(world.disbursement(id).attempts[0].settled_at, Some(paid.at));
}

/// M9: the money may be out twice.
///
/// Shows: subsidy RETURNED Except; subsidy PAID Except; subsidy CONFIRMED Except
#[test]
fn m9_a_payment_after_its_return_stops_everything() {
    // Given back, then paid, as the bank says.
    let mut world = World::new();
    let id = world.returned(1);
    world.hours(1);
    world.report(id, SETTLED).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Exception, [0, 0, 0, 300_000, 0]));
    assert_eq!(world.disbursement(id).exception.clone().unwrap().cause, Cause::PaidAfterReturn);

    // The same, heard the other way round.
    for confirmed in [false, true] {
        let mut world = World::new();
        let id = world.payable(1);
        world.sent(&[id]);
        world.hours(1);
        let back = world.word(id, rejected());
        world.hours(1);
        world.report(id, SETTLED).unwrap();
        if confirmed {
            world.ring_for(id);
        }
        world.say(back).unwrap();
        assert_eq!((world.state(id), world.ledger()), (State::Exception, [0, 0, 300_000, 0, 0]));
    }
}

/// M9: a payment that was given back, verified and is on its way anew, turns out to be paid: nothing
/// more goes out, wherever it is on that way.
///
/// Shows: subsidy PAYABLE Except; subsidy BATCHED Except; subsidy ORDERED Except; subsidy LAPSED Except
#[test]
fn m9_the_first_payment_comes_to_light_while_the_second_is_on_its_way() {
    let expected = [
        (State::Payable, [300_000, 0, 0, 0, 0]),
        (State::Batched, [300_000, 0, 0, 0, 0]),
        (State::Ordered, [0, 300_000, 0, 0, 0]),
        (State::Sent, [0, 300_000, 0, 0, 0]),
        (State::Unknown, [0, 300_000, 0, 0, 0]),
        (State::Lapsed, [0; 5]),
    ];
    for (state, ledger) in expected {
        let mut world = World::new();
        let id = world.returned(1);
        world.hours(1);
        let paid_after_all = world.word(id, SETTLED);
        let mut batch = None;
        if state == State::Lapsed {
            let (by, reason) = (sample::by(sample::CHECKER), "注销".to_owned());
            world.of(id, DisbursementCommand::Lapse { by, reason }).unwrap();
        } else {
            world.confirm_account(id, "0548").unwrap();
            world.verify_account(id, SECOND_REVIEWER).unwrap();
        }
        if matches!(state, State::Batched | State::Ordered | State::Sent | State::Unknown) {
            batch = Some(world.make(sample::MAKER, &[id]).unwrap());
        }
        if let Some(batch) = batch.filter(|_| state != State::Batched) {
            let by = sample::by(sample::CHECKER);
            world.of_batch(batch, BatchCommand::Approve { by }).unwrap();
            if state != State::Ordered {
                world.send(batch).unwrap();
            }
        }
        if state == State::Unknown {
            world.ring_for(id);
        }
        assert_eq!(world.state(id), state);
        world.say(paid_after_all).unwrap();
        assert_eq!((world.state(id), world.ledger()), (State::Exception, ledger), "{state}");
        // Its batch can neither be approved with it, nor sent with it.
        let refused = batch.is_some_and(|batch| match state {
            State::Batched => {
                let by = sample::by(sample::CHECKER);
                world.of_batch(batch, BatchCommand::Approve { by }).is_err()
            }
            State::Ordered => {
                world.send(batch).unwrap();
                world.batch(batch).sent.as_ref().unwrap().lines.is_empty()
            }
            State::Sent | State::Unknown => true,
            State::Payable
            | State::Paid
            | State::Confirmed
            | State::Returned
            | State::Lapsed
            | State::Exception
            | State::ClawbackOpened
            | State::Repaying
            | State::Repaid
            | State::Referred => false,
        });
        assert_eq!(refused, batch.is_some(), "{state}");
    }
}

/// Shows: subsidy refuses INSTRUCTION_UNKNOWN; subsidy refuses REPORT_IN_FUTURE
#[test]
fn a_report_of_no_instruction_or_of_tomorrow_is_refused() {
    let mut world = World::new();
    let id = world.payable(1);
    let batch = world.sent(&[id]);
    let report = world.word(id, SETTLED);
    let of_none = Report { instruction: "another".to_owned(), ..report.clone() };
    let other = base::BatchId::new(uuid::Uuid::from_u128(9));
    let of_other = Report { batch: other, ..report.clone() };
    for report in [of_none, of_other] {
        let instruction = report.instruction.clone();
        let done = refusal(world.of(id, DisbursementCommand::Report(report)));
        assert_eq!(done, DisbursementError::InstructionUnknown { instruction });
    }
    let skew = SignedDuration::from_secs(CLOCK_SKEW_SECONDS_MAX);
    let late = Report { at: world.now + skew + SignedDuration::from_millis(1), ..report.clone() };
    let at = late.at;
    assert_eq!(refusal(world.say(late)), DisbursementError::ReportInFuture { at });
    assert_eq!(world.batch(batch).reports.len(), 0, "nothing of it is taken in");
    world.say(Report { at: world.now + skew, ..report }).unwrap();
    assert_eq!(world.state(id), State::Paid);
    assert!(world.things.contains_key(&ThingId::Disbursement(disbursement(1))));
}
