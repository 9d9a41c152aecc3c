//! What every test of the rules holds: each decision is a row of the tables, and whoever is told is told
//! in the order of its row.
#![allow(clippy::expect_used, clippy::wildcard_enum_match_arm, reason = "tests")]

use super::*;

/// Holds a decision against the tables: from where it finds the order to where it leaves it.
pub(super) fn holds(before: Option<&WorkOrder>, command: &Command, facts: &[Fact]) {
    let from = before.map(|order| order.state);
    let mut order = before.cloned();
    for fact in facts {
        is_told_in_turn(order.as_ref(), &fact.what);
        order = apply(order, fact);
    }
    let to = order.map(|order| order.state);
    if let Some(to) = to.filter(|to| from != Some(*to)) {
        assert!(is_a_row(from, command, to), "no table has {from:?} → {to} by {command:?}");
    }
}

fn is_a_row(from: Option<State>, command: &Command, to: State) -> bool {
    if let Some(by) = By::of(command) {
        return moved::is_moved(from, by, to);
    }
    let action = action_of(command).expect("an action of people");
    TRANSITIONS.iter().any(|(start, by, end, _)| (Some(*start), *by, *end) == (from, action, to))
}

/// Somebody is told who stands in the row, and nobody who stands before who was told last.
fn is_told_in_turn(before: Option<&WorkOrder>, what: &What) {
    let What::LimitMissed { alarm, told, .. } = what else { return };
    let row = RINGS.iter().find(|(rings, ..)| rings == alarm).expect("a row");
    let place = |told: Told| row.3.iter().position(|of| *of == told);
    let now = place(*told).unwrap_or_else(|| panic!("{alarm} tells {told}"));
    let armed = before.and_then(|order| order.armed.get(alarm));
    let last = armed.and_then(|armed| armed.told).and_then(place);
    assert!(last.is_none_or(|last| last <= now), "{alarm} tells {told} after {armed:?}");
    let reminds = matches!(row.4, Then::Reminds | Then::RemindsLater);
    let is_last = last.is_some_and(|last| last + 1 == row.3.len());
    assert!(!is_last || !reminds || last == Some(now));
}

/// What people do by a command; none of what is heard, follows or rings.
pub(super) fn action_of(command: &Command) -> Option<Action> {
    Some(match command {
        Command::Claim { .. } => Action::Claim,
        Command::Assign { .. } => Action::Assign,
        Command::HandOver { .. } => Action::HandOver,
        Command::Release { .. } => Action::Release,
        Command::Contact { .. } => Action::Contact,
        Command::Return { .. } => Action::Return,
        Command::UpholdReturn { .. } => Action::UpholdReturn,
        Command::RefuseReturn { .. } => Action::RefuseReturn,
        Command::Route { .. } => Action::Route,
        Command::DesignateLead { .. } => Action::DesignateLead,
        Command::Decline { .. } => Action::Decline,
        Command::AskAssistance { .. } => Action::AskAssistance,
        Command::WaiveAssistance { .. } => Action::WaiveAssistance,
        Command::AskPause { .. } => Action::AskPause,
        Command::DecidePause { decision: Decision::Granted, .. } => Action::GrantPause,
        Command::DecidePause { decision: Decision::Refused, .. } => Action::RefusePause,
        Command::Resume { .. } => Action::Resume,
        Command::AskExtension { .. } => Action::AskExtension,
        Command::DecideExtension { decision: Decision::Granted, .. } => Action::GrantExtension,
        Command::DecideExtension { decision: Decision::Refused, .. } => Action::RefuseExtension,
        Command::Complete { .. } => Action::Complete,
        Command::Sign { .. } => Action::Sign,
        Command::SendBack { .. } => Action::SendBack,
        Command::Press { level: Level::Urged, .. } => Action::Urge,
        Command::Press { level: Level::Supervised, .. } => Action::Supervise,
        Command::AnswerSupervision { .. } => Action::AnswerSupervision,
        _ => return None,
    })
}
