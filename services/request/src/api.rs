//! The RPCs of request: read the message, do one thing, answer.

mod history;
mod submit;

use std::pin::Pin;

use base::{DepartmentId, EnterpriseId, Role, TicketId};
use contract::request::request_service_server::RequestService;
use contract::request::{
    AcceptTicketRequest, AcceptTicketResponse, CloseTicketRequest, CloseTicketResponse, Contact,
    GetTicketRequest, GetTicketResponse, ListTicketHistoryRequest, ListTicketHistoryResponse,
    ListTicketsRequest, ListTicketsResponse, RateTicketRequest, RateTicketResponse,
    SubmitTicketRequest, SubmitTicketResponse, SupplementTicketRequest, SupplementTicketResponse,
    Ticket as WireTicket, WatchTicketsRequest, WatchTicketsResponse,
};
use futures_util::Stream;
use journal::Trouble;
use runtime::{Call, Changed, House, Problem, Refusal, Room};
use tonic::{Request, Response, Status};

use crate::contact;
use crate::error::Error;
use crate::lifecycle::{Command, Ticket, Viewer};
use crate::store::{self, Cursor, Filter, Tickets};
use crate::wire;

/// The door for calls. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    house: House,
    room: Room<Tickets>,
}

#[tonic::async_trait]
impl RequestService for Api {
    async fn submit_ticket(
        &self,
        request: Request<SubmitTicketRequest>,
    ) -> Result<Response<SubmitTicketResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let changed = self.submit(&call, request.into_inner()).await?;
        let ticket = Some(self.masked(&changed.thing).await?);
        Ok(self.answer(&call, &changed, SubmitTicketResponse { ticket }))
    }

    async fn accept_ticket(
        &self,
        request: Request<AcceptTicketRequest>,
    ) -> Result<Response<AcceptTicketResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let AcceptTicketRequest { ticket, lead, .. } = request.into_inner();
        let lead = (!lead.is_empty()).then(|| DepartmentId::parse(&lead)).transpose();
        let lead = lead.map_err(|error| Refusal::name("lead", &error))?;
        let changed = self.accept(&call, id("ticket", &ticket)?, lead).await?;
        let ticket = Some(self.masked(&changed.thing).await?);
        Ok(self.answer(&call, &changed, AcceptTicketResponse { ticket }))
    }

    async fn supplement_ticket(
        &self,
        request: Request<SupplementTicketRequest>,
    ) -> Result<Response<SupplementTicketResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let SupplementTicketRequest { ticket, text, .. } = request.into_inner();
        let command = Command::Supplement { by: self.viewer(&call).await?, text };
        let changed = self.change(&call, &id("ticket", &ticket)?, command).await?;
        let ticket = Some(self.masked(&changed.thing).await?);
        Ok(self.answer(&call, &changed, SupplementTicketResponse { ticket }))
    }

    async fn rate_ticket(
        &self,
        request: Request<RateTicketRequest>,
    ) -> Result<Response<RateTicketResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let RateTicketRequest { ticket, level, solved, comment, .. } = request.into_inner();
        let level = u8::try_from(level)
            .map_err(|_| Refusal::field("level", Problem::TooGreat { max: 5 }))?;
        let command = Command::Rate { by: self.viewer(&call).await?, level, solved, comment };
        let changed = self.change(&call, &id("ticket", &ticket)?, command).await?;
        let ticket = Some(self.masked(&changed.thing).await?);
        Ok(self.answer(&call, &changed, RateTicketResponse { ticket }))
    }

    async fn close_ticket(
        &self,
        request: Request<CloseTicketRequest>,
    ) -> Result<Response<CloseTicketResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let ticket = id("ticket", &request.get_ref().ticket)?;
        let command = Command::Close { by: self.viewer(&call).await? };
        let changed = self.change(&call, &ticket, command).await?;
        let ticket = Some(self.masked(&changed.thing).await?);
        Ok(self.answer(&call, &changed, CloseTicketResponse { ticket }))
    }

    async fn get_ticket(
        &self,
        request: Request<GetTicketRequest>,
    ) -> Result<Response<GetTicketResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let by = self.viewer(&call).await?;
        let found = self.find(&by, request.get_ref()).await?;
        if !request.get_ref().reveal_contact {
            let ticket = Some(self.masked(&found).await?);
            return Ok(Response::new(GetTicketResponse { ticket }));
        }
        let changed = self.change(&call, &found.id, Command::ReadContact { by }).await?;
        let contact = self.contact_of(&changed.thing).await?;
        let ticket = Some(wire::ticket(&changed.thing, contact));
        Ok(self.answer(&call, &changed, GetTicketResponse { ticket }))
    }

    async fn list_tickets(
        &self,
        request: Request<ListTicketsRequest>,
    ) -> Result<Response<ListTicketsResponse>, Status> {
        let call = self.house.admit(&request).await?;
        let asked = request.get_ref();
        let page = self.house.pages.page::<_, Cursor>(&call.method, asked)?;
        let named = (!asked.enterprise.is_empty()).then(|| EnterpriseId::parse(&asked.enterprise));
        let enterprise = named.transpose().map_err(|error| Refusal::name("enterprise", &error))?;
        let filter = Filter { state: wire::state_from(asked.state()), enterprise };
        let (by, read) = (self.viewer(&call).await?, self.house.known.read());
        let rows = store::list_tickets(read, &by, &filter, page.after.as_ref(), page.limit());
        let rows = rows.await.map_err(Refusal::from)?;
        let (rows, next_page_token) = self.house.pages.cut(&page, rows, |(ticket, _)| {
            (ticket.submitted_at.as_microsecond(), ticket.id.to_string())
        })?;
        let shown = rows.iter().map(|(ticket, sealed)| {
            let contact = self.open(ticket, sealed.as_deref())?;
            Ok(wire::ticket(ticket, contact.as_ref().map(contact::mask)))
        });
        let tickets = shown.collect::<Result<Vec<_>, Refusal>>()?;
        Ok(Response::new(ListTicketsResponse { tickets, next_page_token }))
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

impl Api {
    /// The door of this house.
    pub fn new(house: House, room: Room<Tickets>) -> Api {
        Api { house, room }
    }

    /// Who calls, with the enterprises that they look after.
    async fn viewer(&self, call: &Call) -> Result<Viewer, Refusal> {
        let (person, actor) = (call.person.clone(), call.actor.clone());
        let looks_after = if person.is(Role::Envoy) {
            store::list_looked_after(self.house.known.read(), &person.id).await?
        } else {
            Default::default()
        };
        Ok(Viewer { person, actor, looks_after })
    }

    /// One change of one ticket.
    async fn change(
        &self,
        call: &Call,
        id: &TicketId,
        command: Command,
    ) -> Result<Changed<Ticket>, Error> {
        let changed = self.room.change(call, id, command).await;
        self.as_seen_now(call, changed.map_err(|error| error.of(call, id))?).await
    }

    /// What a change gave. The answer to a request that was answered before goes only to whom the
    /// ticket is shown as it is now: the caller may have moved, or the ticket.
    async fn as_seen_now(
        &self,
        call: &Call,
        changed: Changed<Ticket>,
    ) -> Result<Changed<Ticket>, Error> {
        if changed.replayed {
            let (id, by) = (changed.thing.id, self.viewer(call).await?);
            self.seen(&by, &id).await?;
        }
        Ok(changed)
    }

    /// A ticket as it is now, if the caller may know of it.
    async fn seen(&self, by: &Viewer, id: &TicketId) -> Result<Ticket, Error> {
        let ticket = store::find_ticket(self.house.known.read(), id).await;
        let ticket = ticket.map_err(Refusal::from)?.filter(|ticket| by.sees(ticket));
        ticket.ok_or_else(|| Error::TicketNotFound { ticket: id.to_string() })
    }

    /// The ticket that is asked for in one of three ways, if the caller may know of it.
    async fn find(&self, by: &Viewer, asked: &GetTicketRequest) -> Result<Ticket, Error> {
        let read = self.house.known.read();
        let (named, found) = match (asked.ticket.as_str(), asked.number.as_str(), &asked.origin) {
            (name, "", None) if !name.is_empty() => {
                (name.to_owned(), store::find_ticket(read, &id("ticket", name)?).await)
            }
            ("", number, None) if !number.is_empty() => {
                (number.to_owned(), store::find_by_number(read, number).await)
            }
            ("", "", Some(origin)) => {
                let origin = wire::origin_from(origin.clone());
                let named = format!("{} {}", origin.system, origin.number);
                (named, store::find_by_origin(read, &origin).await)
            }
            _ => return Err(Refusal::field("ticket", one_of_three()).into()),
        };
        let ticket = found.map_err(Refusal::from)?.filter(|ticket| by.sees(ticket));
        ticket.ok_or(Error::TicketNotFound { ticket: named })
    }

    /// A ticket with its contact masked, as every answer shows it that was not asked for more.
    async fn masked(&self, ticket: &Ticket) -> Result<WireTicket, Refusal> {
        let contact = self.contact_of(ticket).await?;
        Ok(wire::ticket(ticket, contact.as_ref().map(contact::mask)))
    }

    async fn contact_of(&self, ticket: &Ticket) -> Result<Option<Contact>, Refusal> {
        let sealed = store::find_contact(self.house.known.read(), &ticket.id).await?;
        self.open(ticket, sealed.as_deref())
    }

    fn open(&self, ticket: &Ticket, sealed: Option<&[u8]>) -> Result<Option<Contact>, Refusal> {
        sealed.map(|sealed| contact::open(&self.house.vault, &ticket.id, sealed)).transpose()
    }

    fn answer<M>(&self, call: &Call, changed: &Changed<Ticket>, message: M) -> Response<M> {
        let position = Some((self.house.journal.name(), changed.position));
        call.answer(position, changed.replayed, message)
    }
}

/// Reads the name of a ticket.
fn id(field: &'static str, name: &str) -> Result<TicketId, Refusal> {
    TicketId::parse(name).map_err(|error| Refusal::name(field, &error))
}

fn one_of_three() -> Problem {
    Problem::other(
        "or `number` or `origin`, one of them, must be given",
        "与编号、来源须且只须填写一项",
    )
}

/// Whether a unit failed because another took the same name first.
fn lost_a_race(error: &Error) -> bool {
    let Error::Common(Refusal::Trouble(trouble @ Trouble::Database(_))) = error else {
        return false;
    };
    // Unique violations of PostgreSQL and of SQLite.
    matches!(trouble.database_code().as_deref(), Some("23505" | "2067" | "1555"))
}
