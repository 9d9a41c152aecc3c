//! What time does to cases: an alarm rings, and becomes a command.

use async_trait::async_trait;
use base::CaseId;
use journal::{Bell, Trouble};
use runtime::Room;

use crate::lifecycle::{Alarm, Command};
use crate::store::Cases;

/// The alarm of a case whose due instants are to be reckoned anew, because a year of the calendar
/// was published or amended. It is set by what is heard, not by the case.
pub const RECOUNT: &str = "RECOUNT";

/// Rings the alarms of cases.
pub struct Bells {
    room: Room<Cases>,
}

impl Bells {
    /// The bells of this room.
    pub fn new(room: Room<Cases>) -> Bells {
        Bells { room }
    }
}

#[async_trait]
impl Bell for Bells {
    async fn ring(&self, alarm: &journal::Alarm) -> Result<(), Trouble> {
        let damaged = |what: String| Trouble::Damaged(format!("an alarm: {what}"));
        let id = CaseId::parse(&alarm.thing).map_err(|error| damaged(error.to_string()))?;
        if alarm.kind == RECOUNT {
            return self.room.ring(alarm, id, Command::Recount).await;
        }
        let ringing = Alarm::parse(&alarm.kind).ok_or_else(|| damaged(alarm.kind.clone()))?;
        self.room.ring(alarm, id, Command::Ring(ringing)).await
    }
}
