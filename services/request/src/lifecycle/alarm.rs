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

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests")]

    use calendar::{Calendar, Moment};
    use jiff::Timestamp;

    use super::super::sample::*;
    use super::super::{Command, Ticket, apply, decide};

    #[test]
    fn a_published_year_moves_what_is_awaited_and_nothing_that_is_met() {
        let plain = Calendar::published();
        let year = "year = 2027\ncomplete = true\nversion = 1\n\
            [[notice]]\nnumber = \"国办发明电〔2026〕1号\"\nissued = 2026-11-01\n\
            title = \"通知\"\nurl = \"\"\n\
            [[holiday]]\nname = \"元旦\"\nnotice = \"国办发明电〔2026〕1号\"\n\
            off = { from = 2027-01-01, to = 2027-01-03 }\nwork = []\n";
        let published = plain.with_year(calendar::Year::parse(year).expect("a year"));
        let begun = instant("2026-12-31T17:00:00+08:00");
        let recount = |ticket: &Ticket, now, calendar| {
            decide(Some(ticket), &Command::Recount, Moment { now, calendar })
                .expect("never refused")
        };
        let submitted = after(None, &submit(), begun);
        let accepted = after(Some(submitted.clone()), &accept(), begun);
        let answered =
            after(Some(accepted.clone()), &completed("2026-12-31T17:00:00+08:00"), begun);
        let confirmed = after(Some(answered.clone()), &rate(5, true), begun);
        let dissatisfied = after(Some(answered.clone()), &rate(1, false), begun);
        for (ticket, old, new) in [
            (&submitted, "2027-01-01T12:00:00+08:00", "2027-01-04T12:00:00+08:00"),
            (&answered, "2027-01-01T17:30:00+08:00", "2027-01-04T17:30:00+08:00"),
            (&confirmed, "2027-01-05T17:30:00+08:00", "2027-01-06T17:30:00+08:00"),
            (&dissatisfied, "2027-01-01T17:30:00+08:00", "2027-01-04T17:30:00+08:00"),
        ] {
            let due = ticket.due.expect("it waits");
            assert_eq!((due.at, due.provisional), (instant(old), true));
            assert_eq!(recount(ticket, begun, &plain), [], "an unchanged calendar moves nothing");
            // Somebody was told of the old instant already: it was not missed after all.
            for told_times in [0, 1] {
                let told = Ticket { told_times, rings_at: Some(Timestamp::MAX), ..ticket.clone() };
                let facts = recount(&told, instant("2027-01-02T09:00:00+08:00"), &published);
                let moved = facts.iter().fold(Some(told), apply).expect("it is there");
                let due = moved.due.expect("it waits");
                assert_eq!((due.at, due.provisional), (instant(new), false));
                assert_eq!((moved.rings_at, moved.told_times), (Some(due.at), 0));
                assert_eq!(moved.broken_invariant(), None);
            }
            // What is missed by the new one as well is told again when it would have been.
            let (now, next) = (instant("2027-01-08T09:00:00+08:00"), Timestamp::MAX);
            let told = Ticket { told_times: 1, rings_at: Some(next), ..ticket.clone() };
            let facts = recount(&told, now, &published);
            let moved = facts.iter().fold(Some(told), apply).expect("it is there");
            assert_eq!((moved.rings_at, moved.told_times), (Some(next), 1));
        }
        let closed = after(Some(confirmed), &close(), begun);
        for ticket in [&accepted, &closed] {
            assert_eq!(recount(ticket, begun, &published), []);
        }
        let never = decide(None, &Command::Recount, Moment { now: begun, calendar: &published });
        assert_eq!(never.expect("never refused"), []);
    }
}
