//! Samples for the tests of the rules: the demo zone's policies and enterprises, and one plain policy.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "samples are known to be good")]

use std::collections::{BTreeMap, BTreeSet};

use base::{Actor, DepartmentId, EnterpriseId, Fen, PersonId, PolicyId};
use calendar::{Calendar, Limit, Moment};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value as Json;

use super::*;
use crate::lifecycle::By;

pub(crate) fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

pub(crate) fn department(code: &str) -> DepartmentId {
    DepartmentId::new(code).expect("a department")
}

pub(crate) fn policy_id(code: &str) -> PolicyId {
    PolicyId::new(code).expect("a policy")
}

pub(crate) fn enterprise_id() -> EnterpriseId {
    EnterpriseId::new("P-ours").expect("an enterprise")
}

pub(crate) fn departments() -> BTreeSet<DepartmentId> {
    ["D02", "D03", "D04", "D08", "D12"].map(department).into()
}

pub(crate) fn lead() -> By {
    let person = PersonId::new("D02-01").expect("a person");
    By { actor: Actor::Person(person.clone()), person }
}

pub(crate) fn moment<'a>(now: &str, calendar: &'a Calendar) -> Moment<'a> {
    Moment { now: instant(now), calendar }
}

pub(crate) fn text(words: &str) -> Value {
    Value::Text(words.to_owned())
}

pub(crate) fn field(name: &str, kind: Kind, required: bool) -> ClaimField {
    let label = format!("填报的{name}");
    let unit = if name.ends_with("_fen") { "分" } else { "" };
    ClaimField { name: name.to_owned(), kind, label, unit: unit.to_owned(), required }
}

pub(crate) fn criterion(code: &str, expression: &str, wanted: &str) -> Criterion {
    Criterion {
        code: code.to_owned(),
        name: format!("条件{code}"),
        expression: expression.to_owned(),
        wanted: wanted.to_owned(),
    }
}

/// 贷款贴息: 40 % of the interest, at most 150,000 yuan, once a year, all of 2026.
pub(crate) fn terms() -> Terms {
    Terms {
        title: "中小微企业贷款贴息".to_owned(),
        department: department("D02"),
        basis: Basis {
            document: "贴息办法".to_owned(), number: "示经发〔2026〕1号".to_owned()
        },
        validity: Validity { from: date("2026-01-01"), until: date("2026-12-31") },
        mode: Mode::Standard,
        promised: Limit::WorkingDays(10),
        criteria: vec![
            criterion("credit", "enterprise.credit_status != '失信'", "无失信记录"),
            criterion("interest", "claim.interest_fen >= 500000", "利息不少于5000元"),
        ],
        claim: vec![
            field("interest_fen", Kind::Int, true),
            field("contract", Kind::Text, true),
            field("remarks", Kind::Text, false),
            field("banks", Kind::Texts, false),
            field("first", Kind::Bool, false),
        ],
        amount: percent("claim.interest_fen", 4000, Some(15_000_000)),
        caps: Caps::default(),
        once: Some(Once { times: 1, per: Per::Year }),
        subject: Some("claim.contract".to_owned()),
        stackable: true,
        shares: vec![Share { payer: department("D04"), parts: 1 }],
        notice: NoticeMode::AfterPayment { days: 5 },
        threshold: Fen(50_000_000),
        budgets: vec![Allotment { year: 2026, payer: department("D04"), amount: Fen(400_000_000) }],
        materials: vec!["借款合同".to_owned()],
    }
}

pub(crate) fn percent(field: &str, rate_bp: u32, cap: Option<i64>) -> Formula {
    Formula::Percent { base: Base::Field(field.to_owned()), rate_bp, cap: cap.map(Fen) }
}

pub(crate) fn version() -> PolicyVersion {
    version_of(terms())
}

pub(crate) fn version_of(terms: Terms) -> PolicyVersion {
    PolicyVersion { policy: policy_id("P05"), number: 1, terms }
}

/// The facts that make the plain policy hold.
pub(crate) fn facts() -> Facts {
    Facts::new()
        .with("enterprise.credit_status", text("正常"))
        .with("claim.interest_fen", Value::Int(4_972_841))
        .with("claim.contract", text("借2026-1"))
}

/// The demo zone's book.
pub(crate) struct Book {
    pub(crate) annual_cap: Fen,
    pub(crate) policies: BTreeMap<String, PolicyVersion>,
    pub(crate) enterprises: BTreeMap<String, Json>,
    pub(crate) disbursements: Vec<Json>,
    pub(crate) rejected: Vec<Json>,
}

pub(crate) fn book() -> Book {
    let read = |text: &str| serde_json::from_str::<Json>(text).expect("the book is JSON");
    let policies = read(include_str!("../../../../../deploy/demo/policies.json"));
    let enterprises = read(include_str!("../../../../../deploy/demo/enterprises.json"));
    let disbursements = read(include_str!("../../../../../deploy/demo/disbursements.json"));
    let rejected = read(include_str!("../../../../../deploy/demo/rejected_applications.json"));
    let list = |of: &Json, name: &str| of[name].as_array().expect("a list").clone();
    let id = |of: &Json| of["id"].as_str().expect("an id").to_owned();
    let policy = |of: &Json| (id(of), book_version(of));
    Book {
        annual_cap: Fen(policies["annual_cap_per_enterprise_fen"].as_i64().expect("a cap")),
        policies: list(&policies, "policies").iter().map(policy).collect(),
        enterprises: list(&enterprises, "enterprises")
            .iter()
            .map(|of| (id(of), of.clone()))
            .collect(),
        disbursements: list(&disbursements, "disbursements"),
        rejected: list(&rejected, "applications"),
    }
}

