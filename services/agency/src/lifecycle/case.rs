//! A case 帮代办件: one enterprise's way through a procedure, with an agent at its side.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base::{CaseId, EnterpriseId, ItemId, MaterialId, PersonId};
use calendar::Due;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::State;
use super::item::{Item, ItemState};
use super::limits::Wait;
use super::mandate::Mandate;
use super::material::{Material, Promise};
use super::procedure::{Matter, Procedure, Trait};

/// A case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its name.
    pub id: CaseId,
    /// What it was opened with.
    pub opening: Opening,
    /// Where it stands.
    pub state: State,
    /// Who acts for the enterprise, as far as the mandate goes.
    pub agent: PersonId,
    /// Everybody who was agent of it: none of them decides an item.
    pub agents: BTreeSet<PersonId>,
    /// Its agent is none any more: another one is awaited, until when.
    pub hand_over: Option<Wait>,
    /// Everybody who decided something of one of its items, or for whom that was done: none of them
    /// becomes its agent.
    pub deciders: BTreeSet<PersonId>,
    /// When the enterprise signed its first mandate.
    pub first_mandated_at: Option<Timestamp>,
    /// The mandate that is live.
    pub mandate: Option<Mandate>,
    /// Its items.
    pub items: BTreeMap<ItemId, Item>,
    /// What was handed in: every version, oldest first.
    pub materials: BTreeMap<MaterialId, Vec<Material>>,
    /// What was promised 容缺.
    pub promises: BTreeMap<MaterialId, Promise>,
    /// 承诺可开工: the letter.
    pub commitment: Option<Commitment>,
    /// When the enterprise got its land.
    pub land_acquired_at: Option<Timestamp>,
    /// Since when work may start: every formal permit that it needs stands.
    pub start_allowed_at: Option<Timestamp>,
    /// When it might start first.
    pub first_start_allowed_at: Option<Timestamp>,
    /// Every certificate number that was ever given in it: none is used twice.
    pub certificates: BTreeSet<String>,
    /// What the case itself waits for, beside its items.
    pub wait: Option<Wait>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When its items began.
    pub started_at: Option<Timestamp>,
    /// When its results were delivered.
    pub delivered_at: Option<Timestamp>,
    /// Not every item has its permit; only once delivered.
    pub delivered_partly: bool,
    /// When it last changed. Never runs back.
    pub changed_at: Timestamp,
}

/// What a case is opened with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// What people say on the phone: `BD-2026-000145`.
    pub number: String,
    /// Whose.
    pub enterprise: EnterpriseId,
    /// What it is about, in one line.
    pub title: String,
    /// 投资项目统一代码, if it is about a project.
    pub project_code: Option<String>,
    /// The procedure, in the version that it keeps.
    #[serde(with = "shared")]
    pub procedure: Arc<Procedure>,
    /// The agent who opened it.
    pub agent: PersonId,
}

/// 承诺书: the letter of an enterprise that wants to start on commitment. What it states, the
/// enterprise answers for (告知承诺): nobody confirms it before, whoever reviews an item sees it, and
/// it is broken where it was not so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitment {
    /// Who handed the letter in for the enterprise.
    pub signatory: PersonId,
    /// The legal representative who signed it, as the letter and the public register of enterprises
    /// name them.
    pub representative: String,
    /// What the project is, as stated: none of it on the negative list.
    pub traits: BTreeSet<Trait>,
    /// The enterprise states that its credit record is clean.
    pub credit_clean: bool,
    /// SHA-256 of the letter, in hexadecimal.
    pub letter_sha256: String,
    /// By when it promises to have the land.
    pub land_due: Due,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// What it waits for now: the land, then that all opinions that stand by then are formal.
    pub wait: Option<Wait>,
    /// Why it was broken, if it was.
    pub broken: Option<String>,
}

impl Case {
    /// The procedure that it follows.
    pub fn procedure(&self) -> &Procedure {
        &self.opening.procedure
    }

    /// One item, and what the procedure says of it.
    pub fn item(&self, id: &ItemId) -> Option<(&Item, &Matter)> {
        self.items.get(id).zip(self.procedure().matter(id))
    }

    /// Every item, and what the procedure says of it, in the order of the procedure.
    pub fn all_items(&self) -> impl Iterator<Item = (&Item, &Matter)> {
        self.procedure().matters.iter().filter_map(|matter| self.item(&matter.item))
    }

    /// Where an item of the procedure stands.
    pub fn state_of(&self, id: &ItemId) -> Option<ItemState> {
        self.items.get(id).map(|item| item.state)
    }

    /// What an item waits for now. Who applies can do nothing while the case is suspended, so that
    /// their time stands still; it begins again when the case goes on.
    pub fn wait_of(&self, item: &Item) -> Option<Wait> {
        item.wait.filter(|_| self.state != State::Suspended || !item.state.is_the_applicants())
    }

    /// Whether all that a matter waits for is issued, or pre-issued where it runs on opinions; and
    /// there is land for it, once the commitment that stood for the land is broken.
    pub fn may_begin(&self, matter: &Matter) -> bool {
        !self.lost_its_stand(matter)
            && matter.after.iter().all(|before| match self.state_of(before) {
                Some(ItemState::Issued) => true,
                Some(ItemState::PreIssued) => matter.on_opinion,
                Some(_) | None => false,
            })
    }

