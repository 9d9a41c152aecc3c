//! `cargo xtask test`: every check, every test, and one true line at the end.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result};
use testkit::infra::Scratch;

use crate::infra::Servers;
use crate::rows;

const CHECKS: &[&[&str]] = &[
    &["fmt", "--all", "--check"],
    &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
    &["doc", "--workspace", "--no-deps"],
];
const TEST: &[&str] = &["test", "--workspace", "--no-fail-fast"];

/// What the variables of `cargo run` begin with. Some build scripts watch them, so that a cargo
/// inside another would build their crates again.
const OUTER_CARGO: &[&str] =
    &["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"];

/// How many tests, and checks that stand for one each.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    passed: u64,
    failed: u64,
}

/// All checks, then all tests. A check that fails does not keep the tests from running.
pub(crate) fn everything() -> Result<ExitCode> {
    let mut runner = Runner::new()?;
    let mut failures = Vec::new();
    for check in CHECKS {
        if !runner.cargo(check, &[], |_| ())?.success() {
            failures.push(format!("cargo {}", check.join(" ")));
        }
    }
    failures.extend(rows::faults()?);
    runner.tests(&[], failures)
}

/// The tests alone, with further arguments for `cargo test`.
pub(crate) fn only(arguments: &[&str]) -> Result<ExitCode> {
    Runner::new()?.tests(arguments, Vec::new())
}

/// Runs cargo so that nothing outlives us: its processes are one group, which a guardian ends.
pub(crate) struct Runner {
    scratch: Scratch,
}

impl Runner {
    pub(crate) fn new() -> Result<Runner> {
        Ok(Runner { scratch: Scratch::new()? })
    }

    /// Runs the tests on running servers and prints the closing line, `failures` included.
    fn tests(&mut self, arguments: &[&str], mut failures: Vec<String>) -> Result<ExitCode> {
        let servers = Servers::start()?;
        let mut count = Count::default();
        let arguments = [TEST, arguments].concat();
        let status = self.cargo(&arguments, &servers.variables(), |line| count.add(line))?;
        drop(servers);
        if !status.success() && count.failed == 0 {
            failures.push("cargo test".to_owned());
        }
        println!();
        for failure in &failures {
            count.failed += 1;
            println!("failed: {failure}");
        }
        println!("{} passed, {} failed", count.passed, count.failed);
        let good = count.failed == 0 && 0 < count.passed;
        Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Runs cargo, passes its output on, and shows each line of it to `see`.
    pub(crate) fn cargo(
        &mut self,
        arguments: &[&str],
        variables: &[(&str, String)],
        mut see: impl FnMut(&str),
    ) -> Result<ExitStatus> {
        let start = Instant::now();
        eprintln!("\n── cargo {}", arguments.join(" "));
        let mut command = Command::new("cargo");
        command.args(arguments).process_group(0).stdin(Stdio::null()).stdout(Stdio::piped());
        for (name, _) in std::env::vars_os() {
            let ours = |name: &str| OUTER_CARGO.iter().any(|prefix| name.starts_with(prefix));
            if name.to_str().is_some_and(ours) {
                command.env_remove(name);
            }
        }
        command.env("RUSTDOCFLAGS", "-Dwarnings");
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        let mut cargo = command.spawn().context("running cargo")?;
        self.scratch.watch(cargo.id())?;
        let output = cargo.stdout.take().context("cargo's output is piped")?;
        for line in BufReader::new(output).split(b'\n') {
            let line = line?;
            let mut out = std::io::stdout().lock();
            out.write_all(&line)?;
            out.write_all(b"\n")?;
            see(&String::from_utf8_lossy(&line));
        }
        let status = cargo.wait()?;
        self.scratch.forget(cargo.id())?;
        eprintln!("── {} s", start.elapsed().as_secs());
        Ok(status)
    }
}

impl Count {
    /// Adds what a test binary says at its end: `test result: ok. 5 passed; 0 failed; …`.
    fn add(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else { return };
        let words: Vec<&str> = result.split([' ', ';']).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            let Ok(number) = pair[0].parse::<u64>() else { continue };
            match pair[1] {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Count;

    #[test]
    fn the_closing_line_sums_over_all_test_binaries() {
        let mut count = Count::default();
        for line in [
            "running 7 tests",
            "test result: ok. 7 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "the test said: 9 passed; 9 failed",
            "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 3 filtered out; finished in 1.00s",
        ] {
            count.add(line);
        }
        assert_eq!(count, Count { passed: 9, failed: 1 });
    }
}
