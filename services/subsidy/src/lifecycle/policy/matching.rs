//! Matching: one enterprise over many policies, with reasons; one policy over many enterprises, with
//! the sum of it.

use base::{DepartmentId, EnterpriseId, Fen, PolicyId};

use super::eligibility::{Eligibility, Failing};
use super::facts::Facts;
use super::formula::amount;
use super::limits::shares;
use super::version::{Allotment, PolicyVersion};
use crate::error::EvaluationError;

/// What a policy is for one enterprise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Which policy.
    pub policy: PolicyId,
    /// The version that was looked at.
    pub number: i32,
    /// Every criterion that does not hold.
    pub failing: Vec<Failing>,
    /// What the enterprise has to state before more can be said: those facts of a claim, by their
    /// dotted names, that are required and not known.
    pub missing: Vec<String>,
    /// How much it would get; none while something fails or is missing, or if the formula gives
    /// nothing.
    pub amount: Option<Fen>,
}

impl Match {
    /// Whether the enterprise may have it, as far as is known.
    pub fn is_eligible(&self) -> bool {
        self.failing.is_empty()
    }
}

/// What a policy is for one enterprise. Criteria that fail only for want of what its claim would
/// state are told apart: as long as it states nothing, nobody knows.
pub fn match_one(version: &PolicyVersion, facts: &Facts) -> Result<Match, EvaluationError> {
    one(version, &Eligibility::of(version)?, facts)
}

fn one(
    version: &PolicyVersion,
    eligibility: &Eligibility<'_>,
    facts: &Facts,
) -> Result<Match, EvaluationError> {
    let required = version.terms.claim.iter().filter(|field| field.required);
    let missing: Vec<String> = required
        .map(super::ClaimField::full_name)
        .filter(|name| facts.get(name).is_null())
        .collect();
    let waits = |failing: &Failing| failing.actual.iter().any(|(name, _)| missing.contains(name));
    let mut failing = eligibility.failing(facts)?;
    failing.retain(|failing| !waits(failing));
    let due = match amount(version, facts) {
        Ok(due) => Some(due),
        // It is known only once the claim is, or there is none: no reason to fail the whole answer.
        Err(
            EvaluationError::Unknown { .. }
            | EvaluationError::NotNumber { .. }
            | EvaluationError::Overflow
            | EvaluationError::NothingDue,
        ) => None,
        Err(error @ EvaluationError::Expression { .. }) => return Err(error),
    };
    let known = failing.is_empty() && missing.is_empty();
    Ok(Match {
        policy: version.policy.clone(),
        number: version.number,
        failing,
        missing,
        amount: due.filter(|_| known),
    })
}

/// Who would get a policy and what it would cost, before it is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Everybody who was looked at, in the order given.
    pub matches: Vec<(EnterpriseId, Match)>,
    /// How many would get something for certain.
    pub enterprises: usize,
    /// How many might, once they state what a claim needs.
    pub undecided: usize,
    /// What they would get together.
    pub total: Fen,
    /// What each payer would pay of it, in the order of the shares.
    pub payers: Vec<(DepartmentId, Fen)>,
}

impl Preview {
    /// What a payer would lack in a year, by what the version sets aside; zero if it suffices.
    pub fn lacking(&self, budgets: &[Allotment], year: i16, payer: &DepartmentId) -> Fen {
        let paid =
            self.payers.iter().find(|(of, _)| of == payer).map_or(Fen::ZERO, |(_, sum)| *sum);
        let set_aside = budgets.iter().filter(|line| line.year == year && line.payer == *payer);
        let set_aside = Fen::checked_sum(set_aside.map(|line| line.amount));
        let lacking = set_aside.and_then(|set_aside| paid.checked_sub(set_aside));
        lacking.unwrap_or(Fen::ZERO).max(Fen::ZERO)
    }
}

/// PreviewPolicy: who would get a version and what it would cost. The criteria are read once, however
/// many enterprises there are. Fails with [`EvaluationError::Overflow`] if the sum is no number.
pub fn preview<'f>(
    version: &PolicyVersion,
    enterprises: impl IntoIterator<Item = (EnterpriseId, &'f Facts)>,
) -> Result<Preview, EvaluationError> {
    let eligibility = Eligibility::of(version)?;
    let mut preview = Preview {
        matches: Vec::new(),
        enterprises: 0,
        undecided: 0,
        total: Fen::ZERO,
        payers: version.terms.shares.iter().map(|share| (share.payer.clone(), Fen::ZERO)).collect(),
    };
    for (enterprise, facts) in enterprises {
        let matched = one(version, &eligibility, facts)?;
        if let Some(due) = matched.amount {
            preview.enterprises += 1;
            preview.total = added(preview.total, due)?;
            for (payer, part) in shares(version, due) {
                let line = preview.payers.iter_mut().find(|(of, _)| *of == payer);
                if let Some((_, sum)) = line {
                    *sum = added(*sum, part)?;
                }
            }
        } else if matched.is_eligible() && !matched.missing.is_empty() {
            preview.undecided += 1;
        }
        preview.matches.push((enterprise, matched));
    }
    Ok(preview)
}

fn added(sum: Fen, more: Fen) -> Result<Fen, EvaluationError> {
    sum.checked_add(more).ok_or(EvaluationError::Overflow)
}
