//! The ticket 诉求单: what request keeps of one matter of an enterprise.

use std::collections::BTreeSet;

use base::{Actor, CategoryId, DepartmentId, EnterpriseId, PersonId, TicketId, WorkOrderId};
use calendar::Due;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

use super::State;
use super::work::Progress;

/// A request of an enterprise, from the first word to the last. Its facts, folded by
/// [`apply`](super::apply), give it; nothing else changes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its name.
    pub id: TicketId,
    /// What was submitted. Never changes.
    pub submission: Submission,
    /// Where it stands.
    pub state: State,
    /// The present round 轮次.
    pub round: Round,
    /// Everybody who claimed, contacted or answered, in any round: none of them may close it.
    pub concerned: BTreeSet<PersonId>,
    /// By when the present state must end; none while dispatch has the work, and when closed.
    pub due: Option<Due>,
    /// How often somebody was told that it is overdue in its present state.
    pub told_times: u32,
    /// When the alarm of its present state rings next.
    pub rings_at: Option<Timestamp>,
    /// When it was submitted 吹哨.
    pub submitted_at: Timestamp,
    /// When it was closed 办结.
    pub closed_at: Option<Timestamp>,
    /// When it last changed. Never runs back.
    pub changed_at: Timestamp,
}

/// What an enterprise submits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// What people say on the phone: `CS-2026-000083`.
    pub number: String,
    /// Whose.
    pub enterprise: EnterpriseId,
    /// What it is.
    pub kind: Kind,
    /// The category 事项.
    pub category: CategoryId,
    /// In one line.
    pub title: String,
    /// In the enterprise's words.
    pub text: String,
    /// SHA-256 of salt and contact; the contact itself is kept apart and never travels.
    #[serde(with = "hexadecimal")]
    pub contact_commitment: Vec<u8>,
    /// By which way it came 渠道.
    pub channel: String,
    /// 投资项目统一代码, if it is about a project.
    pub project_code: Option<String>,
    /// Where it was first recorded, if not here.
    pub origin: Option<Origin>,
    /// Who submitted it.
    pub submitted_by: Actor,
}

/// One round 轮次: the work asked for, its answer and the verdict on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// From 1.
    pub number: u32,
    /// The department that leads 主办, once accepted.
    pub lead: Option<DepartmentId>,
    /// The order in dispatch, once accepted.
    pub work_order: Option<WorkOrderId>,
    /// Where the work stands, as dispatch told it last.
    pub progress: Option<Progress>,
    /// What the enterprise is told, once answered.
    pub answer: Option<Answer>,
    /// The enterprise's verdict, once given.
    pub rating: Option<Rating>,
}

impl Round {
    /// The first round, before anybody has taken it in.
    pub fn first() -> Round {
        Round {
            number: 1,
            lead: None,
            work_order: None,
            progress: None,
            answer: None,
            rating: None,
        }
    }
}

/// The department's answer 办复.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What the enterprise is told.
    pub text: String,
    /// What became of it, in the department's eyes.
    pub outcome: Outcome,
    /// When it was given.
    pub answered_at: Timestamp,
}

/// The enterprise's verdict 评价.
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
}

/// Where a ticket was first recorded. Unique for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The system: `hotline-12345`.
    pub system: String,
    /// Its number there.
    pub number: String,
}

/// What a ticket is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// 咨询.
    Consultation,
    /// 求助.
    Help,
    /// 投诉.
    Complaint,
    /// 举报.
    Report,
    /// 建议.
    Suggestion,
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
}

impl Ticket {
    /// What became of it: the enterprise's word once it has one, else the department's.
    pub fn outcome(&self) -> Option<Outcome> {
        let rated = self.round.rating.as_ref().map(|rating| rating.outcome);
        rated.or_else(|| self.round.answer.as_ref().map(|answer| answer.outcome))
    }

    /// The first invariant that does not hold, by its id. One predicate for tests and sweeps.
    pub fn broken_invariant(&self) -> Option<&'static str> {
        let waits = !matches!(self.state, State::Accepted | State::Closed);
        let answered = !matches!(self.state, State::Submitted | State::Accepted);
        let level = self.round.rating.as_ref().map(|rating| rating.level);
        let answered_at = self.round.answer.as_ref().map(|answer| answer.answered_at);
        let instants =
            [Some(self.submitted_at), answered_at, self.closed_at, Some(self.changed_at)];
        let rules = [
            ("T1: who waits has a due instant and an armed alarm", {
                self.due.is_some() == waits && self.rings_at.is_some() == waits
            }),
            (
                "T2: a ticket that was taken in has a lead and an order, which has alarms of its own",
                {
                    let taken_in = self.state != State::Submitted;
                    self.round.lead.is_some() == taken_in
                        && self.round.work_order.is_some() == taken_in
                },
            ),
            ("T3: a ticket has an answer exactly from its answering on", {
                self.round.answer.is_some() == answered
            }),
            (
                "T4: content is level 3 and above, discontent is below",
                match self.state {
                    State::Submitted | State::Accepted | State::Answered => level.is_none(),
                    State::Confirmed | State::Closed => level.is_some_and(|level| 3 <= level),
                    State::Dissatisfied => level.is_some_and(|level| level <= 2),
                },
            ),
            ("T5: closed is closed at an instant", {
                self.closed_at.is_some() == (self.state == State::Closed)
            }),
            ("T6: time never runs back", instants.iter().flatten().is_sorted()),
        ];
        rules.into_iter().find(|(_, holds)| !holds).map(|(rule, _)| rule)
    }
}

/// Bytes as hexadecimal text, so that the stored form can be read.
mod hexadecimal {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        to.serialize_str(&digits)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let digits = String::deserialize(from)?;
        let pair =
            |at: usize| digits.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok());
        let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(pair).collect();
        bytes.ok_or_else(|| D::Error::custom("not hexadecimal"))
    }
}
