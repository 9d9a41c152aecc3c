//! The agency service 帮代办: the cases of enterprises, from the consultation to the archive.
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
//! - Calls ([`api`]): PublishProcedure, CheckProcedure, GetProcedure, ListProcedures, OpenCase,
//!   SignMandate, RevokeMandate, UploadMaterial, DownloadMaterial, PromiseMaterial, StartCase,
//!   SubmitItem, CorrectItem, SupplyCorrection, AcceptItem, NotAcceptItem, PreIssueItem,
//!   ConvertItem, IssueItem, RefuseItem, VoidItem, RecheckItem, ReapplyItem, RedirectItem,
//!   WithdrawItem, SignCommitment, RecordLandAcquired, SuspendCase, ResumeCase, HandOverCase,
//!   TerminateCase, DeliverResults, FollowUpCase, ArchiveCase, GetCase, ListCases, ForecastCase,
//!   ListCaseHistory, WatchCases.
//! - Told ([`events`]): `WorkRequested`, `WorkAccepted`, `WorkSettled`, `WorkWithdrawn`,
//!   `WorkReopened` and `MaterialsSupplied` to dispatch, and every step of a case and of its items.
//! - Heard ([`events`]): the directory, for who and what there is; dispatch, for what becomes of the
//!   work. Items are decision work: they are claimed there and decided here.
//! - Time ([`alarms`]): whoever waits too long is told of; an item is accepted as of receipt, a
//!   promise is broken, a mandate expires, a case that was followed up is archived.

pub mod alarms;
pub mod api;
pub mod error;
pub mod events;
pub mod lifecycle;
pub mod store;
pub mod wire;

use std::sync::Arc;

use contract::agency::agency_service_server::AgencyServiceServer;
use runtime::{Doors, House, Room, Service};

/// The service, to be mounted in a process.
pub const SERVICE: Service = Service { name: "agency", steps: store::steps, mount };

fn mount(house: House) -> Doors {
    house.objects.named_by(SERVICE.name, Arc::new(store::NamedFiles(house.known.clone())));
    let room = Room::new(house.journal.clone(), house.known.clone());
    let ears = events::Ears::new(house.known.clone(), room.clone());
    let bells = alarms::Bells::new(room.clone());
    let api = AgencyServiceServer::new(api::Api::new(house, room));
    Doors {
        calls: Box::new(move |routes| {
            routes.add_service(api);
        }),
        events: Arc::new(ears),
        time: Arc::new(bells),
    }
}
