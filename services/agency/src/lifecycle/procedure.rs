//! A procedure 办理流程 as versioned data: its matters, what each needs and what each waits for.

use std::collections::{BTreeMap, BTreeSet};

use base::{CategoryId, DepartmentId, ItemId, MaterialId, ProcedureId};
use calendar::Limit;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

use super::mandate::Act;

/// A procedure, in one version. A case keeps the version that it was opened under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Procedure {
    /// Its name.
    pub id: ProcedureId,
    /// Its version, from 1.
    pub version: u32,
    /// What it is called.
    pub title: String,
    /// Which way it goes.
    pub profile: Profile,
    /// What the enterprise is promised, from the start of the case to its last result.
    pub promised: Limit,
    /// Its matters, in the order in which people list them.
    pub matters: Vec<Matter>,
    /// 承诺可开工: traits of a project that exclude it.
    pub negative_list: BTreeSet<Trait>,
}

/// What a project may be that a negative list can name (domain.md §6). The list is closed: what
/// nobody knows cannot be stated, and excludes nothing.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Display,
    EnumIter,
    EnumString,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Trait {
    /// 危险化学品.
    HazardousChemicals,
    /// 采矿.
    Mining,
    /// 须国家级审批.
    NationalApproval,
    /// 须省级审批.
    ProvincialApproval,
}

/// Which way a procedure goes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Profile {
    /// As the law has it.
    Standard,
    /// 承诺可开工: reviewed in parallel before there is land, made formal once there is.
    StartOnCommitment,
}

/// One matter 事项 of a procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matter {
    /// Its name within the procedure.
    pub item: ItemId,
    /// What it is called.
    pub title: String,
    /// The category of the catalogue that its work is of.
    pub category: CategoryId,
    /// Which department decides it.
    pub department: DepartmentId,
    /// A review, or a notice period.
    pub kind: MatterKind,
    /// 法定: by law, from the acceptance; none where no law sets one.
    pub statutory: Option<Limit>,
    /// 承诺: promised to the enterprise.
    pub promised: Option<Limit>,
    /// 加码: tightened by the zone.
    pub tightened: Option<Limit>,
    /// What must be handed in.
    pub materials: Vec<Need>,
    /// What its result is called 结果证照.
    pub certificate: String,
    /// What an agent may do for it.
    pub acts: BTreeSet<Act>,
    /// What must be issued before it.
    pub after: Vec<ItemId>,
    /// 平行推进: it may run on opinions of those, before they are formal.
    pub on_opinion: bool,
    /// It can be issued formally only once the project has its land.
    pub needs_land: bool,
    /// Work may start only with its formal permit.
    pub for_start: bool,
}

/// What a matter is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MatterKind {
    /// 审批: decided as soon as its department can.
    Review,
    /// 公示: a statutory notice period in natural days, never shortened.
    Notice,
}

/// A material that a matter needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// Which one. Matters that need the same one share it.
    pub material: MaterialId,
    /// What it is called.
    pub title: String,
    /// 容缺: it may be promised by a date; else it is a main material 主审.
    pub deferrable: bool,
}

impl Procedure {
    /// One matter.
    pub fn matter(&self, item: &ItemId) -> Option<&Matter> {
        self.matters.iter().find(|matter| matter.item == *item)
    }

    /// The matters that need a material.
    pub fn needing<'a>(&'a self, material: &'a MaterialId) -> impl Iterator<Item = &'a Matter> {
        self.matters.iter().filter(move |matter| matter.need(material).is_some())
    }

    /// The matters that wait for an item.
    pub fn waiting_for<'a>(&'a self, item: &'a ItemId) -> impl Iterator<Item = &'a Matter> {
        self.matters.iter().filter(move |matter| matter.after.contains(item))
    }

    /// Its matters, each behind all that it waits for; what lies on or behind a cycle, or behind
    /// a matter that there is none of, is left out.
    pub fn in_order(&self) -> Vec<&Matter> {
        let mut lacking: Vec<usize> = Vec::new();
        let mut waiting: BTreeMap<&ItemId, Vec<usize>> = BTreeMap::new();
        for (place, matter) in self.matters.iter().enumerate() {
            lacking.push(matter.after.len());
            for before in &matter.after {
                waiting.entry(before).or_default().push(place);
            }
        }
        let free = lacking.iter().enumerate().filter(|(_, lacks)| **lacks == 0);
        let mut free: BTreeSet<usize> = free.map(|(place, _)| place).collect();
        let (mut placed, mut order) = (BTreeSet::new(), Vec::new());
        while let Some(matter) = free.pop_first().map(|place| &self.matters[place]) {
            // Of two that have one name the first alone is placed.
            if !placed.insert(&matter.item) {
                continue;
            }
            order.push(matter);
            for place in waiting.remove(&matter.item).unwrap_or_default() {
                lacking[place] -= 1;
                if lacking[place] == 0 {
                    free.insert(place);
                }
            }
        }
        order
    }
}

impl Matter {
    /// What it asks for of a material, if it needs it.
    pub fn need(&self, material: &MaterialId) -> Option<&Need> {
        self.materials.iter().find(|need| need.material == *material)
    }

    /// Its limits, by whose they are: those that it has.
    pub fn limits(&self) -> impl Iterator<Item = Limit> {
        [self.statutory, self.promised, self.tightened].into_iter().flatten()
    }
}

/// Who decides in the zone, as far as a procedure asks: its departments, and whether somebody in
/// each may decide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zone {
    /// Whether a department has staff 承办人, by its name.
    pub departments: BTreeMap<DepartmentId, bool>,
}
