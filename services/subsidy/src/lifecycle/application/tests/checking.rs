//! What is checked at the door and once more at the acceptance: M1, M3, M4, M5, M6, M13.

use super::*;
use base::Fen;

use crate::error::{EvaluationError, PolicyError};
use crate::lifecycle::policy::sample::{date, facts, instant, text};
use crate::lifecycle::policy::{Caps, Facts, Mode, Once, Per, Snapshot, Terms, Validity, Value};

fn at_the_door(opening: Opening, seen: Seen) -> ApplicationError {
    decide_at(None, &apply_seeing(opening, seen), DAY_ONE).expect_err("it is refused")
}

/// What the acceptance makes of it, on other facts, or seeing something else.
fn at_the_acceptance(snapshot: Snapshot, seen: Seen) -> Application {
    after(Some(submitted(plain())), &accept_seeing(snapshot, seen), DAY_ONE)
}

fn rejected_for(application: &Application) -> (State, &str) {
    let refused = application.refused.as_ref().expect("it is told why");
    assert_eq!(refused.by, None, "a check said so");
    assert!(!refused.text.is_empty());
    (application.state, refused.reason.as_str())
}

fn with(facts: Facts) -> Opening {
    let snapshot = Snapshot::of(facts, "企业申报", instant("2026-01-05T09:00:00+08:00"));
    Opening { snapshot, ..opening(plain()) }
}

fn snapshot_of(facts: Facts) -> Snapshot {
    with(facts).snapshot
}

/// Shows: M1.
#[test]
fn m1_the_amount_is_the_formula_over_the_verified_facts() {
    let application = submitted(plain());
    assert_eq!((application.computed, application.amount), (DUE, DUE));
    let verified = facts().with("claim.interest_fen", Value::Int(1_000_000));
    let application = at_the_acceptance(snapshot_of(verified.clone()), seen());
    assert_eq!((application.computed, application.amount), (Fen(400_000), Fen(400_000)));
    assert_eq!(application.snapshot, snapshot_of(verified));
    let nothing = facts().with("claim.interest_fen", Value::Int(0));
    let nothing = at_the_acceptance(snapshot_of(nothing), seen());
    assert_eq!(rejected_for(&nothing), (State::Rejected, "NOT_ELIGIBLE"));
    let due_nothing = Terms { criteria: Vec::new(), ..plain() };
    let nothing = facts().with("claim.interest_fen", Value::Int(0));
    let opening =
        Opening { snapshot: snapshot_of(nothing.clone()), ..opening(due_nothing.clone()) };
    let refused = at_the_door(opening, seen());
    let nothing_due = EvaluationError::NothingDue;
    assert_eq!(refused, ApplicationError::Policy(PolicyError::Evaluation(nothing_due)));
    let accept = accept_seeing(snapshot_of(nothing), seen());
    let application = after(Some(submitted(due_nothing)), &accept, DAY_ONE);
    assert_eq!(rejected_for(&application), (State::Rejected, "NOTHING_DUE"));
}

/// Shows: M3.
#[test]
fn m3_a_cap_across_claims_policies_and_years_is_never_broken() {
    let caps = Caps {
        enterprise: Some(Fen(2_500_000)),
        year: Some(Fen(2_000_000)),
        item: None,
        annual: None,
    };
    let capped = Terms { caps, ..plain() };
    let lines = submitted(capped.clone()).cap_lines();
    assert_eq!(lines.len(), 3, "of the policy ever and this year, and of the zone this year");
    for line in &lines {
        let left = |left: Fen| {
            let used = [(line.key.clone(), Fen(line.limit.0 - left.0))].into();
            apply_seeing(opening(capped.clone()), Seen { used, ..seen() })
        };
        assert!(decide_at(None, &left(DUE), DAY_ONE).is_ok(), "{}", line.key);
        let short = decide_at(None, &left(Fen(DUE.0 - 1)), DAY_ONE).expect_err("a fen too much");
        assert_eq!(short.reason(), "CAP_EXCEEDED");
        assert!(short.chinese().contains(&line.name), "{}", short.chinese());
        let accept = |left: Fen| {
            let used = [(line.key.clone(), Fen(line.limit.0 - left.0))].into();
            accept_seeing(snapshot(), Seen { used, ..seen() })
        };
        let application = after(Some(submitted(capped.clone())), &accept(Fen(DUE.0 - 1)), DAY_ONE);
        assert_eq!(rejected_for(&application), (State::Rejected, "CAP_EXCEEDED"));
        let application = after(Some(submitted(capped.clone())), &accept(DUE), DAY_ONE);
        assert_eq!((application.state, application.charge()), (State::UnderReview, DUE));
    }
    let over = Seen { used: [(lines[2].key.clone(), Fen(i64::MAX))].into(), ..seen() };
    assert_eq!(at_the_door(opening(plain()), over).reason(), "CAP_EXCEEDED", "no sum runs over");
}

