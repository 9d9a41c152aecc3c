//! Words of the rules to and from the words of the contract.

mod procedure;
mod shown;

use base::{CaseId, ItemId, NameError};
use contract::agency as contracted;
use contract::common::{self, LimitTier as WireTier};
use runtime::wire::{due, word};
use runtime::{Problem, Refusal};

pub use runtime::wire::{name_or_empty, number};

pub use self::procedure::{flaw, flaw_word, procedure, procedure_from, traits_from};
pub use self::shown::{
    case, clocks, commitment, etag, forecast, mandate, material_version, notice, permit,
};
use crate::lifecycle::{Act, ItemState, MatterKind, Profile, Purpose, State};

/// A due instant that agency itself has set: by no catalogue, of no tier.
pub fn own_due(of: &calendar::Due) -> common::Due {
    due(of, 0, WireTier::Unspecified)
}

/// Where a case stands.
pub fn state(state: State) -> contracted::CaseState {
    contracted::CaseState::from_str_name(&format!("CASE_STATE_{state}")).unwrap_or_default()
}

/// Where a case stands, from a request; `None` if it is not said.
pub fn state_from(state: contracted::CaseState) -> Option<State> {
    word(state.as_str_name(), "CASE_STATE_")
}

/// Where an item stands.
pub fn item_state(state: ItemState) -> contracted::ItemState {
    contracted::ItemState::from_str_name(&format!("ITEM_STATE_{state}")).unwrap_or_default()
}

/// What an order is for.
pub fn purpose(purpose: Purpose) -> contracted::Purpose {
    contracted::Purpose::from_str_name(&format!("PURPOSE_{purpose}")).unwrap_or_default()
}

/// What an agent may do.
pub fn act(act: Act) -> contracted::Act {
    contracted::Act::from_str_name(&format!("ACT_{act}")).unwrap_or_default()
}

/// What an agent may do, from a request; `None` if it is not said.
pub fn act_from(act: contracted::Act) -> Option<Act> {
    word(act.as_str_name(), "ACT_")
}

/// Which way a procedure goes.
pub fn profile(profile: Profile) -> contracted::Profile {
    contracted::Profile::from_str_name(&format!("PROFILE_{profile}")).unwrap_or_default()
}

/// Which way a procedure goes, from a request; `None` if it is not said.
pub fn profile_from(profile: contracted::Profile) -> Option<Profile> {
    word(profile.as_str_name(), "PROFILE_")
}

/// What a matter is.
pub fn matter_kind(kind: MatterKind) -> contracted::MatterKind {
    contracted::MatterKind::from_str_name(&format!("MATTER_KIND_{kind}")).unwrap_or_default()
}

/// What a matter is, from a request; `None` if it is not said.
pub fn matter_kind_from(kind: contracted::MatterKind) -> Option<MatterKind> {
    word(kind.as_str_name(), "MATTER_KIND_")
}

/// The name of an item of a case.
pub fn item_name(case: &CaseId, item: &ItemId) -> String {
    format!("{case}/{item}")
}

/// A case and its item, from the name of an item of a case.
pub fn item_from(name: &str) -> Result<(CaseId, ItemId), Refusal> {
    let form = || Problem::NotName { form: "cases/{uuid}/items/{code}".to_owned() };
    let refusal = |_: NameError| Refusal::field("item", form());
    let at = name.find("/items/").ok_or_else(|| Refusal::field("item", form()))?;
    let case = CaseId::parse(&name[..at]).map_err(refusal)?;
    Ok((case, ItemId::parse(&name[at + 1..]).map_err(refusal)?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests")]

    use strum::IntoEnumIterator as _;

    use super::*;

    #[test]
    fn every_word_goes_to_the_wire_and_back() {
        assert!(State::iter().all(|word| state_from(state(word)) == Some(word)));
        assert!(Act::iter().all(|word| act_from(act(word)) == Some(word)));
        assert!(Profile::iter().all(|word| profile_from(profile(word)) == Some(word)));
        assert!(MatterKind::iter().all(|word| matter_kind_from(matter_kind(word)) == Some(word)));
        assert!(ItemState::iter().all(|word| item_state(word) != Default::default()));
        assert!(Purpose::iter().all(|word| purpose(word) != Default::default()));
    }

    #[test]
    fn the_name_of_an_item_is_read_as_it_is_written() {
        let name = "cases/01970000-0000-7000-8000-000000000001/items/I01";
        let (case, item) = item_from(name).expect("a name");
        assert_eq!(item_name(&case, &item), name);
        for broken in ["", "items/I01", "cases/1/items/I01", &format!("{name}/items/I02")] {
            assert!(item_from(broken).is_err(), "{broken:?}");
        }
    }
}
