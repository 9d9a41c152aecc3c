//! Which expressions may be filed, and where one that may not is wrong.

use super::super::expression::{Expression, Fault};
use super::super::sample::terms;
use super::super::*;

fn read(text: &str) -> Result<Expression, Fault> {
    Expression::read(text, &Schema::of(&terms()))
}

/// What is wrong, and where: `UNKNOWN_FIELD 1:1`. What can be read can be evaluated too, though nothing
/// is known.
fn wrong(text: &str) -> String {
    match read(text) {
        Ok(expression) => {
            expression.evaluate(&Facts::new()).expect("it can be evaluated");
            "nothing".to_owned()
        }
        Err(fault) => format!("{} {}", fault.kind, fault.place),
    }
}

#[test]
fn an_expression_over_known_facts_is_read() {
    for text in [
        "enterprise.credit_status != '失信'",
        "enterprise.industry in [\"新能源\", \"电子信息\"] && claim.interest_fen >= 500000",
        "enterprise.rd_2025_fen * 10000 / enterprise.revenue_2025_fen >= 300",
        "claim.first ? claim.interest_fen > 1 : claim.interest_fen > 2",
        "has(claim.remarks) && claim.remarks.startsWith('首')",
        "claim.banks.all(b, size(b) > 2) && size(claim.banks) <= 3",
        "enterprise.srdi_year in [2024, 2025] // the last two years",
        "-claim.interest_fen < 0\n&& !(claim.first)",
    ] {
        assert_eq!(wrong(text), "nothing", "{text}");
    }
}

#[test]
fn the_facts_that_an_expression_speaks_of_are_known() {
    let text = "has(claim.first) || enterprise.size == '小型' || enterprise.size == '微型'";
    assert_eq!(read(text).unwrap().fields(), ["claim.first", "enterprise.size"]);
}

#[test]
fn what_is_no_cel_is_refused_with_its_place() {
    assert_eq!(wrong(""), "SYNTAX 1:1");
    assert_eq!(wrong("claim.interest_fen >="), "SYNTAX 1:22");
    assert_eq!(wrong("claim.first &&\n  && claim.first"), "SYNTAX 2:3");
    assert_eq!(wrong("enterprise.size == '新能源 && claim.first"), "SYNTAX 1:20");
    assert_eq!(wrong("((claim.first)"), "SYNTAX 1:15");
    assert_eq!(wrong("while (true) {}"), "SYNTAX 1:1", "a word that CEL keeps for itself");
    assert_eq!(wrong("claim.interest_fen > 9223372036854775808"), "SYNTAX 1:22");
}

#[test]
fn an_unknown_field_is_refused_with_its_place() {
    assert_eq!(wrong("enterprise.siez == '小型'"), "UNKNOWN_FIELD 1:1");
    assert_eq!(wrong("enterprise.size == '小型' &&\n claim.laon > 1"), "UNKNOWN_FIELD 2:2");
    assert_eq!(wrong("'新能源' == enterprise.indutry"), "UNKNOWN_FIELD 1:10", "in characters");
    assert_eq!(wrong("has(enterprise.nothing)"), "UNKNOWN_FIELD 1:5");
    assert_eq!(wrong("size == '小型'"), "UNKNOWN_FIELD 1:1");
    assert_eq!(wrong("enterprise == enterprise"), "UNKNOWN_FIELD 1:1");
    assert!(wrong("enterprise.size.length > 1").starts_with("UNKNOWN_FIELD"));
    assert!(wrong("enterprise.revenue_25_fen > 1").starts_with("UNKNOWN_FIELD"));
}

#[test]
fn a_wrong_type_is_refused_with_its_place() {
    assert_eq!(wrong("enterprise.size > 5"), "WRONG_TYPE 1:11");
    assert_eq!(wrong("enterprise.size == 5"), "WRONG_TYPE 1:20");
    assert_eq!(wrong("claim.interest_fen == '5'"), "WRONG_TYPE 1:23");
    assert_eq!(wrong("claim.first && claim.interest_fen"), "WRONG_TYPE 1:21");
    assert_eq!(wrong("enterprise.size in ['小型', 5]"), "WRONG_TYPE 1:27");
    assert_eq!(wrong("enterprise.size in []"), "WRONG_TYPE 1:20");
    assert_eq!(wrong("claim.interest_fen in ['小型']"), "WRONG_TYPE 1:23");
    assert_eq!(wrong("claim.interest_fen > 0.5"), "WRONG_TYPE 1:22");
    assert_eq!(wrong("claim.interest_fen > 5u"), "WRONG_TYPE 1:22");
    assert_eq!(wrong("enterprise.size + '企业' == '小型企业'"), "WRONG_TYPE 1:11");
    assert_eq!(wrong("enterprise.high_tech == null"), "WRONG_TYPE 1:25");
    assert_eq!(wrong("size(claim.interest_fen) > 1"), "WRONG_TYPE 1:11");
    assert_eq!(wrong("(claim.first ? 1 : '2') == 1"), "WRONG_TYPE 1:20");
    assert_eq!(wrong("enterprise.size.all(x, true)"), "WRONG_TYPE 1:11");
    assert_eq!(wrong("claim.banks.all(x, x > 1)"), "WRONG_TYPE 1:20");
}

