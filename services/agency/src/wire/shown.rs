//! A case as it is shown to whoever asks: a material is for those alone who may read it.

use base::MaterialId;
use contract::agency as contracted;
use runtime::etag_of;
use runtime::wire::time;

use super::{act, item_name, item_state, name_or_empty, number, own_due, purpose, state};
use crate::lifecycle::{
    Case, Clocks, Commitment, Forecast, Item, Mandate, Material, Matter, Notice, Permit, Progress,
    Source, Step, Viewer,
};

/// A case, as somebody may see it.
pub fn case(case: &Case, by: &Viewer) -> contracted::Case {
    let (opening, procedure) = (&case.opening, case.procedure());
    let known = case.materials.keys().chain(case.promises.keys());
    let mut known: Vec<&MaterialId> = known.filter(|id| by.sees_material(case, id)).collect();
    known.sort();
    known.dedup();
    contracted::Case {
        name: case.id.to_string(),
        number: opening.number.clone(),
        enterprise: opening.enterprise.to_string(),
        title: opening.title.clone(),
        project_code: opening.project_code.clone().unwrap_or_default(),
        procedure: procedure.id.to_string(),
        procedure_version: number(procedure.version),
        state: state(case.state).into(),
        agent: case.agent.to_string(),
        mandate: case.mandate.as_ref().map(mandate),
        items: case.all_items().map(|(of, matter)| item(case, (of, matter), by)).collect(),
        materials: known.into_iter().map(|id| material(case, id)).collect(),
        commitment: case.commitment.as_ref().map(commitment),
        land_acquired_time: case.land_acquired_at.map(time),
        start_allowed_time: case.start_allowed_at.map(time),
        due: case.wait.map(|wait| own_due(&wait.due)),
        opened_time: Some(time(case.opened_at)),
        started_time: case.started_at.map(time),
        delivered_time: case.delivered_at.map(time),
        delivered_partly: case.delivered_partly,
        changed_time: Some(time(case.changed_at)),
        etag: etag(case),
        hand_over_due: case.hand_over.map(|wait| own_due(&wait.due)),
        clocks: None,
    }
}

/// What changes with every change that whoever decides must have seen: where its orders stand in
/// dispatch, and when somebody is told of what is late, is not of that.
pub fn etag(case: &Case) -> String {
    let mut decided = case.clone();
    (decided.changed_at, decided.wait) = (decided.opened_at, None);
    for item in decided.items.values_mut() {
        (item.progress, item.wait) = (None, None);
    }
    etag_of(&decided)
}

/// The two clocks of a case.
pub fn clocks(clocks: &Clocks) -> contracted::Clocks {
    let waited = clocks.enterprise.as_ref();
    contracted::Clocks {
        approval_days: number(clocks.approval_days),
        approval_after_land_days: clocks.approval_after_land_days.map(number),
        enterprise_from_time: waited.map(|waited| time(waited.from)),
        enterprise_from_land: waited.is_some_and(|waited| waited.from_land),
        enterprise_to_time: waited.and_then(|waited| waited.to).map(time),
        enterprise_days: waited.map_or(0, |waited| number(waited.days)),
    }
}

/// A mandate.
pub fn mandate(mandate: &Mandate) -> contracted::Mandate {
    let scope = mandate.scope.iter().map(|(item, acts)| contracted::Grant {
        item: item.to_string(),
        acts: acts.iter().map(|of| act(*of).into()).collect(),
    });
    contracted::Mandate {
        agent: mandate.agent.to_string(),
        scope: scope.collect(),
        signatory: mandate.signatory.to_string(),
        document_sha256: mandate.document_sha256.clone(),
        may_pass_on: mandate.may_pass_on,
        expires_time: Some(time(mandate.expires.at)),
        signed_time: Some(time(mandate.signed_at)),
    }
}

