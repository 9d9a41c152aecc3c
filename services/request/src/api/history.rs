//! What happened to tickets, as it stands in the journal and as each caller may see it.

use base::TicketId;
use contract::common::{HistoryEntry, MaterialsSupplied, WorkRequested};
use contract::request::watch_tickets_response::Item;
use contract::request::{
    ListTicketHistoryRequest, ListTicketHistoryResponse, TicketAnswered, TicketConfirmed,
    TicketDissatisfied, TicketLimitMissed, TicketProgressed, TicketSubmitted, TicketSupplemented,
    WatchTicketsResponse,
};
use futures_util::{FutureExt as _, Stream, StreamExt as _};
use journal::reader::Entry;
use prost::{Message as _, Name};
use runtime::Call;
use runtime::watching::{Seen, entry_of};
use tonic::Status;

use super::{Api, id};
use crate::error::Error;
use crate::lifecycle::Viewer;

impl Api {
    /// One page of everything that happened to a ticket.
    pub(super) async fn history(
        &self,
        call: &Call,
        asked: &ListTicketHistoryRequest,
    ) -> Result<ListTicketHistoryResponse, Error> {
        let page = self.house.pages.page::<_, i64>(&call.method, asked)?;
        let (id, by) = (id("ticket", &asked.ticket)?, self.viewer(call).await?);
        self.seen(&by, &id).await?;
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
            Ok(_) => shown(&by, entry),
            Err(Error::TicketNotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// An entry as a caller may see it; `None` if it is not for them. Enterprises and their envoys see
/// neither what the office is told of its own delays nor who inside did it or had a hand in it.
fn shown(by: &Viewer, entry: &Entry) -> Result<Option<HistoryEntry>, Error> {
    let mut heard = entry.heard()?;
    let inside = by.sees_all() || by.works_for_department();
    if !inside {
        if [TicketLimitMissed::full_name(), WorkRequested::full_name()].contains(&heard.kind) {
            return Ok(None);
        }
        if !(is_done_outside(&heard.kind) || heard.actor == by.actor.to_string()) {
            heard.actor.clear();
        }
        if heard.kind == TicketAnswered::full_name() {
            let told = TicketAnswered { concerned: Vec::new(), ..heard.decode()? };
            heard.data = told.encode_to_vec();
        } else if heard.kind == TicketProgressed::full_name() {
            let told = TicketProgressed { concerned: Vec::new(), ..heard.decode()? };
            heard.data = told.encode_to_vec();
        }
    }
    Ok(Some(entry_of(heard)))
}

/// Whether a fact is by its nature done by the enterprise's own side: its handlers, its envoy,
/// whoever submitted for it. Nobody else may, so that even who has left since is known from it.
fn is_done_outside(kind: &str) -> bool {
    [
        TicketSubmitted::full_name(),
        TicketSupplemented::full_name(),
        MaterialsSupplied::full_name(),
        TicketConfirmed::full_name(),
        TicketDissatisfied::full_name(),
    ]
    .iter()
    .any(|own| own == kind)
}