#[test]
fn m3_what_a_claim_uses_follows_its_amount_while_it_lives() {
    assert_eq!(submitted(plain()).charge(), Fen::ZERO, "before it is accepted");
    let lowered = after_all(under_review(plain()), &[review(Fen(1_000_000))]);
    assert_eq!(lowered.charge(), Fen(1_000_000));
    assert_eq!(after_all(lowered.clone(), &[withdraw()]).charge(), Fen::ZERO);
    assert_eq!(after_all(lowered, &[second_review(PLENTY)]).charge(), Fen(1_000_000));
}

/// Shows: M4.
#[test]
fn m4_the_same_thing_is_claimed_as_often_as_it_may_be() {
    let terms = Terms { once: Some(Once { times: 2, per: Per::Year }), ..plain() };
    let keys = submitted(terms.clone()).repetitions();
    assert_eq!(keys.iter().map(|key| key.times).collect::<Vec<_>>(), [2, 1], "policy and contract");
    for key in &keys {
        let borne = |times: u32| Seen { borne: [(key.key.clone(), times)].into(), ..seen() };
        let apply = |times| apply_seeing(opening(terms.clone()), borne(times));
        assert!(decide_at(None, &apply(key.times - 1), DAY_ONE).is_ok());
        let twice = decide_at(None, &apply(key.times), DAY_ONE).expect_err("once too often");
        assert_eq!(twice, ApplicationError::Duplicate { key: key.clone() });
        assert_eq!(twice.reason(), "DUPLICATE_CLAIM");
        let accept = accept_seeing(snapshot(), borne(key.times));
        let application = after(Some(submitted(terms.clone())), &accept, DAY_ONE);
        assert_eq!(rejected_for(&application), (State::Rejected, "DUPLICATE_CLAIM"));
        assert!(!application.is_live(), "it bears its keys no longer");
    }
    let other = facts().with("claim.contract", text("借2026-2"));
    let other = after(None, &apply_for(with(other)), DAY_ONE);
    assert_ne!(other.repetitions()[1], submitted(plain()).repetitions()[1]);
}

/// Shows: M5.
#[test]
fn m5_facts_without_a_source_of_the_future_or_changed_are_not_judged_by() {
    let good = snapshot();
    let mut changed = good.clone();
    changed.facts.put("claim.interest_fen", Value::Int(9_999_999));
    let nameless = Snapshot { source: " ".to_owned(), ..good.clone() };
    let future = Snapshot { taken_at: instant("2026-03-04T09:00:01+08:00"), ..good };
    for unfit in [changed, nameless, future] {
        let opening = Opening { snapshot: unfit.clone(), ..opening(plain()) };
        assert_eq!(at_the_door(opening, seen()), ApplicationError::SnapshotUnfit);
        let application = submitted(plain());
        let refused = refused(&application, &accept_seeing(unfit, seen()));
        assert_eq!(refused, ApplicationError::SnapshotUnfit, "nothing was decided");
    }
    let application = under_review(plain());
    assert!(application.snapshot.holds());
    assert_eq!(application.snapshot.sha256, facts().sha256());
}

