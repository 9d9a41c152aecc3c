//! The work order (工单) and its parts, as they are kept.

use std::collections::{BTreeMap, BTreeSet};

use base::{CategoryId, DepartmentId, EnterpriseId, PersonId, WorkOrderId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::limits::{Deadline, Due, LimitRule, Tier};
use super::{Alarm, State};

/// Words that are written alike on every layer: `IN_PROGRESS`.
macro_rules! word {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident,)+ }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::Display,
            strum::EnumIter, strum::EnumString, strum::IntoStaticStr, serde::Serialize,
            serde::Deserialize,
        )]
        #[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }
    };
}
pub(crate) use word;

/// A piece of work for a department (工单).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkOrder {
    /// Which one.
    pub id: WorkOrderId,
    /// What people say on the phone: `GD-2026-000083`.
    pub number: String,
    /// What it is for: `tickets/{uuid}`.
    pub source: String,
    /// The number of that: `CS-2026-000083`.
    pub source_number: String,
    /// The order that it assists, if it is a child (协办单).
    pub parent: Option<WorkOrderId>,
    /// The department that asked for assistance, if it is a child.
    pub asked_by: Option<DepartmentId>,
    /// Where it is decided.
    pub kind: WorkKind,
    /// Which round of the matter, from 1.
    pub round: u32,
    /// What it is about.
    pub title: String,
    /// What is asked.
    pub text: String,
    /// Whose matter.
    pub enterprise: EnterpriseId,
    /// The category of the catalogue.
    pub category: CategoryId,
    /// How hard it is.
    pub work_class: WorkClass,
    /// Departments that may be asked to assist; a suggestion.
    pub suggested_assisting: Vec<DepartmentId>,
    /// The limits that the catalogue set; where it set none, the defaults hold.
    pub limits: Vec<LimitRule>,
    /// The version of the catalogue that they come from.
    pub rule_version: u32,
    /// People who may not do it.
    pub barred: BTreeSet<PersonId>,

    /// Where it stands.
    pub state: State,
    /// The department that has it.
    pub department: DepartmentId,
    /// Who has claimed it.
    pub claimant: Option<PersonId>,
    /// Everybody who claimed, contacted or answered, here or in an assisting order: none of them
    /// may close the matter (domain.md §2).
    pub concerned: BTreeSet<PersonId>,

    /// When the enterprise submitted.
    pub submitted_at: Timestamp,
    /// When it was offered to the present department.
    pub offered_at: Timestamp,
    /// When it was claimed there.
    pub claimed_at: Option<Timestamp>,
    /// When first contact was made.
    pub contacted_at: Option<Timestamp>,
    /// When it was answered.
    pub completed_at: Option<Timestamp>,
    /// When it last changed. Never runs back.
    pub changed_at: Timestamp,

    /// By when it must be claimed, from the present offer.
    pub claim_due: Option<Due>,
    /// By when first contact is due; unknown until the claim if that is where the limit starts.
    pub contact_due: Option<Due>,
    /// By when the answer is due, with its cards.
    pub reply: Option<Deadline>,
    /// First contact came after its limit; unknown until it is made.
    pub contacted_late: Option<bool>,
    /// The answer came after its limit; unknown until it is given.
    pub answered_late: Option<bool>,

    /// The alarms that are set. Only those that [`WATCHED`](super::WATCHED) names for the state
    /// ring.
    pub armed: BTreeMap<Alarm, Armed>,
    /// The card it has been given for the present due instant.
    pub card: Option<Card>,
    /// How often it was urged.
    pub urged_times: u32,
    /// The due instant for which it was urged last.
    pub urged_for: Option<Timestamp>,

    /// Every return, in order; the last one may wait to be decided.
    pub returns: Vec<Return>,
    /// The orders with which other departments assist.
    pub assistance: Vec<Assistance>,
    /// The pauses of this round, asked and granted.
    pub pauses: Vec<WorkPause>,
    /// For a child: the order that it assists is suspended.
    pub still: Option<StandStill>,

    /// What became of it, once answered.
    pub outcome: Option<Outcome>,
    /// What the enterprise is told, once answered.
    pub answer: String,
    /// What stays inside, once answered.
    pub internal_note: String,
    /// The enterprise's verdict.
    pub rating: Option<Rating>,
}

