//! What came back is paid anew: to an account that the enterprise confirms and another person
//! verifies, and only once it is certainly back.

use super::super::super::batch::BatchCommand;
use super::super::super::{Thing, ThingId};
use super::super::sample::{
    CHECKER, CLERK, LEADER, MAKER, REVIEWER, SECOND_REVIEWER, SETTLED, World, account, at, by,
    refusal,
};
use super::*;
use crate::error::DisbursementError;

/// Shows: subsidy RETURNED ConfirmAccount; subsidy RETURNED VerifyAccount
#[test]
fn what_came_back_is_paid_anew_to_an_account_that_two_people_looked_at() {
    let mut world = World::new();
    let id = world.returned(1);
    world.confirm_account(id, "7777").unwrap();
    assert_eq!(
        (world.state(id), world.disbursement(id).account.tail.as_str()),
        (State::Returned, "0548")
    );
    world.verify_account(id, SECOND_REVIEWER).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Payable, [300_000, 0, 0, 0, 0]));
    assert_eq!(world.disbursement(id).account, account("7777"));
    world.sent(&[id]);
    world.hours(1);
    world.report(id, SETTLED).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Paid, [0, 0, 300_000, 0, 0]));
    let accounts: Vec<&str> =
        world.disbursement(id).attempts.iter().map(|one| one.account.as_str()).collect();
    assert_eq!(accounts, ["digest-0548", "digest-7777"]);
    let segments = world.disbursement(id).segments();
    assert_eq!(segments.ordered_at, Some(world.disbursement(id).attempts[1].ordered_at));
}

/// M7: a changed account re-opens the second review, by somebody who had no other part in it; and who
/// verified handles the payment no more.
///
/// Shows: subsidy refuses SAME_PERSON_VERIFIES; subsidy refuses ACCOUNT_UNCONFIRMED
#[test]
fn m7_an_account_is_verified_by_another_person() {
    let mut world = World::new();
    let id = world.returned(1);
    let unconfirmed = refusal(world.verify_account(id, SECOND_REVIEWER));
    assert_eq!(unconfirmed, DisbursementError::AccountUnconfirmed);
    world.confirm_account(id, "7777").unwrap();
    for person in [CLERK, REVIEWER, MAKER, CHECKER] {
        let done = refusal(world.verify_account(id, person));
        assert_eq!(done, DisbursementError::SamePersonVerifies, "{person}");
    }
    world.verify_account(id, LEADER).unwrap();
    let done = world.make(LEADER, &[id]).map(|_| ());
    assert_eq!(refusal(done), DisbursementError::ReviewerPays { disbursement: id });
}

/// M7: the payee account is the applicant's.
///
/// Shows: subsidy refuses ACCOUNT_NOT_THEIRS
#[test]
fn m7_the_account_is_the_applicants_own() {
    let mut world = World::new();
    let id = world.returned(1);
    for (holder, registered) in [("张三", "朗图科技有限公司"), ("", "")] {
        let done = refusal(world.of(
            id,
            DisbursementCommand::ConfirmAccount {
                by: by(CLERK),
                account: account("7777"),
                holder: holder.to_owned(),
                registered: registered.to_owned(),
            },
        ));
        assert_eq!(done, DisbursementError::AccountNotTheirs);
    }
    assert!(world.disbursement(id).account_change.is_none());
}

#[test]
fn an_account_that_is_found_wrong_is_asked_for_again() {
    let mut world = World::new();
    let id = world.returned(1);
    world.confirm_account(id, "7777").unwrap();
    let (second, reason) = (by(SECOND_REVIEWER), "户名不符".to_owned());
    let refuse = DisbursementCommand::VerifyAccount { by: second, correct: false, reason };
    world.of(id, refuse).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Returned, [0, 0, 0, 300_000, 0]));
    assert_eq!(
        refusal(world.verify_account(id, SECOND_REVIEWER)),
        DisbursementError::AccountUnconfirmed
    );
    world.confirm_account(id, "8888").unwrap();
    world.verify_account(id, SECOND_REVIEWER).unwrap();
    assert_eq!(world.disbursement(id).account, account("8888"));
}

/// M9: no second payment until the first is confirmed returned. The rules never come to that; a row
/// that was changed by hand does.
///
/// Shows: subsidy refuses FIRST_PAYMENT_OPEN
#[test]
fn m9_nothing_is_paid_beside_what_may_be_paid() {
    for settled in [false, true] {
        let mut world = World::new();
        let id = world.returned(1);
        world.confirm_account(id, "0548").unwrap();
        let change = |world: &mut World, state: State| {
            let mut by_hand = world.disbursement(id).clone();
            by_hand.state = state;
            by_hand.attempts[0].rejected = None;
            by_hand.attempts[0].settled_at = settled.then_some(world.now);
            world.things.insert(ThingId::Disbursement(id), Thing::Disbursement(Box::new(by_hand)));
        };
        let open = DisbursementError::FirstPaymentOpen;
        let mut verifying = world.clone();
        change(&mut verifying, State::Returned);
        assert_eq!(refusal(verifying.verify_account(id, SECOND_REVIEWER)), open);
        world.verify_account(id, SECOND_REVIEWER).unwrap();
        let mut making = world.clone();
        change(&mut making, State::Payable);
        assert_eq!(refusal(making.make(MAKER, &[id]).map(|_| ())), open);
        let batch = world.make(MAKER, &[id]).unwrap();
        change(&mut world, State::Batched);
        let done = world.of_batch(batch, BatchCommand::Approve { by: by(CHECKER) });
        assert_eq!(refusal(done), open);
    }
}

/// M9: an unknown payment is not back: it cannot be confirmed, verified, batched, or given up.
#[test]
fn m9_what_is_unknown_is_not_paid_again() {
    let mut world = World::new();
    let id = world.payable(1);
    world.sent(&[id]);
    world.ring_for(id);
    let reason = "注销".to_owned();
    let lapse = DisbursementCommand::Lapse { by: by(CHECKER), reason };
    let refused = [
        world.confirm_account(id, "7777"),
        world.verify_account(id, SECOND_REVIEWER),
        world.make(MAKER, &[id]).map(|_| ()),
        world.of(id, lapse),
    ];
    for done in refused {
        let done = refusal(done);
        assert!(
            matches!(done, DisbursementError::StateForbids { state: State::Unknown, .. }),
            "{done}"
        );
    }
}

/// 滞留: returned and not ordered again for more than five working days, whoever it waits for.
#[test]
fn what_came_back_and_is_not_ordered_again_is_stranded() {
    let mut world = World::new();
    let id = world.returned(1);
    let due = at("2026-03-09 17:30");
    world.hours(24);
    world.confirm_account(id, "0548").unwrap();
    world.verify_account(id, SECOND_REVIEWER).unwrap();
    assert_eq!(world.disbursement(id).stranded_since(due), None);
    world.ring_for(id);
    assert_eq!((world.now, world.told(id).last()), (due, Some(&"Stranded")));
    assert_eq!(
        world.disbursement(id).stranded_since(world.now + jiff::SignedDuration::from_secs(1)),
        Some(due)
    );
}

/// Shows: subsidy RETURNED Lapse
#[test]
fn what_came_back_and_has_nobody_to_be_paid_lapses() {
    let mut world = World::new();
    let id = world.returned(1);
    let reason = "企业已注销".to_owned();
    world.of(id, DisbursementCommand::Lapse { by: by(CHECKER), reason }).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Lapsed, [0; 5]));
}
