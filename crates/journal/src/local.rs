//! Delivery within one process: a listener reads its sources' journals after its cursors.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::select_all;
use tokio::time::timeout;

use crate::Journal;
use crate::delivery::{Cursors, Delivered, Delivery, DeliveryError, Feed, Outlet};

/// How long a listener trusts that it would have been woken.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// The journals of this process.
#[derive(Default)]
pub struct LocalDelivery {
    journals: Mutex<HashMap<&'static str, Journal>>,
}

impl LocalDelivery {
    /// Lets the listeners of this process hear a journal.
    pub fn register(&self, journal: &Journal) {
        let mut journals = self.journals.lock().unwrap_or_else(PoisonError::into_inner);
        journals.insert(journal.name(), journal.clone());
    }
}

#[async_trait]
impl Delivery for LocalDelivery {
    fn publishes(&self) -> bool {
        false
    }

    async fn feed(&self, _: &str, sources: &[&str]) -> Result<Box<dyn Feed>, DeliveryError> {
        let journals = self.journals.lock().unwrap_or_else(PoisonError::into_inner);
        let sources = sources.iter().map(|source| {
            journals.get(source).cloned().ok_or_else(|| DeliveryError::Source {
                source_name: (*source).to_owned(),
                problem: "it does not run in this process; give a broker's address".to_owned(),
            })
        });
        Ok(Box::new(LocalFeed { sources: sources.collect::<Result<_, _>>()?, turn: 0 }))
    }

    async fn outlet(&self, _: &str) -> Result<Option<Box<dyn Outlet>>, DeliveryError> {
        Ok(None)
    }
}

struct LocalFeed {
    sources: Vec<Journal>,
    /// Which source is read first, each in turn: a busy one must not hide the others.
    turn: usize,
}

#[async_trait]
impl Feed for LocalFeed {
    async fn next(
        &mut self,
        cursors: &Cursors,
        max: usize,
    ) -> Result<Vec<Delivered>, DeliveryError> {
        let mut heads: Vec<_> = self.sources.iter().map(Journal::watch_head).collect();
        heads.iter_mut().for_each(|head| drop(head.borrow_and_update()));
        let count = self.sources.len().max(1);
        self.turn = (self.turn + 1) % count;
        let (later, first) = self.sources.split_at(self.turn.min(self.sources.len()));
        for journal in first.iter().chain(later) {
            let after = cursors.get(journal.name()).copied().unwrap_or(0);
            let entries = journal.entries(after, max as u64).await.map_err(|trouble| {
                DeliveryError::Source {
                    source_name: journal.name().to_owned(),
                    problem: trouble.to_string(),
                }
            })?;
            if !entries.is_empty() {
                let source = journal.name();
                let delivered = entries.into_iter().map(|entry| Delivered {
                    source: source.to_owned(),
                    position: entry.position,
                    envelope: entry.envelope,
                });
                return Ok(delivered.collect());
            }
        }
        if heads.is_empty() {
            return Err(DeliveryError::Ended);
        }
        let changes = heads.iter_mut().map(|head| Box::pin(head.changed()));
        // Woken or not, the caller looks again.
        let _ = timeout(LOOK_AGAIN_AFTER, select_all(changes)).await;
        Ok(Vec::new())
    }

    async fn accept(&mut self) -> Result<(), DeliveryError> {
        Ok(())
    }

    /// There is nothing to ask for: the next read begins at the cursor.
    async fn ask_again(&mut self, _: &str, _: i64) -> Result<(), DeliveryError> {
        Ok(())
    }
}
