//! What can be asked of a ticket as it stands, and whether somebody may.

use super::{Action, Kind, State, TRANSITIONS, Ticket, Viewer};
use crate::error::Error;

/// The actions that a state takes, by the table.
pub fn allowed(state: State) -> Vec<Action> {
    let mut actions: Vec<Action> = Vec::new();
    for (from, action, _) in TRANSITIONS {
        if *from == state && !actions.contains(action) {
            actions.push(*action);
        }
    }
    actions
}

/// The actions that somebody can ask of this very ticket: what its state takes, less what does not fit
/// it; who asks, and whether it is too late for it, is another matter. That the work is done is told
/// by dispatch; nobody asks for it.
pub fn open_to(ticket: &Ticket) -> Vec<Action> {
    let fits = |action: &Action| match action {
        Action::Answer => false,
        Action::AnswerDirectly => ticket.submission.kind == Kind::Consultation,
        Action::Rate => ticket.round.rating.is_none(),
        Action::Appeal => ticket.appeal.is_none(),
        Action::DecideAppeal => ticket.appeal_waits(),
        Action::DecideExplanation => ticket.explanation.is_some(),
        Action::Accept
        | Action::Reject
        | Action::Merge
        | Action::Split
        | Action::Supplement
        | Action::AddEvidence
        | Action::Withdraw
        | Action::ResumePlan
        | Action::CallBack
        | Action::Redo
        | Action::ProposeExplanation
        | Action::Close
        | Action::Reopen => true,
    };
    allowed(ticket.state).into_iter().filter(fits).collect()
}

/// Whether a ticket's state takes an action.
pub(super) fn check(ticket: &Ticket, action: Action) -> Result<(), Error> {
    let state = ticket.state;
    if allowed(state).contains(&action) {
        Ok(())
    } else {
        Err(Error::StateForbids { state, action, open: open_to(ticket) })
    }
}

/// Who may not know of a ticket is told that there is none; who may know of it but not do this
/// is told so.
pub(super) fn may(ticket: &Ticket, by: &Viewer, allowed: bool) -> Result<(), Error> {
    if !by.sees(ticket) {
        return Err(Error::TicketNotFound { ticket: ticket.id.to_string() });
    }
    if allowed { Ok(()) } else { Err(Error::NotTheirs) }
}
