//! Watching what happens: a journal as a stream to one caller, who is looked at anew as it goes on.

use std::pin::Pin;
use std::time::Duration;

use contract::common::{Heartbeat, HistoryEntry};
use futures_util::future::BoxFuture;
use futures_util::{Stream, StreamExt as _};
use journal::reader::{Entry, Watched};
use journal::{Heard, Trouble};
use prost_types::Any;
use tonic::Status;

use crate::call::{self, Call};
use crate::house::House;
use crate::refusal::Refusal;
use crate::token::Caller;
use crate::wire;

/// How long a stream on which nothing happens trusts that its caller may still watch.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(5);

/// An item of a watch stream.
#[allow(clippy::large_enum_variant, reason = "almost every item is an entry, and none is kept")]
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// Something happened that the caller may see.
    Entry(HistoryEntry),
    /// Nothing more up to here, for now.
    Heartbeat(Heartbeat),
}

impl House {
    /// Everything after a position, then what comes; each entry as `show` gives it to the caller
    /// as they are then, or not at all. Before every item, and from time to time when nothing
    /// happens, the caller is looked at anew: whoever leaves, or loses the role that opened the
    /// stream, is refused and the stream ends.
    pub fn watch<F, E>(
        &self,
        call: Call,
        after: i64,
        show: F,
    ) -> impl Stream<Item = Result<Seen, Status>> + Send + use<F, E>
    where
        F: Fn(Call, Entry) -> BoxFuture<'static, Result<Option<HistoryEntry>, E>> + Send + 'static,
        E: From<Refusal> + Into<Status> + Send + 'static,
    {
        let watcher = Watcher {
            house: self.clone(),
            call,
            entries: Box::pin(self.journal.watch(after)),
            show,
        };
        futures_util::stream::unfold(Some(watcher), |watcher| async move {
            let mut watcher = watcher?;
            match watcher.next().await.transpose()? {
                Ok(seen) => Some((Ok(seen), Some(watcher))),
                // What was refused once is not tried again on the same stream.
                Err(error) => Some((Err(error.into()), None)),
            }
        })
    }

    /// The call with what is known of its caller now; refused if they may no longer make it.
    pub async fn as_of_now(&self, call: &Call) -> Result<Call, Refusal> {
        let caller = Caller::who(&call.actor);
        let (person, _) = call::known(&caller, &call.method, &self.known).await?;
        Ok(Call { person, ..call.clone() })
    }
}

/// An event as histories and watch streams show it.
pub fn entry_of(heard: Heard) -> HistoryEntry {
    HistoryEntry {
        position: heard.position,
        event_id: heard.id,
        subject: heard.subject,
        occurred_time: Some(wire::time(heard.occurred_at)),
        recorded_time: Some(wire::time(heard.recorded_at)),
        actor: heard.actor,
        correlation: heard.correlation,
        fact: Some(Any {
            type_url: format!("type.googleapis.com/{}", heard.kind),
            value: heard.data,
        }),
        r#type: heard.kind,
    }
}

/// One stream under way.
struct Watcher<F> {
    house: House,
    call: Call,
    entries: Pin<Box<dyn Stream<Item = Result<Watched, Trouble>> + Send>>,
    show: F,
}

impl<F, E> Watcher<F>
where
    F: Fn(Call, Entry) -> BoxFuture<'static, Result<Option<HistoryEntry>, E>>,
    E: From<Refusal>,
{
    /// The next item that the caller may see; `None` when the journal tells no more.
    async fn next(&mut self) -> Result<Option<Seen>, E> {
        loop {
            let came = tokio::time::timeout(LOOK_AGAIN_AFTER, self.entries.next()).await;
            let call = self.house.as_of_now(&self.call).await?;
            match came {
                Err(_nothing_happened) => {}
                Ok(None) => return Ok(None),
                Ok(Some(Err(trouble))) => return Err(Refusal::from(trouble).into()),
                Ok(Some(Ok(Watched::Reached(position)))) => {
                    return Ok(Some(Seen::Heartbeat(Heartbeat { position })));
                }
                Ok(Some(Ok(Watched::Entry(entry)))) => {
                    if let Some(entry) = (self.show)(call, entry).await? {
                        return Ok(Some(Seen::Entry(entry)));
                    }
                }
            }
        }
    }
}
