//! What request and dispatch say to one another: the work that is asked for, and what is heard of it.

use base::{DepartmentId, PersonId, WorkOrderId};
use calendar::{Intake, Limit};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

use super::round::{Answer, Round};

/// What the catalogue 事项目录 says of a category, as of one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The department that leads 主办.
    pub lead: DepartmentId,
    /// Departments that may be asked to assist 协办; a suggestion.
    pub suggested_assisting: Vec<DepartmentId>,
    /// How hard it is.
    pub work_class: WorkClass,
    /// The limits; dispatch computes the due instants.
    pub limits: Vec<WorkLimit>,
    /// Tickets of it need no dispatcher to take them in.
    pub accepts_by_itself: bool,
    /// Who is on duty for the whole zone 总值班; needed by class urgent alone.
    pub zone_duty: Option<PersonId>,
    /// The version of the catalogue.
    pub version: u32,
}

impl Rule {
    /// Whether a ticket is taken in without a dispatcher: by the catalogue, or because it is
    /// urgent.
    pub fn needs_no_acceptance(&self) -> bool {
        self.accepts_by_itself || self.work_class == WorkClass::Urgent
    }
}

/// One limit of a piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkLimit {
    /// What it is for.
    pub kind: LimitKind,
    /// Whose limit.
    pub tier: LimitTier,
    /// How long.
    pub time: Limit,
    /// From when.
    pub start: LimitStart,
    /// How a start outside office hours is read.
    pub intake: Intake,
}

/// How hard a matter is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WorkClass {
    /// Historic or hard.
    A,
    /// Across departments.
    B,
    /// Simple.
    C,
    /// 应急 (停电, 燃气, 断水, 消防): no acceptance step.
    Urgent,
}

/// What a limit is for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LimitKind {
    /// 签收.
    Claim,
    /// 报到.
    Contact,
    /// 办复.
    Reply,
}

/// Whose limit it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LimitTier {
    /// 法定.
    Statutory,
    /// 承诺.
    Promised,
    /// 加码.
    Tightened,
}

/// From when a limit runs.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LimitStart {
    /// The enterprise submitted the ticket.
    Submitted,
    /// The order was offered to the department.
    Offered,
    /// The order was claimed.
    Claimed,
}

/// Where the work stands, as dispatch told it last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The state of the order, in dispatch's words.
    pub state: WorkState,
    /// The department that has it; none while it waits for one.
    pub department: Option<DepartmentId>,
    /// The department that has claimed it: it may see the contact.
    pub claimed_by: Option<DepartmentId>,
    /// By when first contact is due.
    pub contact_due: Option<WorkDue>,
    /// By when the answer is due.
    pub reply_due: Option<WorkDue>,
    /// When first contact was made.
    pub contacted_at: Option<Timestamp>,
}

/// The states of an order, in dispatch's words.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WorkState {
    /// 待派单: no department fits; the dispatcher finds one.
    Unrouted,
    /// 待签收.
    Offered,
    /// 已签收.
    Claimed,
    /// 办理中.
    InProgress,
    /// 退单待裁定.
    ReturnPending,
    /// 提级: a zone leader designates the department.
    Escalated,
    /// 挂起.
    Suspended,
    /// 待签发: answered, waits for a signature.
    AwaitingSignature,
    /// 已办复.
    Completed,
    /// 已撤销: no longer wanted.
    Cancelled,
}

/// A due instant of dispatch, as told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkDue {
    /// The instant.
    pub at: Timestamp,
    /// Computed with a year that is not yet published.
    pub provisional: bool,
    /// The version of the catalogue that set the limit.
    pub rule_version: u32,
    /// The version of the calendar that it was counted with.
    pub calendar_version: u32,
    /// Which tier binds.
    pub tier: Option<LimitTier>,
}

/// A fact of dispatch about an order that was asked for here. It takes effect at its own instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Which order.
    pub work_order: WorkOrderId,
    /// When it happened there.
    pub occurred_at: Timestamp,
    /// What happened.
    pub news: News,
}

/// What is heard of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The work moved.
    Moved {
        /// Where it stands now, all of it.
        progress: Box<Progress>,
        /// Who had a hand in that.
        concerned: Vec<PersonId>,
    },
    /// An assisting order was completed by these people.
    Assisted {
        /// Who had a hand in it.
        concerned: Vec<PersonId>,
    },
    /// The department answered 办复.
    Completed(Box<Completion>),
    /// The order was cancelled 撤销, as it was asked to be.
    Cancelled,
}

/// The department's answer, as dispatch tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The round that it answers.
    pub round: u32,
    /// The answer; it is as of the instant of the fact.
    pub answer: Answer,
    /// If it puts the matter on plan 挂账: by when it is promised.
    pub planned_until: Option<Timestamp>,
    /// Who had a hand in it.
    pub concerned: Vec<PersonId>,
}

/// The kinds of [`News`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum HeardKind {
    /// The work moved.
    WorkMoved,
    /// An assisting order was completed.
    WorkAssisted,
    /// The department answered.
    WorkCompleted,
    /// The order was cancelled.
    WorkCancelled,
}

impl News {
    /// Its kind.
    pub fn kind(&self) -> HeardKind {
        match self {
            News::Moved { .. } => HeardKind::WorkMoved,
            News::Assisted { .. } => HeardKind::WorkAssisted,
            News::Completed(_) => HeardKind::WorkCompleted,
            News::Cancelled => HeardKind::WorkCancelled,
        }
    }
}

impl Progress {
    /// Where the work of a round stands, before dispatch has told anything by what was asked.
    pub fn of(round: &Round) -> Progress {
        let asked = || match &round.lead {
            Some(lead) => Progress::with(WorkState::Offered, Some(lead.clone())),
            None => Progress::with(WorkState::Unrouted, None),
        };
        round.progress.clone().unwrap_or_else(asked)
    }

    fn with(state: WorkState, department: Option<DepartmentId>) -> Progress {
        Progress {
            state,
            department,
            claimed_by: None,
            contact_due: None,
            reply_due: None,
            contacted_at: None,
        }
    }
}
