//! A procedure to and from the contract, and what is wrong with one.

use std::collections::BTreeSet;

use base::{CategoryId, DepartmentId, ItemId, MaterialId, NameError, ProcedureId};
use calendar::Limit;
use contract::agency as contracted;
use contract::agency::FlawKind;
use contract::common::WorkTime;
use runtime::wire::{time, work_time, work_time_from};
use runtime::{Problem, Refusal};
use strum::IntoEnumIterator as _;

use super::{act, act_from, matter_kind, matter_kind_from, number, profile, profile_from};
use crate::lifecycle::{Flaw, Matter, Need, Procedure, Trait};

/// A procedure as the contract writes it.
pub fn procedure(procedure: &Procedure) -> contracted::Procedure {
    contracted::Procedure {
        name: procedure.id.to_string(),
        version: number(procedure.version),
        title: procedure.title.clone(),
        profile: profile(procedure.profile).into(),
        promised: Some(work_time(procedure.promised)),
        matters: procedure.matters.iter().map(matter).collect(),
        negative_list: procedure.negative_list.iter().map(ToString::to_string).collect(),
    }
}

fn matter(matter: &Matter) -> contracted::Matter {
    let needs = matter.materials.iter().map(|need| contracted::Need {
        material: need.material.to_string(),
        title: need.title.clone(),
        deferrable: need.deferrable,
    });
    contracted::Matter {
        item: matter.item.to_string(),
        title: matter.title.clone(),
        category: matter.category.to_string(),
        department: matter.department.to_string(),
        kind: matter_kind(matter.kind).into(),
        statutory: matter.statutory.map(work_time),
        promised: matter.promised.map(work_time),
        tightened: matter.tightened.map(work_time),
        needs: needs.collect(),
        certificate: matter.certificate.clone(),
        acts: matter.acts.iter().map(|of| act(*of).into()).collect(),
        after: matter.after.iter().map(ToString::to_string).collect(),
        on_opinion: matter.on_opinion,
        needs_land: matter.needs_land,
        for_start: matter.for_start,
    }
}

/// A procedure from a request; the service gives it its version.
pub fn procedure_from(told: &contracted::Procedure, version: u32) -> Result<Procedure, Refusal> {
    let field = |name: &str| format!("procedure.{name}");
    let matters = told.matters.iter().enumerate();
    let matters =
        matters.map(|(at, matter)| matter_from(&field(&format!("matters[{at}]")), matter));
    Ok(Procedure {
        id: ProcedureId::parse(&told.name).map_err(|error| Refusal::name(field("name"), &error))?,
        version,
        title: told.title.clone(),
        profile: profile_from(told.profile()).ok_or_else(|| required(field("profile")))?,
        promised: limit_from(&field("promised"), told.promised.as_ref())?
            .ok_or_else(|| required(field("promised")))?,
        matters: matters.collect::<Result<_, _>>()?,
        negative_list: traits_from(&field("negative_list"), &told.negative_list)?,
    })
}

fn matter_from(path: &str, told: &contracted::Matter) -> Result<Matter, Refusal> {
    let field = |name: &str| format!("{path}.{name}");
    let named = |name: &str| {
        let path = field(name);
        move |error: NameError| Refusal::name(path.clone(), &error)
    };
    let needs = told.needs.iter().map(|need| {
        let material = MaterialId::parse(&need.material).map_err(named("needs"))?;
        Ok(Need { material, title: need.title.clone(), deferrable: need.deferrable })
    });
    let acts = told.acts().map(|of| act_from(of).ok_or_else(|| required(field("acts"))));
    let after = told.after.iter().map(|item| ItemId::parse(item).map_err(named("after")));
    Ok(Matter {
        item: ItemId::parse(&told.item).map_err(named("item"))?,
        title: told.title.clone(),
        category: CategoryId::parse(&told.category).map_err(named("category"))?,
        department: DepartmentId::parse(&told.department).map_err(named("department"))?,
        kind: matter_kind_from(told.kind()).ok_or_else(|| required(field("kind")))?,
        statutory: limit_from(&field("statutory"), told.statutory.as_ref())?,
        promised: limit_from(&field("promised"), told.promised.as_ref())?,
        tightened: limit_from(&field("tightened"), told.tightened.as_ref())?,
        materials: needs.collect::<Result<_, Refusal>>()?,
        certificate: told.certificate.clone(),
        acts: acts.collect::<Result<BTreeSet<_>, _>>()?,
        after: after.collect::<Result<_, _>>()?,
        on_opinion: told.on_opinion,
        needs_land: told.needs_land,
        for_start: told.for_start,
    })
}

