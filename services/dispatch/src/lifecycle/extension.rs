//! Extension (延期): a later due instant, asked in time and granted by who may.

use base::{Person, Role};
use calendar::Moment;
use jiff::Timestamp;

use super::bounds;
use super::fact::{Fact, What};
use super::limits::{self, LIMITS};
use super::order::WorkOrder;
use super::parts::{Asker, Extension};
use super::sight::claimant;
use super::words::{Action, Alarm, Cause, Decision};
use super::{after, pause, ruling, step, watch};
use crate::error::Error;

/// Asks for a later due instant, at least a working day before the present one.
pub(super) fn ask(
    order: &WorkOrder,
    by: &Person,
    (until, reason): (Timestamp, &str),
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    claimant(order, by)?;
    step(order, Action::AskExtension)?;
    if order.parent.is_some() {
        return Err(Error::AssistanceStays);
    }
    if order.pending_extension().is_some() {
        return Err(Error::ExtensionAskedAlready);
    }
    let due = order.reply.map(|reply| reply.due.at).ok_or(Error::NotAccepted)?;
    if due < moment.now {
        return Err(Error::OverdueAlready);
    }
    if due < limits::after(moment.now, LIMITS.extension_ahead, moment.calendar) {
        return Err(Error::ExtensionTooLate);
    }
    if until <= due {
        return Err(Error::UntilNotLater);
    }
    let latest = bounds::extension_until(order, moment.calendar).unwrap_or(due);
    if latest < until {
        let local = moment.calendar.zone().to_datetime(latest);
        return Err(Error::ExtensionTooLong { latest, local });
    }
    let decision_due = limits::default_due(moment.now, LIMITS.decision_within, moment.calendar);
    let (reason, asked_by) = (reason.to_owned(), Asker::of(by));
    Ok(vec![What::ExtensionAsked { until, reason, asked_by, decision_due }])
}

/// Rules on an extension: the first of a round is the dispatcher's, a second one a zone leader's. A
/// lead never extends their own department.
pub(super) fn rule(
    order: &WorkOrder,
    by: &Person,
    decision: Decision,
    reason: &str,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    let action = match decision {
        Decision::Granted => Action::GrantExtension,
        Decision::Refused => Action::RefuseExtension,
    };
    step(order, action)?;
    let asked = order.pending_extension().ok_or(Error::NoExtensionAsked)?;
    ruling::decides(by, decider(order))?;
    ruling::on_anothers(order, asked.asked_by.as_ref(), by, decider(order))?;
    ruling::on_another_department(order, by)?;
    let mut happened = vec![What::ExtensionRuled { decision, reason: reason.to_owned() }];
    if decision == Decision::Granted {
        let extended = after(order, &happened, moment.now);
        happened.extend(watch::reply_moved(&extended, Cause::Extension, moment));
        let follows = pause::assistance_moved(&extended, moment).zip(order.reply);
        happened.extend(follows.map(|(due, reply)| What::CardsMoved {
            reply,
            assistance_due: Some(due),
            cause: Cause::Extension,
        }));
    }
    Ok(happened)
}

/// The order was answered or ended before anybody ruled: what was asked falls, and its due stands.
pub(super) fn falls(order: &mut WorkOrder) {
    order.extensions.retain(|asked| asked.decision.is_some());
    order.arm(Alarm::ExtensionDecision, None);
}

/// Who rules on the extension that is asked.
pub(super) fn decider(order: &WorkOrder) -> Role {
    if order.extension().is_some() { Role::ZoneLeader } else { Role::Dispatcher }
}

pub(super) fn applied(order: &mut WorkOrder, fact: &Fact) {
    if let What::ExtensionAsked { until, reason, asked_by, decision_due } = &fact.what {
        order.extensions.push(Extension {
            until: *until,
            reason: reason.clone(),
            asked_at: fact.at,
            asked_by: Some(asked_by.clone()),
            decision_due: Some(*decision_due),
            decision: None,
        });
        order.arm(Alarm::ExtensionDecision, Some(decision_due.at));
    } else if let What::ExtensionRuled { decision, .. } = &fact.what {
        if let Some(last) = order.extensions.last_mut() {
            last.decision = Some(*decision);
        }
        order.arm(Alarm::ExtensionDecision, None);
    }
}
