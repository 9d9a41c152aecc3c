//! What a department decides of an item, and who else is decided to have it.

use std::collections::BTreeSet;

use base::{DepartmentId, ItemId, MaterialId, Role};
use calendar::{Intake, Moment};
use jiff::Timestamp;

use super::applying::stands;
use super::commitment;
use super::draft::Draft;
use super::fact::{VoidCause, What};
use super::item::{ItemAction, ItemState, Notice};
use super::limits::{SUPPLY_WITHIN, Wait};
use super::procedure::MatterKind;
use super::sight::Viewer;
use crate::error::Error;

/// 一次性告知: all that is missing, at once. A later notice that names something new counts
/// against the department.
pub(super) fn correct(
    draft: &mut Draft<'_>,
    by: &Viewer,
    item: &ItemId,
    (materials, text): (&BTreeSet<MaterialId>, &str),
) -> Result<(), Error> {
    decides(draft, by, item, ItemAction::Correct)?;
    let Some((own, matter)) = draft.case.item(item) else { return Ok(()) };
    if let Some(foreign) = materials.iter().find(|material| matter.need(material).is_none()) {
        return Err(Error::MaterialNotFound { material: foreign.clone() });
    }
    let named = own.named();
    let new = materials.iter().any(|material| !named.contains(material));
    let notice = Notice {
        materials: materials.clone(),
        text: text.to_owned(),
        against_department: !own.notices.is_empty() && new,
        given_at: draft.moment.now,
    };
    let wait = Wait::starting(draft.moment, SUPPLY_WITHIN);
    draft.happen(What::CorrectionAsked { item: item.clone(), notice, wait });
    Ok(())
}

/// 受理: the statutory clock starts.
pub(super) fn accept(draft: &mut Draft<'_>, by: &Viewer, item: &ItemId) -> Result<(), Error> {
    decides(draft, by, item, ItemAction::Accept)?;
    let now = draft.moment.now;
    accept_as_of(draft, item, now, false);
    Ok(())
}

/// Accepted, as of an instant: the result is due by the earliest of its limits from there, and of
/// what dispatch has said of its own. A notice period counts from now in any case: what nobody has
/// announced yet has not begun to run.
pub(super) fn accept_as_of(
    draft: &mut Draft<'_>,
    item: &ItemId,
    as_of: Timestamp,
    by_itself: bool,
) {
    let Some(matter) = draft.case.procedure().matter(item) else { return };
    let as_of = if matter.kind == MatterKind::Notice { draft.moment.now } else { as_of };
    let wait = Wait::earliest(Moment { now: as_of, ..draft.moment }, matter.limits());
    let progress = draft.case.items.get(item).and_then(|own| own.progress.as_ref());
    let earlier = progress.and_then(|told| told.due).filter(|due| due.at < wait.due.at);
    let wait = earlier.map_or(wait, |due| Wait::until(due, as_of));
    let (item, order) = (item.clone(), draft.order_of(item));
    draft.happen(What::ItemAccepted { item, as_of, by_itself, order, wait });
}

/// 不予受理: in writing, with the remedy.
pub(super) fn not_accept(
    draft: &mut Draft<'_>,
    by: &Viewer,
    item: &ItemId,
    (reason, remedy): (&str, &str),
) -> Result<(), Error> {
    decides(draft, by, item, ItemAction::NotAccept)?;
    let order = draft.order_of(item);
    let (item, reason, remedy) = (item.clone(), reason.to_owned(), remedy.to_owned());
    draft.happen(What::ItemNotAccepted { item, reason, remedy, order });
    Ok(())
}

/// 出具预审意见: something is outstanding, and was promised for later than now.
pub(super) fn pre_issue(
    draft: &mut Draft<'_>,
    by: &Viewer,
    item: &ItemId,
    opinion: &str,
) -> Result<(), Error> {
    decides(draft, by, item, ItemAction::PreIssue)?;
    let (case, now) = (&draft.case, draft.moment.now);
    let Some((_, matter)) = case.item(item) else { return Ok(()) };
    if case.nothing_outstanding(matter) || matter.kind == MatterKind::Notice {
        return Err(Error::NothingOutstanding);
    }
    if case.lacks_land(matter) && case.commitment_in_force().is_none() {
        return Err(Error::CommitmentMissing { item: item.clone() });
    }
    let is_promised = |material: &MaterialId| {
        case.promises.get(material).is_some_and(|promise| now < promise.due.at)
    };
    if let Some(material) = case.deferred(matter).into_iter().find(|id| !is_promised(id)) {
        return Err(Error::PromiseMissing { material });
    }
    let order = draft.order_of(item);
    draft.happen(What::ItemPreIssued { item: item.clone(), opinion: opinion.to_owned(), order });
    Ok(())
}

/// 转正式: nothing is outstanding any more.
pub(super) fn convert(
    draft: &mut Draft<'_>,
    by: &Viewer,
    item: &ItemId,
    certificate: &str,
) -> Result<(), Error> {
    decides(draft, by, item, ItemAction::Convert)?;
    certify(draft, item, certificate, true)
}

/// 出证: everything is there, and a notice period is over.
pub(super) fn issue(
    draft: &mut Draft<'_>,
    by: &Viewer,
    item: &ItemId,
    certificate: &str,
) -> Result<(), Error> {
    decides(draft, by, item, ItemAction::Issue)?;
    if let Some(until) = notice_runs(draft, item) {
        return Err(Error::NoticeRuns { until });
    }
    certify(draft, item, certificate, false)
}

