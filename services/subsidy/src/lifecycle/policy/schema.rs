//! Which facts there are and of which type each is: those of an enterprise are the same for every
//! policy, those of a claim each policy declares for itself.

use base::Fen;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

use super::facts::{Facts, Value};
use super::version::Terms;

/// The longest text that a fact may be, in characters.
pub const TEXT_CHARS_MAX: usize = 200;
/// The most values that a list may have.
pub const LIST_VALUES_MAX: usize = 50;

/// Of which type a fact is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// A whole number.
    Int,
    /// Words.
    Text,
    /// Yes or no.
    Bool,
    /// Several texts.
    Texts,
}

impl Kind {
    /// What it is called.
    pub fn chinese(self) -> &'static str {
        match self {
            Kind::Int => "整数",
            Kind::Text => "文本",
            Kind::Bool => "是否",
            Kind::Texts => "文本列表",
        }
    }

    /// Whether a value is of this type; what is not known is of every type.
    pub fn fits(self, value: &Value) -> bool {
        match (self, value) {
            (_, Value::Null)
            | (Kind::Int, Value::Int(_))
            | (Kind::Text, Value::Text(_))
            | (Kind::Bool, Value::Bool(_)) => true,
            (Kind::Texts, Value::List(values)) => {
                values.iter().all(|value| matches!(value, Value::Text(_)))
            }
            (Kind::Int | Kind::Text | Kind::Bool | Kind::Texts, _) => false,
        }
    }
}

/// What a claim states: declared by the policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimField {
    /// Its name within the claim: `interest_fen`.
    pub name: String,
    /// Of which type it is.
    pub kind: Kind,
    /// What it is called: `实际支付利息`.
    pub label: String,
    /// In which unit a number is: `分`, `人`, `米`; empty for what is no number.
    pub unit: String,
    /// Whether a claim without it is refused.
    pub required: bool,
}

impl ClaimField {
    /// Its name among all facts: `claim.interest_fen`.
    pub fn full_name(&self) -> String {
        format!("{CLAIM}.{}", self.name)
    }
}

/// What the facts of a claim begin with.
pub const CLAIM: &str = "claim";
/// What the facts of an enterprise begin with.
pub const ENTERPRISE: &str = "enterprise";

/// The unit of money: amounts are kept in fen and shown in yuan.
const FEN: &str = "分";

/// What is known of an enterprise: name, type, label and unit. The list is closed.
#[rustfmt::skip]
pub const ENTERPRISE_FIELDS: &[(&str, Kind, &str, &str)] = &[
    ("code",                   Kind::Text, "统一社会信用代码",     ""),
    ("name",                   Kind::Text, "企业名称",             ""),
    ("industry",               Kind::Text, "行业",                 ""),
    ("sector",                 Kind::Text, "细分领域",             ""),
    ("size",                   Kind::Text, "企业规模",             ""),
    ("staff",                  Kind::Int,  "从业人数",             "人"),
    ("registered_capital_fen", Kind::Int,  "注册资本",             FEN),
    ("founded_year",           Kind::Int,  "成立年份",             "年"),
    ("above_scale",            Kind::Bool, "规上企业",             ""),
    ("first_above_scale_year", Kind::Int,  "首次上规年份",         "年"),
    ("high_tech",              Kind::Int,  "高新技术企业认定年份", "年"),
    ("high_tech_kind",         Kind::Text, "高新技术企业认定类别", ""),
    ("srdi",                   Kind::Text, "专精特新等级",         ""),
    ("srdi_year",              Kind::Int,  "专精特新认定年份",     "年"),
    ("tax_credit",             Kind::Text, "纳税信用等级",         ""),
    ("credit_status",          Kind::Text, "信用状况",             ""),
];

/// What is known of an enterprise for each year, in fen: `revenue_2025_fen`.
const YEARLY_FIELDS: &[(&str, &str, &str)] =
    &[("revenue_", "_fen", "年营业收入"), ("rd_", "_fen", "年研发费用")];

/// The facts that one policy may speak of.
#[derive(Clone, Copy, Debug)]
pub struct Schema<'a> {
    claim: &'a [ClaimField],
}

/// What is declared of one fact.
struct Declared<'a> {
    kind: Kind,
    label: String,
    unit: &'a str,
}

