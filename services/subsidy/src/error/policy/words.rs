//! The words in which a refusal is told to people.

use crate::lifecycle::policy::{Action, State, allowed};

/// Where a policy stands.
pub(super) fn chinese_state(state: State) -> &'static str {
    match state {
        State::Draft => "草案",
        State::Filed => "已备案",
        State::Published => "已公布",
        State::Open => "受理中",
        State::Closed => "已关闭",
        State::Expired => "已过期",
        State::Repealed => "已废止",
    }
}

/// What is done to a policy.
pub(super) fn chinese_action(action: Action) -> &'static str {
    match action {
        Action::Draft => "起草",
        Action::File => "备案",
        Action::Publish => "公布",
        Action::Open => "开放申报",
        Action::Close => "关闭",
        Action::Expire => "过期",
        Action::Repeal => "废止",
    }
}

/// What may be done to a policy instead.
pub(super) fn way_on(state: State) -> String {
    let open = allowed(state).into_iter().filter(|action| *action != Action::Expire);
    let open: Vec<&str> = open.map(chinese_action).collect();
    match state {
        State::Repealed => "如需恢复，请另行制定新政策。".to_owned(),
        State::Expired => "如需延续，请起草新的版本。".to_owned(),
        State::Draft | State::Filed | State::Published | State::Open | State::Closed => {
            format!("当前可以{}。", open.join("、"))
        }
    }
}
