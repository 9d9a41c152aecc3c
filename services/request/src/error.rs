//! Every way in which request refuses, and what the caller is told of it.

use base::TicketId;
use contract::request::Reason;
use journal::{Trouble, Troubled};
use runtime::{Call, Fault, Refusal, Verdict};
use tonic::{Code, Status};

use crate::lifecycle::{Action, State, allowed};

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
    /// More than 30 days after closing.
    #[error("a ticket is rated within 30 days of its closing")]
    RatingTooLate,
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

impl Error {
    /// The same, with the ticket and the method that the rules do not know.
    pub fn of(self, call: &Call, id: &TicketId) -> Error {
        if let Error::TicketNotFound { .. } = self {
            return Error::TicketNotFound { ticket: id.to_string() };
        }
        self.of_method(call)
    }

    /// The same, with the method that the rules do not know.
    pub fn of_method(self, call: &Call) -> Error {
        if let Error::NotTheirs = self {
            return Refusal::RoleForbids { method: call.method.clone() }.into();
        }
        self
    }
}

impl Fault for Error {
    const DOMAIN: &'static str = "request.whistle";

    #[rustfmt::skip]
    fn verdict(&self) -> Verdict {
        let told = |code, reason: Reason, chinese: &str| Verdict::told(code, reason.as_str_name(), chinese);
        match self {
            Error::TicketNotFound { ticket } =>
                told(Code::NotFound, Reason::TicketNotFound, "没有这张诉求单。").with("ticket", ticket),
            Error::StateForbids { state, action } =>
                told(Code::FailedPrecondition, Reason::StateForbids, "诉求单当前状态不能进行此操作。")
                    .with("state", state).with("action", action).with("allowed", allowed(*state).iter().map(Action::to_string).collect::<Vec<_>>().join(" ")),
            Error::CreditCodeInvalid { problem } =>
                told(Code::InvalidArgument, Reason::CreditCodeInvalid, "统一社会信用代码不正确，请核对。")
                    .with("problem", problem),
            Error::EnterpriseNotFound { enterprise } =>
                told(Code::NotFound, Reason::EnterpriseNotFound, "没有登记这家企业。").with("enterprise", enterprise),
            Error::CategoryNotFound { category } =>
                told(Code::NotFound, Reason::CategoryNotFound, "事项目录中没有这一类别。").with("category", category),
            Error::DepartmentNotFound { department } =>
                told(Code::NotFound, Reason::DepartmentNotFound, "没有这个部门。").with("department", department),
            Error::RatedAlready { round } =>
                told(Code::FailedPrecondition, Reason::RatedAlready, "本轮已经评价过。").with("round", round),
            Error::RatingTooLate =>
                told(Code::FailedPrecondition, Reason::RatingTooLate, "办结已超过30天，不能再评价。"),
            Error::CloserConcerned =>
                told(Code::PermissionDenied, Reason::CloserConcerned, "经手人不能办结，请由其他人办结。"),
            Error::ContactHidden =>
                told(Code::PermissionDenied, Reason::ContactHidden, "您无权查看联系人。"),
            Error::NotTheirs => Refusal::RoleForbids { method: String::new() }.verdict(),
            Error::SubmittedAlready => Verdict::kept(),
            Error::Common(refusal) => refusal.verdict(),
        }
    }
}

impl Troubled for Error {
    fn trouble(&self) -> Option<&Trouble> {
        if let Error::Common(refusal) = self { refusal.trouble() } else { None }
    }
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Error {
        Error::Common(trouble.into())
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Status {
        runtime::status(&error)
    }
}
