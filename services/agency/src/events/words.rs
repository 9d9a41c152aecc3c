//! Words that facts alone tell, and those of dispatch; the others are those of calls.

use contract::{agency, dispatch};

use crate::lifecycle::{MandateEnd, VoidCause, WorkState};

pub(super) use crate::wire::{
    commitment, item_name, mandate, material_version as material, name_or_empty, notice, number,
    own_due, permit,
};

/// Why a mandate ended.
pub(super) fn mandate_end(end: MandateEnd) -> agency::MandateEndCause {
    agency::MandateEndCause::from_str_name(&format!("MANDATE_END_CAUSE_{end}")).unwrap_or_default()
}

/// Whose doing it is that an opinion was voided.
pub(super) fn void_cause(cause: VoidCause) -> agency::VoidCause {
    agency::VoidCause::from_str_name(&format!("VOID_CAUSE_{cause}")).unwrap_or_default()
}

/// A state of an order, as dispatch told it; `None` if it is not said.
pub(super) fn work_state_from(state: dispatch::WorkOrderState) -> Option<WorkState> {
    state.as_str_name().strip_prefix("WORK_ORDER_STATE_")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::*;

    #[test]
    fn every_word_is_one_of_the_contract() {
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
