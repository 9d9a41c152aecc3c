//! The rules of a work order, one promise each.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod acceptance;
mod clocks;
mod course;
mod crossing;
mod demo;
mod edges;
mod extending;
mod hands;
mod hearing;
mod pausing;
mod properties;
mod recount;
mod rounds;
mod ruling;
mod sample;
mod signing;
mod succession;
mod tables;
mod tiers;
mod urgent;
mod verdicts;
mod waiting;

use base::Role;
use calendar::Limit;
use strum::IntoEnumIterator;

use super::*;
use sample::*;

/// The table drawn from the other side: who changes a rule means it twice.
#[test]
fn each_state_takes_these_actions_and_no_others() {
    let drawn = State::iter().map(|state| {
        let mut order = World::offered().order().clone();
        order.state = state;
        let taken = Action::iter().filter(|action| step(&order, *action).is_ok());
        let taken: Vec<String> = taken.map(|action| action.to_string()).collect();
        format!("{state}: {}", taken.join(" "))
    });
    let expected = [
        "UNROUTED: ROUTE",
        "OFFERED: CLAIM ASSIGN CONTACT RETURN DECLINE GRANT_PAUSE REFUSE_PAUSE GRANT_EXTENSION \
         REFUSE_EXTENSION URGE SUPERVISE ANSWER_SUPERVISION",
        "CLAIMED: ASSIGN HAND_OVER RELEASE CONTACT RETURN DECLINE COMPLETE URGE SUPERVISE \
         ANSWER_SUPERVISION",
        "IN_PROGRESS: ASSIGN HAND_OVER ASK_ASSISTANCE WAIVE_ASSISTANCE ASK_PAUSE GRANT_PAUSE \
         REFUSE_PAUSE ASK_EXTENSION GRANT_EXTENSION REFUSE_EXTENSION COMPLETE URGE SUPERVISE \
         ANSWER_SUPERVISION",
        "RETURN_PENDING: ASSIGN HAND_OVER UPHOLD_RETURN REFUSE_RETURN URGE SUPERVISE \
         ANSWER_SUPERVISION",
        "ESCALATED: DESIGNATE_LEAD",
        "DECLINED: ",
        "SUSPENDED: ASSIGN HAND_OVER RESUME GRANT_EXTENSION REFUSE_EXTENSION COMPLETE URGE \
         SUPERVISE ANSWER_SUPERVISION",
        "AWAITING_SIGNATURE: ASSIGN HAND_OVER SIGN SEND_BACK URGE SUPERVISE ANSWER_SUPERVISION",
        "COMPLETED: ",
        "CANCELLED: ",
    ];
    assert_eq!(drawn.collect::<Vec<_>>(), expected);
}

#[test]
fn whatever_can_be_heard_has_a_row_for_every_state() {
    for state in State::iter() {
        for heard in Heard::iter() {
            let rows = HEARD.iter().filter(|(from, what, _)| (*from, *what) == (state, heard));
            assert_eq!(rows.count(), 1, "{heard} in {state}");
        }
        assert_eq!(WATCHED.iter().filter(|(watched, _)| *watched == state).count(), 1);
    }
    for alarm in Alarm::iter() {
        assert_eq!(RINGS.iter().filter(|(rings, ..)| *rings == alarm).count(), 1, "{alarm}");
    }
}

/// Shows: dispatch refuses STATE_FORBIDS
#[test]
fn a_refusal_names_what_would_do() {
    let mut world = World::offered();
    let refused = world.ask(assistance("D02-11", "D03", 2)).unwrap_err();
    let Error::StateForbids { state, action, allowed } = refused else { panic!("{refused}") };
    assert_eq!((state, action), (State::Offered, Action::AskAssistance));
    assert_eq!(allowed[..4], [Action::Claim, Action::Assign, Action::Contact, Action::Return]);
}

#[test]
fn what_exists_not_yet_refuses_people_and_passes_over_what_is_heard() {
    let mut world = World::at(DAY_ONE);
    let refused = world.ask(Command::Claim { by: staff("D02-11") });
    assert!(matches!(refused, Err(Error::WorkOrderNotFound)));
    let occurred_at = world.now;
    assert_eq!(world.ask(Command::SupplyMaterials { occurred_at }).unwrap(), []);
}

