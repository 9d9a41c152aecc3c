//! What time does to a ticket: who waits too long is told of, again and again; a proposal lapses, a
//! promised date comes, a confirmed ticket closes by itself, a rating that nobody looked at counts.

use calendar::{Due, Limit, Moment};
use jiff::Timestamp;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::again::resume_plan_by_itself;
use super::limits::{PLAN_REVIEWED_EVERY, TOLD_AGAIN_AFTER, VERIFY_WITHIN, due};
use super::ticket::Reckoned;
use super::{Fact, State, Ticket, WAITING, What};

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
    /// A rating waits for verification: unless somebody looks, it counts as it stands.
    VerifyRating,
}

/// The alarms that a ticket has armed as it stands.
pub fn alarms(ticket: &Ticket) -> Vec<(&'static str, Timestamp)> {
    let armed = alarm_of(ticket).zip(ticket.rings_at);
    let review = ticket.review.map(|review| (AlarmKind::ReviewPlan, review.due.at));
    let verify = ticket.verifications_awaited().map(|of| of.awaited.due.at).min();
    let verify = verify.map(|at| (AlarmKind::VerifyRating, at));
    armed.into_iter().chain(review).chain(verify).map(|(kind, at)| (kind.into(), at)).collect()
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
    let Some((_, rings_at)) = armed else { return Vec::new() };
    let now = moment.now.max(ticket.changed_at).max(rings_at);
    let moment = Moment { now, ..moment };
    let happened = match kind {
        AlarmKind::LapseRejection => vec![What::RejectionLapsed],
        AlarmKind::EndPlan => resume_plan_by_itself(ticket).into_iter().collect(),
        AlarmKind::ReviewPlan => {
            vec![What::PlanReviewDue { review_due: due(moment, PLAN_REVIEWED_EVERY) }]
        }
        AlarmKind::CloseByItself => vec![What::Closed { by_itself: true, unrated: false }],
        AlarmKind::VerifyRating => counted_by_themselves(ticket, now),
        AlarmKind::Accept | AlarmKind::CallBack | AlarmKind::Redo | AlarmKind::DecideAppeal => {
            let next_due = due(moment, TOLD_AGAIN_AFTER);
            let (state, told) = (ticket.state, told(ticket, kind));
            let missed = |due| What::LimitMissed { state, due, told, next_due };
            ticket.due.map(missed).into_iter().collect()
        }
    };
    happened.into_iter().map(|what| Fact { at: now, what }).collect()
}

