//! The rules, tried one by one: the table from its other side, each limit at both edges, refusals in order.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod again;
mod heard;
mod intake;
mod verdict;
mod waiting;

use std::collections::BTreeSet;

use base::Role;
use jiff::SignedDuration;
use strum::IntoEnumIterator as _;

use super::sample::*;
use super::*;

const SECOND: SignedDuration = SignedDuration::from_secs(1);

#[test]
fn each_state_takes_these_actions_and_no_others() {
    let drawn = State::iter().map(|state| {
        let taken: Vec<String> = allowed(state).iter().map(Action::to_string).collect();
        format!("{state}: {}", taken.join(" "))
    });
    let expected = [
        "SUBMITTED: ACCEPT REJECT MERGE ANSWER_DIRECTLY SUPPLEMENT ADD_EVIDENCE WITHDRAW",
        "ACCEPTED: REJECT MERGE ANSWER_DIRECTLY SUPPLEMENT ADD_EVIDENCE WITHDRAW ANSWER",
        "ON_PLAN: ADD_EVIDENCE RESUME_PLAN WITHDRAW",
        "ANSWERED: ADD_EVIDENCE CALL_BACK RATE",
        "CONFIRMED: RATE CLOSE",
        "DISSATISFIED: ADD_EVIDENCE RATE REDO PROPOSE_EXPLANATION DECIDE_EXPLANATION",
        "CLOSED: RATE REOPEN",
        "CLOSED_UNRESOLVED: RATE APPEAL DECIDE_APPEAL",
        "REJECTED: APPEAL DECIDE_APPEAL",
        "MERGED: SPLIT",
        "WITHDRAWN: CALL_BACK",
    ];
    assert!(drawn.eq(expected));
}

/// Shows: request refuses STATE_FORBIDS
#[test]
fn what_the_table_does_not_take_is_refused_by_its_name() {
    let said = || call("2026-03-04T20:00:00+08:00", None);
    let commands = [
        (Action::Accept, accept()),
        (Action::Reject, reject(dispatcher(), RejectReason::Classified)),
        (Action::Merge, merge()),
        (Action::Split, Command::Split { ask: again(dispatcher()) }),
        (Action::AnswerDirectly, answer_directly()),
        (Action::Supplement, supplement()),
        (Action::AddEvidence, add_evidence(handler(), 1)),
        (Action::Withdraw, withdraw()),
        (Action::ResumePlan, Command::ResumePlan { ask: again(handler()) }),
        (Action::CallBack, call_back(said())),
        (Action::Rate, rate(5, true)),
        (Action::Redo, Command::Redo { ask: again(dispatcher()) }),
        (Action::ProposeExplanation, propose_explanation()),
        (Action::DecideExplanation, decide_explanation(caller(), true)),
        (Action::Close, close()),
        (Action::Reopen, Command::Reopen { ask: again(handler()) }),
        (Action::Appeal, appeal()),
        (Action::DecideAppeal, decide_appeal(leader(), true)),
    ];
    assert_eq!(commands.len() + 1, Action::iter().count(), "all but what dispatch tells");
    for state in State::iter() {
        // Where a round has its rating, that is said first.
        let mut ticket = ticket_in(state);
        ticket.round.rating = None;
        for (action, command) in &commands {
            let now = instant("2026-03-04T21:00:00+08:00");
            let refused = matches!(decide_at(Some(&ticket), command, now),
                Err(Error::StateForbids { state: s, action: a, .. }) if (s, a) == (state, *action));
            assert_eq!(refused, !allowed(state).contains(action), "{state} {action}");
        }
    }
}

#[test]
fn every_state_is_reached_and_waits_as_long_as_it_may() {
    let states = State::iter().map(|state| {
        let ticket = ticket_in(state);
        assert_eq!(ticket.broken_invariant(), None, "{state}");
        let due = ticket.due.map(|due| due.at);
        (ticket.state, due)
    });
    let due = |text: &str| Some(instant(text));
    let expected = [
        (State::Submitted, due("2026-03-04T15:00:00+08:00")),
        (State::Accepted, None),
        (State::OnPlan, due("2026-06-01T17:30:00+08:00")),
        (State::Answered, due("2026-03-05T17:30:00+08:00")),
        (State::Confirmed, due("2026-03-09T17:30:00+08:00")),
        (State::Dissatisfied, due("2026-03-05T17:30:00+08:00")),
        (State::Closed, None),
        (State::ClosedUnresolved, None),
        (State::Rejected, None),
        (State::Merged, None),
        (State::Withdrawn, due("2026-03-05T17:30:00+08:00")),
    ];
    assert!(states.eq(expected));
}

