//! OperationsService: what an operator looks at when something does not move.

use std::collections::BTreeMap;
use std::sync::Arc;

use contract::operations::operations_service_server::OperationsService;
use contract::operations::{
    GetBacklogRequest, GetBacklogResponse, Heard, ListParkedRequest, ListParkedResponse, Notified,
    ParkedEvent, ReplayParkedRequest, ReplayParkedResponse,
};
use jiff::Timestamp;
use journal::{Carrier as _, Ear, Trouble};
use tonic::{Request, Response, Status};

use crate::house::House;
use crate::notices::Webhook;
use crate::refusal::Refusal;
use crate::wire;

/// Shows and mends the traffic of the services of this process.
#[derive(Clone)]
pub struct Operations(BTreeMap<&'static str, Traffic>);

/// What a service hears and whom it tells.
#[derive(Clone)]
pub struct Traffic {
    /// The service.
    pub house: House,
    /// What it does with what it hears.
    pub ear: Arc<dyn Ear>,
    /// Who outside is told.
    pub webhooks: Vec<Arc<Webhook>>,
    /// Whether its events go through a broker.
    pub publishes: bool,
}

impl Operations {
    /// The traffic of these services.
    pub fn new(services: impl IntoIterator<Item = Traffic>) -> Operations {
        Operations(services.into_iter().map(|each| (each.house.journal.name(), each)).collect())
    }

    async fn enter<M: prost::Message + prost::Name>(
        &self,
        request: &Request<M>,
        journal: &str,
    ) -> Result<&Traffic, Refusal> {
        let not_served = || Refusal::JournalNotServed { journal: journal.to_owned() };
        let named = self.0.get(journal);
        let Traffic { house, .. } =
            named.or_else(|| self.0.values().next()).ok_or_else(not_served)?;
        house.admit(request).await?;
        named.ok_or_else(not_served)
    }
}

/// Where a page of parked events begins: after a source and a position.
type Cursor = (String, i64);

#[tonic::async_trait]
impl OperationsService for Operations {
    async fn list_parked(
        &self,
        request: Request<ListParkedRequest>,
    ) -> Result<Response<ListParkedResponse>, Status> {
        let asked = request.get_ref();
        let Traffic { house, .. } = self.enter(&request, &asked.journal).await?;
        let page = house.pages.page::<_, Cursor>("ListParked", asked)?;
        let (source, position) = page.after.clone().unwrap_or_default();
        let limit = i64::try_from(page.limit()).unwrap_or(i64::MAX);
        let parked = house.journal.list_parked((&source, position), limit).await;
        let cursor = |last: &journal::parked::Parked| (last.source.clone(), last.position);
        let (parked, next) = house.pages.cut(&page, parked.map_err(Refusal::from)?, cursor)?;
        let events = parked.into_iter().map(|parked| ParkedEvent {
            source: parked.source,
            position: parked.position,
            subject: parked.subject,
            r#type: parked.kind,
            problem: parked.problem,
            parked_time: Some(wire::time(parked.parked_at)),
        });
        Ok(Response::new(ListParkedResponse { events: events.collect(), next_page_token: next }))
    }

    async fn replay_parked(
        &self,
        request: Request<ReplayParkedRequest>,
    ) -> Result<Response<ReplayParkedResponse>, Status> {
        let asked = request.get_ref();
        let Traffic { house, ear, .. } = self.enter(&request, &asked.journal).await?;
        let replaying = house.journal.replay_parked(Arc::clone(ear), &asked.source, &asked.subject);
        let replay = replaying.await.map_err(Refusal::from)?;
        Ok(Response::new(ReplayParkedResponse {
            applied: count(replay.applied),
            left: count(replay.left),
            problem: replay.problem.unwrap_or_default(),
        }))
    }

    async fn get_backlog(
        &self,
        request: Request<GetBacklogRequest>,
    ) -> Result<Response<GetBacklogResponse>, Status> {
        let asked = request.get_ref();
        let traffic = self.enter(&request, &asked.journal).await?;
        Ok(Response::new(traffic.backlog().await.map_err(Refusal::from)?))
    }
}

impl Traffic {
    /// How far the service is behind.
    pub async fn backlog(&self) -> Result<GetBacklogResponse, Trouble> {
        let journal = &self.house.journal;
        let now = journal.sources().clock.now();
        let heard = journal.heard(self.ear.sources()).await?;
        let checkpoint = journal.checkpoint(None).await?;
        let sealed = checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size);
        let sealed_at =
            checkpoint.map(|checkpoint| Timestamp::from_microsecond(checkpoint.sealed_at));
        let unsealed = journal.entries(sealed, 1).await?;
        let unsealed = unsealed.first().map(journal::reader::Entry::heard).transpose()?;
        let alarm = journal.next_alarm().await?.filter(|due_at| *due_at <= now);
        let mut notices = Vec::with_capacity(self.webhooks.len());
        for webhook in &self.webhooks {
            let (receiver, position) = (webhook.name().to_owned(), webhook.position().await?);
            notices.push(Notified { receiver, position });
        }
        Ok(GetBacklogResponse {
            position: journal.head().await?,
            published: journal.published().await?,
            sealed,
            heard: heard.into_iter().map(|(source, position)| Heard { source, position }).collect(),
            parked: journal.count_parked().await?,
            alarms_due: journal.count_due_alarms().await?,
            sealed_time: sealed_at.and_then(Result::ok).map(wire::time),
            unsealed_time: unsealed.map(|heard| wire::time(heard.recorded_at)),
            alarm_due_time: alarm.map(wire::time),
            present_time: Some(wire::time(now)),
            notices,
            publishes: self.publishes,
        })
    }
}

fn count(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
