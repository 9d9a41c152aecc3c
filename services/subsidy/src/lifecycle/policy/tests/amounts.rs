//! How much: each formula at its edges, in whole fen.

use base::Fen;

use super::super::sample::{department, facts, percent, terms, text, version, version_of};
use super::super::*;
use crate::error::EvaluationError;

fn with(amount: Formula) -> PolicyVersion {
    version_of(Terms { amount, ..terms() })
}

fn claiming(interest: i64) -> Facts {
    facts().with("claim.interest_fen", Value::Int(interest))
}

fn interest() -> Base {
    Base::Field("claim.interest_fen".to_owned())
}

#[test]
fn m1_a_percentage_is_rounded_down_to_the_fen_and_cut_at_its_cap() {
    let version = version();
    // HQT-2026-0002 of the demo: 40 % of 49,728.41 yuan.
    assert_eq!(amount(&version, &claiming(4_972_841)), Ok(Fen(1_989_136)));
    assert_eq!(amount(&version, &claiming(37_499_999)), Ok(Fen(14_999_999)));
    assert_eq!(amount(&version, &claiming(37_500_000)), Ok(Fen(15_000_000)));
    assert_eq!(amount(&version, &claiming(i64::MAX)), Ok(Fen(15_000_000)));
}

#[test]
fn m1_an_amount_of_nothing_is_refused() {
    let version = version();
    assert_eq!(amount(&version, &claiming(2)), Err(EvaluationError::NothingDue));
    assert_eq!(amount(&version, &claiming(-5_000_000)), Err(EvaluationError::NothingDue));
}

#[test]
fn m1_an_amount_over_what_can_be_counted_is_refused() {
    let unit = Formula::PerUnit { base: interest(), unit: Fen(i64::MAX), cap: None };
    assert_eq!(amount(&with(unit), &claiming(2)), Err(EvaluationError::Overflow));
    let percent = percent("claim.interest_fen", WHOLE_BP, None);
    assert_eq!(amount(&with(percent), &claiming(i64::MAX)), Ok(Fen(i64::MAX)));
    let growth = Base::Minus("claim.interest_fen".to_owned(), "enterprise.rd_2024_fen".to_owned());
    let growth = Formula::Percent { base: growth, rate_bp: WHOLE_BP, cap: None };
    let facts = claiming(i64::MAX).with("enterprise.rd_2024_fen", Value::Int(i64::MIN));
    assert_eq!(amount(&with(growth), &facts), Err(EvaluationError::Overflow));
}

#[test]
fn m1_a_fact_that_the_amount_needs_is_never_guessed() {
    let field = || "claim.interest_fen".to_owned();
    let unknown = claiming(0).with(field(), Value::Null);
    assert_eq!(amount(&version(), &unknown), Err(EvaluationError::Unknown { field: field() }));
    let words = claiming(0).with(field(), text("很多"));
    assert_eq!(amount(&version(), &words), Err(EvaluationError::NotNumber { field: field() }));
}

#[test]
fn growth_is_what_one_fact_is_more_than_another_and_never_below_nothing() {
    let of = |name: &str| format!("enterprise.rd_{name}_fen");
    let base = Base::Minus(of("2025"), of("2024"));
    let version = with(Formula::Percent { base, rate_bp: 800, cap: Some(Fen(30_000_000)) });
    let grown = |before, after| {
        let facts =
            facts().with(of("2024"), Value::Int(before)).with(of("2025"), Value::Int(after));
        amount(&version, &facts)
    };
    assert_eq!(grown(405_647_629, 409_745_080), Ok(Fen(327_796)));
    assert_eq!(grown(409_745_080, 405_647_629), Err(EvaluationError::NothingDue));
    assert_eq!(grown(7, 7), Err(EvaluationError::NothingDue));
}

#[test]
fn a_table_gives_by_value_and_nothing_for_a_value_that_it_does_not_have() {
    let row = |value: Value, amount| Row { value, amount: Fen(amount) };
    let rows = vec![row(text("省级"), 10_000_000), row(text("国家级小巨人"), 30_000_000)];
    let version = with(Formula::Table { field: "enterprise.srdi".to_owned(), rows });
    let of = |value: Value| amount(&version, &facts().with("enterprise.srdi", value));
    assert_eq!(of(text("省级")), Ok(Fen(10_000_000)));
    assert_eq!(of(text("国家级小巨人")), Ok(Fen(30_000_000)));
    assert_eq!(of(text("无")), Err(EvaluationError::NothingDue));
    let field = "enterprise.srdi".to_owned();
    assert_eq!(of(Value::Null), Err(EvaluationError::Unknown { field }));
}

