//! What became of each request in the zone, read back through the public API.

mod agency;

use anyhow::Context as _;
use contract::common::{HistoryEntry, WorkKind};
use contract::dispatch::dispatch_service_client::DispatchServiceClient;
use contract::dispatch::{
    GetLeagueRequest, GetLeagueResponse, ListWorkOrderHistoryRequest, WorkOrder,
    WorkOrderCompleted, WorkOrderContacted, WorkOrderRedCard, WorkOrderYellowCard,
};
use contract::history::GetCheckpointRequest;
use contract::history::history_service_client::HistoryServiceClient;
use contract::request::request_service_client::RequestServiceClient;
use contract::request::{GetTicketRequest, TicketState};
use jiff::{Timestamp, civil};
use proof::{Checkpoint, SignedNote};
use tonic::transport::Channel;

use crate::connection::{Connection, Refused};
use crate::demo::actor::{Actor, RequestIds};
use crate::demo::data::Book;
use crate::demo::player::Played;
use crate::demo::stage::Stage;

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// `CS-2026-000083`.
    pub(crate) number: String,
    /// By when first contact was due.
    pub(crate) contact_due: Option<Timestamp>,
    /// By when the answer was due, in the end.
    pub(crate) reply_due: Option<Timestamp>,
    /// When first contact was made.
    pub(crate) contacted: Option<Timestamp>,
    /// When it was answered.
    pub(crate) completed: Option<Timestamp>,
    /// Whether its history says that first contact was late.
    pub(crate) contacted_late: Option<bool>,
    /// Whether its history says that the answer was late.
    pub(crate) answered_late: Option<bool>,
    /// The enterprise's verdict.
    pub(crate) rating: i32,
    /// Whether it is closed.
    pub(crate) closed: bool,
    /// How many yellow cards its order was given.
    pub(crate) yellow: usize,
    /// How many red cards.
    pub(crate) red: usize,
}

/// Who reads the outcome: a caller who may see all of it.
pub(crate) struct Reader {
    connection: Connection,
    ids: RequestIds,
}

impl Reader {
    /// Reads as a dispatcher, who sees every ticket and order.
    pub(crate) fn on<S: Stage>(stage: &S, book: &Book) -> anyhow::Result<Reader> {
        let reader = book.dispatchers().next().context("没有窗口受理员（no dispatcher）")?;
        let connection = stage.caller(&reader.id)?;
        Ok(Reader { connection, ids: RequestIds::for_purpose("read") })
    }

    /// What became of one request.
    pub(crate) async fn found(&self, played: &Played) -> anyhow::Result<Found> {
        let wanted = GetTicketRequest { ticket: played.ticket.clone(), ..Default::default() };
        let answer = RequestServiceClient::new(self.connection.channel())
            .get_ticket(self.connection.request(wanted))
            .await;
        let ticket = answer.map_err(Refused::from)?.into_inner().ticket.unwrap_or_default();
        let actor = Actor::new(self.connection.clone(), &self.ids);
        let order: WorkOrder = actor.order(&played.work_order).await?;
        let history = self.history(&played.work_order).await?;
        let due = |due: Option<contract::common::Due>| instant(due.and_then(|due| due.time));
        Ok(Found {
            closed: ticket.state() == TicketState::Closed,
            rating: ticket.rating.map_or(0, |rating| rating.level),
            number: ticket.number,
            contact_due: due(order.contact_due)?,
            reply_due: due(order.reply_due)?,
            contacted: instant(order.contacted_time)?,
            completed: instant(order.completed_time)?,
            contacted_late: facts::<WorkOrderContacted>(&history).last().map(|fact| fact.late),
            answered_late: facts::<WorkOrderCompleted>(&history).last().map(|fact| fact.late),
            yellow: facts::<WorkOrderYellowCard>(&history).count(),
            red: facts::<WorkOrderRedCard>(&history).count(),
        })
    }

    async fn history(&self, order: &str) -> anyhow::Result<Vec<HistoryEntry>> {
        let mut entries = Vec::new();
        let mut page_token = String::new();
        loop {
            let wanted = ListWorkOrderHistoryRequest {
                work_order: order.to_owned(),
                page_size: 500,
                page_token,
            };
            let answer = DispatchServiceClient::new(self.connection.channel())
                .list_work_order_history(self.connection.request(wanted))
                .await;
            let mut page = answer.map_err(Refused::from)?.into_inner();
            entries.append(&mut page.entries);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(entries);
            }
        }
    }

    /// The service's own league, of one kind of work.
    pub(crate) async fn league(
        &self,
        kind: WorkKind,
        from: civil::Date,
        to: civil::Date,
    ) -> anyhow::Result<GetLeagueResponse> {
        let date = |date: civil::Date| contract::common::Date {
            year: date.year().into(),
            month: date.month().into(),
            day: date.day().into(),
        };
        let (from_date, to_date) = (Some(date(from)), Some(date(to)));
        let wanted = GetLeagueRequest { from_date, to_date, kind: kind.into(), ..<_>::default() };
        let answer = DispatchServiceClient::new(self.connection.channel())
            .get_league(self.connection.request(wanted))
            .await;
        Ok(answer.map_err(Refused::from)?.into_inner())
    }

    /// The newest checkpoint of a journal, its signature verified.
    pub(crate) async fn checkpoint(&self, journal: &str) -> anyhow::Result<Checkpoint> {
        let wanted = GetCheckpointRequest { journal: journal.to_owned(), size: 0 };
        let mut client: HistoryServiceClient<Channel> =
            HistoryServiceClient::new(self.connection.channel());
        let answer = client.get_checkpoint(self.connection.request(wanted)).await;
        let answer = answer.map_err(Refused::from)?.into_inner();
        let key = answer.verifier_key.parse()?;
        let note = SignedNote::parse(answer.note.as_bytes())?;
        Ok(Checkpoint::open(&note, &key, &[])?.checkpoint)
    }
}

/// The facts of one kind in a history. One that cannot be read is passed over: the comparison
/// will miss it.
fn facts<M: prost::Message + prost::Name + Default>(
    history: &[HistoryEntry],
) -> impl Iterator<Item = M> {
    history.iter().filter_map(|entry| entry.fact.as_ref()?.to_msg::<M>().ok())
}

/// An instant of the wire, if there is one.
pub(crate) fn instant(time: Option<prost_types::Timestamp>) -> anyhow::Result<Option<Timestamp>> {
    time.map(|time| Timestamp::new(time.seconds, time.nanos))
        .transpose()
        .context("时刻超出范围（an instant out of range）")
}
