//! The RPCs of subsidy: read the message, do one thing, answer.

mod applications;
mod applying;
mod batches;
mod changing;
mod deciding;
mod disbursing;
mod knowing;
mod matching;
mod money;
mod paying;
mod policies;
mod reading;
mod showing;

use prost::{Message, Name};
use runtime::{Call, House, Refusal, Room};
use tonic::Request;

use crate::lifecycle::sight::Viewer;
use crate::sending::Sender;
use crate::store::Subsidy;

/// The door for calls. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    house: House,
    room: Room<Subsidy>,
    sender: Sender,
}

/// A call that has been let in, and who makes it.
struct Asking {
    call: Call,
    by: Viewer,
}

impl Api {
    /// The door of this house.
    pub fn new(house: House, room: Room<Subsidy>) -> Api {
        let sender = Sender::new(house.clone(), room.clone());
        Api { house, room, sender }
    }

    /// Lets a call in, with what is known of who makes it.
    async fn let_in<M: Message + Name>(&self, request: &Request<M>) -> Result<Asking, Refusal> {
        let call = self.house.admit(request).await?;
        let by = viewer(&call);
        Ok(Asking { call, by })
    }
}

/// Who calls.
fn viewer(call: &Call) -> Viewer {
    Viewer { person: call.person.clone(), actor: call.actor.clone() }
}
