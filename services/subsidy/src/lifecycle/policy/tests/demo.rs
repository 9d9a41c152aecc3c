//! The demo zone's book, recomputed: every amount to the fen, every refusal for its reason.

use std::collections::BTreeMap;

use base::{EnterpriseId, Fen};

use super::super::sample::{book, claimed, date, departments};
use super::super::*;

#[test]
fn every_policy_of_the_book_may_be_filed() {
    for (code, version) in book().policies {
        assert_eq!(check(&version.policy, &version.terms, &departments()), [], "{code}");
    }
}

#[test]
fn the_249_disbursements_of_the_book_come_out_to_the_fen() {
    let book = book();
    let mut total = Fen::ZERO;
    for paid in &book.disbursements {
        let word = |name: &str| paid[name].as_str().unwrap();
        let version = &book.policies[word("policy")];
        let facts = book.facts(word("enterprise"), &paid["claim"], word("paid_at"));
        assert_eq!(claim_faults(&version.terms, &claimed(&paid["claim"])), [], "{}", word("id"));
        assert_eq!(failing(version, &facts).unwrap(), [], "{}", word("id"));
        let due = amount(version, &facts).unwrap();
        assert_eq!(due, Fen(paid["amount_fen"].as_i64().unwrap()), "{}", word("id"));
        total = total.checked_add(due).unwrap();
    }
    assert_eq!(book.disbursements.len(), 249);
    assert_eq!(total.to_string(), "26,146,200.00");
}

#[test]
fn the_249_disbursements_of_the_book_keep_every_limit() {
    let book = book();
    let mut born: BTreeMap<String, u32> = BTreeMap::new();
    let mut used: BTreeMap<String, Fen> = BTreeMap::new();
    for paid in &book.disbursements {
        let word = |name: &str| paid[name].as_str().unwrap();
        let version = &book.policies[word("policy")];
        let enterprise = EnterpriseId::new(word("uscc")).unwrap();
        let facts = claimed(&paid["claim"]);
        let day = date(&word("applied_at")[..10]);
        for Repetition { key, times } in repetitions(version, &enterprise, &facts, day) {
            let count = born.entry(key).or_default();
            *count += 1;
            assert!(*count <= times, "{}", word("id"));
        }
        let due = Fen(paid["amount_fen"].as_i64().unwrap());
        for line in cap_lines(version, &enterprise, day.year(), Some(book.annual_cap)) {
            let sum = used.entry(line.key.clone()).or_default();
            assert_eq!(broken_cap(&[(line.clone(), *sum)], due), None, "{}", word("id"));
            *sum = sum.checked_add(due).unwrap();
        }
    }
}

#[test]
fn the_14_refused_applications_of_the_book_fail_for_exactly_their_reason() {
    let book = book();
    assert_eq!(book.rejected.len(), 14);
    for asked in &book.rejected {
        let word = |name: &str| asked[name].as_str().unwrap();
        let version = &book.policies[word("policy")];
        let facts = book.facts(word("enterprise"), &asked["claim"], word("applied_at"));
        let failing = failing(version, &facts).unwrap();
        let codes: Vec<&str> = failing.iter().map(|failing| failing.code.as_str()).collect();
        let reason = word("reason");
        if reason != "once" {
            assert_eq!(codes, [reason], "{}", word("id"));
            continue;
        }
        // Nothing else stands in its way but that the enterprise has had it this year.
        assert_eq!(codes, [""; 0], "{}", word("id"));
        let enterprise = book.enterprises[word("enterprise")]["uscc"].as_str().unwrap();
        let enterprise = EnterpriseId::new(enterprise).unwrap();
        let day = date(&word("applied_at")[..10]);
        let [once] = &repetitions(version, &enterprise, &facts, day)[..] else { panic!("one key") };
        let same = book.disbursements.iter().filter(|paid| {
            let other = EnterpriseId::new(paid["uscc"].as_str().unwrap()).unwrap();
            let of = &book.policies[paid["policy"].as_str().unwrap()];
            let day = date(&paid["applied_at"].as_str().unwrap()[..10]);
            repetitions(of, &other, &claimed(&paid["claim"]), day).contains(once)
        });
        assert_eq!(u32::try_from(same.count()).unwrap(), once.times, "{}", word("id"));
    }
}

#[test]
fn a_preview_of_a_policy_of_the_book_finds_whom_it_was_paid_to() {
    let book = book();
    for code in ["P01", "P02", "P08"] {
        let version = &book.policies[code];
        let paid: Vec<_> =
            book.disbursements.iter().filter(|paid| paid["policy"] == code).collect();
        let known: Vec<(EnterpriseId, Facts)> = book
            .enterprises
            .iter()
            .map(|(id, of)| {
                let facts = book.facts(id, &serde_json::json!({}), "2026-06-01");
                (EnterpriseId::new(of["uscc"].as_str().unwrap()).unwrap(), facts)
            })
            .collect();
        let preview =
            preview(version, known.iter().map(|(id, facts)| (id.clone(), facts))).unwrap();
        let sum: i64 = paid.iter().map(|paid| paid["amount_fen"].as_i64().unwrap()).sum();
        let (enterprises, total) = (preview.enterprises, preview.total);
        assert_eq!((enterprises, total, preview.undecided), (paid.len(), Fen(sum), 0), "{code}");
        assert_eq!(preview.payers, [(super::super::sample::department("D04"), total)]);
        assert_eq!(preview.matches.len(), 140);
    }
}
