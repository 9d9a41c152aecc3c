//! Taking a ticket in, and having it worked on again: what is asked of dispatch.

use contract::request::{
    AcceptTicketRequest, DecideAppealRequest, RedoTicketRequest, ReopenTicketRequest,
    ResumePlanRequest, SplitTicketRequest,
};
use runtime::Changed;

use super::{Api, Asking};
use crate::error::Error;
use crate::lifecycle::{Again, Command, Ticket};

impl Api {
    /// 受理.
    pub(super) async fn accept(
        &self,
        asking: &Asking,
        asked: AcceptTicketRequest,
    ) -> Result<Changed<Ticket>, Error> {
        let by = asking.by.clone();
        let command = move |work| Command::Accept { by: by.clone(), work };
        self.change_with_work(asking, (&asked.ticket, &asked.lead), command).await
    }

    /// 拆单.
    pub(super) async fn split(
        &self,
        asking: &Asking,
        asked: SplitTicketRequest,
    ) -> Result<Changed<Ticket>, Error> {
        let said = (asked.ticket.as_str(), asked.lead.as_str(), asked.reason);
        self.change_again(asking, said, |ask| Command::Split { ask }).await
    }

    /// 重办.
    pub(super) async fn redo(
        &self,
        asking: &Asking,
        asked: RedoTicketRequest,
    ) -> Result<Changed<Ticket>, Error> {
        let said = (asked.ticket.as_str(), asked.lead.as_str(), asked.reason);
        self.change_again(asking, said, |ask| Command::Redo { ask }).await
    }

    /// 挂账恢复.
    pub(super) async fn resume_plan(
        &self,
        asking: &Asking,
        asked: ResumePlanRequest,
    ) -> Result<Changed<Ticket>, Error> {
        let said = (asked.ticket.as_str(), asked.lead.as_str(), asked.reason);
        self.change_again(asking, said, |ask| Command::ResumePlan { ask }).await
    }

    /// 重新打开.
    pub(super) async fn reopen(
        &self,
        asking: &Asking,
        asked: ReopenTicketRequest,
    ) -> Result<Changed<Ticket>, Error> {
        let said = (asked.ticket.as_str(), "", asked.reason);
        self.change_again(asking, said, |ask| Command::Reopen { ask }).await
    }

    /// 申诉裁定.
    pub(super) async fn decide_appeal(
        &self,
        asking: &Asking,
        asked: DecideAppealRequest,
    ) -> Result<Changed<Ticket>, Error> {
        let (by, reason, upheld) = (asking.by.clone(), asked.reason, asked.upheld);
        let command = move |work| {
            let ask = Again { by: by.clone(), reason: reason.clone(), work };
            Command::DecideAppeal { upheld, ask }
        };
        self.change_with_work(asking, (&asked.ticket, &asked.lead), command).await
    }
}
