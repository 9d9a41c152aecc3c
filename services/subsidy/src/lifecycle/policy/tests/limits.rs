//! What is never claimed twice (M4), and what one enterprise gets at most (M3).

use base::{EnterpriseId, Fen};

use super::super::sample::{
    date, enterprise_id, facts, policy_id, terms, text, version, version_of,
};
use super::super::*;

fn keys(version: &PolicyVersion, facts: &Facts, day: &str) -> Vec<(String, u32)> {
    let keys = repetitions(version, &enterprise_id(), facts, date(day));
    keys.into_iter().map(|Repetition { key, times }| (key, times)).collect()
}

#[test]
fn m4_the_same_thing_has_the_same_key_however_it_is_written() {
    let version = version();
    let of = |contract: &str, day: &str| {
        let facts = facts().with("claim.contract", text(contract));
        duplicate_key(&version, &enterprise_id(), &facts, date(day))
    };
    let key = of("借2026-A1", "2026-03-04");
    assert_eq!(of(" 借 2026-a1\n", "2026-12-31"), key);
    assert_ne!(of("借2026-A2", "2026-03-04"), key);
    assert_ne!(of("借2026-A1", "2027-01-01"), key, "another year");
    let other = EnterpriseId::new("P-other").unwrap();
    let facts = facts().with("claim.contract", text("借2026-A1"));
    assert_ne!(duplicate_key(&version, &other, &facts, date("2026-03-04")), key);
    let mut theirs = version.clone();
    theirs.policy = policy_id("P06");
    assert_ne!(duplicate_key(&theirs, &enterprise_id(), &facts, date("2026-03-04")), key);
    assert!(key.is_ascii() && key.len() < 256, "{key}");
}

#[test]
fn m4_once_twice_a_year_and_never_again_are_told_apart() {
    let with = |once| version_of(Terms { once, subject: None, ..terms() });
    let twice = with(Some(Once { times: 2, per: Per::Year }));
    let at = |version: &PolicyVersion, day: &str| keys(version, &facts(), day);
    assert_eq!(at(&twice, "2026-03-04"), [("once/P05/P-ours/2026".to_owned(), 2)]);
    assert_eq!(at(&twice, "2027-03-04"), [("once/P05/P-ours/2027".to_owned(), 2)]);
    let ever = with(Some(Once { times: 1, per: Per::Ever }));
    assert_eq!(at(&ever, "2026-03-04"), [("once/P05/P-ours/ever".to_owned(), 1)]);
    assert_eq!(at(&ever, "2027-03-04"), at(&ever, "2026-03-04"));
    assert_eq!(at(&with(None), "2026-03-04"), []);
}

#[test]
fn m4_a_new_version_of_a_policy_has_the_keys_of_the_old_one() {
    let mut next = version();
    next.number = 2;
    next.terms.title.push('二');
    assert_eq!(keys(&next, &facts(), "2026-03-04"), keys(&version(), &facts(), "2026-03-04"));
}

#[test]
fn m4_two_policies_that_cannot_be_stacked_share_the_key_of_one_thing() {
    let alone = |policy: &str, stackable: bool| {
        let mut version = version_of(Terms { stackable, once: None, ..terms() });
        version.policy = policy_id(policy);
        keys(&version, &facts(), "2026-03-04")
    };
    let (ours, theirs) = (alone("P05", false), alone("P06", false));
    assert_eq!(ours.iter().filter(|key| theirs.contains(key)).count(), 1);
    let stacked = alone("P07", true);
    assert_eq!(ours.iter().filter(|key| stacked.contains(key)).count(), 0);
}

#[test]
fn m3_an_amount_is_held_against_every_cap_and_never_cut() {
    let caps = Caps { item: None, enterprise: Some(Fen(300)), year: Some(Fen(200)), annual: None };
    let version = version_of(Terms { caps, ..terms() });
    let lines = cap_lines(&version, &enterprise_id(), 2026, Some(Fen(1_000)));
    let used = |ever: i64, year: i64, all: i64| -> Vec<(CapLine, Fen)> {
        lines.iter().cloned().zip([ever, year, all].map(Fen)).collect()
    };
    let broken = |used: &[(CapLine, Fen)], amount| {
        broken_cap(used, Fen(amount)).map(|(line, _)| line.key.clone())
    };
    assert_eq!(broken(&used(0, 0, 0), 200), None);
    let year = Some("cap/P05/P-ours/2026".to_owned());
    assert_eq!(broken(&used(0, 0, 0), 201), year);
    assert_eq!(broken(&used(100, 100, 100), 100), None);
    let ever = Some("cap/P05/P-ours/ever".to_owned());
    assert_eq!(broken(&used(201, 0, 0), 100), ever);
    let all = Some("cap/*/P-ours/2026".to_owned());
    assert_eq!(broken(&used(0, 0, 901), 100), all);
    assert_eq!(broken(&used(0, 0, i64::MAX), 100), all, "a sum that is no number");
}

#[test]
fn m3_without_caps_there_are_no_lines() {
    assert_eq!(cap_lines(&version(), &enterprise_id(), 2026, None), []);
}

#[test]
fn m5_a_snapshot_is_hashed_and_a_changed_fact_shows() {
    let taken_at = super::super::sample::instant("2026-03-04T09:00:00+08:00");
    let mut snapshot = Snapshot::of(facts(), "一企一档", taken_at);
    assert!(snapshot.holds());
    assert_eq!(snapshot.sha256.len(), 64);
    let row = serde_json::to_string(&snapshot).unwrap();
    assert_eq!(serde_json::from_str::<Snapshot>(&row).unwrap(), snapshot);
    snapshot.facts.put("claim.interest_fen", Value::Int(4_972_842));
    assert!(!snapshot.holds());
}

#[test]
fn m5_the_hash_is_of_what_is_known_and_of_its_type() {
    let one = |value: Value| Facts::new().with("claim.x", value).sha256();
    assert_ne!(one(Value::Int(1)), one(text("1")));
    assert_ne!(one(text("a\"b")), one(text("a\\\"b")));
    assert_ne!(one(Value::List(vec![text("a,b")])), one(Value::List(vec![text("a"), text("b")])));
    assert_eq!(one(Value::Null), Facts::new().sha256());
    // By another tool: printf '"claim.x":1\n' | sha256sum
    assert_eq!(
        one(Value::Int(1)),
        "44067fa15aa9119aa4570a0aba450ba834ab9ff6660c247d0e43f25f3c4d5612"
    );
}
