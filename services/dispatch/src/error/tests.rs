//! What people are told: every text says itself what it speaks of.
#![allow(clippy::unwrap_used, reason = "tests")]

use base::{DepartmentId, PersonId, Role, WorkOrderId};
use jiff::civil::date;
use runtime::Fault as _;
use strum::IntoEnumIterator as _;
use tonic::Status;
use tonic_types::StatusExt as _;
use uuid::Uuid;

use super::Error;
use crate::lifecycle::{Action, State};

fn told(error: Error) -> (String, Status) {
    let status = Status::from(error);
    let text = status.get_error_details().localized_message().unwrap().message.clone();
    (text, status)
}

fn metadata(status: &Status, key: &str) -> String {
    status.get_error_details().error_info().unwrap().metadata[key].clone()
}

#[test]
fn what_the_state_forbids_is_told_whole() {
    let allowed: Vec<Action> = Action::iter().collect();
    for state in State::iter() {
        let (text, status) =
            told(Error::StateForbids { state, action: Action::Sign, allowed: allowed.clone() });
        let words: Vec<String> = allowed.iter().map(Action::to_string).collect();
        assert_eq!(metadata(&status, "allowed"), words.join(" "));
        assert!(text.starts_with("工单处于“") && text.ends_with('。'), "{text}");
    }
    let (state, action, allowed) = (State::Completed, Action::Claim, Vec::new());
    let (text, _) = told(Error::StateForbids { state, action, allowed });
    assert_eq!(text, "工单处于“已办复”，不能签收；已结束，不能再操作。");
}

#[test]
fn no_text_points_at_what_it_does_not_show() {
    let claimant = PersonId::new("D02-11").unwrap();
    let called = Some("李工".to_owned());
    let orders: Vec<WorkOrderId> =
        (1..=5).map(|number| WorkOrderId::new(Uuid::from_u128(number))).collect();
    let department = DepartmentId::new("D03").unwrap();
    let open = orders.iter().map(|order| (*order, department.clone())).collect();
    let local = date(2026, 3, 18).at(17, 30, 0, 0);
    let latest = "2026-03-18T17:30:00+08:00".parse().unwrap();
    for (error, shown) in [
        (Error::ClaimedAlready { claimant: claimant.clone(), called: None }, "已由 D02-11 签收"),
        (
            Error::ClaimedAlready { claimant: claimant.clone(), called: called.clone() },
            "已由李工（D02-11）签收",
        ),
        (Error::NotClaimant { claimant: claimant.clone(), called: None }, "签收人 D02-11 可以"),
        (Error::NotClaimant { claimant, called }, "签收人李工（D02-11）可以"),
        (Error::ExtensionTooLong { latest, local }, "2026年3月18日17:30"),
        (Error::OtherDecides { role: Role::ZoneLeader }, "由管委会领导裁定"),
        (Error::DecidedInOwner { method: "IssueItem" }, "IssueItem"),
        (Error::AssistanceOpen { open }, "departments/D03的workOrders/"),
    ] {
        let (text, status) = told(error);
        assert!(text.contains(shown) && !text.contains('所'), "{text}");
        assert!(!text.contains("persons/"), "{text}");
        assert!(text.ends_with('。'), "it is cut off: {text}");
        if status.get_error_details().error_info().unwrap().reason == "ASSISTANCE_OPEN" {
            assert!(text.contains("WaiveAssistance"), "{text}");
            let named: Vec<String> = orders.iter().map(ToString::to_string).collect();
            assert_eq!(metadata(&status, "work_orders"), named.join(" "));
        }
    }
    assert_eq!(Error::DOMAIN, "dispatch.whistle");
}
