//! What was left behind among the files is cleared away: drafts of uploads that ended in the middle,
//! and files that nothing came to name, because the rules refused them or the process died.

use std::path::Path as Folder;
use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use jiff::{SignedDuration, Timestamp};
use journal::{Clock, Trouble};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use tokio_util::sync::CancellationToken;

use super::{DRAFTS, Objects, Place, sha256_from, unavailable};
use crate::refusal::Refusal;

/// What is younger than this may still be on its way.
const LEFT_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// How long between two sweeps.
const SWEEP_EVERY: SignedDuration = SignedDuration::from_hours(6);

/// Who knows which files of a service are named by something of it.
#[async_trait]
pub trait Names: Send + Sync {
    /// Whether anything names the file with this SHA-256, 64 hex digits.
    async fn is_named(&self, sha256: &str) -> Result<bool, Trouble>;
}

/// Sweeps now and then, until it is told to stop. What fails is tried again the next time.
pub async fn run(objects: Objects, clock: Arc<dyn Clock>, stop: CancellationToken) {
    let mut next = after_a_while(clock.now());
    while stop.run_until_cancelled(clock.reach(next)).await.is_some() {
        if clock.now() < next {
            continue;
        }
        next = after_a_while(clock.now());
        match objects.sweep(clock.now()).await {
            Ok(0) => {}
            Ok(cleared) => tracing::info!(cleared, "files that were left behind are cleared away"),
            Err(refusal) => tracing::warn!(%refusal, "what was left behind was not cleared away"),
        }
    }
}

fn after_a_while(now: Timestamp) -> Timestamp {
    now.checked_add(SWEEP_EVERY).unwrap_or(Timestamp::MAX)
}

impl Objects {
    /// Has somebody asked, from now on, before a file of a service is cleared away. Files of a
    /// service that nobody speaks for here are left alone.
    pub fn named_by(&self, service: &'static str, names: Arc<dyn Names>) {
        self.names().insert(service, names);
    }

    /// Clears away what was left behind for a day. Gives how many files that were.
    pub async fn sweep(&self, now: Timestamp) -> Result<usize, Refusal> {
        let store = self.store()?;
        let mut cleared = match &self.place {
            Place::Folder(folder) => clear_drafts(&folder.join(DRAFTS), now),
            Place::Bucket(_) => 0,
        };
        // There may be any number of files: none is remembered.
        let mut all = store.list(None);
        while let Some(found) = all.try_next().await.map_err(|error| unavailable(&error))? {
            let (path, is_old) = (&found.location, is_old(found.last_modified.timestamp(), now));
            if is_old && self.is_left(path).await? && is_still_old(store.as_ref(), path, now).await
            {
                match store.delete(path).await {
                    Ok(()) => cleared += 1,
                    // Another replica was quicker.
                    Err(object_store::Error::NotFound { .. }) => {}
                    Err(error) => return Err(unavailable(&error)),
                }
            }
        }
        Ok(cleared)
    }

    /// Whether nothing names what lies there: a draft, or a file of a service that says so.
    async fn is_left(&self, path: &Path) -> Result<bool, Refusal> {
        let parts: Vec<String> = path.parts().map(|part| part.as_ref().to_owned()).collect();
        let (service, sha256) = match parts.as_slice() {
            [drafts, _] if drafts == DRAFTS => return Ok(true),
            [service, _, name] if sha256_from(name).is_some() => (service, name),
            _ => return Ok(false),
        };
        let names = self.names().get(service.as_str()).cloned();
        match names {
            Some(names) => Ok(!names.is_named(sha256).await?),
            None => Ok(false),
        }
    }
}

/// The same file may have come once more since: then it is new.
async fn is_still_old(store: &dyn ObjectStore, path: &Path, now: Timestamp) -> bool {
    store.head(path).await.is_ok_and(|found| is_old(found.last_modified.timestamp(), now))
}

/// In a folder a draft that is being written has a name that no list shows.
fn clear_drafts(folder: &Folder, now: Timestamp) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let old = entries.filter(|entry| {
        let modified = entry.metadata().and_then(|found| found.modified()).ok();
        let since = modified.and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
        let seconds = since.and_then(|since| i64::try_from(since.as_secs()).ok());
        seconds.is_some_and(|seconds| is_old(seconds, now))
    });
    old.filter(|entry| std::fs::remove_file(entry.path()).is_ok()).count()
}

fn is_old(modified: i64, now: Timestamp) -> bool {
    LEFT_AFTER.as_secs() <= now.as_second().saturating_sub(modified)
}
