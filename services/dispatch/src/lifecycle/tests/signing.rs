//! Signature: who signs, what instant counts, and what is sent back; and outcomes of their own.

use base::Role;
use calendar::Limit;
use jiff::civil::date;

use super::sample::*;
use super::*;

/// Order 1 of a class, in progress with D02-11.
fn of_class(work_class: WorkClass) -> World {
    let mut world = World::at(DAY_ONE);
    world.hear(Requested { work_class, ..requested(world.now, rules()) });
    world.ask(contact("D02-11")).unwrap();
    world
}

fn send_back(by: &str) -> Command {
    Command::SendBack { by: with_roles(by, &[Role::Lead]), reason: "请补充依据".to_owned() }
}

fn with_outcome(outcome: Outcome) -> Command {
    let mut command = complete("D02-11");
    if let Command::Complete { outcome: said, planned, .. } = &mut command {
        *said = outcome;
        *planned = (outcome == Outcome::Planned).then(|| date(2026, 6, 30));
    }
    command
}

/// Due on 03-11 at 17:30, answered the day before, to be signed until 03-11 at 17:30.
///
/// Shows: dispatch IN_PROGRESS Complete; dispatch AWAITING_SIGNATURE Sign
#[test]
fn signed_within_a_working_day_the_instant_that_counts_is_the_claimants() {
    for class in [WorkClass::A, WorkClass::B] {
        for (signed_at, counts, late) in [
            ("2026-03-12T17:30:00+08:00", "2026-03-11T17:30:00+08:00", false),
            ("2026-03-12T17:30:01+08:00", "2026-03-12T17:30:01+08:00", true),
        ] {
            let mut world = of_class(class);
            world.now = instant("2026-03-11T17:30:00+08:00");
            let happened = world.ask(complete("D02-11")).unwrap();
            assert!(matches!(happened[..], [What::Replied { .. }]));
            assert_eq!(world.order().state, State::AwaitingSignature);
            assert!(matches!(world.ask(complete("D02-11")), Err(Error::StateForbids { .. })));
            world.now = instant(signed_at);
            world.ask(sign("D02-01")).unwrap();
            let order = world.order();
            assert_eq!((order.state, order.answered_late), (State::Completed, Some(late)));
            assert_eq!(order.completed_at, Some(instant(counts)));
            assert_eq!(order.signer, Some(person_id("D02-01")));
            assert!(order.concerned.contains(&person_id("D02-01")));
        }
    }
}

/// Shows: dispatch refuses SIGNS_OWN; dispatch AWAITING_SIGNATURE SendBack; dispatch AWAITING_SIGNATURE Assign; dispatch AWAITING_SIGNATURE HandOver
#[test]
fn nobody_signs_their_own_answer_nor_that_of_the_order_they_have() {
    let mut world = of_class(WorkClass::B);
    assert!(matches!(world.ask(sign("D02-01")), Err(Error::StateForbids { .. })));
    world.ask(complete("D02-11")).unwrap();
    assert!(matches!(world.ask(sign("D02-11")), Err(Error::SignsOwn)));
    assert!(matches!(world.ask(send_back("D02-11")), Err(Error::SignsOwn)));
    assert!(matches!(world.ask(sign("D03-11")), Err(Error::WorkOrderNotFound)));
    let mut second_account = with_roles("D02-15", &[Role::Lead]);
    second_account.same_person_as = Some(person_id("D02-11"));
    assert!(matches!(world.ask(Command::Sign { by: second_account }), Err(Error::SignsOwn)));
    world.ask(Command::HandOver { by: staff("D02-11"), to: nominee("D02-12") }).unwrap();
    assert!(matches!(world.ask(sign("D02-12")), Err(Error::SignsOwn)));
    assert!(matches!(world.ask(sign("D02-11")), Err(Error::SignsOwn)));
    let lead = with_roles("D02-01", &[Role::Lead]);
    world.ask(Command::Assign { by: lead, to: nominee("D02-14") }).unwrap();
    world.ask(send_back("D02-01")).unwrap();
    let order = world.order();
    assert_eq!((order.state, order.outcome), (State::InProgress, None));
    assert_eq!((order.answer.as_str(), order.replied.clone()), ("", None));
    world.ask(complete("D02-14")).unwrap();
    world.ask(sign("D02-01")).unwrap();
}

/// Shows: dispatch refuses SIGNS_OWN
#[test]
fn nobody_signs_in_the_place_of_who_answered() {
    let deputy_of = |principal: &str| {
        let mut deputy = with_roles("D02-12", &[Role::Staff, Role::Lead]);
        deputy.lent.insert(Role::Lead, person_id(principal));
        Command::Sign { by: deputy }
    };
    let mut world = of_class(WorkClass::B);
    world.ask(complete("D02-11")).unwrap();
    assert!(matches!(world.ask(deputy_of("D02-11")), Err(Error::SignsOwn)));
    world.ask(Command::HandOver { by: staff("D02-11"), to: nominee("D02-14") }).unwrap();
    assert!(matches!(world.ask(deputy_of("D02-11")), Err(Error::SignsOwn)));
    assert!(matches!(world.ask(deputy_of("D02-14")), Err(Error::SignsOwn)));
    world.ask(deputy_of("D02-01")).unwrap();
}

