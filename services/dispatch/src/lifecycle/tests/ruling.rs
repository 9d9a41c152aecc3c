//! Whoever rules on an exception is another person than who asked for it, by whatever account.

use base::{Person, Role};

use super::sample::*;
use super::*;

/// Staff of a department who is a dispatcher too.
fn both(code: &str) -> Person {
    with_roles(code, &[Role::Staff, Role::Dispatcher])
}

/// The same person by another account, and their deputy in the office.
fn likenesses(code: &str) -> [Person; 3] {
    let mut account = both("D01-21");
    account.same_person_as = Some(person_id(code));
    let mut deputy = both("D01-22");
    deputy.lent.insert(Role::Dispatcher, person_id(code));
    [both(code), account, deputy]
}

fn pause_ruling(by: Person) -> Command {
    Command::DecidePause { by, decision: Decision::Granted, reason: "r".to_owned() }
}

fn is_own(refused: &Result<Vec<What>, Error>) -> bool {
    matches!(refused, Err(Error::RulesOnOwn))
}

/// Shows: dispatch refuses RULES_ON_OWN
#[test]
fn nobody_rules_on_the_pause_or_extension_that_they_asked_for() {
    let until = instant("2026-03-09T17:30:00+08:00");
    let later = instant("2026-03-13T17:30:00+08:00");
    let mut world = World::in_progress();
    world.ask(pause("D02-11", PauseReason::Hearing, until)).unwrap();
    world.ask(extend("D02-11", later)).unwrap();
    // Whoever has it now has it to gain as well.
    world.ask(Command::HandOver { by: staff("D02-11"), to: nominee("D02-12") }).unwrap();
    for code in ["D02-11", "D02-12"] {
        for by in likenesses(code) {
            let ruled = extension_ruling(by.clone(), Decision::Granted);
            assert!(is_own(&world.ask(ruled)), "{}", by.id);
            assert!(is_own(&world.ask(pause_ruling(by))));
        }
    }
    world.ask(extension_ruling(both("D02-14"), Decision::Granted)).unwrap();
    world.ask(pause_ruling(both("D02-14"))).unwrap();
}

/// Shows: dispatch refuses RULES_ON_OWN
#[test]
fn nobody_rules_on_the_return_that_they_asked_for() {
    let mut world = World::offered();
    world.ask(Command::Claim { by: staff("D02-11") }).unwrap();
    world.ask(give_back("D02-12", Some("D03"))).unwrap();
    let reason = || "r".to_owned();
    for code in ["D02-11", "D02-12"] {
        for by in likenesses(code) {
            let to = Some(named("D03"));
            let uphold = Command::UpholdReturn { by: by.clone(), to, reason: reason() };
            assert!(is_own(&world.ask(uphold)), "{}", by.id);
            assert!(is_own(&world.ask(Command::RefuseReturn { by, reason: reason() })));
        }
    }
    world.ask(Command::RefuseReturn { by: both("D02-14"), reason: reason() }).unwrap();
}

#[test]
fn a_lead_never_extends_their_own_department() {
    let later = instant("2026-03-13T17:30:00+08:00");
    let roles = [Role::Lead, Role::Dispatcher];
    let mut world = World::in_progress();
    world.ask(extend("D02-11", later)).unwrap();
    let own = extension_ruling(with_roles("D02-01", &roles), Decision::Granted);
    assert!(is_own(&world.ask(own)));
    world.ask(extension_ruling(with_roles("D03-01", &roles), Decision::Granted)).unwrap();
}
