//! `whistle bank` (模拟银行): serves the folders of the payment rail as a bank would, for trying it out.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use jiff::SignedDuration;
use journal::{Clock as _, SystemClock, SystemEntropy};
use subsidy::bank::{Bank, Behaviour, Round, Setting};
use tokio::signal::unix::{SignalKind, signal};

use crate::lines;

/// How often it looks for new orders.
const LOOK_EVERY: SignedDuration = SignedDuration::from_millis(200);
/// Where it keeps what it knows, unless told: beside its reports, where nobody looks.
const STATE: &str = ".bank.json";

/// What can be done with a bank.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// 模拟银行：读取支付指令，出具回执，不付款 (take orders and report on them; nobody is paid).
    Simulate(Flags),
}

/// What `whistle bank simulate` is asked.
#[derive(clap::Args)]
pub(crate) struct Flags {
    /// 支付指令目录 (where orders come from).
    #[arg(long, value_name = "FOLDER")]
    orders: PathBuf,
    /// 回执目录 (where reports go).
    #[arg(long, value_name = "FOLDER")]
    reports: PathBuf,
    /// 状态文件，缺省为回执目录下的 .bank.json (where it keeps what it knows).
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// 随机种子：种子相同，答复相同 (the same seed, the same answers).
    #[arg(long, value_name = "N")]
    seed: u64,
    /// 各种答复方式的权重，如 on_time=8,late=1,rejected=1；可用 on_time、late、twice、partly、wrong_amount、rejected、
    /// returned_later、never (how often it answers in which manner).
    #[arg(long, value_name = "WEIGHTS", default_value = "on_time=1")]
    behaviour: Behaviour,
    /// 按时答复在收到指令后多少秒 (after how many seconds it answers in time).
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = seconds)]
    on_time: u32,
    /// 迟到答复在收到指令后多少秒，缺省三天 (after how many seconds it answers late).
    #[arg(long, value_name = "SECONDS", default_value_t = 3 * 24 * 3600, value_parser = seconds)]
    late: u32,
    /// 处理一遍现有指令和到期回执即结束 (do what is to be done now, and end).
    #[arg(long)]
    once: bool,
}

/// The longest delay: a year.
const SECONDS_MAX: u32 = 366 * 24 * 3600;

fn seconds(text: &str) -> Result<u32, String> {
    let seconds = text.parse().ok().filter(|seconds| *seconds <= SECONDS_MAX);
    seconds.ok_or_else(|| {
        format!("应为 0 至 {SECONDS_MAX} 的整数秒（a whole number of seconds, 0 to {SECONDS_MAX}）")
    })
}

/// Serves until told to stop.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    let Command::Simulate(flags) = command;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(simulate(flags))
}

async fn simulate(flags: Flags) -> anyhow::Result<ExitCode> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let clock = SystemClock;
    let state = flags.state.unwrap_or_else(|| flags.reports.join(STATE));
    let delay = |seconds: u32| SignedDuration::from_secs(seconds.into());
    let setting = Setting {
        behaviour: flags.behaviour.with_delays(delay(flags.on_time), delay(flags.late)),
        orders: flags.orders.clone(),
        reports: flags.reports.clone(),
        seed: flags.seed,
        state,
    };
    let mut bank = Bank::open(setting, Arc::new(SystemEntropy)).await?;
    welcome(&flags.orders, &flags.reports)?;
    loop {
        let round = bank.work(clock.now()).await.context("模拟银行停止（the bank stops）")?;
        tell(round)?;
        if flags.once {
            return Ok(ExitCode::SUCCESS);
        }
        let look = clock.now().checked_add(LOOK_EVERY)?;
        let next = bank.next_due().map_or(look, |due| due.min(look));
        tokio::select! {
            () = clock.reach(next) => {}
            _ = interrupted.recv() => return Ok(ExitCode::SUCCESS),
            _ = terminated.recv() => return Ok(ExitCode::SUCCESS),
        }
    }
}

fn welcome(orders: &Path, reports: &Path) -> std::io::Result<()> {
    lines::print(format_args!(
        "模拟银行已就绪（ready）：指令 {}，回执 {}",
        orders.display(),
        reports.display()
    ))
}

/// Says what was done, if anything was.
fn tell(round: Round) -> std::io::Result<()> {
    if round == Round::default() {
        return Ok(());
    }
    let Round { taken, repeated, refused, reported } = round;
    lines::print(format_args!(
        "受理 {taken}、重复 {repeated}、拒收 {refused}、回执 {reported}（taken, repeated, refused, reported）"
    ))
}
