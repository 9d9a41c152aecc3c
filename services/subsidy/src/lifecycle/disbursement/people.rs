//! Two ends of one matter are two people (domain.md §2, M7): who may not pay, and who may not verify.

use std::collections::BTreeSet;

use base::PersonId;

use super::super::By;
use super::kept::Disbursement;
use crate::error::DisbursementError;

/// The people that act: the human, and for whom a deputy or a system acts.
pub(in crate::lifecycle) fn people_of(by: &By) -> BTreeSet<PersonId> {
    let own = [&by.person];
    own.into_iter().chain(by.actor.on_behalf_of()).cloned().collect()
}

/// Who reviewed an entitlement, or an account of it, handles none of its payments.
pub(super) fn may_pay(disbursement: &Disbursement, by: &By) -> Result<(), DisbursementError> {
    let people = people_of(by);
    if disbursement.reviewers.iter().any(|one| people.contains(one)) {
        return Err(DisbursementError::ReviewerPays { disbursement: disbursement.id });
    }
    Ok(())
}

/// Who verifies an account neither named it, nor reviewed the application first, nor had a part in a
/// payment.
pub(super) fn may_verify(disbursement: &Disbursement, by: &By) -> Result<(), DisbursementError> {
    let people = people_of(by);
    let named = disbursement.account_change.iter().map(|change| &change.by);
    let paid = disbursement.attempts.iter().flat_map(|one| [&one.maker, &one.checker]);
    let mut barred = named.chain(paid).chain(&disbursement.first_reviewers);
    if barred.any(|one| people.contains(one)) {
        return Err(DisbursementError::SamePersonVerifies);
    }
    Ok(())
}
