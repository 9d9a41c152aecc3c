//! `whistle uscc`: are these unified social credit codes (统一社会信用代码)?

use std::process::ExitCode;

use base::CreditCode;
use base::credit_code::{self, CreditCodeError};

use crate::lines;

/// What `whistle uscc` is asked.
#[derive(clap::Args)]
pub(crate) struct Flags {
    /// 代码，可多个 (the codes).
    #[arg(required_unless_present = "batch", conflicts_with = "batch")]
    code: Vec<String>,
    /// 逐行读取标准输入的 JSON：{"id","code"} (answer JSON lines on standard input).
    #[arg(long)]
    batch: bool,
}

/// Says of each code whether it is one. Fails if one is not.
pub(crate) fn run(flags: Flags) -> anyhow::Result<ExitCode> {
    if flags.batch {
        lines::answer_stdin(credit_code::batch_answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut outcome = ExitCode::SUCCESS;
    for code in &flags.code {
        match CreditCode::parse(code) {
            Ok(_) => lines::print(format_args!("{code} 有效"))?,
            Err(fault) => {
                lines::print(format_args!("{code} 无效：{}（{fault}）", chinese(&fault)))?;
                outcome = ExitCode::FAILURE;
            }
        }
    }
    Ok(outcome)
}

fn chinese(fault: &CreditCodeError) -> String {
    match fault {
        CreditCodeError::Length { found } => format!("应为18位，实为{found}位"),
        CreditCodeError::Alphabet { character, position } => {
            format!("第{position}位的“{character}”不是代码字符")
        }
        CreditCodeError::DivisionCode { position } => {
            format!("第{position}位属行政区划码，应为数字")
        }
        CreditCodeError::CheckDigit { expected } => format!("校验码不符，应为“{expected}”"),
        CreditCodeError::Placeholder => "全零是占位，不是代码".to_owned(),
    }
}
