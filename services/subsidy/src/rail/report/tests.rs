//! Reports of banks that behave, that do not, and of whoever pretends to be one.
#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use strum::IntoEnumIterator as _;

use super::*;
use crate::rail::FILE_BYTES_MAX;
use crate::rail::sample::instant;

const SAMPLE: &str = include_str!("../../../tests/data/iso20022/ok-pain.002.001.12.xml");
/// Written by this writer, and found valid against the schema: see the README beside it.
const GOLDEN: &str = include_str!("../../../tests/data/iso20022/report.xml");

fn golden() -> PaymentReport {
    let entry = |reference: &str, status| Entry {
        reference: reference.to_owned(),
        status,
        cause: Cause::default(),
        amount: Some(Fen(30_000_000)),
        carried_out_at: None,
        bank_reference: None,
    };
    let entries = vec![
        Entry {
            carried_out_at: Some(instant("2026-11-24T01:04:59Z")),
            bank_reference: Some("9F86D081884C7D65".to_owned()),
            ..entry("m-1", Status::Acsc)
        },
        Entry {
            cause: Cause {
                code: Some("AC01".to_owned()), text: Some("账号<有误>&".to_owned())
            },
            ..entry("m-2", Status::Rjct)
        },
        Entry {
            cause: Cause { code: Some("HOUSE-17".to_owned()), text: None },
            amount: None,
            ..entry("m-3", Status::Pdng)
        },
    ];
    PaymentReport {
        message: "BANK-20261124-77".to_owned(),
        created_at: instant("2026-11-24T01:05:00Z"),
        order: "m".to_owned(),
        whole: Summary::of(&entries),
        entries,
    }
}

fn flaw(text: &str) -> RailError {
    PaymentReport::read(text.as_bytes()).unwrap_err()
}

/// The sample with something else in it.
fn with(from: &str, to: &str) -> String {
    assert!(SAMPLE.contains(from), "{from}");
    SAMPLE.replacen(from, to, 1)
}

#[test]
fn the_sample_of_the_zone_is_read() {
    let report = PaymentReport::read(SAMPLE.as_bytes()).unwrap();
    assert_eq!(report.message, "BANK-20261124-77");
    assert_eq!(report.created_at, instant("2026-11-24T01:05:00Z"));
    assert_eq!(report.order, "HQT-BATCH-20261123-01");
    assert_eq!(report.whole.unwrap().status, Status::Part);
    let read = report.entries.iter().map(|entry| (entry.reference.as_str(), entry.status));
    let expected = [
        ("HQT-2026-0001", Status::Acsc),
        ("HQT-2026-0002", Status::Rjct),
        ("HQT-2026-0003", Status::Acsc),
    ];
    assert!(read.eq(expected));
    let cause = &report.entries[1].cause;
    assert_eq!(cause.code.as_deref(), Some("AC01"));
    assert_eq!(cause.text.as_deref(), Some("账号户名不符"));
    assert_eq!(report.entries[0].amount, None);
}

#[test]
fn what_is_written_is_read_again() {
    assert_eq!(String::from_utf8(golden().write()).unwrap(), GOLDEN);
    assert_eq!(PaymentReport::read(GOLDEN.as_bytes()).unwrap(), golden());
}

/// The table drawn from the other side: who changes a meaning means it twice.
#[test]
fn each_status_means_one_thing_for_the_money() {
    for status in Status::iter() {
        assert_eq!(OUTCOMES.iter().filter(|(of, _)| *of == status).count(), 1, "{status}");
        assert_eq!(status.to_string().parse(), Ok(status));
    }
    let drawn = Outcome::iter().map(|outcome| {
        let of = Status::iter().filter(|status| status.outcome() == Some(outcome));
        let of: Vec<String> = of.map(|status| status.to_string()).collect();
        format!("{outcome}: {}", of.join(" "))
    });
    let expected = [
        "ACCEPTED: RCVD ACTC ACCP ACFC ACSP ACWC ACWP",
        "PENDING: PDNG PATC BLCK",
        "SETTLED: ACSC ACCC",
        "REJECTED: RJCT CANC",
    ];
    assert!(drawn.eq(expected));
}

