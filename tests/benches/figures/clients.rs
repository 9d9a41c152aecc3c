//! Who submits, accepts and claims: in process, as units of work, or over gRPC.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use base::PersonId;
use contract::agency::agency_service_server::AgencyService as _;
use contract::agency::{ForecastCaseRequest, ListCasesRequest};
use contract::dispatch::ClaimWorkOrderRequest;
use contract::dispatch::dispatch_service_client::DispatchServiceClient;
use contract::dispatch::dispatch_service_server::DispatchService as _;
use contract::request::request_service_client::RequestServiceClient;
use contract::request::request_service_server::RequestService as _;
use contract::request::{AcceptTicketRequest, Contact, SubmitTicketRequest, TicketKind};
use journal::statement::list;
use journal::{Clock as _, Entropy as _, SystemClock, SystemEntropy};
use runtime::gate::Arrival;
use runtime::token::{Caller as Verified, Subject};
use runtime::{House, Room};
use testkit::Caller;

use crate::ground::{CATEGORY, CLAIMANT, ENTERPRISE, HANDLER};
use crate::load::Client;

const SUBMIT: &str = "/whistle.request.v1.RequestService/SubmitTicket";
const LIST: &str = "/whistle.agency.v1.AgencyService/ListCases";
const FORECAST: &str = "/whistle.agency.v1.AgencyService/ForecastCase";
const CLAIM: &str = "/whistle.dispatch.v1.DispatchService/ClaimWorkOrder";

/// Names that are each taken once, by whichever client comes first.
#[derive(Clone, Default)]
pub(crate) struct Names(Arc<Mutex<Vec<String>>>);

impl Names {
    /// The names that a query finds, at most so many.
    pub(crate) async fn find(house: &House, sql: &str, limit: usize) -> Result<Names> {
        let limit = i64::try_from(limit)?;
        let rows = list(house.known.read(), sql, [limit.into()]).await?;
        let names = rows.iter().map(|row| Ok(row.try_get_by_index(0)?));
        Ok(Names(Arc::new(Mutex::new(names.collect::<Result<_>>()?))))
    }

    /// Tickets that wait for the dispatcher.
    pub(crate) async fn tickets(house: &House, limit: usize) -> Result<Names> {
        let sql = "SELECT name FROM ticket WHERE state = 'SUBMITTED' ORDER BY name LIMIT $1";
        Names::find(house, sql, limit).await
    }

    /// Orders that wait to be claimed.
    pub(crate) async fn orders(house: &House, limit: usize) -> Result<Names> {
        let sql = "SELECT name FROM work_order WHERE state = 'OFFERED' ORDER BY name LIMIT $1";
        Names::find(house, sql, limit).await
    }

