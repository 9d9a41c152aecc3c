//! What the simulated bank knows, on disk: the orders that it took, and the reports that it owes.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use journal::Entropy;
use serde::{Deserialize, Serialize};

use super::BankError;
use crate::rail::write_whole;

/// A report that the bank owes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Planned {
    /// When it is due.
    pub(super) due_at: Timestamp,
    /// What its file is called.
    pub(super) name: String,
    /// What it holds.
    pub(super) content: String,
}

/// Whether an order was taken before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// It was not.
    No,
    /// It was.
    Same,
    /// Another of its name was.
    Other,
}

/// The state of a bank, and the file that it lies in. While it is open no other bank opens it.
pub(super) struct State {
    path: PathBuf,
    entropy: Arc<dyn Entropy>,
    kept: Kept,
    _lock: File,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    /// The orders that were taken: their id, and the SHA-256 of the file.
    orders: BTreeMap<String, String>,
    /// The reports that are owed.
    owed: Vec<Planned>,
}

impl State {
    /// Reads the state, if there is any.
    pub(super) async fn open(path: PathBuf, entropy: Arc<dyn Entropy>) -> Result<State, BankError> {
        let failed = |cause| BankError::State { path: path.clone(), cause };
        let lock = lock(&path).map_err(failed)?;
        let Some(lock) = lock else { return Err(BankError::Taken { path }) };
        let kept = match tokio::fs::read(&path).await {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|cause| BankError::Damaged { path: path.clone(), cause })?,
            Err(fault) if fault.kind() == ErrorKind::NotFound => Kept::default(),
            Err(fault) => return Err(failed(fault)),
        };
        Ok(State { path, entropy, kept, _lock: lock })
    }

    /// Whether an order was taken before.
    pub(super) fn known(&self, order: &str, sha256: &str) -> Known {
        match self.kept.orders.get(order) {
            None => Known::No,
            Some(known) if known == sha256 => Known::Same,
            Some(_) => Known::Other,
        }
    }

    /// Takes an order, and owes these reports from now on.
    pub(super) async fn learn(
        &mut self,
        order: &str,
        sha256: String,
        reports: Vec<Planned>,
    ) -> Result<(), BankError> {
        let mut next = self.kept.clone();
        next.orders.insert(order.to_owned(), sha256);
        next.owed.extend(reports);
        self.keep(next).await
    }

    /// The reports that are due by now, in the order in which they became so.
    pub(super) fn due(&self, now: Timestamp) -> Vec<Planned> {
        let mut due: Vec<Planned> =
            self.kept.owed.iter().filter(|report| report.due_at <= now).cloned().collect();
        due.sort_by(|one, other| (one.due_at, &one.name).cmp(&(other.due_at, &other.name)));
        due
    }

    /// When the next report is due.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.kept.owed.iter().map(|report| report.due_at).min()
    }

    /// Owes these no longer.
    pub(super) async fn told(&mut self, reports: &[Planned]) -> Result<(), BankError> {
        if reports.is_empty() {
            return Ok(());
        }
        let mut next = self.kept.clone();
        next.owed.retain(|owed| !reports.contains(owed));
        self.keep(next).await
    }

    /// Nothing is known before it is safe on the disk.
    async fn keep(&mut self, next: Kept) -> Result<(), BankError> {
        let damaged = |cause| BankError::Damaged { path: self.path.clone(), cause };
        let bytes = serde_json::to_vec(&next).map_err(damaged)?;
        let (folder, name) = parts(&self.path);
        let written = write_whole(folder, &name, &bytes, self.entropy.as_ref()).await;
        written.map_err(|cause| BankError::State { path: self.path.clone(), cause })?;
        self.kept = next;
        Ok(())
    }
}

/// The lock beside a state; `None` if another has it. It ends with the process, however that ends.
fn lock(path: &Path) -> io::Result<Option<File>> {
    let (folder, name) = parts(path);
    std::fs::create_dir_all(folder)?;
    let file = File::create(folder.join(format!("{name}.lock")))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(fault)) => Err(fault),
    }
}

/// The folder and the name of a file.
fn parts(path: &Path) -> (&Path, String) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    (folder.unwrap_or(Path::new(".")), name)
}
