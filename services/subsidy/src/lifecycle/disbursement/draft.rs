//! A decision in the making: each fact takes effect at once.

use calendar::Moment;

use super::fact::{DisbursementFact, What};
use super::kept::Disbursement;

/// A disbursement as it will be, and what has happened to it so far.
pub(super) struct Draft<'a> {
    pub(super) disbursement: Disbursement,
    pub(super) moment: Moment<'a>,
    facts: Vec<DisbursementFact>,
}

impl<'a> Draft<'a> {
    /// A decision about a disbursement, never before it last changed.
    pub(super) fn of(disbursement: &Disbursement, moment: Moment<'a>) -> Draft<'a> {
        let now = moment.now.max(disbursement.changed_at);
        let moment = Moment { now, ..moment };
        Draft { disbursement: disbursement.clone(), moment, facts: Vec::new() }
    }

    /// Something happens.
    pub(super) fn happen(&mut self, what: What) {
        let fact = DisbursementFact { at: self.moment.now, what };
        self.disbursement.take_in(&fact);
        self.facts.push(fact);
    }

    /// Everything that happened.
    pub(super) fn facts(self) -> Vec<DisbursementFact> {
        self.facts
    }
}
