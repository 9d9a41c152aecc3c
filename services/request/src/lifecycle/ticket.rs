//! The ticket 诉求单: what request keeps of one matter of an enterprise.

use std::collections::BTreeSet;

use base::{Actor, CategoryId, DepartmentId, EnterpriseId, PersonId, TicketId};
use calendar::Due;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

use super::State;
use super::device::Doubt;
use super::round::{Outcome, Round};
use super::work::Rule;

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
    /// The rounds before it, oldest first, each with its own answer and verdict.
    #[serde(default)]
    pub earlier: Vec<Round>,
    /// The department that a complaint is about, or its successor: it can neither lead, assist
    /// nor see the contact.
    #[serde(default)]
    pub complained: Option<DepartmentId>,
    /// What the work goes by, as the catalogue said when it was last asked for.
    #[serde(default)]
    pub rule: Option<Rule>,
    /// Everybody who claimed, contacted, signed or answered, in any round: none of them may call
    /// back or close it.
    pub concerned: BTreeSet<PersonId>,
    /// Everybody who rejected it, or proposed or decided on an explanation: none of them may
    /// decide the appeal.
    #[serde(default)]
    pub ruled_by: BTreeSet<PersonId>,
    /// As proposed while ACCEPTED, in force while REJECTED.
    #[serde(default)]
    pub rejection: Option<Rejection>,
    /// As proposed while DISSATISFIED, in force while CLOSED_UNRESOLVED.
    #[serde(default)]
    pub explanation: Option<Explanation>,
    /// The enterprise's appeal, once in its life.
    #[serde(default)]
    pub appeal: Option<Appeal>,
    /// The older ticket that it went into; only while MERGED.
    #[serde(default)]
    pub merged_into: Option<TicketId>,
    /// Why it was withdrawn; only while WITHDRAWN.
    #[serde(default)]
    pub withdrawal: Option<Withdrawal>,
    /// When what was put on plan is reviewed next; only while ON_PLAN.
    #[serde(default)]
    pub review: Option<Reckoned>,
    /// The ratings that waited for verification 待核实, or still do, oldest first.
    #[serde(default)]
    pub verifications: Vec<Verification>,
    /// How often it was reopened.
    #[serde(default)]
    pub reopened_times: u32,
    /// By when the present state must end; none while dispatch has the work, and at rest.
    pub due: Option<Due>,
    /// From when that due instant is reckoned.
    #[serde(default)]
    pub waits_since: Option<Timestamp>,
    /// How often somebody was told that it is overdue in its present state.
    pub told_times: u32,
    /// When the alarm of its present state rings next.
    pub rings_at: Option<Timestamp>,
    /// When it was submitted 吹哨.
    pub submitted_at: Timestamp,
    /// When it was closed 办结, solved or unresolved.
    pub closed_at: Option<Timestamp>,
    /// When its contact was erased 个人信息删除.
    #[serde(default)]
    pub contact_erased_at: Option<Timestamp>,
    /// When it last moved, on its way or in its work: what is heard takes effect no earlier. What is
    /// only noted of it moves nothing. Never runs back.
    #[serde(default)]
    pub moved_at: Option<Timestamp>,
    /// When it last changed, or was added to. Never runs back.
    pub changed_at: Timestamp,
}

/// A due instant, and from when it is reckoned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reckoned {
    /// The due instant.
    pub due: Due,
    /// From when.
    pub since: Timestamp,
}

/// A rating that is looked at before it is counted 核实.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// The round that was rated.
    pub round: u32,
    /// By when somebody must have looked at it; after that it counts as it stands.
    pub awaited: Reckoned,
    /// Why it is looked at. Where that was not yet kept it was for haste.
    #[serde(default = "hasty")]
    pub doubts: Vec<Doubt>,
    /// Whether it counts, once that is known; nobody gave a reason if nobody looked in time.
    pub decision: Option<Decision>,
}

fn hasty() -> Vec<Doubt> {
    vec![Doubt::Hasty]
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
    /// The department that a complaint 投诉 is about.
    #[serde(default)]
    pub complained: Option<DepartmentId>,
    /// Where it was first recorded, if not here.
    pub origin: Option<Origin>,
    /// Who submitted it.
    pub submitted_by: Actor,
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

/// Why a ticket is not taken in: a closed list.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RejectReason {
    /// 外辖区.
    OutsideZone,
    /// 已诉讼仲裁复议.
    InProceedings,
    /// 涉密.
    Classified,
    /// 民事纠纷.
    CivilDispute,
    /// 无明确诉求.
    NoClearRequest,
}

/// A rejection 不予受理, or the proposal of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Why.
    pub reason: RejectReason,
    /// Where the enterprise can turn instead.
    pub channel: String,
    /// Who proposed it, and for whom.
    pub by: Vec<PersonId>,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// When it came into force.
    pub rejected_at: Option<Timestamp>,
}

/// Why a claim cannot be met: unlawful, or impossible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// What the enterprise is told.
    pub text: String,
    /// Where the enterprise can turn next.
    pub next_channel: String,
    /// Who proposed it, and for whom.
    pub by: Vec<PersonId>,
    /// When it was proposed.
    pub proposed_at: Timestamp,
}

/// An appeal 申诉 against a rejection or an explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeal {
    /// Why, in the enterprise's words.
    pub reason: String,
    /// When it was made.
    pub appealed_at: Timestamp,
    /// What was decided.
    pub decision: Option<Decision>,
}

/// What somebody decided, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Yes or no.
    pub granted: bool,
    /// Why.
    pub reason: String,
    /// When.
    pub decided_at: Timestamp,
}

/// A withdrawal 撤回 by the enterprise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// Why.
    pub reason: String,
    /// When.
    pub withdrawn_at: Timestamp,
}

impl Ticket {
    /// What became of it in its present round: the enterprise's word once it has one, else the
    /// department's.
    pub fn outcome(&self) -> Option<Outcome> {
        self.round.outcome()
    }

    /// Whether a department had ever claimed its work, in whichever round.
    pub fn was_claimed(&self) -> bool {
        self.rounds().any(|round| round.was_claimed)
    }

    /// All rounds, oldest first.
    pub fn rounds(&self) -> impl Iterator<Item = &Round> {
        self.earlier.iter().chain([&self.round])
    }

    /// Whether somebody ruled on something that now waits for nobody but an appeal, and one waits.
    pub fn appeal_waits(&self) -> bool {
        self.appeal.as_ref().is_some_and(|appeal| appeal.decision.is_none())
    }

    /// The ratings that wait for verification, oldest first.
    pub fn verifications_awaited(&self) -> impl Iterator<Item = &Verification> {
        self.verifications.iter().filter(|of| of.decision.is_none())
    }

    /// Whether a rejection of the accepted ticket waits for a second person.
    pub fn rejection_waits(&self) -> bool {
        self.state == State::Accepted && self.rejection.is_some()
    }
}

/// Bytes as hexadecimal text, so that the stored form can be read.
pub(super) mod hexadecimal {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(in crate::lifecycle) fn serialize<S: Serializer>(
        bytes: &[u8],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        to.serialize_str(&digits)
    }

    pub(in crate::lifecycle) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<u8>, D::Error> {
        let digits = String::deserialize(from)?;
        let pair =
            |at: usize| digits.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok());
        let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(pair).collect();
        bytes.ok_or_else(|| D::Error::custom("not hexadecimal"))
    }
}
