//! One round 轮次 of a ticket: the work asked for, its answer, the calls back and the verdict.

use base::{DepartmentId, PersonId, WorkOrderId};
use calendar::Due;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

use super::device::Doubt;
use super::evidence::Evidence;
use super::ticket::hexadecimal;
use super::work::Progress;

/// One round 轮次: the work asked for, its answer and the verdict on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// From 1.
    pub number: u32,
    /// Why it began.
    #[serde(default)]
    pub cause: Cause,
    /// Why, in words, if somebody asked for it.
    #[serde(default)]
    pub reason: String,
    /// When it began; the first with the submission.
    #[serde(default)]
    pub begun_at: Option<Timestamp>,
    /// From when its limits run, if not from its beginning: the promise of a merge undone, or of a
    /// rejection undone on appeal, has run all the while.
    #[serde(default)]
    pub limits_since: Option<Timestamp>,
    /// The department that leads 主办, once accepted and known.
    pub lead: Option<DepartmentId>,
    /// The order in dispatch, once accepted.
    pub work_order: Option<WorkOrderId>,
    /// The order is no longer wanted: another one follows it, if any does.
    #[serde(default)]
    pub withdrawn: bool,
    /// Where the work stands, as dispatch told it last.
    pub progress: Option<Progress>,
    /// A department had claimed it, whoever has it now.
    #[serde(default)]
    pub was_claimed: bool,
    /// What the enterprise is told, once answered.
    pub answer: Option<Answer>,
    /// The dispatcher's calls back 回访, in order.
    #[serde(default)]
    pub call_backs: Vec<CallBack>,
    /// The files that were added in it, in order.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// What the enterprise says of it, by rating or in a call back, while that moves something.
    #[serde(default)]
    pub verdict: Option<Verdict>,
    /// The enterprise's own rating, once given.
    pub rating: Option<Rating>,
}

/// Why a round began.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Display,
    EnumIter,
    EnumString,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Cause {
    /// 吹哨: the first.
    #[default]
    Submitted,
    /// 重办: the enterprise was not content.
    Redo,
    /// 挂账恢复: what was promised is to be done now.
    Plan,
    /// 重新打开: a new fact, or a promise not kept.
    Reopen,
    /// 申诉成立.
    Appeal,
    /// 拆单: a merge was undone.
    Split,
}

/// The answer 办复, of the department or, given directly, of the dispatcher.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What the enterprise is told.
    pub text: String,
    /// What stays inside.
    #[serde(default)]
    pub internal_note: String,
    /// What became of it, in the department's eyes.
    pub outcome: Outcome,
    /// Who signed it 签发, where a signature is needed.
    #[serde(default)]
    pub signer: Option<PersonId>,
    /// The dispatcher gave it, without a department.
    #[serde(default)]
    pub directly: bool,
    /// When it was given.
    pub answered_at: Timestamp,
}

/// A call of the dispatcher to the enterprise 回访.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallBack {
    /// Under which name the number called is kept, apart from the ticket.
    pub kept_as: String,
    /// SHA-256 of salt and number; the number itself never travels.
    #[serde(with = "hexadecimal")]
    pub number_commitment: Vec<u8>,
    /// When it began.
    pub started_at: Timestamp,
    /// How long it took, in seconds.
    pub seconds: u32,
    /// The recording.
    pub recording: String,
    /// What the enterprise said, if it was reached.
    pub reached: Option<Reached>,
    /// Who called.
    pub caller: PersonId,
}

/// What the enterprise said in a call back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// 5 非常满意 … 1 非常不满意; none of a withdrawn ticket, whose work is not judged.
    pub level: Option<u8>,
    /// Whether it was solved, in its eyes.
    pub solved: bool,
    /// In its words.
    pub comment: String,
}

impl CallBack {
    /// When it ended.
    pub fn ended_at(&self) -> Timestamp {
        let length = SignedDuration::from_secs(i64::from(self.seconds));
        self.started_at.checked_add(length).unwrap_or(Timestamp::MAX)
    }

