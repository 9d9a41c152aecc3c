//! What happened to a case.

use std::collections::BTreeSet;

use base::{CaseId, DepartmentId, ItemId, MaterialId, PersonId, WorkOrderId};
use jiff::Timestamp;
use strum::Display;

use super::alarm::{Alarm, Told};
use super::case::{Commitment, Opening};
use super::item::{Notice, Order};
use super::limits::Wait;
use super::mandate::{Mandate, MandateEnd};
use super::material::{Material, Promise};
use super::work::{HeardKind, Progress};

/// Something that happened to a case, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub what: What,
}

/// What happened. Each carries every instant that was computed, so that it needs no calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// An agent opened the case.
    Opened {
        /// Its name.
        id: CaseId,
        /// What it was opened with.
        opening: Box<Opening>,
        /// The mandate is awaited.
        wait: Wait,
    },
    /// The enterprise signed a mandate, the first or one in place of another.
    MandateSigned {
        /// The mandate.
        mandate: Box<Mandate>,
        /// The start is awaited, if the case has not started.
        wait: Option<Wait>,
    },
    /// The mandate ended, and with it the agent's acts alone.
    MandateEnded {
        /// Why.
        end: MandateEnd,
        /// In words, if somebody ended it.
        reason: String,
        /// Another mandate is awaited, if the case has not started.
        wait: Option<Wait>,
    },
    /// Its agent is none any more, and acts no longer.
    AgentLeft {
        /// Another one is awaited.
        wait: Wait,
    },
    /// Its agent is one again.
    AgentReturned,
    /// Another agent took the case over.
    AgentChanged {
        /// Who.
        agent: PersonId,
        /// Why.
        reason: String,
    },
    /// Its items began.
    Started,
    /// Nothing more is submitted for a while.
    Suspended {
        /// Why.
        reason: String,
        /// It goes on by itself.
        wait: Wait,
    },
    /// It goes on.
    Resumed {
        /// Its time was up.
        by_itself: bool,
    },
    /// The agent does no more; unless it had not started, the enterprise goes on by itself.
    Terminated {
        /// Why.
        reason: String,
    },
    /// Nothing is open any more: the results are to be delivered.
    Finished {
        /// By when.
        wait: Wait,
    },
    /// The results were delivered.
    Delivered {
        /// The items without a permit.
        without: Vec<ItemId>,
        /// The follow-up is awaited.
        wait: Wait,
    },
    /// The enterprise was asked how it went.
    FollowedUp {
        /// What it said.
        note: String,
        /// It archives by itself.
        wait: Wait,
    },
    /// It is done.
    Archived {
        /// Its time was up.
        by_itself: bool,
    },
    /// A material was handed in.
    MaterialAdded {
        /// Which one.
        material: MaterialId,
        /// The version.
        version: Box<Material>,
        /// The orders that wait for nothing more: a pause for it is over.
        orders: Vec<WorkOrderId>,
    },
    /// A material was promised 容缺.
    MaterialPromised {
        /// Which one.
        material: MaterialId,
        /// The promise.
        promise: Promise,
    },
    /// The enterprise signed the letter of commitment.
    CommitmentSigned {
        /// The letter.
        commitment: Box<Commitment>,
    },
    /// The commitment was broken 失信: work stops, and it goes on record.
    CommitmentBroken {
        /// Why.
        reason: String,
    },
    /// The enterprise got its land.
    LandAcquired {
        /// All opinions are to be formal by then; under a commitment alone.
        wait: Option<Wait>,
    },
    /// Every formal permit that work needs stands: it may start.
    StartAllowed,
    /// One of them does not stand any more: work may not start, or stops.
    StartForbidden,
    /// All that an item waited for is there.
    ItemReady {
        /// The item.
        item: ItemId,
        /// The submission is awaited.
        wait: Wait,
    },
    /// What an item stood on fell; its order is withdrawn.
    ItemBlocked {
        /// The item.
        item: ItemId,
        /// What fell; the item itself if the commitment did, and there is no land.
        because: ItemId,
        /// The order that is no longer wanted.
        order: Option<WorkOrderId>,
    },
    /// An item was submitted, and its work asked for.
    ItemSubmitted {
        /// The item.
        item: ItemId,
        /// The order.
        order: Order,
        /// After this it counts as accepted.
        wait: Wait,
    },
    /// A notice named what is missing.
    CorrectionAsked {
        /// The item.
        item: ItemId,
        /// The notice.
        notice: Notice,
        /// What it named is awaited.
        wait: Wait,
    },
    /// What the notice named is there.
    CorrectionSupplied {
        /// The item.
        item: ItemId,
        /// The order that waited for it.
        order: Option<WorkOrderId>,
        /// After this it counts as accepted.
        wait: Wait,
    },
    /// It was accepted.
    ItemAccepted {
        /// The item.
        item: ItemId,
        /// From when it counts.
        as_of: Timestamp,
        /// Nothing was said in time.
        by_itself: bool,
        /// The order whose statutory clock starts.
        order: Option<WorkOrderId>,
        /// The result is awaited.
        wait: Wait,
    },
    /// It was not accepted.
    ItemNotAccepted {
        /// The item.
        item: ItemId,
        /// Why.
        reason: String,
        /// What the enterprise can do about it.
        remedy: String,
        /// The order that is settled by it.
        order: Option<WorkOrderId>,
    },
    /// An opinion was given, which is no permit.
    ItemPreIssued {
        /// The item.
        item: ItemId,
        /// The opinion.
        opinion: String,
        /// The order that is settled by it.
        order: Option<WorkOrderId>,
    },
    /// Nothing is outstanding any more: the opinion is to be made formal.
    ConversionAsked {
        /// The item.
        item: ItemId,
        /// The order.
        order: Order,
        /// By when.
        wait: Wait,
    },
    /// A formal permit was issued.
    ItemIssued {
        /// The item.
        item: ItemId,
        /// The number of the certificate.
        certificate: String,
        /// It was an opinion before.
        converted: bool,
        /// The order that is settled by it.
        order: Option<WorkOrderId>,
    },
    /// The permit was refused.
    ItemRefused {
        /// The item.
        item: ItemId,
        /// Why.
        reason: String,
        /// What the enterprise can do about it.
        remedy: String,
        /// The order that is settled by it.
        order: Option<WorkOrderId>,
    },
    /// The opinion was voided.
    ItemVoided {
        /// The item.
        item: ItemId,
        /// Whose doing it is.
        cause: VoidCause,
        /// Why.
        reason: String,
        /// The order to make it formal: settled if the department voided it, else withdrawn.
        order: Option<WorkOrderId>,
    },
    /// What a formal permit stood on fell: the department looks at it again.
    RecheckAsked {
        /// The item.
        item: ItemId,
        /// What fell; the item itself if the commitment did.
        because: ItemId,
        /// The order.
        order: Order,
        /// By when.
        wait: Wait,
    },
    /// The department looked again.
    ItemRechecked {
        /// The item.
        item: ItemId,
        /// Whether the permit stands; else it is revoked.
        upheld: bool,
        /// Why.
        reason: String,
        /// The order that is settled by it.
        order: Option<WorkOrderId>,
    },
    /// It is applied for again.
    ItemReapplied {
        /// The item.
        item: ItemId,
        /// Which attempt begins.
        attempt: u32,
        /// What is different now.
        reason: String,
    },
    /// The enterprise withdrew it.
    ItemWithdrawn {
        /// The item.
        item: ItemId,
        /// Why.
        reason: String,
        /// The order that is no longer wanted.
        order: Option<WorkOrderId>,
    },
    /// The department said that it is not its work.
    ItemDeclined {
        /// The item.
        item: ItemId,
        /// The order.
        order: WorkOrderId,
        /// On what that rests.
        basis: String,
    },
    /// Another department has it now.
    ItemRedirected {
        /// The item.
        item: ItemId,
        /// The department.
        department: DepartmentId,
        /// Why.
        reason: String,
        /// The order that goes there.
        order: WorkOrderId,
    },
    /// Its order moved.
    ItemProgressed {
        /// The item.
        item: ItemId,
        /// Where the order stands now.
        progress: Progress,
        /// By when the result is awaited now, if that moved.
        wait: Option<Wait>,
    },
    /// A limit ran out; somebody is told.
    LimitMissed {
        /// What was awaited.
        alarm: Alarm,
        /// Who is told.
        told: Told,
        /// When somebody is told again.
        rings_at: Timestamp,
    },
    /// A year of the calendar was published or amended, or a suspended case goes on, and a due
    /// instant moved with it.
    DueChanged {
        /// What is awaited.
        alarm: Alarm,
        /// As it is now.
        wait: Wait,
    },
    /// A department was dissolved; its items go to its successor.
    DepartmentSucceeded {
        /// The department that is no more.
        department: DepartmentId,
        /// The one that takes its place.
        successor: DepartmentId,
    },
    /// Who decides an item here has not decided one of this case before. What they decide follows,
    /// and its entry names them: nothing is told of this alone.
    DecidersKnown {
        /// Who, and for whom a deputy did.
        people: BTreeSet<PersonId>,
    },
    /// Something was heard of an order that is no longer wanted.
    HeardLate {
        /// What was heard.
        kind: HeardKind,
        /// The order that it was of.
        work_order: WorkOrderId,
    },
}

/// Whose doing it is that an opinion was voided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum VoidCause {
    /// The department found a substantive effect.
    Department,
    /// What was promised did not come.
    PromiseBroken,
    /// The commitment was broken.
    CommitmentBroken,
}

impl What {
    /// Whether it is only noted: it is no change of the case, so that what is heard later may have
    /// happened before it.
    pub fn is_a_note(&self) -> bool {
        matches!(self, What::HeardLate { .. })
    }
}
