//! From a fact of a ticket to what is told of it.

use contract::common::{MaterialsSupplied, WorkKind, WorkRequested};
use contract::request::{
    TicketAccepted, TicketAnswered, TicketClosed, TicketConfirmed, TicketContactRead,
    TicketDissatisfied, TicketDueChanged, TicketLimitMissed, TicketProgressed, TicketSubmitted,
    TicketSupplemented,
};
use journal::Telling;
use runtime::wire::time;

use crate::lifecycle::{Fact, Rating, Rule, State, Submission, Ticket, What};
use crate::wire;

/// What a fact tells; the ticket is as it is after it.
pub fn tell(ticket: &Ticket, fact: &Fact) -> Vec<Telling> {
    let name = ticket.id.to_string();
    let telling = match &fact.what {
        What::Submitted { submission, accept_due, .. } => {
            about(ticket, fact, &submitted(name, submission, accept_due))
        }
        What::Accepted { late, rule, .. } => {
            return vec![
                about(ticket, fact, &accepted(ticket, *late)),
                about(ticket, fact, &work_requested(ticket, rule)),
            ];
        }
        What::Supplemented { text } => return supplemented(ticket, fact, text),
        What::Progressed { progress, concerned } => {
            let (progress, concerned) = (Some(wire::progress(progress)), names(concerned));
            about(ticket, fact, &TicketProgressed { ticket: name, progress, concerned })
        }
        What::Answered { round, outcome, answer, concerned, call_back_due } => {
            let answered = TicketAnswered {
                ticket: name,
                round: number(*round),
                outcome: wire::outcome(*outcome).into(),
                answer: answer.clone(),
                call_back_due: Some(wire::own_due(call_back_due)),
                concerned: names(concerned),
            };
            about(ticket, fact, &answered)
        }
        What::Confirmed { rating, close_due } => {
            about(ticket, fact, &confirmed(ticket, rating, close_due))
        }
        What::Dissatisfied { rating, redo_due } => {
            about(ticket, fact, &dissatisfied(ticket, rating, redo_due))
        }
        What::Closed { by_itself } => {
            let (by_itself, closed_time) = (*by_itself, Some(time(fact.at)));
            about(ticket, fact, &TicketClosed { ticket: name, by_itself, closed_time })
        }
        What::LimitMissed { state, due, told, next_due } => {
            let missed = TicketLimitMissed {
                ticket: name,
                state: wire::state(*state).into(),
                due: Some(wire::own_due(due)),
                told: told.to_string(),
                next_due: Some(wire::own_due(next_due)),
            };
            about(ticket, fact, &missed)
        }
        What::DueChanged { state, old, new, .. } => {
            let changed = TicketDueChanged {
                ticket: name,
                state: wire::state(*state).into(),
                old_due: Some(wire::own_due(old)),
                new_due: Some(wire::own_due(new)),
                cause: "CALENDAR".to_owned(),
            };
            about(ticket, fact, &changed)
        }
        What::ContactRead => about(ticket, fact, &TicketContactRead { ticket: name }),
    };
    vec![telling]
}

/// A fact about a ticket, with which everything that follows began.
fn about<M: prost::Message + prost::Name>(ticket: &Ticket, fact: &Fact, message: &M) -> Telling {
    Telling::new(ticket.id, ticket.id, message).occurred_at(fact.at)
}

fn submitted(ticket: String, submission: &Submission, due: &calendar::Due) -> TicketSubmitted {
    TicketSubmitted {
        ticket,
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
        accept_due: Some(wire::own_due(due)),
    }
}

fn accepted(ticket: &Ticket, late: bool) -> TicketAccepted {
    TicketAccepted {
        ticket: ticket.id.to_string(),
        lead: ticket.round.lead.as_ref().map(ToString::to_string).unwrap_or_default(),
        work_order: order_of(ticket),
        round: number(ticket.round.number),
        late,
    }
}

/// What dispatch is asked to have done: it looks nothing up.
fn work_requested(ticket: &Ticket, rule: &Rule) -> WorkRequested {
    let (submission, round) = (&ticket.submission, &ticket.round);
    WorkRequested {
        work_order: order_of(ticket),
        round: number(round.number),
        kind: WorkKind::Answer.into(),
        source: ticket.id.to_string(),
        source_number: submission.number.clone(),
        title: submission.title.clone(),
        text: submission.text.clone(),
        enterprise: submission.enterprise.to_string(),
        category: submission.category.to_string(),
        lead: round.lead.as_ref().map(ToString::to_string).unwrap_or_default(),
        suggested_assisting: rule.suggested_assisting.iter().map(ToString::to_string).collect(),
        work_class: wire::work_class(rule.work_class).into(),
        limits: rule.limits.iter().map(wire::limit).collect(),
        rule_version: number(rule.version),
        submitted_time: Some(time(ticket.submitted_at)),
        barred: Vec::new(),
        ..<_>::default()
    }
}

/// Work that waits for what was added goes on; before acceptance nothing waits.
fn supplemented(ticket: &Ticket, fact: &Fact, text: &str) -> Vec<Telling> {
    let message = TicketSupplemented { ticket: ticket.id.to_string(), text: text.to_owned() };
    let mut told = vec![about(ticket, fact, &message)];
    if ticket.state == State::Accepted {
        let (work_order, source) = (order_of(ticket), ticket.id.to_string());
        told.push(about(ticket, fact, &MaterialsSupplied { work_order, source }));
    }
    told
}

fn confirmed(ticket: &Ticket, rating: &Rating, due: &calendar::Due) -> TicketConfirmed {
    TicketConfirmed {
        ticket: ticket.id.to_string(),
        work_order: order_of(ticket),
        round: number(ticket.round.number),
        outcome: wire::outcome(rating.outcome).into(),
        level: i32::from(rating.level),
        comment: rating.comment.clone(),
        close_due: Some(wire::own_due(due)),
    }
}

fn dissatisfied(ticket: &Ticket, rating: &Rating, due: &calendar::Due) -> TicketDissatisfied {
    TicketDissatisfied {
        ticket: ticket.id.to_string(),
        work_order: order_of(ticket),
        round: number(ticket.round.number),
        outcome: wire::outcome(rating.outcome).into(),
        level: i32::from(rating.level),
        comment: rating.comment.clone(),
        redo_due: Some(wire::own_due(due)),
    }
}

fn order_of(ticket: &Ticket) -> String {
    ticket.round.work_order.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn names(people: &[base::PersonId]) -> Vec<String> {
    people.iter().map(ToString::to_string).collect()
}

fn number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