/// Ratings that nobody looked at in time count as they stand.
fn counted_by_themselves(ticket: &Ticket, now: Timestamp) -> Vec<What> {
    let over = ticket.verifications_awaited().filter(|of| of.awaited.due.at <= now);
    let counted = over.map(|of| What::RatingVerified {
        round: of.round,
        counts: true,
        reason: String::new(),
        by_itself: true,
    });
    counted.collect()
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

/// A year of the calendar was published or amended: every due instant that is still awaited is
/// reckoned anew, from where it was reckoned first. Those met are gone from the ticket already.
pub(super) fn recount(ticket: &Ticket, moment: Moment<'_>) -> Vec<Fact> {
    let at = moment.now.max(ticket.changed_at);
    let review = ticket.review.and_then(|review| {
        let (old, new) = (review.due, anew(review, PLAN_REVIEWED_EVERY, moment)?);
        Some(What::ReviewDueChanged { old, new })
    });
    let verifications = ticket.verifications_awaited().filter_map(|of| {
        let (old, new) = (of.awaited.due, anew(of.awaited, VERIFY_WITHIN, moment)?);
        Some(What::VerificationDueChanged { round: of.round, old, new })
    });
    let moved = own_due_anew(ticket, at, moment).into_iter().chain(review).chain(verifications);
    moved.map(|what| Fact { at, what }).collect()
}

/// The due instant of the state that a ticket waits in, if it moves.
fn own_due_anew(ticket: &Ticket, at: Timestamp, moment: Moment<'_>) -> Option<What> {
    let limit = alarm_of(ticket).and_then(limit_of)?;
    let (old, since) = (ticket.due?, ticket.waits_since.unwrap_or(ticket.changed_at));
    let new = anew(Reckoned { due: old, since }, limit, moment)?;
    // Who was told of an instant that is still missed is told again when they would have been.
    let still_missed = 0 < ticket.told_times && new.at <= at;
    let rings_at = ticket.rings_at.filter(|_| still_missed).unwrap_or(new.at);
    Some(What::DueChanged { state: ticket.state, old, new, rings_at })
}

/// A due instant by the calendar of the moment, if that makes it another.
fn anew(of: Reckoned, limit: Limit, moment: Moment<'_>) -> Option<Due> {
    let new = due(Moment { now: of.since, ..moment }, limit);
    Some(new).filter(|new| (new.at, new.provisional) != (of.due.at, of.due.provisional))
}

/// The limit of the state behind an alarm; a promised date has none.
fn limit_of(kind: AlarmKind) -> Option<Limit> {
    WAITING.iter().find(|row| row.1 == kind).and_then(|row| row.3)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests")]

    use calendar::{Calendar, Moment};
    use jiff::{SignedDuration, Timestamp};

    use super::super::sample::*;
    use super::super::{Command, Outcome, RejectReason, Ticket, apply, decide};

    /// The published years and 2027, whose New Year is off from Friday to Sunday.
    fn with_2027() -> Calendar {
        let year = "year = 2027\ncomplete = true\nversion = 1\n\
            [[notice]]\nnumber = \"国办发明电〔2026〕1号\"\nissued = 2026-11-01\n\
            title = \"通知\"\nurl = \"\"\n\
            [[holiday]]\nname = \"元旦\"\nnotice = \"国办发明电〔2026〕1号\"\n\
            off = { from = 2027-01-01, to = 2027-01-03 }\nwork = []\n";
        Calendar::published().with_year(calendar::Year::parse(year).expect("a year"))
    }

    #[test]
    fn a_published_year_moves_what_is_awaited_and_nothing_that_is_met() {
        let plain = Calendar::published();
        let published = with_2027();
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
        let proposed = reject(dispatcher(), RejectReason::Classified);
        let proposed = after(Some(accepted.clone()), &proposed, begun);
        let rejected = reject(dispatcher(), RejectReason::Classified);
        let rejected = after(Some(submitted.clone()), &rejected, begun);
        let appealed = after(Some(rejected), &appeal(), begun);
        let taken = after(Some(accepted.clone()), &claimed("2026-12-31T17:00:00+08:00"), begun);
        let withdrawn = after(Some(taken), &withdraw(), begun);
        let called = after(
            Some(answered.clone()),
            &call_back(call("2026-12-31T17:00:00+08:00", None)),
            begun + SignedDuration::from_mins(1),
        );
        for (ticket, old, new) in [
            (&submitted, "2027-01-01T12:00:00+08:00", "2027-01-04T12:00:00+08:00"),
            (&answered, "2027-01-01T17:30:00+08:00", "2027-01-04T17:30:00+08:00"),
            (&confirmed, "2027-01-05T17:30:00+08:00", "2027-01-06T17:30:00+08:00"),
            (&dissatisfied, "2027-01-01T17:30:00+08:00", "2027-01-04T17:30:00+08:00"),
            (&proposed, "2027-01-01T17:30:00+08:00", "2027-01-04T17:30:00+08:00"),
            (&appealed, "2027-01-01T17:30:00+08:00", "2027-01-04T17:30:00+08:00"),
            (&withdrawn, "2027-01-01T17:30:00+08:00", "2027-01-04T17:30:00+08:00"),
            (&called, "2027-01-01T17:30:00+08:00", "2027-01-04T17:30:00+08:00"),
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
        // Closed within minutes: its rating is still to be verified.
        let closed = after(Some(confirmed), &close(), begun);
        let verify_due = |ticket: &Ticket| ticket.verifications[0].awaited.due;
        assert_eq!(verify_due(&closed).at, instant("2027-01-05T17:30:00+08:00"));
        let facts = recount(&closed, begun, &published);
        let moved = facts.iter().fold(Some(closed), apply).expect("it is there");
        assert_eq!(verify_due(&moved).at, instant("2027-01-06T17:30:00+08:00"));
        let verified = after(Some(moved), &verify_rating(1), begun);
        for ticket in [&accepted, &verified] {
            assert_eq!(recount(ticket, begun, &published), [], "nothing is awaited");
        }
        let never = decide(None, &Command::Recount, Moment { now: begun, calendar: &published });
        assert_eq!(never.expect("never refused"), []);
    }

    #[test]
    fn a_published_year_moves_when_a_plan_is_reviewed_and_never_what_was_promised() {
        let published = with_2027();
        // Thirty days on is New Year's Day.
        let begun = instant("2026-12-02T17:00:00+08:00");
        let submitted = after(None, &submit(), begun);
        let accepted = after(Some(submitted), &accept(), begun);
        let mut answer = completion(Outcome::Planned);
        answer.planned_until = Some(instant("2027-06-01T17:30:00+08:00"));
        let on_plan = completed_as(answer, "2026-12-02T17:00:00+08:00");
        let on_plan = after(Some(accepted), &on_plan, begun);
        let review =
            |ticket: &Ticket| ticket.review.map(|review| (review.due.at, review.due.provisional));
        assert_eq!(review(&on_plan), Some((instant("2027-01-01T17:30:00+08:00"), true)));
        let moment = Moment { now: begun, calendar: &published };
        let facts = decide(Some(&on_plan), &Command::Recount, moment).expect("never refused");
        let moved = facts.iter().fold(Some(on_plan.clone()), apply).expect("it is there");
        assert_eq!(review(&moved), Some((instant("2027-01-04T17:30:00+08:00"), false)));
        assert_eq!((moved.due, moved.rings_at), (on_plan.due, on_plan.rings_at));
        assert!(
            super::alarms(&moved).contains(&("REVIEW_PLAN", instant("2027-01-04T17:30:00+08:00")))
        );
        let again = decide(Some(&moved), &Command::Recount, moment).expect("never refused");
        assert_eq!(again, []);
    }
}