/// The end of a statutory notice period that still runs. It is never shortened.
fn notice_runs(draft: &Draft<'_>, item: &ItemId) -> Option<Timestamp> {
    let (own, matter) = draft.case.item(item)?;
    let limit = matter.statutory.filter(|_| matter.kind == MatterKind::Notice)?;
    let moment = Moment { now: own.accepted_at?, ..draft.moment };
    let end = moment.due_from_now(Intake::Instant, limit)?.at;
    (draft.moment.now < end).then_some(end)
}

fn certify(
    draft: &mut Draft<'_>,
    item: &ItemId,
    certificate: &str,
    converted: bool,
) -> Result<(), Error> {
    let case = &draft.case;
    let Some((_, matter)) = case.item(item) else { return Ok(()) };
    if !case.nothing_outstanding(matter) {
        let materials = case.deferred(matter);
        return Err(Error::Outstanding { materials, land: case.lacks_land(matter) });
    }
    if case.certificates.contains(certificate) {
        return Err(Error::CertificateUsed { number: certificate.to_owned() });
    }
    let order = draft.order_of(item);
    let (item, certificate) = (item.clone(), certificate.to_owned());
    draft.happen(What::ItemIssued { item, certificate, converted, order });
    Ok(())
}

/// 不予许可: in writing, with the remedy.
pub(super) fn refuse(
    draft: &mut Draft<'_>,
    by: &Viewer,
    item: &ItemId,
    (reason, remedy): (&str, &str),
) -> Result<(), Error> {
    decides(draft, by, item, ItemAction::Refuse)?;
    let order = draft.order_of(item);
    let (item, reason, remedy) = (item.clone(), reason.to_owned(), remedy.to_owned());
    draft.happen(What::ItemRefused { item, reason, remedy, order });
    Ok(())
}

/// 作废: what came has a substantive effect on the opinion.
pub(super) fn void(
    draft: &mut Draft<'_>,
    by: &Viewer,
    item: &ItemId,
    reason: &str,
) -> Result<(), Error> {
    decides(draft, by, item, ItemAction::Void)?;
    void_for(draft, item, VoidCause::Department, reason);
    Ok(())
}

/// The opinion is void, and what stood on it falls.
pub(super) fn void_for(draft: &mut Draft<'_>, item: &ItemId, cause: VoidCause, reason: &str) {
    let order = draft.order_of(item);
    let reason = reason.to_owned();
    draft.happen(What::ItemVoided { item: item.clone(), cause, reason, order });
    draft.fall(item);
}

/// 复核: a formal permit that stood on what fell is upheld, or revoked by written decision; then
/// what stood on it falls as well.
pub(super) fn recheck(
    draft: &mut Draft<'_>,
    by: &Viewer,
    item: &ItemId,
    (upheld, reason): (bool, &str),
) -> Result<(), Error> {
    decides(draft, by, item, ItemAction::Recheck)?;
    if !draft.case.items.get(item).is_some_and(|item| item.is_rechecked()) {
        return Err(Error::NotAwaited { action: ItemAction::Recheck });
    }
    let order = draft.order_of(item);
    let reason = reason.to_owned();
    draft.happen(What::ItemRechecked { item: item.clone(), upheld, reason, order });
    if !upheld {
        draft.fall(item);
    }
    Ok(())
}

/// 改派: by the dispatcher, after the department said that it is not its work; to one that has not
/// said so.
pub(super) fn redirect(
    draft: &mut Draft<'_>,
    by: &Viewer,
    item: &ItemId,
    (to, reason): (&DepartmentId, &str),
) -> Result<(), Error> {
    if !by.person.is(Role::Dispatcher) {
        return Err(Error::NotTheirs);
    }
    stands(draft, item, ItemAction::Redirect)?;
    let order = draft.case.items.get(item).and_then(|item| item.order.as_ref());
    let Some(order) = order.filter(|order| order.declined) else {
        return Err(Error::NotAwaited { action: ItemAction::Redirect });
    };
    if order.decliners.contains(to) {
        return Err(Error::DepartmentDeclined { department: to.clone() });
    }
    let order = order.id;
    let (item, department, reason) = (item.clone(), to.clone(), reason.to_owned());
    draft.happen(What::ItemRedirected { item, department, reason, order });
    Ok(())
}

/// A promise was not kept: each opinion that waits for it is void, and the commitment broken.
pub(super) fn break_promise(draft: &mut Draft<'_>, item: &ItemId) {
    void_for(draft, item, VoidCause::PromiseBroken, "承诺补齐的材料逾期未到");
    break_commitment(draft);
}

/// A promise was not kept: a commitment that is in force is broken with it.
pub(super) fn break_commitment(draft: &mut Draft<'_>) {
    if draft.case.commitment_in_force().is_some() {
        commitment::break_off(draft, "承诺补齐的材料逾期未到");
    }
}

/// The department decides, and nobody who was agent of the case. Whoever does never becomes it.
fn decides(
    draft: &mut Draft<'_>,
    by: &Viewer,
    item: &ItemId,
    action: ItemAction,
) -> Result<ItemState, Error> {
    let Some(own) = draft.case.items.get(item) else {
        return Err(Error::ItemNotFound { item: item.clone() });
    };
    by.decides(&draft.case, &own.department)?;
    let state = stands(draft, item, action)?;
    let people = by.deciders();
    if !people.is_subset(&draft.case.deciders) {
        draft.happen(What::DecidersKnown { people });
    }
    Ok(state)
}
