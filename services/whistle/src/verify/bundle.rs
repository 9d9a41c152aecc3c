//! Proof bundles (单条证明): one entry, its path, the checkpoint that it leads to.
//!
//! The answer of `HistoryService.GetInclusionProof` as JSON, with `envelope` and `key` added, is
//! one: names in either case, hashes in hexadecimal or base64, numbers as such or as texts.

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use proof::{Hash, leaf_hash, verify_inclusion};
use serde::Deserialize;

use super::export::open_note;
use super::{Findings, Trust, chinese};

#[derive(Deserialize)]
struct Bundle {
    /// The exact bytes of the entry, in base64; without them only `leaf_hash` is proven.
    #[serde(default)]
    envelope: Option<String>,
    #[serde(default, alias = "leafHash")]
    leaf_hash: Option<String>,
    #[serde(default, alias = "leafIndex")]
    leaf_index: Number,
    #[serde(alias = "treeSize")]
    tree_size: Number,
    #[serde(default)]
    hashes: Vec<String>,
    note: String,
    #[serde(default, alias = "verifier_key", alias = "verifierKey")]
    key: Option<String>,
}

/// JSON of protobuf writes 64-bit numbers as texts.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Plain(u64),
    Text(String),
}

impl Default for Number {
    /// JSON of protobuf leaves zeros out.
    fn default() -> Number {
        Number::Plain(0)
    }
}

impl Number {
    fn value(&self) -> anyhow::Result<u64> {
        match self {
            Number::Plain(value) => Ok(*value),
            Number::Text(text) => {
                text.parse().with_context(|| format!("“{text}”不是数（not a number）"))
            }
        }
    }
}

/// Verifies one bundle.
pub(crate) fn verify(text: &str, trust: &Trust) -> anyhow::Result<Findings> {
    let bundle: Bundle = serde_json::from_str(text)
        .context("既不是日志导出，也不是单条证明（neither a journal export nor a proof bundle）")?;
    let mut findings = Findings::default();
    let key = trust.key_or(bundle.key.as_deref(), &mut findings)?;
    let (index, size) = (bundle.leaf_index.value()?, bundle.tree_size.value()?);
    let leaf = leaf(&bundle, &mut findings)?;
    let hashes = bundle.hashes.iter().map(|text| hash(text)).collect::<anyhow::Result<Vec<_>>>()?;
    let notes =
        if trust.notes.is_empty() { std::slice::from_ref(&bundle.note) } else { &trust.notes };
    for note in notes {
        let checkpoint = match open_note(note, &key) {
            Ok(checkpoint) => checkpoint,
            Err(fault) => {
                findings
                    .fails
                    .push(format!("检查点不可信（checkpoint refused）：{}", chinese(&fault)));
                continue;
            }
        };
        if checkpoint.size() != size {
            findings.fails.push(format!(
                "证明是对 {size} 条的，检查点是 {} 条的（sizes differ）",
                checkpoint.size()
            ));
            continue;
        }
        match verify_inclusion(index, size, leaf, &hashes, checkpoint.root()) {
            Ok(()) => findings.holds.push(format!(
                "{} 的位置 {} 在检查点 {size} 之内（entry {} is in the checkpoint）",
                checkpoint.origin(),
                index.saturating_add(1),
                index.saturating_add(1)
            )),
            Err(fault) => findings.fails.push(format!("证明不成立（proof refused）：{fault}")),
        }
    }
    Ok(findings)
}

/// The hash of the entry: of its bytes, which must be what a stated hash says.
fn leaf(bundle: &Bundle, findings: &mut Findings) -> anyhow::Result<Hash> {
    let stated = bundle.leaf_hash.as_deref().map(hash).transpose()?;
    let Some(envelope) = &bundle.envelope else {
        findings
            .remarks
            .push("没有条目内容，只核验了其哈希（the hash alone was verified）".to_owned());
        return stated.context("既无 envelope 也无 leaf_hash（neither is there）");
    };
    let bytes = STANDARD.decode(envelope).context("envelope 不是 base64（not base64）")?;
    let leaf = leaf_hash(&bytes);
    if stated.is_some_and(|stated| stated != leaf) {
        findings.fails.push("条目内容与其哈希不符：已被改动（the entry was changed）".to_owned());
    }
    Ok(leaf)
}

fn hash(text: &str) -> anyhow::Result<Hash> {
    if let Ok(hash) = text.parse() {
        return Ok(hash);
    }
    let bytes = STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.map(Hash).with_context(|| format!("“{text}”不是哈希（not a hash）"))
}
