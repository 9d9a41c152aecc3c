//! From a fact of a ticket to what is told of it.

mod ending;
mod verdict;
mod work;

use contract::request::{
    EvidenceAdded, TicketContactErased, TicketContactRead, TicketDepartmentSucceeded,
    TicketDueChanged, TicketLimitMissed, TicketPlanReviewDue, TicketSubmitted, TicketSupplemented,
};
use journal::Telling;
use prost::{Message, Name};
use runtime::wire::time;

use crate::lifecycle::{Evidence, Fact, State, Submission, Ticket, What};
use crate::wire;

/// What a fact tells; the ticket is as it is after it.
pub fn tell(ticket: &Ticket, fact: &Fact) -> Vec<Telling> {
    Teller { ticket, fact }.tell()
}

/// A ticket as it is after a fact. Everything that follows began with the ticket.
struct Teller<'a> {
    ticket: &'a Ticket,
    fact: &'a Fact,
}

impl Teller<'_> {
    #[rustfmt::skip]
    fn tell(&self) -> Vec<Telling> {
        let ticket = self.name();
        match &self.fact.what {
            What::Submitted { submission, accept_due, .. } => self.submitted(submission, accept_due),
            What::Accepted { asked, late, by_itself } => self.accepted(asked, *late, *by_itself),
            What::RejectionProposed { rejection, lapse_due } => self.rejection_proposed(rejection, lapse_due),
            What::RejectionLapsed => self.rejection_lapsed(),
            What::Rejected { rejection, .. } => self.rejected(rejection),
            What::Merged { into } => self.merged(into),
            What::Supplemented { text } => self.supplemented(text),
            What::EvidenceAdded { evidence, supplied } => self.evidence_added(evidence, *supplied),
            What::Withdrawn { reason, call_back_due } => self.withdrawn(reason, call_back_due.as_ref()),
            What::Progressed { progress, concerned } => self.progressed(progress, concerned),
            What::Answered { answer, concerned, call_back_due } => self.answered(answer, concerned, (Some(call_back_due), None)),
            What::Planned { answer, concerned, until, .. } => self.answered(answer, concerned, (None, Some(until))),
            What::PlanReviewDue { review_due } => self.plan_review_due(review_due),
            What::CalledBack { call, next_due } => self.called_back(call, next_due.as_ref()),
            What::Confirmed { verdict, close_due } => self.confirmed(verdict, close_due),
            What::Dissatisfied { verdict, redo_due } => self.dissatisfied(verdict, redo_due),
            What::Rated { rating } => self.rated(rating),
            What::RatingVerified { round, counts, reason, by_itself } => self.rating_verified(*round, (*counts, reason), *by_itself),
            What::RoundBegun { cause, reason, asked, escalated } => self.round_begun((*cause, reason), asked, *escalated),
            What::ExplanationProposed { explanation } => self.explanation_proposed(explanation),
            What::ExplanationDecided { approved, reason, .. } => self.explanation_decided(*approved, reason),
            What::Closed { by_itself, unrated } => self.closed(*by_itself, *unrated),
            What::Appealed { reason, decide_due } => self.appealed(reason, decide_due),
            What::AppealDecided { upheld, reason } => self.appeal_decided(*upheld, reason),
            What::LimitMissed { state, due, told, next_due } => self.limit_missed((*state, due), told, next_due),
            What::DueChanged { old, new, .. } => self.due_changed("", old, new),
            What::ReviewDueChanged { old, new } => self.due_changed("REVIEW_PLAN", old, new),
            What::VerificationDueChanged { old, new, .. } => self.due_changed("VERIFY_RATING", old, new),
            What::DepartmentSucceeded { department, successor } => self.about(&TicketDepartmentSucceeded {
                ticket, department: department.to_string(), successor: successor.to_string(),
            }),
            What::HeardLate { kind, state, work_order } => self.heard_late(*kind, *state, work_order),
            What::ContactRead => self.about(&TicketContactRead { ticket }),
            What::ContactErased { reason } => self.about(&TicketContactErased { ticket, reason: reason.clone() }),
        }
    }

    /// One fact about the ticket.
    fn about<M: Message + Name>(&self, message: &M) -> Vec<Telling> {
        let Teller { ticket, fact } = self;
        vec![Telling::new(ticket.id, ticket.id, message).occurred_at(fact.at)]
    }

    fn name(&self) -> String {
        self.ticket.id.to_string()
    }

    fn round(&self) -> i32 {
        wire::number(self.ticket.round.number)
    }

    fn submitted(&self, submission: &Submission, accept_due: &calendar::Due) -> Vec<Telling> {
        self.about(&TicketSubmitted {
            ticket: self.name(),
            number: submission.number.clone(),
            enterprise: submission.enterprise.to_string(),
            kind: wire::kind(submission.kind).into(),
            category: submission.category.to_string(),
            title: submission.title.clone(),
            text: submission.text.clone(),
            channel: submission.channel.clone(),
            project_code: submission.project_code.clone().unwrap_or_default(),
            origin: submission.origin.as_ref().map(wire::origin),
            contact_commitment: submission.contact_commitment.clone(),
            accept_due: Some(wire::own_due(accept_due)),
            complained_department: wire::name_or_empty(submission.complained.as_ref()),
        })
    }

    /// Work that waits for what was added goes on; before acceptance nothing waits.
    fn supplemented(&self, text: &str) -> Vec<Telling> {
        let mut told =
            self.about(&TicketSupplemented { ticket: self.name(), text: text.to_owned() });
        told.extend(self.materials_supplied());
        told
    }

    /// Who added it is the entry's actor. A file of the enterprise's side may be what is waited for.
    fn evidence_added(&self, evidence: &Evidence, supplied: bool) -> Vec<Telling> {
        let mut told = self.about(&EvidenceAdded {
            ticket: self.name(),
            round: self.round(),
            evidence: Some(wire::evidence(evidence, false)),
        });
        if supplied {
            told.extend(self.materials_supplied());
        }
        told
    }

    fn plan_review_due(&self, review_due: &calendar::Due) -> Vec<Telling> {
        self.about(&TicketPlanReviewDue {
            ticket: self.name(),
            until_time: self.ticket.due.map(|due| time(due.at)),
            review_time: Some(time(review_due.at)),
            review_provisional: review_due.provisional,
        })
    }

    fn limit_missed(
        &self,
        (state, due): (State, &calendar::Due),
        told: &impl ToString,
        next_due: &calendar::Due,
    ) -> Vec<Telling> {
        self.about(&TicketLimitMissed {
            ticket: self.name(),
            state: wire::state(state).into(),
            due: Some(wire::own_due(due)),
            told: told.to_string(),
            next_due: Some(wire::own_due(next_due)),
        })
    }

    fn due_changed(&self, limit: &str, old: &calendar::Due, new: &calendar::Due) -> Vec<Telling> {
        self.about(&TicketDueChanged {
            ticket: self.name(),
            state: wire::state(self.ticket.state).into(),
            limit: limit.to_owned(),
            old_due: Some(wire::own_due(old)),
            new_due: Some(wire::own_due(new)),
            cause: "CALENDAR".to_owned(),
        })
    }
}

fn names(people: &[base::PersonId]) -> Vec<String> {
    people.iter().map(ToString::to_string).collect()
}
