//! Submitting and accepting: what is asked comes to light only inside the unit, where numbers are
//! drawn, contacts sealed and the catalogue read.

use std::sync::Arc;

use base::{CategoryId, CreditCode, DepartmentId, EnterpriseId, PersonId, TicketId, WorkOrderId};
use contract::request::{Contact, SubmitTicketRequest};
use futures_util::FutureExt as _;
use journal::Unit;
use runtime::{Call, Changed, House, Plan, Problem, Refusal};

use super::{Api, lost_a_race};
use crate::contact;
use crate::error::Error;
use crate::lifecycle::{Command, Kind, Origin, Submission, Ticket, Viewer};
use crate::store::{self, Tickets};
use crate::wire;

/// How often a submission that lost a race for its origin is looked at again.
const TRIES_MAX: u32 = 3;

/// What an enterprise asks for, read.
struct Draft {
    by: Viewer,
    enterprise: EnterpriseId,
    kind: Kind,
    category: CategoryId,
    title: String,
    text: String,
    contact: Contact,
    channel: String,
    project_code: Option<String>,
    origin: Option<Origin>,
}

impl Api {
    /// Submits a ticket, or gives the first one of the same origin.
    pub(super) async fn submit(
        &self,
        call: &Call,
        request: SubmitTicketRequest,
    ) -> Result<Changed<Ticket>, Error> {
        let draft = Arc::new(read(self.viewer(call).await?, request)?);
        let key = match &draft.origin {
            Some(origin) => format!("origins/{}/{}", origin.system, origin.number),
            None => draft.enterprise.to_string(),
        };
        let mut tries = 0;
        loop {
            let (house, draft) = (self.house.clone(), Arc::clone(&draft));
            let changed = self.room.change_with(call, key.clone(), move |unit| {
                let (house, draft) = (house.clone(), Arc::clone(&draft));
                async move { plan_submission(&house, unit, &draft).await }.boxed()
            });
            match changed.await {
                // Another replica recorded the same origin first: the next try finds its ticket.
                Err(error) if lost_a_race(&error) && tries < TRIES_MAX => tries += 1,
                Err(error) => return Err(error.of_method(call)),
                Ok(changed) => return self.as_seen_now(call, changed).await,
            }
        }
    }

    /// Takes a ticket in, by the catalogue in force; by the one that it was submitted under if its
    /// category has left since.
    pub(super) async fn accept(
        &self,
        call: &Call,
        id: TicketId,
        lead: Option<DepartmentId>,
    ) -> Result<Changed<Ticket>, Error> {
        let (house, by) = (self.house.clone(), self.viewer(call).await?);
        let changed = self.room.change_with(call, id.to_string(), move |unit| {
            let (house, by, lead) = (house.clone(), by.clone(), lead.clone());
            async move { plan_acceptance(&house, unit, id, by, lead).await }.boxed()
        });
        let changed = changed.await.map_err(|error| error.of(call, &id))?;
        self.as_seen_now(call, changed).await
    }
}