impl Book {
    /// All that is known of an enterprise on a day (`2026-06-24…`), and of a claim.
    pub(crate) fn facts(&self, enterprise: &str, claim: &Json, on: &str) -> Facts {
        let known = self.enterprises[enterprise].as_object().expect("an enterprise");
        let mut facts = Facts::new();
        for (name, value) in known {
            facts.put(format!("enterprise.{name}"), plain(value));
        }
        // It was in good standing before the day on which its breach was recorded.
        if known["credit_since"].as_str().is_some_and(|since| on < since) {
            facts.put("enterprise.credit_status", text("正常"));
        }
        facts.and(&claimed(claim))
    }
}

/// What a claim of the book states.
pub(crate) fn claimed(claim: &Json) -> Facts {
    let claim = claim.as_object().expect("a claim");
    claim.iter().map(|(name, value)| (format!("claim.{name}"), plain(value))).collect()
}

fn plain(value: &Json) -> Value {
    serde_json::from_value(value.clone()).expect("a value")
}

/// The book's words for a policy, as terms (MAPPING.md).
fn book_version(of: &Json) -> PolicyVersion {
    let word = |name: &str| of[name].as_str().expect("a word");
    let once = match word("once") {
        "一次性" => Once { times: 1, per: Per::Ever },
        "每年一次" => Once { times: 1, per: Per::Year },
        "每年两次" => Once { times: 2, per: Per::Year },
        other => panic!("unknown repetition {other}"),
    };
    let mode = match word("mode") {
        "免申即享" => Mode::NoApplication,
        "申报享受" => Mode::Standard,
        other => panic!("unknown mode {other}"),
    };
    let budget = Fen(of["budget_fen"].as_i64().expect("a budget"));
    let (claim, subject) = book_claim(word("id"));
    let terms = Terms {
        title: word("name").to_owned(),
        department: department(word("department")),
        criteria: of["criteria"].as_array().expect("criteria").iter().map(book_criterion).collect(),
        mode,
        claim,
        amount: book_amount(&of["amount"]),
        once: Some(once),
        subject: subject.map(str::to_owned),
        budgets: vec![Allotment { year: 2026, payer: department("D04"), amount: budget }],
        ..terms()
    };
    PolicyVersion { policy: policy_id(word("id")), number: 1, terms }
}

/// What a claim of each of the book's policies states, and what it is about.
fn book_claim(policy: &str) -> (Vec<ClaimField>, Option<&'static str>) {
    let int = |name: &str| field(name, Kind::Int, true);
    match policy {
        "P03" => {
            let fields = vec![int("equipment_fen"), field("project", Kind::Text, true)];
            (fields, Some("claim.project"))
        }
        "P05" => (vec![int("loan_fen"), int("interest_fen")], None),
        "P06" => (vec![int("new_hires"), int("months_employed")], None),
        "P07" => {
            let fields = vec![field("exhibition", Kind::Text, true), int("booth_fee_fen")];
            (fields, Some("claim.exhibition"))
        }
        "P09" => (vec![int("local_purchase_fen"), int("supplier_distance_m")], None),
        _ => (Vec::new(), None),
    }
}

fn book_criterion(of: &Json) -> Criterion {
    let word = |name: &str| of[name].as_str().expect("a word");
    let value = &of["value"];
    let expression = match word("op") {
        "eq" => format!("{} == {value}", word("field")),
        "ne" => format!("{} != {value}", word("field")),
        "in" => format!("{} in {value}", word("field")),
        "ge" => format!("{} >= {value}", word("field")),
        "le" => format!("{} <= {value}", word("field")),
        "ratio_bp_ge" => format!("{} * 10000 / {} >= {value}", word("num"), word("den")),
        "diff_gt" => format!("{} - {} > {value}", word("a"), word("b")),
        other => panic!("unknown operator {other}"),
    };
    let code = of["field"].as_str().unwrap_or(word("op"));
    criterion(code, &expression, &format!("{} {value}", word("op")))
}

fn book_amount(of: &Json) -> Formula {
    let word = |name: &str| of[name].as_str().expect("a word").to_owned();
    let fen = |name: &str| of[name].as_i64().map(Fen);
    match of["kind"].as_str().expect("a kind") {
        "table" => {
            let rows = of["table"].as_object().expect("rows").iter();
            let row = |(value, amount): (&String, &Json)| Row {
                value: Value::Text(value.clone()),
                amount: Fen(amount.as_i64().expect("an amount")),
            };
            Formula::Table { field: word("field"), rows: rows.map(row).collect() }
        }
        "percent" => {
            let base = match of["base"].as_str() {
                Some(field) => Base::Field(field.to_owned()),
                None => {
                    let part = |at: usize| of["base"]["minus"][at].as_str().expect("a field");
                    Base::Minus(part(0).to_owned(), part(1).to_owned())
                }
            };
            let rate_bp = of["rate_bp"].as_u64().expect("a rate");
            let rate_bp = u32::try_from(rate_bp).expect("a rate");
            Formula::Percent { base, rate_bp, cap: fen("cap_fen") }
        }
        "per_unit" => Formula::PerUnit {
            base: Base::Field(word("field")),
            unit: fen("unit_fen").expect("a unit"),
            cap: fen("cap_fen"),
        },
        other => panic!("unknown formula {other}"),
    }
}
