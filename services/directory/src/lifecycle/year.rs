//! Years of the working calendar 工作日历: each publication of one is a new version of it.

use calendar::{Calendar, Year};

use super::{Fact, Record};
use crate::error::Error;

/// Publishes a year. One that is shipped has been published once, before the directory was there.
pub(super) fn publish(
    before: Option<&Record>,
    year: &Year,
    calendar: &Calendar,
) -> Result<Fact, Error> {
    let published = match before {
        Some(Record::Year(before)) => Some(before.version()),
        Some(_) | None => calendar.year(year.year()).map(Year::version),
    };
    let version = published.unwrap_or(0).saturating_add(1);
    let year = year.clone().with_version(version);
    let year = year.map_err(|error| Error::CalendarInvalid { problem: error.into() })?;
    Ok(Fact::YearPublished(year))
}
