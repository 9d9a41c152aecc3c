//! A trial balance 试算平衡表: what was debited and credited to each account, and that both are equal.

use std::collections::BTreeMap;

use base::Fen;

use super::{Booked, Line};
use crate::lifecycle::budget::Account;

/// What was debited and credited to an account of a line in a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    /// Which line.
    pub line: Line,
    /// Which account.
    pub account: Account,
    /// Which month, in the zone: `2026-03`.
    pub month: String,
    /// The sum of its debits.
    pub debit: Fen,
    /// The sum of its credits.
    pub credit: Fen,
    /// How many postings.
    pub postings: i64,
}

/// What was debited and credited to an account of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrialLine {
    /// The sum of its debits.
    pub debit: Fen,
    /// The sum of its credits.
    pub credit: Fen,
    /// How many postings.
    pub postings: i64,
}

impl TrialLine {
    /// Debits less credits.
    pub fn balance(self) -> Fen {
        Fen(self.debit.0 - self.credit.0)
    }

    fn add(&mut self, debit: Fen, credit: Fen, postings: i64) -> Option<()> {
        self.debit = self.debit.checked_add(debit)?;
        self.credit = self.credit.checked_add(credit)?;
        self.postings = self.postings.checked_add(postings)?;
        Some(())
    }
}

/// A trial balance as of some instant or position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrialBalance {
    /// What stands on each account of each line that has any posting.
    pub lines: BTreeMap<(Line, Account), TrialLine>,
}

impl TrialBalance {
    /// Of the totals of months; `None` if they are too large to be added up.
    pub fn of_totals(totals: &[Total]) -> Option<TrialBalance> {
        let mut trial = TrialBalance::default();
        for Total { line, account, debit, credit, postings, .. } in totals {
            trial.at(line, *account).add(*debit, *credit, *postings)?;
        }
        Some(trial)
    }

    /// Adds a posting; `None` if it is too large to be added up.
    pub fn add(&mut self, booked: &Booked) -> Option<()> {
        let posting = &booked.posting;
        self.at(&booked.line, posting.debit()).add(posting.amount, Fen::ZERO, 1)?;
        self.at(&booked.line, posting.credit()).add(Fen::ZERO, posting.amount, 1)
    }

    fn at(&mut self, line: &Line, account: Account) -> &mut TrialLine {
        self.lines.entry((line.clone(), account)).or_default()
    }

    /// What stands on an account, over all lines.
    pub fn sum(&self, account: Account) -> Option<TrialLine> {
        let of_account = self.lines.iter().filter(|((_, other), _)| *other == account);
        let mut sum = TrialLine::default();
        for (_, line) in of_account {
            sum.add(line.debit, line.credit, line.postings)?;
        }
        Some(sum)
    }

    /// All debits and all credits: equal, or the ledger is broken. `None` if they are too large to
    /// be added up.
    pub fn debits_and_credits(&self) -> Option<(Fen, Fen)> {
        let debits = Fen::checked_sum(self.lines.values().map(|line| line.debit))?;
        let credits = Fen::checked_sum(self.lines.values().map(|line| line.credit))?;
        Some((debits, credits))
    }

    /// Whether debits and credits are equal in every line, and nothing but the budget is on the
    /// credit side.
    pub fn is_balanced(&self) -> bool {
        let mut of_lines: BTreeMap<&Line, i128> = BTreeMap::new();
        for ((line, account), sums) in &self.lines {
            let balance = i128::from(sums.debit.0) - i128::from(sums.credit.0);
            if (*account == Account::Budget) != (balance < 0) && balance != 0 {
                return false;
            }
            *of_lines.entry(line).or_default() += balance;
        }
        of_lines.values().all(|balance| *balance == 0)
    }
}
