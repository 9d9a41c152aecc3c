//! Words of `whistle.directory.v1` to and from the words that the rules are made of.

mod enterprise_facts;
mod people;

use std::collections::BTreeSet;
use std::str::FromStr;

use base::{CategoryId, DepartmentId, NameError, PersonId, Role};
use contract::common::{self, Role as WireRole};
use contract::directory;
use jiff::Timestamp;
use runtime::{Problem, Refusal, etag_of, rights, wire};

pub use self::people::{deputy, deputy_from, grant, grant_from, succession_from};
use crate::error::Error;
use crate::lifecycle::{
    Catalogue, Category, CategoryLimit, Department, Enterprise, Record, Staff, enterprise_id,
};

/// An enterprise as the contract writes it, if the record is one.
pub fn enterprise(record: &Record) -> Option<directory::Enterprise> {
    let Record::Enterprise(enterprise) = record else { return None };
    Some(directory::Enterprise {
        name: enterprise.id.to_string(),
        title: enterprise.title.clone(),
        short_title: enterprise.short_title.clone(),
        industry: enterprise.industry.clone(),
        size: enterprise.size.clone(),
        address: enterprise.address.clone(),
        envoy: text(enterprise.envoy.as_ref()),
        handlers: enterprise.handlers.iter().map(PersonId::to_string).collect(),
        etag: etag_of(record),
        facts: enterprise_facts::facts(&enterprise.facts),
    })
}

/// An enterprise from a request. Its name is a credit code, or `P-…`.
pub fn enterprise_from(enterprise: directory::Enterprise) -> Result<Enterprise, Error> {
    let code = enterprise.name.strip_prefix("enterprises/").ok_or_else(|| {
        let form = "enterprises/{credit code}".to_owned();
        Refusal::field("enterprise.name", Problem::NotName { form })
    })?;
    let id = enterprise_id(code).map_err(|problem| Error::CreditCodeInvalid { problem })?;
    let handlers = enterprise.handlers.iter().map(|person| PersonId::parse(person));
    let handlers = handlers.collect::<Result<BTreeSet<_>, _>>();
    Ok(Enterprise {
        id,
        title: enterprise.title,
        short_title: enterprise.short_title,
        industry: enterprise.industry,
        size: enterprise.size,
        address: enterprise.address,
        envoy: person_from("enterprise.envoy", &enterprise.envoy)?,
        handlers: handlers.map_err(|error| Refusal::name("enterprise.handlers", &error))?,
        facts: enterprise_facts::facts_from(enterprise.facts)?,
    })
}

/// How many enterprises were imported.
pub fn count(record: &Record) -> i32 {
    let Record::Import { count, .. } = record else { return 0 };
    i32::try_from(*count).unwrap_or(i32::MAX)
}

/// A department as the contract writes it, if the record is one.
pub fn department(record: &Record) -> Option<directory::Department> {
    let Record::Department(department) = record else { return None };
    Some(directory::Department {
        name: department.id.to_string(),
        title: department.title.clone(),
        short_title: department.short_title.clone(),
        duties: department.duties.clone(),
        head: text(department.head.as_ref()),
        duty_officer: text(department.duty_officer.as_ref()),
        etag: etag_of(record),
        successor: text(department.successor.as_ref()),
    })
}

/// A department from a request. One that can be put lasts: `SucceedDepartment` alone says otherwise.
pub fn department_from(department: directory::Department) -> Result<Department, Refusal> {
    Ok(Department {
        id: id_from("department.name", DepartmentId::parse(&department.name))?,
        title: department.title,
        short_title: department.short_title,
        duties: department.duties,
        head: person_from("department.head", &department.head)?,
        duty_officer: person_from("department.duty_officer", &department.duty_officer)?,
        successor: None,
    })
}

