//! One item 事项 of a case: where it stands, whose it is, and what it waits for.

use std::collections::BTreeSet;

use base::{DepartmentId, MaterialId, WorkOrderId};
use calendar::{Calendar, Due};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

use super::clocks::{self, Review};
use super::limits::Wait;
use super::work::Progress;

/// Where an item stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ItemState {
    /// 未到: waits for other items.
    Blocked,
    /// 待递交: waits for who applies.
    Ready,
    /// 已递交: the department looks whether all is there.
    Submitted,
    /// 补正: waits for what a notice named.
    Correction,
    /// 审查中: accepted.
    UnderReview,
    /// 预审意见: an opinion, which is no permit.
    PreIssued,
    /// 已出证: a formal permit.
    Issued,
    /// 不予许可.
    Refused,
    /// 不予受理.
    NotAccepted,
    /// 预审意见作废.
    Voided,
    /// 撤销: a formal permit that did not outlast what it stood on.
    Revoked,
    /// 撤回 by the enterprise.
    Withdrawn,
}

/// What can be done to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ItemAction {
    /// What it waited for is there.
    Unblock,
    /// What it stood on fell.
    Block,
    /// 递交.
    Submit,
    /// 一次性告知: all that is missing, at once.
    Correct,
    /// 补正 handed in.
    Supply,
    /// 受理, or by itself as of receipt.
    Accept,
    /// 不予受理.
    NotAccept,
    /// 出具预审意见.
    PreIssue,
    /// Nothing is outstanding any more: the opinion is to be made formal.
    AskConversion,
    /// 转正式.
    Convert,
    /// 出证.
    Issue,
    /// 不予许可.
    Refuse,
    /// 作废.
    Void,
    /// What a formal permit stood on fell: it is looked at again.
    AskRecheck,
    /// 复核: upheld or revoked.
    Recheck,
    /// 重新申请.
    Reapply,
    /// 撤回.
    Withdraw,
    /// 改派: another department, after one declined.
    Redirect,
}

/// One item of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Where it stands.
    pub state: ItemState,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// Which department decides it.
    pub department: DepartmentId,
    /// The order in dispatch, while a department has work with it.
    pub order: Option<Order>,
    /// How many orders were asked for.
    pub orders: u32,
    /// Where that work stands, as dispatch told it last.
    pub progress: Option<Progress>,
    /// What it waits for, unless it waits for other items, or for land.
    pub wait: Option<Wait>,
    /// What the last notice named and nobody has handed in since.
    pub awaited: BTreeSet<MaterialId>,
    /// The notices of this attempt, those before it went back to wait among them.
    pub notices: Vec<Notice>,
    /// How many notices counted against the department, in all attempts.
    pub notices_against_department: u32,
    /// When it was submitted in this attempt.
    pub submitted_at: Option<Timestamp>,
    /// When it was accepted in this attempt: the statutory clock starts here. As of receipt, if
    /// nothing was said in time; but a notice period as of when it is announced.
    pub accepted_at: Option<Timestamp>,
    /// It was accepted as of receipt, because nothing was said in time.
    pub accepted_by_itself: bool,
    /// When a department reviewed it, in every attempt.
    pub reviews: Vec<Review>,
    /// 预审意见, while it is one or was made formal.
    pub opinion: Option<String>,
    /// Its formal permit; only while ISSUED.
    pub permit: Option<Permit>,
    /// Why it ended without one, and what can be done.
    pub ending: Option<Ending>,
}

/// An order in dispatch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its name.
    pub id: WorkOrderId,
    /// What it is for.
    pub purpose: Purpose,
    /// The department said that it is not its work.
    pub declined: bool,
    /// Every department that said so of it: none of them gets it back.
    pub decliners: BTreeSet<DepartmentId>,
}

/// What an order is for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Purpose {
    /// To decide on it.
    Review,
    /// To make the opinion formal.
    Conversion,
    /// To look at the permit again.
    Recheck,
}

/// 一次性告知: what is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The materials that are missing or wrong.
    pub materials: BTreeSet<MaterialId>,
    /// In words.
    pub text: String,
    /// It names something that an earlier notice did not: it counts against the department.
    pub against_department: bool,
    /// When it was given.
    pub given_at: Timestamp,
}

/// A formal permit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permit {
    /// The number of the certificate. Unique.
    pub number: String,
    /// It was an opinion before.
    pub converted: bool,
    /// When it was issued.
    pub issued_at: Timestamp,
}

/// Why an item ended without a permit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// Why.
    pub reason: String,
    /// What the enterprise can do about it.
    pub remedy: String,
    /// When.
    pub ended_at: Timestamp,
}

impl ItemState {
    /// Whether somebody still has to do something about it, or will have to.
    pub fn is_open(self) -> bool {
        match self {
            ItemState::Blocked
            | ItemState::Ready
            | ItemState::Submitted
            | ItemState::Correction
            | ItemState::UnderReview
            | ItemState::PreIssued => true,
            ItemState::Issued
            | ItemState::Refused
            | ItemState::NotAccepted
            | ItemState::Voided
            | ItemState::Revoked
            | ItemState::Withdrawn => false,
        }
    }

    /// Whether it waits for who applies: to submit, or to supply what a notice named.
    pub fn is_the_applicants(self) -> bool {
        matches!(self, ItemState::Ready | ItemState::Correction)
    }

    /// Whether it ended without a permit.
    pub fn is_dead(self) -> bool {
        !self.is_open() && self != ItemState::Issued
    }
}

impl Item {
    /// An item of a case that was just opened.
    pub(super) fn new(department: DepartmentId) -> Item {
        Item {
            state: ItemState::Blocked,
            attempt: 1,
            department,
            order: None,
            orders: 0,
            progress: None,
            wait: None,
            awaited: BTreeSet::new(),
            notices: Vec::new(),
            notices_against_department: 0,
            submitted_at: None,
            accepted_at: None,
            accepted_by_itself: false,
            reviews: Vec::new(),
            opinion: None,
            permit: None,
            ending: None,
        }
    }

    /// Whether its formal permit is being looked at again.
    pub fn is_rechecked(&self) -> bool {
        self.order.as_ref().is_some_and(|order| order.purpose == Purpose::Recheck)
    }

    /// Whether its formal permit stands and nobody looks at it again.
    pub fn is_firm(&self) -> bool {
        self.state == ItemState::Issued && !self.is_rechecked()
    }

    /// Whether a department owes its result, so that dispatch says by when.
    pub fn owes_result(&self) -> bool {
        self.state == ItemState::UnderReview
            || (matches!(self.state, ItemState::PreIssued | ItemState::Issued)
                && self.order.is_some())
    }

    /// Whether the result that a department owes is waited for by nobody: its order stands still.
    pub fn stands_still(&self) -> bool {
        self.owes_result() && self.progress.as_ref().is_some_and(Progress::stands_still)
    }

    /// By when its result is awaited: while it stands still, as if the pause lasted as long as it may.
    pub fn result_due(&self, calendar: &Calendar) -> Option<Due> {
        let due = self.wait?.due;
        let pause = self.progress.as_ref().and_then(|told| told.pause);
        let pause = pause.filter(|_| self.stands_still());
        Some(pause.map_or(due, |pause| clocks::due_after(due, pause, calendar)))
    }

    /// Everything that notices of this attempt named.
    pub fn named(&self) -> BTreeSet<&MaterialId> {
        self.notices.iter().flat_map(|notice| &notice.materials).collect()
    }
}
