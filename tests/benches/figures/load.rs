//! Clients that do one thing again and again, and how fast it went.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

/// One who does the same thing again and again, waiting for each answer.
pub(crate) trait Client: Send + 'static {
    /// Does it once; false if there is nothing left to do it to.
    fn act(&mut self) -> impl Future<Output = Result<bool>> + Send;
}

/// How fast it went.
#[derive(Clone, Debug)]
pub(crate) struct Pace {
    /// How often it was done.
    pub(crate) count: usize,
    /// In how long.
    pub(crate) within: Duration,
    /// Half of them were answered within this.
    pub(crate) p50: Duration,
    /// All but one of a hundred were.
    pub(crate) p99: Duration,
    /// What share of all cores was busy, in percent, with whatever this machine did.
    pub(crate) busy: f64,
}

impl Pace {
    /// Of these spans, the longest last.
    pub(crate) fn of(mut spans: Vec<Duration>, within: Duration, busy: f64) -> Result<Pace> {
        ensure!(10 <= spans.len(), "only {} were done in {within:?}: too few", spans.len());
        spans.sort_unstable();
        let at = |percent: usize| spans[(spans.len() - 1) * percent / 100];
        Ok(Pace { count: spans.len(), within, p50: at(50), p99: at(99), busy })
    }

    /// How many were done in a second.
    pub(crate) fn per_second(&self) -> f64 {
        self.count as f64 / self.within.as_secs_f64()
    }
}

/// Lets clients work for so long, or until nothing is left. Before that they work for a tenth of
/// the time unmeasured. An error of one ends the measuring.
pub(crate) async fn run<C: Client>(clients: Vec<C>, within: Duration) -> Result<Pace> {
    let cores = Cores::look()?;
    let begin = Instant::now() + within / 10;
    let done = work(clients, begin, begin + within).await?;
    let within = if done.ran_out { done.last.duration_since(begin) } else { within };
    Pace::of(done.spans, within, cores.busy_since()?)
}

/// The same as a preparation: how fast does not matter.
pub(crate) async fn prepare<C: Client>(clients: Vec<C>, within: Duration) -> Result<()> {
    let begin = Instant::now();
    work(clients, begin, begin + within).await.map(|_| ())
}

async fn work<C: Client>(clients: Vec<C>, begin: Instant, end: Instant) -> Result<Done> {
    let tasks: Vec<_> = clients.into_iter().map(|client| start(client, begin, end)).collect();
    let mut all = Done { spans: Vec::new(), last: begin, ran_out: false };
    for task in tasks {
        let done = task.await??;
        all.spans.extend(done.spans);
        all.last = all.last.max(done.last);
        all.ran_out |= done.ran_out;
    }
    Ok(all)
}

struct Done {
    spans: Vec<Duration>,
    last: Instant,
    ran_out: bool,
}

#[allow(clippy::disallowed_methods, reason = "clients are no part of what is measured")]
fn start<C: Client>(
    mut client: C,
    begin: Instant,
    end: Instant,
) -> tokio::task::JoinHandle<Result<Done>> {
    tokio::spawn(async move {
        let mut done = Done { spans: Vec::new(), last: begin, ran_out: false };
        loop {
            let start = Instant::now();
            if end <= start {
                return Ok(done);
            }
            if !client.act().await? {
                done.ran_out = true;
                return Ok(done);
            }
            let now = Instant::now();
            if begin <= start && now <= end {
                done.spans.push(now - start);
                done.last = now;
            }
        }
    })
}

/// What the cores have done since they were started, as Linux counts it.
pub(crate) struct Cores {
    busy: u64,
    all: u64,
}

impl Cores {
    /// Looks now.
    pub(crate) fn look() -> Result<Cores> {
        let text = fs::read_to_string("/proc/stat").context("only Linux tells what cores do")?;
        let line = text.lines().next().unwrap_or_default();
        let ticks: Vec<u64> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
        ensure!(8 <= ticks.len(), "what the cores do is told in another way: {line}");
        // user, nice, system, idle, waiting for the disk, interrupts (2), stolen by other machines
        let all: u64 = ticks[..8].iter().sum();
        Ok(Cores { busy: all - ticks[3] - ticks[4], all })
    }

    /// The share of the time since that look in which cores were busy, in percent.
    pub(crate) fn busy_since(&self) -> Result<f64> {
        let now = Cores::look()?;
        Ok(100.0 * (now.busy - self.busy) as f64 / (now.all - self.all).max(1) as f64)
    }
}
