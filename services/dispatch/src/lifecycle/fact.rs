//! What happened to a work order. Folding its facts gives the order.

use std::collections::BTreeSet;

use base::{DepartmentId, PersonId, WorkOrderId};
use jiff::Timestamp;

use super::command::Cause;
use super::limits::{Deadline, Due, LimitKind};
use super::order::{
    Card, Outcome, PauseReason, Rating, Return, StandStill, Told, WorkOrder, WorkPause,
};
use super::{Alarm, Heard, State};

/// Something that happened, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// The instant at which it takes effect.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// What happened. Every instant that had to be reckoned is in it.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The order was made and offered (派单).
    Offered {
        /// As it is from now on.
        order: Box<WorkOrder>,
    },
    /// Somebody of the department has it now (签收).
    Claimed {
        /// Who.
        by: PersonId,
        /// Nobody claimed it in time: it counts as claimed by the head.
        by_default: bool,
        /// By when first contact is due, now that the claim is known.
        contact_due: Option<Due>,
        /// By when the answer is due, now that the claim is known.
        reply: Option<Deadline>,
    },
    /// It went to another person of the department.
    HandedOver {
        /// Who had it.
        from: PersonId,
        /// Who has it now.
        to: PersonId,
    },
    /// First contact was made (报到).
    Contacted {
        /// By whom.
        by: PersonId,
        /// How, in words.
        proof: String,
        /// After its limit.
        late: bool,
        /// The limit that it is held against.
        due: Option<Due>,
    },
    /// The department says that it is not its work (退单).
    Returned {
        /// The return.
        returned: Return,
        /// By when the dispatcher must have decided.
        decision_due: Due,
    },
    /// The return was refused; the order stays.
    ReturnRefused {
        /// Why.
        reason: String,
    },
    /// The return was upheld; the order was offered to another department.
    Rerouted {
        /// Who had it.
        from: DepartmentId,
        /// Who has it now.
        to: DepartmentId,
        /// Why.
        reason: String,
        /// By when it must be claimed there.
        claim_due: Option<Due>,
        /// By when first contact is due.
        contact_due: Option<Due>,
        /// By when the answer is due.
        reply: Option<Deadline>,
    },
    /// Another department was asked to assist (协办).
    AssistanceAsked {
        /// The child order.
        child: WorkOrderId,
        /// Its number.
        number: String,
        /// The department.
        department: DepartmentId,
        /// What is asked.
        text: String,
        /// By when.
        due: Due,
    },
    /// An assisting department has done its part.
    Assisted {
        /// The child order.
        child: WorkOrderId,
        /// Who had a hand in it.
        concerned: BTreeSet<PersonId>,
    },
    /// The claimant asked that the clock stand still.
    PauseAsked {
        /// Why.
        reason: PauseReason,
        /// In words.
        note: String,
        /// Until when at the latest.
        until: Timestamp,
        /// By when the dispatcher must have decided.
        decision_due: Due,
    },
    /// What is awaited came before the ruling; if the pause is granted, it ends then.
    MaterialsCame,
    /// The pause was refused; the clock never stood still.
    PauseRefused {
        /// Why.
        reason: String,
    },
    /// The clock stands still, from the asking (挂起).
    Suspended {
        /// By when assisting orders are due if the pause lasts as long as it may.
        assistance_due: Option<Due>,
    },
    /// The clock goes on (恢复).
    Resumed {
        /// When the pause ended.
        resumed_at: Timestamp,
        /// It ended at its own deadline.
        ran_out: bool,
    },
    /// A child stands still with the order that it assists.
    StoodStill {
        /// The pause of that order.
        pause: WorkPause,
        /// What it means here.
        still: StandStill,
    },
    /// A child goes on with the order that it assists.
    WentOn {
        /// When the pause ended.
        resumed_at: Timestamp,
        /// It ended at its own deadline.
        ran_out: bool,
    },
    /// A due instant moved.
    DueChanged {
        /// Which limit.
        kind: LimitKind,
        /// What it was.
        old: Due,
        /// What it is.
        new: Due,
        /// For the answer: with its cards.
        reply: Option<Deadline>,
        /// For the answer: by when assisting orders are due now.
        assistance_due: Option<Due>,
        /// Why.
        cause: Cause,
    },
    /// The answer is due soon (黄牌).
    YellowCarded {
        /// The due instant.
        due: Due,
    },
    /// The answer is overdue (红牌).
    RedCarded {
        /// The due instant.
        due: Due,
    },
    /// A card was given that an earlier-dated fact proves wrong.
    CardAnnulled {
        /// Which.
        card: Card,
        /// The due instant for which it was given.
        due: Due,
    },
    /// A limit ran out, and somebody was told.
    LimitMissed {
        /// The alarm that rang.
        alarm: Alarm,
        /// Who was told.
        told: Told,
        /// The instant that passed.
        due: Due,
        /// When the next one is told.
        next_at: Option<Timestamp>,
    },
    /// The department answered (办复).
    Completed {
        /// Who.
        by: PersonId,
        /// What became of it.
        outcome: Outcome,
        /// What the enterprise is told.
        answer: String,
        /// What stays inside.
        internal_note: String,
        /// After its limit.
        late: bool,
        /// The due instant that it is held against.
        due: Option<Due>,
        /// Assisting orders still open and overdue: the lateness is theirs.
        overdue_assistance: Vec<WorkOrderId>,
    },
    /// Somebody above urged the department (催办).
    Urged {
        /// In words.
        note: String,
        /// The due instant for which it was urged.
        due_at: Option<Timestamp>,
    },
    /// The enterprise's verdict.
    Rated {
        /// The verdict.
        rating: Rating,
    },
    /// Something was heard too late to matter.
    HeardLate {
        /// What.
        heard: Heard,
        /// The state it found.
        state: State,
    },
}
