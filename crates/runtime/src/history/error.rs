//! Why something of a history cannot be shown or kept: one table of verdicts.

use contract::history::Reason;
use tonic::{Code, Status};

use crate::fault::{self, Fault, Verdict};
use crate::refusal::Refusal;

/// Why something of a history cannot be shown or kept.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// No checkpoint of that size.
    #[error("there is no checkpoint of {size} entries")]
    CheckpointNotFound {
        /// The size.
        size: i64,
    },
    /// The newest checkpoint was asked for, and there is none yet.
    #[error("the journal has no checkpoint yet: of its {entries} entries none is sealed")]
    NothingSealed {
        /// How many entries there are.
        entries: i64,
    },
    /// The entry is not in that tree.
    #[error("the entry {position} is not in the tree of {size} entries")]
    PositionNotSealed {
        /// The entry.
        position: i64,
        /// The tree.
        size: i64,
    },
    /// The configuration names no witness with this key.
    #[error("the key of the witness {witness} is not one that this zone trusts")]
    WitnessNotTrusted {
        /// The name in the signature line.
        witness: String,
    },
    /// No signature line, or one that does not fit.
    #[error("the cosignature does not fit the checkpoint of {size} entries: {problem}")]
    CosignatureInvalid {
        /// The checkpoint.
        size: i64,
        /// What is wrong.
        problem: String,
    },
    /// A refusal that all services have alike.
    #[error(transparent)]
    Common(#[from] Refusal),
}

impl Fault for HistoryError {
    const DOMAIN: &'static str = "history.whistle";

    #[rustfmt::skip]
    fn verdict(&self) -> Verdict {
        match self {
            HistoryError::CheckpointNotFound { size } =>
                Verdict::told(Code::NotFound, Reason::CheckpointNotFound.as_str_name(),
                    "没有该大小的检查点；可先查询最新检查点。").with("size", size),
            HistoryError::NothingSealed { entries: 0 } =>
                Verdict::told(Code::NotFound, Reason::CheckpointNotFound.as_str_name(),
                    "本日志还没有任何记录，因此没有检查点，也没有可导出或证明的内容；有了第一条记录后再试。")
                    .with("entries", 0),
            HistoryError::NothingSealed { entries } =>
                Verdict::told(Code::NotFound, Reason::CheckpointNotFound.as_str_name(),
                    format!("本日志的 {entries} 条记录尚未封存，还没有检查点；封存通常在数秒内完成，请稍后再试，久等不来请运行 whistle doctor。"))
                    .with("entries", entries),
            HistoryError::PositionNotSealed { position, size } =>
                Verdict::told(Code::FailedPrecondition, Reason::PositionNotSealed.as_str_name(),
                    "该条记录尚未封存，或不在所指的检查点之内；请稍后再试或换用更新的检查点。")
                    .with("position", position).with("size", size),
            HistoryError::WitnessNotTrusted { witness } =>
                Verdict::told(Code::FailedPrecondition, Reason::WitnessNotTrusted.as_str_name(),
                    "本园区未登记该见证人的公钥，副签不予保存；请管理员先在配置项 witnesses 中登记。")
                    .with("witness", witness),
            HistoryError::CosignatureInvalid { size, .. } =>
                Verdict::told(Code::InvalidArgument, Reason::CosignatureInvalid.as_str_name(),
                    "副签格式有误或与该检查点不符；请核对检查点大小并提交见证人签出的整行内容。")
                    .with("size", size),
            HistoryError::Common(refusal) => refusal.verdict(),
        }
    }
}

impl From<HistoryError> for Status {
    fn from(error: HistoryError) -> Status {
        fault::status(&error)
    }
}

impl From<journal::Trouble> for HistoryError {
    fn from(trouble: journal::Trouble) -> HistoryError {
        Refusal::from(trouble).into()
    }
}
