//! A session of one's own at a database: it looks around, and holds what it has locked until it goes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, bail};

use super::install::postgres_programs;

/// What psql says when it has done what it was asked.
const DONE: &str = "-- done --";

/// A session in psql. Dropped, it ends, and gives back whatever it holds.
#[derive(Debug)]
pub struct Session {
    psql: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Session {
    /// A session at the database of this address.
    pub fn open(url: &str) -> Result<Session> {
        let mut psql = Command::new(postgres_programs()?.join("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url]);
        psql.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut psql = psql.spawn().context("running psql")?;
        let asks = psql.stdin.take().context("its input")?;
        let answers = BufReader::new(psql.stdout.take().context("its output")?);
        Ok(Session { psql, asks, answers })
    }

    /// Runs a statement and gives its rows, a line each; within a transaction that `BEGIN` began it
    /// keeps its locks.
    pub fn run(&mut self, sql: &str) -> Result<String> {
        writeln!(self.asks, "{sql};\n\\echo '{DONE}'")?;
        self.asks.flush()?;
        let mut rows = Vec::new();
        loop {
            let mut line = String::new();
            if self.answers.read_line(&mut line)? == 0 {
                bail!("psql refused: {sql}");
            }
            if line.trim_end() == DONE {
                return Ok(rows.join("\n"));
            }
            rows.push(line.trim_end().to_owned());
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.psql.kill();
        let _ = self.psql.wait();
    }
}
