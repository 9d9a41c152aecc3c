//! What dispatch does for an item: where its order stands, and what is heard of it.

use base::{CaseId, DepartmentId, PersonId, WorkOrderId};
use calendar::Due;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};
use uuid::Uuid;

use super::case::Case;

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
    /// The pause for which it stands still, or stood still last.
    pub pause: Option<Standstill>,
    /// When that was told.
    pub told_at: Timestamp,
}

/// A time in which an order stands still 挂起.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standstill {
    /// From when.
    pub from: Timestamp,
    /// Until when: at the latest while it lasts, in the end when the work went on.
    pub until: Timestamp,
}

impl Progress {
    /// Whether it stands still: nobody waits for the department.
    pub fn stands_still(&self) -> bool {
        self.state == WorkState::Suspended
    }

    /// Until when it stands still at the latest, while it does.
    pub fn paused_until(&self) -> Option<Timestamp> {
        self.pause.filter(|_| self.stands_still()).map(|pause| pause.until)
    }

    /// The same, with what was said earlier and still holds: who has it, and since when it stands or
    /// stood still.
    pub(super) fn following(self, before: Option<&Progress>) -> Progress {
        let Some(before) = before else { return self };
        let has_claimant = matches!(
            self.state,
            WorkState::Claimed
                | WorkState::InProgress
                | WorkState::ReturnPending
                | WorkState::Suspended
                | WorkState::AwaitingSignature
        );
        let earlier = before.claimant.clone().filter(|_| has_claimant);
        let claimant = self.claimant.clone().or(earlier);
        let pause = match (self.pause, before.pause) {
            (Some(over), Some(begun)) if !self.stands_still() => {
                Some(Standstill { from: begun.from, ..over })
            }
            (Some(said), _) => Some(said),
            (None, earlier) => earlier,
        };
        Progress { claimant, pause, ..self }
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

/// The name of an order: it follows from the case, the item's place in it and how many orders the
/// item had before, so that whoever decides the same thing again names the same order.
pub(super) fn order_name(case: CaseId, place: usize, number: u32) -> WorkOrderId {
    let own = case.uuid().as_u128();
    let seed = (own & !FORM) ^ ((place as u128 + 1) << 32) ^ u128::from(number);
    WorkOrderId::new(Uuid::from_u128((own & FORM) | (spread(seed) & !FORM)))
}

impl Case {
    /// Whether an order was ever asked for here, by whichever item.
    pub fn had_order(&self, order: WorkOrderId) -> bool {
        let matters = self.procedure().matters.iter().enumerate();
        matters.into_iter().any(|(place, matter)| {
            let orders = self.items.get(&matter.item).map_or(0, |item| item.orders);
            (0..orders).any(|number| order_name(self.id, place, number) == order)
        })
    }
}

/// Spreads what differs in a few bits over all of them.
fn spread(seed: u128) -> u128 {
    let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    mixed = (mixed ^ (mixed >> 61)).wrapping_mul(0xbf58_476d_1ce4_e5b9_94d0_49bb_1331_11eb);
    mixed = (mixed ^ (mixed >> 57)).wrapping_mul(0xda94_2042_e4dd_58b5_c2b2_ae3d_27d4_eb4f);
    mixed ^ (mixed >> 63)
}
