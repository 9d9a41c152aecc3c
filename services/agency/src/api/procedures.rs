//! Procedures: checked against the zone, published in versions, read by whoever is known.

use base::ProcedureId;
use calendar::Moment;
use contract::agency::{
    CheckProcedureRequest, CheckProcedureResponse, GetProcedureRequest, GetProcedureResponse,
    ListProceduresRequest, ListProceduresResponse, Procedure as WireProcedure,
    PublishProcedureRequest, PublishProcedureResponse,
};
use futures_util::FutureExt as _;
use journal::Unit;
use runtime::{Call, House, Problem, Refusal};
use tonic::Response;

use super::{Api, Asking};
use crate::error::Error;
use crate::events;
use crate::lifecycle::{Flaw, Procedure, check};
use crate::store::procedures::{find_procedure, list_procedures, publish, zone};
use crate::wire;

impl Api {
    /// Publishes a procedure in its next version, if it holds.
    pub(super) async fn publish(
        &self,
        asking: &Asking,
        asked: &PublishProcedureRequest,
    ) -> Result<Response<PublishProcedureResponse>, Error> {
        let procedure = read(asked.procedure.as_ref())?;
        let (call, house) = (asking.call.clone(), self.house.clone());
        let deadline = call.deadline.map(tokio::time::Instant::from_std);
        let done = self.house.journal.commit(procedure.id.to_string(), deadline, move |unit| {
            let (call, house, procedure) = (call.clone(), house.clone(), procedure.clone());
            async move { publish_once(unit, &call, &house, procedure).await }.boxed()
        });
        let done = done.await.map_err(|error: Error| error.of_method(&asking.call))?;
        let (procedure, replayed) = done.value;
        let position = Some((self.house.journal.name(), done.position));
        let procedure = Some(wire::procedure(&procedure));
        Ok(asking.call.answer(position, replayed, PublishProcedureResponse { procedure }))
    }

    /// What is wrong with a procedure.
    pub(super) async fn check(
        &self,
        asked: &CheckProcedureRequest,
    ) -> Result<CheckProcedureResponse, Error> {
        let procedure = read(asked.procedure.as_ref())?;
        let calendar = self.house.known.calendar(self.house.known.read()).await?;
        let moment = Moment { now: self.house.journal.sources().clock.now(), calendar: &calendar };
        let zone = zone(&self.house.known, self.house.known.read(), &procedure).await?;
        let flaws = check(&procedure, &zone, moment);
        Ok(CheckProcedureResponse { flaws: flaws.iter().map(wire::flaw).collect() })
    }

    /// A procedure, in its latest version or in a certain one.
    pub(super) async fn find_procedure(
        &self,
        asked: &GetProcedureRequest,
    ) -> Result<GetProcedureResponse, Error> {
        let id = ProcedureId::parse(&asked.procedure);
        let id = id.map_err(|error| Refusal::name("procedure", &error))?;
        let version = u32::try_from(asked.version).ok().filter(|version| 0 < *version);
        let found = find_procedure(self.house.known.read(), &id, version).await;
        let unknown = || Error::ProcedureNotFound { procedure: id.to_string() };
        let found = found.map_err(Refusal::from)?.ok_or_else(unknown)?;
        Ok(GetProcedureResponse { procedure: Some(wire::procedure(&found)) })
    }

    /// One page of procedures.
    pub(super) async fn list_procedures(
        &self,
        asking: &Asking,
        asked: &ListProceduresRequest,
    ) -> Result<ListProceduresResponse, Error> {
        let page = self.house.pages.page::<_, String>(&asking.call.method, asked)?;
        let read = self.house.known.read();
        let rows = list_procedures(read, page.after.as_deref(), page.limit()).await;
        let (rows, next_page_token) =
            self.house.pages.cut(&page, rows.map_err(Refusal::from)?, |row| row.id.to_string())?;
        let procedures = rows.iter().map(wire::procedure).collect();
        Ok(ListProceduresResponse { procedures, next_page_token })
    }
}

fn read(told: Option<&WireProcedure>) -> Result<Procedure, Refusal> {
    let told = told.ok_or_else(|| Refusal::field("procedure", Problem::Required))?;
    wire::procedure_from(told, 0)
}

/// Publishes in a unit; the same request has the same answer, and the same procedure is no new
/// version.
async fn publish_once(
    unit: &mut Unit,
    call: &Call,
    house: &House,
    procedure: Procedure,
) -> Result<(Procedure, bool), Error> {
    let request_id = call.request_id.map(|id| id.to_string()).unwrap_or_default();
    if let Some(answer) = unit.recall(&call.asker(), &request_id, &call.digest).await? {
        return Ok((serde_json::from_slice(&answer).map_err(Refusal::damaged)?, true));
    }
    let calendar = house.known.calendar(unit.tx()).await?;
    let zone = zone(&house.known, unit.tx(), &procedure).await?;
    let moment = Moment { now: unit.now(), calendar: &calendar };
    if let Some(flaw) = check(&procedure, &zone, moment).first() {
        return Err(flawed(flaw));
    }
    let last = find_procedure(unit.tx(), &procedure.id, None).await.map_err(Refusal::from)?;
    let same =
        last.filter(|last| *last == Procedure { version: last.version, ..procedure.clone() });
    let kept = match same {
        Some(last) => last,
        None => {
            let next = publish(unit.tx(), procedure, unit.now()).await.map_err(Refusal::from)?;
            unit.caused_by(Some(request_id.clone()), Some(call.traceparent.clone()));
            unit.tell(events::published(&next), &call.actor);
            next
        }
    };
    let answer = serde_json::to_vec(&kept).map_err(Refusal::damaged)?;
    unit.remember(&call.asker(), &request_id, &answer).await.map_err(Refusal::from)?;
    Ok((kept, false))
}

fn flawed(flaw: &Flaw) -> Error {
    Error::ProcedureFlawed { flaw: wire::flaw_word(flaw), path: wire::flaw(flaw).path.join(" ") }
}
