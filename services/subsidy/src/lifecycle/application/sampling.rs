//! M11 抽样: a seed and a list give the sample, whoever draws it and in whatever order it is read.
//!
//! Each name is ranked by SHA-256 over the seed and the name; the lowest ranks are the sample. A list
//! of millions is read once, and no more is held than the sample itself.

use std::collections::{BTreeMap, BTreeSet};

use base::PersonId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// How a sample was drawn: enough to draw it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draw {
    /// The seed, published before the list is known.
    pub seed: String,
    /// What was drawn from, in words: the filter and its instant.
    pub of: String,
    /// How many names the list had.
    pub population: u64,
    /// Of the list: the sum of the SHA-256 of its names modulo 2²⁵⁶, in hexadecimal: its order does not
    /// matter.
    pub population_digest: String,
    /// How many were wanted.
    pub wanted: u32,
    /// What was chosen, in the order of the list of names.
    pub chosen: BTreeSet<String>,
    /// Who drew it.
    pub drawn_by: PersonId,
    /// When.
    pub drawn_at: Timestamp,
}

impl Draw {
    /// Whether it chose as many as it was to, or all that there were.
    pub fn fits(&self) -> bool {
        let wanted = u64::from(self.wanted).min(self.population);
        0 < self.population && self.chosen.len() as u64 == wanted
    }
}

/// A sample in the making.
#[derive(Clone, Debug)]
pub struct Sampler {
    seed: String,
    wanted: u32,
    lowest: BTreeMap<[u8; 32], String>,
    population: u64,
    sum: [u8; 32],
}

/// What came of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sampled {
    /// What was chosen.
    pub chosen: BTreeSet<String>,
    /// How many names the list had.
    pub population: u64,
    /// The digest of the list, in hexadecimal.
    pub population_digest: String,
}

impl Sampler {
    /// A sample of so many names, by a seed.
    pub fn new(seed: &str, wanted: u32) -> Sampler {
        let (lowest, sum) = (BTreeMap::new(), [0; 32]);
        Sampler { seed: seed.to_owned(), wanted, lowest, population: 0, sum }
    }

    /// Reads the next name of the list. Each name comes once.
    pub fn read(&mut self, name: &str) {
        self.population += 1;
        let own: [u8; 32] = Sha256::digest(name.as_bytes()).into();
        let mut carry = 0u16;
        for (total, byte) in self.sum.iter_mut().zip(own).rev() {
            let sum = u16::from(*total) + u16::from(byte) + carry;
            let [high, low] = sum.to_be_bytes();
            (*total, carry) = (low, u16::from(high));
        }
        self.lowest.insert(rank(&self.seed, name), name.to_owned());
        if u64::from(self.wanted) < self.lowest.len() as u64 {
            self.lowest.pop_last();
        }
    }

    /// The sample, once the list has ended.
    pub fn finish(self) -> Sampled {
        Sampled {
            chosen: self.lowest.into_values().collect(),
            population: self.population,
            population_digest: hex::encode(self.sum),
        }
    }
}

/// Draws from a list that is at hand.
pub fn draw<'a>(seed: &str, names: impl IntoIterator<Item = &'a str>, wanted: u32) -> Sampled {
    let mut sampler = Sampler::new(seed, wanted);
    names.into_iter().for_each(|name| sampler.read(name));
    sampler.finish()
}

/// The length of the seed goes before it, so that no other seed and name read the same.
fn rank(seed: &str, name: &str) -> [u8; 32] {
    let length = (seed.len() as u64).to_be_bytes();
    let hash = Sha256::new().chain_update(length).chain_update(seed.as_bytes());
    hash.chain_update(name.as_bytes()).finalize().into()
}