/// Shows: dispatch OFFERED Claim; dispatch refuses CLAIMED_ALREADY
#[test]
fn a_claim_race_has_one_winner_and_names_them() {
    let mut world = World::offered();
    world.ask(Command::Claim { by: staff("D02-11") }).unwrap();
    let second = world.ask(Command::Claim { by: staff("D02-12") }).unwrap_err();
    assert!(
        matches!(second, Error::ClaimedAlready { claimant, .. } if claimant == person_id("D02-11"))
    );
    world.ask(contact("D02-11")).unwrap();
    world.ask(complete("D02-11")).unwrap();
    let third = world.ask(Command::Claim { by: staff("D02-12") }).unwrap_err();
    assert!(matches!(third, Error::StateForbids { .. }));
}

/// Shows: dispatch refuses WORK_ORDER_NOT_FOUND; dispatch refuses OTHER_DEPARTMENT
/// Shows: dispatch refuses PERSON_BARRED
#[test]
fn to_another_department_there_is_no_order_unless_it_may_see_it() {
    let mut world = World::offered();
    let unseen = world.ask(Command::Claim { by: staff("D04-11") });
    assert!(matches!(unseen, Err(Error::WorkOrderNotFound)));
    let dispatcher = with_roles("D01-11", &[Role::Staff, Role::Dispatcher]);
    let seen = world.ask(Command::Claim { by: dispatcher });
    assert!(matches!(seen, Err(Error::OtherDepartment { .. })));
    let barred = world.ask(Command::Claim { by: staff("D02-13") });
    assert!(matches!(barred, Err(Error::PersonBarred { .. })));
}

#[test]
fn refusals_come_in_the_order_who_exists_state_limits() {
    let mut world = World::offered();
    // Wrong department, unknown department, right state: who comes first.
    let who = world.ask(Command::Return {
        by: with_roles("D01-11", &[Role::Staff, Role::Dispatcher]),
        basis: "b".to_owned(),
        names: Some(named("D99")),
    });
    assert!(matches!(who, Err(Error::OtherDepartment { .. })));
    let exists = world.ask(give_back("D02-11", Some("D99")));
    assert!(matches!(exists, Err(Error::DepartmentNotFound { .. })));
    world.ask(contact("D02-11")).unwrap();
    // Too late and in the wrong state: the state comes first.
    world.now = instant("2026-03-20T09:00:00+08:00");
    let state = world.ask(give_back("D02-11", None));
    assert!(matches!(state, Err(Error::StateForbids { .. })));
}

/// Shows: dispatch OFFERED Return; dispatch refuses RETURN_TOO_LATE
#[test]
fn a_return_is_possible_until_the_end_of_one_working_day_and_no_longer() {
    for (at, in_time) in [("2026-03-05T17:30:00+08:00", true), ("2026-03-05T17:30:01+08:00", false)]
    {
        let mut world = World::offered();
        world.now = instant(at);
        let returned = world.ask(give_back("D02-11", Some("D03")));
        assert_eq!(returned.is_ok(), in_time, "{at}");
        assert!(in_time || matches!(returned, Err(Error::ReturnTooLate)));
    }
}

/// Shows: dispatch CLAIMED Return; dispatch RETURN_PENDING UpholdReturn
#[test]
fn an_upheld_return_goes_to_who_has_not_had_it_and_no_clock_of_the_enterprise_restarts() {
    let mut world = World::offered();
    let reply = world.order().reply;
    let contact_due = world.order().contact_due;
    world.ask(Command::Claim { by: staff("D02-11") }).unwrap();
    world.ask(give_back("D02-11", Some("D03"))).unwrap();
    assert!(matches!(world.ask(uphold("D09")), Err(Error::DepartmentExcluded { .. })));
    assert!(matches!(world.ask(uphold("D99")), Err(Error::DepartmentNotFound { .. })));
    world.now = instant("2026-03-04T10:00:00+08:00");
    world.ask(uphold("D03")).unwrap();
    let order = world.order();
    assert_eq!(
        (order.state, order.department.as_ref()),
        (State::Offered, Some(&department("D03")))
    );
    assert_eq!(
        (order.claimant.clone(), order.reply, order.contact_due),
        (None, reply, contact_due)
    );
    assert_eq!(order.claim_due.unwrap().at, instant("2026-03-04T16:00:00+08:00"));
}

