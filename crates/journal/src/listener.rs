//! The listener: hears every event of its sources once, in order, together with the cursor.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt as _;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::delivery::{Cursors, Delivered, Delivery, Feed};
use crate::envelope::Heard;
use crate::gaps::Gaps;
use crate::parked::{has_parked, park, waits_behind};
use crate::progress::{find_progress, heard as cursor_of, move_progress};
use crate::rest::rest;
use crate::trouble::chain;
use crate::unit::Unit;
use crate::{DeliveryError, Journal, Trouble, Troubled};

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
/// How often an event that fails is tried again before it is parked, and how long between.
const RETRIES: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(500), Duration::from_secs(2)];
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

/// Why events were not applied.
#[derive(Debug, thiserror::Error)]
enum Unheard {
    /// Another replica moved a cursor; nothing of the unit is true.
    #[error("another replica heard it")]
    Elsewhere,
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl Troubled for Unheard {
    fn trouble(&self) -> Option<&Trouble> {
        match self {
            Unheard::Elsewhere => None,
            Unheard::Trouble(trouble) => Some(trouble),
        }
    }
}

/// Listens until `stop`. Whatever fails is tried again from the cursors.
pub async fn run(
    journal: Journal,
    ear: Arc<dyn Ear>,
    delivery: &dyn Delivery,
    stop: CancellationToken,
) {
    if ear.sources().is_empty() {
        return;
    }
    while !stop.is_cancelled() {
        let listening = listen(&journal, &ear, delivery, &stop);
        tokio::select! {
            stopped = listening => if let Err(stopped) = stopped {
                tracing::warn!(journal = journal.name(), reason = %chain(&stopped), "listening waits");
            },
            () = stop.cancelled() => return,
        }
        rest(RECONNECT_AFTER, &stop).await;
    }
}

/// One listener's way from a connection to its end.
async fn listen(
    journal: &Journal,
    ear: &Arc<dyn Ear>,
    delivery: &dyn Delivery,
    stop: &CancellationToken,
) -> Result<(), Stopped> {
    let mut feed = delivery.feed(journal.name(), ear.sources()).await?;
    let mut cursors = journal.heard(ear.sources()).await?;
    let mut gaps = Gaps::new(ear.sources(), Instant::now());
    loop {
        let delivered = next(feed.as_mut(), &cursors, &gaps).await?;
        let wanted = gaps.sort(delivered, &cursors);
        if !wanted.is_empty() {
            apply(journal, ear, wanted, stop).await?;
        }
        // Read anew: another replica may have moved them.
        cursors = journal.heard(ear.sources()).await?;
        feed.accept().await?;
        for (source, from) in gaps.ask(&cursors, Instant::now()) {
            feed.ask_again(&source, from).await?;
        }
    }
}

/// What comes next; nothing if it is time to ask for what is missing.
async fn next(
    feed: &mut dyn Feed,
    cursors: &Cursors,
    gaps: &Gaps,
) -> Result<Vec<Delivered>, DeliveryError> {
    let coming = feed.next(cursors, EVENTS_PER_UNIT);
    match gaps.look_at(cursors) {
        Some(at) => timeout_at(at, coming).await.unwrap_or_else(|_| Ok(Vec::new())),
        None => coming.await,
    }
}

/// Applies events in order: all in one unit or, if that fails, one by one.
async fn apply(
    journal: &Journal,
    ear: &Arc<dyn Ear>,
    events: Vec<Delivered>,
    stop: &CancellationToken,
) -> Result<(), Stopped> {
    let events: Arc<[Delivered]> = events.into();
    match apply_unit(journal, ear, &events, None).await {
        Ok(()) | Err(Unheard::Elsewhere) => return Ok(()),
        Err(Unheard::Trouble(trouble)) if trouble.is_outage() => return Err(trouble.into()),
        Err(Unheard::Trouble(trouble)) => tracing::warn!(
            journal = journal.name(), reason = %chain(&trouble), "a batch is applied one by one"
        ),
    }
    for event in events.iter() {
        if !apply_or_park(journal, ear, event, stop).await? {
            break;
        }
    }
    Ok(())
}

/// Applies one event; if it fails again and again it is parked, with the cursor moved past it.
/// False if another replica was quicker.
async fn apply_or_park(
    journal: &Journal,
    ear: &Arc<dyn Ear>,
    event: &Delivered,
    stop: &CancellationToken,
) -> Result<bool, Stopped> {
    let one: Arc<[Delivered]> = Arc::new([event.clone()]);
    let mut retries = RETRIES.iter();
    let mut problem = None;
    loop {
        let trouble = match apply_unit(journal, ear, &one, problem.clone()).await {
            Ok(()) => return Ok(true),
            Err(Unheard::Elsewhere) => return Ok(false),
            Err(Unheard::Trouble(trouble)) if trouble.is_outage() || problem.is_some() => {
                return Err(trouble.into());
            }
            Err(Unheard::Trouble(trouble)) => trouble,
        };
        let Some(wait) = retries.next() else {
            let reason = chain(&trouble);
            tracing::error!(
                journal = journal.name(),
                source = event.source,
                position = event.position,
                reason,
                "an event could not be applied and is parked"
            );
            problem = Some(reason);
            continue;
        };
        rest(*wait, stop).await;
    }
}

/// One unit: the cursors and the effects of the events, or nothing. With a problem, the events
/// are parked instead.
async fn apply_unit(
    journal: &Journal,
    ear: &Arc<dyn Ear>,
    events: &Arc<[Delivered]>,
    problem: Option<String>,
) -> Result<(), Unheard> {
    let (ear, events) = (Arc::clone(ear), Arc::clone(events));
    let done = journal.commit_own(format!("heard by {}", journal.name()), move |unit| {
        let (ear, events, problem) = (Arc::clone(&ear), Arc::clone(&events), problem.clone());
        async move {
            let parked = move_cursors(unit, &events).await?;
            for event in events.iter() {
                let behind = parked.get(&event.source).copied().unwrap_or(true);
                hear_or_park(unit, ear.as_ref(), event, problem.as_deref(), behind).await?;
            }
            Ok(())
        }
        .boxed()
    });
    done.await.map(|_| ())
}

/// Moves the cursor of each source past its events; says of each whether anything of it is parked.
async fn move_cursors(
    unit: &mut Unit,
    events: &[Delivered],
) -> Result<BTreeMap<String, bool>, Unheard> {
    let mut spans: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for event in events {
        let span = spans.entry(&event.source).or_insert((event.position - 1, event.position));
        span.1 = event.position;
    }
    let mut parked = BTreeMap::new();
    for (source, (from, to)) in spans {
        let moved = move_progress(unit.tx(), &cursor_of(source), from, to).await;
        if !moved.map_err(Trouble::from)? {
            return Err(Unheard::Elsewhere);
        }
        let some = has_parked(unit.tx(), source).await.map_err(Trouble::from)?;
        parked.insert(source.to_owned(), some);
    }
    Ok(parked)
}

async fn hear_or_park(
    unit: &mut Unit,
    ear: &dyn Ear,
    event: &Delivered,
    problem: Option<&str>,
    may_wait_behind: bool,
) -> Result<(), Trouble> {
    if let Some(problem) = problem {
        return Ok(park(unit, event, problem).await?);
    }
    let heard = Heard::read(&event.envelope)?;
    if (heard.source.as_str(), heard.position) != (event.source.as_str(), event.position) {
        let (source, position) = (heard.source, heard.position);
        return Err(Trouble::Damaged(format!(
            "an envelope that says it is {position} of {source}"
        )));
    }
    if may_wait_behind && waits_behind(unit.tx(), &event.source, &heard.subject).await? {
        return Ok(park(unit, event, "an earlier event of this subject is parked").await?);
    }
    unit.caused_by(Some(heard.id.clone()), heard.traceparent.clone());
    ear.hear(unit, &heard).await?;
    unit.caused_by(None, None);
    Ok(())
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
