//! The league (红黄榜): each department's figures for a period, as domain.md §8 defines them.
//!
//! Where a department answers late and names assistance that was overdue, the lateness is theirs
//! (domain.md §5): the order is left out of its own rate, as [`ASSISTANCE_OVERDUE`], and what was late
//! is counted of whoever assisted. Of the zone it is late all the same.
//!
//! Integers only. A rate keeps what it was made of; nothing due is 「无件」, never 100 %.

mod entry;
mod rate;

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use base::{DepartmentId, WorkOrderId};

pub use self::entry::{Closing, Entry, Led, Share, Verdict};
pub use self::rate::{EXCLUDED_NAMED_MAX, Exclusion, Rate, SAMPLE_MIN};
use crate::lifecycle::Counted;

/// The least level that counts as satisfied: 基本满意.
pub const SATISFIED_LEVEL_MIN: u8 = 3;

/// Left out: its return was upheld.
const RETURNED: &str = "RETURNED";
/// Left out: neither due nor done yet.
const NOT_DUE: &str = "NOT_DUE";
/// Left out: nobody has looked at the verdict yet.
const AWAITS_VERIFICATION: &str = "AWAITS_VERIFICATION";
/// Left out: somebody has looked at the verdict, and it does not count.
const NOT_VERIFIED: &str = "NOT_VERIFIED";
/// Left out: nobody is asked for a verdict, and no matter is closed here, on what is decided by its
/// owner.
const DECIDED_IN_OWNER: &str = "DECIDED_IN_OWNER";

/// Left out of who leads: late, and the answer named assistance that was overdue.
pub const ASSISTANCE_OVERDUE: &str = "ASSISTANCE_OVERDUE";

/// How much each rate counts in the score, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// Of the response rate.
    pub response: u32,
    /// Of the solved rate.
    pub solved: u32,
    /// Of the satisfied rate.
    pub satisfied: u32,
}

/// The defaults of domain.md §8.
pub const WEIGHTS: Weights = Weights { response: 30, solved: 35, satisfied: 35 };

/// One department's figures, or the zone's. Assisting orders are counted apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Orders offered to it; of the zone each once.
    pub dispatched: u32,
    /// Returns that were upheld.
    pub returns_upheld: u32,
    /// Orders in which it assisted.
    pub assisted: u32,
    /// Of these, late: done after they were due, or overdue.
    pub assisted_late: u32,
    /// 响应率: first contact in time, of those dispatched less upheld returns and less those whose
    /// contact is neither due nor made.
    pub response: Rate,
    /// 按时办复率: answered in time, of those due or answered.
    pub on_time: Rate,
    /// 解决率: confirmed solved, of those answered.
    pub solved: Rate,
    /// 满意率: [`SATISFIED_LEVEL_MIN`] and above, of those rated.
    pub satisfied: Rate,
    /// How many of the answered were rated.
    pub rated: Rate,
    /// 办结及时率: closed within the zone's own limit, of those due or closed. The zone's alone.
    pub closed: Rate,
    /// First contact after its limit.
    pub contacted_late: u32,
    /// Answered after its limit.
    pub answered_late: u32,
}

/// Whose figures an order is added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// The department's that has it.
    Leads,
    /// The zone's.
    Zones,
}

impl Figures {
    /// What is late because of others is counted of the zone, and not of who leads.
    fn add(&mut self, order: WorkOrderId, share: &Share, whose: Whose) {
        match share {
            Share::Led(led) => self.led(order, led, whose == Whose::Leads && led.is_theirs()),
            Share::Assisted { late } => {
                self.assisted += 1;
                self.assisted_late += u32::from(*late);
            }
            Share::Cancelled { reason } => {
                self.dispatched += 1;
                self.response.exclude(reason, order);
                self.on_time.exclude(reason, order);
            }
        }
    }

    /// It had the order, and does not answer for it.
    fn returned(&mut self, order: WorkOrderId) {
        self.dispatched += 1;
        self.response.exclude(RETURNED, order);
        self.on_time.exclude(RETURNED, order);
    }

