//! What request tells of its tickets, and what it does with what it hears.

mod hear;

use async_trait::async_trait;
use base::TicketId;
use contract::common::{MaterialsSupplied, WorkKind, WorkRequested};
use contract::request::{
    TicketAccepted, TicketAnswered, TicketClosed, TicketConfirmed, TicketContactRead,
    TicketDissatisfied, TicketLimitMissed, TicketProgressed, TicketSubmitted, TicketSupplemented,
};
use journal::{Ear, Heard, Telling, Trouble, Unit};
use runtime::wire::time;
use runtime::{Known, Room};

use crate::lifecycle::{Command, Effect, Fact, Rating, Rule, State, Ticket, What, effect};
use crate::store::{self, Tickets};
use crate::wire;

pub use self::hear::news_of;

/// What a fact tells; the ticket is as it is after it.
pub fn tell(ticket: &Ticket, fact: &Fact) -> Vec<Telling> {
    let name = || ticket.id.to_string();
    match &fact.what {
        What::Submitted { submission, accept_due, .. } => vec![about(
            ticket,
            fact,
            &TicketSubmitted {
                ticket: name(),
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
            },
        )],
        What::Accepted { lead, work_order, round, late, rule } => {
            let accepted = TicketAccepted {
                ticket: name(),
                lead: lead.to_string(),
                work_order: work_order.to_string(),
                round: number(*round),
                late: *late,
            };
            vec![about(ticket, fact, &accepted), about(ticket, fact, &work_requested(ticket, rule))]
        }
        What::Supplemented { text } => supplemented(ticket, fact, text),
        What::Progressed { progress, concerned } => vec![about(
            ticket,
            fact,
            &TicketProgressed {
                ticket: name(),
                progress: Some(wire::progress(progress)),
                concerned: names(concerned),
            },
        )],
        What::Answered { round, outcome, answer, concerned, call_back_due } => {
            vec![about(
                ticket,
                fact,
                &TicketAnswered {
                    ticket: name(),
                    round: number(*round),
                    outcome: wire::outcome(*outcome).into(),
                    answer: answer.clone(),
                    call_back_due: Some(wire::own_due(call_back_due)),
                    concerned: names(concerned),
                },
            )]
        }
        What::Confirmed { rating, close_due } => {
            vec![about(ticket, fact, &confirmed(ticket, rating, close_due.as_ref()))]
        }
        What::Dissatisfied { rating, redo_due } => {
            vec![about(ticket, fact, &dissatisfied(ticket, rating, redo_due.as_ref()))]
        }
        What::Closed { by_itself } => vec![about(
            ticket,
            fact,
            &TicketClosed {
                ticket: name(),
                by_itself: *by_itself,
                closed_time: Some(time(fact.at)),
            },
        )],
        What::LimitMissed { state, due, told, next_due } => {
            vec![about(
                ticket,
                fact,
                &TicketLimitMissed {
                    ticket: name(),
                    state: wire::state(*state).into(),
                    due: Some(wire::own_due(due)),
                    told: told.to_string(),
                    next_due: Some(wire::own_due(next_due)),
                },
            )]
        }
        What::ContactRead => vec![about(ticket, fact, &TicketContactRead { ticket: name() })],
    }
}

/// A fact about a ticket, with which everything that follows began.
fn about<M: prost::Message + prost::Name>(ticket: &Ticket, fact: &Fact, message: &M) -> Telling {
    Telling::new(ticket.id, ticket.id, message).occurred_at(fact.at)
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

fn confirmed(ticket: &Ticket, rating: &Rating, due: Option<&calendar::Due>) -> TicketConfirmed {
    TicketConfirmed {
        ticket: ticket.id.to_string(),
        work_order: order_of(ticket),
        round: number(ticket.round.number),
        outcome: wire::outcome(rating.outcome).into(),
        level: i32::from(rating.level),
        comment: rating.comment.clone(),
        close_due: due.map(wire::own_due),
    }
}

fn dissatisfied(
    ticket: &Ticket,
    rating: &Rating,
    due: Option<&calendar::Due>,
) -> TicketDissatisfied {
    TicketDissatisfied {
        ticket: ticket.id.to_string(),
        work_order: order_of(ticket),
        round: number(ticket.round.number),
        outcome: wire::outcome(rating.outcome).into(),
        level: i32::from(rating.level),
        comment: rating.comment.clone(),
        redo_due: due.map(wire::own_due),
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

/// Hears the directory, for what is known of the zone, and dispatch, for what becomes of the work.
pub struct Ears {
    known: Known,
    room: Room<Tickets>,
}

impl Ears {
    /// The ears of this room.
    pub fn new(known: Known, room: Room<Tickets>) -> Ears {
        Ears { known, room }
    }

    /// Applies what dispatch told. What is not of a ticket of ours, or comes when it can change
    /// nothing, is passed over with its reason.
    async fn hear_dispatch(&self, unit: &mut Unit, heard: &Heard) -> Result<(), Trouble> {
        let Some((source, news)) = news_of(heard)? else { return Ok(()) };
        let Ok(id) = TicketId::parse(&source) else { return Ok(()) };
        let Some(ticket) = store::find_ticket(unit.tx(), &id).await? else {
            tracing::warn!(ticket = %id, event = heard.id, "heard of a ticket that is not here");
            return Ok(());
        };
        if let Effect::Ignored(reason) = effect(ticket.state, news.news.kind()) {
            tracing::info!(ticket = %id, kind = heard.kind, reason, "heard and passed over");
            return Ok(());
        }
        self.room.hear(unit, &id, Command::Hear(news), &heard.actor).await
    }
}

#[async_trait]
impl Ear for Ears {
    fn sources(&self) -> &'static [&'static str] {
        contract::heard_by("request")
    }

    async fn hear(&self, unit: &mut Unit, heard: &Heard) -> Result<(), Trouble> {
        if heard.source == hear::DISPATCH {
            return self.hear_dispatch(unit, heard).await;
        }
        if self.known.hear(unit, heard).await?
            && let Some((enterprise, envoy)) = hear::envoy_of(heard)?
        {
            store::put_envoy(unit.tx(), &enterprise, &envoy).await?;
        }
        Ok(())
    }
}
