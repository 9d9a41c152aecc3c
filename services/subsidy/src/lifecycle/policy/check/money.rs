//! Whether the formula, the caps, the shares and the budgets of a policy can be followed.

use std::collections::BTreeSet;

use base::Fen;

use super::{Check, shown};
use crate::lifecycle::budget::budget_id;
use crate::lifecycle::policy::flaw::FlawKind;
use crate::lifecycle::policy::formula::{Base, Formula, Row, Tier, WHOLE_BP};
use crate::lifecycle::policy::schema::{Kind, Schema};

/// The most rows of a table.
const ROWS_MAX: usize = 200;
/// The most tiers.
const TIERS_MAX: usize = 20;
/// The most formulas of which the highest counts.
const FORMULAS_MAX: usize = 10;
/// The most payers.
const PAYERS_MAX: usize = 10;
/// The most parts of one share.
const PARTS_MAX: u32 = 1_000_000;
/// The most budget lines.
const BUDGETS_MAX: usize = 40;

impl Check<'_> {
    pub(super) fn money(&mut self) {
        let terms = self.terms;
        self.formula("amount", &terms.amount, false);
        let caps = [
            ("caps.item", "单项上限", terms.caps.item),
            ("caps.enterprise", "每家企业累计上限", terms.caps.enterprise),
            ("caps.year", "每家企业年度上限", terms.caps.year),
            ("caps.annual", "各项政策合计的企业年度上限", terms.caps.annual),
        ];
        for (field, name, cap) in caps {
            self.cap(field, name, cap);
        }
        if terms.threshold < Fen::ZERO {
            let text = "审批限额不能为负数；填零表示全部由管委会领导审批。";
            self.flaw(FlawKind::AmountInvalid, "threshold", text);
        }
        self.shares();
        self.budgets();
    }

    fn cap(&mut self, field: impl Into<String>, name: &str, cap: Option<Fen>) {
        if let Some(cap) = cap {
            self.positive(field, name, cap);
        }
    }

    fn formula(&mut self, field: &str, formula: &Formula, inner: bool) {
        match formula {
            Formula::Flat { amount } => self.positive(format!("{field}.amount"), "定额", *amount),
            Formula::Table { field: name, rows } => self.table(field, name, rows),
            Formula::Percent { base, rate_bp, cap } => {
                self.base(field, base);
                self.rate(format!("{field}.rate_bp"), 1, *rate_bp);
                self.cap(format!("{field}.cap"), "上限", *cap);
            }
            Formula::PerUnit { base, unit, cap } => {
                self.base(field, base);
                self.positive(format!("{field}.unit"), "单位金额", *unit);
                self.cap(format!("{field}.cap"), "上限", *cap);
            }
            Formula::Tiered { base, tiers, cap } => {
                self.base(field, base);
                self.tiers(field, tiers);
                self.cap(format!("{field}.cap"), "上限", *cap);
            }
            Formula::HigherOf { .. } if inner => {
                let text = "就高的各项标准不能再是就高，请并列写出。";
                self.flaw(FlawKind::SizeInvalid, field, text);
            }
            Formula::HigherOf { of } => {
                self.size(field, "就高的标准", of.len(), 2..=FORMULAS_MAX);
                for (index, formula) in of.iter().enumerate().take(FORMULAS_MAX) {
                    self.formula(&format!("{field}.of[{index}]"), formula, true);
                }
            }
        }
    }

    fn base(&mut self, field: &str, base: &Base) {
        let names = match base {
            Base::Field(name) => vec![name],
            Base::Minus(more, less) => vec![more, less],
        };
        for name in names {
            match Schema::of(self.terms).kind(name) {
                Some(Kind::Int) => {}
                Some(kind @ (Kind::Text | Kind::Bool | Kind::Texts)) => {
                    let text = format!("计算基数“{name}”须为整数，它却是{}。", kind.chinese());
                    self.flaw(FlawKind::WrongType, format!("{field}.base"), text);
                }
                None => self.unknown(format!("{field}.base"), name),
            }
        }
    }

    fn unknown(&mut self, field: String, name: &str) {
        let text = format!("没有字段“{}”，请核对企业信息或申报内容。", shown(name));
        self.flaw(FlawKind::UnknownField, field, text);
    }

    fn rate(&mut self, field: impl Into<String>, least: u32, rate_bp: u32) {
        if !(least..=WHOLE_BP).contains(&rate_bp) {
            let text = format!("比例须为万分之{least}至万分之{WHOLE_BP}，现为万分之{rate_bp}。");
            self.flaw(FlawKind::AmountInvalid, field, text);
        }
    }

    fn table(&mut self, field: &str, name: &str, rows: &[Row]) {
        self.size(field, "分类标准", rows.len(), 1..=ROWS_MAX);
        let Some(kind) = Schema::of(self.terms).kind(name) else {
            return self.unknown(format!("{field}.field"), name);
        };
        if kind == Kind::Texts {
            let text = format!("“{name}”是列表，不能按它分类。");
            self.flaw(FlawKind::WrongType, format!("{field}.field"), text);
        }
        let mut seen = BTreeSet::new();
        for (index, row) in rows.iter().enumerate().take(ROWS_MAX) {
            let place = format!("{field}.rows[{index}]");
            if row.value.is_null() || !kind.fits(&row.value) {
                let text = format!("“{name}”是{}，不会等于{}。", kind.chinese(), row.value);
                self.flaw(FlawKind::WrongType, format!("{place}.value"), text);
            }
            if !seen.insert(&row.value) {
                let text = format!("{}列了两次，请删去其一。", row.value);
                self.flaw(FlawKind::NamedTwice, format!("{place}.value"), text);
            }
            self.positive(format!("{place}.amount"), "分类金额", row.amount);
        }
    }

    /// Rising, and no tier worth less than the one below, so that whoever does more gets no less.
    fn tiers(&mut self, field: &str, tiers: &[Tier]) {
        self.size(field, "分档标准", tiers.len(), 1..=TIERS_MAX);
        for (index, tier) in tiers.iter().enumerate().take(TIERS_MAX) {
            let place = format!("{field}.tiers[{index}]");
            self.rate(format!("{place}.rate_bp"), 0, tier.rate_bp);
            if tier.from < 0 || tier.amount < Fen::ZERO {
                let text = "各档的起点和金额不能为负数。";
                self.flaw(FlawKind::AmountInvalid, place.clone(), text);
            }
            if tier.amount == Fen::ZERO && tier.rate_bp == 0 {
                let text = "此档既没有金额也没有比例，请填写其一或删去此档。";
                self.flaw(FlawKind::AmountInvalid, place.clone(), text);
            }
            let below = index.checked_sub(1).and_then(|below| tiers.get(below));
            if below.is_some_and(|below| tier.from <= below.from || tier.amount < below.amount) {
                let text = "各档须从低到高，起点逐档提高，金额不低于前一档。";
                self.flaw(FlawKind::TiersNotRising, place, text);
            }
        }
    }

    fn shares(&mut self) {
        let shares = &self.terms.shares;
        self.size("shares", "分担部门", shares.len(), 1..=PAYERS_MAX);
        let mut seen = BTreeSet::new();
        for (index, share) in shares.iter().enumerate().take(PAYERS_MAX) {
            let place = format!("shares[{index}]");
            self.department(format!("{place}.payer"), &share.payer);
            if !seen.insert(&share.payer) {
                let text = format!("分担部门{}列了两次，请合并。", share.payer.code());
                self.flaw(FlawKind::NamedTwice, format!("{place}.payer"), text);
            }
            if !(1..=PARTS_MAX).contains(&share.parts) {
                let text = format!("分担份数须为1至{PARTS_MAX}。");
                self.flaw(FlawKind::AmountInvalid, format!("{place}.parts"), text);
            }
            let funded = self.terms.budgets.iter().any(|line| line.payer == share.payer);
            if !funded {
                let text = format!("分担部门{}没有安排预算。", share.payer.code());
                self.flaw(FlawKind::PayerWithoutBudget, place, text);
            }
        }
    }

    fn budgets(&mut self) {
        let budgets = &self.terms.budgets;
        self.size("budgets", "预算", budgets.len(), 1..=BUDGETS_MAX);
        let mut seen = BTreeSet::new();
        for (index, line) in budgets.iter().enumerate().take(BUDGETS_MAX) {
            let place = format!("budgets[{index}]");
            self.positive(format!("{place}.amount"), "预算", line.amount);
            if !super::YEARS.contains(&line.year) {
                let text = format!("预算年度{}不成立。", line.year);
                self.flaw(FlawKind::ValidityInvalid, format!("{place}.year"), text);
            }
            if !seen.insert((line.year, &line.payer)) {
                let text = format!("{}年{}的预算列了两次，请合并。", line.year, line.payer.code());
                self.flaw(FlawKind::NamedTwice, place.clone(), text);
            }
            if !self.terms.shares.iter().any(|share| share.payer == line.payer) {
                let text = format!("{}安排了预算却不分担，请核对。", line.payer.code());
                self.flaw(FlawKind::PayerWithoutBudget, place.clone(), text);
            }
            if budget_id(self.policy, line.year, &line.payer).is_err() {
                let text = "政策代码与部门代码合起来过长，请缩短政策代码。";
                self.flaw(FlawKind::NameInvalid, place, text);
            }
        }
    }
}
