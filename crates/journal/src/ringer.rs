//! The ringer: what time does. An alarm that is due becomes a command, once.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::rest::rest;
use crate::statement::{find, list};
use crate::trouble::chain;
use crate::{Journal, Trouble};

/// An alarm that is due.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alarm {
    /// When it was to ring.
    pub due_at: Timestamp,
    /// The thing that it belongs to.
    pub thing: String,
    /// Which of its alarms.
    pub kind: String,
}

/// What a service does when an alarm rings: the command goes through `change`, which takes the
/// alarm away (`Unit::take_alarm`) or does nothing.
#[async_trait]
pub trait Bell: Send + Sync + 'static {
    /// Carries out what the alarm stands for.
    async fn ring(&self, alarm: &Alarm) -> Result<(), Trouble>;
}

/// How many due alarms are read at once.
const ALARMS_PER_READ: i64 = 100;
/// How long to wait before looking again: another replica may have set an earlier alarm.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(1);
/// How long to leave an alarm alone whose command failed: at first, doubled each time, at most.
const RETRY_AFTER: Duration = Duration::from_secs(1);
const RETRY_AFTER_MAX: Duration = Duration::from_secs(64);
/// How often remembered answers are looked through for those to forget.
const PRUNE_EVERY: Duration = Duration::from_secs(3600);

/// Rings alarms as they fall due, until `stop`.
pub async fn run(journal: Journal, bell: &dyn Bell, stop: CancellationToken) {
    let mut failed = Failed::default();
    let mut pruned: Option<Instant> = None;
    while !stop.is_cancelled() {
        if pruned.is_none_or(|at| PRUNE_EVERY <= at.elapsed()) {
            pruned = Some(Instant::now());
            if let Err(trouble) = journal.prune().await {
                tracing::warn!(journal = journal.name(), reason = %chain(&trouble), "old answers stay for now");
            }
        }
        let now = journal.sources().clock.now();
        match ring_due(&journal, bell, now, &mut failed, &stop).await {
            Ok(true) => {}
            Ok(false) => wait(&journal, now, &stop).await,
            Err(trouble) => {
                tracing::error!(journal = journal.name(), reason = %chain(&trouble), "alarms cannot be read");
                rest(LOOK_AGAIN_AFTER, &stop).await;
            }
        }
    }
}

/// Alarms whose command failed: how long each is left alone, so that the others go on.
#[derive(Default)]
struct Failed(BTreeMap<Alarm, (Instant, Duration)>);

impl Failed {
    fn may_ring(&self, alarm: &Alarm) -> bool {
        self.0.get(alarm).is_none_or(|(since, wait)| *wait <= since.elapsed())
    }

    fn note(&mut self, alarm: Alarm) {
        let before = self.0.get(&alarm).map(|(_, wait)| *wait * 2);
        let wait = before.unwrap_or(RETRY_AFTER).min(RETRY_AFTER_MAX);
        self.0.insert(alarm, (Instant::now(), wait));
    }
}

/// Rings everything that is due, the earliest first; false if there was nothing to ring.
async fn ring_due(
    journal: &Journal,
    bell: &dyn Bell,
    now: Timestamp,
    failed: &mut Failed,
    stop: &CancellationToken,
) -> Result<bool, Trouble> {
    let mut rang = false;
    let mut last = None;
    loop {
        let due = journal.due_after(now, last.as_ref()).await?;
        if last.is_none() && due.is_empty() {
            failed.0.clear();
        }
        let Some(end) = due.last().cloned() else { return Ok(rang) };
        for alarm in due.into_iter().filter(|alarm| failed.may_ring(alarm)).collect::<Vec<_>>() {
            if stop.is_cancelled() {
                return Ok(rang);
            }
            rang = true;
            match bell.ring(&alarm).await {
                Ok(()) => drop(failed.0.remove(&alarm)),
                Err(trouble) => {
                    tracing::error!(
                        journal = journal.name(), thing = alarm.thing, kind = alarm.kind,
                        reason = %chain(&trouble), "an alarm could not be carried out and will ring again"
                    );
                    failed.note(alarm);
                }
            }
        }
        last = Some(end);
    }
}

/// Waits for the first alarm that was not due at an instant, when all that were have rung.
async fn wait(journal: &Journal, now: Timestamp, stop: &CancellationToken) {
    let next = match journal.first_alarm_after(now.as_microsecond()).await {
        Ok(Some(next)) => next,
        _ => Timestamp::MAX,
    };
    tokio::select! {
        () = journal.sources().clock.reach(next) => {}
        () = journal.alarms_moved().notified() => {}
        () = rest(LOOK_AGAIN_AFTER, stop) => {}
    }
}

impl Journal {
    /// The alarms that are due at an instant, the earliest first, at most a hundred; those after
    /// an alarm, if given.
    async fn due_after(
        &self,
        now: Timestamp,
        after: Option<&Alarm>,
    ) -> Result<Vec<Alarm>, Trouble> {
        let now = now.as_microsecond();
        let (due_at, thing, kind) = match after {
            Some(alarm) => (alarm.due_at.as_microsecond(), &*alarm.thing, &*alarm.kind),
            None => (i64::MIN, "", ""),
        };
        let sql = "SELECT due_at, thing, kind FROM alarm \
                   WHERE due_at <= $1 AND (due_at, thing, kind) > ($2, $3, $4) \
                   ORDER BY due_at, thing, kind LIMIT $5";
        let values = [now.into(), due_at.into(), thing.into(), kind.into(), ALARMS_PER_READ.into()];
        let rows = list(self.database().read(), sql, values).await?;
        rows.iter()
            .map(|row| {
                Ok(Alarm {
                    due_at: instant(row.try_get_by_index(0)?)?,
                    thing: row.try_get_by_index(1)?,
                    kind: row.try_get_by_index(2)?,
                })
            })
            .collect()
    }

    /// The alarms that are due, the earliest first, at most a hundred.
    pub async fn due_alarms(&self) -> Result<Vec<Alarm>, Trouble> {
        self.due_after(self.sources().clock.now(), None).await
    }

    /// When the next alarm rings, due or not.
    pub async fn next_alarm(&self) -> Result<Option<Timestamp>, Trouble> {
        self.first_alarm_after(i64::MIN).await
    }

    async fn first_alarm_after(&self, micros: i64) -> Result<Option<Timestamp>, Trouble> {
        let sql = "SELECT due_at FROM alarm WHERE due_at > $1 ORDER BY due_at LIMIT 1";
        match find(self.database().read(), sql, [micros.into()]).await? {
            Some(row) => Ok(Some(instant(row.try_get_by_index(0)?)?)),
            None => Ok(None),
        }
    }

    /// How many alarms are due and have not rung; counts at most 1,000.
    pub async fn count_due_alarms(&self) -> Result<i64, Trouble> {
        let now = self.sources().clock.now().as_microsecond();
        let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM alarm WHERE due_at <= $1 LIMIT 1000) AS due";
        let row = find(self.database().read(), sql, [now.into()]).await?;
        Ok(row.map_or(Ok(0), |row| row.try_get_by_index(0))?)
    }
}

fn instant(micros: i64) -> Result<Timestamp, Trouble> {
    Timestamp::from_microsecond(micros)
        .map_err(|error| Trouble::Damaged(format!("an alarm's instant: {error}")))
}
