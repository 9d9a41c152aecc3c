//! Into a batch, ordered, sent, paid, confirmed; or given up.

use base::Fen;
use calendar::Limit;
use proptest::prelude::*;

use super::super::super::batch::BatchCommand;
use super::super::super::{Thing, ThingId};
use super::super::sample::{
    CHECKER, CLERK, MAKER, REVIEWER, SECOND_REVIEWER, SETTLED, World, account, at, by, deputy,
    refusal,
};
use super::*;
use crate::error::DisbursementError;

/// Shows: subsidy PAYABLE Batch; subsidy BATCHED Order; subsidy ORDERED Send; subsidy SENT Pay;
/// subsidy PAID ConfirmReceipt
#[test]
fn a_disbursement_goes_to_the_bank_and_arrives() {
    let mut world = World::new();
    let id = world.payable(1);
    assert_eq!((world.state(id), world.ledger()), (State::Payable, [300_000, 0, 0, 0, 0]));
    let batch = world.make(MAKER, &[id]).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Batched, [300_000, 0, 0, 0, 0]));
    world.of_batch(batch, BatchCommand::Approve { by: by(CHECKER) }).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Ordered, [0, 300_000, 0, 0, 0]));
    world.send(batch).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Sent, [0, 300_000, 0, 0, 0]));
    world.hours(5);
    world.report(id, SETTLED).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Paid, [0, 0, 300_000, 0, 0]));
    world.hours(20);
    world.of(id, DisbursementCommand::ConfirmReceipt { by: by(CLERK) }).unwrap();
    assert_eq!(world.state(id), State::Confirmed);

    let segments = world.disbursement(id).segments();
    assert_eq!(segments.approved_at, at("2026-03-02 09:00"));
    assert_eq!(segments.ordered_at, Some(at("2026-03-02 09:00")));
    assert_eq!(segments.paid_at, Some(at("2026-03-02 14:00")));
    assert_eq!(segments.confirmed_at, Some(at("2026-03-03 10:00")));
    assert_eq!(world.disbursement(id).attempts[0].paid_in_time(), Some(true));
    let told = ["Created", "Batched", "Ordered", "Sent", "Paid", "ReceiptConfirmed"];
    assert_eq!(world.told(id), told);
}

/// Shows: subsidy BATCHED Unbatch
#[test]
fn what_a_checker_sends_back_is_payable_as_before() {
    let mut world = World::new();
    let id = world.payable(1);
    let batch = world.make(MAKER, &[id]).unwrap();
    let reason = "收款人须核实".to_owned();
    world.of_batch(batch, BatchCommand::Reject { by: by(CHECKER), reason }).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Payable, [300_000, 0, 0, 0, 0]));
    assert!(world.disbursement(id).batched.is_none());
    world.make(MAKER, &[id]).unwrap();
}

/// M7: reviewer ≠ second reviewer ≠ maker ≠ checker; a deputy counts for both.
///
/// Shows: subsidy refuses REVIEWER_PAYS
#[test]
fn m7_who_reviewed_it_neither_makes_nor_checks_its_payment() {
    let mut world = World::new();
    let id = world.payable(1);
    for person in [REVIEWER, SECOND_REVIEWER] {
        let done = world.make(person, &[id]).map(|_| ());
        assert_eq!(refusal(done), DisbursementError::ReviewerPays { disbursement: id });
    }
    let batch = world.make(MAKER, &[id]).unwrap();
    for checker in [by(REVIEWER), by(SECOND_REVIEWER), deputy("D04-09", REVIEWER)] {
        let done = world.of_batch(batch, BatchCommand::Approve { by: checker });
        assert_eq!(refusal(done), DisbursementError::ReviewerPays { disbursement: id });
    }
    assert_eq!(world.state(id), State::Batched, "nothing is half done");
    let reason = "注销".to_owned();
    let done = world.of(id, DisbursementCommand::Lapse { by: by(REVIEWER), reason });
    assert_eq!(refusal(done), DisbursementError::ReviewerPays { disbursement: id });
}

/// Shows: subsidy refuses ENTRY_CHANGED
#[test]
fn an_entry_that_is_not_as_the_maker_saw_it_is_refused() {
    let mut world = World::new();
    let id = world.payable(1);
    let entry = world.disbursement(id).entry();
    let mut changed = [entry.clone(), entry.clone(), entry.clone()];
    changed[0].amount = Fen(300_001);
    changed[1].account = "digest-9999".to_owned();
    changed[2].seal = "0".repeat(64);
    for entry in changed {
        let done = world.make_of(MAKER, vec![entry]).map(|_| ());
        assert_eq!(refusal(done), DisbursementError::EntryChanged { disbursement: id });
    }
    assert_eq!(world.state(id), State::Payable);
}

