//! What dispatch does for an application: where its order stands, and what is heard of it.

use base::{ApplicationId, DepartmentId, DisbursementId, PersonId, WorkOrderId};
use calendar::Due;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};
use uuid::Uuid;

use super::kept::Application;

/// What a department has an order for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Purpose {
    /// The form check and the review, from the submission on; after an upheld objection the review.
    Review,
    /// The second review.
    SecondReview,
}

/// A piece of work that was asked for in dispatch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its name there.
    pub id: WorkOrderId,
    /// What it is for.
    pub purpose: Purpose,
    /// The department has said that it is not its work.
    pub declined: bool,
}

/// Where an order stands, as dispatch told it last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Its state there.
    pub state: WorkState,
    /// The department that has it.
    pub department: Option<DepartmentId>,
    /// Who has claimed it there.
    pub claimant: Option<PersonId>,
    /// When its answer is due there, while that limit runs.
    pub due: Option<Due>,
    /// When that was told.
    pub told_at: Timestamp,
}

impl Progress {
    /// The same, with what was said earlier and still holds: who has it.
    pub(super) fn following(self, before: Option<&Progress>) -> Progress {
        let has_claimant = match self.state {
            WorkState::Claimed
            | WorkState::InProgress
            | WorkState::ReturnPending
            | WorkState::Suspended
            | WorkState::AwaitingSignature => true,
            WorkState::Unrouted
            | WorkState::Offered
            | WorkState::Escalated
            | WorkState::Declined
            | WorkState::Completed
            | WorkState::Cancelled => false,
        };
        let earlier = before.and_then(|before| before.claimant.clone()).filter(|_| has_claimant);
        let claimant = self.claimant.clone().or(earlier);
        Progress { claimant, ..self }
    }
}

/// The states of an order, in dispatch's words.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WorkState {
    /// 待派单.
    Unrouted,
    /// 待签收.
    Offered,
    /// 已签收.
    Claimed,
    /// 办理中.
    InProgress,
    /// 提级.
    Escalated,
    /// 退单待裁.
    ReturnPending,
    /// 挂起.
    Suspended,
    /// 待签发.
    AwaitingSignature,
    /// 已退回.
    Declined,
    /// 已办结.
    Completed,
    /// 已撤销.
    Cancelled,
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
    /// It moved, and now stands so.
    Moved(Progress),
    /// The department says that it is not its work.
    Declined {
        /// On what that rests.
        basis: String,
    },
    /// It ended there: completed or cancelled, as it was asked to be.
    Ended(Progress),
}

/// The kinds of [`News`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum HeardKind {
    /// It moved.
    WorkMoved,
    /// It was declined.
    WorkDeclined,
    /// It ended there.
    WorkEnded,
}

impl News {
    /// Its kind.
    pub fn kind(&self) -> HeardKind {
        match self {
            News::Moved(_) => HeardKind::WorkMoved,
            News::Declined { .. } => HeardKind::WorkDeclined,
            News::Ended(_) => HeardKind::WorkEnded,
        }
    }
}

/// The bits of a UUID that say its version and variant: they stay as they are.
const FORM: u128 = 0xffff_ffff_ffff_f000_c000_0000_0000_0000;
/// What tells the names of disbursements from those of orders.
const OF_DISBURSEMENT: u128 = 1 << 40;

/// The name of an order: it follows from the application and how many it had before, so that whoever
/// decides the same thing again names the same order.
pub(super) fn order_name(application: ApplicationId, number: u32) -> WorkOrderId {
    WorkOrderId::new(derived(application, u128::from(number)))
}

/// The name of the disbursement that pays a share: as an order's, so that no share is paid by two.
pub(super) fn disbursement_name(application: ApplicationId, share: usize) -> DisbursementId {
    DisbursementId::new(derived(application, OF_DISBURSEMENT ^ share as u128))
}

fn derived(application: ApplicationId, own: u128) -> Uuid {
    let of = application.uuid().as_u128();
    let seed = (of & !FORM) ^ own ^ (1 << 48);
    Uuid::from_u128((of & FORM) | (spread(seed) & !FORM))
}

impl Application {
    /// Whether an order was ever asked for here.
    pub fn had_order(&self, order: WorkOrderId) -> bool {
        (0..self.orders).any(|number| order_name(self.id, number) == order)
    }

    /// A new order for it.
    pub(super) fn new_order(&self, purpose: Purpose) -> Order {
        Order { id: order_name(self.id, self.orders), purpose, declined: false }
    }

    /// The department that an order is for.
    pub fn department_for(&self, purpose: Purpose) -> &DepartmentId {
        match purpose {
            Purpose::Review => &self.department,
            Purpose::SecondReview => &self.second_department,
        }
    }
}

/// Spreads what differs in a few bits over all of them.
fn spread(seed: u128) -> u128 {
    let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    mixed = (mixed ^ (mixed >> 61)).wrapping_mul(0xbf58_476d_1ce4_e5b9_94d0_49bb_1331_11eb);
    mixed = (mixed ^ (mixed >> 57)).wrapping_mul(0xda94_2042_e4dd_58b5_c2b2_ae3d_27d4_eb4f);
    mixed ^ (mixed >> 63)
}
