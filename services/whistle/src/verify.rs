//! `whistle verify`: does the history hold (存证核验)? Offline, with nothing but files and a key.

mod bundle;
mod export;

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use proof::{CheckpointError, NoteError, VerifierKey};
use serde_json::Value;

pub(crate) use export::{Entry, FORMAT, Header};

use crate::lines;

/// What `whistle verify` is asked.
#[derive(clap::Args)]
pub(crate) struct Flags {
    /// 日志导出或单条证明，省略或 - 即标准输入 (a journal export or a proof bundle).
    #[arg(conflicts_with = "batch")]
    file: Option<PathBuf>,
    /// 另行取得的检查点，可多个 (a checkpoint that you got elsewhere).
    #[arg(long = "checkpoint", value_name = "FILE", conflicts_with = "batch")]
    checkpoints: Vec<PathBuf>,
    /// 另行取得的公钥，C2SP 格式 (the public key, as you got it elsewhere).
    #[arg(long, value_name = "KEY", conflicts_with = "batch")]
    key: Option<String>,
    /// 逐行读取标准输入的包含证明与一致性证明 (answer JSON lines on standard input).
    #[arg(long)]
    batch: bool,
}

/// What the verifier brings besides the file. What it brings counts more than what the file says.
pub(crate) struct Trust {
    key: Option<VerifierKey>,
    notes: Vec<String>,
}

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// What holds.
    holds: Vec<String>,
    /// What is to be known besides.
    remarks: Vec<String>,
    /// What does not hold.
    fails: Vec<String>,
}

/// Verifies a file, or answers a batch. Fails if anything does not hold.
pub(crate) fn run(flags: Flags) -> anyhow::Result<ExitCode> {
    if flags.batch {
        return Ok(lines::answer_stdin(proof::batch::answer)?);
    }
    let trust = Trust::from_flags(&flags)?;
    let findings = match flags.file.as_deref() {
        None => verify(io::stdin().lock(), &trust)?,
        Some(file) if file == Path::new("-") => verify(io::stdin().lock(), &trust)?,
        Some(file) => {
            let opened = File::open(file)
                .with_context(|| format!("打不开（cannot open）{}", file.display()))?;
            verify(BufReader::new(opened), &trust)?
        }
    };
    findings.print()?;
    Ok(if findings.fails.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Tells the two kinds of file apart by what they say, and verifies.
pub(crate) fn verify(mut input: impl BufRead, trust: &Trust) -> anyhow::Result<Findings> {
    let mut first = String::new();
    input.read_line(&mut first).context("读不出文本（not text）")?;
    match serde_json::from_str::<Value>(&first) {
        Ok(value) if value.get("format").is_some() => export::verify(&first, input, trust),
        _ => {
            input.read_to_string(&mut first).context("读不出文本（not text）")?;
            bundle::verify(&first, trust)
        }
    }
}

impl Trust {
    fn from_flags(flags: &Flags) -> anyhow::Result<Trust> {
        let notes = flags.checkpoints.iter().map(|file| {
            std::fs::read_to_string(file)
                .with_context(|| format!("读不出检查点（cannot read）{}", file.display()))
        });
        let key = flags.key.as_deref().map(parse_key).transpose()?;
        Ok(Trust { key, notes: notes.collect::<anyhow::Result<_>>()? })
    }

    /// The key to believe: the one brought along, else the file's own.
    fn key_or(&self, own: Option<&str>, findings: &mut Findings) -> anyhow::Result<VerifierKey> {
        if let Some(key) = &self.key {
            return Ok(key.clone());
        }
        let own = own.context("没有公钥，请用 --key 给出（no key: give one by --key）")?;
        findings.remarks.push(
            "公钥取自文件本身，只能证明文件自洽；用 --key 给出另行取得的公钥才能证明来源\
             （the key is the file's own）"
                .to_owned(),
        );
        parse_key(own)
    }
}

fn parse_key(text: &str) -> anyhow::Result<VerifierKey> {
    text.trim().parse().with_context(|| format!("公钥不合格式（not a verifier key）：{text}"))
}

/// Why a checkpoint is not believed.
fn chinese(fault: &CheckpointError) -> String {
    let said = match fault {
        CheckpointError::Note(NoteError::NotVerified) => "不是由可信的公钥签署".to_owned(),
        CheckpointError::Note(NoteError::InvalidSignature { name }) => {
            format!("{name} 的签名与内容不符，内容或签名已被改动")
        }
        CheckpointError::Note(NoteError::NoSignatures) => "缺少空行及其后的签名行".to_owned(),
        CheckpointError::Note(NoteError::SignatureLine(line)) => {
            format!("第 {line} 行签名不合格式")
        }
        CheckpointError::Note(
            NoteError::NotText
            | NoteError::Text
            | NoteError::TooManySignatures
            | NoteError::WrongAlgorithm { .. }
            | NoteError::Time,
        ) => "不是合格的签名文本".to_owned(),
        CheckpointError::Lines
        | CheckpointError::Origin
        | CheckpointError::Size
        | CheckpointError::Root
        | CheckpointError::Extension => "内容不是检查点".to_owned(),
    };
    format!("{said}（{fault}）")
}

impl Findings {
    fn print(&self) -> io::Result<()> {
        let marked = |mark, texts: &[String]| {
            texts.iter().map(|text| format!("{mark} {text}\n")).collect::<String>()
        };
        let verdict = match self.fails.as_slice() {
            [] => "核验通过（verified）".to_owned(),
            fails => format!("核验不通过：{} 处（not verified）", fails.len()),
        };
        let (holds, remarks) = (marked("✓", &self.holds), marked("·", &self.remarks));
        lines::print(format_args!("{holds}{remarks}{}{verdict}", marked("✗", &self.fails)))
    }
}

#[cfg(test)]
mod tests;
