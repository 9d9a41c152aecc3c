//! One small HTTP/1.1 call to RabbitMQ's management address, as guest.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// `guest:guest`, which RabbitMQ lets in over loopback alone.
const GUEST: &str = "Z3Vlc3Q6Z3Vlc3Q=";

/// Calls and gives back the answer's body; a status other than 2xx is an error.
pub(super) fn call(address: &str, method: &str, path: &str, body: &str) -> Result<String> {
    let mut stream = TcpStream::connect(address).with_context(|| format!("reaching {address}"))?;
    stream.set_read_timeout(Some(ANSWER_WITHIN))?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Basic {GUEST}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("no HTTP answer")?;
    if !head.starts_with("HTTP/1.1 2") {
        bail!("{method} {path}: {}", head.lines().next().unwrap_or_default());
    }
    Ok(body.to_owned())
}