/// A person of the zone as the contract writes it, if the record is one.
pub fn staff(record: &Record) -> Option<directory::Staff> {
    let Record::Staff(staff) = record else { return None };
    Some(directory::Staff {
        name: staff.id.to_string(),
        title: staff.title.clone(),
        department: text(staff.department.as_ref()),
        roles: staff.roles.iter().map(|role| role_of(*role).into()).collect(),
        active: staff.active,
        etag: etag_of(record),
        same_person_as: text(staff.same_person_as.as_ref()),
        methods: staff.methods.iter().cloned().collect(),
    })
}

/// A person of the zone from a request. Methods are granted, not put.
pub fn staff_from(staff: directory::Staff) -> Result<Staff, Refusal> {
    let roles = roles_from("staff.roles", staff.roles())?;
    let department = (!staff.department.is_empty())
        .then(|| id_from("staff.department", DepartmentId::parse(&staff.department)));
    Ok(Staff {
        id: id_from("staff.name", PersonId::parse(&staff.name))?,
        title: staff.title,
        department: department.transpose()?,
        roles,
        active: staff.active,
        same_person_as: person_from("staff.same_person_as", &staff.same_person_as)?,
        methods: BTreeSet::new(),
    })
}

/// Roles from a request. Whoever acts for an enterprise is named there, not here.
fn roles_from(
    field: &str,
    roles: impl Iterator<Item = WireRole>,
) -> Result<BTreeSet<Role>, Refusal> {
    let roles: BTreeSet<Role> = roles.filter_map(rights::role).collect();
    if roles.contains(&Role::Enterprise) {
        let english = "holds the role of an enterprise's handler, which comes with its record";
        let chinese = "含“企业经办人”，该角色由企业档案中的经办人名单确定，请删除";
        return Err(Refusal::field(field, Problem::other(english, chinese)));
    }
    Ok(roles)
}

/// A version of the catalogue as the contract writes it, if the record is one.
pub fn catalogue(record: &Record) -> Option<directory::Catalogue> {
    let Record::Catalogue(catalogue) = record else { return None };
    Some(directory::Catalogue {
        version: catalogue.version,
        effective_time: Some(wire::time(catalogue.effective_at)),
        categories: catalogue.categories.iter().map(category).collect(),
        zone_duty: text(catalogue.zone_duty.as_ref()),
    })
}

fn category(category: &Category) -> directory::Category {
    let assisting = category.suggested_assisting.iter();
    let work_class = format!("WORK_CLASS_{}", category.work_class);
    directory::Category {
        name: category.id.to_string(),
        title: category.title.clone(),
        lead: category.lead.to_string(),
        suggested_assisting: assisting.map(DepartmentId::to_string).collect(),
        work_class: common::WorkClass::from_str_name(&work_class).unwrap_or_default().into(),
        limits: category.limits.iter().map(limit).collect(),
        legal_basis: category.legal_basis.clone(),
        accepts_by_itself: category.accepts_by_itself,
    }
}

fn limit(limit: &CategoryLimit) -> common::Limit {
    let kind = common::LimitKind::from_str_name(&format!("LIMIT_KIND_{}", limit.kind));
    let tier = common::LimitTier::from_str_name(&format!("LIMIT_TIER_{}", limit.tier));
    let start = common::LimitStart::from_str_name(&format!("LIMIT_START_{}", limit.start));
    let intake = match limit.intake {
        calendar::Intake::Instant => common::Intake::Instant,
        calendar::Intake::NextOpening => common::Intake::NextOpening,
    };
    common::Limit {
        kind: kind.unwrap_or_default().into(),
        tier: tier.unwrap_or_default().into(),
        time: Some(wire::work_time(limit.time)),
        start: start.unwrap_or_default().into(),
        intake: intake.into(),
    }
}

/// A catalogue from a request; the version is given when it is published.
pub fn catalogue_from(catalogue: &directory::Catalogue) -> Result<Catalogue, Refusal> {
    let categories = catalogue.categories.iter().enumerate();
    let categories = categories.map(|(place, category)| {
        category_from(&format!("catalogue.categories[{place}]"), category)
    });
    Ok(Catalogue {
        version: 0,
        effective_at: time_from("catalogue.effective_time", catalogue.effective_time.as_ref())?,
        categories: categories.collect::<Result<_, _>>()?,
        zone_duty: person_from("catalogue.zone_duty", &catalogue.zone_duty)?,
    })
}

