//! Assistance (协办): a child order of another department, due before the order it assists.

use std::collections::{BTreeMap, BTreeSet};

use base::{DepartmentId, Person, PersonId, WorkOrderId};
use calendar::Moment;
use jiff::Timestamp;

use super::command::Command;
use super::fact::{Acceptance, Fact, What};
use super::limits::{self, Deadline, Due, LIMITS, LimitKind};
use super::order::WorkOrder;
use super::parts::{Assistance, StandStill, WorkPause};
use super::sight::claimant;
use super::wanted::{Assisting, Named, Requested};
use super::words::{Action, Cause, State, WorkKind};
use super::{offer, step, watch};
use crate::error::Error;

/// Asks another department to assist.
pub(super) fn ask(
    order: &WorkOrder,
    by: &Person,
    department: &Named,
    text: &str,
    (child, number): (WorkOrderId, &str),
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    claimant(order, by)?;
    offer::possible(order, department)?;
    let Named { department, duty, .. } = department;
    step(order, Action::AskAssistance)?;
    if order.parent.is_some() {
        return Err(Error::AssistanceStays);
    }
    let assists = order.open_assistance().any(|child| child.department == *department);
    if assists || order.is_of(department) {
        return Err(Error::AssistsAlready { department: department.clone() });
    }
    let parent_due = order.reply.map(|reply| reply.due).ok_or(Error::NotAccepted)?;
    let due = limits::assistance_due(parent_due, moment.calendar);
    if due.at <= moment.now {
        return Err(Error::TooLittleTime);
    }
    let asked = Assistance {
        work_order: child,
        department: department.clone(),
        duty: duty.clone(),
        due,
        completed_at: None,
        waived_at: None,
    };
    Ok(vec![What::AssistanceAsked { asked, number: number.to_owned(), text: text.to_owned() }])
}

/// Does without a child that is not done.
pub(super) fn waive(
    order: &WorkOrder,
    by: &Person,
    child: WorkOrderId,
    reason: &str,
) -> Result<Vec<What>, Error> {
    claimant(order, by)?;
    step(order, Action::WaiveAssistance)?;
    if !order.open_assistance().any(|open| open.work_order == child) {
        return Err(Error::AssistanceNotOpen { work_order: child });
    }
    Ok(vec![What::AssistanceWaived { child, reason: reason.to_owned() }])
}

/// Notes that a child is done, also after the answer was given without it.
pub(super) fn done(
    order: &WorkOrder,
    child: WorkOrderId,
    concerned: &BTreeSet<PersonId>,
) -> Vec<What> {
    if order.open_assistance().any(|open| open.work_order == child) {
        vec![What::Assisted { child, concerned: concerned.clone() }]
    } else {
        Vec::new()
    }
}

/// A child learns who leads the order that it assists.
pub(super) fn follow_lead(order: &WorkOrder, department: &DepartmentId) -> Vec<What> {
    let other = order.asked_by.as_ref() != Some(department);
    let followed = || What::LeadFollowed { department: department.clone() };
    Vec::from_iter(other.then(followed))
}

/// The due instant of its parent moved: a child follows, also while both stand still.
pub(super) fn follow_on(
    order: &WorkOrder,
    new: Due,
    cause: Cause,
    moment: Moment<'_>,
) -> Vec<What> {
    let Some(StandStill { due: old, .. }) = order.still.filter(|_| order.is_open()) else {
        return follow(order, new, cause, moment);
    };
    let (kind, reply, assistance_due) = (LimitKind::Reply, None, None);
    let moved = What::DueChanged { kind, old, new, reply, assistance_due, cause };
    Vec::from_iter(watch::differs(old, new).then_some(moved))
}

/// A child follows the due instant of its parent.
pub(super) fn follow(order: &WorkOrder, due: Due, cause: Cause, moment: Moment<'_>) -> Vec<What> {
    let Some(old) = order.reply.filter(|old| order.is_open() && watch::differs(old.due, due))
    else {
        return Vec::new();
    };
    let reply = limits::assisting(due, order.offered_at, moment.calendar);
    // A pause has annulled what it proves wrong when it was granted.
    let of_calendar = cause == Cause::Calendar;
    let wrong = of_calendar.then(|| watch::wrong_cards(order, reply, Timestamp::MIN));
    wrong.into_iter().flatten().chain([moved(old.due, reply, cause)]).collect()
}

