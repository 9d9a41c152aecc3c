//! A private RabbitMQ node on loopback ports.

use std::fs::{self, OpenOptions};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::OpenOptionsExt as _;
use std::process::Child;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::http;
use super::install::rabbitmq_server;
use super::scratch::{Scratch, random_name};
use super::wait::{free_ports, wait_until};

const LOG: &str = "rabbitmq.log";
/// A node needs 4 to 17 s, measured on two busy cores.
const READY_WITHIN: Duration = Duration::from_secs(120);

/// A RabbitMQ node of its own, user and password `guest`, with the management plugin.
#[derive(Debug)]
pub struct RabbitMq {
    amqp: u16,
    distribution: u16,
    epmd: u16,
    management: u16,
    node: Option<Child>,
    name_server: Option<Child>,
    scratch: Scratch,
}

impl RabbitMq {
    /// Starts a node and waits until it takes connections.
    pub fn start() -> Result<RabbitMq> {
        for _ in 0..2 {
            match RabbitMq::start_once() {
                Err(error) if format!("{error:?}").contains("eaddrinuse") => {}
                done => return done,
            }
        }
        RabbitMq::start_once()
    }

    fn start_once() -> Result<RabbitMq> {
        let scratch = Scratch::new()?;
        let [amqp, distribution, epmd, management] = free_ports()?;
        let (node, name_server) = (None, None);
        let mut rabbitmq =
            RabbitMq { amqp, distribution, epmd, management, node, name_server, scratch };
        rabbitmq.prepare()?;
        rabbitmq.restart()?;
        Ok(rabbitmq)
    }

    /// The node, without a vhost.
    #[must_use]
    pub fn server_url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}", self.amqp)
    }

    /// Where a vhost is reached; `%2f` is the one that is there from the start.
    #[must_use]
    pub fn amqp_url(&self, vhost: &str) -> String {
        format!("{}/{vhost}", self.server_url())
    }

    /// Where the management plugin answers: `host:port`.
    #[must_use]
    pub fn management_address(&self) -> String {
        format!("127.0.0.1:{}", self.management)
    }

    /// Makes an empty vhost; it takes about 15 ms.
    pub fn create_vhost(&self, name: &str) -> Result<()> {
        create_vhost(&self.management_address(), name)
    }

    /// Asks the management plugin, as guest; a status other than 2xx is an error.
    pub fn manage(&self, method: &str, path: &str, body: &str) -> Result<String> {
        http::call(&self.management_address(), method, path, body)
    }

    /// Ends the node as a power switch would: SIGKILL.
    pub fn kill(&mut self) -> Result<()> {
        if let Some(mut node) = self.node.take() {
            node.kill()?;
            node.wait()?;
        }
        Ok(())
    }

    /// Starts the node on the same data and ports, after a kill or instead of the running one.
    pub fn restart(&mut self) -> Result<()> {
        self.kill()?;
        if self.name_server.is_none() {
            // Our own in the foreground: the node would leave a daemon behind.
            let mut epmd = self.scratch.command("epmd", LOG)?;
            epmd.args(["-port", &self.epmd.to_string(), "-address", "127.0.0.1"]);
            self.name_server = Some(epmd.spawn().context("running epmd, which comes with Erlang")?);
        }
        let mut node = self.spawn()?;
        let port = self.amqp;
        wait_until("RabbitMQ answers", READY_WITHIN, || {
            if let Some(status) = node.try_wait()? {
                bail!("RabbitMQ ended: {status}");
            }
            Ok(answers(port).then_some(()))
        })
        .with_context(|| self.scratch.tail(LOG))?;
        self.node = Some(node);
        Ok(())
    }

    fn prepare(&self) -> Result<()> {
        let path = self.scratch.path();
        for folder in ["mnesia", "log", "home"] {
            fs::create_dir(path.join(folder))?;
        }
        // Erlang refuses a cookie that others can read.
        let cookie = path.join("home/.erlang.cookie");
        let cookie = OpenOptions::new().create_new(true).write(true).mode(0o400).open(cookie);
        cookie?.write_all(random_name()?.as_bytes())?;
        fs::write(path.join("enabled_plugins"), "[rabbitmq_management].\n")?;
        let (amqp, management) = (self.amqp, self.management);
        let configuration = format!(
            "listeners.tcp.local = 127.0.0.1:{amqp}\n\
             management.tcp.ip = 127.0.0.1\n\
             management.tcp.port = {management}\n\
             log.console = true\n\
             log.console.level = warning\n\
             log.file = false\n\
             disk_free_limit.absolute = 50MB\n\
             vm_memory_high_watermark.absolute = 1GB\n"
        );
        fs::write(path.join("rabbitmq.conf"), configuration)?;
        Ok(())
    }

    /// The child is the node itself: with input allowed the script ends in `exec erl`.
    fn spawn(&self) -> Result<Child> {
        let mut command = self.scratch.command(rabbitmq_server()?, LOG)?;
        let here = |name: &str| self.scratch.path().join(name);
        command.env_clear();
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.env("LANG", "C.UTF-8").env("HOME", here("home"));
        command.env("ERL_EPMD_PORT", self.epmd.to_string()).env("ERL_EPMD_ADDRESS", "127.0.0.1");
        command.env("RABBITMQ_NODENAME", format!("whistle{}@localhost", self.amqp));
        command.env("RABBITMQ_NODE_PORT", self.amqp.to_string());
        command.env("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
        command.env("RABBITMQ_DIST_PORT", self.distribution.to_string());
        command.env("RABBITMQ_CONF_ENV_FILE", "/dev/null");
        command.env("RABBITMQ_CONFIG_FILE", here("rabbitmq"));
        command.env("RABBITMQ_MNESIA_BASE", here("mnesia"));
        command.env("RABBITMQ_LOG_BASE", here("log"));
        command.env("RABBITMQ_ENABLED_PLUGINS_FILE", here("enabled_plugins"));
        command.env("RABBITMQ_PID_FILE", here("node.pid"));
        command.env("RABBITMQ_ALLOW_INPUT", "1");
        let arguments = "-kernel inet_dist_use_interface {127,0,0,1} -noinput";
        command.env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", arguments);
        command.spawn().with_context(|| format!("running {command:?}"))
    }
}

impl Drop for RabbitMq {
    fn drop(&mut self) {
        let _ = self.kill();
        if let Some(mut epmd) = self.name_server.take() {
            let _ = epmd.kill();
            let _ = epmd.wait();
        }
    }
}

/// Makes an empty vhost through the management plugin, which lets `guest` in.
pub(super) fn create_vhost(management: &str, name: &str) -> Result<()> {
    http::call(management, "PUT", &format!("/api/vhosts/{name}"), "")?;
    let all = r#"{"configure":".*","write":".*","read":".*"}"#;
    http::call(management, "PUT", &format!("/api/permissions/{name}/guest"), all)?;
    Ok(())
}

/// Whether a node at this port answers AMQP's greeting: it opens the port last of all.
fn answers(port: u16) -> bool {
    let greet = || -> std::io::Result<[u8; 1]> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(b"AMQP\0\0\x09\x01")?;
        let mut first = [0];
        stream.read_exact(&mut first)?;
        Ok(first)
    };
    greet().is_ok()
}
