//! Finding the programs of PostgreSQL and RabbitMQ, and installing them where they are absent; and
//! the bookkeeping programs that check an exported ledger.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// Installs PostgreSQL, RabbitMQ, beancount and hledger by apt where they are absent, with `sudo`
/// unless root.
///
/// Debian's packages may start services of their own. They are neither used nor touched.
pub fn install_missing() -> Result<()> {
    let missing: Vec<&str> = [
        ("postgresql", postgres_programs().is_err()),
        ("rabbitmq-server", rabbitmq_server().is_err()),
        ("beancount", on_path("bean-check").is_none()),
        ("hledger", on_path("hledger").is_none()),
    ]
    .into_iter()
    .filter_map(|(package, absent)| absent.then_some(package))
    .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let advice = format!("install {} yourself, then run this again", missing.join(" and "));
    if on_path("apt-get").is_none() {
        bail!("there is no apt-get here: {advice}");
    }
    eprintln!("installing {} by apt-get", missing.join(" and "));
    run_as_root(&["update", "-qq"]).context(advice.clone())?;
    let install = ["install", "--yes", "-qq", "--no-install-recommends"];
    run_as_root(&[&install[..], &missing].concat()).context(advice)?;
    postgres_programs()?;
    rabbitmq_server()?;
    Ok(())
}

/// The directory with PostgreSQL's programs: Debian's newest complete one, else one on the path.
pub(super) fn postgres_programs() -> Result<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    let on_path = on_path("initdb").and_then(|initdb| Some(initdb.parent()?.to_owned()));
    let complete = |bin: &PathBuf| {
        ["initdb", "postgres", "psql"].iter().all(|program| bin.join(program).is_file())
    };
    versions
        .into_iter()
        .rev()
        .map(|(_, bin)| bin)
        .chain(on_path)
        .find(complete)
        .context("PostgreSQL is not installed: `cargo xtask test` does it on Debian and Ubuntu")
}

/// RabbitMQ's start script. Debian's one on the path changes user and directory, so that it is
/// the last choice.
pub(super) fn rabbitmq_server() -> Result<PathBuf> {
    let debian = Path::new("/usr/lib/rabbitmq/bin/rabbitmq-server");
    Some(debian.to_owned())
        .filter(|path| path.is_file())
        .or_else(|| on_path("rabbitmq-server"))
        .context("RabbitMQ is not installed: `cargo xtask test` does it on Debian and Ubuntu")
}

/// Whether this process runs as root.
pub(super) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|data| data.uid() == 0)
}

fn run_as_root(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new(if is_root() { "env" } else { "sudo" });
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(arguments);
    let status = command.status().with_context(|| format!("running {command:?}"))?;
    if !status.success() {
        bail!("`apt-get {}` failed", arguments.join(" "));
    }
    Ok(())
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|found| found.is_file())
}
