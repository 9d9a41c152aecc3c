//! The rules of a batch, row by row.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use base::{BatchId, DepartmentId, Fen};
use jiff::SignedDuration;
use strum::IntoEnumIterator;

use super::super::disbursement::sample::{
    CHECKER, MAKER, SETTLED, World, at, by, deputy, disbursement, rejected,
};
use super::super::disbursement::{self, Outcome, Report, Resolution};
use super::super::{Thing, ThingId};
use super::*;
use crate::error::Error;

fn refusal(done: Result<(), Error>) -> BatchError {
    let error = done.expect_err("refused");
    let Error::Batch(error) = error else { panic!("refused by another: {error}") };
    error
}

fn approve(world: &mut World, batch: BatchId, person: &str) -> Result<(), Error> {
    world.of_batch(batch, BatchCommand::Approve { by: by(person) })
}

fn file(name: &str) -> Option<File> {
    Some(File { name: name.to_owned(), sha256: "f11e".to_owned() })
}

/// The table drawn from the other side: who changes a rule means it twice.
#[test]
fn each_state_takes_these_actions_and_no_others() {
    let drawn = State::iter().map(|state| {
        let taken = Action::iter().filter(|action| allowed(state).contains(action));
        let taken: Vec<String> = taken.map(|action| action.to_string()).collect();
        format!("{state}: {}", taken.join(" "))
    });
    let expected = [
        "CREATED: APPROVE REJECT",
        "APPROVED: SEND",
        "REJECTED: ",
        "SENT: RECORD_FILE REPORT ANSWER",
        "SETTLED: RECORD_FILE REPORT",
    ];
    let drawn: Vec<String> = drawn.collect();
    assert_eq!(drawn, expected);
}

/// Shows: subsidy CREATED Approve; subsidy APPROVED Send; subsidy SENT RecordFile; subsidy SENT Report; subsidy SENT Answer; subsidy SETTLED Report
#[test]
fn a_batch_goes_out_in_one_file_and_comes_back_entry_by_entry() {
    let mut world = World::new();
    let ids = [world.payable(2), world.payable(1), world.payable(3)];
    let batch = world.make(MAKER, &ids).unwrap();
    let made = world.batch(batch);
    assert_eq!((made.state, made.total), (State::Created, Fen(900_000)));
    assert_eq!(made.entries[0].disbursement, disbursement(1), "in the order of their names");
    approve(&mut world, batch, CHECKER).unwrap();
    assert_eq!(world.batch(batch).state, State::Approved);
    assert_eq!(alarms(world.batch(batch)), [("SEND".to_owned(), world.now)]);
    world.send(batch).unwrap();
    assert_eq!(alarms(world.batch(batch)), [("WRITE_FILE".to_owned(), world.now)]);
    let sent = world.batch(batch).sent.clone().unwrap();
    assert_eq!((sent.lines.len(), sent.total), (3, Fen(900_000)));
    let record = || BatchCommand::RecordFile { sha256: "f11e".to_owned() };
    world.of_batch(batch, record()).unwrap();
    world.of_batch(batch, record()).unwrap();
    assert!(alarms(world.batch(batch)).is_empty());

    // In part: two now, the third later.
    world.hours(1);
    let two =
        [(ids[0], SETTLED), (ids[1], rejected())].map(|(id, outcome)| world.word(id, outcome));
    let report = world.message(two.to_vec());
    world.of_batch(batch, BatchCommand::Report(report)).unwrap();
    assert_eq!(world.batch(batch).state, State::Sent);
    assert_eq!(world.state(ids[2]), disbursement::State::Sent);
    world.report(ids[2], SETTLED).unwrap();
    assert_eq!(world.batch(batch).state, State::Settled);
    let all = ids.map(|id| world.disbursement(id).clone());
    let totals = world.batch(batch).balance(&all).unwrap();
    let sum = |count, amount| Sum { count, amount: Fen(amount) };
    let expected = Totals {
        sent: sum(3, 900_000),
        paid: sum(2, 600_000),
        returned: sum(1, 300_000),
        open: sum(0, 0),
    };
    assert_eq!(totals, expected);
    assert_eq!(world.ledger(), [0, 0, 600_000, 300_000, 0]);
    // What comes back later comes back through the same batch.
    world.hours(1);
    world.report(ids[2], rejected()).unwrap();
    assert_eq!(world.ledger(), [0, 0, 300_000, 600_000, 0]);
}