    /// Whether it cannot be another call than one recorded before: it has the same recording, or lies in
    /// the same time.
    pub fn repeats(&self, earlier: &CallBack) -> bool {
        let begins_in = |one: &CallBack, other: &CallBack| {
            other.started_at <= one.started_at && one.started_at < other.ended_at()
        };
        self.recording == earlier.recording
            || self.started_at == earlier.started_at
            || begins_in(self, earlier)
            || begins_in(earlier, self)
    }
}

/// What the enterprise says of a round, by either way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// 5 非常满意, 4 满意, 3 基本满意, 2 不满意, 1 非常不满意.
    pub level: u8,
    /// Whether it was solved, in its eyes.
    pub solved: bool,
    /// What became of it, in its eyes.
    pub outcome: Outcome,
    /// In its words.
    pub comment: String,
    /// When it was given.
    pub given_at: Timestamp,
    /// It was said in a call back.
    pub by_call_back: bool,
    /// If it is doubtful, so that it is verified before it is counted: by when.
    #[serde(default)]
    pub verify_due: Option<Due>,
    /// Why it is doubtful.
    #[serde(default)]
    pub doubts: Vec<Doubt>,
}

/// The enterprise's own rating 评价.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// 5 非常满意, 4 满意, 3 基本满意, 2 不满意, 1 非常不满意.
    pub level: u8,
    /// Whether it was solved, in the enterprise's eyes.
    pub solved: bool,
    /// What became of it, in the enterprise's eyes.
    pub outcome: Outcome,
    /// In its words.
    pub comment: String,
    /// When it was given.
    pub rated_at: Timestamp,
    /// If it is doubtful, so that it is verified before it is counted: by when.
    #[serde(default)]
    pub verify_due: Option<Due>,
    /// Why it is doubtful.
    #[serde(default)]
    pub doubts: Vec<Doubt>,
}

impl From<&Verdict> for Rating {
    fn from(verdict: &Verdict) -> Rating {
        Rating {
            level: verdict.level,
            solved: verdict.solved,
            outcome: verdict.outcome,
            comment: verdict.comment.clone(),
            rated_at: verdict.given_at,
            verify_due: verdict.verify_due,
            doubts: verdict.doubts.clone(),
        }
    }
}

/// What became of a request. Distinct, never folded.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// 解决.
    Solved,
    /// 部分解决.
    Partly,
    /// 未解决-解释.
    Explained,
    /// 服务确认: not solved, and the enterprise accepts the service.
    ServiceConfirmed,
    /// 企业未补充: the enterprise did not supply what was awaited in time.
    NotSupplemented,
    /// 列入计划 (挂账): promised for a date; unsolved meanwhile.
    Planned,
}

impl Round {
    /// The first round, before anybody has taken it in.
    pub fn first(begun_at: Timestamp) -> Round {
        Round {
            number: 1,
            cause: Cause::Submitted,
            reason: String::new(),
            begun_at: Some(begun_at),
            limits_since: None,
            lead: None,
            work_order: None,
            withdrawn: false,
            progress: None,
            was_claimed: false,
            answer: None,
            evidence: Vec::new(),
            call_backs: Vec::new(),
            verdict: None,
            rating: None,
        }
    }

    /// Whether anything was done in it: then what follows is another round.
    pub fn is_used(&self) -> bool {
        self.work_order.is_some() || self.answer.is_some()
    }

    /// From when its limits run.
    pub fn limits_run_from(&self) -> Option<Timestamp> {
        self.limits_since.or(self.begun_at)
    }

    /// What became of it: the enterprise's word once it has one, else the department's.
    pub fn outcome(&self) -> Option<Outcome> {
        let said = self.verdict.as_ref().map(|verdict| verdict.outcome);
        said.or_else(|| self.answer.as_ref().map(|answer| answer.outcome))
    }

    /// The order that answered it, for whom it is to the credit of; none if the dispatcher
    /// answered it directly.
    pub fn credited(&self) -> Option<&WorkOrderId> {
        let directly = self.answer.as_ref().is_some_and(|answer| answer.directly);
        self.work_order.as_ref().filter(|_| !directly)
    }
}
