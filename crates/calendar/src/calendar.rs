//! The calendar of a zone: published years, office hours, time zone.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{self, TimeZone};
use jiff::{SignedDuration, Timestamp};

use crate::explain::Explanation;
use crate::limit::{Due, Intake, Limit, Pause, Reckoning};
use crate::office::{OfficeHours, Session};
use crate::reckon::{HORIZON_DAYS, Unpublished, Walk};
use crate::year::{Holiday, Mark, Year, plain};

/// Published years with office hours in a time zone. A clone is cheap; an amended year makes a
/// new calendar and leaves the old one as it was.
#[derive(Clone, Debug)]
pub struct Calendar(Arc<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    years: BTreeMap<i16, Arc<Year>>,
    office: OfficeHours,
    zone: TimeZone,
}

/// What a day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayKind<'a> {
    /// Monday to Friday, and no notice says otherwise.
    Workday,
    /// A Saturday or Sunday that is worked (调休上班).
    MakeUp(&'a Holiday),
    /// A Saturday or Sunday that no notice names.
    Weekend,
    /// Off by a notice (放假).
    Off(&'a Holiday),
}

impl DayKind<'_> {
    /// Whether the office opens.
    pub fn is_worked(self) -> bool {
        matches!(self, DayKind::Workday | DayKind::MakeUp(_))
    }
}

/// The years that are shipped, as the State Council's General Office published and amended them.
const SHIPPED: [&str; 9] = [
    include_str!("../data/2018.toml"),
    include_str!("../data/2019.toml"),
    include_str!("../data/2020.toml"),
    include_str!("../data/2021.toml"),
    include_str!("../data/2022.toml"),
    include_str!("../data/2023.toml"),
    include_str!("../data/2024.toml"),
    include_str!("../data/2025.toml"),
    include_str!("../data/2026.toml"),
];

/// Read once. That each of them can be read is a test.
static PUBLISHED: LazyLock<Calendar> = LazyLock::new(|| {
    // China has had one offset since 1991, so the zone database of the machine is not needed.
    let calendar = Calendar::new(OfficeHours::default(), TimeZone::fixed(tz::offset(8)));
    let years = SHIPPED.iter().filter_map(|text| Year::parse(text).ok());
    years.fold(calendar, |calendar, year| calendar.with_year(year))
});

impl Calendar {
    /// The years that are shipped, default office hours, the time of Asia/Shanghai.
    pub fn published() -> Calendar {
        PUBLISHED.clone()
    }

    /// A calendar with no year yet.
    pub fn new(office: OfficeHours, zone: TimeZone) -> Calendar {
        Calendar(Arc::new(Parts { years: BTreeMap::new(), office, zone }))
    }

    /// The same with one more year, or with an amended one in place of the former.
    pub fn with_year(&self, year: Year) -> Calendar {
        let mut parts = Parts::clone(&self.0);
        parts.years.insert(year.year(), Arc::new(year));
        Calendar(Arc::new(parts))
    }

    /// The same with other office hours.
    pub fn with_office_hours(&self, office: OfficeHours) -> Calendar {
        Calendar(Arc::new(Parts { office, ..Parts::clone(&self.0) }))
    }

    /// The sum of the versions of its years: grows with each year published or amended, and does
    /// not depend on the order in which they were heard of.
    pub fn version(&self) -> u32 {
        self.0.years.values().fold(0, |sum, year| sum.saturating_add(year.version()))
    }

    /// The published years, in order.
    pub fn years(&self) -> impl Iterator<Item = &Year> {
        self.0.years.values().map(Arc::as_ref)
    }

    /// One year, if it is published.
    pub fn year(&self, year: i16) -> Option<&Year> {
        self.0.years.get(&year).map(Arc::as_ref)
    }

    /// The office hours of every working day.
    pub fn office_hours(&self) -> &OfficeHours {
        &self.0.office
    }

    /// The zone whose clock counts.
    pub fn zone(&self) -> &TimeZone {
        &self.0.zone
    }

    /// When `limit` is used up, without a guess: the rule of the law, by published years alone.
    ///
    /// The walk goes forward from the start, and the first of three decides: the limit is used
    /// up; the clock enters a pause without end; a day of an unpublished year is to be looked at.
    /// Natural clocks look at days only where the law does: at the last day of natural days, and
    /// for the opening of [`Intake::NextOpening`].
    pub fn reckon(
        &self,
        start: Timestamp,
        intake: Intake,
        limit: Limit,
        pauses: &[Pause],
    ) -> Reckoning {
        Walk::new(self, pauses, Unpublished::Stop).run(start, intake, limit)
    }