/// A row that was changed by hand, in the database, behind the rules.
#[test]
fn what_was_changed_behind_the_rules_is_neither_batched_nor_ordered() {
    let changes: [fn(&mut Disbursement); 3] = [
        |one| one.entitlement.amount = Fen(900_000),
        |one| one.account = account("6666"),
        |one| one.seal = one.entitlement.seal(&account("6666")),
    ];
    for change in changes {
        let mut world = World::new();
        let id = world.payable(1);
        let entry = world.disbursement(id).entry();
        let batch = world.make(MAKER, &[id]).unwrap();
        let mut by_hand = world.disbursement(id).clone();
        change(&mut by_hand);
        let thing = Thing::Disbursement(Box::new(by_hand.clone()));
        world.things.insert(ThingId::Disbursement(id), thing);
        let done = world.of_batch(batch, BatchCommand::Approve { by: by(CHECKER) });
        assert_eq!(refusal(done), DisbursementError::EntryChanged { disbursement: id });
        // Nor is it taken into another batch, whether as it was seen or as it is.
        by_hand.state = State::Payable;
        by_hand.batched = None;
        let own = by_hand.entry();
        let thing = Thing::Disbursement(Box::new(by_hand));
        world.things.insert(ThingId::Disbursement(id), thing);
        let done = world.make_of(MAKER, vec![entry]).map(|_| ());
        assert_eq!(refusal(done), DisbursementError::EntryChanged { disbursement: id });
        let done = world.make_of(MAKER, vec![own]).map(|_| ());
        assert_eq!(refusal(done), DisbursementError::EntryChanged { disbursement: id });
    }
}

/// Shows: subsidy refuses DISBURSEMENT_STATE_FORBIDS; subsidy refuses DISBURSEMENT_NOT_FOUND
#[test]
fn a_disbursement_is_in_one_batch_at_a_time() {
    let mut world = World::new();
    let id = world.payable(1);
    world.make(MAKER, &[id]).unwrap();
    let done = world.make(MAKER, &[id]).map(|_| ());
    let (state, action) = (State::Batched, Action::Batch);
    assert_eq!(refusal(done), DisbursementError::StateForbids { state, action });
    let mut entry = world.disbursement(id).entry();
    entry.disbursement = sample::disbursement(7);
    let done = world.make_of(MAKER, vec![entry]).map(|_| ());
    let disbursement = sample::disbursement(7).to_string();
    assert_eq!(refusal(done), DisbursementError::NotFound { disbursement });
}

/// Shows: subsidy refuses IN_ANOTHER_BATCH
#[test]
fn only_the_batch_that_it_is_in_orders_and_sends_it() {
    let mut world = World::new();
    let id = world.payable(1);
    let batch = world.make(MAKER, &[id]).unwrap();
    let other = base::BatchId::new(uuid::Uuid::from_u128(9));
    let entry = world.disbursement(id).entry();
    let order = |batch| DisbursementCommand::Order { by: by(CHECKER), batch, entry: entry.clone() };
    let elsewhere = DisbursementError::InAnotherBatch { disbursement: id };
    assert_eq!(refusal(world.of(id, order(other))), elsewhere);
    world.of_batch(batch, BatchCommand::Approve { by: by(CHECKER) }).unwrap();
    let line = world.disbursement(id).line(batch);
    let done = world.of(id, DisbursementCommand::Send { batch: other, line });
    assert_eq!(refusal(done), elsewhere);
    // A batch that it is not in sends it back in vain.
    world.of(id, DisbursementCommand::Unbatch { batch }).unwrap();
    assert_eq!(world.state(id), State::Ordered);
}

/// M8: orders, bank file and results balance entry by entry.
///
/// Shows: subsidy refuses FILE_DIFFERS
#[test]
fn m8_the_file_has_exactly_what_was_ordered() {
    let mut world = World::new();
    let ids = [world.payable(1), world.payable(2)];
    let batch = world.ordered(&ids);
    let lines = world.lines(batch);
    let mut changed = vec![lines[..1].to_vec(), lines.clone(), lines.clone(), lines.clone()];
    changed[1][0].amount = Fen(1);
    changed[2][1].account = "digest-9999".to_owned();
    changed[3][0].instruction = "another".to_owned();
    for lines in changed {
        let done = refusal(world.send_lines(batch, lines));
        assert!(matches!(done, DisbursementError::FileDiffers { .. }), "{done}");
        assert!(ids.iter().all(|id| world.state(*id) == State::Ordered));
    }
    world.send_lines(batch, lines).unwrap();
    assert!(ids.iter().all(|id| world.state(*id) == State::Sent));
}

/// M8: every instruction has an id that no other ever has, and names the one that it replaces.
#[test]
fn m8_an_instruction_is_unique_for_ever_and_linked_to_the_one_before() {
    let mut world = World::new();
    let id = world.returned(1);
    world.confirm_account(id, "0548").unwrap();
    world.verify_account(id, SECOND_REVIEWER).unwrap();
    world.sent(&[id]);
    let attempts = &world.disbursement(id).attempts;
    assert_eq!(attempts[0].instruction, "00000000000000000000000000000001-01");
    assert_eq!(attempts[1].instruction, "00000000000000000000000000000001-02");
    assert_eq!(attempts[0].replaces, None);
    assert_eq!(attempts[1].replaces.as_ref(), Some(&attempts[0].instruction));
}

