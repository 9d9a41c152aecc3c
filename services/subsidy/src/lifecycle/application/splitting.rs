//! M12 拆分申报: several claims just under the approval threshold are flagged.

use base::Fen;
use serde::{Deserialize, Serialize};

/// What counts as just under the threshold, and how many of that are suspicious. Rule data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitRule {
    /// How far below the threshold at most, in ten-thousandths of it.
    pub below_bp: u32,
    /// How many claims of one enterprise, this one included.
    pub times: u32,
    /// Within how many natural days before this one's review.
    pub within_days: u32,
}

/// The default: three claims within 90 days, each at most 10 % below the threshold.
pub const SPLIT_RULE: SplitRule = SplitRule { below_bp: 1_000, times: 3, within_days: 90 };

/// Claims just under the threshold, as they were seen when this one was reviewed. They are flagged,
/// never refused: whether they are one claim in parts is for people to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Splitting {
    /// How many there are, this one included.
    pub claims: u32,
    /// The threshold that they are under.
    pub threshold: Fen,
    /// The rule by which they were counted.
    pub rule: SplitRule,
}

impl SplitRule {
    /// Whether an amount is just under a threshold, or on it: that takes no zone leader either.
    pub fn is_near(&self, amount: Fen, threshold: Fen) -> bool {
        let (amount, threshold) = (i128::from(amount.0), i128::from(threshold.0));
        let below = (threshold - amount) * 10_000;
        0 <= below && below <= threshold * i128::from(self.below_bp)
    }

    /// What is flagged of an amount, if `others` claims of the enterprise are near the threshold too.
    pub fn splitting(&self, amount: Fen, threshold: Fen, others: u32) -> Option<Splitting> {
        let claims = others.saturating_add(1);
        let flagged = self.is_near(amount, threshold) && self.times <= claims;
        flagged.then_some(Splitting { claims, threshold, rule: *self })
    }
}