fn item(case: &Case, (item, matter): (&Item, &Matter), by: &Viewer) -> contracted::Item {
    let order = item.order.as_ref();
    contracted::Item {
        name: item_name(&case.id, &matter.item),
        state: item_state(item.state).into(),
        attempt: number(item.attempt),
        department: item.department.to_string(),
        work_order: name_or_empty(order.map(|order| &order.id)),
        purpose: order.map(|order| purpose(order.purpose)).unwrap_or_default().into(),
        declined: order.is_some_and(|order| order.declined),
        due: case.wait_of(item).map(|wait| own_due(&wait.due)),
        notices: item.notices.iter().map(notice).collect(),
        notices_against_department: number(item.notices_against_department),
        submitted_time: item.submitted_at.map(time),
        accepted_time: item.accepted_at.map(time),
        accepted_by_itself: item.accepted_by_itself,
        opinion: item.opinion.clone().unwrap_or_default(),
        permit: item.permit.as_ref().map(permit),
        ending: item.ending.as_ref().map(|ending| contracted::Ending {
            reason: ending.reason.clone(),
            remedy: ending.remedy.clone(),
            ended_time: Some(time(ending.ended_at)),
        }),
        work: item.progress.as_ref().map(|told| work(told, by.sees_claimant(case, item))),
    }
}

fn work(told: &Progress, with_claimant: bool) -> contracted::Work {
    contracted::Work {
        state: told.state.to_string(),
        department: name_or_empty(told.department.as_ref()),
        claimant: name_or_empty(told.claimant.as_ref().filter(|_| with_claimant)),
        due: told.due.map(|due| own_due(&due)),
        paused_until_time: told.paused_until().map(time),
        told_time: Some(time(told.told_at)),
    }
}

/// A notice of what is missing.
pub fn notice(notice: &Notice) -> contracted::Notice {
    contracted::Notice {
        materials: notice.materials.iter().map(ToString::to_string).collect(),
        text: notice.text.clone(),
        against_department: notice.against_department,
        given_time: Some(time(notice.given_at)),
    }
}

/// A formal permit.
pub fn permit(permit: &Permit) -> contracted::Permit {
    contracted::Permit {
        number: permit.number.clone(),
        converted: permit.converted,
        issued_time: Some(time(permit.issued_at)),
    }
}

fn material(case: &Case, id: &MaterialId) -> contracted::Material {
    let versions = case.materials.get(id).into_iter().flatten();
    contracted::Material {
        material: id.to_string(),
        versions: versions.map(material_version).collect(),
        promised_until_time: case.promises.get(id).map(|promise| time(promise.due.at)),
    }
}

/// One version of a material, without its bytes.
pub fn material_version(material: &Material) -> contracted::MaterialVersion {
    let from = match &material.source {
        Source::Uploaded => String::new(),
        Source::Reused { from } => from.clone(),
    };
    contracted::MaterialVersion {
        version: number(material.version),
        sha256: material.file.sha256.clone(),
        file_name: material.file.name.clone(),
        bytes: i64::try_from(material.file.bytes).unwrap_or(i64::MAX),
        media_type: material.file.media_type.clone(),
        reused_from: from,
        added_by: material.by.to_string(),
        added_time: Some(time(material.added_at)),
    }
}

/// A letter of commitment.
pub fn commitment(commitment: &Commitment) -> contracted::Commitment {
    contracted::Commitment {
        signatory: commitment.signatory.to_string(),
        letter_sha256: commitment.letter_sha256.clone(),
        land_until_time: Some(time(commitment.land_due.at)),
        signed_time: Some(time(commitment.signed_at)),
        due: commitment.wait.map(|wait| own_due(&wait.due)),
        broken_reason: commitment.broken.clone().unwrap_or_default(),
        representative: commitment.representative.clone(),
        traits: commitment.traits.iter().map(ToString::to_string).collect(),
        credit_clean: commitment.credit_clean,
    }
}

/// When a case will be finished.
pub fn forecast(forecast: &Forecast) -> contracted::Forecast {
    contracted::Forecast {
        finish_time: Some(time(forecast.finishes_at)),
        provisional: forecast.provisional,
        held_by: name_or_empty(forecast.held_by()),
        path: forecast.path.iter().map(ToString::to_string).collect(),
        steps: forecast.steps.iter().map(step).collect(),
        without: forecast.without.iter().map(ToString::to_string).collect(),
    }
}

fn step(step: &Step) -> contracted::ForecastStep {
    contracted::ForecastStep {
        item: step.item.to_string(),
        start_time: Some(time(step.starts_at)),
        finish_time: Some(time(step.finishes_at)),
        opinion_time: Some(time(step.opinion_at)),
        after: name_or_empty(step.after.as_ref()),
    }
}
