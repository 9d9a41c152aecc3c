//! Why a file is refused, or is no longer what it was.

use contract::common::Reason;
use tonic::Code;

use super::kind::FileKind;
use crate::fault::{COMMON_DOMAIN, Verdict};

/// A file that is not kept, or not given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// Its name is empty or too long, holds a path, or misleads.
    #[error("the file's name is empty, longer than 120 characters, or holds a path")]
    NameInvalid,
    /// It has more bytes than a file may have.
    #[error("the file has more than {bytes_max} bytes")]
    TooLarge {
        /// The most bytes.
        bytes_max: u64,
    },
    /// Its first bytes are not of an allowed kind, or not of what its name ends in.
    #[error("the file is not of an allowed kind, or not of the kind that its name says")]
    TypeForbidden {
        /// What the first bytes show, if that is anything known.
        found: Option<FileKind>,
    },
    /// Its SHA-256 is not the announced one.
    #[error("the file is not the announced one: its SHA-256 is {}", hex::encode(.sha256))]
    HashDiffers {
        /// What came.
        sha256: [u8; 32],
    },
    /// Not as many bytes came as were announced.
    #[error("{came} bytes came of the {announced} that were announced; send the file again")]
    CutOff {
        /// How many were announced.
        announced: u64,
        /// How many came.
        came: u64,
    },
    /// What is kept is not, or no longer, what was uploaded.
    #[error("the kept file is damaged or gone")]
    Damaged {
        /// The hash that it had.
        sha256: [u8; 32],
    },
}

impl FileFault {
    /// What the caller is told.
    pub(crate) fn verdict(&self) -> Verdict {
        let told = |code, reason: Reason, chinese: String| {
            Verdict::told(code, reason.as_str_name(), chinese).of(COMMON_DOMAIN)
        };
        let refused = |reason, chinese| told(Code::InvalidArgument, reason, chinese);
        match self {
            FileFault::NameInvalid => refused(
                Reason::FileNameInvalid,
                "文件名不能为空，不能超过 120 个字，也不能含有路径或控制字符，请改名后重新上传。"
                    .to_owned(),
            ),
            FileFault::TooLarge { bytes_max } => refused(
                Reason::FileTooLarge,
                format!("文件超过上限 {bytes_max} 字节，请压缩或拆分后重新上传。"),
            )
            .with("bytes_max", bytes_max),
            FileFault::TypeForbidden { found } => refused(
                Reason::FileTypeForbidden,
                format!(
                    "文件内容不属于允许的类型，或与文件名的后缀不符；可上传：{}。",
                    FileKind::endings_of_all().join("、")
                ),
            )
            .with("found", found.map_or_else(String::new, |kind| kind.to_string()))
            .with("allowed", FileKind::endings_of_all().join(",")),
            FileFault::HashDiffers { sha256 } => refused(
                Reason::FileHashDiffers,
                "收到的文件与所报的 SHA-256 不一致，请重新上传。".to_owned(),
            )
            .with("sha256", hex::encode(sha256)),
            FileFault::CutOff { announced, came } => refused(
                Reason::FileCutOff,
                format!("文件应有 {announced} 字节，实收 {came} 字节，未予保存，请重新上传。"),
            )
            .with("announced", announced)
            .with("came", came),
            FileFault::Damaged { sha256 } => told(
                Code::DataLoss,
                Reason::FileDamaged,
                "保存的文件已损坏或丢失，请联系管理员从备份恢复。".to_owned(),
            )
            .with("sha256", hex::encode(sha256)),
        }
    }
}
