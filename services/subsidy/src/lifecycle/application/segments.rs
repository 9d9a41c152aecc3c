//! The instants from which the time at each step is measured (domain.md §7).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// t0 to t7 of one application; t8 to t10 are its disbursements'. A step that was done again keeps
/// the instant of the last time, the submission that of the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segments {
    /// t0: found eligible by matching; none if the enterprise applied by itself.
    pub eligible_at: Option<Timestamp>,
    /// t1: submitted, or the match confirmed.
    pub submitted_at: Option<Timestamp>,
    /// t2: accepted.
    pub accepted_at: Option<Timestamp>,
    /// t3: reviewed.
    pub reviewed_at: Option<Timestamp>,
    /// t4: reviewed by the second.
    pub second_reviewed_at: Option<Timestamp>,
    /// t5: its notice began.
    pub notice_started_at: Option<Timestamp>,
    /// t6: its notice ended.
    pub notice_ended_at: Option<Timestamp>,
    /// t7: approved.
    pub approved_at: Option<Timestamp>,
}

impl Segments {
    /// The instants in the order t0 to t7.
    pub fn in_order(&self) -> [Option<Timestamp>; 8] {
        [
            self.eligible_at,
            self.submitted_at,
            self.accepted_at,
            self.reviewed_at,
            self.second_reviewed_at,
            self.notice_started_at,
            self.notice_ended_at,
            self.approved_at,
        ]
    }
}
