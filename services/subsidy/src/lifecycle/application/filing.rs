//! What the enterprise does, or is done for it: matched, applied, confirmed, supplemented, withdrawn.

use base::{ApplicationId, EnterpriseId};
use calendar::Moment;
use calendar::Pause;

use super::super::By;
use super::super::policy::Snapshot;
use super::account::{Confirmed, Payee};
use super::checks::Claim;
use super::draft::Draft;
use super::fact::{ApplicationFact, Opened, Reopening, What};
use super::kept::{Document, Opening, Seen};
use super::limits::{ACCOUNT_WITHIN, Owner, Promised, Step, Wait, due, end_of, step_within, today};
use super::people::{Part, may_take};
use super::tables::{Action, State, check};
use super::work::{Order, Purpose, order_name};
use crate::error::ApplicationError;

/// 匹配: the enterprise gets it without asking, if it wants it.
pub(super) fn matched(
    (id, opening, seen): (ApplicationId, &Opening, &Seen),
    moment: Moment<'_>,
) -> Result<Vec<ApplicationFact>, ApplicationError> {
    let claim = Claim::filed(opening, moment);
    claim.is_in_time(seen, moment)?;
    claim.is_matched()?;
    let computed = claim.check(seen, moment)?;
    let until = end_of(opening.version.terms.validity.until, moment);
    let wait = Wait::until(until, Owner::Enterprise, moment.now);
    let opening = Opening { payee: None, ..opening.clone() };
    let annual_cap = seen.annual_cap;
    let opened = Opened { id, opening, dated: today(moment), annual_cap, computed, wait };
    Ok(vec![ApplicationFact { at: moment.now, by: None, what: What::Matched(Box::new(opened)) }])
}

/// 申报. The criteria are checked before the mode: who would not get it is told why.
pub(super) fn applied(
    (id, opening, seen): (ApplicationId, &Opening, &Seen),
    (by, by_enterprise): (&By, bool),
    moment: Moment<'_>,
) -> Result<Vec<ApplicationFact>, ApplicationError> {
    let claim = Claim::filed(opening, moment);
    claim.is_in_time(seen, moment)?;
    claim.is_stated()?;
    Claim::is_documented(&opening.documents)?;
    claim.is_vouched_for(moment)?;
    claim.is_eligible(seen, moment)?;
    claim.is_applied_for()?;
    belongs(opening.payee.as_ref(), &opening.enterprise)?;
    let computed = claim.check(seen, moment)?;
    let mode = opening.version.terms.mode;
    let within = step_within(mode, Step::FormCheck);
    let wait = Wait::starting(moment, Owner::FormChecker, within);
    let payee = opening.payee.clone().map(|payee| {
        let confirmed = by_enterprise.then(|| confirmed(by, moment));
        Payee { confirmed, ..payee }
    });
    let opening = Opening { payee, ..opening.clone() };
    let order = Order { id: order_name(id, 0), purpose: Purpose::Review, declined: false };
    let promised = promised(&opening, moment);
    let annual_cap = seen.annual_cap;
    let opened = Opened { id, opening, dated: today(moment), annual_cap, computed, wait };
    let what = What::Applied { opened: Box::new(opened), order, promised };
    Ok(vec![ApplicationFact { at: moment.now, by: Some(by.clone()), what }])
}

/// 确认匹配: the enterprise wants it, and says where to.
pub(super) fn confirm_match(
    draft: &mut Draft<'_>,
    by: &By,
    (payee, seen): (&Payee, &Seen),
) -> Result<(), ApplicationError> {
    check(draft.application.state, Action::ConfirmMatch)?;
    let (application, moment) = (&draft.application, draft.moment);
    Claim::of(application, &application.snapshot).is_in_time(seen, moment)?;
    belongs(Some(payee), &application.opening.enterprise)?;
    let payee = Payee { confirmed: Some(confirmed(by, moment)), ..payee.clone() };
    let order = application.new_order(Purpose::Review);
    let wait = draft.step_wait(Owner::FormChecker, Step::FormCheck);
    let promised = promised(&application.opening, moment);
    draft.happen(What::MatchConfirmed { payee, order, wait, promised });
    Ok(())
}

