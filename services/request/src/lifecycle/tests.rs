//! The rules, tried one by one: the table from its other side, each limit at both edges, refusals in order.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use base::{PersonId, Role, WorkOrderId};
use calendar::Calendar;
use jiff::{SignedDuration, Timestamp};
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
        "SUBMITTED: ACCEPT SUPPLEMENT",
        "ACCEPTED: SUPPLEMENT ANSWER",
        "ANSWERED: RATE",
        "CONFIRMED: CLOSE",
        "DISSATISFIED: ",
        "CLOSED: ",
    ];
    assert!(drawn.eq(expected));
}

#[test]
fn what_the_table_does_not_take_is_refused_by_its_name() {
    let commands =
        [(Action::Accept, accept()), (Action::Supplement, supplement()), (Action::Close, close())];
    for state in State::iter() {
        let ticket = ticket_in(state);
        for (action, command) in &commands {
            let result = decide_at(Some(&ticket), command, ticket.changed_at);
            if allowed(state).contains(action) {
                assert!(result.is_ok(), "{state} takes {action}");
            } else {
                let refused = matches!(result, Err(Error::StateForbids { state: s, action: a })
                    if (s, a) == (state, *action));
                assert!(refused, "{state} refuses {action}");
            }
        }
    }
}

#[test]
fn every_fact_that_can_be_heard_has_one_row_for_every_state() {
    for state in State::iter() {
        for kind in HeardKind::iter() {
            let rows = HEARD.iter().filter(|(s, k, _)| (*s, *k) == (state, kind));
            assert_eq!(rows.count(), 1, "{state} {kind}");
        }
    }
    assert_eq!(HEARD.len(), State::iter().count() * HeardKind::iter().count());
}

#[test]
fn every_fact_heard_in_any_state_moves_what_its_row_says_and_is_never_refused() {
    let at = "2026-03-05T09:00:00+08:00";
    let assisted = Command::Hear(Heard {
        work_order: WorkOrderId::new(uuid::Uuid::from_u128(3)),
        occurred_at: instant(at),
        news: News::Assisted { concerned: vec![person("D03-11")] },
    });
    for state in State::iter() {
        let mut ticket = ticket_in(state);
        if let Some(order) = ticket.round.work_order {
            let round = Round { progress: None, ..ticket.round.clone() };
            let step = Step::Claimed { department: department("D02") };
            assert_eq!(order, super::sample::order());
            ticket.round.progress = Progress::after(&round, &step, ticket.changed_at);
        }
        for (kind, command) in [
            (HeardKind::WorkMoved, moved(Step::Contacted, at)),
            (HeardKind::WorkAssisted, assisted.clone()),
            (HeardKind::WorkCompleted, completed(at)),
        ] {
            let facts = decide_at(Some(&ticket), &command, instant(at)).expect("never refused");
            let effect = effect(state, kind);
            let said = match facts.as_slice() {
                [] => matches!(effect, Effect::Ignored(reason) if !reason.is_empty()),
                [Fact { what: What::Answered { .. }, .. }] => effect == Effect::Answer,
                [Fact { what: What::Progressed { concerned, .. }, .. }] => {
                    effect == if concerned.is_empty() { Effect::Progress } else { Effect::Concern }
                }
                _ => false,
            };
            assert!(said, "{state} {kind}: {facts:?}");
        }
    }
    assert_eq!(decide_at(None, &completed(at), instant(at)).expect("never refused"), []);
}

#[test]
fn a_ticket_goes_from_the_first_word_to_the_last() {
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
        (State::Answered, due("2026-03-05T17:30:00+08:00")),
        (State::Confirmed, due("2026-03-09T17:30:00+08:00")),
        (State::Dissatisfied, due("2026-03-05T17:30:00+08:00")),
        (State::Closed, None),
    ];
    assert!(states.eq(expected));
}

#[test]
fn acceptance_is_late_after_four_working_hours_and_not_at_their_end() {
    let ticket = ticket_in(State::Submitted);
    let due = ticket.due.expect("it waits").at;
    let late_at = |now: Timestamp| {
        let facts = decide_at(Some(&ticket), &accept(), now).expect("late is allowed");
        matches!(facts.as_slice(), [Fact { what: What::Accepted { late: true, .. }, .. }])
    };
    assert!(!late_at(due));
    assert!(late_at(due + SECOND));
}

#[test]
fn the_lead_is_the_one_named_else_the_catalogues() {
    let ticket = ticket_in(State::Submitted);
    let lead_of = |lead| {
        let command = Command::Accept { by: dispatcher(), rule: rule(), lead, work_order: order() };
        after(Some(ticket.clone()), &command, ticket.changed_at).round.lead
    };
    assert_eq!(lead_of(None), Some(department("D02")));
    assert_eq!(lead_of(Some(department("D09"))), Some(department("D09")));
}

