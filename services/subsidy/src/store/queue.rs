//! The queue at the end of a budget 排队: whoever is first in it is looked at when a line has something
//! left.

use base::Fen;
use journal::statement::execute;
use sea_orm::{DatabaseTransaction, DbErr};

use super::applications::first_in_queue;
use crate::alarms::DEQUEUE;
use crate::lifecycle::budget::Budget;

/// Wakes the first in the queue of a line's policy, in a unit of its own, if the line has something
/// left. Whether it is enough is for the rules.
pub(super) async fn wake(tx: &DatabaseTransaction, line: &Budget) -> Result<(), DbErr> {
    if line.free() <= Fen::ZERO {
        return Ok(());
    }
    let Some(first) = first_in_queue(tx, &line.policy).await? else { return Ok(()) };
    let sql = "INSERT INTO alarm (thing, kind, due_at) VALUES ($1, $2, $3) \
               ON CONFLICT (thing, kind) DO UPDATE SET due_at = excluded.due_at";
    let due_at = line.changed_at.as_microsecond();
    execute(tx, sql, [first.to_string().into(), DEQUEUE.into(), due_at.into()]).await?;
    Ok(())
}
