//! Every RPC of dispatch over gRPC, on both sizes: its good way, each refusal, twice is once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod acceptance;
mod asks;
mod course;
mod deputies;
mod desk;
mod doers;
mod ends;
mod limits;
mod race;
mod refusals;
mod sight;
mod standing;
mod succession;
mod time;
mod verdicts;
mod ways;
