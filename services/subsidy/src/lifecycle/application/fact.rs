//! What happened to an application.

use std::sync::Arc;

use base::{ApplicationId, BudgetId, DepartmentId, Fen, WorkOrderId};
use jiff::Timestamp;
use jiff::civil::Date;
use strum::Display;

use super::super::By;
use super::super::policy::Snapshot;
use super::account::Payee;
use super::alarm::{Alarm, Told};
use super::kept::{Approved, Document, Lack, Lowered, Opening, Refused};
use super::limits::{Promised, Wait};
use super::notice::{Notice, NoticeList};
use super::objection::{Objection, ObjectionDecision};
use super::sampling::Draw;
use super::splitting::Splitting;
use super::tables::Action;
use super::work::{HeardKind, Order, Progress};

/// Something that happened to an application, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct ApplicationFact {
    /// When it happened.
    pub at: Timestamp,
    /// By whom; none if by itself.
    pub by: Option<By>,
    /// What happened.
    pub what: What,
}

/// What happened. Each carries every instant that was computed, so that it needs no calendar.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The enterprise was found by matching.
    Matched(Box<Opened>),
    /// It was applied for.
    Applied {
        /// With what.
        opened: Box<Opened>,
        /// Its review is asked for.
        order: Order,
        /// What is promised.
        promised: Promised,
    },
    /// The enterprise wants it.
    MatchConfirmed {
        /// Where it wants to be paid.
        payee: Payee,
        /// Its review is asked for.
        order: Order,
        /// The form check is awaited.
        wait: Wait,
        /// What is promised.
        promised: Promised,
    },
    /// The one notice named what is missing.
    SupplementAsked {
        /// What.
        lacks: Vec<Lack>,
        /// It is awaited.
        wait: Wait,
        /// The promise stands still.
        promised: Option<Promised>,
    },
    /// What the notice named is there.
    Supplemented {
        /// The facts, as they are filed now.
        snapshot: Snapshot,
        /// What was handed in.
        documents: Vec<Document>,
        /// What the formula gives on them.
        computed: Fen,
        /// The order that waited for it.
        order: Option<WorkOrderId>,
        /// The form check is awaited.
        wait: Wait,
        /// The promise goes on.
        promised: Option<Promised>,
    },
    /// It was accepted; the checks run.
    Accepted {
        /// M5: the facts, verified.
        snapshot: Snapshot,
        /// M3: the zone's cap across policies.
        annual_cap: Option<Fen>,
        /// The order that is accepted.
        order: Option<WorkOrderId>,
    },
    /// It passed the checks.
    ChecksPassed {
        /// M1: what the formula gives on the verified facts.
        computed: Fen,
        /// The review is awaited.
        wait: Wait,
    },
    /// It gets nothing: it was not accepted, failed a check, or was rejected.
    Refused {
        /// Which of the three.
        action: Action,
        /// Why.
        refused: Refused,
        /// The order that is settled by it.
        order: Option<WorkOrderId>,
        /// What was set aside for it, and is no longer.
        released: Vec<(BudgetId, Fen)>,
    },
    /// It was reviewed.
    Reviewed {
        /// What it is to get.
        amount: Fen,
        /// It is less than the formula gives.
        lowered: Option<Lowered>,
        /// What was found.
        opinion: String,
        /// The order that is settled by it.
        settled: Option<WorkOrderId>,
        /// The second review is asked for.
        order: Order,
        /// It is awaited.
        wait: Wait,
    },
    /// M12: it is one of several just under the threshold.
    SplittingSeen(Splitting),
    /// It was reviewed a second time.
    SecondReviewed {
        /// What was found.
        opinion: String,
        /// The order that is settled by it.
        order: Option<WorkOrderId>,
    },
    /// Money was set aside for it, softly.
    Held {
        /// In which budget year.
        year: i16,
        /// In each line.
        lines: Vec<(BudgetId, Fen)>,
        /// What was set aside before, and is replaced.
        released: Vec<(BudgetId, Fen)>,
    },
    /// The budget has too little left.
    Queued {
        /// What is lacking in each line that has too little.
        lacking: Vec<(BudgetId, Fen)>,
        /// What was set aside before, and is no longer.
        released: Vec<(BudgetId, Fen)>,
        /// The queue is looked at.
        wait: Wait,
    },
    /// The budget has enough again.
    Dequeued,
    /// It goes, or goes back, on notice.
    PutOnNotice {
        /// Its list is awaited; or the end of its period, or the approval, if it was on one before.
        wait: Wait,
    },
    /// Without a notice, it waits for its approval.
    ApprovalAwaited {
        /// Until when.
        wait: Wait,
    },
    /// It is on notice.
    NoticeStarted {
        /// How.
        notice: Box<Notice>,
        /// The list that it stands on.
        list: Arc<NoticeList>,
        /// The end is awaited; none if it is approved already.
        wait: Option<Wait>,
    },
    /// Its period is over, and no objection is open.
    NoticeEnded {
        /// The approval is awaited; none if it is approved already.
        wait: Option<Wait>,
    },
    /// Somebody objected.
    ObjectionRaised(Box<Objection>),
    /// An objection was decided.
    ObjectionDecided {
        /// Which.
        number: u32,
        /// How.
        decision: ObjectionDecision,
        /// It is reviewed again.
        reopening: Option<Reopening>,
    },
    /// The enterprise confirmed its account.
    AccountConfirmed {
        /// Which.
        payee: Payee,
        /// M7: it is another one, and was reviewed twice: it is again.
        reopening: Option<Reopening>,
        /// The approval is awaited, if it was the confirmation that was lacking.
        wait: Option<Wait>,
    },
    /// It was approved.
    Approved(Box<Approved>),
    /// The enterprise withdrew it.
    Withdrawn {
        /// Why.
        reason: String,
        /// The order that is no longer wanted.
        order: Option<WorkOrderId>,
        /// What was set aside for it, and is no longer.
        released: Vec<(BudgetId, Fen)>,
    },
    /// Nobody answered in time.
    Lapsed {
        /// What ran out.
        cause: LapseCause,
        /// The order that is no longer wanted.
        order: Option<WorkOrderId>,
    },
    /// The department said that it is not its work.
    WorkDeclined {
        /// The order.
        order: WorkOrderId,
        /// On what that rests.
        basis: String,
    },
    /// Another department has it now.
    Redirected {
        /// The department.
        department: DepartmentId,
        /// Why.
        reason: String,
        /// The order that goes there.
        order: WorkOrderId,
    },
    /// Its order moved.
    Progressed {
        /// Where the order stands now.
        progress: Progress,
    },
    /// A limit ran out; somebody is told.
    LimitMissed {
        /// What was awaited.
        alarm: Alarm,
        /// Who is told.
        told: Told,
        /// When somebody is told again; none if only once.
        rings_at: Option<Timestamp>,
    },
    /// A year of the calendar was published or amended, and what the state waits for, or an
    /// objection, is due at another instant.
    DueChanged {
        /// What is awaited.
        alarm: Alarm,
        /// As it is now.
        wait: Wait,
    },
    /// The same, of the promise.
    PromiseChanged {
        /// As it is now.
        promised: Promised,
    },
    /// The same, of the notice: it ends later.
    NoticeChanged {
        /// As it is now.
        notice: Box<Notice>,
    },
    /// A department was dissolved; another takes its place.
    DepartmentSucceeded {
        /// The department that is no more.
        department: DepartmentId,
        /// The one that takes its place.
        successor: DepartmentId,
    },
    /// Something was heard of an order that is no longer wanted.
    HeardLate {
        /// What was heard.
        kind: HeardKind,
        /// The order that it was of.
        work_order: WorkOrderId,
    },
    /// M11: it was drawn for a sample.
    Sampled {
        /// How.
        draw: Arc<Draw>,
        /// Whether the others of the sample are told from here.
        spreads: bool,
    },
}

/// With what an application begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// Its name.
    pub id: ApplicationId,
    /// What it was opened with.
    pub opening: Opening,
    /// The day, by the zone's clock.
    pub dated: Date,
    /// M3: the zone's cap across policies.
    pub annual_cap: Option<Fen>,
    /// What the formula gives on the facts as they were filed.
    pub computed: Fen,
    /// The enterprise's will is awaited, or the form check.
    pub wait: Wait,
}

/// That a review, or a second review, is done again.
#[derive(Clone, Debug, PartialEq)]
pub struct Reopening {
    /// The order that is no longer wanted.
    pub withdrawn: Option<WorkOrderId>,
    /// The one that is.
    pub order: Order,
    /// It is awaited.
    pub wait: Wait,
}

/// What ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum LapseCause {
    /// The policy takes no more, and the enterprise has not said that it wants it.
    PolicyEnded,
    /// What the notice named did not come.
    NotSupplemented,
}

impl What {
    /// Whether it is only noted: it is no change of the application, so that what is heard later may
    /// have happened before it.
    pub fn is_a_note(&self) -> bool {
        matches!(self, What::HeardLate { .. })
    }
}
