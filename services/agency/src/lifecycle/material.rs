//! Materials 材料: what the enterprise hands in, where it came from, and what it promised.

use base::{File, MaterialId, PersonId};
use calendar::Due;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::case::Case;
use super::limits::Wait;
use super::sight::Viewer;
use crate::error::Error;

/// Where a material comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Source {
    /// It was handed in for this case.
    Uploaded,
    /// 免提交: the enterprise gave it before.
    Reused {
        /// For what: `cases/{uuid}`, or the name of a register.
        from: String,
    },
}

/// One version of a material.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    /// From 1.
    pub version: u32,
    /// The file.
    pub file: File,
    /// Where it comes from.
    pub source: Source,
    /// Who handed it in.
    pub by: PersonId,
    /// When.
    pub added_at: Timestamp,
}

/// 容缺承诺: a material that is promised by a date, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// By when.
    pub due: Due,
    /// Who promised.
    pub by: PersonId,
    /// When.
    pub promised_at: Timestamp,
    /// Who is told, and when, while it is not kept and an item that was submitted waits for it.
    pub wait: Wait,
}

/// A material of a case, in a version or its last, if somebody may read it.
pub fn find_material<'a>(
    case: &'a Case,
    by: &Viewer,
    material: &MaterialId,
    version: Option<u32>,
) -> Result<&'a Material, Error> {
    let versions = case.materials.get(material).filter(|_| by.sees_material(case, material));
    let wanted = |of: &&Material| version.is_none_or(|version| of.version == version);
    let found = versions.and_then(|versions| versions.iter().rev().find(wanted));
    found.ok_or_else(|| Error::NotHandedIn { material: material.clone() })
}
