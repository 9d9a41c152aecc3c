//! Whatever is done to a ticket, in whatever order it is heard: the invariants hold.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeSet;

use base::{Role, WorkOrderId};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use strum::IntoEnumIterator as _;
use uuid::Uuid;

use super::sample::*;
use super::*;

/// Something that is done, and how many minutes after the last.
type Deed = (u32, Command);

fn news() -> impl Strategy<Value = News> {
    let department = prop_oneof![Just("D02"), Just("D03")].prop_map(department);
    let offered = |department| Step::Offered { department, contact_due: None, reply_due: None };
    let step = prop_oneof![
        department.clone().prop_map(offered),
        department.prop_map(|department| Step::Claimed { department }),
        Just(Step::Contacted),
        Just(Step::Returned),
        Just(Step::ReturnRefused),
        Just(Step::Suspended),
        Just(Step::Resumed),
        Just(Step::Unrouted),
        Just(Step::Released),
        Just(Step::Escalated),
        Just(Step::Replied),
        Just(Step::SentBack),
    ];
    let people = || {
        let one = prop_oneof![Just("D02-11"), Just("D03-11"), Just("D01-11")].prop_map(person);
        proptest::collection::vec(one, 0..3)
    };
    let outcome = prop_oneof![3 => Just(Outcome::Partly), 1 => Just(Outcome::Planned)];
    let completed = (1u32..4, outcome, people()).prop_map(|(round, outcome, concerned)| {
        News::Completed(Box::new(Completion { round, concerned, ..completion(outcome) }))
    });
    let assisted = people().prop_map(|concerned| News::Assisted { concerned });
    let moved = (step, people()).prop_map(|(step, concerned)| News::Moved { step, concerned });
    prop_oneof![3 => moved, 1 => assisted, 3 => completed, 1 => Just(News::Cancelled)]
}

/// A fact that dispatch told, of this order or another, days before or after it is heard.
fn heard() -> impl Strategy<Value = Command> {
    let order = prop_oneof![5 => Just(2u128), 1 => Just(3u128), 2 => Just(9u128)];
    (order, -20i64..20, news()).prop_map(|(order, days, news)| {
        let occurred_at = instant(DAY_ONE) + SignedDuration::from_hours(24 * days);
        let work_order = WorkOrderId::new(Uuid::from_u128(order));
        Command::Hear(Heard { work_order, occurred_at, news })
    })
}

/// A dispatcher or a leader, any of whom may already have had a part in it.
fn official() -> impl Strategy<Value = Viewer> {
    prop_oneof![Just(dispatcher()), Just(caller()), Just(leader())]
}

fn ask() -> impl Strategy<Value = Again> {
    let by = prop_oneof![3 => official(), 1 => Just(handler())];
    let lead = prop_oneof![3 => Just(None), 1 => Just(Some(department("D03")))];
    (by, lead, 9u128..12).prop_map(|(by, named, order)| Again {
        work: Box::new(Work { named, ..*work_of(order) }),
        ..again(by)
    })
}

/// A call that begins some minutes before or after the instant at which it is recorded.
fn called() -> impl Strategy<Value = Command> {
    let level = prop_oneof![2 => Just(None), 1 => (1u8..=5).prop_map(Some)];
    (official(), level, -4000i64..20).prop_map(|(by, level, minutes)| {
        let mut call = call(DAY_ONE, level);
        call.seconds = 0;
        call.started_at = instant(DAY_ONE) + SignedDuration::from_mins(minutes);
        Command::CallBack { by, call: Box::new(call) }
    })
}

