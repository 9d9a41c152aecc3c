//! The state machine of a policy as a table.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

use crate::error::PolicyError;

/// Where a version of a policy stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// 草案: its owner may still change it.
    Draft,
    /// 已备案: checked, and no longer changed.
    Filed,
    /// 已公布: everybody may read it.
    Published,
    /// 受理中: may be applied for.
    Open,
    /// 已关闭: takes no more applications; those that it has go on.
    Closed,
    /// 已过期: its validity has ended.
    Expired,
    /// 已废止.
    Repealed,
}

/// What can be done to a version of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    /// 起草: change what it says.
    Draft,
    /// 备案.
    File,
    /// 公布.
    Publish,
    /// 开放申报.
    Open,
    /// 关闭.
    Close,
    /// 过期: by itself, after its last day.
    Expire,
    /// 废止.
    Repeal,
}

/// Every move that a version of a policy can make. What is not here is refused. A policy whose version
/// is published or later is drafted anew as its next version, beside the one that stands.
#[rustfmt::skip]
pub const TRANSITIONS: &[(State, Action, State)] = {
    use State::*;
    &[
        // from     action   to
        (Draft,     Action::Draft,   Draft),
        (Draft,     Action::File,    Filed),
        (Draft,     Action::Repeal,  Repealed),
        (Filed,     Action::Draft,   Draft),
        (Filed,     Action::Publish, Published),
        (Filed,     Action::Repeal,  Repealed),
        (Published, Action::Open,    Open),
        (Published, Action::Expire,  Expired),
        (Published, Action::Repeal,  Repealed),
        (Open,      Action::Close,   Closed),
        (Open,      Action::Expire,  Expired),
        (Open,      Action::Repeal,  Repealed),
        (Closed,    Action::Open,    Open),
        (Closed,    Action::Expire,  Expired),
        (Closed,    Action::Repeal,  Repealed),
    ]
};

/// Where `action` leads from `state`, by the table.
pub fn step(state: State, action: Action) -> Result<State, PolicyError> {
    TRANSITIONS
        .iter()
        .find(|(from, by, _)| (*from, *by) == (state, action))
        .map(|(_, _, to)| *to)
        .ok_or(PolicyError::StateForbids { state, action })
}

/// What may be done in a state.
pub fn allowed(state: State) -> Vec<Action> {
    TRANSITIONS.iter().filter(|(from, _, _)| *from == state).map(|(_, by, _)| *by).collect()
}
