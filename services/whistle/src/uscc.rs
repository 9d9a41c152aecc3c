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
    /// 逐行读取标准输入的 JSON，每行一例 (answer JSON lines on standard input, one case a line)：
    /// {"id":1,"code":"91369901MA7J52CM6B"}。答复 (answer)：{"id","valid"}，无效另有 "reason"：
    /// length、alphabet、division_code、check_digit；读不出则为 {"id","error"}。
    #[arg(long)]
    batch: bool,
}

/// Says of each code whether it is one. Fails if one is not.
pub(crate) fn run(flags: Flags) -> anyhow::Result<ExitCode> {
    if flags.batch {
        return Ok(lines::answer_stdin(credit_code::batch_answer)?);
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
