//! An application as it is kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{
    ApplicationId, BudgetId, DepartmentId, DisbursementId, EnterpriseId, Fen, PersonId, WorkOrderId,
};
use calendar::Moment;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};

use super::super::policy::{
    CapLine, Failing, NoticeMode, PolicyVersion, Repetition, Snapshot, State as PolicyState, Terms,
    cap_lines, repetitions,
};
use super::account::Payee;
use super::limits::{Promised, Wait, today};
use super::notice::Notice;
use super::objection::Objection;
use super::people::People;
use super::sampling::Draw;
use super::segments::Segments;
use super::splitting::Splitting;
use super::tables::State;
use super::work::{Order, Progress};

/// An application 申请: one enterprise's claim under one version of one policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Its name.
    pub id: ApplicationId,
    /// What it was opened with.
    pub opening: Opening,
    /// Where it stands.
    pub state: State,
    /// The day of the application, or of the match, by the zone's clock: the period that it counts in.
    pub dated: Date,
    /// M5: the facts that it is judged by: first as they were filed, then as they were verified at the
    /// acceptance.
    pub snapshot: Snapshot,
    /// M1: what the formula gives on those facts.
    pub computed: Fen,
    /// What it is to get: never more than the formula gives.
    pub amount: Fen,
    /// The review gave less than the formula, and why.
    pub lowered: Option<Lowered>,
    /// M3: the zone's cap for each enterprise and year across all policies, as it was at the
    /// acceptance.
    pub annual_cap: Option<Fen>,
    /// Where it is paid to.
    pub payee: Option<Payee>,
    /// Who had which part in it.
    pub people: People,
    /// The one notice of what is missing.
    pub supplement: Option<Supplement>,
    /// The department that reviews it.
    pub department: DepartmentId,
    /// The department that reviews it a second time: the first of those that pay.
    pub second_department: DepartmentId,
    /// How many orders were asked for.
    pub orders: u32,
    /// The order that a department has for it now.
    pub order: Option<Order>,
    /// Where that order stands.
    pub progress: Option<Progress>,
    /// The first review, the last time.
    pub review: Option<Opinion>,
    /// The second review, while it holds.
    pub second: Option<Opinion>,
    /// The budget year that it is paid from, once money was set aside.
    pub budget_year: Option<i16>,
    /// What is set aside for it, softly, in each budget line.
    pub held: Vec<(BudgetId, Fen)>,
    /// Since when it waits for the budget: the policy's queue is in this order.
    pub queued_at: Option<Timestamp>,
    /// Its notice, the last one.
    pub notice: Option<Notice>,
    /// What was objected to it.
    pub objections: Vec<Objection>,
    /// What was approved.
    pub approved: Option<Approved>,
    /// Why it gets nothing.
    pub refused: Option<Refused>,
    /// M12: it is one of several just under the threshold.
    pub splitting: Option<Splitting>,
    /// M11: the samples that it was drawn for.
    pub draws: Vec<Draw>,
    /// What it waits for: every state that is not final has one.
    pub wait: Option<Wait>,
    /// What the enterprise was promised, from the submission on.
    pub promised: Option<Promised>,
    /// t0 to t7.
    pub segments: Segments,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it last changed. Never runs back.
    pub changed_at: Timestamp,
}

/// What an application is opened with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The number that people say for it: `SQ-2026-000001`.
    pub number: String,
    /// Whose it is.
    pub enterprise: EnterpriseId,
    /// The version that it is made under, whole: what becomes of the policy later changes nothing.
    #[serde(with = "shared")]
    pub version: Arc<PolicyVersion>,
    /// What is known of the enterprise, and what it claims.
    pub snapshot: Snapshot,
    /// What was handed in.
    pub documents: Vec<Document>,
    /// Where it wants to be paid, if it has said so.
    pub payee: Option<Payee>,
}

/// A file that was handed in, by its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What it is called.
    pub name: String,
    /// SHA-256 in lower-case hexadecimal.
    pub sha256: String,
}

impl Document {
    /// Whether it has a name, and its hash is one.
    pub fn is_hashed(&self) -> bool {
        let hexadecimal = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        !self.name.trim().is_empty()
            && self.sha256.len() == 64
            && self.sha256.bytes().all(hexadecimal)
    }
}

/// What was read in the same unit, under lock, before something is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Where the policy stands.
    pub policy: PolicyState,
    /// M6: until when the enterprise is barred for fraud.
    pub barred_until: Option<Timestamp>,
    /// M4: how many other live applications bear each key of [`Application::repetitions`].
    pub borne: BTreeMap<String, u32>,
    /// M3: what other live applications use of each line of [`Application::cap_lines`].
    pub used: BTreeMap<String, Fen>,
    /// M3: the zone's cap for each enterprise and year across all policies.
    pub annual_cap: Option<Fen>,
}

/// 一次性告知: everything that is missing, at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supplement {
    /// What is missing or wrong: at least one.
    pub lacks: Vec<Lack>,
    /// Who said so.
    pub by: PersonId,
    /// When.
    pub asked_at: Timestamp,
    /// When it was supplied.
    pub supplied_at: Option<Timestamp>,
}

/// Something that is missing or wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lack {
    /// What: a document, or a fact of the claim by its name.
    pub what: String,
    /// Why it does not do, and what would.
    pub why: String,
}

