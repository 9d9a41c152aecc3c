//! `cargo xtask bench`: the release build, measured on servers of its own that keep what is committed.

use std::process::ExitCode;

use anyhow::Result;
use testkit::infra::Postgres;

use crate::infra::Servers;
use crate::test::Runner;

/// With `--workspace`, always the same, so that nothing is built twice.
const BUILD: &[&str] =
    &["build", "--release", "--workspace", "--bin", "whistle", "--bench", "figures"];
const BENCH: &[&str] = &["bench", "--workspace", "--bench", "figures", "--"];
/// As in production; the servers of the tests force nothing to the disk.
const DURABLE: &[(&str, &str)] = &[("fsync", "on"), ("synchronous_commit", "on")];

/// Builds, starts the servers, measures.
pub(crate) fn run(arguments: &[&str]) -> Result<ExitCode> {
    let mut runner = Runner::new()?;
    if !runner.cargo(BUILD, &[], |_| ())?.success() {
        return Ok(ExitCode::FAILURE);
    }
    let servers = Servers::start_with(|| Postgres::start_with(DURABLE))?;
    let status = runner.cargo(&[BENCH, arguments].concat(), &servers.variables(), |_| ())?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
