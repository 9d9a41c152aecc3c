//! The words in which a refusal is told to people.

use base::Person;
use runtime::rights::RIGHTS;

use crate::lifecycle::{Act, Action, ItemAction, ItemState, State, allowed, allowed_of_item};

/// Where a case stands.
pub(super) fn chinese_state(state: State) -> &'static str {
    match state {
        State::Consulting => "咨询",
        State::Mandated => "已委托",
        State::Running => "办理中",
        State::Suspended => "中止",
        State::Delivered => "已送达",
        State::FollowedUp => "已回访",
        State::Archived => "已归档",
    }
}

/// What is done to a case.
pub(super) fn chinese_action(action: Action) -> &'static str {
    match action {
        Action::SignMandate => "签署委托书",
        Action::EndMandate => "撤销委托",
        Action::AddMaterial => "交材料",
        Action::PromiseMaterial => "容缺承诺",
        Action::Start => "启动",
        Action::SignCommitment => "签署承诺书",
        Action::RecordLandAcquired => "登记拿地",
        Action::Suspend => "中止",
        Action::Resume => "续办",
        Action::LoseAgent => "等待交接",
        Action::RegainAgent => "恢复代办",
        Action::HandOver => "交接",
        Action::Terminate => "终止",
        Action::Deliver => "送达",
        Action::FollowUp => "回访",
        Action::Archive => "归档",
    }
}

/// Where an item stands.
pub(super) fn chinese_item_state(state: ItemState) -> &'static str {
    match state {
        ItemState::Blocked => "未到",
        ItemState::Ready => "待递交",
        ItemState::Submitted => "已递交",
        ItemState::Correction => "补正",
        ItemState::UnderReview => "审查中",
        ItemState::PreIssued => "预审意见",
        ItemState::Issued => "已出证",
        ItemState::Refused => "不予许可",
        ItemState::NotAccepted => "不予受理",
        ItemState::Voided => "已作废",
        ItemState::Revoked => "已撤销",
        ItemState::Withdrawn => "已撤回",
    }
}

/// What is done to an item.
pub(super) fn chinese_item_action(action: ItemAction) -> &'static str {
    match action {
        ItemAction::Unblock => "就绪",
        ItemAction::Block => "退回等待",
        ItemAction::Submit => "递交",
        ItemAction::Correct => "一次性告知",
        ItemAction::Supply => "补正",
        ItemAction::Accept => "受理",
        ItemAction::NotAccept => "不予受理",
        ItemAction::PreIssue => "出具预审意见",
        ItemAction::AskConversion => "请求转正式",
        ItemAction::Convert => "转正式",
        ItemAction::Issue => "出证",
        ItemAction::Refuse => "不予许可",
        ItemAction::Void => "作废",
        ItemAction::AskRecheck => "请求复核",
        ItemAction::Recheck => "复核",
        ItemAction::Reapply => "重新申请",
        ItemAction::Withdraw => "撤回",
        ItemAction::Redirect => "改派",
    }
}

/// What an agent does.
pub(super) fn chinese_act(act: Act) -> &'static str {
    match act {
        Act::Fill => "填报",
        Act::Submit => "递交",
        Act::Collect => "领证",
        Act::Accompany => "陪同",
    }
}

/// Why a procedure cannot be published, by the word of the contract.
pub(super) fn chinese_flaw(flaw: &str) -> &'static str {
    match flaw {
        "NO_MATTERS" => "没有事项",
        "NAMED_TWICE" => "两个事项同名",
        "WAITS_FOR_NONE" => "所等待的事项不存在",
        "WAITS_TWICE" => "事项重复列出同一个所等待的事项",
        "NEEDS_TWICE" => "事项重复列出同一份材料",
        "CYCLE" => "事项互相等待",
        "UNREACHABLE" => "有事项永远不能开始",
        "UNKNOWN_DEPARTMENT" => "没有该部门",
        "LIMIT_MISSING" => "缺少承诺时限，公示缺少法定期限，或时限为零",
        "LIMIT_TOO_LONG" => "承诺或加码时限长于法定时限",
        "NO_START_PERMIT" => "承诺可开工的流程没有开工所需的许可",
        "NOBODY_MAY_DO" => "该部门没有承办人",
        "NOTICE_SHORTENED" => "公示期被缩短或不按自然日计",
        "LAND_UNASKED" => "只有承诺可开工的流程才涉及拿地",
        _ => "关键路径超过承诺时限",
    }
}

