//! What is the enterprise's to do for an item, itself or by its agent within the mandate.

use base::{File, ItemId, MaterialId, WorkOrderId};
use jiff::Timestamp;

use super::case::Case;
use super::course::of_enterprise;
use super::draft::Draft;
use super::fact::What;
use super::item::{ItemAction, ItemState, Purpose};
use super::limits::{NOTICE_WITHIN, VERSIONS_MAX, Wait, date};
use super::mandate::Act;
use super::material::{Material, Promise, Source};
use super::procedure::Matter;
use super::sight::Viewer;
use super::tables::{check, check_item};
use super::{Action, State};
use crate::error::Error;

/// A version of a material: for an item that needs it and that the agent may fill in. The same bytes
/// as the last add nothing, and there is an end of versions; but what a notice named is always taken,
/// be it the same again: who applies says that this is what there is.
pub(super) fn add_material(
    draft: &mut Draft<'_>,
    by: &Viewer,
    material: &MaterialId,
    (file, source): (&File, &Source),
) -> Result<(), Error> {
    may_hand_in(&draft.case, by, material, draft.moment.now)?;
    check(draft.case.state, Action::AddMaterial)?;
    let versions = draft.case.materials.get(material).map_or(&[][..], Vec::as_slice);
    if !draft.case.awaits(material) {
        if versions.last().is_some_and(|last| last.file.sha256 == file.sha256) {
            return Ok(());
        }
        if VERSIONS_MAX <= versions.len() {
            let (material, max) = (material.clone(), VERSIONS_MAX);
            return Err(Error::VersionLimit { material, max });
        }
    }
    let version = Box::new(Material {
        version: u32::try_from(versions.len() + 1).unwrap_or(u32::MAX),
        file: file.clone(),
        source: source.clone(),
        by: by.person.human().clone(),
        added_at: draft.moment.now,
    });
    let orders = waiting_for(&draft.case, material);
    draft.happen(What::MaterialAdded { material: material.clone(), version, orders });
    Ok(())
}

/// The orders that wait for nothing more once a material is there. One for which a notice was given
/// is told when everything is supplied.
fn waiting_for(case: &Case, material: &MaterialId) -> Vec<WorkOrderId> {
    let waits = |matter: &&Matter| {
        let noticed = case.state_of(&matter.item) == Some(ItemState::Correction);
        !noticed && case.deferred(matter).iter().all(|lacking| lacking == material)
    };
    let waiting = case.procedure().needing(material).filter(waits);
    let items = waiting.filter_map(|matter| case.items.get(&matter.item));
    items.filter_map(|item| item.order.as_ref()).map(|order| order.id).collect()
}

/// 容缺: a deferrable material is promised by a date, once, while nobody has it. It may still be
/// handed in after that date; it is not promised again.
pub(super) fn promise_material(
    draft: &mut Draft<'_>,
    by: &Viewer,
    material: &MaterialId,
    until: Timestamp,
) -> Result<(), Error> {
    let case = &draft.case;
    may_hand_in(case, by, material, draft.moment.now)?;
    check(case.state, Action::PromiseMaterial)?;
    let deferrable = |matter: &Matter| matter.need(material).is_some_and(|need| need.deferrable);
    if !case.procedure().matters.iter().any(deferrable) {
        return Err(Error::NotDeferrable { material: material.clone() });
    }
    if case.has(material) || case.promises.contains_key(material) {
        return Err(Error::PromisedAlready { material: material.clone() });
    }
    if until <= draft.moment.now {
        return Err(Error::PromiseInPast);
    }
    let (due, promised_at) = (date(until, draft.moment), draft.moment.now);
    let (by, wait) = (by.person.human().clone(), Wait::until(due, promised_at));
    let promise = Promise { due, by, promised_at, wait };
    draft.happen(What::MaterialPromised { material: material.clone(), promise });
    Ok(())
}

/// Whether some item needs a material, and who asks may fill that item in, however the case stands.
/// Before there is a mandate the enterprise may.
pub fn may_hand_in(
    case: &Case,
    by: &Viewer,
    material: &MaterialId,
    now: Timestamp,
) -> Result<(), Error> {
    let mut refusal = Error::MaterialNotFound { material: material.clone() };
    for matter in case.procedure().needing(material) {
        match by.applies(case, &matter.item, Act::Fill, now) {
            Ok(()) => return Ok(()),
            Err(error) => refusal = error,
        }
    }
    Err(refusal)
}

