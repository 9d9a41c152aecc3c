//! Every RPC of dispatch over gRPC, on both sizes: its good way, each refusal, twice is once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod desk;
mod race;
mod refusals;
mod sight;
mod time;
mod ways;
