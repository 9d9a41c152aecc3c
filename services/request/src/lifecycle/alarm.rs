//! What time does to a ticket: who waits too long is told of, again and again, or closes by itself.

use calendar::{Due, Moment};
use jiff::Timestamp;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::{
    ACCEPT_WITHIN, CALL_BACK_WITHIN, CLOSES_AFTER, Fact, REDO_WITHIN, State, TOLD_AGAIN_AFTER,
    Ticket, What, due,
};

/// Who is told that a limit was missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Told {
    /// The head of 吹哨办.
    DispatchHead,
    /// 管委会 / 挂点领导.
    ZoneLeader,
}

/// The alarm of each state that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum AlarmKind {
    /// Submitted, not yet taken in.
    Accept,
    /// Answered, no verdict yet.
    CallBack,
    /// Dissatisfied, nothing done yet.
    Redo,
    /// Confirmed: closes by itself.
    CloseByItself,
}

/// The alarms that a ticket in its present state has armed.
pub fn alarms(ticket: &Ticket) -> Vec<(&'static str, Timestamp)> {
    let armed = alarm_of(ticket.state).zip(ticket.rings_at);
    armed.into_iter().map(|(kind, at)| (kind.into(), at)).collect()
}

/// The alarm that a state arms.
pub fn alarm_of(state: State) -> Option<AlarmKind> {
    match state {
        State::Submitted => Some(AlarmKind::Accept),
        State::Answered => Some(AlarmKind::CallBack),
        State::Dissatisfied => Some(AlarmKind::Redo),
        State::Confirmed => Some(AlarmKind::CloseByItself),
        State::Accepted | State::Closed => None,
    }
}

/// An alarm rings: somebody is told and it is armed anew, or the ticket closes by itself. One
/// that is not armed does nothing. Whether it is due is the ringer's to say: the wall clock may
/// have run back since, so it counts as rung at its own instant at the earliest.
pub(super) fn ring(ticket: &Ticket, kind: AlarmKind, moment: Moment<'_>) -> Vec<Fact> {
    let armed = ticket.rings_at.filter(|_| alarm_of(ticket.state) == Some(kind));
    let (Some(rings_at), Some(due_missed)) = (armed, ticket.due) else { return Vec::new() };
    let now = moment.now.max(ticket.changed_at).max(rings_at);
    let what = match kind {
        AlarmKind::CloseByItself => What::Closed { by_itself: true },
        AlarmKind::Accept | AlarmKind::CallBack | AlarmKind::Redo => What::LimitMissed {
            state: ticket.state,
            due: due_missed,
            told: if ticket.told_times == 0 { Told::DispatchHead } else { Told::ZoneLeader },
            next_due: due(Moment { now, ..moment }, TOLD_AGAIN_AFTER),
        },
    };
    vec![Fact { at: now, what }]
}

/// A year of the calendar was published or amended: the due instant that is still awaited is
/// reckoned anew, from where it was reckoned first. Those met are gone from the ticket already.
pub(super) fn recount(ticket: &Ticket, moment: Moment<'_>) -> Vec<Fact> {
    let Some((old, new)) = ticket.due.zip(reckoned(ticket, moment)) else { return Vec::new() };
    if (old.at, old.provisional) == (new.at, new.provisional) {
        return Vec::new();
    }
    let at = moment.now.max(ticket.changed_at);
    // Who was told of an instant that is still missed is told again when they would have been.
    let still_missed = 0 < ticket.told_times && new.at <= at;
    let rings_at = ticket.rings_at.filter(|_| still_missed).unwrap_or(new.at);
    vec![Fact { at, what: What::DueChanged { state: ticket.state, old, new, rings_at } }]
}

/// The due instant of the present state by a calendar.
fn reckoned(ticket: &Ticket, moment: Moment<'_>) -> Option<Due> {
    let rated_at = ticket.round.rating.as_ref().map(|rating| rating.rated_at);
    let (start, limit) = match ticket.state {
        State::Submitted => (Some(ticket.submitted_at), ACCEPT_WITHIN),
        State::Answered => {
            (ticket.round.answer.as_ref().map(|answer| answer.answered_at), CALL_BACK_WITHIN)
        }
        State::Confirmed => (rated_at, CLOSES_AFTER),
        State::Dissatisfied => (rated_at, REDO_WITHIN),
        State::Accepted | State::Closed => return None,
    };
    Some(due(Moment { now: start?, ..moment }, limit))
}
