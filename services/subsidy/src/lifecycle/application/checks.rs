//! What is checked of an application at the door and again, on verified facts, once it is accepted:
//! M1, M3, M4, M5, M6 and M13. Each is a refusal of its own.

use base::Fen;
use calendar::Moment;
use jiff::civil::Date;

use super::super::policy::{
    Mode, PolicyVersion, Schema, Snapshot, State as PolicyState, Value, amount, broken_cap,
    cap_lines, claim_faults, failing, repetitions,
};
use super::kept::{Application, Document, Opening, Refused, Seen};
use super::limits::today;
use crate::error::{ApplicationError, PolicyError};

/// The fact that tells of a dishonesty record 失信记录, and what it then is.
pub const CREDIT_FACT: (&str, &str) = ("enterprise.credit_status", "失信");

/// What an application is checked as.
pub(super) struct Claim<'a> {
    pub(super) opening: &'a Opening,
    pub(super) snapshot: &'a Snapshot,
    pub(super) dated: Date,
}

impl<'a> Claim<'a> {
    /// What is filed now.
    pub(super) fn filed(opening: &'a Opening, moment: Moment<'_>) -> Claim<'a> {
        Claim { opening, snapshot: &opening.snapshot, dated: today(moment) }
    }

    /// What was filed, with facts that are known now.
    pub(super) fn of(application: &'a Application, snapshot: &'a Snapshot) -> Claim<'a> {
        Claim { opening: &application.opening, snapshot, dated: application.dated }
    }

    fn version(&self) -> &'a PolicyVersion {
        &self.opening.version
    }

    /// M13: the policy is open, and it is a day of its validity.
    pub(super) fn is_in_time(
        &self,
        seen: &Seen,
        moment: Moment<'_>,
    ) -> Result<(), ApplicationError> {
        let validity = self.version().terms.validity;
        if !validity.covers(today(moment)) {
            return Err(PolicyError::OutsideValidity { validity }.into());
        }
        if seen.policy != PolicyState::Open {
            return Err(PolicyError::NotOpen { state: seen.policy }.into());
        }
        Ok(())
    }

    /// What the enterprise states is what the policy asks for, all at once.
    pub(super) fn is_stated(&self) -> Result<(), ApplicationError> {
        let terms = &self.version().terms;
        let claimed = self.snapshot.facts.iter().filter(|(name, _)| name.starts_with("claim."));
        let claimed = claimed.map(|(name, value)| (name.to_owned(), value.clone())).collect();
        let schema = Schema::of(terms);
        let faults = claim_faults(terms, &claimed).into_iter();
        let faults: Vec<_> =
            faults.map(|(field, fault)| (field.clone(), schema.label(&field), fault)).collect();
        if faults.is_empty() { Ok(()) } else { Err(PolicyError::ClaimInvalid { faults }.into()) }
    }

    /// What was handed in can be told by its hash.
    pub(super) fn is_documented(documents: &[Document]) -> Result<(), ApplicationError> {
        let unfit = documents.iter().find(|document| !document.is_hashed());
        unfit.map_or(Ok(()), |document| {
            Err(ApplicationError::DocumentUnfit { document: document.name.clone() })
        })
    }

    /// M5: the facts are those that were hashed, from a named source, and none of the future.
    pub(super) fn is_vouched_for(&self, moment: Moment<'_>) -> Result<(), ApplicationError> {
        let Snapshot { source, taken_at, .. } = self.snapshot;
        let vouched = self.snapshot.holds() && !source.trim().is_empty() && *taken_at <= moment.now;
        if vouched { Ok(()) } else { Err(ApplicationError::SnapshotUnfit) }
    }

    /// Who: first the dishonesty record and the bar for fraud (M6), then every criterion.
    pub(super) fn is_eligible(
        &self,
        seen: &Seen,
        moment: Moment<'_>,
    ) -> Result<(), ApplicationError> {
        let (field, dishonest) = CREDIT_FACT;
        if *self.snapshot.facts.get(field) == Value::Text(dishonest.to_owned()) {
            return Err(ApplicationError::Dishonest);
        }
        if let Some(until) = seen.barred_until.filter(|until| moment.now < *until) {
            return Err(ApplicationError::Barred { until });
        }
        let failing = failing(self.version(), &self.snapshot.facts).map_err(PolicyError::from)?;
        if failing.is_empty() { Ok(()) } else { Err(ApplicationError::NotEligible { failing }) }
    }

    /// 免申即享 is not applied for: it comes by itself.
    pub(super) fn is_applied_for(&self) -> Result<(), ApplicationError> {
        match self.version().terms.mode {
            Mode::NoApplication => Err(ApplicationError::ByMatching),
            Mode::Instant | Mode::Promise | Mode::Standard => Ok(()),
        }
    }

    /// Only 免申即享 is found by matching.
    pub(super) fn is_matched(&self) -> Result<(), ApplicationError> {
        match self.version().terms.mode {
            Mode::NoApplication => Ok(()),
            mode @ (Mode::Instant | Mode::Promise | Mode::Standard) => {
                Err(ApplicationError::NotByMatching { mode })
            }
        }
    }

    /// M1: what the formula gives.
    pub(super) fn amount(&self) -> Result<Fen, ApplicationError> {
        Ok(amount(self.version(), &self.snapshot.facts).map_err(PolicyError::from)?)
    }

    /// M4: nothing is claimed more often than it may be.
    pub(super) fn is_new(&self, seen: &Seen) -> Result<(), ApplicationError> {
        let Opening { enterprise, version, .. } = self.opening;
        let keys = repetitions(version, enterprise, &self.snapshot.facts, self.dated);
        let borne = |key: &str| seen.borne.get(key).copied().unwrap_or(0);
        let full = keys.into_iter().find(|key| key.times <= borne(&key.key));
        full.map_or(Ok(()), |key| Err(ApplicationError::Duplicate { key }))
    }

    /// M3: no cap is broken. An amount is never cut to what is left.
    pub(super) fn is_within_caps(&self, seen: &Seen, due: Fen) -> Result<(), ApplicationError> {
        let Opening { enterprise, version, .. } = self.opening;
        let lines = cap_lines(version, enterprise, self.dated.year(), seen.annual_cap);
        let used = |key: &str| seen.used.get(key).copied().unwrap_or(Fen::ZERO);
        let lines: Vec<_> = lines
            .into_iter()
            .map(|line| {
                let used = used(&line.key);
                (line, used)
            })
            .collect();
        broken_cap(&lines, due).map_or(Ok(()), |(line, used)| {
            let (line, used) = (line.clone(), *used);
            Err(ApplicationError::CapExceeded { line, used, amount: due })
        })
    }

    /// All that is checked of the facts, in the order of the refusals; what the formula gives.
    pub(super) fn check(&self, seen: &Seen, moment: Moment<'_>) -> Result<Fen, ApplicationError> {
        self.is_vouched_for(moment)?;
        self.is_eligible(seen, moment)?;
        let due = self.amount()?;
        self.is_new(seen)?;
        self.is_within_caps(seen, due)?;
        Ok(due)
    }
}

/// A check that failed, as the reason for which an accepted application is rejected. None if the
/// answer is not about the enterprise at all: then nothing was decided, and the caller is told.
pub(super) fn rejection(error: &ApplicationError, moment: Moment<'_>) -> Option<Refused> {
    if !error.is_of_the_claim() {
        return None;
    }
    let failing = if let ApplicationError::NotEligible { failing } = error {
        failing.clone()
    } else {
        Vec::new()
    };
    Some(Refused {
        reason: error.reason().to_owned(),
        text: error.chinese(),
        failing,
        by: None,
        at: moment.now,
    })
}
