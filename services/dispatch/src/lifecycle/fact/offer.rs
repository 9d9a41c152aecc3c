//! To whom an order goes, or that it goes to nobody, or is accepted: with the limits that hold then.

use base::{DepartmentId, PersonId};
use jiff::Timestamp;

use crate::lifecycle::limits::{Deadline, Due};

/// An order is offered to a department, with the limits that hold there.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// Which.
    pub department: DepartmentId,
    /// By when it must be claimed.
    pub claim_due: Option<Due>,
    /// By when first contact is due.
    pub contact_due: Option<Due>,
    /// By when the answer is due.
    pub reply: Option<Deadline>,
    /// By when assisting orders are due now, if that moves.
    pub assistance_due: Option<Due>,
    /// Class urgent: the duty chain.
    pub duty: Vec<PersonId>,
}

/// No department has the order: by when one must be found, and its limits meanwhile.
#[derive(Clone, Debug, PartialEq)]
pub struct Vacancy {
    /// By when somebody must have found one.
    pub decision_due: Due,
    /// By when first contact is due, now that nobody has claimed it.
    pub contact_due: Option<Due>,
    /// By when the answer is due, now that nobody has claimed it.
    pub reply: Option<Deadline>,
}

/// Decision work was accepted (受理) by its owner, with the limits that hold from then on.
#[derive(Clone, Debug, PartialEq)]
pub struct Acceptance {
    /// From when it counts as accepted.
    pub accepted_at: Timestamp,
    /// By when the answer is due; while the clock stands still, as if it did not.
    pub reply: Option<Deadline>,
    /// By when assisting orders are due now, if that moves.
    pub assistance_due: Option<Due>,
}
