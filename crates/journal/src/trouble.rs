//! Why a unit of work did not become true for reasons outside the rules.

use sea_orm::{DbErr, RuntimeErr};

/// What went wrong between a decision and its becoming true.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The database refused or could not be reached; nothing of the unit is true.
    #[error("the database failed")]
    Database(#[from] DbErr),
    /// Too many units are waiting; nothing was begun.
    #[error("too many units of work are waiting")]
    Overloaded,
    /// The caller's deadline passed before the unit began; nothing was begun.
    #[error("the deadline passed before the work began")]
    DeadlinePassed,
    /// The commit was sent and its outcome is not known. The same request id finds out.
    #[error("the outcome of the commit is not known")]
    OutcomeUnknown,
    /// The request id was used before, with other content.
    #[error("the request id was used with other content")]
    RequestIdReused,
    /// Something stored cannot be read back.
    #[error("what is stored cannot be read: {0}")]
    Damaged(String),
}

impl Trouble {
    /// Whether the engine asks that the same work be tried again (SQLSTATE 40001 serialization
    /// failure, 40P01 deadlock).
    pub fn asks_for_retry(&self) -> bool {
        matches!(self.database_code().as_deref(), Some("40001" | "40P01"))
    }

    /// The engine's own code of a database error, if there is one.
    pub fn database_code(&self) -> Option<String> {
        let Trouble::Database(error) = self else { return None };
        let (DbErr::Exec(cause) | DbErr::Query(cause) | DbErr::Conn(cause)) = error else {
            return None;
        };
        let RuntimeErr::SqlxError(cause) = cause else { return None };
        Some(cause.as_database_error()?.code()?.into_owned())
    }
}

/// An error that a unit of work may end with: a refusal by the rules, or trouble.
pub trait Troubled: From<Trouble> + Send + 'static {
    /// The trouble in it, if it is not a refusal.
    fn trouble(&self) -> Option<&Trouble>;
}

impl Troubled for Trouble {
    fn trouble(&self) -> Option<&Trouble> {
        Some(self)
    }
}
