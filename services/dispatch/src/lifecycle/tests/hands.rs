//! What a department may do with an order wherever it stands: hand it on, be pressed, answer; and
//! what is still ruled on when its claimant has left.

use base::Role;

use super::sample::*;
use super::*;

/// Order 1 with D02-11, where somebody has it: each state and how it comes there.
fn held() -> Vec<(State, World)> {
    let until = instant("2026-03-09T17:30:00+08:00");
    let claim = Command::Claim { by: staff("D02-11") };
    let mut claimed = World::offered();
    claimed.ask(claim.clone()).unwrap();
    let mut returned = World::offered();
    returned.ask(claim).unwrap();
    returned.ask(give_back("D02-11", None)).unwrap();
    let mut suspended = World::in_progress();
    suspended.ask(extend("D02-11", instant("2026-03-13T17:30:00+08:00"))).unwrap();
    suspended.ask(pause("D02-11", PauseReason::Hearing, until)).unwrap();
    suspended.ask(ruling(Decision::Granted)).unwrap();
    let mut replied = World::in_progress();
    replied.order_mut().work_class = WorkClass::A;
    replied.ask(complete("D02-11")).unwrap();
    vec![
        (State::Claimed, claimed),
        (State::InProgress, World::in_progress()),
        (State::ReturnPending, returned),
        (State::Suspended, suspended),
        (State::AwaitingSignature, replied),
    ]
}

/// Shows: dispatch CLAIMED Assign; dispatch CLAIMED HandOver
/// Shows: dispatch IN_PROGRESS Assign; dispatch IN_PROGRESS HandOver
/// Shows: dispatch RETURN_PENDING Assign; dispatch RETURN_PENDING HandOver
/// Shows: dispatch SUSPENDED Assign; dispatch SUSPENDED HandOver
/// Shows: dispatch AWAITING_SIGNATURE Assign; dispatch AWAITING_SIGNATURE HandOver
#[test]
fn it_goes_from_hand_to_hand_wherever_it_stands() {
    for (state, mut world) in held() {
        let lead = with_roles("D02-01", &[Role::Lead]);
        world.ask(Command::Assign { by: lead, to: nominee("D02-12") }).unwrap();
        world.ask(Command::HandOver { by: staff("D02-12"), to: nominee("D02-14") }).unwrap();
        let order = world.order();
        assert_eq!((order.state, &order.claimant), (state, &Some(person_id("D02-14"))));
    }
}

/// Shows: dispatch CLAIMED Urge; dispatch CLAIMED Supervise; dispatch CLAIMED AnswerSupervision
/// Shows: dispatch RETURN_PENDING Urge; dispatch RETURN_PENDING Supervise
/// Shows: dispatch RETURN_PENDING AnswerSupervision; dispatch SUSPENDED AnswerSupervision
/// Shows: dispatch SUSPENDED Urge; dispatch SUSPENDED Supervise
/// Shows: dispatch AWAITING_SIGNATURE Urge; dispatch AWAITING_SIGNATURE Supervise
/// Shows: dispatch AWAITING_SIGNATURE AnswerSupervision
#[test]
fn it_is_pressed_and_answered_for_wherever_it_stands() {
    for (state, mut world) in held() {
        for level in [Level::Urged, Level::Supervised] {
            world.ask(press(level)).unwrap();
            let (by, answer) = (staff("D02-12"), "a".to_owned());
            world.ask(Command::AnswerSupervision { by, level, answer }).unwrap();
        }
        let order = world.order();
        assert_eq!((order.state, order.supervisions.len()), (state, 2));
        assert!(order.supervisions.iter().all(|asked| asked.answered_at.is_some()));
    }
}

/// Shows: dispatch SUSPENDED RefuseExtension
#[test]
fn an_extension_is_refused_while_the_clock_stands_still() {
    let (_, mut world) = held().remove(3);
    world.ask(extension_ruling(dispatcher(), Decision::Refused)).unwrap();
    assert_eq!(world.order().state, State::Suspended);
}

