//! 形式审查: what the form checker decides, and the checks that follow the acceptance.

use super::super::By;
use super::super::policy::Snapshot;
use super::checks::{Claim, rejection};
use super::draft::Draft;
use super::fact::What;
use super::filing::{looks_at, pause_promise};
use super::kept::{Lack, Refused, Seen};
use super::limits::{Owner, SUPPLEMENT_WITHIN, Step, Wait};
use super::tables::{Action, check};
use crate::error::ApplicationError;

/// 一次性告知: everything that is missing, at once, and only once.
pub(super) fn return_for_supplement(
    draft: &mut Draft<'_>,
    by: &By,
    lacks: &[Lack],
) -> Result<(), ApplicationError> {
    looks_at(draft, by)?;
    if draft.application.supplement.is_some() && draft.application.segments.accepted_at.is_none() {
        return Err(ApplicationError::SupplementedOnce);
    }
    check(draft.application.state, Action::ReturnForSupplement)?;
    if lacks.is_empty() {
        return Err(ApplicationError::NothingNamed);
    }
    let wait = Wait::starting(draft.moment, Owner::Enterprise, SUPPLEMENT_WITHIN);
    let promised = pause_promise(draft);
    draft.happen(What::SupplementAsked { lacks: lacks.to_vec(), wait, promised });
    Ok(())
}

/// 受理: then the checks, on the verified facts. One that fails rejects it, by its name.
pub(super) fn accept(
    draft: &mut Draft<'_>,
    by: &By,
    (snapshot, seen): (&Snapshot, &Seen),
) -> Result<(), ApplicationError> {
    looks_at(draft, by)?;
    check(draft.application.state, Action::Accept)?;
    let claim = Claim::of(&draft.application, snapshot);
    let checked = claim.check(seen, draft.moment);
    let refused = match &checked {
        Ok(_) => None,
        Err(error) => rejection(error, draft.moment),
    };
    let order = draft.application.order_id();
    let accepted = |draft: &mut Draft<'_>| {
        let (snapshot, annual_cap) = (snapshot.clone(), seen.annual_cap);
        draft.happen(What::Accepted { snapshot, annual_cap, order });
    };
    match (checked, refused) {
        (Ok(computed), _) => {
            accepted(draft);
            let wait = draft.step_wait(Owner::Reviewer, Step::Review);
            draft.happen(What::ChecksPassed { computed, wait });
            Ok(())
        }
        (Err(_), Some(refused)) => {
            accepted(draft);
            refuse(draft, Action::FailChecks, refused);
            Ok(())
        }
        (Err(error), None) => Err(error),
    }
}

/// 不予受理.
pub(super) fn not_accept(
    draft: &mut Draft<'_>,
    by: &By,
    (reason, remedy): (&str, &str),
) -> Result<(), ApplicationError> {
    looks_at(draft, by)?;
    check(draft.application.state, Action::NotAccept)?;
    let refused = refused(draft, by, "NOT_ACCEPTED", (reason, remedy))?;
    refuse(draft, Action::NotAccept, refused);
    Ok(())
}

/// 不予通过, by a reviewer, at any time before the approval. What was set aside is free again.
pub(super) fn reject(
    draft: &mut Draft<'_>,
    by: &By,
    (reason, remedy): (&str, &str),
) -> Result<(), ApplicationError> {
    looks_at(draft, by)?;
    check(draft.application.state, Action::Reject)?;
    let refused = refused(draft, by, "REJECTED", (reason, remedy))?;
    refuse(draft, Action::Reject, refused);
    Ok(())
}

/// A refusal by a person: in writing, with what the enterprise can do about it.
fn refused(
    draft: &Draft<'_>,
    by: &By,
    name: &str,
    (reason, remedy): (&str, &str),
) -> Result<Refused, ApplicationError> {
    if reason.trim().is_empty() || remedy.trim().is_empty() {
        return Err(ApplicationError::ReasonMissing);
    }
    Ok(Refused {
        reason: name.to_owned(),
        text: format!("{reason}；{remedy}"),
        failing: Vec::new(),
        by: Some(by.person.clone()),
        at: draft.moment.now,
    })
}

fn refuse(draft: &mut Draft<'_>, action: Action, refused: Refused) {
    let (order, released) = (draft.application.order_id(), draft.application.held.clone());
    draft.happen(What::Refused { action, refused, order, released });
}
