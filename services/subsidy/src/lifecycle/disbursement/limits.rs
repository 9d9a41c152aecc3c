//! How long: the zone's default limits of a disbursement and of a batch (domain.md §7).

use calendar::{Due, Intake, Limit, Moment};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

/// After this, what is approved and not ordered, or returned and not ordered again, is stranded.
pub const STRANDED_AFTER: Limit = Limit::WorkingDays(5);
/// How long an order may lie before it is sent.
pub const SEND_WITHIN: Limit = Limit::WorkingDays(1);
/// The bank pays within this of the order. Shown, and refuses nothing.
pub const PAY_WITHIN: Limit = Limit::WorkingDays(1);
/// After this without a report nobody knows what became of a payment.
pub const REPORT_WITHIN: Limit = Limit::WorkingDays(2);
/// The bank is asked again after this.
pub const INQUIRE_AGAIN_AFTER: Limit = Limit::WorkingDays(1);
/// How long two people have to say what is true.
pub const RESOLVE_WITHIN: Limit = Limit::WorkingDays(1);
/// After this a payment counts as confirmed by itself.
pub const RECEIPT_AFTER: Limit = Limit::WorkingDays(10);
/// The enterprise has at least this to state its case before a clawback is decided, in working days.
pub const STATEMENT_DAYS_MIN: u32 = 5;
/// And at most this.
pub const STATEMENT_DAYS_MAX: u32 = 60;
/// How long the decision of a clawback may take once the statement period is over.
pub const DECIDE_WITHIN: Limit = Limit::WorkingDays(5);
/// Who is told of a missed limit is told again, or the next one is, after this.
pub const TOLD_AGAIN_AFTER: Limit = Limit::WorkingDays(1);
/// How long the checker has for a batch.
pub const CHECK_WITHIN: Limit = Limit::WorkingDays(1);
/// How long who committed fraud gets nothing 禁申期, in years.
pub const BAR_YEARS: i16 = 3;
/// Into how many instalments a repayment may be cut.
pub const INSTALMENTS_MAX: usize = 36;
/// How often one disbursement may be ordered: two digits of the instruction id.
pub const ATTEMPTS_MAX: u32 = 99;
/// A report's own instant may lie so far ahead, in seconds: clocks differ.
pub const CLOCK_SKEW_SECONDS_MAX: i64 = 300;

/// Who is told that a limit was missed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Told {
    /// The head of the department that pays.
    PayerHead,
    /// 管委会 / 挂点领导.
    ZoneLeader,
}

/// Something that is waited for, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// By when it must have come.
    pub due: Due,
    /// From when that is reckoned.
    pub since: Timestamp,
    /// The limit that it is reckoned by; none if it is a date.
    pub limit: Option<Limit>,
    /// How often somebody was told that it is overdue.
    pub told_times: u32,
    /// When its alarm rings next.
    pub rings_at: Timestamp,
}

impl Wait {
    /// A limit that starts at the moment.
    pub fn starting(moment: Moment<'_>, limit: Limit) -> Wait {
        let due = due(moment, limit);
        Wait { due, since: moment.now, limit: Some(limit), told_times: 0, rings_at: due.at }
    }

    /// A date that somebody named: no clock of ours moves it.
    pub fn until(at: Timestamp, moment: Moment<'_>) -> Wait {
        let calendar_version = moment.calendar.version();
        let due = Due { at, provisional: false, calendar_version };
        Wait { due, since: moment.now, limit: None, told_times: 0, rings_at: at }
    }

    /// Who is told next that it is overdue: the head of the payer, then the zone leader.
    pub fn next_told(&self) -> Told {
        if self.told_times == 0 { Told::PayerHead } else { Told::ZoneLeader }
    }

    /// The same once somebody was told at the moment: it rings again after a while.
    pub fn told(self, moment: Moment<'_>) -> Wait {
        let rings_at = due(moment, TOLD_AGAIN_AFTER).at;
        Wait { told_times: self.told_times.saturating_add(1), rings_at, ..self }
    }

    /// The same by the calendar of the moment; none if nothing changes, or if it is a date. Who was
    /// told of an instant that is still missed is told again when they would have been.
    pub fn recounted(&self, moment: Moment<'_>) -> Option<Wait> {
        let limit = self.limit?;
        let new = due(Moment { now: self.since, ..moment }, limit);
        if (new.at, new.provisional) == (self.due.at, self.due.provisional) {
            return None;
        }
        let still_missed = 0 < self.told_times && new.at <= moment.now;
        let (told_times, rings_at) =
            if still_missed { (self.told_times, self.rings_at) } else { (0, new.at) };
        Some(Wait { due: new, told_times, rings_at, ..*self })
    }
}

/// The due instant of a limit that starts at the moment.
pub(in crate::lifecycle) fn due(moment: Moment<'_>, limit: Limit) -> Due {
    // Beyond a hundred years no calendar reaches: such a limit never runs out.
    moment.due_from_now(Intake::Instant, limit).unwrap_or(Due {
        at: Timestamp::MAX,
        provisional: true,
        calendar_version: moment.calendar.version(),
    })
}
