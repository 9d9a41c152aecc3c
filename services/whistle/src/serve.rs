//! `whistle serve`: runs the services of the zone.

use std::process::ExitCode;

/// What `whistle serve` is asked.
#[derive(clap::Args)]
pub(crate) struct Flags {}

/// Serves until told to stop.
pub(crate) fn run(_flags: Flags) -> anyhow::Result<ExitCode> {
    anyhow::bail!("服务尚未装配（no service is mounted）")
}
