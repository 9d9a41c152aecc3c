//! 公示: the list is hashed, and each entry of it has a clock of its own (M10).

use base::{ApplicationId, EnterpriseId, Fen, PolicyId};
use calendar::Due;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::kept::Application;

/// The most entries of one list.
pub const NOTICE_ENTRIES_MAX: usize = 500;

/// One line of a list: who is to get how much of what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// The application.
    pub application: ApplicationId,
    /// The number that people say for it.
    pub number: String,
    /// Whose it is.
    pub enterprise: EnterpriseId,
    /// Under which policy.
    pub policy: PolicyId,
    /// In which version.
    pub version: i32,
    /// How much.
    pub amount: Fen,
}

/// What is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeList {
    /// Where it can be read.
    pub place: String,
    /// Its entries.
    pub entries: Vec<Entry>,
}

impl NoticeList {
    /// SHA-256 in lower-case hexadecimal over one line for each entry, in the order of the
    /// applications' names: a JSON array of its six values, without spaces, ended by a line feed.
    pub fn sha256(&self) -> String {
        let mut lines: Vec<String> = self.entries.iter().map(line).collect();
        lines.sort();
        let hash = lines.iter().fold(Sha256::new(), |hash, line| hash.chain_update(line));
        hex::encode(hash.finalize())
    }

    /// The one entry of an application; none if it has none, or several.
    pub fn entry(&self, application: ApplicationId) -> Option<&Entry> {
        let mut of = self.entries.iter().filter(|entry| entry.application == application);
        of.next().filter(|_| of.next().is_none())
    }
}

fn line(entry: &Entry) -> String {
    let Entry { application, number, enterprise, policy, version, amount } = entry;
    let values = serde_json::json!([
        application.to_string(),
        number,
        enterprise.to_string(),
        policy.to_string(),
        version,
        amount.0
    ]);
    format!("{values}\n")
}

/// That an application is, or was, on notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The hash of the list that it stood on.
    pub list_sha256: String,
    /// The application that keeps the whole list.
    pub kept_by: ApplicationId,
    /// The whole list, with the application that keeps it.
    pub list: Option<NoticeList>,
    /// The amount that was published.
    pub amount: Fen,
    /// For how many working days.
    pub days: u32,
    /// From when.
    pub started_at: Timestamp,
    /// When its period ends. Never earlier than it was first said.
    pub due: Due,
    /// When it ended: not while an objection is open.
    pub ended_at: Option<Timestamp>,
}

impl Notice {
    /// Whether its period still runs, as far as is known.
    pub fn runs(&self) -> bool {
        self.ended_at.is_none()
    }
}

impl Application {
    /// Its line on a list, as it stands.
    pub fn entry(&self) -> Entry {
        let version = &self.opening.version;
        Entry {
            application: self.id,
            number: self.opening.number.clone(),
            enterprise: self.opening.enterprise.clone(),
            policy: version.policy.clone(),
            version: version.number,
            amount: self.amount,
        }
    }

    /// Whether it has to be published, or published again: it never was, or more is to be paid than
    /// was published. What is lowered goes on in its period.
    pub fn must_be_published(&self) -> bool {
        self.notice.as_ref().is_none_or(|notice| notice.amount < self.amount)
    }
}
