//! Ruling (裁定): on an exception that somebody asked for. Whoever rules holds the office for it, and is
//! another person than who asked (domain.md §2).

use base::{Person, Role};

use super::order::WorkOrder;
use super::parts::Asker;
use crate::error::Error;

/// Refuses whoever does not hold the office that decides.
pub(super) fn decides(by: &Person, role: Role) -> Result<(), Error> {
    if by.is(role) { Ok(()) } else { Err(Error::OtherDecides { role }) }
}

/// Refuses who asked for it and who has the order, by any account, and who holds the office in the
/// place of either (代理).
pub(super) fn on_anothers(
    order: &WorkOrder,
    asked_by: Option<&Asker>,
    by: &Person,
    office: Role,
) -> Result<(), Error> {
    let asker = asked_by.into_iter().flat_map(|asker| [&asker.by, &asker.human]);
    let mut own = asker.chain(&order.claimant).chain(&order.claimant_human);
    let principal = by.lent.get(&office);
    if own.any(|own| own == by.human() || *own == by.id || principal == Some(own)) {
        return Err(Error::RulesOnOwn);
    }
    Ok(())
}

/// Refuses a lead of the department that asked: nobody extends their own, in whatever office.
pub(super) fn on_another_department(order: &WorkOrder, by: &Person) -> Result<(), Error> {
    let own = order.department.as_ref().is_some_and(|department| by.belongs_to(department));
    if own && by.is(Role::Lead) { Err(Error::RulesOnOwn) } else { Ok(()) }
}
