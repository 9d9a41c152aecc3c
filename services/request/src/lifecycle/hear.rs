//! What dispatch tells, and what it does to a ticket in each state: never an error.

use base::PersonId;
use calendar::Moment;

use super::limits::{CALL_BACK_WITHIN, PLAN_REVIEWED_EVERY, due};
use super::work::{Completion, Heard, HeardKind, News, Progress, WorkState};
use super::{Fact, State, Ticket, What};

/// What a heard fact does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Where the work stands is noted.
    Progress,
    /// Who had a hand in it is noted.
    Concern,
    /// The ticket is answered, or put on plan.
    Answer,
    /// It comes too late to matter: recorded, nothing else.
    Late,
    /// Nothing, and why.
    Ignored(&'static str),
}

/// What each fact that can be heard does in each state. It is never an error.
#[rustfmt::skip]
pub const HEARD: &[(State, HeardKind, Effect)] = {
    use {Effect::*, HeardKind::*, State::*};
    const NOT_ASKED: Effect = Ignored("no work has been asked for");
    const OF_OLD: Effect = Ignored("it is of an order that another has followed");
    &[
        // state           heard          effect
        (Submitted,        WorkMoved,     NOT_ASKED),
        (Submitted,        WorkAssisted,  NOT_ASKED),
        (Submitted,        WorkCompleted, NOT_ASKED),
        (Submitted,        WorkCancelled, NOT_ASKED),
        (Accepted,         WorkMoved,     Progress),
        (Accepted,         WorkAssisted,  Concern),
        (Accepted,         WorkCompleted, Answer),
        (Accepted,         WorkCancelled, OF_OLD),
        (OnPlan,           WorkMoved,     Late),
        (OnPlan,           WorkAssisted,  Concern),
        (OnPlan,           WorkCompleted, Late),
        (OnPlan,           WorkCancelled, OF_OLD),
        // What the dispatcher answered directly was withdrawn from dispatch, which says so.
        (Answered,         WorkMoved,     Late),
        (Answered,         WorkAssisted,  Concern),
        (Answered,         WorkCompleted, Late),
        (Answered,         WorkCancelled, Progress),
        (Confirmed,        WorkMoved,     Late),
        (Confirmed,        WorkAssisted,  Concern),
        (Confirmed,        WorkCompleted, Late),
        (Confirmed,        WorkCancelled, Progress),
        (Dissatisfied,     WorkMoved,     Late),
        (Dissatisfied,     WorkAssisted,  Concern),
        (Dissatisfied,     WorkCompleted, Late),
        (Dissatisfied,     WorkCancelled, Progress),
        (Closed,           WorkMoved,     Late),
        (Closed,           WorkAssisted,  Concern),
        (Closed,           WorkCompleted, Late),
        (Closed,           WorkCancelled, Progress),
        (ClosedUnresolved, WorkMoved,     Late),
        (ClosedUnresolved, WorkAssisted,  Concern),
        (ClosedUnresolved, WorkCompleted, Late),
        (ClosedUnresolved, WorkCancelled, Progress),
        (Rejected,         WorkMoved,     Late),
        (Rejected,         WorkAssisted,  Late),
        (Rejected,         WorkCompleted, Late),
        (Rejected,         WorkCancelled, Progress),
        (Merged,           WorkMoved,     Late),
        (Merged,           WorkAssisted,  Late),
        (Merged,           WorkCompleted, Late),
        (Merged,           WorkCancelled, Progress),
        (Withdrawn,        WorkMoved,     Late),
        (Withdrawn,        WorkAssisted,  Late),
        (Withdrawn,        WorkCompleted, Late),
        (Withdrawn,        WorkCancelled, Progress),
    ]
};

/// What a fact of this kind does in this state, by the table.
pub fn effect(state: State, kind: HeardKind) -> Effect {
    HEARD
        .iter()
        .find(|(in_state, of_kind, _)| (*in_state, *of_kind) == (state, kind))
        .map_or(Effect::Ignored("not in the table"), |(_, _, effect)| *effect)
}

/// What dispatch told takes effect at its own instant, however late it is heard, by
/// [`HEARD`]. What is of another order or round is passed over, but for who assisted.
pub(super) fn hear(ticket: &Ticket, heard: &Heard, moment: Moment<'_>) -> Vec<Fact> {
    let at = heard.occurred_at.max(ticket.moved_at.unwrap_or(ticket.changed_at));
    let kind = heard.news.kind();
    let own = ticket.round.work_order == Some(heard.work_order) && is_of_round(ticket, &heard.news);
    let what = match (effect(ticket.state, kind), &heard.news) {
        (Effect::Concern, News::Assisted { concerned }) => concern(ticket, concerned),
        (Effect::Late, News::Assisted { .. }) => Some(late(ticket, heard)),
        (Effect::Late, _) if own => Some(late(ticket, heard)),
        (Effect::Progress, News::Moved { progress, concerned }) if own => {
            progressed(ticket, Progress::clone(progress), unknown(ticket, concerned))
        }
        (Effect::Progress, News::Cancelled) if own => {
            let state = WorkState::Cancelled;
            progressed(ticket, Progress { state, ..Progress::of(&ticket.round) }, Vec::new())
        }
        (Effect::Answer, News::Completed(completion)) if own => {
            Some(answered(completion, Moment { now: at, ..moment }))
        }
        (_, News::Moved { .. } | News::Assisted { .. } | News::Completed(_) | News::Cancelled) => {
            None
        }
    };
    what.map(|what| Fact { at, what }).into_iter().collect()
}

/// An answer is of the round that asked for it; all else is of the order alone.
fn is_of_round(ticket: &Ticket, news: &News) -> bool {
    match news {
        News::Completed(completion) => completion.round == ticket.round.number,
        News::Moved { .. } | News::Assisted { .. } | News::Cancelled => true,
    }
}

/// The department's answer reaches the ticket, as of its own instant.
fn answered(completion: &Completion, moment: Moment<'_>) -> What {
    let mut answer = completion.answer.clone();
    answer.answered_at = moment.now;
    let concerned = completion.concerned.clone();
    let Some(planned_until) = completion.planned_until else {
        let call_back_due = due(moment, CALL_BACK_WITHIN);
        return What::Answered { answer, concerned, call_back_due };
    };
    // The date is the department's promise: no clock of ours moves it.
    let until = calendar::Due {
        at: planned_until.max(moment.now),
        provisional: false,
        calendar_version: moment.calendar.version(),
    };
    let review_due = due(moment, PLAN_REVIEWED_EVERY);
    What::Planned { answer, concerned, until, review_due }
}

/// Where the work stands now, unless that says nothing new.
fn progressed(ticket: &Ticket, progress: Progress, concerned: Vec<PersonId>) -> Option<What> {
    let news = ticket.round.progress.as_ref() != Some(&progress) || !concerned.is_empty();
    news.then_some(What::Progressed { progress, concerned })
}

/// Who had a hand in an assisting order and was not yet known to.
fn concern(ticket: &Ticket, concerned: &[PersonId]) -> Option<What> {
    let concerned = unknown(ticket, concerned);
    let progress = Progress::of(&ticket.round);
    (!concerned.is_empty()).then_some(What::Progressed { progress, concerned })
}

fn unknown(ticket: &Ticket, concerned: &[PersonId]) -> Vec<PersonId> {
    concerned.iter().filter(|person| !ticket.concerned.contains(*person)).cloned().collect()
}

fn late(ticket: &Ticket, heard: &Heard) -> What {
    let (kind, state) = (heard.news.kind(), ticket.state);
    What::HeardLate { kind, state, work_order: heard.work_order }
}
