//! What the directory tells, and that it hears itself as all others do.

use async_trait::async_trait;
use contract::directory::{
    CalendarYearPublished, CataloguePublished, DepartmentChanged, EnterpriseChanged,
    EnterpriseRegistered, StaffChanged,
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
