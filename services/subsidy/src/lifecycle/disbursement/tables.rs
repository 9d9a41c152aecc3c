//! The state machine of a disbursement as tables: its moves, and what each thing that a bank can
//! report does in each state.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

use crate::error::DisbursementError;

/// Where a disbursement stands.
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
pub enum State {
    /// 待拨付: approved, its money reserved; waits for a batch.
    Payable,
    /// 已编批: in a batch that waits for its checker.
    Batched,
    /// 已下达: its batch is approved; waits to be sent.
    Ordered,
    /// 已发送: with the bank, which has not said what came of it.
    Sent,
    /// 结果不明: the bank has said nothing in time. Nobody knows, so nobody pays again.
    Unknown,
    /// 已到账, as the bank says.
    Paid,
    /// 企业已确认收款.
    Confirmed,
    /// 退票: the money is certainly back.
    Returned,
    /// 终止拨付.
    Lapsed,
    /// 异常: the bank and the order differ; two people say what is true.
    Exception,
    /// 追缴立案: the enterprise may state its case.
    ClawbackOpened,
    /// 追缴中: it owes what was decided.
    Repaying,
    /// 追缴完毕.
    Repaid,
    /// 移送: another body recovers it.
    Referred,
}

/// What can be done to a disbursement, or befall it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    /// 编入批次.
    Batch,
    /// 退出批次: its batch is rejected.
    Unbatch,
    /// 下达: its batch is approved.
    Order,
    /// 发送银行.
    Send,
    /// The bank has paid.
    Pay,
    /// 退票: the bank has not paid.
    Return,
    /// 到账后退回: the bank has taken back what it had paid.
    Reverse,
    /// No report came in time.
    MissReport,
    /// 查询: the bank is asked what came of it.
    Inquire,
    /// The bank and the order differ.
    Except,
    /// 提出处理意见: the one of two people says what is true.
    ProposeResolution,
    /// 确认处理意见: the other agrees.
    Resolve,
    /// 确认收款.
    ConfirmReceipt,
    /// 确认收款账户.
    ConfirmAccount,
    /// 复核收款账户.
    VerifyAccount,
    /// 终止拨付.
    Lapse,
    /// 追缴立案.
    OpenClawback,
    /// 追缴决定.
    DecideClawback,
    /// 登记还款.
    RecordRepayment,
    /// 抵扣: a later payment is kept in place of a repayment of this one.
    Offset,
    /// 被抵扣: some of this payment is kept for what the enterprise owes of an earlier one.
    Withhold,
}

/// Every move that a disbursement can make. What is not here is refused.
#[rustfmt::skip]
pub const TRANSITIONS: &[(State, Action, State)] = {
    use {Action::*, State::*};
    &[
        // from          action             to
        (Payable,        Batch,             Batched),
        (Payable,        Withhold,          Payable),
        // All of it was kept: nothing is left for the bank.
        (Payable,        Withhold,          Paid),
        (Payable,        Lapse,             Lapsed),
        (Payable,        Except,            Exception),
        (Batched,        Unbatch,           Payable),
        (Batched,        Order,             Ordered),
        (Batched,        Except,            Exception),
        (Ordered,        Send,              Sent),
        (Ordered,        Except,            Exception),
        (Sent,           Pay,               Paid),
        (Sent,           Return,            Returned),
        (Sent,           MissReport,        Unknown),
        (Sent,           Except,            Exception),
        (Unknown,        Inquire,           Unknown),
        (Unknown,        Pay,               Paid),
        (Unknown,        Return,            Returned),
        (Unknown,        Except,            Exception),
        // The bank's answer to an inquiry may come on paper: then two people say what is true.
        (Unknown,        ProposeResolution, Unknown),
        (Unknown,        Resolve,           Paid),
        (Unknown,        Resolve,           Returned),
        (Paid,           ConfirmReceipt,    Confirmed),
        (Paid,           Reverse,           Returned),
        (Paid,           Except,            Exception),
        (Paid,           OpenClawback,      ClawbackOpened),
        (Confirmed,      Reverse,           Returned),
        (Confirmed,      Except,            Exception),
        (Confirmed,      OpenClawback,      ClawbackOpened),
        (Returned,       ConfirmAccount,    Returned),
        (Returned,       VerifyAccount,     Payable),
        // The second reviewer finds the account wrong.
        (Returned,       VerifyAccount,     Returned),
        (Returned,       Lapse,             Lapsed),
        (Returned,       Except,            Exception),
        (Lapsed,         Except,            Exception),
        (Exception,      ProposeResolution, Exception),
        (Exception,      Resolve,           Paid),
        (Exception,      Resolve,           Returned),
        // What had not been ordered again goes on as it was.
        (Exception,      Resolve,           Payable),
        (Exception,      Resolve,           Lapsed),
        // The money came back by itself: there is nothing left to claim.
        (ClawbackOpened, Reverse,           Returned),
        // Dropped: it stays paid.
        (ClawbackOpened, DecideClawback,    Paid),
        (ClawbackOpened, DecideClawback,    Confirmed),
        (ClawbackOpened, DecideClawback,    Repaying),
        (ClawbackOpened, DecideClawback,    Referred),
        // The way is decided anew: the amount stays.
        (Repaying,       DecideClawback,    Repaying),
        (Repaying,       DecideClawback,    Referred),
        (Repaying,       RecordRepayment,   Repaying),
        (Repaying,       RecordRepayment,   Repaid),
        (Repaying,       Offset,            Repaying),
        (Repaying,       Offset,            Repaid),
        (Referred,       RecordRepayment,   Referred),
        (Referred,       RecordRepayment,   Repaid),
    ]
};

