//! Every refusal of subsidy, and what the caller is told of it.

mod application;
mod batch;
mod budget;
mod disbursement;
mod policy;
mod rail;

pub use self::application::ApplicationError;
pub use self::batch::BatchError;
pub use self::budget::BudgetError;
pub use self::disbursement::DisbursementError;
pub use self::policy::{EvaluationError, PolicyError};
pub use self::rail::{OrderProblem, RailError};

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
}