/// Shows: subsidy CREATED Reject
#[test]
fn a_batch_that_is_sent_back_is_over() {
    let mut world = World::new();
    let id = world.payable(1);
    let batch = world.make(MAKER, &[id]).unwrap();
    let reason = "金额须核实".to_owned();
    world.of_batch(batch, BatchCommand::Reject { by: by(CHECKER), reason }).unwrap();
    assert_eq!(world.batch(batch).state, State::Rejected);
    assert!(alarms(world.batch(batch)).is_empty());
    let (state, action) = (State::Rejected, Action::Approve);
    let done = refusal(approve(&mut world, batch, CHECKER));
    assert_eq!(done, BatchError::StateForbids { state, action });
}

/// M7: who made it does not check it, nor does their deputy, nor whom they stand in for.
///
/// Shows: subsidy refuses SAME_PERSON_CHECKS
#[test]
fn m7_a_batch_is_checked_by_another_person() {
    let mut world = World::new();
    let id = world.payable(1);
    let batch = world.make(MAKER, &[id]).unwrap();
    for person in [by(MAKER), deputy("D04-09", MAKER), deputy(MAKER, "D04-02")] {
        let done = world.of_batch(batch, BatchCommand::Approve { by: person.clone() });
        assert_eq!(refusal(done), BatchError::SamePersonChecks);
        let reason = "不同意".to_owned();
        let done = world.of_batch(batch, BatchCommand::Reject { by: person, reason });
        assert_eq!(refusal(done), BatchError::SamePersonChecks);
    }
    approve(&mut world, batch, CHECKER).unwrap();
}

/// Shows: subsidy refuses BATCH_EMPTY; subsidy refuses ENTRY_TWICE; subsidy refuses PAYERS_DIFFER; subsidy refuses BATCH_TOO_LARGE
#[test]
fn a_batch_pays_each_once_for_one_payer() {
    let mut world = World::new();
    let id = world.payable(1);
    let entry = world.disbursement(id).entry();
    let mut others = entry.clone();
    others.disbursement = disbursement(2);
    others.payer = DepartmentId::new("D05").unwrap();
    let mut huge = entry.clone();
    huge.disbursement = disbursement(2);
    huge.amount = Fen(i64::MAX);
    let many: Vec<Entry> = (0..=ENTRIES_MAX as u128)
        .map(|number| Entry { disbursement: disbursement(number), ..entry.clone() })
        .collect();
    let cases = [
        (Vec::new(), BatchError::Empty),
        (vec![entry.clone(), entry.clone()], BatchError::EntryTwice { disbursement: id }),
        (vec![entry.clone(), others], BatchError::PayerDiffers { disbursement: disbursement(2) }),
        (vec![entry, huge], BatchError::TooMuch),
        (many, BatchError::TooMany { entries: ENTRIES_MAX + 1 }),
    ];
    for (entries, expected) in cases {
        assert_eq!(refusal(world.make_of(MAKER, entries).map(|_| ())), expected);
    }
    assert_eq!(world.state(id), disbursement::State::Payable);
}

/// A batch whose row was changed by hand, in the database, behind the rules.
#[test]
fn a_batch_with_a_changed_entry_is_not_approved() {
    let changes: [fn(&mut Batch); 4] = [
        |batch| batch.entries[0].amount = Fen(900_000),
        |batch| batch.entries[0].account = "digest-6666".to_owned(),
        |batch| batch.total = Fen(1),
        |batch| {
            batch.entries[0].account = "digest-6666".to_owned();
            batch.entries_sha256 = entries_sha256(&batch.entries);
        },
    ];
    for change in changes {
        let mut world = World::new();
        let id = world.payable(1);
        let batch = world.make(MAKER, &[id]).unwrap();
        let mut by_hand = world.batch(batch).clone();
        change(&mut by_hand);
        world.things.insert(ThingId::Batch(batch), Thing::Batch(Box::new(by_hand)));
        let done = approve(&mut world, batch, CHECKER).expect_err("refused");
        let by_batch = matches!(done, Error::Batch(BatchError::EntriesChanged));
        let by_entry = matches!(
            done,
            Error::Disbursement(crate::error::DisbursementError::EntryChanged { .. })
        );
        assert!(by_batch || by_entry, "{done}");
        assert_eq!(world.state(id), disbursement::State::Batched);
    }
}

