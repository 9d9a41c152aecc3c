//! What may be asked of a ticket: by callers, by dispatch, by the directory, by time.

use base::{DepartmentId, EnterpriseId, File, PersonId, TicketId, WorkOrderId};
use jiff::Timestamp;

use super::State;
use super::alarm::AlarmKind;
use super::device::Device;
use super::round::CallBack;
use super::sight::Viewer;
use super::ticket::{RejectReason, Submission};
use super::work::{Heard, Rule};

/// What may be asked of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Blow the whistle 企业吹哨.
    Submit {
        /// Its name, chosen by the service.
        id: TicketId,
        /// Who asks.
        by: Viewer,
        /// What is submitted.
        submission: Box<Submission>,
        /// The enterprise's own 企业特派员, if it has one; then no other may submit for it.
        envoy: Option<PersonId>,
        /// What is asked of dispatch if no acceptance is needed.
        work: Box<Work>,
    },
    /// Take it in 受理.
    Accept {
        /// Who asks.
        by: Viewer,
        /// What is asked of dispatch.
        work: Box<Work>,
    },
    /// Do not take it in 不予受理; once accepted, propose or confirm that.
    Reject {
        /// Who asks.
        by: Viewer,
        /// Why.
        reason: RejectReason,
        /// Where the enterprise can turn instead.
        channel: String,
    },
    /// Let it go into an older one 并单.
    Merge {
        /// Who asks.
        by: Viewer,
        /// The older one.
        into: Box<Older>,
    },
    /// Undo a merge 拆单.
    Split {
        /// Who asks, why, and what is asked of dispatch.
        ask: Again,
    },
    /// Answer a consultation directly.
    AnswerDirectly {
        /// Who asks.
        by: Viewer,
        /// What the enterprise is told.
        text: String,
        /// What stays inside.
        internal_note: String,
    },
    /// Add to it 补充.
    Supplement {
        /// Who asks.
        by: Viewer,
        /// What is added.
        text: String,
    },
    /// Add a file to it 上传佐证.
    AddEvidence {
        /// Who asks.
        by: Viewer,
        /// The file, as it is kept.
        file: Box<File>,
    },
    /// Take it back 撤回.
    Withdraw {
        /// Who asks.
        by: Viewer,
        /// Why.
        reason: String,
    },
    /// Record a call to the enterprise 回访.
    CallBack {
        /// Who called.
        by: Viewer,
        /// The call.
        call: Box<CallBack>,
    },
    /// Give the verdict 评价.
    Rate {
        /// Who asks.
        by: Viewer,
        /// 5 非常满意 … 1 非常不满意.
        level: u8,
        /// Whether it was solved.
        solved: bool,
        /// In the enterprise's words.
        comment: String,
        /// Whom the device that it comes from was seen with, if that was named.
        device: Option<Device>,
    },
    /// Say whether a rating counts that was given in doubtful circumstances 核实.
    VerifyRating {
        /// Who asks.
        by: Viewer,
        /// The round that was rated.
        round: u32,
        /// Whether it counts.
        counts: bool,
        /// What was found.
        reason: String,
    },
    /// Have it done again 重办.
    Redo {
        /// Who asks, why, and what is asked of dispatch.
        ask: Again,
    },
    /// Propose to leave it unresolved.
    ProposeExplanation {
        /// Who asks.
        by: Viewer,
        /// What the enterprise is told.
        text: String,
        /// Where the enterprise can turn next.
        next_channel: String,
    },
    /// Decide on that.
    DecideExplanation {
        /// Who decides.
        by: Viewer,
        /// Whether it is left unresolved.
        approved: bool,
        /// Why.
        reason: String,
    },
    /// Have done what was put on plan 挂账恢复.
    ResumePlan {
        /// Who asks, why, and what is asked of dispatch.
        ask: Again,
    },
    /// Close it 办结.
    Close {
        /// Who asks.
        by: Viewer,
    },
    /// Open it again 重新打开.
    Reopen {
        /// Who asks, why, and what is asked of dispatch.
        ask: Again,
    },
    /// Appeal against a rejection or an explanation 申诉.
    Appeal {
        /// Who asks.
        by: Viewer,
        /// Why.
        reason: String,
    },
    /// Decide the appeal.
    DecideAppeal {
        /// Whether the enterprise is right.
        upheld: bool,
        /// Who decides, why, and what is asked of dispatch if so.
        ask: Again,
    },
    /// Read the contact unmasked; it is recorded and changes nothing.
    ReadContact {
        /// Who asks.
        by: Viewer,
    },
    /// Erase the contact; its value is gone in the same unit.
    EraseContact {
        /// Who asks.
        by: Viewer,
        /// On what the enterprise's request rests.
        reason: String,
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
    Ring(AlarmKind),
}

/// What is asked of dispatch, as far as the unit knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// What the catalogue says of the category now.
    pub rule: Rule,
    /// The lead department that the caller names.
    pub named: Option<DepartmentId>,
    /// The department that led before, or its successor.
    pub before: Option<DepartmentId>,
    /// The name of an order to be made, chosen by the service.
    pub work_order: WorkOrderId,
}

/// Who asks that a ticket be worked on again, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Again {
    /// Who asks.
    pub by: Viewer,
    /// Why.
    pub reason: String,
    /// What is asked of dispatch.
    pub work: Box<Work>,
}

/// The ticket that another shall go into, as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Older {
    /// Its name.
    pub id: TicketId,
    /// Whose it is.
    pub enterprise: EnterpriseId,
    /// The department that it complains of.
    pub complained: Option<DepartmentId>,
    /// When it was submitted.
    pub submitted_at: Timestamp,
    /// Where it stands.
    pub state: State,
}
