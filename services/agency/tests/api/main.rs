//! Every RPC of agency over the real server, and its rows over a real database, on both sizes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod accounts;
mod commitment;
mod handing_in;
mod life;
mod materials;
mod people;
mod procedures;
mod races;
mod refusals;
mod reviewing;
mod rows;
mod sight;
mod work;
mod zone;
