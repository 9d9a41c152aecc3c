//! What happened to a work order. Folding its facts gives the order.

mod offer;

use std::collections::{BTreeMap, BTreeSet};

use base::{DepartmentId, PersonId, WorkOrderId};
use jiff::Timestamp;

use super::heard::Heard;
use super::limits::{Deadline, Due, LimitKind};
use super::order::WorkOrder;
use super::parts::{
    Asker, Assistance, Precedent, Rating, Reply, Return, Signer, StandStill, Supervision, WorkPause,
};
use super::words::{Alarm, Card, Cause, Decision, Escalation, Level, Release, State, Told};

pub use self::offer::{Acceptance, Offer, Vacancy};

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
    /// The order was made: offered to a department (派单), or it waits for one.
    Offered {
        /// As it is from now on.
        order: Box<WorkOrder>,
    },
    /// The order is wanted again.
    Reopened {
        /// As it is from now on.
        order: Box<WorkOrder>,
    },
    /// The dispatcher gave it to a department from the unrouted pool.
    Routed {
        /// To which.
        offer: Offer,
        /// If it is kept as a precedent.
        precedent: Option<Precedent>,
    },
    /// A zone leader designated the department, finally.
    Designated {
        /// Which.
        offer: Offer,
        /// By what authority; kept as a precedent.
        precedent: Precedent,
    },
    /// Somebody of the department has it now (签收).
    Claimed {
        /// Who.
        by: PersonId,
        /// The same, whatever the account.
        human: PersonId,
        /// Nobody claimed it in time: it counts as claimed by the head.
        by_default: bool,
        /// By when first contact is due, now that the claim is known.
        contact_due: Option<Due>,
        /// By when its owner should have accepted, if a limit starts there.
        acceptance_due: Option<Due>,
        /// By when the answer is due, now that the claim is known.
        reply: Option<Deadline>,
        /// By when assisting orders are due now, if that moves.
        assistance_due: Option<Due>,
    },
    /// It went to another person of the department.
    HandedOver {
        /// Who had it.
        from: PersonId,
        /// Who has it now.
        to: PersonId,
        /// The same, whatever the account.
        human: PersonId,
    },
    /// The claimant no longer has it; it waits for a colleague.
    Released {
        /// Who had it.
        from: PersonId,
        /// Why.
        cause: Release,
        /// By when it must be claimed now.
        claim_due: Option<Due>,
    },
    /// Its owner accepted what was asked for (受理).
    Accepted {
        /// From when, and what that makes of its limits.
        acceptance: Acceptance,
    },
    /// First contact was made (报到).
    Contacted {
        /// By whom.
        human: PersonId,
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
        /// By when it must be claimed, if its claimant has left meanwhile.
        claim_due: Option<Due>,
    },
    /// The return was upheld; the order was offered to another department.
    Rerouted {
        /// Who had it.
        from: Option<DepartmentId>,
        /// To which.
        offer: Offer,
        /// Why.
        reason: String,
    },
    /// Nobody agrees whose work it is: a zone leader must designate a department (提级).
    Escalated {
        /// Why.
        cause: Escalation,
        /// By when, and what holds meanwhile.
        vacancy: Vacancy,
    },
    /// Its department may not have it any more: it waits in the unrouted pool.
    Unrouted {
        /// By when it must be routed, and what holds meanwhile.
        vacancy: Vacancy,
    },
    /// The department says that decision work is not its own; the owner decides.
    Declined {
        /// Its legal basis.
        basis: String,
        /// By when the owner must have decided.
        decision_due: Due,
    },
    /// Another department was asked to assist (协办).
    AssistanceAsked {
        /// The child order, of whom, and by when.
        asked: Assistance,
        /// Its number.
        number: String,
        /// What is asked.
        text: String,
    },
    /// An assisting department has done its part.
    Assisted {
        /// The child order.
        child: WorkOrderId,
        /// Who had a hand in it.
        concerned: BTreeSet<PersonId>,
    },
    /// The claimant does without an assisting order.
    AssistanceWaived {
        /// The child order.
        child: WorkOrderId,
        /// Why.
        reason: String,
    },
    /// Another department leads the order that is assisted.
    LeadFollowed {
        /// Which.
        department: DepartmentId,
    },
    /// The claimant asked that the clock stand still.
    PauseAsked {
        /// As it was asked.
        pause: WorkPause,
    },
    /// What is awaited came: before the ruling, so that a granted pause ends then; or it was heard
    /// after the pause had run out.
    MaterialsCame {
        /// When the enterprise supplied it.
        supplied_at: Timestamp,
    },
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
        /// By when it must be claimed, if its claimant has left meanwhile.
        claim_due: Option<Due>,
    },
    /// The claimant asked for a later due instant.
    ExtensionAsked {
        /// Until when.
        until: Timestamp,
        /// Why.
        reason: String,
        /// Who asked.
        asked_by: Asker,
        /// By when it must have been decided.
        decision_due: Due,
    },
    /// An extension was ruled on; if granted, the due instant moves.
    ExtensionRuled {
        /// The ruling.
        decision: Decision,
        /// Why.
        reason: String,
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
    /// What somebody must rule on, sign or answer is due at another instant: a year of the calendar
    /// was published or amended.
    AwaitedMoved {
        /// The alarm of it.
        alarm: Alarm,
        /// When it was due.
        old: Due,
        /// When it is.
        new: Due,
    },
    /// The answer is due as before, and its cards, or who assists, at other instants.
    CardsMoved {
        /// The deadline, with its cards.
        reply: Deadline,
        /// By when assisting orders are due now, if that moves.
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
    /// The answer waits for a signature (待签发).
    Replied {
        /// The answer.
        reply: Reply,
        /// By when it must be signed.
        sign_due: Due,
    },
    /// The lead sent the answer back (退回修改).
    SentBack {
        /// Why.
        reason: String,
        /// By when it must be claimed, if its claimant has left meanwhile.
        claim_due: Option<Due>,
    },
    /// The department answered (办复).
    Completed {
        /// The answer.
        reply: Reply,
        /// Who signed it, where that is needed.
        signer: Option<Signer>,
        /// The instant that counts.
        counted_at: Timestamp,
        /// After its limit.
        late: bool,
        /// The due instant that it is held against.
        due: Option<Due>,
    },
    /// Its owner decided decision work.
    Settled {
        /// Who.
        by: PersonId,
        /// What was decided.
        outcome: String,
        /// When.
        decided_at: Timestamp,
        /// After its limit.
        late: bool,
        /// The due instant that it is held against.
        due: Option<Due>,
    },
    /// It is no longer wanted (撤销).
    Cancelled {
        /// Since when, though it may be heard later.
        since: Timestamp,
        /// Why.
        reason: String,
    },
    /// Somebody above presses the department (催办, 督办).
    Pressed {
        /// How, and by when it must be answered.
        supervision: Supervision,
    },
    /// The department answered to who presses.
    SupervisionAnswered {
        /// To which.
        level: Level,
        /// What it says.
        answer: String,
        /// After its limit.
        late: bool,
    },
    /// A department was dissolved, and another took its place.
    Moved {
        /// Which.
        from: DepartmentId,
        /// The other.
        to: DepartmentId,
    },
    /// The enterprise's verdict.
    Rated {
        /// The verdict.
        rating: Rating,
    },
    /// Somebody has looked at a verdict that waited for it.
    RatingVerified {
        /// The round that it judges.
        round: u32,
        /// It counts; otherwise it is left out for good.
        counts: bool,
        /// What was found, in words.
        reason: String,
    },
    /// The matter is closed.
    Closed {
        /// When.
        closed_at: Timestamp,
        /// Each round not closed before, and whether that is after the zone's own limit for it.
        late: BTreeMap<u32, bool>,
    },
    /// Something was heard too late to matter.
    HeardLate {
        /// What.
        heard: Heard,
        /// The state it found.
        state: State,
    },
}
