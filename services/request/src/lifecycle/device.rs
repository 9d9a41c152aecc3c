//! Whom a device 设备 was seen with, and what makes a rating doubtful (docs/domain.md §8): the enterprise
//! may have left it to the zone's own people, or somebody may rate for many.

use std::collections::BTreeSet;

use base::{EnterpriseId, Person, Role};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

use super::limits::DEVICE_SHARED_BY;

/// Whom a device was seen with: whoever changed anything here, in the directory or in dispatch from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// With the zone's own people: whoever has a department, or another role than the enterprise's.
    pub staff: bool,
    /// With these enterprises; never more than [`DEVICE_SHARED_BY`], which is proof enough.
    pub enterprises: BTreeSet<EnterpriseId>,
}

/// Why a rating is looked at before it is counted 核实. There may be several reasons.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Doubt {
    /// It came so soon after the answer that nobody can have looked.
    Hasty,
    /// It came from a device of the zone's own people.
    StaffDevice,
    /// It came from a device of several enterprises.
    SharedDevice,
}

impl Device {
    /// The same, seen with a person too; a system by itself is nobody.
    #[must_use]
    pub fn with(mut self, person: &Person) -> Device {
        self.staff |= is_of_the_zone(person);
        let enterprise = person.enterprise.as_ref();
        if let Some(enterprise) = enterprise.filter(|_| !self.is_shared()) {
            self.enterprises.insert(enterprise.clone());
        }
        self
    }

    /// What makes a rating from it doubtful, once it was seen with whoever rates.
    pub(super) fn doubts(&self) -> impl Iterator<Item = Doubt> {
        let staff = self.staff.then_some(Doubt::StaffDevice);
        staff.into_iter().chain(self.is_shared().then_some(Doubt::SharedDevice))
    }

    fn is_shared(&self) -> bool {
        DEVICE_SHARED_BY <= self.enterprises.len()
    }
}

/// Whether somebody is of the zone's own people. Whoever has left it since was one of them.
fn is_of_the_zone(person: &Person) -> bool {
    let own = |role: &Role| !matches!(role, Role::Enterprise | Role::System);
    person.department.is_some() || person.roles.iter().any(own)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests")]

    use super::super::sample::someone;
    use super::*;

    fn of_enterprise(code: &str) -> Person {
        let enterprise = EnterpriseId::new(code).expect("an enterprise");
        let handler = someone(&format!("H-{code}"), Role::Enterprise).person;
        Person { department: None, enterprise: Some(enterprise), ..handler }
    }

    fn seen_with(people: &[Person]) -> Device {
        people.iter().fold(Device::default(), Device::with)
    }

    #[test]
    fn who_has_a_department_or_a_role_of_the_zone_is_of_its_own_people() {
        for role in [Role::Staff, Role::Lead, Role::Envoy, Role::Agent, Role::Auditor, Role::Admin]
        {
            let person = Person { department: None, ..someone("P", role).person };
            assert!(seen_with(&[person]).staff, "{role}");
        }
        let mut left = someone("D02-11", Role::Staff).person;
        left.active = false;
        assert!(seen_with(&[left]).staff);
        let no_role = Person { roles: BTreeSet::new(), ..someone("D02-11", Role::Staff).person };
        assert!(seen_with(&[no_role]).staff, "a department is enough");
        for role in [Role::Enterprise, Role::System] {
            let person = Person { department: None, ..someone("P", role).person };
            assert!(!seen_with(&[person]).staff, "{role}");
        }
    }

    #[test]
    fn the_third_enterprise_makes_a_device_a_shared_one_and_no_more_are_kept() {
        let people = ["P-1", "P-2", "P-2", "P-3", "P-4"].map(of_enterprise);
        let shared = |count: usize| seen_with(&people[..count]).doubts().collect::<Vec<_>>();
        assert_eq!([shared(0), shared(1), shared(3)], [vec![], vec![], vec![]]);
        assert_eq!(shared(4), [Doubt::SharedDevice]);
        assert_eq!(seen_with(&people), seen_with(&people[..4]), "the cost does not grow");
        let both = seen_with(&people).with(&someone("D02-11", Role::Staff).person);
        assert_eq!(both.doubts().collect::<Vec<_>>(), [Doubt::StaffDevice, Doubt::SharedDevice]);
    }
}
