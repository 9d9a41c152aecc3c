//! The RPCs of request: read the message, do one thing, answer.

mod again;
mod changing;
mod ending;
mod evidence;
mod history;
mod intake;
mod outside;
mod reading;
mod verdict;
mod work;

use std::pin::Pin;

use base::{Role, TicketId};
use contract::request::request_service_server::RequestService;
use contract::request::{
    AcceptTicketRequest, AcceptTicketResponse, AnswerTicketRequest, AnswerTicketResponse,
    AppealTicketRequest, AppealTicketResponse, CloseTicketRequest, CloseTicketResponse,
    DecideAppealRequest, DecideAppealResponse, DecideExplanationRequest, DecideExplanationResponse,
    DownloadEvidenceRequest, DownloadEvidenceResponse, EraseContactRequest, EraseContactResponse,
    GetTicketRequest, GetTicketResponse, ListTicketHistoryRequest, ListTicketHistoryResponse,
    ListTicketsRequest, ListTicketsResponse, MergeTicketRequest, MergeTicketResponse,
    ProposeExplanationRequest, ProposeExplanationResponse, RateTicketRequest, RateTicketResponse,
    RecordCallBackRequest, RecordCallBackResponse, RedoTicketRequest, RedoTicketResponse,
    RejectTicketRequest, RejectTicketResponse, ReopenTicketRequest, ReopenTicketResponse,
    ResumePlanRequest, ResumePlanResponse, SplitTicketRequest, SplitTicketResponse,
    SubmitTicketRequest, SubmitTicketResponse, SupplementTicketRequest, SupplementTicketResponse,
    Ticket as WireTicket, UploadEvidenceRequest, UploadEvidenceResponse, VerifyRatingRequest,
    VerifyRatingResponse, WatchTicketsRequest, WatchTicketsResponse, WithdrawTicketRequest,
    WithdrawTicketResponse,
};
use futures_util::Stream;
use journal::Trouble;
use prost::{Message, Name};
use runtime::wire::time;
use runtime::{Call, Changed, House, Problem, Refusal, Room};
use tonic::{Request, Response, Status, Streaming};

use crate::error::Error;
use crate::lifecycle::{Ticket, Viewer};
use crate::store::Tickets;

/// The door for calls. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    house: House,
    room: Room<Tickets>,
}

/// A call that has been let in, and who makes it.
struct Asking {
    call: Call,
    by: Viewer,
}

