//! Journeys through the whole zone: all services, over gRPC, on both sizes.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod bad_input;
mod cards;
mod departments;
mod pauses;
mod personal;
mod plain;
mod poison;
mod race;
mod reading;
mod rights;
mod zone;
