//! 承诺可开工: the letter, the land, the permits, and what breaks it.

use std::collections::BTreeSet;

use super::*;

fn committed() -> Case {
    after_all(running(&start_on_commitment()), &[commit(&[], true)])
}

fn pre_issued() -> Case {
    let case = under_review(committed(), "plan");
    let case = under_review(after_all(case, &[pre_issue("plan")]), "build");
    after_all(case, &[pre_issue("build")])
}

fn convert(code: &str) -> Command {
    of_item(staff("D02"), code, ItemAsk::Convert { certificate: code.to_owned() })
}

#[test]
fn a_project_on_the_negative_list_may_not_start_on_commitment() {
    let case = running(&start_on_commitment());
    let listed = commit(&[Trait::HazardousChemicals], true);
    let because = "HAZARDOUS_CHEMICALS".to_owned();
    assert_eq!(refused(&case, &listed), Error::NotEligible { because });
    let because = "CREDIT".to_owned();
    assert_eq!(refused(&case, &commit(&[], false)), Error::NotEligible { because });
    let Command::Case { ask, .. } = commit(&[], true) else { return };
    assert_eq!(refused(&case, &of_case(agent(), ask)), Error::NotTheirs);
    let plain = running(&procedure(vec![matter("a", &[])]));
    let because = "PROFILE".to_owned();
    assert_eq!(refused(&plain, &commit(&[], true)), Error::NotEligible { because });
    assert_eq!(refused(&committed(), &commit(&[], true)), Error::CommittedAlready);
    let missing = Error::CommitmentMissing { item: item("plan") };
    assert_eq!(refused(&case, &of_item(agent(), "plan", ItemAsk::Submit)), missing);
}

#[test]
fn what_the_letter_states_is_kept_with_it() {
    let case = after_all(running(&start_on_commitment()), &[commit(&[Trait::Mining], true)]);
    let letter = case.commitment.expect("mining is not on this list");
    let stated = (&letter.traits, letter.credit_clean, letter.representative.as_str());
    assert_eq!(stated, (&BTreeSet::from([Trait::Mining]), true, "王某"));
}

#[test]
fn work_starts_by_formal_permits_alone() {
    let case = pre_issued();
    assert_eq!(case.start_allowed_at, None, "an opinion is no permit");
    let outstanding = Error::Outstanding { materials: vec![], land: true };
    assert_eq!(refused(&case, &convert("plan")), outstanding);
    let land = of_case(agent(), CaseAsk::RecordLandAcquired);
    let case = after_all(case, std::slice::from_ref(&land));
    assert_eq!(refused(&case, &land), Error::LandAlready);
    let all = case.commitment.as_ref().and_then(|letter| letter.wait).expect("4 wd");
    assert_eq!(all.due.at, instant("2026-03-10T17:30:00+08:00"));
    for item in case.items.values() {
        let wait = item.wait.expect("2 wd");
        assert_eq!(wait.due.at, instant("2026-03-06T17:30:00+08:00"));
    }
    let case = after_all(case, &[convert("plan")]);
    assert_eq!(case.start_allowed_at, None);
    let case = after_all(case, &[convert("build")]);
    assert_eq!(case.start_allowed_at, Some(instant(DAY_ONE)));
    assert_eq!(case.commitment.and_then(|letter| letter.wait), None);
}

#[test]
fn all_opinions_are_awaited_until_the_last_is_formal() {
    let mut wanted = start_on_commitment();
    wanted.matters[1].for_start = false;
    let land = of_case(agent(), CaseAsk::RecordLandAcquired);
    let waits = |case: &Case| case.commitment.as_ref().and_then(|letter| letter.wait).is_some();
    let case = under_review(after_all(running(&wanted), &[commit(&[], true)]), "plan");
    let case = under_review(after_all(case, &[pre_issue("plan")]), "build");
    let case = after_all(case, &[pre_issue("build"), land, convert("plan")]);
    assert!(case.start_allowed_at.is_some() && waits(&case), "one opinion is left");
    assert!(!waits(&after_all(case, &[convert("build")])));
}

#[test]
fn a_letter_signed_after_the_land_waits_for_the_opinions_that_stand() {
    let mut wanted = start_on_commitment();
    wanted.matters.push(matter("late", &[]));
    let land = of_case(agent(), CaseAsk::RecordLandAcquired);
    let promise = promise("2026-03-20T17:30:00+08:00");
    let case = after_all(running(&wanted), &[land, promise]);
    let none = after_all(case.clone(), &[commit(&[], true)]);
    assert_eq!(none.commitment.and_then(|letter| letter.wait), None, "nothing is to be formal");
    let case = after_all(under_review(case, "late"), &[pre_issue("late"), commit(&[], true)]);
    let wait = case.commitment.and_then(|letter| letter.wait).expect("4 wd");
    assert_eq!(wait.due.at, instant("2026-03-10T17:30:00+08:00"));
}

