//! The reasons and the texts of refusals.
#![allow(clippy::unwrap_used, reason = "tests")]

use contract::subsidy::Reason;

use super::*;

fn of_the_door() -> Vec<DoorError> {
    vec![
        DoorError::EnterpriseNotFound { enterprise: String::new() },
        DoorError::DepartmentNotFound { department: String::new() },
        DoorError::NotOwner { owner: base::DepartmentId::new("D01").unwrap() },
        DoorError::AccountUnfit { field: "payee.account" },
        DoorError::AccountNotTheirs,
        DoorError::AccountHidden,
        DoorError::ReportOfOtherBatch { message: String::new() },
        DoorError::AsOfInFuture,
        DoorError::TooManyGroups { groups_max: 1 },
        DoorError::PopulationEmpty,
        DoorError::CursorInvalid,
        DoorError::NotResumable,
    ]
}

#[test]
fn every_reason_of_the_door_is_one_of_the_contract() {
    for error in of_the_door() {
        let name = format!("REASON_{}", error.verdict().reason());
        assert!(Reason::from_str_name(&name).is_some(), "{name}");
    }
}

#[test]
fn what_the_rules_do_not_know_by_name_is_named() {
    let id = ThingId::Policy(base::PolicyId::new("P01").unwrap());
    let named = Error::from(PolicyError::NotFound { policy: String::new() }).of(&id);
    assert_eq!(named.to_string(), "there is no policy policies/P01");
    let kept = Error::from(PolicyError::NotFound { policy: "policies/P02".to_owned() }).of(&id);
    assert_eq!(kept.to_string(), "there is no policy policies/P02");
}
