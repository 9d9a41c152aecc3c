//! Reading tickets: who asks sees what they may, and the contact masked unless they ask for more.

use base::{EnterpriseId, Role, TicketId};
use contract::request::{
    GetTicketRequest, ListTicketsRequest, ListTicketsResponse, Ticket as WireTicket,
};
use runtime::{Call, Changed, Problem, Refusal};

use super::{Api, Asking, id};
use crate::contact::{self, CONTACT, Opened};
use crate::error::Error;
use crate::lifecycle::{Command, Ticket, Viewer};
use crate::store::{self, Cursor, Filter};
use crate::wire;

impl Api {
    /// Who calls, with the enterprises that they look after.
    pub(super) async fn viewer(&self, call: &Call) -> Result<Viewer, Refusal> {
        let (person, actor) = (call.person.clone(), call.actor.clone());
        let looks_after = if person.is(Role::Envoy) {
            store::list_looked_after(self.house.known.read(), &person.id).await?
        } else {
            Default::default()
        };
        Ok(Viewer { person, actor, looks_after })
    }

    /// A ticket as it is now, if the caller may know of it.
    pub(super) async fn seen(&self, by: &Viewer, id: &TicketId) -> Result<Ticket, Error> {
        let ticket = store::find_ticket(self.house.known.read(), id).await;
        let ticket = ticket.map_err(Refusal::from)?.filter(|ticket| by.sees(ticket));
        ticket.ok_or_else(|| Error::TicketNotFound { ticket: id.to_string() })
    }

    /// The ticket that is asked for in one of three ways, if the caller may know of it.
    pub(super) async fn find(
        &self,
        by: &Viewer,
        asked: &GetTicketRequest,
    ) -> Result<Ticket, Error> {
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

    /// Reads the contact of a ticket; that is recorded.
    pub(super) async fn read_contact(
        &self,
        asking: &Asking,
        id: TicketId,
    ) -> Result<Changed<Ticket>, Error> {
        let command = Command::ReadContact { by: asking.by.clone() };
        self.change(asking, &id.to_string(), command).await
    }

    /// One page of tickets.
    pub(super) async fn list(
        &self,
        asking: &Asking,
        asked: &ListTicketsRequest,
    ) -> Result<ListTicketsResponse, Error> {
        let page = self.house.pages.page::<_, Cursor>(&asking.call.method, asked)?;
        let named = (!asked.enterprise.is_empty()).then(|| EnterpriseId::parse(&asked.enterprise));
        let enterprise = named.transpose().map_err(|error| Refusal::name("enterprise", &error))?;
        let (state, awaits_verification) =
            (wire::state_from(asked.state()), asked.awaits_verification);
        let filter = Filter { state, enterprise, awaits_verification };
        let (by, read) = (&asking.by, self.house.known.read());
        let rows = store::list_tickets(read, by, &filter, page.after.as_ref(), page.limit());
        let rows = rows.await.map_err(Refusal::from)?;
        let (rows, next_page_token) = self.house.pages.cut(&page, rows, |(ticket, _)| {
            (ticket.submitted_at.as_microsecond(), ticket.id.to_string())
        })?;
        let shown = rows.into_iter().map(|(ticket, sealed)| {
            let kept: Vec<_> =
                sealed.map(|sealed| (CONTACT.to_owned(), sealed)).into_iter().collect();
            let personal = contact::open(&self.house.vault, &ticket.id, &kept)?.masked();
            Ok(shown(by, &ticket, &personal))
        });
        let tickets = shown.collect::<Result<Vec<_>, Refusal>>()?;
        Ok(ListTicketsResponse { tickets, next_page_token })
    }

    /// A ticket with its personal values masked, as every answer shows it that was not asked for
    /// more.
    pub(super) async fn masked(&self, by: &Viewer, ticket: &Ticket) -> Result<WireTicket, Refusal> {
        let personal = self.opened(ticket).await?.masked();
        Ok(shown(by, ticket, &personal))
    }

    /// A ticket with its personal values as they are.
    pub(super) async fn revealed(
        &self,
        by: &Viewer,
        ticket: &Ticket,
    ) -> Result<WireTicket, Refusal> {
        Ok(shown(by, ticket, &self.opened(ticket).await?))
    }

    async fn opened(&self, ticket: &Ticket) -> Result<Opened, Refusal> {
        let kept = store::list_personal(self.house.known.read(), &ticket.id).await?;
        contact::open(&self.house.vault, &ticket.id, &kept)
    }
}

/// A ticket as somebody may see it.
fn shown(by: &Viewer, ticket: &Ticket, personal: &Opened) -> WireTicket {
    let mut shown = wire::ticket(ticket, personal, by.is_inside());
    if !by.sees_evidence(ticket) {
        shown.rounds.iter_mut().for_each(|round| round.evidence.clear());
    }
    shown
}

fn one_of_three() -> Problem {
    Problem::other(
        "or `number` or `origin`, one of them, must be given",
        "与编号、来源须且只须填写一项",
    )
}
