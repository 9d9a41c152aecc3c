//! Tries every way in which an export or a bundle can be wrong.

use proof::{Checkpoint, Frontier, Hash, SigningKey, inclusion_proof, leaf_hash};
use serde_json::{Value, json};

use super::*;

const ORIGIN: &str = "whistle/zone/dispatch";

fn key(seed: u8) -> SigningKey {
    SigningKey::new(ORIGIN, proof::Algorithm::Ed25519, &[seed; 32]).unwrap()
}

fn envelope(position: u64) -> Vec<u8> {
    format!("entry {position}").into_bytes()
}

/// A tree of that many entries.
fn tree(size: u64) -> Frontier {
    let mut tree = Frontier::new();
    for position in 1..=size {
        tree.push_data(&envelope(position));
    }
    tree
}

fn note(size: u64, key: &SigningKey) -> String {
    Checkpoint::new(ORIGIN, size, tree(size).root()).unwrap().sign(key).unwrap().to_string()
}

fn export(entries: u64, sizes: &[u64]) -> Vec<Value> {
    let header = Header {
        format: FORMAT.to_owned(),
        journal: "dispatch".to_owned(),
        origin: ORIGIN.to_owned(),
        verifier_key: key(7).verifier().to_string(),
        checkpoints: sizes.iter().map(|size| note(*size, &key(7))).collect(),
    };
    let header = serde_json::to_value(header).unwrap();
    let entries = (1..=entries).map(|position| Entry::new(position, &envelope(position)));
    let entries = entries.map(|entry| serde_json::to_value(entry).unwrap());
    std::iter::once(header).chain(entries).collect()
}

