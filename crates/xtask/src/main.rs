//! `cargo xtask`: what a developer and the continuous integration do with the workspace.

use std::process::ExitCode;

use anyhow::{Result, bail};

mod bench;
mod events;
mod infra;
mod rows;
mod test;

const USAGE: &str = "\
cargo xtask <verb>

  test              everything: format, lints, documentation, all tests, on PostgreSQL and RabbitMQ
                    as well, which it installs if they are absent (Debian, Ubuntu) and starts as
                    private instances that are thrown away after
  test -- <args>    only the tests, with these arguments for `cargo test` (a name, for instance)
  bench             measures the release build on servers of its own and writes docs/benchmarks.md
  bench -- <n>      the same with n seconds for each figure instead of 5, for trying
  bench -- <n> cases <m>
                    only how cases are listed and forecast, at most m of them; prints it
  rows              prints every row of the rules (what moves a thing, what is heard in each state, every
                    reason, every caller of every call) with the test that shows it; fails without one
  events            prints who tells which fact and who hears whom; fails where that does not fit
  infra             starts PostgreSQL and RabbitMQ, prints where they are, and keeps them until
                    it is interrupted; tests of another terminal use them with these variables
";

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:?}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["test"] => test::everything(),
        ["test", "--", some @ ..] => test::only(some),
        ["bench"] => bench::run(&[]),
        ["bench", "--", some @ ..] => bench::run(some),
        ["rows"] => rows::run(),
        ["events"] => events::run(),
        ["infra"] => infra::keep(),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("`{}` is not a verb of mine\n\n{USAGE}", other.join(" ")),
    }
}
