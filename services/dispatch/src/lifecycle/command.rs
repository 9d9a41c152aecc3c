//! What can be asked of a work order: by people, by other services, by time.

use std::collections::BTreeSet;

use base::{CategoryId, DepartmentId, EnterpriseId, Person, PersonId, WorkOrderId};
use jiff::Timestamp;

use super::Alarm;
use super::limits::{Due, LimitRule};
use super::order::{Decision, Outcome, PauseReason, Rating, WorkClass, WorkKind, WorkPause};

/// A department that somebody named, and whether the directory knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Which one.
    pub department: DepartmentId,
    /// Whether there is such a department.
    pub known: bool,
}

/// A person that somebody named, and what the directory knows of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nominee {
    /// Who.
    pub id: PersonId,
    /// The person, if known.
    pub person: Option<Person>,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Take the order on (签收).
    Claim {
        /// Who.
        by: Person,
    },
    /// Give it to a person of the department (指派).
    Assign {
        /// The lead.
        by: Person,
        /// Who shall have it.
        to: Nominee,
    },
    /// Hand it to a colleague (转交).
    HandOver {
        /// The claimant.
        by: Person,
        /// Who shall have it.
        to: Nominee,
    },
    /// Record first contact (报到).
    Contact {
        /// Who.
        by: Person,
        /// How, in words.
        proof: String,
    },
    /// Say that it is not this department's work (退单).
    Return {
        /// Who.
        by: Person,
        /// The legal basis.
        basis: String,
        /// The right department; none: 职责不清.
        names: Option<Named>,
    },
    /// Uphold a return: another department gets it.
    UpholdReturn {
        /// Which.
        to: Named,
        /// Why.
        reason: String,
    },
    /// Refuse a return, finally.
    RefuseReturn {
        /// Why.
        reason: String,
    },
    /// Ask another department to assist (协办).
    AskAssistance {
        /// The claimant.
        by: Person,
        /// Which department.
        department: Named,
        /// What is asked.
        text: String,
        /// The child order to be made.
        child: WorkOrderId,
        /// Its number.
        number: String,
    },
    /// Ask that the clock stand still (挂起).
    AskPause {
        /// The claimant.
        by: Person,
        /// Why.
        reason: PauseReason,
        /// In words.
        note: String,
        /// Until when at the latest.
        until: Timestamp,
    },
    /// Rule on a pause.
    DecidePause {
        /// The ruling.
        decision: Decision,
        /// Why.
        reason: String,
    },
    /// Answer (办复).
    Complete {
        /// The claimant.
        by: Person,
        /// What became of it.
        outcome: Outcome,
        /// What the enterprise is told.
        answer: String,
        /// What stays inside.
        internal_note: String,
        /// How contact was made, if it is recorded in the same call.
        proof: Option<String>,
    },
    /// Urge the department (催办).
    Urge {
        /// Who.
        by: Person,
        /// In words.
        note: String,
    },

    /// Heard: a piece of work is wanted. Makes the order.
    Request(Box<Requested>),
    /// Heard: the enterprise has supplied what was awaited.
    SupplyMaterials {
        /// When it did.
        occurred_at: Timestamp,
    },
    /// Heard: the enterprise gave its verdict.
    Rate {
        /// When it did.
        occurred_at: Timestamp,
        /// The round that it judges.
        round: u32,
        /// The verdict.
        rating: Rating,
    },
    /// Heard: a year of the calendar was published or amended; the moment's calendar has it.
    Recount,

    /// Of another order of this service: it is assisted by the order to be made.
    Assist(Box<Assisting>),
    /// Of an assisting order: it is done.
    NoteAssisted {
        /// The child.
        child: WorkOrderId,
        /// Who had a hand in it.
        concerned: BTreeSet<PersonId>,
    },
    /// Of the order that is assisted: its due instant moved, and this one's with it.
    FollowDue {
        /// The new one.
        due: Due,
        /// Why.
        cause: Cause,
    },

    /// Of the order that is assisted: it is suspended, and this one stands still with it.
    StandStill {
        /// The pause.
        pause: WorkPause,
        /// By when this one is due if the pause lasts as long as it may.
        due: Due,
    },
    /// Of the order that is assisted: its clock goes on, and this one's with it.
    GoOn {
        /// When the pause ended.
        resumed_at: Timestamp,
        /// It ended at its own deadline.
        ran_out: bool,
    },

    /// An alarm rings.
    Ring {
        /// Which.
        alarm: Alarm,
        /// The head of the department, if the directory knows one.
        head: Option<Person>,
    },
}

