//! Whatever is done to a ticket, in whatever order it is heard: the invariants hold.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod lives;

use std::collections::BTreeSet;

use base::Role;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use self::lives::{live, lives};
use super::sample::*;
use super::*;

proptest! {
    #[test]
    fn the_invariants_hold_whatever_happens(life in lives()) {
        live(&life, |_, ticket, _, command, _| {
            assert_eq!(ticket.broken_invariant(), None, "after {command:?}");
        });
    }

    #[test]
    fn every_move_stands_in_the_table(life in lives()) {
        live(&life, |before, after, facts, command, _| {
            let moved = facts.iter().find_map(|fact| action_of(&fact.what));
            match moved {
                Some(action) => {
                    let row = (before.state, action, after.state);
                    assert!(TRANSITIONS.contains(&row), "{row:?} by {command:?}");
                }
                None => assert_eq!(before.state, after.state),
            }
        });
    }

    #[test]
    fn folding_the_facts_is_the_ticket(life in lives()) {
        let now = instant(DAY_ONE);
        let submit = submit_as(life.0.clone());
        let mut history = decide_at(None, &submit, now).expect("taken");
        let mut last = history.iter().fold(None, apply).expect("a ticket");
        live(&life, |_, after, facts, _, _| {
            history.extend(facts.iter().cloned());
            last = after.clone();
        });
        prop_assert_eq!(history.iter().fold(None, apply), Some(last));
        // A note is no change: what is heard later may have happened before it.
        let changes = history.iter().filter(|fact| !fact.what.is_a_note());
        prop_assert!(changes.map(|fact| fact.at).is_sorted(), "time never runs back");
    }

    #[test]
    fn no_open_ticket_is_without_an_alarm_of_its_own_or_of_its_order(life in lives()) {
        live(&life, |_, ticket, _, _, _| {
            // What waits for verification has an alarm of its own in every state.
            let verifies = ticket.verifications_awaited().next().is_some();
            let armed = alarms(ticket).len() - usize::from(verifies);
            match ticket.state {
                State::Accepted => assert!(armed <= 1 && ticket.round.work_order.is_some()),
                State::OnPlan => assert_eq!(armed, 2),
                State::Submitted | State::Answered | State::Confirmed | State::Dissatisfied => {
                    assert_eq!(armed, 1);
                }
                State::Rejected | State::ClosedUnresolved => {
                    assert_eq!(armed, usize::from(ticket.appeal_waits()));
                }
                State::Withdrawn => assert!(armed <= 1),
                State::Closed | State::Merged => assert_eq!(armed, 0),
            }
        });
    }

    #[test]
    fn after_ringing_the_alarm_is_gone_or_later(life in lives()) {
        live(&life, |_, ticket, _, _, now| {
            for (name, at) in alarms(ticket) {
                let now = now.max(at);
                let kind: AlarmKind = name.parse().expect("a kind");
                let rung = after(Some(ticket.clone()), &Command::Ring(kind), now);
                let mut armed = alarms(&rung).into_iter().filter(|(armed, _)| *armed == name);
                assert!(armed.all(|(_, at)| now < at), "{kind}");
            }
        });
    }

    #[test]
    fn a_round_has_one_answer_and_one_rating_and_the_rounds_before_never_change(life in lives()) {
        live(&life, |before, after, facts, command, _| {
            assert!(after.earlier.starts_with(&before.earlier), "after {command:?}");
            let same_round = before.round.number == after.round.number;
            if let (true, Some(answer)) = (same_round, &before.round.answer) {
                assert_eq!(Some(answer), after.round.answer.as_ref());
            }
            if let (true, Some(rating)) = (same_round, &before.round.rating) {
                assert_eq!(Some(rating), after.round.rating.as_ref());
            }
            let answers = facts.iter().filter(|fact| {
                matches!(fact.what, What::Answered { .. } | What::Planned { .. })
            });
            assert!(answers.count() <= 1);
        });
    }

    #[test]
    fn the_department_complained_of_never_sees_the_ticket(life in lives()) {
        live(&life, |_, ticket, _, command, _| {
            let mut member = someone("member", Role::Staff);
            member.person.department.clone_from(&ticket.complained);
            assert!(ticket.complained.is_none() || !member.sees(ticket), "after {command:?}");
        });
    }

    #[test]
    fn two_ends_of_a_matter_are_two_people(life in lives()) {
        live(&life, |before, _, facts, command, _| {
            for fact in facts {
                match (&fact.what, command) {
                    (What::CalledBack { .. }, Command::CallBack { by, .. })
                    | (What::RatingVerified { .. }, Command::VerifyRating { by, .. })
                    | (What::Closed { .. }, Command::Close { by }) => {
                        assert!(!before.concerned.contains(by.person.human()));
                    }
                    (What::Rejected { rejection, by }, _) if before.state == State::Accepted => {
                        assert!(by.iter().all(|second| !rejection.by.contains(second)));
                    }
                    (What::AppealDecided { .. }, Command::DecideAppeal { ask, .. }) => {
                        assert!(!before.ruled_by.contains(ask.by.person.human()));
                    }
                    _ => {}
                }
            }
        });
    }
}