impl<'a> Schema<'a> {
    /// Those of a policy's terms.
    pub fn of(terms: &'a Terms) -> Schema<'a> {
        Schema { claim: &terms.claim }
    }

    /// Of which type a fact is, by its dotted name; none if there is no such fact.
    pub fn kind(&self, name: &str) -> Option<Kind> {
        self.declared(name).map(|declared| declared.kind)
    }

    /// What a fact is called: `企业规模`, `2025年营业收入`, `实际支付利息`.
    pub fn label(&self, name: &str) -> String {
        self.declared(name).map_or_else(|| name.to_owned(), |declared| declared.label)
    }

    /// What is known of a fact, for people: `企业规模为“大型”`, `实际支付利息为4,999.99元`,
    /// `未填写新增就业人数`, `没有首次上规年份的记录`.
    pub fn told(&self, name: &str, value: &Value) -> String {
        let label = self.label(name);
        let unit = self.declared(name).map_or("", |declared| declared.unit);
        match value {
            Value::Null if name.starts_with("claim.") => format!("未填写{label}"),
            Value::Null => format!("没有{label}的记录"),
            Value::Int(fen) if unit == FEN => format!("{label}为{}元", Fen(*fen)),
            Value::Int(number) => format!("{label}为{number}{unit}"),
            Value::Bool(_) | Value::Text(_) | Value::List(_) => format!("{label}为{value}"),
        }
    }

    fn declared(&self, name: &str) -> Option<Declared<'a>> {
        let (root, field) = name.split_once('.')?;
        match root {
            ENTERPRISE => enterprise_field(field),
            CLAIM => {
                let claimed = self.claim.iter().find(|claimed| claimed.name == field)?;
                let ClaimField { kind, label, unit, .. } = claimed;
                Some(Declared { kind: *kind, label: label.clone(), unit })
            }
            _ => None,
        }
    }
}

/// What is known of an enterprise by a name.
fn enterprise_field(field: &str) -> Option<Declared<'static>> {
    let fixed = ENTERPRISE_FIELDS.iter().find(|(name, ..)| *name == field);
    if let Some((_, kind, label, unit)) = fixed {
        return Some(Declared { kind: *kind, label: (*label).to_owned(), unit });
    }
    YEARLY_FIELDS.iter().find_map(|(before, after, label)| {
        let year = field.strip_prefix(before)?.strip_suffix(after)?;
        let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
        is_year.then(|| Declared { kind: Kind::Int, label: format!("{year}{label}"), unit: FEN })
    })
}

/// What is wrong with a fact that a claim states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ClaimFault {
    /// 未填写: it is required, and is not there or is blank.
    Missing,
    /// The policy does not ask for it.
    Unasked,
    /// It is of another type.
    WrongType,
    /// A number below zero.
    Negative,
    /// Longer than a fact may be.
    TooLong,
}

impl ClaimFault {
    /// What is wrong, for people.
    pub fn chinese(self) -> &'static str {
        match self {
            ClaimFault::Missing => "未填写",
            ClaimFault::Unasked => "该政策没有此项",
            ClaimFault::WrongType => "类型不符",
            ClaimFault::Negative => "不能为负数",
            ClaimFault::TooLong => "超过长度上限",
        }
    }
}

/// What is wrong with a claim, all at once: each fact by its dotted name. Facts of the enterprise
/// among them are none of the claim's: the enterprise does not state them.
pub fn claim_faults(terms: &Terms, claim: &Facts) -> Vec<(String, ClaimFault)> {
    let schema = Schema::of(terms);
    let mut faults = Vec::new();
    for field in &terms.claim {
        let blank = match claim.get(&field.full_name()) {
            Value::Null => true,
            Value::Text(text) => text.trim().is_empty(),
            Value::List(values) => values.is_empty(),
            Value::Bool(_) | Value::Int(_) => false,
        };
        if field.required && blank {
            faults.push((field.full_name(), ClaimFault::Missing));
        }
    }
    for (name, value) in claim.iter() {
        let kind = schema.kind(name).filter(|_| name.starts_with("claim."));
        let Some(kind) = kind else {
            faults.push((name.to_owned(), ClaimFault::Unasked));
            continue;
        };
        if let Some(fault) = value_fault(kind, value) {
            faults.push((name.to_owned(), fault));
        }
    }
    faults
}

fn value_fault(kind: Kind, value: &Value) -> Option<ClaimFault> {
    if !kind.fits(value) {
        return Some(ClaimFault::WrongType);
    }
    match value {
        Value::Int(number) => (*number < 0).then_some(ClaimFault::Negative),
        Value::Text(text) => (TEXT_CHARS_MAX < text.chars().count()).then_some(ClaimFault::TooLong),
        Value::List(values) if LIST_VALUES_MAX < values.len() => Some(ClaimFault::TooLong),
        Value::List(values) => values.iter().find_map(|value| value_fault(Kind::Text, value)),
        Value::Bool(_) | Value::Null => None,
    }
}
