//! `whistle serve` as a process of its own, and the folder that it works in.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use jiff::SignedDuration;
use journal::{Clock as _, SystemClock, SystemEntropy};
use runtime::keys::{KeyFiles, TokenKey};
use runtime::token::{Claims, issue};
use testkit::caller::As;
use testkit::infra::Scratch;
use testkit::{Caller, eventually};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tonic::transport::{Channel, Endpoint};

const ZONE: &str = "live";
/// How long a start may take on a busy machine.
pub(crate) const START_WITHIN: Duration = Duration::from_secs(30);
/// How long a call may take: whoever is killed does not answer.
const CALL_WITHIN: Duration = Duration::from_secs(5);

/// The folder of a zone: its settings and keys. What runs in it ends with the test.
pub(crate) struct Home {
    scratch: Scratch,
    key: TokenKey,
}

impl Home {
    /// A zone on SQLite.
    pub(crate) fn embedded() -> Result<Home> {
        Home::with("")
    }

    /// A zone on PostgreSQL and RabbitMQ, whose processes share keys.
    pub(crate) fn real(database: &str, amqp: &str) -> Result<Home> {
        let home = Home::with("")?;
        let files = KeyFiles::within(&home.data());
        let file = |path: &Path| format!("{:?}", path.display().to_string());
        let settings = [
            format!("database_url = {database:?}"),
            format!("amqp_url = {amqp:?}"),
            format!("sealing_key_file = {}", file(&files.sealing)),
            format!("page_key_file = {}", file(&files.page)),
            format!("data_key_file = {}", file(&files.data)),
            format!("jwks = {}", file(&files.jwks)),
        ];
        home.configure(&settings.join("\n"))?;
        Ok(home)
    }

    /// A zone on SQLite with these receivers of notices, as TOML; their secrets are in `secret`.
    pub(crate) fn with_notices(receivers: &str) -> Result<Home> {
        let home = Home::with("")?;
        fs::write(home.scratch.path().join("secret"), "a secret of a live zone")?;
        let file = home.scratch.path().join("notices.toml");
        fs::write(&file, receivers)?;
        home.configure(&format!("notices_file = {:?}", file.display().to_string()))?;
        Ok(home)
    }

    fn with(settings: &str) -> Result<Home> {
        let scratch = Scratch::new()?;
        let key = KeyFiles::within(&scratch.path().join("data")).make(&SystemEntropy)?;
        let home = Home { scratch, key };
        home.configure(settings)?;
        Ok(home)
    }

    fn configure(&self, settings: &str) -> Result<()> {
        let own = format!("zone = {ZONE:?}\ndata_dir = {:?}\n", self.data().display().to_string());
        let log = "\n[log]\nfilter = \"debug,sqlx=info,h2=info,hyper=info\"\n";
        fs::write(self.scratch.path().join("whistle.toml"), format!("{own}{settings}\n{log}"))?;
        Ok(())
    }

    /// Where its data and keys lie.
    pub(crate) fn data(&self) -> PathBuf {
        self.scratch.path().join("data")
    }

    /// Starts a process; it need not be ready.
    pub(crate) fn serve(&self, name: &str, flags: &[&str]) -> Result<Program> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let log = self.scratch.path().join(format!("{name}.log"));
        let flags: Vec<String> = flags.iter().map(ToString::to_string).collect();
        let mut program = Program { name: name.to_owned(), port, flags, log, child: None };
        program.start(self)?;
        Ok(program)
    }

    /// Starts one service as a process.
    pub(crate) fn serve_only(&self, name: &str, service: &str) -> Result<Program> {
        self.serve(name, &["--only", service])
    }

    /// A channel on which somebody calls a process; it connects anew when that was killed.
    pub(crate) fn caller(&self, person: &str, program: &Program) -> Result<Caller> {
        Ok(As::new(self.token(person)?).on(program.channel()?))
    }

    /// The token of a person.
    pub(crate) fn token(&self, person: &str) -> Result<String> {
        let until = SystemClock.now() + SignedDuration::from_hours(1);
        let claims = Claims::new(format!("persons/{person}"), ZONE, until);
        Ok(issue(&self.key.key, &self.key.id, &claims)?)
    }

    /// Runs the program once, as an operator does, against some processes; gives its exit code
    /// and what it said.
    pub(crate) fn operate(
        &self,
        arguments: &[&str],
        programs: &[&Program],
    ) -> Result<(Option<i32>, String)> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_whistle"));
        command.args(arguments).args(["--token", &self.token("admin")?]);
        for program in programs {
            command.args(["--address", &program.address()]);
        }
        let output = command.current_dir(self.scratch.path()).output()?;
        let said = [output.stdout, output.stderr].concat();
        Ok((output.status.code(), String::from_utf8_lossy(&said).into_owned()))
    }
}

/// A process that serves.
pub(crate) struct Program {
    name: String,
    port: u16,
    flags: Vec<String>,
    log: PathBuf,
    child: Option<Child>,
}

impl Program {
    /// Starts it again, on the same port.
    pub(crate) fn start(&mut self, home: &Home) -> Result<()> {
        let log = format!("{}.log", self.name);
        let mut command: Command = home.scratch.command(env!("CARGO_BIN_EXE_whistle"), &log)?;
        command.arg("serve").args(["--listen", &format!("127.0.0.1:{}", self.port)]);
        command.args(&self.flags).env_remove("WHISTLE_CONFIG");
        self.child = Some(command.spawn()?);
        Ok(())
    }

    /// Ends it as a power switch would: SIGKILL.
    pub(crate) fn kill(&mut self) -> Result<()> {
        let mut child = self.child.take().context("it runs")?;
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Tells it to stop (SIGTERM) and waits until it has.
    pub(crate) fn stop(&mut self) -> Result<ExitStatus> {
        let mut child = self.child.take().context("it runs")?;
        let told = Command::new("kill").args(["-s", "TERM", &child.id().to_string()]).status()?;
        ensure!(told.success(), "it could not be told to stop");
        Ok(child.wait()?)
    }

    /// What it has written, all of it.
    pub(crate) fn told(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// The status and text of a probe.
    pub(crate) async fn probe(&self, path: &str) -> Result<(u16, String)> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await?;
        let asked = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(asked.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
        Ok((status.context("an HTTP answer")?, answer))
    }

    /// Waits until it is ready.
    pub(crate) async fn ready(&self) -> Result<()> {
        self.becomes("/readyz", 200, "", START_WITHIN).await
    }

    /// Waits until a probe gives this status, and says this.
    pub(crate) async fn becomes(
        &self,
        path: &str,
        status: u16,
        saying: &str,
        within: Duration,
    ) -> Result<()> {
        let what = format!("{} answers {path} with {status}", self.name);
        let done = eventually(&what, within, async || {
            let (answered, text) = self.probe(path).await?;
            if answered == status && text.contains(saying) { Ok(()) } else { Err(anyhow!(text)) }
        });
        done.await.with_context(|| {
            let told = self.told();
            let lines: Vec<&str> = told.lines().collect();
            lines[lines.len().saturating_sub(20)..].join("\n")
        })
    }

    /// Where it serves.
    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn channel(&self) -> Result<Channel> {
        let endpoint = Endpoint::from_shared(self.address())?;
        Ok(endpoint.timeout(CALL_WITHIN).connect_timeout(CALL_WITHIN).connect_lazy())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.child.is_some() {
            let _ = self.kill();
        }
    }
}
