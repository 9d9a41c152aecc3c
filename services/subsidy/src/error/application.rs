//! Every way in which the rules of an application 申请 refuse, and what the caller is told of it.

mod told;
mod words;

use base::{ApplicationId, DepartmentId, Fen};
use jiff::Timestamp;

use super::{EvaluationError, PolicyError};
use crate::lifecycle::application::{Action, Part, State};
use crate::lifecycle::policy::{CapLine, Failing, Mode, Repetition};

/// Why something was refused.
#[derive(Debug, thiserror::Error)]
pub enum ApplicationError {
    /// There is no such application, or the caller may not know of it.
    #[error("there is no application {application}")]
    NotFound {
        /// What was asked for.
        application: String,
    },
    /// A name chosen by the service was chosen before: our own fault.
    #[error("the application was opened already")]
    OpenedAlready,
    /// It has no such objection.
    #[error("the application has no objection {number}")]
    ObjectionNotFound {
        /// What was asked for.
        number: u32,
    },
    /// Two ends of one matter are two people (M7).
    #[error("who was {had} of an application is not its {part}")]
    SamePerson {
        /// What they would do.
        part: Part,
        /// What they did.
        had: Part,
    },
    /// The application does not take the action as it stands.
    #[error("an application in {state} cannot take {action}")]
    StateForbids {
        /// Where it stands.
        state: State,
        /// What was asked of it.
        action: Action,
    },
    /// By the rules of its policy: M13, what it asks for, what its formula gives (M1).
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// M5: the facts are not vouched for.
    #[error("the facts have no source, are of the future, or are not those that were hashed")]
    SnapshotUnfit,
    /// M6: there is a record of dishonesty.
    #[error("the enterprise has a record of dishonesty")]
    Dishonest,
    /// M6: it is barred after a fraud.
    #[error("the enterprise is barred until {until}")]
    Barred {
        /// Until when.
        until: Timestamp,
    },
    /// Criteria do not hold.
    #[error("not eligible: {}", codes(failing))]
    NotEligible {
        /// Each that does not, at least one.
        failing: Vec<Failing>,
    },
    /// 免申即享: nobody applies for it.
    #[error("the zone finds the enterprises: nobody applies for this policy")]
    ByMatching,
    /// It is applied for, and never matched.
    #[error("enterprises apply for a policy of the mode {mode}")]
    NotByMatching {
        /// How it comes to the enterprise.
        mode: Mode,
    },
    /// M4: it has been claimed as often as it may be.
    #[error("{} is claimed {} times already", key.key, key.times)]
    Duplicate {
        /// What is counted, and how many there may be.
        key: Repetition,
    },
    /// M3: a cap leaves less.
    #[error("{amount} on top of {used} breaks {} {}", line.key, line.limit)]
    CapExceeded {
        /// Which cap.
        line: CapLine,
        /// What is used of it.
        used: Fen,
        /// What would be paid.
        amount: Fen,
    },
    /// A document's hash is none.
    #[error("the hash of {document} is no SHA-256")]
    DocumentUnfit {
        /// Which document.
        document: String,
    },
    /// M7: the account is somebody else's.
    #[error("the account is not the applicant's")]
    AccountForeign,
    /// M7: the enterprise has not confirmed its account.
    #[error("the enterprise has not confirmed its account")]
    AccountUnconfirmed,
    /// What is missing is told once.
    #[error("what is missing was told once already")]
    SupplementedOnce,
    /// A notice of what is missing that names nothing.
    #[error("the notice names nothing that is missing")]
    NothingNamed,
    /// A decision without its reason.
    #[error("a decision has its reason, in writing")]
    ReasonMissing,
    /// M1: more than the formula gives.
    #[error("the formula gives no more than {computed}")]
    AmountRaised {
        /// What it gives.
        computed: Fen,
    },
    /// An amount of nothing, or less.
    #[error("{amount} is no amount")]
    AmountUnfit {
        /// What was given.
        amount: Fen,
    },
    /// M1: less than the formula gives, and no reason.
    #[error("a lower amount has its reason, in writing")]
    LoweringUnexplained,
    /// There is no budget line for it.
    #[error("there is no budget {budget}")]
    BudgetMissing {
        /// The name that it would have.
        budget: String,
    },
    /// It was reviewed a second time already.
    #[error("it was reviewed a second time already")]
    SecondReviewedAlready,
    /// Nobody has reviewed it a second time.
    #[error("nobody has reviewed it a second time")]
    SecondReviewMissing,
    /// Its policy has no notice now.
    #[error("its policy has no notice, or not now")]
    NoticeUnwanted,
    /// It is on notice with this amount.
    #[error("it is on notice already, or was")]
    NoticeAlready,
    /// M10: the list is not right of it.
    #[error("the list does not have {application} once and as it stands")]
    NoticeListUnfit {
        /// The application that it is wrong of.
        application: ApplicationId,
    },
    /// M10: it was not on notice with this amount.
    #[error("it was not on notice with this amount")]
    NoticeMissing,
    /// M10: a notice is never shortened.
    #[error("the notice runs until {until}")]
    NoticeRuns {
        /// Its end.
        until: Timestamp,
    },
    /// It is not on notice, or no longer.
    #[error("it is not on notice")]
    NotOnNotice,
    /// An objection that says nothing.
    #[error("an objection is in writing")]
    ObjectionUnwritten,
    /// M10: an objection is open.
    #[error("objection {number} is open")]
    ObjectionOpen {
        /// Which.
        number: u32,
    },
    /// The objection was decided.
    #[error("objection {number} was decided already")]
    ObjectionDecided {
        /// Which.
        number: u32,
    },
    /// Above the threshold a zone leader approves.
    #[error("above {threshold} a zone leader approves")]
    AboveThreshold {
        /// The threshold.
        threshold: Fen,
    },
    /// Above the threshold an approval stands on minutes.
    #[error("an approval above the threshold has the number and the file of its minutes")]
    MinutesMissing,
    /// No department has declined its order.
    #[error("no department has declined its order")]
    NotDeclined,
    /// The department itself has said that it is not its work.
    #[error("{department} has declined it")]
    DepartmentDeclined {
        /// Which.
        department: DepartmentId,
    },
    /// M11: the sample does not have it, or is none.
    #[error("the sample does not have it, has no seed, or is not as large as it says")]
    SampleUnfit,
}

impl ApplicationError {
    /// The name of the refusal, as the caller sees it and as a rejection keeps it.
    pub fn reason(&self) -> &'static str {
        self.verdict().reason()
    }

    /// Whether it says something about the claim, so that an accepted application is rejected for it.
    /// What says that the question was wrong decides nothing.
    pub fn is_of_the_claim(&self) -> bool {
        matches!(
            self,
            ApplicationError::Dishonest
                | ApplicationError::Barred { .. }
                | ApplicationError::NotEligible { .. }
                | ApplicationError::Duplicate { .. }
                | ApplicationError::CapExceeded { .. }
                | ApplicationError::Policy(PolicyError::Evaluation(EvaluationError::NothingDue))
        )
    }
}

fn codes(failing: &[Failing]) -> String {
    failing.iter().map(|failing| failing.code.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
impl PartialEq for ApplicationError {
    fn eq(&self, other: &ApplicationError) -> bool {
        format!("{self:?}") == format!("{other:?}")
    }
}
