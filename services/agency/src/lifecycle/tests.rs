//! The rules of a case, one at a time.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod checking;
mod clocks;
mod committing;
mod concerned;
mod forecasting;
mod hearing;
mod mandating;
mod reviewing;
mod running_out;

use base::Role;
use calendar::{Calendar, Limit, Moment};
use strum::IntoEnumIterator as _;

use super::sample::*;
use super::*;
use crate::error::Error;

fn refused(case: &Case, command: &Command) -> Error {
    decide_at(Some(case), command, instant(DAY_ONE)).expect_err("it is refused")
}

#[test]
fn items_that_wait_for_nothing_are_ready_together_and_fan_in_waits_for_all() {
    let wanted = procedure(vec![
        matter("a", &[]),
        matter("b", &[]),
        matter("c", &["a", "b"]),
        matter("d", &["c"]),
    ]);
    let case = running(&wanted);
    let states = |case: &Case| ["a", "b", "c", "d"].map(|code| state(case, code));
    use ItemState::{Blocked, Issued, Ready, UnderReview};
    assert_eq!(states(&case), [Ready, Ready, Blocked, Blocked]);
    let case = after_all(case, &[add(agent(), "later")]);
    let case = under_review(under_review(case, "a"), "b");
    let case = after_all(case, &[issue("a", "1")]);
    assert_eq!(states(&case), [Issued, UnderReview, Blocked, Blocked]);
    let case = after_all(case, &[issue("b", "2")]);
    assert_eq!(states(&case), [Issued, Issued, Ready, Blocked]);
}

/// There are 2^60 ways from the last one back to the first: whoever went them all would never end.
#[test]
fn sixty_matters_each_behind_all_the_earlier_are_decided_one_by_one() {
    let codes: Vec<String> = (0..60).map(|number| format!("i{number}")).collect();
    let behind_all = |at: usize| {
        let after: Vec<&str> = codes[..at].iter().map(String::as_str).collect();
        matter(&codes[at], &after)
    };
    let case = running(&procedure((0..60).map(behind_all).collect()));
    assert_eq!(case.open_items().len(), 60);
    let case = under_review(after_all(case, &[add(agent(), "later")]), "i0");
    let (reason, remedy) = ("不符合规划".to_owned(), "行政复议".to_owned());
    let case = after_all(case, &[of_item(staff("D02"), "i0", ItemAsk::Refuse { reason, remedy })]);
    assert_eq!((case.open_items(), case.blocked_for_good().len()), (vec![], 59));
    let calendar = Calendar::published();
    let moment = Moment { now: instant(DAY_ONE), calendar: &calendar };
    assert_eq!(forecast(&case, None, moment).without.len(), 60);
}

#[test]
fn a_case_goes_from_its_opening_to_the_archive() {
    let wanted = procedure(vec![matter("a", &[])]);
    let case = under_review(after_all(running(&wanted), &[add(agent(), "later")]), "a");
    let open = refused(&case, &of_case(agent(), CaseAsk::Deliver));
    assert_eq!(open, Error::ItemsOpen { items: vec![item("a")] });
    let case = after_all(case, &[issue("a", "1"), of_case(agent(), CaseAsk::Deliver)]);
    assert_eq!((case.state, case.delivered_partly), (State::Delivered, false));
    let follow_up = |by| of_case(by, CaseAsk::FollowUp { note: "满意".to_owned() });
    assert_eq!(refused(&case, &follow_up(agent())), Error::NotTheirs);
    let mut once = dispatcher();
    once.person.same_person_as = Some(person("agent"));
    assert_eq!(refused(&case, &follow_up(once)), Error::CallerConcerned);
    let case = after_all(case, &[follow_up(dispatcher())]);
    assert_eq!(case.state, State::FollowedUp);
    let by_itself = after(Some(case.clone()), &Command::Ring(Alarm::Case), instant(DAY_ONE));
    let archived = after_all(case, &[of_case(agent(), CaseAsk::Archive)]);
    assert_eq!((archived.state, by_itself.state), (State::Archived, State::Archived));
}

#[test]
fn a_case_with_a_refusal_is_delivered_in_part() {
    let wanted = procedure(vec![matter("a", &[]), matter("b", &["a"])]);
    let case = under_review(after_all(running(&wanted), &[add(agent(), "later")]), "a");
    let (reason, remedy) = ("不符合规划".to_owned(), "行政复议".to_owned());
    let refuse = of_item(staff("D02"), "a", ItemAsk::Refuse { reason, remedy });
    let case = after_all(case, &[refuse]);
    assert!(case.wait.is_some(), "nothing is open: b waits for good");
    let again = of_item(agent(), "a", ItemAsk::Reapply { reason: "已调整".to_owned() });
    let tried = after_all(case.clone(), &[again]);
    assert_eq!((state(&tried, "a"), tried.items[&item("a")].attempt), (ItemState::Ready, 2));
    assert!(tried.wait.is_none(), "it goes on");
    let case = after_all(case, &[of_case(agent(), CaseAsk::Deliver)]);
    assert!(case.delivered_partly);
}

