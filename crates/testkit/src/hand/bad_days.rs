//! What people do when a matter does not go the plain way.

use contract::dispatch::{
    AskExtensionRequest, AskPauseRequest, DecideExtensionRequest, Decision, DesignateLeadRequest,
    PauseReason, ReturnWorkOrderRequest, RouteWorkOrderRequest, WorkOrder,
};
use contract::request::{
    AppealTicketRequest, DecideAppealRequest, EraseContactRequest, MergeTicketRequest,
    RecordCallBackRequest, RedoTicketRequest, RejectReason, RejectTicketRequest,
    SplitTicketRequest, Ticket, WithdrawTicketRequest,
};
use jiff::Timestamp;
use tonic::Status;

use super::{Hand, request_id};

/// A call back to an enterprise.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The number called.
    pub number: &'a str,
    /// When it began.
    pub started_at: Timestamp,
    /// What the enterprise said, if it was reached: level, and whether it was solved.
    pub reached: Option<(i32, bool)>,
}

impl Hand {
    /// 撤回.
    pub async fn withdraw(&self, ticket: &str) -> Result<Ticket, Status> {
        let wanted = WithdrawTicketRequest {
            ticket: ticket.to_owned(),
            reason: "已自行解决".to_owned(),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.tickets().withdraw_ticket(wanted).await?;
        Ok(answer.into_inner().ticket.unwrap_or_default())
    }

    /// 不予受理: outside the zone.
    pub async fn reject(&self, ticket: &str) -> Result<Ticket, Status> {
        let wanted = RejectTicketRequest {
            ticket: ticket.to_owned(),
            reason: RejectReason::OutsideZone.into(),
            channel: "市12345热线".to_owned(),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.tickets().reject_ticket(wanted).await?;
        Ok(answer.into_inner().ticket.unwrap_or_default())
    }

    /// 申诉.
    pub async fn appeal(&self, ticket: &str) -> Result<Ticket, Status> {
        let wanted = AppealTicketRequest {
            ticket: ticket.to_owned(),
            reason: "厂区在辖区内".to_owned(),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.tickets().appeal_ticket(wanted).await?;
        Ok(answer.into_inner().ticket.unwrap_or_default())
    }

    /// 申诉成立.
    pub async fn uphold_appeal(&self, ticket: &Ticket) -> Result<Ticket, Status> {
        let wanted = DecideAppealRequest {
            ticket: ticket.name.clone(),
            upheld: true,
            reason: "经核实在辖区内".to_owned(),
            etag: ticket.etag.clone(),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.tickets().decide_appeal(wanted).await?;
        Ok(answer.into_inner().ticket.unwrap_or_default())
    }

    /// 并单, into an older one.
    pub async fn merge(&self, ticket: &str, into: &str) -> Result<Ticket, Status> {
        let wanted = MergeTicketRequest {
            ticket: ticket.to_owned(),
            into: into.to_owned(),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.tickets().merge_ticket(wanted).await?;
        Ok(answer.into_inner().ticket.unwrap_or_default())
    }

    /// 拆单.
    pub async fn split(&self, ticket: &str) -> Result<Ticket, Status> {
        let wanted = SplitTicketRequest {
            ticket: ticket.to_owned(),
            reason: "并非同一事项".to_owned(),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.tickets().split_ticket(wanted).await?;
        Ok(answer.into_inner().ticket.unwrap_or_default())
    }

    /// 重办, by the same department.
    pub async fn redo(&self, ticket: &str) -> Result<Ticket, Status> {
        let wanted = RedoTicketRequest {
            ticket: ticket.to_owned(),
            reason: "企业不满意".to_owned(),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.tickets().redo_ticket(wanted).await?;
        Ok(answer.into_inner().ticket.unwrap_or_default())
    }

    /// 回访, of one minute.
    pub async fn call_back(&self, ticket: &str, call: Call<'_>) -> Result<Ticket, Status> {
        let (level, solved) = call.reached.unwrap_or_default();
        let wanted = RecordCallBackRequest {
            ticket: ticket.to_owned(),
            number: call.number.to_owned(),
            started_time: Some(runtime::wire::time(call.started_at)),
            seconds: 60,
            recording: format!("录音-{}", call.started_at),
            reached: call.reached.is_some(),
            level,
            solved,
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.tickets().record_call_back(wanted).await?;
        Ok(answer.into_inner().ticket.unwrap_or_default())
    }

    /// 个人信息删除.
    pub async fn erase_contact(&self, ticket: &str) -> Result<(), Status> {
        let wanted = EraseContactRequest {
            ticket: ticket.to_owned(),
            reason: "企业书面申请".to_owned(),
            request_id: request_id(),
            ..<_>::default()
        };
        self.tickets().erase_contact(wanted).await?;
        Ok(())
    }

    /// 退单, naming the department whose work it is.
    pub async fn return_naming(&self, order: &str, names: &str) -> Result<WorkOrder, Status> {
        let wanted = ReturnWorkOrderRequest {
            work_order: order.to_owned(),
            basis: "三定方案".to_owned(),
            names_department: names.to_owned(),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.orders().return_work_order(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap_or_default())
    }

    /// 派单, from the unrouted pool.
    pub async fn route(&self, order: &WorkOrder, to: &str) -> Result<WorkOrder, Status> {
        let wanted = RouteWorkOrderRequest {
            work_order: order.name.clone(),
            department: to.to_owned(),
            etag: order.etag.clone(),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.orders().route_work_order(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap_or_default())
    }

    /// 指定主办.
    pub async fn designate(&self, order: &WorkOrder, to: &str) -> Result<WorkOrder, Status> {
        let wanted = DesignateLeadRequest {
            work_order: order.name.clone(),
            department: to.to_owned(),
            minutes: "联席会纪要〔2026〕3号".to_owned(),
            etag: order.etag.clone(),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.orders().designate_lead(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap_or_default())
    }

    /// 挂起, for a reason of the closed list.
    pub async fn ask_pause_for(
        &self,
        order: &str,
        reason: PauseReason,
        until: Timestamp,
    ) -> Result<WorkOrder, Status> {
        let wanted = AskPauseRequest {
            work_order: order.to_owned(),
            reason: reason.into(),
            note: "依法不计入办理时限".to_owned(),
            until_time: Some(runtime::wire::time(until)),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.orders().ask_pause(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap_or_default())
    }

    /// 延期.
    pub async fn ask_extension(&self, order: &str, until: Timestamp) -> Result<WorkOrder, Status> {
        let wanted = AskExtensionRequest {
            work_order: order.to_owned(),
            until_time: Some(runtime::wire::time(until)),
            reason: "需更换管网".to_owned(),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.orders().ask_extension(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap_or_default())
    }

    /// 同意延期.
    pub async fn grant_extension(&self, order: &WorkOrder) -> Result<WorkOrder, Status> {
        let wanted = DecideExtensionRequest {
            work_order: order.name.clone(),
            decision: Decision::Granted.into(),
            reason: "情况属实".to_owned(),
            etag: order.etag.clone(),
            request_id: request_id(),
            ..<_>::default()
        };
        let answer = self.orders().decide_extension(wanted).await?;
        Ok(answer.into_inner().work_order.unwrap_or_default())
    }
}
