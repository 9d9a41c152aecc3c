//! What is told of an application from its beginning to its second review.

use contract::subsidy::{
    ApplicationAccepted, ApplicationChecked, ApplicationMatched, ApplicationRefused,
    ApplicationReviewed, ApplicationSecondReviewed, ApplicationSubmitted, ApplicationSupplemented,
    MatchConfirmed, Opening as WireOpening, SupplementAsked,
};
use journal::Telling;
use runtime::wire::date;

use super::super::{due, sealed};
use super::{about, account};
use crate::lifecycle::application::{Application, ApplicationFact, Opened, What};
use crate::wire::application as shown;
use crate::wire::facts::snapshot;

#[expect(clippy::wildcard_enum_match_arm, reason = "the other facts are told where they belong")]
pub(super) fn tell(of: &Application, fact: &ApplicationFact) -> Telling {
    let application = of.id.to_string();
    match &fact.what {
        What::Matched(opened) => {
            let (opening, confirm_due) = (Some(opening(of, opened)), due(&opened.wait.due));
            about(of, fact, &ApplicationMatched { application, opening, confirm_due })
        }
        What::Applied { opened, order, promised } => {
            let message = ApplicationSubmitted {
                application,
                opening: Some(opening(of, opened)),
                work_order: order.id.to_string(),
                check_due: due(&opened.wait.due),
                promised_due: due(&promised.due),
            };
            about(of, fact, &message)
        }
        What::MatchConfirmed { payee, order, wait, promised } => {
            let message = MatchConfirmed {
                application,
                account: account(payee),
                work_order: order.id.to_string(),
                check_due: due(&wait.due),
                promised_due: due(&promised.due),
            };
            about(of, fact, &message)
        }
        What::SupplementAsked { lacks, wait, .. } => {
            let (lacks, supply_due) = (lacks.iter().map(shown::lack).collect(), due(&wait.due));
            about(of, fact, &SupplementAsked { application, lacks, supply_due })
        }
        What::Supplemented { snapshot: facts, documents, computed, wait, promised, .. } => {
            let message = ApplicationSupplemented {
                application,
                snapshot: Some(snapshot(facts)),
                documents: documents.iter().map(shown::document).collect(),
                computed_fen: computed.0,
                check_due: due(&wait.due),
                promised_due: promised.as_ref().and_then(|promised| due(&promised.due)),
            };
            about(of, fact, &message)
        }
        What::Accepted { snapshot: facts, .. } => {
            let snapshot = Some(snapshot(facts));
            about(of, fact, &ApplicationAccepted { application, snapshot })
        }
        _ => checked(of, fact),
    }
}

/// What becomes of an application that was accepted, up to its second review.
#[expect(clippy::wildcard_enum_match_arm, reason = "the other facts are told where they belong")]
fn checked(of: &Application, fact: &ApplicationFact) -> Telling {
    let application = of.id.to_string();
    match &fact.what {
        What::ChecksPassed { computed, wait } => {
            let (computed_fen, review_due) = (computed.0, due(&wait.due));
            about(of, fact, &ApplicationChecked { application, computed_fen, review_due })
        }
        What::Refused { action, refused, released, .. } => {
            let message = ApplicationRefused {
                application,
                action: action.to_string(),
                refusal: Some(shown::refusal(refused, ToString::to_string)),
                released: shown::held(released),
            };
            about(of, fact, &message)
        }
        What::Reviewed { amount, lowered, opinion, order, wait, .. } => {
            let lowered = lowered.as_ref();
            let message = ApplicationReviewed {
                application,
                amount_fen: amount.0,
                lowered_by_fen: lowered.map_or(0, |lowered| lowered.by.0),
                lowered_because: lowered.map(|it| it.reason.clone()).unwrap_or_default(),
                opinion: opinion.clone(),
                work_order: order.id.to_string(),
                review_due: due(&wait.due),
            };
            about(of, fact, &message)
        }
        What::SecondReviewed { opinion, .. } => {
            let opinion = opinion.clone();
            about(of, fact, &ApplicationSecondReviewed { application, opinion })
        }
        _ => super::tell(of, fact),
    }
}

/// With what an application begins.
fn opening(of: &Application, opened: &Opened) -> WireOpening {
    let opening = &opened.opening;
    let payee = opening.payee.as_ref();
    WireOpening {
        number: opening.number.clone(),
        policy: opening.version.policy.to_string(),
        policy_version: opening.version.number,
        enterprise: opening.enterprise.to_string(),
        department: of.department.to_string(),
        snapshot: Some(snapshot(&opening.snapshot)),
        documents: opening.documents.iter().map(shown::document).collect(),
        account: payee.map(|payee| sealed(&payee.account)),
        dated_date: Some(date(opened.dated)),
        computed_fen: opened.computed.0,
    }
}
