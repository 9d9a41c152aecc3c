//! What is written is what a bank reads, and what no bank could carry out is not written.
#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::rail::sample::{instant, order};

/// Written by this writer, and found valid against the schema: see the README beside it.
const GOLDEN: &str = include_str!("../../../tests/data/iso20022/order.xml");

/// What stands in the golden file: two parts, names that need escaping, the least and a large
/// amount, an enterprise that is not registered, a purpose that is cut.
fn golden() -> PaymentOrder {
    let mut order = order("0197f3b2c4d57e8f9a0b1c2d3e4f5a6b", &[30_000_000, 123_456_789, 11, 1]);
    let transfers = &mut order.payments[0].transfers;
    transfers[1].creditor.name = "“甲&乙”<示范>'研究院'".to_owned();
    transfers[2].enterprise = None;
    transfers[2].purpose = "贴".repeat(141);
    let moved = transfers.pop().unwrap();
    let mut second = order.payments[0].clone();
    second.id = Reference::new("0197f3b2c4d57e8f9a0b1c2d3e4f5a6b-P2").unwrap();
    second.debtor.account = AccountNumber::new("3600000000000002").unwrap();
    second.transfers = vec![moved];
    order.payments.push(second);
    order
}

/// Refuses, and says why.
fn refused(change: impl FnOnce(&mut PaymentOrder)) -> (String, OrderProblem) {
    let mut order = order("m", &[100, 200]);
    change(&mut order);
    match order.write() {
        Err(RailError::OrderUnfit { entry, problem }) => (entry, problem),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_same_order_is_always_the_same_file() {
    let file = golden().write().unwrap();
    assert_eq!(file.name, "0197f3b2c4d57e8f9a0b1c2d3e4f5a6b.xml");
    assert_eq!(String::from_utf8(file.bytes.clone()).unwrap(), GOLDEN);
    assert_eq!(golden().write().unwrap(), file);
    assert!(!format!("{file:?} {:?}", golden()).contains("6222000"), "an account is printed");
}

#[test]
fn what_is_written_is_read_again() {
    let mut read = PaymentOrder::read(GOLDEN.as_bytes()).unwrap();
    assert_eq!(read.payments[0].transfers[2].purpose.chars().count(), 140);
    read.payments[0].transfers[2].purpose = "贴".repeat(141);
    assert_eq!(read, golden());
}

#[test]
fn the_sample_of_the_zone_is_read() {
    let sample = include_bytes!("../../../tests/data/iso20022/ok-pain.001.001.11.xml");
    let order = PaymentOrder::read(sample).unwrap();
    assert_eq!(order.message.as_str(), "HQT-BATCH-20261123-01");
    assert_eq!(order.created_at, instant("2026-11-23T02:00:00Z"));
    assert_eq!(order.execute_on, date(2026, 11, 24));
    assert_eq!(order.total(), Some(Fen(153_456_800)));
    let amounts: Vec<i64> = order.transfers().map(|transfer| transfer.amount.0).collect();
    assert_eq!(amounts, [30_000_000, 123_456_789, 11]);
    assert_eq!(order.payments[0].transfers[1].creditor.name, "示范市晟格能源设备有限公司");
}

/// What the schema sees and what it cannot see, by the samples.
#[test]
fn each_bad_sample_is_refused_for_what_is_wrong_with_it() {
    let cases: [(&str, &str); 10] = [
        (
            include_str!("../../../tests/data/iso20022/bad-3-decimals-cny.xml"),
            "CtrlSum (line 4) is \"1534568.001\"",
        ),
        (
            include_str!("../../../tests/data/iso20022/bad-6-decimals.xml"),
            "InstdAmt (line 28) is \"0.110000\"",
        ),
        (
            include_str!("../../../tests/data/iso20022/bad-ctrlsum.xml"),
            "says 1534568.01, its entries make 1534568.00",
        ),
        (
            include_str!("../../../tests/data/iso20022/bad-currency.xml"),
            "InstdAmt (line 12) is \"元\"",
        ),
        (
            include_str!("../../../tests/data/iso20022/bad-duplicate-endtoend.xml"),
            "HQT-2026-0001: REFERENCE_TWICE",
        ),
        (include_str!("../../../tests/data/iso20022/bad-id-36-chars.xml"), "EndToEndId (line 27)"),
        (
            include_str!("../../../tests/data/iso20022/bad-nboftxs.xml"),
            "says 4, its entries make 3",
        ),
        (
            include_str!("../../../tests/data/iso20022/bad-negative.xml"),
            "InstdAmt (line 28) is \"-0.11\"",
        ),
        (
            include_str!("../../../tests/data/iso20022/bad-no-endtoend.xml"),
            "has no PmtId/EndToEndId",
        ),
        (
            include_str!("../../../tests/data/iso20022/ok-pain.001.001.09.xml"),
            "is a urn:iso:std:iso:20022:tech:xsd:pain.001.001.09",
        ),
    ];
    for (file, expected) in cases {
        let flaw = PaymentOrder::read(file.as_bytes()).unwrap_err();
        assert!(flaw.to_string().contains(expected), "{expected}: {flaw}");
        assert!(flaw.is_of_the_file() && flaw.chinese().contains('；'), "{flaw}");
    }
}

/// An amount negative, zero, or too long; what no schema lets through, and what none can see.
#[test]
fn an_order_that_no_bank_could_carry_out_is_not_written() {
    use OrderProblem::{Amount, Empty, Name, Purpose, ReferenceTwice, Sum, TooManyEntries};
    let amount =
        |amount: i64| refused(move |order| order.payments[0].transfers[1].amount = Fen(amount));
    for bad in [0, -1, i64::MIN, i64::MAX, AMOUNT_MAX.0 + 1] {
        assert_eq!(amount(bad), ("m-2".to_owned(), Amount), "{bad}");
    }
    let largest = refused(|order| order.payments[0].transfers[1].amount = AMOUNT_MAX);
    assert_eq!(largest, ("m".to_owned(), Sum), "each fits, both do not");
    assert_eq!(refused(|order| order.payments.clear()).1, Empty);
    assert_eq!(refused(|order| order.payments[0].transfers.clear()).1, Empty);
    let twice = refused(|order| {
        let first = order.payments[0].transfers[0].clone();
        order.payments[0].transfers.push(first);
    });
    assert_eq!(twice, ("m-1".to_owned(), ReferenceTwice));
    let other_part = refused(|order| {
        let mut part = order.payments[0].clone();
        part.transfers.iter_mut().for_each(|transfer| {
            transfer.reference = Reference::new(&format!("{}x", transfer.reference)).unwrap();
        });
        order.payments.push(part);
    });
    assert_eq!(other_part, ("m".to_owned(), ReferenceTwice));
    for name in
        [String::new(), " ".to_owned(), "名".repeat(141), "a\u{0}b".to_owned(), "a\nb".to_owned()]
    {
        let problem = refused(|order| order.payments[0].transfers[0].creditor.name = name.clone());
        assert_eq!(problem, ("m-1".to_owned(), Name), "{name:?}");
        assert_eq!(refused(|order| order.initiator = name.clone()).1, Name);
        assert_eq!(refused(|order| order.payments[0].debtor.name = name.clone()).1, Name);
    }
    assert_eq!(
        refused(|order| order.payments[0].transfers[0].purpose = "\u{1b}".to_owned()).1,
        Purpose
    );
    let many = refused(|order| {
        let one = order.payments[0].transfers[0].clone();
        order.payments[0].transfers = vec![one; TRANSFERS_MAX + 1];
    });
    assert_eq!(many.1, TooManyEntries);
}

#[test]
fn a_name_of_140_characters_and_the_largest_amount_pass() {
    let mut order = order("m", &[AMOUNT_MAX.0]);
    order.payments[0].transfers[0].creditor.name = "名".repeat(140);
    let file = order.write().unwrap();
    assert_eq!(PaymentOrder::read(&file.bytes).unwrap(), order);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any order that is written is read as the same, to the fen.
    #[test]
    fn any_order_comes_back(
        amounts in proptest::collection::vec(1..1_000_000_000_000_i64, 1..40),
        name in "[^\\p{C}\\s]{1,140}",
        purpose in "[^\\p{C}\\s]{1,140}",
    ) {
        let mut order = order("m", &amounts);
        for transfer in &mut order.payments[0].transfers {
            transfer.creditor.name = name.clone();
            transfer.purpose = purpose.clone();
        }
        let file = order.write().unwrap();
        prop_assert_eq!(PaymentOrder::read(&file.bytes).unwrap(), order);
    }

    /// A file of which a byte was changed is another order or none; nothing panics.
    #[test]
    fn a_changed_byte_is_another_order_or_none(at in 0..GOLDEN.len(), bit in 0_u8..8) {
        let mut bytes = GOLDEN.as_bytes().to_vec();
        bytes[at] ^= 1 << bit;
        if let Ok(order) = PaymentOrder::read(&bytes) {
            prop_assert!(order.write().is_ok());
        }
    }
}
