//! What dispatch tells, in every state, in both orders of arrival.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use base::WorkOrderId;
use strum::IntoEnumIterator as _;
use uuid::Uuid;

use super::super::sample::*;
use super::super::*;

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

fn of_every_kind(at: &str) -> [(HeardKind, Command); 4] {
    let assisted = News::Assisted { concerned: vec![person("D03-11")] };
    let other = WorkOrderId::new(Uuid::from_u128(3));
    let heard =
        |work_order, news| Command::Hear(Heard { work_order, occurred_at: instant(at), news });
    [
        (HeardKind::WorkMoved, moved(stands(WorkState::InProgress, "D02", true), at)),
        (HeardKind::WorkAssisted, heard(other, assisted)),
        (HeardKind::WorkCompleted, completed(at)),
        (HeardKind::WorkCancelled, heard(order(), News::Cancelled)),
    ]
}

/// Shows: request hears every fact in every state
#[test]
fn every_fact_heard_in_any_state_moves_what_its_row_says_and_is_never_refused() {
    let at = "2026-03-05T09:00:00+08:00";
    for state in State::iter() {
        let mut ticket = ticket_in(state);
        if ticket.round.work_order.is_some() {
            ticket.round.progress = Some(claimed_by("D02"));
        } else {
            // It was rejected before anybody was asked: as if they had been.
            ticket.round.work_order = (state == State::Rejected).then(order);
        }
        for (kind, command) in of_every_kind(at) {
            let facts = decide_at(Some(&ticket), &command, instant(at)).expect("never refused");
            let effect = effect(state, kind);
            let said = match facts.as_slice() {
                [] => matches!(effect, Effect::Ignored(reason) if !reason.is_empty()),
                [Fact { what: What::Answered { .. }, .. }] => effect == Effect::Answer,
                [Fact { what: What::HeardLate { kind: k, state: s, .. }, .. }] => {
                    effect == Effect::Late && (*k, *s) == (kind, state)
                }
                [Fact { what: What::Progressed { concerned, .. }, .. }] => {
                    effect == if concerned.is_empty() { Effect::Progress } else { Effect::Concern }
                }
                _ => false,
            };
            assert!(said, "{state} {kind}: {facts:?}");
            let after = facts.iter().fold(Some(ticket.clone()), apply).expect("it is there");
            match effect {
                Effect::Late | Effect::Ignored(_) => assert_eq!(after, ticket, "{state} {kind}"),
                Effect::Progress | Effect::Concern => assert_eq!(after.state, state),
                Effect::Answer => assert_eq!(after.state, State::Answered),
            }
        }
    }
    for (_, command) in of_every_kind(at) {
        assert_eq!(decide_at(None, &command, instant(at)).expect("never refused"), []);
    }
}

/// Shows: request hears WorkCompleted in WITHDRAWN; request hears WorkCompleted in ACCEPTED
#[test]
fn an_answer_that_crosses_a_withdrawal_stands_if_it_is_heard_first_and_is_late_if_not() {
    let accepted = ticket_in(State::Accepted);
    let (answered_at, withdrawn_at) =
        ("2026-03-04T10:30:00+08:00", instant("2026-03-04T11:00:00+08:00"));
    // Heard first: there is nothing left to withdraw.
    let answered = after(Some(accepted.clone()), &completed(answered_at), withdrawn_at);
    let refused = decide_at(Some(&answered), &withdraw(), withdrawn_at);
    assert!(matches!(refused, Err(Error::StateForbids { state: State::Answered, .. })));
    // Heard second, though it happened first: the enterprise no longer wants it.
    let withdrawn = after(Some(accepted), &withdraw(), withdrawn_at);
    let late = after(Some(withdrawn.clone()), &completed(answered_at), withdrawn_at);
    assert_eq!(late, withdrawn);
}

#[test]
fn what_is_told_of_another_order_or_round_changes_nothing() {
    let ticket = ticket_in(State::Accepted);
    let Command::Hear(heard) = completed(DAY_ONE) else { unreachable!() };
    let other = WorkOrderId::new(Uuid::from_u128(9));
    let mut later = heard.clone();
    if let News::Completed(completion) = &mut later.news {
        completion.round = 2;
    }
    // An assisting order is claimed and contacted like any other.
    let news = moved_by(claimed_by("D03"), Vec::new());
    let assisting = Heard { work_order: other, news, ..heard.clone() };
    for heard in [Heard { work_order: other, ..heard }, assisting, later] {
        let facts = decide_at(Some(&ticket), &Command::Hear(heard), ticket.changed_at);
        assert_eq!(facts.expect("never refused"), []);
    }
}

/// Shows: request ACCEPTED Answer
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

