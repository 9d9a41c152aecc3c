//! Changing a case: what is asked is read, decided inside the unit, and answered with the case.

use base::CaseId;
use contract::agency::Case as WireCase;
use futures_util::FutureExt as _;
use journal::Unit;
use prost::{Message, Name};
use runtime::{Changed, Known, Plan, Refusal};
use tonic::{Request, Response, Status};

use super::asked::Asks;
use super::opening::named;
use super::{Api, Asking};
use crate::error::Error;
use crate::lifecycle::{Case, Command, ItemAsk};
use crate::store::{Cases, find_case, take_certificate};
use crate::wire;

impl Api {
    /// Asks something of a case or of one of its items, and answers with the case as it then is.
    pub(super) async fn ask<M: Asks + Message + Name, N>(
        &self,
        request: Request<M>,
        response: fn(Option<WireCase>) -> N,
    ) -> Result<Response<N>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let (id, command) = asked.read(asking.by.clone()).map_err(Error::from)?;
        let changed = self.change(&asking, id, command).await?;
        self.answer(&asking, &changed, response)
    }

    /// One change of one case. The answer to a request that was answered before goes only to whom
    /// the case is shown as it is now.
    async fn change(
        &self,
        asking: &Asking,
        id: CaseId,
        command: Command,
    ) -> Result<Changed<Case>, Error> {
        let known = self.house.known.clone();
        let changed = self.room.change_with(&asking.call, id.to_string(), move |unit| {
            let (known, command) = (known.clone(), command.clone());
            async move { plan(&known, unit, id, command).await }.boxed()
        });
        let changed = changed.await;
        let changed = changed.map_err(|error| error.of(&asking.call, &id))?;
        if changed.replayed {
            self.seen(&asking.by, &id).await?;
        }
        Ok(changed)
    }

    /// Answers with the case as it now is.
    pub(super) fn answer<M>(
        &self,
        asking: &Asking,
        changed: &Changed<Case>,
        response: fn(Option<WireCase>) -> M,
    ) -> Result<Response<M>, Status> {
        let case = Some(wire::case(&changed.thing, &asking.by));
        let position = Some((self.house.journal.name(), changed.position));
        Ok(asking.call.answer(position, changed.replayed, response(case)))
    }
}

/// What a command names is looked at in its unit, and a certificate takes its number there. Whoever
/// may not decide the item learns nothing of that: the rules refuse them.
async fn plan(
    known: &Known,
    unit: &mut Unit,
    id: CaseId,
    command: Command,
) -> Result<Plan<Cases>, Error> {
    let Some(case) = find_case(unit.tx(), &id).await.map_err(Refusal::from)? else {
        return Ok(Plan::Ask(id, command));
    };
    if let Command::Item { by, item, ask } = &command
        && let ItemAsk::Issue { certificate } | ItemAsk::Convert { certificate } = ask
        && case.items.get(item).is_some_and(|item| by.works_for(&item.department))
        && !take_certificate(unit.tx(), &id, certificate).await.map_err(Refusal::from)?
    {
        return Err(Error::CertificateUsed { number: certificate.clone() });
    }
    Ok(Plan::Ask(id, named(known, unit, (&case, command)).await?))
}
