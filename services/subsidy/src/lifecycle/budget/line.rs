//! A budget line: one policy, one year, one payer; what of it stands on which account.

use base::{ApplicationId, BudgetId, DepartmentId, Fen, NameError, PolicyId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::account::Account;
use super::fact::Proposal;
use super::posting::Posting;
use super::tables::State;

/// A budget 预算额度: what a payer was given for a policy in a year, and what became of it. Amounts are
/// the sums of its postings, but for `held`.
///
/// M2 and more: `held + reserved + in_payment + paid + returned + receivable ≤ budget`. What came
/// back from the bank and what enterprises owe keep their places, so that they can be paid anew, or
/// be free only once the money is really there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Budget {
    /// Its name.
    pub id: BudgetId,
    /// The policy that it pays for.
    pub policy: PolicyId,
    /// The budget year.
    pub year: i16,
    /// The department that pays.
    pub payer: DepartmentId,
    /// Where it stands.
    pub state: State,
    /// What was appropriated, as it was adjusted.
    pub budget: Fen,
    /// Set aside for applications that are not approved yet. No posting: of what is available.
    pub held: Fen,
    /// Promised, not ordered.
    pub reserved: Fen,
    /// Ordered, not known to be paid.
    pub in_payment: Fen,
    /// Paid.
    pub paid: Fen,
    /// Come back from the bank, and owed.
    pub returned: Fen,
    /// Paid, and to be paid back.
    pub receivable: Fen,
    /// A change of what was appropriated that waits for a second person.
    pub proposal: Option<Proposal>,
    /// How often it has changed: the number of the last fact.
    pub changes: i64,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it last changed. Never runs back.
    pub changed_at: Timestamp,
    /// What of the change that is being made stands beside the row, whose writer writes it with it.
    #[serde(skip)]
    pub unwritten: Vec<Entry>,
}

/// What of a change stands beside the row of its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A posting.
    Posting(Posting),
    /// By how much what is set aside for an application changes; below zero where it is set free.
    SetAside {
        /// Which.
        application: ApplicationId,
        /// By how much.
        by: Fen,
    },
}

/// The name of the line of a policy, a year and a payer.
///
/// Fails if the codes are so long that no name holds them.
pub fn budget_id(
    policy: &PolicyId,
    year: i16,
    payer: &DepartmentId,
) -> Result<BudgetId, NameError> {
    BudgetId::new(&format!("{}-{year}-{}", policy.code(), payer.code()))
}

impl Budget {
    /// What is promised to nobody 可用额度: what was appropriated less what stands elsewhere. What
    /// is set aside is part of it.
    pub fn available(&self) -> Fen {
        let elsewhere = [self.reserved, self.in_payment, self.paid, self.returned, self.receivable];
        elsewhere.iter().fold(self.budget, |left, amount| Fen(left.0 - amount.0))
    }

    /// What may still be promised, or set aside: available and not set aside.
    pub fn free(&self) -> Fen {
        Fen(self.available().0 - self.held.0)
    }

    /// What stands on an account, above zero whichever side that is.
    pub fn balance(&self, account: Account) -> Fen {
        match account {
            Account::Budget => self.budget,
            Account::Available => self.available(),
            Account::Reserved => self.reserved,
            Account::InPayment => self.in_payment,
            Account::Paid => self.paid,
            Account::Returned => self.returned,
            Account::Receivable => self.receivable,
        }
    }

    /// Carries a posting's amount from its one account to its other.
    pub(super) fn carry(&mut self, posting: &Posting) {
        self.shift(posting.credit(), Fen(-posting.amount.0));
        self.shift(posting.debit(), posting.amount);
        self.unwritten.push(Entry::Posting(posting.clone()));
    }

    /// Sets aside for an application, or sets free.
    pub(super) fn set_aside(&mut self, application: ApplicationId, by: Fen) {
        if by != Fen::ZERO {
            self.held = Fen(self.held.0 + by.0);
            self.unwritten.push(Entry::SetAside { application, by });
        }
    }

    fn shift(&mut self, account: Account, by: Fen) {
        let balance = match account {
            // On the credit side: what is credited to it makes it more.
            Account::Budget => {
                self.budget = Fen(self.budget.0 - by.0);
                return;
            }
            // What is left of the budget, whatever the others are.
            Account::Available => return,
            Account::Reserved => &mut self.reserved,
            Account::InPayment => &mut self.in_payment,
            Account::Paid => &mut self.paid,
            Account::Returned => &mut self.returned,
            Account::Receivable => &mut self.receivable,
        };
        *balance = Fen(balance.0 + by.0);
    }
}

/// Two are equal if their rows are: what waits to be written is none of the thing.
impl PartialEq for Budget {
    fn eq(&self, other: &Budget) -> bool {
        let Budget {
            id,
            policy,
            year,
            payer,
            state,
            budget,
            held,
            reserved,
            in_payment,
            paid,
            returned,
            receivable,
            proposal,
            changes,
            opened_at,
            changed_at,
            unwritten: _,
        } = self;
        (id, policy, year, payer, state)
            == (&other.id, &other.policy, &other.year, &other.payer, &other.state)
            && (budget, held, reserved, in_payment)
                == (&other.budget, &other.held, &other.reserved, &other.in_payment)
            && (paid, returned, receivable) == (&other.paid, &other.returned, &other.receivable)
            && (proposal, changes) == (&other.proposal, &other.changes)
            && (opened_at, changed_at) == (&other.opened_at, &other.changed_at)
    }
}

impl Eq for Budget {}
