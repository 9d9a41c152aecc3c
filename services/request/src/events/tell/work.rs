//! What is told of the work: it is asked for, it moves, it is answered, it is no longer wanted.

use base::{PersonId, WorkOrderId};
use calendar::Due;
use contract::common::{MaterialsSupplied, WorkKind, WorkReopened, WorkRequested, WorkWithdrawn};
use contract::request::{
    TicketAccepted, TicketAnswered, TicketHeardLate, TicketProgressed, TicketRoundBegun,
};
use journal::Telling;
use runtime::wire::time;

use super::{Teller, names};
use crate::lifecycle::{Answer, Asked, Cause, HeardKind, Progress, State};
use crate::wire;

impl Teller<'_> {
    pub(super) fn accepted(&self, asked: &Asked, late: bool, by_itself: bool) -> Vec<Telling> {
        let mut told = self.about(&TicketAccepted {
            ticket: self.name(),
            lead: wire::name_or_empty(asked.lead.as_ref()),
            work_order: asked.work_order.to_string(),
            round: wire::number(asked.round),
            late,
            by_itself,
        });
        told.extend(self.about(&self.work_requested(asked)));
        told
    }

    /// Round 1 is asked for; whatever follows it is asked for anew.
    pub(super) fn round_begun(
        &self,
        (cause, reason): (Cause, &str),
        asked: &Asked,
        escalated: bool,
    ) -> Vec<Telling> {
        let mut told = self.about(&TicketRoundBegun {
            ticket: self.name(),
            round: wire::number(asked.round),
            cause: wire::cause(cause).into(),
            reason: reason.to_owned(),
            lead: wire::name_or_empty(asked.lead.as_ref()),
            work_order: asked.work_order.to_string(),
            escalated,
        });
        let work = self.work_requested(asked);
        if asked.round == 1 {
            told.extend(self.about(&work));
        } else {
            let (work, reason) = (Some(work), reason.to_owned());
            told.extend(self.about(&WorkReopened { work, reason, escalate: escalated }));
        }
        told
    }

    /// What dispatch is asked to have done: it looks nothing up.
    fn work_requested(&self, asked: &Asked) -> WorkRequested {
        let (submission, rule) = (&self.ticket.submission, &asked.rule);
        let excluded = self.ticket.complained.as_ref();
        let assisting = rule.suggested_assisting.iter().filter(|may| excluded != Some(*may));
        let limits_since = self.ticket.round.limits_run_from();
        let limits_since = limits_since.unwrap_or(self.ticket.submitted_at);
        WorkRequested {
            work_order: asked.work_order.to_string(),
            round: wire::number(asked.round),
            kind: WorkKind::Answer.into(),
            source: self.name(),
            source_number: submission.number.clone(),
            title: submission.title.clone(),
            text: submission.text.clone(),
            enterprise: submission.enterprise.to_string(),
            category: submission.category.to_string(),
            lead: wire::name_or_empty(asked.lead.as_ref()),
            suggested_assisting: assisting.map(ToString::to_string).collect(),
            work_class: wire::work_class(rule.work_class).into(),
            limits: rule.limits.iter().map(wire::limit).collect(),
            rule_version: wire::number(rule.version),
            submitted_time: Some(time(limits_since)),
            barred: Vec::new(),
            excluded_departments: excluded.into_iter().map(ToString::to_string).collect(),
            zone_duty: wire::name_or_empty(rule.zone_duty.as_ref()),
        }
    }

    /// What was asked of dispatch is no longer wanted, if anything was.
    pub(super) fn work_withdrawn(&self, reason: &str) -> Vec<Telling> {
        let round = &self.ticket.round;
        let Some(order) = round.work_order.filter(|_| round.withdrawn) else { return Vec::new() };
        self.about(&WorkWithdrawn {
            work_order: order.to_string(),
            source: self.name(),
            round: self.round(),
            reason: reason.to_owned(),
        })
    }

    /// What may have been waited for is there; where no work is under way, nothing waits for it.
    pub(super) fn materials_supplied(&self) -> Vec<Telling> {
        if self.ticket.state != State::Accepted {
            return Vec::new();
        }
        let work_order = wire::name_or_empty(self.ticket.round.work_order.as_ref());
        self.about(&MaterialsSupplied { work_order, source: self.name() })
    }

    pub(super) fn progressed(&self, progress: &Progress, concerned: &[PersonId]) -> Vec<Telling> {
        let (progress, concerned) = (Some(wire::progress(progress)), names(concerned));
        self.about(&TicketProgressed { ticket: self.name(), progress, concerned })
    }

    /// An answer waits for the enterprise's verdict, or for the date that it promises.
    pub(super) fn answered(
        &self,
        answer: &Answer,
        concerned: &[PersonId],
        (call_back_due, plan_due): (Option<&Due>, Option<&Due>),
    ) -> Vec<Telling> {
        let mut told = self.about(&TicketAnswered {
            ticket: self.name(),
            round: self.round(),
            outcome: wire::outcome(answer.outcome).into(),
            answer: answer.text.clone(),
            call_back_due: call_back_due.map(wire::own_due),
            concerned: names(concerned),
            internal_note: answer.internal_note.clone(),
            signer: wire::name_or_empty(answer.signer.as_ref()),
            directly: answer.directly,
            plan_due: plan_due.map(wire::own_due),
        });
        told.extend(self.work_withdrawn("ANSWERED"));
        told
    }

    pub(super) fn heard_late(
        &self,
        kind: HeardKind,
        state: State,
        work_order: &WorkOrderId,
    ) -> Vec<Telling> {
        self.about(&TicketHeardLate {
            ticket: self.name(),
            fact: kind.to_string(),
            state: wire::state(state).into(),
            work_order: work_order.to_string(),
        })
    }
}
