//! What was measured on: the machine, its disk, the versions. Told by the machine itself.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use journal::statement::find;
use journal::{Clock as _, SystemClock};
use sea_orm::DatabaseConnection;
use tempfile::TempDir;

use crate::ground::{Engine, Ground};

/// How long the disk is tried.
const TRIES_FOR: Duration = Duration::from_secs(2);

/// Lines of a table: what, and how it is.
pub(crate) type Facts = Vec<(&'static str, String)>;

/// The machine, before anything runs.
pub(crate) fn machine() -> Result<Facts> {
    let folder = TempDir::new()?;
    let load = fs::read_to_string("/proc/loadavg")?;
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    let memory = field("/proc/meminfo", "MemTotal:").context("the memory")?;
    let kib: f64 = memory.trim_end_matches(" kB").parse()?;
    let system = field("/etc/os-release", "PRETTY_NAME=").unwrap_or_else(|| "Linux".to_owned());
    let kernel = said("uname", &["-r"], folder.path());
    let files = said("stat", &["-f", "-c", "%T", "."], folder.path());
    Ok(vec![
        ("Date (UTC)", SystemClock.now().strftime("%Y-%m-%d").to_string()),
        ("Processor", field("/proc/cpuinfo", "model name").unwrap_or_default()),
        ("Cores", std::thread::available_parallelism()?.to_string()),
        ("Memory", format!("{:.1} GiB", kib / 1024.0 / 1024.0)),
        ("System", format!("{}, kernel {kernel}", system.trim_matches('"'))),
        (
            "Disk",
            format!(
                "{:.0} fdatasync/s of 8 KiB each, one after another ({files})",
                disk(folder.path())?
            ),
        ),
        ("Load before", format!("{load} (processes that wanted to run, over the last minute)")),
    ])
}

/// The versions of what was measured, and how PostgreSQL keeps what is committed.
pub(crate) async fn versions() -> Result<Facts> {
    let embedded = Ground::prepare(Engine::Sqlite)?.alone(request::SERVICE).await?;
    let sqlite = text(embedded.house.known.read(), "SELECT sqlite_version()").await?;
    embedded.stop().await?;
    let ground = Ground::prepare(Engine::Postgres)?;
    let real = ground.alone(request::SERVICE).await?;
    let read = real.house.known.read();
    let postgres = text(read, "SHOW server_version").await?;
    let fsync = text(read, "SHOW fsync").await?;
    let commit = text(read, "SHOW synchronous_commit").await?;
    anyhow::ensure!(fsync == "on", "this PostgreSQL keeps nothing: use `cargo xtask bench`");
    real.stop().await?;
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rabbit = broker_version(&testkit::infra::amqp_url()?).unwrap_or_default();
    Ok(vec![
        (
            "whistle",
            format!(
                "{} ({}), release build by {}",
                env!("CARGO_PKG_VERSION"),
                said("git", &["rev-parse", "--short", "HEAD"], here),
                said("rustc", &["--version"], here)
            ),
        ),
        ("SQLite", format!("{sqlite}, WAL, synchronous=FULL")),
        ("PostgreSQL", format!("{postgres}, fsync={fsync}, synchronous_commit={commit}")),
        ("RabbitMQ", format!("{rabbit}, quorum queues on one node")),
    ])
}

/// How often a second the disk takes what is written, one after another.
fn disk(folder: &Path) -> Result<f64> {
    let mut file = File::create(folder.join("disk"))?;
    let page = [0x5a; 8192];
    file.write_all(&page)?;
    file.sync_all()?;
    let (start, mut count) = (Instant::now(), 0_u32);
    while start.elapsed() < TRIES_FOR {
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&page)?;
        file.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / start.elapsed().as_secs_f64())
}

/// What a broker tells of itself when it is greeted (AMQP 0-9-1, `connection.start`).
fn broker_version(url: &str) -> Option<String> {
    let address = url.rsplit('@').next()?;
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(2))).ok()?;
    stream.write_all(b"AMQP\0\0\x09\x01").ok()?;
    let mut greeting = [0; 4096];
    let length = stream.read(&mut greeting).ok()?;
    // A long string: its length in four bytes, then its text.
    let name = b"\x07versionS";
    let at = greeting[..length].windows(name.len()).position(|part| part == name)? + name.len();
    let length = usize::from(*greeting.get(at + 3)?);
    String::from_utf8(greeting.get(at + 4..at + 4 + length)?.to_vec()).ok()
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim_start_matches([' ', '\t', ':']).trim().to_owned())
}

/// What a program says; nothing if there is none.
fn said(program: &str, arguments: &[&str], folder: &Path) -> String {
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let output = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).trim().to_owned()
}

async fn text(on: &DatabaseConnection, sql: &str) -> Result<String> {
    let row = find(on, sql, []).await?.context("a setting")?;
    Ok(row.try_get_by_index(0)?)
}
