//! What may be asked of an application.

use std::sync::Arc;

use base::{ApplicationId, BudgetId, DepartmentId, Fen};

use super::super::By;
use super::super::policy::Snapshot;
use super::account::Payee;
use super::alarm::Alarm;
use super::kept::{Document, Lack, Minutes, Office, Opening, Seen};
use super::notice::NoticeList;
use super::sampling::Draw;
use super::work::Heard;

/// What may be asked of an application. Roles are checked before; whether it is their own enterprise
/// too. What people are compared by is [`By::person`].
#[derive(Clone, Debug)]
pub enum ApplicationCommand {
    /// 免申即享: the enterprise was found by matching.
    Match {
        /// Its name.
        id: ApplicationId,
        /// What it is opened with.
        opening: Box<Opening>,
        /// What was read in the unit.
        seen: Box<Seen>,
    },
    /// 申报.
    Apply {
        /// Its name.
        id: ApplicationId,
        /// Who applies.
        by: By,
        /// They act for the enterprise themselves: an account that they name is confirmed by it. An
        /// envoy does not.
        by_enterprise: bool,
        /// What it is opened with.
        opening: Box<Opening>,
        /// What was read in the unit.
        seen: Box<Seen>,
    },
    /// Somebody asks.
    Ask {
        /// Who.
        by: By,
        /// What.
        ask: Ask,
    },
    /// Money came free: what the budget lines of its policy have left, read under lock in the unit.
    /// Never refused; too little still, and nothing happens.
    Dequeue {
        /// Each line with what is free in it.
        free: Vec<(BudgetId, Fen)>,
    },
    /// Its policy was closed, repealed, or has run out: what waits for the enterprise's will lapses.
    /// Never refused.
    PolicyEnded,
    /// A department is dissolved, and another takes its place. Never refused.
    Succeed {
        /// The department that is no more.
        department: DepartmentId,
        /// The one that takes its place.
        successor: DepartmentId,
    },
    /// Note what dispatch told. Never refused.
    Hear(Heard),
    /// A year of the calendar was published or amended; the moment's calendar has it. Never
    /// refused.
    Recount,
    /// An alarm rings. Never refused.
    Ring(Alarm),
}

/// What somebody may ask of an application.
#[derive(Clone, Debug)]
pub enum Ask {
    /// 确认匹配, by the enterprise.
    ConfirmMatch {
        /// Where it wants to be paid.
        payee: Payee,
        /// What was read in the unit.
        seen: Box<Seen>,
    },
    /// 一次性告知, by the form checker.
    ReturnForSupplement {
        /// Everything that is missing.
        lacks: Vec<Lack>,
    },
    /// 补正, by the enterprise.
    Supplement {
        /// What is known of the enterprise, and what it claims now.
        snapshot: Snapshot,
        /// What was handed in, the old and the new.
        documents: Vec<Document>,
    },
    /// 受理, by the form checker. The checks follow, and may reject it.
    Accept {
        /// M5: the facts, verified.
        snapshot: Snapshot,
        /// What was read in the unit.
        seen: Box<Seen>,
    },
    /// 不予受理, by the form checker.
    NotAccept {
        /// Why.
        reason: String,
        /// What the enterprise can do about it.
        remedy: String,
    },
    /// 初审.
    Review {
        /// How much it is to get: what was computed, or less.
        amount: Fen,
        /// Why less; empty if it is not.
        reason: String,
        /// What was found.
        opinion: String,
        /// M12: how many other claims of the enterprise are just under the threshold, within the days
        /// of the rule.
        near_others: u32,
    },
    /// 复核.
    SecondReview {
        /// What was found.
        opinion: String,
        /// What is free in each budget line of its policy, read under lock in the unit.
        free: Vec<(BudgetId, Fen)>,
    },
    /// 公示开始, for every application on the list: it is asked of one of them.
    StartNotice {
        /// What is published.
        list: Arc<NoticeList>,
        /// The application that keeps the list, where it follows from that; none where it is asked.
        kept_by: Option<ApplicationId>,
    },
    /// 提出异议.
    RaiseObjection {
        /// In writing.
        text: String,
        /// They object for the enterprise itself.
        as_applicant: bool,
    },
    /// 处理异议.
    DecideObjection {
        /// Which.
        number: u32,
        /// 成立.
        upheld: bool,
        /// Why, in writing.
        reason: String,
    },
    /// 确认收款账户, by the enterprise.
    ConfirmAccount {
        /// Where it wants to be paid.
        payee: Payee,
    },
    /// 批准.
    Approve {
        /// In which capacity.
        office: Office,
        /// The minutes, above the threshold.
        minutes: Option<Minutes>,
    },
    /// 不予通过, by a reviewer.
    Reject {
        /// Why.
        reason: String,
        /// What the enterprise can do about it.
        remedy: String,
    },
    /// 撤回, by the enterprise.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// 改派, by the dispatcher, after the department declined.
    Redirect {
        /// The department that has it now.
        to: DepartmentId,
        /// Why.
        reason: String,
    },
    /// 抽样: it was drawn for a sample.
    Sample {
        /// How.
        draw: Arc<Draw>,
        /// Whether the others of the sample are told from here.
        spreads: bool,
    },
}