    /// When `limit` is used up, as well as can be known now. `None` while the clock stands still
    /// with no end said, and for what lies more than a hundred years off.
    pub fn due(
        &self,
        start: Timestamp,
        intake: Intake,
        limit: Limit,
        pauses: &[Pause],
    ) -> Option<Due> {
        let mut walk = Walk::new(self, pauses, Unpublished::Assume);
        let reckoning = walk.run(start, intake, limit);
        walk.due(reckoning)
    }

    /// The same as [`Calendar::due`], with every span that was counted and every one that was
    /// not, and why.
    pub fn explain(
        &self,
        start: Timestamp,
        intake: Intake,
        limit: Limit,
        pauses: &[Pause],
    ) -> Explanation {
        let mut walk = Walk::new(self, pauses, Unpublished::Assume).noting();
        let reckoning = walk.run(start, intake, limit);
        let due = walk.due(reckoning);
        let (zone, lines) = (self.zone().clone(), walk.into_lines());
        Explanation { start, intake, limit, zone, lines, due }
    }

    /// Whole minutes of office time between two instants, negative if they run backwards.
    /// Unpublished years count with plain weekends.
    pub fn working_minutes_between(&self, from: Timestamp, to: Timestamp) -> i64 {
        if to < from {
            return -self.working_minutes_between(to, from);
        }
        let mut total = SignedDuration::ZERO;
        let mut date = self.date(from);
        let last = self.date(to);
        while date <= last {
            if self.kind(date).is_worked() {
                for session in self.office_hours().sessions() {
                    let (open, close) = self.session(date, *session);
                    let span = close.min(to).duration_since(open.max(from));
                    total += span.max(SignedDuration::ZERO);
                }
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        total.as_mins()
    }

    /// Whether the office opens on a day; `None` if its year is not published.
    pub fn is_working_day(&self, date: Date) -> Option<bool> {
        self.published_kind(date).map(DayKind::is_worked)
    }

    /// Close of office on the working day before the day of `instant`: when a yellow card (黄牌)
    /// is due. Unpublished years count with plain weekends.
    pub fn close_of_working_day_before(&self, instant: Timestamp) -> Timestamp {
        let date = self.nearest_working_day(self.date(instant), Date::yesterday);
        self.at(date, self.office_hours().close())
    }

    /// Opening of office on the first working day after the day of `instant`: when a red card
    /// (红牌) is due. Unpublished years count with plain weekends.
    pub fn opening_of_working_day_after(&self, instant: Timestamp) -> Timestamp {
        let date = self.nearest_working_day(self.date(instant), Date::tomorrow);
        self.at(date, self.office_hours().open())
    }

    /// Whether the office is open at `instant`. Unpublished years count with plain weekends.
    pub fn is_open_at(&self, instant: Timestamp) -> bool {
        let local = self.local(instant);
        let inside =
            |session: &Session| session.open <= local.time() && local.time() < session.close;
        self.kind(local.date()).is_worked() && self.office_hours().sessions().iter().any(inside)
    }

    fn nearest_working_day(
        &self,
        mut date: Date,
        step: fn(Date) -> Result<Date, jiff::Error>,
    ) -> Date {
        for _ in 0..HORIZON_DAYS {
            let Ok(next) = step(date) else { break };
            date = next;
            if self.kind(date).is_worked() {
                break;
            }
        }
        date
    }

    /// What a day is; a day of an unpublished year is what its weekday makes it.
    pub fn kind(&self, date: Date) -> DayKind<'_> {
        self.published_kind(date).unwrap_or(match plain(date) {
            Mark::Weekend => DayKind::Weekend,
            Mark::Workday | Mark::Off(_) | Mark::MakeUp(_) => DayKind::Workday,
        })
    }

    /// What a day is, if its year is published.
    pub fn published_kind(&self, date: Date) -> Option<DayKind<'_>> {
        let year = self.year(date.year())?;
        Some(match year.mark(date) {
            Mark::Workday => DayKind::Workday,
            Mark::Weekend => DayKind::Weekend,
            Mark::Off(index) => year.holidays().get(index).map_or(DayKind::Weekend, DayKind::Off),
            Mark::MakeUp(index) => {
                year.holidays().get(index).map_or(DayKind::Workday, DayKind::MakeUp)
            }
        })
    }

    pub(crate) fn session(&self, date: Date, session: Session) -> (Timestamp, Timestamp) {
        (self.at(date, session.open), self.at(date, session.close))
    }

    pub(crate) fn local(&self, instant: Timestamp) -> DateTime {
        self.zone().to_datetime(instant)
    }

    pub(crate) fn date(&self, instant: Timestamp) -> Date {
        self.local(instant).date()
    }

    /// The instant of a local time. The last day of the year 9999 has some that no instant can
    /// hold; they become the last instant there is.
    pub(crate) fn at(&self, date: Date, time: Time) -> Timestamp {
        self.zone().to_timestamp(date.to_datetime(time)).unwrap_or(Timestamp::MAX)
    }
}
