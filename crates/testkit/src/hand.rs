//! A person at work: each deed is one call of the public API.

mod bad_days;

use contract::agency::agency_service_client::AgencyServiceClient;
use contract::common::Outcome;
use contract::directory::directory_service_client::DirectoryServiceClient;
use contract::dispatch::dispatch_service_client::DispatchServiceClient;
use contract::dispatch::{
    AskAssistanceRequest, AskPauseRequest, AssignWorkOrderRequest, ClaimWorkOrderRequest,
    CompleteWorkOrderRequest, DecidePauseRequest, DecideReturnRequest, Decision,
    GetWorkOrderRequest, HandOverWorkOrderRequest, PauseReason, RecordContactRequest,
    ReturnWorkOrderRequest, UrgeWorkOrderRequest, WorkOrder,
};
use contract::history::history_service_client::HistoryServiceClient;
use contract::operations::operations_service_client::OperationsServiceClient;
use contract::request::request_service_client::RequestServiceClient;
use contract::request::{
    AcceptTicketRequest, CloseTicketRequest, GetTicketRequest, RateTicketRequest,
    SubmitTicketRequest, SupplementTicketRequest, Ticket,
};
use jiff::Timestamp;
use journal::{Entropy as _, SystemEntropy};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

pub use self::bad_days::Call;
use crate::caller::Caller;

/// A person with a channel to each service.
#[derive(Clone)]
pub struct Hand {
    directory: Caller,
    request: Caller,
    dispatch: Caller,
    agency: Caller,
}

/// An id for a request that nobody has used.
pub fn request_id() -> String {
    SystemEntropy.uuid(Timestamp::UNIX_EPOCH).to_string()
}

/// The code of a refusal, its domain and its reason: `request.whistle TICKET_NOT_FOUND`.
pub fn refusal(status: &Status) -> (Code, String) {
    let info = status.get_details_error_info();
    let info = info.map(|info| format!("{} {}", info.domain, info.reason));
    (status.code(), info.unwrap_or_default())
}

/// What a refusal tells beside its reason.
pub fn metadata_of(status: &Status, key: &str) -> String {
    let info = status.get_details_error_info();
    info.and_then(|info| info.metadata.get(key).cloned()).unwrap_or_default()
}

impl Hand {
    /// In a process that serves everything.
    pub fn new(caller: Caller) -> Hand {
        Hand::apart(caller.clone(), caller.clone(), caller.clone(), caller)
    }

    /// In a zone whose services are processes of their own.
    pub fn apart(directory: Caller, request: Caller, dispatch: Caller, agency: Caller) -> Hand {
        Hand { directory, request, dispatch, agency }
    }

    /// The directory.
    pub fn directory(&self) -> DirectoryServiceClient<Caller> {
        DirectoryServiceClient::new(self.directory.clone())
    }

    /// The tickets.
    pub fn tickets(&self) -> RequestServiceClient<Caller> {
        RequestServiceClient::new(self.request.clone())
    }

    /// The work orders.
    pub fn orders(&self) -> DispatchServiceClient<Caller> {
        DispatchServiceClient::new(self.dispatch.clone())
    }

    /// The cases.
    pub fn cases(&self) -> AgencyServiceClient<Caller> {
        AgencyServiceClient::new(self.agency.clone())
    }

    /// The provable history, where this journal is served.
    pub fn history(&self, journal: &str) -> HistoryServiceClient<Caller> {
        HistoryServiceClient::new(self.at(journal))
    }

    /// The operator's view, where this journal is served.
    pub fn operations(&self, journal: &str) -> OperationsServiceClient<Caller> {
        OperationsServiceClient::new(self.at(journal))
    }

    fn at(&self, journal: &str) -> Caller {
        match journal {
            "request" => self.request.clone(),
            "dispatch" => self.dispatch.clone(),
            "agency" => self.agency.clone(),
            _ => self.directory.clone(),
        }
    }

    /// 企业吹哨.
    pub async fn submit(&self, plea: SubmitTicketRequest) -> Result<Ticket, Status> {
        let answer = self.tickets().submit_ticket(plea).await?;
        Ok(answer.into_inner().ticket.unwrap_or_default())
    }

    /// 受理, by the department that the catalogue names.
    pub async fn accept(&self, ticket: &str) -> Result<Ticket, Status> {
        let (ticket, request_id) = (ticket.to_owned(), request_id());
        let wanted = AcceptTicketRequest { ticket, request_id, ..<_>::default() };
        Ok(self.tickets().accept_ticket(wanted).await?.into_inner().ticket.unwrap_or_default())
    }

    /// 补充.
    pub async fn supplement(&self, ticket: &str) -> Result<Ticket, Status> {
        let (ticket, text, request_id) = (ticket.to_owned(), "材料已补齐".to_owned(), request_id());
        let wanted = SupplementTicketRequest { ticket, text, request_id, ..<_>::default() };
        Ok(self.tickets().supplement_ticket(wanted).await?.into_inner().ticket.unwrap_or_default())
    }

