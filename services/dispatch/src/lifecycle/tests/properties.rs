//! Whatever is done to orders, in whatever order it is heard: the invariants hold.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::wildcard_enum_match_arm,
    reason = "tests fail loudly and look at some facts"
)]

mod deeds;

use std::collections::BTreeMap;

use base::{DepartmentId, PersonId, Role};
use jiff::SignedDuration;
use proptest::prelude::*;

use self::deeds::{Deed, deeds};
use super::sample::*;
use super::*;

/// Does the deeds one after the other, with every alarm in between at its instant.
fn live(
    (begin, deeds): &(Requested, Vec<Deed>),
    with_head: bool,
    mut see: impl FnMut(&World),
) -> World {
    let head = with_roles("D02-01", &[Role::Lead]);
    let head = with_head.then_some(&head);
    let mut world = World::at(DAY_ONE);
    world.hear(begin.clone());
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
        // Nobody but this service knows of an assisting order.
        if *order == 2 && made_by_its_owner(command) {
            continue;
        }
        let outcome = world.ask_of(id, command.clone());
        let told = command.heard().is_some();
        assert!(outcome.is_ok() || !told, "what is heard is never refused: {outcome:?}");
        see(&world);
    }
    world
}

fn order_made_twice(world: &World, command: &Command) -> bool {
    matches!(command, Command::AskAssistance { child, .. } if world.orders.contains_key(child))
}

fn made_by_its_owner(command: &Command) -> bool {
    matches!(
        command,
        Command::Request(_)
            | Command::Reopen { .. }
            | Command::Withdraw { .. }
            | Command::Settle { .. }
    )
}

/// What must hold of an order at any time.
fn assert_sound(order: &WorkOrder) {
    if order.is_open() {
        assert!(!alarms(order).is_empty(), "{} waits without an alarm", order.state);
    } else {
        assert!(alarms(order).is_empty());
        let said = order.outcome.is_some() == order.settled_outcome.is_empty();
        let answered = order.completed_at.is_some() && said;
        assert_eq!(answered, order.state == State::Completed);
    }
    let needs_claimant = matches!(order.state, State::Claimed | State::InProgress);
    assert!(!needs_claimant || order.claimant.is_some());
    let nobodys = matches!(order.state, State::Unrouted | State::Escalated);
    assert!(!nobodys || (order.department.is_none() && order.claimant.is_none()));
    assert_eq!(order.replied.is_some(), order.state == State::AwaitingSignature);
    assert!(!order.is_open() || order.decision_due.is_some() == waits_for_a_decision(order.state));
    assert!(order.work_class != WorkClass::C || order.signer.is_none());
    let own = order.open_assistance().any(|child| order.is_of(&child.department));
    assert!(!own || order.state == State::Cancelled);
    assert_far_from_the_excluded(order);
    assert!(order.designated <= !order.minutes.is_empty());
    assert!(order.responsible.is_some() || order.department.is_none());
    assert!(order.state != State::Offered || order.claimant.is_none());
    assert_eq!(order.state == State::Suspended, order.running_pause().is_some());
    let returned = order.is_open() && order.pending_return().is_some();
    assert_eq!(order.state == State::ReturnPending, returned);
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

/// Whom a complaint is about neither leads nor assists nor hears of it.
fn assert_far_from_the_excluded(order: &WorkOrder) {
    let excluded = |department: &DepartmentId| order.excluded.contains(department);
    let own = [&order.department, &order.responsible, &order.asked_by];
    assert!(!own.into_iter().flatten().any(excluded) || !order.is_open());
    let assists = order.open_assistance().any(|child| excluded(&child.department));
    assert!(!assists || !order.is_open());
}

fn waits_for_a_decision(state: State) -> bool {
    matches!(
        state,
        State::Unrouted
            | State::ReturnPending
            | State::Escalated
            | State::Declined
            | State::AwaitingSignature
    )
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
                    What::Offered { .. }
                    | What::Reopened { .. }
                    | What::Routed { .. }
                    | What::Designated { .. }
                    | What::Rerouted { .. }
                    | What::Escalated { .. }
                    | What::Unrouted { .. }
                    | What::Released { .. } => claimant = None,
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
                    What::Reopened { .. } => {
                        given.clear();
                        continue;
                    }
                    What::CardAnnulled { card, due } => {
                        let key = (i32::from(*card == Card::Red), Some(due.at));
                        prop_assert_eq!(given.remove(&key), Some(()));
                        continue;
                    }
                    What::YellowCarded { due } => (0, Some(due.at)),
                    What::RedCarded { due } => (1, Some(due.at)),
                    What::Pressed { supervision } => {
                        (2 + supervision.level as i32, supervision.for_due)
                    }
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
                assert_far_from_the_excluded(order.as_ref().unwrap());
                let by_time = matches!(fact.what, What::Resumed { .. } | What::Claimed { .. });
                let heard = matches!(
                    fact.what,
                    What::Reopened { .. }
                        | What::Cancelled { .. }
                        | What::Settled { .. }
                        | What::Released { .. }
                        | What::Unrouted { .. }
                        | What::Escalated { cause: Escalation::Excluded, .. }
                );
                let drawn = before.is_none_or(|before| {
                    let row = |(from, _, to, _): &Transition| (*from, *to) == (before, after);
                    before == after || TRANSITIONS.iter().any(row)
                });
                prop_assert!(drawn || by_time || heard, "{:?} to {} by {:?}", before, after, fact.what);
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
