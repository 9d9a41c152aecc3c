//! Waiting for something to become true, with a deadline; and free ports to wait for.

use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Looks until `look` gives a value; an error of `look` ends the waiting at once.
pub fn wait_until<T>(
    what: &str,
    within: Duration,
    mut look: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let start = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if within < start.elapsed() {
            bail!("{what}: not within {} s", within.as_secs());
        }
        pause();
    }
}

#[expect(clippy::disallowed_methods, reason = "another process tells nobody that it is ready")]
fn pause() {
    std::thread::sleep(LOOK_EVERY);
}

/// Loopback ports that are free now, all different. Another process may take one before it is
/// used, so that who starts a server tries again with others.
pub(super) fn free_ports<const N: usize>() -> Result<[u16; N]> {
    let mut held = Vec::with_capacity(N);
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}
