//! What every service does alike: who may call, what is said of an error, start and drain.

pub mod ambient;
pub mod call;
pub mod config;
pub mod descriptors;
pub mod fault;
pub mod gate;
pub mod health;
pub mod history;
pub mod house;
pub mod jwks;
pub mod keys;
pub mod known;
pub mod metrics;
pub mod objects;
pub mod operations;
pub mod page;
pub mod process;
pub mod refusal;
pub mod rights;
pub mod room;
pub mod rules;
pub mod server;
pub mod site;
pub mod tasks;
pub mod telemetry;
pub mod token;
pub mod vault;
pub mod watching;
pub mod wire;

pub use call::{After, Call, People};
pub use fault::{Fault, Verdict, status};
pub use house::{Doors, House, Service};
pub use known::{Known, Ruled};
pub use refusal::{FieldFault, Problem, Refusal};
pub use room::{Changed, Lifecycle, Plan, Room, etag_of};
pub use site::{Site, SiteError};