#[test]
fn refusals_come_in_the_order_exists_may_state_limits() {
    let closed = ticket_in(State::Closed);
    let late = closed.changed_at;
    let mut stranger = handler();
    stranger.person.enterprise = base::EnterpriseId::new("P-theirs").ok();
    let rate_by = |by| {
        let (comment, device) = (String::new(), None);
        Command::Rate { by, level: 5, solved: true, comment, device }
    };

    let refusal = |ticket: Option<&Ticket>, command: &Command| {
        decide_at(ticket, command, late).expect_err("refused")
    };
    let not_there = refusal(None, &rate_by(stranger.clone()));
    assert!(matches!(not_there, Error::TicketNotFound { .. }));
    let not_seen = refusal(Some(&closed), &rate_by(stranger));
    assert!(matches!(not_seen, Error::TicketNotFound { .. }));
    let not_theirs = refusal(Some(&closed), &rate_by(dispatcher()));
    assert!(matches!(not_theirs, Error::NotTheirs));
    let state = refusal(Some(&ticket_in(State::Accepted)), &rate_by(handler()));
    assert!(matches!(state, Error::StateForbids { .. }));
    let limit = refusal(Some(&closed), &rate_by(handler()));
    assert!(matches!(limit, Error::RatedAlready { round: 1 }));
}

/// Shows: request refuses CONTACT_HIDDEN; request refuses CONTACT_ERASED
#[test]
fn reading_the_contact_is_recorded_and_changes_nothing() {
    let ticket = ticket_in(State::Submitted);
    let read = |by| decide_at(Some(&ticket), &Command::ReadContact { by }, instant(DAY_ONE));
    let facts = read(dispatcher()).expect("may");
    assert!(matches!(facts.as_slice(), [Fact { what: What::ContactRead, .. }]));
    assert_eq!(facts.iter().fold(Some(ticket.clone()), apply), Some(ticket.clone()));
    let erased = Ticket { contact_erased_at: Some(ticket.changed_at), ..ticket.clone() };
    let gone =
        decide_at(Some(&erased), &Command::ReadContact { by: dispatcher() }, instant(DAY_ONE));
    assert!(matches!(gone, Err(Error::ContactErased)));
    let hidden = read(someone("leader", Role::ZoneLeader));
    assert!(matches!(hidden, Err(Error::ContactHidden)));
}

#[test]
fn the_contact_is_erased_by_an_admin_and_nothing_else_changes() {
    for state in State::iter() {
        let ticket = ticket_in(state);
        let erase = |by| Command::EraseContact { by, reason: "企业书面申请".to_owned() };
        let admin = erase(someone("admin", Role::Admin));
        let erased = after(Some(ticket.clone()), &admin, instant("2026-03-05T09:00:00+08:00"));
        assert!(erased.contact_erased_at.is_some());
        assert_eq!(Ticket { contact_erased_at: None, ..erased }, ticket);
        let refused = decide_at(Some(&ticket), &erase(dispatcher()), ticket.changed_at);
        assert!(matches!(refused, Err(Error::NotTheirs)));
    }
}

/// Two accounts of one person are one person.
#[test]
fn people_are_compared_by_person_and_not_by_account() {
    let mut second = caller();
    second.person.id = person("D01-99");
    second.actor = base::Actor::Person(person("D01-99"));
    second.person.same_person_as = Some(dispatcher().person.id);
    let proposed = after(
        Some(ticket_in(State::Dissatisfied)),
        &propose_explanation(),
        instant("2026-03-05T09:00:00+08:00"),
    );
    let decided =
        decide_at(Some(&proposed), &decide_explanation(second, true), proposed.changed_at);
    assert!(matches!(decided, Err(Error::SecondPersonNeeded)));
}

#[test]
fn what_is_stored_reads_back() {
    for state in State::iter() {
        let ticket = ticket_in(state);
        let stored = serde_json::to_string(&ticket).expect("can be written");
        assert_eq!(serde_json::from_str::<Ticket>(&stored).expect("can be read"), ticket);
    }
}

