//! The ringer: what time does. An alarm that is due becomes a command, once.

use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::statement::{find, list};
use crate::{Journal, Trouble};

/// An alarm that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// The thing that it belongs to.
    pub thing: String,
    /// Which of its alarms.
    pub kind: String,
    /// When it was to ring.
    pub due_at: Timestamp,
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
const LOOK_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(1);
/// How long to leave an alarm alone whose command failed.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Rings alarms as they fall due, until `stop`.
pub async fn run(journal: Journal, bell: &dyn Bell, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let due = match journal.due_alarms().await {
            Ok(due) => due,
            Err(trouble) => {
                tracing::error!(journal = journal.name(), %trouble, "alarms cannot be read");
                pause(&stop).await;
                continue;
            }
        };
        if due.is_empty() {
            wait(&journal, &stop).await;
            continue;
        }
        for alarm in due {
            if let Err(trouble) = bell.ring(&alarm).await {
                tracing::error!(
                    journal = journal.name(), thing = alarm.thing, kind = alarm.kind, %trouble,
                    "an alarm could not be carried out and will ring again"
                );
                pause(&stop).await;
            }
        }
    }
}

async fn wait(journal: &Journal, stop: &CancellationToken) {
    let clock = &journal.sources().clock;
    let latest = clock.now().saturating_add(LOOK_AGAIN_AFTER).unwrap_or(Timestamp::MAX);
    let next = match journal.next_alarm().await {
        Ok(Some(next)) => next.min(latest),
        _ => latest,
    };
    tokio::select! {
        () = clock.reach(next) => {}
        () = journal.alarms_moved().notified() => {}
        () = stop.cancelled() => {}
    }
}

#[allow(clippy::disallowed_methods, reason = "a failing alarm is left alone for a moment")]
async fn pause(stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(RETRY_AFTER) => {}
        () = stop.cancelled() => {}
    }
}

impl Journal {
    /// The alarms that are due, the earliest first.
    pub async fn due_alarms(&self) -> Result<Vec<Alarm>, Trouble> {
        let now = self.sources().clock.now().as_microsecond();
        let sql = "SELECT thing, kind, due_at FROM alarm WHERE due_at <= $1 \
                   ORDER BY due_at, thing, kind LIMIT $2";
        let rows = list(self.database().read(), sql, [now.into(), ALARMS_PER_READ.into()]).await?;
        rows.iter()
            .map(|row| {
                Ok(Alarm {
                    thing: row.try_get_by_index(0)?,
                    kind: row.try_get_by_index(1)?,
                    due_at: instant(row.try_get_by_index(2)?)?,
                })
            })
            .collect()
    }

    /// When the next alarm rings, due or not.
    pub async fn next_alarm(&self) -> Result<Option<Timestamp>, Trouble> {
        let sql = "SELECT due_at FROM alarm ORDER BY due_at LIMIT 1";
        match find(self.database().read(), sql, []).await? {
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
