//! The subsidy service 惠企通: from policy to bank account, to the fen.
//!
//! A policy owner publishes a policy 惠企政策 as data; enterprises apply, or are found by matching; two
//! people review; money is reserved, ordered by two more, and paid by the bank.
//!
//! ```text
//!   起草      备案        公布            开放            截止 / 到期 / 废止
//!  DRAFT ──▶ FILED ──▶ PUBLISHED ──▶ OPEN ──────▶ CLOSED / EXPIRED / REPEALED      a policy
//!
//!  MATCHED ─ 确认 ─┐         受理            初审          复核           公示期满、批准
//!                 ▼                                                                  an application
//!  ── 申报 ──▶ SUBMITTED ──▶ UNDER_REVIEW ──▶ REVIEWED ──▶ ON_NOTICE ──▶ APPROVED
//!             │  ▲ 补正                        └▶ QUEUED 排队 ─┘
//!             ▼  │
//!          SUPPLEMENT_DUE          from any before: 撤回 WITHDRAWN, 不予支持 REJECTED
//!
//!        编批        复核        发送       回单         确认                         a disbursement
//!  PAYABLE ▶ BATCHED ▶ ORDERED ▶ SENT ──▶ PAID ──▶ CONFIRMED ──▶ 追缴
//!     ▲                          │  └▶ UNKNOWN, EXCEPTION
//!     └── 账户复核 ── RETURNED ◀──┘ 退票
//! ```
//!
//! - Calls ([`api`]): PolicyService, ApplicationService and DisbursementService.
//! - Told ([`events`]): `WorkRequested`, `WorkAccepted`, `WorkSettled`, `WorkWithdrawn`,
//!   `WorkReopened` and `MaterialsSupplied` to dispatch, and every change of a policy, a budget line,
//!   an application, a disbursement and a batch.
//! - Heard ([`events`]): the directory, for who and what there is; dispatch, for what becomes of the
//!   work. Reviews are decision work: they are claimed there and decided here.
//! - Time ([`alarms`]): whoever waits too long is told of; policies expire, matches and supplements
//!   lapse, notices end, who is first in a queue is looked at, batches are sent, payments without a
//!   report are asked after, receipts count as confirmed.
//!
//! Five kinds of thing stand in one room, so that what follows from a change of one to another is true
//! in the same unit or not at all: an approval reserves its money and makes its disbursements.

pub mod account;
pub mod alarms;
pub mod api;
pub mod bank;
pub mod banking;
pub mod error;
pub mod events;
pub mod ledger;
pub mod lifecycle;
pub mod payers;
pub mod rail;
pub mod receiving;
pub mod sending;
pub mod store;
pub mod wire;

use std::sync::Arc;

use contract::subsidy::application_service_server::ApplicationServiceServer;
use contract::subsidy::disbursement_service_server::DisbursementServiceServer;
use contract::subsidy::policy_service_server::PolicyServiceServer;
use runtime::{Doors, House, Room, Service};

/// The service, to be mounted in a process.
pub const SERVICE: Service = Service { name: "subsidy", steps: store::steps, mount };

fn mount(house: House) -> Doors {
    let room = Room::new(house.journal.clone(), house.known.clone());
    let ears = events::Ears::new(house.known.clone(), room.clone());
    let bells = alarms::Bells::new(house.clone(), room.clone());
    let api = api::Api::new(house, room);
    let policies = PolicyServiceServer::new(api.clone());
    let applications = ApplicationServiceServer::new(api.clone());
    let disbursements = DisbursementServiceServer::new(api);
    Doors {
        calls: Box::new(move |routes| {
            routes.add_service(policies);
            routes.add_service(applications);
            routes.add_service(disbursements);
        }),
        events: Arc::new(ears),
        time: Arc::new(bells),
    }
}
