//! HistoryService: the provable history of every service in this process.

mod error;
mod timeline;
mod witness;

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;

use contract::history::history_service_server::HistoryService;
use contract::history::{
    AddCosignatureRequest, AddCosignatureResponse, GetCheckpointRequest, GetCheckpointResponse,
    GetConsistencyProofRequest, GetConsistencyProofResponse, GetInclusionProofRequest,
    GetInclusionProofResponse, GetTimelineRequest, GetTimelineResponse, ListCheckpointsRequest,
    ListCheckpointsResponse, ListCosignaturesRequest, ListCosignaturesResponse, ListedCheckpoint,
    ReadJournalRequest, ReadJournalResponse, TimelineEntry,
};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use journal::Journal;
use journal::tree::StoredCheckpoint;
use proof::VerifierKey;
use tonic::{Request, Response, Status};

pub use error::HistoryError;

use crate::house::House;
use crate::refusal::Refusal;
use crate::watching::entry_of;
use crate::wire;

/// Shows the journals of this process.
#[derive(Clone)]
pub struct History {
    houses: BTreeMap<&'static str, House>,
    witnesses: Arc<[VerifierKey]>,
}

impl History {
    /// The history of these services, whose checkpoints these witnesses may cosign.
    pub fn new(houses: impl IntoIterator<Item = House>, witnesses: &[VerifierKey]) -> History {
        let houses = houses.into_iter().map(|house| (house.journal.name(), house)).collect();
        History { houses, witnesses: witnesses.into() }
    }

    /// The house whose journal is asked for. Who may call is known in any house; it is asked of
    /// the one that is named, or of the first when that one is not served.
    async fn enter<M: prost::Message + prost::Name>(
        &self,
        request: &Request<M>,
        journal: &str,
    ) -> Result<&House, HistoryError> {
        let not_served = || Refusal::JournalNotServed { journal: journal.to_owned() };
        let named = self.houses.get(journal);
        let house = named.or_else(|| self.houses.values().next()).ok_or_else(not_served)?;
        house.admit(request).await?;
        Ok(named.ok_or_else(not_served)?)
    }
}

impl History {
    /// A house to ask who may call: the one that the call wants to have heard of, or any.
    fn any<M>(&self, request: &Request<M>) -> Result<&House, HistoryError> {
        let after = request.metadata().get("whistle-after").and_then(|value| value.to_str().ok());
        let named = after.and_then(|after| self.houses.get(after.split('@').next()?));
        let none = || Refusal::JournalNotServed { journal: String::new() };
        Ok(named.or_else(|| self.houses.values().next()).ok_or_else(none)?)
    }
}

/// The checkpoint of a size; 0 asks for the newest.
async fn checkpoint(journal: &Journal, size: i64) -> Result<StoredCheckpoint, HistoryError> {
    let wanted = (size != 0).then_some(size);
    match journal.checkpoint(wanted).await? {
        Some(stored) => Ok(stored),
        None if size == 0 => Err(HistoryError::NothingSealed { entries: journal.head().await? }),
        None => Err(HistoryError::CheckpointNotFound { size }),
    }
}

fn sealed_at(checkpoint: &StoredCheckpoint) -> Timestamp {
    Timestamp::from_microsecond(checkpoint.sealed_at).unwrap_or_default()
}

#[tonic::async_trait]
impl HistoryService for History {
    async fn get_checkpoint(
        &self,
        request: Request<GetCheckpointRequest>,
    ) -> Result<Response<GetCheckpointResponse>, Status> {
        let asked = request.get_ref();
        let journal = &self.enter(&request, &asked.journal).await?.journal;
        let stored = checkpoint(journal, asked.size).await?;
        let signer = journal.signer().await.map_err(HistoryError::from)?;
        Ok(Response::new(GetCheckpointResponse {
            verifier_key: signer.map(|(_, key)| key).unwrap_or_default(),
            size: stored.size,
            note: stored.note.clone(),
            sealed_time: Some(wire::time(sealed_at(&stored))),
        }))
    }

    async fn get_inclusion_proof(
        &self,
        request: Request<GetInclusionProofRequest>,
    ) -> Result<Response<GetInclusionProofResponse>, Status> {
        let GetInclusionProofRequest { ref journal, position, size } = *request.get_ref();
        let journal = &self.enter(&request, journal).await?.journal;
        let stored = checkpoint(journal, size).await?;
        if stored.size < position {
            return Err(HistoryError::PositionNotSealed { position, size: stored.size }.into());
        }
        let hashes =
            journal.inclusion_proof(position, stored.size).await.map_err(HistoryError::from)?;
        let entries = journal.entries(position - 1, 1).await.map_err(HistoryError::from)?;
        let missing = || HistoryError::from(Refusal::damaged(format!("no entry at {position}")));
        let entry = entries.first().ok_or_else(missing)?;
        Ok(Response::new(GetInclusionProofResponse {
            leaf_index: position - 1,
            tree_size: stored.size,
            leaf_hash: proof::leaf_hash(&entry.envelope).0.to_vec(),
            hashes: hashes.into_iter().map(|hash| hash.0.to_vec()).collect(),
            note: stored.note,
        }))
    }