    /// 评价; 基本满意 and better is solved.
    pub async fn rate(&self, ticket: &str, level: i32) -> Result<Ticket, Status> {
        let (ticket, solved, request_id) = (ticket.to_owned(), 3 <= level, request_id());
        let wanted = RateTicketRequest { ticket, level, solved, request_id, ..<_>::default() };
        Ok(self.tickets().rate_ticket(wanted).await?.into_inner().ticket.unwrap_or_default())
    }

    /// 办结.
    pub async fn close(&self, ticket: &str) -> Result<Ticket, Status> {
        let (ticket, request_id) = (ticket.to_owned(), request_id());
        let wanted = CloseTicketRequest { ticket, request_id, ..<_>::default() };
        Ok(self.tickets().close_ticket(wanted).await?.into_inner().ticket.unwrap_or_default())
    }

    /// The ticket as it is now.
    pub async fn ticket(&self, ticket: &str) -> Result<Ticket, Status> {
        let wanted = GetTicketRequest { ticket: ticket.to_owned(), ..<_>::default() };
        Ok(self.tickets().get_ticket(wanted).await?.into_inner().ticket.unwrap_or_default())
    }

    /// The order as it is now.
    pub async fn order(&self, order: &str) -> Result<WorkOrder, Status> {
        let wanted = GetWorkOrderRequest { work_order: order.to_owned() };
        Ok(self.orders().get_work_order(wanted).await?.into_inner().work_order.unwrap_or_default())
    }

    /// 签收.
    pub async fn claim(&self, order: &str) -> Result<WorkOrder, Status> {
        let (work_order, request_id) = (order.to_owned(), request_id());
        let wanted = ClaimWorkOrderRequest { work_order, request_id, ..<_>::default() };
        let answer = self.orders().claim_work_order(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap_or_default())
    }

    /// 指派.
    pub async fn assign(&self, order: &str, person: &str) -> Result<WorkOrder, Status> {
        let wanted = AssignWorkOrderRequest {
            work_order: order.to_owned(),
            person: format!("persons/{person}"),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.orders().assign_work_order(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap_or_default())
    }

    /// 转交.
    pub async fn hand_over(&self, order: &str, person: &str) -> Result<WorkOrder, Status> {
        let wanted = HandOverWorkOrderRequest {
            work_order: order.to_owned(),
            person: format!("persons/{person}"),
            reason: "出差".to_owned(),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.orders().hand_over_work_order(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap_or_default())
    }

    /// 报到.
    pub async fn contact(&self, order: &str) -> Result<WorkOrder, Status> {
        let wanted = RecordContactRequest {
            work_order: order.to_owned(),
            proof: "电话联系".to_owned(),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.orders().record_contact(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap_or_default())
    }

    /// 退单.
    pub async fn return_order(&self, order: &str) -> Result<WorkOrder, Status> {
        let wanted = ReturnWorkOrderRequest {
            work_order: order.to_owned(),
            basis: "三定方案".to_owned(),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.orders().return_work_order(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap_or_default())
    }

    /// 改派: the return is upheld, and the department gets the order.
    pub async fn uphold_return(&self, order: &WorkOrder, to: &str) -> Result<WorkOrder, Status> {
        let wanted = DecideReturnRequest {
            work_order: order.name.clone(),
            decision: Decision::Granted.into(),
            department: to.to_owned(),
            reason: "退单成立".to_owned(),
            etag: order.etag.clone(),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.orders().decide_return(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap_or_default())
    }

    /// 协办.
    pub async fn ask_assistance(&self, order: &str, of: &str) -> Result<WorkOrder, Status> {
        let wanted = AskAssistanceRequest {
            work_order: order.to_owned(),
            department: of.to_owned(),
            text: "请协同办理".to_owned(),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.orders().ask_assistance(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap_or_default())
    }

    /// 挂起, until the enterprise has supplied what is missing.
    pub async fn ask_pause(&self, order: &str, until: Timestamp) -> Result<WorkOrder, Status> {
        let wanted = AskPauseRequest {
            work_order: order.to_owned(),
            reason: PauseReason::AwaitingMaterials.into(),
            note: "等待企业补充材料".to_owned(),
            until_time: Some(runtime::wire::time(until)),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.orders().ask_pause(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap_or_default())
    }

    /// 同意挂起.
    pub async fn grant_pause(&self, order: &WorkOrder) -> Result<WorkOrder, Status> {
        let wanted = DecidePauseRequest {
            work_order: order.name.clone(),
            decision: Decision::Granted.into(),
            reason: "情况属实".to_owned(),
            etag: order.etag.clone(),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.orders().decide_pause(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap_or_default())
    }

    /// 办复: solved.
    pub async fn complete(&self, order: &str) -> Result<WorkOrder, Status> {
        let wanted = CompleteWorkOrderRequest {
            work_order: order.to_owned(),
            outcome: Outcome::Solved.into(),
            answer: "已恢复".to_owned(),
            internal_note: "内部备注".to_owned(),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.orders().complete_work_order(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap_or_default())
    }

    /// 催办.
    pub async fn urge(&self, order: &str) -> Result<WorkOrder, Status> {
        let wanted = UrgeWorkOrderRequest {
            work_order: order.to_owned(),
            note: "请抓紧".to_owned(),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.orders().urge_work_order(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap_or_default())
    }
}
