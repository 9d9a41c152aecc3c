//! One person of the demo at work: each deed is one call of the public API.

mod agency;

use std::sync::atomic::{AtomicU64, Ordering};

use contract::common::Outcome;
use contract::dispatch::dispatch_service_client::DispatchServiceClient;
use contract::dispatch::{
    AskAssistanceRequest, AskPauseRequest, AssignWorkOrderRequest, ClaimWorkOrderRequest,
    CompleteWorkOrderRequest, DecidePauseRequest, DecideReturnRequest, Decision,
    DesignateLeadRequest, GetWorkOrderRequest, PauseReason, RecordContactRequest,
    ReturnWorkOrderRequest, UrgeWorkOrderRequest, WorkOrder,
};
use contract::request::request_service_client::RequestServiceClient;
use contract::request::{
    AcceptTicketRequest, CloseTicketRequest, GetTicketRequest, RateTicketRequest,
    RecordCallBackRequest, RedoTicketRequest, SubmitTicketRequest, SupplementTicketRequest, Ticket,
};
use jiff::Timestamp;
use tonic::transport::Channel;

use super::zone::request_id;
use crate::connection::{Connection, Refused};

/// How long a call to an enterprise takes.
const CALL_SECONDS: i32 = 180;

/// Request ids, the same in every run.
pub(crate) struct RequestIds {
    purpose: &'static str,
    asked: AtomicU64,
}

impl RequestIds {
    /// Those of one purpose; another's never clash with them.
    pub(crate) fn for_purpose(purpose: &'static str) -> RequestIds {
        RequestIds { purpose, asked: AtomicU64::new(0) }
    }

