//! The `whistle` program: serves a zone, plays the demo, and answers what can be answered offline.

mod bank;
mod connection;
mod dead_letters;
mod deadline;
mod demo;
mod doctor;
mod journal;
mod lines;
mod serve;
mod services;
mod token;
mod uscc;
mod verify;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

fn main() -> ExitCode {
    // Two rustls providers are linked; whoever opens a TLS connection first must find one chosen.
    // An error would only say that it is chosen already.
    rustls::crypto::ring::default_provider().install_default().ok();

    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(fault) => return not_understood(&fault),
    };
    line.run().unwrap_or_else(|fault| {
        eprintln!("错误：{fault:#}");
        ExitCode::FAILURE
    })
}

/// 经开区企业服务台：企业吹哨、部门报到 (the enterprise-service desk of an economic zone).
///
/// 不带子命令即 `whistle serve`：在本机 SQLite 上运行全部服务，无需另装任何软件。
/// Without a command it serves: all services in one process on SQLite, nothing to install.
#[derive(Parser)]
#[command(name = "whistle", version, args_conflicts_with_subcommands = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::Flags,
}

#[derive(Subcommand)]
enum Command {
    /// 运行服务 (serve the zone).
    Serve(serve::Flags),
    /// 演示：示范园区 83 件诉求按原时间重演并逐项核对 (play the demo zone and compare).
    Demo(demo::Flags),
    /// 用本园区自己的密钥签发令牌 (sign a token with the zone's own key).
    Token(token::Flags),
    /// 推算期限并逐日说明 (reckon a deadline and explain it day by day).
    Deadline(deadline::Flags),
    /// 校验统一社会信用代码 (check unified social credit codes).
    Uscc(uscc::Flags),
    /// 离线核验存证：日志导出、单条证明 (verify a journal export or a proof bundle, offline).
    Verify(verify::Flags),
    /// 服务日志 (journals).
    #[command(subcommand)]
    Journal(journal::Command),
    /// 搁置的事件 (events that could not be applied).
    #[command(subcommand)]
    DeadLetters(dead_letters::Command),
    /// 模拟银行 (a simulated bank).
    #[command(subcommand)]
    Bank(bank::Command),
    /// 体检：健康、积压、搁置、逾期、封存、时钟 (look at a running zone and say what to do).
    Doctor(doctor::Flags),
}

impl CommandLine {
    fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            None => serve::run(self.serve),
            Some(Command::Serve(flags)) => serve::run(flags),
            Some(Command::Demo(flags)) => demo::run(flags),
            Some(Command::Token(flags)) => token::run(flags),
            Some(Command::Deadline(flags)) => deadline::run(flags),
            Some(Command::Uscc(flags)) => uscc::run(flags),
            Some(Command::Verify(flags)) => verify::run(flags),
            Some(Command::Journal(command)) => journal::run(command),
            Some(Command::DeadLetters(command)) => dead_letters::run(command),
            Some(Command::Bank(command)) => bank::run(command),
            Some(Command::Doctor(flags)) => doctor::run(flags),
        }
    }
}

/// Says in Chinese what kind of mistake it was, then lets clap show where.
fn not_understood(fault: &clap::Error) -> ExitCode {
    let kinds = [
        (ErrorKind::InvalidSubcommand, "没有这个子命令"),
        (ErrorKind::UnknownArgument, "有不认识的参数"),
        (ErrorKind::InvalidValue, "参数的值不合要求"),
        (ErrorKind::ValueValidation, "参数的值不合要求"),
        (ErrorKind::MissingRequiredArgument, "缺少参数"),
        (ErrorKind::MissingSubcommand, "缺少子命令"),
        (ErrorKind::ArgumentConflict, "参数不能同时使用"),
    ];
    let kind = fault.kind();
    if matches!(kind, ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        fault.exit();
    }
    let known = kinds.iter().find(|(known, _)| *known == kind);
    let kind = known.map_or("命令行有误", |(_, chinese)| chinese);
    eprintln!("错误：{kind}。");
    // Standard error is gone, then: nobody is left to tell.
    fault.print().ok();
    ExitCode::from(2)
}
