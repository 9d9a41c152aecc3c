//! What is checked when a policy is filed: each flaw is provoked by one change of a good policy.

use base::{Fen, PolicyId};
use calendar::Limit;

use super::super::sample::{
    criterion, date, department, departments, field, percent, policy_id, terms, text,
};
use super::super::*;

/// What is wrong after one change: each kind with its place.
fn wrong(change: impl FnOnce(&mut Terms)) -> Vec<String> {
    let mut terms = terms();
    change(&mut terms);
    told(check(&policy_id("P05"), &terms, &departments()))
}

fn told(flaws: Vec<Flaw>) -> Vec<String> {
    let told = |flaw: Flaw| {
        assert!(flaw.text.ends_with('。'), "{}", flaw.text);
        format!("{} {}", flaw.kind, flaw.field)
    };
    flaws.into_iter().map(told).collect()
}

#[test]
fn a_good_policy_has_no_flaws() {
    assert_eq!(wrong(|_| {}), [""; 0]);
}

#[test]
fn every_flaw_is_told_at_once() {
    let wrong = wrong(|terms| {
        terms.title.clear();
        terms.promised = Limit::WorkingDays(61);
        terms.criteria[1].expression = "claim.loan_fen > 1".to_owned();
    });
    let expected =
        ["SIZE_INVALID title", "PROMISE_INVALID promised", "UNKNOWN_FIELD criteria[1].expression"];
    assert_eq!(wrong, expected);
}

#[test]
fn a_flawed_expression_is_told_with_its_place_and_its_criterion() {
    let mut terms = terms();
    terms.criteria[0].expression = "enterprise.credit_status !=\n 5".to_owned();
    let flaws = check(&policy_id("P05"), &terms, &departments());
    assert_eq!(flaws[0].place, Some(Place { line: 2, column: 2 }));
    assert_eq!(flaws[0].text, "条件“credit”第2行第2列：此处须为文本，写的却是整数。");
}

#[test]
fn words_departments_and_time_are_checked() {
    assert_eq!(wrong(|terms| terms.basis.number = " ".to_owned()), ["SIZE_INVALID basis.number"]);
    assert_eq!(
        wrong(|terms| terms.department = department("D99")),
        ["UNKNOWN_DEPARTMENT department"]
    );
    let ended = |terms: &mut Terms| terms.validity.until = date("2025-12-31");
    assert_eq!(wrong(ended), ["VALIDITY_INVALID validity"]);
    assert_eq!(wrong(|terms| terms.validity.until = terms.validity.from), [""; 0]);
    for (mode, days, fits) in [
        (Mode::Instant, 2, true),
        (Mode::Instant, 3, false),
        (Mode::Promise, 5, true),
        (Mode::Promise, 6, false),
        (Mode::Standard, 60, true),
        (Mode::Standard, 61, false),
        (Mode::Standard, 0, false),
    ] {
        let wrong = wrong(|terms| {
            terms.mode = mode;
            terms.promised = Limit::WorkingDays(days);
        });
        assert_eq!(wrong.is_empty(), fits, "{mode} {days}");
    }
    let hours = |terms: &mut Terms| terms.promised = Limit::NaturalHours(1);
    assert_eq!(wrong(hours), ["PROMISE_INVALID promised"]);
    for (notice, fits) in [
        (NoticeMode::BeforePayment { days: 0 }, false),
        (NoticeMode::AfterPayment { days: 61 }, false),
        (NoticeMode::BeforePayment { days: 5 }, true),
        (NoticeMode::None, true),
    ] {
        assert_eq!(wrong(|terms| terms.notice = notice).is_empty(), fits, "{notice:?}");
    }
}

#[test]
fn criteria_and_claims_are_named_once_and_in_letters() {
    assert_eq!(wrong(|terms| terms.criteria.clear()), ["SIZE_INVALID criteria"]);
    let twice = |terms: &mut Terms| terms.criteria.push(criterion("credit", "true", "如此"));
    assert_eq!(wrong(twice), ["NAMED_TWICE criteria[2].code"]);
    let spaced = |terms: &mut Terms| terms.criteria[0].code = "a b".to_owned();
    assert_eq!(wrong(spaced), ["NAME_INVALID criteria[0].code"]);
    let wordless = |terms: &mut Terms| terms.criteria[0].wanted.clear();
    assert_eq!(wrong(wordless), ["SIZE_INVALID criteria[0].wanted"]);
    let again = |terms: &mut Terms| terms.claim.push(field("first", Kind::Int, false));
    assert_eq!(wrong(again), ["NAMED_TWICE claim[5].name"]);
    for name in ["", "Loan", "1st", "loan-fen", "in", &"a".repeat(61)] {
        let wrong = wrong(|terms| terms.claim.push(field(name, Kind::Int, false)));
        assert_eq!(wrong, ["NAME_INVALID claim[5].name"], "{name}");
    }
}

