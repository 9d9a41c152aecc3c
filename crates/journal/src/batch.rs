//! One transaction for up to 64 units: each in its savepoint, then the facts, then the commit; and
//! only then any answer.

use sea_orm::{DatabaseTransaction, TransactionTrait as _};

use crate::append::{Owner, append};
use crate::unit::Unit;
use crate::writer::{Job, Ran};
use crate::{Journal, Trouble};

/// How often a unit that runs alone is tried again before its caller is told to come back.
const ATTEMPTS_MAX: usize = 20;

type Jobs = Vec<Box<dyn Job>>;

/// Makes a batch true. After a conflict with another transaction, or if the engine refuses the
/// batch for a fault that one of its units may have, its units are run one by one.
pub(crate) async fn commit(journal: &Journal, batch: Jobs) {
    if batch.is_empty() {
        return;
    }
    let Some(again) = attempt(journal, batch).await else { return };
    for job in again {
        commit_alone(journal, job).await;
    }
}

async fn commit_alone(journal: &Journal, mut job: Box<dyn Job>) {
    for _ in 0..ATTEMPTS_MAX {
        let Some(again) = attempt(journal, vec![job]).await.and_then(|mut jobs| jobs.pop()) else {
            return;
        };
        job = again;
    }
    job.fail(Trouble::Overloaded);
}

/// What a batch is about to make true.
struct Carried {
    /// How many units went well.
    well: usize,
    /// The last position; 0 if no unit went well.
    position: i64,
    told: bool,
    alarms_moved: bool,
    forgets: bool,
}

/// One transaction for a batch; gives back the units that are to be tried again one by one.
async fn attempt(journal: &Journal, mut jobs: Jobs) -> Option<Jobs> {
    let tx = match journal.database().begin().await {
        Ok(tx) => tx,
        Err(error) => return fail(journal, jobs, error.into()),
    };
    let carried = match carry_out(journal, &tx, &mut jobs).await {
        Ok(carried) => carried,
        Err(trouble) => {
            // Awaited, so that its locks are gone before anything is tried again. If it fails,
            // the connection is lost, and the transaction with it.
            let _ = tx.rollback().await;
            return fail(journal, jobs, trouble);
        }
    };
    let ended = if carried.well == 0 { tx.rollback().await } else { tx.commit().await };
    match ended.map_err(Trouble::from) {
        Ok(()) => {
            if 0 < carried.well {
                let Carried { well, position, told, alarms_moved, forgets } = carried;
                journal.note_commit(position, well, told, alarms_moved);
                journal.database().forget(forgets).await;
            }
            jobs.into_iter().for_each(|job| job.answer(carried.position));
            None
        }
        // A refusal by the engine is certain; a broken connection is not.
        Err(trouble) if trouble.is_outage() || trouble.database_code().is_none() => {
            tracing::error!(journal = journal.name(), %trouble, "the outcome of a commit is not known");
            jobs.into_iter().for_each(|job| job.fail(Trouble::OutcomeUnknown));
            None
        }
        Err(trouble) => fail(journal, jobs, trouble),
    }
}

/// Runs every unit in its savepoint and appends the facts of those that went well. A refusal is
/// kept until the commit, too: what it was founded on is not true before.
async fn carry_out(
    journal: &Journal,
    tx: &DatabaseTransaction,
    jobs: &mut Jobs,
) -> Result<Carried, Trouble> {
    let mut carried =
        Carried { well: 0, position: 0, told: false, alarms_moved: false, forgets: false };
    let mut told = Vec::new();
    for job in jobs {
        let mut unit = Unit::new(tx.begin().await?, journal.sources().clone());
        match job.run(&mut unit).await {
            // What it gives is founded on what commits here, like a refusal; nothing of it stays.
            Ran::Well if unit.only_tries => unit.tx.rollback().await?,
            Ran::Well => {
                carried.well += 1;
                carried.alarms_moved |= unit.alarms_moved;
                carried.forgets |= unit.forgets;
                told.append(&mut unit.told);
                unit.tx.commit().await?;
            }
            Ran::Refused => unit.tx.rollback().await?,
            Ran::Again(trouble) => return Err(trouble),
        }
    }
    if 0 < carried.well {
        let owner =
            Owner { zone: journal.zone(), service: journal.name(), sources: journal.sources() };
        carried.told = !told.is_empty();
        carried.position = append(tx, &owner, &told).await?;
    }
    Ok(carried)
}

/// A transaction came to nothing, which is certain. A conflict is tried again. In a batch that was
/// refused one unit may be to blame, so that each is tried alone. Otherwise every unit fails.
fn fail(journal: &Journal, jobs: Jobs, trouble: Trouble) -> Option<Jobs> {
    if trouble.asks_for_retry() || (1 < jobs.len() && !trouble.is_outage()) {
        tracing::info!(journal = journal.name(), %trouble, units = jobs.len(), "units are tried one by one");
        return Some(jobs);
    }
    let error = crate::trouble::chain(&trouble);
    tracing::error!(journal = journal.name(), error, "units could not be carried out");
    jobs.into_iter().for_each(|job| job.fail(trouble.clone()));
    None
}
