//! What a policy says, to and from the contract's words.

use base::{DepartmentId, Fen};
use calendar::Limit;
use contract::common::Date as WireDate;
use contract::subsidy as contracted;
use jiff::civil::Date;
use runtime::wire::{date, date_from, work_time, work_time_from};
use runtime::{Problem, Refusal};

use super::amount::{formula, formula_from};
use super::{number, unsigned, word};
use crate::lifecycle::policy::{
    Allotment, Basis, Caps, ClaimField, Criterion, Kind, Mode, NoticeMode, Once, Per,
    PolicyVersion, Share, Terms, Validity,
};

/// A policy in one version.
pub fn version(version: &PolicyVersion) -> contracted::PolicyVersion {
    let terms = &version.terms;
    contracted::PolicyVersion {
        number: version.number,
        title: terms.title.clone(),
        basis: terms.basis.document.clone(),
        document_number: terms.basis.number.clone(),
        department: terms.department.to_string(),
        valid_from_date: Some(date(terms.validity.from)),
        valid_until_date: Some(date(terms.validity.until)),
        mode: mode(terms.mode).into(),
        promised: Some(work_time(terms.promised)),
        criteria: terms.criteria.iter().map(criterion).collect(),
        claim_fields: terms.claim.iter().map(claim_field).collect(),
        amount: Some(formula(&terms.amount)),
        caps: Some(caps(&terms.caps)),
        repetition: terms.once.map(repetition),
        subject_field: terms.subject.clone().unwrap_or_default(),
        budgets: terms.budgets.iter().map(allotment).collect(),
        notice: Some(notice(terms.notice)),
        shares: terms.shares.iter().map(share).collect(),
        approval_threshold_fen: terms.threshold.0,
        stackable: terms.stackable,
        materials: terms.materials.clone(),
    }
}

/// What a policy shall say, from a request.
pub fn terms_from(said: contracted::PolicyVersion) -> Result<Terms, Refusal> {
    let mode = said.mode();
    let notice = notice_from(said.notice.as_ref())?;
    Ok(Terms {
        department: department("version.department", &said.department)?,
        validity: Validity {
            from: day("version.valid_from_date", said.valid_from_date.as_ref())?,
            until: day("version.valid_until_date", said.valid_until_date.as_ref())?,
        },
        mode: mode_from(mode).ok_or_else(|| required("version.mode"))?,
        promised: promised(&said)?,
        claim: said
            .claim_fields
            .iter()
            .enumerate()
            .map(claim_field_from)
            .collect::<Result<_, _>>()?,
        amount: formula_from("version.amount", said.amount.as_ref())?,
        caps: said.caps.as_ref().map(caps_from).unwrap_or_default(),
        once: said.repetition.as_ref().map(repetition_from).transpose()?,
        subject: Some(said.subject_field).filter(|field| !field.is_empty()),
        shares: said.shares.iter().enumerate().map(share_from).collect::<Result<_, _>>()?,
        budgets: said.budgets.iter().enumerate().map(allotment_from).collect::<Result<_, _>>()?,
        criteria: said.criteria.into_iter().map(criterion_from).collect(),
        title: said.title,
        basis: Basis { document: said.basis, number: said.document_number },
        stackable: said.stackable,
        notice,
        threshold: Fen(said.approval_threshold_fen),
        materials: said.materials,
    })
}

/// How an enterprise comes to its money.
pub fn mode(mode: Mode) -> contracted::Mode {
    contracted::Mode::from_str_name(&format!("MODE_{mode}")).unwrap_or_default()
}

fn mode_from(mode: contracted::Mode) -> Option<Mode> {
    word(mode.as_str_name(), "MODE_")
}

fn promised(said: &contracted::PolicyVersion) -> Result<Limit, Refusal> {
    let limit = said.promised.as_ref().and_then(work_time_from);
    limit.ok_or_else(|| required("version.promised"))
}

fn criterion(criterion: &Criterion) -> contracted::Criterion {
    contracted::Criterion {
        code: criterion.code.clone(),
        title: criterion.name.clone(),
        expression: criterion.expression.clone(),
        wanted: criterion.wanted.clone(),
    }
}

fn criterion_from(said: contracted::Criterion) -> Criterion {
    Criterion {
        code: said.code,
        name: said.title,
        expression: said.expression,
        wanted: said.wanted,
    }
}

fn claim_field(field: &ClaimField) -> contracted::ClaimField {
    contracted::ClaimField {
        name: field.name.clone(),
        title: field.label.clone(),
        r#type: kind(field.kind).into(),
        unit: field.unit.clone(),
        required: field.required,
    }
}

