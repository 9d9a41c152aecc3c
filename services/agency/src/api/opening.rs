//! Opening a case: its number and its procedure come to light only inside the unit.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base::{CaseId, DepartmentId, EnterpriseId, ProcedureId, Role};
use contract::agency::OpenCaseRequest;
use futures_util::FutureExt as _;
use journal::{Trouble, Unit};
use runtime::{Changed, House, Known, Plan, Refusal};

use super::{Api, Asking};
use crate::error::Error;
use crate::lifecycle::{Case, Command, Opening, Procedure, Viewer};
use crate::store::Cases;
use crate::store::procedures::find_procedure;

/// What an agent opens a case with, read.
struct Draft {
    by: Viewer,
    enterprise: EnterpriseId,
    procedure: ProcedureId,
    title: String,
    project_code: Option<String>,
}

impl Api {
    /// Opens a case under the latest version of a procedure.
    pub(super) async fn open(
        &self,
        asking: &Asking,
        asked: OpenCaseRequest,
    ) -> Result<Changed<Case>, Error> {
        let enterprise = EnterpriseId::parse(&asked.enterprise);
        let procedure = ProcedureId::parse(&asked.procedure);
        let draft = Arc::new(Draft {
            by: asking.by.clone(),
            enterprise: enterprise.map_err(|error| Refusal::name("enterprise", &error))?,
            procedure: procedure.map_err(|error| Refusal::name("procedure", &error))?,
            title: asked.title,
            project_code: Some(asked.project_code).filter(|code| !code.is_empty()),
        });
        let (house, key) = (self.house.clone(), draft.enterprise.to_string());
        let changed = self.room.change_with(&asking.call, key, move |unit| {
            let (house, draft) = (house.clone(), Arc::clone(&draft));
            async move { plan_opening(&house, unit, &draft).await }.boxed()
        });
        let changed = changed.await.map_err(|error| error.of_method(&asking.call))?;
        if changed.replayed {
            self.seen(&asking.by, &changed.thing.id).await?;
        }
        Ok(changed)
    }
}

async fn plan_opening(house: &House, unit: &mut Unit, draft: &Draft) -> Result<Plan<Cases>, Error> {
    let (known, now) = (&house.known, unit.now());
    // Whoever opens it is its agent: they do not leave before it is there to be handed over.
    let agent = known.person_kept(unit.tx(), &draft.by.person.id).await?;
    if !agent.is_some_and(|person| person.is(Role::Agent)) {
        return Err(Error::NotTheirs);
    }
    let unknown = || Error::EnterpriseNotFound { enterprise: draft.enterprise.to_string() };
    known.enterprise(unit.tx(), &draft.enterprise).await?.ok_or_else(unknown)?;
    let found = find_procedure(unit.tx(), &draft.procedure, None).await;
    let unknown = || Error::ProcedureNotFound { procedure: draft.procedure.to_string() };
    let mut procedure = found.map_err(Refusal::from)?.ok_or_else(unknown)?;
    to_lasting(known, unit, &mut procedure).await?;
    let id = CaseId::new(unit.uuid());
    let year = known.calendar(unit.tx()).await?.zone().to_datetime(now).year();
    let number = unit.next_number(&format!("BD-{year}")).await?;
    let opening = Box::new(Opening {
        number: format!("BD-{year}-{number:06}"),
        enterprise: draft.enterprise.clone(),
        title: draft.title.clone(),
        project_code: draft.project_code.clone(),
        procedure: Arc::new(procedure),
        agent: draft.by.person.human().clone(),
    });
    let by = draft.by.clone();
    Ok(Plan::Ask(id, Command::Open { id, by, opening }))
}

/// Whichever department has taken the place of one that a procedure names decides in its stead. It
/// is kept until the unit ends: the case is opened before it is dissolved, or after.
async fn to_lasting(
    known: &Known,
    unit: &mut Unit,
    procedure: &mut Procedure,
) -> Result<(), Error> {
    // In the order of their names: whoever keeps several keeps them in the same order.
    let named: BTreeSet<_> = procedure.matters.iter().map(|of| of.department.clone()).collect();
    let mut lasting = BTreeMap::new();
    for department in named {
        let kept = lasting_kept(known, unit, &department).await?;
        lasting.insert(department, kept);
    }
    for matter in &mut procedure.matters {
        if let Some(kept) = lasting.get(&matter.department) {
            matter.department = kept.clone();
        }
    }
    Ok(())
}

async fn lasting_kept(
    known: &Known,
    unit: &mut Unit,
    department: &DepartmentId,
) -> Result<DepartmentId, Trouble> {
    let mut lasting = department.clone();
    // A successor lasts when it is named, so this comes to an end.
    while let Some(found) = known.department_kept(unit.tx(), &lasting).await? {
        if found.successor.is_empty() {
            break;
        }
        let successor = DepartmentId::parse(&found.successor);
        lasting = successor.map_err(|error| Trouble::Damaged(error.to_string()))?;
    }
    Ok(lasting)
}
