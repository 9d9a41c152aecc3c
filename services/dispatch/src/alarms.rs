//! What time does to work orders: an alarm rings, and becomes a command.

use async_trait::async_trait;
use base::{Person, PersonId, WorkOrderId};
use journal::{Alarm as Ringing, Bell, Trouble};
use runtime::{Known, Room};

use crate::lifecycle::{Alarm, Command};
use crate::store::{self, WorkOrders};

/// The alarm of an order whose due instants are to be reckoned anew, because a year of the
/// calendar was published or amended. It is set by what is heard, not by the order.
pub const RECOUNT: &str = "RECOUNT";
/// The alarm of an order whose claimant may do nothing any more: it goes back to its department.
pub const LEFT: &str = "LEFT";

/// Rings the alarms of work orders.
pub struct Bells {
    known: Known,
    room: Room<WorkOrders>,
}

impl Bells {
    /// The bells of this room.
    pub fn new(known: Known, room: Room<WorkOrders>) -> Bells {
        Bells { known, room }
    }

    /// The head of the department that has the order, if the directory knows one.
    async fn head(&self, id: &WorkOrderId) -> Result<Option<Person>, Trouble> {
        let read = self.known.read();
        let Some(order) = store::find_work_order(read, id).await? else { return Ok(None) };
        let Some(department) = &order.department else { return Ok(None) };
        let department = self.known.department(read, department).await?;
        let head = department.map(|department| department.head).unwrap_or_default();
        match PersonId::parse(&head) {
            Ok(head) => self.known.find_person(read, &head).await,
            Err(_) => Ok(None),
        }
    }

    /// Whose order goes back: its claimant's, if the directory still says that they have left.
    async fn left(&self, id: &WorkOrderId) -> Result<Option<PersonId>, Trouble> {
        let read = self.known.read();
        let order = store::find_work_order(read, id).await?;
        let Some(claimant) = order.and_then(|order| order.claimant) else { return Ok(None) };
        let person = self.known.find_person(read, &claimant).await?;
        Ok(person.filter(|person| !person.active).map(|_| claimant))
    }
}

#[async_trait]
impl Bell for Bells {
    async fn ring(&self, ringing: &Ringing) -> Result<(), Trouble> {
        let damaged = |what: String| Trouble::Damaged(format!("an alarm: {what}"));
        let id = WorkOrderId::parse(&ringing.thing).map_err(|error| damaged(error.to_string()))?;
        if ringing.kind == RECOUNT {
            return self.room.ring(ringing, id, Command::Recount).await;
        }
        if ringing.kind == LEFT {
            let person = self.left(&id).await?;
            return self.room.ring(ringing, id, Command::Leave { person }).await;
        }
        let alarm: Alarm = ringing.kind.parse().map_err(|_| damaged(ringing.kind.clone()))?;
        let head = if alarm == Alarm::Claim { self.head(&id).await? } else { None };
        self.room.ring(ringing, id, Command::Ring { alarm, head }).await
    }
}
