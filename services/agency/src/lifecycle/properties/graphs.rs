//! Random procedures, each sound: whatever the dice say, it can be published.
#![allow(clippy::expect_used, reason = "tests")]

use std::collections::BTreeSet;

use calendar::{Calendar, Limit, Moment};

use super::super::sample::*;
use super::super::*;

/// Numbers that follow from a seed (splitmix64).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).expect("small");
        usize::try_from(self.roll() % end).expect("small")
    }

    /// So many times in a hundred.
    pub(super) fn often(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(super) fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        from.get(self.below(from.len())).cloned()
    }
}

const CODES: [&str; 7] = ["I1", "I2", "I3", "I4", "I5", "I6", "I7"];
const DEPARTMENTS: [&str; 3] = ["D02", "D03", "D04"];

/// One to seven matters, each behind some of those before it, listed in any order.
pub(super) fn procedure(dice: &mut Dice) -> Procedure {
    let committed = dice.often(50);
    let count = 1 + dice.below(CODES.len());
    let mut matters: Vec<Matter> = Vec::new();
    for place in 0..count {
        let made = one(dice, place, committed);
        let at = dice.below(matters.len() + 1);
        matters.insert(at, made);
    }
    if committed && let Some(matter) = matters.first_mut() {
        matter.for_start = true;
    }
    let profile = if committed { Profile::StartOnCommitment } else { Profile::Standard };
    let made = Procedure {
        profile,
        promised: Limit::WorkingDays(400),
        ..super::super::sample::procedure(matters)
    };
    let calendar = Calendar::published();
    let moment = Moment { now: instant(DAY_ONE), calendar: &calendar };
    assert_eq!(check(&made, &zone(), moment), [], "it is sound");
    made
}

fn one(dice: &mut Dice, place: usize, committed: bool) -> Matter {
    let before: Vec<&str> = CODES[..place].iter().filter(|_| dice.often(45)).copied().collect();
    let notice = dice.often(15);
    let statutory = if notice { Limit::NaturalDays(10) } else { Limit::WorkingDays(20) };
    let promised = if notice { statutory } else { Limit::WorkingDays(3) };
    let needs_land = committed && !notice && dice.often(60);
    let codes: Vec<&str> = ["M1", "M2", "M3"].into_iter().filter(|_| dice.often(60)).collect();
    let materials = codes.iter().map(|code| need(code, *code != "M1" && dice.often(60))).collect();
    let acts = [Act::Fill, Act::Submit, Act::Collect].into_iter().filter(|_| dice.often(90));
    let acts = acts.collect::<BTreeSet<_>>();
    Matter {
        department: department(DEPARTMENTS[dice.below(DEPARTMENTS.len())]),
        kind: if notice { MatterKind::Notice } else { MatterKind::Review },
        statutory: Some(statutory),
        promised: Some(promised),
        materials,
        acts,
        on_opinion: dice.often(75),
        needs_land,
        for_start: dice.often(50),
        ..matter(CODES[place], &before)
    }
}