    /// Whether a matter needs land that there is none of, after the commitment was broken.
    pub fn lost_its_stand(&self, matter: &Matter) -> bool {
        self.is_commitment_broken() && self.lacks_land(matter)
    }

    /// The items that wait for one that has ended without a permit, or will never begin itself; or
    /// for land that nobody promises any more. Each is looked at once, behind all that it waits for.
    pub fn blocked_for_good(&self) -> BTreeSet<&ItemId> {
        let mut blocked: BTreeSet<&ItemId> = BTreeSet::new();
        for matter in self.procedure().in_order() {
            let never_comes = |before: &ItemId| {
                blocked.contains(before) || self.state_of(before).is_none_or(ItemState::is_dead)
            };
            let waits = self.state_of(&matter.item) == Some(ItemState::Blocked);
            let in_vain = self.lost_its_stand(matter) || matter.after.iter().any(never_comes);
            if waits && in_vain {
                blocked.insert(&matter.item);
            }
        }
        blocked
    }

    /// Whether an agent acts, or will: the enterprise does not yet go on alone.
    pub fn needs_agent(&self) -> bool {
        self.mandate.is_some() || matches!(self.state, State::Consulting | State::Mandated)
    }

    /// The items about which somebody still has to do something.
    pub fn open_items(&self) -> Vec<ItemId> {
        let blocked = self.blocked_for_good();
        let open = self.all_items().filter(|(item, matter)| {
            item.is_rechecked() || (item.state.is_open() && !blocked.contains(&matter.item))
        });
        open.map(|(_, matter)| matter.item.clone()).collect()
    }

    /// Whether a material was handed in.
    pub fn has(&self, material: &MaterialId) -> bool {
        self.materials.contains_key(material)
    }

    /// Whether a notice named a material that nobody has handed in since.
    pub fn awaits(&self, material: &MaterialId) -> bool {
        self.items.values().any(|item| item.awaited.contains(material))
    }

    /// The deferrable materials of a matter that are not there.
    pub fn deferred(&self, matter: &Matter) -> Vec<MaterialId> {
        let deferred = matter.materials.iter().filter(|need| need.deferrable);
        deferred.map(|need| &need.material).filter(|id| !self.has(id)).cloned().collect()
    }

    /// Whether a matter waits for land.
    pub fn lacks_land(&self, matter: &Matter) -> bool {
        matter.needs_land && self.land_acquired_at.is_none()
    }

    /// Whether an opinion of a matter can be made formal.
    pub fn nothing_outstanding(&self, matter: &Matter) -> bool {
        self.deferred(matter).is_empty() && !self.lacks_land(matter)
    }

    /// The commitment that is in force.
    pub fn commitment_in_force(&self) -> Option<&Commitment> {
        self.commitment.as_ref().filter(|commitment| commitment.broken.is_none())
    }

    /// Whether an opinion stands that is not formal yet.
    pub fn has_opinions(&self) -> bool {
        self.items.values().any(|item| item.state == ItemState::PreIssued)
    }

    /// 失信: whether the commitment was broken. It is for good: a case has one commitment.
    pub fn is_commitment_broken(&self) -> bool {
        self.commitment.as_ref().is_some_and(|commitment| commitment.broken.is_some())
    }

    /// Whether work may start: by formal permits alone, each of them standing; and never in a case
    /// whose commitment was broken, whatever permits it has or gets: another case begins anew.
    pub fn may_start_work(&self) -> bool {
        let mut permits = self.all_items().filter(|(_, matter)| matter.for_start).peekable();
        !self.is_commitment_broken()
            && permits.peek().is_some()
            && permits.all(|(item, _)| item.is_firm())
    }

    /// What an opinion waits for: the first promise of what is outstanding. While it waits for
    /// land, the commitment does.
    pub(super) fn opinion_wait(&self, matter: &Matter) -> Option<Wait> {
        let deferred = self.deferred(matter);
        let promises = deferred.iter().filter_map(|material| self.promises.get(material));
        let first = promises.min_by_key(|promise| promise.due.at)?;
        Some(Wait::until(first.due, first.promised_at))
    }

    /// When the last of what is outstanding for a matter comes, as promised: its materials and the
    /// land. None if nothing is outstanding, or nobody has said when.
    pub(super) fn outstanding_until(&self, matter: &Matter) -> Option<Due> {
        let deferred = self.deferred(matter);
        let promises = deferred.iter().filter_map(|material| self.promises.get(material));
        let letter = self.commitment.as_ref().filter(|_| self.lacks_land(matter));
        let land = letter.map(|letter| letter.land_due);
        promises.map(|promise| promise.due).chain(land).max_by_key(|due| due.at)
    }
}

/// A procedure that many hold and nobody changes.
mod shared {
    use std::sync::Arc;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use super::Procedure;

    pub(super) fn serialize<S: Serializer>(
        procedure: &Arc<Procedure>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        Procedure::serialize(procedure, to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Arc<Procedure>, D::Error> {
        Procedure::deserialize(from).map(Arc::new)
    }
}
