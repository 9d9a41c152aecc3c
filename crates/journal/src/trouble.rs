//! Why a unit of work did not become true for reasons outside the rules.

use std::error::Error;

use sea_orm::{DbErr, RuntimeErr};

/// What went wrong between a decision and its becoming true.
#[derive(Clone, Debug, thiserror::Error)]
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
        Some(self.sqlx()?.as_database_error()?.code()?.into_owned())
    }

    /// Whether the database is away, full or at its limit, so that the work is not to blame and
    /// the same work may succeed later.
    pub fn is_outage(&self) -> bool {
        match self {
            Trouble::Overloaded | Trouble::OutcomeUnknown | Trouble::DeadlinePassed => true,
            Trouble::RequestIdReused | Trouble::Damaged(_) => false,
            Trouble::Database(error) => {
                matches!(error, DbErr::Conn(_) | DbErr::ConnectionAcquire(_))
                    || self.sqlx().is_some_and(is_outage)
            }
        }
    }

    fn sqlx(&self) -> Option<&sqlx::Error> {
        let Trouble::Database(error) = self else { return None };
        let (DbErr::Exec(cause) | DbErr::Query(cause) | DbErr::Conn(cause)) = error else {
            return None;
        };
        let RuntimeErr::SqlxError(cause) = cause else { return None };
        Some(cause.as_ref())
    }
}

fn is_outage(error: &sqlx::Error) -> bool {
    if let Some(error) = error.as_database_error() {
        return error.code().is_some_and(|code| is_outage_code(&code));
    }
    matches!(
        error,
        sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
    )
}

/// PostgreSQL's codes have five characters, SQLite's fewer.
fn is_outage_code(code: &str) -> bool {
    if code.len() == 5 {
        // Connection, resources, operator, system; and the server ended an idle transaction.
        return ["08", "53", "57", "58", "25P03"].iter().any(|class| code.starts_with(class));
    }
    // Busy, locked, no memory, read-only, I/O error, full, cannot open.
    code.parse().is_ok_and(|code: u32| matches!(code & 0xff, 5 | 6 | 7 | 8 | 10 | 13 | 14))
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

/// An error with all its causes.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
