//! What dispatch tells of an item's order, and what dispatch is told of its materials.

use base::WorkOrderId;
use calendar::Due;
use jiff::Timestamp;
use uuid::Uuid;

use super::*;

const UNTIL: &str = "2026-03-20T17:30:00+08:00";

fn one() -> Procedure {
    procedure(vec![matter("a", &[])])
}

fn reviewed() -> Case {
    under_review(after_all(running(&one()), &[add(agent(), "later")]), "a")
}

fn due(at: &str) -> Option<Due> {
    Some(Due { at: instant(at), provisional: false, calendar_version: 0 })
}

fn progress(state: WorkState, due: Option<Due>, at: Timestamp) -> Progress {
    Progress { state, department: None, claimant: None, due, pause: None, told_at: at }
}

/// The case after its order has moved.
fn moved(case: Case, now: Progress) -> Case {
    let work_order = case.items[&item("a")].order.as_ref().expect("an order").id;
    let occurred_at = now.told_at;
    let heard = Heard { work_order, occurred_at, news: News::Moved(now) };
    after(Some(case), &Command::Hear(heard), occurred_at)
}

fn rings(case: &Case) -> Option<Timestamp> {
    let armed = alarms(case).into_iter().find(|(alarm, _)| *alarm == Alarm::Item(item("a")));
    armed.map(|(_, at)| at)
}

#[test]
fn a_result_is_awaited_by_the_instant_that_dispatch_says() {
    let case = reviewed();
    assert_eq!(rings(&case), Some(instant("2026-03-11T17:30:00+08:00")), "5 wd by our own");
    let at = instant("2026-03-05T09:00:00+08:00");
    let case = moved(case, progress(WorkState::Claimed, due("2026-03-12T17:30:00+08:00"), at));
    assert_eq!(rings(&case), Some(instant("2026-03-12T17:30:00+08:00")));
    // An extension is granted.
    let at = instant("2026-03-10T09:00:00+08:00");
    let case = moved(case, progress(WorkState::InProgress, due(UNTIL), at));
    assert_eq!(rings(&case), Some(instant(UNTIL)));
    let same = moved(case.clone(), progress(WorkState::Offered, None, at));
    assert_eq!(rings(&same), Some(instant(UNTIL)), "nothing is said of a due instant");
    let calendar = Calendar::published();
    let recounted = decide(Some(&case), &Command::Recount, Moment { now: at, calendar: &calendar });
    assert_eq!(recounted, Ok(vec![]), "what dispatch computes, dispatch recounts");
}

#[test]
fn what_dispatch_said_before_the_acceptance_binds_if_it_is_earlier() {
    let case = after_all(running(&one()), &[add(agent(), "later")]);
    let case = after_all(case, &[of_item(agent(), "a", ItemAsk::Submit)]);
    let early = "2026-03-10T17:30:00+08:00";
    let case = moved(case, progress(WorkState::Claimed, due(early), instant(DAY_ONE)));
    assert_eq!(rings(&case), Some(instant("2026-03-11T17:30:00+08:00")), "the notice's own");
    let accepted = after_all(case, &[of_item(staff("D02"), "a", ItemAsk::Accept)]);
    assert_eq!(rings(&accepted), Some(instant(early)));
}

#[test]
fn what_stands_still_in_dispatch_is_waited_for_by_nobody() {
    let from = instant("2026-03-06T10:00:00+08:00");
    let until = instant(UNTIL);
    let asked = "2026-03-11T17:30:00+08:00";
    let case = moved(
        reviewed(),
        Progress {
            claimant: Some(person("D02-12")),
            ..progress(WorkState::Claimed, due(asked), instant(DAY_ONE))
        },
    );
    let paused = Progress {
        pause: Some(Standstill { from, until }),
        ..progress(WorkState::Suspended, due(asked), from)
    };
    let paused = moved(case, paused);
    assert_eq!(rings(&paused), None);
    let told = paused.items[&item("a")].progress.clone().expect("told");
    assert_eq!(told.claimant, Some(person("D02-12")), "who has it still has it");
    // 6, 9, 10 and 11 March were left of it: as many days behind the pause's own end.
    let calendar = Calendar::published();
    let moment = Moment { now: from, calendar: &calendar };
    let finish = forecast(&paused, None, moment).finishes_at;
    assert_eq!(finish, instant("2026-03-26T17:30:00+08:00"));
    // It goes on before that. The old instant has passed: nobody is told of it at once.
    let at = instant("2026-03-13T10:00:00+08:00");
    let resumed = Progress {
        pause: Some(Standstill { from: at, until: at }),
        ..progress(WorkState::InProgress, due(asked), at)
    };
    let resumed = moved(paused, resumed);
    assert_eq!(rings(&resumed), Some(instant("2026-03-16T17:30:00+08:00")));
    let told = resumed.items[&item("a")].progress.clone().expect("told");
    assert_eq!(told.pause, Some(Standstill { from, until: at }));
    let moved =
        moved(resumed, progress(WorkState::InProgress, due("2026-03-18T17:30:00+08:00"), at));
    assert_eq!(rings(&moved), Some(instant("2026-03-18T17:30:00+08:00")));
}

