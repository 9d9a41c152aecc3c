//! Services that answer, wait or hang as a test needs it.

use std::future::pending;
use std::sync::Arc;

use contract::history::history_service_server::{HistoryService, HistoryServiceServer};
use contract::history::{
    AddCosignatureRequest, AddCosignatureResponse, GetCheckpointRequest, GetCheckpointResponse,
    GetConsistencyProofRequest, GetConsistencyProofResponse, GetInclusionProofRequest,
    GetInclusionProofResponse, GetTimelineRequest, GetTimelineResponse, ListCheckpointsRequest,
    ListCheckpointsResponse, ListCosignaturesRequest, ListCosignaturesResponse, ReadJournalRequest,
    ReadJournalResponse,
};
use contract::operations::operations_service_server::{OperationsService, OperationsServiceServer};
use contract::operations::{
    GetBacklogRequest, GetBacklogResponse, ListParkedRequest, ListParkedResponse,
    ReplayParkedRequest, ReplayParkedResponse,
};
use tokio::sync::Notify;
use tokio_stream::Pending;
use tonic::{Request, Response, Status};

/// What a test waits for and lets happen.
#[derive(Debug, Default)]
pub(super) struct Behaviour {
    /// A call that waits or hangs has begun.
    pub(super) begun: Notify,
    /// Lets a call that waits go on.
    pub(super) go_on: Notify,
}

/// `GetBacklog` answers, `ListParked` waits, `ReplayParked` hangs.
#[derive(Debug)]
pub(super) struct Operations(Arc<Behaviour>);

impl Operations {
    pub(super) fn server(behaviour: &Arc<Behaviour>) -> OperationsServiceServer<Operations> {
        OperationsServiceServer::new(Operations(behaviour.clone()))
    }
}

#[tonic::async_trait]
impl OperationsService for Operations {
    async fn list_parked(
        &self,
        _: Request<ListParkedRequest>,
    ) -> Result<Response<ListParkedResponse>, Status> {
        self.0.begun.notify_one();
        self.0.go_on.notified().await;
        Ok(Response::new(Default::default()))
    }

    async fn replay_parked(
        &self,
        _: Request<ReplayParkedRequest>,
    ) -> Result<Response<ReplayParkedResponse>, Status> {
        self.0.begun.notify_one();
        pending().await
    }

    async fn get_backlog(
        &self,
        request: Request<GetBacklogRequest>,
    ) -> Result<Response<GetBacklogResponse>, Status> {
        match request.into_inner().journal.as_str() {
            "" => Ok(Response::new(Default::default())),
            _ => Err(Status::not_found("not here")),
        }
    }
}

/// `ReadJournal` never says anything and never ends.
#[derive(Debug)]
pub(super) struct History;

impl History {
    pub(super) fn server() -> HistoryServiceServer<History> {
        HistoryServiceServer::new(History)
    }
}

#[tonic::async_trait]
impl HistoryService for History {
    async fn get_checkpoint(
        &self,
        _: Request<GetCheckpointRequest>,
    ) -> Result<Response<GetCheckpointResponse>, Status> {
        Ok(Response::new(Default::default()))
    }

    async fn get_inclusion_proof(
        &self,
        _: Request<GetInclusionProofRequest>,
    ) -> Result<Response<GetInclusionProofResponse>, Status> {
        Ok(Response::new(Default::default()))
    }

    async fn get_consistency_proof(
        &self,
        _: Request<GetConsistencyProofRequest>,
    ) -> Result<Response<GetConsistencyProofResponse>, Status> {
        Ok(Response::new(Default::default()))
    }

    type ReadJournalStream = Pending<Result<ReadJournalResponse, Status>>;

    async fn read_journal(
        &self,
        _: Request<ReadJournalRequest>,
    ) -> Result<Response<Self::ReadJournalStream>, Status> {
        Ok(Response::new(tokio_stream::pending()))
    }

    async fn get_timeline(
        &self,
        _: Request<GetTimelineRequest>,
    ) -> Result<Response<GetTimelineResponse>, Status> {
        Ok(Response::new(Default::default()))
    }

    async fn list_checkpoints(
        &self,
        _: Request<ListCheckpointsRequest>,
    ) -> Result<Response<ListCheckpointsResponse>, Status> {
        Ok(Response::new(Default::default()))
    }

    async fn add_cosignature(
        &self,
        _: Request<AddCosignatureRequest>,
    ) -> Result<Response<AddCosignatureResponse>, Status> {
        Ok(Response::new(Default::default()))
    }

    async fn list_cosignatures(
        &self,
        _: Request<ListCosignaturesRequest>,
    ) -> Result<Response<ListCosignaturesResponse>, Status> {
        Ok(Response::new(Default::default()))
    }
}
