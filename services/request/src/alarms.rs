//! What time does to tickets: an alarm rings, and becomes a command.

use async_trait::async_trait;
use base::TicketId;
use journal::{Alarm, Bell, Trouble};
use runtime::Room;

use crate::lifecycle::{AlarmKind, Command};
use crate::store::Tickets;

/// The alarm of a ticket whose due instant is to be reckoned anew, because a year of the calendar
/// was published or amended. It is set by what is heard, not by the ticket.
pub const RECOUNT: &str = "RECOUNT";

/// Rings the alarms of tickets.
pub struct Bells {
    room: Room<Tickets>,
}

impl Bells {
    /// The bells of this room.
    pub fn new(room: Room<Tickets>) -> Bells {
        Bells { room }
    }
}

#[async_trait]
impl Bell for Bells {
    async fn ring(&self, alarm: &Alarm) -> Result<(), Trouble> {
        let damaged = |what: String| Trouble::Damaged(format!("an alarm: {what}"));
        let id = TicketId::parse(&alarm.thing).map_err(|error| damaged(error.to_string()))?;
        if alarm.kind == RECOUNT {
            return self.room.ring(alarm, id, Command::Recount).await;
        }
        let kind: AlarmKind = alarm.kind.parse().map_err(|_| damaged(alarm.kind.clone()))?;
        self.room.ring(alarm, id, Command::Ring(kind)).await
    }
}
