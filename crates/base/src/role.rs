//! Roles: what a person or system may do in the zone.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr, VariantArray};

/// A role, held through the directory and never through a claim in a token.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
    VariantArray,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// 企业经办人: acts for its own enterprise.
    Enterprise,
    /// 企业特派员: submits on behalf of enterprises and follows.
    Envoy,
    /// 帮代办员: acts within a live mandate (委托书).
    Agent,
    /// 吹哨办: accepts, routes, rules on returns, pauses and extensions, calls back, closes.
    Dispatcher,
    /// 承办人: does the work.
    Staff,
    /// 部门负责人: assigns, signs or sends back.
    Lead,
    /// 督办: urges and supervises.
    Supervisor,
    /// 管委会领导 / 挂点领导: decides what is escalated.
    ZoneLeader,
    /// 初审: reviews a subsidy application.
    Reviewer,
    /// 复核 of a review: the second person.
    SecondReviewer,
    /// 财务经办: builds a batch of payments.
    FinanceMaker,
    /// 财务复核: approves a batch of payments.
    FinanceChecker,
    /// 审计: reads everything, writes nothing.
    Auditor,
    /// 管理员: directory, rules, calendar.
    Admin,
    /// 内部系统: what its grants name.
    System,
}

impl Role {
    /// What the role is called in the zone.
    pub fn chinese(self) -> &'static str {
        match self {
            Role::Enterprise => "企业经办人",
            Role::Envoy => "企业特派员",
            Role::Agent => "帮代办员",
            Role::Dispatcher => "吹哨办",
            Role::Staff => "承办人",
            Role::Lead => "部门负责人",
            Role::Supervisor => "督办",
            Role::ZoneLeader => "管委会领导",
            Role::Reviewer => "初审",
            Role::SecondReviewer => "复核",
            Role::FinanceMaker => "财务经办",
            Role::FinanceChecker => "财务复核",
            Role::Auditor => "审计",
            Role::Admin => "管理员",
            Role::System => "内部系统",
        }
    }
}
