//! What agents 帮代办员 did, as the book tells it: matters, cases, and projects ready to start
//! 承诺可开工.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use contract::agency::Act;
use contract::dispatch::PauseReason;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

/// A matter 事项.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Matter {
    /// `M01`.
    pub(crate) id: String,
    /// What it is called.
    pub(crate) name: String,
    /// The department that decides it.
    pub(crate) department: String,
    /// How long it may take by law, if a law says so.
    pub(crate) legal_limit: Option<LegalLimit>,
    /// What is promised.
    pub(crate) promised_working_days: i32,
    /// What an agent may do for it.
    pub(crate) delegated: Vec<AgentAct>,
}

/// A limit by law, in the unit of that law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct LegalLimit {
    /// How many.
    pub(crate) n: i32,
    /// Of what.
    pub(crate) unit: Unit,
}

/// What a law counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unit {
    /// 工作日.
    WorkingDay,
    /// 日.
    CalendarDay,
}

/// What an agent does, in the book's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum AgentAct {
    /// Fills in online.
    #[serde(rename = "网上填报", alias = "平台填报")]
    Fill,
    /// Hands in.
    #[serde(rename = "递交材料")]
    Submit,
    /// Collects the result.
    #[serde(rename = "领证", alias = "领照")]
    Collect,
    /// Goes along.
    #[serde(rename = "现场陪同", alias = "陪同核查", alias = "跟进评估")]
    Accompany,
}

impl AgentAct {
    /// The same, in the words of the contract.
    pub(crate) fn act(self) -> Act {
        match self {
            AgentAct::Fill => Act::Fill,
            AgentAct::Submit => Act::Submit,
            AgentAct::Collect => Act::Collect,
            AgentAct::Accompany => Act::Accompany,
        }
    }
}

/// A case 帮代办件, with what became of it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct AgencyCase {
    /// `BD-2026-0001`.
    pub(crate) id: String,
    /// Whose: `E090`.
    pub(crate) enterprise: String,
    /// `M03`.
    pub(crate) matter: String,
    /// The department that decided it.
    pub(crate) department: String,
    /// Who acted for the enterprise.
    pub(crate) agent: String,
    /// The mandate.
    pub(crate) delegation: Delegation,
    /// When the department accepted it.
    pub(crate) accepted_at: Timestamp,
    /// When the clock stood still.
    pub(crate) pauses: Vec<Pause>,
    /// By when the result was promised.
    pub(crate) promise_due_at: Timestamp,
    /// When there was a result.
    pub(crate) finished_at: Timestamp,
    /// Which.
    pub(crate) result: CaseResult,
}

impl AgencyCase {
    /// The result came after it was promised.
    pub(crate) fn is_late(&self) -> bool {
        self.promise_due_at < self.finished_at
    }
}

/// A mandate 委托书.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Delegation {
    /// `WT-2026-0001`.
    pub(crate) id: String,
    /// What the agent may do.
    pub(crate) acts: Vec<AgentAct>,
    /// When it was signed.
    pub(crate) signed_at: Timestamp,
    /// The last day that it holds.
    pub(crate) valid_until: Date,
}

/// A span in which the clock stood still.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Pause {
    /// From when.
    pub(crate) from: Timestamp,
    /// Until when.
    pub(crate) to: Timestamp,
    /// Why.
    pub(crate) why: Why,
}

/// Why a clock stood still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum Why {
    /// The enterprise brings what was missing.
    #[serde(rename = "企业补正材料")]
    Materials,
    /// Something is tested.
    #[serde(rename = "检验检测")]
    Testing,
    /// Experts look at it.
    #[serde(rename = "专家评审")]
    Experts,
}

impl Why {
    /// The same, in the words of the contract, and in the book's.
    pub(crate) fn reason(self) -> (PauseReason, &'static str) {
        match self {
            Why::Materials => (PauseReason::AwaitingMaterials, "企业补正材料"),
            Why::Testing => (PauseReason::Testing, "检验检测"),
            Why::Experts => (PauseReason::ExpertReview, "专家评审"),
        }
    }
}

/// What came out of a case: the book knows of no refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum CaseResult {
    /// The permit.
    #[serde(rename = "办结")]
    Issued,
}

/// The procedure of projects that may start on commitment.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ReadyProcedure {
    /// What the whole is promised in.
    pub(crate) limit_working_days: i32,
    /// What it takes otherwise.
    pub(crate) ordinary_limit_working_days: i32,
    /// Its steps, each behind those that it depends on.
    pub(crate) steps: Vec<ReadyStep>,
}

