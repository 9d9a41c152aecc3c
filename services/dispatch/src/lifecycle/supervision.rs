//! Urging (催办) and supervision (督办): somebody above presses, and the department answers.

use base::Person;
use calendar::{Limit, Moment};

use super::fact::{Fact, What};
use super::limits::{self, LIMITS};
use super::order::WorkOrder;
use super::parts::Supervision;
use super::sight::of_the_department;
use super::step;
use super::words::{Action, Alarm, Level};
use crate::error::Error;

/// Presses the department, once per due instant and level; nobody presses the own department, and
/// who presses because of lateness is not of the unit that is late.
pub(super) fn press(
    order: &WorkOrder,
    by: &Person,
    (level, note): (Level, &str),
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    let own = order.department.iter().chain(&order.responsible);
    if own.into_iter().any(|department| by.belongs_to(department)) {
        return Err(Error::OwnDepartment);
    }
    let action = match level {
        Level::Urged => Action::Urge,
        Level::Supervised => Action::Supervise,
    };
    step(order, action)?;
    let (_, within) = answer_of(level);
    let for_due = order.reply.map(|reply| reply.due.at);
    let last = order.supervisions.iter().rfind(|past| past.level == level);
    if last.is_some_and(|last| last.for_due == for_due) {
        return Err(match level {
            Level::Urged => Error::UrgedAlready,
            Level::Supervised => Error::SupervisedAlready,
        });
    }
    let supervision = Supervision {
        level,
        note: note.to_owned(),
        asked_at: moment.now,
        for_due,
        answer_due: limits::default_due(moment.now, within, moment.calendar),
        answer: String::new(),
        answered_at: None,
    };
    Ok(vec![What::Pressed { supervision }])
}

/// The department answers to who presses.
pub(super) fn answer(
    order: &WorkOrder,
    by: &Person,
    level: Level,
    answer: &str,
    moment: Moment<'_>,
) -> Result<Vec<What>, Error> {
    of_the_department(order, by)?;
    step(order, Action::AnswerSupervision)?;
    let last = order.supervisions.iter().rfind(|past| past.level == level);
    let open = last.filter(|last| last.answered_at.is_none()).ok_or(Error::NothingToAnswer)?;
    let late = open.answer_due.at < moment.now;
    Ok(vec![What::SupervisionAnswered { level, answer: answer.to_owned(), late }])
}

/// The alarm of an answer that is awaited, and within what it must be given.
pub(super) fn answer_of(level: Level) -> (Alarm, Limit) {
    match level {
        Level::Urged => (Alarm::UrgeAnswer, LIMITS.urge_answer_within),
        Level::Supervised => (Alarm::SupervisionAnswer, LIMITS.supervision_answer_within),
    }
}

pub(super) fn applied(order: &mut WorkOrder, fact: &Fact) {
    if let What::Pressed { supervision } = &fact.what {
        order.arm(answer_of(supervision.level).0, Some(supervision.answer_due.at));
        order.supervisions.push(supervision.clone());
    } else if let What::SupervisionAnswered { level, answer, .. } = &fact.what {
        order.arm(answer_of(*level).0, None);
        let last = order.supervisions.iter_mut().rfind(|past| past.level == *level);
        if let Some(last) = last {
            last.answer.clone_from(answer);
            last.answered_at = Some(fact.at);
        }
    }
}
