//! What is known inside a unit before something is decided: the facts of an enterprise, and what others
//! have of the same.

use std::collections::BTreeSet;

use base::{ApplicationId, DepartmentId, EnterpriseId};
use contract::directory::Enterprise;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use journal::Unit;
use runtime::{Known, Refusal};

use crate::error::{DoorError, Error, PolicyError};
use crate::lifecycle::application::{Application, SPLIT_RULE, Seen};
use crate::lifecycle::policy::{
    ENTERPRISE, Facts, PolicyVersion, Snapshot, Value, cap_lines, repetitions,
};
use crate::store::{claims, payments, policies};
use crate::wire::facts::value_from;

/// Where what the enterprise states comes from.
const STATED: &str = "企业申报";
/// Where the facts that everybody knows come from.
const REGISTER: &str = "一企一档";

/// An enterprise that is registered, as the unit finds it.
pub(super) async fn enterprise(
    unit: &Unit,
    known: &Known,
    id: &EnterpriseId,
) -> Result<Enterprise, Error> {
    let unknown = || DoorError::EnterpriseNotFound { enterprise: id.to_string() };
    Ok(known.enterprise(unit.tx(), id).await?.ok_or_else(unknown)?)
}

/// What is known of an enterprise, by the names that policies use.
pub(super) fn facts_of(enterprise: &Enterprise) -> Facts {
    let said = |text: &str| {
        if text.is_empty() { Value::Null } else { Value::Text(text.to_owned()) }
    };
    let code = enterprise.name.rsplit('/').next().unwrap_or_default();
    let mut facts = Facts::new();
    for fact in &enterprise.facts {
        facts.put(format!("{ENTERPRISE}.{}", fact.name), value_from(fact.value.as_ref()));
    }
    // What the register itself says stands above what is noted beside it.
    for (name, text) in [
        ("code", code),
        ("name", enterprise.title.as_str()),
        ("industry", enterprise.industry.as_str()),
        ("size", enterprise.size.as_str()),
    ] {
        facts.put(format!("{ENTERPRISE}.{name}"), said(text));
    }
    facts
}

/// What is known of an enterprise and what it states, as it is now, with where that comes from (M5).
pub(super) fn snapshot_of(enterprise: &Enterprise, claim: &Facts, now: Timestamp) -> Snapshot {
    let sources: BTreeSet<&str> =
        enterprise.facts.iter().map(|fact| fact.source.as_str()).collect();
    let mut source = REGISTER.to_owned();
    if !sources.is_empty() {
        let named = sources.into_iter().collect::<Vec<_>>().join("、");
        source = format!("{source}（{named}）");
    }
    if claim.iter().next().is_some() {
        source = format!("{source}；{STATED}");
    }
    Snapshot::of(facts_of(enterprise).and(claim), source, now)
}

/// What an application is decided with.
pub(super) struct Claiming<'a> {
    pub(super) application: ApplicationId,
    pub(super) enterprise: &'a EnterpriseId,
    pub(super) version: &'a PolicyVersion,
    pub(super) facts: &'a Facts,
    pub(super) dated: Date,
}

/// What others have of the same, all of it locked until the unit ends: places under keys that are free
/// are taken at once (M4), caps are kept (M3).
pub(super) async fn seen(
    unit: &Unit,
    known: &Known,
    claiming: &Claiming<'_>,
) -> Result<Seen, Error> {
    let Claiming { application, enterprise, version, facts, dated } = claiming;
    let tx = unit.tx();
    let policy = policies::find_kept(tx, &version.policy).await?;
    let policy =
        policy.ok_or_else(|| PolicyError::NotFound { policy: version.policy.to_string() })?;
    let keys = repetitions(version, enterprise, facts, *dated);
    let annual_cap = version.terms.caps.annual;
    let lines = cap_lines(version, enterprise, dated.year(), annual_cap);
    let borne = claims::take_keys(tx, *application, &keys, unit.now()).await?;
    let used = claims::used_of(tx, *application, &lines).await?;
    let barred = payments::barred_until(tx, enterprise).await?;
    let zone = known.calendar(tx).await?.zone().clone();
    // Barred until the end of the last day.
    let barred_until = barred.and_then(|last| {
        let next = last.tomorrow().and_then(|day| day.to_zoned(zone));
        next.ok().map(|midnight| midnight.timestamp())
    });
    Ok(Seen { policy: policy.state(), barred_until, borne, used, annual_cap })
}

/// M12: how many other claims of the enterprise are just under the threshold that this one is of.
pub(super) async fn near_others(unit: &Unit, of: &Application) -> Result<u32, Error> {
    let days = i64::from(SPLIT_RULE.within_days);
    let since = unit.now().checked_sub(SignedDuration::from_hours(24 * days));
    let since = since.unwrap_or(Timestamp::MIN);
    let enterprise = &of.opening.enterprise;
    let others =
        crate::store::applications::list_reviewed_since(unit.tx(), enterprise, since, &of.id)
            .await?;
    let near = |other: &&Application| SPLIT_RULE.is_near(other.amount, other.terms().threshold);
    Ok(u32::try_from(others.iter().filter(near).count()).unwrap_or(u32::MAX))
}

/// A department that lasts, and is kept until the unit ends.
pub(super) async fn lasting(
    unit: &Unit,
    known: &Known,
    department: &DepartmentId,
) -> Result<(), Error> {
    let found = known.department_kept(unit.tx(), department).await?;
    let lasting = found.filter(|department| department.successor.is_empty());
    let unknown = || DoorError::DepartmentNotFound { department: department.to_string() };
    Ok(lasting.map(drop).ok_or_else(unknown)?)
}

/// Reads the name of an enterprise.
pub(super) fn enterprise_id(name: &str) -> Result<EnterpriseId, Refusal> {
    EnterpriseId::parse(name).map_err(|error| Refusal::name("enterprise", &error))
}
