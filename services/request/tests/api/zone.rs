//! The zone of the tests: who there is, what dispatch and the directory tell, and a hand for calls.

use anyhow::{Context as _, Result};
use contract::common::{
    ClockKind, Due, Limit, LimitKind, LimitStart, LimitTier, Outcome, Role, WorkClass, WorkTime,
};
use contract::directory::{
    Catalogue, CataloguePublished, Category, Department, DepartmentChanged, Enterprise,
    EnterpriseRegistered, Staff, StaffChanged,
};
use contract::dispatch::{
    Standing, WorkOrderClaimed, WorkOrderCompleted, WorkOrderOffered, WorkOrderState,
};
use contract::request::request_service_client::RequestServiceClient;
use contract::request::{
    AcceptTicketRequest, CloseTicketRequest, Contact, GetTicketRequest, RateTicketRequest,
    SubmitTicketRequest, SupplementTicketRequest, Ticket, TicketKind,
};
use jiff::{SignedDuration, Timestamp};
use journal::{Clock as _, Telling};
use prost::{Message, Name};
use testkit::{Caller, Size, World};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// A Wednesday morning in office hours.
pub(crate) const DAY_ONE: &str = "2026-03-04T09:00:00+08:00";
pub(crate) const OURS: &str = "enterprises/P-ours";
pub(crate) const THEIRS: &str = "enterprises/P-theirs";
pub(crate) const PHONE: &str = "13812345678";
/// A category that the catalogue accepts by itself, and an urgent one.
pub(crate) const BY_ITSELF: &str = "categories/C08";
pub(crate) const URGENT: &str = "categories/C09";

/// The people of the zone: code, department, roles.
const PEOPLE: &[(&str, &str, &[Role])] = &[
    ("D01-11", "departments/D01", &[Role::Dispatcher, Role::Staff]),
    ("D01-12", "departments/D01", &[Role::Dispatcher, Role::Staff]),
    ("D01-13", "departments/D01", &[Role::Dispatcher]),
    ("D02-11", "departments/D02", &[Role::Staff]),
    ("D03-11", "departments/D03", &[Role::Staff]),
    ("envoy", "", &[Role::Envoy]),
    ("another-envoy", "", &[Role::Envoy]),
    ("leader", "", &[Role::ZoneLeader]),
    ("supervisor", "", &[Role::Supervisor]),
    ("auditor", "", &[Role::Auditor]),
    ("admin", "", &[Role::Admin]),
    ("hotline", "", &[Role::System]),
];

/// A world with request alone; the directory and dispatch are stood in for.
pub(crate) struct Zone {
    pub(crate) world: World,
}

/// A caller's hand on the service.
pub(crate) type Hand = RequestServiceClient<Caller>;

impl Zone {
    pub(crate) async fn start(size: Size) -> Result<Zone> {
        let zone = Zone { world: World::start(size, &[request::SERVICE], DAY_ONE).await? };
        for (name, envoy, handler) in
            [(OURS, "persons/envoy", "persons/handler"), (THEIRS, "", "persons/other-handler")]
        {
            let enterprise = Enterprise {
                name: name.to_owned(),
                title: "企业".to_owned(),
                envoy: envoy.to_owned(),
                handlers: vec![handler.to_owned()],
                ..Enterprise::default()
            };
            zone.know(name, &EnterpriseRegistered { enterprise: Some(enterprise) }).await?;
        }
        for department in ["departments/D01", "departments/D02", "departments/D03"] {
            let told = Department { name: department.to_owned(), ..Department::default() };
            zone.know(department, &DepartmentChanged { department: Some(told) }).await?;
        }
        for (code, department, roles) in PEOPLE {
            let name = format!("persons/{code}");
            let staff = Staff {
                name: name.clone(),
                title: (*code).to_owned(),
                department: (*department).to_owned(),
                roles: roles.iter().map(|role| (*role).into()).collect(),
                active: true,
                ..Staff::default()
            };
            zone.know(&name, &StaffChanged { staff: Some(staff) }).await?;
        }
        let names = ["categories/C01", "categories/C02", BY_ITSELF, URGENT];
        zone.publish(1, "2020-01-01T00:00:00Z", &names).await?;
        zone.world.settle().await?;
        Ok(zone)
    }

    /// The directory tells a fact.
    pub(crate) async fn know<M: Message + Name>(&self, subject: &str, fact: &M) -> Result<()> {
        let told = Telling::new(subject, subject, fact);
        self.world.tell("directory", told, "persons/admin").await?;
        // What another service tells next must not be heard before it.
        self.world.settle().await
    }

