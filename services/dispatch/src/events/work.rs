//! What is told of the work itself: who has it, who assists, what was answered.

use contract::dispatch::{
    WorkOrderAccepted, WorkOrderAssistanceAsked, WorkOrderAssistanceWaived, WorkOrderAssisted,
    WorkOrderClaimed, WorkOrderCompleted, WorkOrderContacted, WorkOrderHandedOver,
    WorkOrderHeardLate, WorkOrderMatterClosed, WorkOrderRated, WorkOrderRatingVerified,
    WorkOrderReleased, WorkOrderReplied, WorkOrderReplySentBack,
};
use journal::Telling;
use runtime::wire::time;

use super::About;
use crate::lifecycle::{Counted, Release, Told, What, WorkOrder};
use crate::wire;

pub(super) fn tell(about: &About<'_>) -> Vec<Telling> {
    let About(order, fact) = about;
    let (work_order, source) = about.names();
    let standing = about.standing();
    if let What::Claimed { by, by_default, .. } = &fact.what {
        return about.tells(&WorkOrderClaimed {
            work_order,
            source,
            department: wire::name_or_empty(order.department.as_ref()),
            claimant: by.to_string(),
            by_default: *by_default,
            standing,
        });
    }
    if let What::HandedOver { from, to, .. } = &fact.what {
        let (from_person, to_person) = (from.to_string(), to.to_string());
        let handed_over =
            WorkOrderHandedOver { work_order, source, from_person, to_person, standing };
        return about.tells(&handed_over);
    }
    if let What::Released { from, cause: release, claim_due, .. } = &fact.what {
        let (from_person, cause) = (from.to_string(), release.to_string());
        let claim_due = claim_due.as_ref().map(wire::due);
        let told =
            if *release == Release::Inactive { Told::Lead.to_string() } else { String::new() };
        return about.tells(&WorkOrderReleased {
            work_order,
            source,
            from_person,
            cause,
            claim_due,
            standing,
            told,
        });
    }
    if let What::Contacted { proof, late, due, .. } = &fact.what {
        let (proof, late, due) = (proof.clone(), *late, due.as_ref().map(wire::due));
        return about.tells(&WorkOrderContacted { work_order, source, proof, late, due, standing });
    }
    if let What::Accepted { acceptance } = &fact.what {
        return about.tells(&WorkOrderAccepted {
            work_order,
            source,
            accepted_time: Some(time(acceptance.accepted_at)),
            reply_due: order.reply.as_ref().map(|reply| wire::due(&reply.due)),
            standing,
        });
    }
    if let What::HeardLate { heard, state } = &fact.what {
        let (fact, state) = (heard.to_string(), wire::state(*state).into());
        return about.tells(&WorkOrderHeardLate { work_order, fact, state });
    }
    [tell_assistance(about), tell_answer(about)].concat()
}

fn tell_assistance(about: &About<'_>) -> Vec<Telling> {
    let (work_order, source) = about.names();
    if let What::AssistanceAsked { asked, text, .. } = &about.1.what {
        let (assistance, text) = (Some(wire::assistance(asked)), text.clone());
        return about.tells(&WorkOrderAssistanceAsked { work_order, source, assistance, text });
    }
    if let What::AssistanceWaived { child, reason } = &about.1.what {
        let (child, reason) = (child.to_string(), reason.clone());
        return about.tells(&WorkOrderAssistanceWaived { work_order, source, child, reason });
    }
    if let What::Assisted { child, .. } = &about.1.what {
        let child = child.to_string();
        return about.tells(&WorkOrderAssisted { work_order, source, child });
    }
    Vec::new()
}

fn tell_answer(about: &About<'_>) -> Vec<Telling> {
    let About(order, fact) = about;
    let (work_order, source) = about.names();
    let standing = about.standing();
    if let What::Replied { sign_due, .. } = &fact.what {
        let sign_due = Some(wire::due(sign_due));
        return about.tells(&WorkOrderReplied { work_order, source, sign_due, standing });
    }
    if let What::SentBack { reason, .. } = &fact.what {
        let reason = reason.clone();
        return about.tells(&WorkOrderReplySentBack { work_order, source, reason, standing });
    }
    if let What::Rated { rating } = &fact.what {
        return about.tells(&WorkOrderRated {
            work_order,
            source,
            round: wire::number(order.round),
            outcome: wire::outcome(rating.outcome).into(),
            level: rating.level.map(i32::from).unwrap_or_default(),
            confirmed: rating.confirmed,
            awaits_verification: rating.counted == Counted::AwaitsVerification,
        });
    }
    if let What::RatingVerified { round, counts, reason } = &fact.what {
        let (round, counts, reason) = (wire::number(*round), *counts, reason.clone());
        let verified = WorkOrderRatingVerified { work_order, source, round, counts, reason };
        return about.tells(&verified);
    }
    if let What::Closed { closed_at, late } = &fact.what {
        return about.tells(&WorkOrderMatterClosed {
            work_order,
            source,
            round: wire::number(order.round),
            closed_time: Some(time(*closed_at)),
            late: late.get(&order.round).copied().unwrap_or(false),
        });
    }
    if let What::Completed { .. } | What::Settled { .. } = &fact.what {
        return about.tells(&completed(order, &fact.what));
    }
    Vec::new()
}

fn completed(order: &WorkOrder, what: &What) -> WorkOrderCompleted {
    let mut overdue = &[][..];
    let mut against = None;
    if let What::Completed { reply, due, .. } = what {
        (overdue, against) = (reply.overdue_assistance.as_slice(), *due);
    } else if let What::Settled { due, .. } = what {
        against = *due;
    }
    WorkOrderCompleted {
        work_order: order.id.to_string(),
        source: order.source.clone(),
        round: wire::number(order.round),
        department: wire::name_or_empty(order.department.as_ref()),
        outcome: order.outcome.map(wire::outcome).unwrap_or_default().into(),
        answer: order.answer.clone(),
        internal_note: order.internal_note.clone(),
        late: order.answered_late.unwrap_or(false),
        due: against.as_ref().map(wire::due),
        parent: wire::name_or_empty(order.parent.as_ref()),
        concerned: order.concerned.iter().map(ToString::to_string).collect(),
        overdue_assistance: overdue.iter().map(ToString::to_string).collect(),
        planned_time: order.planned_at.map(time),
        signer: wire::name_or_empty(order.signer.as_ref()),
        settled_outcome: order.settled_outcome.clone(),
    }
}
