//! What happened to tickets, as it stands in the journal and as each caller may see it.

use base::TicketId;
use contract::common::HistoryEntry;
use contract::request::watch_tickets_response::Item;
use contract::request::{
    EvidenceAdded, ListTicketHistoryRequest, ListTicketHistoryResponse, WatchTicketsResponse,
};
use futures_util::{FutureExt as _, Stream, StreamExt as _};
use journal::reader::Entry;
use prost::Name as _;
use runtime::Call;
use runtime::watching::{Seen, entry_of};
use tonic::Status;

use super::{Api, id, outside};
use crate::error::Error;
use crate::lifecycle::{Ticket, Viewer};

impl Api {
    /// One page of everything that happened to a ticket.
    pub(super) async fn history(
        &self,
        call: &Call,
        asked: &ListTicketHistoryRequest,
    ) -> Result<ListTicketHistoryResponse, Error> {
        let page = self.house.pages.page::<_, i64>(&call.method, asked)?;
        let (id, by) = (id("ticket", &asked.ticket)?, self.viewer(call).await?);
        let ticket = self.seen(&by, &id).await?;
        let after = page.after.unwrap_or(0);
        let entries = self.house.journal.history(&asked.ticket, after, page.limit()).await?;
        let (entries, next_page_token) =
            self.house.pages.cut(&page, entries, |entry| entry.position)?;
        let shown = entries.iter().filter_map(|entry| shown(&by, &ticket, entry).transpose());
        Ok(ListTicketHistoryResponse { entries: shown.collect::<Result<_, _>>()?, next_page_token })
    }

    /// What happens to tickets after a position. Who asks is looked at anew for every entry:
    /// whoever leaves, or changes departments, sees no more than they then may.
    pub(super) fn watch(
        &self,
        call: Call,
        after: i64,
    ) -> impl Stream<Item = Result<WatchTicketsResponse, Status>> + Send + use<> {
        let api = self.clone();
        let seen = self.house.watch(call, after, move |call, entry| {
            let api = api.clone();
            async move { api.watched(&call, &entry).await }.boxed()
        });
        seen.map(|seen| {
            let item = match seen? {
                Seen::Entry(entry) => Item::Entry(entry),
                Seen::Heartbeat(heartbeat) => Item::Heartbeat(heartbeat),
            };
            Ok(WatchTicketsResponse { item: Some(item) })
        })
    }

    /// An entry, if the caller may see it now.
    async fn watched(&self, call: &Call, entry: &Entry) -> Result<Option<HistoryEntry>, Error> {
        let Ok(id) = TicketId::parse(&entry.heard()?.subject) else { return Ok(None) };
        let by = self.viewer(call).await?;
        match self.seen(&by, &id).await {
            Ok(ticket) => shown(&by, &ticket, entry),
            Err(Error::TicketNotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// An entry as a caller may see it; `None` if it is not for them.
fn shown(by: &Viewer, ticket: &Ticket, entry: &Entry) -> Result<Option<HistoryEntry>, Error> {
    let heard = entry.heard()?;
    if heard.kind == EvidenceAdded::full_name() && !by.sees_evidence(ticket) {
        return Ok(None);
    }
    let shown = if by.is_inside() { Some(heard) } else { outside::shown(by, heard)? };
    Ok(shown.map(entry_of))
}
