//! A policy as the tests publish it, and what an enterprise states for it.

use contract::common::fact_value::Kind;
use contract::common::{ClockKind, Date, FactValue, WorkTime};
use contract::subsidy::amount::Formula;
use contract::subsidy::{
    Amount, Base, BudgetPlan, Caps, ClaimField, ClaimValue, Criterion, FieldType, Mode, Notice,
    NoticeMode, PayeeAccount, Per, PercentAmount, PolicyVersion, Repetition, Share,
};

pub(crate) fn value(kind: Kind) -> Option<FactValue> {
    Some(FactValue { kind: Some(kind) })
}

pub(crate) fn stated(field: &str, kind: Kind) -> ClaimValue {
    ClaimValue { field: field.to_owned(), value: value(kind) }
}

pub(crate) fn account(holder: &str, number: &str) -> PayeeAccount {
    PayeeAccount {
        holder: holder.to_owned(),
        bank: "示范建设银行兴业支行".to_owned(),
        bank_code: "999400000043".to_owned(),
        account: number.to_owned(),
    }
}

pub(crate) fn criterion(code: &str, title: &str, expression: &str, wanted: &str) -> Criterion {
    Criterion {
        code: code.to_owned(),
        title: title.to_owned(),
        expression: expression.to_owned(),
        wanted: wanted.to_owned(),
    }
}

/// 中小微企业贷款贴息: 40 % of the interest, at most 15 万; paid first, announced after.
pub(crate) fn policy() -> PolicyVersion {
    PolicyVersion {
        title: "中小微企业贷款贴息".to_owned(),
        basis: "关于支持中小微企业融资的若干措施".to_owned(),
        document_number: "示开管〔2026〕5号".to_owned(),
        department: "departments/D02".to_owned(),
        valid_from_date: Some(Date { year: 2026, month: 1, day: 1 }),
        valid_until_date: Some(Date { year: 2026, month: 12, day: 31 }),
        mode: Mode::Standard.into(),
        promised: Some(WorkTime { amount: 10, clock_kind: ClockKind::WorkingDays.into() }),
        criteria: vec![
            criterion("credit", "信用状况", "enterprise.credit_status != \"失信\"", "无失信记录"),
            criterion(
                "size",
                "企业规模",
                "enterprise.size in [\"中型\", \"小型\", \"微型\"]",
                "中型、小型或微型企业",
            ),
            criterion("interest", "贷款利息", "claim.interest_fen >= 500000", "不少于 5000 元"),
        ],
        claim_fields: vec![ClaimField {
            name: "interest_fen".to_owned(),
            title: "贷款利息".to_owned(),
            r#type: FieldType::Integer.into(),
            unit: "分".to_owned(),
            required: true,
        }],
        amount: Some(Amount {
            formula: Some(Formula::Percent(PercentAmount {
                base: Some(Base { field: "claim.interest_fen".to_owned(), minus: String::new() }),
                rate_bp: 4_000,
                cap_fen: 15_000_000,
            })),
        }),
        caps: Some(Caps { all_policies_per_year_fen: 120_000_000, ..Caps::default() }),
        repetition: Some(Repetition { times: 1, per: Per::Year.into() }),
        budgets: vec![BudgetPlan {
            year: 2026,
            payer: "departments/D04".to_owned(),
            amount_fen: 20_000_000,
        }],
        notice: Some(Notice { mode: NoticeMode::AfterPayment.into(), working_days: 5 }),
        shares: vec![Share { payer: "departments/D04".to_owned(), parts: 1 }],
        approval_threshold_fen: 50_000_000,
        stackable: true,
        ..PolicyVersion::default()
    }
}
