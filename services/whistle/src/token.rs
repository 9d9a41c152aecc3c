//! `whistle token`: signs a token (令牌) with the zone's own key, for people and for trying out.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use base::PersonId;
use jiff::SignedDuration;
use journal::{Clock as _, SystemClock, SystemEntropy};
use runtime::config::{self, Config};
use runtime::keys::{KeyFiles, TokenKey};
use runtime::token::{Claims, issue};

use crate::lines;

/// What `whistle token` is asked.
#[derive(clap::Args)]
pub(crate) struct Flags {
    /// 为谁签发，如 persons/D01-11；签发时不核对名册，名册中没有的人持令牌调用一律被拒 (for whom; whether the
    /// directory knows them is not checked, and of one it does not know every call is refused).
    #[arg(long, value_name = "NAME")]
    person: String,
    /// 有效天数 (for how many days).
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = days)]
    days: u16,
    /// 数据目录，密钥在其 keys 之下 (the data directory, which holds the key).
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
    /// 配置文件 (the configuration file).
    #[arg(long, value_name = "FILE", env = "WHISTLE_CONFIG")]
    config: Option<PathBuf>,
}

/// The longest that a token holds, in days.
const DAYS_MAX: u16 = 3660;

fn days(text: &str) -> Result<u16, String> {
    let days = text.parse().ok().filter(|days| (1..=DAYS_MAX).contains(days));
    days.ok_or_else(|| format!("应为 1 至 {DAYS_MAX} 的整数（a whole number, 1 to {DAYS_MAX}）"))
}

/// Prints the token.
pub(crate) fn run(flags: Flags) -> anyhow::Result<ExitCode> {
    let given = config::Flags::default()
        .set("data_dir", flags.data_dir.as_ref().map(|path| path.display().to_string()));
    let config = Config::load(flags.config.as_deref(), &given)?;
    if let Some(jwks) = &config.jwks {
        anyhow::bail!("本园区的令牌由外部签发（tokens are issued elsewhere）：{jwks}");
    }
    let files = KeyFiles::within(&config.data_dir);
    anyhow::ensure!(
        files.token.exists(),
        "没有签名密钥 {}，请先运行 whistle serve（no key yet: serve first）",
        files.token.display()
    );
    let person = PersonId::parse(&flags.person)
        .with_context(|| format!("“{}”不是 persons/… （not a person）", flags.person))?;
    let key = files.token_key(&SystemEntropy)?;
    lines::print(sign(&key, &person, config.audience(), flags.days)?)?;
    eprintln!(
        "提示：签发时不核对名册。如果名册中没有 {person}，持此令牌的每次调用都会被拒（CALLER_UNKNOWN），请先请管理员登记；\
         已停用的人同样不能办事（not checked against the directory: it refuses whom it does not know）"
    );
    Ok(ExitCode::SUCCESS)
}

/// A token of this person for so many days from now.
pub(crate) fn sign(
    key: &TokenKey,
    person: &PersonId,
    audience: &str,
    days: u16,
) -> anyhow::Result<String> {
    let span = SignedDuration::from_hours(24 * i64::from(days));
    let until = SystemClock.now().checked_add(span)?;
    Ok(issue(&key.key, &key.id, &Claims::new(person, audience, until))?)
}

/// Writes a token where its owner alone can read it.
pub(crate) fn write(file: &Path, token: &str) -> anyhow::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(file)?;
    writeln!(file, "{token}")?;
    Ok(())
}