/// Shows: dispatch RETURN_PENDING RefuseReturn; dispatch refuses RETURNED_ALREADY
#[test]
fn a_refused_return_is_final() {
    let mut world = World::offered();
    world.ask(Command::Claim { by: staff("D02-11") }).unwrap();
    world.ask(give_back("D02-11", None)).unwrap();
    world
        .ask(Command::RefuseReturn { by: dispatcher(), reason: "应由贵局办理".to_owned() })
        .unwrap();
    assert_eq!(world.order().state, State::Claimed);
    assert!(matches!(world.ask(give_back("D02-11", None)), Err(Error::ReturnedAlready)));
    let mut unclaimed = World::offered();
    unclaimed.ask(give_back("D02-11", None)).unwrap();
    assert!(matches!(
        unclaimed.ask(Command::HandOver { by: staff("D02-11"), to: nominee("D02-12") }),
        Err(Error::NobodyClaimed)
    ));
    unclaimed.ask(Command::RefuseReturn { by: dispatcher(), reason: "r".to_owned() }).unwrap();
    assert_eq!(unclaimed.order().state, State::Offered);
}

/// Shows: dispatch OFFERED Assign; dispatch refuses PERSON_NOT_ELIGIBLE
#[test]
fn an_order_goes_to_active_staff_of_the_department_alone() {
    let mut world = World::offered();
    let by = with_roles("D02-01", &[Role::Lead]);
    let assign = |to: Nominee| Command::Assign { by: by.clone(), to };
    let mut left = nominee("D02-12");
    left.person.as_mut().unwrap().active = false;
    let no_staff =
        Nominee { id: person_id("D02-12"), person: Some(with_roles("D02-12", &[Role::Agent])) };
    let stranger = Nominee { id: person_id("D02-99"), person: None };
    for to in [left, no_staff, stranger, nominee("D03-11")] {
        assert!(matches!(world.ask(assign(to)), Err(Error::PersonNotEligible { .. })));
    }
    assert!(matches!(world.ask(assign(nominee("D02-13"))), Err(Error::PersonBarred { .. })));
    world.ask(assign(nominee("D02-12"))).unwrap();
    assert_eq!(world.order().state, State::Claimed);
    assert_eq!(world.ask(assign(nominee("D02-12"))).unwrap(), []);
    world.ask(Command::HandOver { by: staff("D02-12"), to: nominee("D02-11") }).unwrap();
    let former = world.ask(Command::HandOver { by: staff("D02-12"), to: nominee("D02-14") });
    assert!(matches!(former, Err(Error::NotClaimant { .. })));
    assert!(world.order().concerned.contains(&person_id("D02-12")));
}

/// Shows: dispatch OFFERED Contact
#[test]
fn contact_is_late_by_the_instant_it_was_made() {
    for (at, late) in [("2026-03-04T15:00:00+08:00", false), ("2026-03-04T15:00:01+08:00", true)] {
        let mut world = World::offered();
        world.now = instant(at);
        world.ask(contact("D02-11")).unwrap();
        assert_eq!(world.order().contacted_late, Some(late), "{at}");
        assert_eq!(world.order().state, State::InProgress);
    }
}

#[test]
fn an_answer_is_late_after_its_due_instant() {
    for (at, late) in [("2026-03-11T17:30:00+08:00", false), ("2026-03-11T17:30:01+08:00", true)] {
        let mut world = World::in_progress();
        world.now = instant(at);
        world.ask(complete("D02-11")).unwrap();
        assert_eq!(world.order().answered_late, Some(late), "{at}");
    }
}

/// Shows: dispatch CLAIMED Complete; dispatch refuses CONTACT_MISSING
#[test]
fn class_c_alone_may_contact_with_the_answer() {
    let mut world = World::offered();
    world.ask(Command::Claim { by: staff("D02-11") }).unwrap();
    assert!(matches!(world.ask(complete("D02-11")), Err(Error::ContactMissing)));
    let mut proven = complete("D02-11");
    if let Command::Complete { proof, .. } = &mut proven {
        *proof = Some("电话".to_owned());
    }
    world.order_mut().work_class = WorkClass::B;
    assert!(matches!(world.ask(proven.clone()), Err(Error::ContactMissing)));
    world.order_mut().work_class = WorkClass::C;
    let happened = world.ask(proven).unwrap();
    assert!(matches!(happened[..], [What::Contacted { .. }, What::Completed { .. }]));
    assert!(matches!(world.ask(complete("D02-12")), Err(Error::NotClaimant { .. })));
}