/// A child stands still with the order that it assists. One that was answered since the pause began
/// is held against the due instant that now follows; one that was overdue before stays it.
pub(super) fn stand_still(
    order: &WorkOrder,
    pause: &WorkPause,
    due: Due,
    moment: Moment<'_>,
) -> Vec<What> {
    let Some(Deadline { due: old, .. }) = order.reply else { return Vec::new() };
    let reply = limits::assisting(due, order.offered_at, moment.calendar);
    let mut happened = watch::wrong_cards(order, reply, pause.from);
    if order.is_open() {
        let cards_from = limits::after(pause.until, LIMITS.reminder_after, moment.calendar);
        let still = StandStill { from: pause.from, due, cards_from };
        happened.push(What::StoodStill { pause: pause.clone(), still });
    } else if order.answered_late == Some(true) && pause.from <= old.at && old.at < due.at {
        happened.push(moved(old, reply, Cause::Pause));
    }
    happened
}

/// A child goes on with the order that it assists; if its due instant moved, it follows now.
pub(super) fn go_on(order: &WorkOrder, resumed_at: Timestamp, ran_out: bool) -> Vec<What> {
    Vec::from_iter(order.still.map(|_| What::WentOn { resumed_at, ran_out }))
}

fn moved(old: Due, reply: Deadline, cause: Cause) -> What {
    let (kind, new, assistance_due) = (LimitKind::Reply, reply.due, None);
    What::DueChanged { kind, old, new, reply: Some(reply), assistance_due, cause }
}

/// By when those that assist are due with a deadline of the order, if that is another instant than
/// before. While the clock stands still nothing is reckoned.
pub(super) fn due_with(
    order: &WorkOrder,
    reply: Option<Deadline>,
    moment: Moment<'_>,
) -> Option<Due> {
    let reply = reply.filter(|_| order.state != State::Suspended)?;
    let due = limits::assistance_due(reply.due, moment.calendar);
    order.open_assistance().any(|child| watch::differs(child.due, due)).then_some(due)
}

/// Those that assist are due at another instant, if one is given. While the clock stands still it is
/// the one that follows if the pause lasts as long as it may.
pub(super) fn set_due(order: &mut WorkOrder, due: Option<Due>) {
    if order.running_pause().is_some() {
        let running = order.pauses.last_mut();
        running
            .into_iter()
            .for_each(|running| running.assistance_due = due.or(running.assistance_due));
        return;
    }
    let open = order.assistance.iter_mut().filter(|child| child.is_open());
    if let Some(due) = due {
        open.for_each(|child| child.due = due);
    }
}

pub(super) fn follows(order: &WorkOrder, fact: &Fact) -> Vec<(WorkOrderId, Command)> {
    if let What::AssistanceAsked { asked, number, text } = &fact.what {
        let mut assisting = assisting(order, asked, fact);
        assisting.requested.number.clone_from(number);
        assisting.requested.text.clone_from(text);
        vec![(asked.work_order, Command::Assist(Box::new(assisting)))]
    } else if let What::AssistanceWaived { child, .. } = &fact.what {
        vec![(*child, no_longer("WAIVED", fact))]
    } else if let What::Reopened { .. } = &fact.what {
        let anew = |child: &Assistance| {
            let mut assisting = assisting(order, child, fact);
            assisting.requested.text.clone_from(&order.text);
            (child.work_order, Command::AskAnew(Box::new(assisting)))
        };
        order.open_assistance().map(anew).collect()
    } else if let What::Routed { offer, .. }
    | What::Designated { offer, .. }
    | What::Rerouted { offer, .. } = &fact.what
    {
        let due = offer.assistance_due.map(|due| due_follows(order, due, Cause::Start));
        [lead_follows(order, fact), due.unwrap_or_default()].concat()
    } else if let (What::Completed { .. }, Some(parent)) = (&fact.what, order.parent) {
        let concerned = order.concerned.clone();
        vec![(parent, Command::NoteAssisted { child: order.id, concerned })]
    } else if let What::DueChanged { assistance_due: Some(due), cause, .. } = &fact.what {
        due_follows(order, *due, *cause)
    } else if let What::CardsMoved { assistance_due: Some(due), cause, .. } = &fact.what {
        due_follows(order, *due, *cause)
    } else if let What::Accepted { acceptance: Acceptance { assistance_due: Some(due), .. } } =
        &fact.what
    {
        due_follows(order, *due, Cause::Start)
    } else if let What::Claimed { assistance_due: Some(due), .. } = &fact.what {
        due_follows(order, *due, Cause::Start)
    } else if let What::Suspended { assistance_due: Some(due) } = &fact.what {
        let Some(pause) = order.running_pause() else { return Vec::new() };
        let meanwhile =
            |child: &&Assistance| child.completed_at.is_none_or(|done| pause.from < done);
        let still = |child: &Assistance| {
            (child.work_order, Command::StandStill { pause: pause.clone(), due: *due })
        };
        order.assistance.iter().filter(meanwhile).map(still).collect()
    } else if let What::Resumed { resumed_at, ran_out, .. } = fact.what {
        let on = |child: &Assistance| (child.work_order, Command::GoOn { resumed_at, ran_out });
        order.open_assistance().map(on).collect()
    } else {
        Vec::new()
    }
}