/// Properties of lives that never see a state, or a move, say nothing of it.
#[test]
fn the_lives_that_are_tried_make_every_move() {
    let mut runner = TestRunner::deterministic();
    let mut made = BTreeSet::new();
    for _ in 0..1000 {
        let life = lives().new_tree(&mut runner).expect("a life").current();
        live(&life, |before, after, facts, _, _| {
            for action in facts.iter().filter_map(|fact| action_of(&fact.what)) {
                made.insert(format!("{} {action} {}", before.state, after.state));
            }
        });
    }
    let moves = TRANSITIONS.iter().map(|(from, action, to)| format!("{from} {action} {to}"));
    let never: Vec<String> = moves.filter(|row| !made.contains(row)).collect();
    assert_eq!(never, [""; 0], "no life makes these");
}

/// The action that a fact is of, if it is a move.
fn action_of(what: &What) -> Option<Action> {
    match what {
        What::Accepted { .. } => Some(Action::Accept),
        What::RejectionProposed { .. } | What::Rejected { .. } => Some(Action::Reject),
        What::Merged { .. } => Some(Action::Merge),
        What::Supplemented { .. } => Some(Action::Supplement),
        What::EvidenceAdded { .. } => Some(Action::AddEvidence),
        What::Withdrawn { .. } => Some(Action::Withdraw),
        What::Answered { answer, .. } if answer.directly => Some(Action::AnswerDirectly),
        What::Answered { .. } | What::Planned { .. } => Some(Action::Answer),
        What::CalledBack { .. } => Some(Action::CallBack),
        What::Confirmed { .. } | What::Dissatisfied { .. } | What::Rated { .. } => {
            Some(Action::Rate)
        }
        What::RoundBegun { cause, .. } => match cause {
            Cause::Redo => Some(Action::Redo),
            Cause::Plan => Some(Action::ResumePlan),
            Cause::Reopen => Some(Action::Reopen),
            Cause::Split => Some(Action::Split),
            Cause::Appeal | Cause::Submitted => None,
        },
        What::ExplanationProposed { .. } => Some(Action::ProposeExplanation),
        What::ExplanationDecided { .. } => Some(Action::DecideExplanation),
        What::Closed { .. } => Some(Action::Close),
        What::Appealed { .. } => Some(Action::Appeal),
        What::AppealDecided { .. } => Some(Action::DecideAppeal),
        What::Submitted { .. }
        | What::Progressed { .. }
        | What::RejectionLapsed
        | What::RatingVerified { .. }
        | What::PlanReviewDue { .. }
        | What::LimitMissed { .. }
        | What::DueChanged { .. }
        | What::ReviewDueChanged { .. }
        | What::VerificationDueChanged { .. }
        | What::DepartmentSucceeded { .. }
        | What::HeardLate { .. }
        | What::ContactRead
        | What::ContactErased { .. } => None,
    }
}