#[test]
fn what_needs_no_application_asks_for_nothing() {
    let wrong = wrong(|terms| terms.mode = Mode::NoApplication);
    assert_eq!(wrong, ["CLAIM_WITHOUT_APPLICATION claim[0]", "CLAIM_WITHOUT_APPLICATION claim[1]"]);
}

#[test]
fn amounts_are_above_zero_and_over_known_numbers() {
    let amount = |amount: Formula| wrong(|terms| terms.amount = amount);
    for fen in [0, -1, i64::MIN] {
        let flat = Formula::Flat { amount: Fen(fen) };
        assert_eq!(amount(flat), ["AMOUNT_INVALID amount.amount"], "{fen}");
    }
    for rate_bp in [0, 10_001, u32::MAX] {
        let percent = percent("claim.interest_fen", rate_bp, None);
        assert_eq!(amount(percent), ["AMOUNT_INVALID amount.rate_bp"], "{rate_bp}");
    }
    let percent_of = |name: &str, cap| amount(percent(name, 1, cap));
    assert_eq!(percent_of("claim.interest_fen", Some(0)), ["AMOUNT_INVALID amount.cap"]);
    assert_eq!(percent_of("claim.nothing", None), ["UNKNOWN_FIELD amount.base"]);
    assert_eq!(percent_of("claim.contract", None), ["WRONG_TYPE amount.base"]);
    let base = Base::Field("claim.interest_fen".to_owned());
    let unit = Formula::PerUnit { base, unit: Fen::ZERO, cap: None };
    assert_eq!(amount(unit), ["AMOUNT_INVALID amount.unit"]);
    let flat = Formula::Flat { amount: Fen(1) };
    let single = Formula::HigherOf { of: vec![flat.clone()] };
    assert_eq!(amount(single), ["SIZE_INVALID amount"]);
    let pair = Formula::HigherOf { of: vec![flat.clone(), Formula::Flat { amount: Fen(0) }] };
    assert_eq!(amount(pair.clone()), ["AMOUNT_INVALID amount.of[1].amount"]);
    let nested = Formula::HigherOf { of: vec![flat, pair] };
    assert_eq!(amount(nested), ["SIZE_INVALID amount.of[1]"]);
    let cap = |terms: &mut Terms| terms.caps.year = Some(Fen(-5));
    assert_eq!(wrong(cap), ["AMOUNT_INVALID caps.year"]);
    assert_eq!(wrong(|terms| terms.threshold = Fen(-1)), ["AMOUNT_INVALID threshold"]);
    assert_eq!(wrong(|terms| terms.threshold = Fen::ZERO), [""; 0]);
}

#[test]
fn tables_and_tiers_are_in_order() {
    let row = |value: Value, amount| Row { value, amount: Fen(amount) };
    let table = |field: &str, rows: Vec<Row>| {
        let field = field.to_owned();
        wrong(|terms| terms.amount = Formula::Table { field, rows })
    };
    assert_eq!(table("enterprise.size", vec![row(text("小型"), 1)]), [""; 0]);
    assert_eq!(table("enterprise.size", Vec::new()), ["SIZE_INVALID amount"]);
    assert_eq!(
        table("enterprise.siez", vec![row(text("小型"), 1)]),
        ["UNKNOWN_FIELD amount.field"]
    );
    let number = table("enterprise.size", vec![row(Value::Int(1), 1)]);
    assert_eq!(number, ["WRONG_TYPE amount.rows[0].value"]);
    let twice = table("enterprise.size", vec![row(text("小型"), 1), row(text("小型"), 2)]);
    assert_eq!(twice, ["NAMED_TWICE amount.rows[1].value"]);
    let nothing = table("enterprise.size", vec![row(text("小型"), 0)]);
    assert_eq!(nothing, ["AMOUNT_INVALID amount.rows[0].amount"]);
    let tiered = |tiers: &[(i64, i64, u32)]| {
        let tier = |(from, amount, rate_bp): &(i64, i64, u32)| Tier {
            from: *from,
            amount: Fen(*amount),
            rate_bp: *rate_bp,
        };
        let tiers = tiers.iter().map(tier).collect();
        let base = Base::Field("claim.interest_fen".to_owned());
        wrong(|terms| terms.amount = Formula::Tiered { base, tiers, cap: None })
    };
    assert_eq!(tiered(&[(0, 0, 500), (10, 0, 300), (20, 5, 0)]), [""; 0]);
    assert_eq!(tiered(&[]), ["SIZE_INVALID amount"]);
    assert_eq!(tiered(&[(10, 5, 0), (10, 6, 0)]), ["TIERS_NOT_RISING amount.tiers[1]"]);
    assert_eq!(tiered(&[(10, 5, 0), (20, 4, 0)]), ["TIERS_NOT_RISING amount.tiers[1]"]);
    assert_eq!(tiered(&[(-1, 5, 0)]), ["AMOUNT_INVALID amount.tiers[0]"]);
    assert_eq!(tiered(&[(1, 0, 0)]), ["AMOUNT_INVALID amount.tiers[0]"]);
    assert_eq!(tiered(&[(1, 0, 10_001)]), ["AMOUNT_INVALID amount.tiers[0].rate_bp"]);
}

