//! What happened to orders, as it stands in the journal, to who may see them.

use base::{Person, WorkOrderId};
use contract::common::{Heartbeat, HistoryEntry};
use contract::dispatch::watch_work_orders_response::Item;
use contract::dispatch::{
    ListWorkOrderHistoryRequest, ListWorkOrderHistoryResponse, WatchWorkOrdersResponse,
};
use futures_util::{Stream, StreamExt as _};
use journal::reader::{Entry, Watched};
use prost_types::Any;
use runtime::wire::time;
use runtime::{Call, Refusal};
use tonic::Status;

use super::{Api, id};
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
        self.get(&call.person, &id(&asked.work_order)?).await?;
        let after = page.after.unwrap_or(0);
        let entries = self.house.journal.history(&asked.work_order, after, page.limit()).await?;
        let (entries, next_page_token) =
            self.house.pages.cut(&page, entries, |entry| entry.position)?;
        let entries = entries.iter().map(shown).collect::<Result<_, _>>()?;
        Ok(ListWorkOrderHistoryResponse { entries, next_page_token })
    }

    /// What happens to orders after a position. Who asks is looked at anew for every entry:
    /// whoever leaves, or changes departments, sees no more than they then may.
    pub(super) fn watch(
        &self,
        call: Call,
        after: i64,
    ) -> impl Stream<Item = Result<WatchWorkOrdersResponse, Status>> + Send + use<> {
        let (api, watched) = (self.clone(), self.house.journal.watch(after));
        watched.filter_map(move |watched| {
            let (api, call) = (api.clone(), call.clone());
            async move {
                let item = match watched {
                    Ok(Watched::Entry(entry)) => api.watched(&call, &entry).await.transpose()?,
                    Ok(Watched::Reached(position)) => Ok(Item::Heartbeat(Heartbeat { position })),
                    Err(trouble) => Err(trouble.into()),
                };
                let response = item.map(|item| WatchWorkOrdersResponse { item: Some(item) });
                Some(response.map_err(Status::from))
            }
        })
    }

    /// An entry, if the caller may see it now.
    async fn watched(&self, call: &Call, entry: &Entry) -> Result<Option<Item>, Error> {
        let Ok(id) = WorkOrderId::parse(&entry.heard()?.subject) else { return Ok(None) };
        let person = self.as_of_now(call).await?;
        let order = store::find_work_order(self.house.known.read(), &id).await;
        let order = order.map_err(Refusal::from)?;
        if !order.is_some_and(|order| sight::sees(&order, &person)) {
            return Ok(None);
        }
        shown(entry).map(Item::Entry).map(Some)
    }

    /// What is known of the caller now.
    async fn as_of_now(&self, call: &Call) -> Result<Person, Error> {
        let known = &self.house.known;
        let person = known.find_person(known.read(), &call.person.id).await?;
        let left = || Refusal::RoleForbids { method: call.method.clone() };
        Ok(person.filter(|person| person.active).ok_or_else(left)?)
    }
}

fn shown(entry: &Entry) -> Result<HistoryEntry, Error> {
    let heard = entry.heard()?;
    Ok(HistoryEntry {
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
    })
}
