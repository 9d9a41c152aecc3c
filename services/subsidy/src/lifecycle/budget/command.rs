//! What may be asked of a budget.

use base::{ApplicationId, BudgetId, DepartmentId, DisbursementId, Fen, PolicyId};
use serde::{Deserialize, Serialize};

use crate::lifecycle::By;

/// What may be asked of a budget. What names a disbursement follows from what happens to that, in
/// the same unit; the rest is asked by people. Amounts are above zero.
#[derive(Clone, Debug)]
pub enum BudgetCommand {
    /// Open the line with what was appropriated.
    Open(Opening),
    /// Propose to change what was appropriated: the maker 经办.
    ProposeAdjustment {
        /// Who.
        by: By,
        /// How.
        change: Change,
        /// The number of the document 文号 that orders it.
        document: String,
    },
    /// Confirm what was proposed: the checker 复核, another person.
    ConfirmAdjustment {
        /// Who.
        by: By,
    },
    /// Take back what was proposed: whoever proposed it, or the checker.
    DropAdjustment {
        /// Who.
        by: By,
    },
    /// Set aside for an application that was reviewed twice 软预留. Moves no money.
    Hold {
        /// Which.
        application: ApplicationId,
        /// How much.
        amount: Fen,
    },
    /// Take back what was set aside.
    Release {
        /// For which.
        application: ApplicationId,
        /// All that was set aside for it here.
        amount: Fen,
    },
    /// Promise to a disbursement of an application that is approved 硬预留.
    Commit {
        /// Which application.
        application: ApplicationId,
        /// The disbursement that pays it from this line.
        disbursement: DisbursementId,
        /// What was set aside for it here and is so no longer; zero if nothing was.
        held: Fen,
        /// How much.
        amount: Fen,
    },
    /// The payment is ordered.
    Order(Money),
    /// The bank has paid.
    Pay(Money),
    /// The bank has not paid.
    Bounce(Money),
    /// The bank has taken back what it had paid.
    Reverse(Money),
    /// What came back may be ordered anew.
    Reissue(Money),
    /// It will not be paid: its place is free again.
    Lapse {
        /// What.
        money: Money,
        /// Where it stands.
        from: LapseFrom,
    },
    /// It is decided that the enterprise pays back.
    OpenReceivable(Money),
    /// That decision is taken back, or is lowered by so much.
    Waive(Money),
    /// The enterprise has paid back: free again in this line, where it came from.
    Repay(Money),
    /// A later payment to the enterprise was kept in place of a repayment; here is what it owed.
    Offset {
        /// What it owed, of the disbursement that is paid back.
        money: Money,
        /// The number of the written decision.
        document: String,
    },
    /// This is kept from the payment, against what the enterprise owes. Not for the bank.
    Withhold {
        /// What is kept, of the disbursement that was to be ordered.
        money: Money,
        /// The number of the written decision.
        document: String,
    },
    /// Decide what becomes of what is free, once the year is over.
    CloseYear {
        /// Who.
        by: By,
        /// The number of the written decision.
        document: String,
        /// What is carried over 结转, and into which line; all the rest of what is free lapses 收回.
        carry: Option<Carry>,
        /// What lapses. With what is carried over it is all that is free: nothing is left open.
        lapse: Fen,
    },
    /// Take over what another year's line has carried out. It follows from that.
    CarryIn {
        /// The line that it comes from.
        from: BudgetId,
        /// That line's policy, payer and year, which are this line's but for the year.
        policy: PolicyId,
        /// See above.
        payer: DepartmentId,
        /// See above.
        year: i16,
        /// How much.
        amount: Fen,
        /// The number of the written decision.
        document: String,
    },
}

/// What a line is opened with. Its name is [`super::budget_id`] of the first three.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Its name.
    pub id: BudgetId,
    /// The policy that it pays for.
    pub policy: PolicyId,
    /// The budget year.
    pub year: i16,
    /// The department that pays.
    pub payer: DepartmentId,
    /// What was appropriated. Zero if it only takes over what is carried over.
    pub amount: Fen,
    /// The number of the document that appropriates it.
    pub document: String,
    /// Who opens it.
    pub by: By,
}

/// Money of a disbursement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money {
    /// Which.
    pub disbursement: DisbursementId,
    /// How much.
    pub amount: Fen,
}

/// Where the money of a disbursement stands that will not be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LapseFrom {
    /// It was never ordered.
    Reserved,
    /// It came back from the bank.
    Returned,
}

/// How what was appropriated is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Change {
    /// 追加: by so much more.
    Raise(Fen),
    /// 调减: by so much less, never under what is used.
    Cut(Fen),
}

/// What is carried over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carry {
    /// Into which line: of the same policy and payer, of a later year, and open.
    pub into: BudgetId,
    /// How much.
    pub amount: Fen,
}
