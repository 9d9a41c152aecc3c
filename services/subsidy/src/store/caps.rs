//! What an enterprise has had under a cap 限额, whatever the policy (M3).

use base::Fen;
use journal::statement::{execute, find, for_update};
use sea_orm::{DatabaseTransaction, DbErr};

/// What is used under a cap, locked until the unit ends; nothing if none has begun.
///
/// A cap that nobody has used yet has no row to lock: whoever uses it first makes it, and a twin
/// waits there.
pub async fn find_used(tx: &DatabaseTransaction, name: &str) -> Result<Fen, DbErr> {
    let sql = format!("SELECT used FROM cap_line WHERE name = $1{}", for_update(tx));
    let row = find(tx, &sql, [name.into()]).await?;
    row.map_or(Ok(Fen::ZERO), |row| row.try_get_by_index(0).map(Fen))
}

/// Takes an amount, above zero, from what a cap leaves; false if it leaves less, and then nothing is
/// taken. The cap is as the rules have it now: it holds for what is taken from now on.
pub async fn take(
    tx: &DatabaseTransaction,
    name: &str,
    cap: Fen,
    amount: Fen,
) -> Result<bool, DbErr> {
    if cap < amount {
        return Ok(false);
    }
    let sql = "INSERT INTO cap_line (name, cap, used) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING";
    execute(tx, sql, [name.into(), cap.0.into()]).await?;
    let sql = "UPDATE cap_line SET cap = $2, used = used + $3 \
               WHERE name = $1 AND used <= $2 - $3";
    let values = [name.into(), cap.0.into(), amount.0.into()];
    Ok(execute(tx, sql, values).await? == 1)
}

/// Gives back what was taken. Fails if that was less.
pub async fn give_back(tx: &DatabaseTransaction, name: &str, amount: Fen) -> Result<(), DbErr> {
    let sql = "UPDATE cap_line SET used = used - $2 WHERE name = $1";
    if execute(tx, sql, [name.into(), amount.0.into()]).await? == 0 {
        return Err(DbErr::Custom(format!("nothing was taken under the cap {name}")));
    }
    Ok(())
}
