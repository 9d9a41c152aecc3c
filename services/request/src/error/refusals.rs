//! Every way in which request refuses.

use base::{CreditCodeError, DepartmentId};
use runtime::Refusal;

use crate::lifecycle::{Action, Kind, State};

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
        /// What can be asked of it now: of those, what its caller may.
        open: Vec<Action>,
    },
    /// Not a 统一社会信用代码.
    #[error("not a unified social credit code: {problem}")]
    CreditCodeInvalid {
        /// What is wrong with it.
        problem: CreditCodeError,
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
    /// The complaint is about this department.
    #[error("the complaint is about {department}, which can neither lead nor assist")]
    DepartmentExcluded {
        /// The department.
        department: DepartmentId,
    },
    /// Who proposed it does not decide it.
    #[error("who proposed it does not decide it")]
    SecondPersonNeeded,
    /// Who may not name the department that leads named one.
    #[error("the department is not the caller's to name")]
    LeadUnasked,
    /// It cannot go into that ticket.
    #[error("the ticket cannot go into that one: {problem}")]
    MergeUnfit {
        /// `NOT_OLDER`, `OTHER_ENTERPRISE`, `NOT_OPEN`, `OTHER_COMPLAINT`.
        problem: &'static str,
    },
    /// Only a consultation is answered directly.
    #[error("a ticket of kind {kind} is not answered directly")]
    NotConsultation {
        /// What it is.
        kind: Kind,
    },
    /// Who had a hand in the work may not call back.
    #[error("who had a hand in the work may not call back about it")]
    CallerConcerned,
    /// The call lies outside the time that it can lie in.
    #[error("the call began before what it asks about, or has not ended yet")]
    CallOutOfTime,
    /// Another call of the round has its recording, or lies in the same time.
    #[error("the round has a call with this recording, or at the same time")]
    CallRecordedAlready,
    /// Whoever was reached was asked, and what they said is missing.
    #[error("the enterprise was reached, but its level is missing")]
    LevelMissing,
    /// Nobody was reached, or the ticket was withdrawn: there is no level.
    #[error("a level is given though the enterprise was not asked for one")]
    LevelUnasked,
    /// It was closed too long ago to be rated.
    #[error("the ticket was closed more than 30 days ago and is rated no more")]
    RatedTooLate,
    /// It was closed too long ago to be reopened.
    #[error("the ticket was closed more than 30 days ago and is reopened no more")]
    ReopenTooLate,
    /// It was reopened often enough for a zone leader to decide.
    #[error("the ticket was reopened {times} times; now a zone leader decides")]
    ReopenLimit {
        /// How often.
        times: u32,
    },
    /// A ticket is appealed once.
    #[error("the ticket was appealed already")]
    AppealedAlready,
    /// It was decided too long ago to be appealed.
    #[error("it was decided more than 30 days ago and is appealed no more")]
    AppealTooLate,
    /// No rating of this round waits for verification.
    #[error("no rating of round {round} waits for verification")]
    NoRatingAwaits {
        /// The round.
        round: u32,
    },
    /// Who had a hand in the matter may not verify its rating.
    #[error("who had a hand in the matter may not verify its rating")]
    VerifierConcerned,
    /// Who had a hand in it may not decide the appeal.
    #[error("who had a hand in the work or in the decision may not decide the appeal")]
    DeciderConcerned,
    /// Nothing waits for this.
    #[error("nothing waits for {action}")]
    NotAwaited {
        /// What was asked.
        action: Action,
    },
    /// Nothing is left of the contact.
    #[error("the contact was erased at the enterprise's request")]
    ContactErased,
    /// The ticket has no such file, or not for the caller.
    #[error("the ticket has no evidence with the SHA-256 {sha256}")]
    EvidenceNotFound {
        /// What was asked for.
        sha256: String,
    },
    /// The round has as many files as it may have.
    #[error("a round has at most {max} files")]
    EvidenceLimit {
        /// The most files.
        max: usize,
    },
    /// The contact is not for the caller.
    #[error(
        "the contact is shown to the dispatcher, the department that has claimed the ticket, the auditor and the enterprise itself, never to the department complained of"
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
