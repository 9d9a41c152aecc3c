//! Whether a policy can be followed: all that is wrong with what it says, each with its place.

mod money;

use std::collections::BTreeSet;

use base::{DepartmentId, Fen, PolicyId};
use calendar::Limit;

use super::expression::Expression;
use super::flaw::{Flaw, FlawKind};
use super::schema::{CLAIM, ClaimField, Schema};
use super::version::{Criterion, Mode, NoticeMode, Terms};

/// The most criteria, and the most facts of a claim.
const ENTRIES_MAX: usize = 50;
/// The longest code of a criterion, and the longest name of a fact, in characters.
const NAME_CHARS_MAX: usize = 60;
/// The most times that a policy may be had in one period.
const TIMES_MAX: u32 = 100;
/// The longest notice, in working days.
const NOTICE_DAYS_MAX: u32 = 60;
/// The years that a policy can hold in.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2200;

/// Everything that is wrong with what a policy shall say; nothing if it may be filed. `departments`
/// are those that there are.
pub fn check(policy: &PolicyId, terms: &Terms, departments: &BTreeSet<DepartmentId>) -> Vec<Flaw> {
    let mut check = Check { policy, terms, departments, flaws: Vec::new() };
    check.words();
    check.time();
    check.criteria();
    check.claim();
    check.subject();
    check.money();
    check.flaws
}

/// A check in the making.
struct Check<'a> {
    policy: &'a PolicyId,
    terms: &'a Terms,
    departments: &'a BTreeSet<DepartmentId>,
    flaws: Vec<Flaw>,
}

