//! Every way in which request refuses.

use runtime::Refusal;

use crate::lifecycle::{Action, State};

/// Why something was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such ticket, or the caller may not know of it.
    #[error("there is no ticket {ticket}")]
    TicketNotFound {
        /// What was asked for.
        ticket: String,
    },
    /// The state does not take the action.
    #[error("a ticket in {state} cannot take {action}")]
    StateForbids {
        /// Where it stands.
        state: State,
        /// What was asked of it.
        action: Action,
    },
    /// Not a 统一社会信用代码.
    #[error("not a unified social credit code: {problem}")]
    CreditCodeInvalid {
        /// What is wrong with it.
        problem: String,
    },
    /// No such enterprise is known here, or not to the caller.
    #[error("there is no {enterprise}")]
    EnterpriseNotFound {
        /// Its name.
        enterprise: String,
    },
    /// No such category in the catalogue in force.
    #[error("there is no {category} in the catalogue")]
    CategoryNotFound {
        /// Its name.
        category: String,
    },
    /// No such department.
    #[error("there is no {department}")]
    DepartmentNotFound {
        /// Its name.
        department: String,
    },
    /// This round has its rating.
    #[error("round {round} has its rating")]
    RatedAlready {
        /// The round.
        round: u32,
    },
    /// Who had a hand in the work may not close it.
    #[error("who had a hand in the work may not close the ticket")]
    CloserConcerned,
    /// The contact is not for the caller.
    #[error(
        "the contact is shown to the dispatcher, the department that has claimed the ticket, the auditor and the enterprise itself"
    )]
    ContactHidden,
    /// The caller may see it, but it is for somebody else to do.
    #[error("this is for somebody else to do")]
    NotTheirs,
    /// A name chosen by the service was chosen before: our own fault.
    #[error("the ticket was submitted already")]
    SubmittedAlready,
    /// A refusal that all services have alike.
    #[error(transparent)]
    Common(#[from] Refusal),
}
