//! Ending a ticket before the work does: 不予受理, 并单, 直接答复, 撤回; and adding to it 补充.

use contract::request::{
    AnswerTicketRequest, AppealTicketRequest, MergeTicketRequest, RejectTicketRequest,
    SupplementTicketRequest, WithdrawTicketRequest,
};
use futures_util::FutureExt as _;
use runtime::{Changed, Lifecycle as _, Plan, Refusal};

use super::work::find_seen;
use super::{Api, Asking, id, required};
use crate::error::Error;
use crate::lifecycle::{Command, Older, Ticket};
use crate::store::Tickets;
use crate::wire;

impl Api {
    /// 不予受理.
    pub(super) async fn reject(
        &self,
        asking: &Asking,
        asked: RejectTicketRequest,
    ) -> Result<Changed<Ticket>, Error> {
        let reason = wire::reject_reason_from(asked.reason()).ok_or_else(|| required("reason"))?;
        let (by, channel) = (asking.by.clone(), asked.channel);
        self.change(asking, &asked.ticket, Command::Reject { by, reason, channel }).await
    }

    /// 并单. The older ticket stays locked until the unit ends, so that it is still open then.
    pub(super) async fn merge(
        &self,
        asking: &Asking,
        asked: MergeTicketRequest,
    ) -> Result<Changed<Ticket>, Error> {
        let (id, into) = (id("ticket", &asked.ticket)?, id("into", &asked.into)?);
        let by = asking.by.clone();
        let changed = self.change_with(asking, into.to_string(), move |unit| {
            let by = by.clone();
            async move {
                find_seen(unit, &by, &id).await?;
                let older = Tickets::find_locked(unit.tx(), &into).await.map_err(Refusal::from)?;
                let unknown = || Error::TicketNotFound { ticket: into.to_string() };
                let older = older.filter(|older| by.sees(older)).ok_or_else(unknown)?;
                let into = Box::new(Older {
                    id: older.id,
                    enterprise: older.submission.enterprise,
                    complained: older.complained,
                    submitted_at: older.submitted_at,
                    state: older.state,
                });
                Ok(Plan::Ask(id, Command::Merge { by, into }))
            }
            .boxed()
        });
        let changed = changed.await.map_err(|error| error.of(&asking.call, &id))?;
        self.as_seen_now(asking, changed).await
    }

    /// 直接答复.
    pub(super) async fn answer_directly(
        &self,
        asking: &Asking,
        asked: AnswerTicketRequest,
    ) -> Result<Changed<Ticket>, Error> {
        let (by, text, internal_note) = (asking.by.clone(), asked.answer, asked.internal_note);
        let command = Command::AnswerDirectly { by, text, internal_note };
        self.change(asking, &asked.ticket, command).await
    }

    /// 补充.
    pub(super) async fn supplement(
        &self,
        asking: &Asking,
        asked: SupplementTicketRequest,
    ) -> Result<Changed<Ticket>, Error> {
        let (by, text) = (asking.by.clone(), asked.text);
        self.change(asking, &asked.ticket, Command::Supplement { by, text }).await
    }

    /// 撤回.
    pub(super) async fn withdraw(
        &self,
        asking: &Asking,
        asked: WithdrawTicketRequest,
    ) -> Result<Changed<Ticket>, Error> {
        let (by, reason) = (asking.by.clone(), asked.reason);
        self.change(asking, &asked.ticket, Command::Withdraw { by, reason }).await
    }

    /// 申诉.
    pub(super) async fn appeal(
        &self,
        asking: &Asking,
        asked: AppealTicketRequest,
    ) -> Result<Changed<Ticket>, Error> {
        let (by, reason) = (asking.by.clone(), asked.reason);
        self.change(asking, &asked.ticket, Command::Appeal { by, reason }).await
    }
}
