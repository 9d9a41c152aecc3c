//! A small HTTP receiver of webhooks, which may be away and come back on the same port.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// How long a caller may take to say what it wants.
const READ_WITHIN: Duration = Duration::from_secs(5);

/// What was posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The headers, their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
    /// The status that it was answered with.
    pub status: u16,
}

/// A receiver. Dropping it ends it.
pub struct Receiver {
    port: u16,
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
}

struct Shared {
    posted: Mutex<Vec<Posted>>,
    status: AtomicU16,
    ends: AtomicBool,
}

impl Receiver {
    /// One that listens and answers 200.
    pub fn start() -> Result<Receiver> {
        let mut receiver = Receiver::away()?;
        receiver.come_back()?;
        Ok(receiver)
    }

    /// One that has its port, on which nobody listens yet.
    pub fn away() -> Result<Receiver> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let shared = Arc::new(Shared {
            posted: Mutex::default(),
            status: AtomicU16::new(200),
            ends: AtomicBool::new(false),
        });
        Ok(Receiver { port, shared, listening: None })
    }

    /// Where to post.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/notices", self.port)
    }

    /// From now on everything is answered with this status.
    pub fn answer(&self, status: u16) {
        self.shared.status.store(status, Ordering::SeqCst);
    }

    /// Everything that was posted, in order, whatever the answer.
    #[must_use]
    pub fn posted(&self) -> Vec<Posted> {
        self.shared.posted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Listens again.
    pub fn come_back(&mut self) -> Result<()> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port))?;
        self.shared.ends.store(false, Ordering::SeqCst);
        let shared = Arc::clone(&self.shared);
        self.listening = Some(std::thread::spawn(move || listen(&listener, &shared)));
        Ok(())
    }

    /// Hears nothing any more; whoever connects is refused.
    pub fn go_away(&mut self) {
        let Some(listening) = self.listening.take() else { return };
        self.shared.ends.store(true, Ordering::SeqCst);
        // It waits for somebody to come.
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
        drop(listening.join());
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.go_away();
    }
}

fn listen(listener: &TcpListener, shared: &Shared) {
    for stream in listener.incoming() {
        if shared.ends.load(Ordering::SeqCst) {
            return;
        }
        // Who breaks off comes again.
        drop(stream.map_err(anyhow::Error::from).and_then(|stream| hear(stream, shared)));
    }
}

fn hear(mut stream: TcpStream, shared: &Shared) -> Result<()> {
    stream.set_read_timeout(Some(READ_WITHIN))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut headers = BTreeMap::new();
    let mut line = String::new();
    reader.read_line(&mut line)?;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length: usize = headers.get("content-length").context("no length")?.parse()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let status = shared.status.load(Ordering::SeqCst);
    let posted = Posted { headers, body: String::from_utf8(body)?, status };
    shared.posted.lock().unwrap_or_else(PoisonError::into_inner).push(posted);
    write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
    Ok(())
}
