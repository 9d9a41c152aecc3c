//! What those see of the history who do not see all: a material is for those who may read it; the
//! enterprise and its agent see neither what is asked of dispatch nor who inside did it, nor why one
//! department said that it is another's.

use base::MaterialId;
use contract::agency::{
    CaseDelivered, CaseDepartmentSucceeded, CaseHeardLate, CaseLimitMissed, CaseOpened,
    CaseStarted, CaseSuspended, CommitmentSigned, CorrectionSupplied, ItemDeclined, ItemReapplied,
    ItemRedirected, ItemSubmitted, ItemWithdrawn, LandAcquired, MandateSigned, MaterialAdded,
    MaterialPromised,
};
use contract::common::MaterialsSupplied;
use journal::{Heard, Trouble};
use prost::{Message as _, Name};

use crate::lifecycle::{Case, Told, Viewer};

/// What services tell one another, besides what is of one of them alone.
const BETWEEN_SERVICES: &str = "whistle.common.v1.";

/// A fact as somebody may see it who may know of the case; `None` if it is not for them.
pub(super) fn shown(by: &Viewer, case: &Case, heard: Heard) -> Result<Option<Heard>, Trouble> {
    if !may_read(by, case, &heard)? {
        return Ok(None);
    }
    if by.is_inside(case) { Ok(Some(heard)) } else { outside(by, heard) }
}

/// A material that was handed in, or promised, is for those alone who may read it.
fn may_read(by: &Viewer, case: &Case, heard: &Heard) -> Result<bool, Trouble> {
    let named = if heard.kind == MaterialAdded::full_name() {
        heard.decode::<MaterialAdded>()?.material
    } else if heard.kind == MaterialPromised::full_name() {
        heard.decode::<MaterialPromised>()?.material
    } else {
        return Ok(true);
    };
    let material =
        MaterialId::parse(&named).map_err(|error| Trouble::Damaged(error.to_string()))?;
    Ok(by.sees_material(case, &material))
}

/// A fact as the enterprise's own side may see it.
fn outside(by: &Viewer, mut heard: Heard) -> Result<Option<Heard>, Trouble> {
    if is_inside(&heard)? {
        return Ok(None);
    }
    if !(is_done_outside(&heard) || heard.actor == by.actor.to_string()) {
        heard.actor.clear();
    }
    if heard.kind == ItemDeclined::full_name() {
        let told = ItemDeclined { basis: String::new(), ..heard.decode()? };
        heard.data = told.encode_to_vec();
    } else if heard.kind == ItemRedirected::full_name() {
        let told = ItemRedirected { reason: String::new(), ..heard.decode()? };
        heard.data = told.encode_to_vec();
    }
    Ok(Some(heard))
}

/// Whether a fact stays inside. Of a missed limit those are told whom it concerns.
fn is_inside(heard: &Heard) -> Result<bool, Trouble> {
    if heard.kind == CaseLimitMissed::full_name() {
        let told = heard.decode::<CaseLimitMissed>()?.told;
        let own = [Told::Agent, Told::Enterprise].map(|own| own.to_string());
        return Ok(!own.contains(&told));
    }
    let inside = [CaseDepartmentSucceeded::full_name(), CaseHeardLate::full_name()];
    let between = heard.kind.starts_with(BETWEEN_SERVICES);
    let asked = between && heard.kind != MaterialsSupplied::full_name();
    Ok(asked || inside.contains(&heard.kind))
}

/// Whether a fact is by its nature done by the enterprise or its agent. Nobody else may, so that
/// even who has left since is known from it.
fn is_done_outside(heard: &Heard) -> bool {
    let outside = [
        CaseOpened::full_name(),
        MandateSigned::full_name(),
        MaterialAdded::full_name(),
        MaterialPromised::full_name(),
        MaterialsSupplied::full_name(),
        CaseStarted::full_name(),
        CommitmentSigned::full_name(),
        LandAcquired::full_name(),
        ItemSubmitted::full_name(),
        CorrectionSupplied::full_name(),
        ItemReapplied::full_name(),
        ItemWithdrawn::full_name(),
        CaseSuspended::full_name(),
        CaseDelivered::full_name(),
    ];
    outside.contains(&heard.kind)
}