/// Whether somebody's roles let them ask for an action at all, by the rights of its method.
pub(super) fn may_ask(person: &Person, action: Action) -> bool {
    method_of(action).is_some_and(|method| has_right(person, method))
}

/// The same of an action of an item.
pub(super) fn may_ask_of_item(person: &Person, action: ItemAction) -> bool {
    method_of_item(action).is_some_and(|method| has_right(person, method))
}

fn has_right(person: &Person, method: &str) -> bool {
    let right = RIGHTS.get(&format!("/whistle.agency.v1.AgencyService/{method}"));
    right.is_some_and(|right| right.allows(person))
}

/// The method that asks for an action; none where nobody does.
fn method_of(action: Action) -> Option<&'static str> {
    Some(match action {
        Action::SignMandate => "SignMandate",
        Action::EndMandate => "RevokeMandate",
        Action::AddMaterial => "UploadMaterial",
        Action::PromiseMaterial => "PromiseMaterial",
        Action::Start => "StartCase",
        Action::SignCommitment => "SignCommitment",
        Action::RecordLandAcquired => "RecordLandAcquired",
        Action::Suspend => "SuspendCase",
        Action::Resume => "ResumeCase",
        Action::LoseAgent | Action::RegainAgent => return None,
        Action::HandOver => "HandOverCase",
        Action::Terminate => "TerminateCase",
        Action::Deliver => "DeliverResults",
        Action::FollowUp => "FollowUpCase",
        Action::Archive => "ArchiveCase",
    })
}

/// The method that asks for an action of an item; none where nobody does.
fn method_of_item(action: ItemAction) -> Option<&'static str> {
    Some(match action {
        ItemAction::Unblock
        | ItemAction::Block
        | ItemAction::AskConversion
        | ItemAction::AskRecheck => return None,
        ItemAction::Submit => "SubmitItem",
        ItemAction::Correct => "CorrectItem",
        ItemAction::Supply => "SupplyCorrection",
        ItemAction::Accept => "AcceptItem",
        ItemAction::NotAccept => "NotAcceptItem",
        ItemAction::PreIssue => "PreIssueItem",
        ItemAction::Convert => "ConvertItem",
        ItemAction::Issue => "IssueItem",
        ItemAction::Refuse => "RefuseItem",
        ItemAction::Void => "VoidItem",
        ItemAction::Recheck => "RecheckItem",
        ItemAction::Reapply => "ReapplyItem",
        ItemAction::Withdraw => "WithdrawItem",
        ItemAction::Redirect => "RedirectItem",
    })
}

/// What its caller may do to a case instead.
pub(super) fn way_on(state: State, open: &[Action]) -> String {
    let open = open.iter().copied().map(chinese_action).collect::<Vec<_>>();
    current(allowed(state).is_empty(), &open)
}

/// What its caller may do to an item instead.
pub(super) fn way_on_of_item(state: ItemState, open: &[ItemAction]) -> String {
    let open = open.iter().copied().map(chinese_item_action).collect::<Vec<_>>();
    current(allowed_of_item(state).is_empty(), &open)
}

fn current(is_over: bool, open: &[&str]) -> String {
    if is_over {
        return "如仍需帮助，请联系帮代办员。".to_owned();
    }
    if open.is_empty() {
        return "目前没有由您办理的事项，请等候他人办理。".to_owned();
    }
    format!("您当前可以{}。", open.join("、"))
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::*;

    #[test]
    fn every_action_that_is_asked_for_has_a_method_with_a_right() {
        let of_items = ItemAction::iter().filter_map(method_of_item);
        for method in Action::iter().filter_map(method_of).chain(of_items) {
            let path = format!("/whistle.agency.v1.AgencyService/{method}");
            assert!(RIGHTS.contains_key(&path), "{path}");
        }
    }
}
