//! Who may know of an order: its department, those it assists with or is assisted by, and those
//! who look after all. And who of them may work on it.

use base::{Person, Role};

use super::order::WorkOrder;
use super::words::{Action, State};
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
    // Whom a complaint is about may have taken the place of who assisted.
    let assists = assists.filter(|department| !order.excluded.contains(*department));
    let mut concerned = assists.chain(&order.department).chain(&order.asked_by);
    let has_it = [&order.claimant, &order.zone_duty].contains(&&Some(person.id.clone()));
    let of_it = has_it || concerned.any(|department| person.belongs_to(department));
    sees_all(person) || (person.active && of_it)
}

/// Whether somebody may not work on the matter, by any account.
pub(super) fn is_barred(order: &WorkOrder, person: &Person) -> bool {
    order.barred.contains(&person.id) || order.barred.contains(person.human())
}

/// Who works where the order is: one of its department, or whoever of another has claimed it or is
/// on duty for it now. And not barred from the matter.
pub fn of_the_department(order: &WorkOrder, by: &Person) -> Result<(), Error> {
    let department = order.department.as_ref();
    if !has_it(order, by) && !department.is_some_and(|department| by.belongs_to(department)) {
        return Err(stranger(order, by));
    }
    if is_barred(order, by) {
        return Err(Error::PersonBarred { person: by.id.clone() });
    }
    Ok(())
}

/// Who does the work: staff of the department, or the one that has claimed it or is on duty for it,
/// whatever their role: the head who has it by default need not be staff.
pub fn does_the_work(order: &WorkOrder, by: &Person, action: Action) -> Result<(), Error> {
    of_the_department(order, by)?;
    if has_it(order, by) || by.is(Role::Staff) {
        Ok(())
    } else {
        Err(Error::needs(Role::Staff, action))
    }
}

/// Whether somebody has claimed the order, or is on duty for it now.
fn has_it(order: &WorkOrder, by: &Person) -> bool {
    [order.claimant.as_ref(), order.on_duty()].contains(&Some(&by.id))
}

/// What somebody of another department is told: to whoever may not know of the order, there is none.
pub(super) fn stranger(order: &WorkOrder, by: &Person) -> Error {
    if sees(order, by) {
        Error::OtherDepartment { department: order.department.clone() }
    } else {
        Error::WorkOrderNotFound
    }
}

/// Who has claimed the order. Before anybody has, the state refuses what needs a claimant; a suspended
/// order, which takes it, has none if they have left.
pub(super) fn claimant(order: &WorkOrder, by: &Person) -> Result<(), Error> {
    if !sees(order, by) {
        return Err(Error::WorkOrderNotFound);
    }
    match &order.claimant {
        Some(claimant) if *claimant != by.id => {
            Err(Error::NotClaimant { claimant: claimant.clone(), called: None })
        }
        None if order.state == State::Suspended => Err(Error::NobodyClaimed),
        Some(_) | None => Ok(()),
    }
}
