//! What is told of time: pauses, extensions, due instants that move, cards, limits that ran out.

use contract::common::LimitKind;
use contract::dispatch::{
    WorkOrderCardAnnulled, WorkOrderDueChanged, WorkOrderExtended, WorkOrderExtensionAsked,
    WorkOrderExtensionRefused, WorkOrderLimitMissed, WorkOrderMaterialsCame, WorkOrderPauseAsked,
    WorkOrderPauseRefused, WorkOrderRedCard, WorkOrderResumed, WorkOrderSupervised,
    WorkOrderSupervisionAnswered, WorkOrderSuspended, WorkOrderUrged, WorkOrderYellowCard,
};
use journal::Telling;
use runtime::wire::time;

use super::About;
use crate::lifecycle::{Alarm, Cause, Decision, Level, Told, What};
use crate::wire;

pub(super) fn tell_pause(about: &About<'_>) -> Vec<Telling> {
    let About(order, fact) = about;
    let (work_order, source) = about.names();
    let standing = about.standing();
    let pause = if let What::StoodStill { pause, .. } = &fact.what {
        Some(wire::pause(pause))
    } else {
        order.pauses.last().map(wire::pause)
    };
    if let What::PauseAsked { pause: asked } = &fact.what {
        let decision_due = asked.decision_due.as_ref().map(wire::due);
        return about.tells(&WorkOrderPauseAsked { work_order, source, pause, decision_due });
    }
    if let What::Suspended { .. } | What::StoodStill { .. } = &fact.what {
        return about.tells(&WorkOrderSuspended { work_order, source, pause, standing });
    }
    if let What::PauseRefused { reason } = &fact.what {
        let reason = reason.clone();
        return about.tells(&WorkOrderPauseRefused { work_order, source, reason });
    }
    if let What::Resumed { resumed_at, ran_out, .. } | What::WentOn { resumed_at, ran_out } =
        &fact.what
    {
        let (resumed_time, ran_out) = (Some(time(*resumed_at)), *ran_out);
        return about.tells(&WorkOrderResumed {
            work_order,
            source,
            resumed_time,
            ran_out,
            standing,
        });
    }
    if let What::MaterialsCame { .. } = &fact.what {
        return about.tells(&WorkOrderMaterialsCame { work_order, source });
    }
    tell_extension(about)
}

fn tell_extension(about: &About<'_>) -> Vec<Telling> {
    let (work_order, source) = about.names();
    if let What::ExtensionAsked { until, reason, decision_due, .. } = &about.1.what {
        return about.tells(&WorkOrderExtensionAsked {
            work_order,
            source,
            until_time: Some(time(*until)),
            reason: reason.clone(),
            decision_due: Some(wire::due(decision_due)),
        });
    }
    let What::ExtensionRuled { decision, reason } = &about.1.what else { return Vec::new() };
    let reason = reason.clone();
    match decision {
        Decision::Granted => about.tells(&WorkOrderExtended { work_order, source, reason }),
        Decision::Refused => about.tells(&WorkOrderExtensionRefused { work_order, source, reason }),
    }
}

pub(super) fn tell(about: &About<'_>) -> Vec<Telling> {
    let About(order, fact) = about;
    let (work_order, source) = about.names();
    let department = wire::name_or_empty(order.responsible.as_ref().or(order.department.as_ref()));
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
        let person = order.on_duty().filter(|_| *told == Told::OnDuty);
        return about.tells(&WorkOrderLimitMissed {
            work_order,
            source,
            limit: limit_name(*alarm).to_owned(),
            told: told.to_string(),
            due: Some(wire::due(due)),
            next_time: next_at.map(time),
            person: wire::name_or_empty(person),
        });
    }
    if let What::DueChanged { kind, old, new, cause, .. } = &fact.what {
        return about.tells(&WorkOrderDueChanged {
            work_order,
            source,
            kind: wire::limit_kind(*kind).into(),
            old_due: Some(wire::due(old)),
            new_due: Some(wire::due(new)),
            cause: cause.to_string(),
            standing: about.standing(),
            limit: kind.to_string(),
        });
    }
    if let What::AwaitedMoved { alarm, old, new } = &fact.what {
        return about.tells(&WorkOrderDueChanged {
            work_order,
            source,
            kind: LimitKind::Unspecified.into(),
            old_due: Some(wire::due(old)),
            new_due: Some(wire::due(new)),
            cause: Cause::Calendar.to_string(),
            standing: about.standing(),
            limit: limit_name(*alarm).to_owned(),
        });
    }
    tell_supervision(about)
}

/// The limit that an alarm stands for: what is long overdue, or past what the law allows, is the
/// answer.
fn limit_name(alarm: Alarm) -> &'static str {
    if matches!(alarm, Alarm::Overdue | Alarm::Legal) { "REPLY" } else { alarm.into() }
}

fn tell_supervision(about: &About<'_>) -> Vec<Telling> {
    let (work_order, source) = about.names();
    if let What::Pressed { supervision } = &about.1.what {
        let note = supervision.note.clone();
        let answer_due = Some(wire::due(&supervision.answer_due));
        return match supervision.level {
            Level::Urged => about.tells(&WorkOrderUrged { work_order, source, note, answer_due }),
            Level::Supervised => {
                about.tells(&WorkOrderSupervised { work_order, source, note, answer_due })
            }
        };
    }
    let What::SupervisionAnswered { level, answer, late } = &about.1.what else {
        return Vec::new();
    };
    about.tells(&WorkOrderSupervisionAnswered {
        work_order,
        source,
        level: wire::level(*level).into(),
        answer: answer.clone(),
        late: *late,
    })
}