/// Shows: dispatch OFFERED GrantPause; dispatch OFFERED RefusePause
/// Shows: dispatch OFFERED GrantExtension; dispatch OFFERED RefuseExtension
#[test]
fn what_was_asked_is_ruled_on_though_the_claimant_has_left() {
    let until = instant("2026-03-06T17:30:00+08:00");
    let left = || Command::Leave { person: Some(person_id("D02-11")) };
    for (decision, state) in
        [(Decision::Granted, State::Suspended), (Decision::Refused, State::Offered)]
    {
        let mut world = World::in_progress();
        world.ask(pause("D02-11", PauseReason::Hearing, until)).unwrap();
        world.ask(left()).unwrap();
        world.ask(ruling(decision)).unwrap();
        assert_eq!(world.order().state, state);
        let mut world = World::in_progress();
        let later = instant("2026-03-13T17:30:00+08:00");
        world.ask(extend("D02-11", later)).unwrap();
        world.ask(left()).unwrap();
        world.ask(extension_ruling(dispatcher(), decision)).unwrap();
        let moved = world.order().reply.unwrap().due.at == later;
        assert_eq!(moved, decision == Decision::Granted);
    }
}

/// Whoever sees it is not who has it: the dispatcher, its lead's nominee and time alone go on.
///
/// Shows: dispatch refuses NOT_CLAIMANT; dispatch SUSPENDED Resume
#[test]
fn nobody_goes_on_or_answers_for_a_claimant_who_has_left() {
    let until = instant("2026-03-06T17:30:00+08:00");
    let mut world = World::in_progress();
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    world.ask(pause("D02-11", PauseReason::AwaitingMaterials, until)).unwrap();
    world.ask(Command::Leave { person: Some(person_id("D02-11")) }).unwrap();
    world.ask(ruling(Decision::Granted)).unwrap();
    assert_eq!((world.order().state, &world.order().claimant), (State::Suspended, &None));
    assert!(!allowed(world.order()).contains(&Action::Complete));
    let mut unsupplied = complete("D02-12");
    if let Command::Complete { outcome, .. } = &mut unsupplied {
        *outcome = Outcome::NotSupplemented;
    }
    world.now = until;
    for by in [
        staff("D02-12"),
        staff("D02-13"),
        staff("D03-11"),
        with_roles("D02-01", &[Role::Lead]),
        with_roles("D01-02", &[Role::Supervisor]),
    ] {
        let resumed = world.ask(Command::Resume { by: by.clone() });
        assert!(matches!(resumed, Err(Error::NobodyClaimed)), "{}", by.id);
        if let Command::Complete { by: answers, .. } = &mut unsupplied {
            *answers = by.clone();
        }
        let answered = world.ask(unsupplied.clone());
        assert!(matches!(answered, Err(Error::NobodyClaimed)), "{}", by.id);
    }
    world.ask(Command::Resume { by: dispatcher() }).unwrap();
    assert_eq!(world.order().state, State::Offered);
}

/// Shows: dispatch refuses RETURN_NAMES_OWN; dispatch refuses DEPARTMENT_EXCLUDED
#[test]
fn a_return_names_another_department_and_one_that_may_have_it() {
    let mut world = World::offered();
    let own = world.ask(give_back("D02-11", Some("D02"))).unwrap_err();
    assert!(
        matches!(own, Error::ReturnNamesOwn { department: named } if named == department("D02"))
    );
    let excluded = world.ask(give_back("D02-11", Some("D09")));
    assert!(matches!(excluded, Err(Error::DepartmentExcluded { .. })));
    // One that was dissolved is none: the directory does not know it any more.
    let dissolved = world.ask(give_back("D02-11", Some("D99")));
    assert!(matches!(dissolved, Err(Error::DepartmentNotFound { .. })));
    assert_eq!(world.order().returns, []);
    world.ask(give_back("D02-11", Some("D03"))).unwrap();
}

#[test]
fn what_is_allowed_fits_this_order() {
    use Action::*;
    let pressing = [Urge, Supervise];
    let mut world = World::offered();
    assert_eq!(allowed(world.order()), [&[Claim, Assign, Contact, Return][..], &pressing].concat());
    world.order_mut().kind = WorkKind::Decision;
    assert_eq!(
        allowed(world.order()),
        [&[Claim, Assign, Contact, Decline][..], &pressing].concat()
    );
    let mut world = World::in_progress();
    let at_work = [Assign, HandOver, AskAssistance, AskPause, AskExtension, Complete];
    assert_eq!(allowed(world.order()), [&at_work[..], &pressing].concat());
    world.ask(pause("D02-11", PauseReason::Hearing, instant("2026-03-09T17:30:00+08:00"))).unwrap();
    world.ask(urge()).unwrap();
    let ruled_on = [Assign, HandOver, AskAssistance, GrantPause, RefusePause, AskExtension];
    let pressed = [Complete, Supervise, AnswerSupervision];
    assert_eq!(allowed(world.order()), [&ruled_on[..], &pressed].concat());
}
