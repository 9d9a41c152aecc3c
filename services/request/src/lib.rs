//! The request service 企业吹哨: the tickets of enterprises, from the first word to the last.
//!
//! It owns the tickets 诉求单 and says *what* is needed; dispatch says who, by when, and did they.
//!
//! ```text
//!   企业吹哨             受理              办复               评价 · 回访          办结
//!  ──────────▶ SUBMITTED ────▶ ACCEPTED ────▶ ANSWERED ──┬─────▶ CONFIRMED ─────▶ CLOSED
//!                                │   ▲                   │  3 and          3 wd, then
//!                           挂账 ▼   │ at its date       │  above          by itself
//!                              ON_PLAN                   └─────▶ DISSATISFIED ──▶ CLOSED_UNRESOLVED
//!                                                           2 and      explained, by two people
//!                                                           below
//!
//!  SUBMITTED, ACCEPTED ──▶ REJECTED 不予受理, MERGED 并单, ANSWERED 直接答复, WITHDRAWN 撤回 (ON_PLAN too)
//!  ANSWERED ──▶ CLOSED, unrated, after three calls in vain
//!  DISSATISFIED 重办, CLOSED 重新打开, MERGED 拆单, REJECTED and CLOSED_UNRESOLVED 申诉 ──▶ ACCEPTED
//! ```
//!
//! Each time that it is worked on again begins a round 轮次, with its own answer, calls and verdict.
//! A rejection and an explanation may be appealed against 申诉, once; a merge may be undone 拆单.
//! Whoever waits too long is told of: the head of 吹哨办, then a zone leader every working day.
//!
//! - Calls ([`api`]): SubmitTicket, AcceptTicket, RejectTicket, MergeTicket, SplitTicket,
//!   AnswerTicket, SupplementTicket, WithdrawTicket, RecordCallBack, RateTicket, VerifyRating,
//!   RedoTicket, ProposeExplanation, DecideExplanation, ResumePlan, CloseTicket, ReopenTicket, AppealTicket,
//!   DecideAppeal, UploadEvidence, DownloadEvidence, EraseContact, GetTicket, ListTickets,
//!   ListTicketHistory, WatchTickets.
//! - Told ([`events`]): `WorkRequested`, `WorkReopened`, `WorkWithdrawn` and `MaterialsSupplied` to
//!   dispatch, `TicketConfirmed` and `TicketDissatisfied` for the league, as is whether a
//!   doubtful rating counts (`TicketRatingVerified`), and every other step of a ticket.
//! - Heard ([`events`]): the directory, for who and what there is, and which department takes
//!   another's place; dispatch, for what becomes of the work. Whatever is heard has an effect or a
//!   reason to be passed over, in every state; what comes too late is recorded as late.
//! - Time ([`alarms`]): who waits too long is told of; a proposal lapses, a promised date comes, a
//!   confirmed ticket closes by itself, a rating that nobody verified counts; when a calendar year is published or amended, every due
//!   instant still awaited is reckoned anew.
//!
//! The contact of a ticket is personal: it is sealed apart from the ticket ([`contact`]), travels
//! as a commitment alone, is shown masked unless it is asked for, which is recorded, and is erased
//! for ever if the enterprise wants that. Evidence is kept apart too, in the store of files; the
//! ticket has its hash. Rules that ask for two people compare people, never accounts; the
//! department that a complaint is about is kept away from it.

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
    house.objects.named_by(SERVICE.name, Arc::new(store::NamedFiles(house.known.clone())));
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