/// Shows: dispatch OFFERED Urge; dispatch refuses URGED_ALREADY; dispatch refuses OWN_DEPARTMENT
#[test]
fn the_department_is_urged_once_per_due_instant_and_not_by_its_own() {
    let mut world = World::offered();
    let own = with_roles("D02-01", &[Role::Supervisor]);
    let refused = world.ask(Command::Press { by: own, level: Level::Urged, note: "n".to_owned() });
    assert!(matches!(refused, Err(Error::OwnDepartment)));
    world.ask(urge()).unwrap();
    assert!(matches!(world.ask(urge()), Err(Error::UrgedAlready)));
    let moved = instant("2026-03-20T17:30:00+08:00");
    world.order_mut().reply.as_mut().unwrap().due.at = moved;
    world.ask(urge()).unwrap();
    assert_eq!(world.order().supervisions.len(), 2);
}

/// Due 2026-10-08: the yellow card on 09-30, the red card on 10-09 (domain.md §3).
#[test]
fn cards_stand_around_a_holiday() {
    let submitted = "2026-09-22T10:00:00+08:00";
    let mut world = World::at(submitted);
    let limit = Limit::WorkingDays(6);
    world.hear(requested(world.now, vec![rule(LimitKind::Reply, Tier::Promised, limit)]));
    let deadline = world.order().reply.unwrap();
    assert_eq!(deadline.due.at, instant("2026-10-08T17:30:00+08:00"));
    assert_eq!(deadline.yellow_at, instant("2026-09-30T17:30:00+08:00"));
    assert_eq!(deadline.red_at, instant("2026-10-09T08:30:00+08:00"));
}

#[test]
fn short_limits_have_their_yellow_card_when_a_quarter_is_left() {
    let deadline = |limit| {
        let mut world = World::at(DAY_ONE);
        world.hear(requested(world.now, vec![rule(LimitKind::Reply, Tier::Promised, limit)]));
        world.order().reply.unwrap()
    };
    // Due 15:00; a quarter of 240 minutes is 60.
    let hours = deadline(Limit::WorkingMinutes(240));
    assert_eq!(hours.yellow_at, instant("2026-03-04T14:00:00+08:00"));
    assert_eq!(hours.red_at, instant("2026-03-04T15:00:00+08:00"));
    let natural = deadline(Limit::NaturalHours(4));
    assert_eq!(natural.yellow_at, instant("2026-03-04T12:00:00+08:00"));
    assert_eq!(natural.red_at, instant("2026-03-04T13:00:00+08:00"));
    // 390 minutes of the first day and 420 of the second: 202 before 17:30.
    let day = deadline(Limit::WorkingDays(1));
    assert_eq!(day.yellow_at, instant("2026-03-05T14:08:00+08:00"));
    assert_eq!(day.red_at, instant("2026-03-06T08:30:00+08:00"));
}

/// Accepted 2026-02-14 with 7 natural days by law and 2 working days promised: the law binds.
#[test]
fn the_earliest_tier_binds_and_is_shown() {
    let mut world = World::at("2026-02-14T10:00:00+08:00");
    let limits = vec![
        rule(LimitKind::Reply, Tier::Statutory, Limit::NaturalDays(7)),
        rule(LimitKind::Reply, Tier::Promised, Limit::WorkingDays(2)),
    ];
    world.hear(requested(world.now, limits));
    let due = world.order().reply.unwrap().due;
    assert_eq!((due.tier, due.rule_version), (Tier::Statutory, 1));
    assert_eq!(due.at, instant("2026-02-24T17:30:00+08:00"));
}

#[test]
fn without_a_catalogue_the_defaults_hold() {
    for (class, due) in [
        (WorkClass::C, "2026-03-11T17:30:00+08:00"),
        (WorkClass::B, "2026-03-18T17:30:00+08:00"),
        (WorkClass::A, "2026-03-25T17:30:00+08:00"),
    ] {
        let mut world = World::at(DAY_ONE);
        let wanted = Requested { work_class: class, ..requested(world.now, Vec::new()) };
        world.hear(wanted);
        let order = world.order();
        assert_eq!(order.reply.unwrap().due.at, instant(due));
        assert_eq!((order.reply.unwrap().due.rule_version, order.contact_due), (0, None));
        world.ask(Command::Claim { by: staff("D02-11") }).unwrap();
        let contact_due = world.order().contact_due.unwrap().at;
        assert_eq!(contact_due, instant("2026-03-05T17:30:00+08:00"));
    }
}
