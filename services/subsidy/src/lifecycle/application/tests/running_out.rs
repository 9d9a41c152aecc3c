//! What time does: who waits too long is told of, promises run, the calendar is amended.

use super::*;
use calendar::{Calendar, Moment};

use crate::lifecycle::policy::sample::instant;

fn told(facts: &[ApplicationFact]) -> Vec<(Alarm, Told)> {
    let told = facts.iter().filter_map(|fact| {
        if let What::LimitMissed { alarm, told, .. } = &fact.what {
            Some((*alarm, *told))
        } else {
            None
        }
    });
    told.collect()
}

fn rung(application: Application, alarm: Alarm) -> (Application, Vec<(Alarm, Told)>) {
    let at = armed_at(&application, &alarm.to_string()).expect("it is armed");
    let now = at.to_string();
    let (application, facts) =
        told_after(Some(application), &ApplicationCommand::Ring(alarm), &now);
    (application, told(&facts))
}

#[test]
fn who_waits_too_long_is_told_of_and_then_a_leader_every_working_day() {
    let application = submitted(plain());
    let limit = instant("2026-03-11T17:30:00+08:00");
    assert_eq!(armed_at(&application, "STATE"), Some(limit), "the form check, 5 wd");
    let (application, first) = rung(application, Alarm::State);
    assert_eq!(first, [(Alarm::State, Told::DepartmentHead)]);
    let next = instant("2026-03-12T17:30:00+08:00");
    assert_eq!(armed_at(&application, "STATE"), Some(next));
    let (application, second) = rung(application, Alarm::State);
    assert_eq!(second, [(Alarm::State, Told::ZoneLeader)]);
    assert_eq!(application.state, State::Submitted);
    assert_eq!(after_all(application, &[accept()]).wait.map(|wait| wait.told_times), Some(0));
    let (_, of_second) = rung(reviewed(plain()), Alarm::State);
    assert_eq!(of_second, [(Alarm::State, Told::SecondDepartmentHead)]);
}

#[test]
fn a_queue_is_looked_at_every_thirty_days() {
    let queued = after_all(reviewed(plain()), &[second_review(base::Fen::ZERO)]);
    let first = armed_at(&queued, "STATE").expect("it is armed");
    assert_eq!(first, instant("2026-04-03T17:30:00+08:00"));
    let (queued, said) = rung(queued, Alarm::State);
    assert_eq!(said, [(Alarm::State, Told::DepartmentHead)]);
    let again = armed_at(&queued, "STATE").expect("it is armed");
    assert_eq!(again, instant("2026-05-06T17:30:00+08:00"), "05-03 is a day off");
}

#[test]
fn a_promise_of_10_wd_from_the_submission_is_held_against_it_once() {
    let application = submitted(plain());
    let due = instant("2026-03-18T17:30:00+08:00");
    assert_eq!(application.promised.as_ref().map(|promised| promised.due.at), Some(due));
    let (application, said) = rung(application, Alarm::Promise);
    assert_eq!(said, [(Alarm::Promise, Told::DepartmentHead)]);
    assert!(application.promised.as_ref().is_some_and(|promised| promised.missed));
    assert_eq!(armed_at(&application, "PROMISE"), None);
    let approved = after_all(reviewed(plain()), &[second_review(PLENTY)]);
    assert_eq!(armed_at(&approved, "PROMISE"), None, "from there it is the payment's");
}

#[test]
fn the_promise_stands_still_while_the_enterprise_supplements() {
    let lack = Lack { what: "合同".to_owned(), why: "未盖章".to_owned() };
    let asked = ask(checker(), Ask::ReturnForSupplement { lacks: vec![lack] });
    let waiting = after(Some(submitted(plain())), &asked, "2026-03-05T09:00:00+08:00");
    assert_eq!(armed_at(&waiting, "PROMISE"), None);
    let documents = vec![document("合同.pdf")];
    let supplement = ask(handler(), Ask::Supplement { snapshot: snapshot(), documents });
    let on = after(Some(waiting), &supplement, "2026-03-09T10:00:00+08:00");
    let due = instant("2026-03-20T17:30:00+08:00");
    assert_eq!(armed_at(&on, "PROMISE"), Some(due), "two closes of office later");
}

#[test]
fn an_objection_that_nobody_decides_is_told_of() {
    let application = after_all(on_notice_since(DAY_ONE), &[object(neighbour())]);
    let (application, first) = rung(application, Alarm::Objection(1));
    assert_eq!(first, [(Alarm::Objection(1), Told::DepartmentHead)]);
    let (application, second) = rung(application, Alarm::Objection(1));
    assert_eq!(second, [(Alarm::Objection(1), Told::ZoneLeader)]);
    let withdrawn = after(Some(application), &withdraw(), "2026-03-16T09:00:00+08:00");
    assert_eq!(alarms(&withdrawn), [], "with its entry it ends");
}

#[test]
fn every_alarm_reads_its_own_word() {
    for alarm in [Alarm::State, Alarm::Promise, Alarm::Notice, Alarm::Objection(17)] {
        assert_eq!(Alarm::parse(&alarm.to_string()), Some(alarm));
    }
    assert_eq!(Alarm::parse("OBJECTION_"), None);
    assert_eq!(Alarm::parse("SOMETHING"), None);
}

#[test]
fn an_alarm_that_is_not_armed_does_nothing() {
    let application = submitted(plain());
    for alarm in [Alarm::Notice, Alarm::Objection(1)] {
        let rung = decide_at(Some(&application), &ApplicationCommand::Ring(alarm), DAY_ONE);
        assert_eq!(rung.expect("never refused"), []);
    }
}

/// Shows: M10.
#[test]
fn m10_an_amended_calendar_may_lengthen_a_notice_and_never_shortens_it() {
    // No year is published in it: weekends alone are left out.
    let known = Calendar::published();
    let bare = Calendar::new(known.office_hours().clone(), known.zone().clone());
    let start = "2026-02-12T09:00:00+08:00";
    let application = on_notice_since("2026-03-04T09:00:00+08:00");
    let recount = |application: &Application, calendar: &Calendar, now: &str| {
        let moment = Moment { now: instant(now), calendar };
        let facts = decide(Some(application), &ApplicationCommand::Recount, moment);
        facts.expect("never refused").iter().fold(Some(application.clone()), apply)
    };
    let published = Calendar::published();
    let same = recount(&application, &published, DAY_ONE).expect("an application");
    assert_eq!(same.notice, application.notice, "nothing changed");
    // Begun over the Spring Festival by bare weekends, it ends later once that is known.
    let long = {
        let list = list_of(&[&application]);
        let fresh = Application { notice: None, ..application.clone() };
        let command = ask(checker(), Ask::StartNotice { list, kept_by: None });
        let fresh = Application { changed_at: instant(start), ..fresh };
        let moment = Moment { now: instant(start), calendar: &bare };
        let facts = decide(Some(&fresh), &command, moment).expect("it is taken");
        facts.iter().fold(Some(fresh), apply).expect("an application")
    };
    let before = long.notice.as_ref().expect("on notice").due;
    assert!(before.provisional);
    let later = recount(&long, &published, start).expect("an application");
    let after = later.notice.as_ref().expect("on notice").due;
    assert_eq!((after.at, after.provisional), (instant("2026-02-26T17:30:00+08:00"), false));
    assert!(before.at < after.at);
    let back = recount(&later, &bare, start).expect("an application");
    assert_eq!(back.notice, later.notice, "never shorter");
}