#[test]
fn nothing_is_submitted_while_a_case_is_suspended_and_departments_decide_on() {
    let wanted = procedure(vec![matter("a", &[]), matter("b", &[])]);
    let case = under_review(after_all(running(&wanted), &[add(agent(), "later")]), "a");
    let suspend = of_case(handler(), CaseAsk::Suspend { reason: "资金".to_owned() });
    let case = after_all(case, &[suspend]);
    let submit = of_item(agent(), "b", ItemAsk::Submit);
    let (suspended, open) = (State::Suspended, allowed(State::Suspended));
    let forbidden = Error::CaseForbids { state: suspended, action: ItemAction::Submit, open };
    assert_eq!(refused(&case, &submit), forbidden);
    let case = after_all(case, &[issue("a", "1")]);
    assert_eq!(state(&case, "a"), ItemState::Issued);
    let by_itself = after(Some(case.clone()), &Command::Ring(Alarm::Case), instant(DAY_ONE));
    assert_eq!(by_itself.state, State::Running);
    let case = after_all(case, &[of_case(agent(), CaseAsk::Resume), submit]);
    assert_eq!(state(&case, "b"), ItemState::Submitted);
}

#[test]
fn nobody_is_told_of_what_a_suspended_case_forbids_and_the_time_begins_again() {
    let wanted = procedure(vec![matter("a", &[]), matter("b", &[])]);
    let case = after_all(running(&wanted), &[add(agent(), "later")]);
    let correct = ItemAsk::Correct { materials: [material("main")].into(), text: "补".to_owned() };
    let submit = of_item(agent(), "a", ItemAsk::Submit);
    let suspend = of_case(handler(), CaseAsk::Suspend { reason: "资金".to_owned() });
    let case = after_all(case, &[submit, of_item(staff("D02"), "a", correct), suspend]);
    let armed = |case: &Case| alarms(case).into_iter().map(|(of, _)| of).collect::<Vec<_>>();
    assert_eq!(armed(&case), [Alarm::Case, Alarm::Mandate]);
    let late = instant("2026-03-25T09:00:00+08:00");
    let again = vec![Alarm::Item(item("a")), Alarm::Item(item("b"))];
    let terminate = of_case(dispatcher(), CaseAsk::Terminate { reason: "自办".to_owned() });
    let by_itself = Command::Ring(Alarm::Case);
    for goes_on in [of_case(agent(), CaseAsk::Resume), terminate, by_itself] {
        let resumed = after(Some(case.clone()), &goes_on, late);
        let mut waits = armed(&resumed);
        waits.retain(|alarm| *alarm != Alarm::Mandate);
        assert_eq!(waits, again, "{goes_on:?}");
        for item in resumed.items.values() {
            let wait = item.wait.expect("10 wd");
            assert_eq!((wait.since, wait.told_times), (resumed.changed_at, 0));
        }
    }
}

#[test]
fn every_state_takes_what_its_table_says_and_nothing_else() {
    for (from, action, _) in TRANSITIONS {
        assert!(tables::check(*from, *action).is_ok());
    }
    let wanted = procedure(vec![matter("a", &[])]);
    let case = running(&wanted);
    let start = refused(&case, &of_case(agent(), CaseAsk::Start));
    let others = allowed(State::Running);
    let action = Action::Start;
    assert_eq!(start, Error::StateForbids { state: State::Running, action, open: others });
    let accept = refused(&case, &of_item(staff("D02"), "a", ItemAsk::Accept));
    assert_eq!(accept, Error::CaseNotFound { case: String::new() }, "not before it has work");
    let case = under_review(after_all(case, &[add(agent(), "later")]), "a");
    let accept = refused(&case, &of_item(staff("D02"), "a", ItemAsk::Accept));
    use ItemAction::{Issue, PreIssue, Redirect, Refuse, Withdraw};
    let forbidden = Error::ItemForbids {
        state: ItemState::UnderReview,
        action: ItemAction::Accept,
        open: vec![PreIssue, Issue, Refuse, Withdraw, Redirect],
    };
    assert_eq!(accept, forbidden);
    let unknown = refused(&case, &of_item(handler(), "z", ItemAsk::Submit));
    assert_eq!(unknown, Error::ItemNotFound { item: item("z") });
    let mut elsewhere = handler();
    elsewhere.person.enterprise = base::EnterpriseId::new("P-theirs").ok();
    let hidden = refused(&case, &of_case(elsewhere, CaseAsk::Deliver));
    assert_eq!(hidden, Error::CaseNotFound { case: String::new() });
    assert_eq!(decide_at(Some(&case), &open(wanted), instant(DAY_ONE)), Err(Error::OpenedAlready));
}

#[test]
fn a_case_is_opened_by_its_own_agent() {
    let Command::Open { id, opening, .. } = open(procedure(vec![matter("a", &[])])) else { return };
    for by in [other_agent(), handler(), dispatcher(), someone("agent", Role::Staff, None)] {
        let command = Command::Open { id, by, opening: opening.clone() };
        assert_eq!(decide_at(None, &command, instant(DAY_ONE)), Err(Error::NotTheirs));
    }
}

