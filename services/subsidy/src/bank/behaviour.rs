//! How the simulated bank answers: each manner with a weight, and after how long.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use strum::{Display, EnumIter, EnumString, IntoEnumIterator as _};

/// How an entry of an order is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Display, EnumIter, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Manner {
    /// Settled, in time.
    OnTime,
    /// Settled, and too late.
    Late,
    /// Settled, in time, and told a second time by the same report.
    Twice,
    /// Accepted in time, and settled only by a later report.
    Partly,
    /// Settled with another amount than was ordered.
    WrongAmount,
    /// Rejected, because of the account.
    Rejected,
    /// Settled, and rejected by a later report: the money came back.
    ReturnedLater,
    /// Never answered.
    Never,
}

/// How the bank answers: the weights of the manners, and the delays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behaviour {
    weights: Vec<(Manner, u32)>,
    /// After how long it answers in time. Zero: in the round in which it takes the order.
    pub on_time: SignedDuration,
    /// After how long it answers late, and tells what comes later.
    pub late: SignedDuration,
}

/// A text that says no weights.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "应为 {} 的权重，例如 on_time=8,late=1（weights of these manners, not all zero）：{given:?}",
    manners()
)]
pub struct BehaviourFault {
    /// What was given, cut to a length fit for a message.
    pub given: String,
}

/// The largest weight.
const WEIGHT_MAX: u32 = 1_000_000;

fn manners() -> String {
    Manner::iter().map(|manner| manner.to_string()).collect::<Vec<_>>().join("、")
}

impl Behaviour {
    /// Always in the one manner.
    pub fn always(manner: Manner) -> Behaviour {
        Behaviour { weights: vec![(manner, 1)], ..Behaviour::default() }
    }

    /// The same with other delays.
    pub fn with_delays(self, on_time: SignedDuration, late: SignedDuration) -> Behaviour {
        Behaviour { on_time, late, ..self }
    }

    /// The manner of a number that is equally likely to be any.
    pub(super) fn manner(&self, dice: u64) -> Manner {
        let all: u64 = self.weights.iter().map(|(_, weight)| u64::from(*weight)).sum();
        let mut left = dice.checked_rem(all).unwrap_or_default();
        for (manner, weight) in &self.weights {
            match left.checked_sub(u64::from(*weight)) {
                Some(rest) => left = rest,
                None => return *manner,
            }
        }
        Manner::OnTime
    }
}

/// Always in time: after an hour, and three days where something comes later.
impl Default for Behaviour {
    fn default() -> Behaviour {
        Behaviour {
            weights: vec![(Manner::OnTime, 1)],
            on_time: SignedDuration::from_hours(1),
            late: SignedDuration::from_hours(72),
        }
    }
}

/// Reads weights, with the default delays: `on_time=8,late=1,never=1`.
impl FromStr for Behaviour {
    type Err = BehaviourFault;

    fn from_str(text: &str) -> Result<Behaviour, BehaviourFault> {
        let fault = || BehaviourFault { given: text.chars().take(80).collect() };
        let mut weights: Vec<(Manner, u32)> = Vec::new();
        for part in text.split(',') {
            let (manner, weight) = part.split_once('=').unwrap_or((part, "1"));
            let manner: Manner = manner.trim().parse().map_err(|_| fault())?;
            let weight = weight.trim().parse().ok().filter(|weight| *weight <= WEIGHT_MAX);
            if weights.iter().any(|(other, _)| *other == manner) {
                return Err(fault());
            }
            weights.push((manner, weight.ok_or_else(fault)?));
        }
        if weights.iter().all(|(_, weight)| *weight == 0) {
            return Err(fault());
        }
        // The order in which they are said means nothing.
        weights.sort();
        Ok(Behaviour { weights, ..Behaviour::default() })
    }
}

impl fmt::Display for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weights = self.weights.iter().map(|(manner, weight)| format!("{manner}={weight}"));
        f.write_str(&weights.collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_read_in_any_order() {
        let one: Behaviour = "never=1, on_time=8".parse().unwrap();
        let other: Behaviour = "on_time=8,never=1".parse().unwrap();
        assert_eq!(one, other);
        assert_eq!(one.to_string(), "on_time=8,never=1");
        assert_eq!("rejected".parse(), Ok(Behaviour::always(Manner::Rejected)));
        for bad in
            ["", "on_time=", "on_time=-1", "on_time=0", "early=1", "late=1,late=2", "late=1000001"]
        {
            assert!(bad.parse::<Behaviour>().is_err(), "{bad}");
        }
    }

    #[test]
    fn each_manner_comes_as_often_as_its_weight_says() {
        let behaviour: Behaviour = "on_time=2,late=0,rejected=3,never=1".parse().unwrap();
        let drawn: Vec<Manner> = (0..6).map(|dice| behaviour.manner(dice)).collect();
        let often = |manner| drawn.iter().filter(|it| **it == manner).count();
        let counts = Manner::iter().map(often).collect::<Vec<_>>();
        assert_eq!(counts, [2, 0, 0, 0, 0, 3, 0, 1]);
        assert_eq!(behaviour.manner(6), behaviour.manner(0));
    }
}
