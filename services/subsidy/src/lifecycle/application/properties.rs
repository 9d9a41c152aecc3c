//! Whatever is asked of an application, by whomever, in whatever order.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod lives;
mod watcher;

use std::collections::BTreeSet;

use proptest::prelude::*;

use self::lives::{Dice, Life};
use super::*;

/// How many things are tried in one life.
const STEPS: usize = 40;

proptest! {
    /// One seed makes the policy, the other what happens. After every step the application is rebuilt
    /// from its facts and compared with the live one; the watcher holds both, and what was asked of the
    /// budget, against what the domain says; in the end the enterprise alone can end it.
    #[test]
    fn no_life_breaks_a_rule_of_money_people_or_time(policy: u64, path: u64) {
        let mut life = Life::begun(policy);
        let mut dice = Dice::new(path);
        for _ in 0..STEPS {
            life.step(&mut dice);
        }
        life.end();
    }
}

/// Properties of lives that never see a move say nothing of it.
#[test]
fn the_lives_that_are_tried_make_every_move() {
    let mut made: BTreeSet<String> = BTreeSet::new();
    for seed in 0..3000u64 {
        let mut life = Life::begun(seed);
        let mut dice = Dice::new(seed.wrapping_mul(7919));
        for _ in 0..STEPS {
            life.step(&mut dice);
        }
        made.extend(life.moves().iter().cloned());
    }
    let known = |row: &&String| TRANSITIONS.iter().any(|known| watcher::row(*known) == **row);
    let foreign: Vec<&String> = made.iter().filter(|row| !known(row)).collect();
    assert_eq!(foreign, [""; 0], "the table does not know these");
    let never = TRANSITIONS.iter().map(|known| watcher::row(*known));
    let never: Vec<String> = never.filter(|row| !made.contains(row)).collect();
    assert_eq!(never, [""; 0], "no life makes these");
}