#[test]
fn without_land_in_time_the_commitment_is_broken_and_its_opinions_are_void() {
    let case = pre_issued();
    let late = instant("2026-06-01T17:30:00+08:00");
    let broken = after(Some(case), &Command::Ring(Alarm::Commitment), late);
    assert_eq!(state(&broken, "plan"), ItemState::Voided);
    assert_eq!(state(&broken, "build"), ItemState::Blocked, "it stood on the plan");
    assert!(broken.commitment_in_force().is_none());
    let again = of_item(handler(), "plan", ItemAsk::Reapply { reason: "再申请".to_owned() });
    let again = after(Some(broken), &again, late);
    assert_eq!(state(&again, "plan"), ItemState::Blocked, "it waits for the land");
    assert!(again.wait.is_some(), "as things stand it is to be delivered");
    let land = of_case(handler(), CaseAsk::RecordLandAcquired);
    let landed = after(Some(again), &land, late);
    assert_eq!((state(&landed, "plan"), landed.wait), (ItemState::Ready, None), "it goes on");
    let submitted = after(Some(landed), &of_item(handler(), "plan", ItemAsk::Submit), late);
    assert_eq!(state(&submitted, "plan"), ItemState::Submitted);
}

#[test]
fn what_a_breach_leaves_without_land_goes_back_and_its_order_is_withdrawn() {
    let free = |code: &str| Matter { materials: vec![], ..matter(code, &[]) };
    let mut wanted = start_on_commitment();
    wanted.matters[1].after.clear();
    wanted.matters.push(free("free"));
    let case = under_review(after_all(running(&wanted), &[commit(&[], true)]), "plan");
    let case = under_review(case, "free");
    let late = instant("2026-06-01T17:30:00+08:00");
    let ring = Command::Ring(Alarm::Commitment);
    let facts = decide_at(Some(&case), &ring, late).expect("never refused");
    let errands: Vec<Errand> = facts.iter().filter_map(|fact| fact.what.errand()).collect();
    let order = case.items[&item("plan")].order.as_ref().expect("an order").id;
    assert_eq!(errands, [Errand::Withdraw(order)]);
    let broken = after(Some(case), &ring, late);
    assert_eq!(["plan", "build"].map(|code| state(&broken, code)), [ItemState::Blocked; 2]);
    assert_eq!(state(&broken, "free"), ItemState::UnderReview, "it needs no land");
    assert_eq!(broken.open_items(), [item("free")]);
    let waits: Vec<Alarm> = alarms(&broken).into_iter().map(|(alarm, _)| alarm).collect();
    assert_eq!(waits, [Alarm::Item(item("free")), Alarm::Mandate], "nobody is told of the rest");
}

#[test]
fn a_promise_broken_before_the_opinion_breaks_the_commitment_as_well() {
    let mut wanted = start_on_commitment();
    wanted.matters.push(Matter { for_start: false, ..matter("late", &[]) });
    let until = "2026-03-20T17:30:00+08:00";
    let case = after_all(running(&wanted), &[commit(&[], true), promise(until)]);
    let ring = Command::Ring(Alarm::Promise(material("later")));
    let unasked = decide_at(Some(&case), &ring, instant(until));
    assert_eq!(unasked, Ok(vec![]), "nothing that was submitted waits for it");
    let broken = after(Some(under_review(case, "late")), &ring, instant(until));
    assert!(broken.commitment_in_force().is_none());
    assert_eq!(state(&broken, "late"), ItemState::UnderReview);
}

#[test]
fn a_broken_promise_breaks_the_commitment_and_stops_work() {
    let mut wanted = start_on_commitment();
    wanted.matters.push(Matter { for_start: false, ..matter("late", &[]) });
    let until = "2026-03-20T17:30:00+08:00";
    let case = after_all(running(&wanted), &[commit(&[], true), promise(until)]);
    let land = of_case(agent(), CaseAsk::RecordLandAcquired);
    let case = under_review(under_review(after_all(case, &[land]), "plan"), "late");
    let case = after_all(case, &[issue("plan", "1"), pre_issue("late")]);
    let case = after_all(under_review(case, "build"), &[issue("build", "2")]);
    assert!(case.start_allowed_at.is_some());
    let ring = Command::Ring(Alarm::Item(item("late")));
    let broken = after(Some(case), &ring, instant(until));
    assert!(broken.start_allowed_at.is_none());
    let uphold = |code: &str| {
        let reason = "许可独立成立".to_owned();
        of_item(staff("D02"), code, ItemAsk::Recheck { upheld: true, reason })
    };
    let upheld = after(Some(broken.clone()), &uphold("plan"), instant(until));
    let upheld = after(Some(upheld), &uphold("build"), instant(until));
    assert_eq!(upheld.start_allowed_at, None, "in this case work does not start any more");
    assert!(broken.items[&item("plan")].is_rechecked());
    assert!(broken.items[&item("build")].is_rechecked());
}