#[tonic::async_trait]
impl RequestService for Api {
    async fn submit_ticket(
        &self,
        request: Request<SubmitTicketRequest>,
    ) -> Result<Response<SubmitTicketResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.submit(&asking, request.into_inner()).await?;
        self.answer(&asking, changed, |ticket| SubmitTicketResponse { ticket }).await
    }

    async fn accept_ticket(
        &self,
        request: Request<AcceptTicketRequest>,
    ) -> Result<Response<AcceptTicketResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.accept(&asking, request.into_inner()).await?;
        self.answer(&asking, changed, |ticket| AcceptTicketResponse { ticket }).await
    }

    async fn reject_ticket(
        &self,
        request: Request<RejectTicketRequest>,
    ) -> Result<Response<RejectTicketResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.reject(&asking, request.into_inner()).await?;
        self.answer(&asking, changed, |ticket| RejectTicketResponse { ticket }).await
    }

    async fn merge_ticket(
        &self,
        request: Request<MergeTicketRequest>,
    ) -> Result<Response<MergeTicketResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.merge(&asking, request.into_inner()).await?;
        self.answer(&asking, changed, |ticket| MergeTicketResponse { ticket }).await
    }

    async fn split_ticket(
        &self,
        request: Request<SplitTicketRequest>,
    ) -> Result<Response<SplitTicketResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.split(&asking, request.into_inner()).await?;
        self.answer(&asking, changed, |ticket| SplitTicketResponse { ticket }).await
    }

    async fn answer_ticket(
        &self,
        request: Request<AnswerTicketRequest>,
    ) -> Result<Response<AnswerTicketResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.answer_directly(&asking, request.into_inner()).await?;
        self.answer(&asking, changed, |ticket| AnswerTicketResponse { ticket }).await
    }

    async fn supplement_ticket(
        &self,
        request: Request<SupplementTicketRequest>,
    ) -> Result<Response<SupplementTicketResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.supplement(&asking, request.into_inner()).await?;
        self.answer(&asking, changed, |ticket| SupplementTicketResponse { ticket }).await
    }

    async fn upload_evidence(
        &self,
        request: Request<Streaming<UploadEvidenceRequest>>,
    ) -> Result<Response<UploadEvidenceResponse>, Status> {
        let call = self.house.admit_stream(&request).await?;
        let by = self.viewer(&call).await?;
        let asking = Asking { call, by };
        Ok(self.upload(asking, request.into_inner()).await?)
    }

    type DownloadEvidenceStream =
        Pin<Box<dyn Stream<Item = Result<DownloadEvidenceResponse, Status>> + Send>>;

    async fn download_evidence(
        &self,
        request: Request<DownloadEvidenceRequest>,
    ) -> Result<Response<Self::DownloadEvidenceStream>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(Response::new(Box::pin(self.download(&asking, request.get_ref()).await?)))
    }

    async fn withdraw_ticket(
        &self,
        request: Request<WithdrawTicketRequest>,
    ) -> Result<Response<WithdrawTicketResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.withdraw(&asking, request.into_inner()).await?;
        self.answer(&asking, changed, |ticket| WithdrawTicketResponse { ticket }).await
    }

    async fn record_call_back(
        &self,
        request: Request<RecordCallBackRequest>,
    ) -> Result<Response<RecordCallBackResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.call_back(&asking, request.into_inner()).await?;
        self.answer(&asking, changed, |ticket| RecordCallBackResponse { ticket }).await
    }

    async fn rate_ticket(
        &self,
        request: Request<RateTicketRequest>,
    ) -> Result<Response<RateTicketResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.rate(&asking, request.into_inner()).await?;
        self.answer(&asking, changed, |ticket| RateTicketResponse { ticket }).await
    }

    async fn verify_rating(
        &self,
        request: Request<VerifyRatingRequest>,
    ) -> Result<Response<VerifyRatingResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.verify_rating(&asking, request.into_inner()).await?;
        self.answer(&asking, changed, |ticket| VerifyRatingResponse { ticket }).await
    }

    async fn redo_ticket(
        &self,
        request: Request<RedoTicketRequest>,
    ) -> Result<Response<RedoTicketResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.redo(&asking, request.into_inner()).await?;
        self.answer(&asking, changed, |ticket| RedoTicketResponse { ticket }).await
    }

    async fn propose_explanation(
        &self,
        request: Request<ProposeExplanationRequest>,
    ) -> Result<Response<ProposeExplanationResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.propose_explanation(&asking, request.into_inner()).await?;
        self.answer(&asking, changed, |ticket| ProposeExplanationResponse { ticket }).await
    }

    async fn decide_explanation(
        &self,
        request: Request<DecideExplanationRequest>,
    ) -> Result<Response<DecideExplanationResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.decide_explanation(&asking, request.into_inner()).await?;
        self.answer(&asking, changed, |ticket| DecideExplanationResponse { ticket }).await
    }

    async fn resume_plan(
        &self,
        request: Request<ResumePlanRequest>,
    ) -> Result<Response<ResumePlanResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.resume_plan(&asking, request.into_inner()).await?;
        self.answer(&asking, changed, |ticket| ResumePlanResponse { ticket }).await
    }

    async fn close_ticket(
        &self,
        request: Request<CloseTicketRequest>,
    ) -> Result<Response<CloseTicketResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.close(&asking, request.into_inner()).await?;
        self.answer(&asking, changed, |ticket| CloseTicketResponse { ticket }).await
    }

    async fn reopen_ticket(
        &self,
        request: Request<ReopenTicketRequest>,
    ) -> Result<Response<ReopenTicketResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.reopen(&asking, request.into_inner()).await?;
        self.answer(&asking, changed, |ticket| ReopenTicketResponse { ticket }).await
    }

    async fn appeal_ticket(
        &self,
        request: Request<AppealTicketRequest>,
    ) -> Result<Response<AppealTicketResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.appeal(&asking, request.into_inner()).await?;
        self.answer(&asking, changed, |ticket| AppealTicketResponse { ticket }).await
    }

    async fn decide_appeal(
        &self,
        request: Request<DecideAppealRequest>,
    ) -> Result<Response<DecideAppealResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.decide_appeal(&asking, request.into_inner()).await?;
        self.answer(&asking, changed, |ticket| DecideAppealResponse { ticket }).await
    }

    async fn erase_contact(
        &self,
        request: Request<EraseContactRequest>,
    ) -> Result<Response<EraseContactResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.erase(&asking, request.into_inner()).await?;
        let erased_time = changed.thing.contact_erased_at.map(time);
        Ok(self.respond(&asking, &changed, EraseContactResponse { erased_time }))
    }

    async fn get_ticket(
        &self,
        request: Request<GetTicketRequest>,
    ) -> Result<Response<GetTicketResponse>, Status> {
        let mut asking = self.let_in(&request).await?;
        let found = self.find(&asking.by, request.get_ref()).await?;
        if !request.get_ref().reveal_contact {
            let ticket = Some(self.masked(&asking.by, &found).await?);
            return Ok(Response::new(GetTicketResponse { ticket }));
        }
        asking.acts_as(&asking.by.contact_shown_as(&found))?;
        let changed = self.read_contact(&asking, found.id).await?;
        let ticket = Some(self.revealed(&asking.by, &changed.thing).await?);
        Ok(self.respond(&asking, &changed, GetTicketResponse { ticket }))
    }

    async fn list_tickets(
        &self,
        request: Request<ListTicketsRequest>,
    ) -> Result<Response<ListTicketsResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(Response::new(self.list(&asking, request.get_ref()).await?))
    }

    async fn list_ticket_history(
        &self,
        request: Request<ListTicketHistoryRequest>,
    ) -> Result<Response<ListTicketHistoryResponse>, Status> {
        let call = self.house.admit(&request).await?;
        Ok(Response::new(self.history(&call, request.get_ref()).await?))
    }

    type WatchTicketsStream =
        Pin<Box<dyn Stream<Item = Result<WatchTicketsResponse, Status>> + Send>>;

    async fn watch_tickets(
        &self,
        request: Request<WatchTicketsRequest>,
    ) -> Result<Response<Self::WatchTicketsStream>, Status> {
        let call = self.house.admit(&request).await?;
        Ok(Response::new(Box::pin(self.watch(call, request.get_ref().resume_after))))
    }
}