    async fn get_consistency_proof(
        &self,
        request: Request<GetConsistencyProofRequest>,
    ) -> Result<Response<GetConsistencyProofResponse>, Status> {
        let GetConsistencyProofRequest { ref journal, from_size, to_size } = *request.get_ref();
        let journal = &self.enter(&request, journal).await?.journal;
        let from = checkpoint(journal, from_size).await?.size;
        let to = checkpoint(journal, to_size).await?.size;
        if to < from {
            return Err(HistoryError::CheckpointNotFound { size: to_size }.into());
        }
        let hashes = journal.consistency_proof(from, to).await.map_err(HistoryError::from)?;
        Ok(Response::new(GetConsistencyProofResponse {
            from_size: from,
            to_size: to,
            hashes: hashes.into_iter().map(|hash| hash.0.to_vec()).collect(),
        }))
    }

    type ReadJournalStream =
        Pin<Box<dyn Stream<Item = Result<ReadJournalResponse, Status>> + Send>>;

    async fn read_journal(
        &self,
        request: Request<ReadJournalRequest>,
    ) -> Result<Response<Self::ReadJournalStream>, Status> {
        let ReadJournalRequest { ref journal, after } = *request.get_ref();
        let journal = self.enter(&request, journal).await?.journal.clone();
        // The end is the head at the time of asking: what comes later is not waited for.
        let head = journal.head().await.map_err(HistoryError::from)?;
        let pages = futures_util::stream::try_unfold(
            (journal, after),
            move |(journal, after)| async move {
                let mut entries = journal.entries(after, journal::reader::ENTRIES_PER_READ).await?;
                entries.retain(|entry| entry.position <= head);
                let Some(last) = entries.last().map(|entry| entry.position) else {
                    return Ok(None);
                };
                Ok::<_, journal::Trouble>(Some((entries, (journal, last))))
            },
        );
        let entries = pages
            .map_ok(|entries| futures_util::stream::iter(entries).map(Ok::<_, journal::Trouble>))
            .try_flatten()
            .map_ok(|entry| ReadJournalResponse {
                position: entry.position,
                envelope: entry.envelope,
            })
            .map_err(|trouble| Status::from(HistoryError::from(trouble)));
        Ok(Response::new(Box::pin(entries)))
    }

    async fn get_timeline(
        &self,
        request: Request<GetTimelineRequest>,
    ) -> Result<Response<GetTimelineResponse>, Status> {
        let asked = request.get_ref();
        let house = self.any(&request)?;
        house.admit(&request).await?;
        let page = house.pages.page::<_, timeline::Cursor>("GetTimeline", asked)?;
        let journals = self.houses.values().map(|house| &house.journal);
        let after = page.after.clone().unwrap_or_default();
        let read = timeline::read(journals, &asked.correlation, after, page.limit()).await;
        let read = read.map_err(HistoryError::from)?;
        let (read, next) = house.pages.cut(&page, read, |(_, cursor)| cursor.clone())?;
        let entries = read.into_iter().map(|(heard, _)| TimelineEntry {
            journal: heard.source.clone(),
            entry: Some(entry_of(heard)),
        });
        Ok(Response::new(GetTimelineResponse { entries: entries.collect(), next_page_token: next }))
    }

    async fn list_checkpoints(
        &self,
        request: Request<ListCheckpointsRequest>,
    ) -> Result<Response<ListCheckpointsResponse>, Status> {
        let asked = request.get_ref();
        let house = self.enter(&request, &asked.journal).await?;
        let page = house.pages.page::<_, i64>("ListCheckpoints", asked)?;
        let limit = i64::try_from(page.limit()).unwrap_or(i64::MAX);
        let stored = house.journal.checkpoints_before(page.after.unwrap_or(i64::MAX), limit).await;
        let stored = stored.map_err(HistoryError::from)?;
        let (stored, next) = house.pages.cut(&page, stored, |last| last.size)?;
        let checkpoints = stored.into_iter().map(|stored| ListedCheckpoint {
            size: stored.size,
            sealed_time: Some(wire::time(sealed_at(&stored))),
            note: stored.note,
        });
        let checkpoints = checkpoints.collect();
        Ok(Response::new(ListCheckpointsResponse { checkpoints, next_page_token: next }))
    }

    async fn add_cosignature(
        &self,
        request: Request<AddCosignatureRequest>,
    ) -> Result<Response<AddCosignatureResponse>, Status> {
        let asked = request.get_ref();
        let journal = &self.enter(&request, &asked.journal).await?.journal;
        let stored = checkpoint(journal, asked.size).await?;
        let kept = witness::add(journal, &stored, &self.witnesses, &asked.line).await?;
        Ok(Response::new(AddCosignatureResponse { cosignature: Some(kept) }))
    }

    async fn list_cosignatures(
        &self,
        request: Request<ListCosignaturesRequest>,
    ) -> Result<Response<ListCosignaturesResponse>, Status> {
        let asked = request.get_ref();
        let journal = &self.enter(&request, &asked.journal).await?.journal;
        let stored = checkpoint(journal, asked.size).await?;
        Ok(Response::new(witness::list(journal, &stored, &self.witnesses).await?))
    }
}