    /// The directory publishes a catalogue of these categories.
    pub(crate) async fn publish(&self, version: i32, from: &str, names: &[&str]) -> Result<()> {
        let limit = |kind: LimitKind, amount, clock: ClockKind| Limit {
            kind: kind.into(),
            tier: LimitTier::Promised.into(),
            time: Some(WorkTime { amount, clock_kind: clock.into() }),
            start: LimitStart::Submitted.into(),
            intake: 0,
        };
        let categories = names.iter().map(|name| Category {
            accepts_by_itself: *name == BY_ITSELF,
            name: (*name).to_owned(),
            title: "供水".to_owned(),
            lead: "departments/D02".to_owned(),
            suggested_assisting: vec!["departments/D03".to_owned()],
            work_class: if *name == URGENT { WorkClass::Urgent } else { WorkClass::C }.into(),
            limits: vec![
                limit(LimitKind::Contact, 240, ClockKind::WorkingMinutes),
                limit(LimitKind::Reply, 5, ClockKind::WorkingDays),
            ],
            ..Category::default()
        });
        let effective_time = Some(runtime::wire::time(from.parse()?));
        let categories = categories.collect();
        let zone_duty = "persons/leader".to_owned();
        let catalogue = Catalogue { version, effective_time, categories, zone_duty };
        self.know("catalogue", &CataloguePublished { catalogue: Some(catalogue) }).await
    }

    /// A second passes.
    pub(crate) fn tick(&self) {
        self.world.clock.move_to(self.world.clock.now() + SignedDuration::from_secs(1));
    }

    /// The hand of a person, such as `handler`.
    pub(crate) fn by(&self, code: &str) -> Hand {
        let prefix = if code == "hotline" { "systems" } else { "persons" };
        RequestServiceClient::new(self.world.caller(&format!("{prefix}/{code}")))
    }

    /// The same, from a device as their app names it.
    pub(crate) fn on_device(&self, code: &str, device: &str) -> Hand {
        RequestServiceClient::new(self.world.caller_from(&format!("persons/{code}"), device))
    }

    pub(crate) fn id(&self) -> String {
        self.world.request_id()
    }

    /// What the enterprise asks for.
    pub(crate) fn plea(&self) -> SubmitTicketRequest {
        SubmitTicketRequest {
            enterprise: OURS.to_owned(),
            kind: TicketKind::Help.into(),
            category: "categories/C01".to_owned(),
            title: "停水".to_owned(),
            text: "厂区停水两天".to_owned(),
            contact: Some(Contact { title: "张三丰".to_owned(), phone: PHONE.to_owned() }),
            channel: "手机端".to_owned(),
            project_code: String::new(),
            origin: None,
            request_id: self.id(),
            complained_department: String::new(),
        }
    }

    pub(crate) async fn submitted(&self) -> Result<Ticket> {
        let response = self.by("handler").submit_ticket(self.plea()).await?;
        response.into_inner().ticket.context("a ticket")
    }

    pub(crate) async fn accepted(&self) -> Result<Ticket> {
        let ticket = self.submitted().await?;
        let response = self.by("D01-11").accept_ticket(self.accept(&ticket)).await?;
        response.into_inner().ticket.context("a ticket")
    }

    /// Accepted, and claimed by D02.
    pub(crate) async fn claimed(&self) -> Result<Ticket> {
        let ticket = self.accepted().await?;
        self.claim(&ticket).await
    }

    /// Dispatch tells that D02 has claimed it.
    pub(crate) async fn claim(&self, ticket: &Ticket) -> Result<Ticket> {
        self.dispatch(ticket, &offered(ticket, "departments/D02")).await?;
        self.dispatch(ticket, &claimed(ticket, "persons/D02-11")).await?;
        self.see(ticket).await
    }

    pub(crate) async fn answered(&self) -> Result<Ticket> {
        let ticket = self.claimed().await?;
        self.dispatch(&ticket, &completed(&ticket, &["persons/D02-11"])).await?;
        self.see(&ticket).await
    }

    pub(crate) async fn rated(&self, level: i32, solved: bool) -> Result<Ticket> {
        let ticket = self.answered().await?;
        let response = self.by("handler").rate_ticket(self.rate(&ticket, level, solved)).await?;
        response.into_inner().ticket.context("a ticket")
    }

    /// Dispatch tells a fact about the order of a ticket, now; returns when it has been heard.
    pub(crate) async fn dispatch<M: Message + Name>(&self, of: &Ticket, fact: &M) -> Result<()> {
        self.dispatch_at(of, fact, self.world.clock.now()).await
    }

    /// The same, as of an instant of its own.
    pub(crate) async fn dispatch_at<M: Message + Name>(
        &self,
        of: &Ticket,
        fact: &M,
        at: Timestamp,
    ) -> Result<()> {
        let telling = Telling::new(&of.work_order, &of.name, fact).occurred_at(at);
        self.world.tell("dispatch", telling, "persons/D02-11").await?;
        self.world.settle().await
    }

