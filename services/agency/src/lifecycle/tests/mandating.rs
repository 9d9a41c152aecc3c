//! What an agent may do, and until when.

use super::*;

const LATER: &str = "2026-03-20T09:00:00+08:00";

fn two() -> Procedure {
    procedure(vec![matter("a", &[]), matter("b", &[])])
}

#[test]
fn the_enterprise_signs_and_the_agent_does_not() {
    let opened = after(None, &open(two()), instant(DAY_ONE));
    let Command::Case { ask, .. } = mandate(&two(), LATER) else { return };
    let by_agent = of_case(agent(), ask.clone());
    assert_eq!(refused(&opened, &by_agent), Error::NotTheirs);
    assert_eq!(refused(&opened, &mandate(&two(), DAY_ONE)), Error::MandateExpired);
    let CaseAsk::SignMandate { document_sha256, may_pass_on, expires_at, .. } = ask else { return };
    let with = |scope: Scope| {
        let document_sha256 = document_sha256.clone();
        of_case(handler(), CaseAsk::SignMandate { scope, document_sha256, may_pass_on, expires_at })
    };
    assert_eq!(refused(&opened, &with(Scope::new())), Error::ScopeEmpty);
    let foreign = Scope::from([(item("z"), [Act::Fill].into())]);
    assert_eq!(refused(&opened, &with(foreign)), Error::ScopeUnfit { item: item("z") });
}

#[test]
fn an_act_outside_the_mandate_is_refused() {
    let case = running(&two());
    let fill = Scope::from([(item("a"), [Act::Fill].into())]);
    let ask = CaseAsk::SignMandate {
        scope: fill,
        document_sha256: String::new(),
        may_pass_on: false,
        expires_at: instant(LATER),
    };
    let case = after_all(case, &[of_case(handler(), ask), promise(LATER)]);
    let submit = |by| of_item(by, "a", ItemAsk::Submit);
    let outside = Error::OutsideMandate { item: item("a"), act: Act::Submit };
    assert_eq!(refused(&case, &submit(agent())), outside);
    assert_eq!(refused(&case, &submit(staff("D02"))), Error::CaseNotFound { case: String::new() });
    assert!(decide_at(Some(&case), &submit(handler()), instant(DAY_ONE)).is_ok());
    let withdraw = |by| of_item(by, "a", ItemAsk::Withdraw { reason: String::new() });
    assert_eq!(refused(&case, &withdraw(agent())), Error::NotTheirs);
}

#[test]
fn a_mandate_that_expires_in_the_middle_ends_the_agents_acts_alone() {
    let case = after_all(running(&two()), &[mandate(&two(), LATER), add(agent(), "later")]);
    let case = under_review(case, "a");
    let later = instant(LATER);
    let submit = of_item(agent(), "b", ItemAsk::Submit);
    let before_the_alarm = decide_at(Some(&case), &submit, later);
    assert_eq!(before_the_alarm, Err(Error::MandateMissing), "its own instant ends it");
    let expired = after(Some(case.clone()), &Command::Ring(Alarm::Mandate), later);
    assert_eq!((expired.state, &expired.mandate), (State::Running, &None));
    assert_eq!(expired.items, case.items, "what was accepted runs on");
    assert_eq!(decide_at(Some(&expired), &submit, later), Err(Error::MandateMissing));
    let alone = after(Some(expired), &of_item(handler(), "b", ItemAsk::Submit), later);
    let done = after(Some(alone), &issue("a", "1"), later);
    assert_eq!(state(&done, "a"), ItemState::Issued);
    assert_eq!(state(&done, "b"), ItemState::Submitted);
}

#[test]
fn revoked_and_terminated_leave_what_runs() {
    let case = under_review(after_all(running(&two()), &[add(agent(), "later")]), "a");
    let reason = || "自办".to_owned();
    let revoke = |by| of_case(by, CaseAsk::RevokeMandate { reason: reason() });
    assert_eq!(refused(&case, &revoke(agent())), Error::NotTheirs);
    let revoked = after_all(case.clone(), &[revoke(handler())]);
    assert_eq!(revoked.items, case.items);
    assert_eq!(refused(&revoked, &revoke(handler())), Error::MandateMissing);
    let terminate = of_case(agent(), CaseAsk::Terminate { reason: reason() });
    let ended = after_all(case.clone(), std::slice::from_ref(&terminate));
    assert_eq!((ended.state, &ended.mandate, &ended.items), (State::Running, &None, &case.items));
    assert_eq!(refused(&ended, &terminate), Error::MandateMissing);
    let opened = after(None, &open(two()), instant(DAY_ONE));
    let before_start = after_all(opened, &[mandate(&two(), LATER), terminate]);
    assert_eq!(before_start.state, State::Archived);
}