/// Shows: M6.
#[test]
fn m6_a_record_of_dishonesty_or_a_bar_for_fraud_gets_nothing() {
    let dishonest = facts().with("enterprise.credit_status", text("失信"));
    assert_eq!(at_the_door(with(dishonest.clone()), seen()), ApplicationError::Dishonest);
    let no_criteria = Opening {
        snapshot: snapshot_of(dishonest.clone()),
        ..opening(Terms { criteria: Vec::new(), ..plain() })
    };
    assert_eq!(at_the_door(no_criteria, seen()), ApplicationError::Dishonest, "whatever the terms");
    let application = at_the_acceptance(snapshot_of(dishonest), seen());
    assert_eq!(rejected_for(&application), (State::Rejected, "CREDIT_RECORD"));
    let until = instant("2029-01-01T00:00:00+08:00");
    let barred = Seen { barred_until: Some(until), ..seen() };
    assert_eq!(at_the_door(opening(plain()), barred.clone()), ApplicationError::Barred { until });
    let application = at_the_acceptance(snapshot(), barred);
    assert_eq!(rejected_for(&application), (State::Rejected, "ENTERPRISE_BARRED"));
    let over = Seen { barred_until: Some(instant(DAY_ONE)), ..seen() };
    assert_eq!(at_the_acceptance(snapshot(), over).state, State::UnderReview, "it has ended");
}

#[test]
fn each_criterion_that_fails_is_named_with_what_is_known_and_wanted() {
    let poor = facts().with("claim.interest_fen", Value::Int(499_999));
    let refused = at_the_door(with(poor.clone()), seen());
    let ApplicationError::NotEligible { failing } = &refused else {
        panic!("it was refused for {refused}")
    };
    assert_eq!((failing.len(), failing[0].code.as_str()), (1, "interest"));
    assert!(refused.chinese().contains("499999") && refused.chinese().contains("5000元"));
    let application = at_the_acceptance(snapshot_of(poor), seen());
    assert_eq!(rejected_for(&application), (State::Rejected, "NOT_ELIGIBLE"));
    assert_eq!(application.refused.expect("why").failing, *failing);
}

/// Shows: M13.
#[test]
fn m13_outside_the_validity_nothing_is_applied_for() {
    let until = |day: &str| {
        let validity = Validity { from: date("2026-03-04"), until: date(day) };
        opening(Terms { validity, ..plain() })
    };
    assert!(decide_at(None, &apply_for(until("2026-03-04")), DAY_ONE).is_ok(), "both days count");
    let early = decide_at(None, &apply_for(until("2026-12-31")), "2026-03-03T23:59:59+08:00");
    assert_eq!(early.expect_err("a second too early").reason(), "OUTSIDE_VALIDITY");
    let late = decide_at(None, &apply_for(until("2026-03-04")), "2026-03-05T00:00:00+08:00");
    assert_eq!(late.expect_err("a second too late").reason(), "OUTSIDE_VALIDITY");
    let closed = Seen { policy: crate::lifecycle::policy::State::Closed, ..seen() };
    assert_eq!(at_the_door(opening(plain()), closed).reason(), "POLICY_NOT_OPEN");
}

#[test]
fn a_claim_is_told_all_that_is_missing_or_wrong_at_once() {
    let facts = facts()
        .with("claim.contract", Value::Null)
        .with("claim.interest_fen", Value::Int(-1))
        .with("claim.surprise", text("?"));
    let refused = at_the_door(with(facts), seen());
    assert_eq!(refused.reason(), "CLAIM_INVALID");
    let ApplicationError::Policy(PolicyError::ClaimInvalid { faults }) = &refused else {
        panic!("it was refused for {refused}")
    };
    assert_eq!(faults.len(), 3);
    let unhashed = Document { sha256: "AB".repeat(32), ..document("合同.pdf") };
    let opening = Opening { documents: vec![unhashed], ..opening(plain()) };
    assert_eq!(at_the_door(opening, seen()).reason(), "DOCUMENT_HASH_UNFIT");
}

#[test]
fn who_would_not_get_it_is_told_so_before_that_nobody_applies() {
    let by_itself = Terms { mode: Mode::NoApplication, ..plain() };
    let poor = snapshot_of(facts().with("claim.interest_fen", Value::Int(499_999)));
    let opening_of = |snapshot| Opening { snapshot, ..opening(by_itself.clone()) };
    assert_eq!(at_the_door(opening_of(poor), seen()).reason(), "NOT_ELIGIBLE");
    assert_eq!(at_the_door(opening_of(snapshot()), seen()), ApplicationError::ByMatching);
}