fn claim_field_from(
    (place, said): (usize, &contracted::ClaimField),
) -> Result<ClaimField, Refusal> {
    let unsaid = || required(&format!("version.claim_fields[{place}].type"));
    Ok(ClaimField {
        kind: kind_from(said.r#type()).ok_or_else(unsaid)?,
        name: said.name.clone(),
        label: said.title.clone(),
        unit: said.unit.clone(),
        required: said.required,
    })
}

fn kind(kind: Kind) -> contracted::FieldType {
    match kind {
        Kind::Int => contracted::FieldType::Integer,
        Kind::Text => contracted::FieldType::Text,
        Kind::Bool => contracted::FieldType::Boolean,
        Kind::Texts => contracted::FieldType::Texts,
    }
}

fn kind_from(kind: contracted::FieldType) -> Option<Kind> {
    match kind {
        contracted::FieldType::Unspecified => None,
        contracted::FieldType::Integer => Some(Kind::Int),
        contracted::FieldType::Text => Some(Kind::Text),
        contracted::FieldType::Boolean => Some(Kind::Bool),
        contracted::FieldType::Texts => Some(Kind::Texts),
    }
}

fn caps(caps: &Caps) -> contracted::Caps {
    contracted::Caps {
        per_item_fen: super::fen_or_zero(caps.item),
        per_enterprise_fen: super::fen_or_zero(caps.enterprise),
        per_year_fen: super::fen_or_zero(caps.year),
        all_policies_per_year_fen: super::fen_or_zero(caps.annual),
    }
}

fn caps_from(said: &contracted::Caps) -> Caps {
    Caps {
        item: super::fen_if_any(said.per_item_fen),
        enterprise: super::fen_if_any(said.per_enterprise_fen),
        year: super::fen_if_any(said.per_year_fen),
        annual: super::fen_if_any(said.all_policies_per_year_fen),
    }
}

fn repetition(once: Once) -> contracted::Repetition {
    let per = format!("PER_{}", once.per);
    contracted::Repetition {
        times: number(once.times),
        per: contracted::Per::from_str_name(&per).unwrap_or_default().into(),
    }
}

fn repetition_from(said: &contracted::Repetition) -> Result<Once, Refusal> {
    let per: Option<Per> = word(said.per().as_str_name(), "PER_");
    let per = per.ok_or_else(|| required("version.repetition.per"))?;
    Ok(Once { times: unsigned(said.times), per })
}

fn allotment(line: &Allotment) -> contracted::BudgetPlan {
    contracted::BudgetPlan {
        year: line.year.into(),
        payer: line.payer.to_string(),
        amount_fen: line.amount.0,
    }
}

fn allotment_from((place, said): (usize, &contracted::BudgetPlan)) -> Result<Allotment, Refusal> {
    let field = |part: &str| format!("version.budgets[{place}].{part}");
    let no_year = |_| Refusal::field(field("year"), Problem::UnknownChoice);
    Ok(Allotment {
        year: i16::try_from(said.year).map_err(no_year)?,
        payer: department(&field("payer"), &said.payer)?,
        amount: Fen(said.amount_fen),
    })
}

fn share(share: &Share) -> contracted::Share {
    contracted::Share { payer: share.payer.to_string(), parts: number(share.parts) }
}

fn share_from((place, said): (usize, &contracted::Share)) -> Result<Share, Refusal> {
    let payer = department(&format!("version.shares[{place}].payer"), &said.payer)?;
    Ok(Share { payer, parts: unsigned(said.parts) })
}

fn notice(notice: NoticeMode) -> contracted::Notice {
    let (mode, days) = match notice {
        NoticeMode::BeforePayment { days } => (contracted::NoticeMode::BeforePayment, days),
        NoticeMode::AfterPayment { days } => (contracted::NoticeMode::AfterPayment, days),
        NoticeMode::None => (contracted::NoticeMode::None, 0),
    };
    contracted::Notice { mode: mode.into(), working_days: number(days) }
}

fn notice_from(said: Option<&contracted::Notice>) -> Result<NoticeMode, Refusal> {
    let said = said.ok_or_else(|| required("version.notice"))?;
    let days = unsigned(said.working_days);
    match said.mode() {
        contracted::NoticeMode::Unspecified => Err(required("version.notice.mode")),
        contracted::NoticeMode::BeforePayment => Ok(NoticeMode::BeforePayment { days }),
        contracted::NoticeMode::AfterPayment => Ok(NoticeMode::AfterPayment { days }),
        contracted::NoticeMode::None if days == 0 => Ok(NoticeMode::None),
        contracted::NoticeMode::None => {
            let problem = Problem::other("has days without a notice", "不公示的政策不填公示天数");
            Err(Refusal::field("version.notice.working_days", problem))
        }
    }
}

fn department(field: &str, name: &str) -> Result<DepartmentId, Refusal> {
    DepartmentId::parse(name).map_err(|error| Refusal::name(field, &error))
}

fn day(field: &str, said: Option<&WireDate>) -> Result<Date, Refusal> {
    let said = said.ok_or_else(|| required(field))?;
    let problem = || Problem::other("is no day of the calendar", "不是存在的日期");
    date_from(said).ok_or_else(|| Refusal::field(field, problem()))
}

fn required(field: &str) -> Refusal {
    Refusal::field(field, Problem::Required)
}
