//! Changing a thing: what is asked is decided inside the unit, and answered with the thing.

use futures_util::future::BoxFuture;
use journal::Unit;
use runtime::{Changed, Plan};
use tonic::Response;

use super::{Api, Asking};
use crate::error::Error;
use crate::lifecycle::{Thing, ThingId};
use crate::store::Subsidy;

impl Api {
    /// One change of one thing, and what follows from it. What is asked comes to light inside the unit.
    pub(super) async fn change_with<F>(
        &self,
        asking: &Asking,
        id: ThingId,
        plan: F,
    ) -> Result<Changed<Thing>, Error>
    where
        F: for<'a> Fn(&'a mut Unit) -> BoxFuture<'a, Result<Plan<Subsidy>, Error>>
            + Send
            + Sync
            + 'static,
    {
        let changed = self.room.change_with(&asking.call, id.to_string(), plan).await;
        changed.map_err(|error| error.of(&id))
    }

    /// Answers with what a change gave.
    pub(super) fn answer<M>(
        &self,
        asking: &Asking,
        changed: &Changed<Thing>,
        message: M,
    ) -> Response<M> {
        let position = Some((self.house.journal.name(), changed.position));
        asking.call.answer(position, changed.replayed, message)
    }
}
