//! Journal exports (日志导出): their form, and whether every checkpoint stands on their entries.
//!
//! The first line is the [`Header`]; each further line is an [`Entry`], by position from 1.

use std::io::BufRead;

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use proof::{Checkpoint, Frontier, Hash, SignedNote, VerifierKey, leaf_hash};
use serde::{Deserialize, Serialize};

use super::{Findings, Trust, chinese};

/// What the header's `format` says.
pub(crate) const FORMAT: &str = "whistle-journal/1";

/// The first line of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    /// [`FORMAT`].
    pub(crate) format: String,
    /// The journal, by its service: `dispatch`.
    pub(crate) journal: String,
    /// The log's name, as in its checkpoints.
    pub(crate) origin: String,
    /// The key that signs them, in C2SP form.
    pub(crate) verifier_key: String,
    /// Signed checkpoints, smallest first.
    pub(crate) checkpoints: Vec<String>,
}

/// One entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Its position, from 1.
    pub(crate) position: u64,
    /// The exact bytes that were sealed, in base64.
    pub(crate) envelope: String,
    /// SHA-256 of 0x00 and those bytes, as they were when exported. With it a changed entry is
    /// found by itself, without it only the checkpoint above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) leaf_hash: Option<Hash>,
}

impl Entry {
    /// The entry at this position with these bytes.
    pub(crate) fn new(position: u64, envelope: &[u8]) -> Entry {
        let leaf_hash = Some(leaf_hash(envelope));
        Entry { position, envelope: STANDARD.encode(envelope), leaf_hash }
    }

    fn bytes(&self) -> Result<Vec<u8>, base64::DecodeError> {
        STANDARD.decode(&self.envelope)
    }
}

/// Verifies an export whose first line has been read.
pub(crate) fn verify(first: &str, rest: impl BufRead, trust: &Trust) -> anyhow::Result<Findings> {
    let header: Header =
        serde_json::from_str(first).context("首行不是日志导出的表头（not a header）")?;
    anyhow::ensure!(
        header.format == FORMAT,
        "不认识的格式“{}”，应为“{FORMAT}”（unknown format）",
        header.format
    );
    let mut findings = Findings::default();
    let key = trust.key_or(Some(&header.verifier_key), &mut findings)?;
    let checkpoints = open(&header, &key, trust, &mut findings);
    let doubted = !findings.fails.is_empty();
    let mut walk = Walk { checkpoints, doubted, ..Walk::default() };
    walk.meet(&mut findings);
    for (number, line) in (2_u64..).zip(rest.lines()) {
        let line = line.with_context(|| format!("第 {number} 行读不出（line {number}）"))?;
        if !line.trim().is_empty() && !walk.step(number, &line, &mut findings) {
            break;
        }
    }
    walk.end(&header.journal, &mut findings);
    Ok(findings)
}

/// The checkpoints that are signed as they must be, smallest first.
fn open(
    header: &Header,
    key: &VerifierKey,
    trust: &Trust,
    findings: &mut Findings,
) -> Vec<Checkpoint> {
    let notes = header.checkpoints.iter().chain(&trust.notes);
    let mut checkpoints = Vec::new();
    for (number, note) in (1..).zip(notes) {
        match open_note(note, key) {
            Ok(checkpoint) if checkpoint.origin() == header.origin => checkpoints.push(checkpoint),
            Ok(checkpoint) => findings.fails.push(format!(
                "第 {number} 个检查点属于另一日志 {}，不是 {}（of another log）",
                checkpoint.origin(),
                header.origin
            )),
            Err(fault) => findings.fails.push(format!(
                "第 {number} 个检查点不可信（checkpoint {number}）：{}",
                chinese(&fault)
            )),
        }
    }
    if checkpoints.is_empty() {
        findings
            .fails
            .push("没有可信的检查点，什么也证明不了（no checkpoint to trust）".to_owned());
    }
    checkpoints.sort_by_key(Checkpoint::size);
    checkpoints.dedup();
    checkpoints
}

pub(super) fn open_note(
    note: &str,
    key: &VerifierKey,
) -> Result<Checkpoint, proof::CheckpointError> {
    Ok(Checkpoint::open(&SignedNote::parse(note.as_bytes())?, key, &[])?.checkpoint)
}

/// The tree as it grows, and the checkpoints that it has not reached.
#[derive(Default)]
struct Walk {
    tree: Frontier,
    checkpoints: Vec<Checkpoint>,
    met: usize,
    /// The last checkpoint that held, to say between which two a change lies.
    held: u64,
    damaged: bool,
    /// Whether there are checkpoints that are not trusted.
    doubted: bool,
}

impl Walk {
    /// Takes one entry in; false if nothing can be said of what follows.
    fn step(&mut self, number: u64, line: &str, findings: &mut Findings) -> bool {
        let entry: Entry = match serde_json::from_str(line) {
            Ok(entry) => entry,
            Err(fault) => {
                return self.stop(
                    findings,
                    format!("第 {number} 行不是日志条目（line {number}）：{fault}"),
                );
            }
        };
        let expected = self.tree.size() + 1;
        if entry.position != expected {
            let text = format!(
                "第 {number} 行应为位置 {expected}，却是 {}（entry missing or out of order）",
                entry.position
            );
            return self.stop(findings, text);
        }
        let bytes = match entry.bytes() {
            Ok(bytes) => bytes,
            Err(fault) => {
                let text =
                    format!("位置 {expected} 的内容不是 base64（position {expected}）：{fault}");
                return self.stop(findings, text);
            }
        };
        let hash = leaf_hash(&bytes);
        if entry.leaf_hash.is_some_and(|stored| stored != hash) && !self.damaged {
            // Told once: the first is where to look, and the checkpoints above it fail besides.
            self.damaged = true;
            findings.fails.push(format!(
                "位置 {expected} 的内容与其哈希不符：该条已被改动（entry {expected} was changed）"
            ));
        }
        self.tree.push(hash);
        self.meet(findings);
        true
    }

    fn stop(&mut self, findings: &mut Findings, text: String) -> bool {
        self.damaged = true;
        findings.fails.push(text);
        false
    }

    /// Holds the tree against each checkpoint of its size.
    fn meet(&mut self, findings: &mut Findings) {
        while let Some(checkpoint) = self.checkpoints.get(self.met) {
            let size = checkpoint.size();
            if size != self.tree.size() {
                return;
            }
            if checkpoint.root() == self.tree.root() {
                self.held = size;
                findings.holds.push(format!("检查点 {size} 成立（checkpoint {size} holds）"));
            } else {
                findings.fails.push(format!(
                    "检查点 {size} 不成立：位置 {} 至 {size} 之间有条目被改动（checkpoint {size} does not hold）",
                    self.held + 1
                ));
            }
            self.met += 1;
        }
    }

    fn end(self, journal: &str, findings: &mut Findings) {
        let size = self.tree.size();
        for checkpoint in self.checkpoints.iter().skip(self.met) {
            findings.fails.push(format!(
                "检查点 {} 需要 {} 条，只读到 {size} 条（entries are missing）",
                checkpoint.size(),
                checkpoint.size()
            ));
        }
        let sealed = self.checkpoints.last().map_or(0, Checkpoint::size);
        if sealed < size {
            let last = size - sealed;
            findings.remarks.push(if self.doubted {
                format!("最后 {last} 条不在任何可信的检查点之内，未能核验（within no trusted checkpoint）")
            } else {
                format!("最后 {last} 条尚未封存，不在任何检查点之内（not sealed yet）")
            });
        }
        findings.remarks.push(format!("日志 {journal}，共 {size} 条（{size} entries）"));
    }
}
