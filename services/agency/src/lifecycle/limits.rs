//! How long: the zone's default limits of a case (domain.md §6).

use calendar::{Due, Intake, Limit, Moment};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How long the agent has to bring a mandate for a case.
pub const MANDATE_WITHIN: Limit = Limit::WorkingDays(5);
/// How long the agent has to start a case with its mandate.
pub const START_WITHIN: Limit = Limit::WorkingDays(2);
/// How long who applies has to submit an item that is ready.
pub const SUBMIT_WITHIN: Limit = Limit::WorkingDays(10);
/// 行政许可法 32: nothing was said of what is missing in this time, so it is accepted as of receipt.
pub const NOTICE_WITHIN: Limit = Limit::WorkingDays(5);
/// How long who applies has to supply what a notice named.
pub const SUPPLY_WITHIN: Limit = Limit::WorkingDays(10);
/// How long the department has to make an opinion formal once nothing is outstanding.
pub const CONVERT_WITHIN: Limit = Limit::WorkingDays(2);
/// 承诺可开工: how long all opinions have to become formal once there is land.
pub const CONVERT_ALL_WITHIN: Limit = Limit::WorkingDays(4);
/// How long the department has to look again at a permit that stood on a voided opinion.
pub const RECHECK_WITHIN: Limit = Limit::WorkingDays(1);
/// How long the dispatcher has to give a case to another agent once its own is none any more.
pub const HAND_OVER_WITHIN: Limit = Limit::WorkingDays(1);
/// How long a case may be suspended before it goes on by itself.
pub const SUSPENDED_WITHIN: Limit = Limit::NaturalDays(30);
/// How long the agent has to deliver once nothing is open any more.
pub const DELIVER_WITHIN: Limit = Limit::WorkingDays(2);
/// How long the dispatcher has to ask the enterprise how it went.
pub const FOLLOW_UP_WITHIN: Limit = Limit::WorkingDays(5);
/// After this a case that was followed up is archived by itself.
pub const ARCHIVED_AFTER: Limit = Limit::WorkingDays(10);
/// The most versions of a material, beside those that notices ask for.
pub const VERSIONS_MAX: usize = 30;
/// Who is told of a missed limit is told again, or the next one is, after this …
pub const TOLD_AGAIN_AFTER: Limit = Limit::WorkingDays(1);
/// … so often, …
pub const TOLD_DAILY_TIMES: u32 = 5;
/// … and from then on after this: what nobody minded for a week is not minded the sooner every day.
pub const TOLD_LATER_AFTER: Limit = Limit::WorkingDays(5);

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
        Wait { limit: Some(limit), ..Wait::until(due, moment.now) }
    }

    /// A date.
    pub fn until(due: Due, since: Timestamp) -> Wait {
        Wait { due, since, limit: None, told_times: 0, rings_at: due.at }
    }

    /// The earliest of limits that start at the moment.
    pub fn earliest(moment: Moment<'_>, limits: impl Iterator<Item = Limit>) -> Wait {
        let waits = limits.map(|limit| Wait::starting(moment, limit));
        waits
            .min_by_key(|wait| wait.due.at)
            .unwrap_or_else(|| Wait::starting(moment, SUBMIT_WITHIN))
    }
}

/// The due instant of a limit that starts at the moment.
pub(super) fn due(moment: Moment<'_>, limit: Limit) -> Due {
    // Beyond a hundred years no calendar reaches: such a limit never runs out.
    moment.due_from_now(Intake::Instant, limit).unwrap_or(Due {
        at: Timestamp::MAX,
        provisional: true,
        calendar_version: moment.calendar.version(),
    })
}

/// A date that somebody named, as a due instant: no clock of ours moves it.
pub(super) fn date(at: Timestamp, moment: Moment<'_>) -> Due {
    Due { at, provisional: false, calendar_version: moment.calendar.version() }
}