/// 递交: the main materials are there, those that may come later are there or promised. The work
/// is asked for.
pub(super) fn submit(draft: &mut Draft<'_>, by: &Viewer, item: &ItemId) -> Result<(), Error> {
    applies(draft, by, item, ItemAction::Submit)?;
    let (case, now) = (&draft.case, draft.moment.now);
    let Some((_, matter)) = case.item(item) else { return Ok(()) };
    if case.lacks_land(matter) && case.commitment_in_force().is_none() {
        return Err(Error::CommitmentMissing { item: item.clone() });
    }
    let missing = missing(case, matter, now);
    if !missing.is_empty() {
        return Err(Error::MaterialsMissing { materials: missing });
    }
    let order = draft.new_order(item, Purpose::Review);
    let wait = Wait::starting(draft.moment, NOTICE_WITHIN);
    draft.happen(What::ItemSubmitted { item: item.clone(), order, wait });
    Ok(())
}

/// What is missing: neither there nor, if that is enough, promised for later than now.
fn missing(case: &Case, matter: &Matter, now: Timestamp) -> Vec<MaterialId> {
    let lacks = |material: &MaterialId, deferrable: bool| {
        let promise = case.promises.get(material);
        let promised = deferrable && promise.is_some_and(|promise| now < promise.due.at);
        !case.has(material) && !promised
    };
    let needs = matter.materials.iter();
    let missing = needs.filter(|need| lacks(&need.material, need.deferrable));
    missing.map(|need| need.material.clone()).collect()
}

/// 补正 handed in: everything that the notice named was handed in since.
pub(super) fn supply(draft: &mut Draft<'_>, by: &Viewer, item: &ItemId) -> Result<(), Error> {
    applies(draft, by, item, ItemAction::Supply)?;
    let awaited = draft.case.items.get(item).map(|item| &item.awaited);
    let still: Vec<MaterialId> = awaited.into_iter().flatten().cloned().collect();
    if !still.is_empty() {
        return Err(Error::MaterialsMissing { materials: still });
    }
    let order = draft.order_of(item);
    let wait = Wait::starting(draft.moment, NOTICE_WITHIN);
    draft.happen(What::CorrectionSupplied { item: item.clone(), order, wait });
    Ok(())
}

/// 重新申请: another attempt at what ended without a permit.
pub(super) fn reapply(
    draft: &mut Draft<'_>,
    by: &Viewer,
    item: &ItemId,
    reason: &str,
) -> Result<(), Error> {
    applies(draft, by, item, ItemAction::Reapply)?;
    let attempt = draft.case.items.get(item).map_or(1, |item| item.attempt + 1);
    let (item, reason) = (item.clone(), reason.to_owned());
    draft.happen(What::ItemReapplied { item, attempt, reason });
    Ok(())
}

/// 撤回: by the enterprise alone. What stood on its opinion falls with it.
pub(super) fn withdraw(
    draft: &mut Draft<'_>,
    by: &Viewer,
    item: &ItemId,
    reason: &str,
) -> Result<(), Error> {
    of_enterprise(draft, by)?;
    let state = stands(draft, item, ItemAction::Withdraw)?;
    let order = draft.order_of(item);
    draft.happen(What::ItemWithdrawn { item: item.clone(), reason: reason.to_owned(), order });
    if state == ItemState::PreIssued {
        draft.fall(item);
    }
    Ok(())
}

/// Who it is comes before the state, the mandate's reach with it.
fn applies(draft: &Draft<'_>, by: &Viewer, item: &ItemId, action: ItemAction) -> Result<(), Error> {
    by.applies(&draft.case, item, Act::Submit, draft.moment.now)?;
    stands(draft, item, action).map(drop)
}

/// Where an item stands, if it takes an action.
pub(super) fn stands(
    draft: &Draft<'_>,
    item: &ItemId,
    action: ItemAction,
) -> Result<ItemState, Error> {
    let state: State = draft.case.state;
    let Some(at) = draft.case.state_of(item) else {
        return Err(Error::ItemNotFound { item: item.clone() });
    };
    check_item(state, at, action).map(|()| at)
}