    fn led(&mut self, order: WorkOrderId, led: &Led, is_theirs: bool) {
        self.dispatched += 1;
        if led.contacted_late.is_some() || led.contact_overdue {
            self.response.count(led.contacted_late == Some(false));
        } else {
            self.response.exclude(NOT_DUE, order);
        }
        self.contacted_late += u32::from(led.contacted_late == Some(true));
        self.answered_late += u32::from(led.answered_late == Some(true) && !is_theirs);
        let answered = led.answered_late.is_some();
        if is_theirs {
            self.on_time.exclude(ASSISTANCE_OVERDUE, order);
        } else if answered || led.overdue {
            self.on_time.count(led.answered_late == Some(false));
        } else {
            self.on_time.exclude(NOT_DUE, order);
        }
        if answered && led.decided_in_owner {
            for rate in [&mut self.solved, &mut self.satisfied, &mut self.rated] {
                rate.exclude(DECIDED_IN_OWNER, order);
            }
        } else if answered {
            self.judged(order, led.verdict.as_ref());
        }
    }

    /// A verdict that waits to be looked at counts for nothing yet; one that was left out, never.
    fn judged(&mut self, order: WorkOrderId, verdict: Option<&Verdict>) {
        let counts = verdict.filter(|verdict| verdict.counted == Counted::Counts);
        let level = counts.and_then(|verdict| verdict.level);
        self.solved.count(counts.is_some_and(|verdict| verdict.confirmed_solved));
        self.rated.count(level.is_some());
        if let Some(level) = level {
            self.satisfied.count(SATISFIED_LEVEL_MIN <= level);
        } else if let Some(verdict) = verdict.filter(|verdict| verdict.level.is_some()) {
            let waits = verdict.counted == Counted::AwaitsVerification;
            self.satisfied.exclude(if waits { AWAITS_VERIFICATION } else { NOT_VERIFIED }, order);
        }
    }

    /// Whether the zone closed the matter in time.
    fn closed(&mut self, order: WorkOrderId, share: &Share) {
        match share {
            Share::Led(Led { closing: Some(closing), .. }) => {
                if closing.late.is_some() || closing.overdue {
                    self.closed.count(closing.late == Some(false));
                } else {
                    self.closed.exclude(NOT_DUE, order);
                }
            }
            Share::Led(_) => self.closed.exclude(DECIDED_IN_OWNER, order),
            Share::Assisted { .. } => {}
            Share::Cancelled { reason } => self.closed.exclude(reason, order),
        }
    }

    /// The weighted sum of the three rates, in hundredths of a point, rounded half up; `None`
    /// while one of them is 「无件」.
    pub fn score_hundredths(&self) -> Option<u32> {
        let parts = [
            (WEIGHTS.response, &self.response),
            (WEIGHTS.solved, &self.solved),
            (WEIGHTS.satisfied, &self.satisfied),
        ];
        let denominator: u128 =
            parts.iter().map(|(_, rate)| u128::from(rate.denominator)).product();
        let part = |(weight, rate): &(u32, &Rate)| {
            let others = denominator.checked_div(u128::from(rate.denominator))?;
            Some(100 * u128::from(*weight) * u128::from(rate.numerator) * others)
        };
        let sum = parts.iter().map(part).sum::<Option<u128>>()?;
        u32::try_from((2 * sum + denominator).checked_div(2 * denominator)?).ok()
    }
}

/// The league of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct League {
    /// The departments, best score first; those without one last, by code.
    pub rows: Vec<(DepartmentId, Figures)>,
    /// All of them together.
    pub zone: Figures,
}

/// A league that is being counted, order by order: it holds the figures alone.
#[derive(Debug, Default)]
pub struct Count {
    zone: Figures,
    departments: BTreeMap<DepartmentId, Figures>,
}

impl Count {
    /// Adds what an order says of each department. Of the zone it says so once, whoever had it: what
    /// was returned and is with another is that one's.
    pub fn add(&mut self, entry: Entry) {
        let Entry { order, returned_by, department, share } = entry;
        let returned = !returned_by.is_empty();
        for by in returned_by {
            self.zone.returns_upheld += 1;
            let figures = self.departments.entry(by).or_default();
            figures.returns_upheld += 1;
            figures.returned(order);
        }
        if let Some(department) = department {
            self.departments.entry(department).or_default().add(order, &share, Whose::Leads);
            self.zone.add(order, &share, Whose::Zones);
            self.zone.closed(order, &share);
        } else if returned {
            self.zone.returned(order);
        }
    }

    /// The league of all that was added.
    pub fn league(self) -> League {
        let mut rows: Vec<_> = self.departments.into_iter().collect();
        // Stable: equal scores stay in the order of their codes.
        rows.sort_by_key(|(_, figures)| Reverse(figures.score_hundredths()));
        League { rows, zone: self.zone }
    }
}