#[test]
fn an_unknown_status_is_refused_and_not_guessed_at() {
    for bad in ["ACSX", "acsc", "PART", "SETTLED", "", "支付成功"] {
        let flaw = flaw(&with("<TxSts>ACSC<", &format!("<TxSts>{bad}<")));
        let RailError::StatusUnknown { place, given } = &flaw else { panic!("{flaw}") };
        assert_eq!(given, bad);
        assert!(place.path.ends_with("TxInfAndSts") || place.path.ends_with("TxSts"), "{place}");
        assert_eq!(place.line, 7);
        assert!(flaw.chinese().contains("无法判断是否到账"));
    }
    assert!(matches!(
        flaw(&with("<GrpSts>PART<", "<GrpSts>DONE<")),
        RailError::StatusUnknown { .. }
    ));
}

/// However it is cut, it is not read as a shorter report.
#[test]
fn a_report_that_is_cut_off_anywhere_is_refused() {
    let whole = SAMPLE.trim_end();
    for end in 0..whole.len() {
        let flaw = PaymentReport::read(&whole.as_bytes()[..end]).unwrap_err();
        let split = !whole.is_char_boundary(end);
        let told = matches!(flaw, RailError::Truncated { .. })
            || split && matches!(flaw, RailError::Malformed { .. });
        assert!(told, "cut at {end}: {flaw}");
    }
    let flaw = flaw(&whole[..whole.find("<TxSts>RJCT").unwrap()]);
    assert!(flaw.to_string().contains("TxInfAndSts (line 8)"), "{flaw}");
}

#[test]
fn external_entities_and_document_types_are_refused() {
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    let dtd = |dtd: &str, text: &str| {
        let with_dtd = SAMPLE.replacen(head, &format!("{head}{dtd}"), 1);
        flaw(&with_dtd.replacen("账号户名不符", text, 1))
    };
    let refused = |flaw: RailError| {
        assert!(matches!(flaw, RailError::Forbidden { .. }), "{flaw}");
        assert!(flaw.chinese().contains("不允许的内容"));
    };
    refused(dtd("<!DOCTYPE Document SYSTEM \"file:///etc/passwd\">", "x"));
    refused(dtd("<!DOCTYPE Document [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>", "&x;"));
    refused(dtd("<!DOCTYPE Document [<!ENTITY % x SYSTEM \"http://127.0.0.1/x\"> %x;]>", "x"));
    let laughs = "<!DOCTYPE Document [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
    refused(dtd(laughs, "&b;"));
    refused(flaw(&with("账号户名不符", "&x;")));
    refused(flaw(&SAMPLE.replacen("encoding=\"UTF-8\"", "encoding=\"GBK\"", 1)));
}

#[test]
fn a_report_of_100_mb_is_refused_by_its_size_alone() {
    let large = vec![b'x'; 100 << 20];
    let flaw = PaymentReport::read(&large).unwrap_err();
    let RailError::TooLarge { bytes, bytes_max } = flaw else { panic!("{flaw}") };
    assert_eq!((bytes, bytes_max), (100 << 20, FILE_BYTES_MAX));
}

#[test]
fn another_message_is_named_and_refused() {
    let order = include_str!("../../../tests/data/iso20022/ok-pain.001.001.11.xml");
    let statement = include_str!("../../../tests/data/iso20022/ok-camt.053.001.10.xml");
    let older = with("pain.002.001.12", "pain.002.001.03");
    let html = "<html xmlns=\"http://www.w3.org/1999/xhtml\"><body/></html>";
    let cases = [
        (order, "pain.001.001.11"),
        (statement, "camt.053.001.10"),
        (&older, "pain.002.001.03"),
        (html, "xhtml"),
        ("<Document/>", "Document"),
        ("<a xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.12\"/>", "a"),
    ];
    for (file, name) in cases {
        let flaw = flaw(file);
        let RailError::OtherKind { found, .. } = &flaw else { panic!("{name}: {flaw}") };
        assert!(found.ends_with(name), "{found}");
    }
}

