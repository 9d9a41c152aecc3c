//! Office hours (办公时间): the sessions of a working day.

use jiff::civil::{Time, time};
use serde::{Deserialize, Serialize};

/// One session of a working day, from opening until just before close.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "(Time, Time)", into = "(Time, Time)")]
pub struct Session {
    /// The first instant at which the office is open.
    pub open: Time,
    /// The first instant at which it is closed again.
    pub close: Time,
}

/// The sessions of every working day, make-up days included: at least one, in order, apart.
/// The serde form is a list of pairs, `[["08:30", "12:00"], ["14:00", "17:30"]]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<Session>", into = "Vec<Session>")]
pub struct OfficeHours(Vec<Session>);

/// Why sessions make no office hours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfficeHoursError {
    /// There is no session.
    #[error("office hours need at least one session")]
    Empty,
    /// A session ends before or when it begins.
    #[error("the session from {} to {} is empty", .0.open, .0.close)]
    Backwards(Session),
    /// A session begins before the one before it has ended.
    #[error("the session from {} to {} begins before {} is over", .1.open, .1.close, .0.close)]
    Overlap(Session, Session),
}

impl OfficeHours {
    /// Office hours of these sessions, which must be given in order.
    pub fn new(sessions: Vec<Session>) -> Result<OfficeHours, OfficeHoursError> {
        if sessions.is_empty() {
            return Err(OfficeHoursError::Empty);
        }
        if let Some(empty) = sessions.iter().find(|session| session.close <= session.open) {
            return Err(OfficeHoursError::Backwards(*empty));
        }
        if let Some(pair) = sessions.windows(2).find(|pair| pair[1].open < pair[0].close) {
            return Err(OfficeHoursError::Overlap(pair[0], pair[1]));
        }
        Ok(OfficeHours(sessions))
    }

    /// The sessions, in order.
    pub fn sessions(&self) -> &[Session] {
        &self.0
    }

    /// When the first session begins.
    pub fn open(&self) -> Time {
        self.0.first().map_or(Time::midnight(), |session| session.open)
    }

    /// When the last session ends: the end of a working day (停止业务活动的时间).
    pub fn close(&self) -> Time {
        self.0.last().map_or(Time::midnight(), |session| session.close)
    }
}

/// 08:30 to 12:00 and 14:00 to 17:30.
impl Default for OfficeHours {
    fn default() -> OfficeHours {
        OfficeHours(vec![
            Session { open: time(8, 30, 0, 0), close: time(12, 0, 0, 0) },
            Session { open: time(14, 0, 0, 0), close: time(17, 30, 0, 0) },
        ])
    }
}

impl TryFrom<Vec<Session>> for OfficeHours {
    type Error = OfficeHoursError;
    fn try_from(sessions: Vec<Session>) -> Result<Self, Self::Error> {
        OfficeHours::new(sessions)
    }
}

impl From<OfficeHours> for Vec<Session> {
    fn from(hours: OfficeHours) -> Vec<Session> {
        hours.0
    }
}

impl From<(Time, Time)> for Session {
    fn from((open, close): (Time, Time)) -> Session {
        Session { open, close }
    }
}

impl From<Session> for (Time, Time) {
    fn from(session: Session) -> (Time, Time) {
        (session.open, session.close)
    }
}
