//! Batch verification (批量验证): one proof as a JSON line in, its verdict as a JSON line out.
//!
//! An inclusion proof has `leaf_index`, `tree_size`, `leaf_hash`, `root`, `proof`; a consistency
//! proof has `size1`, `size2`, `root1`, `root2`, `proof`. Hashes are hexadecimal. `type` may say
//! which it is, else the fields do; `id` is repeated in the answer; other fields are passed over.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::hash::Hash;
use crate::verify::{ProofError, verify_consistency, verify_inclusion};

/// The verdict on one line: `{"id", "valid"}`, with `"reason"` if it is not valid, or
/// `{"id", "error"}` if the line is no proof at all (`id` is null unless it could be read).
pub fn answer(line: &str) -> String {
    let verdict = judge(line);
    // Nothing in a verdict can fail to be written: its keys are texts, its values were JSON.
    serde_json::to_string(&verdict).unwrap_or_else(|error| format!("{{\"error\":\"{error}\"}}"))
}

#[derive(Serialize)]
struct Verdict {
    id: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// What is wrong with a proof: with its form, or with what it proves.
#[derive(Debug, thiserror::Error)]
enum Damage {
    #[error("`{0}` is missing")]
    Missing(&'static str),
    #[error("`{0}` is not a whole number from 0 to 2^64 - 1")]
    NotANumber(&'static str),
    #[error("`{0}` is not a hash of 64 hexadecimal digits")]
    NotAHash(&'static str),
    #[error("`proof` is not a list of hashes of 64 hexadecimal digits")]
    NotAProof,
    #[error(transparent)]
    Proof(#[from] ProofError),
}

fn judge(line: &str) -> Verdict {
    let mut verdict = Verdict { id: Value::Null, valid: None, reason: None, error: None };
    let vector = match serde_json::from_str(line) {
        Ok(Value::Object(vector)) => vector,
        Ok(_) => {
            verdict.error =
                Some("这一行不是 JSON 对象（the line is not a JSON object）".to_owned());
            return verdict;
        }
        Err(error) => {
            verdict.error = Some(format!("这一行不是 JSON（the line is not JSON）：{error}"));
            return verdict;
        }
    };
    verdict.id = vector.get("id").cloned().unwrap_or_default();
    let has = |names: [&str; 4]| names.iter().any(|name| vector.contains_key(*name));
    let outcome = match vector.get("type").and_then(Value::as_str) {
        Some("inclusion") => inclusion(&vector),
        Some("consistency") => consistency(&vector),
        None if has(["size1", "size2", "root1", "root2"]) => consistency(&vector),
        None if has(["leaf_index", "tree_size", "leaf_hash", "root"]) => inclusion(&vector),
        Some(_) | None => {
            verdict.error = Some(
                "既非包含证明，也非一致性证明（neither an inclusion nor a consistency proof）"
                    .to_owned(),
            );
            return verdict;
        }
    };
    verdict.valid = Some(outcome.is_ok());
    verdict.reason = outcome.err().map(|damage| damage.to_string());
    verdict
}

fn inclusion(vector: &Map<String, Value>) -> Result<(), Damage> {
    let (leaf_index, tree_size) = (number(vector, "leaf_index")?, number(vector, "tree_size")?);
    let (leaf_hash, root) = (hash(vector, "leaf_hash")?, hash(vector, "root")?);
    Ok(verify_inclusion(leaf_index, tree_size, leaf_hash, &proof(vector)?, root)?)
}

fn consistency(vector: &Map<String, Value>) -> Result<(), Damage> {
    let (size1, size2) = (number(vector, "size1")?, number(vector, "size2")?);
    if size1 == size2 && size1 != 0 {
        return equality(vector);
    }
    let (root1, root2) = (hash(vector, "root1")?, hash(vector, "root2")?);
    Ok(verify_consistency(size1, size2, root1, root2, &proof(vector)?)?)
}

/// At equal sizes nothing is hashed: equal roots of any length are consistent. Others that verify
/// such proofs compare so, and their vectors have roots that are no hashes.
fn equality(vector: &Map<String, Value>) -> Result<(), Damage> {
    let (root1, root2) = (bytes(vector, "root1")?, bytes(vector, "root2")?);
    match proof(vector)?.len() {
        0 if root1 == root2 => Ok(()),
        0 => Err(ProofError::NewRoot.into()),
        found => Err(ProofError::Length { expected: 0, found }.into()),
    }
}

fn field<'a>(vector: &'a Map<String, Value>, name: &'static str) -> Result<&'a Value, Damage> {
    vector.get(name).ok_or(Damage::Missing(name))
}

fn number(vector: &Map<String, Value>, name: &'static str) -> Result<u64, Damage> {
    field(vector, name)?.as_u64().ok_or(Damage::NotANumber(name))
}

fn hash(vector: &Map<String, Value>, name: &'static str) -> Result<Hash, Damage> {
    to_hash(field(vector, name)?).ok_or(Damage::NotAHash(name))
}

fn bytes(vector: &Map<String, Value>, name: &'static str) -> Result<Vec<u8>, Damage> {
    let text = field(vector, name)?.as_str().ok_or(Damage::NotAHash(name))?;
    hex::decode(text).map_err(|_| Damage::NotAHash(name))
}

fn proof(vector: &Map<String, Value>) -> Result<Vec<Hash>, Damage> {
    let list = field(vector, "proof")?.as_array().ok_or(Damage::NotAProof)?;
    list.iter().map(to_hash).collect::<Option<_>>().ok_or(Damage::NotAProof)
}

fn to_hash(value: &Value) -> Option<Hash> {
    value.as_str()?.parse().ok()
}
