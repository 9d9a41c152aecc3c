//! 批准: up to the threshold by the second reviewer, above it by a zone leader with minutes; after the
//! notice, never before its end.

use super::super::By;
use super::super::budget::budget_id;
use super::super::policy::shares;
use super::draft::Draft;
use super::fact::What;
use super::kept::{Application, Approved, ApprovedShare, Minutes, Office};
use super::people::{Part, may_take};
use super::reviewing::no_open_objection;
use super::tables::{Action, State, check};
use super::work::disbursement_name;
use crate::error::ApplicationError;

/// Approves an application: the hard reservation follows, and a disbursement for each payer.
pub(super) fn approve(
    draft: &mut Draft<'_>,
    by: &By,
    office: Office,
    minutes: Option<&Minutes>,
) -> Result<(), ApplicationError> {
    may_be_approved(&draft.application, by, office, minutes)?;
    approve_as(draft, by, office, minutes);
    Ok(())
}

/// Whether it may be approved, by this person, in this capacity.
pub(super) fn may_be_approved(
    application: &Application,
    by: &By,
    office: Office,
    minutes: Option<&Minutes>,
) -> Result<(), ApplicationError> {
    let also: &[Part] = match office {
        Office::SecondReviewer => &[],
        Office::ZoneLeader => &[Part::FormChecker, Part::SecondReviewer],
    };
    may_take(application, by, Part::Approver, also)?;
    check(application.state, Action::Approve)?;
    if application.second.is_none() {
        return Err(ApplicationError::SecondReviewMissing);
    }
    no_open_objection(application)?;
    if application.state == State::OnNotice {
        match &application.notice {
            Some(notice) if !application.must_be_published() => {
                if notice.runs() {
                    return Err(ApplicationError::NoticeRuns { until: notice.due.at });
                }
            }
            Some(_) | None => return Err(ApplicationError::NoticeMissing),
        }
    }
    if application.is_above_threshold() {
        if office != Office::ZoneLeader {
            let threshold = application.terms().threshold;
            return Err(ApplicationError::AboveThreshold { threshold });
        }
        if !minutes.is_some_and(are_minutes) {
            return Err(ApplicationError::MinutesMissing);
        }
    }
    if !application.has_confirmed_account() {
        return Err(ApplicationError::AccountUnconfirmed);
    }
    Ok(())
}

/// It is approved: what was checked before takes effect.
pub(super) fn approve_as(
    draft: &mut Draft<'_>,
    by: &By,
    office: Office,
    minutes: Option<&Minutes>,
) {
    let application = &draft.application;
    let (version, year) = (&application.opening.version, application.year(draft.moment));
    let parts = shares(version, application.amount).into_iter().enumerate();
    let shares = parts.filter_map(|(place, (payer, amount))| {
        let budget = budget_id(&version.policy, year, &payer).ok()?;
        let held = application.held_in(&budget);
        let disbursement = disbursement_name(application.id, place);
        Some(ApprovedShare { payer, budget, amount, held, disbursement })
    });
    let approved = Approved {
        amount: application.amount,
        shares: shares.collect(),
        approver: by.person.clone(),
        office,
        minutes: minutes.cloned(),
        at: draft.moment.now,
    };
    draft.happen(What::Approved(Box::new(approved)));
}

/// Whether minutes are minutes: a number, and a file by its hash.
fn are_minutes(minutes: &Minutes) -> bool {
    !minutes.number.trim().is_empty() && minutes.file.is_hashed()
}