/// 补正. The promise goes on.
pub(super) fn supplement(
    draft: &mut Draft<'_>,
    (snapshot, documents): (&Snapshot, &[Document]),
) -> Result<(), ApplicationError> {
    check(draft.application.state, Action::Supplement)?;
    let claim = Claim::of(&draft.application, snapshot);
    claim.is_stated()?;
    Claim::is_documented(documents)?;
    claim.is_vouched_for(draft.moment)?;
    let computed = claim.amount()?;
    let now = draft.moment.now;
    let promised = draft.application.promised.clone().map(|mut promised| {
        if let Some(pause) = promised.pauses.last_mut() {
            pause.to = Some(now);
        }
        promised.reckoned(draft.moment)
    });
    let wait = draft.step_wait(Owner::FormChecker, Step::FormCheck);
    let (snapshot, documents) = (snapshot.clone(), documents.to_vec());
    let order = draft.application.order_id();
    draft.happen(What::Supplemented { snapshot, documents, computed, order, wait, promised });
    Ok(())
}

/// 确认收款账户. M7: another account than the one that was reviewed twice is reviewed again.
pub(super) fn confirm_account(
    draft: &mut Draft<'_>,
    by: &By,
    payee: &Payee,
) -> Result<(), ApplicationError> {
    let application = &draft.application;
    check(application.state, Action::ConfirmAccount)?;
    belongs(Some(payee), &application.opening.enterprise)?;
    let same = application.payee.as_ref().is_some_and(|before| before.is_same(payee));
    let reviewed_twice = application.second.is_some();
    let withdrawn = application.order_id();
    let payee = Payee { confirmed: Some(confirmed(by, draft.moment)), ..payee.clone() };
    let reopening = (reviewed_twice && !same).then(|| Reopening {
        withdrawn,
        order: application.new_order(Purpose::SecondReview),
        wait: draft.step_wait(Owner::SecondReviewer, Step::SecondReview),
    });
    let lacked = application.wait.is_some_and(|wait| wait.owner == Owner::Enterprise);
    let awaited = reviewed_twice && same && lacked && application.state == State::Reviewed;
    let wait = awaited.then(|| draft.approval_wait());
    draft.happen(What::AccountConfirmed { payee, reopening, wait });
    Ok(())
}

/// 撤回, before it is approved. What was set aside is free again.
pub(super) fn withdraw(draft: &mut Draft<'_>, reason: &str) -> Result<(), ApplicationError> {
    check(draft.application.state, Action::Withdraw)?;
    let (order, released) = (draft.application.order_id(), draft.application.held.clone());
    draft.happen(What::Withdrawn { reason: reason.to_owned(), order, released });
    Ok(())
}

/// The account is the applicant's own (M7).
fn belongs(payee: Option<&Payee>, enterprise: &EnterpriseId) -> Result<(), ApplicationError> {
    let foreign = payee.filter(|payee| payee.holder != *enterprise);
    foreign.map_or(Ok(()), |_| Err(ApplicationError::AccountForeign))
}

fn confirmed(by: &By, moment: Moment<'_>) -> Confirmed {
    Confirmed { by: by.person.clone(), at: moment.now }
}

/// What the policy promises, from now on.
fn promised(opening: &Opening, moment: Moment<'_>) -> Promised {
    let (limit, since) = (opening.version.terms.promised, moment.now);
    Promised { limit, since, pauses: Vec::new(), due: due(moment, limit), missed: false }
}

/// The promise stands still from now on.
pub(super) fn pause_promise(draft: &Draft<'_>) -> Option<Promised> {
    let mut promised = draft.application.promised.clone()?;
    promised.pauses.push(Pause { from: draft.moment.now, to: None });
    Some(promised)
}

/// The wait for an account that only an envoy has named.
pub(super) fn account_wait(draft: &Draft<'_>) -> Wait {
    Wait::starting(draft.moment, Owner::Enterprise, ACCOUNT_WITHIN)
}

/// Whoever looks at what the enterprise filed did not file it, nor object to it.
pub(super) fn looks_at(draft: &Draft<'_>, by: &By) -> Result<(), ApplicationError> {
    may_take(&draft.application, by, Part::FormChecker, &[])
}
