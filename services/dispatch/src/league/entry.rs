//! What one order adds to the league.

use base::{DepartmentId, WorkOrderId};

use crate::lifecycle::Counted;

/// What one order says of departments and of the zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub order: WorkOrderId,
    /// The departments that had it and whose return was upheld.
    pub returned_by: Vec<DepartmentId>,
    /// The department that has it, or had it to the end; none while nobody does.
    pub department: Option<DepartmentId>,
    /// What it says of that one.
    pub share: Share,
}

/// What an order says of the department that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Share {
    /// The department leads.
    Led(Led),
    /// The department assisted.
    Assisted {
        /// It did so after it was due, or has not yet and is overdue.
        late: bool,
    },
    /// It was withdrawn: dispatched, and excluded.
    Cancelled {
        /// Why, as its owner said it.
        reason: String,
    },
}

/// An order that a department has or had to the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Led {
    /// First contact came after its limit; `None` if it was not made.
    pub contacted_late: Option<bool>,
    /// It was not made, and its limit has passed.
    pub contact_overdue: bool,
    /// The answer came after its limit; `None` if it was not given.
    pub answered_late: Option<bool>,
    /// The answer named assistance that was overdue: its lateness is theirs.
    pub assistance_overdue: bool,
    /// Its due instant has passed.
    pub overdue: bool,
    /// Its owner decides it: nobody asks for a verdict.
    pub decided_in_owner: bool,
    /// The enterprise's verdict, once given.
    pub verdict: Option<Verdict>,
    /// Whether the matter was closed in time; none if nothing is closed: decision work.
    pub closing: Option<Closing>,
}

impl Led {
    /// Whether it is late because of assistance that the answer named as overdue.
    pub fn is_theirs(&self) -> bool {
        self.assistance_overdue && self.answered_late == Some(true)
    }
}

/// What the enterprise said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// 5 非常满意 … 1 非常不满意; none if it was confirmed by call-back and not rated.
    pub level: Option<u8>,
    /// Content, and solved.
    pub confirmed_solved: bool,
    /// Whether it counts.
    pub counted: Counted,
}

/// The closing of a matter, held against the zone's own limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Closing {
    /// It came after that; `None` while the matter is not closed.
    pub late: Option<bool>,
    /// It is not closed, and the limit has passed.
    pub overdue: bool,
}
