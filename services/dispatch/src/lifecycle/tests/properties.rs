//! Whatever is done to orders, in whatever order it is heard: the invariants hold.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::wildcard_enum_match_arm,
    reason = "tests fail loudly and look at some facts"
)]

use std::collections::BTreeMap;

use base::{PersonId, Role};
use jiff::SignedDuration;
use proptest::prelude::*;

use super::sample::*;
use super::*;

/// Something that is done to one of two orders, and how many minutes after the last by a clock that
/// may have run back.
type Deed = (i32, u128, Command);

/// [`DAY_ONE`], and the end of the year 9999: a pause may be asked for any length.
const DAY_ONE_SECOND: i64 = 1_772_586_000;
const LAST_SECOND: i64 = 253_402_207_200;

fn code() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("D02-11"), Just("D02-12"), Just("D03-11"), Just("D04-11"), Just("D02-13")]
}

fn of() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("D02"), Just("D03"), Just("D04"), Just("D99")]
}

fn reason() -> impl Strategy<Value = PauseReason> {
    let materials = Just(PauseReason::AwaitingMaterials);
    prop_oneof![2 => materials, 1 => Just(PauseReason::Hearing), 1 => Just(PauseReason::Testing)]
}

fn deed_of_people() -> impl Strategy<Value = Command> {
    let day = SignedDuration::from_hours(24);
    let lead = |of: &str| with_roles(&format!("{of}-01"), &[Role::Lead]);
    prop_oneof![
        code().prop_map(|by| Command::Claim { by: staff(by) }),
        (of(), code()).prop_map(move |(of, to)| Command::Assign { by: lead(of), to: nominee(to) }),
        (code(), code()).prop_map(|(by, to)| Command::HandOver { by: staff(by), to: nominee(to) }),
        code().prop_map(contact),
        code().prop_map(contact),
        (code(), of()).prop_map(|(by, names)| give_back(by, Some(names))),
        of().prop_map(uphold),
        Just(Command::RefuseReturn { reason: "r".to_owned() }),
        (code(), of()).prop_map(|(by, of)| assistance(by, of, 2)),
        (code(), reason(), 1..9i32).prop_map(move |(by, reason, days)| {
            pause(by, reason, instant(DAY_ONE) + day * days)
        }),
        (code(), reason(), DAY_ONE_SECOND..LAST_SECOND).prop_map(|(by, reason, until)| {
            pause(by, reason, jiff::Timestamp::from_second(until).unwrap())
        }),
        Just(ruling(Decision::Granted)),
        Just(ruling(Decision::Refused)),
        code().prop_map(complete),
        Just(urge()),
    ]
}

fn heard() -> impl Strategy<Value = Command> {
    let instant_of = |days: i64| instant(DAY_ONE) + SignedDuration::from_hours(24 * days);
    prop_oneof![
        (-9i64..20).prop_map(move |days| {
            let wanted = requested(instant(DAY_ONE), rules());
            request_of(Requested { occurred_at: instant_of(days), ..wanted })
        }),
        (-9i64..20)
            .prop_map(move |days| Command::SupplyMaterials { occurred_at: instant_of(days) }),
        (-9i64..20, 1u32..3, 1u8..=5).prop_map(move |(days, round, level)| Command::Rate {
            occurred_at: instant_of(days),
            round,
            rating: rating(level),
        }),
        Just(Command::Recount),
    ]
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let command = prop_oneof![4 => deed_of_people(), 1 => heard()];
    proptest::collection::vec((-600i32..900, 1u128..=2, command), 0..40)
}

/// Does the deeds one after the other, with every alarm in between at its instant.
fn live(deeds: &[Deed], with_head: bool, mut see: impl FnMut(&World)) -> World {
    let head = with_roles("D02-01", &[Role::Lead]);
    let head = with_head.then_some(&head);
    let mut world = World::offered();
    for (minutes, order, command) in deeds {
        let until = world.now + SignedDuration::from_mins(i64::from(*minutes));
        world.runs_back = SignedDuration::from_mins(i64::from(minutes.unsigned_abs()));
        world.go_to(until, head);
        world.now = until;
        see(&world);
        let id = order_id(*order);
        // Two orders of one id are never asked for: the child is made by its parent alone.
        if !world.orders.contains_key(&id) || order_made_twice(&world, command) {
            continue;
        }
        let outcome = world.ask_of(id, command.clone());
        let told = command.heard().is_some() || *command == Command::Recount;
        assert!(outcome.is_ok() || !told, "what is heard is never refused: {outcome:?}");
        see(&world);
    }
    world
}

fn order_made_twice(world: &World, command: &Command) -> bool {
    matches!(command, Command::AskAssistance { child, .. } if world.orders.contains_key(child))
}

