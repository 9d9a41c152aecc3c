//! The listener: hears every event of its sources once, in order, together with the cursor.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt as _;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::delivery::{Cursors, Delivered, Delivery, Feed};
use crate::envelope::Heard;
use crate::parked::{park, waits_behind};
use crate::progress::{find_progress, heard as cursor_of, move_progress};
use crate::publisher::chain;
use crate::unit::Unit;
use crate::{DeliveryError, Journal, Trouble};

/// What a service does with what it hears. A refusal by its rules is not an error: whatever can
/// be heard has an effect or is passed over, in every state.
#[async_trait]
pub trait Ear: Send + Sync + 'static {
    /// The services that it hears.
    fn sources(&self) -> &'static [&'static str];

    /// Applies one event. An unknown kind is passed over.
    async fn hear(&self, unit: &mut Unit, heard: &Heard) -> Result<(), Trouble>;
}

/// How many events are applied in one unit.
const EVENTS_PER_UNIT: usize = 128;
/// How often an event that fails is tried before it is parked, and how long between.
const RETRIES: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(500), Duration::from_secs(2)];
/// How long a gap may stay before it is asked for again.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(5);
/// How long to wait before connecting again.
const RECONNECT_AFTER: Duration = Duration::from_secs(1);

/// Why listening stopped for a moment.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// Listens until `stop`. Whatever fails is tried again from the cursors.
pub async fn run(journal: Journal, ear: Arc<dyn Ear>, delivery: &dyn Delivery, stop: CancellationToken) {
    if ear.sources().is_empty() {
        return;
    }
    while !stop.is_cancelled() {
        let listening = listen(&journal, &ear, delivery);
        tokio::select! {
            stopped = listening => if let Err(stopped) = stopped {
                tracing::warn!(journal = journal.name(), reason = %chain(&stopped), "listening waits");
            },
            () = stop.cancelled() => return,
        }
        rest(RECONNECT_AFTER).await;
    }
}

/// One listener's way from a connection to its end.
async fn listen(
    journal: &Journal,
    ear: &Arc<dyn Ear>,
    delivery: &dyn Delivery,
) -> Result<(), Stopped> {
    let mut feed = delivery.feed(journal.name(), ear.sources()).await?;
    let mut cursors = journal.heard(ear.sources()).await?;
    // New, or restored from a backup: what was published before the queue was there is asked for.
    for (source, cursor) in &cursors {
        feed.ask_again(source, cursor + 1).await?;
    }
    let mut gaps = Gaps::default();
    loop {
        let delivered = feed.next(&cursors, EVENTS_PER_UNIT).await?;
        let (wanted, gap) = in_order(delivered, &cursors);
        if !wanted.is_empty() && !apply(journal, ear, wanted).await? {
            // Another replica moved a cursor: go on from where it stands.
            tracing::info!(journal = journal.name(), "another replica listens too");
        }
        cursors = journal.heard(ear.sources()).await?;
        feed.accept().await?;
        gaps.ask(feed.as_mut(), &gap, &cursors).await?;
    }
}

/// What can be applied, in order: without what was heard already and what lies beyond a gap.
/// Gives the sources with a gap, too.
fn in_order(delivered: Vec<Delivered>, cursors: &Cursors) -> (Vec<Delivered>, Vec<String>) {
    let mut next = cursors.clone();
    let mut gap = Vec::new();
    let mut wanted = Vec::with_capacity(delivered.len());
    for event in delivered {
        let Some(cursor) = next.get_mut(&event.source) else { continue };
        if event.position == *cursor + 1 {
            *cursor += 1;
            wanted.push(event);
        } else if *cursor < event.position && !gap.contains(&event.source) {
            gap.push(event.source);
        }
    }
    (wanted, gap)
}

/// When each source was last asked to send again.
#[derive(Default)]
struct Gaps(std::collections::BTreeMap<String, (i64, Instant)>);

impl Gaps {
    async fn ask(&mut self, feed: &mut dyn Feed, gap: &[String], cursors: &Cursors) -> Result<(), Stopped> {
        for source in gap {
            let cursor = cursors.get(source).copied().unwrap_or(0);
            let now = Instant::now();
            let asked = self.0.get(source);
            if asked.is_some_and(|(at, when)| *at == cursor && now < *when + ASK_AGAIN_AFTER) {
                continue;
            }
            feed.ask_again(source, cursor + 1).await?;
            self.0.insert(source.clone(), (cursor, now));
        }
        Ok(())
    }
}

