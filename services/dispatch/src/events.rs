//! What dispatch tells of its orders, and what it does with what it hears.

mod hear;

use contract::dispatch::{
    Assistance, WorkOrderAssistanceAsked, WorkOrderAssisted, WorkOrderCardAnnulled,
    WorkOrderClaimed, WorkOrderCompleted, WorkOrderContacted, WorkOrderDueChanged,
    WorkOrderHandedOver, WorkOrderHeardLate, WorkOrderLimitMissed, WorkOrderMaterialsCame,
    WorkOrderOffered, WorkOrderPauseAsked, WorkOrderPauseRefused, WorkOrderRated, WorkOrderRedCard,
    WorkOrderRerouted, WorkOrderResumed, WorkOrderReturnRefused, WorkOrderReturned,
    WorkOrderSuspended, WorkOrderUrged, WorkOrderYellowCard,
};
use journal::Telling;
use prost::{Message, Name};
use runtime::wire::time;

use crate::lifecycle::{Alarm, Fact, What, WorkOrder};
use crate::wire;

pub use self::hear::Ears;
pub(crate) use self::hear::draw_number;

/// What a fact tells; the order is as it is after it.
pub fn tell(order: &WorkOrder, fact: &Fact) -> Vec<Telling> {
    let (work_order, source) = (order.id.to_string(), order.source.clone());
    let about = About(order, fact);
    match &fact.what {
        What::Offered { .. } => about.tells(&offered(order)),
        What::Claimed { by, by_default, .. } => about.tells(&WorkOrderClaimed {
            work_order,
            source,
            department: order.department.to_string(),
            claimant: by.to_string(),
            by_default: *by_default,
        }),
        What::HandedOver { from, to } => about.tells(&WorkOrderHandedOver {
            work_order,
            source,
            from_person: from.to_string(),
            to_person: to.to_string(),
        }),
        What::Contacted { proof, late, due, .. } => about.tells(&WorkOrderContacted {
            work_order,
            source,
            proof: proof.clone(),
            late: *late,
            due: due.as_ref().map(wire::due),
        }),
        What::Returned { .. } | What::ReturnRefused { .. } | What::Rerouted { .. } => {
            tell_return(order, fact)
        }
        What::AssistanceAsked { .. } | What::Assisted { .. } => tell_assistance(order, fact),
        What::PauseAsked { .. }
        | What::MaterialsCame
        | What::PauseRefused { .. }
        | What::Suspended { .. }
        | What::Resumed { .. }
        | What::StoodStill { .. }
        | What::WentOn { .. } => tell_pause(order, fact),
        What::DueChanged { .. }
        | What::YellowCarded { .. }
        | What::RedCarded { .. }
        | What::CardAnnulled { .. }
        | What::LimitMissed { .. } => tell_time(order, fact),
        What::Completed { .. } => about.tells(&completed(order, fact)),
        What::Urged { note, .. } => {
            about.tells(&WorkOrderUrged { work_order, source, note: note.clone() })
        }
        What::Rated { rating } => about.tells(&WorkOrderRated {
            work_order,
            source,
            round: wire::number(order.round),
            outcome: wire::outcome(rating.outcome).into(),
            level: i32::from(rating.level),
            confirmed: rating.confirmed,
        }),
        What::HeardLate { heard, state } => about.tells(&WorkOrderHeardLate {
            work_order,
            fact: heard.to_string(),
            state: wire::state(*state).into(),
        }),
    }
}