/// Shows: dispatch hears StaffLeft in AWAITING_SIGNATURE
#[test]
fn what_is_sent_back_when_its_claimant_has_left_waits_for_a_colleague() {
    let mut world = of_class(WorkClass::A);
    world.ask(complete("D02-11")).unwrap();
    world.ask(Command::Leave { person: Some(person_id("D02-11")) }).unwrap();
    assert_eq!(world.order().state, State::AwaitingSignature);
    world.ask(send_back("D02-01")).unwrap();
    assert_eq!(world.order().state, State::Offered);
    world.ask(Command::Claim { by: staff("D02-12") }).unwrap();
    assert_eq!(world.order().state, State::InProgress);
}

/// No card while it may still be signed in time; then it counts against the department.
#[test]
fn an_answer_that_nobody_signs_is_told_upwards_and_gets_its_cards() {
    let mut world = of_class(WorkClass::B);
    world.now = instant("2026-03-11T09:00:00+08:00");
    world.ask(complete("D02-11")).unwrap();
    let told = world.go_to(instant("2026-03-12T17:29:59+08:00"), None);
    assert_eq!(told, []);
    let told = world.go_to(instant("2026-03-13T17:30:00+08:00"), None);
    let signature =
        |what: &&What| matches!(what, What::LimitMissed { alarm: Alarm::Signature, .. });
    assert_eq!(told.iter().filter(signature).count(), 2);
    assert_eq!(world.order().card, Some(Card::Red));
    world.ask(sign("D02-01")).unwrap();
    assert_eq!(world.order().answered_late, Some(true));
}

#[test]
fn classes_c_and_urgent_and_who_assists_need_no_signature() {
    for class in [WorkClass::C, WorkClass::Urgent] {
        let mut world = of_class(class);
        world.ask(complete("D02-11")).unwrap();
        assert_eq!(world.order().state, State::Completed);
    }
    let mut world = of_class(WorkClass::A);
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    world.ask_of(order_id(2), contact("D03-11")).unwrap();
    world.ask_of(order_id(2), complete("D03-11")).unwrap();
    assert_eq!(world.orders[&order_id(2)].state, State::Completed);
}

/// Shows: dispatch SUSPENDED Complete; dispatch refuses OUTCOME_FORBIDS
#[test]
fn not_supplemented_is_said_when_the_enterprise_was_awaited_in_vain_and_not_before() {
    let until = instant("2026-03-06T12:00:00+08:00");
    let awaiting = |class| {
        let mut world = of_class(class);
        world.ask(pause("D02-11", PauseReason::AwaitingMaterials, until)).unwrap();
        world.ask(ruling(Decision::Granted)).unwrap();
        world
    };
    let unsupplied = || with_outcome(Outcome::NotSupplemented);
    let never = of_class(WorkClass::C).ask(unsupplied());
    assert!(matches!(never, Err(Error::OutcomeForbids { .. })));
    let mut world = awaiting(WorkClass::C);
    assert!(matches!(world.ask(unsupplied()), Err(Error::OutcomeForbids { .. })));
    assert!(matches!(world.ask(complete("D02-11")), Err(Error::StateForbids { .. })));
    // The alarm of its end has not rung yet.
    world.now = until;
    assert!(matches!(world.ask(complete("D02-11")), Err(Error::StateForbids { .. })));
    world.ask(unsupplied()).unwrap();
    let order = world.order();
    assert_eq!((order.state, order.outcome), (State::Completed, Some(Outcome::NotSupplemented)));
    // It has rung.
    let mut world = awaiting(WorkClass::B);
    world.go_to(instant("2026-03-06T15:00:00+08:00"), None);
    world.ask(unsupplied()).unwrap();
    assert_eq!(world.order().state, State::AwaitingSignature);
    // Heard after that, whether it came in time is judged by the instant it was supplied.
    for (occurred_at, in_time) in
        [("2026-03-06T11:59:59+08:00", true), ("2026-03-06T12:00:00+08:00", false)]
    {
        let mut world = awaiting(WorkClass::C);
        world.go_to(instant("2026-03-06T15:00:00+08:00"), None);
        let supplied_at = instant(occurred_at);
        let supplied = Command::SupplyMaterials { occurred_at: supplied_at };
        let came = What::MaterialsCame { supplied_at };
        assert_eq!(world.ask(supplied).unwrap(), [came], "{occurred_at}");
        let forbidden = matches!(world.ask(unsupplied()), Err(Error::OutcomeForbids { .. }));
        assert_eq!(forbidden, in_time, "{occurred_at}");
    }
    // Nor does it matter that the alarm of the end, or another change, was quicker than the news.
    let mut world = awaiting(WorkClass::C);
    world.now = instant("2026-03-06T15:00:00+08:00");
    world.ask(Command::HandOver { by: staff("D02-11"), to: nominee("D02-12") }).unwrap();
    let supplied_at = instant("2026-03-06T09:00:00+08:00");
    let happened = world.ask(Command::SupplyMaterials { occurred_at: supplied_at }).unwrap();
    assert_eq!(
        happened[0],
        What::Resumed { resumed_at: supplied_at, ran_out: false, claim_due: None }
    );
    // Suspended and awaited in vain, classes A and B wait for the signature too.
    let mut world = awaiting(WorkClass::A);
    world.now = until;
    world.ask(unsupplied()).unwrap();
    assert_eq!(world.order().state, State::AwaitingSignature);
}

