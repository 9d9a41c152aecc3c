//! HistoryService: the provable history of every service in this process.

use std::collections::BTreeMap;
use std::pin::Pin;

use contract::history::history_service_server::HistoryService;
use contract::history::{
    GetCheckpointRequest, GetCheckpointResponse, GetConsistencyProofRequest,
    GetConsistencyProofResponse, GetInclusionProofRequest, GetInclusionProofResponse,
    ReadJournalRequest, ReadJournalResponse, Reason,
};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use journal::Journal;
use journal::tree::StoredCheckpoint;
use tonic::{Code, Request, Response, Status};

use crate::fault::{self, Fault, Verdict};
use crate::house::House;
use crate::refusal::Refusal;
use crate::wire;

/// Shows the journals of this process.
#[derive(Clone)]
pub struct History(BTreeMap<&'static str, House>);

/// Why something of a history cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// No checkpoint of that size.
    #[error("there is no checkpoint of {size} entries")]
    CheckpointNotFound {
        /// The size; 0 for the newest.
        size: i64,
    },
    /// The entry is not in that tree.
    #[error("the entry {position} is not in the tree of {size} entries")]
    PositionNotSealed {
        /// The entry.
        position: i64,
        /// The tree.
        size: i64,
    },
    /// A refusal that all services have alike.
    #[error(transparent)]
    Common(#[from] Refusal),
}

impl Fault for HistoryError {
    const DOMAIN: &'static str = "history.whistle";

    #[rustfmt::skip]
    fn verdict(&self) -> Verdict {
        match self {
            HistoryError::CheckpointNotFound { size } =>
                Verdict::told(Code::NotFound, Reason::CheckpointNotFound.as_str_name(),
                    "没有该大小的检查点；可先查询最新检查点。").with("size", size),
            HistoryError::PositionNotSealed { position, size } =>
                Verdict::told(Code::FailedPrecondition, Reason::PositionNotSealed.as_str_name(),
                    "该条记录尚未封存，或不在所指的检查点之内；请稍后再试或换用更新的检查点。")
                    .with("position", position).with("size", size),
            HistoryError::Common(refusal) => refusal.verdict(),
        }
    }
}

impl From<HistoryError> for Status {
    fn from(error: HistoryError) -> Status {
        fault::status(&error)
    }
}

impl From<journal::Trouble> for HistoryError {
    fn from(trouble: journal::Trouble) -> HistoryError {
        Refusal::from(trouble).into()
    }
}

impl History {
    /// The history of these services.
    pub fn new(houses: impl IntoIterator<Item = House>) -> History {
        History(houses.into_iter().map(|house| (house.journal.name(), house)).collect())
    }

    /// The house whose journal is asked for. Who may call is known in any house; it is asked of
    /// the one that is named, or of the first when that one is not served.
    async fn enter<M: prost::Message + prost::Name>(
        &self,
        request: &Request<M>,
        journal: &str,
    ) -> Result<&Journal, HistoryError> {
        let not_served = || Refusal::JournalNotServed { journal: journal.to_owned() };
        let named = self.0.get(journal);
        let house = named.or_else(|| self.0.values().next()).ok_or_else(not_served)?;
        house.admit(request).await?;
        Ok(&named.ok_or_else(not_served)?.journal)
    }
}

/// The checkpoint of a size; 0 asks for the newest.
async fn checkpoint(journal: &Journal, size: i64) -> Result<StoredCheckpoint, HistoryError> {
    let wanted = (size != 0).then_some(size);
    journal.checkpoint(wanted).await?.ok_or(HistoryError::CheckpointNotFound { size })
}

#[tonic::async_trait]
impl HistoryService for History {
    async fn get_checkpoint(
        &self,
        request: Request<GetCheckpointRequest>,
    ) -> Result<Response<GetCheckpointResponse>, Status> {
        let asked = request.get_ref();
        let journal = self.enter(&request, &asked.journal).await?;
        let stored = checkpoint(journal, asked.size).await?;
        let signer = journal.signer().await.map_err(HistoryError::from)?;
        let sealed_at = Timestamp::from_microsecond(stored.sealed_at).unwrap_or_default();
        Ok(Response::new(GetCheckpointResponse {
            note: stored.note,
            verifier_key: signer.map(|(_, key)| key).unwrap_or_default(),
            size: stored.size,
            sealed_time: Some(wire::time(sealed_at)),
        }))
    }

    async fn get_inclusion_proof(
        &self,
        request: Request<GetInclusionProofRequest>,
    ) -> Result<Response<GetInclusionProofResponse>, Status> {
        let GetInclusionProofRequest { ref journal, position, size } = *request.get_ref();
        let journal = self.enter(&request, journal).await?;
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
        let journal = self.enter(&request, journal).await?;
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
        let journal = self.enter(&request, journal).await?.clone();
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
}
