//! The publisher: sends entries in order, waits for the broker's confirms, then moves its cursor.

use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use crate::delivery::{Delivery, Outlet, Resend};
use crate::progress::{PUBLISHED, find_progress, move_progress};
use crate::reader::ENTRIES_PER_READ;
use crate::statement::execute;
use crate::{DeliveryError, Journal, Trouble};

/// How long a replica that publishes keeps the task to itself.
const LEASE: SignedDuration = SignedDuration::from_secs(10);
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

/// Publishes until `stop`. Whatever fails is tried again from the cursor.
pub async fn run(journal: Journal, delivery: &dyn Delivery, stop: CancellationToken) {
    let holder = journal.sources().entropy.uuid(journal.sources().clock.now()).to_string();
    while !stop.is_cancelled() {
        let attempt = publish(&journal, delivery, &holder, &stop);
        match attempt.await {
            Ok(()) => return,
            Err(Stopped::Elsewhere) => {}
            Err(stopped) => {
                tracing::warn!(journal = journal.name(), reason = %chain(&stopped), "publishing waits");
            }
        }
        rest(&stop).await;
    }
}

async fn publish(
    journal: &Journal,
    delivery: &dyn Delivery,
    holder: &str,
    stop: &CancellationToken,
) -> Result<(), Stopped> {
    journal.hold(PUBLISHED, holder).await?;
    let Some(mut outlet) = delivery.outlet(journal.name()).await? else {
        return Ok(());
    };
    loop {
        journal.hold(PUBLISHED, holder).await?;
        let mut head = journal.watch_head();
        head.borrow_and_update();
        while publish_some(journal, outlet.as_mut()).await? {}
        while let Some(wish) = outlet.wish().now_or_never() {
            resend(journal, outlet.as_mut(), wish?).await?;
        }
        tokio::select! {
            _ = head.changed() => {}
            wish = outlet.wish() => resend(journal, outlet.as_mut(), wish?).await?,
            () = rest(stop) => {}
        }
        if stop.is_cancelled() {
            while publish_some(journal, outlet.as_mut()).await? {}
            return Ok(());
        }
    }
}

/// One batch; false if there was nothing to send.
async fn publish_some(journal: &Journal, outlet: &mut dyn Outlet) -> Result<bool, Stopped> {
    let from = find_progress(journal.database().read(), PUBLISHED).await.map_err(Trouble::from)?;
    let entries = journal.entries(from, ENTRIES_PER_READ).await?;
    let Some(to) = entries.last().map(|entry| entry.position) else {
        journal.note_published(from);
        return Ok(false);
    };
    outlet.publish(&entries).await?;
    // If another replica was quicker its cursor stands; what was sent twice is heard once.
    journal
        .commit(PUBLISHED, None, move |unit| {
            async move { Ok::<_, Trouble>(move_progress(unit.tx(), PUBLISHED, from, to).await?) }.boxed()
        })
        .await?;
    journal.note_published(to);
    Ok(true)
}

/// Sends everything from a position up to the cursor to one listener.
async fn resend(journal: &Journal, outlet: &mut dyn Outlet, wish: Resend) -> Result<(), Stopped> {
    let Resend { listener, from } = wish;
    let published = find_progress(journal.database().read(), PUBLISHED).await.map_err(Trouble::from)?;
    let mut after = from - 1;
    let mut count = 0;
    while after < published {
        let mut entries = journal.entries(after, ENTRIES_PER_READ).await?;
        entries.retain(|entry| entry.position <= published);
        let Some(last) = entries.last() else { break };
        after = last.position;
        count += entries.len();
        outlet.resend(&listener, &entries).await?;
    }
    if count > 0 {
        tracing::info!(journal = journal.name(), listener, from, count, "sent again");
    }
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "waits between attempts")]
async fn rest(stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(LOOK_AGAIN_AFTER) => {}
        () = stop.cancelled() => {}
    }
}

/// An error with all its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

impl Journal {
    /// The last position that was published; 0 where listeners read the journal themselves.
    pub async fn published(&self) -> Result<i64, Trouble> {
        Ok(find_progress(self.database().read(), PUBLISHED).await?)
    }

    /// Takes or keeps a task that one replica does for all. It saves work; the cursor's
    /// compare-and-set is what keeps two at once harmless.
    async fn hold(&self, task: &'static str, holder: &str) -> Result<(), Stopped> {
        let holder = holder.to_owned();
        let done = self.commit(task, None, move |unit| {
            let holder = holder.clone();
            async move {
                let now = unit.now().as_microsecond();
                let until = unit.now().saturating_add(LEASE).map_or(i64::MAX, |at| at.as_microsecond());
                let sql = "INSERT INTO lease (task, holder, until) VALUES ($1, $2, $3) \
                           ON CONFLICT (task) DO UPDATE SET holder = excluded.holder, until = excluded.until \
                           WHERE lease.holder = excluded.holder OR lease.until < $4";
                let values = [task.into(), holder.into(), until.into(), now.into()];
                Ok::<_, Trouble>(execute(unit.tx(), sql, values).await? == 1)
            }
            .boxed()
        });
        if done.await?.value { Ok(()) } else { Err(Stopped::Elsewhere) }
    }
}