#[test]
fn content_decides_where_a_verdict_leads_and_what_became_of_the_matter() {
    use Outcome::{Explained, ServiceConfirmed, Solved};
    let ticket = ticket_in(State::Answered);
    let led = (1..=5).flat_map(|level| [true, false].map(|solved| (level, solved))).map(
        |(level, solved)| {
            let rated = after(Some(ticket.clone()), &rate(level, solved), ticket.changed_at);
            (level, solved, rated.state, rated.outcome().expect("rated"))
        },
    );
    let expected = [
        (1, true, State::Dissatisfied, Solved),
        (1, false, State::Dissatisfied, Explained),
        (2, true, State::Dissatisfied, Solved),
        (2, false, State::Dissatisfied, Explained),
        (3, true, State::Confirmed, Solved),
        (3, false, State::Confirmed, ServiceConfirmed),
        (4, true, State::Confirmed, Solved),
        (4, false, State::Confirmed, ServiceConfirmed),
        (5, true, State::Confirmed, Solved),
        (5, false, State::Confirmed, ServiceConfirmed),
    ];
    assert!(led.eq(expected));
}

#[test]
fn a_round_is_rated_once() {
    for state in [State::Confirmed, State::Dissatisfied, State::Closed] {
        let ticket = ticket_in(state);
        let again = decide_at(Some(&ticket), &rate(5, true), ticket.changed_at);
        assert!(matches!(again, Err(Error::RatedAlready { round: 1 })), "{state}");
    }
}

#[test]
fn a_confirmed_ticket_closes_by_itself_after_three_working_days() {
    let ticket = ticket_in(State::Confirmed);
    let due = ticket.due.expect("it waits").at;
    let ring = Command::Ring(AlarmKind::CloseByItself);
    // The wall clock may have run back since the alarm was found to be due.
    for now in [due - SECOND, due] {
        let closed = after(Some(ticket.clone()), &ring, now);
        assert_eq!((closed.state, closed.closed_at), (State::Closed, Some(due)));
    }
}

#[test]
fn who_waits_is_told_of_to_the_head_then_to_a_leader_every_working_day() {
    let calendar = Calendar::published();
    for (state, kind) in [
        (State::Submitted, AlarmKind::Accept),
        (State::Answered, AlarmKind::CallBack),
        (State::Dissatisfied, AlarmKind::Redo),
    ] {
        let mut ticket = ticket_in(state);
        let due = ticket.due.expect("it waits");
        for told in [Told::DispatchHead, Told::ZoneLeader, Told::ZoneLeader] {
            let at = ticket.rings_at.expect("armed");
            let next = Moment { now: at, calendar: &calendar }
                .due_from_now(Intake::Instant, TOLD_AGAIN_AFTER)
                .expect("a day");
            let facts = decide_at(Some(&ticket), &Command::Ring(kind), at).expect("never refused");
            let missed = What::LimitMissed { state, due, told, next_due: next };
            assert_eq!(facts, [Fact { at, what: missed }]);
            ticket = facts.iter().fold(Some(ticket), apply).expect("it is there");
            assert_eq!((ticket.due, ticket.rings_at), (Some(due), Some(next.at)));
        }
    }
}

#[test]
fn an_alarm_that_is_not_armed_does_nothing() {
    for state in State::iter() {
        let ticket = ticket_in(state);
        for kind in AlarmKind::iter() {
            let armed = alarm_of(state) == Some(kind);
            let at = ticket.rings_at.unwrap_or(ticket.changed_at);
            let rung = decide_at(Some(&ticket), &Command::Ring(kind), at).expect("taken");
            assert_eq!(rung.len(), usize::from(armed), "{state} {kind}");
        }
    }
}

#[test]
fn who_had_a_hand_in_the_work_does_not_close_it() {
    let mut ticket = ticket_in(State::Confirmed);
    let concerned: PersonId = dispatcher().person.id;
    ticket.concerned.insert(concerned.clone());
    let refused = decide_at(Some(&ticket), &close(), ticket.changed_at);
    assert!(matches!(refused, Err(Error::CloserConcerned)));

    let mut deputy = someone("D01-12", Role::Dispatcher);
    deputy.actor = base::Actor::Deputy { person: person("D01-12"), of: concerned };
    let refused = decide_at(Some(&ticket), &Command::Close { by: deputy }, ticket.changed_at);
    assert!(matches!(refused, Err(Error::CloserConcerned)), "nor does a deputy of theirs");

    let other = Command::Close { by: someone("D01-12", Role::Dispatcher) };
    assert_eq!(after(Some(ticket), &other, instant(DAY_ONE)).state, State::Closed);
}

