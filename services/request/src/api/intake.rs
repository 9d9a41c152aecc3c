//! Submitting: what is asked comes to light only inside the unit, where numbers are drawn, contacts
//! sealed and the catalogue read.

use std::sync::Arc;

use base::{CategoryId, CreditCode, DepartmentId, EnterpriseId, PersonId, TicketId, WorkOrderId};
use contract::request::{Contact, SubmitTicketRequest};
use futures_util::FutureExt as _;
use journal::Unit;
use runtime::{Changed, House, Plan, Problem, Refusal};

use super::work::standing;
use super::{Api, Asking, lost_a_race, required};
use crate::contact::{self, CONTACT};
use crate::error::Error;
use crate::lifecycle::{Command, Kind, Origin, Submission, Ticket, Viewer, Work};
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
    complained: Option<DepartmentId>,
    origin: Option<Origin>,
}

impl Api {
    /// Submits a ticket, or gives the first one of the same origin.
    pub(super) async fn submit(
        &self,
        asking: &Asking,
        request: SubmitTicketRequest,
    ) -> Result<Changed<Ticket>, Error> {
        let call = &asking.call;
        let draft = Arc::new(read(asking.by.clone(), request)?);
        let key = match &draft.origin {
            Some(origin) => format!("origins/{}/{}", origin.system, origin.number),
            None => draft.enterprise.to_string(),
        };
        let mut tries = 0;
        loop {
            let (house, draft) = (self.house.clone(), Arc::clone(&draft));
            let changed = self.change_with(asking, key.clone(), move |unit| {
                let (house, draft) = (house.clone(), Arc::clone(&draft));
                async move { plan_submission(&house, unit, &draft).await }.boxed()
            });
            match changed.await {
                // Another replica recorded the same origin first: the next try finds its ticket.
                Err(error) if lost_a_race(&error) && tries < TRIES_MAX => tries += 1,
                Err(error) => return Err(error.of_method(call)),
                Ok(changed) => return self.as_seen_now(asking, changed).await,
            }
        }
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
    let unknown = || Error::CategoryNotFound { category: draft.category.to_string() };
    let ruled = known.category(unit.tx(), &draft.category, now).await?.ok_or_else(unknown)?;
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
    let kept = (CONTACT.to_owned(), sealed.encrypted);
    store::put_personal(unit.tx(), &id, kept).await.map_err(Refusal::from)?;
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
        complained: draft.complained_of(house, unit).await?,
        origin: draft.origin.clone(),
        submitted_by: draft.by.actor.clone(),
    };
    let (rule, work_order) = (wire::rule_from(&ruled)?, WorkOrderId::new(unit.uuid()));
    let work = Box::new(Work { rule, named: None, before: None, work_order });
    let (by, submission) = (draft.by.clone(), Box::new(submission));
    Ok(Plan::Ask(id, Command::Submit { id, by, submission, envoy, work }))
}

impl Draft {
    /// The department that a complaint is about, or whichever has taken its place.
    async fn complained_of(
        &self,
        house: &House,
        unit: &Unit,
    ) -> Result<Option<DepartmentId>, Error> {
        let Some(department) = &self.complained else { return Ok(None) };
        let unknown = || Error::DepartmentNotFound { department: department.to_string() };
        standing(&house.known, unit, department).await?.ok_or_else(unknown).map(Some)
    }
}

fn read(by: Viewer, request: SubmitTicketRequest) -> Result<Draft, Error> {
    let category = CategoryId::parse(&request.category);
    let kind = wire::kind_from(request.kind()).ok_or_else(|| required("kind"))?;
    Ok(Draft {
        by,
        enterprise: enterprise(&request.enterprise)?,
        kind,
        category: category.map_err(|error| Refusal::name("category", &error))?,
        title: request.title,
        text: request.text,
        contact: request.contact.ok_or_else(|| required("contact"))?,
        channel: request.channel,
        project_code: Some(request.project_code).filter(|code| !code.is_empty()),
        complained: complained(kind, &request.complained_department)?,
        origin: request.origin.map(wire::origin_from),
    })
}

/// A complaint names its department, and nothing else does.
fn complained(kind: Kind, name: &str) -> Result<Option<DepartmentId>, Refusal> {
    let field = "complained_department";
    match (kind == Kind::Complaint, name.is_empty()) {
        (true, true) => Err(required(field)),
        (false, true) => Ok(None),
        (false, false) => {
            let problem = Problem::other("is for a complaint alone", "只有投诉才填写被投诉单位");
            Err(Refusal::field(field, problem))
        }
        (true, false) => {
            DepartmentId::parse(name).map(Some).map_err(|error| Refusal::name(field, &error))
        }
    }
}

/// Whose ticket it is; a credit code that is wrong is refused for what is wrong with it.
fn enterprise(name: &str) -> Result<EnterpriseId, Error> {
    EnterpriseId::parse(name).map_err(|error| {
        match name.strip_prefix("enterprises/").map(CreditCode::parse) {
            Some(Err(problem)) => Error::CreditCodeInvalid { problem },
            Some(Ok(_)) | None => Refusal::name("enterprise", &error).into(),
        }
    })
}
