//! A batch as the bank gets it, and a report as the batch gets it.
#![allow(clippy::unwrap_used, reason = "tests")]

use base::{
    Actor, ApplicationId, BudgetId, DepartmentId, DisbursementId, EnterpriseId, Fen, PersonId,
};
use calendar::Due;
use journal::SeededEntropy;

use super::*;
use crate::lifecycle::By;
use crate::lifecycle::batch::{File, Sent, State as BatchState};
use crate::lifecycle::disbursement::{Attempt, Entitlement, State, instruction_id};
use crate::rail::sample::instant;

const PAYERS: &str = "[[payers]]\ndepartment = \"departments/D04\"\nname = \"示范经开区财政局\"\n\
                      account = \"3600000000000001\"\nbank = \"102999000009\"\n";

fn vault() -> Vault {
    Vault::new(&[7; 32])
}

fn batch_id() -> BatchId {
    BatchId::parse("batches/0197f3b2-c4d5-7e8f-9a0b-1c2d3e4f5a6b").unwrap()
}

fn person(code: &str) -> PersonId {
    PersonId::new(code).unwrap()
}

/// A disbursement that the batch has ordered; its number is also its amount in yuan.
fn ordered(number: u32) -> Disbursement {
    let id = format!("disbursements/0197f3b2-0000-7000-8000-{number:012}");
    let id = DisbursementId::parse(&id).unwrap();
    let enterprise = EnterpriseId::new("91369901MA511A878Y").unwrap();
    let account = format!("62220000000000{number:04}");
    let payee = Payee::new("示范市岳舟能源设备有限公司", "示范银行", "999100000011", &account);
    let account = payee.unwrap().seal(&enterprise, &vault(), &SeededEntropy::new(number.into()));
    let (account, amount) = (account.unwrap(), Fen(i64::from(number) * 100));
    let application = "applications/0197f3b2-0000-7000-8000-000000000000";
    let entitlement = Entitlement {
        application: ApplicationId::parse(application).unwrap(),
        policy: PolicyId::new("P08").unwrap(),
        version: 1,
        enterprise,
        payer: DepartmentId::new("D04").unwrap(),
        budget: BudgetId::new("P08-2026-D04").unwrap(),
        amount,
    };
    let attempt = Attempt {
        instruction: instruction_id(id, 1),
        number: 1,
        replaces: None,
        batch: batch_id(),
        amount,
        account: account.digest.clone(),
        maker: person("M"),
        checker: person("C"),
        ordered_at: instant("2026-11-23T17:00:00+08:00"),
        pay_due: Due {
            at: instant("2026-11-24T17:30:00+08:00"),
            provisional: false,
            calendar_version: 1,
        },
        sent_at: None,
        acknowledged_at: None,
        settled_at: None,
        rejected: None,
    };
    Disbursement {
        id,
        state: State::Ordered,
        seal: entitlement.seal(&account),
        entitlement,
        account,
        reviewers: vec![person("R"), person("S")],
        first_reviewers: vec![person("R")],
        approved_at: instant("2026-11-20T10:00:00+08:00"),
        withheld: Fen::ZERO,
        batched: None,
        attempts: vec![attempt],
        account_change: None,
        exception: None,
        proposal: None,
        kept_reports: Vec::new(),
        receipt: None,
        clawback: None,
        wait: None,
        changed_at: instant("2026-11-23T17:00:00+08:00"),
    }
}

