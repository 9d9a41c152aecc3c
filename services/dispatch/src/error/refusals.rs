//! Every way in which dispatch refuses.

use base::{DepartmentId, PersonId, WorkOrderId};
use runtime::Refusal;

use crate::lifecycle::{Action, PauseReason, State};

/// Why something did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such order, or the caller may not know of it.
    #[error("there is no such work order")]
    WorkOrderNotFound,
    /// The table of transitions does not have it.
    #[error("a work order in {state} cannot take {action}")]
    StateForbids {
        /// Where it stands.
        state: State,
        /// What was asked.
        action: Action,
        /// What would do.
        allowed: Vec<Action>,
    },
    /// The order is another department's.
    #[error("the work order is of {department}")]
    OtherDepartment {
        /// Whose it is.
        department: DepartmentId,
    },
    /// Somebody was quicker.
    #[error("{claimant} has claimed the work order already")]
    ClaimedAlready {
        /// Who.
        claimant: PersonId,
    },
    /// Only the claimant may do this.
    #[error("only {claimant}, who has claimed the work order, may do this")]
    NotClaimant {
        /// Who has it.
        claimant: PersonId,
    },
    /// Only a claimant may do this, and there is none.
    #[error("nobody has claimed the work order")]
    NobodyClaimed,
    /// This person may not work on this matter.
    #[error("{person} may not work on this matter")]
    PersonBarred {
        /// Who.
        person: PersonId,
    },
    /// The person named cannot be given the order.
    #[error("{person} is no active staff of the department")]
    PersonNotEligible {
        /// Who.
        person: PersonId,
    },
    /// More than a working day after the offer.
    #[error("more than a working day has passed since the offer")]
    ReturnTooLate,
    /// This department has returned it before.
    #[error("the department has returned the work order before")]
    ReturnedAlready,
    /// No such department.
    #[error("there is no {department}")]
    DepartmentNotFound {
        /// Which was named.
        department: DepartmentId,
    },
    /// That department has had it.
    #[error("{department} has had the work order")]
    DepartmentHadIt {
        /// Which.
        department: DepartmentId,
    },
    /// An assisting order is not returned, assisted or paused.
    #[error("an assisting order can be neither returned, assisted nor paused")]
    AssistanceStays,
    /// That department assists already, or leads.
    #[error("{department} assists already, or leads")]
    AssistsAlready {
        /// Which.
        department: DepartmentId,
    },
    /// Too little time is left for another department to assist.
    #[error("the answer is due in less than 4 working hours")]
    TooLittleTime,
    /// A pause that ends before it begins.
    #[error("`until_time` must be in the future")]
    UntilPast,
    /// A pause is asked and not decided yet.
    #[error("a pause is asked and not decided yet")]
    PauseAskedAlready,
    /// Each reason once per round.
    #[error("{reason} has been granted in this round")]
    PauseReasonUsed {
        /// Which.
        reason: PauseReason,
    },
    /// In total no longer than the original limit.
    #[error("the pauses would be longer than the limit itself")]
    PauseTooLong,
    /// Nobody asked for a pause.
    #[error("nobody asked for a pause")]
    NoPauseAsked,
    /// Assisting orders are still open and not overdue.
    #[error("assisting orders are still open")]
    AssistanceOpen {
        /// Which.
        work_orders: Vec<WorkOrderId>,
    },
    /// First contact has not been recorded, and no proof of it was given.
    #[error("first contact has not been recorded")]
    ContactMissing,
    /// Answers of classes A and B need a signature. The directory publishes no category of these
    /// classes, so nobody should ever be told this: it is the last line of defence.
    #[error("answers of classes A and B need a signature")]
    SignatureNeeded,
    /// Urged already for this due instant.
    #[error("the department has been urged for this due instant")]
    UrgedAlready,
    /// Nobody supervises the own department.
    #[error("nobody supervises the own department")]
    OwnDepartment,
    /// The period ends before it begins, or is too long.
    #[error("the period ends before it begins, or is longer than 5 years")]
    PeriodInvalid,
    /// A refusal that all services have alike.
    #[error(transparent)]
    Common(#[from] Refusal),
}