    pub(crate) fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

/// Submits in process.
#[derive(Clone)]
pub(crate) struct SubmitUnit(request::api::Api);

impl SubmitUnit {
    pub(crate) fn new(house: &House) -> SubmitUnit {
        let room = Room::new(house.journal.clone(), house.known.clone());
        SubmitUnit(request::api::Api::new(house.clone(), room))
    }
}

impl Client for SubmitUnit {
    async fn act(&mut self) -> Result<bool> {
        self.0.submit_ticket(arrived(plea(), HANDLER, SUBMIT)?).await?;
        Ok(true)
    }
}

/// Claims in process.
#[derive(Clone)]
pub(crate) struct ClaimUnit(dispatch::api::Api, Names);

impl ClaimUnit {
    pub(crate) fn new(house: &House, orders: &Names) -> ClaimUnit {
        let room = Room::new(house.journal.clone(), house.known.clone());
        ClaimUnit(dispatch::api::Api::new(house.clone(), room), orders.clone())
    }
}

impl Client for ClaimUnit {
    async fn act(&mut self) -> Result<bool> {
        let Some(order) = self.1.take() else { return Ok(false) };
        self.0.claim_work_order(arrived(claim(order), CLAIMANT, CLAIM)?).await?;
        Ok(true)
    }
}

/// Lists the newest cases that somebody may know of, in process.
#[derive(Clone)]
pub(crate) struct ListUnit(agency::api::Api, &'static str);

impl ListUnit {
    pub(crate) fn new(house: &House, by: &'static str) -> ListUnit {
        let room = Room::new(house.journal.clone(), house.known.clone());
        ListUnit(agency::api::Api::new(house.clone(), room), by)
    }
}

impl Client for ListUnit {
    async fn act(&mut self) -> Result<bool> {
        let listed = self.0.list_cases(arrived(ListCasesRequest::default(), self.1, LIST)?).await?;
        ensure!(!listed.into_inner().cases.is_empty(), "there are cases to be listed");
        Ok(true)
    }
}

/// Forecasts one case after the other, in process.
#[derive(Clone)]
pub(crate) struct ForecastUnit {
    api: agency::api::Api,
    by: &'static str,
    cases: Vec<String>,
    next: usize,
}

impl ForecastUnit {
    pub(crate) fn new(house: &House, by: &'static str, cases: Vec<String>) -> ForecastUnit {
        let room = Room::new(house.journal.clone(), house.known.clone());
        let api = agency::api::Api::new(house.clone(), room);
        ForecastUnit { api, by, cases, next: 0 }
    }
}

impl Client for ForecastUnit {
    async fn act(&mut self) -> Result<bool> {
        let Some(case) = self.cases.get(self.next % self.cases.len().max(1)) else {
            return Ok(false);
        };
        self.next += 1;
        let case = case.clone();
        let wanted = ForecastCaseRequest { case, ..ForecastCaseRequest::default() };
        self.api.forecast_case(arrived(wanted, self.by, FORECAST)?).await?;
        Ok(true)
    }
}

/// Submits over gRPC.
pub(crate) struct SubmitCall(RequestServiceClient<Caller>);

impl SubmitCall {
    pub(crate) fn new(caller: Caller) -> SubmitCall {
        SubmitCall(RequestServiceClient::new(caller))
    }
}

impl Client for SubmitCall {
    async fn act(&mut self) -> Result<bool> {
        self.0.submit_ticket(plea()).await?;
        Ok(true)
    }
}

/// Accepts over gRPC, as a preparation.
pub(crate) struct AcceptCall(RequestServiceClient<Caller>, Names);

impl AcceptCall {
    pub(crate) fn new(caller: Caller, tickets: &Names) -> AcceptCall {
        AcceptCall(RequestServiceClient::new(caller), tickets.clone())
    }
}

impl Client for AcceptCall {
    async fn act(&mut self) -> Result<bool> {
        let Some(ticket) = self.1.take() else { return Ok(false) };
        let request_id = request_id();
        let accept = AcceptTicketRequest { ticket, request_id, ..AcceptTicketRequest::default() };
        self.0.accept_ticket(accept).await?;
        Ok(true)
    }
}

/// Claims over gRPC.
pub(crate) struct ClaimCall(DispatchServiceClient<Caller>, Names);

impl ClaimCall {
    pub(crate) fn new(caller: Caller, orders: &Names) -> ClaimCall {
        ClaimCall(DispatchServiceClient::new(caller), orders.clone())
    }
}

impl Client for ClaimCall {
    async fn act(&mut self) -> Result<bool> {
        let Some(order) = self.1.take() else { return Ok(false) };
        self.0.claim_work_order(claim(order)).await?;
        Ok(true)
    }
}

/// A message as the gate lets it in.
fn arrived<M>(message: M, person: &str, method: &str) -> Result<tonic::Request<M>> {
    let person = PersonId::new(person).context("a person's code")?;
    let caller = Verified {
        subject: Subject::Person(person),
        on_behalf_of: None,
        department: None,
        roles: Vec::new(),
    };
    let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned();
    let mut request = tonic::Request::new(message);
    let method = method.to_owned();
    request.extensions_mut().insert(Arrival { caller, method, deadline: None, traceparent });
    Ok(request)
}

fn plea() -> SubmitTicketRequest {
    SubmitTicketRequest {
        enterprise: ENTERPRISE.to_owned(),
        kind: TicketKind::Help.into(),
        category: CATEGORY.to_owned(),
        title: "厂区停水".to_owned(),
        text: "厂区自昨日上午起停水，三条产线停产，请协调供水单位尽快恢复，并告知预计恢复时间。"
            .to_owned(),
        contact: Some(Contact { title: "张三丰".to_owned(), phone: "13812345678".to_owned() }),
        channel: "手机端".to_owned(),
        project_code: String::new(),
        origin: None,
        request_id: request_id(),
        ..SubmitTicketRequest::default()
    }
}

fn claim(work_order: String) -> ClaimWorkOrderRequest {
    let request_id = request_id();
    ClaimWorkOrderRequest { work_order, request_id, ..ClaimWorkOrderRequest::default() }
}

fn request_id() -> String {
    SystemEntropy.uuid(SystemClock.now()).to_string()
}
