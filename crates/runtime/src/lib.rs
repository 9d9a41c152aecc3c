//! What every service does alike: who may call, what is said of an error, start and drain.

pub mod config;
pub mod health;
pub mod keys;
pub mod metrics;
pub mod server;
pub mod telemetry;
pub mod tasks;
pub mod ambient;
pub mod call;
pub mod descriptors;
pub mod fault;
pub mod gate;
pub mod history;
pub mod house;
pub mod operations;
pub mod known;
pub mod jwks;
pub mod page;
pub mod process;
pub mod vault;
pub mod refusal;
pub mod rights;
pub mod room;
pub mod rules;
pub mod site;
pub mod token;
pub mod wire;

pub use call::{After, Call, People};
pub use fault::{Fault, Verdict, status};
pub use house::{Doors, House, Service};
pub use known::{Known, Ruled};
pub use site::{Site, SiteError};
pub use room::{Changed, Lifecycle, Plan, Room, etag_of};
pub use refusal::{FieldFault, Problem, Refusal};
