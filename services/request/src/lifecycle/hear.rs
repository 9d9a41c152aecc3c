//! What dispatch tells, and what it does to a ticket in each state: never an error.

use base::PersonId;
use calendar::Moment;

use super::work::{Heard, HeardKind, News, Progress};
use super::{CALL_BACK_WITHIN, Fact, State, Ticket, What, due};

/// What a heard fact does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Where the work stands is noted.
    Progress,
    /// Who had a hand in it is noted.
    Concern,
    /// The ticket is answered.
    Answer,
    /// Nothing, and why.
    Ignored(&'static str),
}

/// What each fact that can be heard does in each state. It is never an error.
#[rustfmt::skip]
pub const HEARD: &[(State, HeardKind, Effect)] = {
    use {Effect::*, HeardKind::*, State::*};
    const NOT_ASKED: Effect = Ignored("no work has been asked for");
    const ANSWERED_ALREADY: Effect = Ignored("this round has its answer");
    const OVER: Effect = Ignored("the ticket is closed");
    &[
        // state       heard          effect
        (Submitted,    WorkMoved,     NOT_ASKED),
        (Submitted,    WorkAssisted,  NOT_ASKED),
        (Submitted,    WorkCompleted, NOT_ASKED),
        (Accepted,     WorkMoved,     Progress),
        (Accepted,     WorkAssisted,  Concern),
        (Accepted,     WorkCompleted, Answer),
        (Answered,     WorkMoved,     ANSWERED_ALREADY),
        (Answered,     WorkAssisted,  Concern),
        (Answered,     WorkCompleted, ANSWERED_ALREADY),
        (Confirmed,    WorkMoved,     ANSWERED_ALREADY),
        (Confirmed,    WorkAssisted,  Concern),
        (Confirmed,    WorkCompleted, ANSWERED_ALREADY),
        (Dissatisfied, WorkMoved,     ANSWERED_ALREADY),
        (Dissatisfied, WorkAssisted,  Concern),
        (Dissatisfied, WorkCompleted, ANSWERED_ALREADY),
        (Closed,       WorkMoved,     OVER),
        (Closed,       WorkAssisted,  OVER),
        (Closed,       WorkCompleted, OVER),
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
/// [`HEARD`]. What is of another order or round is passed over.
pub(super) fn hear(ticket: &Ticket, heard: &Heard, moment: Moment<'_>) -> Vec<Fact> {
    let at = heard.occurred_at.max(ticket.changed_at);
    let own = ticket.round.work_order == Some(heard.work_order);
    let effect = effect(ticket.state, heard.news.kind());
    let what = match (effect, &heard.news) {
        (Effect::Progress, News::Moved(step)) if own => {
            let progress = Progress::after(&ticket.round, step, at);
            progress.map(|progress| What::Progressed { progress, concerned: Vec::new() })
        }
        (Effect::Concern, News::Assisted { concerned }) => concern(ticket, concerned),
        (Effect::Answer, News::Completed { round, outcome, answer, concerned })
            if own && *round == ticket.round.number =>
        {
            Some(What::Answered {
                round: *round,
                outcome: *outcome,
                answer: answer.clone(),
                concerned: concerned.clone(),
                call_back_due: due(Moment { now: at, ..moment }, CALL_BACK_WITHIN),
            })
        }
        (Effect::Progress | Effect::Concern | Effect::Answer | Effect::Ignored(_), _) => None,
    };
    what.map(|what| Fact { at, what }).into_iter().collect()
}

/// Who had a hand in an assisting order and was not yet known to.
fn concern(ticket: &Ticket, concerned: &[PersonId]) -> Option<What> {
    let new = |person: &&PersonId| !ticket.concerned.contains(*person);
    let concerned: Vec<PersonId> = concerned.iter().filter(new).cloned().collect();
    let progress = ticket.round.progress.clone().filter(|_| !concerned.is_empty())?;
    Some(What::Progressed { progress, concerned })
}
