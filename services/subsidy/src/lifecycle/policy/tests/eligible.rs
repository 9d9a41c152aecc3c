//! Who: every criterion that fails, with the enterprise's value beside the wanted one.

use base::{EnterpriseId, Fen};

use super::super::sample::{criterion, facts, terms, text, version, version_of};
use super::super::*;

/// The codes of the criteria that fail, and their texts.
fn failing_codes(version: &PolicyVersion, facts: &Facts) -> Vec<String> {
    failing(version, facts).unwrap().into_iter().map(|failing| failing.code).collect()
}

fn one(expression: &str) -> PolicyVersion {
    let criteria = vec![criterion("one", expression, "如此")];
    version_of(Terms { criteria, ..terms() })
}

#[test]
fn all_criteria_that_fail_are_told_at_once_with_value_and_wanted() {
    let facts = facts()
        .with("enterprise.credit_status", text("失信"))
        .with("claim.interest_fen", Value::Int(499_999));
    let failing = failing(&version(), &facts).unwrap();
    assert_eq!(failing.len(), 2);
    assert_eq!(failing[0].text, "条件credit：要求无失信记录；信用状况为“失信”。");
    assert_eq!(
        failing[1],
        Failing {
            code: "interest".to_owned(),
            name: "条件interest".to_owned(),
            expression: "claim.interest_fen >= 500000".to_owned(),
            actual: vec![("claim.interest_fen".to_owned(), Value::Int(499_999))],
            wanted: "利息不少于5000元".to_owned(),
            text: "条件interest：要求利息不少于5000元；填报的interest_fen为4,999.99元。".to_owned(),
        }
    );
}

/// M6: a dishonesty record makes an enterprise not eligible; so does not knowing of any.
#[test]
fn m6_a_dishonest_enterprise_is_not_eligible() {
    let with = |value: Value| facts().with("enterprise.credit_status", value);
    assert_eq!(failing_codes(&version(), &with(text("失信"))), ["credit"]);
    assert_eq!(failing_codes(&version(), &with(Value::Null)), ["credit"], "not known");
    assert_eq!(failing_codes(&version(), &with(Value::Int(1))), ["credit"], "of a wrong type");
    assert_eq!(failing_codes(&version(), &with(text("正常"))), [""; 0]);
}

#[test]
fn what_is_not_known_is_a_failing_criterion_and_says_so() {
    let told = |facts: &Facts| failing(&version(), facts).unwrap().remove(0).text;
    assert_eq!(
        told(&facts().with("enterprise.credit_status", Value::Null)),
        "条件credit：要求无失信记录；没有信用状况的记录，资料不全，无法判断。"
    );
    assert_eq!(
        told(&facts().with("claim.interest_fen", Value::Null)),
        "条件interest：要求利息不少于5000元；未填写填报的interest_fen，资料不全，无法判断。"
    );
}

#[test]
fn what_is_not_known_does_no_harm_where_it_decides_nothing() {
    let either = one("enterprise.industry == '新能源' || enterprise.high_tech == 2025");
    let new_energy = Facts::new().with("enterprise.industry", text("新能源"));
    assert_eq!(failing_codes(&either, &new_energy), [""; 0]);
    let turned = one("enterprise.high_tech == 2025 || enterprise.industry == '新能源'");
    assert_eq!(failing_codes(&turned, &new_energy), [""; 0]);
    assert_eq!(failing_codes(&either, &Facts::new()), ["one"]);
    let asked = one("!has(enterprise.high_tech) || enterprise.high_tech < 2020");
    assert_eq!(failing_codes(&asked, &Facts::new()), [""; 0]);
    let unequal = one("enterprise.industry != '服务业'");
    assert_eq!(failing_codes(&unequal, &Facts::new()), ["one"], "unknown is not unequal");
    let neither = one("!(enterprise.industry in ['服务业'])");
    assert_eq!(failing_codes(&neither, &Facts::new()), ["one"]);
}

