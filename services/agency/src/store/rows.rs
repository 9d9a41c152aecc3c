//! What stands beside the row of a case, so that others find it by that.

use std::collections::BTreeMap;

use base::CaseId;
use journal::statement::{execute, find, list};
use runtime::Lifecycle as _;
use sea_orm::{DatabaseTransaction, DbErr};

use super::Cases;
use crate::lifecycle::Case;

/// Takes the number of a certificate for a case; false if it is another's. To be called in the unit
/// that issues the certificate: a twin on another replica waits here until that has ended.
pub async fn take_certificate(
    tx: &DatabaseTransaction,
    case: &CaseId,
    number: &str,
) -> Result<bool, DbErr> {
    // The thing is locked first, as for every command.
    Cases::find_locked(tx, case).await?;
    let sql = "INSERT INTO certificate (number, of_case) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    execute(tx, sql, [number.into(), case.to_string().into()]).await?;
    let sql = "SELECT 1 FROM certificate WHERE number = $1 AND of_case = $2";
    Ok(find(tx, sql, [number.into(), case.to_string().into()]).await?.is_some())
}

/// The numbers that were given in the change that is written. Whoever did not take them before is
/// stopped here: no number is ever of two cases.
pub(super) async fn put_certificates(tx: &DatabaseTransaction, case: &Case) -> Result<(), DbErr> {
    let permits = case.items.values().filter_map(|item| item.permit.as_ref());
    for permit in permits.filter(|permit| permit.issued_at == case.changed_at) {
        let sql = "INSERT INTO certificate (number, of_case) VALUES ($1, $2) \
                   ON CONFLICT (number) DO UPDATE SET of_case = excluded.of_case \
                   WHERE certificate.of_case = excluded.of_case";
        let values = [permit.number.clone().into(), case.id.to_string().into()];
        if execute(tx, sql, values).await? == 0 {
            return Err(DbErr::Custom(format!("a certificate of {} is another's", case.id)));
        }
    }
    Ok(())
}

/// Which departments decide items of a case, where that has changed.
pub(super) async fn put_departments(tx: &DatabaseTransaction, case: &Case) -> Result<(), DbErr> {
    let mut has: BTreeMap<String, i64> = BTreeMap::new();
    for item in case.items.values() {
        let begun = has.entry(item.department.to_string()).or_default();
        *begun = (*begun).max(i64::from(0 < item.orders));
    }
    let name = case.id.to_string();
    let sql = "SELECT department, begun FROM case_department WHERE of_case = $1";
    let rows = list(tx, sql, [name.clone().into()]).await?;
    let had = rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)));
    let had: BTreeMap<String, i64> = had.collect::<Result<_, DbErr>>()?;
    for department in had.keys().filter(|department| !has.contains_key(*department)) {
        let sql = "DELETE FROM case_department WHERE of_case = $1 AND department = $2";
        execute(tx, sql, [name.clone().into(), department.clone().into()]).await?;
    }
    for (department, begun) in has.iter().filter(|(of, begun)| had.get(*of) != Some(*begun)) {
        let sql = "INSERT INTO case_department (of_case, department, opened_at, begun) \
                   VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (of_case, department) DO UPDATE SET begun = excluded.begun";
        let opened_at = case.opened_at.as_microsecond();
        let values =
            [name.clone().into(), department.clone().into(), opened_at.into(), (*begun).into()];
        execute(tx, sql, values).await?;
    }
    Ok(())
}

/// What was handed in, in the change that is written.
pub(super) async fn put_materials(tx: &DatabaseTransaction, case: &Case) -> Result<(), DbErr> {
    for (material, versions) in &case.materials {
        for version in versions.iter().filter(|version| version.added_at == case.changed_at) {
            let sql = "INSERT INTO material (of_case, material, version, enterprise, sha256, \
                       added_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
            let values = [
                case.id.to_string().into(),
                material.to_string().into(),
                i64::from(version.version).into(),
                case.opening.enterprise.to_string().into(),
                version.file.sha256.clone().into(),
                version.added_at.as_microsecond().into(),
            ];
            execute(tx, sql, values).await?;
        }
    }
    Ok(())
}
