//! The agency service 帮代办: the rules of its cases.
//!
//! An agent 帮代办员 leads an enterprise's approvals through a procedure 办理流程, in parallel where
//! it allows that, under a mandate 委托书. The enterprise stays the applicant; the departments
//! decide.
//!
//! ```text
//!   咨询            签署委托书         启动                   送达            回访             归档
//!  ────▶ CONSULTING ────▶ MANDATED ────▶ RUNNING ─────────────▶ DELIVERED ────▶ FOLLOWED_UP ────▶ ARCHIVED
//!                                    中止 ▼   ▲ 续办
//!                                       SUSPENDED
//!
//!  of each item 事项:
//!           递交              受理                  出证
//!  BLOCKED ─▶ READY ─▶ SUBMITTED ────▶ UNDER_REVIEW ────────────────▶ ISSUED
//!     ▲                 │  ▲  └▶ NOT_ACCEPTED   │ └▶ REFUSED          ▲  │
//!     │            补正 ▼  │                    ▼ 预审意见     转正式 │  ▼ 复核
//!     │             CORRECTION              PRE_ISSUED ───────────────┘  REVOKED
//!     │                                         └▶ VOIDED 作废
//!     └── 重新申请, from whatever ended without a permit; 撤回 of what is open ──▶ WITHDRAWN
//! ```
//!
//! [`lifecycle`] decides, and is pure; [`error`] says how it refuses. [`store`] has the rows,
//! [`events`] what is told and heard, [`alarms`] what time does.

pub mod alarms;
pub mod error;
pub mod events;
pub mod lifecycle;
pub mod store;
pub mod wire;