#[test]
fn what_was_never_asked_for_here_is_passed_over() {
    let case = reviewed();
    let occurred_at = instant(DAY_ONE);
    let hear = |work_order, case: &Case| {
        let news = News::Moved(progress(WorkState::Claimed, None, occurred_at));
        decide_at(Some(case), &Command::Hear(Heard { work_order, occurred_at, news }), occurred_at)
    };
    let own = case.items[&item("a")].order.as_ref().expect("an order").id;
    let assisting = WorkOrderId::new(Uuid::from_u128(7));
    assert_eq!(hear(assisting, &case), Ok(vec![]), "an order that assists is not the work");
    let done = after_all(case, &[issue("a", "1")]);
    assert_eq!(hear(assisting, &done), Ok(vec![]));
    let late = hear(own, &done).expect("never refused");
    assert!(matches!(late[..], [Fact { what: What::HeardLate { .. }, .. }]), "{late:?}");
}

#[test]
fn a_material_that_comes_ends_the_pause_of_each_order_that_waited_for_it() {
    let more = vec![need("main", false), need("later", true), need("last", true)];
    let wanted = procedure(vec![
        matter("a", &[]),
        Matter { materials: more, ..matter("b", &[]) },
        Matter { materials: vec![need("main", false)], ..matter("c", &[]) },
        matter("d", &["a"]),
    ]);
    let until = instant("2026-04-20T17:30:00+08:00");
    let ask = CaseAsk::PromiseMaterial { material: material("last"), until };
    let case = after_all(running(&wanted), &[promise(UNTIL), of_case(handler(), ask)]);
    let case = under_review(under_review(under_review(case, "a"), "b"), "c");
    let order = |code: &str| case.items[&item(code)].order.as_ref().expect("an order").id;
    let supplied = |case: &Case, code: &str| {
        let facts = decide_at(Some(case), &add(handler(), code), instant(DAY_ONE)).expect("taken");
        facts[0].what.supplied().to_vec()
    };
    assert_eq!(supplied(&case, "later"), [order("a")], "b waits for another one as well");
    let case = after_all(case.clone(), &[add(handler(), "later")]);
    assert_eq!(supplied(&case, "last"), [order("b")]);
}

#[test]
fn an_amended_calendar_lets_another_limit_bind() {
    // In two units: the working days bind, until the days off of a year are published.
    let limits = Matter {
        statutory: Some(Limit::NaturalDays(11)),
        promised: Some(Limit::WorkingDays(6)),
        ..matter("a", &[])
    };
    let now = instant("2026-12-28T10:00:00+08:00");
    let wanted = procedure(vec![limits]);
    let mut case = after(None, &open(wanted.clone()), now);
    for command in [
        mandate(&wanted, "2027-12-31T17:30:00+08:00"),
        of_case(agent(), CaseAsk::Start),
        add(agent(), "main"),
        add(agent(), "later"),
        of_item(agent(), "a", ItemAsk::Submit),
        of_item(staff("D02"), "a", ItemAsk::Accept),
    ] {
        case = after(Some(case), &command, now);
    }
    let due = |case: &Case| case.items[&item("a")].wait.expect("a result").due.at;
    // 29, 30, 31 December, 1 January as a plain Friday, 4 and 5 January.
    assert_eq!(due(&case), instant("2027-01-05T17:30:00+08:00"), "6 wd bind");
    let year = "year = 2027\ncomplete = true\nversion = 1\n\
        [[notice]]\nnumber = \"国办发明电〔2026〕1号\"\nissued = 2026-11-01\n\
        title = \"通知\"\nurl = \"\"\n\
        [[holiday]]\nname = \"元旦\"\nnotice = \"国办发明电〔2026〕1号\"\n\
        off = { from = 2027-01-01, to = 2027-01-07 }\nwork = []\n";
    let published = Calendar::published().with_year(calendar::Year::parse(year).expect("a year"));
    let facts = decide(Some(&case), &Command::Recount, Moment { now, calendar: &published });
    let moved = facts.expect("never refused").iter().fold(Some(case), apply).expect("a case");
    // 6 wd would end on 12 January.
    assert_eq!(due(&moved), instant("2027-01-08T17:30:00+08:00"), "11 natural days bind");
    let limit = moved.items[&item("a")].wait.and_then(|wait| wait.limit);
    assert_eq!(limit, Some(Limit::NaturalDays(11)));
}
