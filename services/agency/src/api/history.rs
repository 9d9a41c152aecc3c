//! What happened to cases, as it stands in the journal and as each caller may see it.

use base::CaseId;
use contract::agency::watch_cases_response::Item;
use contract::agency::{ListCaseHistoryRequest, ListCaseHistoryResponse, WatchCasesResponse};
use contract::common::HistoryEntry;
use futures_util::{FutureExt as _, Stream, StreamExt as _};
use journal::reader::Entry;
use runtime::Call;
use runtime::watching::{Seen, entry_of};
use tonic::Status;

use super::reading::id;
use super::{Api, Asking, outside, viewer};
use crate::error::Error;
use crate::lifecycle::{Case, Viewer};

impl Api {
    /// One page of everything that happened to a case.
    pub(super) async fn history(
        &self,
        asking: &Asking,
        asked: &ListCaseHistoryRequest,
    ) -> Result<ListCaseHistoryResponse, Error> {
        let page = self.house.pages.page::<_, i64>(&asking.call.method, asked)?;
        let case = self.seen(&asking.by, &id(&asked.case)?).await?;
        let after = page.after.unwrap_or(0);
        let entries = self.house.journal.history(&asked.case, after, page.limit()).await?;
        let (entries, next_page_token) =
            self.house.pages.cut(&page, entries, |entry| entry.position)?;
        let shown = entries.iter().filter_map(|entry| shown(&asking.by, &case, entry).transpose());
        Ok(ListCaseHistoryResponse { entries: shown.collect::<Result<_, _>>()?, next_page_token })
    }

    /// What happens to cases after a position. Who asks is looked at anew for every entry: whoever
    /// leaves, or changes departments, sees no more than they then may.
    pub(super) fn watch(
        &self,
        call: Call,
        after: i64,
    ) -> impl Stream<Item = Result<WatchCasesResponse, Status>> + Send + use<> {
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
            Ok(WatchCasesResponse { item: Some(item) })
        })
    }

    /// An entry, if the caller may see it now.
    async fn watched(&self, call: &Call, entry: &Entry) -> Result<Option<HistoryEntry>, Error> {
        let Ok(id) = CaseId::parse(&entry.heard()?.subject) else { return Ok(None) };
        let by = viewer(call);
        match self.seen(&by, &id).await {
            Ok(case) => shown(&by, &case, entry),
            Err(Error::CaseNotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// An entry as a caller may see it; `None` if it is not for them.
fn shown(by: &Viewer, case: &Case, entry: &Entry) -> Result<Option<HistoryEntry>, Error> {
    Ok(outside::shown(by, case, entry.heard()?)?.map(entry_of))
}
