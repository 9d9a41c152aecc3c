//! `cargo xtask bench`: the release build, measured on servers of its own that keep what is committed.

use std::process::ExitCode;

use anyhow::Result;
use testkit::infra::Postgres;

use crate::infra::Servers;
use crate::test::Runner;

/// The same packages in both, so that nothing is built twice.
const PACKAGES: [&str; 4] = ["-p", "whistle", "-p", "journeys"];
const BUILD: &[&str] = &["--release", "--bin", "whistle", "--bench", "figures"];
const BENCH: &[&str] = &["--bench", "figures", "--"];
/// As in production; the servers of the tests force nothing to the disk.
const DURABLE: &[(&str, &str)] = &[("fsync", "on"), ("synchronous_commit", "on")];

/// Builds, starts the servers, measures.
pub(crate) fn run(arguments: &[&str]) -> Result<ExitCode> {
    let mut runner = Runner::new()?;
    if !runner.cargo(&[&["build"], &PACKAGES[..], BUILD].concat(), &[], |_| ())?.success() {
        return Ok(ExitCode::FAILURE);
    }
    let servers = Servers::start_with(|| Postgres::start_with(DURABLE))?;
    let bench = [&["bench"], &PACKAGES[..], BENCH, arguments].concat();
    let status = runner.cargo(&bench, &servers.variables(), |_| ())?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
