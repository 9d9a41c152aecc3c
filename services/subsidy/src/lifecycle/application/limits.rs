//! How long each step may take: the zone's default limits of an application (domain.md §7).

use calendar::{Due, Intake, Limit, Moment, Pause};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter};

use super::super::policy::Mode;

/// How long the enterprise has for what the one notice named; then the application lapses.
pub const SUPPLEMENT_WITHIN: Limit = Limit::WorkingDays(10);
/// How long the policy's owner has to publish the list of what is to be on notice.
pub const PUBLISH_WITHIN: Limit = Limit::WorkingDays(2);
/// How long an objection may be open.
pub const OBJECTION_WITHIN: Limit = Limit::WorkingDays(5);
/// How long the enterprise has to confirm an account that only an envoy has named.
pub const ACCOUNT_WITHIN: Limit = Limit::WorkingDays(5);
/// How often a queue at the end of a budget is looked at.
pub const QUEUE_SEEN_WITHIN: Limit = Limit::NaturalDays(30);
/// Who is told of a missed limit is told again, or the next one is, after this.
pub const TOLD_AGAIN_AFTER: Limit = Limit::WorkingDays(1);

/// A step that somebody of the zone has to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter)]
pub enum Step {
    /// 形式审查.
    FormCheck,
    /// 初审.
    Review,
    /// 复核.
    SecondReview,
    /// 批准.
    Approve,
}

/// How long each step may take, by the mode of the policy. The promise of the whole runs beside it.
#[rustfmt::skip]
pub const STEPS: &[(Mode, Step, Limit)] = {
    use {Mode::*, Step::*};
    use Limit::WorkingDays as Days;
    &[
        (NoApplication, FormCheck, Days(1)),
        (NoApplication, Review, Days(2)),
        (NoApplication, SecondReview, Days(1)),
        (NoApplication, Approve, Days(1)),
        (Instant, FormCheck, Days(1)),
        (Instant, Review, Days(1)),
        (Instant, SecondReview, Days(1)),
        (Instant, Approve, Days(1)),
        (Promise, FormCheck, Days(1)),
        (Promise, Review, Days(2)),
        (Promise, SecondReview, Days(1)),
        (Promise, Approve, Days(1)),
        (Standard, FormCheck, Days(5)),
        (Standard, Review, Days(20)),
        (Standard, SecondReview, Days(5)),
        (Standard, Approve, Days(5)),
    ]
};

/// How long a step may take, by the table.
pub fn step_within(mode: Mode, step: Step) -> Limit {
    let row = STEPS.iter().find(|(of, taken, _)| (*of, *taken) == (mode, step));
    row.map_or(TOLD_AGAIN_AFTER, |(_, _, limit)| *limit)
}

/// Whose move it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, Serialize, Deserialize)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Owner {
    /// The enterprise.
    Enterprise,
    /// 形式审查.
    FormChecker,
    /// 初审.
    Reviewer,
    /// 复核.
    SecondReviewer,
    /// 管委会.
    ZoneLeader,
    /// The department whose policy it is.
    PolicyOwner,
    /// Nobody's: it ends by itself.
    System,
}

/// Something that is waited for: whose move it is, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// Whose move it is.
    pub owner: Owner,
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
    pub fn starting(moment: Moment<'_>, owner: Owner, limit: Limit) -> Wait {
        let due = due(moment, limit);
        Wait { limit: Some(limit), ..Wait::until(due, owner, moment.now) }
    }

    /// A date.
    pub fn until(due: Due, owner: Owner, since: Timestamp) -> Wait {
        Wait { owner, due, since, limit: None, told_times: 0, rings_at: due.at }
    }
}

/// What the zone has promised the enterprise 承诺时限: from t1, the submission, to t9, the bank's
/// result. It stands still while the enterprise supplements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promised {
    /// How long, by the policy.
    pub limit: Limit,
    /// t1.
    pub since: Timestamp,
    /// When it stood still.
    pub pauses: Vec<Pause>,
    /// By when the bank's result must be there.
    pub due: Due,
    /// It ran out before the application was approved, and somebody was told.
    pub missed: bool,
}

impl Promised {
    /// The same, reckoned anew by the moment's calendar. While it stands still it has no end: the
    /// last one is kept.
    pub(super) fn reckoned(&self, moment: Moment<'_>) -> Promised {
        let due = moment.calendar.due(self.since, Intake::Instant, self.limit, &self.pauses);
        Promised { due: due.unwrap_or(self.due), ..self.clone() }
    }

    /// Whether it stands still.
    pub fn stands_still(&self) -> bool {
        self.pauses.last().is_some_and(|pause| pause.to.is_none())
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

/// Today, by the zone's clock.
pub(super) fn today(moment: Moment<'_>) -> Date {
    moment.now.to_zoned(moment.calendar.zone().clone()).date()
}

/// The last instant of a day, by the zone's clock, as a due instant: no calendar moves it.
pub(super) fn end_of(day: Date, moment: Moment<'_>) -> Due {
    let zone = moment.calendar.zone().clone();
    let next = day.tomorrow().and_then(|next| next.to_zoned(zone));
    let at = next.map_or(Timestamp::MAX, |midnight| midnight.timestamp());
    Due { at, provisional: false, calendar_version: moment.calendar.version() }
}
