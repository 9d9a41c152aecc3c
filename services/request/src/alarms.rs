//! What time does to tickets: an alarm rings, and becomes a command.

use async_trait::async_trait;
use base::TicketId;
use journal::{Alarm, Bell, Trouble};
use runtime::Room;

use crate::lifecycle::{AlarmKind, Command};
use crate::store::Tickets;

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
        let kind: AlarmKind = alarm.kind.parse().map_err(|_| damaged(alarm.kind.clone()))?;
        self.room.ring(alarm, id, Command::Ring(kind)).await
    }
}
