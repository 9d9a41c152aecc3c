//! The request service 企业吹哨: the tickets of enterprises, from the first word to the last.
//!
//! It owns the tickets 诉求单 and says *what* is needed; dispatch says who, by when, and did they.
//!
//! ```text
//!   企业吹哨             受理               办复               评价
//!  ──────────▶ SUBMITTED ─────▶ ACCEPTED ─────▶ ANSWERED ──┬──────▶ CONFIRMED ─────▶ CLOSED
//!                  │  4 working    │  dispatch      │ 1 wd │  3 and      3 wd, then
//!                  │  hours        │  has it        │      │  above      by itself
//!                  ▼               ▼                ▼      │
//!             head told,     its own alarms    head told,  └──────▶ DISSATISFIED
//!             then a leader                    then a        2 and     │ 1 wd: head told,
//!             each wd                          leader        below     ▼ then a leader each wd
//! ```
//!
//! A round is rated once, while it is answered. DISSATISFIED has no way out yet: it waits for the
//! dispatcher, and its alarm rings again every working day; a new round 重办 comes with a later
//! release.
//!
//! - Calls ([`api`]): SubmitTicket, AcceptTicket, SupplementTicket, RateTicket, CloseTicket,
//!   GetTicket, ListTickets, ListTicketHistory, WatchTickets.
//! - Told ([`events`]): `WorkRequested` and `MaterialsSupplied` to dispatch, `TicketConfirmed` and
//!   `TicketDissatisfied` for the league, and every other step of a ticket.
//! - Heard ([`events`]): the directory, for who and what there is; dispatch, for what becomes of
//!   the work. Whatever is heard has an effect or a reason to be passed over, in every state.
//! - Time ([`alarms`]): who waits too long is told of; a confirmed ticket closes by itself; when a
//!   calendar year is published or amended, every due instant still awaited is reckoned anew.
//!
//! The contact of a ticket is personal: it is sealed apart from the ticket ([`contact`]), travels
//! as a commitment alone, and is shown masked unless it is asked for, which is recorded.

pub mod alarms;
pub mod api;
pub mod contact;
pub mod error;
pub mod events;
pub mod lifecycle;
pub mod store;
pub mod wire;

use std::sync::Arc;

use contract::request::request_service_server::RequestServiceServer;
use runtime::{Doors, House, Room, Service};

/// The service, to be mounted in a process.
pub const SERVICE: Service = Service { name: "request", steps: store::steps, mount };

fn mount(house: House) -> Doors {
    let room = Room::new(house.journal.clone(), house.known.clone());
    let ears = events::Ears::new(house.known.clone(), room.clone());
    let bells = alarms::Bells::new(room.clone());
    let api = RequestServiceServer::new(api::Api::new(house, room));
    Doors {
        calls: Box::new(move |routes| {
            routes.add_service(api);
        }),
        events: Arc::new(ears),
        time: Arc::new(bells),
    }
}
