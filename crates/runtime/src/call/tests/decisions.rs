//! What decides something can be tried before.

use crate::descriptors;

/// How the calls begin that decide something, or pay.
const DECIDING: &[&str] = &[
    "Decide",
    "Confirm",
    "Designate",
    "Publish",
    "Reject",
    "Route",
    "SendBack",
    "SignReply",
    "Succeed",
    "AcceptItem",
    "ConvertItem",
    "CorrectItem",
    "IssueItem",
    "NotAcceptItem",
    "PreIssueItem",
    "RecheckItem",
    "RefuseItem",
    "VoidItem",
    "FilePolicy",
    "OpenPolicy",
    "ClosePolicy",
    "RepealPolicy",
    "AdjustBudget",
    "MatchApplicants",
    "Apply",
    "AcceptApplication",
    "ReviewApplication",
    "SecondReviewApplication",
    "StartNotice",
    "ApproveApplication",
    "CreateBatch",
    "ApproveBatch",
    "SendBatch",
    "ResolveException",
    "VerifyAccount",
    "LapseDisbursement",
    "OpenClawback",
    "RecordRepayment",
    "CloseYear",
];
/// What an enterprise confirms of its own is no decision of an office.
const SAID_BY_ENTERPRISES: &[&str] = &["ConfirmMatch", "ConfirmAccount", "ConfirmReceipt"];

/// A decision is tried before it is taken: a call that begins with such a verb must offer it.
#[test]
fn every_decision_of_the_contract_can_be_tried() {
    // CheckProcedure is its trial.
    const TRIED_BY_ANOTHER: &str = "PublishProcedure";
    let methods = descriptors::POOL.services().flat_map(|service| {
        service
            .methods()
            .map(|method| (method.name().to_owned(), method.input()))
            .collect::<Vec<_>>()
    });
    let (mut decisions, mut trials) = (0, 0);
    for (name, input) in methods {
        let decides = name != TRIED_BY_ANOTHER
            && !SAID_BY_ENTERPRISES.contains(&name.as_str())
            && DECIDING.iter().any(|verb| name.starts_with(verb));
        let tries = input.get_field_by_name("validate_only").is_some();
        assert!(tries || !decides, "{name} cannot be tried");
        assert!(!tries || input.get_field_by_name("request_id").is_some(), "{name}");
        decisions += u32::from(decides);
        trials += u32::from(tries);
    }
    assert_eq!(decisions, trials, "what can be tried decides something");
    assert!(10 < decisions, "no decisions were found");
}
