//! What time does to a ticket: who waits too long is told of, again and again; a proposal lapses, a
//! promised date comes, a confirmed ticket closes by itself.

use calendar::{Due, Limit, Moment};
use jiff::Timestamp;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::again::resume_plan_by_itself;
use super::limits::{
    ACCEPT_WITHIN, CALL_BACK_WITHIN, CLOSES_AFTER, DECIDE_APPEAL_WITHIN, PLAN_REVIEWED_EVERY,
    REDO_WITHIN, REJECTION_LAPSES_AFTER, TOLD_AGAIN_AFTER, due,
};
use super::{Fact, State, Ticket, What};

/// Who is told that a limit was missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Told {
    /// The head of 吹哨办.
    DispatchHead,
    /// 管委会 / 挂点领导.
    ZoneLeader,
}

/// What waits for an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum AlarmKind {
    /// Submitted, not yet taken in.
    Accept,
    /// A rejection of the accepted ticket was proposed: it lapses.
    LapseRejection,
    /// On plan: the promised date comes.
    EndPlan,
    /// On plan: it is time to look at it.
    ReviewPlan,
    /// Answered and no verdict yet, or withdrawn and not yet asked about why.
    CallBack,
    /// Dissatisfied, nothing done yet.
    Redo,
    /// Confirmed: closes by itself.
    CloseByItself,
    /// An appeal was made and not yet decided.
    DecideAppeal,
}

/// The alarms that a ticket has armed as it stands.
pub fn alarms(ticket: &Ticket) -> Vec<(&'static str, Timestamp)> {
    let armed = alarm_of(ticket).zip(ticket.rings_at);
    let review = ticket.review_at.map(|at| (AlarmKind::ReviewPlan, at));
    armed.into_iter().chain(review).map(|(kind, at)| (kind.into(), at)).collect()
}

/// The alarm of the due instant that a ticket waits for as it stands.
pub fn alarm_of(ticket: &Ticket) -> Option<AlarmKind> {
    match ticket.state {
        State::Submitted => Some(AlarmKind::Accept),
        State::Accepted => ticket.rejection_waits().then_some(AlarmKind::LapseRejection),
        State::OnPlan => Some(AlarmKind::EndPlan),
        State::Answered => Some(AlarmKind::CallBack),
        State::Withdrawn => ticket.due.map(|_| AlarmKind::CallBack),
        State::Dissatisfied => Some(AlarmKind::Redo),
        State::Confirmed => Some(AlarmKind::CloseByItself),
        State::Rejected | State::ClosedUnresolved => {
            ticket.appeal_waits().then_some(AlarmKind::DecideAppeal)
        }
        State::Closed | State::Merged => None,
    }
}

/// An alarm rings. One that is not armed does nothing. Whether it is due is the ringer's to say:
/// the wall clock may have run back since, so it counts as rung at its own instant at the earliest.
pub(super) fn ring(ticket: &Ticket, kind: AlarmKind, moment: Moment<'_>) -> Vec<Fact> {
    let name: &str = kind.into();
    let armed = alarms(ticket).into_iter().find(|(armed, _)| *armed == name);
    let (Some((_, rings_at)), Some(due_missed)) = (armed, ticket.due) else { return Vec::new() };
    let now = moment.now.max(ticket.changed_at).max(rings_at);
    let moment = Moment { now, ..moment };
    let what = match kind {
        AlarmKind::LapseRejection => Some(What::RejectionLapsed),
        AlarmKind::EndPlan => resume_plan_by_itself(ticket),
        AlarmKind::ReviewPlan => {
            Some(What::PlanReviewDue { review_at: due(moment, PLAN_REVIEWED_EVERY).at })
        }
        AlarmKind::CloseByItself => Some(What::Closed { by_itself: true, unrated: false }),
        AlarmKind::Accept | AlarmKind::CallBack | AlarmKind::Redo | AlarmKind::DecideAppeal => {
            Some(What::LimitMissed {
                state: ticket.state,
                due: due_missed,
                told: told(ticket, kind),
                next_due: due(moment, TOLD_AGAIN_AFTER),
            })
        }
    };
    what.map(|what| Fact { at: now, what }).into_iter().collect()
}

/// The head of the office is told first, then a leader; of discontent that nobody acted on a leader
/// at once.
fn told(ticket: &Ticket, kind: AlarmKind) -> Told {
    if ticket.told_times == 0 && kind != AlarmKind::Redo {
        Told::DispatchHead
    } else {
        Told::ZoneLeader
    }
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

/// The due instant that a ticket waits for, by a calendar; none if it is not reckoned by one.
fn reckoned(ticket: &Ticket, moment: Moment<'_>) -> Option<Due> {
    let since = ticket.waits_since.unwrap_or(ticket.changed_at);
    let limit = alarm_of(ticket).and_then(limit_of)?;
    Some(due(Moment { now: since, ..moment }, limit))
}

/// The limit behind an alarm; a promised date has none.
fn limit_of(kind: AlarmKind) -> Option<Limit> {
    match kind {
        AlarmKind::Accept => Some(ACCEPT_WITHIN),
        AlarmKind::LapseRejection => Some(REJECTION_LAPSES_AFTER),
        AlarmKind::CallBack => Some(CALL_BACK_WITHIN),
        AlarmKind::Redo => Some(REDO_WITHIN),
        AlarmKind::CloseByItself => Some(CLOSES_AFTER),
        AlarmKind::DecideAppeal => Some(DECIDE_APPEAL_WITHIN),
        AlarmKind::EndPlan | AlarmKind::ReviewPlan => None,
    }
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
        let on_plan = after(Some(accepted.clone()), &planned("2026-12-31T17:00:00+08:00"), begun);
        for ticket in [&accepted, &closed, &on_plan] {
            assert_eq!(recount(ticket, begun, &published), []);
        }
        let never = decide(None, &Command::Recount, Moment { now: begun, calendar: &published });
        assert_eq!(never.expect("never refused"), []);
    }
}