/// Shows: subsidy refuses BATCH_STATE_FORBIDS; subsidy refuses BATCH_NOT_FOUND
#[test]
fn a_batch_is_approved_once_and_sent_once() {
    let mut world = World::new();
    let id = world.payable(1);
    let none = BatchId::new(uuid::Uuid::from_u128(9));
    let done = refusal(approve(&mut world, none, CHECKER));
    assert_eq!(done, BatchError::NotFound { batch: String::new() });
    let batch = world.make(MAKER, &[id]).unwrap();
    let early = refusal(world.send_lines(batch, Vec::new()));
    let (state, action) = (State::Created, Action::Send);
    assert_eq!(early, BatchError::StateForbids { state, action });
    approve(&mut world, batch, CHECKER).unwrap();
    let again = refusal(approve(&mut world, batch, CHECKER));
    let (state, action) = (State::Approved, Action::Approve);
    assert_eq!(again, BatchError::StateForbids { state, action });
    let lines = world.lines(batch);
    world.send(batch).unwrap();
    let again = refusal(world.send_lines(batch, lines));
    let (state, action) = (State::Sent, Action::Send);
    assert_eq!(again, BatchError::StateForbids { state, action });
    let id = BatchId::new(uuid::Uuid::from_u128(0xBA7C_0000));
    let entries = vec![world.disbursement(disbursement(1)).entry()];
    let (number, payer) = ("PC".to_owned(), DepartmentId::new("D04").unwrap());
    let twice = BatchCommand::Create { id, number, by: by(MAKER), payer, entries };
    assert_eq!(refusal(world.of_batch(id, twice)), BatchError::CreatedAlready);
}

/// M8: instructions are unique; the file has nothing that the batch does not order.
///
/// Shows: subsidy refuses INSTRUCTION_USED
#[test]
fn m8_a_file_gives_each_instruction_once_and_none_of_another_batch() {
    let mut world = World::new();
    let (one, two) = (world.payable(1), world.payable(2));
    let (batch, other) = (world.ordered(&[one]), world.ordered(&[two]));
    let (lines, others) = (world.lines(batch), world.lines(other));
    let instruction = |lines: &[Line]| lines[0].instruction.clone();
    let twice = vec![lines[0].clone(), lines[0].clone()];
    let done = refusal(world.send_lines(batch, twice));
    assert_eq!(done, BatchError::InstructionTwice { instruction: instruction(&lines) });
    let foreign = vec![lines[0].clone(), others[0].clone()];
    let done = refusal(world.send_lines(batch, foreign));
    assert_eq!(done, BatchError::LineUnknown { instruction: instruction(&others) });
    let without = BatchCommand::Send { file: None, lines: lines.clone() };
    assert_eq!(refusal(world.of_batch(batch, without)), BatchError::FileUnfit);
    let empty = BatchCommand::Send { file: file("empty.xml"), lines: Vec::new() };
    assert_eq!(refusal(world.of_batch(batch, empty)), BatchError::FileUnfit);
    world.send_lines(batch, lines).unwrap();
}

/// Dead between recording it and writing its file: the alarm is still armed, and the same file is
/// written; another one is refused.
#[test]
fn a_file_that_was_not_written_is_written_later_and_is_the_same() {
    let mut world = World::new();
    let id = world.payable(1);
    let batch = world.sent(&[id]);
    for tries in 1..=9 {
        world.ring(&ThingId::Batch(batch)).unwrap();
        assert_eq!(world.batch(batch).errand.unwrap().tries, tries);
    }
    let rings_at = world.batch(batch).errand.unwrap().rings_at;
    assert_eq!(rings_at, world.now + SignedDuration::from_secs(60 * 64), "at most about an hour");
    let other = BatchCommand::RecordFile { sha256: "0ther".to_owned() };
    assert_eq!(refusal(world.of_batch(batch, other)), BatchError::FileDiffers);
    // The bank may be quicker than who records it.
    world.report(id, SETTLED).unwrap();
    assert_eq!(world.batch(batch).state, State::Settled);
    assert_eq!(alarms(world.batch(batch)).len(), 1);
    let record = BatchCommand::RecordFile { sha256: "f11e".to_owned() };
    world.of_batch(batch, record).unwrap();
    assert!(alarms(world.batch(batch)).is_empty());
    assert!(world.batch(batch).sent.clone().unwrap().written_at.is_some());
}

/// The same message at once to two replicas is taken in once.
///
/// Shows: subsidy refuses REPORT_REUSED; subsidy refuses REPORT_OF_OTHER_BATCH
#[test]
fn a_report_is_taken_in_once_and_whole_or_not_at_all() {
    let mut world = World::new();
    let (one, two) = (world.payable(1), world.payable(2));
    let (batch, other) = (world.sent(&[one]), world.sent(&[two]));
    let report = world.message(vec![world.word(one, SETTLED)]);
    world.of_batch(batch, BatchCommand::Report(report.clone())).unwrap();
    let facts = world.facts.len();
    world.of_batch(batch, BatchCommand::Report(report.clone())).unwrap();
    assert_eq!(world.facts.len(), facts, "the same again does nothing");
    let changed = FileReport { sha256: "0ther".to_owned(), ..report.clone() };
    let done = refusal(world.of_batch(batch, BatchCommand::Report(changed)));
    assert_eq!(done, BatchError::ReportReused { message: report.message });

    let good = world.word(two, SETTLED);
    let foreign = Report { batch: other, ..world.word(one, rejected()) };
    let instruction = foreign.instruction.clone();
    let half = world.message(vec![good, foreign]);
    let done = refusal(world.of_batch(other, BatchCommand::Report(half)));
    assert_eq!(done, BatchError::ReportForeign { instruction });
    let theirs = world.message(vec![world.word(one, rejected())]);
    let done = refusal(world.of_batch(other, BatchCommand::Report(theirs)));
    assert!(matches!(done, BatchError::ReportForeign { .. }));
    assert_eq!(world.state(two), disbursement::State::Sent, "nothing of either is taken in");
}

