//! Reading a journal: its head, its entries, a thing's history, a stream of what comes.

use std::time::Duration;

use futures_util::Stream;
use sea_orm::{ConnectionTrait, DbErr, QueryResult};
use tokio::time::timeout;

use crate::envelope::Heard;
use crate::statement::{find, list};
use crate::{Journal, Trouble};

/// How many entries are read at once.
pub const ENTRIES_PER_READ: u64 = 256;
/// How long a watcher trusts that it would have been woken; another replica may have committed.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// An entry as stored: its position, what it is about, and its exact bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its position.
    pub position: i64,
    /// The full name of the fact's message.
    pub kind: String,
    /// The exact bytes of the envelope.
    pub envelope: Vec<u8>,
}

impl Entry {
    /// The entry's envelope, read.
    pub fn heard(&self) -> Result<Heard, Trouble> {
        Heard::read(&self.envelope)
    }
}

/// An item of a watch stream.
#[derive(Clone, Debug)]
pub enum Watched {
    /// Something happened.
    Entry(Entry),
    /// Nothing more up to here, for now.
    Reached(i64),
}

/// The last position of a journal.
pub(crate) async fn head<C: ConnectionTrait>(on: &C) -> Result<i64, DbErr> {
    match find(on, "SELECT position FROM journal_head", []).await? {
        Some(row) => row.try_get_by_index(0),
        None => Ok(0),
    }
}

impl Journal {
    /// The last position of the journal, whoever committed it.
    pub async fn head(&self) -> Result<i64, Trouble> {
        Ok(head(self.database().read()).await?)
    }

    /// The entries after a position, in order, at most `limit`.
    pub async fn entries(&self, after: i64, limit: u64) -> Result<Vec<Entry>, Trouble> {
        let sql = "SELECT position, kind, envelope FROM journal WHERE position > $1 \
                   ORDER BY position LIMIT $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = list(self.database().read(), sql, [after.into(), limit.into()]).await?;
        rows.iter().map(entry).collect()
    }

    /// What happened to a thing after a position, in order, at most `limit`.
    pub async fn history(
        &self,
        subject: &str,
        after: i64,
        limit: u64,
    ) -> Result<Vec<Entry>, Trouble> {
        self.entries_of("subject", subject, after, limit).await
    }

    /// What began with one thing, after a position, in order, at most `limit`.
    pub async fn timeline(
        &self,
        correlation: &str,
        after: i64,
        limit: u64,
    ) -> Result<Vec<Entry>, Trouble> {
        self.entries_of("correlation", correlation, after, limit).await
    }

    async fn entries_of(
        &self,
        column: &'static str,
        value: &str,
        after: i64,
        limit: u64,
    ) -> Result<Vec<Entry>, Trouble> {
        let sql = format!(
            "SELECT position, kind, envelope FROM journal \
             WHERE {column} = $1 AND position > $2 ORDER BY position LIMIT $3"
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let values = [value.into(), after.into(), limit.into()];
        let rows = list(self.database().read(), &sql, values).await?;
        rows.iter().map(entry).collect()
    }

    /// The last fact of a kind that happened to a thing, up to a position.
    pub async fn last_of_kind(
        &self,
        subject: &str,
        kind: &str,
        up_to: i64,
    ) -> Result<Option<Entry>, Trouble> {
        let sql = "SELECT position, kind, envelope FROM journal \
                   WHERE subject = $1 AND kind = $2 AND position <= $3 \
                   ORDER BY position DESC LIMIT 1";
        let values = [subject.into(), kind.into(), up_to.into()];
        find(self.database().read(), sql, values).await?.as_ref().map(entry).transpose()
    }

    /// Everything after a position, then what comes, without gap or repetition. A reader that
    /// falls behind reads on from the journal; nothing is queued for it.
    pub fn watch(&self, after: i64) -> impl Stream<Item = Result<Watched, Trouble>> + Send + use<> {
        let journal = self.clone();
        let start = (journal, after, std::collections::VecDeque::new(), false);
        futures_util::stream::unfold(start, |(journal, after, mut ready, told)| async move {
            loop {
                if let Some(entry) = ready.pop_front() {
                    let entry: Entry = entry;
                    let reached = entry.position;
                    let state = (journal, reached, ready, false);
                    return Some((Ok(Watched::Entry(entry)), state));
                }
                let mut head = journal.watch_head();
                head.borrow_and_update();
                match journal.entries(after, ENTRIES_PER_READ).await {
                    Err(trouble) => return Some((Err(trouble), (journal, after, ready, told))),
                    Ok(entries) if !entries.is_empty() => ready.extend(entries),
                    Ok(_) if !told => {
                        return Some((Ok(Watched::Reached(after)), (journal, after, ready, true)));
                    }
                    // Whether it was woken or not, it looks again.
                    Ok(_) => drop(timeout(LOOK_AGAIN_AFTER, head.changed()).await),
                }
            }
        })
    }
}

fn entry(row: &QueryResult) -> Result<Entry, Trouble> {
    Ok(Entry {
        position: row.try_get_by_index(0)?,
        kind: row.try_get_by_index(1)?,
        envelope: row.try_get_by_index(2)?,
    })
}