/// Applies events in order; false if another replica was quicker.
async fn apply(journal: &Journal, ear: &Arc<dyn Ear>, events: Vec<Delivered>) -> Result<bool, Stopped> {
    let events: Arc<[Delivered]> = events.into();
    match apply_unit(journal, ear, &events, None).await {
        Ok(applied) => return Ok(applied),
        Err(trouble) if journal_is_down(&trouble) => return Err(trouble.into()),
        Err(trouble) => tracing::warn!(
            journal = journal.name(), reason = %chain(&trouble), "a batch is applied one by one"
        ),
    }
    for event in events.iter() {
        if !apply_or_park(journal, ear, event).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Applies one event; if it fails again and again it is parked, with the cursor moved past it.
async fn apply_or_park(journal: &Journal, ear: &Arc<dyn Ear>, event: &Delivered) -> Result<bool, Stopped> {
    let one: Arc<[Delivered]> = Arc::new([event.clone()]);
    let mut retries = RETRIES.iter();
    loop {
        let trouble = match apply_unit(journal, ear, &one, None).await {
            Ok(applied) => return Ok(applied),
            Err(trouble) if journal_is_down(&trouble) => return Err(trouble.into()),
            Err(trouble) => trouble,
        };
        let Some(wait) = retries.next() else {
            let problem = chain(&trouble);
            tracing::error!(
                journal = journal.name(), source = event.source, position = event.position, problem,
                "an event could not be applied and is parked"
            );
            return Ok(apply_unit(journal, ear, &one, Some(problem)).await?);
        };
        rest(*wait).await;
    }
}

/// One unit: the effects of the events and the cursors, or nothing. With a problem, the events
/// are parked instead.
async fn apply_unit(
    journal: &Journal,
    ear: &Arc<dyn Ear>,
    events: &Arc<[Delivered]>,
    problem: Option<String>,
) -> Result<bool, Trouble> {
    let (ear, events) = (Arc::clone(ear), Arc::clone(events));
    let done = journal.commit(format!("heard by {}", journal.name()), None, move |unit| {
        let (ear, events, problem) = (Arc::clone(&ear), Arc::clone(&events), problem.clone());
        async move {
            for event in events.iter() {
                let name = cursor_of(&event.source);
                let before = event.position - 1;
                if !move_progress(unit.tx(), &name, before, event.position).await? {
                    return Ok(false);
                }
                hear_or_park(unit, ear.as_ref(), event, problem.as_deref()).await?;
            }
            Ok::<_, Trouble>(true)
        }
        .boxed()
    });
    Ok(done.await?.value)
}

async fn hear_or_park(
    unit: &mut Unit,
    ear: &dyn Ear,
    event: &Delivered,
    problem: Option<&str>,
) -> Result<(), Trouble> {
    let heard = Heard::read(&event.envelope)?;
    if let Some(problem) = problem {
        park(unit, event, &heard, problem).await?;
    } else if waits_behind(unit.tx(), &event.source, &heard.subject).await? {
        park(unit, event, &heard, "an earlier event of this subject is parked").await?;
    } else {
        unit.caused_by(Some(heard.id.clone()), heard.traceparent.clone());
        ear.hear(unit, &heard).await?;
        unit.caused_by(None, None);
    }
    Ok(())
}

/// Whether the database itself is away, so that no event is to blame.
fn journal_is_down(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Overloaded | Trouble::OutcomeUnknown | Trouble::DeadlinePassed => true,
        Trouble::Database(_) => trouble.database_code().is_none(),
        Trouble::RequestIdReused | Trouble::Damaged(_) => false,
    }
}

#[allow(clippy::disallowed_methods, reason = "waits between attempts")]
async fn rest(wait: Duration) {
    tokio::time::sleep(wait).await;
}

impl Journal {
    /// How far this service has heard each of its sources.
    pub async fn heard(&self, sources: &[&str]) -> Result<Cursors, Trouble> {
        let mut cursors = Cursors::new();
        for source in sources {
            let position = find_progress(self.database().read(), &cursor_of(source)).await?;
            cursors.insert((*source).to_owned(), position);
        }
        Ok(cursors)
    }
}
