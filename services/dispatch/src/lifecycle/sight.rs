//! Who may know of an order: its department, those it assists with or is assisted by, and those
//! who look after all.

use base::{Person, Role};

use super::order::WorkOrder;

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
