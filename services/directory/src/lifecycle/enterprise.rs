//! Enterprises 企业: one registration for each code, each handler for one enterprise.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base::{CreditCode, CreditCodeError, EnterpriseId, PersonId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::enterprise_fact::EnterpriseFact;
use super::{Around, Fact, IMPORT_ENTERPRISES_MAX, Post, Record};
use crate::error::Error;

/// An enterprise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Enterprise {
    /// Its 统一社会信用代码, or `P-…` while it has none.
    pub id: EnterpriseId,
    /// Its registered name 企业名称.
    pub title: String,
    /// What people call it 简称.
    pub short_title: String,
    /// Its industry 行业.
    pub industry: String,
    /// Its size 规模: 大型, 中型, 小型, 微型.
    pub size: String,
    /// Where it is 地址.
    pub address: String,
    /// Who looks after it 企业特派员.
    pub envoy: Option<PersonId>,
    /// Who acts for it 经办人.
    pub handlers: BTreeSet<PersonId>,
    /// What is known of it besides, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, EnterpriseFact>,
}

/// Why a code names no enterprise.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeProblem {
    /// It is no 统一社会信用代码.
    #[error(transparent)]
    CreditCode(#[from] CreditCodeError),
    /// It begins with `P-` and goes on wrongly.
    #[error("a provisional code is P- and up to 62 letters, digits, hyphens and underscores")]
    Provisional,
}

impl CodeProblem {
    /// What is wrong, for people.
    pub fn chinese(&self) -> String {
        match self {
            CodeProblem::CreditCode(error) => error.chinese(),
            CodeProblem::Provisional => "临时代码为“P-”加字母、数字、连字符或下划线".to_owned(),
        }
    }

    /// The same for programs: one word per fault, stable.
    pub fn reason(&self) -> &'static str {
        match self {
            CodeProblem::CreditCode(error) => error.reason(),
            CodeProblem::Provisional => "provisional",
        }
    }
}

/// The id of an enterprise from its code: a 统一社会信用代码, or `P-…`.
pub fn enterprise_id(code: &str) -> Result<EnterpriseId, CodeProblem> {
    if code.starts_with("P-") {
        return EnterpriseId::new(code).map_err(|_| CodeProblem::Provisional);
    }
    Ok(EnterpriseId::registered(CreditCode::parse(code)?))
}

/// Registers an enterprise that is not there yet.
pub(super) fn register(
    before: Option<&Record>,
    enterprise: &Enterprise,
    around: &Around,
) -> Result<Fact, Error> {
    if before.is_some() {
        return Err(Error::EnterpriseExists { enterprise: enterprise.id.clone() });
    }
    free(enterprise, around)?;
    Ok(Fact::EnterpriseRegistered(enterprise.clone()))
}

/// Puts an enterprise that is there.
pub(super) fn update(
    before: Option<&Record>,
    enterprise: &Enterprise,
    around: &Around,
) -> Result<Fact, Error> {
    if before.is_none() {
        return Err(Error::EnterpriseNotFound { enterprise: enterprise.id.to_string() });
    }
    free(enterprise, around)?;
    Ok(Fact::EnterpriseChanged(enterprise.clone()))
}

/// Looks at the lines of an import beside each other. Whether one is registered already is seen
/// when it is registered, in the same unit.
pub(super) fn import(
    id: Uuid,
    enterprises: &Arc<[Enterprise]>,
    around: &Arc<Around>,
) -> Result<Fact, Error> {
    if IMPORT_ENTERPRISES_MAX < enterprises.len() {
        return Err(Error::ImportTooLarge);
    }
    let mut names = BTreeSet::new();
    let mut handlers = BTreeMap::new();
    for (enterprise, line) in enterprises.iter().zip(1..) {
        let refuse = |error: Error| error.at(Some(line));
        if !names.insert(&enterprise.id) {
            return Err(refuse(Error::EnterpriseExists { enterprise: enterprise.id.clone() }));
        }
        free(enterprise, around).map_err(refuse)?;
        for person in &enterprise.handlers {
            if handlers.insert(person, line).is_some() {
                return Err(refuse(Error::HandlerTaken { person: person.clone() }));
            }
        }
    }
    let (enterprises, around) = (Arc::clone(enterprises), Arc::clone(around));
    Ok(Fact::Imported { id, enterprises, around })
}

/// Refuses a handler who acts for somebody else.
fn free(enterprise: &Enterprise, around: &Around) -> Result<(), Error> {
    let taken = |person: &&PersonId| match around.posts.get(*person) {
        None => false,
        Some(Post::Staff(_)) => true,
        Some(Post::Handler(other)) => *other != enterprise.id,
    };
    match enterprise.handlers.iter().find(taken) {
        Some(person) => Err(Error::HandlerTaken { person: person.clone() }),
        None => Ok(()),
    }
}
