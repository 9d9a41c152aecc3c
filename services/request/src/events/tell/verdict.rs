//! What is told of the enterprise's verdict: by its rating, or in a call back.

use calendar::Due;
use contract::request::{TicketCalledBack, TicketConfirmed, TicketDissatisfied, TicketRated};
use journal::Telling;

use super::Teller;
use crate::lifecycle::{CallBack, Rating, Verdict};
use crate::wire;

impl Teller<'_> {
    pub(super) fn called_back(&self, call: &CallBack, next_due: Option<&Due>) -> Vec<Telling> {
        self.about(&TicketCalledBack {
            ticket: self.name(),
            round: self.round(),
            number_commitment: call.number_commitment.clone(),
            call_back: Some(wire::call_back(call, true)),
            next_due: next_due.map(wire::own_due),
        })
    }

    pub(super) fn confirmed(&self, verdict: &Verdict, close_due: &Due) -> Vec<Telling> {
        self.about(&TicketConfirmed {
            ticket: self.name(),
            work_order: self.credited(),
            round: self.round(),
            outcome: wire::outcome(verdict.outcome).into(),
            level: i32::from(verdict.level),
            comment: verdict.comment.clone(),
            close_due: Some(wire::own_due(close_due)),
            by_call_back: verdict.by_call_back,
            awaits_verification: verdict.awaits_verification,
        })
    }

    pub(super) fn dissatisfied(&self, verdict: &Verdict, redo_due: &Due) -> Vec<Telling> {
        self.about(&TicketDissatisfied {
            ticket: self.name(),
            work_order: self.credited(),
            round: self.round(),
            outcome: wire::outcome(verdict.outcome).into(),
            level: i32::from(verdict.level),
            comment: verdict.comment.clone(),
            redo_due: Some(wire::own_due(redo_due)),
            by_call_back: verdict.by_call_back,
            awaits_verification: verdict.awaits_verification,
        })
    }

    pub(super) fn rated(&self, rating: &Rating) -> Vec<Telling> {
        self.about(&TicketRated {
            ticket: self.name(),
            work_order: self.credited(),
            round: self.round(),
            rating: Some(wire::rating(rating)),
        })
    }

    /// The order to whose credit the verdict is; empty if the dispatcher answered directly.
    pub(super) fn credited(&self) -> String {
        wire::name_or_empty(self.ticket.round.credited())
    }
}
