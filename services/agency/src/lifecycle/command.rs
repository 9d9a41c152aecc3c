//! What may be asked of a case: by callers, by dispatch, by the directory, by time.

use std::collections::BTreeSet;

use base::{CaseId, DepartmentId, File, ItemId, MaterialId, PersonId};
use calendar::Limit;
use jiff::Timestamp;

use super::alarm::Alarm;
use super::case::Opening;
use super::mandate::Scope;
use super::material::Source;
use super::procedure::Trait;
use super::sight::Viewer;
use super::work::Heard;

/// What may be asked of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Open it.
    Open {
        /// Its name, chosen by the service.
        id: CaseId,
        /// Who asks.
        by: Viewer,
        /// What it is opened with.
        opening: Box<Opening>,
    },
    /// Something of the case as a whole.
    Case {
        /// Who asks.
        by: Viewer,
        /// What.
        ask: CaseAsk,
    },
    /// Something of one item.
    Item {
        /// Who asks.
        by: Viewer,
        /// Which item.
        item: ItemId,
        /// What.
        ask: ItemAsk,
    },
    /// The directory told of an agent: whether they are active and still an agent. Never refused.
    AgentActs {
        /// Who, whatever the account.
        agent: PersonId,
        /// Whether they are.
        acts: bool,
    },
    /// A department was dissolved and another took its place. Never refused.
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

/// What may be asked of a case as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseAsk {
    /// 签署委托书, by the enterprise.
    SignMandate {
        /// What the agent may do.
        scope: Scope,
        /// SHA-256 of the document, in hexadecimal.
        document_sha256: String,
        /// Another agent may take it over.
        may_pass_on: bool,
        /// When it ends by itself.
        expires_at: Timestamp,
    },
    /// 撤销委托, by the enterprise.
    RevokeMandate {
        /// Why.
        reason: String,
    },
    /// Hand in a material, or say where the enterprise gave it before.
    AddMaterial {
        /// Which one.
        material: MaterialId,
        /// The file.
        file: File,
        /// Where it comes from.
        source: Source,
    },
    /// 容缺承诺.
    PromiseMaterial {
        /// Which one.
        material: MaterialId,
        /// By when.
        until: Timestamp,
    },
    /// Begin the items.
    Start,
    /// 签署承诺书, by the enterprise.
    SignCommitment {
        /// What the project is, of what a negative list can name.
        traits: BTreeSet<Trait>,
        /// The enterprise has a clean credit record.
        credit_clean: bool,
        /// The legal representative, as the letter names them.
        representative: String,
        /// SHA-256 of the letter, in hexadecimal.
        letter_sha256: String,
        /// By when there is land.
        land_until: Timestamp,
    },
    /// 拿地.
    RecordLandAcquired,
    /// 中止.
    Suspend {
        /// Why.
        reason: String,
    },
    /// 续办.
    Resume,
    /// 交接 to another agent.
    HandOver {
        /// To whom.
        to: PersonId,
        /// Why.
        reason: String,
    },
    /// 终止: the agent does no more.
    Terminate {
        /// Why.
        reason: String,
    },
    /// 送达.
    Deliver,
    /// 回访.
    FollowUp {
        /// What the enterprise said.
        note: String,
    },
    /// 归档.
    Archive,
}

/// What may be asked of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemAsk {
    /// 递交.
    Submit,
    /// 一次性告知.
    Correct {
        /// What is missing or wrong.
        materials: BTreeSet<MaterialId>,
        /// In words.
        text: String,
    },
    /// What was named is there.
    Supply,
    /// 受理.
    Accept,
    /// 不予受理.
    NotAccept {
        /// Why.
        reason: String,
        /// What the enterprise can do about it.
        remedy: String,
    },
    /// 出具预审意见.
    PreIssue {
        /// The opinion.
        opinion: String,
    },
    /// 转正式.
    Convert {
        /// The number of the certificate.
        certificate: String,
    },
    /// 出证.
    Issue {
        /// The number of the certificate.
        certificate: String,
    },
    /// 不予许可.
    Refuse {
        /// Why.
        reason: String,
        /// What the enterprise can do about it.
        remedy: String,
    },
    /// 作废.
    Void {
        /// Why.
        reason: String,
    },
    /// 复核.
    Recheck {
        /// Whether the permit stands.
        upheld: bool,
        /// Why, in writing.
        reason: String,
    },
    /// 重新申请.
    Reapply {
        /// What is different now.
        reason: String,
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
}

/// "What if": an item takes longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatIf {
    /// Which item.
    pub item: ItemId,
    /// By how much.
    pub longer: Limit,
}
