//! How a ticket is worked on again: a new round, its own order, its own limits.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use base::WorkOrderId;
use uuid::Uuid;

use super::super::sample::*;
use super::super::*;
use super::SECOND;

fn new_order() -> Option<WorkOrderId> {
    Some(WorkOrderId::new(Uuid::from_u128(9)))
}

fn named(by: Viewer, lead: &str) -> Again {
    let work = Box::new(Work { named: Some(department(lead)), ..*work() });
    Again { work, ..again(by) }
}

/// Answers the present round at its own instant.
fn answered_again(ticket: Ticket, level: u8) -> Ticket {
    let (round, now) = (ticket.round.number, ticket.changed_at + SECOND);
    let completion = Completion { round, ..completion(Outcome::Solved) };
    let news = News::Completed(Box::new(completion));
    let work_order = ticket.round.work_order.expect("an order");
    let heard = Command::Hear(Heard { work_order, occurred_at: now, news });
    let ticket = after(Some(ticket), &heard, now);
    after(Some(ticket), &rate(level, 3 <= level), now)
}

/// Shows: request DISSATISFIED Redo
#[test]
fn what_is_redone_is_a_new_round_of_the_same_order_and_from_the_third_on_escalates() {
    let mut ticket = ticket_in(State::Dissatisfied);
    for (round, escalates) in [(2, false), (3, true), (4, true)] {
        let redo = Command::Redo { ask: again(dispatcher()) };
        let facts = decide_at(Some(&ticket), &redo, ticket.changed_at).expect("taken");
        let [Fact { what: What::RoundBegun { cause: Cause::Redo, asked, escalated, .. }, .. }] =
            facts.as_slice()
        else {
            panic!("{facts:?}")
        };
        assert_eq!((asked.round, *escalated, asked.work_order), (round, escalates, order()));
        ticket = facts.iter().fold(Some(ticket), apply).expect("it is there");
        assert_eq!((ticket.state, ticket.broken_invariant()), (State::Accepted, None));
        assert_eq!(ticket.round.begun_at, Some(ticket.changed_at), "new limits, from now");
        assert_eq!((&ticket.round.answer, &ticket.round.rating), (&None, &None));
        ticket = answered_again(ticket, 1);
    }
    let levels = ticket.rounds().map(|round| round.rating.as_ref().map(|rating| rating.level));
    assert!(levels.eq([Some(1); 4]), "every round keeps its own");
    let other = Command::Redo { ask: named(dispatcher(), "D03") };
    let redone = after(Some(ticket.clone()), &other, ticket.changed_at);
    assert_eq!(redone.round.lead, Some(department("D03")));
}

/// Shows: request ON_PLAN ResumePlan
#[test]
fn a_plan_is_resumed_by_a_leader_or_by_the_enterprise_and_by_nobody_else() {
    let on_plan = ticket_in(State::OnPlan);
    for by in [handler(), leader()] {
        let resume = Command::ResumePlan { ask: again(by) };
        let resumed = after(Some(on_plan.clone()), &resume, on_plan.changed_at);
        assert_eq!((resumed.state, resumed.round.cause), (State::Accepted, Cause::Plan));
        assert_eq!((resumed.round.number, resumed.broken_invariant()), (2, None));
    }
    // Which department leads is a leader's to say.
    let named_by = |by| Command::ResumePlan { ask: named(by, "D03") };
    let refused = decide_at(Some(&on_plan), &named_by(handler()), on_plan.changed_at);
    assert!(matches!(refused, Err(Error::LeadUnasked)));
    let resumed = after(Some(on_plan.clone()), &named_by(leader()), on_plan.changed_at);
    assert_eq!(resumed.round.lead, Some(department("D03")));
    let by_dispatcher = Command::ResumePlan { ask: again(dispatcher()) };
    let refused = decide_at(Some(&on_plan), &by_dispatcher, on_plan.changed_at);
    assert!(matches!(refused, Err(Error::NotTheirs)));
}

/// Shows: request CLOSED Reopen; request refuses REOPEN_LIMIT
#[test]
fn the_enterprise_reopens_three_times_and_then_a_leader_decides() {
    let mut ticket = ticket_in(State::Closed);
    let reopen = |by| Command::Reopen { ask: again(by) };
    for times in 1..=REOPEN_TIMES_MAX {
        let by_leader = decide_at(Some(&ticket), &reopen(leader()), ticket.changed_at);
        assert!(matches!(by_leader, Err(Error::NotTheirs)), "it is for the enterprise");
        let now = ticket.changed_at;
        ticket = after(Some(ticket), &reopen(handler()), now);
        assert_eq!((ticket.state, ticket.reopened_times), (State::Accepted, times));
        assert_eq!((ticket.closed_at, ticket.broken_invariant()), (None, None));
        ticket = answered_again(ticket, 5);
        let now = ticket.changed_at;
        ticket = after(Some(ticket), &close(), now);
    }
    let fourth = decide_at(Some(&ticket), &reopen(handler()), ticket.changed_at);
    assert!(matches!(fourth, Err(Error::ReopenLimit { times: 3 })));
    let now = ticket.changed_at;
    let reopened = after(Some(ticket), &reopen(leader()), now);
    assert_eq!((reopened.round.number, reopened.reopened_times), (5, 4));
    assert_eq!(reopened.submitted_at, instant(DAY_ONE), "its age counts from the first word");
}

