//! The words in which a refusal is told to people.

use base::Person;
use runtime::rights::RIGHTS;

use crate::lifecycle::{Action, State, allowed};

pub(super) fn chinese_state(state: State) -> &'static str {
    match state {
        State::Submitted => "已吹哨",
        State::Accepted => "已受理",
        State::OnPlan => "挂账",
        State::Answered => "已办复",
        State::Confirmed => "已认可",
        State::Dissatisfied => "不满意",
        State::Closed => "已办结",
        State::ClosedUnresolved => "未解决办结",
        State::Rejected => "不予受理",
        State::Merged => "已并单",
        State::Withdrawn => "已撤回",
    }
}

pub(super) fn chinese_action(action: Action) -> &'static str {
    match action {
        Action::Accept => "受理",
        Action::Reject => "不予受理",
        Action::Merge => "并单",
        Action::Split => "拆单",
        Action::AnswerDirectly => "直接答复",
        Action::Supplement => "补充",
        Action::AddEvidence => "上传佐证",
        Action::Withdraw => "撤回",
        Action::Answer => "办复",
        Action::ResumePlan => "挂账恢复",
        Action::CallBack => "回访",
        Action::Rate => "评价",
        Action::Redo => "重办",
        Action::ProposeExplanation => "拟不予解决",
        Action::DecideExplanation => "审定不予解决",
        Action::Close => "办结",
        Action::Reopen => "重新打开",
        Action::Appeal => "申诉",
        Action::DecideAppeal => "申诉裁定",
    }
}

/// Why a ticket cannot go into another.
pub(super) fn chinese_problem(problem: &str) -> &'static str {
    match problem {
        "NOT_OLDER" => "它不比本单更早",
        "OTHER_ENTERPRISE" => "它属于另一家企业",
        "OTHER_COMPLAINT" => "两单的被投诉单位不同",
        _ => "它已经办结",
    }
}

/// Whether somebody's roles let them ask for an action at all, by the rights of its method.
pub(super) fn may_ask(person: &Person, action: Action) -> bool {
    let Some(method) = method_of(action) else { return false };
    let right = RIGHTS.get(&format!("/whistle.request.v1.RequestService/{method}"));
    right.is_some_and(|right| right.allows(person))
}

/// The method that asks for an action; none where nobody does.
fn method_of(action: Action) -> Option<&'static str> {
    Some(match action {
        Action::Accept => "AcceptTicket",
        Action::Reject => "RejectTicket",
        Action::Merge => "MergeTicket",
        Action::Split => "SplitTicket",
        Action::AnswerDirectly => "AnswerTicket",
        Action::Supplement => "SupplementTicket",
        Action::AddEvidence => "UploadEvidence",
        Action::Withdraw => "WithdrawTicket",
        Action::Answer => return None,
        Action::ResumePlan => "ResumePlan",
        Action::CallBack => "RecordCallBack",
        Action::Rate => "RateTicket",
        Action::Redo => "RedoTicket",
        Action::ProposeExplanation => "ProposeExplanation",
        Action::DecideExplanation => "DecideExplanation",
        Action::Close => "CloseTicket",
        Action::Reopen => "ReopenTicket",
        Action::Appeal => "AppealTicket",
        Action::DecideAppeal => "DecideAppeal",
    })
}

/// What its caller may do instead.
pub(super) fn way_on(state: State, open: &[Action]) -> String {
    if allowed(state).is_empty() {
        return "如仍需帮助，请重新吹哨。".to_owned();
    }
    if open.is_empty() {
        return "目前没有由您办理的事项，请等候他人办理。".to_owned();
    }
    let open: Vec<&str> = open.iter().copied().map(chinese_action).collect();
    format!("您当前可以{}。", open.join("、"))
}

#[cfg(test)]
mod tests {
    use strum::{IntoEnumIterator as _, VariantArray as _};

    use super::*;
    use crate::lifecycle::{asked_by, sample};

    #[test]
    fn every_action_that_is_asked_for_has_a_method_with_a_right() {
        for method in Action::iter().filter_map(method_of) {
            let path = format!("/whistle.request.v1.RequestService/{method}");
            assert!(RIGHTS.contains_key(&path), "{path}");
        }
    }

    /// What the table of the rules says and what the contract says are the same.
    #[test]
    fn whoever_asks_for_an_action_may_call_its_method_and_nobody_else() {
        for action in Action::iter() {
            let callers = base::Role::VARIANTS.iter().copied();
            let callers: Vec<_> = callers
                .filter(|role| may_ask(&sample::someone("somebody", *role).person, action))
                .collect();
            let mut asked: Vec<_> = asked_by(action).to_vec();
            asked.sort_unstable();
            assert_eq!(callers, asked, "{action}");
        }
    }
}