/// Due 03-11 at 11:30 before the pause, on 03-12 with it.
///
/// Shows: dispatch SUSPENDED Complete; dispatch refuses ASSISTANCE_OPEN
#[test]
fn a_pause_that_ends_with_the_answer_moves_by_when_others_assist() {
    let mut world = of_class(WorkClass::C);
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    world.now = instant("2026-03-10T09:00:00+08:00");
    let until = instant("2026-03-11T12:00:00+08:00");
    world.ask(pause("D02-11", PauseReason::AwaitingMaterials, until)).unwrap();
    world.ask(ruling(Decision::Granted)).unwrap();
    // The alarm of its end has not rung yet.
    world.now = until;
    let answered = world.ask(with_outcome(Outcome::NotSupplemented));
    assert!(matches!(answered, Err(Error::AssistanceOpen { .. })), "{answered:?}");
    // Once it is overdue, its lateness is its own.
    world.now = instant("2026-03-13T12:00:00+08:00");
    world.ask(with_outcome(Outcome::NotSupplemented)).unwrap();
    assert_eq!(world.order().overdue_assistance, [order_id(2)]);
}

/// Shows: dispatch AWAITING_SIGNATURE SendBack; dispatch refuses OUTCOME_FORBIDS
/// Shows: dispatch hears MaterialsSupplied in AWAITING_SIGNATURE
#[test]
fn not_supplemented_is_not_signed_once_it_is_known_that_the_enterprise_had_supplied() {
    let until = instant("2026-03-06T12:00:00+08:00");
    for (supplied, in_time) in
        [("2026-03-06T11:59:59+08:00", true), ("2026-03-06T12:00:00+08:00", false)]
    {
        let mut world = of_class(WorkClass::B);
        world.ask(pause("D02-11", PauseReason::AwaitingMaterials, until)).unwrap();
        world.ask(ruling(Decision::Granted)).unwrap();
        world.go_to(instant("2026-03-06T14:00:00+08:00"), None);
        world.ask(with_outcome(Outcome::NotSupplemented)).unwrap();
        assert!(allowed(world.order()).contains(&Action::Sign));
        world.ask(Command::SupplyMaterials { occurred_at: instant(supplied) }).unwrap();
        assert_eq!(allowed(world.order()).contains(&Action::Sign), !in_time, "{supplied}");
        let signed = world.ask(sign("D02-01"));
        assert_eq!(signed.is_err(), in_time, "{supplied}");
        if in_time {
            assert!(matches!(signed, Err(Error::OutcomeForbids { .. })));
            world.ask(send_back("D02-01")).unwrap();
            world.ask(complete("D02-11")).unwrap();
            world.ask(sign("D02-01")).unwrap();
        }
    }
}

/// Shows: dispatch refuses OUTCOME_FORBIDS
#[test]
fn that_the_service_is_accepted_the_enterprise_says_and_no_department() {
    let mut world = of_class(WorkClass::C);
    let refused = world.ask(with_outcome(Outcome::ServiceConfirmed));
    assert!(matches!(refused, Err(Error::OutcomeForbids { outcome: Outcome::ServiceConfirmed })));
    world.ask(with_outcome(Outcome::Explained)).unwrap();
}

#[test]
fn what_is_planned_is_promised_for_the_close_of_a_day_to_come() {
    let mut world = of_class(WorkClass::C);
    let mut past = with_outcome(Outcome::Planned);
    if let Command::Complete { planned, .. } = &mut past {
        *planned = Some(date(2026, 3, 3));
    }
    assert!(matches!(world.ask(past), Err(Error::PlannedPast)));
    world.ask(with_outcome(Outcome::Planned)).unwrap();
    assert_eq!(world.order().planned_at, Some(instant("2026-06-30T17:30:00+08:00")));
}

/// Shows: dispatch refuses DECIDED_IN_OWNER
#[test]
fn decision_work_is_not_answered_here_and_names_where() {
    for (source, method) in [
        ("cases/1/items/I1", "whistle.agency.v1.AgencyService/IssueItem"),
        ("applications/1", "whistle.subsidy.v1.ApplicationService/ReviewApplication"),
    ] {
        let mut world = World::at(DAY_ONE);
        let (kind, source) = (WorkKind::Decision, source.to_owned());
        let limits = vec![rule(LimitKind::Reply, Tier::Statutory, Limit::WorkingDays(20))];
        world.hear(Requested { kind, source, ..requested(world.now, limits) });
        world.ask(contact("D02-11")).unwrap();
        let refused = world.ask(complete("D02-11"));
        assert!(matches!(refused, Err(Error::DecidedInOwner { method: of }) if of == method));
    }
}
