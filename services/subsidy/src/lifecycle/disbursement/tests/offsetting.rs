//! A later payment is kept in place of a repayment, by written decision, in one unit for both.

use base::{DisbursementId, Fen};
use jiff::SignedDuration;

use super::super::sample::{
    CHECKER, LEADER, MAKER, REVIEWER, SECOND_REVIEWER, SETTLED, World, by, disbursement, refusal,
};
use super::*;
use crate::error::{DisbursementError, Error};

/// The first owes 300,000 fen, to be kept of later payments.
fn owing(world: &mut World, way: fn(jiff::Timestamp) -> Way) -> DisbursementId {
    let id = world.paid(1);
    let opening = ClawbackOpening {
        amount: Fen(300_000),
        basis: "重复享受".to_owned(),
        remedy: "可陈述申辩".to_owned(),
        fraud: false,
        statement_days: 5,
    };
    world.of(id, DisbursementCommand::OpenClawback { by: by(REVIEWER), opening }).unwrap();
    world.ring_for(id);
    world.now += SignedDuration::from_secs(1);
    let decision = ClawbackDecision {
        document: "经发决〔2026〕3号".to_owned(),
        statement: String::new(),
        reason: "事实清楚".to_owned(),
        way: way(world.now + SignedDuration::from_hours(24 * 90)),
        bar: false,
    };
    world.of(id, DisbursementCommand::DecideClawback { by: by(LEADER), decision }).unwrap();
    id
}

fn offset(
    world: &mut World,
    id: DisbursementId,
    against: DisbursementId,
    amount: i64,
) -> Result<(), Error> {
    world.of(id, DisbursementCommand::Offset { by: by(MAKER), against, amount: Fen(amount) })
}

fn by_offset(until: jiff::Timestamp) -> Way {
    Way::Offset { until }
}

/// Shows: subsidy REPAYING Offset; subsidy PAYABLE Withhold
#[test]
fn a_later_payment_is_kept_for_what_is_owed() {
    let mut world = World::new();
    let id = owing(&mut world, by_offset);
    let (second, third) = (world.payable(2), world.payable(3));
    let free = world.budget().free().0;
    offset(&mut world, id, second, 100_000).unwrap();
    // The later one: 100,000 of it count as paid. The earlier one: 100,000 are free in its line.
    assert_eq!(world.ledger(), [500_000, 0, 100_000, 0, 200_000]);
    assert_eq!(world.budget().free().0, free + 100_000);
    assert_eq!((world.state(id), world.state(second)), (State::Repaying, State::Payable));
    assert_eq!(world.disbursement(second).payable(), Fen(200_000));
    offset(&mut world, id, third, 200_000).unwrap();
    assert_eq!(world.state(id), State::Repaid);
    // What is left goes to the bank, and no more.
    world.sent(&[second, third]);
    let amounts = [second, third].map(|one| world.disbursement(one).attempts[0].amount.0);
    assert_eq!(amounts, [200_000, 100_000]);
    world.report(second, SETTLED).unwrap();
    world.report(third, SETTLED).unwrap();
    assert_eq!(world.ledger(), [0, 0, 600_000, 0, 0]);
}

#[test]
fn a_payment_that_is_kept_whole_needs_no_bank() {
    let mut world = World::new();
    let id = owing(&mut world, by_offset);
    let second = world.payable(2);
    offset(&mut world, id, second, 300_000).unwrap();
    assert_eq!((world.state(id), world.state(second)), (State::Repaid, State::Paid));
    assert_eq!(world.ledger(), [0, 0, 300_000, 0, 0]);
    let done = world.make(MAKER, &[second]).map(|_| ());
    assert!(matches!(refusal(done), DisbursementError::StateForbids { .. }));
    world.ring_for(second);
    assert_eq!(world.state(second), State::Confirmed);
}

/// Shows: subsidy refuses OFFSET_NOT_DECIDED; subsidy refuses OFFSET_ITSELF; subsidy refuses OFFSET_OTHER; subsidy refuses OFFSET_AMOUNT; subsidy refuses OFFSET_REISSUED
#[test]
fn an_offset_that_is_refused_on_one_side_happens_on_neither() {
    let mut world = World::new();
    let id = owing(&mut world, by_offset);
    let second = world.payable(2);
    let others = world.approve(3, "P-002", Fen(300_000)).unwrap();
    let reissued = world.payable(4);
    world.sent(&[reissued]);
    world.hours(1);
    world.report(reissued, sample::rejected()).unwrap();
    world.confirm_account(reissued, "0548").unwrap();
    world.verify_account(reissued, SECOND_REVIEWER).unwrap();
    let small = world.approve(5, "P-001", Fen(1_000)).unwrap();
    let ordered = world.payable(6);
    world.ordered(&[ordered]);
    let before = (world.things.clone(), world.facts.len());
    let none = disbursement(99);
    let owed = Fen(300_000);
    let cases = [
        (id, 1, DisbursementError::OffsetItself),
        (none, 1, DisbursementError::NotFound { disbursement: String::new() }),
        (others, 1, DisbursementError::OffsetOther { disbursement: others }),
        (reissued, 1, DisbursementError::OffsetReissued { disbursement: reissued }),
        (small, 1_001, DisbursementError::OffsetAmount { amount: Fen(1_001), payable: Fen(1_000) }),
        (second, 0, DisbursementError::RepaymentAmount { amount: Fen(0), owed }),
        (second, 300_001, DisbursementError::RepaymentAmount { amount: Fen(300_001), owed }),
        (
            ordered,
            1,
            DisbursementError::StateForbids { state: State::Ordered, action: Action::Withhold },
        ),
    ];
    for (against, amount, expected) in cases {
        assert_eq!(refusal(offset(&mut world, id, against, amount)), expected);
    }
    assert_eq!((&world.things, world.facts.len()), (&before.0, before.1));

    let mut world = World::new();
    let id = owing(&mut world, |until| Way::AtOnce { until });
    let second = world.payable(2);
    let done = refusal(offset(&mut world, id, second, 1));
    assert_eq!(done, DisbursementError::OffsetNotDecided);
    let (by, reason) = (by(CHECKER), "注销".to_owned());
    world.of(second, DisbursementCommand::Lapse { by, reason }).unwrap();
}

#[test]
fn what_is_left_of_a_payment_that_was_kept_in_part_may_lapse() {
    let mut world = World::new();
    let id = owing(&mut world, by_offset);
    let second = world.payable(2);
    offset(&mut world, id, second, 100_000).unwrap();
    let (by, reason) = (by(CHECKER), "注销".to_owned());
    world.of(second, DisbursementCommand::Lapse { by, reason }).unwrap();
    assert_eq!(world.ledger(), [0, 0, 100_000, 0, 200_000]);
}
