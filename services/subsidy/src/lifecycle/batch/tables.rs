//! The state machine of a batch as a table.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

use crate::error::BatchError;

/// Where a batch stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// 待复核: made, waits for its checker.
    Created,
    /// 已批准: its entries are ordered; waits to be sent.
    Approved,
    /// 已退回: its entries are payable as before.
    Rejected,
    /// 已发送: with the bank, entry by entry.
    Sent,
    /// 已回执: every payment of its file has its result.
    Settled,
}

/// What can be done to a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    /// 批准.
    Approve,
    /// 退回.
    Reject,
    /// 发送.
    Send,
    /// Its file lies where the bank takes it from.
    RecordFile,
    /// 回单: the bank reports.
    Report,
    /// One of its payments has its result.
    Answer,
}

/// Every move that a batch can make. What is not here is refused.
#[rustfmt::skip]
pub const TRANSITIONS: &[(State, Action, State)] = {
    use {Action::*, State::*};
    &[
        // from    action      to
        (Created,  Approve,    Approved),
        (Created,  Reject,     Rejected),
        (Approved, Send,       Sent),
        // No entry was left to pay.
        (Approved, Send,       Settled),
        (Sent,     RecordFile, Sent),
        (Sent,     Report,     Sent),
        (Sent,     Answer,     Sent),
        (Sent,     Answer,     Settled),
        // The bank may be quicker than who records the file, and may speak again.
        (Settled,  RecordFile, Settled),
        (Settled,  Report,     Settled),
    ]
};

/// The actions that a state takes, by the table.
pub fn allowed(state: State) -> Vec<Action> {
    let mut actions: Vec<Action> = Vec::new();
    for (from, action, _) in TRANSITIONS {
        if *from == state && !actions.contains(action) {
            actions.push(*action);
        }
    }
    actions
}

/// Whether a state takes an action.
pub(super) fn check(state: State, action: Action) -> Result<(), BatchError> {
    if allowed(state).contains(&action) {
        Ok(())
    } else {
        Err(BatchError::StateForbids { state, action })
    }
}
