//! A rate: never without what it was made of, and what it leaves out.

use base::WorkOrderId;

/// Fewer than so many are shown as 「样本不足」.
pub const SAMPLE_MIN: u32 = 5;
/// So many of the orders that a rate leaves out for one reason are named.
pub const EXCLUDED_NAMED_MAX: usize = 20;

/// A rate with what it was made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// What counted.
    pub numerator: u32,
    /// Of how many.
    pub denominator: u32,
    /// What was left out, by reason.
    pub exclusions: Vec<Exclusion>,
}

/// Orders that a rate leaves out for one reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exclusion {
    /// Why.
    pub reason: String,
    /// How many.
    pub count: u32,
    /// Which: the first [`EXCLUDED_NAMED_MAX`].
    pub orders: Vec<WorkOrderId>,
}

impl Rate {
    /// One more of those that it is made of.
    pub(super) fn count(&mut self, counts: bool) {
        self.denominator += 1;
        self.numerator += u32::from(counts);
    }

    pub(super) fn exclude(&mut self, reason: &str, order: WorkOrderId) {
        let place = self.exclusions.iter().position(|past| past.reason == reason);
        let place = place.unwrap_or_else(|| {
            self.exclusions.push(Exclusion { reason: reason.to_owned(), ..Exclusion::default() });
            self.exclusions.len() - 1
        });
        if let Some(exclusion) = self.exclusions.get_mut(place) {
            exclusion.count += 1;
            if exclusion.orders.len() < EXCLUDED_NAMED_MAX {
                exclusion.orders.push(order);
            }
        }
    }

    /// In tenths of a percent, rounded half up; `None` of nothing.
    pub fn permille(&self) -> Option<u32> {
        let (numerator, denominator) = (u64::from(self.numerator), u64::from(self.denominator));
        let doubled = (2000 * numerator + denominator).checked_div(2 * denominator)?;
        u32::try_from(doubled).ok()
    }

    /// What to show: `88.9%`, `无件`, `60.0%（样本不足）`.
    pub fn text(&self) -> String {
        let Some(permille) = self.permille() else { return "无件".to_owned() };
        let few = if self.denominator < SAMPLE_MIN { "（样本不足）" } else { "" };
        format!("{}.{}%{few}", permille / 10, permille % 10)
    }
}