impl Check<'_> {
    fn flaw(&mut self, kind: FlawKind, field: impl Into<String>, text: impl Into<String>) {
        self.flaws.push(Flaw::new(kind, field, text));
    }

    fn words(&mut self) {
        let terms = self.terms;
        let needed = [
            ("title", &terms.title, "政策名称"),
            ("basis.document", &terms.basis.document, "政策依据"),
            ("basis.number", &terms.basis.number, "文号"),
        ];
        for (field, text, name) in needed {
            if text.trim().is_empty() {
                self.flaw(FlawKind::SizeInvalid, field, format!("没有填写{name}。"));
            }
        }
        self.department("department", &terms.department);
    }

    fn department(&mut self, field: impl Into<String>, department: &DepartmentId) {
        if !self.departments.contains(department) {
            let text = format!("没有部门{}，请核对部门代码。", department.code());
            self.flaw(FlawKind::UnknownDepartment, field, text);
        }
    }

    /// Validity, promise and notice.
    fn time(&mut self) {
        let terms = self.terms;
        let validity = terms.validity;
        let years = [validity.from.year(), validity.until.year()];
        if validity.until < validity.from || years.iter().any(|year| !YEARS.contains(year)) {
            let text =
                format!("有效期{}至{}不成立，请核对起止日期。", validity.from, validity.until);
            self.flaw(FlawKind::ValidityInvalid, "validity", text);
        }
        let most = terms.mode.working_days_max();
        let kept = matches!(terms.promised, Limit::WorkingDays(days) if (1..=most).contains(&days));
        if !kept {
            let text = format!(
                "{}的承诺时限须为1至{most}个工作日，现为{}。",
                terms.mode.chinese(),
                terms.promised.chinese()
            );
            self.flaw(FlawKind::PromiseInvalid, "promised", text);
        }
        match terms.notice {
            NoticeMode::BeforePayment { days } | NoticeMode::AfterPayment { days } => {
                if !(1..=NOTICE_DAYS_MAX).contains(&days) {
                    let text = format!("公示期须为1至{NOTICE_DAYS_MAX}个工作日，现为{days}。");
                    self.flaw(FlawKind::NoticeInvalid, "notice", text);
                }
            }
            NoticeMode::None => {}
        }
    }

    fn criteria(&mut self) {
        let criteria = &self.terms.criteria;
        self.size("criteria", "申报条件", criteria.len(), 1..=ENTRIES_MAX);
        let mut seen = BTreeSet::new();
        for (index, criterion) in criteria.iter().enumerate().take(ENTRIES_MAX) {
            let field = format!("criteria[{index}]");
            if !is_code(&criterion.code) {
                let text = format!(
                    "条件代码“{}”只能用字母、数字和 . _ -，至多{NAME_CHARS_MAX}个。",
                    shown(&criterion.code)
                );
                self.flaw(FlawKind::NameInvalid, format!("{field}.code"), text);
            }
            if !seen.insert(criterion.code.as_str()) {
                let text = format!("两个条件的代码都是“{}”，请改其一。", shown(&criterion.code));
                self.flaw(FlawKind::NamedTwice, format!("{field}.code"), text);
            }
            let words = [("name", &criterion.name), ("wanted", &criterion.wanted)];
            for (part, text) in words {
                if text.trim().is_empty() {
                    let text = "条件的名称和要求须用中文写明。";
                    self.flaw(FlawKind::SizeInvalid, format!("{field}.{part}"), text);
                }
            }
            self.expression(&field, criterion);
        }
    }

    fn expression(&mut self, field: &str, criterion: &Criterion) {
        let schema = Schema::of(self.terms);
        if let Err(fault) = Expression::read(&criterion.expression, &schema) {
            let text = format!(
                "条件“{}”第{}行第{}列：{}。",
                shown(&criterion.code),
                fault.place.line,
                fault.place.column,
                fault.text
            );
            self.flaws.push(Flaw {
                kind: fault.kind,
                field: format!("{field}.expression"),
                place: Some(fault.place),
                text,
            });
        }
    }

    fn claim(&mut self) {
        let claim = &self.terms.claim;
        self.size("claim", "申报内容", claim.len(), 0..=ENTRIES_MAX);
        let mut seen = BTreeSet::new();
        for (index, field) in claim.iter().enumerate().take(ENTRIES_MAX) {
            let place = format!("claim[{index}]");
            if !is_name(&field.name) {
                let text = format!(
                    "申报内容的字段名“{}”须以小写字母开头，只用小写字母、数字和下划线，至多{NAME_CHARS_MAX}个。",
                    shown(&field.name)
                );
                self.flaw(FlawKind::NameInvalid, format!("{place}.name"), text);
            }
            if !seen.insert(field.name.as_str()) {
                let text = format!("申报内容中有两个“{}”，请改其一。", shown(&field.name));
                self.flaw(FlawKind::NamedTwice, format!("{place}.name"), text);
            }
            if field.label.trim().is_empty() {
                let text = "申报内容须用中文写明名称。";
                self.flaw(FlawKind::SizeInvalid, format!("{place}.label"), text);
            }
            if self.terms.mode == Mode::NoApplication && field.required {
                let text = format!("免申即享不要求企业填报，“{}”不能设为必填。", field.label);
                self.flaw(FlawKind::ClaimWithoutApplication, place, text);
            }
        }
    }

    /// What a claim is about, and how often it may be made.
    fn subject(&mut self) {
        let terms = self.terms;
        if terms.once.is_some_and(|once| !(1..=TIMES_MAX).contains(&once.times)) {
            let text = format!("可享受次数须为1至{TIMES_MAX}次。");
            self.flaw(FlawKind::AmountInvalid, "once.times", text);
        }
        let Some(subject) = &terms.subject else {
            if !terms.stackable {
                let text = "不可叠加的政策须指明以哪个字段识别同一事项。";
                self.flaw(FlawKind::SubjectMissing, "subject", text);
            }
            return;
        };
        if Schema::of(terms).kind(subject).is_none() {
            let text = format!("没有字段“{}”，不能用来识别同一事项。", shown(subject));
            self.flaw(FlawKind::UnknownField, "subject", text);
            return;
        }
        let stated = terms.claim.iter().find(|field| field.full_name() == *subject);
        if stated.is_some_and(|field: &ClaimField| !field.required) {
            let text = format!("识别同一事项的“{subject}”须设为必填。");
            self.flaw(FlawKind::SubjectMissing, "subject", text);
        }
    }

    /// How many there may be of something.
    fn size(
        &mut self,
        field: &str,
        name: &str,
        count: usize,
        allowed: std::ops::RangeInclusive<usize>,
    ) {
        if !allowed.contains(&count) {
            let (least, most) = allowed.into_inner();
            let text = format!("{name}须有{least}至{most}项，现有{count}项。");
            self.flaw(FlawKind::SizeInvalid, field, text);
        }
    }

    /// An amount of money that must be above zero.
    fn positive(&mut self, field: impl Into<String>, name: &str, amount: Fen) {
        if amount <= Fen::ZERO {
            let text = format!("{name}须大于零，现为{amount}元。");
            self.flaw(FlawKind::AmountInvalid, field, text);
        }
    }
}

/// The code of a criterion: `[A-Za-z0-9_.-]{1,60}`.
fn is_code(code: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    (1..=NAME_CHARS_MAX).contains(&code.len()) && code.bytes().all(allowed)
}

/// The name of a fact: `[a-z][a-z0-9_]{0,59}`, and no word that CEL keeps for itself.
fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    let kept = ["in", "true", "false", "null", CLAIM];
    begins && name.len() <= NAME_CHARS_MAX && name.bytes().all(allowed) && !kept.contains(&name)
}

/// A word fit for a message.
fn shown(word: &str) -> String {
    word.chars().take(40).collect()
}
