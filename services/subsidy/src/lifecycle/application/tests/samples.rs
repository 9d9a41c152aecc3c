//! M11: a seed and a list give the sample, whoever draws it.

use std::sync::Arc;

use super::*;
use proptest::prelude::*;

use crate::lifecycle::policy::sample::instant;
use crate::lifecycle::{Command, ThingId};

fn names(count: u128) -> Vec<String> {
    (1..=count).map(|number| id(number).to_string()).collect()
}

fn drawn(seed: &str, names: &[String], wanted: u32) -> Sampled {
    draw(seed, names.iter().map(String::as_str), wanted)
}

fn draw_of(sampled: &Sampled, wanted: u32) -> Arc<Draw> {
    Arc::new(Draw {
        seed: "20260304".to_owned(),
        of: "2026年1月至2月全部批准件".to_owned(),
        population: sampled.population,
        population_digest: sampled.population_digest.clone(),
        wanted,
        chosen: sampled.chosen.clone(),
        drawn_by: person("auditor"),
        drawn_at: instant(DAY_ONE),
    })
}

/// Shows: M11; application APPROVED Sample; application REJECTED Sample.
#[test]
fn m11_a_sample_is_seeded_and_recorded_with_each_that_was_chosen() {
    let names = names(20);
    let sampled = drawn("20260304", &names, 20);
    let (draw, approved) =
        (draw_of(&sampled, 20), after_all(reviewed(plain()), &[second_review(PLENTY)]));
    let sample = |draw: Arc<Draw>| ask(by("auditor"), Ask::Sample { draw, spreads: true });
    let (noted, facts) = told_after(Some(approved.clone()), &sample(Arc::clone(&draw)), DAY_ONE);
    assert_eq!((noted.state, &noted.draws[..]), (State::Approved, &[(*draw).clone()][..]));
    let others = follows(&noted, &facts[0]);
    assert_eq!(others.len(), 19, "the others are told too");
    let [(ThingId::Application(other), Command::Application(command)), ..] = &others[..] else {
        panic!("they are applications")
    };
    let other = Application { id: *other, ..approved.clone() };
    let (_, facts) = told_after(Some(other.clone()), command, DAY_ONE);
    assert!(follows(&other, &facts[0]).is_empty());
    let again = decide_at(Some(&noted), &sample(Arc::clone(&draw)), DAY_ONE).expect("taken");
    assert_eq!(again, [], "the same draw is noted once");
    let rejected = after_all(submitted(plain()), &[reject(outsider())]);
    assert_eq!(after_all(rejected, &[sample(Arc::clone(&draw))]).draws.len(), 1);
    let without = Draw { chosen: draw.chosen.iter().skip(1).cloned().collect(), ..(*draw).clone() };
    let seedless = Draw { seed: String::new(), ..(*draw).clone() };
    let larger = Draw { wanted: 19, ..(*draw).clone() };
    for unfit in [without, seedless, larger] {
        let refused = refused(&approved, &sample(Arc::new(unfit)));
        assert_eq!(refused, ApplicationError::SampleUnfit);
    }
    assert_eq!(refused(&submitted(plain()), &sample(draw)).reason(), "APPLICATION_STATE_FORBIDS");
}

#[test]
fn m11_a_known_seed_gives_a_known_sample() {
    let names = names(100);
    let first = drawn("甲", &names, 3);
    assert_eq!(first, drawn("甲", &names, 3));
    assert_ne!(first.chosen, drawn("乙", &names, 3).chosen);
    assert_eq!(first.population_digest, drawn("乙", &names, 50).population_digest);
    let sum = drawn("甲", &names[..1], 1).population_digest;
    let own = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&names[0]));
    assert_eq!(sum, own, "the digest of one name is its own");
    assert_eq!(drawn("甲", &[], 3).chosen.len(), 0);
}

proptest! {
    /// Shows: M11.
    #[test]
    fn m11_a_sample_is_the_same_in_whatever_order_the_list_is_read(
        mut list in proptest::collection::btree_set("[a-z]{1,8}", 0..40),
        seed: String,
        wanted in 0u32..50,
    ) {
        let forth: Vec<String> = list.iter().cloned().collect();
        let back: Vec<String> = list.iter().rev().cloned().collect();
        let sampled = drawn(&seed, &forth, wanted);
        prop_assert_eq!(&sampled, &drawn(&seed, &back, wanted));
        prop_assert_eq!(sampled.chosen.len(), forth.len().min(wanted as usize));
        prop_assert!(sampled.chosen.iter().all(|name| list.contains(name)));
        // What is left out of the list and was not chosen changes no choice.
        let left_out = forth.iter().find(|name| !sampled.chosen.contains(*name)).cloned();
        if let Some(left_out) = left_out {
            list.remove(&left_out);
            let fewer: Vec<String> = list.iter().cloned().collect();
            let again = drawn(&seed, &fewer, wanted);
            prop_assert_eq!(&again.chosen, &sampled.chosen);
            prop_assert_ne!(again.population_digest, sampled.population_digest);
        }
    }
}
