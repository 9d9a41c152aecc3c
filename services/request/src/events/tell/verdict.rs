//! What is told of the enterprise's verdict: by its rating, or in a call back.

use calendar::Due;
use contract::request::{
    TicketCalledBack, TicketConfirmed, TicketDissatisfied, TicketRated, TicketRatingVerified,
};
use journal::Telling;

use super::Teller;
use crate::lifecycle::{CallBack, Rating, Round, Verdict};
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
            awaits_verification: verdict.verify_due.is_some(),
            verification_due: verdict.verify_due.as_ref().map(wire::own_due),
            verification_causes: wire::doubts(&verdict.doubts),
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
            awaits_verification: verdict.verify_due.is_some(),
            verification_due: verdict.verify_due.as_ref().map(wire::own_due),
            verification_causes: wire::doubts(&verdict.doubts),
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

    /// The rating may be of a round that others have followed.
    pub(super) fn rating_verified(
        &self,
        number: u32,
        (counts, reason): (bool, &str),
        by_itself: bool,
    ) -> Vec<Telling> {
        let rated = self.ticket.rounds().find(|round| round.number == number);
        self.about(&TicketRatingVerified {
            ticket: self.name(),
            work_order: wire::name_or_empty(rated.and_then(Round::credited)),
            round: wire::number(number),
            counts,
            reason: reason.to_owned(),
            by_itself,
        })
    }

    /// The order to whose credit the verdict is; empty if the dispatcher answered directly.
    pub(super) fn credited(&self) -> String {
        wire::name_or_empty(self.ticket.round.credited())
    }
}
