//! The words in which a refusal is told to people.

use base::{DepartmentId, PersonId, WorkOrderId};

use crate::lifecycle::{Action, State};

/// So many assisting orders are named in a text; the metadata has more.
const NAMED_MAX: usize = 3;

pub(super) fn chinese_state(state: State) -> &'static str {
    match state {
        State::Unrouted => "待派",
        State::Offered => "待签收",
        State::Claimed => "已签收",
        State::InProgress => "办理中",
        State::ReturnPending => "退单待裁",
        State::Escalated => "已提级",
        State::Declined => "已退回提出方",
        State::Suspended => "挂起",
        State::AwaitingSignature => "待签发",
        State::Completed => "已办复",
        State::Cancelled => "已撤销",
    }
}

pub(super) fn chinese_action(action: Action) -> &'static str {
    match action {
        Action::Route => "派单",
        Action::Claim => "签收",
        Action::Assign => "指派",
        Action::HandOver => "转交",
        Action::Release => "退回科室",
        Action::Contact => "报到",
        Action::Return => "退单",
        Action::UpholdReturn => "同意退单",
        Action::RefuseReturn => "不同意退单",
        Action::DesignateLead => "指定主办",
        Action::Decline => "退回提出方",
        Action::AskAssistance => "申请协办",
        Action::WaiveAssistance => "免协办",
        Action::AskPause => "申请挂起",
        Action::GrantPause => "同意挂起",
        Action::RefusePause => "不同意挂起",
        Action::Resume => "恢复",
        Action::AskExtension => "申请延期",
        Action::GrantExtension => "同意延期",
        Action::RefuseExtension => "不同意延期",
        Action::Complete => "办复",
        Action::Sign => "签发",
        Action::SendBack => "退回修改",
        Action::Urge => "催办",
        Action::Supervise => "督办",
        Action::AnswerSupervision => "答复催办、督办",
    }
}

/// The state forbids an action: which, and what may be done instead.
pub(super) fn state_forbids(state: State, action: Action, allowed: &[Action]) -> String {
    let open: Vec<&str> = allowed.iter().copied().map(chinese_action).collect();
    let way_on = match state {
        State::Completed | State::Cancelled => "已结束，不能再操作。".to_owned(),
        State::Declined => "须待提出方决定。".to_owned(),
        _ if open.is_empty() => "当前没有可以进行的操作，请稍后再看。".to_owned(),
        State::Unrouted
        | State::Offered
        | State::Claimed
        | State::InProgress
        | State::ReturnPending
        | State::Escalated
        | State::Suspended
        | State::AwaitingSignature => format!("当前可以{}。", open.join("、")),
    };
    format!("工单处于“{}”，不能{}；{way_on}", chinese_state(state), chinese_action(action))
}

/// A person as people say it: by name if that is known, and by code.
pub(super) fn person(id: &PersonId, called: Option<&str>) -> String {
    match called {
        Some(called) => format!("{called}（{}）", id.code()),
        None => format!(" {} ", id.code()),
    }
}

/// The assisting orders that are waited for, with the department of each.
pub(super) fn assistance_open(open: &[(WorkOrderId, DepartmentId)]) -> String {
    let one = |(order, of): &(WorkOrderId, DepartmentId)| format!("{of}的{order}");
    let named: Vec<String> = open.iter().take(NAMED_MAX).map(one).collect();
    let rest = if NAMED_MAX < open.len() { format!("等{}张", open.len()) } else { String::new() };
    format!(
        "协办单尚未办复，也未超期，此时不能办复：{}{rest}；请待其办复或超期后再办复，\
         确不需要的，由签收人免其协办（WaiveAssistance）。",
        named.join("、")
    )
}
