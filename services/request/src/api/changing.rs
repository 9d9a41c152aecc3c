//! One change of one ticket for a call, and what is answered if it was made before.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use journal::Unit;
use runtime::{Changed, Plan, Refusal};

use super::{Api, Asking, id};
use crate::error::Error;
use crate::lifecycle::{Command, Ticket};
use crate::store::{self, Tickets};

impl Api {
    /// One change of one ticket.
    pub(super) async fn change(
        &self,
        asking: &Asking,
        ticket: &str,
        command: Command,
    ) -> Result<Changed<Ticket>, Error> {
        let (call, id) = (&asking.call, id("ticket", ticket)?);
        let changed = self.change_with(asking, id.to_string(), move |_| {
            let plan = Plan::Ask(id, command.clone());
            async move { Ok(plan) }.boxed()
        });
        self.as_seen_now(asking, changed.await.map_err(|error| error.of(call, &id))?).await
    }

    /// The same, where what is asked comes to light only inside the unit. It is noted there whom the
    /// device that the call comes from was seen with: of a refused call nothing is.
    pub(super) async fn change_with<F>(
        &self,
        asking: &Asking,
        key: String,
        plan: F,
    ) -> Result<Changed<Ticket>, Error>
    where
        F: for<'a> Fn(&'a mut Unit) -> BoxFuture<'a, Result<Plan<Tickets>, Error>>
            + Send
            + Sync
            + 'static,
    {
        let seen = asking.call.device.clone().map(|device| (device, asking.by.person.clone()));
        let (seen, plan) = (Arc::new(seen), Arc::new(plan));
        let changed = self.room.change_with(&asking.call, key, move |unit| {
            let (seen, plan) = (Arc::clone(&seen), Arc::clone(&plan));
            async move {
                if let Some((device, person)) = seen.as_ref() {
                    let noted = store::note_device(unit.tx(), device, person).await;
                    noted.map_err(Refusal::from)?;
                }
                plan(unit).await
            }
            .boxed()
        });
        changed.await
    }

    /// What a change gave. The answer to a request that was answered before goes only to whom the
    /// ticket is shown as it is now: the caller may have moved, or the ticket.
    pub(super) async fn as_seen_now(
        &self,
        asking: &Asking,
        changed: Changed<Ticket>,
    ) -> Result<Changed<Ticket>, Error> {
        if changed.replayed {
            self.seen(&asking.by, &changed.thing.id).await?;
        }
        Ok(changed)
    }
}
