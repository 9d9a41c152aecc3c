//! What ran out before a command came has done so, whether or not its alarm has rung.

use super::*;

/// The fifth working day after the first is Wednesday, 11 March.
const NOTICE_OVER: &str = "2026-03-11T17:30:00+08:00";
const DAY_AFTER: &str = "2026-03-12T09:00:00+08:00";
const UNTIL: &str = "2026-03-20T17:30:00+08:00";
const LATER: &str = "2026-03-23T09:00:00+08:00";

fn one() -> Procedure {
    procedure(vec![matter("a", &[])])
}

fn submitted() -> Case {
    after_all(running(&one()), &[promise(UNTIL), of_item(agent(), "a", ItemAsk::Submit)])
}

#[test]
fn a_notice_after_the_fifth_day_comes_too_late() {
    let (reason, remedy) = ("不属于".to_owned(), "复议".to_owned());
    let not_accept = ItemAsk::NotAccept { reason, remedy };
    let correct = ItemAsk::Correct { materials: [material("main")].into(), text: String::new() };
    for ask in [correct, not_accept, ItemAsk::Accept] {
        let command = of_item(staff("D02"), "a", ask);
        let at_the_close = decide_at(Some(&submitted()), &command, instant(NOTICE_OVER));
        assert!(at_the_close.is_ok(), "in time until the close of office");
        let late = decide_at(Some(&submitted()), &command, instant(DAY_AFTER));
        assert!(
            matches!(late, Err(Error::ItemForbids { state: ItemState::UnderReview, .. })),
            "{late:?}"
        );
    }
    // What is still possible counts from the receipt, and the alarm finds nothing to do.
    let case = after_all(submitted(), &[add(agent(), "later")]);
    let issued = decide_at(Some(&case), &issue("a", "1"), instant(DAY_AFTER)).expect("taken");
    let accepted = |fact: &Fact| {
        if let What::ItemAccepted { as_of, by_itself, .. } = fact.what {
            Some((fact.at, as_of, by_itself))
        } else {
            None
        }
    };
    let accepted = issued.iter().find_map(accepted);
    assert_eq!(accepted, Some((instant(NOTICE_OVER), instant(DAY_ONE), true)));
    let case = issued.iter().fold(Some(case), apply).expect("a case");
    let ring = Command::Ring(Alarm::Item(item("a")));
    assert_eq!(decide_at(Some(&case), &ring, instant(DAY_AFTER)), Ok(vec![]));
}

#[test]
fn a_late_ring_changes_what_it_changes_at_its_own_instant() {
    let ring = Command::Ring(Alarm::Item(item("a")));
    let facts = decide_at(Some(&submitted()), &ring, instant(LATER)).expect("never refused");
    assert!(facts.iter().all(|fact| fact.at == instant(NOTICE_OVER)), "{facts:?}");
    let mandate = decide_at(
        Some(&after_all(submitted(), &[mandate(&one(), DAY_AFTER)])),
        &Command::Ring(Alarm::Mandate),
        instant(LATER),
    );
    let ends: Vec<_> = mandate.expect("never refused").iter().map(|fact| fact.at).collect();
    assert_eq!(ends, [instant(NOTICE_OVER), instant(DAY_AFTER)], "in the order of time");
}

#[test]
fn a_material_after_the_promised_date_does_not_save_the_opinion() {
    let accept = of_item(staff("D02"), "a", ItemAsk::Accept);
    let case = after_all(submitted(), &[accept, pre_issue("a")]);
    let late = after(Some(case.clone()), &add(handler(), "later"), instant(LATER));
    assert_eq!(state(&late, "a"), ItemState::Voided);
    assert_eq!(late.items[&item("a")].ending.as_ref().expect("why").ended_at, instant(UNTIL));
    let in_time = after(Some(case), &add(handler(), "later"), instant(UNTIL));
    assert_eq!(state(&in_time, "a"), ItemState::PreIssued);
}

#[test]
fn land_after_its_date_finds_the_commitment_broken() {
    let case = after_all(running(&start_on_commitment()), &[commit(&[], true)]);
    let case = after_all(under_review(case, "plan"), &[pre_issue("plan")]);
    let land = of_case(handler(), CaseAsk::RecordLandAcquired);
    let late = after(Some(case.clone()), &land, instant("2026-06-02T09:00:00+08:00"));
    assert!(late.commitment_in_force().is_none());
    assert_eq!(state(&late, "plan"), ItemState::Voided);
    assert_eq!(late.commitment.and_then(|letter| letter.wait), None, "no 4 wd begin");
    let in_time = after(Some(case), &land, instant("2026-06-01T17:30:00+08:00"));
    assert!(in_time.commitment_in_force().is_some());
}

#[test]
fn a_suspension_that_is_over_keeps_nobody_from_submitting() {
    let suspend = of_case(handler(), CaseAsk::Suspend { reason: "资金".to_owned() });
    let case = after_all(running(&one()), &[add(agent(), "later"), suspend]);
    let over = case.wait.expect("it goes on by itself").due.at;
    let submit = of_item(agent(), "a", ItemAsk::Submit);
    let before = decide_at(Some(&case), &submit, over);
    assert!(matches!(before, Err(Error::CaseForbids { .. })), "{before:?}");
    let late = instant("2026-04-20T09:00:00+08:00");
    assert!(over < late);
    let case = after(Some(case), &submit, late);
    assert_eq!((case.state, state(&case, "a")), (State::Running, ItemState::Submitted));
}

#[test]
fn who_is_late_is_told_on_five_days_and_then_once_a_week() {
    let mut case = running(&one());
    let alarm = Alarm::Item(item("a"));
    let mut told = Vec::new();
    for _ in 0..8 {
        let armed = alarms(&case).into_iter().find(|(of, _)| *of == alarm);
        let (_, at) = armed.expect("it is awaited for ever");
        told.push(at.to_string());
        case = after(Some(case), &Command::Ring(alarm.clone()), at);
    }
    // Wed 4 March and 10 wd; 4 to 6 April are off.
    let days = [
        "2026-03-18",
        "2026-03-19",
        "2026-03-20",
        "2026-03-23",
        "2026-03-24",
        "2026-03-31",
        "2026-04-08",
        "2026-04-15",
    ];
    assert_eq!(told, days.map(|day| format!("{day}T09:30:00Z")));
    assert_eq!(case.items[&item("a")].wait.expect("still").told_times, 8);
}

#[test]
fn a_refused_command_leaves_what_ran_out_to_its_alarm() {
    let case = submitted();
    let deliver = of_case(agent(), CaseAsk::Deliver);
    assert!(decide_at(Some(&case), &deliver, instant(DAY_AFTER)).is_err());
    let rung = after(Some(case), &Command::Ring(Alarm::Item(item("a"))), instant(DAY_AFTER));
    assert_eq!(state(&rung, "a"), ItemState::UnderReview);
}
