//! How long and how often: the zone's default limits (docs/domain.md §4 and the table of waiting states).

use calendar::{Due, Intake, Limit, Moment};
use jiff::{SignedDuration, Timestamp};

/// How long the dispatcher has to take a ticket in.
pub const ACCEPT_WITHIN: Limit = Limit::WorkingMinutes(4 * 60);
/// How long a proposed rejection waits for a second person before it lapses.
pub const REJECTION_LAPSES_AFTER: Limit = Limit::WorkingDays(1);
/// How long the dispatcher has to see that an answered ticket has its verdict, and to call back
/// whoever withdrew 回访; again after each try in vain.
pub const CALL_BACK_WITHIN: Limit = Limit::WorkingDays(1);
/// So many calls in vain end the wait for a verdict …
pub const CALL_BACK_TRIES: usize = 3;
/// … if they lie within this.
pub const CALL_BACK_TRIES_WITHIN: Limit = Limit::WorkingDays(5);
/// A rating given sooner after the answer waits for verification before it is counted.
pub const RATED_HASTILY_WITHIN: SignedDuration = SignedDuration::from_mins(5);
/// So does one from a device that was seen with so many enterprises, its own among them.
pub const DEVICE_SHARED_BY: usize = 3;
/// How long it waits for that; after that it counts as it stands.
pub const VERIFY_WITHIN: Limit = Limit::WorkingDays(3);
/// How long after closing the enterprise may still rate.
pub const RATE_WITHIN: Limit = Limit::NaturalDays(30);
/// How long the dispatcher has to act on discontent.
pub const REDO_WITHIN: Limit = Limit::WorkingDays(1);
/// From this redoing on work goes to a zone leader 提级: it is then done for the third time.
pub const ESCALATED_FROM_REDOING: usize = 2;
/// After this a confirmed ticket closes by itself.
pub const CLOSES_AFTER: Limit = Limit::WorkingDays(3);
/// What was put on plan is reviewed as often as this.
pub const PLAN_REVIEWED_EVERY: Limit = Limit::NaturalDays(30);
/// How long after closing a ticket may be reopened …
pub const REOPEN_WITHIN: Limit = Limit::NaturalDays(30);
/// … and how often, before a zone leader decides.
pub const REOPEN_TIMES_MAX: u32 = 3;
/// How long after a rejection or an explanation the enterprise may appeal.
pub const APPEAL_WITHIN: Limit = Limit::NaturalDays(30);
/// How long an appeal waits for its decision before somebody is told.
pub const DECIDE_APPEAL_WITHIN: Limit = Limit::WorkingDays(1);
/// Who is told of a missed limit is told again, or the next one is, after this.
pub const TOLD_AGAIN_AFTER: Limit = Limit::WorkingDays(1);
/// The most files of one round.
pub const EVIDENCE_MAX: usize = 30;
/// The least level of an enterprise that is content: 基本满意.
pub const CONTENT_LEVEL_MIN: u8 = 3;

/// The due instant of a limit that starts at the moment.
pub(super) fn due(moment: Moment<'_>, limit: Limit) -> Due {
    // Beyond a hundred years no calendar reaches: such a limit never runs out.
    moment.due_from_now(Intake::Instant, limit).unwrap_or(Due {
        at: Timestamp::MAX,
        provisional: true,
        calendar_version: moment.calendar.version(),
    })
}

/// Whether a limit that started at an instant has run out at the moment.
pub(super) fn is_over(moment: Moment<'_>, start: Timestamp, limit: Limit) -> bool {
    due(Moment { now: start, ..moment }, limit).at < moment.now
}