/// Shows: request refuses REOPEN_TOO_LATE
#[test]
fn a_ticket_is_reopened_within_thirty_days_of_closing() {
    let closed = ticket_in(State::Closed);
    let reopen = Command::Reopen { ask: again(handler()) };
    let last = instant("2026-04-03T17:30:00+08:00");
    assert!(decide_at(Some(&closed), &reopen, last).is_ok());
    let late = decide_at(Some(&closed), &reopen, last + SECOND);
    assert!(matches!(late, Err(Error::ReopenTooLate)));
}

/// Shows: request REJECTED Appeal; request CLOSED_UNRESOLVED Appeal; request refuses APPEALED_ALREADY; request refuses APPEAL_TOO_LATE
#[test]
fn a_ticket_is_appealed_once_within_thirty_days() {
    for state in [State::Rejected, State::ClosedUnresolved] {
        let ticket = ticket_in(state);
        let last = instant("2026-04-03T17:30:00+08:00");
        let late = decide_at(Some(&ticket), &appeal(), last + SECOND);
        assert!(matches!(late, Err(Error::AppealTooLate)), "{state}");
        let appealed = after(Some(ticket), &appeal(), last);
        assert_eq!((appealed.state, appealed.broken_invariant()), (state, None));
        assert!(appealed.due.is_some());
        let again = decide_at(Some(&appealed), &appeal(), last);
        assert!(matches!(again, Err(Error::AppealedAlready)));
        let decided = after(Some(appealed), &decide_appeal(leader(), false), last);
        assert_eq!((decided.state, decided.due), (state, None));
        let again = decide_at(Some(&decided), &appeal(), last);
        assert!(matches!(again, Err(Error::AppealedAlready)), "nor after its decision");
    }
}

/// Shows: request REJECTED DecideAppeal; request CLOSED_UNRESOLVED DecideAppeal; request refuses DECIDER_CONCERNED
#[test]
fn an_appeal_is_decided_by_somebody_not_concerned_and_upheld_is_taken_up() {
    for (state, concerned, round) in [
        (State::Rejected, vec![dispatcher()], 1),
        (State::ClosedUnresolved, vec![dispatcher(), caller()], 2),
    ] {
        let ticket = ticket_in(state);
        let now = ticket.changed_at;
        let early = decide_at(Some(&ticket), &decide_appeal(leader(), true), now);
        assert!(matches!(early, Err(Error::NotAwaited { action: Action::DecideAppeal })));
        let appealed = after(Some(ticket), &appeal(), now);
        for by in concerned {
            let refused = decide_at(Some(&appealed), &decide_appeal(by, true), now);
            assert!(matches!(refused, Err(Error::DeciderConcerned)), "{state}");
        }
        let upheld = after(Some(appealed), &decide_appeal(leader(), true), now);
        let drawn = (upheld.state, upheld.round.number, upheld.round.cause);
        assert_eq!(drawn, (State::Accepted, round, Cause::Appeal));
        assert_eq!((upheld.closed_at, upheld.broken_invariant()), (None, None));
        assert!(upheld.appeal.expect("kept").decision.expect("decided").granted);
    }
}

/// Shows: request MERGED Split
#[test]
fn a_merge_undone_goes_on_by_itself_with_an_order_of_its_own() {
    let split = Command::Split { ask: again(dispatcher()) };
    // It had work before: another round, and another order than the one that was withdrawn.
    let merged = ticket_in(State::Merged);
    let apart = after(Some(merged.clone()), &split, merged.changed_at);
    assert_eq!((apart.state, apart.merged_into), (State::Accepted, None));
    assert_eq!((apart.round.number, apart.round.work_order), (2, new_order()));
    assert_eq!(apart.broken_invariant(), None);
    // It had none: the first round goes on.
    let merged = along(&[submit(), merge()]);
    let apart = after(Some(merged.clone()), &split, merged.changed_at);
    assert_eq!((apart.round.number, apart.round.work_order), (1, new_order()));
    assert_eq!((apart.round.cause, apart.broken_invariant()), (Cause::Split, None));
}

