//! Who may know of a case, who acts in it, and as whom (domain.md §2).

use std::collections::BTreeSet;

use base::{Actor, DepartmentId, EnterpriseId, ItemId, MaterialId, Person, PersonId, Role};
use jiff::Timestamp;

use super::case::Case;
use super::item::Item;
use super::mandate::Act;
use crate::error::Error;

/// Somebody who asks, with what the directory says of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Who it is.
    pub person: Person,
    /// As whom they act: it is recorded with what they do.
    pub actor: Actor,
}

/// The roles that see every case. Admin is not among them: it holds no business.
pub const SEE_ALL: [Role; 4] =
    [Role::Dispatcher, Role::Supervisor, Role::ZoneLeader, Role::Auditor];

impl Viewer {
    /// Whether they see every case.
    pub fn sees_all(&self) -> bool {
        SEE_ALL.iter().any(|role| self.person.is(*role))
    }

    /// Whether they are the enterprise itself.
    pub fn is_enterprise(&self, enterprise: &EnterpriseId) -> bool {
        self.person.is(Role::Enterprise) && self.person.enterprise.as_ref() == Some(enterprise)
    }

    /// Whether they are the agent of a case.
    pub fn is_agent_of(&self, case: &Case) -> bool {
        self.person.is(Role::Agent) && *self.person.human() == case.agent
    }

    /// Whether they are the enterprise, or the agent who acts for it.
    pub fn is_of_its_side(&self, case: &Case) -> bool {
        self.is_enterprise(&case.opening.enterprise) || self.is_agent_of(case)
    }

    /// Whether they do the work of a department.
    pub fn works_for(&self, department: &DepartmentId) -> bool {
        (self.person.is(Role::Staff) || self.person.is(Role::Lead))
            && self.person.belongs_to(department)
    }

    /// Whether they ever acted as agent of a case, under whatever account, or act for who did.
    pub fn was_agent_of(&self, case: &Case) -> bool {
        let was = |agent: &PersonId| self.person.human() == agent || self.actor.involves(agent);
        case.agents.iter().any(was)
    }

    /// Whether they ever decided something of an item of a case, or act for who did.
    pub fn has_decided(&self, case: &Case) -> bool {
        !self.deciders().is_disjoint(&case.deciders)
    }

    /// Who decides here: the person, whatever the account, and for whom a deputy does.
    pub fn deciders(&self) -> BTreeSet<PersonId> {
        let own = [self.person.human()];
        own.into_iter().chain(self.actor.on_behalf_of()).cloned().collect()
    }

    /// Whether they may know of a case: the enterprise, its agent, the departments of its items
    /// once one of those has been submitted, and the roles that see all.
    pub fn sees(&self, case: &Case) -> bool {
        self.sees_all() || self.is_of_its_side(case) || self.decides_some(case)
    }

    /// Whether they see who inside did what, and why: those who see all, and a department that has
    /// work with the case.
    pub fn is_inside(&self, case: &Case) -> bool {
        self.sees_all() || self.decides_some(case)
    }

    fn decides_some(&self, case: &Case) -> bool {
        case.items.values().any(|item| 0 < item.orders && self.works_for(&item.department))
    }

    /// Whether they may read a material: whoever handed it in, those who see all, and a department
    /// that has an item needing it.
    pub fn sees_material(&self, case: &Case, material: &MaterialId) -> bool {
        let needs = case.procedure().needing(material).any(|matter| {
            case.items
                .get(&matter.item)
                .is_some_and(|item| 0 < item.orders && self.works_for(&item.department))
        });
        self.sees_all() || self.is_of_its_side(case) || needs
    }

    /// Whether they may know who in a department has an item: whoever applies, the department itself,
    /// and those who see all.
    pub fn sees_claimant(&self, case: &Case, item: &Item) -> bool {
        self.sees_all() || self.is_of_its_side(case) || self.works_for(&item.department)
    }

    /// Whether they may do something that is the enterprise's to do: itself, or its agent within
    /// the live mandate.
    pub fn applies(
        &self,
        case: &Case,
        item: &ItemId,
        act: Act,
        now: Timestamp,
    ) -> Result<(), Error> {
        if self.is_enterprise(&case.opening.enterprise) {
            return Ok(());
        }
        if !self.is_agent_of(case) {
            return Err(Error::NotTheirs);
        }
        let live = case.mandate.as_ref().filter(|mandate| mandate.is_live(now));
        match live {
            None => Err(Error::MandateMissing),
            Some(mandate) if mandate.covers(item, act, now) => Ok(()),
            Some(_) => Err(Error::OutsideMandate { item: item.clone(), act }),
        }
    }

    /// The same for what concerns no item alone: a live mandate is enough.
    pub fn stands_for(&self, case: &Case, now: Timestamp) -> Result<(), Error> {
        if self.is_enterprise(&case.opening.enterprise) {
            return Ok(());
        }
        if !self.is_agent_of(case) {
            return Err(Error::NotTheirs);
        }
        match &case.mandate {
            Some(mandate) if mandate.is_live(now) => Ok(()),
            Some(_) | None => Err(Error::MandateMissing),
        }
    }

    /// Whether they may decide an item: its department, but never who was agent of the case.
    pub fn decides(&self, case: &Case, department: &DepartmentId) -> Result<(), Error> {
        if !self.works_for(department) {
            Err(Error::NotTheirs)
        } else if self.was_agent_of(case) {
            Err(Error::AgentDecides)
        } else {
            Ok(())
        }
    }
}
