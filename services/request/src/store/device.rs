//! The rows of devices: one for each, bounded whatever happens from it.

use base::Person;
use journal::statement::{execute, find, for_update};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, QueryResult};

use crate::lifecycle::Device;

/// Whom a device was seen with, by the hash that stands for it; nobody if it was never seen.
pub async fn find_device<C: ConnectionTrait>(on: &C, device: &str) -> Result<Device, DbErr> {
    let sql = "SELECT staff, enterprises FROM device WHERE device = $1";
    let row = find(on, sql, [device.into()]).await?;
    row.map_or(Ok(Device::default()), |row| device_of(&row))
}

/// Notes that a device was seen with a person. What is known already is not written again.
pub async fn note_device(
    tx: &DatabaseTransaction,
    device: &str,
    person: &Person,
) -> Result<(), DbErr> {
    let known = find_device(tx, device).await?;
    if known.clone().with(person) == known {
        return Ok(());
    }
    let sql = "INSERT INTO device (device, staff, enterprises) VALUES ($1, 0, '[]') \
               ON CONFLICT (device) DO NOTHING";
    execute(tx, sql, [device.into()]).await?;
    // Locked, as another unit may see it with somebody else at the same time.
    let sql = format!("SELECT staff, enterprises FROM device WHERE device = $1{}", for_update(tx));
    let row = find(tx, &sql, [device.into()]).await?;
    let seen = row.map_or(Ok(known), |row| device_of(&row))?.with(person);
    let enterprises = serde_json::to_string(&seen.enterprises);
    let enterprises = enterprises.map_err(|error| DbErr::Json(error.to_string()))?;
    let sql = "UPDATE device SET staff = $2, enterprises = $3 WHERE device = $1";
    let values = [device.into(), i64::from(seen.staff).into(), enterprises.into()];
    execute(tx, sql, values).await.map(|_| ())
}

fn device_of(row: &QueryResult) -> Result<Device, DbErr> {
    let staff: i64 = row.try_get_by_index(0)?;
    let enterprises: String = row.try_get_by_index(1)?;
    let enterprises = serde_json::from_str(&enterprises);
    let enterprises = enterprises.map_err(|error| DbErr::Json(error.to_string()))?;
    Ok(Device { staff: staff != 0, enterprises })
}
