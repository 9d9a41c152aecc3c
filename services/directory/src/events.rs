//! What the directory tells, and that it hears itself as all others do.

use async_trait::async_trait;
use contract::directory::{
    CalendarYearPublished, CataloguePublished, DepartmentChanged, DepartmentSucceeded,
    DeputyChanged, EnterpriseChanged, EnterpriseRegistered, GrantConfirmed, GrantProposed,
    StaffChanged,
};
use journal::{Ear, Heard, Telling, Trouble, Unit};
use runtime::Known;

use crate::lifecycle::{Fact, Record};
use crate::{NAME, wire};

/// What a fact tells; `record` is as it is after it.
pub fn tell(record: &Record, fact: &Fact) -> Vec<Telling> {
    let name = record.name();
    let telling = match fact {
        Fact::EnterpriseRegistered(_) => {
            let message = EnterpriseRegistered { enterprise: wire::enterprise(record) };
            Telling::new(&name, &name, &message)
        }
        Fact::EnterpriseChanged(_) => {
            let message = EnterpriseChanged { enterprise: wire::enterprise(record) };
            Telling::new(&name, &name, &message)
        }
        Fact::DepartmentChanged(_) => {
            let message = DepartmentChanged { department: wire::department(record) };
            Telling::new(&name, &name, &message)
        }
        Fact::DepartmentSucceeded { department, basis } => {
            let changed = DepartmentChanged { department: wire::department(record) };
            let successor = department.successor.as_ref();
            let succeeded = DepartmentSucceeded {
                department: department.id.to_string(),
                successor: successor.map(ToString::to_string).unwrap_or_default(),
                basis: basis.clone(),
            };
            let changed = Telling::new(&name, &name, &changed);
            return vec![changed, Telling::new(&name, &name, &succeeded)];
        }
        Fact::DeputyChanged(_) => {
            Telling::new(&name, &name, &DeputyChanged { deputy: wire::deputy(record) })
        }
        Fact::GrantProposed(_) => {
            Telling::new(&name, &name, &GrantProposed { grant: wire::grant(record) })
        }
        Fact::GrantConfirmed(_) => {
            Telling::new(&name, &name, &GrantConfirmed { grant: wire::grant(record) })
        }
        Fact::StaffChanged(_) => {
            Telling::new(&name, &name, &StaffChanged { staff: wire::staff(record) })
        }
        Fact::CataloguePublished(_) => {
            let message = CataloguePublished { catalogue: wire::catalogue(record) };
            Telling::new(&name, &name, &message)
        }
        Fact::YearPublished(_) => {
            Telling::new(&name, &name, &CalendarYearPublished { year: wire::year(record) })
        }
        // Each enterprise of it is told by itself.
        Fact::Imported { .. } => return Vec::new(),
    };
    vec![telling]
}

/// Hears the directory itself, so that it knows people as all others do.
pub struct Ears {
    known: Known,
}

impl Ears {
    /// Keeps what is heard among what is known.
    pub fn new(known: Known) -> Ears {
        Ears { known }
    }
}

#[async_trait]
impl Ear for Ears {
    fn sources(&self) -> &'static [&'static str] {
        contract::heard_by(NAME)
    }

    async fn hear(&self, unit: &mut Unit, heard: &Heard) -> Result<(), Trouble> {
        self.known.hear(unit, heard).await?;
        Ok(())
    }
}
