//! What a fact says to dispatch: work is asked for, accepted, settled, withdrawn, goes elsewhere.

use base::WorkOrderId;
use calendar::Limit;
use contract::common::{
    self, LimitKind, LimitStart, LimitTier, MaterialsSupplied, WorkAccepted, WorkClass, WorkKind,
    WorkReopened, WorkRequested, WorkSettled, WorkWithdrawn,
};
use journal::Telling;
use runtime::wire::{time, work_time};

use crate::lifecycle::application::{
    Action, Application, ApplicationFact, Errand, LapseCause, Part, Purpose, Step, What,
    step_within,
};
use crate::wire::number;

/// Every order is asked for once: whatever is asked again has an order of its own.
const ROUND: i32 = 1;
/// The category of every review. No catalogue need have it: what an order is about, its title says.
const CATEGORY: &str = "categories/subsidy";

/// Who decided what is settled is the entry's actor.
pub(super) fn errands(of: &Application, fact: &ApplicationFact) -> Vec<Telling> {
    fact.what.errands().into_iter().map(|errand| told(of, fact, errand)).collect()
}

fn told(of: &Application, fact: &ApplicationFact, errand: Errand) -> Telling {
    let (source, at) = (of.id.to_string(), fact.at);
    let about = |work_order: WorkOrderId| (work_order.to_string(), of.id.to_string());
    match errand {
        Errand::Ask(order) => super::about((&of.id, &of.id), at, &work(of, fact, order)),
        Errand::Redirect(order) => {
            let work = Some(work(of, fact, order));
            let message = WorkReopened { work, reason: redirected_because(fact), escalate: false };
            super::about((&of.id, &of.id), at, &message)
        }
        Errand::Accept(order) => {
            let accepted = WorkAccepted {
                work_order: order.to_string(),
                source,
                round: ROUND,
                accepted_time: Some(time(at)),
            };
            super::about((&of.id, &of.id), at, &accepted)
        }
        Errand::Settle(order) => {
            let settled = WorkSettled {
                work_order: order.to_string(),
                source,
                round: ROUND,
                actor: String::new(),
                outcome: outcome(&fact.what).to_owned(),
                decided_time: Some(time(at)),
            };
            super::about((&of.id, &of.id), at, &settled)
        }
        Errand::Withdraw(order) => {
            let reason = outcome(&fact.what).to_owned();
            let (work_order, source) = about(order);
            let withdrawn = WorkWithdrawn { work_order, source, round: ROUND, reason };
            super::about((&of.id, &of.id), at, &withdrawn)
        }
        Errand::Supply(order) => {
            let (work_order, source) = about(order);
            super::about((&of.id, &of.id), at, &MaterialsSupplied { work_order, source })
        }
    }
}

/// What dispatch is asked to have done: it looks nothing up.
fn work(of: &Application, fact: &ApplicationFact, order: WorkOrderId) -> WorkRequested {
    let opening = &of.opening;
    let purpose = of.order.as_ref().map_or(Purpose::Review, |own| own.purpose);
    let part = match purpose {
        Purpose::Review => Part::Reviewer,
        Purpose::SecondReview => Part::SecondReviewer,
    };
    WorkRequested {
        work_order: order.to_string(),
        round: ROUND,
        kind: WorkKind::Decision.into(),
        source: of.id.to_string(),
        source_number: opening.number.clone(),
        title: format!("{} · {}", of.terms().title, chinese(purpose)),
        text: asked(purpose, of),
        enterprise: opening.enterprise.to_string(),
        category: CATEGORY.to_owned(),
        lead: of.department_for(purpose).to_string(),
        suggested_assisting: Vec::new(),
        work_class: WorkClass::C.into(),
        limits: limits(purpose, of),
        rule_version: number(u32::try_from(opening.version.number).unwrap_or(0)),
        submitted_time: Some(time(fact.at)),
        barred: of.barred_from(part).iter().map(ToString::to_string).collect(),
        excluded_departments: Vec::new(),
        zone_duty: String::new(),
    }
}

fn chinese(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Review => "受理和初审",
        Purpose::SecondReview => "复核",
    }
}

/// What is asked, for those who do it.
fn asked(purpose: Purpose, of: &Application) -> String {
    let title = &of.terms().title;
    match purpose {
        Purpose::Review => format!("受理并初审“{title}”的申报，核对条件和金额。"),
        Purpose::SecondReview => format!("复核“{title}”的申报，核定金额 {} 元。", of.amount),
    }
}

/// The limits of the step that is asked for, by the mode of the policy.
fn limits(purpose: Purpose, of: &Application) -> Vec<common::Limit> {
    let mode = of.terms().mode;
    match purpose {
        Purpose::Review => vec![
            limit(LimitKind::Claim, step_within(mode, Step::FormCheck), LimitStart::Offered),
            limit(LimitKind::Reply, step_within(mode, Step::Review), LimitStart::Accepted),
        ],
        Purpose::SecondReview => {
            let within = step_within(mode, Step::SecondReview);
            vec![limit(LimitKind::Reply, within, LimitStart::Submitted)]
        }
    }
}

fn limit(kind: LimitKind, within: Limit, start: LimitStart) -> common::Limit {
    common::Limit {
        kind: kind.into(),
        tier: LimitTier::Promised.into(),
        time: Some(work_time(within)),
        start: start.into(),
        intake: common::Intake::Instant.into(),
    }
}

fn redirected_because(fact: &ApplicationFact) -> String {
    if let What::Redirected { reason, .. } = &fact.what { reason.clone() } else { String::new() }
}

/// What was decided, or why the work is no longer wanted.
#[expect(clippy::wildcard_enum_match_arm, reason = "`errands` names the facts that end an order")]
fn outcome(what: &What) -> &'static str {
    match what {
        What::Reviewed { .. } | What::SecondReviewed { .. } => "REVIEWED",
        What::Refused { action: Action::NotAccept, .. } => "NOT_ACCEPTED",
        What::Refused { .. } => "REJECTED",
        What::Lapsed { cause: LapseCause::PolicyEnded, .. } => "POLICY_ENDED",
        What::Lapsed { cause: LapseCause::NotSupplemented, .. } => "NOT_SUPPLEMENTED",
        What::ObjectionDecided { .. } => "OBJECTION_UPHELD",
        What::AccountConfirmed { .. } => "ACCOUNT_CHANGED",
        _ => "WITHDRAWN",
    }
}
