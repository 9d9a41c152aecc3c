//! The accounts 科目 of a budget, and between which of them each movement carries money.
//!
//! These are the accounts of budgetary bookkeeping 预算会计 with commitments 承诺 (elsewhere: of
//! encumbrance accounting). What was appropriated stands on [`Account::Budget`], the one account on
//! the credit side; every fen of it is at any instant on exactly one of the others: still free, or
//! promised, on its way, paid, come back, or owed back. So the contra that makes every posting
//! balance is [`Account::Available`], and the sum over all accounts is always zero.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

/// An account 科目 of a budget.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Display,
    EnumIter,
    EnumString,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Account {
    /// 预算指标: what was appropriated. Its balance is on the credit side.
    Budget,
    /// 可用额度: appropriated and not yet promised to anybody.
    Available,
    /// 已承诺 (待拨付): approved, not yet ordered.
    Reserved,
    /// 在途: ordered, the bank's result is not known.
    InPayment,
    /// 已支付: the bank has paid.
    Paid,
    /// 退票: it came back from the bank and is still owed to the enterprise.
    Returned,
    /// 应收追缴: paid, and to be paid back by the enterprise.
    Receivable,
}

/// What carries money from one account to another.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Movement {
    /// 下达预算: the line is opened.
    Appropriate,
    /// 追加预算: by a confirmed adjustment.
    Raise,
    /// 调减预算: by a confirmed adjustment.
    Cut,
    /// 承诺: an application is approved.
    Commit,
    /// 下达支付指令: a batch is approved.
    Order,
    /// 支付成功: the bank has paid.
    Pay,
    /// 退票: the bank has not paid.
    Bounce,
    /// 到账后退回: the bank has paid, then taken it back.
    Reverse,
    /// 重新拨付: what came back may be ordered anew.
    Reissue,
    /// 终止拨付, of what was not ordered.
    LapseReserved,
    /// 终止拨付, of what came back.
    LapseReturned,
    /// 以拨付抵扣: what was to be ordered is kept against what the enterprise owes.
    Withhold,
    /// 决定追缴.
    OpenReceivable,
    /// 撤销追缴: the decision is taken back.
    Waive,
    /// 追缴收回: the enterprise has paid back; it is free in the line that it came from.
    Repay,
    /// 抵扣收回: a later payment to the enterprise was kept.
    Offset,
    /// 年终收回: by written decision.
    LapseYear,
    /// 结转下年: by written decision.
    CarryOut,
    /// 上年结转: into the line of a later year.
    CarryIn,
}

/// Between which accounts each movement carries money: it is credited to the first and debited to
/// the second. A movement has one line.
#[rustfmt::skip]
pub const MOVES: &[(Movement, Account, Account)] = {
    use {Account::*, Movement::*};
    &[
        // movement       from (credit)  to (debit)
        (Appropriate,     Budget,        Available),
        (Raise,           Budget,        Available),
        (CarryIn,         Budget,        Available),
        (Cut,             Available,     Budget),
        (LapseYear,       Available,     Budget),
        (CarryOut,        Available,     Budget),
        (Commit,          Available,     Reserved),
        (Order,           Reserved,      InPayment),
        (Pay,             InPayment,     Paid),
        (Bounce,          InPayment,     Returned),
        (Reverse,         Paid,          Returned),
        (Reissue,         Returned,      Reserved),
        (LapseReserved,   Reserved,      Available),
        (LapseReturned,   Returned,      Available),
        (Withhold,        Reserved,      Paid),
        (OpenReceivable,  Paid,          Receivable),
        (Waive,           Receivable,    Paid),
        (Repay,           Receivable,    Available),
        (Offset,          Receivable,    Available),
    ]
};

impl Movement {
    /// From which account, to which. [`MOVES`] has a line for each, which a test holds.
    pub fn accounts(self) -> (Account, Account) {
        let line = MOVES.iter().find(|(movement, _, _)| *movement == self);
        line.map_or((Account::Budget, Account::Budget), |(_, from, to)| (*from, *to))
    }
}