/// What dispatch still tells of an order that was withdrawn is of the past.
#[test]
fn the_end_of_an_order_that_was_withdrawn_says_nothing_of_the_one_that_follows() {
    let merged = ticket_in(State::Merged);
    let split = Command::Split { ask: again(dispatcher()) };
    let apart = after(Some(merged.clone()), &split, merged.changed_at);
    let (at, now) = ("2026-03-04T12:00:00+08:00", instant("2026-03-05T09:00:00+08:00"));
    for command in [completed(at), claimed(at)] {
        assert_eq!(decide_at(Some(&apart), &command, now).expect("never refused"), []);
    }
}

#[test]
fn the_lead_of_a_new_round_is_the_one_named_else_the_one_before_else_the_catalogues() {
    let dissatisfied = ticket_in(State::Dissatisfied);
    let lead_of = |before, named| {
        let work = Box::new(Work { before, named, ..*work() });
        let redo = Command::Redo { ask: Again { work, ..again(dispatcher()) } };
        after(Some(dissatisfied.clone()), &redo, dissatisfied.changed_at).round.lead
    };
    let d = |code| Some(department(code));
    assert_eq!(lead_of(d("D05"), d("D06")), d("D06"));
    assert_eq!(lead_of(d("D05"), None), d("D05"));
    assert_eq!(lead_of(None, None), d("D02"));
}

/// Reopened, resumed, split: none of these is the department's second failure.
#[test]
fn only_redoings_bring_a_redoing_to_a_zone_leader() {
    let mut ticket = ticket_in(State::Closed);
    for _ in 0..2 {
        let now = ticket.changed_at;
        ticket = after(Some(ticket), &Command::Reopen { ask: again(handler()) }, now);
        ticket = answered_again(ticket, 5);
        let now = ticket.changed_at;
        ticket = after(Some(ticket), &close(), now);
    }
    let now = ticket.changed_at;
    ticket = after(Some(ticket), &Command::Reopen { ask: again(handler()) }, now);
    for (round, escalates) in [(5, false), (6, true)] {
        ticket = answered_again(ticket, 1);
        let redo = Command::Redo { ask: again(dispatcher()) };
        let facts = decide_at(Some(&ticket), &redo, ticket.changed_at).expect("taken");
        let [Fact { what: What::RoundBegun { asked, escalated, .. }, .. }] = facts.as_slice()
        else {
            panic!("{facts:?}")
        };
        assert_eq!((asked.round, *escalated), (round, escalates));
        ticket = facts.iter().fold(Some(ticket), apply).expect("it is there");
    }
}

#[test]
fn a_merge_undone_goes_on_with_the_limits_that_ran_all_the_while() {
    let merged = ticket_in(State::Merged);
    let now = instant("2026-03-06T09:00:00+08:00");
    let apart = after(Some(merged), &Command::Split { ask: again(dispatcher()) }, now);
    assert_eq!((apart.round.number, apart.round.begun_at), (2, Some(now)));
    assert_eq!(apart.round.limits_run_from(), Some(instant(DAY_ONE)), "from the first word");
    // Merged and split once more: still.
    let merged = after(Some(apart), &merge(), now);
    let apart = after(Some(merged), &Command::Split { ask: again(dispatcher()) }, now);
    assert_eq!(apart.round.limits_run_from(), Some(instant(DAY_ONE)));
    // What is done again has limits of its own, from then on.
    let redone =
        after(Some(answered_again(apart, 1)), &Command::Redo { ask: again(dispatcher()) }, now);
    assert_eq!(redone.round.limits_run_from(), redone.round.begun_at);
}

/// The promise to the enterprise never restarts (docs/domain.md §3): a rejection that did not stand
/// gives nobody more time. Only after an answer it is another promise.
#[test]
fn an_appeal_upheld_goes_on_with_the_limits_of_what_was_never_answered() {
    let now = instant("2026-03-06T09:00:00+08:00");
    let upheld = |ticket: Ticket| {
        let appealed = after(Some(ticket), &appeal(), now);
        after(Some(appealed), &decide_appeal(leader(), true), now)
    };
    let reject = |by| reject(by, RejectReason::CivilDispute);
    let at_once = along(&[submit(), reject(dispatcher())]);
    let while_worked_on = along(&[submit(), accept(), reject(dispatcher()), reject(caller())]);
    for (rejected, round) in [(at_once, 1), (while_worked_on, 2)] {
        assert_eq!(rejected.state, State::Rejected);
        let ticket = upheld(rejected);
        assert_eq!((ticket.state, ticket.round.number), (State::Accepted, round));
        assert_eq!(ticket.round.limits_run_from(), Some(instant(DAY_ONE)), "from the first word");
        assert_eq!(ticket.broken_invariant(), None);
    }
    let explained = upheld(ticket_in(State::ClosedUnresolved));
    assert_eq!(explained.round.limits_run_from(), Some(now), "as what is redone");
}
