//! Words of the rules as facts tell them, and as dispatch tells them.

use contract::common;
use contract::{agency, dispatch};
use runtime::wire::{due, time};

use crate::lifecycle::{
    Act, Commitment, Mandate, MandateEnd, Material, Notice, Permit, Source, VoidCause, WorkState,
};

/// A due instant that agency itself has set: by no catalogue, of no tier.
pub(super) fn own_due(of: &calendar::Due) -> common::Due {
    due(of, 0, common::LimitTier::Unspecified)
}

/// A mandate.
pub(super) fn mandate(mandate: &Mandate) -> agency::Mandate {
    let scope = mandate.scope.iter().map(|(item, acts)| agency::Grant {
        item: item.to_string(),
        acts: acts.iter().map(|of| act(*of).into()).collect(),
    });
    agency::Mandate {
        agent: mandate.agent.to_string(),
        scope: scope.collect(),
        signatory: mandate.signatory.to_string(),
        document_sha256: mandate.document_sha256.clone(),
        may_pass_on: mandate.may_pass_on,
        expires_time: Some(time(mandate.expires.at)),
        signed_time: Some(time(mandate.signed_at)),
    }
}

fn act(act: Act) -> agency::Act {
    agency::Act::from_str_name(&format!("ACT_{act}")).unwrap_or_default()
}

/// Why a mandate ended.
pub(super) fn mandate_end(end: MandateEnd) -> agency::MandateEndCause {
    agency::MandateEndCause::from_str_name(&format!("MANDATE_END_CAUSE_{end}")).unwrap_or_default()
}

/// Whose doing it is that an opinion was voided.
pub(super) fn void_cause(cause: VoidCause) -> agency::VoidCause {
    agency::VoidCause::from_str_name(&format!("VOID_CAUSE_{cause}")).unwrap_or_default()
}

/// A version of a material, without its bytes.
pub(super) fn material(version: &Material) -> agency::MaterialVersion {
    agency::MaterialVersion {
        version: number(version.version),
        sha256: version.file.sha256.clone(),
        file_name: version.file.name.clone(),
        bytes: i64::try_from(version.file.bytes).unwrap_or(i64::MAX),
        media_type: version.file.media_type.clone(),
        reused_from: match &version.source {
            Source::Uploaded => String::new(),
            Source::Reused { from } => from.clone(),
        },
        added_by: version.by.to_string(),
        added_time: Some(time(version.added_at)),
    }
}

/// A letter of commitment; the name of whoever signed it stays behind.
pub(super) fn commitment(commitment: &Commitment) -> agency::Commitment {
    agency::Commitment {
        signatory: commitment.signatory.to_string(),
        letter_sha256: commitment.letter_sha256.clone(),
        land_until_time: Some(time(commitment.land_due.at)),
        signed_time: Some(time(commitment.signed_at)),
        due: commitment.wait.as_ref().map(|wait| own_due(&wait.due)),
        broken_reason: commitment.broken.clone().unwrap_or_default(),
        representative: String::new(),
        traits: commitment.traits.iter().map(ToString::to_string).collect(),
        credit_clean: commitment.credit_clean,
    }
}

/// A notice of what is missing.
pub(super) fn notice(notice: &Notice) -> agency::Notice {
    agency::Notice {
        materials: notice.materials.iter().map(ToString::to_string).collect(),
        text: notice.text.clone(),
        against_department: notice.against_department,
        given_time: Some(time(notice.given_at)),
    }
}

/// A formal permit.
pub(super) fn permit(permit: &Permit) -> agency::Permit {
    agency::Permit {
        number: permit.number.clone(),
        converted: permit.converted,
        issued_time: Some(time(permit.issued_at)),
    }
}

/// A state of an order, as dispatch told it; `None` if it is not said.
pub(super) fn work_state_from(state: dispatch::WorkOrderState) -> Option<WorkState> {
    state.as_str_name().strip_prefix("WORK_ORDER_STATE_")?.parse().ok()
}

/// A name, or nothing.
pub(super) fn name_or_empty(name: Option<&impl ToString>) -> String {
    name.map(ToString::to_string).unwrap_or_default()
}

/// A number as the contract counts.
pub(super) fn number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::*;

    #[test]
    fn every_word_is_one_of_the_contract() {
        assert!(Act::iter().all(|word| act(word) != agency::Act::default()));
        assert!(
            MandateEnd::iter().all(|word| mandate_end(word) != agency::MandateEndCause::default())
        );
        let causes = [VoidCause::Department, VoidCause::PromiseBroken, VoidCause::CommitmentBroken];
        assert!(causes.into_iter().all(|word| void_cause(word) != agency::VoidCause::default()));
    }

    #[test]
    fn every_state_of_an_order_is_understood() {
        for number in 1..=11 {
            let state = dispatch::WorkOrderState::try_from(number);
            let understood = state.ok().and_then(work_state_from);
            assert!(understood.is_some(), "{state:?}");
        }
        assert!(dispatch::WorkOrderState::try_from(12).is_err(), "every one was looked at");
    }
}