#[test]
fn a_case_handed_over_keeps_a_mandate_that_may_be_passed_on() {
    let case = after_all(running(&two()), &[add(agent(), "later")]);
    let to = |code: &str| {
        let (to, reason) = (person(code), "休假".to_owned());
        of_case(agent(), CaseAsk::HandOver { to, reason })
    };
    assert_eq!(refused(&case, &to("agent")), Error::AgentAlready);
    let handed = after_all(case.clone(), &[to("agent-2")]);
    let submit = |by| of_item(by, "a", ItemAsk::Submit);
    assert_eq!(refused(&handed, &submit(agent())), Error::CaseNotFound { case: String::new() });
    let submitted = after_all(handed, &[submit(other_agent())]);
    assert_eq!(state(&submitted, "a"), ItemState::Submitted);
    let mut bound = case;
    if let Some(mandate) = &mut bound.mandate {
        mandate.may_pass_on = false;
    }
    let handed = after_all(bound, &[to("agent-2")]);
    assert_eq!(refused(&handed, &submit(other_agent())), Error::MandateMissing);
}

#[test]
fn a_case_whose_agent_is_gone_waits_for_another_and_keeps_its_mandate() {
    let case = after_all(running(&two()), &[add(agent(), "later")]);
    let told = |case: &Case, acts| {
        let command = Command::AgentActs { agent: person("agent"), acts };
        decide_at(Some(case), &command, instant(DAY_ONE)).expect("never refused")
    };
    assert_eq!(told(&case, true), [], "it is no news");
    let gone = told(&case, false).iter().fold(Some(case.clone()), apply).expect("a case");
    assert_eq!(gone.broken_invariant(), None);
    assert_eq!((&gone.mandate, &gone.items), (&case.mandate, &case.items));
    let due = gone.hand_over.expect("another is awaited").due;
    assert_eq!(due.at, instant("2026-03-05T17:30:00+08:00"), "one working day");
    assert_eq!(told(&gone, false), [], "once");

    // Who leads the dispatch is told, then a leader, until another agent has it.
    let mut late = gone.clone();
    for told in [Told::DispatchHead, Told::ZoneLeader] {
        let rung = decide_at(Some(&late), &Command::Ring(Alarm::Agent), due.at);
        let rung = rung.expect("never refused");
        let who =
            |fact: &Fact| matches!(&fact.what, What::LimitMissed { told: of, .. } if *of == told);
        assert!(matches!(rung.as_slice(), [only] if who(only)), "{told}: {rung:?}");
        late = rung.iter().fold(Some(late), apply).expect("a case");
    }
    // What the agent would be told of, the enterprise is.
    let rung = decide_at(Some(&gone), &Command::Ring(Alarm::Item(item("a"))), due.at);
    let told_of = |what: &What| matches!(what, What::LimitMissed { told: Told::Enterprise, .. });
    assert!(rung.expect("never refused").iter().all(|fact| told_of(&fact.what)));

    let (to, reason) = (person("agent-2"), "离岗".to_owned());
    let hand_over = of_case(dispatcher(), CaseAsk::HandOver { to, reason });
    let handed =
        after_all(gone.clone(), &[hand_over, of_item(other_agent(), "a", ItemAsk::Submit)]);
    assert_eq!((handed.hand_over, state(&handed, "a")), (None, ItemState::Submitted));
    assert_eq!(told(&handed, false), [], "it is not their case any more");
    let back = told(&gone, true).iter().fold(Some(gone.clone()), apply).expect("a case");
    assert_eq!(Case { changed_at: case.changed_at, ..back }, case);

    // Where the enterprise goes on alone nobody is awaited.
    let revoke = of_case(handler(), CaseAsk::RevokeMandate { reason: "自办".to_owned() });
    let alone = after_all(gone, std::slice::from_ref(&revoke));
    assert_eq!(alone.hand_over, None);
    assert_eq!(told(&after_all(case, &[revoke]), false), []);
}