/// One of its steps.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ReadyStep {
    /// `S01`.
    pub(crate) id: String,
    /// What it is called.
    pub(crate) name: String,
    /// The department that decides it.
    pub(crate) department: String,
    /// What it takes as a rule, in hours of office time.
    standard_office_hours: serde_json::Number,
    /// What must be there before.
    pub(crate) depends_on: Vec<String>,
}

impl ReadyStep {
    /// What it takes as a rule, in minutes of office time.
    fn standard_minutes(&self) -> anyhow::Result<i32> {
        let text = self.standard_office_hours.to_string();
        let (hours, tenths) = text.split_once('.').unwrap_or((&text, "0"));
        let (hours, tenths): (i32, i32) = (hours.parse()?, tenths.parse()?);
        ensure!((0..10).contains(&tenths), "{}：{text} 小时（at most one decimal）", self.id);
        Ok(60 * hours + 6 * tenths)
    }
}

impl ReadyProcedure {
    /// How many minutes of office time each step is promised in, in their order: the book gives the
    /// promise of the whole alone, so that it is shared out along the longest chain, in proportion to
    /// what each step takes as a rule.
    pub(crate) fn promised_minutes(&self, minutes_a_day: i32) -> anyhow::Result<Vec<i32>> {
        let mut ends: BTreeMap<&str, i32> = BTreeMap::new();
        let mut standard = Vec::new();
        for step in &self.steps {
            let mut start = 0;
            for before in &step.depends_on {
                let end = ends.get(before.as_str()).copied();
                let unknown = || format!("{} 之前没有 {before}（no such step before it）", step.id);
                start = start.max(end.with_context(unknown)?);
            }
            let minutes = step.standard_minutes()?;
            ends.insert(&step.id, start + minutes);
            standard.push(minutes);
        }
        let longest = ends.values().copied().max().unwrap_or(1);
        let whole = self.limit_working_days * minutes_a_day;
        Ok(standard.into_iter().map(|minutes| minutes * whole / longest).collect())
    }
}

/// A project that was ready to start in time.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ReadyProject {
    /// `KG-01`.
    pub(crate) id: String,
    /// What it is called.
    pub(crate) name: String,
    /// Whose: `E102`.
    pub(crate) enterprise: String,
    /// When it was accepted.
    pub(crate) accepted_at: Timestamp,
    /// By when the whole was promised.
    pub(crate) due_at: Timestamp,
    /// When its last step was done.
    pub(crate) finished_at: Timestamp,
    /// Its steps.
    pub(crate) steps: Vec<StepDone>,
}

/// A step of a project.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StepDone {
    /// `S01`.
    pub(crate) step: String,
    /// When it began.
    pub(crate) started_at: Timestamp,
    /// When it was done.
    pub(crate) finished_at: Timestamp,
    /// Who did it.
    pub(crate) by: String,
}

#[derive(Deserialize)]
pub(super) struct MattersFile {
    pub(super) matters: Vec<Matter>,
}

#[derive(Deserialize)]
pub(super) struct CasesFile {
    pub(super) cases: Vec<AgencyCase>,
}

#[derive(Deserialize)]
pub(super) struct ProjectsFile {
    pub(super) projects: Vec<ReadyProject>,
}

#[cfg(test)]
mod tests {
    use super::super::Book;
    use super::*;

    #[test]
    fn the_longest_chain_has_the_whole_promise_and_no_more() {
        let book = Book::embedded().unwrap();
        let minutes = book.ready.promised_minutes(420).unwrap();
        let of = |id: &str| {
            let place = book.ready.steps.iter().position(|step| step.id == id).unwrap();
            minutes[place]
        };
        let chain: i32 = ["S01", "S04", "S10", "S11", "S12"].into_iter().map(of).sum();
        assert!((4 * 420 - 5..=4 * 420).contains(&chain), "{chain}");
        assert_eq!(of("S02"), 1680 * 90 / 1230);
    }

    #[test]
    fn what_no_law_limits_has_no_legal_limit() {
        let book = Book::embedded().unwrap();
        let legal = |id: &str| book.matter(id).unwrap().legal_limit;
        assert_eq!(legal("M06"), Some(LegalLimit { n: 7, unit: Unit::CalendarDay }));
        assert_eq!(legal("M01"), Some(LegalLimit { n: 3, unit: Unit::WorkingDay }));
        assert_eq!(legal("M14"), None);
    }
}