/// Nothing is missing, twice, or outside of what it may be.
#[test]
fn what_is_missing_twice_or_out_of_range_is_refused_with_its_place() {
    let message = "<MsgId>BANK-20261124-77</MsgId>";
    let order = "<OrgnlMsgId>HQT-BATCH-20261123-01</OrgnlMsgId>";
    let id = "<OrgnlEndToEndId>HQT-2026-0002</OrgnlEndToEndId>";
    let status = "<TxSts>RJCT</TxSts>";
    let amount = |amount: &str| format!("{status}<OrgnlTxRef><Amt>{amount}</Amt></OrgnlTxRef>");
    let cny = |text: &str| amount(&format!("<InstdAmt Ccy=\"CNY\">{text}</InstdAmt>"));
    let long = "x".repeat(36);
    let cases = [
        (message, String::new(), "has no GrpHdr/MsgId"),
        (order, String::new(), "has no OrgnlGrpInfAndSts/OrgnlMsgId"),
        (id, String::new(), "TxInfAndSts (line 8) has no OrgnlEndToEndId"),
        (status, String::new(), "TxInfAndSts (line 8) has no TxSts"),
        (message, message.repeat(2), "GrpHdr/MsgId (line 4) is there twice"),
        (order, order.repeat(2), "OrgnlMsgId (line 5) is there twice"),
        (status, status.repeat(2), "TxSts (line 8) is there twice"),
        (id, id.repeat(2), "OrgnlEndToEndId (line 8) is there twice"),
        ("BANK-20261124-77", long.clone(), "MsgId (line 4) is \"xxx"),
        ("HQT-2026-0002", long.clone(), "OrgnlEndToEndId (line 8) is \"xxx"),
        ("HQT-2026-0002", String::new(), "OrgnlEndToEndId (line 8) is \"\""),
        ("2026-11-24T09:05:00+08:00", "yesterday".to_owned(), "CreDtTm (line 4) is \"yesterday\""),
        (status, cny("1.001"), "is \"1.001\""),
        (status, cny("-1.00"), "is \"-1.00\""),
        (status, cny("1e3"), "is \"1e3\""),
        (status, cny("99999999999999999999"), "is \"99999999999999999999\""),
        (status, cny(""), "is \"\""),
        (status, amount("<InstdAmt Ccy=\"USD\">1</InstdAmt>"), "is \"USD\""),
        (status, amount("<InstdAmt>1</InstdAmt>"), "the currency CNY"),
        (status, format!("{status} RJCT"), "holds text beside elements"),
        (status, "<TxSts>RJ<x/>CT</TxSts>".to_owned(), "holds text beside elements"),
        (status, "<TxSts>RJCT</TxStz>".to_owned(), "not well formed"),
        (status, format!("{status}<x a='1' a='2'/>"), "not well formed"),
        (status, "<TxSts>RJCT&#0;</TxSts>".to_owned(), "not well formed"),
        (status, "<TxSts>RJCT&#x1b;</TxSts>".to_owned(), "not well formed"),
        (status, format!("{}{status}", "<x>".repeat(40)), "lies too deep"),
    ];
    for (from, to, expected) in cases {
        let flaw = flaw(&with(from, &to));
        assert!(flaw.to_string().contains(expected), "{expected}: {flaw}");
        assert!(flaw.is_of_the_file() && !flaw.chinese().is_empty());
    }
    let twice = format!("{SAMPLE}{}", &SAMPLE[SAMPLE.find("<Document").unwrap()..]);
    assert!(flaw(&twice).to_string().contains("goes on after its end"));
    assert!(flaw(&format!("{SAMPLE}x")).to_string().contains("outside of its root"));
    let mut bytes = SAMPLE.as_bytes().to_vec();
    bytes[300] = 0xff;
    assert!(PaymentReport::read(&bytes).unwrap_err().to_string().contains("not UTF-8"));
    let utf16: Vec<u8> = SAMPLE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(PaymentReport::read(&utf16).is_err());
}

