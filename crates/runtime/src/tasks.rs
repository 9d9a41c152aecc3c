//! Tasks: the runtime knows each one, what its end means, and waits for all before it ends.

use std::any::Any;
use std::collections::BTreeMap;
use std::error::Error;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

use crate::fault::chain;

/// What the end of a task means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It works until the process is told to stop; any earlier end stops the process.
    Forever,
    /// It does one thing; its failure is logged, the process goes on.
    Once,
}

/// A task that must not end did.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the task {name} ended: {cause}")]
pub struct TaskEnded {
    /// The task.
    pub name: String,
    /// Its error, its panic, or that it simply returned.
    pub cause: String,
}

/// Tasks that did not end in time and were cut off.
#[derive(Clone, Debug, thiserror::Error)]
#[error("cut off, because they did not end within {within:?}: {}", names.join(", "))]
pub struct Undrained {
    /// The tasks.
    pub names: Vec<String>,
    /// The time they had.
    pub within: Duration,
}

/// What a task may end with: nothing, or a result.
pub trait Outcome: Send + 'static {
    /// The error, if it was one.
    fn failure(self) -> Option<Box<dyn Error + Send + Sync>>;
}

impl Outcome for () {
    fn failure(self) -> Option<Box<dyn Error + Send + Sync>> {
        None
    }
}

impl<E: Into<Box<dyn Error + Send + Sync>> + Send + 'static> Outcome for Result<(), E> {
    fn failure(self) -> Option<Box<dyn Error + Send + Sync>> {
        self.err().map(Into::into)
    }
}

/// Every task of a process. Clones are handles of the same.
#[derive(Clone, Debug, Default)]
pub struct Tasks(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    stopping: CancellationToken,
    running: Mutex<Running>,
    count: watch::Sender<usize>,
    ended: watch::Sender<Option<TaskEnded>>,
}

#[derive(Debug, Default)]
struct Running {
    last: u64,
    by_number: BTreeMap<u64, (String, AbortHandle)>,
}

impl Tasks {
    /// No tasks yet.
    pub fn new() -> Tasks {
        Tasks::default()
    }

    /// Starts a task. Its panic is caught and counts as its failure.
    #[allow(clippy::disallowed_methods, reason = "the one place where tasks are made")]
    pub fn spawn<F>(&self, name: impl Into<String>, kind: Kind, future: F)
    where
        F: Future<Output: Outcome> + Send + 'static,
    {
        let name = name.into();
        let tasks = self.clone();
        // Held until the task is written down, so that it cannot end before.
        let mut running = self.running();
        running.last += 1;
        let number = running.last;
        let named = name.clone();
        let task = tokio::spawn(async move {
            let end = AssertUnwindSafe(future).catch_unwind().await;
            let end = end.map_err(|panic| panic_text(&*panic)).map(Outcome::failure);
            tasks.ended(number, &named, kind, end);
        });
        running.by_number.insert(number, (name, task.abort_handle()));
        self.0.count.send_replace(running.by_number.len());
    }

    /// Runs what would block a thread of the runtime, such as reading from a blocking client.
    pub async fn blocking<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, TaskEnded> {
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|error| TaskEnded { name: name.into(), cause: error.to_string() })
    }

    /// Cancelled when the process is to stop. Every task of [`Kind::Forever`] heeds it.
    pub fn stopping(&self) -> CancellationToken {
        self.0.stopping.clone()
    }

    /// Tells every task to stop.
    pub fn stop(&self) {
        self.0.stopping.cancel();
    }

    /// Waits until a task ended that must not; it has already told the others to stop.
    pub async fn failed(&self) -> TaskEnded {
        let mut ended = self.0.ended.subscribe();
        loop {
            if let Some(failure) = ended.borrow_and_update().clone() {
                return failure;
            }
            // The sender lives as long as `self`: an error cannot come.
            let _ = ended.changed().await;
        }
    }

    /// The task that ended and must not have, if there is one.
    pub fn failure(&self) -> Option<TaskEnded> {
        self.0.ended.borrow().clone()
    }

    /// The names of the tasks that are running.
    pub fn names(&self) -> Vec<String> {
        self.running().by_number.values().map(|(name, _)| name.clone()).collect()
    }

    /// Tells every task to stop and waits for them; those that take longer are cut off.
    pub async fn drain(&self, within: Duration) -> Result<(), Undrained> {
        self.stop();
        let mut count = self.0.count.subscribe();
        let empty = count.wait_for(|count| *count == 0);
        if tokio::time::timeout(within, empty).await.is_ok() {
            return Ok(());
        }
        let mut running = self.running();
        let left = std::mem::take(&mut running.by_number);
        self.0.count.send_replace(0);
        for (_, task) in left.values() {
            task.abort();
        }
        let names: Vec<String> = left.into_values().map(|(name, _)| name).collect();
        if names.is_empty() { Ok(()) } else { Err(Undrained { names, within }) }
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ended(&self, number: u64, name: &str, kind: Kind, end: Result<Failure, String>) {
        let cause = match end {
            Ok(None) => None,
            Ok(Some(error)) => Some(chain(&*error)),
            Err(panic) => Some(format!("panicked: {panic}")),
        };
        let stopping = self.0.stopping.is_cancelled();
        match (kind, cause) {
            (Kind::Forever, cause) if !stopping => {
                let cause = cause.unwrap_or_else(|| "it returned".into());
                tracing::error!(task = name, cause, "a task that must not end did: stopping");
                let failure = TaskEnded { name: name.into(), cause };
                self.0.ended.send_if_modified(|first| {
                    let is_first = first.is_none();
                    first.get_or_insert(failure);
                    is_first
                });
                self.stop();
            }
            (Kind::Once | Kind::Forever, Some(cause)) => {
                tracing::error!(task = name, cause, "a task failed");
            }
            (Kind::Once | Kind::Forever, None) => tracing::debug!(task = name, "a task ended"),
        }
        let mut running = self.running();
        running.by_number.remove(&number);
        self.0.count.send_replace(running.by_number.len());
    }
}

impl Default for Inner {
    fn default() -> Inner {
        Inner {
            stopping: CancellationToken::new(),
            running: Mutex::default(),
            count: watch::Sender::new(0),
            ended: watch::Sender::new(None),
        }
    }
}

type Failure = Option<Box<dyn Error + Send + Sync>>;

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "?".into())
}

#[cfg(test)]
mod tests;
