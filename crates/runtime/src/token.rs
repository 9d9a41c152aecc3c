//! Who calls: bearer tokens (JWT), verified against a JWKS, and issued for `whistle token`.

use base::{Person, PersonId, Role, SystemId};

/// Why a token does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// There is none.
    #[error("no bearer token was sent")]
    Missing,
    /// It claims a department or role that the directory does not know of the caller.
    #[error("the token claims something of the caller that the directory does not say")]
    Disagrees,
}

impl TokenError {
    /// What people are told.
    pub fn chinese(&self) -> &'static str {
        match self {
            TokenError::Missing => "请先登录。",
            TokenError::Disagrees => "登录凭证与通讯录不一致，请重新登录。",
        }
    }
}

/// Whom a token names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// `persons/…`.
    Person(PersonId),
    /// `systems/…`.
    System(SystemId),
}

/// A verified caller: who it is, and what the token claims besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Whom the token names.
    pub subject: Subject,
    /// The person for whom a system acts.
    pub on_behalf_of: Option<PersonId>,
    /// The department that the token claims; refused if the directory says otherwise.
    pub department: Option<String>,
    /// The roles that the token claims; refused if the directory does not know them of the caller.
    pub roles: Vec<String>,
}

impl Caller {
    /// Refuses a token that claims more than the directory says.
    pub fn agrees_with(&self, person: &Person) -> Result<(), TokenError> {
        let department = match (&self.department, &person.department) {
            (None, _) => true,
            (Some(claimed), Some(known)) => {
                claimed == known.code() || *claimed == known.to_string()
            }
            (Some(_), None) => false,
        };
        let held = |claimed: &String| {
            claimed.parse::<Role>().is_ok_and(|claimed| person.roles.contains(&claimed))
        };
        if department && self.roles.iter().all(held) { Ok(()) } else { Err(TokenError::Disagrees) }
    }
}
