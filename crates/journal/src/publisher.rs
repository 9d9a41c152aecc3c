//! The publisher: sends entries in order, waits for the broker's confirms, then moves its cursor.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio_util::sync::CancellationToken;

use crate::delivery::{Delivery, Outlet, Resend};
use crate::lease::Lease;
use crate::progress::{PUBLISHED, find_progress, move_progress};
use crate::reader::ENTRIES_PER_READ;
use crate::rest::rest;
use crate::trouble::chain;
use crate::{DeliveryError, Journal, Trouble};

/// How long to wait before looking again for entries, a lease or a broker.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Why publishing stopped for a moment.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// Another replica holds the task.
    #[error("another replica publishes")]
    Elsewhere,
}

/// Publishes until `stop`, then what is left. Whatever fails is tried again from the cursor.
pub async fn run(journal: Journal, delivery: &dyn Delivery, stop: CancellationToken) {
    if !delivery.publishes() {
        return;
    }
    let mut lease = Lease::new(&journal, "publish");
    while !stop.is_cancelled() {
        match publish(&journal, delivery, &mut lease, &stop).await {
            Ok(()) => break,
            Err(Stopped::Elsewhere) => {}
            Err(stopped) => {
                tracing::warn!(journal = journal.name(), reason = %chain(&stopped), "publishing waits");
            }
        }
        rest(LOOK_AGAIN_AFTER, &stop).await;
    }
    if let Err(trouble) = lease.release(&journal).await {
        tracing::warn!(journal = journal.name(), %trouble, "another replica publishes only after a while");
    }
}

async fn publish(
    journal: &Journal,
    delivery: &dyn Delivery,
    lease: &mut Lease,
    stop: &CancellationToken,
) -> Result<(), Stopped> {
    keep(journal, lease).await?;
    let outlet = tokio::select! {
        outlet = delivery.outlet(journal.name()) => outlet?,
        () = stop.cancelled() => return Ok(()),
    };
    let Some(mut outlet) = outlet else { return Ok(()) };
    loop {
        keep(journal, lease).await?;
        let mut head = journal.watch_head();
        head.borrow_and_update();
        while publish_some(journal, outlet.as_mut()).await? {
            keep(journal, lease).await?;
        }
        if stop.is_cancelled() {
            return Ok(());
        }
        let first = tokio::select! {
            _ = head.changed() => None,
            wish = outlet.wish() => Some(wish?),
            () = rest(LOOK_AGAIN_AFTER, stop) => None,
        };
        if let Some(first) = first {
            grant(journal, outlet.as_mut(), first).await?;
        }
    }
}

async fn keep(journal: &Journal, lease: &mut Lease) -> Result<(), Stopped> {
    if lease.hold(journal).await? { Ok(()) } else { Err(Stopped::Elsewhere) }
}

/// One batch; false if there was nothing to send.
async fn publish_some(journal: &Journal, outlet: &mut dyn Outlet) -> Result<bool, Stopped> {
    let from = journal.published().await?;
    let entries = journal.entries(from, ENTRIES_PER_READ).await?;
    let Some(to) = entries.last().map(|entry| entry.position) else {
        journal.note_published(from);
        return Ok(false);
    };
    outlet.publish(&entries).await?;
    // If another replica was quicker its cursor stands; what was sent twice is heard once.
    let moved = journal.commit_own(PUBLISHED, move |unit| {
        async move { Ok::<_, Trouble>(move_progress(unit.tx(), PUBLISHED, from, to).await?) }
            .boxed()
    });
    moved.await?;
    journal.note_published(to);
    Ok(true)
}

/// Grants a wish to hear again, and those that have come with it: the earliest of each listener.
async fn grant(journal: &Journal, outlet: &mut dyn Outlet, first: Resend) -> Result<(), Stopped> {
    let mut wishes = BTreeMap::from([(first.listener, first.from)]);
    while let Some(wish) = outlet.wish().now_or_never() {
        let Resend { listener, from } = wish?;
        let earliest = wishes.entry(listener).or_insert(from);
        *earliest = from.min(*earliest);
    }
    for (listener, from) in wishes {
        resend(journal, outlet, &listener, from).await?;
    }
    Ok(outlet.granted().await?)
}

/// Sends everything from a position up to the cursor to one listener.
async fn resend(
    journal: &Journal,
    outlet: &mut dyn Outlet,
    listener: &str,
    from: i64,
) -> Result<(), Stopped> {
    let published = journal.published().await?;
    let mut after = from.max(1) - 1;
    let mut count = 0;
    while after < published {
        let mut entries = journal.entries(after, ENTRIES_PER_READ).await?;
        entries.retain(|entry| entry.position <= published);
        let Some(last) = entries.last() else { break };
        after = last.position;
        count += entries.len();
        outlet.resend(listener, &entries).await?;
    }
    if 0 < count {
        tracing::info!(journal = journal.name(), listener, from, count, "sent again");
    }
    Ok(())
}

impl Journal {
    /// The last position that was published; 0 where listeners read the journal themselves.
    pub async fn published(&self) -> Result<i64, Trouble> {
        Ok(find_progress(self.database().read(), PUBLISHED).await?)
    }
}
