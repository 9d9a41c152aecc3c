//! The words in which a refusal of an application is told to people.

use crate::lifecycle::application::{Action, Part, State, allowed};

/// Where it stands.
pub(super) fn chinese_state(state: State) -> &'static str {
    match state {
        State::Matched => "待确认",
        State::Submitted => "已提交",
        State::SupplementDue => "待补正",
        State::Resubmitted => "已补正",
        State::Accepted => "已受理",
        State::UnderReview => "初审中",
        State::Reviewed => "已初审",
        State::Queued => "排队等待预算",
        State::OnNotice => "公示",
        State::Approved => "已批准",
        State::Withdrawn => "已撤回",
        State::Rejected => "未通过",
        State::Lapsed => "已失效",
    }
}

/// What is done to it.
pub(super) fn chinese_action(action: Action) -> &'static str {
    match action {
        Action::ConfirmMatch => "确认领取",
        Action::ReturnForSupplement => "一次性告知补正",
        Action::Supplement => "补正",
        Action::Accept => "受理",
        Action::NotAccept => "不予受理",
        Action::PassChecks => "通过核验",
        Action::FailChecks => "核验不通过",
        Action::Review => "初审",
        Action::SecondReview => "复核",
        Action::Dequeue => "出队",
        Action::StartNotice => "开始公示",
        Action::EndNotice => "结束公示",
        Action::RaiseObjection => "提出异议",
        Action::DecideObjection => "处理异议",
        Action::ConfirmAccount => "确认收款账户",
        Action::Approve => "批准",
        Action::Reject => "不予通过",
        Action::Withdraw => "撤回",
        Action::Lapse => "失效",
        Action::Redirect => "改派",
        Action::Sample => "抽样",
    }
}

/// What somebody is, or was, in it.
pub(super) fn chinese_part(part: Part) -> &'static str {
    match part {
        Part::Filer => "申报经办人",
        Part::FormChecker => "形式审查人",
        Part::Reviewer => "初审人",
        Part::SecondReviewer => "复核人",
        Part::Approver => "批准人",
        Part::Objector => "异议人",
        Part::ObjectionDecider => "异议处理人",
    }
}

/// What may be done instead. What comes by itself is nobody's to do.
pub(super) fn way_on(state: State) -> String {
    let by_itself = |action: &Action| {
        matches!(
            action,
            Action::PassChecks
                | Action::FailChecks
                | Action::Dequeue
                | Action::EndNotice
                | Action::Lapse
                | Action::Sample
        )
    };
    let open = allowed(state).into_iter().filter(|action| !by_itself(action));
    let open: Vec<&str> = open.map(chinese_action).collect();
    if open.is_empty() {
        return "如仍需申报，请查询可申报的政策后另行提交。".to_owned();
    }
    format!("当前可以{}。", open.join("、"))
}
