//! What happened to tickets, as it stands in the journal and as each caller may see it.

use base::{Role, TicketId};
use contract::common::{Heartbeat, HistoryEntry, WorkRequested};
use contract::request::watch_tickets_response::Item;
use contract::request::{
    ListTicketHistoryRequest, ListTicketHistoryResponse, TicketAnswered, TicketLimitMissed,
    TicketProgressed, WatchTicketsResponse,
};
use futures_util::{Stream, StreamExt as _};
use journal::reader::{Entry, Watched};
use prost::{Message as _, Name as _};
use prost_types::Any;
use runtime::wire::time;
use runtime::{Call, Refusal};
use tonic::Status;

use super::{Api, id};
use crate::error::Error;
use crate::lifecycle::Viewer;
use crate::store;

impl Api {
    /// One page of everything that happened to a ticket.
    pub(super) async fn history(
        &self,
        call: &Call,
        asked: &ListTicketHistoryRequest,
    ) -> Result<ListTicketHistoryResponse, Error> {
        let page = self.house.pages.page::<_, i64>(&call.method, asked)?;
        let (id, by) = (id("ticket", &asked.ticket)?, self.viewer(call).await?);
        let ticket = store::find_ticket(self.house.known.read(), &id).await;
        if !ticket.map_err(Refusal::from)?.is_some_and(|ticket| by.sees(&ticket)) {
            return Err(Error::TicketNotFound { ticket: id.to_string() });
        }
        let after = page.after.unwrap_or(0);
        let entries = self.house.journal.history(&asked.ticket, after, page.limit()).await?;
        let (entries, next_page_token) =
            self.house.pages.cut(&page, entries, |entry| entry.position)?;
        let shown = entries.iter().filter_map(|entry| shown(&by, entry).transpose());
        Ok(ListTicketHistoryResponse { entries: shown.collect::<Result<_, _>>()?, next_page_token })
    }

    /// What happens to tickets after a position. Who asks is looked at anew for every entry:
    /// whoever leaves, or changes departments, sees no more than they then may.
    pub(super) fn watch(
        &self,
        call: Call,
        after: i64,
    ) -> impl Stream<Item = Result<WatchTicketsResponse, Status>> + Send + use<> {
        let (api, watched) = (self.clone(), self.house.journal.watch(after));
        watched.filter_map(move |watched| {
            let (api, call) = (api.clone(), call.clone());
            async move {
                let item = match watched {
                    Ok(Watched::Entry(entry)) => api.watched(&call, &entry).await.transpose()?,
                    Ok(Watched::Reached(position)) => Ok(Item::Heartbeat(Heartbeat { position })),
                    Err(trouble) => Err(trouble.into()),
                };
                let response = item.map(|item| WatchTicketsResponse { item: Some(item) });
                Some(response.map_err(Status::from))
            }
        })
    }

    /// An entry, if the caller may see it now.
    async fn watched(&self, call: &Call, entry: &Entry) -> Result<Option<Item>, Error> {
        let Ok(id) = TicketId::parse(&entry.heard()?.subject) else { return Ok(None) };
        let by = self.viewer(&self.as_of_now(call).await?).await?;
        let ticket = store::find_ticket(self.house.known.read(), &id).await;
        if !ticket.map_err(Refusal::from)?.is_some_and(|ticket| by.sees(&ticket)) {
            return Ok(None);
        }
        Ok(shown(&by, entry)?.map(Item::Entry))
    }

    /// The call with what is known of the caller now.
    async fn as_of_now(&self, call: &Call) -> Result<Call, Error> {
        let known = &self.house.known;
        let person = known.find_person(known.read(), &call.person.id).await?;
        let person = person.filter(|person| person.active);
        let left = || Refusal::RoleForbids { method: call.method.clone() };
        let mut person = person.ok_or_else(left)?;
        // A system keeps to its own role, whatever else its record holds.
        if call.person.is(Role::System) {
            person.roles.retain(|role| *role == Role::System);
        }
        Ok(Call { person, ..call.clone() })
    }
}

/// An entry as a caller may see it; `None` if it is not for them. Enterprises and their envoys see
/// neither what the office is told of its own delays nor who inside had a hand in what.
fn shown(by: &Viewer, entry: &Entry) -> Result<Option<HistoryEntry>, Error> {
    let mut heard = entry.heard()?;
    let inside = by.sees_all() || by.works_for_department();
    if !inside {
        if [TicketLimitMissed::full_name(), WorkRequested::full_name()].contains(&heard.kind) {
            return Ok(None);
        }
        if heard.kind == TicketAnswered::full_name() {
            let told = TicketAnswered { concerned: Vec::new(), ..heard.decode()? };
            heard.data = told.encode_to_vec();
        } else if heard.kind == TicketProgressed::full_name() {
            let told = TicketProgressed { concerned: Vec::new(), ..heard.decode()? };
            heard.data = told.encode_to_vec();
        }
    }
    Ok(Some(HistoryEntry {
        position: heard.position,
        event_id: heard.id,
        subject: heard.subject,
        occurred_time: Some(time(heard.occurred_at)),
        recorded_time: Some(time(heard.recorded_at)),
        actor: heard.actor,
        correlation: heard.correlation,
        fact: Some(Any {
            type_url: format!("type.googleapis.com/{}", heard.kind),
            value: heard.data,
        }),
        r#type: heard.kind,
    }))
}
