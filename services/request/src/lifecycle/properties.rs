//! Whatever is done to a ticket, in whatever order it is heard: the invariants hold.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use base::{Role, WorkOrderId};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
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
    ];
    let people = || {
        let one = prop_oneof![Just("D02-11"), Just("D03-11"), Just("D01-11")].prop_map(person);
        proptest::collection::vec(one, 0..3)
    };
    let completed = (1u32..3, people()).prop_map(|(round, concerned)| News::Completed {
        round,
        outcome: Outcome::Partly,
        answer: "答复".to_owned(),
        concerned,
    });
    let assisted = people().prop_map(|concerned| News::Assisted { concerned });
    prop_oneof![3 => step.prop_map(News::Moved), 1 => assisted, 2 => completed]
}

/// A fact that dispatch told, of this order or another, days before or after it is heard.
fn heard() -> impl Strategy<Value = Command> {
    let order = prop_oneof![5 => Just(2u128), 1 => Just(3u128)];
    (order, -20i64..20, news()).prop_map(|(order, days, news)| {
        let occurred_at = instant(DAY_ONE) + SignedDuration::from_hours(24 * days);
        let work_order = WorkOrderId::new(Uuid::from_u128(order));
        Command::Hear(Heard { work_order, occurred_at, news })
    })
}

fn command() -> impl Strategy<Value = Command> {
    let closer = || Command::Close { by: someone("D01-12", Role::Dispatcher) };
    let alarm = prop_oneof![
        Just(AlarmKind::Accept),
        Just(AlarmKind::CallBack),
        Just(AlarmKind::Redo),
        Just(AlarmKind::CloseByItself)
    ];
    prop_oneof![
        Just(submit()),
        Just(accept()),
        Just(supplement()),
        (1u8..=5, any::<bool>()).prop_map(|(level, solved)| rate(level, solved)),
        Just(close()),
        Just(closer()),
        Just(Command::ReadContact { by: dispatcher() }),
        heard(),
        heard(),
        Just(Command::Recount),
        alarm.prop_map(Command::Ring),
    ]
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    proptest::collection::vec((0u32..3000, command()), 0..40)
}

/// Does the deeds one after the other; gives each fact with the ticket before it.
fn live(deeds: &[Deed], mut see: impl FnMut(&Ticket, &Ticket, &[Fact], &Command, Timestamp)) {
    let mut now = instant(DAY_ONE);
    let mut ticket = after(None, &submit(), now);
    for (minutes, command) in deeds {
        now += SignedDuration::from_mins(i64::from(*minutes));
        let decided = decide_at(Some(&ticket), command, now);
        let told = matches!(command, Command::Hear(_) | Command::Recount | Command::Ring(_));
        assert!(decided.is_ok() || !told, "what is heard is never refused");
        let facts = decided.unwrap_or_default();
        let next = facts.iter().fold(Some(ticket.clone()), apply).expect("a ticket stays");
        see(&ticket, &next, &facts, command, now);
        ticket = next;
    }
}

proptest! {
    #[test]
    fn the_invariants_hold_whatever_happens(deeds in deeds()) {
        live(&deeds, |_, ticket, _, command, _| {
            assert_eq!(ticket.broken_invariant(), None, "after {command:?}");
        });
    }

    #[test]
    fn every_move_stands_in_the_table(deeds in deeds()) {
        live(&deeds, |before, after, facts, command, _| {
            let moved = facts.iter().find_map(|fact| match fact.what {
                What::Accepted { .. } => Some(Action::Accept),
                What::Supplemented { .. } => Some(Action::Supplement),
                What::Answered { .. } => Some(Action::Answer),
                What::Confirmed { .. } | What::Dissatisfied { .. } => Some(Action::Rate),
                What::Closed { .. } => Some(Action::Close),
                What::Submitted { .. }
                | What::Progressed { .. }
                | What::LimitMissed { .. }
                | What::DueChanged { .. }
                | What::ContactRead => None,
            });
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
    fn folding_the_facts_is_the_ticket(deeds in deeds()) {
        let now = instant(DAY_ONE);
        let mut history = decide_at(None, &submit(), now).expect("taken");
        let mut last = history.iter().fold(None, apply).expect("a ticket");
        live(&deeds, |_, after, facts, _, _| {
            history.extend(facts.iter().cloned());
            last = after.clone();
        });
        prop_assert_eq!(history.iter().fold(None, apply), Some(last));
        // A reading is no change: what is heard later may have happened before it.
        let changes = history.iter().filter(|fact| fact.what != What::ContactRead);
        prop_assert!(changes.map(|fact| fact.at).is_sorted(), "time never runs back");
    }

    #[test]
    fn no_open_ticket_is_without_an_alarm_of_its_own_or_of_its_order(deeds in deeds()) {
        live(&deeds, |_, ticket, _, _, _| {
            let armed = alarms(ticket).len();
            match ticket.state {
                State::Closed => assert_eq!(armed, 0),
                State::Accepted => assert!(armed == 0 && ticket.round.work_order.is_some()),
                State::Submitted | State::Answered | State::Confirmed | State::Dissatisfied => {
                    assert_eq!(armed, 1);
                }
            }
        });
    }

    #[test]
    fn after_ringing_the_alarm_is_gone_or_later(deeds in deeds()) {
        live(&deeds, |_, ticket, _, _, now| {
            for (kind, at) in alarms(ticket) {
                let now = now.max(at);
                let kind: AlarmKind = kind.parse().expect("a kind");
                let rung = after(Some(ticket.clone()), &Command::Ring(kind), now);
                assert!(alarms(&rung).iter().all(|(_, at)| now < *at), "{kind}");
            }
        });
    }

    #[test]
    fn a_round_has_one_answer_and_one_verdict(deeds in deeds()) {
        let (mut answers, mut verdicts) = (0, 0);
        live(&deeds, |_, _, facts, _, _| {
            for fact in facts {
                answers += u32::from(matches!(fact.what, What::Answered { .. }));
                let verdict = matches!(fact.what, What::Confirmed { .. } | What::Dissatisfied { .. });
                verdicts += u32::from(verdict);
            }
        });
        prop_assert!(answers <= 1 && verdicts <= 1);
    }
}