/// The due instant of the order moved, and with it that of those that assist.
fn due_follows(order: &WorkOrder, due: Due, cause: Cause) -> Vec<(WorkOrderId, Command)> {
    let follow = |child: &Assistance| (child.work_order, Command::FollowDue { due, cause });
    order.open_assistance().map(follow).collect()
}

/// What a child is asked for, of whom.
fn assisting(order: &WorkOrder, child: &Assistance, fact: &Fact) -> Assisting {
    let mut requested = like(order, fact);
    requested.work_order = child.work_order;
    requested.lead = Some(child.department.clone());
    requested.duty.clone_from(&child.duty);
    let asked_by = order.department.clone();
    Assisting { requested, parent: order.id, asked_by, due: child.due }
}

/// Another department leads: children learn it, and its own is not needed any more.
fn lead_follows(order: &WorkOrder, fact: &Fact) -> Vec<(WorkOrderId, Command)> {
    let Some(department) = &order.department else { return Vec::new() };
    let follow = |child: &Assistance| {
        (child.work_order, Command::FollowLead { department: department.clone() })
    };
    let now_leads =
        |child: &&Assistance| child.department == *department && child.waived_at == Some(fact.at);
    let own = order.assistance.iter().filter(now_leads);
    let own = own.map(|child| (child.work_order, no_longer("WAIVED", fact)));
    order.open_assistance().map(follow).chain(own).collect()
}

fn no_longer(reason: &str, fact: &Fact) -> Command {
    Command::Cancel { occurred_at: fact.at, reason: reason.to_owned() }
}

/// A request for the same matter, without limits of its own. It is answered, whatever the order
/// that it assists is.
fn like(order: &WorkOrder, fact: &Fact) -> Requested {
    Requested {
        work_order: order.id,
        number: String::new(),
        round: order.round,
        kind: WorkKind::Answer,
        source: order.source.clone(),
        source_number: order.source_number.clone(),
        title: order.title.clone(),
        text: String::new(),
        enterprise: order.enterprise.clone(),
        category: order.category.clone(),
        lead: None,
        duty: Vec::new(),
        successors: BTreeMap::new(),
        assisting_duty: BTreeMap::new(),
        suggested_assisting: Vec::new(),
        work_class: order.work_class,
        limits: Vec::new(),
        rule_version: 0,
        submitted_at: order.submitted_at,
        barred: order.barred.clone(),
        excluded: order.excluded.clone(),
        zone_duty: order.zone_duty.clone(),
        occurred_at: fact.at,
    }
}

pub(super) fn applied(order: &mut WorkOrder, fact: &Fact) {
    if let What::AssistanceAsked { asked, .. } = &fact.what {
        order.assistance.push(asked.clone());
    } else if let What::Assisted { child, concerned } = &fact.what {
        for open in order.assistance.iter_mut().filter(|open| open.work_order == *child) {
            open.completed_at = Some(fact.at);
        }
        order.concerned.extend(concerned.iter().cloned());
    } else if let What::AssistanceWaived { child, .. } = &fact.what {
        let open = order.assistance.iter_mut().filter(|open| open.work_order == *child);
        open.for_each(|open| open.waived_at = Some(fact.at));
    } else if let What::LeadFollowed { department } = &fact.what {
        order.asked_by = Some(department.clone());
    } else if let What::StoodStill { still, .. } = &fact.what {
        order.still = Some(*still);
    } else if let What::WentOn { .. } = &fact.what {
        order.still = None;
    }
}