/// That the review gave less than the formula.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lowered {
    /// By how much.
    pub by: Fen,
    /// Why, for the enterprise, which may object.
    pub reason: String,
}

/// What one person found, who reviewed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// Who.
    pub by: PersonId,
    /// What they found.
    pub opinion: String,
    /// When.
    pub at: Timestamp,
}

/// In which capacity somebody approves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString, Serialize, Deserialize)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Office {
    /// 复核: up to the threshold.
    SecondReviewer,
    /// 管委会 / 挂点领导: above it, with minutes.
    ZoneLeader,
}

/// The minutes 会议纪要 that an approval above the threshold stands on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minutes {
    /// Their number.
    pub number: String,
    /// The file.
    pub file: Document,
}

/// What was approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    /// How much in all.
    pub amount: Fen,
    /// What each payer pays of it: their sum.
    pub shares: Vec<ApprovedShare>,
    /// Who approved it.
    pub approver: PersonId,
    /// In which capacity.
    pub office: Office,
    /// The minutes, above the threshold.
    pub minutes: Option<Minutes>,
    /// When.
    pub at: Timestamp,
}

/// What one payer pays: one disbursement 笔.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedShare {
    /// Who pays.
    pub payer: DepartmentId,
    /// From which line.
    pub budget: BudgetId,
    /// How much.
    pub amount: Fen,
    /// What was set aside for it in that line.
    pub held: Fen,
    /// The disbursement that pays it.
    pub disbursement: DisbursementId,
}

/// Why an application gets nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The refusal by its name: `NOT_ELIGIBLE`, `CAP_EXCEEDED`; `NOT_ACCEPTED` and `REJECTED` by a
    /// person.
    pub reason: String,
    /// For the enterprise: why, and what it can do.
    pub text: String,
    /// The criteria that do not hold, if that is why.
    pub failing: Vec<Failing>,
    /// Who said so; none if a check did.
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
}

impl Application {
    /// What the policy says, in the version that it was made under.
    pub fn terms(&self) -> &Terms {
        &self.opening.version.terms
    }

    /// M4: what it bears while it lives: so many applications may bear each key, and no more.
    pub fn repetitions(&self) -> Vec<Repetition> {
        let opening = &self.opening;
        repetitions(&opening.version, &opening.enterprise, &self.snapshot.facts, self.dated)
    }

    /// M3: the caps that its amount counts against.
    pub fn cap_lines(&self) -> Vec<CapLine> {
        let opening = &self.opening;
        let year = self.dated.year();
        cap_lines(&opening.version, &opening.enterprise, year, self.annual_cap)
    }

    /// M4: whether it bears its keys: as long as it may still be paid, or was approved.
    pub fn is_live(&self) -> bool {
        match self.state {
            State::Withdrawn | State::Rejected | State::Lapsed => false,
            State::Matched
            | State::Submitted
            | State::SupplementDue
            | State::Resubmitted
            | State::Accepted
            | State::UnderReview
            | State::Reviewed
            | State::Queued
            | State::OnNotice
            | State::Approved => true,
        }
    }

    /// M3: what it uses of each of its cap lines: its amount, from the acceptance on while it lives.
    pub fn charge(&self) -> Fen {
        let counted = self.segments.accepted_at.is_some() && self.is_live();
        if counted { self.amount } else { Fen::ZERO }
    }

    /// Whether its amount is above what a second reviewer may approve.
    pub fn is_above_threshold(&self) -> bool {
        self.terms().threshold < self.amount
    }

    /// For how many working days it is on notice before it is approved, if it is.
    pub fn notice_before(&self) -> Option<u32> {
        if let NoticeMode::BeforePayment { days } = self.terms().notice { Some(days) } else { None }
    }

    /// For how many working days it is on notice after it was paid, if it is.
    pub fn notice_after(&self) -> Option<u32> {
        if let NoticeMode::AfterPayment { days } = self.terms().notice { Some(days) } else { None }
    }

    /// Whether the enterprise has confirmed its account.
    pub fn has_confirmed_account(&self) -> bool {
        let payee = self.payee.as_ref();
        payee.is_some_and(|payee| {
            payee.holder == self.opening.enterprise && payee.confirmed.is_some()
        })
    }

    /// What is set aside for it in a line.
    pub fn held_in(&self, budget: &BudgetId) -> Fen {
        let line = self.held.iter().find(|(held, _)| held == budget);
        line.map_or(Fen::ZERO, |(_, amount)| *amount)
    }

    /// The budget year that it is paid from: that in which money was first set aside, else this one.
    pub(super) fn year(&self, moment: Moment<'_>) -> i16 {
        self.budget_year.unwrap_or_else(|| today(moment).year())
    }

    /// The order that it has, if any.
    pub(super) fn order_id(&self) -> Option<WorkOrderId> {
        self.order.as_ref().map(|order| order.id)
    }
}

/// The version is kept whole, and read as one that many may share.
mod shared {
    use std::sync::Arc;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use super::PolicyVersion;

    pub(super) fn serialize<S: Serializer>(
        version: &Arc<PolicyVersion>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        version.as_ref().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Arc<PolicyVersion>, D::Error> {
        PolicyVersion::deserialize(from).map(Arc::new)
    }
}
