//! What of the zone a policy names, as the directory told it.

use std::collections::BTreeSet;

use base::DepartmentId;
use journal::Trouble;
use runtime::Known;
use sea_orm::ConnectionTrait;

use crate::lifecycle::policy::Terms;

/// Which of the departments that a policy names there are, and have not been dissolved.
pub async fn lasting_of<C: ConnectionTrait>(
    known: &Known,
    on: &C,
    terms: &Terms,
) -> Result<BTreeSet<DepartmentId>, Trouble> {
    let payers = terms.shares.iter().map(|share| &share.payer);
    let payers = payers.chain(terms.budgets.iter().map(|line| &line.payer));
    let named: BTreeSet<&DepartmentId> = payers.chain([&terms.department]).collect();
    let mut lasting = BTreeSet::new();
    for department in named {
        let found = known.department(on, department).await?;
        if found.is_some_and(|found| found.successor.is_empty()) {
            lasting.insert(department.clone());
        }
    }
    Ok(lasting)
}