#[test]
fn what_is_neither_true_nor_false_is_refused() {
    assert_eq!(wrong("claim.interest_fen"), "NOT_BOOLEAN 1:6");
    assert_eq!(wrong("claim.interest_fen * 2"), "NOT_BOOLEAN 1:20");
    assert_eq!(wrong("'是'"), "NOT_BOOLEAN 1:1");
    assert_eq!(wrong("[true]"), "NOT_BOOLEAN 1:1");
    assert_eq!(wrong("claim.first ? 1 : 2"), "NOT_BOOLEAN 1:13");
}

#[test]
fn a_function_whose_cost_is_not_bounded_is_refused() {
    assert_eq!(wrong("enterprise.size.matches('(a+)+$')"), "UNKNOWN_FUNCTION 1:24");
    assert_eq!(wrong("claim.banks[0] == '工商银行'"), "UNKNOWN_FUNCTION 1:12");
    assert_eq!(wrong("size(claim.banks.map(b, b)) == 1"), "UNKNOWN_FUNCTION 1:21");
    assert_eq!(wrong("size(claim.banks.filter(b, true)) == 1"), "UNKNOWN_FUNCTION 1:24");
    assert_eq!(wrong("size({'a': 1}) == 1"), "UNKNOWN_FUNCTION 1:6");
    assert_eq!(wrong("steal(claim.first)"), "UNKNOWN_FUNCTION 1:6");
    assert_eq!(wrong("timestamp('2026-01-01T00:00:00Z') > 1"), "UNKNOWN_FUNCTION 1:10");
    assert_eq!(wrong("string(claim.interest_fen) == '5'"), "UNKNOWN_FUNCTION 1:7");
}

/// The nearest thing to a loop that CEL has.
#[test]
fn a_text_that_loops_is_refused() {
    let nested = "claim.banks.all(a, claim.banks.all(b, a == b))";
    assert_eq!(wrong(nested), "TOO_COSTLY 1:35");
}

#[test]
fn a_text_of_a_megabyte_is_refused_unread() {
    let long = "claim.first || ".repeat(70_000) + "true";
    assert_eq!(wrong(&long), "TOO_COSTLY 1:1");
    let chinese = format!("enterprise.size == '{}'", "新".repeat(2_000));
    assert_eq!(wrong(&chinese), "TOO_COSTLY 1:1");
    let just = format!("enterprise.size == '{}'", "新".repeat(1_979));
    assert_eq!(wrong(&just), "nothing");
}

/// Each of these would be as deep as it is long; they are refused, or read, on less than the stack that
/// a worker has. What nests by the fewest signs is tried at the bound itself.
#[test]
fn a_text_that_nests_deeply_is_refused_or_read_on_a_small_stack() {
    let worker = std::thread::Builder::new().stack_size(1536 * 1024);
    let tried = worker.spawn(|| {
        let deep = |open: &str, times: usize, inner: &str, close: &str| {
            format!("{}{inner}{}", open.repeat(times), close.repeat(times))
        };
        assert_eq!(wrong(&deep("(", 4, "true", ")")), "nothing");
        assert_eq!(wrong(&deep("(", 5, "true", ")")), "TOO_COSTLY 1:5");
        assert_eq!(wrong(&deep("(", 900, "true", ")")), "TOO_COSTLY 1:5");
        assert_eq!(wrong(&deep("[", 48, "1", "]")), "TOO_COSTLY 1:5");
        let hidden = deep("')' == (", 5, "'1'", ")");
        assert_eq!(wrong(&hidden), "TOO_COSTLY 1:41", "closed in quotes alone");
        assert_eq!(wrong(&deep("!", 160, "true", "")), "nothing");
        assert_eq!(wrong(&deep("!", 161, "true", "")), "TOO_COSTLY 1:161");
        assert!(wrong(&deep("-", 160, "1", "")).starts_with("NOT_BOOLEAN"));
        assert_eq!(wrong(&format!("1{} > 1", "+1".repeat(18))), "nothing");
        assert!(wrong(&format!("1{} > 1", "+1".repeat(19))).starts_with("TOO_COSTLY"));
        assert!(wrong(&format!("1{} > 1", "+1".repeat(158))).starts_with("TOO_COSTLY"));
        assert!(wrong(&format!("1{} > 1", "+1".repeat(900))).starts_with("TOO_COSTLY"));
        assert!(wrong(&format!("a{}", ".b".repeat(160))).starts_with("UNKNOWN_FIELD"));
        assert!(wrong(&format!("1{}", "[1]".repeat(160))).starts_with("UNKNOWN_FUNCTION"));
        assert!(wrong(&format!("1{}", " in 1".repeat(10))).starts_with("WRONG_TYPE"));
        assert!(wrong(&format!("1{}", " in 1".repeat(160))).starts_with("TOO_COSTLY"));
        assert!(wrong(&format!("1{}", " in 1".repeat(300))).starts_with("TOO_COSTLY"));
        assert_eq!(wrong(&format!("true{}", "||true".repeat(80))), "nothing");
        assert_eq!(wrong(&format!("true{}", "?true:true".repeat(3))), "nothing");
        assert_eq!(wrong(&format!("true{}", "?true:true".repeat(20))), "TOO_COSTLY 1:51");
        let both = deep(&format!("1{}+(", "+1".repeat(38)), 4, "1", ")");
        assert!(wrong(&both).starts_with("TOO_COSTLY"));
    });
    tried.unwrap().join().unwrap();
}

#[test]
fn a_name_that_a_macro_would_hide_is_refused() {
    assert!(wrong("claim.banks.all(claim, true)").starts_with("NAMED_TWICE"));
    assert_eq!(wrong("claim.banks.all(b, true) && b == '1'"), "UNKNOWN_FIELD 1:29");
}
