//! What every service does alike: who may call, what is said of an error, start and drain.

pub mod config;
pub mod tasks;
pub mod ambient;
pub mod call;
pub mod descriptors;
pub mod fault;
pub mod gate;
pub mod refusal;
pub mod rights;
pub mod rules;
pub mod token;

pub use call::{After, Call, People};
pub use fault::{Fault, Verdict, status};
pub use refusal::{FieldFault, Problem, Refusal};
