//! What must hold of a case whenever a command is done: of promises, of notices, of the commitment,
//! while it is suspended.
#![allow(clippy::wildcard_enum_match_arm, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use base::{ItemId, MaterialId};

use super::super::super::*;

/// Whoever waits for what was promised has an alarm, and who breaks a promise the commitment.
pub(super) fn of_promises(case: &Case, facts: &[Fact]) {
    let armed = alarms(case);
    for (item, matter) in case.all_items() {
        let alarm_of = |need: &Need| match item.state {
            ItemState::Submitted | ItemState::Correction | ItemState::UnderReview => {
                Some(Alarm::Promise(need.material.clone()))
            }
            ItemState::PreIssued => Some(Alarm::Item(matter.item.clone())),
            _ => None,
        };
        let lacks = |need: &&Need| {
            let promised = case.promises.contains_key(&need.material);
            need.deferrable && promised && !case.materials.contains_key(&need.material)
        };
        for alarm in matter.materials.iter().filter(lacks).filter_map(alarm_of) {
            assert!(armed.iter().any(|(of, _)| *of == alarm), "nobody waits for {alarm}");
        }
    }
    let broken = |fact: &Fact| match &fact.what {
        What::LimitMissed { alarm, .. } => matches!(alarm, Alarm::Promise(_)),
        What::ItemVoided { cause, .. } => *cause == VoidCause::PromiseBroken,
        _ => false,
    };
    // A letter that is signed after the breach promises anew.
    let signed = |fact: &Fact| matches!(fact.what, What::CommitmentSigned { .. });
    if facts.iter().rev().take_while(|fact| !signed(fact)).any(broken) {
        let kept = case.commitment.as_ref().is_some_and(|letter| letter.broken.is_none());
        assert!(!kept, "a promise is broken, and the commitment stands");
    }
}

/// What an attempt was told is missing stays told, though it went back to wait in between.
pub(super) fn of_notices(case: &Case, named: &BTreeMap<ItemId, BTreeSet<MaterialId>>) {
    for (id, item) in &case.items {
        let told: BTreeSet<&MaterialId> = named.get(id).into_iter().flatten().collect();
        assert_eq!(item.named(), told, "the notices of {id} are forgotten");
    }
}

/// After a breach work stands still, and nothing goes on without land.
pub(super) fn of_breach(case: &Case) {
    if case.commitment.as_ref().is_some_and(|letter| letter.broken.is_some()) {
        assert_eq!(case.start_allowed_at, None, "work goes on after the breach");
        for (item, matter) in case.all_items() {
            let landless = matter.needs_land && case.land_acquired_at.is_none();
            let goes_on = item.state.is_open() && item.state != ItemState::Blocked;
            assert!(!(landless && goes_on), "{} goes on without land", matter.item);
        }
    }
}

/// Nobody is told of what a suspended case forbids, and their time begins again when it goes on.
pub(super) fn of_suspension(before: &Case, case: &Case, facts: &[Fact]) {
    let armed = alarms(case);
    let applicants = |item: &Item| matches!(item.state, ItemState::Ready | ItemState::Correction);
    let of_applicants = |alarm: &Alarm| match alarm {
        Alarm::Item(item) => applicants(&case.items[item]),
        _ => false,
    };
    let nagged = armed.iter().any(|(alarm, _)| of_applicants(alarm));
    assert!(case.state != State::Suspended || !nagged, "told of what they may not do");
    if before.state == State::Suspended && case.state == State::Running {
        let mut waits = case.items.values().filter(|item| applicants(item));
        // It may have gone on by itself before whatever came in the same breath.
        let goes_on =
            |fact: &&Fact| matches!(fact.what, What::Resumed { .. } | What::Terminated { .. });
        let went_on = facts.iter().rev().find(goes_on).map_or(case.changed_at, |fact| fact.at);
        let anew = |item: &Item| item.wait.is_some_and(|wait| went_on <= wait.since);
        assert!(waits.all(anew), "their time ran on while they could do nothing");
    }
}

/// From the land on, a commitment waits for its opinions, and for nothing else; but not for those
/// that were given when there was land: whether any such stands is kept from one time to the next.
pub(super) fn of_opinions(case: &Case, facts: &[Fact], mut late: bool) -> bool {
    let letter = case.commitment.as_ref().filter(|letter| letter.broken.is_none());
    if let Some(letter) = letter.filter(|_| case.land_acquired_at.is_some()) {
        let opinions = case.items.values().any(|item| item.state == ItemState::PreIssued);
        let given = facts.iter().any(|fact| matches!(fact.what, What::ItemPreIssued { .. }));
        late = (late || given) && opinions;
        let waits = letter.wait.is_some();
        assert!(!waits || opinions, "nothing is to be made formal");
        assert!(waits || !opinions || late, "nobody waits for the opinions");
    }
    late
}