/// The same report in other clothes.
#[test]
fn what_xml_lets_one_write_differently_is_read_alike() {
    let plain = PaymentReport::read(SAMPLE.as_bytes()).unwrap();
    let prefixed = SAMPLE
        .replace("</", "</p:")
        .replace('<', "<p:")
        .replace("<p:/p:", "</p:")
        .replace("<p:?", "<?")
        .replace("xmlns=", "xmlns:p=");
    let same = [
        format!("\u{feff}{SAMPLE}"),
        SAMPLE.replace('\n', "\r\n"),
        prefixed,
        with("RJCT", "RJ<!-- why --><![CDATA[C]]>&#84;"),
        with("2026-11-24T09:05:00+08:00", "2026-11-24T01:05:00Z"),
        with("2026-11-24T09:05:00+08:00", "2026-11-24T09:05:00"),
        with(
            "OrgnlEndToEndId>HQT-2026-0002</OrgnlEndToEndId",
            "OrgnlInstrId>HQT-2026-0002</OrgnlInstrId",
        ),
        with(
            "</TxInfAndSts>",
            "<SplmtryData><Envlp><x xmlns=\"urn:bank\">1</x></Envlp></SplmtryData></TxInfAndSts>",
        ),
        format!("<?xml-stylesheet href=\"x\"?>{}", SAMPLE.split_once("?>").unwrap().1),
    ];
    for text in same {
        assert_eq!(PaymentReport::read(text.as_bytes()).unwrap(), plain, "{text}");
    }
}

#[test]
fn a_report_without_lines_speaks_of_all_alike() {
    let reference = Reference::new("HQT-2026-0001").unwrap();
    let start = SAMPLE.find("<OrgnlPmtInfAndSts>").unwrap();
    let end = SAMPLE.find("</CstmrPmtStsRpt>").unwrap();
    let headed = |group: &str, part: &str| {
        format!("{}{part}{}", &SAMPLE[..start], &SAMPLE[end..]).replacen(
            "<GrpSts>PART</GrpSts>",
            group,
            1,
        )
    };
    let because = "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>";
    let report = PaymentReport::read(headed(because, "").as_bytes()).unwrap();
    let (status, cause) = report.of(&reference).unwrap();
    assert_eq!((status, cause.code.as_deref()), (Status::Rjct, Some("FF01")));
    let part = "<OrgnlPmtInfAndSts><OrgnlPmtInfId>p</OrgnlPmtInfId><PmtInfSts>ACSP</PmtInfSts></OrgnlPmtInfAndSts>";
    let report = PaymentReport::read(headed("", part).as_bytes()).unwrap();
    assert_eq!(report.of(&reference).unwrap().0, Status::Acsp);
    for group in ["", "<GrpSts>PART</GrpSts>"] {
        assert!(matches!(flaw(&headed(group, "")), RailError::Missing { .. }));
    }
    let lines = PaymentReport::read(SAMPLE.as_bytes()).unwrap();
    assert_eq!(lines.of(&reference).unwrap().0, Status::Acsc);
    assert_eq!(lines.of(&Reference::new("another").unwrap()), None);
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let statuses: Vec<Status> = Status::iter().filter(|it| it.outcome().is_some()).collect();
    let status = proptest::sample::select(statuses);
    let text = proptest::option::of("[^\\p{C}\\s]{1,35}");
    let amount = proptest::option::of(0..1_000_000_000_000_i64);
    let at = proptest::option::of(0..4_000_000_000_000_000_i64);
    let reference = "[A-Za-z0-9-]{1,35}";
    let parts = (reference, status, text.clone(), text.clone(), amount, at, text);
    let entry = parts.prop_map(|(reference, status, code, text, amount, at, bank)| Entry {
        reference,
        status,
        cause: Cause { code, text },
        amount: amount.map(Fen),
        carried_out_at: at.map(|at| Timestamp::from_microsecond(at).unwrap()),
        bank_reference: bank,
    });
    proptest::collection::vec(entry, 1..20)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any report that is written is read as the same.
    #[test]
    fn any_report_comes_back(entries in entries()) {
        let report = PaymentReport { whole: Summary::of(&entries), entries, ..golden() };
        prop_assert_eq!(PaymentReport::read(&report.write()).unwrap(), report);
    }

    /// Whatever bytes come, they are read or refused; nothing panics.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(PaymentReport::read(&bytes).is_err());
    }

    /// A report of which bytes were changed says something whole, or is refused.
    #[test]
    fn changed_bytes_are_read_or_refused(
        changes in proptest::collection::vec((0..SAMPLE.len(), any::<u8>()), 1..6),
    ) {
        let mut bytes = SAMPLE.as_bytes().to_vec();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        if let Ok(report) = PaymentReport::read(&bytes) {
            prop_assert!(report.entries.iter().all(|entry| entry.status.outcome().is_some()));
        }
    }
}