fn lines(values: &[Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

fn no_trust() -> Trust {
    Trust { key: None, notes: Vec::new() }
}

fn found(text: &str) -> Findings {
    verify(text.as_bytes(), &no_trust()).unwrap()
}

/// The one thing that fails, or what else was found.
fn failure(values: &[Value]) -> String {
    let findings = found(&lines(values));
    assert!(!findings.fails.is_empty(), "{findings:?}");
    findings.fails.join("\n")
}

#[test]
fn an_export_that_was_not_touched_holds_at_every_checkpoint() {
    let findings = found(&lines(&export(10, &[0, 1, 7, 10])));
    assert_eq!(findings.fails, [""; 0]);
    assert_eq!(findings.holds.len(), 4);
}

#[test]
fn what_is_not_sealed_yet_is_said() {
    let findings = found(&lines(&export(10, &[7])));
    assert_eq!(findings.fails, [""; 0]);
    assert!(findings.remarks.iter().any(|remark| remark.contains("最后 3 条尚未封存")));
}

#[test]
fn a_changed_entry_is_named_by_its_hash() {
    let mut values = export(10, &[4, 10]);
    values[6]["envelope"] = json!(Entry::new(6, b"forged")).get("envelope").unwrap().clone();
    let told = failure(&values);
    assert!(told.contains("位置 6 的内容与其哈希不符"), "{told}");
    assert!(told.contains("检查点 10 不成立：位置 5 至 10"), "{told}");
}

#[test]
fn a_changed_entry_with_a_new_hash_lies_between_two_checkpoints() {
    let mut values = export(10, &[4, 7, 10]);
    values[6] = json!(Entry::new(6, b"forged"));
    let findings = found(&lines(&values));
    assert_eq!(findings.holds.len(), 1);
    assert!(findings.fails[0].contains("检查点 7 不成立：位置 5 至 7"), "{findings:?}");
    values[6].as_object_mut().unwrap().remove("leaf_hash");
    assert_eq!(found(&lines(&values)), findings);
}

#[test]
fn missing_repeated_and_swapped_entries_are_found() {
    let whole = export(10, &[10]);
    let mut missing = whole.clone();
    missing.remove(5);
    assert!(failure(&missing).contains("应为位置 5，却是 6"));
    let mut swapped = whole.clone();
    swapped.swap(3, 4);
    assert!(failure(&swapped).contains("应为位置 3，却是 4"));
    let cut = &whole[..8];
    assert!(failure(cut).contains("检查点 10 需要 10 条，只读到 7 条"));
}

#[test]
fn checkpoints_that_cannot_be_trusted_are_refused() {
    let mut foreign = export(3, &[3]);
    foreign[0]["checkpoints"] = json!([note(3, &key(8))]);
    let told = failure(&foreign);
    assert!(
        told.contains("第 1 个检查点不可信") && told.contains("不是由可信的公钥签署"),
        "{told}"
    );
    let remarks = found(&lines(&foreign)).remarks.concat();
    assert!(remarks.contains("最后 3 条不在任何可信的检查点之内"), "{remarks}");
    assert!(!remarks.contains("尚未封存"), "{remarks}");
    let mut forged = export(3, &[3]);
    forged[0]["checkpoints"] = json!([note(3, &key(7)).replace("\n3\n", "\n2\n")]);
    assert!(failure(&forged).contains("不可信"));
    let mut other = export(3, &[3]);
    other[0]["origin"] = json!("whistle/zone/request");
    assert!(failure(&other).contains("属于另一日志"));
    assert!(failure(&export(3, &[])).contains("没有可信的检查点"));
}

#[test]
fn a_key_brought_along_counts_more_than_the_files_own() {
    let text = lines(&export(3, &[3]));
    let trust = |seed: u8| Trust { key: Some(key(seed).verifier().clone()), notes: Vec::new() };
    let findings = verify(text.as_bytes(), &trust(7)).unwrap();
    assert_eq!((findings.fails.len(), findings.remarks.len()), (0, 1));
    assert!(!verify(text.as_bytes(), &trust(8)).unwrap().fails.is_empty());
}

#[test]
fn a_checkpoint_brought_along_must_hold_too() {
    let trust = Trust { key: None, notes: vec![note(5, &key(7))] };
    let mut values = export(10, &[10]);
    assert_eq!(verify(lines(&values).as_bytes(), &trust).unwrap().holds.len(), 2);
    values[2] = json!(Entry::new(2, b"forged"));
    assert_eq!(verify(lines(&values).as_bytes(), &trust).unwrap().fails.len(), 2);
}

#[test]
fn lines_that_are_no_entries_are_named() {
    let mut text = lines(&export(2, &[2]));
    text += "nonsense\n";
    assert!(found(&text).fails[0].contains("第 4 行不是日志条目"));
    for text in ["", "nonsense", "{}", "[1,2]", "{\"format\":\"other/1\"}"] {
        assert!(verify(text.as_bytes(), &no_trust()).is_err(), "{text}");
    }
}

fn proof_bundle(index: u64, size: u64) -> Value {
    let mut nodes = std::collections::HashMap::<_, Hash>::new();
    let mut tree = Frontier::new();
    for position in 1..=size {
        nodes.extend(tree.push(leaf_hash(&envelope(position))));
    }
    let hashes = inclusion_proof(index, size, |id| nodes.get(&id).copied()).unwrap();
    let hashes: Vec<String> = hashes.iter().map(ToString::to_string).collect();
    json!({
        "envelope": Entry::new(1, &envelope(index + 1)).envelope,
        "leaf_index": index,
        "tree_size": size,
        "hashes": hashes,
        "note": note(size, &key(7)),
        "key": key(7).verifier().to_string(),
    })
}

#[test]
fn a_bundle_holds_in_either_spelling() {
    let bundle = proof_bundle(3, 7);
    assert_eq!(found(&bundle.to_string()).holds.len(), 1);
    assert_eq!(found(&format!("{bundle:#}")).holds.len(), 1);
    let mut spelled = json!({"leafIndex": "3", "treeSize": "7"});
    for field in ["envelope", "hashes", "note", "key"] {
        spelled[field] = bundle[field].clone();
    }
    assert_eq!(found(&spelled.to_string()).holds.len(), 1);
}

#[test]
fn a_bundle_that_was_touched_does_not_hold() {
    let whole = proof_bundle(3, 7);
    let touched = [
        ("envelope", json!(Entry::new(1, b"forged").envelope), "证明不成立"),
        ("leaf_index", json!(2), "证明不成立"),
        ("tree_size", json!(8), "证明是对 8 条的"),
        ("hashes", json!([]), "证明不成立"),
        ("leaf_hash", json!(Hash([0; 32])), "与其哈希不符"),
        ("note", json!(note(7, &key(8))), "检查点不可信"),
    ];
    for (field, value, expected) in touched {
        let mut bundle = whole.clone();
        bundle[field] = value;
        let findings = found(&bundle.to_string());
        let told = findings.fails.join("\n");
        assert!(told.contains(expected), "{field}: {findings:?}");
    }
}