/// What ends a ticket, or begins it anew.
fn ruling() -> impl Strategy<Value = Command> {
    let reason = prop_oneof![Just(RejectReason::Classified), Just(RejectReason::CivilDispute)];
    let merge = official().prop_map(|by| Command::Merge { by, into: Box::new(older()) });
    prop_oneof![
        (official(), reason).prop_map(|(by, reason)| reject(by, reason)),
        merge,
        Just(answer_directly()),
        Just(withdraw()),
        ask().prop_map(|ask| Command::Split { ask }),
        ask().prop_map(|ask| Command::Redo { ask }),
        ask().prop_map(|ask| Command::Redo { ask }),
        ask().prop_map(|ask| Command::ResumePlan { ask }),
        ask().prop_map(|ask| Command::Reopen { ask }),
        Just(propose_explanation()),
        (official(), any::<bool>()).prop_map(|(by, yes)| decide_explanation(by, yes)),
        Just(appeal()),
        (any::<bool>(), ask()).prop_map(|(upheld, ask)| Command::DecideAppeal { upheld, ask }),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    let alarm = proptest::sample::select(AlarmKind::iter().collect::<Vec<_>>());
    let department = || prop_oneof![Just("D02"), Just("D03"), Just("D09")].prop_map(department);
    let succeed = (department(), department())
        .prop_map(|(department, successor)| Command::Succeed { department, successor });
    prop_oneof![
        1 => Just(submit()),
        3 => Just(accept()),
        1 => Just(supplement()),
        1 => (1..4_usize).prop_map(|number| add_evidence(handler(), number)),
        3 => (1u8..=5, any::<bool>()).prop_map(|(level, solved)| rate(level, solved)),
        3 => called(),
        2 => official().prop_map(|by| Command::Close { by }),
        1 => Just(Command::ReadContact { by: dispatcher() }),
        1 => Just(Command::EraseContact {
            by: someone("admin", Role::Admin),
            reason: "申请".to_owned(),
        }),
        8 => heard(),
        8 => ruling(),
        1 => succeed,
        1 => Just(Command::Recount),
        3 => alarm.prop_map(Command::Ring),
    ]
}

/// What is submitted: a request for help, a consultation, a complaint about a department.
fn submitted() -> impl Strategy<Value = Submission> {
    let complaint =
        Submission { kind: Kind::Complaint, complained: Some(department("D03")), ..submission() };
    let consultation = Submission { kind: Kind::Consultation, ..submission() };
    prop_oneof![Just(submission()), Just(consultation), Just(complaint)]
}

/// The first word, and what is done after it.
type Life = (Submission, Vec<Deed>);

fn lives() -> impl Strategy<Value = Life> {
    (submitted(), proptest::collection::vec((0u32..3000, command()), 0..60))
}

/// Does the deeds one after the other; gives each fact with the ticket before it.
fn live(
    (submission, deeds): &Life,
    mut see: impl FnMut(&Ticket, &Ticket, &[Fact], &Command, Timestamp),
) {
    let mut now = instant(DAY_ONE);
    let mut ticket = after(None, &submit_as(submission.clone()), now);
    for (minutes, command) in deeds {
        now += SignedDuration::from_mins(i64::from(*minutes));
        let decided = decide_at(Some(&ticket), command, now);
        let told = matches!(
            command,
            Command::Hear(_) | Command::Recount | Command::Ring(_) | Command::Succeed { .. }
        );
        assert!(decided.is_ok() || !told, "what is heard is never refused");
        let facts = decided.unwrap_or_default();
        let next = facts.iter().fold(Some(ticket.clone()), apply).expect("a ticket stays");
        see(&ticket, &next, &facts, command, now);
        ticket = next;
    }
}

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
            let armed = alarms(ticket).len();
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
            for (kind, at) in alarms(ticket) {
                let now = now.max(at);
                let kind: AlarmKind = kind.parse().expect("a kind");
                let rung = after(Some(ticket.clone()), &Command::Ring(kind), now);
                assert!(alarms(&rung).iter().all(|(_, at)| now < *at), "{kind}");
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
    fn two_ends_of_a_matter_are_two_people(life in lives()) {
        live(&life, |before, _, facts, command, _| {
            for fact in facts {
                match (&fact.what, command) {
                    (What::CalledBack { .. }, Command::CallBack { by, .. })
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
        | What::PlanReviewDue { .. }
        | What::LimitMissed { .. }
        | What::DueChanged { .. }
        | What::DepartmentSucceeded { .. }
        | What::HeardLate { .. }
        | What::ContactRead
        | What::ContactErased { .. } => None,
    }
}
