//! What an application holds beside its row: so many may bear a key (M4), so much fits under a cap (M3).
//! Whoever decides takes it first, in the same unit: a twin on another replica waits there.

use std::collections::{BTreeMap, BTreeSet};

use base::{ApplicationId, Fen};
use jiff::Timestamp;
use journal::statement::{execute, list};
use sea_orm::{DatabaseTransaction, DbErr};

use super::{caps, entitlements};
use crate::lifecycle::application::Application;
use crate::lifecycle::policy::{CapLine, Repetition};

/// Takes a place under each key for an application, where one is free, and says how many others bear
/// each: as many as may, if none was free.
pub async fn take_keys(
    tx: &DatabaseTransaction,
    application: ApplicationId,
    keys: &[Repetition],
    at: Timestamp,
) -> Result<BTreeMap<String, u32>, DbErr> {
    let held = keys_of(tx, application).await?;
    // In the order of their names: whoever takes several takes them in the same order.
    let keys: BTreeSet<&Repetition> = keys.iter().collect();
    let mut borne = BTreeMap::new();
    for key in keys {
        let others = take_key(tx, application, key, held.contains_key(&key.key), at).await?;
        borne.insert(key.key.clone(), others);
    }
    Ok(borne)
}

/// Takes a place under a key, if it is not there yet; how many places before it are others'.
async fn take_key(
    tx: &DatabaseTransaction,
    application: ApplicationId,
    key: &Repetition,
    is_held: bool,
    at: Timestamp,
) -> Result<u32, DbErr> {
    if is_held {
        return Ok(0);
    }
    for place in 1..=key.times {
        if entitlements::take(tx, &place_name(&key.key, place), application, at).await?.is_none() {
            return Ok(place - 1);
        }
    }
    Ok(key.times)
}

/// The keys that an application bears now: none any more once it is over. One that could not be taken
/// before stops the unit: no key is ever borne by more than may.
pub(super) async fn put_keys(tx: &DatabaseTransaction, thing: &Application) -> Result<(), DbErr> {
    if !thing.is_live() {
        return entitlements::give_back(tx, thing.id).await;
    }
    let held = keys_of(tx, thing.id).await?;
    let wanted: BTreeMap<String, Repetition> =
        thing.repetitions().into_iter().map(|key| (key.key.clone(), key)).collect();
    for (_, place) in held.iter().filter(|(key, _)| !wanted.contains_key(*key)) {
        let sql = "DELETE FROM entitlement WHERE duplicate_key = $1 AND application = $2";
        execute(tx, sql, [place.clone().into(), thing.id.to_string().into()]).await?;
    }
    for key in wanted.values().filter(|key| !held.contains_key(&key.key)) {
        let others = take_key(tx, thing.id, key, false, thing.changed_at).await?;
        if key.times <= others {
            let what = format!("{} has no place under {}", thing.id, key.key);
            return Err(DbErr::Custom(what));
        }
    }
    Ok(())
}

/// The keys that an application holds, each with the place that it has under it.
async fn keys_of(
    tx: &DatabaseTransaction,
    application: ApplicationId,
) -> Result<BTreeMap<String, String>, DbErr> {
    let sql = "SELECT duplicate_key FROM entitlement WHERE application = $1";
    let rows = list(tx, sql, [application.to_string().into()]).await?;
    let mut held = BTreeMap::new();
    for row in rows {
        let place: String = row.try_get_by_index(0)?;
        let key = place.rsplit_once('#').map_or(place.as_str(), |(key, _)| key).to_owned();
        held.insert(key, place);
    }
    Ok(held)
}

fn place_name(key: &str, place: u32) -> String {
    format!("{key}#{place}")
}

/// What others use of each cap, all locked until the unit ends.
pub async fn used_of(
    tx: &DatabaseTransaction,
    application: ApplicationId,
    lines: &[CapLine],
) -> Result<BTreeMap<String, Fen>, DbErr> {
    let own = charges_of(tx, application).await?;
    let lines: BTreeSet<&CapLine> = lines.iter().collect();
    let mut used = BTreeMap::new();
    for line in lines {
        // A cap that nobody has used yet has a row to lock from here on.
        let sql = "INSERT INTO cap_line (name, cap, used) VALUES ($1, $2, 0) \
                   ON CONFLICT DO NOTHING";
        execute(tx, sql, [line.key.clone().into(), line.limit.0.into()]).await?;
        let all = caps::find_used(tx, &line.key).await?;
        let own = own.get(&line.key).copied().unwrap_or_default();
        used.insert(line.key.clone(), Fen(all.0 - own.0));
    }
    Ok(used)
}

/// What an application uses of each cap now. More than a cap leaves stops the unit.
pub(super) async fn put_charges(
    tx: &DatabaseTransaction,
    thing: &Application,
) -> Result<(), DbErr> {
    let had = charges_of(tx, thing.id).await?;
    let charge = thing.charge();
    let counted = |line: CapLine| (line.key, (line.limit, charge));
    let wanted: BTreeMap<String, (Fen, Fen)> = if charge == Fen::ZERO {
        BTreeMap::new()
    } else {
        thing.cap_lines().into_iter().map(counted).collect()
    };
    let application = thing.id.to_string();
    for (line, amount) in had.iter().filter(|(line, _)| !wanted.contains_key(*line)) {
        caps::give_back(tx, line, *amount).await?;
        let sql = "DELETE FROM application_charge WHERE application = $1 AND line = $2";
        execute(tx, sql, [application.clone().into(), line.clone().into()]).await?;
    }
    for (line, (cap, amount)) in &wanted {
        let before = had.get(line).copied().unwrap_or_default();
        if before < *amount {
            let more = Fen(amount.0 - before.0);
            if !caps::take(tx, line, *cap, more).await? {
                return Err(DbErr::Custom(format!("the cap {line} leaves less than {more}")));
            }
        } else if *amount < before {
            caps::give_back(tx, line, Fen(before.0 - amount.0)).await?;
        } else {
            continue;
        }
        let sql = "INSERT INTO application_charge (application, line, amount) VALUES ($1, $2, $3) \
                   ON CONFLICT (application, line) DO UPDATE SET amount = excluded.amount";
        let values = [application.clone().into(), line.clone().into(), amount.0.into()];
        execute(tx, sql, values).await?;
    }
    Ok(())
}

async fn charges_of(
    tx: &DatabaseTransaction,
    application: ApplicationId,
) -> Result<BTreeMap<String, Fen>, DbErr> {
    let sql = "SELECT line, amount FROM application_charge WHERE application = $1";
    let rows = list(tx, sql, [application.to_string().into()]).await?;
    let charge =
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, Fen(row.try_get_by_index(1)?))));
    charge.collect()
}