/// What is only added, read or taken over says nothing of when the department answered.
#[test]
fn a_note_of_later_does_not_move_the_instant_of_an_answer() {
    let (answered_at, later) = ("2026-03-04T12:00:00+08:00", instant("2026-03-05T09:00:00+08:00"));
    let succeed = Command::Succeed { department: department("D02"), successor: department("D09") };
    let read = Command::ReadContact { by: dispatcher() };
    for note in [supplement(), add_evidence(handler(), 1), read, succeed] {
        let noted = after(Some(ticket_in(State::Accepted)), &note, later);
        let answered = after(Some(noted.clone()), &completed(answered_at), later);
        let answer = answered.round.answer.as_ref().expect("answered");
        assert_eq!(answer.answered_at, instant(answered_at), "{note:?}");
        assert_eq!(answered.due.expect("it waits").at, instant("2026-03-05T17:30:00+08:00"));
        assert!(noted.changed_at <= answered.changed_at, "{note:?}");
        assert_eq!(answered.broken_invariant(), None);
    }
}

#[test]
fn the_work_is_shown_as_dispatch_tells_it_and_the_first_department_leads_until_another_claims() {
    use WorkState::*;
    let mut ticket = ticket_in(State::Accepted);
    let due = |at| WorkDue {
        at: instant(at),
        provisional: true,
        rule_version: 3,
        calendar_version: 4,
        tier: Some(LimitTier::Tightened),
    };
    let with_dues = Progress {
        contact_due: Some(due("2026-03-05T12:00:00+08:00")),
        reply_due: Some(due("2026-03-11T17:30:00+08:00")),
        contacted_at: Some(instant(DAY_ONE)),
        ..stands(InProgress, "D03", true)
    };
    for (stands, lead) in [
        (offered_to("D02"), "D02"),
        (claimed_by("D02"), "D02"),
        (stands(ReturnPending, "D02", true), "D02"),
        (offered_to("D03"), "D02"),
        (stands(ReturnPending, "D03", false), "D02"),
        (stands(Escalated, "", false), "D02"),
        (stands(Unrouted, "", false), "D02"),
        (claimed_by("D03"), "D03"),
        (with_dues, "D03"),
        (stands(Suspended, "D03", true), "D03"),
        (stands(Claimed, "D03", true), "D03"),
        (stands(AwaitingSignature, "D03", true), "D03"),
        (stands(InProgress, "D03", false), "D03"),
    ] {
        let told = moved(stands.clone(), DAY_ONE);
        ticket = after(Some(ticket), &told, instant(DAY_ONE));
        assert_eq!(ticket.round.lead, Some(department(lead)));
        assert_eq!(ticket.round.progress, Some(stands), "just what was told, all of it");
    }
    assert!(ticket.was_claimed());
}

#[test]
fn a_step_that_says_nothing_new_is_no_fact() {
    let at = "2026-03-04T11:00:00+08:00";
    let claimed = after(Some(ticket_in(State::Accepted)), &claimed(at), instant(at));
    let handed = |to| {
        let news = moved_by(claimed_by("D02"), vec![person(to)]);
        let heard = Heard { work_order: order(), occurred_at: instant(at), news };
        decide_at(Some(&claimed), &Command::Hear(heard), instant(at)).expect("never refused")
    };
    assert_eq!(handed("D02-11"), [], "who claimed it is known");
    let facts = handed("D02-12");
    let ticket = facts.iter().fold(Some(claimed.clone()), apply).expect("it is there");
    assert!(ticket.concerned.contains(&person("D02-12")));
}

#[test]
fn a_dissolved_department_is_followed_by_its_successor() {
    let at = "2026-03-04T11:00:00+08:00";
    let claimed = after(Some(ticket_in(State::Accepted)), &claimed(at), instant(at));
    let succeed =
        |from, to| Command::Succeed { department: department(from), successor: department(to) };
    let moved = after(Some(claimed.clone()), &succeed("D02", "D09"), instant(at));
    let progress = moved.round.progress.as_ref().expect("progress");
    let d09 = Some(department("D09"));
    assert_eq!((&moved.round.lead, &progress.department, &progress.claimed_by), (&d09, &d09, &d09));
    let untouched = decide_at(Some(&claimed), &succeed("D03", "D09"), instant(at));
    assert_eq!(untouched.expect("never refused"), []);
    // The successor of a lead may be the very department that the complaint is about.
    let complaint = Ticket { complained: d09.clone(), ..claimed };
    let moved = after(Some(complaint), &succeed("D02", "D09"), instant(at));
    assert_eq!((&moved.round.lead, moved.broken_invariant()), (&None, None));
}
