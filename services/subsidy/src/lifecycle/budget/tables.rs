//! Where a budget stands, and what it takes there.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

use super::account::Movement;
use crate::error::BudgetError;

/// Where a budget stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// 执行中: may promise.
    Open,
    /// 已年终处理: promises nothing that was not set aside before; what it promised is still paid.
    Closed,
}

/// What is done to a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    /// 提出预算调整.
    ProposeAdjustment,
    /// 复核预算调整.
    ConfirmAdjustment,
    /// 撤回预算调整.
    DropAdjustment,
    /// 软预留.
    Hold,
    /// 释放软预留.
    Release,
    /// 承诺.
    Commit,
    /// 下达支付指令.
    Order,
    /// 记支付成功.
    Pay,
    /// 记退票.
    Bounce,
    /// 记到账后退回.
    Reverse,
    /// 重新拨付.
    Reissue,
    /// 终止拨付.
    Lapse,
    /// 决定追缴.
    OpenReceivable,
    /// 撤销追缴.
    Waive,
    /// 记追缴收回.
    Repay,
    /// 抵扣收回.
    Offset,
    /// 以拨付抵扣.
    Withhold,
    /// 年终处理.
    CloseYear,
    /// 接收上年结转.
    CarryIn,
}

/// Every move that a budget can make. What is not here is refused.
#[rustfmt::skip]
pub const TRANSITIONS: &[(State, Action, State)] = {
    use {Action::*, State::*};
    &[
        // from    action             to
        (Open,     ProposeAdjustment, Open),
        (Open,     ConfirmAdjustment, Open),
        (Open,     DropAdjustment,    Open),
        (Open,     Hold,              Open),
        (Open,     Release,           Open),
        (Open,     Commit,            Open),
        (Open,     Order,             Open),
        (Open,     Pay,               Open),
        (Open,     Bounce,            Open),
        (Open,     Reverse,           Open),
        (Open,     Reissue,           Open),
        (Open,     Lapse,             Open),
        (Open,     OpenReceivable,    Open),
        (Open,     Waive,             Open),
        (Open,     Repay,             Open),
        (Open,     Offset,            Open),
        (Open,     Withhold,          Open),
        (Open,     CarryIn,           Open),
        (Open,     CloseYear,         Closed),
        // What was promised before is paid, comes back and is claimed back as ever.
        (Closed,   DropAdjustment,    Closed),
        (Closed,   Release,           Closed),
        (Closed,   Commit,            Closed),
        (Closed,   Order,             Closed),
        (Closed,   Pay,               Closed),
        (Closed,   Bounce,            Closed),
        (Closed,   Reverse,           Closed),
        (Closed,   Reissue,           Closed),
        (Closed,   Lapse,             Closed),
        (Closed,   OpenReceivable,    Closed),
        (Closed,   Waive,             Closed),
        (Closed,   Repay,             Closed),
        (Closed,   Offset,            Closed),
        (Closed,   Withhold,          Closed),
        // What has become free since is decided on anew.
        (Closed,   CloseYear,         Closed),
    ]
};

/// Which action each movement of a disbursement's money is.
pub(super) fn action_of(movement: Movement) -> Action {
    match movement {
        Movement::Commit => Action::Commit,
        Movement::Order => Action::Order,
        Movement::Pay => Action::Pay,
        Movement::Bounce => Action::Bounce,
        Movement::Reverse => Action::Reverse,
        Movement::Reissue => Action::Reissue,
        Movement::LapseReserved | Movement::LapseReturned => Action::Lapse,
        Movement::OpenReceivable => Action::OpenReceivable,
        Movement::Waive => Action::Waive,
        Movement::Repay => Action::Repay,
        Movement::Offset => Action::Offset,
        Movement::Withhold => Action::Withhold,
        Movement::LapseYear | Movement::CarryOut => Action::CloseYear,
        Movement::CarryIn => Action::CarryIn,
        Movement::Appropriate | Movement::Raise | Movement::Cut => Action::ConfirmAdjustment,
    }
}

/// Where `action` leads from `state`, by the table.
pub(super) fn step(state: State, action: Action) -> Result<State, BudgetError> {
    let line = TRANSITIONS.iter().find(|(from, by, _)| (*from, *by) == (state, action));
    line.map(|(_, _, to)| *to).ok_or(BudgetError::StateForbids { state, action })
}

/// What may be done in a state.
pub fn allowed(state: State) -> Vec<Action> {
    let lines = TRANSITIONS.iter().filter(|(from, _, _)| *from == state);
    lines.map(|(_, action, _)| *action).collect()
}
