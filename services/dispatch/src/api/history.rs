//! What happened to orders, as it stands in the journal, to who may see them.

use base::WorkOrderId;
use contract::common::HistoryEntry;
use contract::dispatch::watch_work_orders_response::Item;
use contract::dispatch::{
    ListWorkOrderHistoryRequest, ListWorkOrderHistoryResponse, WatchWorkOrdersResponse,
};
use futures_util::{FutureExt as _, Stream, StreamExt as _};
use journal::reader::Entry;
use runtime::watching::{Seen, entry_of};
use runtime::{Call, Refusal};
use tonic::Status;

use super::Api;
use super::asking::id;
use crate::error::Error;
use crate::lifecycle::sight;
use crate::store;

impl Api {
    /// One page of everything that happened to an order.
    pub(super) async fn history(
        &self,
        call: &Call,
        asked: &ListWorkOrderHistoryRequest,
    ) -> Result<ListWorkOrderHistoryResponse, Error> {
        let page = self.house.pages.page::<_, i64>(&call.method, asked)?;
        self.get(&call.person, &id("work_order", &asked.work_order)?).await?;
        let after = page.after.unwrap_or(0);
        let entries = self.house.journal.history(&asked.work_order, after, page.limit()).await?;
        let (entries, next_page_token) =
            self.house.pages.cut(&page, entries, |entry| entry.position)?;
        let shown = entries.iter().map(|entry| Ok(entry_of(entry.heard()?)));
        Ok(ListWorkOrderHistoryResponse {
            entries: shown.collect::<Result<_, Error>>()?,
            next_page_token,
        })
    }

    /// What happens to orders after a position: of each, to who may see it then.
    pub(super) fn watch(
        &self,
        call: Call,
        after: i64,
    ) -> impl Stream<Item = Result<WatchWorkOrdersResponse, Status>> + Send + use<> {
        let api = self.clone();
        let seen = self.house.watch(call, after, move |call, entry| {
            let api = api.clone();
            async move { api.seen(&call, &entry).await }.boxed()
        });
        seen.map(|seen| {
            let item = match seen? {
                Seen::Entry(entry) => Item::Entry(entry),
                Seen::Heartbeat(heartbeat) => Item::Heartbeat(heartbeat),
            };
            Ok(WatchWorkOrdersResponse { item: Some(item) })
        })
    }

    /// An entry, if the caller may see its order now.
    async fn seen(&self, call: &Call, entry: &Entry) -> Result<Option<HistoryEntry>, Error> {
        let heard = entry.heard()?;
        let Ok(id) = WorkOrderId::parse(&heard.subject) else { return Ok(None) };
        let order = store::find_work_order(self.house.known.read(), &id).await;
        let order = order.map_err(Refusal::from)?;
        let sees = order.is_some_and(|order| sight::sees(&order, &call.person));
        Ok(sees.then(|| entry_of(heard)))
    }
}
