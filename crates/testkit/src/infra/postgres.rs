//! A private PostgreSQL server on a loopback port.

use std::io;
use std::path::Path;
use std::process::{Child, Command, Output};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::install::{is_root, postgres_programs};
use super::scratch::Scratch;
use super::wait::{free_ports, wait_until};

const LOG: &str = "postgres.log";
const PORT_TAKEN: &str = "Address already in use";
const READY_WITHIN: Duration = Duration::from_secs(60);
const END_WITHIN: Duration = Duration::from_secs(5);
/// Fast, and still proof against SIGKILL: only a crash of the operating system loses a commit.
const THROWN_AWAY: &[(&str, &str)] = &[("fsync", "off")];

/// A PostgreSQL server of its own, with the superuser `whistle` and no password.
#[derive(Debug)]
pub struct Postgres {
    port: u16,
    settings: Vec<(String, String)>,
    server: Option<Child>,
    scratch: Scratch,
}

impl Postgres {
    /// Starts a server for tests: commits survive SIGKILL, but nothing is forced to the disk.
    pub fn start() -> Result<Postgres> {
        Postgres::start_with(THROWN_AWAY)
    }

    /// Starts a server with these settings, for measuring for instance (`fsync` is on by default).
    pub fn start_with(settings: &[(&str, &str)]) -> Result<Postgres> {
        let scratch = Scratch::new()?;
        let mut initdb = as_user(&scratch, "initdb", LOG)?;
        initdb.args(["-D", "data", "-U", "whistle", "-A", "trust", "-E", "UTF8", "--no-sync"]);
        initdb.arg("--locale=C.UTF-8");
        if is_root() {
            give_to_postgres(scratch.path())?;
        }
        let status = initdb.status().with_context(|| format!("running {initdb:?}"))?;
        if !status.success() {
            bail!("initdb failed:\n{}", scratch.tail(LOG));
        }
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let settings = settings.iter().map(own).collect();
        let mut postgres = Postgres { port: 0, settings, server: None, scratch };
        for _ in 0..3 {
            [postgres.port] = free_ports()?;
            match postgres.come_up(PORT_TAKEN) {
                Err(_) if postgres.scratch.tail(LOG).contains(PORT_TAKEN) => {}
                done => return done.map(|()| postgres),
            }
        }
        bail!("no free port for PostgreSQL:\n{}", postgres.scratch.tail(LOG))
    }

    /// The server, without a database.
    #[must_use]
    pub fn server_url(&self) -> String {
        format!("postgres://whistle@127.0.0.1:{}", self.port)
    }

    /// Where a database is reached.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("{}/{database}", self.server_url())
    }

    /// Makes an empty database.
    pub fn create_database(&self, name: &str) -> Result<()> {
        self.execute(&format!("CREATE DATABASE \"{name}\""))
    }

    /// Runs a statement in the database `postgres`.
    pub fn execute(&self, sql: &str) -> Result<()> {
        execute(&self.server_url(), sql)
    }

    /// Ends the server as a power switch would: SIGKILL.
    pub fn kill(&mut self) -> Result<()> {
        if let Some(mut server) = self.server.take() {
            server.kill()?;
            server.wait()?;
        }
        Ok(())
    }

    /// Starts the server on the same data and port, after a kill or instead of the running one.
    ///
    /// The processes of a killed server hold its shared memory for a moment, in which a new one
    /// gives up at once; so it is started until it stays.
    pub fn restart(&mut self) -> Result<()> {
        self.kill()?;
        self.come_up("could not access")
    }

    /// Starts the server until it stays, or gives up when the log says `hopeless`.
    fn come_up(&mut self, hopeless: &str) -> Result<()> {
        wait_until("PostgreSQL answers", READY_WITHIN, || {
            let ended = match &mut self.server {
                None => true,
                Some(server) => server.try_wait()?.is_some(),
            };
            if ended {
                if self.scratch.tail(LOG).contains(hopeless) {
                    bail!("PostgreSQL does not start");
                }
                self.server = Some(self.spawn()?);
            }
            Ok(execute(&self.server_url(), "SELECT 1").ok())
        })
        .with_context(|| self.scratch.tail(LOG))
    }

    fn spawn(&self) -> Result<Child> {
        let mut command = as_user(&self.scratch, "postgres", LOG)?;
        command.args(["-D", "data", "-p", &self.port.to_string()]);
        // No socket file, whose path may be too long, and shared memory that goes with the files.
        command.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]);
        command.args(["-c", "dynamic_shared_memory_type=mmap", "-c", "max_connections=400"]);
        for (name, value) in &self.settings {
            command.args(["-c", &format!("{name}={value}")]);
        }
        command.spawn().with_context(|| format!("running {command:?}"))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGQUIT stops it at once, too, but lets it give back its shared memory.
        if let Some(mut server) = self.server.take() {
            let quit = format!("kill -s QUIT {}", server.id());
            let _ = Command::new("sh").args(["-c", &quit]).status();
            let _ = wait_until("the end", END_WITHIN, || Ok(server.try_wait()?));
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// Runs a statement in the database `postgres` of a server.
pub(super) fn execute(server: &str, sql: &str) -> Result<()> {
    let mut psql = Command::new(postgres_programs()?.join("psql"));
    psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, "-d"]);
    let Output { status, stderr, .. } = psql.arg(format!("{server}/postgres")).output()?;
    if !status.success() {
        bail!("{sql}: {}", String::from_utf8_lossy(&stderr).trim());
    }
    Ok(())
}

/// A command of PostgreSQL, run by the user `postgres` if we are root, whom it refuses.
fn as_user(scratch: &Scratch, program: &str, log: &str) -> Result<Command> {
    let program = postgres_programs()?.join(program);
    if !is_root() {
        return scratch.command(program, log);
    }
    let mut command = scratch.command("setpriv", log)?;
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]).arg(program);
    Ok(command)
}

fn give_to_postgres(path: &Path) -> Result<()> {
    let status = Command::new("chown").arg("-R").arg("postgres:").arg(path).status()?;
    if !status.success() {
        return Err(io::Error::other("chown failed")).context("root needs the user `postgres`");
    }
    Ok(())
}
