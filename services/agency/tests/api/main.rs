//! Every RPC of agency over the real server, and its rows over a real database, on both sizes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod commitment;
mod life;
mod people;
mod procedures;
mod refusals;
mod rows;
mod work;
mod zone;
