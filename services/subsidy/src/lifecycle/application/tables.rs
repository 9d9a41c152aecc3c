//! The state machine of an application, as one table.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

use crate::error::ApplicationError;

/// Where an application stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// 已匹配: 免申即享 found it; waits for the enterprise's will and account.
    Matched,
    /// 已提交: waits for the form check.
    Submitted,
    /// 待补正: waits for what the one notice named.
    SupplementDue,
    /// 已补正: waits for the form check again.
    Resubmitted,
    /// 已受理: the checks run; it never rests here.
    Accepted,
    /// 初审中.
    UnderReview,
    /// 已初审: waits for the second review or, above the threshold, for a zone leader.
    Reviewed,
    /// 排队: the budget has too little left.
    Queued,
    /// 公示: waits for its list, then for the end of its period, then for the approval.
    OnNotice,
    /// 已批准.
    Approved,
    /// 已撤回.
    Withdrawn,
    /// 未通过.
    Rejected,
    /// 已失效: nobody answered in time.
    Lapsed,
}

impl State {
    /// Whether nothing leads out of it but what is noted of an approval or a refusal.
    pub fn is_final(self) -> bool {
        match self {
            State::Approved | State::Withdrawn | State::Rejected | State::Lapsed => true,
            State::Matched
            | State::Submitted
            | State::SupplementDue
            | State::Resubmitted
            | State::Accepted
            | State::UnderReview
            | State::Reviewed
            | State::Queued
            | State::OnNotice => false,
        }
    }
}

/// What can be done to an application.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    /// 确认匹配.
    ConfirmMatch,
    /// 一次性告知.
    ReturnForSupplement,
    /// 补正.
    Supplement,
    /// 受理.
    Accept,
    /// 不予受理.
    NotAccept,
    /// The checks are passed.
    PassChecks,
    /// A check fails.
    FailChecks,
    /// 初审.
    Review,
    /// 复核.
    SecondReview,
    /// 出队: the budget has enough again.
    Dequeue,
    /// 公示开始.
    StartNotice,
    /// 公示期满.
    EndNotice,
    /// 提出异议.
    RaiseObjection,
    /// 处理异议.
    DecideObjection,
    /// 确认收款账户.
    ConfirmAccount,
    /// 批准.
    Approve,
    /// 不予通过.
    Reject,
    /// 撤回.
    Withdraw,
    /// 失效.
    Lapse,
    /// 改派.
    Redirect,
    /// 抽样.
    Sample,
}

/// Every move that an application can make. What is not here is refused.
///
/// A second review without a notice leads on to the approval by the same act, up to the threshold;
/// above it the application waits, REVIEWED, for a zone leader. A changed account sends it back to
/// the second review (M7), an upheld objection to the review. A notice after the payment, and what
/// is objected to it, are notes of an approval.
#[rustfmt::skip]
pub const TRANSITIONS: &[(State, Action, State)] = {
    use {Action::*, State::*};
    &[
        // from         action               to
        (Matched,       ConfirmMatch,        Submitted),
        (Matched,       Reject,              Rejected),
        (Matched,       Withdraw,            Withdrawn),
        (Matched,       Lapse,               Lapsed),
        (Submitted,     ReturnForSupplement, SupplementDue),
        (Submitted,     Accept,              Accepted),
        (Submitted,     NotAccept,           Rejected),
        (Submitted,     ConfirmAccount,      Submitted),
        (Submitted,     Reject,              Rejected),
        (Submitted,     Withdraw,            Withdrawn),
        (Submitted,     Redirect,            Submitted),
        (SupplementDue, Supplement,          Resubmitted),
        (SupplementDue, ConfirmAccount,      SupplementDue),
        (SupplementDue, Reject,              Rejected),
        (SupplementDue, Withdraw,            Withdrawn),
        (SupplementDue, Lapse,               Lapsed),
        (SupplementDue, Redirect,            SupplementDue),
        (Resubmitted,   Accept,              Accepted),
        (Resubmitted,   NotAccept,           Rejected),
        (Resubmitted,   ConfirmAccount,      Resubmitted),
        (Resubmitted,   Reject,              Rejected),
        (Resubmitted,   Withdraw,            Withdrawn),
        (Resubmitted,   Redirect,            Resubmitted),
        (Accepted,      PassChecks,          UnderReview),
        (Accepted,      FailChecks,          Rejected),
        (UnderReview,   Review,              Reviewed),
        (UnderReview,   DecideObjection,     UnderReview),
        (UnderReview,   ConfirmAccount,      UnderReview),
        (UnderReview,   Reject,              Rejected),
        (UnderReview,   Withdraw,            Withdrawn),
        (UnderReview,   Redirect,            UnderReview),
        (Reviewed,      SecondReview,        Reviewed),
        (Reviewed,      SecondReview,        OnNotice),
        (Reviewed,      SecondReview,        Queued),
        (Reviewed,      RaiseObjection,      Reviewed),
        (Reviewed,      DecideObjection,     Reviewed),
        (Reviewed,      DecideObjection,     UnderReview),
        (Reviewed,      ConfirmAccount,      Reviewed),
        (Reviewed,      Approve,             Approved),
        (Reviewed,      Reject,              Rejected),
        (Reviewed,      Withdraw,            Withdrawn),
        (Reviewed,      Redirect,            Reviewed),
        (Queued,        Dequeue,             Reviewed),
        (Queued,        Dequeue,             OnNotice),
        (Queued,        ConfirmAccount,      Queued),
        (Queued,        ConfirmAccount,      Reviewed),
        (Queued,        Reject,              Rejected),
        (Queued,        Withdraw,            Withdrawn),
        (OnNotice,      StartNotice,         OnNotice),
        (OnNotice,      EndNotice,           OnNotice),
        (OnNotice,      RaiseObjection,      OnNotice),
        (OnNotice,      DecideObjection,     OnNotice),
        (OnNotice,      DecideObjection,     UnderReview),
        (OnNotice,      ConfirmAccount,      OnNotice),
        (OnNotice,      ConfirmAccount,      Reviewed),
        (OnNotice,      Approve,             Approved),
        (OnNotice,      Reject,              Rejected),
        (OnNotice,      Withdraw,            Withdrawn),
        (Approved,      StartNotice,         Approved),
        (Approved,      EndNotice,           Approved),
        (Approved,      RaiseObjection,      Approved),
        (Approved,      DecideObjection,     Approved),
        (Approved,      Sample,              Approved),
        (Rejected,      Sample,              Rejected),
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
pub(super) fn check(state: State, action: Action) -> Result<(), ApplicationError> {
    if allowed(state).contains(&action) {
        Ok(())
    } else {
        Err(ApplicationError::StateForbids { state, action })
    }
}

/// Whether an action can lead from one state to another, by the table.
pub fn leads(from: State, action: Action, to: State) -> bool {
    TRANSITIONS.contains(&(from, action, to))
}
