//! 统一社会信用代码 against 500 drawn codes and the edges where validators differ.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that fails says so")]

use base::credit_code::{batch_answer, check};
use base::{CreditCode, CreditCodeError};
use proptest::prelude::*;
use serde_json::{Value, json};

const PUBLIC: &str = include_str!("data/public.jsonl");
const EDGE: &str = include_str!("data/edge.jsonl");

fn cases(text: &str) -> impl Iterator<Item = (Value, String)> {
    let case = |line| -> Value { serde_json::from_str(line).unwrap() };
    text.lines().map(case).map(|case| {
        let code = case["code"].as_str().unwrap().to_owned();
        (case, code)
    })
}

#[test]
fn all_public_codes_are_judged_alike_and_for_the_same_reason() {
    assert_eq!(PUBLIC.lines().count(), 500);
    for (case, code) in cases(PUBLIC) {
        let reason = CreditCode::parse(&code).err().map(|fault| fault.reason());
        assert_eq!(json!(reason), case["reason"], "{case}");
        let answer: Value = serde_json::from_str(&batch_answer(&case.to_string())).unwrap();
        assert_eq!((&answer["id"], &answer["valid"]), (&case["id"], &case["valid"]), "{case}");
        assert_eq!(answer["reason"], case["reason"], "{case}");
    }
}

#[test]
fn the_edges_are_judged_by_the_letter_of_the_standard() {
    for (case, code) in cases(EDGE) {
        assert_eq!(check(&code).is_ok(), case["gb32100"] == "valid", "{case}");
    }
}

#[test]
fn eighteen_zeros_conform_but_name_nobody() {
    let zeros = "0".repeat(18);
    assert_eq!(check(&zeros), Ok(()));
    assert_eq!(CreditCode::parse(&zeros), Err(CreditCodeError::Placeholder));
}

#[test]
fn a_code_is_text_in_json() {
    let code = CreditCode::parse("91350220MA9NF5L62F").unwrap();
    assert_eq!(serde_json::to_string(&code).unwrap(), "\"91350220MA9NF5L62F\"");
    assert!(serde_json::from_str::<CreditCode>("\"91350220MA9NF5L62E\"").is_err());
}

#[test]
fn a_line_that_is_no_question_is_answered_with_an_error() {
    for (line, id) in [("{", Value::Null), ("{\"id\": \"U1\"}", json!("U1")), ("7", Value::Null)] {
        let answer: Value = serde_json::from_str(&batch_answer(line)).unwrap();
        assert!(answer["error"].is_string() && answer["id"] == id, "{line}: {answer}");
    }
}

proptest! {
    #[test]
    fn any_text_is_answered_and_none_panics(text in any::<String>()) {
        prop_assert!(check(&text).is_err() || text.len() == 18);
        let answer: Value = serde_json::from_str(&batch_answer(&text)).unwrap();
        prop_assert!(answer.is_object());
    }

    /// A check digit is there for this: one character mistyped is always found.
    #[test]
    fn one_wrong_character_is_always_found(
        position in 0..18_usize,
        other in prop::sample::select("0123456789ABCDEFGHJKLMNPQRTUWXY".chars().collect::<Vec<_>>()),
    ) {
        let right = "91350220MA9NF5L62F";
        let wrong: String = right.chars().enumerate()
            .map(|(index, character)| if index == position { other } else { character })
            .collect();
        prop_assert_eq!(CreditCode::parse(&wrong).is_ok(), wrong == right);
    }
}
