//! Ways of delivery with a fault: a message that is lost, a confirm or an acknowledgement after
//! which nothing more happens.

use std::collections::BTreeSet;
use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use journal::delivery::{Cursors, Delivered, Feed, Outlet, Resend};
use journal::reader::Entry;
use journal::{Delivery, DeliveryError};

/// What goes wrong.
#[derive(Default)]
pub(crate) struct Faults {
    /// Positions that the broker loses: how many more times each.
    pub(crate) lost: Mutex<Vec<i64>>,
    /// Positions that a feed loses: how many more times each.
    pub(crate) unheard: Mutex<Vec<i64>>,
    /// After the confirm the publisher hangs.
    pub(crate) hangs_after_confirm: bool,
    /// Before the acknowledgement the listener hangs.
    pub(crate) hangs_before_accept: bool,
    /// How often something hung.
    pub(crate) hung: AtomicUsize,
    /// How often a listener asked to hear again.
    pub(crate) asked: AtomicUsize,
    /// The positions that were sent again.
    pub(crate) resent: Mutex<BTreeSet<i64>>,
}

/// A way of delivery with faults.
pub(crate) struct Faulty {
    pub(crate) inner: Arc<dyn Delivery>,
    pub(crate) faults: Arc<Faults>,
}

impl Faulty {
    pub(crate) fn of(
        inner: &Arc<dyn Delivery>,
        faults: Faults,
    ) -> (Arc<dyn Delivery>, Arc<Faults>) {
        let faults = Arc::new(faults);
        (Arc::new(Faulty { inner: Arc::clone(inner), faults: Arc::clone(&faults) }), faults)
    }
}

/// Takes one loss of a position from a list.
fn loses(list: &Mutex<Vec<i64>>, position: i64) -> bool {
    let mut list = list.lock().unwrap();
    let found = list.iter().position(|each| *each == position);
    found.map(|at| list.swap_remove(at)).is_some()
}

#[async_trait]
impl Delivery for Faulty {
    fn publishes(&self) -> bool {
        self.inner.publishes()
    }

    async fn feed(&self, listener: &str, sources: &[&str]) -> Result<Box<dyn Feed>, DeliveryError> {
        let inner = self.inner.feed(listener, sources).await?;
        Ok(Box::new(FaultyFeed { inner, faults: Arc::clone(&self.faults), to_accept: false }))
    }

    async fn outlet(&self, source: &str) -> Result<Option<Box<dyn Outlet>>, DeliveryError> {
        let Some(inner) = self.inner.outlet(source).await? else { return Ok(None) };
        Ok(Some(Box::new(FaultyOutlet { inner, faults: Arc::clone(&self.faults) })))
    }
}

struct FaultyFeed {
    inner: Box<dyn Feed>,
    faults: Arc<Faults>,
    to_accept: bool,
}

#[async_trait]
impl Feed for FaultyFeed {
    async fn next(
        &mut self,
        cursors: &Cursors,
        max: usize,
    ) -> Result<Vec<Delivered>, DeliveryError> {
        let mut delivered = self.inner.next(cursors, max).await?;
        delivered.retain(|event| !loses(&self.faults.unheard, event.position));
        self.to_accept |= !delivered.is_empty();
        Ok(delivered)
    }

    async fn accept(&mut self) -> Result<(), DeliveryError> {
        if self.faults.hangs_before_accept && self.to_accept {
            self.faults.hung.fetch_add(1, Ordering::SeqCst);
            pending::<()>().await;
        }
        self.inner.accept().await
    }

    async fn ask_again(&mut self, source: &str, from: i64) -> Result<(), DeliveryError> {
        self.faults.asked.fetch_add(1, Ordering::SeqCst);
        self.inner.ask_again(source, from).await
    }
}

struct FaultyOutlet {
    inner: Box<dyn Outlet>,
    faults: Arc<Faults>,
}

#[async_trait]
impl Outlet for FaultyOutlet {
    async fn publish(&mut self, entries: &[Entry]) -> Result<(), DeliveryError> {
        let mut sent = entries.to_vec();
        sent.retain(|entry| !loses(&self.faults.lost, entry.position));
        self.inner.publish(&sent).await?;
        if self.faults.hangs_after_confirm {
            self.faults.hung.fetch_add(1, Ordering::SeqCst);
            pending::<()>().await;
        }
        Ok(())
    }

    async fn wish(&mut self) -> Result<Resend, DeliveryError> {
        self.inner.wish().await
    }

    async fn granted(&mut self) -> Result<(), DeliveryError> {
        self.inner.granted().await
    }

    async fn resend(&mut self, listener: &str, entries: &[Entry]) -> Result<(), DeliveryError> {
        let mut sent = entries.to_vec();
        sent.retain(|entry| !loses(&self.faults.lost, entry.position));
        let resent = sent.iter().map(|entry| entry.position);
        self.faults.resent.lock().unwrap().extend(resent);
        self.inner.resend(listener, &sent).await
    }
}
