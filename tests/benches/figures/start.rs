//! The program itself: how long until it is ready, how much memory it takes at rest.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;
use testkit::infra::{Database, Vhost, wait_until};

/// How long a zone that has just started comes to rest before its memory is read.
const RESTS_FOR: Duration = Duration::from_secs(3);
const ENDS_WITHIN: Duration = Duration::from_secs(30);
/// How often each start is measured.
const STARTS: usize = 5;

/// How `whistle serve` starts.
pub(crate) struct Started {
    /// What was started.
    pub(crate) what: &'static str,
    /// With nothing there: keys and schemas are made.
    pub(crate) first: Duration,
    /// The middle one of the later starts.
    pub(crate) later: Duration,
    /// The resident memory at rest after the last start, in KiB, as Linux counts it.
    pub(crate) memory: u64,
}

/// The program that stands beside this one.
pub(crate) fn program() -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    // This one lies in `deps`.
    let folder = this.parent().and_then(Path::parent).context("the folder of the programs")?;
    let program = folder.join("whistle");
    if !program.exists() {
        bail!("build the program first: `cargo xtask bench` does");
    }
    Ok(program)
}

/// Measures both sizes.
pub(crate) fn measure() -> Result<Vec<Started>> {
    let program = program()?;
    let folder = TempDir::new()?;
    let embedded = measure_one("on SQLite", || {
        let mut command = Command::new(&program);
        command.arg("serve").arg("--data-dir").arg(folder.path().join("embedded"));
        command
    })?;
    // The keys that the embedded size has made; with PostgreSQL none are made.
    let keys = folder.path().join("embedded").join("keys");
    let (database, vhost) = (Database::create("start")?, Vhost::create("start")?);
    let real = measure_one("on PostgreSQL and RabbitMQ", || {
        let mut command = Command::new(&program);
        command.arg("serve").arg("--data-dir").arg(folder.path().join("real"));
        command.args(["--database-url", &database.url(), "--amqp-url", &vhost.url()]);
        command.env("WHISTLE_SEALING_KEY_FILE", keys.join("sealing.key"));
        command.env("WHISTLE_PAGE_KEY_FILE", keys.join("page.key"));
        command.env("WHISTLE_DATA_KEY_FILE", keys.join("data.key"));
        command.env("WHISTLE_JWKS", keys.join("jwks.json"));
        command
    })?;
    Ok(vec![embedded, real])
}

fn measure_one(what: &'static str, command: impl Fn() -> Command) -> Result<Started> {
    let (first, running) = start(command())?;
    running.end()?;
    let mut later = Vec::with_capacity(STARTS);
    let mut memory = 0;
    for number in 1..=STARTS {
        let (span, running) = start(command())?;
        later.push(span);
        if number == STARTS {
            memory = running.memory_at_rest()?;
        }
        running.end()?;
    }
    later.sort_unstable();
    Ok(Started { what, first, later: later[STARTS / 2], memory })
}

/// A running program, ended when it is dropped.
struct Running {
    child: Child,
    // Kept open, because the program writes on.
    lines: BufReader<ChildStdout>,
}

/// From the start of the process until it says that it is ready.
fn start(mut command: Command) -> Result<(Duration, Running)> {
    command.args(["--listen", "127.0.0.1:0"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let start = Instant::now();
    let mut child = command.spawn().context("starting the program")?;
    let lines = BufReader::new(child.stdout.take().context("its output is piped")?);
    let mut running = Running { child, lines };
    let mut line = String::new();
    while !line.contains("ready") {
        line.clear();
        if running.lines.read_line(&mut line)? == 0 {
            bail!("the program ended before it was ready");
        }
    }
    Ok((start.elapsed(), running))
}

impl Running {
    fn memory_at_rest(&self) -> Result<u64> {
        let begin = Instant::now();
        let rested = || Ok((RESTS_FOR < begin.elapsed()).then_some(()));
        wait_until("rest", RESTS_FOR * 2, rested)?;
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).context("its memory")?;
        Ok(kib.trim().parse()?)
    }

    /// Tells it to stop, and waits.
    fn end(mut self) -> Result<()> {
        let stop = format!("kill -s TERM {}", self.child.id());
        Command::new("sh").args(["-c", &stop]).status()?;
        wait_until("the end", ENDS_WITHIN, || Ok(self.child.try_wait()?))?;
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