#[test]
fn per_unit_counts_and_is_cut_at_its_cap() {
    let unit = Fen(100_000);
    let version = with(Formula::PerUnit { base: interest(), unit, cap: Some(Fen(6_000_000)) });
    assert_eq!(amount(&version, &claiming(59)), Ok(Fen(5_900_000)));
    assert_eq!(amount(&version, &claiming(60)), Ok(Fen(6_000_000)));
    assert_eq!(amount(&version, &claiming(61)), Ok(Fen(6_000_000)));
    assert_eq!(amount(&version, &claiming(0)), Err(EvaluationError::NothingDue));
}

#[test]
fn a_tier_begins_where_it_says_and_decides_alone() {
    let tier = |from, amount| Tier { from, amount: Fen(amount), rate_bp: 0 };
    let tiers = vec![tier(1_000, 20), tier(5_000, 50), tier(10_000, 100)];
    let version = with(Formula::Tiered { base: interest(), tiers, cap: None });
    assert_eq!(amount(&version, &claiming(999)), Err(EvaluationError::NothingDue));
    for (base, due) in [(1_000, 20), (4_999, 20), (5_000, 50), (9_999, 50), (10_000, 100)] {
        assert_eq!(amount(&version, &claiming(base)), Ok(Fen(due)), "{base}");
    }
}

#[test]
fn each_part_of_a_base_is_rated_by_the_tier_in_which_it_lies() {
    let tier = |from, rate_bp| Tier { from, amount: Fen::ZERO, rate_bp };
    let tiers = vec![tier(0, 1_000), tier(10_000, 500), tier(20_000, 100)];
    let version = with(Formula::Tiered { base: interest(), tiers, cap: Some(Fen(2_000)) });
    for (base, due) in [(10_000, 1_000), (10_019, 1_000), (10_020, 1_001), (20_000, 1_500)] {
        assert_eq!(amount(&version, &claiming(base)), Ok(Fen(due)), "{base}");
    }
    assert_eq!(amount(&version, &claiming(30_000)), Ok(Fen(1_600)));
    assert_eq!(amount(&version, &claiming(90_000)), Ok(Fen(2_000)));
}

#[test]
fn the_higher_one_counts_whichever_it_is() {
    let flat = Formula::Flat { amount: Fen(1_000_000) };
    let of = vec![flat, percent("claim.interest_fen", 4000, None)];
    let version = with(Formula::HigherOf { of });
    assert_eq!(amount(&version, &claiming(2_500_000)), Ok(Fen(1_000_000)));
    assert_eq!(amount(&version, &claiming(2_500_003)), Ok(Fen(1_000_001)));
    assert_eq!(amount(&version, &claiming(1)), Ok(Fen(1_000_000)));
}

#[test]
fn m3_the_cap_of_an_item_cuts_whatever_the_formula() {
    let caps = Caps { item: Some(Fen(7)), ..Caps::default() };
    let flat = Formula::Flat { amount: Fen(8) };
    let version = version_of(Terms { caps, amount: flat, ..terms() });
    assert_eq!(amount(&version, &facts()), Ok(Fen(7)));
}

/// Domain §7: 5 % of 2.5 亿 capped at 1000 万, shared 5:5.
#[test]
fn five_per_cent_of_250_million_capped_at_10_million_is_5_million_each() {
    let share = |code: &str| Share { payer: department(code), parts: 5 };
    let amount_is = percent("claim.interest_fen", 500, Some(1_000_000_000));
    let shares_are = vec![share("D04"), share("D02")];
    let version = version_of(Terms { amount: amount_is, shares: shares_are, ..terms() });
    let due = amount(&version, &claiming(25_000_000_000)).unwrap();
    assert_eq!(due.to_string(), "10,000,000.00");
    let half = Fen(500_000_000);
    assert_eq!(shares(&version, due), [(department("D04"), half), (department("D02"), half)]);
}

#[test]
fn an_odd_fen_goes_to_the_last_payer() {
    let share = |code: &str, parts| Share { payer: department(code), parts };
    let of = |list: Vec<Share>, total| {
        let version = version_of(Terms { shares: list, ..terms() });
        let parts = shares(&version, Fen(total));
        parts.into_iter().map(|(_, Fen(part))| part).collect::<Vec<i64>>()
    };
    assert_eq!(of(vec![share("D04", 5), share("D02", 5)], 101), [50, 51]);
    assert_eq!(of(vec![share("D04", 1), share("D02", 1), share("D03", 1)], 101), [33, 33, 35]);
    assert_eq!(of(vec![share("D04", 1)], 101), [101]);
    assert_eq!(of(vec![share("D04", 1), share("D02", 999)], 1), [1]);
    assert_eq!(
        of(vec![share("D04", 1), share("D02", 1)], i64::MAX),
        [i64::MAX / 2, i64::MAX / 2 + 1]
    );
}
