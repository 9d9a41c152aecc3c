//! Who does what by the table of transitions, and whom the contract lets call.

use std::collections::BTreeSet;

use base::Role;
use dispatch::lifecycle::{Action, Doer, TRANSITIONS};
use runtime::rights::RIGHTS;

/// Every office of the zone: who has an order, or is on duty for it, may hold any.
const OFFICES: [Role; 5] =
    [Role::Dispatcher, Role::Staff, Role::Lead, Role::Supervisor, Role::ZoneLeader];

fn roles_of(doer: Doer) -> BTreeSet<Role> {
    match doer {
        Doer::Dispatcher => [Role::Dispatcher].into(),
        Doer::Staff => [Role::Staff].into(),
        Doer::Lead => [Role::Lead].into(),
        Doer::Supervisor => [Role::Supervisor].into(),
        Doer::ZoneLeader => [Role::ZoneLeader].into(),
        Doer::OnDuty | Doer::Claimant => OFFICES.into(),
    }
}

fn call_of(action: Action) -> &'static str {
    match action {
        Action::Route => "RouteWorkOrder",
        Action::Claim => "ClaimWorkOrder",
        Action::Assign => "AssignWorkOrder",
        Action::HandOver => "HandOverWorkOrder",
        Action::Release => "ReleaseWorkOrder",
        Action::Contact => "RecordContact",
        Action::Return => "ReturnWorkOrder",
        Action::UpholdReturn | Action::RefuseReturn => "DecideReturn",
        Action::DesignateLead => "DesignateLead",
        Action::Decline => "DeclineWorkOrder",
        Action::AskAssistance => "AskAssistance",
        Action::WaiveAssistance => "WaiveAssistance",
        Action::AskPause => "AskPause",
        Action::GrantPause | Action::RefusePause => "DecidePause",
        Action::Resume => "ResumeWorkOrder",
        Action::AskExtension => "AskExtension",
        Action::GrantExtension | Action::RefuseExtension => "DecideExtension",
        Action::Complete => "CompleteWorkOrder",
        Action::Sign => "SignReply",
        Action::SendBack => "SendBackReply",
        Action::Urge => "UrgeWorkOrder",
        Action::Supervise => "SuperviseWorkOrder",
        Action::AnswerSupervision => "AnswerSupervision",
    }
}

#[test]
fn whom_a_call_lets_in_is_who_does_it_by_the_table() {
    let actions: BTreeSet<Action> = TRANSITIONS.iter().map(|(_, action, ..)| *action).collect();
    for action in actions {
        let doers = TRANSITIONS.iter().filter(|(_, of, ..)| *of == action);
        let by_table: BTreeSet<Role> =
            doers.flat_map(|(.., by)| by.iter().copied().flat_map(roles_of)).collect();
        let call = call_of(action);
        let right = &RIGHTS[&format!("/whistle.dispatch.v1.DispatchService/{call}")];
        assert_eq!((&right.roles, right.anyone), (&by_table, false), "{call}");
    }
}