/// Shows: agency hears every fact in every state
#[test]
fn every_fact_of_dispatch_is_heard_in_every_state_and_what_comes_late_moves_nothing() {
    let wanted = procedure(vec![matter("a", &[])]);
    let case = under_review(after_all(running(&wanted), &[add(agent(), "later")]), "a");
    let work_order = case.items[&item("a")].order.as_ref().expect("an order").id;
    let occurred_at = instant(DAY_ONE);
    let progress = Progress {
        state: WorkState::Claimed,
        department: None,
        claimant: None,
        due: None,
        pause: None,
        told_at: occurred_at,
    };
    let tell = |news| Command::Hear(Heard { work_order, occurred_at, news });
    let claimed = after_all(case.clone(), &[tell(News::Moved(progress.clone()))]);
    assert_eq!(claimed.items[&item("a")].progress, Some(progress.clone()));
    let declined = after_all(case.clone(), &[tell(News::Declined { basis: "非我".to_owned() })]);
    assert!(declined.items[&item("a")].order.as_ref().expect("an order").declined);
    let to = |by| {
        let (to, reason) = (department("D03"), "职责".to_owned());
        of_item(by, "a", ItemAsk::Redirect { to, reason })
    };
    let awaited = Error::NotAwaited { action: ItemAction::Redirect };
    assert_eq!(refused(&case, &to(dispatcher())), awaited);
    assert_eq!(refused(&declined, &to(agent())), Error::NotTheirs);
    let elsewhere = after_all(declined, &[to(dispatcher())]);
    assert_eq!(elsewhere.items[&item("a")].department, department("D03"));
    assert_eq!(refused(&elsewhere, &issue("a", "1")), Error::CaseNotFound { case: String::new() });
    let issued = after_all(case, &[issue("a", "1")]);
    let purposes = [None, Some(Purpose::Review), Some(Purpose::Conversion), Some(Purpose::Recheck)];
    for (purpose, kind) in
        purposes.into_iter().flat_map(|of| HeardKind::iter().map(move |kind| (of, kind)))
    {
        assert_ne!(
            effect(purpose, kind),
            Effect::Ignored("not in the table"),
            "{purpose:?} {kind}"
        );
    }
    let late = decide_at(Some(&issued), &tell(News::Moved(progress)), occurred_at);
    let kind = HeardKind::WorkMoved;
    assert_eq!(late.expect("never refused")[0].what, What::HeardLate { kind, work_order });
}

#[test]
fn what_if_an_item_takes_longer() {
    let wanted = procedure(vec![matter("a", &[]), matter("b", &["a"]), matter("c", &[])]);
    let case = running(&wanted);
    let calendar = Calendar::published();
    let moment = Moment { now: instant(DAY_ONE), calendar: &calendar };
    let plain = forecast(&case, None, moment);
    // Wed 4 March + 5 wd, and 5 more.
    assert_eq!(plain.finishes_at, instant("2026-03-18T17:30:00+08:00"));
    assert_eq!(plain.path, [item("a"), item("b")]);
    assert_eq!(plain.held_by(), Some(&item("a")));
    let what_if = |code: &str, days| {
        let longer = Limit::WorkingDays(days);
        forecast(&case, Some(&WhatIf { item: item(code), longer }), moment)
    };
    assert_eq!(what_if("a", 2).finishes_at, instant("2026-03-20T17:30:00+08:00"));
    assert_eq!(what_if("c", 5).finishes_at, plain.finishes_at);
    assert_eq!(what_if("c", 6).held_by(), Some(&item("c")));
}

#[test]
fn a_published_year_moves_what_is_still_awaited() {
    let plain = Calendar::published();
    let year = "year = 2027\ncomplete = true\nversion = 1\n\
        [[notice]]\nnumber = \"国办发明电〔2026〕1号\"\nissued = 2026-11-01\n\
        title = \"通知\"\nurl = \"\"\n\
        [[holiday]]\nname = \"元旦\"\nnotice = \"国办发明电〔2026〕1号\"\n\
        off = { from = 2027-01-01, to = 2027-01-03 }\nwork = []\n";
    let published = plain.with_year(calendar::Year::parse(year).expect("a year"));
    let now = instant("2026-12-30T10:00:00+08:00");
    let case = after(None, &open(procedure(vec![matter("a", &[])])), now);
    let recount = |calendar| {
        let facts = decide(Some(&case), &Command::Recount, Moment { now, calendar });
        facts.expect("never refused")
    };
    assert_eq!(recount(&plain), [], "an unchanged calendar moves nothing");
    let moved = recount(&published).iter().fold(Some(case.clone()), apply).expect("a case");
    let due = |case: &Case| case.wait.expect("the mandate is awaited").due;
    let expected = instant("2027-01-07T17:30:00+08:00");
    assert_eq!((due(&moved).at, due(&moved).provisional), (expected, false));
    assert!(due(&case).at < expected && due(&case).provisional);
    assert_eq!(moved.wait.expect("the mandate is awaited").rings_at, expected);
}