async fn plan_submission(
    house: &House,
    unit: &mut Unit,
    draft: &Draft,
) -> Result<Plan<Tickets>, Error> {
    let (known, now) = (&house.known, unit.now());
    let unknown = || Error::EnterpriseNotFound { enterprise: draft.enterprise.to_string() };
    let enterprise = known.enterprise(unit.tx(), &draft.enterprise).await?.ok_or_else(unknown)?;
    let envoy = (!enterprise.envoy.is_empty()).then(|| PersonId::parse(&enterprise.envoy));
    let envoy = envoy.transpose().map_err(Refusal::damaged)?;
    draft.by.may_submit_for(&draft.enterprise, envoy.as_ref())?;
    if known.category(unit.tx(), &draft.category, now).await?.is_none() {
        return Err(Error::CategoryNotFound { category: draft.category.to_string() });
    }
    if let Some(origin) = &draft.origin
        && let Some(first) =
            store::find_by_origin(unit.tx(), origin).await.map_err(Refusal::from)?
    {
        // Whose it is stays unsaid to whoever may not know of it.
        return if draft.by.sees(&first) {
            Ok(Plan::Answer(Box::new(first)))
        } else {
            Err(Refusal::field(
                "origin",
                Problem::other("is taken", "已被另一张诉求单使用，请核对来源系统与编号"),
            )
            .into())
        };
    }
    let id = TicketId::new(unit.uuid());
    let sealed = contact::seal(&house.vault, &id, &draft.contact, unit.entropy())?;
    store::put_contact(unit.tx(), &id, sealed.encrypted).await.map_err(Refusal::from)?;
    let year = known.calendar(unit.tx()).await?.zone().to_datetime(now).year();
    let number = unit.next_number(&format!("CS-{year}")).await?;
    let submission = Submission {
        number: format!("CS-{year}-{number:06}"),
        enterprise: draft.enterprise.clone(),
        kind: draft.kind,
        category: draft.category.clone(),
        title: draft.title.clone(),
        text: draft.text.clone(),
        contact_commitment: sealed.commitment.to_vec(),
        channel: draft.channel.clone(),
        project_code: draft.project_code.clone(),
        origin: draft.origin.clone(),
        submitted_by: draft.by.actor.clone(),
    };
    let (by, submission) = (draft.by.clone(), Box::new(submission));
    Ok(Plan::Ask(id, Command::Submit { id, by, submission, envoy }))
}

async fn plan_acceptance(
    house: &House,
    unit: &mut Unit,
    id: TicketId,
    by: Viewer,
    lead: Option<DepartmentId>,
) -> Result<Plan<Tickets>, Error> {
    let ticket = store::find_ticket(unit.tx(), &id).await.map_err(Refusal::from)?;
    let ticket = ticket.filter(|ticket| by.sees(ticket));
    let ticket = ticket.ok_or_else(|| Error::TicketNotFound { ticket: id.to_string() })?;
    if let Some(lead) = &lead
        && house.known.department(unit.tx(), lead).await?.is_none()
    {
        return Err(Error::DepartmentNotFound { department: lead.to_string() });
    }
    let category = &ticket.submission.category;
    let mut ruled = house.known.category(unit.tx(), category, unit.now()).await?;
    if ruled.is_none() {
        // It left the catalogue since: whoever was promised help is helped by what was promised.
        ruled = house.known.category(unit.tx(), category, ticket.submitted_at).await?;
    }
    let gone = || Error::CategoryNotFound { category: category.to_string() };
    let rule = wire::rule_from(&ruled.ok_or_else(gone)?)?;
    let work_order = WorkOrderId::new(unit.uuid());
    Ok(Plan::Ask(id, Command::Accept { by, rule, lead, work_order }))
}

fn read(by: Viewer, request: SubmitTicketRequest) -> Result<Draft, Error> {
    let category = CategoryId::parse(&request.category);
    let kind = wire::kind_from(request.kind());
    let required = |field: &'static str| Refusal::field(field, Problem::Required);
    Ok(Draft {
        by,
        enterprise: enterprise(&request.enterprise)?,
        kind: kind.ok_or_else(|| required("kind"))?,
        category: category.map_err(|error| Refusal::name("category", &error))?,
        title: request.title,
        text: request.text,
        contact: request.contact.ok_or_else(|| required("contact"))?,
        channel: request.channel,
        project_code: Some(request.project_code).filter(|code| !code.is_empty()),
        origin: request.origin.map(wire::origin_from),
    })
}

/// Whose ticket it is; a credit code that is wrong is refused for what is wrong with it.
fn enterprise(name: &str) -> Result<EnterpriseId, Error> {
    EnterpriseId::parse(name).map_err(|error| {
        match name.strip_prefix("enterprises/").map(CreditCode::parse) {
            Some(Err(problem)) => Error::CreditCodeInvalid { problem: problem.to_string() },
            Some(Ok(_)) | None => Refusal::name("enterprise", &error).into(),
        }
    })
}