    /// The ticket as it is now, as the dispatcher sees it.
    pub(crate) async fn see(&self, ticket: &Ticket) -> Result<Ticket> {
        let response = self.by("D01-11").get_ticket(get(&ticket.name)).await?;
        response.into_inner().ticket.context("a ticket")
    }

    /// What request has told, without its package, in order.
    pub(crate) async fn told(&self) -> Result<Vec<String>> {
        let told = self.world.told("request").await?;
        Ok(told.iter().map(|kind| kind.rsplit('.').next().unwrap_or(kind).to_owned()).collect())
    }

    pub(crate) fn accept(&self, ticket: &Ticket) -> AcceptTicketRequest {
        let (ticket, request_id) = (ticket.name.clone(), self.id());
        AcceptTicketRequest { ticket, request_id, ..AcceptTicketRequest::default() }
    }

    pub(crate) fn supplement(&self, ticket: &Ticket) -> SupplementTicketRequest {
        let (ticket, text, request_id) = (ticket.name.clone(), "照片".to_owned(), self.id());
        SupplementTicketRequest { ticket, text, etag: String::new(), request_id }
    }

    pub(crate) fn rate(&self, ticket: &Ticket, level: i32, solved: bool) -> RateTicketRequest {
        let (ticket, comment, request_id) = (ticket.name.clone(), "好".to_owned(), self.id());
        RateTicketRequest { ticket, level, solved, comment, etag: String::new(), request_id }
    }

    pub(crate) fn close(&self, ticket: &Ticket) -> CloseTicketRequest {
        let (ticket, request_id) = (ticket.name.clone(), self.id());
        CloseTicketRequest { ticket, etag: String::new(), request_id }
    }
}

pub(crate) fn get(name: &str) -> GetTicketRequest {
    GetTicketRequest { ticket: name.to_owned(), ..GetTicketRequest::default() }
}

pub(crate) fn due(at: &str) -> Option<Due> {
    let time = at.parse().ok().map(runtime::wire::time);
    Some(Due { time, ..Due::default() })
}

/// Where an order stands, with the limits of the catalogue.
pub(crate) fn standing(state: WorkOrderState, department: &str, claimed: bool) -> Standing {
    Standing {
        state: state.into(),
        department: department.to_owned(),
        claimed,
        contact_due: due("2026-03-04T15:00:00+08:00"),
        reply_due: due("2026-03-11T17:30:00+08:00"),
        contacted_time: None,
    }
}

pub(crate) fn claimed(ticket: &Ticket, claimant: &str) -> WorkOrderClaimed {
    WorkOrderClaimed {
        work_order: ticket.work_order.clone(),
        source: ticket.name.clone(),
        department: "departments/D02".to_owned(),
        claimant: claimant.to_owned(),
        by_default: false,
        standing: Some(standing(WorkOrderState::Claimed, "departments/D02", true)),
    }
}

pub(crate) fn offered(ticket: &Ticket, department: &str) -> WorkOrderOffered {
    WorkOrderOffered {
        work_order: ticket.work_order.clone(),
        number: "GD-2026-000001".to_owned(),
        source: ticket.name.clone(),
        round: ticket.round,
        parent: String::new(),
        department: department.to_owned(),
        standing: Some(standing(WorkOrderState::Offered, department, false)),
        ..WorkOrderOffered::default()
    }
}

pub(crate) fn completed(ticket: &Ticket, concerned: &[&str]) -> WorkOrderCompleted {
    WorkOrderCompleted {
        work_order: ticket.work_order.clone(),
        source: ticket.name.clone(),
        round: ticket.round,
        department: "departments/D02".to_owned(),
        outcome: Outcome::Solved.into(),
        answer: "已恢复供水".to_owned(),
        internal_note: "内部".to_owned(),
        concerned: concerned.iter().map(|person| (*person).to_owned()).collect(),
        ..WorkOrderCompleted::default()
    }
}

/// Asserts how a call is refused.
macro_rules! refused {
    ($call:expr, $code:expr, $reason:expr) => {{
        let status = $call.await.expect_err("it is refused");
        assert_eq!(crate::zone::refusal(&status), ($code, $reason.to_owned()), "{status:?}");
        status
    }};
}
pub(crate) use refused;

/// The code, domain and reason of a refusal.
pub(crate) fn refusal(status: &Status) -> (Code, String) {
    let details = status.get_error_details();
    let info = details.error_info().map(|info| format!("{} {}", info.domain, info.reason));
    (status.code(), info.unwrap_or_default())
}

/// A value that a refusal tells beside its reason.
pub(crate) fn metadata_of(status: &Status, key: &str) -> String {
    let details = status.get_error_details();
    let value = details.error_info().and_then(|info| info.metadata.get(key).cloned());
    value.unwrap_or_default()
}
