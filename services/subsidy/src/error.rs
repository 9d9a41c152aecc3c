//! Every refusal of subsidy, and what the caller is told of it.

mod application;
mod batch;
mod budget;
mod disbursement;
mod door;
mod policy;
mod rail;

pub use self::application::ApplicationError;
pub use self::batch::BatchError;
pub use self::budget::BudgetError;
pub use self::disbursement::DisbursementError;
pub use self::door::DoorError;
pub use self::policy::{EvaluationError, PolicyError};
pub use self::rail::{OrderProblem, RailError};

use journal::{Trouble, Troubled};
use runtime::vault::VaultError;
use runtime::{Fault, Refusal, Verdict};
use sea_orm::DbErr;
use tonic::Status;

use crate::lifecycle::ThingId;

/// Why something was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// By the rules of a policy.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// By the rules of an application.
    #[error(transparent)]
    Application(#[from] ApplicationError),
    /// By the rules of a disbursement.
    #[error(transparent)]
    Disbursement(#[from] DisbursementError),
    /// By the rules of a batch.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// By the rules of a budget.
    #[error(transparent)]
    Budget(#[from] BudgetError),
    /// By the payment rail.
    #[error(transparent)]
    Rail(#[from] RailError),
    /// At the door, by what the rules do not know.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// As every service refuses.
    #[error(transparent)]
    Common(#[from] Refusal),
}

impl Error {
    /// The same, with the name of the thing that the rules do not know.
    pub fn of(self, id: &ThingId) -> Error {
        let name = id.to_string();
        match self {
            Error::Policy(PolicyError::NotFound { policy }) if policy.is_empty() => {
                PolicyError::NotFound { policy: name }.into()
            }
            Error::Application(ApplicationError::NotFound { application })
                if application.is_empty() =>
            {
                ApplicationError::NotFound { application: name }.into()
            }
            Error::Disbursement(DisbursementError::NotFound { disbursement })
                if disbursement.is_empty() =>
            {
                DisbursementError::NotFound { disbursement: name }.into()
            }
            Error::Batch(BatchError::NotFound { batch }) if batch.is_empty() => {
                BatchError::NotFound { batch: name }.into()
            }
            Error::Budget(BudgetError::NotFound { budget }) if budget.is_empty() => {
                BudgetError::NotFound { budget: name }.into()
            }
            Error::Policy(_)
            | Error::Application(_)
            | Error::Disbursement(_)
            | Error::Batch(_)
            | Error::Budget(_)
            | Error::Rail(_)
            | Error::Door(_)
            | Error::Common(_) => self,
        }
    }
}

impl Fault for Error {
    const DOMAIN: &'static str = "subsidy.whistle";

    fn verdict(&self) -> Verdict {
        match self {
            Error::Policy(error) => error.verdict(),
            Error::Application(error) => error.verdict(),
            Error::Disbursement(error) => error.verdict(),
            Error::Batch(error) => error.verdict(),
            Error::Budget(error) => error.verdict(),
            Error::Rail(error) => error.verdict(),
            Error::Door(error) => error.verdict(),
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

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Error {
        Error::Common(error.into())
    }
}

impl From<VaultError> for Error {
    fn from(error: VaultError) -> Error {
        Error::Common(error.into())
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Status {
        runtime::status(&error)
    }
}

#[cfg(test)]
mod tests;