fn batch(disbursements: &[Disbursement]) -> Batch {
    let lines: Vec<Line> = disbursements.iter().filter_map(|it| it.line(batch_id())).collect();
    let total = Fen::checked_sum(lines.iter().map(|line| line.amount)).unwrap();
    let sent = Sent {
        file: Some(File { name: "f.xml".to_owned(), sha256: "00".to_owned() }),
        lines,
        total,
        at: instant("2026-11-23T17:05:00+08:00"),
        written_at: None,
    };
    Batch {
        id: batch_id(),
        number: "BP-2026-000001".to_owned(),
        state: BatchState::Sent,
        payer: DepartmentId::new("D04").unwrap(),
        entries: disbursements.iter().map(Disbursement::entry).collect(),
        entries_sha256: String::new(),
        total,
        maker: By { actor: Actor::Person(person("M")), person: person("M") },
        created_at: instant("2026-11-23T16:00:00+08:00"),
        checker: Some(person("C")),
        ordered_at: Some(instant("2026-11-23T17:00:00+08:00")),
        rejection: None,
        sent: Some(sent),
        answered: Default::default(),
        reports: Vec::new(),
        wait: None,
        errand: None,
        changed_at: instant("2026-11-23T17:05:00+08:00"),
    }
}

fn order(
    payers: &Payers,
    batch: &Batch,
    disbursements: &[Disbursement],
) -> Result<Option<(PaymentOrder, Vec<Line>)>, RailError> {
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    let desk = Desk { payers, vault: &vault(), zone: &zone };
    desk.order(batch, disbursements, |policy| format!("首次上规奖励 {}", policy.code()))
}

#[test]
fn a_batch_is_one_order_that_is_always_the_same() {
    let payers = Payers::parse(PAYERS).unwrap();
    let disbursements = [ordered(1), ordered(2), ordered(3)];
    let batch = batch(&disbursements);
    let (made, lines) = order(&payers, &batch, &disbursements).unwrap().unwrap();
    assert_eq!(made.message.as_str(), "0197f3b2c4d57e8f9a0b1c2d3e4f5a6b");
    assert_eq!(made.execute_on.to_string(), "2026-11-23");
    let paid: Vec<(&str, i64, &str)> = made
        .transfers()
        .map(|it| (it.reference.as_str(), it.amount.0, it.creditor.account.expose()))
        .collect();
    let expected = [
        ("0197f3b2000070008000000000000001-01", 100, "622200000000000001"),
        ("0197f3b2000070008000000000000002-01", 200, "622200000000000002"),
        ("0197f3b2000070008000000000000003-01", 300, "622200000000000003"),
    ];
    assert_eq!(paid, expected);
    assert_eq!(lines, batch.sent.as_ref().unwrap().lines);
    let file = made.write().unwrap();
    assert_eq!(PaymentOrder::read(&file.bytes).unwrap(), made);
    let mut turned = disbursements.clone();
    turned.reverse();
    for disbursement in &mut turned {
        // As it stands once the batch is recorded as sent.
        disbursement.state = State::Sent;
        disbursement.attempts[0].sent_at = Some(instant("2026-11-23T17:05:00+08:00"));
    }
    let (again, _) = order(&payers, &batch, &turned).unwrap().unwrap();
    assert_eq!(again.write().unwrap(), file, "made again after it was sent");
}

#[test]
fn only_what_the_batch_still_pays_is_ordered() {
    let payers = Payers::parse(PAYERS).unwrap();
    let mut disbursements = [ordered(1), ordered(2)];
    let batch = batch(&disbursements);
    disbursements[0].state = State::Lapsed;
    let (made, lines) = order(&payers, &batch, &disbursements).unwrap().unwrap();
    assert_eq!((made.transfers().count(), lines.len()), (1, 1));
    disbursements[1].state = State::Lapsed;
    assert_eq!(order(&payers, &batch, &disbursements).unwrap(), None);
}

