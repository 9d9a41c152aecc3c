//! The published vectors, and lines that are damaged or no vectors at all, through the batch form.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use proof::batch::answer;
use proof::{Frontier, Hash};
use serde_json::{Value, json};

const VECTORS: &str = include_str!("data/generated_public.jsonl");
const ROOTS: &str = include_str!("data/roots.json");

fn answered(line: &str) -> Value {
    serde_json::from_str(&answer(line)).expect("an answer is one JSON line")
}

#[test]
fn every_published_vector_gets_its_verdict() {
    let mut seen = 0;
    for line in VECTORS.lines() {
        let (vector, verdict): (Value, _) = (serde_json::from_str(line).unwrap(), answered(line));
        assert_eq!(verdict["id"], vector["id"]);
        assert_eq!(verdict["valid"], vector["valid"], "{line}\n{verdict}");
        assert_eq!(verdict.get("reason").is_some(), vector["valid"] == json!(false));
        seen += 1;
    }
    assert_eq!(seen, 281);
}

#[test]
fn the_verdict_does_not_need_the_type_to_be_named() {
    for line in VECTORS.lines() {
        let mut vector: Value = serde_json::from_str(line).unwrap();
        vector.as_object_mut().unwrap().remove("type");
        assert_eq!(answered(&vector.to_string())["valid"], vector["valid"], "{line}");
    }
}

#[test]
fn the_roots_of_0_to_130_leaves_are_the_published_ones() {
    let published: Value = serde_json::from_str(ROOTS).unwrap();
    let roots: Vec<Hash> = serde_json::from_value(published["root_of_first_n"].clone()).unwrap();
    let leaves = published["leaf_data_hex"].as_array().unwrap();
    let mut frontier = Frontier::new();
    assert_eq!(frontier.root(), roots[0]);
    for (leaf, root) in leaves.iter().zip(&roots[1..]) {
        frontier.push_data(&hex::decode(leaf.as_str().unwrap()).unwrap());
        assert_eq!(frontier.root(), *root, "at {}", frontier.size());
    }
    assert_eq!((leaves.len(), roots.len()), (130, 131));
}

#[test]
fn a_damaged_vector_is_invalid_and_says_why() {
    let good: Value = serde_json::from_str(VECTORS.lines().next().unwrap()).unwrap();
    let cases = [
        ("leaf_index", json!(-1), "`leaf_index` is not a whole number from 0 to 2^64 - 1"),
        ("leaf_index", json!(1.5), "`leaf_index` is not a whole number from 0 to 2^64 - 1"),
        ("tree_size", json!("35"), "`tree_size` is not a whole number from 0 to 2^64 - 1"),
        ("tree_size", json!(0), "a tree of 0 leaves has no leaf 11"),
        ("leaf_index", json!(u64::MAX), "a tree of 35 leaves has no leaf 18446744073709551615"),
        ("root", json!("00"), "`root` is not a hash of 64 hexadecimal digits"),
        ("leaf_hash", json!(null), "`leaf_hash` is not a hash of 64 hexadecimal digits"),
        ("proof", json!("none"), "`proof` is not a list of hashes of 64 hexadecimal digits"),
        ("proof", json!([""]), "`proof` is not a list of hashes of 64 hexadecimal digits"),
        ("proof", json!([]), "the proof has 0 hashes where the sizes ask for 6"),
    ];
    for (field, value, reason) in cases {
        let mut vector = good.clone();
        vector[field] = value;
        let expected = json!({"id": "M0001", "valid": false, "reason": reason});
        assert_eq!(answered(&vector.to_string()), expected);
    }
    let mut vector = good;
    vector.as_object_mut().unwrap().remove("root");
    assert_eq!(answered(&vector.to_string())["reason"], json!("`root` is missing"));
}

#[test]
fn at_equal_sizes_only_equal_roots_and_no_hashes_are_consistent() {
    let line = |size: u64, root1: &str, root2: &str, proof: Value| {
        let vector = json!({"id": 7, "size1": size, "size2": size, "root1": root1, "root2": root2, "proof": proof});
        answered(&vector.to_string())["valid"].clone()
    };
    let hash = "00".repeat(32);
    assert_eq!(line(1, "abcd", "ABCD", json!([])), json!(true));
    assert_eq!(line(1, "abcd", "abce", json!([])), json!(false));
    assert_eq!(line(1, "abcd", "abcd", json!([hash])), json!(false));
    assert_eq!(line(0, &hash, &hash, json!([])), json!(false));
}

#[test]
fn a_line_that_is_no_vector_is_an_error_and_has_no_verdict() {
    let deep = "[".repeat(100_000);
    for line in
        ["", "null", "7", "[]", "{", "{\"leaf_index\":", "\u{feff}{}", "诉求", deep.as_str()]
    {
        let verdict = answered(line);
        assert_eq!((verdict["id"].clone(), verdict.get("valid")), (Value::Null, None), "{verdict}");
        assert!(verdict["error"].is_string());
    }
    let unknown = answered(r#"{"id":"x","type":"exclusion","size1":1}"#);
    let why = "既非包含证明，也非一致性证明（neither an inclusion nor a consistency proof）";
    assert_eq!(unknown, json!({"id": "x", "error": why}));
    assert_eq!(answered(r#"{"uscc":"x"}"#), json!({"id": null, "error": why}));
}
