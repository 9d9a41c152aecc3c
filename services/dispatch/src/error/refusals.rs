//! Every way in which dispatch refuses.

use base::{DepartmentId, PersonId, Role, WorkOrderId};
use jiff::Timestamp;
use jiff::civil::DateTime;
use runtime::Refusal;

use crate::lifecycle::{Action, Outcome, PauseReason, State, WorkKind};

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
    #[error("the work order is of another department")]
    OtherDepartment {
        /// Whose it is, if a department has it.
        department: Option<DepartmentId>,
    },
    /// No order waits that the caller may claim.
    #[error("no work order waits for the department that may be claimed")]
    NothingToClaim,
    /// Somebody was quicker.
    #[error("{claimant} has claimed the work order already")]
    ClaimedAlready {
        /// Who.
        claimant: PersonId,
        /// What they are called, where it is told, if the directory knows.
        called: Option<String>,
    },
    /// Only the claimant may do this.
    #[error("only {claimant}, who has claimed the work order, may do this")]
    NotClaimant {
        /// Who has it.
        claimant: PersonId,
        /// What they are called, where it is told, if the directory knows.
        called: Option<String>,
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
    /// The department says that it is the right one.
    #[error("{department} returns the work order, and names itself as the right department")]
    ReturnNamesOwn {
        /// Which.
        department: DepartmentId,
    },
    /// No such department.
    #[error("there is no {department}")]
    DepartmentNotFound {
        /// Which was named.
        department: DepartmentId,
    },
    /// That department may have nothing to do with the matter.
    #[error("{department} may neither lead nor assist")]
    DepartmentExcluded {
        /// Which.
        department: DepartmentId,
    },
    /// Answer work is returned, decision work is declined.
    #[error("that is not done with work of kind {kind}")]
    KindForbids {
        /// Which it is.
        kind: WorkKind,
    },
    /// A zone leader designated the department.
    #[error("the department was designated by {minutes}, finally")]
    Designated {
        /// The minutes.
        minutes: String,
    },
    /// An assisting order is not returned, assisted, paused or extended.
    #[error("an assisting order can be neither returned, assisted, paused nor extended")]
    AssistanceStays,
    /// That department assists already, or leads.
    #[error("{department} assists already, or leads")]
    AssistsAlready {
        /// Which.
        department: DepartmentId,
    },
    /// No such assisting order, or it is done or waived.
    #[error("{work_order} is no open assistance")]
    AssistanceNotOpen {
        /// Which was named.
        work_order: WorkOrderId,
    },
    /// Too little time is left for another department to assist.
    #[error("the answer is due in less than 4 working hours")]
    TooLittleTime,
    /// No limit of the answer runs yet: its owner has not accepted what it is about.
    #[error("the answer has no limit before its owner has accepted what it is about")]
    NotAccepted,
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
    /// So long that no due instant can be reckoned.
    #[error("the pause would be longer than can be reckoned")]
    PauseTooLong,
    /// Nobody asked for a pause.
    #[error("nobody asked for a pause")]
    NoPauseAsked,
    /// Somebody else decides this.
    #[error("{role} decides this")]
    OtherDecides {
        /// Who.
        role: Role,
    },
    /// Whoever rules on an exception is another person than who asked for it, or has the order.
    #[error(
        "nobody rules on what they asked for themselves, nor a lead on an extension of their department"
    )]
    RulesOnOwn,
    /// An extension is asked and not decided yet.
    #[error("an extension is asked and not decided yet")]
    ExtensionAskedAlready,
    /// The answer is overdue.
    #[error("the answer is overdue")]
    OverdueAlready,
    /// Less than a working day before the answer is due.
    #[error("less than a working day is left until the answer is due")]
    ExtensionTooLate,
    /// An extension that does not extend.
    #[error("`until_time` must be after the present due instant")]
    UntilNotLater,
    /// Longer than twice the original limit, or past the statutory one.
    #[error("the answer can be extended until {latest} at the latest")]
    ExtensionTooLong {
        /// Until when at the latest.
        latest: Timestamp,
        /// The same by the clock of the zone.
        local: DateTime,
    },
    /// Nobody asked for an extension.
    #[error("nobody asked for an extension")]
    NoExtensionAsked,
    /// Assisting orders are still open and not overdue.
    #[error("assisting orders are still open")]
    AssistanceOpen {
        /// Which, and of which department.
        open: Vec<(WorkOrderId, DepartmentId)>,
    },
    /// First contact has not been recorded, and no proof of it was given.
    #[error("first contact has not been recorded")]
    ContactMissing,
    /// That outcome is not to be had here.
    #[error("the outcome cannot be {outcome}")]
    OutcomeForbids {
        /// Which.
        outcome: Outcome,
    },
    /// What is promised for a day that has passed.
    #[error("`planned_date` must be in the future")]
    PlannedPast,
    /// Decision work is decided where it was asked for.
    #[error("decision work is decided by {method}")]
    DecidedInOwner {
        /// By which method.
        method: &'static str,
    },
    /// Whoever signs is another person than who answered.
    #[error("nobody signs their own answer")]
    SignsOwn,
    /// Urged already for this due instant.
    #[error("the department has been urged for this due instant")]
    UrgedAlready,
    /// Supervised already for this due instant.
    #[error("the department has been supervised for this due instant")]
    SupervisedAlready,
    /// Nobody waits for an answer of that level.
    #[error("nobody waits for an answer of that level")]
    NothingToAnswer,
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
