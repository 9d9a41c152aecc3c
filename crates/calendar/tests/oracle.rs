//! The calendar agrees with the oracle: 1,000 generated cases and 16 with the reason of each.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that fails says so")]

use calendar::{Calendar, batch};
use serde_json::{Value, json};

const PUBLIC: &str = include_str!("data/public.jsonl");
const EXAMPLES: &str = include_str!("data/examples.jsonl");

/// The lines on which we disagree.
fn disagreements(cases: &str) -> Vec<String> {
    let calendar = Calendar::published();
    let mut faults = Vec::new();
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let answer: Value = serde_json::from_str(&batch::answer(line, &calendar)).unwrap();
        let mut expected = case["expect"].clone();
        expected["id"] = case["id"].clone();
        if answer != expected {
            faults.push(format!("{line}\n  answered {answer}"));
        }
    }
    faults
}

#[test]
fn all_public_cases_agree() {
    assert_eq!(PUBLIC.lines().count(), 1000);
    assert_eq!(disagreements(PUBLIC), [""; 0]);
}

#[test]
fn all_examples_agree() {
    assert_eq!(EXAMPLES.lines().count(), 16);
    assert_eq!(disagreements(EXAMPLES), [""; 0]);
}

/// Each of these is answered with an error, and with its id if it has one.
#[test]
fn what_is_no_question_is_answered_with_an_error() {
    let question = |field: &str, value: Value| {
        let mut question = json!({"id": "B1", "start": "2026-03-02T09:00:00+08:00",
            "intake": "instant", "limit": {"working_days": 1}, "pauses": []});
        question[field] = value;
        question.to_string()
    };
    let backwards = json!([{"from": "2026-03-04T09:00:00Z", "to": "2026-03-03T09:00:00Z"}]);
    let cases = [
        question("limit", json!({"working_days": -1})),
        question("limit", json!({"working_days": 1.5})),
        question("limit", json!({"working_days": 4_294_967_296_u64})),
        question("limit", json!({"working_minutes": 0})),
        question("limit", json!({"lunar_months": 1})),
        question("limit", json!({"working_days": 1, "working_minutes": 1})),
        question("limit", Value::Null),
        question("start", json!("2026-02-30T09:00:00+08:00")),
        question("start", json!("2026-03-02T09:00:00")),
        question("intake", json!("tomorrow")),
        question("pauses", backwards),
        question("pauses", json!([{"to": null}])),
    ];
    for line in cases {
        let answer: Value =
            serde_json::from_str(&batch::answer(&line, &Calendar::published())).unwrap();
        assert_eq!(answer["id"], "B1", "{line}");
        assert!(answer["error"].is_string(), "{line} was answered {answer}");
    }
    for line in ["", "{", "[]", "null", "7", "\"text\"", "{}"] {
        let answer: Value =
            serde_json::from_str(&batch::answer(line, &Calendar::published())).unwrap();
        assert!(answer["error"].is_string() && answer["id"].is_null(), "{line}: {answer}");
    }
}