/// What a project may be, by the words of the closed list.
pub fn traits_from(path: &str, words: &[String]) -> Result<BTreeSet<Trait>, Refusal> {
    let known = || Trait::iter().map(|word| word.to_string()).collect::<Vec<_>>().join(", ");
    let unknown = || {
        let (english, chinese) =
            (format!("is none of {}", known()), format!("须为 {} 之一", known()));
        Problem::other(english, chinese)
    };
    let words = words.iter().enumerate();
    let read = words.map(|(at, word)| {
        word.parse().map_err(|_error| Refusal::field(format!("{path}[{at}]"), unknown()))
    });
    read.collect()
}

/// A limit, if it is given.
fn limit_from(path: &str, told: Option<&WorkTime>) -> Result<Option<Limit>, Refusal> {
    let Some(told) = told else { return Ok(None) };
    work_time_from(told).map(Some).ok_or_else(|| required(path.to_owned()))
}

fn required(path: String) -> Refusal {
    Refusal::field(path, Problem::Required)
}

/// Which rule a procedure breaks.
fn flaw_kind(flaw: &Flaw) -> FlawKind {
    match flaw {
        Flaw::NoMatters => FlawKind::NoMatters,
        Flaw::NamedTwice { .. } => FlawKind::NamedTwice,
        Flaw::WaitsForNone { .. } => FlawKind::WaitsForNone,
        Flaw::WaitsTwice { .. } => FlawKind::WaitsTwice,
        Flaw::NeedsTwice { .. } => FlawKind::NeedsTwice,
        Flaw::Cycle { .. } => FlawKind::Cycle,
        Flaw::Unreachable { .. } => FlawKind::Unreachable,
        Flaw::UnknownDepartment { .. } => FlawKind::UnknownDepartment,
        Flaw::LimitMissing { .. } => FlawKind::LimitMissing,
        Flaw::NobodyMayDo { .. } => FlawKind::NobodyMayDo,
        Flaw::NoticeShortened { .. } => FlawKind::NoticeShortened,
        Flaw::LandUnasked { .. } => FlawKind::LandUnasked,
        Flaw::LimitTooLong { .. } => FlawKind::LimitTooLong,
        Flaw::NoStartPermit => FlawKind::NoStartPermit,
        Flaw::PromiseTooShort { .. } => FlawKind::PromiseTooShort,
    }
}

/// Which rule a procedure breaks, in one word.
pub fn flaw_word(flaw: &Flaw) -> &'static str {
    let name = flaw_kind(flaw).as_str_name();
    name.strip_prefix("FLAW_KIND_").unwrap_or(name)
}

/// What is wrong with a procedure, with its counter-example.
pub fn flaw(flaw: &Flaw) -> contracted::Flaw {
    let mut told = contracted::Flaw { kind: flaw_kind(flaw).into(), ..contracted::Flaw::default() };
    let names = |items: &[ItemId]| items.iter().map(ToString::to_string).collect();
    match flaw {
        Flaw::NoMatters | Flaw::NoStartPermit => {}
        Flaw::NamedTwice { item }
        | Flaw::LimitMissing { item }
        | Flaw::NoticeShortened { item }
        | Flaw::LimitTooLong { item }
        | Flaw::LandUnasked { item } => told.path = vec![item.to_string()],
        Flaw::WaitsForNone { item, after } | Flaw::WaitsTwice { item, after } => {
            told.path = vec![item.to_string(), after.to_string()];
        }
        Flaw::NeedsTwice { item, material } => {
            told.path = vec![item.to_string()];
            told.material = material.to_string();
        }
        Flaw::Cycle { path } | Flaw::Unreachable { path } => told.path = names(path),
        Flaw::UnknownDepartment { item, department } | Flaw::NobodyMayDo { item, department } => {
            told.path = vec![item.to_string()];
            told.department = department.to_string();
        }
        Flaw::PromiseTooShort { path, ends_at, promised } => {
            told.path = names(path);
            told.end_time = Some(time(*ends_at));
            told.promised_time = Some(time(promised.at));
        }
    }
    told
}