#[test]
fn what_a_claim_is_about_can_be_told() {
    let none = |terms: &mut Terms| terms.subject = Some("claim.nothing".to_owned());
    assert_eq!(wrong(none), ["UNKNOWN_FIELD subject"]);
    let optional = |terms: &mut Terms| terms.subject = Some("claim.remarks".to_owned());
    assert_eq!(wrong(optional), ["SUBJECT_MISSING subject"]);
    let alone = |terms: &mut Terms| {
        terms.subject = None;
        terms.stackable = false;
    };
    assert_eq!(wrong(alone), ["SUBJECT_MISSING subject"]);
    let never = |terms: &mut Terms| terms.once = Some(Once { times: 0, per: Per::Year });
    assert_eq!(wrong(never), ["AMOUNT_INVALID once.times"]);
}

#[test]
fn every_payer_has_a_share_and_a_budget() {
    let share = |code: &str, parts| Share { payer: department(code), parts };
    assert_eq!(
        wrong(|terms| terms.shares.clear()),
        ["SIZE_INVALID shares", "PAYER_WITHOUT_BUDGET budgets[0]"]
    );
    let second = |terms: &mut Terms| terms.shares.push(share("D02", 1));
    assert_eq!(wrong(second), ["PAYER_WITHOUT_BUDGET shares[1]"]);
    let twice = |terms: &mut Terms| terms.shares.push(share("D04", 1));
    assert_eq!(wrong(twice), ["NAMED_TWICE shares[1].payer"]);
    assert_eq!(wrong(|terms| terms.shares[0].parts = 0), ["AMOUNT_INVALID shares[0].parts"]);
    assert_eq!(
        wrong(|terms| terms.budgets[0].amount = Fen(0)),
        ["AMOUNT_INVALID budgets[0].amount"]
    );
    assert_eq!(wrong(|terms| terms.budgets[0].year = 26), ["VALIDITY_INVALID budgets[0].year"]);
    let again = |terms: &mut Terms| terms.budgets.push(terms.budgets[0].clone());
    assert_eq!(wrong(again), ["NAMED_TWICE budgets[1]"]);
    let long = PolicyId::new(&"P".repeat(60)).unwrap();
    assert_eq!(told(check(&long, &terms(), &departments())), ["NAME_INVALID budgets[0]"]);
}

#[test]
fn all_that_is_wrong_with_a_claim_is_told_at_once() {
    let claim = Facts::new()
        .with("claim.interest_fen", Value::Int(-1))
        .with("claim.contract", text("  "))
        .with("claim.remarks", text(&"长".repeat(TEXT_CHARS_MAX + 1)))
        .with("claim.first", text("是"))
        .with("claim.banks", Value::List(vec![Value::Int(1)]))
        .with("claim.more", Value::Int(1))
        .with("enterprise.credit_status", text("正常"));
    let faults: Vec<String> = claim_faults(&terms(), &claim)
        .into_iter()
        .map(|(name, fault)| format!("{name} {fault}"))
        .collect();
    let expected = [
        "claim.contract MISSING",
        "claim.banks WRONG_TYPE",
        "claim.first WRONG_TYPE",
        "claim.interest_fen NEGATIVE",
        "claim.more UNASKED",
        "claim.remarks TOO_LONG",
        "enterprise.credit_status UNASKED",
    ];
    assert_eq!(faults, expected);
    let good =
        Facts::new().with("claim.interest_fen", Value::Int(0)).with("claim.contract", text("借"));
    assert_eq!(claim_faults(&terms(), &good), []);
    assert_eq!(claim_faults(&terms(), &Facts::new()).len(), 2, "both that are required");
}
