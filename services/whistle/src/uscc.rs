//! `whistle uscc`: are these unified social credit codes (统一社会信用代码)?

use std::process::ExitCode;

use base::CreditCode;
use base::credit_code;

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
                lines::print(format_args!("{code} 无效：{}（{fault}）", fault.chinese()))?;
                outcome = ExitCode::FAILURE;
            }
        }
    }
    Ok(outcome)
}