impl Asking {
    /// Goes on in one of these roles, if there is any: if a deputation alone gives it, what is done
    /// is recorded as both. Where there is none, the rules say what that means.
    fn acts_as(&mut self, roles: &[Role]) -> Result<(), Refusal> {
        if !roles.is_empty() {
            self.call.needs(roles)?;
            self.by.actor = self.call.actor.clone();
        }
        Ok(())
    }
}

impl Api {
    /// The door of this house.
    pub fn new(house: House, room: Room<Tickets>) -> Api {
        Api { house, room }
    }

    /// Lets a call in, with what is known of who makes it.
    async fn let_in<M: Message + Name>(&self, request: &Request<M>) -> Result<Asking, Refusal> {
        let call = self.house.admit(request).await?;
        let by = self.viewer(&call).await?;
        Ok(Asking { call, by })
    }

    /// Answers with the ticket as it now is, its contact masked.
    async fn answer<M>(
        &self,
        asking: &Asking,
        changed: Changed<Ticket>,
        response: fn(Option<WireTicket>) -> M,
    ) -> Result<Response<M>, Status> {
        let ticket = Some(self.masked(&asking.by, &changed.thing).await?);
        Ok(self.respond(asking, &changed, response(ticket)))
    }

    fn respond<M>(&self, asking: &Asking, changed: &Changed<Ticket>, message: M) -> Response<M> {
        let position = Some((self.house.journal.name(), changed.position));
        asking.call.answer(position, changed.replayed, message)
    }
}

/// Reads the name of a ticket.
fn id(field: &'static str, name: &str) -> Result<TicketId, Refusal> {
    TicketId::parse(name).map_err(|error| Refusal::name(field, &error))
}

fn required(field: &'static str) -> Refusal {
    Refusal::field(field, Problem::Required)
}

/// Whether a unit failed because another took the same name first.
fn lost_a_race(error: &Error) -> bool {
    let Error::Common(Refusal::Trouble(trouble @ Trouble::Database(_))) = error else {
        return false;
    };
    // Unique violations of PostgreSQL and of SQLite.
    matches!(trouble.database_code().as_deref(), Some("23505" | "2067" | "1555"))
}
