//! Whatever is done to a case, in whatever order: random procedures, random lives. `mutations.md`
//! beside this says which changes of the engine these properties were seen to catch.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod graphs;
mod lives;
mod watcher;

use calendar::{Limit, Moment};
use proptest::prelude::*;

use self::graphs::Dice;
use self::lives::{Life, end};
use super::*;

/// How many things are tried in one life.
const STEPS: usize = 24;

proptest! {
    /// One seed makes the procedure, the other what happens to a case of it. After every step the
    /// case is rebuilt from its facts and compared with the live one, and the watcher holds both
    /// against what the domain says; in the end the enterprise alone brings the case to its end.
    /// `PROPTEST_CASES` says how many.
    #[test]
    fn no_life_leaves_an_orphan_or_a_case_that_cannot_end(graph: u64, path: u64) {
        let mut life = Life::begun(graph);
        let mut dice = Dice::new(path);
        for _ in 0..STEPS {
            life.step(&mut dice);
        }
        end(&mut life);
    }

    #[test]
    fn a_forecast_follows_the_graph_and_what_takes_longer_never_ends_sooner(
        graph: u64,
        path: u64,
        longer in 1u32..30,
    ) {
        let mut life = Life::begun(graph);
        let mut dice = Dice::new(path);
        for _ in 0..STEPS / 2 {
            life.step(&mut dice);
        }
        let (case, now) = (life.case(), life.now());
        let moment = Moment { now, calendar: life.calendar() };
        let plain = forecast(case, None, moment);
        prop_assert!(now <= plain.finishes_at);
        for step in &plain.steps {
            prop_assert!(now <= step.starts_at && step.starts_at <= step.opinion_at);
            prop_assert!(step.opinion_at <= step.finishes_at);
            let matter = case.procedure().matter(&step.item).expect("a matter");
            let before = plain.steps.iter().filter(|other| matter.after.contains(&other.item));
            let blocked = case.state_of(&step.item) == Some(ItemState::Blocked);
            for other in before.filter(|_| blocked) {
                let begins = if matter.on_opinion { other.opinion_at } else { other.finishes_at };
                prop_assert!(begins <= step.starts_at);
            }
            // No result before what is outstanding is there and made formal.
            let state = case.state_of(&step.item);
            let comes = case.outstanding_until(matter).filter(|due| now < due.at);
            let comes = comes.filter(|_| state != Some(ItemState::Issued));
            prop_assert!(comes.is_none_or(|due| due.at <= step.finishes_at));
            let what_if =
                WhatIf { item: step.item.clone(), longer: Limit::WorkingDays(longer) };
            let later = forecast(case, Some(&what_if), moment);
            prop_assert!(plain.finishes_at <= later.finishes_at);
            // What waits for others longer than it is reviewed may take longer for nothing.
            let moves = comes.is_none() || state == Some(ItemState::PreIssued);
            if moves && plain.path.last() == Some(&step.item) {
                prop_assert!(plain.finishes_at < later.finishes_at);
            }
        }
        prop_assert_eq!(plain.steps.is_empty(), plain.held_by().is_none());
    }
}

/// Properties of lives that never see a move say nothing of it.
///
/// Shows: agency CONSULTING SignMandate; agency CONSULTING AddMaterial;
/// agency CONSULTING HandOver; agency CONSULTING Terminate; agency MANDATED SignMandate;
/// agency MANDATED EndMandate; agency MANDATED AddMaterial; agency MANDATED PromiseMaterial;
/// agency MANDATED Start; agency MANDATED SignCommitment; agency MANDATED HandOver;
/// agency MANDATED Terminate; agency RUNNING SignMandate; agency RUNNING EndMandate;
/// agency RUNNING AddMaterial; agency RUNNING PromiseMaterial; agency RUNNING SignCommitment;
/// agency RUNNING RecordLandAcquired; agency RUNNING Suspend; agency RUNNING HandOver;
/// agency RUNNING Terminate; agency RUNNING Deliver; agency SUSPENDED SignMandate;
/// agency SUSPENDED EndMandate; agency SUSPENDED AddMaterial;
/// agency SUSPENDED RecordLandAcquired; agency SUSPENDED Resume; agency SUSPENDED HandOver;
/// agency SUSPENDED Terminate; agency DELIVERED FollowUp; agency FOLLOWED_UP Archive;
/// agency BLOCKED Unblock; agency BLOCKED Withdraw; agency READY Submit; agency READY Block;
/// agency READY Withdraw; agency SUBMITTED Correct; agency SUBMITTED Accept;
/// agency SUBMITTED NotAccept; agency SUBMITTED Block; agency SUBMITTED Withdraw;
/// agency SUBMITTED Redirect; agency CORRECTION Supply; agency CORRECTION Block;
/// agency CORRECTION Withdraw; agency CORRECTION Redirect; agency UNDER_REVIEW PreIssue;
/// agency UNDER_REVIEW Issue; agency UNDER_REVIEW Refuse; agency UNDER_REVIEW Block;
/// agency UNDER_REVIEW Withdraw; agency UNDER_REVIEW Redirect; agency PRE_ISSUED AskConversion;
/// agency PRE_ISSUED Convert; agency PRE_ISSUED Void; agency PRE_ISSUED Block;
/// agency PRE_ISSUED Withdraw; agency PRE_ISSUED Redirect; agency ISSUED AskRecheck;
/// agency ISSUED Recheck; agency ISSUED Redirect; agency REFUSED Reapply;
/// agency NOT_ACCEPTED Reapply; agency VOIDED Reapply; agency REVOKED Reapply;
/// agency CONSULTING LoseAgent; agency CONSULTING RegainAgent; agency MANDATED LoseAgent;
/// agency MANDATED RegainAgent; agency RUNNING LoseAgent; agency RUNNING RegainAgent;
/// agency SUSPENDED LoseAgent; agency SUSPENDED RegainAgent
#[test]
fn the_lives_that_are_tried_make_every_move() {
    let mut made = std::collections::BTreeSet::new();
    for seed in 0..2000 {
        let mut life = Life::begun(seed);
        let mut dice = Dice::new(seed.wrapping_mul(7919));
        for _ in 0..STEPS {
            life.step(&mut dice);
        }
        end(&mut life);
        made.extend(life.moves().iter().cloned());
    }
    let moves = TRANSITIONS.iter().map(|(from, action, to)| format!("{from} {action} {to}"));
    let of_items = ITEM_TRANSITIONS.iter().map(|(from, by, to)| format!("{from} {by} {to}"));
    let never: Vec<String> = moves.chain(of_items).filter(|row| !made.contains(row)).collect();
    assert_eq!(never, [""; 0], "no life makes these");
    let foreign: Vec<&String> = made.iter().filter(|row| !known(row)).collect();
    assert_eq!(foreign, [""; 0], "the tables do not know these");
}

fn known(row: &str) -> bool {
    let moves = TRANSITIONS.iter().map(|(from, action, to)| format!("{from} {action} {to}"));
    let of_items = ITEM_TRANSITIONS.iter().map(|(from, by, to)| format!("{from} {by} {to}"));
    moves.chain(of_items).any(|known| known == row)
}
