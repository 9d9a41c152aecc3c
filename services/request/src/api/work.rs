//! What is asked of dispatch comes to light only inside the unit, where the catalogue is read.

use base::{DepartmentId, TicketId, WorkOrderId};
use futures_util::FutureExt as _;
use journal::Unit;
use runtime::{Changed, House, Known, Plan, Refusal};

use super::{Api, Asking, id};
use crate::error::Error;
use crate::lifecycle::{Again, Command, Ticket, Viewer, Work};
use crate::store;
use crate::wire;

impl Api {
    /// One change of one ticket that asks for work: by the catalogue in force; by the one that it
    /// was submitted under if its category has left since. `lead` is empty or names a department.
    pub(super) async fn change_with_work<F>(
        &self,
        asking: &Asking,
        (ticket, lead): (&str, &str),
        command: F,
    ) -> Result<Changed<Ticket>, Error>
    where
        F: Fn(Box<Work>) -> Command + Clone + Send + Sync + 'static,
    {
        let id = id("ticket", ticket)?;
        let named = (!lead.is_empty()).then(|| DepartmentId::parse(lead)).transpose();
        let named = named.map_err(|error| Refusal::name("lead", &error))?;
        let (house, by) = (self.house.clone(), asking.by.clone());
        let changed = self.change_with(asking, id.to_string(), move |unit| {
            let (house, by, named) = (house.clone(), by.clone(), named.clone());
            let command = command.clone();
            async move {
                let ticket = find_seen(unit, &by, &id).await?;
                let work = work_for(&house, unit, &ticket, named).await?;
                Ok(Plan::Ask(id, command(Box::new(work))))
            }
            .boxed()
        });
        let changed = changed.await.map_err(|error| error.of(&asking.call, &id))?;
        self.as_seen_now(asking, changed).await
    }

    /// The same, for a ticket that is worked on again.
    pub(super) async fn change_again(
        &self,
        asking: &Asking,
        (ticket, lead, reason): (&str, &str, String),
        command: fn(Again) -> Command,
    ) -> Result<Changed<Ticket>, Error> {
        let by = asking.by.clone();
        let again = move |work| command(Again { by: by.clone(), reason: reason.clone(), work });
        self.change_with_work(asking, (ticket, lead), again).await
    }
}

/// A ticket inside the unit, if the caller may know of it.
pub(super) async fn find_seen(unit: &Unit, by: &Viewer, id: &TicketId) -> Result<Ticket, Error> {
    let ticket = store::find_ticket(unit.tx(), id).await.map_err(Refusal::from)?;
    let ticket = ticket.filter(|ticket| by.sees(ticket));
    ticket.ok_or_else(|| Error::TicketNotFound { ticket: id.to_string() })
}

/// What the rules need to ask dispatch for the work of a ticket.
async fn work_for(
    house: &House,
    unit: &Unit,
    ticket: &Ticket,
    named: Option<DepartmentId>,
) -> Result<Work, Error> {
    let (known, category) = (&house.known, &ticket.submission.category);
    let named = match named {
        Some(lead) => Some(
            standing(known, unit, &lead)
                .await?
                .ok_or_else(|| Error::DepartmentNotFound { department: lead.to_string() })?,
        ),
        None => None,
    };
    let mut ruled = known.category(unit.tx(), category, unit.now()).await?;
    if ruled.is_none() {
        // It left the catalogue since: whoever was promised help is helped by what was promised.
        ruled = known.category(unit.tx(), category, ticket.submitted_at).await?;
    }
    let gone = || Error::CategoryNotFound { category: category.to_string() };
    let rule = wire::rule_from(&ruled.ok_or_else(gone)?)?;
    let before = match &ticket.round.lead {
        Some(lead) => standing(known, unit, lead).await?,
        None => None,
    };
    Ok(Work { rule, named, before, work_order: WorkOrderId::new(unit.uuid()) })
}

/// A department, or whichever has taken its place since; none if it is not known.
pub(super) async fn standing(
    known: &Known,
    unit: &Unit,
    department: &DepartmentId,
) -> Result<Option<DepartmentId>, Error> {
    let mut standing = department.clone();
    // A succession that runs in a circle leads nowhere: then what was asked for stands.
    for _ in 0..SUCCESSIONS_MAX {
        let Some(found) = known.department(unit.tx(), &standing).await? else { return Ok(None) };
        if found.successor.is_empty() {
            return Ok(Some(standing));
        }
        standing = DepartmentId::parse(&found.successor).map_err(Refusal::damaged)?;
    }
    Ok(Some(department.clone()))
}

/// How many departments may have taken one another's place.
const SUCCESSIONS_MAX: usize = 16;