/// Two entries of one message on the same instruction count in their order.
#[test]
fn a_message_may_speak_twice_of_one_payment() {
    let mut world = World::new();
    let id = world.payable(1);
    let batch = world.sent(&[id]);
    let entries =
        vec![world.word(id, Outcome::Pending), world.word(id, SETTLED), world.word(id, SETTLED)];
    let report = world.message(entries);
    world.of_batch(batch, BatchCommand::Report(report)).unwrap();
    assert_eq!(world.ledger(), [0, 0, 300_000, 0, 0]);
    assert_eq!(world.told(id)[4..], ["Acknowledged", "Paid"]);
}

/// An exception is a result only once two people have said what is true.
///
/// Shows: subsidy SETTLED RecordFile
#[test]
fn a_batch_is_settled_once_every_exception_is() {
    let mut world = World::new();
    let id = world.payable(1);
    let batch = world.sent(&[id]);
    world.say(Report { amount: Some(Fen(1)), ..world.word(id, SETTLED) }).unwrap();
    assert_eq!(world.batch(batch).state, State::Sent);
    let all = [world.disbursement(id).clone()];
    assert_eq!(world.batch(batch).balance(&all).unwrap().open.count, 1);
    world.resolve(id, &Resolution::Returned { at: world.now }).unwrap();
    assert_eq!(world.batch(batch).state, State::Settled);
    world.of_batch(batch, BatchCommand::RecordFile { sha256: "f11e".to_owned() }).unwrap();
}

/// Shows: subsidy refuses BATCH_UNBALANCED
#[test]
fn a_batch_that_does_not_balance_says_where() {
    let mut world = World::new();
    let id = world.payable(1);
    let batch = world.sent(&[id]);
    let unbalanced = Err(BatchError::Unbalanced { disbursement: id });
    assert_eq!(world.batch(batch).balance(&[]), unbalanced);
    let changes: [fn(&mut disbursement::Disbursement); 3] = [
        |one| one.attempts[0].amount = Fen(1),
        |one| one.attempts[0].account = "digest-6666".to_owned(),
        |one| one.attempts.clear(),
    ];
    for change in changes {
        let mut by_hand = world.disbursement(id).clone();
        change(&mut by_hand);
        assert_eq!(world.batch(batch).balance(&[by_hand]), unbalanced);
    }
}

/// The checker has a working day. Monday 2 March + 1 = Tuesday 3.
#[test]
fn a_checker_who_is_late_is_told_of() {
    let mut world = World::new();
    let id = world.payable(1);
    let batch = world.make(MAKER, &[id]).unwrap();
    assert_eq!(alarms(world.batch(batch)), [("CHECK".to_owned(), at("2026-03-03 17:30"))]);
    world.ring(&ThingId::Batch(batch)).unwrap();
    world.ring(&ThingId::Batch(batch)).unwrap();
    assert_eq!(world.now, at("2026-03-04 17:30"));
    assert_eq!(world.batch(batch).wait.unwrap().told_times, 2);
    assert_eq!(world.batch(batch).state, State::Created);
    approve(&mut world, batch, CHECKER).unwrap();
}

#[test]
fn the_hash_of_entries_does_not_depend_on_their_order_and_sees_every_change() {
    let mut world = World::new();
    let ids = [world.payable(1), world.payable(2)];
    let entries: Vec<Entry> = ids.iter().map(|id| world.disbursement(*id).entry()).collect();
    let hash = entries_sha256(&entries);
    let turned: Vec<Entry> = entries.iter().rev().cloned().collect();
    assert_eq!(entries_sha256(&turned), hash);
    for place in 0..5 {
        let mut changed = entries.clone();
        match place {
            0 => changed[0].amount = Fen(1),
            1 => changed[1].account.push('x'),
            2 => changed[0].seal.push('x'),
            3 => changed[1].enterprise = base::EnterpriseId::new("P-002").unwrap(),
            _ => changed.truncate(1),
        }
        assert_ne!(entries_sha256(&changed), hash, "{place}");
    }
}
