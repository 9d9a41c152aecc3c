//! The words in which a refusal is told to people.

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

/// What may be done instead.
pub(super) fn way_on(state: State) -> String {
    let allowed = allowed(state).into_iter();
    // The answer comes from the department, not from whoever is told this.
    let open = allowed.filter(|action| *action != Action::Answer).map(chinese_action);
    let open: Vec<&str> = open.collect();
    if open.is_empty() {
        return "如仍需帮助，请重新吹哨。".to_owned();
    }
    format!("当前可以{}。", open.join("、"))
}
