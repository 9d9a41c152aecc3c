//! A policy as data, in one version: who may have how much of whose money, and how it is asked for.

use base::{DepartmentId, Fen, PolicyId};
use calendar::Limit;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

use super::formula::Formula;
use super::schema::ClaimField;

/// A policy in one version, whole: what an application keeps of it, so that no later version and no
/// later state of the policy changes what it was made under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// Of which policy.
    pub policy: PolicyId,
    /// Its number, from 1.
    pub number: i32,
    /// What it says.
    pub terms: Terms,
}

/// What a policy says, as its owner drafts it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What it is called 政策名称.
    pub title: String,
    /// The department that owns it 主管部门.
    pub department: DepartmentId,
    /// The document that it stands on 政策依据.
    pub basis: Basis,
    /// When it holds 有效期 (M13).
    pub validity: Validity,
    /// How it comes to the enterprise 兑现方式.
    pub mode: Mode,
    /// How long it may take, from the application (t1) to the approval (t7).
    pub promised: Limit,
    /// 申报条件: all must hold.
    pub criteria: Vec<Criterion>,
    /// 申报内容: what a claim states, beside what is known of the enterprise.
    pub claim: Vec<ClaimField>,
    /// 奖补标准: how much (M1).
    pub amount: Formula,
    /// 上限 (M3).
    pub caps: Caps,
    /// How often one enterprise may have it; none sets no limit.
    pub once: Option<Once>,
    /// What a claim is about, as the name of a fact (`claim.project`): the same thing is never
    /// claimed twice in one period (M4).
    pub subject: Option<String>,
    /// 可叠加: whether an enterprise that has another policy for the same thing may have this one too.
    pub stackable: bool,
    /// Who pays, in which parts 分担比例: at least one, the last one pays the odd fen.
    pub shares: Vec<Share>,
    /// 公示: when the list is shown.
    pub notice: NoticeMode,
    /// Up to this the second reviewer approves, above it a zone leader; zero leaves all to a zone
    /// leader.
    pub threshold: Fen,
    /// 预算: what each payer sets aside for each year, as it is when the policy is published. Later
    /// adjustments are of the budget, and make no new version.
    pub budgets: Vec<Allotment>,
    /// 申报材料: what is to be handed in, in words.
    pub materials: Vec<String>,
}

/// The document that a policy stands on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// Its title 文件名称.
    pub document: String,
    /// Its number 文号.
    pub number: String,
}

/// When a policy holds: both days included, by the zone's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
}

impl Validity {
    /// Whether it holds on a day.
    pub fn covers(&self, date: Date) -> bool {
        (self.from..=self.until).contains(&date)
    }
}

/// How a subsidy comes to the enterprise, and within which limit at most (domain.md §7).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Mode {
    /// 免申即享: found by matching; the enterprise confirms.
    NoApplication,
    /// 即申即享: within 2 working days.
    Instant,
    /// 承诺兑现: within 5 working days.
    Promise,
    /// 申报享受: within 60 working days.
    Standard,
}

impl Mode {
    /// What it is called.
    pub fn chinese(self) -> &'static str {
        match self {
            Mode::NoApplication => "免申即享",
            Mode::Instant => "即申即享",
            Mode::Promise => "承诺兑现",
            Mode::Standard => "申报享受",
        }
    }

    /// The most working days that may be promised in this mode.
    pub fn working_days_max(self) -> u32 {
        match self {
            Mode::Instant => 2,
            Mode::Promise => 5,
            Mode::NoApplication | Mode::Standard => 60,
        }
    }
}

/// When the list of who gets what is shown to the public 公示.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NoticeMode {
    /// Before it is approved, for so many working days, never shortened.
    BeforePayment {
        /// How many.
        days: u32,
    },
    /// After it was paid, for so many working days.
    AfterPayment {
        /// How many.
        days: u32,
    },
    /// Not at all.
    None,
}

/// One criterion of eligibility.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion {
    /// Its code within the policy, by which a refusal names it: `[A-Za-z0-9_.-]{1,64}`.
    pub code: String,
    /// What it is called: `信用状况`.
    pub name: String,
    /// When it holds, in CEL: `enterprise.credit_status != "失信"`.
    pub expression: String,
    /// What is wanted, for people: `无失信记录`.
    pub wanted: String,
}

/// The most that is paid (M3), each where it is set. Beside them the zone sets a cap for each
/// enterprise and year across all policies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caps {
    /// For one claim: the amount is no more than that.
    pub item: Option<Fen>,
    /// For one enterprise under this policy, ever.
    pub enterprise: Option<Fen>,
    /// For one enterprise under this policy in one year.
    pub year: Option<Fen>,
    /// For one enterprise in one year under all policies that say so: the zone's own limit.
    #[serde(default)]
    pub annual: Option<Fen>,
}

/// How often one enterprise may have it: `{times: 2, per: YEAR}` is 每年两次.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Once {
    /// How many times, at least 1.
    pub times: u32,
    /// In which period.
    pub per: Per,
}

impl Once {
    /// As people of the zone say it: `每年2次`, `一次性`.
    pub fn chinese(self) -> String {
        match self {
            Once { times: 1, per: Per::Ever } => "一次性".to_owned(),
            Once { times, per: Per::Ever } => format!("总共{times}次"),
            Once { times, per: Per::Year } => format!("每年{times}次"),
        }
    }
}

/// A period in which something is counted.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Per {
    /// 一次性: as long as the policy lives.
    Ever,
    /// 每年: a calendar year.
    Year,
}

/// What a payer pays of every subsidy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Who pays.
    pub payer: DepartmentId,
    /// How many parts of the sum of all parts, at least 1.
    pub parts: u32,
}

/// What a payer sets aside for a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allotment {
    /// For which year.
    pub year: i16,
    /// By whom.
    pub payer: DepartmentId,
    /// How much.
    pub amount: Fen,
}
