//! The subsidy service 惠企通: from policy to bank account, to the fen.
//!
//! A policy owner publishes a policy 惠企政策 as data; enterprises apply, or are found by matching; two
//! people review; money is reserved, ordered by two more, and paid by the bank.

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