/// Shows: subsidy refuses TOO_MANY_ATTEMPTS
#[test]
fn one_is_ordered_ninety_nine_times_and_not_once_more() {
    let mut world = World::new();
    let id = world.returned(1);
    let thing = world.disbursement(id).clone();
    let mut last = thing.clone();
    last.attempts[0].number = ATTEMPTS_MAX - 1;
    world.things.insert(ThingId::Disbursement(id), Thing::Disbursement(Box::new(last)));
    for allowed in [true, false] {
        world.confirm_account(id, "0548").unwrap();
        world.verify_account(id, SECOND_REVIEWER).unwrap();
        let batch = world.make(MAKER, &[id]).unwrap();
        let done = world.of_batch(batch, BatchCommand::Approve { by: by(CHECKER) });
        if allowed {
            done.unwrap();
            world.send(batch).unwrap();
            world.report(id, sample::rejected()).unwrap();
        } else {
            assert_eq!(refusal(done), DisbursementError::TooManyAttempts);
        }
    }
}

/// 滞留: approved and not ordered for more than five working days. Monday 2 March + 5 = Monday 9.
#[test]
fn what_is_not_ordered_in_five_working_days_is_stranded_in_a_batch_or_not() {
    let mut world = World::new();
    let id = world.payable(1);
    world.make(MAKER, &[id]).unwrap();
    let due = at("2026-03-09 17:30");
    assert_eq!(world.disbursement(id).stranded_since(due), None);
    world.ring_for(id);
    assert_eq!(world.now, due);
    world.ring_for(id);
    assert_eq!(world.now, at("2026-03-10 17:30"));
    assert_eq!(world.told(id)[2..], ["Stranded", "Stranded"]);
    assert_eq!(world.told_whom(id), [Told::PayerHead, Told::ZoneLeader]);
    assert_eq!(world.disbursement(id).stranded_since(world.now), Some(due));
}

/// Shows: subsidy PAYABLE Lapse
#[test]
fn what_has_nobody_to_be_paid_lapses_and_its_place_is_free() {
    let mut world = World::new();
    let id = world.payable(1);
    let free = world.budget().free();
    let reason = "企业已注销".to_owned();
    world.of(id, DisbursementCommand::Lapse { by: by(CHECKER), reason }).unwrap();
    assert_eq!((world.state(id), world.ledger()), (State::Lapsed, [0; 5]));
    assert_eq!(world.budget().free().0 - free.0, 300_000);
    assert!(alarms(world.disbursement(id)).is_empty());
}

/// Ten working days after Monday 2 March: Monday 16 March.
#[test]
fn a_payment_counts_as_confirmed_after_ten_working_days() {
    let mut world = World::new();
    let id = world.paid(1);
    world.now = at("2026-03-20 09:00");
    world.ring_for(id);
    assert_eq!(world.state(id), State::Confirmed);
    let receipt = world.disbursement(id).receipt.clone().unwrap();
    assert_eq!((receipt.at, receipt.by), (at("2026-03-16 17:30"), None));
}

/// Shows: subsidy refuses AMOUNT_UNFIT
#[test]
fn nothing_is_no_disbursement() {
    for amount in [0, -1, i64::MIN] {
        let done = World::new().approve(1, "P-001", Fen(amount));
        assert!(done.is_err(), "{amount}");
        let mut world = World::new();
        let id = world.payable(2);
        let mut entitlement = world.disbursement(id).entitlement.clone();
        entitlement.amount = Fen(amount);
        let create = DisbursementCommand::Create {
            id: sample::disbursement(3),
            entitlement,
            account: account("0548"),
            reviewers: Vec::new(),
            first_reviewers: Vec::new(),
        };
        let done = refusal(world.of(sample::disbursement(3), create));
        assert_eq!(done, DisbursementError::AmountUnfit { amount: Fen(amount) });
    }
}

#[test]
fn an_amended_calendar_moves_what_is_awaited() {
    let mut world = World::new();
    let id = world.payable(1);
    world.of(id, DisbursementCommand::Recount).unwrap();
    assert_eq!(world.told(id), ["Created"], "nothing changed, nothing is told");
    // A calendar without published years counts plain weekends: here the same, but provisional.
    let office = world.calendar.office_hours().clone();
    world.calendar = calendar::Calendar::new(office, world.calendar.zone().clone());
    world.of(id, DisbursementCommand::Recount).unwrap();
    assert_eq!(world.told(id), ["Created", "DueChanged"]);
    let wait = world.disbursement(id).wait.unwrap();
    assert!(wait.due.provisional);
    assert_eq!(wait.limit, Some(Limit::WorkingDays(5)));
}

proptest! {
    /// Folding the facts of any amount gives the row, and the row comes back from its text.
    #[test]
    fn a_row_comes_back_from_its_text(amount in 1_i64..10_000_000) {
        let mut world = World::new();
        let id = world.approve(1, "P-001", Fen(amount)).unwrap();
        world.sent(&[id]);
        let row = world.disbursement(id);
        let text = serde_json::to_string(row).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Disbursement>(&text).unwrap(), row);
    }
}