impl WorkOrder {
    /// Whether work is still to be done.
    pub fn is_open(&self) -> bool {
        self.state != State::Completed
    }

    /// The return that waits to be decided.
    pub fn pending_return(&self) -> Option<&Return> {
        self.returns.last().filter(|last| last.decision.is_none())
    }

    /// The pause that was asked and waits to be decided.
    pub fn pending_pause(&self) -> Option<&WorkPause> {
        self.pauses.last().filter(|last| last.decision.is_none())
    }

    /// The pause that lasts now.
    pub fn running_pause(&self) -> Option<&WorkPause> {
        self.pauses.last().filter(|last| last.is_granted() && last.resumed_at.is_none())
    }

    /// Whether a department has or had it.
    pub fn was_with(&self, department: &DepartmentId) -> bool {
        self.department == *department
            || self.returns.iter().any(|past| past.department == *department)
    }

    /// The assisting orders that are not done.
    pub fn open_assistance(&self) -> impl Iterator<Item = &Assistance> {
        self.assistance.iter().filter(|child| child.completed_at.is_none())
    }

    /// The due instant that an answer given now is held against. While the clock stands still for
    /// the order that a child assists, it is the one that follows if the pause lasts; what was
    /// overdue before, stays it.
    pub fn answer_due(&self) -> Option<Due> {
        let due = self.reply?.due;
        let still = self.still.as_ref().filter(|still| still.from <= due.at);
        Some(still.map_or(due, |still| still.due))
    }

    /// The spans in which the clock of `tier` stood still.
    pub(crate) fn stood_still(&self, tier: Tier) -> Vec<calendar::Pause> {
        let stops = |pause: &&WorkPause| pause.is_granted() && pause.reason.stops_clock_of(tier);
        let span = |pause: &WorkPause| calendar::Pause { from: pause.from, to: pause.resumed_at };
        self.pauses.iter().filter(stops).map(span).collect()
    }

    /// Sets when a limit runs out, and its alarm if the instant is a new one.
    pub(crate) fn set_claim_due(&mut self, due: Option<Due>) {
        if self.claim_due.map(|old| old.at) != due.map(|new| new.at) {
            self.arm(Alarm::Claim, due.map(|due| due.at));
        }
        self.claim_due = due;
    }

    /// As [`WorkOrder::set_claim_due`], for first contact.
    pub(crate) fn set_contact_due(&mut self, due: Option<Due>) {
        if self.contact_due.map(|old| old.at) != due.map(|new| new.at) {
            self.arm(Alarm::Contact, due.map(|due| due.at));
        }
        self.contact_due = due;
    }

    /// As [`WorkOrder::set_claim_due`], for the answer: a due instant that moved has no card yet.
    pub(crate) fn set_reply(&mut self, deadline: Option<Deadline>) {
        if self.reply.map(|old| old.due.at) != deadline.map(|new| new.due.at) {
            self.card = None;
            self.arm(Alarm::YellowCard, deadline.map(|deadline| deadline.yellow_at));
            self.arm(Alarm::RedCard, deadline.map(|deadline| deadline.red_at));
            self.arm(Alarm::Overdue, deadline.map(|deadline| deadline.overdue_at));
        }
        self.reply = deadline;
    }

    pub(crate) fn arm(&mut self, alarm: Alarm, at: Option<Timestamp>) {
        match at {
            Some(at) => self.armed.insert(alarm, Armed { at, told: None }),
            None => self.armed.remove(&alarm),
        };
    }
}

/// An alarm that is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Armed {
    /// When it rings.
    pub at: Timestamp,
    /// Who was told when it rang last.
    pub told: Option<Told>,
}