/// A ticket that was stored before it had rounds, appeals and complaints.
#[test]
fn what_was_stored_before_reads_as_what_it_was() {
    let ticket = ticket_in(State::Answered);
    let mut stored = serde_json::to_value(&ticket).expect("can be written");
    let body = stored.as_object_mut().expect("an object");
    for field in [
        "earlier",
        "complained",
        "rule",
        "ruled_by",
        "rejection",
        "explanation",
        "appeal",
        "merged_into",
        "withdrawal",
        "review",
        "verifications",
        "moved_at",
        "reopened_times",
        "waits_since",
        "contact_erased_at",
    ] {
        assert!(body.remove(field).is_some(), "{field}");
    }
    let read: Ticket = serde_json::from_value(stored).expect("can be read");
    assert_eq!(
        Ticket {
            rule: ticket.rule.clone(),
            waits_since: ticket.waits_since,
            moved_at: ticket.moved_at,
            ..read
        },
        ticket
    );
}

/// A ticket that waits as a row says.
fn waiting(state: State, kind: AlarmKind) -> Ticket {
    let ticket = ticket_in(state);
    let now = ticket.changed_at;
    match kind {
        AlarmKind::LapseRejection => {
            after(Some(ticket), &reject(dispatcher(), RejectReason::Classified), now)
        }
        AlarmKind::DecideAppeal => after(Some(ticket), &appeal(), now),
        AlarmKind::VerifyRating if ticket.closed_at.is_some() => {
            let unrated =
                Ticket { round: Round { rating: None, ..ticket.round.clone() }, ..ticket };
            let device = Device { staff: true, enterprises: BTreeSet::new() };
            after(Some(unrated), &rate_from(Some(device), 5, true), now)
        }
        AlarmKind::VerifyRating => {
            let answered = ticket_in(State::Answered);
            let now = answered.changed_at;
            after(Some(answered), &rate(if state == State::Confirmed { 5 } else { 1 }, false), now)
        }
        AlarmKind::Accept
        | AlarmKind::EndPlan
        | AlarmKind::ReviewPlan
        | AlarmKind::CallBack
        | AlarmKind::Redo
        | AlarmKind::CloseByItself => ticket,
    }
}

/// What came of a limit that ran out.
fn came(what: &What) -> Option<End> {
    let known = [
        (matches!(what, What::LimitMissed { told: Told::DispatchHead, .. }), End::Told),
        (matches!(what, What::LimitMissed { told: Told::ZoneLeader, .. }), End::LeaderTold),
        (matches!(what, What::RejectionLapsed), End::Lapses),
        (matches!(what, What::RoundBegun { cause: Cause::Plan, .. }), End::WorkedOn),
        (matches!(what, What::PlanReviewDue { .. }), End::LookedAt),
        (matches!(what, What::Closed { by_itself: true, .. }), End::Closes),
        (matches!(what, What::RatingVerified { counts: true, by_itself: true, .. }), End::Counts),
    ];
    known.into_iter().find(|(is, _)| *is).map(|(_, end)| end)
}

#[test]
fn each_wait_ends_as_its_row_says_and_is_of_somebody_who_can_end_it() {
    for kind in AlarmKind::iter() {
        assert!(WAITING.iter().any(|row| row.1 == kind), "{kind}");
    }
    for (state, kind, whose, limit, end) in WAITING {
        let ticket = waiting(*state, *kind);
        assert_eq!((ticket.state, limit.is_none()), (*state, *kind == AlarmKind::EndPlan));
        let name: &str = kind.into();
        let armed = alarms(&ticket).into_iter().find(|(armed, _)| *armed == name);
        let (_, rings_at) = armed.expect("it is armed");
        let happened = decide_at(Some(&ticket), &Command::Ring(*kind), rings_at);
        let happened = happened.expect("never refused");
        assert_eq!(happened.first().and_then(|fact| came(&fact.what)), Some(*end), "{kind}");
        let ended_by: &[Role] = match kind {
            AlarmKind::Accept => asked_by(Action::Accept),
            AlarmKind::LapseRejection => asked_by(Action::Reject),
            AlarmKind::CallBack => asked_by(Action::CallBack),
            AlarmKind::Redo => asked_by(Action::Redo),
            AlarmKind::DecideAppeal => asked_by(Action::DecideAppeal),
            AlarmKind::VerifyRating => &[Role::Supervisor],
            AlarmKind::EndPlan | AlarmKind::CloseByItself => &[Role::System],
            // It is looked at; only a zone leader or the enterprise can have it done.
            AlarmKind::ReviewPlan => &[Role::Dispatcher],
        };
        assert!(ended_by.contains(whose), "{kind}");
    }
}
