//! Cursors: how far a task has come. Moved by compare-and-set, so that two at once are harmless.

use sea_orm::{ConnectionTrait, DbErr};

use crate::statement::{execute, find};

/// The name of the publisher's cursor.
pub(crate) const PUBLISHED: &str = "published";

/// The name of a listener's cursor for a source.
pub(crate) fn heard(source: &str) -> String {
    format!("heard {source}")
}

/// The name of the cursor of somebody outside to whom entries are carried.
pub(crate) fn carried(carrier: &str) -> String {
    format!("carried {carrier}")
}

/// Lets a cursor begin at a position, unless it has begun before.
pub(crate) async fn begin_progress<C: ConnectionTrait>(
    on: &C,
    name: &str,
    at: i64,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO progress (name, position) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    execute(on, sql, [name.into(), at.into()]).await?;
    Ok(())
}

/// Where a cursor stands; 0 if it was never moved.
pub(crate) async fn find_progress<C: ConnectionTrait>(on: &C, name: &str) -> Result<i64, DbErr> {
    match find(on, "SELECT position FROM progress WHERE name = $1", [name.into()]).await? {
        Some(row) => row.try_get_by_index(0),
        None => Ok(0),
    }
}

/// Moves a cursor if it still stands where it was read; false if another was quicker.
pub(crate) async fn move_progress<C: ConnectionTrait>(
    on: &C,
    name: &str,
    from: i64,
    to: i64,
) -> Result<bool, DbErr> {
    if from == 0 {
        let sql =
            "INSERT INTO progress (name, position) VALUES ($1, 0) ON CONFLICT (name) DO NOTHING";
        execute(on, sql, [name.into()]).await?;
    }
    let sql = "UPDATE progress SET position = $3 WHERE name = $1 AND position = $2";
    Ok(execute(on, sql, [name.into(), from.into(), to.into()]).await? == 1)
}
