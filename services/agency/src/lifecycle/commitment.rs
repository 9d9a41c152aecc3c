//! 承诺可开工: the letter, the land, and what it means to break the one before there is the other.

use base::ItemId;

use super::Action;
use super::case::Commitment;
use super::command::CaseAsk;
use super::course::{of_enterprise, stands};
use super::deciding::void_for;
use super::draft::Draft;
use super::fact::{VoidCause, What};
use super::item::ItemState;
use super::limits::{CONVERT_ALL_WITHIN, Wait, date};
use super::procedure::Profile;
use super::sight::Viewer;
use super::tables::check;
use crate::error::Error;

/// 签署承诺书: by the enterprise, for a project that nothing on the list excludes. Its own word is
/// taken for that and kept with the letter (告知承诺): it is the enterprise that answers for it.
pub(super) fn sign(draft: &mut Draft<'_>, by: &Viewer, ask: &CaseAsk) -> Result<(), Error> {
    let CaseAsk::SignCommitment { traits, credit_clean, representative, letter_sha256, land_until } =
        ask
    else {
        return Ok(());
    };
    of_enterprise(draft, by)?;
    let case = &draft.case;
    check(case.state, Action::SignCommitment)?;
    if case.procedure().profile != Profile::StartOnCommitment {
        return Err(Error::NotEligible { because: "PROFILE".to_owned() });
    }
    if case.commitment.is_some() {
        return Err(Error::CommittedAlready);
    }
    let excluded = case.procedure().negative_list.intersection(traits).next();
    if let Some(because) = excluded {
        return Err(Error::NotEligible { because: because.to_string() });
    }
    if !credit_clean {
        return Err(Error::NotEligible { because: "CREDIT".to_owned() });
    }
    if *land_until <= draft.moment.now {
        return Err(Error::PromiseInPast);
    }
    let land_due = date(*land_until, draft.moment);
    let wait = if case.land_acquired_at.is_none() {
        Some(Wait::until(land_due, draft.moment.now))
    } else {
        conversion_wait(draft)
    };
    let commitment = Box::new(Commitment {
        signatory: by.person.human().clone(),
        representative: representative.clone(),
        traits: traits.clone(),
        credit_clean: *credit_clean,
        letter_sha256: letter_sha256.clone(),
        land_due,
        signed_at: draft.moment.now,
        wait,
        broken: None,
    });
    draft.happen(What::CommitmentSigned { commitment });
    Ok(())
}

/// 拿地: from now on opinions can be made formal, all of them within the limit.
pub(super) fn record_land(draft: &mut Draft<'_>, by: &Viewer) -> Result<(), Error> {
    stands(draft, by, Action::RecordLandAcquired)?;
    let case = &draft.case;
    if case.land_acquired_at.is_some() {
        return Err(Error::LandAlready);
    }
    let committed = case.commitment_in_force().is_some();
    let wait = Some(&*draft).filter(|_| committed).and_then(conversion_wait);
    draft.happen(What::LandAcquired { wait });
    Ok(())
}

/// All opinions that stand are to be formal within the limit; what is reviewed later is issued as
/// soon as it is decided.
fn conversion_wait(draft: &Draft<'_>) -> Option<Wait> {
    draft.case.has_opinions().then(|| Wait::starting(draft.moment, CONVERT_ALL_WITHIN))
}

/// 失信: work stops for good, every opinion is void, what cannot go on without land goes back, and
/// every permit that work stands on is looked at again, to be upheld or revoked in writing.
pub(super) fn break_off(draft: &mut Draft<'_>, reason: &str) {
    draft.happen(What::CommitmentBroken { reason: reason.to_owned() });
    let procedure = draft.case.opening.procedure.clone();
    for matter in &procedure.matters {
        if draft.case.state_of(&matter.item) == Some(ItemState::PreIssued) {
            void_for(draft, &matter.item, VoidCause::CommitmentBroken, reason);
        }
    }
    for matter in &procedure.matters {
        if draft.case.lost_its_stand(matter) {
            draft.send_back(&matter.item, &matter.item);
        }
    }
    let permits: Vec<ItemId> = procedure
        .matters
        .iter()
        .filter(|matter| matter.for_start)
        .map(|matter| matter.item.clone())
        .collect();
    for item in permits {
        draft.ask_recheck(&item, &item);
    }
}
