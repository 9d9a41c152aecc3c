//! When a case will be finished, while it waits for land, for promises, or for being resumed.

use jiff::Timestamp;

use super::*;

/// Monday 1 June is when there is land; two days later everything is formal.
const FORMAL: &str = "2026-06-03T17:30:00+08:00";

fn forecast_at(case: &Case, now: &str) -> Forecast {
    let calendar = Calendar::published();
    forecast(case, None, Moment { now: instant(now), calendar: &calendar })
}

/// When a step starts, has its opinion, and ends.
fn ends(case: &Case, code: &str) -> [Timestamp; 3] {
    let steps = forecast_at(case, DAY_ONE).steps;
    let step = steps.iter().find(|step| step.item == item(code)).expect("a step");
    [step.starts_at, step.opinion_at, step.finishes_at]
}

#[test]
fn what_waits_for_land_is_formal_after_the_land_however_soon_it_is_reviewed() {
    let case = after_all(running(&start_on_commitment()), &[commit(&[], true)]);
    let five = "2026-03-11T17:30:00+08:00";
    let expected = [DAY_ONE, five, FORMAL].map(instant);
    assert_eq!(ends(&case, "plan"), expected, "ready");
    assert_eq!(ends(&case, "build")[0], instant(five), "it runs on the opinion");
    let case = after_all(case, &[of_item(agent(), "plan", ItemAsk::Submit)]);
    assert_eq!(ends(&case, "plan"), expected, "submitted");
    let case = after_all(case, &[of_item(staff("D02"), "plan", ItemAsk::Accept)]);
    assert_eq!(ends(&case, "plan"), expected, "under review");
    let case = after_all(case, &[pre_issue("plan")]);
    assert_eq!(ends(&case, "plan"), [DAY_ONE, DAY_ONE, FORMAL].map(instant), "an opinion");
    assert_eq!(ends(&case, "build"), [DAY_ONE, five, FORMAL].map(instant), "begun at once");
    assert_eq!(forecast_at(&case, DAY_ONE).finishes_at, instant(FORMAL));
}

#[test]
fn what_needs_a_formal_permit_starts_after_it() {
    let mut wanted = start_on_commitment();
    wanted.matters[1].on_opinion = false;
    let case = after_all(running(&wanted), &[commit(&[], true)]);
    assert_eq!(ends(&case, "build")[0], instant(FORMAL));
    assert_eq!(forecast_at(&case, DAY_ONE).path, ["plan", "build"].map(item));
}

#[test]
fn the_last_promise_counts_and_the_first_alone_rings() {
    let wanted = procedure(vec![Matter {
        materials: vec![need("main", false), need("later", true), need("last", true)],
        ..matter("a", &[])
    }]);
    let until = instant("2026-04-20T17:30:00+08:00");
    let ask = CaseAsk::PromiseMaterial { material: material("last"), until };
    let soon = promise("2026-03-20T17:30:00+08:00");
    let case = after_all(running(&wanted), &[soon, of_case(handler(), ask)]);
    let case = after_all(under_review(case, "a"), &[pre_issue("a")]);
    // Mon 20 April and 2 wd.
    assert_eq!(ends(&case, "a")[2], instant("2026-04-22T17:30:00+08:00"));
}

#[test]
fn a_suspended_case_submits_nothing_before_it_goes_on() {
    let case = running(&procedure(vec![matter("a", &[]), matter("b", &["a"])]));
    let suspend = of_case(handler(), CaseAsk::Suspend { reason: "资金".to_owned() });
    let case = after_all(case, &[suspend]);
    let resumes = case.wait.expect("it goes on by itself").due.at;
    assert_eq!(ends(&case, "a")[0], resumes);
    assert!(resumes < ends(&case, "b")[0]);
}