/// A return (退单): the department says that it is not its work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// The department that returned it.
    pub department: DepartmentId,
    /// Why: its legal basis.
    pub basis: String,
    /// The right department, or none: 职责不清.
    pub names: Option<DepartmentId>,
    /// When.
    pub returned_at: Timestamp,
    /// What the dispatcher decided.
    pub decision: Option<Decision>,
}

/// What another department assists with (协办).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assistance {
    /// The child order.
    pub work_order: WorkOrderId,
    /// The department.
    pub department: DepartmentId,
    /// By when.
    pub due: Due,
    /// When it was done.
    pub completed_at: Option<Timestamp>,
}

/// A pause (挂起): asked by the claimant, granted by the dispatcher; it runs from the asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkPause {
    /// Why.
    pub reason: PauseReason,
    /// In words.
    pub note: String,
    /// From when: the instant of asking.
    pub from: Timestamp,
    /// Until when at the latest.
    pub until: Timestamp,
    /// When what is awaited came, if that was before the ruling.
    pub supplied_at: Option<Timestamp>,
    /// When the work went on.
    pub resumed_at: Option<Timestamp>,
    /// What the dispatcher decided.
    pub decision: Option<Decision>,
}

/// A child stands still with the order that it assists. It may be answered all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandStill {
    /// From when.
    pub from: Timestamp,
    /// By when the child is due if the pause lasts as long as it may.
    pub due: Due,
    /// Before this no card is given: well after the pause's own end, which ends this too.
    pub cards_from: Timestamp,
}

impl WorkPause {
    /// Whether the dispatcher agreed.
    pub fn is_granted(&self) -> bool {
        self.decision == Some(Decision::Granted)
    }
}

/// The enterprise's verdict, as far as the league counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// What became of it, in the enterprise's eyes.
    pub outcome: Outcome,
    /// 5 非常满意 … 1 非常不满意.
    pub level: u8,
    /// Whether the enterprise is content.
    pub confirmed: bool,
}

word!(
    /// Where a piece of work is decided (domain.md §1).
    WorkKind {
        /// Done here, by `CompleteWorkOrder`.
        Answer,
        /// Decided in the service that asked.
        Decision,
    }
);
word!(
    /// How hard a matter is; it decides who signs.
    WorkClass {
        /// Historic or hard: signed by the lead.
        A,
        /// Across departments: signed by the lead.
        B,
        /// Simple: no signature.
        C,
    }
);
word!(
    /// What became of a matter. Distinct, never folded.
    Outcome {
        /// 解决.
        Solved,
        /// 部分解决.
        Partly,
        /// 未解决-解释.
        Explained,
        /// 服务确认: not solved, and the enterprise accepts the service.
        ServiceConfirmed,
    }
);
word!(
    /// A warning for one due instant.
    Card {
        /// 黄牌: it is due soon.
        Yellow,
        /// 红牌: it is overdue.
        Red,
    }
);
word!(
    /// What somebody ruled on a request.
    Decision {
        /// 同意.
        Granted,
        /// 不同意.
        Refused,
    }
);
word!(
    /// Who is told that a limit ran out.
    Told {
        /// 部门负责人.
        Lead,
        /// 吹哨办负责人.
        DispatchHead,
        /// 管委会领导.
        ZoneLeader,
    }
);
word!(
    /// Why a clock stands still (closed list, domain.md §3).
    PauseReason {
        /// 待企业补充材料.
        AwaitingMaterials,
        /// 听证.
        Hearing,
        /// 招标.
        Tender,
        /// 拍卖.
        Auction,
        /// 检验.
        Inspection,
        /// 检测.
        Testing,
        /// 检疫.
        Quarantine,
        /// 鉴定.
        Appraisal,
        /// 专家评审.
        ExpertReview,
        /// 不可抗力.
        ForceMajeure,
    }
);

impl PauseReason {
    /// Whether a limit of `tier` stands still meanwhile. Awaiting the enterprise stops the promise
    /// and never a statutory clock; the others are the law's own list (行政许可法 45).
    pub fn stops_clock_of(self, tier: Tier) -> bool {
        self != PauseReason::AwaitingMaterials || tier != Tier::Statutory
    }
}