fn category_from(path: &str, category: &directory::Category) -> Result<Category, Refusal> {
    let field = |name: &str| format!("{path}.{name}");
    let assisting = category.suggested_assisting.iter();
    let assisting = assisting.map(|department| DepartmentId::parse(department));
    let limits = category.limits.iter().enumerate();
    let limits =
        limits.map(|(place, limit)| limit_from(&field(&format!("limits[{place}]")), limit));
    Ok(Category {
        id: id_from(&field("name"), CategoryId::parse(&category.name))?,
        title: category.title.clone(),
        lead: id_from(&field("lead"), DepartmentId::parse(&category.lead))?,
        suggested_assisting: id_from(&field("suggested_assisting"), assisting.collect())?,
        work_class: choice(
            &field("work_class"),
            category.work_class().as_str_name().strip_prefix("WORK_CLASS_"),
        )?,
        limits: limits.collect::<Result<_, _>>()?,
        legal_basis: category.legal_basis.clone(),
        accepts_by_itself: category.accepts_by_itself,
    })
}

fn limit_from(path: &str, limit: &common::Limit) -> Result<CategoryLimit, Refusal> {
    let field = |name: &str| format!("{path}.{name}");
    let kind = limit.kind().as_str_name().strip_prefix("LIMIT_KIND_");
    let tier = limit.tier().as_str_name().strip_prefix("LIMIT_TIER_");
    let start = limit.start().as_str_name().strip_prefix("LIMIT_START_");
    Ok(CategoryLimit {
        kind: choice(&field("kind"), kind)?,
        tier: choice(&field("tier"), tier)?,
        time: work_time_from(&field("time"), limit.time.as_ref())?,
        start: choice(&field("start"), start)?,
        intake: wire::intake_from(limit.intake()),
    })
}

/// A year of the calendar as the contract writes it, if the record is one.
pub fn year(record: &Record) -> Option<directory::CalendarYear> {
    let Record::Year(year) = record else { return None };
    Some(wire::year(year))
}

/// A year of the calendar from a request.
pub fn year_from(year: &directory::CalendarYear) -> Result<calendar::Year, Error> {
    wire::year_from(year).map_err(|problem| Error::CalendarInvalid { problem })
}

/// An instant that must be given.
pub fn time_from(field: &str, at: Option<&prost_types::Timestamp>) -> Result<Timestamp, Refusal> {
    wire::time_from(field, at)?.ok_or_else(|| Refusal::field(field, Problem::Required))
}

/// An amount of time that must be given.
pub fn work_time_from(
    field: &str,
    limit: Option<&common::WorkTime>,
) -> Result<calendar::Limit, Refusal> {
    let limit = limit.and_then(wire::work_time_from);
    limit.ok_or_else(|| Refusal::field(field, Problem::Required))
}

fn choice<T: FromStr>(field: &str, word: Option<&str>) -> Result<T, Refusal> {
    let known = word.and_then(|word| word.parse().ok());
    known.ok_or_else(|| Refusal::field(field, Problem::UnknownChoice))
}

fn id_from<T>(field: &str, id: Result<T, NameError>) -> Result<T, Refusal> {
    id.map_err(|error| Refusal::name(field, &error))
}

fn person_from(field: &str, name: &str) -> Result<Option<PersonId>, Refusal> {
    if name.is_empty() {
        return Ok(None);
    }
    id_from(field, PersonId::parse(name)).map(Some)
}

fn text<T: ToString>(id: Option<&T>) -> String {
    id.map(T::to_string).unwrap_or_default()
}

fn role_of(role: Role) -> WireRole {
    WireRole::from_str_name(&format!("ROLE_{role}")).unwrap_or_default()
}