/// What a report of the bank says of an instruction, held against what is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum News {
    /// The bank has it and works on it.
    Pending,
    /// What is known already.
    Same,
    /// The first result: paid, to the fen.
    Settled,
    /// The first result: not paid.
    Rejected,
    /// What was paid was taken back later.
    Reversed,
    /// What is known as returned had been paid before that: the reports came in the other order.
    SettledBefore,
    /// It cannot be true together with the order, or with what the bank said before.
    Contradicts,
}

/// What a report does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Effect {
    /// It is paid.
    Pay,
    /// It is returned.
    Return,
    /// It is returned after it was paid.
    Reverse,
    /// Two people say what is true.
    Except,
    /// The bank's receipt, or the earlier payment, is noted at the instruction; nothing moves.
    Note,
    /// It is recorded as it came, for who decides about the disbursement, and changes nothing else.
    Keep,
    /// It says nothing new.
    Pass,
}

/// What each report does in each state: for every pair one line. By M9 an instruction without a
/// result is only ever the last one, of a disbursement that is ORDERED, SENT, UNKNOWN or EXCEPTION;
/// a first result in another state would be a fault of the rules, and two people look at it.
#[rustfmt::skip]
pub const REPORTED: &[(News, &[State], Effect)] = {
    use State::*;
    const ALL: &[State] = &[
        Payable, Batched, Ordered, Sent, Unknown, Paid, Confirmed, Returned, Lapsed, Exception,
        ClawbackOpened, Repaying, Repaid, Referred,
    ];
    // Somebody decides about it already.
    const DECIDED: &[State] = &[Exception, ClawbackOpened, Repaying, Repaid, Referred];
    const OTHERS: &[State] = &[Payable, Batched, Ordered, Paid, Confirmed, Returned, Lapsed];
    &[
        // news               in                                          effect
        (News::Pending,       &[Sent, Unknown],                           Effect::Note),
        (News::Pending,       OTHERS,                                     Effect::Except),
        (News::Pending,       DECIDED,                                    Effect::Pass),
        (News::Same,          ALL,                                        Effect::Pass),
        (News::Settled,       &[Sent, Unknown],                           Effect::Pay),
        (News::Settled,       OTHERS,                                     Effect::Except),
        (News::Settled,       DECIDED,                                    Effect::Keep),
        (News::Rejected,      &[Sent, Unknown],                           Effect::Return),
        (News::Rejected,      OTHERS,                                     Effect::Except),
        (News::Rejected,      DECIDED,                                    Effect::Keep),
        (News::Reversed,      &[Paid, Confirmed, ClawbackOpened],         Effect::Reverse),
        (News::Reversed,      &[Payable, Batched, Ordered, Sent, Unknown, Returned, Lapsed],
                                                                          Effect::Except),
        // Money that comes back while it is owed is a repayment: who keeps the claim records it.
        (News::Reversed,      &[Exception, Repaying, Repaid, Referred],   Effect::Keep),
        (News::SettledBefore, ALL,                                        Effect::Note),
        (News::Contradicts,   &[Sent, Unknown],                           Effect::Except),
        (News::Contradicts,   OTHERS,                                     Effect::Except),
        (News::Contradicts,   DECIDED,                                    Effect::Keep),
    ]
};

/// What a report does, by the table.
pub fn effect(state: State, news: News) -> Effect {
    let line = REPORTED.iter().find(|(of, states, _)| *of == news && states.contains(&state));
    line.map_or(Effect::Keep, |(_, _, effect)| *effect)
}

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
pub(super) fn check(state: State, action: Action) -> Result<(), DisbursementError> {
    if allowed(state).contains(&action) {
        Ok(())
    } else {
        Err(DisbursementError::StateForbids { state, action })
    }
}