#[test]
fn a_division_by_zero_and_an_overflow_are_failing_criteria() {
    let ratio = one("enterprise.rd_2025_fen * 10000 / enterprise.revenue_2025_fen >= 300");
    let known = |rd, revenue| {
        let facts = Facts::new().with("enterprise.rd_2025_fen", Value::Int(rd));
        facts.with("enterprise.revenue_2025_fen", Value::Int(revenue))
    };
    let told = |facts: &Facts| failing(&ratio, facts).unwrap().pop().map(|failing| failing.text);
    assert_eq!(told(&known(3, 100)), None);
    assert_eq!(told(&known(2_999, 100_000)).unwrap().matches("无法计算").count(), 0);
    assert!(told(&known(3, 0)).unwrap().ends_with("，除数为零，无法计算。"));
    assert!(told(&known(i64::MAX, 1)).unwrap().ends_with("，数值过大，无法计算。"));
}

#[test]
fn lists_are_asked_of_by_macros() {
    let banks = |list: &[&str]| {
        let list = list.iter().map(|bank| text(bank)).collect();
        Facts::new().with("claim.banks", Value::List(list))
    };
    let all = one("claim.banks.all(b, b.endsWith('银行'))");
    assert_eq!(failing_codes(&all, &banks(&["农业银行", "工商银行"])), [""; 0]);
    assert_eq!(failing_codes(&all, &banks(&["农业银行", "信用社"])), ["one"]);
    let some = one("'工商银行' in claim.banks && size(claim.banks) == 2");
    assert_eq!(failing_codes(&some, &banks(&["农业银行", "工商银行"])), [""; 0]);
    let once = one("claim.banks.exists_one(b, b == '工商银行')");
    assert_eq!(failing_codes(&once, &banks(&["工商银行", "工商银行"])), ["one"]);
    let any = one("claim.banks.exists(b, b in ['工商银行'])");
    assert_eq!(failing_codes(&any, &banks(&["工商银行", "工商银行"])), [""; 0]);
    let many = vec!["工商银行"; LIST_VALUES_MAX + 1];
    assert_eq!(failing_codes(&any, &banks(&many)), ["one"], "longer than a fact may be");
}

#[test]
fn a_match_tells_what_is_still_to_be_stated() {
    let stated = match_one(&version(), &facts()).unwrap();
    assert!(stated.is_eligible());
    assert_eq!((stated.amount, stated.missing), (Some(Fen(1_989_136)), Vec::new()));
    let known = Facts::new().with("enterprise.credit_status", text("正常"));
    let silent = match_one(&version(), &known).unwrap();
    assert!(silent.is_eligible(), "nothing that is known speaks against it");
    assert_eq!(silent.missing, ["claim.interest_fen", "claim.contract"]);
    assert_eq!(silent.amount, None);
    let dishonest = known.with("enterprise.credit_status", text("失信"));
    let refused = match_one(&version(), &dishonest).unwrap();
    assert!(!refused.is_eligible());
    assert_eq!(refused.failing.len(), 1);
}

#[test]
fn a_preview_counts_who_gets_what_who_might_and_what_is_lacking() {
    let enterprise = |code: &str| EnterpriseId::new(code).unwrap();
    let poor = Facts::new().with("enterprise.credit_status", text("失信"));
    let silent = Facts::new().with("enterprise.credit_status", text("正常"));
    let version = version();
    let known = [
        (enterprise("P-a"), &facts()),
        (enterprise("P-b"), &facts()),
        (enterprise("P-c"), &poor),
        (enterprise("P-d"), &silent),
    ];
    let preview = preview(&version, known).unwrap();
    assert_eq!((preview.enterprises, preview.undecided), (2, 1));
    assert_eq!(preview.total, Fen(2 * 1_989_136));
    let payer = super::super::sample::department("D04");
    assert_eq!(preview.payers, [(payer.clone(), preview.total)]);
    let budget = |amount| vec![Allotment { year: 2026, payer: payer.clone(), amount: Fen(amount) }];
    assert_eq!(preview.lacking(&budget(4_000_000), 2026, &payer), Fen::ZERO);
    assert_eq!(preview.lacking(&budget(3_978_271), 2026, &payer), Fen(1));
    assert_eq!(preview.lacking(&budget(4_000_000), 2027, &payer), preview.total);
}
