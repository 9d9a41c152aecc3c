//! The two clocks of a case (domain.md §6), both kept: how long its approvals were reviewed, on their
//! critical path and with pauses out; and how long the enterprise waited by the calendar.

use std::collections::BTreeMap;

use base::ItemId;
use calendar::{Calendar, Due, Intake, Limit, Moment};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::case::Case;
use super::fact::Fact;
use super::item::{Item, ItemState, Purpose};
use super::procedure::{Matter, Profile};
use super::work::Standstill;

/// A time in which a department reviewed an item, or made its opinion formal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// From when: the acceptance, or when the conversion was asked for.
    pub from: Timestamp,
    /// Until when; none while it lasts.
    pub to: Option<Timestamp>,
    /// It makes an opinion formal.
    pub converts: bool,
    /// When it stood still 挂起. The last may last.
    pub pauses: Vec<Standstill>,
}

/// The two clocks of a case at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clocks {
    /// 审批时钟: working days of review along the critical path, paused time out.
    pub approval_days: u32,
    /// The part of it that lies behind the land, in a case that starts on commitment and has land.
    pub approval_after_land_days: Option<u32>,
    /// 企业时钟: what the enterprise lived through, by the calendar; none before its first mandate.
    pub enterprise: Option<Waited>,
}

/// How long an enterprise waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waited {
    /// From when: the first mandate, or the land if that was won later.
    pub from: Timestamp,
    /// It counts from the land.
    pub from_land: bool,
    /// Until when: the first time that work might start; where the procedure has no such thing, the
    /// delivery. None while it lasts.
    pub to: Option<Timestamp>,
    /// Days by the calendar, that of the beginning not counted.
    pub days: u32,
}

impl Item {
    /// The item is as it is after the fact: its review begins, ends, stands still, goes on.
    pub(super) fn take_review(&mut self, fact: &Fact) {
        let reviewed = self.state == ItemState::UnderReview;
        let purpose = self.order.as_ref().map(|order| order.purpose);
        let converted = purpose == Some(Purpose::Conversion);
        let open = self.reviews.last().is_some_and(|review| review.to.is_none());
        if open && !reviewed && !converted {
            self.last_review(|review| review.to = Some(fact.at.max(review.from)));
        } else if !open && (reviewed || converted) {
            let from = self.accepted_at.filter(|_| reviewed).unwrap_or(fact.at);
            self.reviews.push(Review { from, to: None, converts: converted, pauses: Vec::new() });
        }
        let progress = self.progress.as_ref();
        if let Some(pause) = progress.and_then(|told| told.pause).filter(|_| reviewed || converted)
        {
            self.last_review(|review| {
                review.pauses.retain(|earlier| earlier.from != pause.from);
                review.pauses.push(pause);
            });
        }
    }

    fn last_review(&mut self, change: impl FnOnce(&mut Review)) {
        if let Some(review) = self.reviews.last_mut() {
            change(review);
        }
    }
}

/// Both clocks of a case, as of the moment if they still run.
pub fn clocks(case: &Case, moment: Moment<'_>) -> Clocks {
    let on_commitment = case.procedure().profile == Profile::StartOnCommitment;
    let land = case.land_acquired_at.filter(|_| on_commitment);
    Clocks {
        approval_days: approval(case, Timestamp::MIN, moment),
        approval_after_land_days: land.map(|land| approval(case, land, moment)),
        enterprise: waited(case, moment),
    }
}

fn waited(case: &Case, moment: Moment<'_>) -> Option<Waited> {
    let mandated = case.first_mandated_at?;
    let has_start = case.procedure().matters.iter().any(|matter| matter.for_start);
    let to = if has_start { case.first_start_allowed_at } else { case.delivered_at };
    let end = to.unwrap_or(moment.now);
    let land = case.land_acquired_at.filter(|land| mandated <= *land && *land <= end);
    let (from, zone) = (land.unwrap_or(mandated), moment.calendar.zone());
    let date = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let days = date(end).duration_since(date(from)).as_hours() / 24;
    let days = u32::try_from(days).unwrap_or(0);
    Some(Waited { from, from_land: land.is_some(), to, days })
}

/// The longest chain of reviews, in working days: one item behind the other, behind its opinion
/// where that is enough. What was reviewed before `since` is left out.
fn approval(case: &Case, since: Timestamp, moment: Moment<'_>) -> u32 {
    // Of each item: until its opinion, until its permit.
    let mut ends: BTreeMap<&ItemId, (u32, u32)> = BTreeMap::new();
    for matter in case.procedure().in_order() {
        let Some((item, _)) = case.item(&matter.item) else { continue };
        let begins = begins(matter, &ends);
        let days = |converts| days_of(item, converts, since, moment);
        let opinion = begins + days(false);
        ends.insert(&matter.item, (opinion, opinion + days(true)));
    }
    ends.values().map(|(_, formal)| *formal).max().unwrap_or(0)
}

fn begins(matter: &Matter, ends: &BTreeMap<&ItemId, (u32, u32)>) -> u32 {
    let before = matter.after.iter().filter_map(|item| ends.get(item));
    before
        .map(|(opinion, formal)| if matter.on_opinion { *opinion } else { *formal })
        .max()
        .unwrap_or(0)
}

fn days_of(item: &Item, converts: bool, since: Timestamp, moment: Moment<'_>) -> u32 {
    let reviews = item.reviews.iter().filter(|review| review.converts == converts);
    let days = reviews.map(|review| {
        let to = review.to.unwrap_or(moment.now);
        working_days(moment.calendar, (review.from.max(since), to), &review.pauses)
    });
    days.sum()
}

/// The working days of a span, that of its beginning not counted, nor one at whose close of office
/// the clock stood still: as a limit in working days counts them.
fn working_days(
    calendar: &Calendar,
    (from, to): (Timestamp, Timestamp),
    pauses: &[Standstill],
) -> u32 {
    let zone = calendar.zone();
    let date = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let (mut day, last, mut days) = (date(from), date(to), 0);
    while let Ok(next) = day.tomorrow()
        && next <= last
    {
        day = next;
        let close = day.to_datetime(calendar.office_hours().close()).to_zoned(zone.clone());
        let close = close.map(|close| close.timestamp()).unwrap_or(to);
        let stands = pauses.iter().any(|pause| pause.from < close && close <= pause.until);
        days += u32::from(calendar.kind(day).is_worked() && !stands);
    }
    days
}

/// By when a result is due at the earliest if a pause lasts as long as it may: the due instant moves
/// by the working days that it takes out. Only dispatch says what is due in the end.
pub(super) fn due_after(due: Due, pause: Standstill, calendar: &Calendar) -> Due {
    let day_before = pause.from - SignedDuration::from_hours(24);
    let left = working_days(calendar, (day_before, due.at), &[]);
    let pauses = [calendar::Pause { from: pause.from, to: Some(pause.until) }];
    let moved = calendar.due(day_before, Intake::Instant, Limit::WorkingDays(left), &pauses);
    moved.filter(|moved| due.at < moved.at).unwrap_or(due)
}
