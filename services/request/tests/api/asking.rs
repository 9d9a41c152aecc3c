//! What callers ask of a ticket, each with a request id of its own.

use contract::request::{
    AnswerTicketRequest, AppealTicketRequest, DecideAppealRequest, DecideExplanationRequest,
    EraseContactRequest, MergeTicketRequest, ProposeExplanationRequest, RecordCallBackRequest,
    RedoTicketRequest, RejectReason, RejectTicketRequest, ReopenTicketRequest, ResumePlanRequest,
    SplitTicketRequest, Ticket, VerifyRatingRequest, WithdrawTicketRequest,
};
use journal::Clock as _;

use crate::zone::{PHONE, Zone};

/// A request about a ticket, with what else it says.
macro_rules! asks {
    ($zone:expr, $ticket:expr, $request:ident { $($field:ident: $value:expr),* $(,)? }) => {
        $request {
            ticket: $ticket.name.clone(),
            request_id: $zone.id(),
            $($field: $value,)*
            ..$request::default()
        }
    };
}

fn said(text: &str) -> String {
    text.to_owned()
}

impl Zone {
    pub(crate) fn reject(&self, ticket: &Ticket, reason: RejectReason) -> RejectTicketRequest {
        let channel = said("市12345热线");
        asks!(self, ticket, RejectTicketRequest { reason: reason.into(), channel: channel })
    }

    pub(crate) fn merge(&self, ticket: &Ticket, into: &Ticket) -> MergeTicketRequest {
        asks!(self, ticket, MergeTicketRequest { into: into.name.clone() })
    }

    pub(crate) fn split(&self, ticket: &Ticket) -> SplitTicketRequest {
        asks!(self, ticket, SplitTicketRequest { reason: said("不是同一件事") })
    }

    pub(crate) fn reply(&self, ticket: &Ticket) -> AnswerTicketRequest {
        let (answer, internal_note) = (said("请登录平台办理"), said("常见问题"));
        asks!(self, ticket, AnswerTicketRequest { answer: answer, internal_note: internal_note })
    }

    pub(crate) fn withdraw(&self, ticket: &Ticket) -> WithdrawTicketRequest {
        asks!(self, ticket, WithdrawTicketRequest { reason: said("已自行解决") })
    }

    /// A call that begins and ends now; reached if there is a level.
    pub(crate) fn call(&self, ticket: &Ticket, level: Option<i32>) -> RecordCallBackRequest {
        asks!(
            self,
            ticket,
            RecordCallBackRequest {
                number: said(PHONE),
                started_time: Some(runtime::wire::time(self.world.clock.now())),
                recording: format!("REC-{}", self.world.clock.now()),
                reached: level.is_some(),
                level: level.unwrap_or_default(),
                solved: level.is_some_and(|level| 3 <= level),
            }
        )
    }

    pub(crate) fn verify(&self, ticket: &Ticket, counts: bool) -> VerifyRatingRequest {
        VerifyRatingRequest {
            ticket: ticket.name.clone(),
            round: 1,
            counts,
            reason: said("已电话核实"),
            etag: ticket.etag.clone(),
            request_id: self.id(),
        }
    }

    pub(crate) fn redo(&self, ticket: &Ticket) -> RedoTicketRequest {
        asks!(self, ticket, RedoTicketRequest { reason: said("没有解决") })
    }

    pub(crate) fn explain(&self, ticket: &Ticket) -> ProposeExplanationRequest {
        let (text, next_channel) = (said("于法无据"), said("可依法诉讼"));
        asks!(self, ticket, ProposeExplanationRequest { text: text, next_channel: next_channel })
    }

    pub(crate) fn decide(&self, ticket: &Ticket, approved: bool) -> DecideExplanationRequest {
        DecideExplanationRequest {
            ticket: ticket.name.clone(),
            approved,
            reason: said("情况属实"),
            etag: ticket.etag.clone(),
            request_id: self.id(),
            ..<_>::default()
        }
    }

    pub(crate) fn resume(&self, ticket: &Ticket) -> ResumePlanRequest {
        asks!(self, ticket, ResumePlanRequest { reason: said("不能再等") })
    }

    pub(crate) fn reopen(&self, ticket: &Ticket) -> ReopenTicketRequest {
        asks!(self, ticket, ReopenTicketRequest { reason: said("又停水了") })
    }

    pub(crate) fn appeal(&self, ticket: &Ticket) -> AppealTicketRequest {
        asks!(self, ticket, AppealTicketRequest { reason: said("不服") })
    }

    pub(crate) fn decide_appeal(&self, ticket: &Ticket, upheld: bool) -> DecideAppealRequest {
        let (etag, reason) = (ticket.etag.clone(), said("经复核"));
        asks!(self, ticket, DecideAppealRequest { upheld: upheld, reason: reason, etag: etag })
    }

    pub(crate) fn erase(&self, ticket: &Ticket) -> EraseContactRequest {
        asks!(self, ticket, EraseContactRequest { reason: said("企业书面申请") })
    }
}