#[test]
fn what_is_told_of_another_order_or_round_changes_nothing() {
    let ticket = ticket_in(State::Accepted);
    let Command::Hear(heard) = completed(DAY_ONE) else { unreachable!() };
    let other = WorkOrderId::new(uuid::Uuid::from_u128(9));
    let mut later = heard.clone();
    if let News::Completed { round, .. } = &mut later.news {
        *round = 2;
    }
    // An assisting order is claimed and contacted like any other.
    let step = Step::Claimed { department: department("D03") };
    let assisting = Heard { work_order: other, news: News::Moved(step), ..heard.clone() };
    for heard in [Heard { work_order: other, ..heard }, assisting, later] {
        let facts = decide_at(Some(&ticket), &Command::Hear(heard), ticket.changed_at);
        assert_eq!(facts.expect("never refused"), []);
    }
}

#[test]
fn what_is_heard_takes_effect_at_its_own_instant_and_never_before_the_last_change() {
    let ticket = ticket_in(State::Accepted);
    let heard_at = instant("2026-03-20T09:00:00+08:00");
    let answered = |text| {
        let answered = after(Some(ticket.clone()), &completed(text), heard_at);
        let due = answered.due.expect("it waits").at;
        (answered.round.answer.expect("answered").answered_at, due)
    };
    let (friday, monday) = ("2026-03-06T10:00:00+08:00", "2026-03-09T17:30:00+08:00");
    assert_eq!(answered(friday), (instant(friday), instant(monday)));
    assert_eq!(answered("2026-03-01T10:00:00+08:00").0, ticket.changed_at);
}

#[test]
fn the_work_is_shown_as_dispatch_tells_it() {
    let mut ticket = ticket_in(State::Accepted);
    let d02 = || department("D02");
    let offered = |to| Step::Offered { department: to, contact_due: None, reply_due: None };
    let mut shown = Vec::new();
    for step in [
        offered(d02()),
        Step::Claimed { department: d02() },
        Step::Returned,
        Step::ReturnRefused,
        Step::Returned,
        offered(department("D03")),
        Step::Returned,
        Step::ReturnRefused,
        Step::Claimed { department: department("D03") },
        Step::Contacted,
        Step::Suspended,
        Step::Resumed,
    ] {
        ticket = after(Some(ticket), &moved(step, DAY_ONE), instant(DAY_ONE));
        let progress = ticket.round.progress.as_ref().expect("progress");
        let lead = ticket.round.lead.as_ref().expect("a lead");
        shown.push(format!("{} {} lead {}", progress.state, progress.department, lead));
    }
    let expected = [
        "OFFERED departments/D02 lead departments/D02",
        "CLAIMED departments/D02 lead departments/D02",
        "RETURN_PENDING departments/D02 lead departments/D02",
        "CLAIMED departments/D02 lead departments/D02",
        "RETURN_PENDING departments/D02 lead departments/D02",
        "OFFERED departments/D03 lead departments/D02",
        "RETURN_PENDING departments/D03 lead departments/D02",
        "OFFERED departments/D03 lead departments/D02",
        "CLAIMED departments/D03 lead departments/D03",
        "IN_PROGRESS departments/D03 lead departments/D03",
        "SUSPENDED departments/D03 lead departments/D03",
        "IN_PROGRESS departments/D03 lead departments/D03",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn refusals_come_in_the_order_exists_may_state_limits() {
    let closed = ticket_in(State::Closed);
    let late = closed.changed_at;
    let mut stranger = handler();
    stranger.person.enterprise = base::EnterpriseId::new("P-theirs").ok();
    let rate_by = |by| Command::Rate { by, level: 5, solved: true, comment: String::new() };

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

#[test]
fn reading_the_contact_is_recorded_and_changes_nothing() {
    let ticket = ticket_in(State::Submitted);
    let read = |by| decide_at(Some(&ticket), &Command::ReadContact { by }, instant(DAY_ONE));
    let facts = read(dispatcher()).expect("may");
    assert!(matches!(facts.as_slice(), [Fact { what: What::ContactRead, .. }]));
    assert_eq!(facts.iter().fold(Some(ticket.clone()), apply), Some(ticket.clone()));
    let hidden = read(someone("leader", Role::ZoneLeader));
    assert!(matches!(hidden, Err(Error::ContactHidden)));
}

#[test]
fn what_is_stored_reads_back() {
    for state in State::iter() {
        let ticket = ticket_in(state);
        let stored = serde_json::to_string(&ticket).expect("can be written");
        assert_eq!(serde_json::from_str::<Ticket>(&stored).expect("can be read"), ticket);
    }
}
