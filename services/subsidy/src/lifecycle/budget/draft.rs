//! A decision that is being made: the line as its facts leave it, so that each stands on those
//! before it.

use base::Fen;
use calendar::Moment;
use jiff::Timestamp;
use jiff::civil::Date;

use super::account::Movement;
use super::apply::apply_to;
use super::fact::BudgetFact;
use super::line::Budget;
use super::posting::{Cause, Posting};

/// A decision that is being made.
pub(super) struct Draft<'a> {
    pub(super) budget: Budget,
    pub(super) moment: Moment<'a>,
    facts: Vec<BudgetFact>,
}

impl<'a> Draft<'a> {
    pub(super) fn of(budget: &Budget, moment: Moment<'a>) -> Draft<'a> {
        Draft { budget: budget.clone(), moment, facts: Vec::new() }
    }

    /// The instant of it: never before the change before it.
    pub(super) fn at(&self) -> Timestamp {
        self.moment.now.max(self.budget.changed_at)
    }

    /// The posting of the next fact.
    pub(super) fn posting(&self, movement: Movement, amount: Fen, cause: Cause) -> Posting {
        let at = self.at();
        let number = self.budget.changes + 1;
        Posting { number, movement, amount, cause, at, date: date(at, self.moment) }
    }

    pub(super) fn add(&mut self, fact: BudgetFact) {
        apply_to(&mut self.budget, &fact);
        self.facts.push(fact);
    }

    pub(super) fn done(self) -> Vec<BudgetFact> {
        self.facts
    }
}

/// The day of an instant in the zone.
pub(super) fn date(at: Timestamp, moment: Moment<'_>) -> Date {
    at.to_zoned(moment.calendar.zone().clone()).date()
}