/// What must hold of an order at any time.
fn assert_sound(order: &WorkOrder) {
    if order.is_open() {
        assert!(!alarms(order).is_empty(), "{} waits without an alarm", order.state);
    } else {
        assert!(alarms(order).is_empty());
        assert!(order.completed_at.is_some() && order.outcome.is_some());
    }
    let needs_claimant =
        matches!(order.state, State::Claimed | State::InProgress | State::Suspended);
    assert!(!needs_claimant || order.claimant.is_some());
    assert!(order.state != State::Offered || order.claimant.is_none());
    assert_eq!(order.state == State::Suspended, order.running_pause().is_some());
    assert_eq!(order.state == State::ReturnPending, order.pending_return().is_some());
    assert_eq!(order.contacted_at.is_some(), order.contacted_late.is_some());
    let claimant = order.claimant.as_ref();
    assert!(claimant.is_none_or(|claimant| order.concerned.contains(claimant)));
    assert!(claimant.is_none_or(|claimant| !order.barred.contains(claimant)));
    let child_stays = order.returns.is_empty() && order.assistance.is_empty();
    assert!(order.parent.is_none() || (child_stays && order.pauses.is_empty()));
    let once = |reason| {
        order.pauses.iter().filter(|past| past.is_granted() && past.reason == reason).count() < 2
    };
    assert!(order.pauses.iter().all(|past| once(past.reason)));
}

/// A child stands still with its parent, and with nobody else.
fn assert_together(world: &World) {
    for order in world.orders.values() {
        let parent = order.parent.and_then(|parent| world.orders.get(&parent));
        let suspended = parent.is_some_and(|parent| parent.state == State::Suspended);
        assert_eq!(order.still.is_some(), suspended && order.is_open());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_invariants_hold_whatever_happens(deeds in deeds(), with_head: bool) {
        live(&deeds, with_head, |world| {
            world.orders.values().for_each(assert_sound);
            assert_together(world);
        });
    }

    #[test]
    fn folding_the_facts_is_the_order_and_time_never_runs_back(deeds in deeds()) {
        let world = live(&deeds, true, |_| {});
        for (id, facts) in &world.facts {
            let folded = facts.iter().fold(None, apply);
            prop_assert_eq!(folded.as_ref(), world.orders.get(id));
            prop_assert!(facts.iter().map(|fact| fact.at).is_sorted());
        }
    }

    #[test]
    fn one_claimant_ever_per_offer(deeds in deeds(), with_head: bool) {
        let world = live(&deeds, with_head, |_| {});
        for facts in world.facts.values() {
            let mut claimant: Option<PersonId> = None;
            for fact in facts {
                match &fact.what {
                    What::Offered { .. } | What::Rerouted { .. } => claimant = None,
                    What::Claimed { by, .. } => {
                        prop_assert_eq!(claimant.replace(by.clone()), None);
                    }
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn a_card_and_an_urging_come_once_per_due_instant(deeds in deeds()) {
        let world = live(&deeds, true, |_| {});
        for facts in world.facts.values() {
            let mut given = BTreeMap::new();
            for fact in facts {
                let key = match &fact.what {
                    What::CardAnnulled { card, due } => {
                        let key = (i32::from(*card == Card::Red), Some(due.at));
                        prop_assert_eq!(given.remove(&key), Some(()));
                        continue;
                    }
                    What::YellowCarded { due } => (0, Some(due.at)),
                    What::RedCarded { due } => (1, Some(due.at)),
                    What::Urged { due_at, .. } => (2, *due_at),
                    _ => continue,
                };
                prop_assert_eq!(given.insert(key, ()), None);
            }
        }
    }

    #[test]
    fn every_move_stands_in_the_table(deeds in deeds()) {
        let world = live(&deeds, true, |_| {});
        for facts in world.facts.values() {
            let mut order: Option<WorkOrder> = None;
            for fact in facts {
                let before = order.as_ref().map(|order| order.state);
                order = apply(order, fact);
                let after = order.as_ref().unwrap().state;
                let by_time = matches!(fact.what, What::Resumed { .. } | What::Claimed { .. });
                let drawn = before.is_none_or(|before| {
                    let row = |(from, _, to): &(State, Action, State)| (*from, *to) == (before, after);
                    before == after || TRANSITIONS.iter().any(row)
                });
                prop_assert!(drawn || by_time, "{:?} to {} by {:?}", before, after, fact.what);
            }
        }
    }

    #[test]
    fn an_order_reads_back_as_it_was_written(deeds in deeds()) {
        for order in live(&deeds, true, |_| {}).orders.values() {
            let written = serde_json::to_string(order).unwrap();
            let read: WorkOrder = serde_json::from_str(&written).unwrap();
            prop_assert_eq!(&read, order);
        }
    }
}