#[test]
fn an_order_that_is_not_what_was_approved_is_not_made() {
    let payers = Payers::parse(PAYERS).unwrap();
    let good = [ordered(1)];
    let batch = batch(&good);
    let problem = |payers: &Payers, changed: Disbursement| match order(payers, &batch, &[changed]) {
        Err(RailError::OrderUnfit { problem, .. }) => problem,
        other => panic!("{other:?}"),
    };
    assert_eq!(problem(&Payers::default(), ordered(1)), OrderProblem::Payer);
    let mut changed = ordered(1);
    changed.account = ordered(2).account;
    assert_eq!(problem(&payers, changed), OrderProblem::AccountChanged);
    let mut changed = ordered(1);
    changed.attempts[0].instruction = "x".repeat(36);
    assert_eq!(problem(&payers, changed), OrderProblem::Reference);
    let mut moved = ordered(1);
    moved.entitlement.enterprise = EnterpriseId::new("P-another").unwrap();
    assert!(matches!(order(&payers, &batch, &[moved]), Err(RailError::Sealed(_))));
}

fn report(entries: Vec<Entry>, whole: Option<Status>) -> PaymentReport {
    let cause = Cause { code: Some("FF01".to_owned()), text: None };
    PaymentReport {
        message: "BANK-1".to_owned(),
        created_at: instant("2026-11-24T09:00:00+08:00"),
        order: batch_id().uuid().as_simple().to_string(),
        whole: whole.map(|status| crate::rail::Summary { status, cause }),
        entries,
    }
}

#[test]
fn each_line_of_a_report_is_told_to_the_batch_with_its_own_instant() {
    let batch = batch(&[ordered(1)]);
    let entry = |status, code: Option<&str>| Entry {
        reference: "i".to_owned(),
        status,
        cause: Cause { code: code.map(str::to_owned), text: None },
        amount: Some(Fen(100)),
        carried_out_at: (status == Status::Acsc).then(|| instant("2026-11-24T08:59:00+08:00")),
        bank_reference: None,
    };
    let told = vec![
        entry(Status::Acsc, None),
        entry(Status::Pdng, None),
        entry(Status::Acsp, None),
        entry(Status::Rjct, Some("AC04")),
        entry(Status::Canc, None),
    ];
    let report = report(told, Some(Status::Part));
    let read = file_report(&batch, &report, [0xab; 32]);
    assert_eq!((read.message.as_str(), read.sha256), ("BANK-1", "ab".repeat(32)));
    let rejected = |code: &str| Outcome::Rejected { code: code.to_owned() };
    let outcomes: Vec<Outcome> = read.entries.iter().map(|entry| entry.outcome.clone()).collect();
    let (settled, pending) = (Outcome::Settled, Outcome::Pending);
    let expected = [settled, pending.clone(), pending, rejected("AC04"), rejected("CANC")];
    assert_eq!(outcomes, expected);
    assert_eq!(read.entries[0].at, instant("2026-11-24T08:59:00+08:00"));
    assert_eq!(read.entries[1].at, report.created_at);
    assert!(read.entries.iter().all(|entry| entry.amount == Some(Fen(100))));
    assert_eq!(batch_of(&report), Some(batch_id()));
}

#[test]
fn a_report_on_the_whole_file_speaks_of_each_line_that_was_sent() {
    let batch = batch(&[ordered(1), ordered(2)]);
    let read = file_report(&batch, &report(Vec::new(), Some(Status::Rjct)), [0; 32]);
    let told: Vec<(String, Option<Fen>)> =
        read.entries.iter().map(|it| (it.instruction.clone(), it.amount)).collect();
    let lines = &batch.sent.as_ref().unwrap().lines;
    let expected: Vec<_> =
        lines.iter().map(|line| (line.instruction.clone(), Some(line.amount))).collect();
    assert_eq!(told, expected);
    let code = Outcome::Rejected { code: "FF01".to_owned() };
    assert!(read.entries.iter().all(|entry| entry.outcome == code));
}

#[test]
fn a_report_of_what_was_never_ordered_is_of_no_batch() {
    for order in ["", "HQT-BATCH-20261123-01", "0197F3B2C4D57E8F9A0B1C2D3E4F5A6B"] {
        let report = PaymentReport { order: order.to_owned(), ..report(Vec::new(), None) };
        assert_eq!(batch_of(&report), None, "{order}");
    }
}
