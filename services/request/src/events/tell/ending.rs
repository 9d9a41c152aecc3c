//! What is told of how a ticket ends, and of what two people decide between them.

use base::TicketId;
use calendar::Due;
use contract::request::{
    TicketAppealDecided, TicketAppealed, TicketClosed, TicketExplanationDecided,
    TicketExplanationProposed, TicketMerged, TicketRejected, TicketRejectionLapsed,
    TicketRejectionProposed, TicketWithdrawn,
};
use journal::Telling;
use runtime::wire::time;

use super::Teller;
use crate::lifecycle::{Explanation, Rejection};
use crate::wire;

impl Teller<'_> {
    pub(super) fn rejection_proposed(
        &self,
        rejection: &Rejection,
        lapse_due: &Due,
    ) -> Vec<Telling> {
        self.about(&TicketRejectionProposed {
            ticket: self.name(),
            reason: wire::reject_reason(rejection.reason).into(),
            channel: rejection.channel.clone(),
            lapse_due: Some(wire::own_due(lapse_due)),
        })
    }

    pub(super) fn rejection_lapsed(&self) -> Vec<Telling> {
        self.about(&TicketRejectionLapsed { ticket: self.name() })
    }

    pub(super) fn rejected(&self, rejection: &Rejection) -> Vec<Telling> {
        let mut told = self.about(&TicketRejected {
            ticket: self.name(),
            reason: wire::reject_reason(rejection.reason).into(),
            channel: rejection.channel.clone(),
        });
        told.extend(self.work_withdrawn("REJECTED"));
        told
    }

    pub(super) fn merged(&self, into: &TicketId) -> Vec<Telling> {
        let mut told = self.about(&TicketMerged { ticket: self.name(), into: into.to_string() });
        told.extend(self.work_withdrawn("MERGED"));
        told
    }

    pub(super) fn withdrawn(&self, reason: &str, call_back_due: Option<&Due>) -> Vec<Telling> {
        let mut told = self.about(&TicketWithdrawn {
            ticket: self.name(),
            reason: reason.to_owned(),
            call_back_due: call_back_due.map(wire::own_due),
        });
        told.extend(self.work_withdrawn("WITHDRAWN"));
        told
    }

    pub(super) fn explanation_proposed(&self, explanation: &Explanation) -> Vec<Telling> {
        self.about(&TicketExplanationProposed {
            ticket: self.name(),
            text: explanation.text.clone(),
            next_channel: explanation.next_channel.clone(),
        })
    }

    /// An approved explanation stands in the ticket; one that was not is gone.
    pub(super) fn explanation_decided(&self, approved: bool, reason: &str) -> Vec<Telling> {
        let stands = self.ticket.explanation.as_ref();
        self.about(&TicketExplanationDecided {
            ticket: self.name(),
            approved,
            reason: reason.to_owned(),
            text: stands.map(|stands| stands.text.clone()).unwrap_or_default(),
            next_channel: stands.map(|stands| stands.next_channel.clone()).unwrap_or_default(),
            work_order: self.credited(),
            round: self.round(),
        })
    }

    pub(super) fn closed(&self, by_itself: bool, unrated: bool) -> Vec<Telling> {
        self.about(&TicketClosed {
            ticket: self.name(),
            by_itself,
            closed_time: Some(time(self.fact.at)),
            unrated,
            work_order: self.credited(),
            round: self.round(),
        })
    }

    pub(super) fn appealed(&self, reason: &str, decide_due: &Due) -> Vec<Telling> {
        self.about(&TicketAppealed {
            ticket: self.name(),
            reason: reason.to_owned(),
            decision_due: Some(wire::own_due(decide_due)),
        })
    }

    pub(super) fn appeal_decided(&self, upheld: bool, reason: &str) -> Vec<Telling> {
        self.about(&TicketAppealDecided { ticket: self.name(), upheld, reason: reason.to_owned() })
    }
}
