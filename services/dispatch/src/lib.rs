//! The dispatch service 部门报到: departments claim the work and do it.
//!
//! It owns the work orders 工单. Others say *what* is needed; dispatch says who, by when, and did
//! they: one queue to claim from, one clock, one league table.
//!
//! ```text
//!            派单             签收              报到                 办复              签发
//!  ┌──────┬─────▶ OFFERED ──────▶ CLAIMED ──────▶ IN_PROGRESS ──────▶ AWAITING_ ──────▶ COMPLETED
//!  │      │        │  4 working   │  1 wd         │ ▲   │  class C:    SIGNATURE       │
//!  │      │   退单 │  hours: lead │ 退单          │ │   │  at once     (A and B)       │ 重办
//!  │      │        │  told, then  │          挂起 │ │   └── 协办 ──▶ a child order     │ round + 1
//!  │      │        ▼  the head's  ▼               ▼ │ 恢复         of another        ▼
//!  │      │      RETURN_PENDING ◀─┘           SUSPENDED            department      OFFERED
//!  │      │        │ 4 working hours: head of dispatch, then a zone leader each wd
//!  │      ├────────┤ upheld: to another department; refused: back, finally
//!  │      └─ ESCALATED ◀ A → B → A, three departments, 职责不清: a zone leader designates
//!  └─ UNROUTED: no department fits, the dispatcher routes
//!
//!  any state of a department ── succeeded by whom the complaint is about ──▶ UNROUTED, ESCALATED
//!  OFFERED, CLAIMED ── 不属本部门, decision work ──▶ DECLINED: its owner decides
//!  any open state ── withdrawn ──▶ CANCELLED; ── settled, decision work ──▶ COMPLETED
//! ```
//!
//! - Calls ([`api`]): ClaimWorkOrder, ClaimNextWorkOrder, AssignWorkOrder, HandOverWorkOrder,
//!   ReleaseWorkOrder, RecordContact, ReturnWorkOrder, DecideReturn, RouteWorkOrder, DesignateLead,
//!   DeclineWorkOrder, AskAssistance, WaiveAssistance, AskPause, DecidePause, ResumeWorkOrder,
//!   AskExtension, DecideExtension, CompleteWorkOrder, SignReply, SendBackReply, UrgeWorkOrder,
//!   SuperviseWorkOrder, AnswerSupervision, GetWorkOrder, ListWorkOrders, ListWorkOrderHistory,
//!   WatchWorkOrders, GetWorkload, GetLeague.
//! - Told ([`events`]): every step of an order, by `WorkOrder…` facts; who asked for the work
//!   hears them.
//! - Heard ([`events`]): work that is asked for, wanted again, accepted, withdrawn or settled, materials that
//!   were supplied; verdicts, their verification and the closing of the matter, for the league; and
//!   the directory, for who there is, who has left, which department took another's place, and which
//!   days are worked. Whatever is heard has an effect or a reason to be passed over, in every state.
//! - Time ([`alarms`]): limits that run out, cards, pauses that end. Every open order has an alarm.
//!
//! The rules are in [`lifecycle`], the figures in [`league`].

pub mod alarms;
pub mod api;
pub mod error;
pub mod events;
pub mod league;
pub mod lifecycle;
pub mod store;
pub mod wire;

use std::sync::Arc;

use contract::dispatch::dispatch_service_server::DispatchServiceServer;
use runtime::{Doors, House, Room, Service};

/// The service, to be mounted in a process.
pub const SERVICE: Service = Service { name: "dispatch", steps: store::steps, mount };

fn mount(house: House) -> Doors {
    let room = Room::new(house.journal.clone(), house.known.clone());
    let ears = events::Ears::new(house.known.clone(), room.clone());
    let bells = alarms::Bells::new(house.known.clone(), room.clone());
    let api = DispatchServiceServer::new(api::Api::new(house, room));
    Doors {
        calls: Box::new(move |routes| {
            routes.add_service(api);
        }),
        events: Arc::new(ears),
        time: Arc::new(bells),
    }
}