    fn next(&self) -> String {
        request_id(self.purpose, self.asked.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// A person with a connection.
pub(crate) struct Actor<'a> {
    connection: Connection,
    ids: &'a RequestIds,
}

impl<'a> Actor<'a> {
    /// The person whose connection it is.
    pub(crate) fn new(connection: Connection, ids: &'a RequestIds) -> Actor<'a> {
        Actor { connection, ids }
    }

    fn tickets(&self) -> RequestServiceClient<Channel> {
        RequestServiceClient::new(self.connection.channel())
    }

    fn orders(&self) -> DispatchServiceClient<Channel> {
        DispatchServiceClient::new(self.connection.channel())
    }

    /// 企业吹哨.
    pub(crate) async fn submit(&self, wanted: SubmitTicketRequest) -> Result<Ticket, Refused> {
        let wanted = SubmitTicketRequest { request_id: self.ids.next(), ..wanted };
        let answer = self.tickets().submit_ticket(self.connection.request(wanted)).await?;
        Ok(answer.into_inner().ticket.unwrap_or_default())
    }

    /// 受理, naming the department that leads.
    pub(crate) async fn accept(&self, ticket: &str, lead: &str) -> Result<Ticket, Refused> {
        let wanted = AcceptTicketRequest {
            ticket: ticket.to_owned(),
            lead: format!("departments/{lead}"),
            request_id: self.ids.next(),
            ..AcceptTicketRequest::default()
        };
        let answer = self.tickets().accept_ticket(self.connection.request(wanted)).await?;
        Ok(answer.into_inner().ticket.unwrap_or_default())
    }

    /// 补充.
    pub(crate) async fn supplement(&self, ticket: &str) -> Result<(), Refused> {
        let wanted = SupplementTicketRequest {
            ticket: ticket.to_owned(),
            text: "所需材料已补齐".to_owned(),
            request_id: self.ids.next(),
            ..SupplementTicketRequest::default()
        };
        self.tickets().supplement_ticket(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// 评价; 基本满意 and better is solved.
    pub(crate) async fn rate(&self, ticket: &str, level: i32) -> Result<(), Refused> {
        let wanted = RateTicketRequest {
            ticket: ticket.to_owned(),
            level,
            solved: 3 <= level,
            request_id: self.ids.next(),
            ..RateTicketRequest::default()
        };
        self.tickets().rate_ticket(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// 回访: the enterprise is reached and gives its verdict; 基本满意 and better is solved.
    pub(crate) async fn call_back(
        &self,
        ticket: &str,
        phone: &str,
        ended: Timestamp,
        level: i32,
    ) -> Result<Ticket, Refused> {
        let seconds = ended.as_second() - i64::from(CALL_SECONDS);
        let began = prost_types::Timestamp { seconds, nanos: 0 };
        let wanted = RecordCallBackRequest {
            ticket: ticket.to_owned(),
            number: phone.to_owned(),
            started_time: Some(began),
            seconds: CALL_SECONDS,
            recording: "回访录音".to_owned(),
            reached: true,
            level,
            solved: 3 <= level,
            request_id: self.ids.next(),
            ..RecordCallBackRequest::default()
        };
        let answer = self.tickets().record_call_back(self.connection.request(wanted)).await?;
        Ok(answer.into_inner().ticket.unwrap_or_default())
    }

    /// 重办, by the department that had it.
    pub(crate) async fn redo(&self, ticket: &str, reason: &str) -> Result<Ticket, Refused> {
        let wanted = RedoTicketRequest {
            ticket: ticket.to_owned(),
            reason: reason.to_owned(),
            request_id: self.ids.next(),
            ..RedoTicketRequest::default()
        };
        let answer = self.tickets().redo_ticket(self.connection.request(wanted)).await?;
        Ok(answer.into_inner().ticket.unwrap_or_default())
    }

    /// The ticket as it is now.
    pub(crate) async fn ticket(&self, name: &str) -> Result<Ticket, Refused> {
        let wanted = GetTicketRequest { ticket: name.to_owned(), ..<_>::default() };
        let found = self.tickets().get_ticket(self.connection.request(wanted)).await?;
        Ok(found.into_inner().ticket.unwrap_or_default())
    }

    /// 办结.
    pub(crate) async fn close(&self, ticket: &str) -> Result<(), Refused> {
        let wanted = CloseTicketRequest {
            ticket: ticket.to_owned(),
            request_id: self.ids.next(),
            ..CloseTicketRequest::default()
        };
        self.tickets().close_ticket(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// The order as it is now.
    pub(crate) async fn order(&self, name: &str) -> Result<WorkOrder, Refused> {
        let wanted = GetWorkOrderRequest { work_order: name.to_owned() };
        let found = self.orders().get_work_order(self.connection.request(wanted)).await?;
        Ok(found.into_inner().work_order.unwrap_or_default())
    }

    /// 签收.
    pub(crate) async fn claim(&self, order: &str) -> Result<(), Refused> {
        let wanted = ClaimWorkOrderRequest {
            work_order: order.to_owned(),
            request_id: self.ids.next(),
            ..ClaimWorkOrderRequest::default()
        };
        self.orders().claim_work_order(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// 报到.
    pub(crate) async fn contact(&self, order: &str) -> Result<(), Refused> {
        let wanted = RecordContactRequest {
            work_order: order.to_owned(),
            proof: "电话联系企业，约定办理事宜".to_owned(),
            request_id: self.ids.next(),
            ..RecordContactRequest::default()
        };
        self.orders().record_contact(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// 指派 to a person of the department.
    pub(crate) async fn assign(&self, order: &str, to: &str) -> Result<(), Refused> {
        let wanted = AssignWorkOrderRequest {
            work_order: order.to_owned(),
            person: format!("persons/{to}"),
            request_id: self.ids.next(),
            ..AssignWorkOrderRequest::default()
        };
        self.orders().assign_work_order(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// 退单.
    pub(crate) async fn return_order(&self, order: &str, basis: &str) -> Result<(), Refused> {
        let wanted = ReturnWorkOrderRequest {
            work_order: order.to_owned(),
            basis: basis.to_owned(),
            request_id: self.ids.next(),
            ..ReturnWorkOrderRequest::default()
        };
        self.orders().return_work_order(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// 改派: the return is upheld.
    pub(crate) async fn uphold_return(&self, order: &str, to: &str) -> Result<(), Refused> {
        let wanted = DecideReturnRequest {
            work_order: order.to_owned(),
            decision: Decision::Granted.into(),
            department: format!("departments/{to}"),
            reason: "退回理由成立，改派主办单位".to_owned(),
            etag: self.order(order).await?.etag,
            request_id: self.ids.next(),
            ..<_>::default()
        };
        self.orders().decide_return(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// 指定主办, by a joint meeting.
    pub(crate) async fn designate(
        &self,
        order: &str,
        department: &str,
        minutes: &str,
    ) -> Result<(), Refused> {
        let wanted = DesignateLeadRequest {
            work_order: order.to_owned(),
            department: format!("departments/{department}"),
            minutes: minutes.to_owned(),
            etag: self.order(order).await?.etag,
            request_id: self.ids.next(),
            ..<_>::default()
        };
        self.orders().designate_lead(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// 协办: gives the order with its assisting orders.
    pub(crate) async fn ask_assistance(
        &self,
        order: &str,
        department: &str,
    ) -> Result<WorkOrder, Refused> {
        let wanted = AskAssistanceRequest {
            work_order: order.to_owned(),
            department: department.to_owned(),
            text: "请协同办理并反馈意见".to_owned(),
            request_id: self.ids.next(),
            ..AskAssistanceRequest::default()
        };
        let answer = self.orders().ask_assistance(self.connection.request(wanted)).await?;
        Ok(answer.into_inner().work_order.unwrap_or_default())
    }

    /// 挂起, no longer than until the answer would be due: within what the rules allow.
    pub(crate) async fn ask_pause(&self, order: &str, note: &str) -> Result<(), Refused> {
        let due = self.order(order).await?.reply_due;
        let wanted = AskPauseRequest {
            work_order: order.to_owned(),
            reason: PauseReason::AwaitingMaterials.into(),
            note: note.to_owned(),
            until_time: due.and_then(|due| due.time),
            request_id: self.ids.next(),
            ..AskPauseRequest::default()
        };
        self.orders().ask_pause(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// 同意挂起.
    pub(crate) async fn grant_pause(&self, order: &str) -> Result<(), Refused> {
        let wanted = DecidePauseRequest {
            work_order: order.to_owned(),
            decision: Decision::Granted.into(),
            reason: "情况属实，同意".to_owned(),
            etag: self.order(order).await?.etag,
            request_id: self.ids.next(),
            ..<_>::default()
        };
        self.orders().decide_pause(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// 催办.
    pub(crate) async fn urge(&self, order: &str, note: &str) -> Result<(), Refused> {
        let wanted = UrgeWorkOrderRequest {
            work_order: order.to_owned(),
            note: note.to_owned(),
            request_id: self.ids.next(),
            ..UrgeWorkOrderRequest::default()
        };
        self.orders().urge_work_order(self.connection.request(wanted)).await?;
        Ok(())
    }

    /// 办复: solved.
    pub(crate) async fn complete(&self, order: &str, answer: &str) -> Result<(), Refused> {
        let wanted = CompleteWorkOrderRequest {
            work_order: order.to_owned(),
            outcome: Outcome::Solved.into(),
            answer: answer.to_owned(),
            request_id: self.ids.next(),
            ..CompleteWorkOrderRequest::default()
        };
        self.orders().complete_work_order(self.connection.request(wanted)).await?;
        Ok(())
    }
}