/// Why a due instant moved.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::IntoStaticStr, strum::EnumIter,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Cause {
    /// The clock stood still.
    Pause,
    /// A year of the calendar was published or amended.
    Calendar,
}

/// What a request for work says.
#[derive(Clone, Debug, PartialEq)]
pub struct Requested {
    /// The order to be made, chosen by who asks.
    pub work_order: WorkOrderId,
    /// Its number, drawn here.
    pub number: String,
    /// The round, from 1.
    pub round: u32,
    /// Where it is decided.
    pub kind: WorkKind,
    /// What it is for.
    pub source: String,
    /// The number of that.
    pub source_number: String,
    /// What it is about.
    pub title: String,
    /// What is asked.
    pub text: String,
    /// Whose matter.
    pub enterprise: EnterpriseId,
    /// The category.
    pub category: CategoryId,
    /// The department that shall lead.
    pub lead: DepartmentId,
    /// Departments that may be asked to assist.
    pub suggested_assisting: Vec<DepartmentId>,
    /// How hard it is.
    pub work_class: WorkClass,
    /// The limits of the catalogue.
    pub limits: Vec<LimitRule>,
    /// The version that they come from.
    pub rule_version: u32,
    /// When the enterprise submitted.
    pub submitted_at: Timestamp,
    /// People who may not do it.
    pub barred: BTreeSet<PersonId>,
    /// When the work was asked for.
    pub occurred_at: Timestamp,
}

/// What an order that asks for assistance gives to the child.
#[derive(Clone, Debug, PartialEq)]
pub struct Assisting {
    /// The child, as a request of its own. It has no limits: it is due with its parent.
    pub requested: Requested,
    /// The order that asks.
    pub parent: WorkOrderId,
    /// The department that has it.
    pub asked_by: DepartmentId,
    /// By when the child is due.
    pub due: Due,
}

impl Command {
    /// For what is heard: when it happened.
    pub fn occurred_at(&self) -> Option<Timestamp> {
        match self {
            Command::Request(requested) => Some(requested.occurred_at),
            Command::SupplyMaterials { occurred_at } | Command::Rate { occurred_at, .. } => {
                Some(*occurred_at)
            }
            Command::Claim { .. }
            | Command::Assign { .. }
            | Command::HandOver { .. }
            | Command::Contact { .. }
            | Command::Return { .. }
            | Command::UpholdReturn { .. }
            | Command::RefuseReturn { .. }
            | Command::AskAssistance { .. }
            | Command::AskPause { .. }
            | Command::DecidePause { .. }
            | Command::Complete { .. }
            | Command::Urge { .. }
            | Command::Recount
            | Command::Assist(_)
            | Command::NoteAssisted { .. }
            | Command::FollowDue { .. }
            | Command::StandStill { .. }
            | Command::GoOn { .. }
            | Command::Ring { .. } => None,
        }
    }

    /// For a fact that another service told about an order that exists: its row in
    /// [`HEARD`](super::HEARD).
    pub fn heard(&self) -> Option<super::Heard> {
        match self {
            Command::Request(_) => Some(super::Heard::WorkRequested),
            Command::SupplyMaterials { .. } => Some(super::Heard::MaterialsSupplied),
            Command::Rate { rating, .. } if rating.confirmed => Some(super::Heard::TicketConfirmed),
            Command::Rate { .. } => Some(super::Heard::TicketDissatisfied),
            Command::Claim { .. }
            | Command::Assign { .. }
            | Command::HandOver { .. }
            | Command::Contact { .. }
            | Command::Return { .. }
            | Command::UpholdReturn { .. }
            | Command::RefuseReturn { .. }
            | Command::AskAssistance { .. }
            | Command::AskPause { .. }
            | Command::DecidePause { .. }
            | Command::Complete { .. }
            | Command::Urge { .. }
            | Command::Recount
            | Command::Assist(_)
            | Command::NoteAssisted { .. }
            | Command::FollowDue { .. }
            | Command::StandStill { .. }
            | Command::GoOn { .. }
            | Command::Ring { .. } => None,
        }
    }
}
