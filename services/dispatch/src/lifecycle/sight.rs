//! Who may know of an order: its department, those it assists with or is assisted by, and those
//! who look after all. And who of them may work on it.

use base::{Person, Role};

use super::order::WorkOrder;
use crate::error::Error;

/// The roles that see every order.
pub const SEE_ALL: [Role; 4] =
    [Role::Dispatcher, Role::Supervisor, Role::ZoneLeader, Role::Auditor];

/// Whether a person sees every order.
pub fn sees_all(person: &Person) -> bool {
    SEE_ALL.iter().any(|role| person.is(*role))
}

/// Whether a person may know of an order. To whoever may not, there is none.
pub fn sees(order: &WorkOrder, person: &Person) -> bool {
    let assists = order.assistance.iter().map(|child| &child.department);
    let mut concerned = assists.chain([&order.department]).chain(&order.asked_by);
    sees_all(person) || (person.active && concerned.any(|department| person.belongs_to(department)))
}

/// Who is of the department that has the order, and not barred from the matter.
pub(super) fn of_the_department(order: &WorkOrder, by: &Person) -> Result<(), Error> {
    if !by.belongs_to(&order.department) {
        return Err(stranger(order, by));
    }
    if order.barred.contains(&by.id) {
        return Err(Error::PersonBarred { person: by.id.clone() });
    }
    Ok(())
}

/// What somebody of another department is told: to whoever may not know of the order, there is none.
pub(super) fn stranger(order: &WorkOrder, by: &Person) -> Error {
    if sees(order, by) {
        Error::OtherDepartment { department: order.department.clone() }
    } else {
        Error::WorkOrderNotFound
    }
}

/// Who has claimed the order. Before anybody has, the state refuses what needs a claimant.
pub(super) fn claimant(order: &WorkOrder, by: &Person) -> Result<(), Error> {
    if !sees(order, by) {
        return Err(Error::WorkOrderNotFound);
    }
    match &order.claimant {
        Some(claimant) if *claimant != by.id => {
            Err(Error::NotClaimant { claimant: claimant.clone() })
        }
        Some(_) | None => Ok(()),
    }
}