fn tell_return(order: &WorkOrder, fact: &Fact) -> Vec<Telling> {
    let (work_order, source) = (order.id.to_string(), order.source.clone());
    let about = About(order, fact);
    if let What::Returned { returned, decision_due } = &fact.what {
        let decision_due = Some(wire::due(decision_due));
        let r#return = Some(wire::returned(returned));
        return about.tells(&WorkOrderReturned { work_order, source, r#return, decision_due });
    }
    if let What::ReturnRefused { reason } = &fact.what {
        let reason = reason.clone();
        return about.tells(&WorkOrderReturnRefused { work_order, source, reason });
    }
    let What::Rerouted { from, to, reason, .. } = &fact.what else { return Vec::new() };
    let rerouted = about.tells(&WorkOrderRerouted {
        work_order,
        source,
        from_department: from.to_string(),
        to_department: to.to_string(),
        reason: reason.clone(),
    });
    [rerouted, about.tells(&offered(order))].concat()
}

fn tell_assistance(order: &WorkOrder, fact: &Fact) -> Vec<Telling> {
    let (work_order, source) = (order.id.to_string(), order.source.clone());
    let about = About(order, fact);
    if let What::AssistanceAsked { child, department, text, due, .. } = &fact.what {
        let assistance = Assistance {
            work_order: child.to_string(),
            department: department.to_string(),
            due: Some(wire::due(due)),
            completed_time: None,
        };
        let (assistance, text) = (Some(assistance), text.clone());
        return about.tells(&WorkOrderAssistanceAsked { work_order, source, assistance, text });
    }
    let What::Assisted { child, .. } = &fact.what else { return Vec::new() };
    about.tells(&WorkOrderAssisted { work_order, source, child: child.to_string() })
}

fn tell_pause(order: &WorkOrder, fact: &Fact) -> Vec<Telling> {
    let (work_order, source) = (order.id.to_string(), order.source.clone());
    let about = About(order, fact);
    let pause = if let What::StoodStill { pause, .. } = &fact.what {
        Some(wire::pause(pause))
    } else {
        order.pauses.last().map(wire::pause)
    };
    if let What::PauseAsked { decision_due, .. } = &fact.what {
        let decision_due = Some(wire::due(decision_due));
        return about.tells(&WorkOrderPauseAsked { work_order, source, pause, decision_due });
    }
    if let What::Suspended { .. } | What::StoodStill { .. } = &fact.what {
        return about.tells(&WorkOrderSuspended { work_order, source, pause });
    }
    if let What::PauseRefused { reason } = &fact.what {
        let reason = reason.clone();
        return about.tells(&WorkOrderPauseRefused { work_order, source, reason });
    }
    if let What::Resumed { resumed_at, ran_out } | What::WentOn { resumed_at, ran_out } = &fact.what
    {
        let (resumed_time, ran_out) = (Some(time(*resumed_at)), *ran_out);
        return about.tells(&WorkOrderResumed { work_order, source, resumed_time, ran_out });
    }
    about.tells(&WorkOrderMaterialsCame { work_order, source })
}

fn tell_time(order: &WorkOrder, fact: &Fact) -> Vec<Telling> {
    let (work_order, source) = (order.id.to_string(), order.source.clone());
    let department = order.department.to_string();
    let about = About(order, fact);
    if let What::YellowCarded { due } = &fact.what {
        let due = Some(wire::due(due));
        return about.tells(&WorkOrderYellowCard { work_order, source, department, due });
    }
    if let What::RedCarded { due } = &fact.what {
        let due = Some(wire::due(due));
        return about.tells(&WorkOrderRedCard { work_order, source, department, due });
    }
    if let What::CardAnnulled { card, due } = &fact.what {
        let (card, due) = (wire::card(*card).into(), Some(wire::due(due)));
        return about.tells(&WorkOrderCardAnnulled { work_order, source, card, due });
    }
    if let What::LimitMissed { alarm, told, due, next_at } = &fact.what {
        return about.tells(&WorkOrderLimitMissed {
            work_order,
            source,
            limit: limit_name(*alarm).to_owned(),
            told: told.to_string(),
            due: Some(wire::due(due)),
            next_time: next_at.map(time),
        });
    }
    let What::DueChanged { kind, old, new, cause, .. } = &fact.what else { return Vec::new() };
    about.tells(&WorkOrderDueChanged {
        work_order,
        source,
        kind: wire::limit_kind(*kind).into(),
        old_due: Some(wire::due(old)),
        new_due: Some(wire::due(new)),
        cause: cause.to_string(),
    })
}

/// The limit that an alarm stands for: what is long overdue is the answer.
fn limit_name(alarm: Alarm) -> &'static str {
    if alarm == Alarm::Overdue { "REPLY" } else { alarm.into() }
}

fn offered(order: &WorkOrder) -> WorkOrderOffered {
    WorkOrderOffered {
        work_order: order.id.to_string(),
        number: order.number.clone(),
        source: order.source.clone(),
        round: wire::number(order.round),
        parent: wire::text_of(order.parent.as_ref()),
        department: order.department.to_string(),
        claim_due: order.claim_due.as_ref().map(wire::due),
        contact_due: order.contact_due.as_ref().map(wire::due),
        reply_due: order.reply.as_ref().map(|reply| wire::due(&reply.due)),
    }
}

fn completed(order: &WorkOrder, fact: &Fact) -> WorkOrderCompleted {
    let (due, overdue) = if let What::Completed { due, overdue_assistance, .. } = &fact.what {
        (*due, overdue_assistance.as_slice())
    } else {
        (None, &[][..])
    };
    WorkOrderCompleted {
        work_order: order.id.to_string(),
        source: order.source.clone(),
        round: wire::number(order.round),
        department: order.department.to_string(),
        outcome: order.outcome.map(wire::outcome).unwrap_or_default().into(),
        answer: order.answer.clone(),
        internal_note: order.internal_note.clone(),
        late: order.answered_late.unwrap_or(false),
        due: due.as_ref().map(wire::due),
        parent: wire::text_of(order.parent.as_ref()),
        concerned: order.concerned.iter().map(ToString::to_string).collect(),
        overdue_assistance: overdue.iter().map(ToString::to_string).collect(),
        ..WorkOrderCompleted::default()
    }
}

/// A fact about an order; its correlation is what the work is for.
struct About<'a>(&'a WorkOrder, &'a Fact);

impl About<'_> {
    fn tells<M: Message + Name>(&self, message: &M) -> Vec<Telling> {
        let About(order, fact) = self;
        vec![Telling::new(order.id, &order.source, message).occurred_at(fact.at)]
    }
}
