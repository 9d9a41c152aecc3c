//! The parts of a work order: what was asked, granted, returned, answered.

use base::{DepartmentId, Person, PersonId, WorkOrderId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::limits::Due;
use super::words::{Counted, Decision, Level, Outcome, PauseReason, Told};

/// An alarm that is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Armed {
    /// When it rings.
    pub at: Timestamp,
    /// Who was told when it rang last.
    pub told: Option<Told>,
}

/// Who asked for an exception (退单, 挂起, 延期). Another person rules on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asker {
    /// Who.
    pub by: PersonId,
    /// The same, whatever the account.
    pub human: PersonId,
}

impl Asker {
    /// A person who asks.
    pub fn of(by: &Person) -> Asker {
        Asker { by: by.id.clone(), human: by.human().clone() }
    }
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
    /// Who said so for it.
    #[serde(default)]
    pub asked_by: Option<Asker>,
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
    /// Who of it was on duty when it was asked: its duty officer, then its head.
    #[serde(default)]
    pub duty: Vec<PersonId>,
    /// By when.
    pub due: Due,
    /// When it was done.
    pub completed_at: Option<Timestamp>,
    /// When it was done without.
    #[serde(default)]
    pub waived_at: Option<Timestamp>,
}

impl Assistance {
    /// Whether it is neither done nor waived.
    pub fn is_open(&self) -> bool {
        self.completed_at.is_none() && self.waived_at.is_none()
    }
}

/// A pause (挂起): asked by the claimant, granted by the dispatcher; it runs from the asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkPause {
    /// Why.
    pub reason: PauseReason,
    /// In words.
    pub note: String,
    /// Who asked.
    #[serde(default)]
    pub asked_by: Option<Asker>,
    /// From when: the instant of asking.
    pub from: Timestamp,
    /// Until when at the latest.
    pub until: Timestamp,
    /// When the enterprise supplied what is awaited, if that was before the ruling, or was heard after
    /// the pause had run out.
    pub supplied_at: Option<Timestamp>,
    /// When the work went on.
    pub resumed_at: Option<Timestamp>,
    /// What was decided.
    pub decision: Option<Decision>,
    /// By when it must be decided.
    #[serde(default)]
    pub decision_due: Option<Due>,
    /// While it lasts: by when assisting orders are due if it lasts as long as it may.
    #[serde(default)]
    pub assistance_due: Option<Due>,
    /// With it the pauses of the round would be longer than the limit itself: a zone leader decides.
    #[serde(default)]
    pub beyond_limit: bool,
}

impl WorkPause {
    /// Whether it was granted.
    pub fn is_granted(&self) -> bool {
        self.decision == Some(Decision::Granted)
    }

    /// Whether the enterprise was awaited in vain until its own deadline. What it supplies after that
    /// was not supplied in time; what it supplied before was, however late that is heard.
    pub fn was_in_vain(&self, now: Timestamp) -> bool {
        let over = self.resumed_at.map_or(self.until <= now, |resumed| self.until <= resumed);
        let awaited = self.reason == PauseReason::AwaitingMaterials && self.is_granted();
        awaited && over && self.supplied_at.is_none_or(|supplied_at| self.until <= supplied_at)
    }
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

/// A later due instant (延期): asked by the claimant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Until when.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Who asked.
    #[serde(default)]
    pub asked_by: Option<Asker>,
    /// By when it must be decided.
    #[serde(default)]
    pub decision_due: Option<Due>,
    /// What was decided.
    pub decision: Option<Decision>,
}

/// An answer, as its department gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Who answers.
    pub by: PersonId,
    /// The same, whatever the account.
    pub human: PersonId,
    /// When.
    pub given_at: Timestamp,
    /// What became of the matter.
    pub outcome: Outcome,
    /// What the enterprise is told.
    pub answer: String,
    /// What stays inside.
    pub internal_note: String,
    /// Outcome planned: by when it is promised.
    pub planned_at: Option<Timestamp>,
    /// Assisting orders still open and overdue: the lateness is theirs.
    pub overdue_assistance: Vec<WorkOrderId>,
}

/// Who signs an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Signer {
    /// Who.
    pub by: PersonId,
    /// The same, whatever the account.
    pub human: PersonId,
}

/// Somebody above presses (催办, 督办), and the department answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supervision {
    /// How hard.
    pub level: Level,
    /// In words.
    pub note: String,
    /// When.
    pub asked_at: Timestamp,
    /// The due instant of the order for which it was said.
    pub for_due: Option<Timestamp>,
    /// By when the department must have answered.
    pub answer_due: Due,
    /// What it answered.
    pub answer: String,
    /// When it answered.
    pub answered_at: Option<Timestamp>,
}

/// How an order was routed, kept for the next of its kind (先例).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Precedent {
    /// The department that got it.
    pub department: DepartmentId,
    /// The number of the minutes, if a zone leader designated it.
    pub minutes: String,
    /// When.
    pub decided_at: Timestamp,
}

/// A round (轮次) that is over, as the league counts it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// Which.
    pub round: u32,
    /// The department that had it.
    pub department: Option<DepartmentId>,
    /// By when the answer was due.
    pub due: Option<Due>,
    /// It was withdrawn.
    pub cancelled: bool,
    /// Why.
    #[serde(default)]
    pub cancelled_reason: String,
    /// First contact came after its limit.
    pub contacted_late: Option<bool>,
    /// The answer came after what was promised.
    pub answered_late: Option<bool>,
    /// The enterprise's verdict.
    pub rating: Option<Rating>,
    /// Departments whose return was upheld.
    pub returned_by: Vec<DepartmentId>,
    /// By when the answer was promised to the enterprise.
    #[serde(default)]
    pub promised_at: Option<Timestamp>,
    /// The matter was closed after the zone's own limit; unknown until it is closed.
    #[serde(default)]
    pub closed_late: Option<bool>,
    /// By when first contact was due, if it was awaited in vain.
    #[serde(default)]
    pub contact_due: Option<Timestamp>,
    /// The answer named assistance that was overdue.
    #[serde(default)]
    pub assistance_overdue: bool,
}

/// The enterprise's verdict, as far as the league counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// What became of it, in the enterprise's eyes.
    pub outcome: Outcome,
    /// 5 非常满意 … 1 非常不满意; none if it was confirmed by call-back and not rated.
    pub level: Option<u8>,
    /// Whether the enterprise is content.
    pub confirmed: bool,
    /// Whether the league counts it.
    #[serde(default)]
    pub counted: Counted,
}
