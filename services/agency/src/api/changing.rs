//! Changing a case: what is asked is read, decided inside the unit, and answered with the case.

use base::{CaseId, Role};
use contract::agency::Case as WireCase;
use futures_util::FutureExt as _;
use journal::Unit;
use prost::{Message, Name};
use runtime::{Changed, Known, Plan, Refusal};
use tonic::{Request, Response, Status};

use super::asked::Asks;
use super::{Api, Asking, named};
use crate::error::Error;
use crate::lifecycle::{Case, CaseAsk, Command};
use crate::store::{Cases, find_case};
use crate::wire;

impl Api {
    /// Asks something of a case or of one of its items, and answers with the case as it then is.
    pub(super) async fn ask<M: Asks + Message + Name, N>(
        &self,
        request: Request<M>,
        response: fn(Option<WireCase>) -> N,
    ) -> Result<Response<N>, Status> {
        let mut asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let (id, command) = asked.read(asking.by.clone()).map_err(Error::from)?;
        self.acts_as(&mut asking, &id, &command).await?;
        let changed = self.change(&asking, id, command).await?;
        self.answer(&asking, &changed, response)
    }

    /// What is for the case's own side or for the dispatcher: whoever does it as neither but by a
    /// deputation is recorded as both.
    async fn acts_as(
        &self,
        asking: &mut Asking,
        id: &CaseId,
        command: &Command,
    ) -> Result<(), Error> {
        if let Command::Case {
            ask: CaseAsk::HandOver { .. } | CaseAsk::Terminate { .. } | CaseAsk::Archive,
            ..
        } = command
        {
            let case = self.seen(&asking.by, id).await?;
            if !asking.by.is_of_its_side(&case) {
                asking.call.needs(&[Role::Dispatcher])?;
            }
        }
        Ok(())
    }

    /// One change of one case. The answer to a request that was answered before goes only to whom
    /// the case is shown as it is now.
    pub(super) async fn change(
        &self,
        asking: &Asking,
        id: CaseId,
        command: Command,
    ) -> Result<Changed<Case>, Error> {
        let known = self.house.known.clone();
        let changed = self.room.change_with(&asking.call, id.to_string(), move |unit| {
            let (known, command) = (known.clone(), command.clone());
            async move { plan(unit, &known, id, command).await }.boxed()
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

/// What the command names is looked at in the same unit.
async fn plan(
    unit: &mut Unit,
    known: &Known,
    id: CaseId,
    command: Command,
) -> Result<Plan<Cases>, Error> {
    let case = find_case(unit.tx(), &id).await.map_err(Refusal::from)?;
    let case = case.ok_or_else(|| Error::CaseNotFound { case: id.to_string() })?;
    Ok(Plan::Ask(id, named::resolved(unit, known, &case, command).await?))
}
